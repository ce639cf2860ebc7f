import t from 'tap';
import { safePolicy, type Kind } from '@syncline/core';
import { runCycle, undo, type CycleReport, type Line } from '@syncline/engine';
import { desksOf, historyOf, linkedWorld, markOf, none, writesDuring, type Desks } from '../support/desks.ts';
import { isWrite, loseAnswer, standBetween, withOroCrm } from '../support/services.ts';
import { isQuiet, twoServices, type TwoServices } from '../support/two-services.ts';

// Many small worlds in one file: more than tap's half minute where the machine is busy.
t.setTimeout(120_000);

// Section 9 of the specification.

const kinds: readonly Kind[] = ['contact', 'task', 'event'];
const sides = ['orocrm', 'outlook'] as const;
const who = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const shows = (desks: Desks) => [desks.orocrm.show(), desks.outlook.show()];
const namesOf = (lines: readonly Line[]): readonly string[] => lines.map(({ side, kind, op, entity, rules, fields }) => JSON.stringify([side, kind, op, entity, rules, [...fields].sort()])).sort();

/** One of everything that a cycle does: creations both ways, updates both ways, a conflict, a deletion, and what is held. */
async function busyWorld(kind: Kind): Promise<{ readonly world: TwoServices; readonly desks: Desks }> {
  const { world, desks } = await linkedWorld(6, {}, kind);
  desks.orocrm.make(11, 'Baker');
  desks.outlook.make(12, 'Miller');
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
  desks.orocrm.edit(desks.orocrm.idOf(3), 'Poet');
  desks.outlook.edit(desks.outlook.idOf(3), 'Nurse');
  desks.orocrm.remove(desks.orocrm.idOf(4));
  return { world, desks };
}

for (const kind of kinds) {
  t.test(`R1 ${kind}: the report of a cycle: start, end, trigger, counts, one line per touched record with rule and fields`, async (t) => {
    const { world, desks } = await busyWorld(kind);
    if (kind === 'event') world.graph.admin.createEvent({ subject: 'Private', sensitivity: 'private', start: { dateTime: '2030-04-20T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-04-20T10:00:00', timeZone: 'UTC' } });
    const startedAt = world.clock.now;
    const report = await world.cycle({ trigger: 'person' });
    t.match(report, { startedAt, endedAt: Number, trigger: 'person', run: /./, settled: true });
    t.match(report.counts.right[kind], { created: 1, updated: 2, deleted: 1 });
    t.match(report.counts.left[kind], { created: 1, updated: 1, deleted: 0 });
    t.ok(report.counts.left[kind].examined >= 3 && report.counts.right[kind].examined >= 3, 'examined');
    const field = { contact: 'jobTitle', task: 'subject', event: 'title' }[kind];
    const session = await world.session();
    const line = (side: 'left' | 'right', id: string): Line | undefined => report.lines.find((one) => one.side === side && one.entity === session.index.entityOf(side, kind, id) && one.op !== 'mark');
    t.match(line('right', desks.outlook.idOf(1)), { op: 'update', rules: ['C5'], fields: [field] });
    t.match(line('left', desks.orocrm.idOf(2)), { op: 'update', rules: ['C6'], fields: [field] });
    t.match(line('right', desks.outlook.idOf(3)), { op: 'update', rules: ['C7'], fields: [field] });
    t.match(line('right', desks.outlook.idOf(11)), { op: 'create', rules: ['C4'] });
    t.match(line('left', desks.orocrm.idOf(12)), { op: 'create', rules: ['C3'] });
    t.match(report.lines.find(({ op }) => op === 'delete'), { side: 'right', rules: ['C12'] });
    t.match(report.notes.filter(({ what }) => what === 'conflict'), [{ rule: 'C7', kind, side: 'right', field }]);
  });

  t.test(`R1 ${kind}: the report counts what was examined and unchanged, what is held, what failed and what was a conflict`, async (t) => {
    const { world, desks } = await linkedWorld(6, {}, kind);
    if (kind === 'contact') {
      world.oro.admin.recalculateActivity();
      const { counts } = await world.cycle();
      t.match(counts.left.contact, { examined: 6, unchanged: 6, updated: 0, held: 0, failed: 0, conflicts: 0 }, 'A15 touched only');
    }
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
    world.oro.admin.setVisible(kind, Number(desks.orocrm.idOf(3)), false);
    const refused = desks.orocrm.idOf(2);
    standBetween(world, 'orocrm', async (request, pass) => (await isWrite(request)) && request.url.includes(`/${refused}`)
      ? new Response('{"errors":[{"status":"500","title":"internal server error"}]}', { status: 500, headers: { 'content-type': 'application/vnd.api+json' } })
      : pass());
    world.clock.now += 16 * 60_000;
    const { counts } = await world.cycle();
    t.match(counts.right[kind], { updated: 1, conflicts: 1, failed: 0 });
    t.match(counts.left[kind], { updated: 0, held: 1, failed: 1, conflicts: 0 });
    for (const number of [4, 5, 6, 2]) desks.orocrm.remove(desks.orocrm.idOf(number));
    t.match((await world.cycle()).counts.right[kind], { deleted: 0, held: 4 }, 'D2 each record of a held plan');
  });

  t.test(`R2 ${kind}: a preview writes nothing, and executing the unchanged plan does exactly what it listed`, async (t) => {
    const { world, desks } = await busyWorld(kind);
    let preview: CycleReport | undefined;
    t.strictSame(await writesDuring(world, async () => { preview = await world.cycle({ preview: true }); }), none);
    t.strictSame(preview?.lines, []);
    const again = await world.cycle({ preview: true });
    t.strictSame(namesOf(again.planned), namesOf(preview?.planned ?? []), 'asked twice it is the same plan');
    const report = await world.cycle();
    t.strictSame(namesOf(report.lines), namesOf(preview?.planned ?? []), 'marks that follow a creation included');
    t.strictSame(desks.orocrm.show(), desks.outlook.show());
    t.ok(isQuiet(await world.cycle()));
  });
}

