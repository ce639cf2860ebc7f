import t from 'tap';
import { classicPolicy, safePolicy, type Policy } from '@syncline/core';
import { desksOf, historyOf, linkedWorld, markOf, none, writesDuring, type Desks } from '../support/desks.ts';
import { isQuiet, twoServices, type TwoServices } from '../support/two-services.ts';
import { changing } from '../support/watch.ts';

// Section 7 of the specification. Left is OroCRM. Records are contacts unless kinds differ; three bystanders keep one deletion from being a mass deletion (D2).

const oroWins: Partial<Policy> = { ...safePolicy, precedence: ['left', 'right'] };
const outlookWins: Partial<Policy> = { ...safePolicy, precedence: ['right', 'left'] };
const bothSettings = [['OroCRM', oroWins], ['Outlook', outlookWins]] as const;

const oroId = (desks: Desks, who = 1): number => Number(desks.orocrm.idOf(who));
const contactIn = (world: TwoServices, desks: Desks, who = 1) => ({
  orocrm: world.oro.admin.contact(oroId(desks, who)),
  outlook: world.graph.admin.getContact(desks.outlook.idOf(who)),
});

t.test('C1 both sides are read before anything is written, Outlook is written before OroCRM', async (t) => {
  const { world, desks } = await linkedWorld(4);
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
  const order: string[] = [];
  for (const [name, service] of [['orocrm', world.oro], ['outlook', world.graph]] as const) {
    const { handle } = service;
    Object.assign(service, {
      handle: async (request: Request) => {
        const isWrite = request.method !== 'GET' && !request.url.includes('token') && (!request.url.includes('$batch') || /"method":"(POST|PATCH|DELETE)"/.test(await request.clone().text()));
        order.push(`${isWrite ? 'write' : 'read'} ${name}`);
        return handle(request);
      },
    });
  }
  world.restart();
  await world.cycle();
  const firstWrite = order.findIndex((step) => step.startsWith('write'));
  t.ok(order.slice(0, firstWrite).includes('read orocrm') && order.slice(0, firstWrite).includes('read outlook'), 'both were read first');
  t.ok(order.lastIndexOf('write outlook') < order.indexOf('write orocrm'), order.filter((step) => step.startsWith('write')).join(', '));
  t.strictSame(desks.orocrm.show(), desks.outlook.show());
});

for (const [wins, policy] of bothSettings) {
  t.test(`C2 a first match: OroCRM's values replace, what is empty on one side is filled from the other (${wins} wins)`, async (t) => {
    const world = twoServices({ policy });
    const { id } = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst', fax: '1' });
    const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Nurse', personalNotes: 'met in Rome' });
    const [report] = await world.settle();
    t.match(world.graph.admin.getContact(item.id), { jobTitle: 'Analyst', personalNotes: 'met in Rome' });
    t.match(world.oro.admin.contact(id), { jobTitle: 'Analyst', fax: '1', description: /met in Rome/ });
    t.equal(markOf(world.graph.admin.getContact(item.id)), String(id));
    t.strictSame(report?.notes.filter(({ what }) => what === 'conflict'), [], 'no conflict: there was no common state');
    t.equal(world.graph.admin.listContacts().length + world.oro.admin.listContacts().length, 2);
    t.ok((await historyOf(world)).some((row) => JSON.stringify(row.before ?? {}).includes('Nurse')), 'G3 the replaced value is kept');
  });
}

t.test('C3 an item without a match is created in OroCRM and gets its id as mark', async (t) => {
  const world = twoServices();
  const desks = desksOf(world, 'contact');
  const id = desks.outlook.make(1, 'Nurse');
  const [report] = await world.settle();
  t.strictSame(desks.orocrm.show(), ['1=Nurse']);
  t.equal(markOf(world.graph.admin.getContact(id)), desks.orocrm.idOf(1));
  t.match(report?.lines.find(({ op }) => op === 'create'), { side: 'left', rules: ['C3'] });
});

t.test('C4 a record without a match is created in Outlook with its mark', async (t) => {
  const world = twoServices();
  const desks = desksOf(world, 'contact');
  const id = desks.orocrm.make(1, 'Analyst');
  const writes = await writesDuring(world, world.settle);
  t.strictSame(desks.outlook.show(), ['1=Analyst']);
  t.equal(markOf(world.graph.admin.getContact(desks.outlook.idOf(1))), id);
  t.equal(writes.orocrm, 0);
});

