import t from 'tap';
import { classicPolicy, kindNames, safePolicy, type Kind, type Policy } from '@syncline/core';
import { resync, undo, type CycleReport, type Purge, type Resynced } from '@syncline/engine';
import { desksOf, historyOf, linkedWorld, markOf, none, writesDuring, type Desks } from '../support/desks.ts';
import { markerOf } from '../support/linked-pair.ts';
import { listenTo } from '../support/watch.ts';
import { isQuiet, twoServices, type TwoServices } from '../support/two-services.ts';

// Many small worlds in one file: more than tap's half minute where the machine is busy.
t.setTimeout(120_000);

// What the literal profile does and the default one does not: a touch that counts (A5), and the full pass that deletes first (A6, B3, D8).

const classic = (change: Partial<Policy> = {}): Partial<Policy> => ({ ...classicPolicy, ...change });
const people = ['1=Analyst', '2=Analyst', '3=Analyst', '4=Analyst'];
const toOutlook = ['left-to-right', 'both-ways'] as const;

/** Saves a record of OroCRM without changing a mapped field. */
function touch({ oro, clock }: TwoServices, kind: Kind, id: string): void {
  clock.now += 60_000;
  if (kind === 'contact') oro.admin.updateContact(Number(id), { skype: `touched ${clock.now}` });
  if (kind === 'task') oro.admin.updateTask(Number(id), { description: `touched ${clock.now}` });
  if (kind === 'event') oro.admin.updateEvent(Number(id), { description: `touched ${clock.now}` });
}

for (const kind of kindNames) {
  t.test(`A5 ${kind}: a record that was merely touched in OroCRM overwrites what the Outlook user had edited`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'left-to-right' }) }, kind);
    const id = desks.orocrm.idOf(1);
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    t.strictSame(await writesDuring(world, world.settle), none, 'A9 until then it stays');
    touch(world, kind, id);
    let reports: readonly CycleReport[] = [];
    t.strictSame(await writesDuring(world, async () => { reports = await world.settle(); }), { orocrm: 0, outlook: 1 });
    t.strictSame([desks.orocrm.show(), desks.outlook.show()], [people, people]);
    t.match(reports.flatMap(({ lines }) => lines), [{ kind, side: 'right', op: 'update', rules: ['A5'] }], 'R1');
    t.match((await historyOf(world)).find(({ rule }) => rule === 'A5'), { side: 'right', before: { [kind === 'contact' ? 'jobTitle' : kind === 'task' ? 'subject' : 'title']: 'Nurse' } }, 'G3');
    touch(world, kind, id);
    t.strictSame(await writesDuring(world, world.settle), none, 'touched, and not edited in Outlook: no write');
  });

  t.test(`A5s ${kind}: under the safe profile the edits in Outlook stay`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { ...safePolicy, direction: 'left-to-right' } }, kind);
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    await world.settle();
    touch(world, kind, desks.orocrm.idOf(1));
    t.strictSame(await writesDuring(world, world.settle), none);
    t.equal(desks.outlook.show()[0], '1=Nurse');
  });
}

t.test('A5 touched and edited between two cycles: overwritten, and the edit is kept in history', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'left-to-right' }) });
  desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
  touch(world, 'contact', desks.orocrm.idOf(1));
  const [report] = await world.settle();
  t.equal(desks.outlook.show()[0], '1=Analyst');
  t.ok((await historyOf(world)).some(({ rule, before }) => rule === 'A5' && before?.['jobTitle'] === 'Nurse'), 'G3');
  t.strictSame(report?.notes.filter(({ rule }) => rule === 'A9'), [], 'it was not left');
});

t.test('A5 A15 a job that touches every record: only items that were edited are written; other directions know no touch', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'left-to-right' }) });
  desks.outlook.edit(desks.outlook.idOf(3), 'Nurse');
  await world.settle();
  world.clock.now += 5 * 60_000;
  world.oro.admin.recalculateActivity();
  t.strictSame(await writesDuring(world, world.settle), { orocrm: 0, outlook: 1 });
  t.strictSame(desks.outlook.show(), people);
  for (const direction of ['both-ways', 'right-to-left'] as const) {
    const other = await linkedWorld(4, { policy: classic({ direction }) });
    other.desks.outlook.edit(other.desks.outlook.idOf(3), 'Nurse');
    touch(other.world, 'contact', other.desks.orocrm.idOf(3));
    await other.world.settle();
    t.ok(other.desks.outlook.show().includes('3=Nurse') && other.desks.orocrm.show().includes('3=Nurse'), direction);
  }
});