for (const [side, status] of [['orocrm', 429], ['orocrm', 503], ['outlook', 429], ['outlook', 503]] as const) {
  for (const when of ['reading', 'writing'] as const) {
    t.test(`R3 ${side} answers ${status} with Retry-After while ${when}: no request before, nothing twice, finished records stay finished`, async (t) => {
      const { world, desks } = await linkedWorld(6);
      const other = side === 'orocrm' ? 'outlook' : 'orocrm';
      for (const number of who(30)) desks[other].make(number + 6, 'Baker');
      // Outlook is written in batches of twenty: the first one is through, a part of the second is throttled.
      let left = when === 'reading' ? 0 : side === 'orocrm' ? 8 : 1;
      let sent = 0;
      let throttled = false;
      let isSignedIn = false;
      standBetween(world, side, async (request, pass) => {
        if (throttled) sent += 1;
        const isMeant = !isSignedIn ? false : when === 'reading' ? request.method === 'GET' && request.url.includes('contacts') : await isWrite(request);
        if (throttled || !isMeant || left-- > 0) return pass();
        throttled = true;
        return new Response('{}', { status, headers: { 'retry-after': '300', 'content-type': 'application/json' } });
      });
      world.oro.resetCounters();
      world.graph.resetCounters();
      const session = await world.session();
      isSignedIn = true;
      const report = await runCycle(session, { trigger: 'once', go: true });
      t.match(report.stopped, [{ side: side === 'orocrm' ? 'left' : 'right', kind: 'throttle', retryAt: world.clock.now + 300_000 }]);
      const finished = desks[side].show().length;
      const after = sent;
      for (const minutes of [0, 1, 4]) {
        const restore = world.clock.now;
        world.clock.now += minutes * 60_000;
        await runCycle(await world.session(), { trigger: 'once', go: true });
        t.equal(sent, after, `no request after ${minutes} minutes`);
        world.clock.now = restore;
      }
      world.clock.now += 300_001;
      await world.settle();
      t.ok(sent > after, 'then it goes on');
      t.strictSame(desks[side].show(), desks[other].show());
      t.equal(desks[side].show().length, 36, 'nothing twice');
      const made = (side === 'orocrm' ? world.oro : world.graph).counters.records['contact']?.created;
      t.equal(made, 30, `each created once, ${finished} before the pause`);
    });
  }
}