for (const [wins, policy] of bothSettings) {
  t.test(`C5 only OroCRM changed: the values go to Outlook, zero writes to OroCRM (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    t.strictSame(await writesDuring(world, world.settle), { orocrm: 0, outlook: 1 });
    t.equal(desks.outlook.show()[0], '1=Poet');
  });

  t.test(`C6 only Outlook changed: the values go to OroCRM, zero writes to Outlook (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    t.strictSame(await writesDuring(world, world.settle), { orocrm: 1, outlook: 0 });
    t.equal(desks.orocrm.show()[0], '1=Nurse');
  });
}

for (const [rule, policy, winner, loser, lostOn] of [
  ['C7 OroCRM always wins', oroWins, 'Poet', 'Nurse', 'right'],
  ['C8 Outlook always wins', outlookWins, 'Nurse', 'Poet', 'left'],
] as const) {
  t.test(`${rule}: its value on both sides, the other in history, one conflict in the report`, async (t) => {
    for (const profile of [policy, { ...classicPolicy, precedence: policy.precedence ?? [] }]) {
      const { world, desks } = await linkedWorld(4, { policy: profile });
      desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
      world.clock.now += 5_000;
      desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
      const reports = await world.settle();
      t.equal(desks.orocrm.show()[0], `1=${winner}`);
      t.equal(desks.outlook.show()[0], `1=${winner}`);
      const conflicts = reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict'));
      t.equal(conflicts.length, 1, 'one conflict entry');
      t.match(conflicts[0], { side: lostOn, kind: 'contact' });
      const kept = (await historyOf(world)).filter((row) => JSON.stringify(row.before ?? {}).includes(loser));
      t.match(kept.find(({ op }) => op === 'told'), { side: lostOn, at: Number, rule: String }, 'the losing value, its side, time and rule');
    }
  });
}

for (const [wins, precedence, jobTitle, notes] of [['OroCRM', ['left', 'right'], 'Poet', 'as before'], ['Outlook', ['right', 'left'], 'Analyst', 'new notes']] as const) {
  t.test(`C9 classic: different fields changed, ${wins} wins: its values of all fields, the other edit in history only`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { ...classicPolicy, precedence } });
    world.oro.admin.updateContact(oroId(desks), { description: 'as before' });
    await world.settle();
    world.clock.now += 16 * 60_000;
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    world.graph.admin.updateContact(desks.outlook.idOf(1), { personalNotes: 'new notes' });
    const reports = await world.settle();
    const { orocrm, outlook } = contactIn(world, desks);
    t.match(outlook, { jobTitle, personalNotes: notes });
    t.match(orocrm, { jobTitle, description: new RegExp(notes) });
    t.ok(reports.some(({ notes: said }) => said.some(({ what }) => what === 'conflict')), 'reported');
    const lost = wins === 'OroCRM' ? 'new notes' : 'Poet';
    t.ok((await historyOf(world)).some((row) => JSON.stringify(row.before ?? {}).includes(lost)), 'the losing edit is in history');
  });
}