/** Asks for the full pass, and answers what it would delete. */
async function ask(world: TwoServices, confirmed?: string): Promise<Resynced & { readonly purge: Purge }> {
  const answer = await resync(await world.session(), confirmed === undefined ? {} : { confirmed });
  if (!('purge' in answer)) throw new Error(`asked for a purge, and got ${JSON.stringify(answer)}`);
  return answer;
}

/** The literal full pass: asked for, confirmed by its name, and done by the next cycle. */
async function purge(world: TwoServices): Promise<CycleReport> {
  const { purge: { approval } } = await ask(world);
  await ask(world, approval);
  return world.cycle({ trigger: 'person', go: false });
}

const itemIds = (world: TwoServices, kind: Kind): readonly string[] => itemsOf(world, kind).map(({ id }) => id);
const itemsOf = ({ graph: { admin } }: TwoServices, kind: Kind) => (kind === 'contact' ? admin.listContacts() : kind === 'task' ? admin.listTasks() : admin.listEvents());
const shows = (desks: Desks) => [desks.orocrm.show(), desks.outlook.show()];

for (const direction of toOutlook) {
  for (const kind of kindNames) {
    t.test(`A6 A3 A4 ${kind}: a confirmed full pass deletes all marked items first, then OroCRM's records are matched or created (${direction})`, async (t) => {
      const { world, desks } = await linkedWorld(4, { policy: classic({ direction }) }, kind);
      const marked = itemIds(world, kind);
      // Unsynced, and thrown away by the literal reading; and an unmarked item with the key of record 2 (for a task: of them all).
      desks.outlook.edit(desks.outlook.idOf(1), 'unsynced');
      const twin = desks.outlook.make(2, 'Analyst');
      const sent = listenTo(world);
      world.restart();
      const report = await purge(world);
      t.strictSame(shows(desks), [people, people]);
      t.notOk(itemIds(world, kind).some((id) => marked.includes(id)), 'none of the marked ones is left');
      t.ok(itemIds(world, kind).includes(twin), 'A3 the unmarked one was adopted');
      t.ok(itemsOf(world, kind).every((item) => markerOf(item) !== undefined), 'K1 K2 all are marked again');
      t.strictSame([report.counts.right[kind].deleted, report.counts.right[kind].created, report.writes.left], [4, 3, 0], 'nothing is written to OroCRM');
      const methods = sent.filter(({ side, path }) => side === 'outlook' && !path.includes('linkedResources')).map(({ method }) => method);
      t.strictSame(methods.slice(0, 4), ['DELETE', 'DELETE', 'DELETE', 'DELETE'], 'deleted first');
      t.notOk(methods.slice(4).includes('DELETE'));
      t.strictSame(report.notes.filter(({ what }) => what === 'held'), [], 'D2 D11 confirmed by name, nobody is asked again');
      t.ok((await historyOf(world)).some(({ op, rule, native }) => op === 'delete' && rule === 'A6' && JSON.stringify(native).includes('unsynced')), 'D6 G3');
      t.strictSame(await writesDuring(world, world.settle), none, 'G2');
      t.equal((await world.summary()).linked[kind], 4);
    });
  }
}

t.test('A6 A11 a marked item whose record was deleted in OroCRM goes as well; unmarked items and foreign markers stay', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'left-to-right' }) });
  desks.orocrm.remove(desks.orocrm.idOf(1));
  desks.outlook.make(9, 'Nurse');
  await world.settle();
  t.ok(desks.outlook.show().includes('1=Analyst'), 'A11');
  t.match((await ask(world)).purge.deletes, { contact: 4 });
  desks.orocrm.remove(desks.orocrm.idOf(2));
  await purge(world);
  await world.settle();
  t.strictSame(desks.outlook.show(), ['3=Analyst', '4=Analyst', '9=Nurse'], 'nor is what was deleted since created again');
});

t.test('A6s D8 under the safe profile a resynchronization links again and deletes nothing, whatever is asked for', async (t) => {
  for (const direction of ['left-to-right', 'both-ways', 'right-to-left'] as const) {
    const { world, desks } = await linkedWorld(4, { policy: { ...safePolicy, direction } });
    t.match(await resync(await world.session(), { purge: true }), { status: 'refused', reason: /resync\.mode/ });
    t.strictSame(await writesDuring(world, world.settle), none);
    t.strictSame(await resync(await world.session()), { status: 'reading' });
    t.strictSame(await writesDuring(world, world.settle), none, direction);
    t.strictSame(shows(desks), [people, people]);
  }
});