t.test('R3 a part of a batch is throttled while its neighbours are done: they stay done, and nothing is sent before', async (t) => {
  for (const kind of kinds) {
    const world = twoServices();
    const desks = desksOf(world, kind);
    for (const number of who(10)) desks.orocrm.make(number, 'Baker');
    world.graph.admin.fault({ kind: 'status', status: 429, retryAfter: '300', method: 'POST', path: '/users/', skip: 4 });
    world.graph.resetCounters();
    const report = await runCycle(await world.session(), { trigger: 'once', go: true });
    t.match(report.stopped, [{ side: 'right', kind: 'throttle', retryAt: world.clock.now + 300_000 }], kind);
    const done = desks.outlook.show().length;
    t.ok(done >= 4 && done < 10, `${kind}: ${done} are done`);
    const sent = world.requests().outlook;
    world.clock.now += 299_000;
    await runCycle(await world.session(), { trigger: 'once', go: true });
    t.equal(world.requests().outlook, sent, `${kind}: no request before`);
    world.clock.now += 1_001;
    await world.settle();
    t.strictSame(desks.outlook.show(), desks.orocrm.show(), kind);
    t.equal(world.graph.counters.records[kind]?.created, 10, `${kind}: each once`);
  }
});

t.test('R3 Retry-After with a fraction of a second, and as a date, is kept as long as it says', async (t) => {
  for (const [value, ms] of [['2.128', 2128], [new Date(Date.parse('2030-03-04T09:00:00Z')).toUTCString(), undefined]] as const) {
    const { world, desks } = await linkedWorld(4);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    world.graph.admin.fault({ kind: 'status', status: 429, retryAfter: value, method: 'GET' });
    const report = await runCycle(await world.session(), { trigger: 'once', go: true });
    t.equal(report.stopped[0]?.retryAt, ms === undefined ? Date.parse('2030-03-04T09:00:00Z') : world.clock.now + ms, value);
    world.clock.now = (report.stopped[0]?.retryAt ?? 0) + 1;
    await world.settle();
    t.equal(desks.outlook.show()[0], '1=Poet');
  }
});

for (const kind of kinds) {
  for (const side of sides) {
    for (const dies of [false, true]) {
      t.test(`R4 ${kind}: the answer to a creation in ${side} is lost${dies ? ' and the hub dies' : ''}: exactly one record exists`, async (t) => {
        const { world, desks } = await linkedWorld(4, {}, kind);
        const other = side === 'orocrm' ? 'outlook' : 'orocrm';
        desks[other].make(5, 'Baker');
        desks[other].make(6, 'Miller');
        const lost = loseAnswer(world, side, (method, text) => method === 'POST' && (side === 'orocrm' || text.includes('"method":"POST"')));
        await world.cycle();
        t.equal(lost(), 1, 'an answer was lost');
        if (dies) world.restart();
        await world.settle();
        t.strictSame(shows(desks)[0], shows(desks)[1]);
        t.strictSame(desks[side].show().slice(4), ['5=Baker', '6=Miller'], 'each exactly once');
        t.equal((await world.summary()).linked[kind], 6);
        desks.outlook.edit(desks.outlook.idOf(5), 'Nurse');
        await world.settle();
        t.equal(desks.orocrm.show()[4], '5=Nurse', 'and linked');
      });
    }

    t.test(`R4 ${kind}: the answer to an update or deletion in ${side} is lost: done once, what is edited meanwhile is concurrent with it`, async (t) => {
      const precedence = side === 'orocrm' ? (['left', 'right'] as const) : (['right', 'left'] as const);
      const { world, desks } = await linkedWorld(4, { policy: { ...safePolicy, rightDeletion: 'propagate', precedence } }, kind);
      const other = side === 'orocrm' ? 'outlook' : 'orocrm';
      desks[other].edit(desks[other].idOf(1), 'Poet');
      desks[other].remove(desks[other].idOf(2));
      const methods = side === 'orocrm' ? /"?(PATCH|PUT|POST|DELETE)"?/ : /"method":"(PATCH|DELETE)"/;
      const lost = loseAnswer(world, side, (method, text) => methods.test(side === 'orocrm' ? method : text));
      await world.cycle();
      t.equal(lost(), 1);
      desks[side].edit(desks[side].idOf(1), 'Nurse');
      await world.settle();
      await world.settle();
      t.strictSame(shows(desks), [['1=Nurse', '3=Analyst', '4=Analyst'], ['1=Nurse', '3=Analyst', '4=Analyst']]);
    });
  }
}