for (const [wins, policy] of bothSettings) {
  t.test(`C9s different fields changed: both edits survive on both sides, no conflict (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    world.graph.admin.updateContact(desks.outlook.idOf(1), { personalNotes: 'new notes' });
    const reports = await world.settle();
    const { orocrm, outlook } = contactIn(world, desks);
    t.match(outlook, { jobTitle: 'Poet', personalNotes: 'new notes' });
    t.match(orocrm, { jobTitle: 'Poet', description: /new notes/ });
    t.strictSame(reports.flatMap(({ notes }) => notes), [], 'no entry');
  });

  t.test(`C9s the name is one unit: first name here and last name there is a conflict (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    const { orocrm, outlook } = { orocrm: oroId(desks), outlook: desks.outlook.idOf(1) };
    world.oro.admin.updateContact(orocrm, { firstName: 'Adele' });
    world.graph.admin.updateContact(outlook, { surname: 'Lovelace' });
    const reports = await world.settle();
    const expected = wins === 'OroCRM' ? ['Adele', 'No1'] : ['Person', 'Lovelace'];
    t.match(world.oro.admin.contact(orocrm), { firstName: expected[0], lastName: expected[1] });
    t.match(world.graph.admin.getContact(outlook), { givenName: expected[0], surname: expected[1] });
    t.equal(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict')).length, 1);
  });

  t.test(`C9s e-mails merge by entry: removals and additions of both sides apply, two renamings leave both (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    world.oro.admin.updateContact(oroId(desks), { emails: ['p@example.com', 'q@example.com'] });
    await world.settle();
    world.clock.now += 16 * 60_000;
    const item = desks.outlook.idOf(1);
    world.oro.admin.updateContact(oroId(desks), { emails: ['p@example.com', 'q2@example.com'] });
    world.graph.admin.updateContact(item, { emailAddresses: ['p', 'q3'].map((name) => ({ name, address: `${name}@example.com` })) });
    const reports = await world.settle();
    t.strictSame(world.oro.admin.contact(oroId(desks))?.emails.map(({ value }) => value).sort(), ['p@example.com', 'q2@example.com', 'q3@example.com']);
    const shown = world.graph.admin.getContact(item)?.['emailAddresses'] as readonly { readonly address: string }[];
    t.strictSame(shown.map(({ address }) => address).sort(), ['p@example.com', 'q2@example.com', 'q3@example.com']);
    t.strictSame(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict')), []);
    t.equal(world.oro.admin.contact(oroId(desks))?.emails.find(({ primary }) => primary)?.value, 'p@example.com');
  });

  t.test(`C9s which e-mail is the primary one is a unit of its own: chosen here while one is added there, both stay (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    const [record, item] = [oroId(desks), desks.outlook.idOf(1)];
    world.oro.admin.updateContact(record, { emails: ['p@example.com', 'q@example.com'], primaryEmail: 'p@example.com' });
    await world.settle();
    world.clock.now += 16 * 60_000;
    world.oro.admin.updateContact(record, { primaryEmail: 'q@example.com' });
    world.graph.admin.updateContact(item, { emailAddresses: ['p', 'q', 'r'].map((name) => ({ name, address: `${name}@example.com` })) });
    const reports = await world.settle();
    t.strictSame(world.oro.admin.contact(record)?.emails.map(({ value, primary }) => (primary ? `[${value}]` : value)).sort(), ['[q@example.com]', 'p@example.com', 'r@example.com']);
    const shown = world.graph.admin.getContact(item)?.['emailAddresses'] as readonly { readonly address: string }[];
    t.strictSame(shown.map(({ address }) => address), ['q@example.com', 'p@example.com', 'r@example.com'], 'the primary one first');
    t.strictSame(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict')), []);
  });

  t.test(`C9s an address is one unit: its city changed here and its street there is a conflict, another address is not (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    const [record, item] = [oroId(desks), desks.outlook.idOf(1)];
    const home = { street: '1 Main St', city: 'Boston', country: 'US', postalCode: '02101', types: ['billing' as const] };
    world.oro.admin.updateContact(record, { addresses: [home] });
    await world.settle();
    world.clock.now += 16 * 60_000;
    world.oro.admin.updateContact(record, { addresses: [{ ...home, city: 'Salem' }] });
    const shown = (): { readonly street: string; readonly city: string } => world.graph.admin.getContact(item)?.['businessAddress'] as { readonly street: string; readonly city: string };
    world.graph.admin.updateContact(item, { businessAddress: { ...shown(), street: '2 Elm St' }, homeAddress: { street: '3 Oak St', city: 'Berlin', countryOrRegion: 'Germany' } });
    const reports = await world.settle();
    const [street, city] = wins === 'OroCRM' ? ['1 Main St', 'Salem'] : ['2 Elm St', 'Boston'];
    t.match(shown(), { street, city });
    t.match(world.oro.admin.contact(record)?.addresses.toSorted((a, b) => a.types.join().localeCompare(b.types.join())), [{ street, city, types: ['billing'] }, { street: '3 Oak St', types: ['shipping'] }]);
    t.match(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict')), [{ field: 'billingAddress' }]);
    t.equal(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict')).length, 1);
  });

  t.test(`C9s start, end and all-day are one unit: the start moved here and the end there is a conflict (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy }, 'event');
    const [event, item] = [Number(desks.orocrm.idOf(1)), desks.outlook.idOf(1)];
    world.oro.admin.updateEvent(event, { start: Date.parse('2030-04-01T08:30:00Z') });
    world.graph.admin.updateEvent(item, { end: { dateTime: '2030-04-01T11:00:00', timeZone: 'UTC' } });
    const reports = await world.settle();
    const [start, end] = wins === 'OroCRM' ? ['2030-04-01T08:30:00', '2030-04-01T10:00:00'] : ['2030-04-01T09:00:00', '2030-04-01T11:00:00'];
    t.match(world.oro.admin.event(event), { start: Date.parse(`${start}Z`) / 1000, end: Date.parse(`${end}Z`) / 1000 });
    t.match(world.graph.admin.getEvent(item), { start: { dateTime: new RegExp(start) }, end: { dateTime: new RegExp(end) } });
    t.equal(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict')).length, 1);
  });
}

for (const [profile, policy] of [['safe', safePolicy], ['classic', classicPolicy]] as const) {
  t.test(`C10 both sides made the same edit: no write, no conflict, and the base advances (${profile})`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
    let notes: readonly unknown[] = [];
    t.strictSame(await writesDuring(world, async () => { notes = (await world.settle()).flatMap((report) => report.notes); }), none);
    t.strictSame(notes, []);
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    t.strictSame(await writesDuring(world, world.settle), { orocrm: 1, outlook: 0 }, 'a later edit is one side\'s alone');
    t.equal(desks.orocrm.show()[0], '1=Nurse');
  });
}