for (const kind of kindNames) {
  t.test(`B3 B4 ${kind}: from Outlook to OroCRM the marked items are deleted, the records stay, unmarked items go as B2`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'right-to-left' }) }, kind);
    desks.outlook.make(9, 'Nurse');
    const report = await purge(world);
    t.strictSame(shows(desks), [[...people, '9=Nurse'].sort(), ['9=Nurse']]);
    t.equal(report.counts.right[kind].deleted, 4);
    t.ok((await historyOf(world)).filter(({ op }) => op === 'delete').every(({ rule, native }) => rule === 'B3' && native !== undefined), 'D6');
    t.match((await world.summary()).linked, { [kind]: 1 }, 'B2 created, and linked');
    t.strictSame(await writesDuring(world, world.settle), none, 'B11 nothing re-creates them');
    world.restart();
    t.strictSame(await writesDuring(world, world.settle), none);
  });
}

t.test('B3 B2s where the key is looked up first, an unmarked item is linked with the record whose marked one is gone', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'right-to-left', matchBeforeCreate: true }) });
  desks.outlook.make(2, 'Nurse');
  await purge(world);
  await world.settle();
  t.strictSame(shows(desks), [['1=Analyst', '2=Nurse', '3=Analyst', '4=Analyst'], ['2=Nurse']]);
});

t.test('D8 the pass names the number of items and waits for that name: for this run, and void when the set is another', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic() });
  const first = await ask(world);
  t.match(first, { status: 'asking', purge: { approval: /^\S+$/, deletes: { contact: 4, task: 0, event: 0 }, kept: [] } });
  t.strictSame(await writesDuring(world, world.settle), none, 'nothing happens until it is given back');
  t.match(await ask(world, 'x'), { status: 'void' });
  t.strictSame(await writesDuring(world, world.settle), none);
  desks.orocrm.make(5, 'Analyst');
  await world.settle();
  t.match(await ask(world, first.purge.approval), { status: 'void', purge: { deletes: { contact: 5 } } }, 'another set');
  t.strictSame(await writesDuring(world, world.settle), none);
  const second = await ask(world);
  t.match(await ask(world, second.purge.approval), { status: 'purging' });
  await world.settle();
  t.equal(desks.outlook.show().length, 5);
  t.match(await ask(world, second.purge.approval), { status: 'void' }, 'it was for that run');
  t.strictSame(await writesDuring(world, world.settle), none);
});

t.test('D8 a confirmation in one direction is none in another, nor when the switch is back', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'left-to-right' }) });
  const { purge: { approval } } = await ask(world);
  Object.assign(world.settings, { policy: { ...classicPolicy, direction: 'right-to-left' } });
  world.restart();
  t.match(await ask(world, approval), { status: 'void' }, 'nothing would be created again');
  const { purge: { approval: other } } = await ask(world);
  await ask(world, other);
  Object.assign(world.settings, { policy: { ...classicPolicy, direction: 'right-to-left', resync: 'relink' } });
  world.restart();
  t.strictSame(await writesDuring(world, world.settle), none, 'confirmed, and the switch is on relink before the cycle runs');
  t.equal(desks.outlook.show().length, 4);
});

const guests = [1, 2].map((number) => ({ type: 'required', emailAddress: { name: `Guest ${number}`, address: `guest${number}@example.org` } }));
const weekly = {
  oro: {
    title: 'Weekly', start: Date.parse('2030-04-05T09:00:00Z'), end: Date.parse('2030-04-05T10:00:00Z'),
    recurrence: { recurrenceType: 'weekly', interval: 1, dayOfWeek: ['friday'], startTime: Date.parse('2030-04-05T09:00:00Z'), timeZone: 'UTC' },
  },
  outlook: {
    subject: 'Weekly', start: { dateTime: '2030-04-05T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-04-05T10:00:00', timeZone: 'UTC' },
    recurrence: { pattern: { type: 'weekly', interval: 1, daysOfWeek: ['friday'] }, range: { type: 'noEnd', startDate: '2030-04-05' } },
  },
} as const;
const at = (day: string, hour: string) => ({ dateTime: `2030-04-${day}T${hour}:00:00`, timeZone: 'UTC' });