for (const side of sides) {
  for (const kind of kinds) {
    t.test(`R5 ${kind}: record 5 of 10 fails in ${side}: the others are written, and not again when it is completed`, async (t) => {
      const world = twoServices();
      const desks = desksOf(world, kind);
      const other = side === 'orocrm' ? 'outlook' : 'orocrm';
      for (const number of who(10)) desks[other].make(number, `Value ${number}`);
      let failing = true;
      standBetween(world, side, async (request, pass) => {
        const text = await request.clone().text();
        if (!failing || request.method === 'GET' || !text.includes('Value 5"')) return pass();
        if (side === 'orocrm') return new Response('{"errors":[{"status":"500","title":"internal server error"}]}', { status: 500, headers: { 'content-type': 'application/vnd.api+json' } });
        world.graph.admin.fault({ kind: 'status', status: 500, method: 'POST', path: '/users/', skip: [...text.matchAll(/"method":"POST"/g)].findIndex((found) => text.slice(found.index, found.index + 600).includes('Value 5"')) });
        return pass();
      });
      world.oro.resetCounters();
      world.graph.resetCounters();
      await world.cycle();
      world.graph.admin.clearFaults();
      const first = desks[side].show().length;
      t.equal(first, 9, 'nine of ten');
      failing = false;
      await world.settle();
      t.strictSame(desks[side].show(), desks[other].show());
      t.equal((side === 'orocrm' ? world.oro : world.graph).counters.records[kind]?.created, 10, 'each created once');
    });
  }

  t.test(`R5 the cycle breaks off in ${side} after four records: the rest is completed, the four are not written again`, async (t) => {
    const world = twoServices();
    const desks = desksOf(world, 'contact');
    const other = side === 'orocrm' ? 'outlook' : 'orocrm';
    const total = side === 'orocrm' ? 10 : 30;
    for (const number of who(total)) desks[other].make(number % 28 || 28, `Value ${number}`);
    let through = side === 'orocrm' ? 4 : 1;
    let isBroken = true;
    standBetween(world, side, async (request, pass) => {
      if (!isBroken || !(await isWrite(request)) || through-- > 0) return pass();
      throw new TypeError('fetch failed');
    });
    world.oro.resetCounters();
    world.graph.resetCounters();
    await world.cycle();
    const first = desks[side].show().length;
    t.ok(first >= 4 && first < total, `${first} were through`);
    isBroken = false;
    world.restart();
    await world.settle();
    t.strictSame(desks[side].show(), desks[other].show());
    t.equal((side === 'orocrm' ? world.oro : world.graph).counters.records['contact']?.created, total, 'each created once');
  });
}

for (const kind of kinds) {
  t.test(`R6 ${kind}: Outlook's item changes between reading and writing (412): decided again, the newer edit is not overwritten`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { ...safePolicy, precedence: ['right', 'left'] } }, kind);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    let statuses = '';
    let edited = false;
    standBetween(world, 'outlook', async (request, pass) => {
      const isPatch = request.url.includes('$batch') && (await request.clone().text()).includes('"method":"PATCH"');
      if (isPatch && !edited) desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
      const response = await pass();
      if (isPatch && !edited) statuses = await response.clone().text();
      edited ||= isPatch;
      return response;
    });
    const report = await world.cycle();
    t.match(statuses, /"status":412/, 'the service said so');
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], ['1=Nurse', '1=Nurse'], 'Outlook wins this conflict');
    t.equal(report.notes.filter(({ what }) => what === 'conflict').length, 1);
    t.ok((await historyOf(world)).some((row) => JSON.stringify(row.before ?? {}).includes('Poet')));
  });

  t.test(`R6 ${kind}: OroCRM's record changes between reading and writing: it is read before the write, and decided again`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { ...safePolicy, precedence: ['left', 'right'] } }, kind);
    const id = desks.orocrm.idOf(1);
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    const writes: string[] = [];
    let edited = false;
    standBetween(world, 'orocrm', async (request, pass) => {
      if (!edited && request.method === 'GET' && new RegExp(`/(contacts|tasks|calendarevents)/${id}(\\.json|\\?|$)`).test(request.url)) {
        edited = true;
        desks.orocrm.edit(id, 'Poet');
      }
      if (await isWrite(request)) writes.push(await request.clone().text());
      return pass();
    });
    const report = await world.cycle();
    t.ok(edited, 'the record was read before it was written');
    t.strictSame(writes.filter((body) => body.includes('Nurse')), [], 'no blind write');
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], ['1=Poet', '1=Poet'], 'OroCRM wins this conflict');
    t.equal(report.notes.filter(({ what }) => what === 'conflict').length, 1);
  });
}