for (const [wins, policy] of bothSettings) {
  t.test(`C11 deleted in Outlook: added again in the cycle that notices it, with OroCRM's current values (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    const old = desks.outlook.idOf(1);
    desks.outlook.remove(old);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    t.strictSame(await writesDuring(world, world.cycle), { orocrm: 0, outlook: 1 });
    t.strictSame(desks.outlook.show(), ['1=Poet', '2=Analyst', '3=Analyst', '4=Analyst']);
    t.not(desks.outlook.idOf(1), old);
    t.equal(markOf(world.graph.admin.getContact(desks.outlook.idOf(1))), desks.orocrm.idOf(1));
  });

  t.test(`C12 deleted in OroCRM: the item is deleted from Outlook, and a copy is kept (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    desks.orocrm.remove(desks.orocrm.idOf(1));
    t.strictSame(await writesDuring(world, world.settle), { orocrm: 0, outlook: 1 });
    t.strictSame(desks.outlook.show(), ['2=Analyst', '3=Analyst', '4=Analyst']);
    t.match((await historyOf(world)).find(({ op }) => op === 'delete'), { side: 'right', native: { record: { jobTitle: 'Analyst' } } }, 'D6');
  });
}

t.test('C13 deleted on both sides: the link is dropped, no write, no error', async (t) => {
  const { world, desks } = await linkedWorld(4);
  desks.orocrm.remove(desks.orocrm.idOf(1));
  desks.outlook.remove(desks.outlook.idOf(1));
  let reports: Awaited<ReturnType<TwoServices['settle']>> = [];
  t.strictSame(await writesDuring(world, async () => { reports = await world.settle(); }), none);
  t.strictSame(reports.flatMap(({ notes, stopped }) => [...notes, ...stopped]), []);
  t.equal((await world.summary()).linked.contact, 3);
  t.strictSame((await world.summary()).unlinked, []);
});