for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
  t.test(`D7 D8 D12 events with attendees and recurring series are never purged, and nobody is mailed (${direction})`, async (t) => {
    const world = twoServices({ policy: classic({ direction, matchBeforeCreate: true }) });
    const desks = desksOf(world, 'event');
    const { admin } = world.graph;
    // On both sides, so that they are linked in every direction.
    for (const [day, title] of [['02', 'Own'], ['03', 'Board'], ['04', 'Invited']] as const) {
      world.oro.admin.createEvent({ title, start: Date.parse(`2030-04-${day}T09:00:00Z`), end: Date.parse(`2030-04-${day}T10:00:00Z`) });
    }
    const own = admin.createEvent({ subject: 'Own', start: at('02', '09'), end: at('02', '10') }).id;
    const board = admin.createEvent({ subject: 'Board', start: at('03', '09'), end: at('03', '10'), attendees: guests }).id;
    const invited = admin.createEvent({ subject: 'Invited', start: at('04', '09'), end: at('04', '10'), attendees: guests, organizer: { emailAddress: { name: 'Zoe', address: 'zoe@example.org' } } }).id;
    world.oro.admin.createEvent(weekly.oro);
    const series = admin.createEvent(weekly.outlook).id;
    await world.settle();
    t.equal((await world.summary()).linked.event, 4);
    admin.clearOutbox();
    const { purge: asked } = await ask(world);
    t.equal(asked.deletes.event, 1);
    t.strictSame(asked.kept.map(({ kind, rule, count }) => [kind, rule, count]).sort(), [['event', 'D12', 1], ['event', 'D8', 1], ['event', 'D8', 1]]);
    t.match(asked.kept.map(({ reason }) => reason).sort(), ['it is a recurring series', 'the event has attendees', /organised by Zoe/]);
    await purge(world);
    await world.settle();
    t.ok([board, invited, series].every((id) => admin.getEvent(id) !== undefined));
    t.equal(admin.getEvent(own), undefined);
    t.strictSame(admin.outbox(), []);
    t.strictSame(desks.outlook.show().filter((row) => row.endsWith('Own')).length, direction === 'right-to-left' ? 0 : 1);
    t.equal((await world.summary()).linked.event, direction === 'right-to-left' ? 3 : 4);
    t.strictSame(await writesDuring(world, world.settle), none);
  });
}

t.test('D4 D5 D8 what may not be read, or left the synced folder, is not purged, nor when it is there again', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic() });
  const { admin } = world.graph;
  const [hidden, moved] = [desks.outlook.idOf(1), desks.outlook.idOf(2)];
  world.oro.admin.setVisible('contact', Number(desks.orocrm.idOf(1)), false);
  admin.moveContact(moved, { in: admin.createFolder('Archive').id });
  world.clock.now += 16 * 60_000;
  await world.settle();
  const { purge: asked } = await ask(world);
  t.match(asked.deletes, { contact: 2 });
  t.strictSame(asked.kept.map(({ rule, count }) => [rule, count]).sort(), [['D4', 1], ['D5', 1]]);
  // Confirmed while it is there, and gone from sight before it is done.
  world.oro.admin.setVisible('contact', Number(desks.orocrm.idOf(3)), false);
  await ask(world, asked.approval);
  await world.settle();
  const late = desks.outlook.idOf(3);
  for (const who of [1, 3]) world.oro.admin.setVisible('contact', Number(desks.orocrm.idOf(who)), true);
  world.clock.now += 16 * 60_000;
  await world.settle();
  t.ok([hidden, moved, late].every((id) => admin.getContact(id) !== undefined));
  t.strictSame(desks.outlook.show(), people);
});

t.test('D8 D7 an event that became a meeting after the confirmation stays', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic() }, 'event');
  const { purge: { approval } } = await ask(world);
  await ask(world, approval);
  const item = desks.outlook.idOf(1);
  world.graph.admin.updateEvent(item, { attendees: guests });
  world.graph.admin.clearOutbox();
  const report = await world.cycle();
  t.match(report.notes.filter(({ rule }) => rule === 'D8'), [{ what: 'held', message: /attendees/ }]);
  await world.settle();
  t.ok(world.graph.admin.getEvent(item));
  t.strictSame(shows(desks), [people, people]);
  t.strictSame(world.graph.admin.outbox(), []);
});

for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
  for (const kind of kindNames) {
    t.test(`D6 D8 ${kind}: the snapshot of a full pass brings everything back, with its link (${direction})`, async (t) => {
      const { world, desks } = await linkedWorld(4, { policy: classic({ direction }) }, kind);
      desks.outlook.edit(desks.outlook.idOf(1), 'unsynced');
      const { run } = await purge(world);
      const undone = await undo(await world.session(), run);
      t.strictSame(undone, { reversed: direction === 'right-to-left' ? 4 : 1, left: [] });
      await world.settle();
      const back = ['1=unsynced', ...people.slice(1)];
      t.strictSame(shows(desks), [direction === 'left-to-right' ? people : back, back]);
      t.match((await world.summary()).linked, { [kind]: 4 });
      t.ok(itemsOf(world, kind).every((item) => markerOf(item) !== undefined));
    });
  }
}