t.test('R7 a field that two systems keep setting is frozen after four cycles and reported with both values; everything else goes on', async (t) => {
  const { world, desks } = await linkedWorld(4);
  const id = Number(desks.orocrm.idOf(1));
  const item = desks.outlook.idOf(1);
  const frozen: string[] = [];
  let cycles = 0;
  for (let round = 0; round < 10; round += 1) {
    // No person: an integration of OroCRM and a rule of Outlook put their own value back whenever it is another.
    if (world.oro.admin.contact(id)?.jobTitle !== 'set by the ERP') world.oro.admin.updateContact(id, { jobTitle: 'set by the ERP' });
    if (round % 2 === 1 && world.graph.admin.getContact(item)?.['jobTitle'] !== 'set by a rule') world.graph.admin.updateContact(item, { jobTitle: 'set by a rule' });
    const report = await world.cycle();
    const found = report.notes.filter(({ rule, message }) => rule === 'R7' && message.startsWith('two systems disagree about this field')).map(({ message }) => message);
    frozen.push(...found);
    if (frozen.length === 0) cycles += 1;
  }
  t.equal(frozen.length, 1, 'said once');
  t.match(frozen[0], /set by the ERP/);
  t.match(frozen[0], /set by a rule/);
  t.ok(cycles >= 3, `after ${cycles + 1} cycles`);
  const writes = await writesDuring(world, async () => {
    world.graph.admin.updateContact(item, { jobTitle: 'set by a rule' });
    await world.cycle();
  });
  t.strictSame(writes, none, 'frozen for this pair');
  world.oro.admin.updateContact(id, { fax: '5' });
  desks.orocrm.edit(desks.orocrm.idOf(2), 'Poet');
  await world.settle();
  t.match(JSON.stringify(world.graph.admin.getContact(item)?.['singleValueExtendedProperties']), /"5"/, 'another field of the pair');
  t.equal(desks.outlook.show()[1], '2=Poet', 'the same field of another pair');
});

t.test('R8 expired access tokens are renewed, also in the middle of a cycle: nobody notices', async (t) => {
  const { world, desks } = await linkedWorld(4);
  world.clock.now += 3 * 60 * 60_000;
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
  t.strictSame((await world.cycle()).stopped, [], 'both had ended by time');
  t.strictSame(desks.orocrm.show(), desks.outlook.show());
  let ended = false;
  standBetween(world, 'outlook', async (request, pass) => {
    if (!ended && (await isWrite(request))) {
      ended = true;
      world.graph.admin.expireAccessTokens();
    }
    return pass();
  });
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Singer');
  const report = await world.cycle();
  t.ok(ended);
  t.strictSame(report.stopped, [], 'ended while it wrote');
  t.equal(desks.outlook.show()[0], '1=Singer');
});