for (const wins of [['left', 'right'], ['right', 'left']] as const) {
  t.test(`C14 classic: deleted in OroCRM, changed in Outlook: deleted from Outlook (${wins[0]} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { ...classicPolicy, precedence: wins } });
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    desks.orocrm.remove(desks.orocrm.idOf(1));
    await world.settle();
    t.strictSame(desks.outlook.show(), ['2=Analyst', '3=Analyst', '4=Analyst']);
    t.strictSame(desks.orocrm.show(), ['2=Analyst', '3=Analyst', '4=Analyst']);
    t.ok((await historyOf(world)).some((row) => JSON.stringify(row).includes('Nurse')), 'G3 the edit is in history');
  });
}

t.test('C14s OroCRM always wins: deleted, the unsynced edit is in history and an alert is raised', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: oroWins });
  desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
  desks.orocrm.remove(desks.orocrm.idOf(1));
  const [report] = await world.settle();
  t.strictSame(desks.outlook.show(), ['2=Analyst', '3=Analyst', '4=Analyst']);
  t.match(report?.notes, [{ what: 'conflict', rule: 'C14s', side: 'right', field: 'jobTitle' }]);
  t.ok((await historyOf(world)).some(({ op, before }) => op === 'told' && before?.['jobTitle'] === 'Nurse'), 'the edit is in history');
});

t.test('C14s Outlook always wins: the item stays, a new OroCRM record is created from it, its mark becomes the new id', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: outlookWins });
  const [item, old] = [desks.outlook.idOf(1), desks.orocrm.idOf(1)];
  desks.outlook.edit(item, 'Nurse');
  desks.orocrm.remove(old);
  const [report] = await world.settle();
  t.equal(desks.outlook.idOf(1), item, 'the same item');
  t.equal(desks.orocrm.show()[0], '1=Nurse');
  t.not(desks.orocrm.idOf(1), old);
  t.equal(markOf(world.graph.admin.getContact(item)), desks.orocrm.idOf(1));
  t.match(report?.notes, [{ what: 'alert', rule: 'C14s' }]);
});

t.test('C15 what the hub wrote comes back as a change: an echo, no write', async (t) => {
  for (const kind of ['contact', 'task', 'event'] as const) {
    const { world, desks } = await linkedWorld(4, {}, kind);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
    const report = await world.cycle();
    t.strictSame([report.writes.right, report.writes.left], [1, 1], kind);
    for (let round = 0; round < 3; round += 1) t.strictSame(await writesDuring(world, world.cycle), none, `${kind}, ${round + 1} cycles later`);
    world.restart();
    t.strictSame(await writesDuring(world, world.cycle), none, `${kind}, after a restart`);
  }
});

t.test('C16 a service that stores something else than was sent: its form is that side\'s own, no write comes of it', async (t) => {
  const world = twoServices({
    oro: { switches: { reformatPhones: true, trimText: true } },
    graph: { switches: { reformatPhones: true, trimText: true, roundTimes: true, htmlNotes: true, birthdayTime: '11:59:00' } },
  });
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', phones: ['+1 (555) 01-00'], jobTitle: 'Chief  analyst', birthday: '1985-12-10' });
  world.graph.admin.createContact({ givenName: 'Bob', surname: 'Cole', jobTitle: 'Night  nurse', personalNotes: 'two  blanks' });
  world.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-04-01T11:00:42Z'), end: Date.parse('2030-04-01T12:00:00Z') });
  world.oro.admin.createTask({ subject: 'Call  Ada', description: 'notes' });
  const reports = await world.settle();
  t.ok(isQuiet(reports.at(-1)) && reports.length <= 3, `${reports.length} cycles`);
  const before = changing(world);
  for (let round = 0; round < 3; round += 1) await world.cycle();
  t.strictSame(changing(world), before, 'no write');
  t.equal(world.oro.admin.listEvents()[0]?.start, Date.parse('2030-04-01T11:00:42Z') / 1000, 'what OroCRM holds exactly stays exact');
  const [ada] = world.graph.admin.listContacts();
  world.graph.admin.updateContact(ada?.id ?? '', { personalNotes: 'met in Rome' });
  t.strictSame(await writesDuring(world, world.settle), { orocrm: 1, outlook: 0 }, 'an edit of another field flows alone');
});

t.test('C17 a new record of one key on each side between two cycles: one linked pair, not two', async (t) => {
  for (const kind of ['contact', 'task', 'event'] as const) {
    const { world, desks } = await linkedWorld(4, {}, kind);
    desks.orocrm.make(5, 'Poet');
    desks.outlook.make(5, 'Poet');
    await world.settle();
    t.strictSame([desks.orocrm.show().at(-1), desks.orocrm.show().length], ['5=Poet', 5], kind);
    t.strictSame([desks.outlook.show().at(-1), desks.outlook.show().length], ['5=Poet', 5], kind);
    t.equal((await world.summary()).linked[kind], 5, kind);
  }
});

for (const [wins, policy, value] of [['OroCRM', oroWins, 'Analyst'], ['Outlook', outlookWins, 'Nurse']] as const) {
  t.test(`C18 a form opened before the hub's write and saved 14 minutes after it is concurrent: ${wins} wins, and the report says so`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy });
    world.clock.now += 60 * 60_000;
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    await world.settle();
    t.equal(desks.orocrm.show()[0], '1=Nurse');
    world.clock.now += 11 * 60_000;
    world.oro.admin.updateContact(oroId(desks), { jobTitle: 'Analyst', fax: '5' });
    const reports = await world.settle();
    t.equal(desks.orocrm.show()[0], `1=${value}`);
    t.equal(desks.outlook.show()[0], `1=${value}`);
    t.equal(contactIn(world, desks).orocrm?.fax, '5', 'what the form was opened for is kept');
    t.match(reports.flatMap(({ notes }) => notes), [{ what: 'conflict', rule: wins === 'OroCRM' ? 'C7' : 'C8', field: 'jobTitle' }]);
  });
}

t.test('C18 after 15 minutes the same value is an edit like any other', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: outlookWins });
  desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
  await world.settle();
  world.clock.now += 16 * 60_000;
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Analyst');
  const reports = await world.settle();
  t.equal(desks.outlook.show()[0], '1=Analyst');
  t.strictSame(reports.flatMap(({ notes }) => notes), []);
});