t.test('D6 M3 M10 M15 M28 M31 what is brought back takes nothing from OroCRM that Outlook could not show', async (t) => {
  for (const direction of ['both-ways', 'right-to-left', 'left-to-right'] as const) {
    const world = twoServices({ policy: classic({ direction: 'both-ways' }) });
    const { admin } = world.oro;
    const person = admin.createContact({ firstName: 'Ada', emails: ['p@example.com', 'q@example.com', 'r@example.com', 's@example.com', 't@example.com'], phones: ['+1 555 0101', '+1 555 0102'], birthday: '1985-12-10' }).id;
    const call = admin.createTask({ subject: 'Call', dueDate: Date.parse('2030-04-02T15:30:00Z') }).id;
    const item = world.graph.admin.createContact({ givenName: '', surname: 'Cher' }).id;
    const waiting = world.graph.admin.createTask({ title: 'Wait', status: 'waitingOnOthers' }).id;
    await world.settle();
    Object.assign(world.settings, { policy: { ...classicPolicy, direction } });
    world.restart();
    await world.settle();
    const shown = () => [admin.contact(person)?.emails.map(({ value }) => value), admin.contact(person)?.phones.map(({ value }) => value), admin.task(call)?.dueDate, admin.listContacts().length, admin.listTasks().map(({ subject, status }) => [subject, status])];
    const before = shown();
    const { run } = await purge(world);
    await undo(await world.session(), run);
    const sent = listenTo(world);
    world.restart();
    await world.settle();
    t.strictSame(shown(), before, direction);
    t.strictSame(sent.filter(({ side }) => side === 'orocrm'), [], direction);
    t.notOk(world.graph.admin.getContact(item) ?? world.graph.admin.getTask(waiting), 'new items');
    t.match((await world.summary()).linked, { contact: 2, task: 2 });
  }
});

t.test('D8 R3 R5 a full pass that Outlook throttles in the middle is finished by the next cycle, nothing is doubled', async (t) => {
  for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
    const { world, desks } = await linkedWorld(28, { policy: classic({ direction }) });
    const { purge: { approval } } = await ask(world);
    await ask(world, approval);
    world.graph.admin.fault({ kind: 'status', status: 429, retryAfter: '60', method: 'DELETE', skip: 9, times: 3 });
    const report = await world.cycle();
    t.match(report.stopped, [{ side: 'right', kind: 'throttle' }]);
    t.ok(report.counts.right.contact.deleted > 0 && report.counts.right.contact.deleted < 28, `${report.counts.right.contact.deleted} were deleted`);
    world.restart();
    await world.settle();
    t.strictSame([desks.orocrm.show().length, desks.outlook.show().length], [28, direction === 'right-to-left' ? 0 : 28], direction);
    t.ok(isQuiet(await world.cycle()));
    t.equal((await historyOf(world)).filter(({ op }) => op === 'delete').length, 28, 'D6 each copy once');
  }
});

t.test('A6 D8 S20 a first synchronisation over what an earlier hub marked: named by the preview, confirmed, and done with Go', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: classic({ direction: 'left-to-right' }) });
  const marked = itemIds(world, 'contact');
  const fresh = twoServices({ policy: classic({ direction: 'left-to-right' }) });
  Object.assign(fresh.oro, { handle: world.oro.handle });
  Object.assign(fresh.graph, { handle: world.graph.handle });
  fresh.clock.now = world.clock.now;
  await fresh.cycle({ go: false });
  const { purge: { approval, deletes } } = await ask(fresh);
  t.match(deletes, { contact: 4 });
  await ask(fresh, approval);
  t.strictSame(await writesDuring(world, () => fresh.cycle({ go: false })), none, 'S20');
  await fresh.settle();
  t.strictSame(desks.outlook.show(), people);
  t.notOk(itemIds(world, 'contact').some((id) => marked.includes(id)));
  t.ok(world.graph.admin.listContacts().every((item) => markOf(item) !== ''));
});

t.test('R2 D8 the preview of a confirmed pass lists what it deletes and what it creates again', async (t) => {
  for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
    const { world } = await linkedWorld(4, { policy: classic({ direction }) });
    await ask(world, (await ask(world)).purge.approval);
    let preview: CycleReport | undefined;
    t.strictSame(await writesDuring(world, async () => { preview = await world.cycle({ preview: true }); }), none);
    const names = (lines: CycleReport['lines']) => lines.map(({ entity, side, op, rules, fields }) => JSON.stringify([entity, side, op, rules, [...fields].sort()])).sort();
    const report = await world.cycle();
    t.strictSame(names(report.lines), names(preview?.planned ?? []), direction);
  }
});