const losses: readonly (readonly [string, 'left' | 'right', (world: TwoServices) => void, (world: TwoServices) => void])[] = [
  ['consent to the mailbox is revoked', 'right', ({ graph }) => { graph.admin.consent(false); graph.admin.expireAccessTokens(); }, ({ graph }) => graph.admin.consent(true)],
  ['the user of OroCRM is disabled', 'left', ({ oro }) => void oro.admin.updateUser(1, { enabled: false }), ({ oro }) => void oro.admin.updateUser(1, { enabled: true })],
];
for (const [name, side, lose, regain] of losses) {
  t.test(`R8 ${name}: no writes anywhere, one note that says what to do; afterwards it goes on incrementally`, async (t) => {
    const { world, desks } = await linkedWorld(6);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
    lose(world);
    for (let round = 0; round < 3; round += 1) {
      let report: CycleReport | undefined;
      t.strictSame(await writesDuring(world, async () => { report = await world.cycle(); }), none);
      t.match(report?.stopped, [{ side, kind: 'auth', message: /connect|consent|disabled/ }]);
      t.strictSame([report?.stopped.length, report?.notes], [1, []], 'one note');
    }
    regain(world);
    const report = await world.cycle();
    t.strictSame(desks.orocrm.show(), desks.outlook.show());
    t.equal(desks.outlook.show()[0], '1=Poet');
    t.ok(report.counts.left.contact.examined + report.counts.right.contact.examined <= 4, 'not read from the beginning');
  });

  t.test(`R8 ${name} in the middle of the writes: that side gets no more, one note, and nothing is done twice afterwards`, async (t) => {
    const { world, desks } = await linkedWorld(6);
    const [from, to] = side === 'right' ? (['orocrm', 'outlook'] as const) : (['outlook', 'orocrm'] as const);
    for (const number of who(22)) desks[from].make(number + 6, 'Baker');
    let before = 3;
    let refused = 0;
    let isOver = false;
    standBetween(world, to, async (request, pass) => {
      const isMeant = !isOver && (await isWrite(request));
      if (isMeant && (to === 'outlook' || before-- === 0)) lose(world);
      const response = await pass();
      if (isMeant && response.status === 401) refused += 1;
      return response;
    });
    world.oro.resetCounters();
    world.graph.resetCounters();
    const report = await world.cycle();
    t.match(report.stopped, [{ side, kind: 'auth' }]);
    // Four were under way at once, and each tried once with a new token.
    t.ok(refused <= 8, `${refused} writes were refused before it stopped`);
    isOver = true;
    regain(world);
    await world.settle();
    t.strictSame(desks.orocrm.show(), desks.outlook.show());
    t.equal((to === 'orocrm' ? world.oro : world.graph).counters.records['contact']?.created, 22, 'each once');
  });
}

for (const kind of kinds) {
  t.test(`R10 ${kind}: "undo run" reverses values, creations and deletions nobody edited since, and lists the others`, async (t) => {
    const { world, desks } = await linkedWorld(6, {}, kind);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
    desks.orocrm.edit(desks.orocrm.idOf(3), 'Poet');
    desks.orocrm.make(11, 'Baker');
    desks.orocrm.remove(desks.orocrm.idOf(4));
    const { run } = await world.cycle();
    desks.outlook.edit(desks.outlook.idOf(3), 'edited since');
    await world.settle();
    let undone: Awaited<ReturnType<typeof undo>> | undefined;
    t.strictSame(await writesDuring(world, async () => { undone = await undo(await world.session(), run); }), none, 'undoing is a decision; the next cycle writes');
    t.equal(undone?.reversed, 4);
    t.match(undone?.left, [{ reason: 'it was edited since' }]);
    await world.settle();
    const after = ['1=Analyst', '2=Analyst', '3=edited since', '4=Analyst', '5=Analyst', '6=Analyst'];
    t.strictSame(desks.outlook.show(), after, 'Outlook');
    t.strictSame([...desks.orocrm.show()].sort(), [...after, '11=Baker'].sort(), 'OroCRM keeps the record that was made there');
    t.ok(isQuiet(await world.cycle()));
  });
}

for (const direction of ['left-to-right', 'right-to-left'] as const) {
  t.test(`R10 one way (${direction}) a run is undone on the side that was written`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { ...safePolicy, direction } });
    const [source, target] = direction === 'left-to-right' ? [desks.orocrm, desks.outlook] : [desks.outlook, desks.orocrm];
    source.edit(source.idOf(1), 'Poet');
    const { run } = await world.cycle();
    t.equal(target.show()[0], '1=Poet');
    t.match(await undo(await world.session(), run), { reversed: 1, left: [] });
    const writes = await writesDuring(world, world.settle);
    t.equal(target.show()[0], '1=Analyst');
    t.equal(source.show()[0], '1=Poet', 'the source is not written');
    t.equal(direction === 'left-to-right' ? writes.orocrm : writes.outlook, 0);
    t.ok(isQuiet(await world.cycle()));
  });
}

t.test('R11 a role without workflow, audit log and users: `check` names it, the rest is synced, what is refused is not asked again each cycle', async (t) => {
  const world = twoServices();
  const mine = { ownerId: 3 };
  const contact = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst', ...mine });
  const task = world.oro.admin.createTask({ subject: 'Call Ada', ...mine }, 3);
  const limited = await withOroCrm(world, { auth: { signIn: 'client-credentials', clientId: 'syncline-limited', clientSecret: 'secret-syncline-limited' } });
  const { warnings } = limited.sides.left.account;
  t.ok(warnings.some((warning) => /workflow/.test(warning)), warnings.join(' | '));
  t.ok(warnings.some((warning) => /users|profile/.test(warning)), 'and the view of users');
  const cycle = async (): Promise<CycleReport> => {
    world.clock.now += 60_000;
    return runCycle(limited, { trigger: 'once', go: true });
  };
  await cycle();
  await cycle();
  t.match(world.graph.admin.listContacts(), [{ givenName: 'Ada', jobTitle: 'Analyst' }]);
  const item = world.graph.admin.listContacts()[0]?.id ?? '';
  t.equal(markOf(world.graph.admin.getContact(item)), String(contact.id));
  world.graph.admin.updateContact(item, { jobTitle: 'Nurse' });
  await cycle();
  t.equal(world.oro.admin.contact(contact.id)?.jobTitle, 'Nurse', 'what the role allows works');
  const [todo] = world.graph.admin.listTasks();
  if (todo !== undefined) {
    world.graph.admin.updateTask(todo.id, { status: 'completed', title: 'Call Ada now' });
    await cycle();
    t.equal(world.oro.admin.task(task.id)?.subject, 'Call Ada now', 'M35 all other fields');
    t.equal(world.oro.admin.task(task.id)?.status, 'open', 'the status is held');
  }
  const refusals: string[] = [];
  const { handle } = world.oro;
  Object.assign(world.oro, {
    handle: async (request: Request) => {
      const response = await handle(request);
      if (response.status === 403) refusals.push(`${request.method} ${new URL(request.url).pathname}`);
      return response;
    },
  });
  for (let round = 0; round < 4; round += 1) await cycle();
  t.strictSame(refusals, [], 'no request that is known to be refused');
});

t.test('R11 a role that may not see a kind at all: that kind stays as it is on both sides, the others are synced', async (t) => {
  const world = twoServices();
  const role = world.oro.admin.createRole({ label: 'No tasks', contacts: 'all', tasks: 'none', events: 'all', users: true, organizations: false, audit: false, batch: false, workflow: false });
  const desks = { contact: desksOf(world, 'contact'), task: desksOf(world, 'task') };
  for (const number of who(3)) desks.contact.orocrm.make(number, 'Analyst');
  for (const number of who(3)) desks.task.orocrm.make(number, 'Call');
  await world.settle();
  world.oro.admin.updateUser(1, { roleId: role.id });
  world.restart();
  t.ok((await world.session()).sides.left.account.warnings.some((warning) => /Tasks cannot be synced/.test(warning)));
  desks.task.outlook.edit(desks.task.outlook.idOf(1), 'Write');
  desks.contact.orocrm.edit(desks.contact.orocrm.idOf(1), 'Poet');
  const writes = await writesDuring(world, world.cycle);
  t.strictSame(writes, { orocrm: 0, outlook: 1 });
  t.equal(desks.contact.outlook.show()[0], '1=Poet');
  t.strictSame([desks.task.orocrm.show().length, desks.task.outlook.show().length], [3, 3]);
  world.oro.admin.updateUser(1, { roleId: 3 });
  world.restart();
  await world.settle();
  t.equal(desks.task.orocrm.show()[0], '1=Write', 'the right comes back, and it goes on');
});
