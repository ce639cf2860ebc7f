import t from 'tap';
import { resync } from '@syncline/engine';
import { columns, createOnBoth, freshHub, linkedWorld, markerOf, noWrites, rulesNoted, writeCount, writesDuring, writesTo } from '../support/linked-pair.ts';
import { twoServices, type TwoServices } from '../support/two-services.ts';

const direction = columns['Outlook to OroCRM'];
const minutes = (count: number): number => count * 60_000;
const peopleOf = ({ oro }: TwoServices) => oro.admin.listContacts().map(({ id, firstName, jobTitle }) => [id, firstName, jobTitle]);

t.test('B1 exactly the items created or updated since the last position are examined', async (t) => {
  const world = twoServices({ policy: direction });
  const items = Array.from({ length: 30 }, (_, index) => world.graph.admin.createContact({ givenName: `Person ${index + 1}` }));
  const [first] = await world.settle();
  t.equal(first?.counts.right.contact.examined, 30);
  world.clock.now += minutes(10);
  world.graph.admin.updateContact(items[6]?.id ?? '', { jobTitle: 'Poet' });
  world.graph.admin.createContact({ givenName: 'Person 31' });
  const report = await world.cycle();
  t.equal(report.counts.right.contact.examined, 2);
  t.strictSame([report.counts.left.contact.updated, report.counts.left.contact.created], [1, 1]);
  world.clock.now += minutes(10);
  // The marker the engine wrote comes back as a change (C15).
  t.ok((await world.cycle()).counts.right.contact.examined <= 1);
  t.equal((await world.cycle()).counts.right.contact.examined, 0);
});

t.test('B2s an unmarked item is linked with the record of the same key, which is updated from it', async (t) => {
  const world = twoServices({ policy: direction });
  const ada = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst', description: 'Mine', fax: '1' });
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Poet', personalNotes: 'Notes' });
  await world.settle();
  t.match(world.oro.admin.listContacts(), [{ id: ada.id, jobTitle: 'Poet', description: 'Notes', fax: '1' }], 'an empty value erases nothing');
  t.equal(world.oro.admin.listContacts().length, 1);
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(ada.id) });
});

t.test('B2 (classic) an unmarked item becomes a new record, whatever OroCRM has already', async (t) => {
  const world = twoServices({ policy: { ...direction, matchBeforeCreate: false } });
  const before = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Poet' });
  const reports = await world.settle();
  t.strictSame(world.oro.admin.contact(before.id), before);
  t.match(world.oro.admin.contact(2), { firstName: 'Ada', lastName: 'Byron', jobTitle: 'Poet' });
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: '2' });
  t.match(reports[0]?.lines.find(({ op }) => op === 'create')?.rules, ['B2']);
});

t.test('B2s only otherwise is a record created', async (t) => {
  const world = twoServices({ policy: direction });
  world.oro.admin.createContact({ firstName: 'Grace', lastName: 'Hopper' });
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron' });
  await world.settle();
  t.strictSame(world.oro.admin.listContacts().map(({ firstName }) => firstName), ['Grace', 'Ada']);
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: '2' });
  t.equal(world.graph.admin.listContacts().length, 1, 'what is only in OroCRM is not created in Outlook');
});

t.test('B2s a record that the user may not see is no candidate', async (t) => {
  const world = twoServices({ policy: direction });
  const secret = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Secret' });
  world.oro.admin.setVisible('contact', secret.id, false);
  world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron' });
  await world.settle();
  t.strictSame(peopleOf(world), [[1, 'Ada', 'Secret'], [2, 'Ada', null]]);
});

t.test('B2s with K9 in mirror image: of two items with one key one gets the record, the other a new one', async (t) => {
  const world = twoServices({ policy: direction });
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const items = ['first', 'second'].map((jobTitle) => world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle }));
  await world.settle();
  t.equal(world.oro.admin.listContacts().length, 2);
  t.strictSame(items.map(({ id }) => markerOf(world.graph.admin.getContact(id))?.id).sort(), ['1', '2']);
  for (const { id, jobTitle } of world.oro.admin.listContacts()) {
    t.equal(world.graph.admin.listContacts().find((item) => markerOf(item)?.id === String(id))?.['jobTitle'], jobTitle);
  }
});

t.test('B2s with K10 in mirror image: of three records with one key one is linked, the others are listed and stay', async (t) => {
  const world = twoServices({ policy: direction });
  for (const fax of ['1', '2', '3']) world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', fax });
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', singleValueExtendedProperties: [{ id: 'String 0x3A24', value: '3' }] });
  const others = world.oro.admin.listContacts().filter(({ id }) => id !== 3);
  const [report] = await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: '3' }, 'most equal mapped fields');
  t.strictSame(world.oro.admin.listContacts().filter(({ id }) => id !== 3), others);
  t.match(report?.notes.find(({ rule }) => rule === 'K10')?.message, /2 other OroCRM records.*ambiguous match/);
});

t.test('B2s where the only match is a linked record one is created, and reported as a possible duplicate', async (t) => {
  const { world } = await linkedWorld(direction);
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron' });
  const reports = await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: '4' });
  t.equal(world.oro.admin.listContacts().length, 4);
  t.match(reports.flatMap(({ notes }) => notes).find(({ rule }) => rule === 'B2s')?.message, /possible duplicate/);
});

for (const [what, isLost] of [['of a hub that goes on', false], ['of a hub that knows nothing any more', true]] as const) {
  t.test(`B3s B4 a full pass ${what}: what is marked is linked again and updates its record, what is not is matched by key`, async (t) => {
    const { world, left, right } = await linkedWorld(direction);
    const emmy = world.oro.admin.createContact({ firstName: 'Emmy', lastName: 'Noether' });
    const unmarked = world.graph.admin.createContact({ givenName: 'Emmy', surname: 'Noether', jobTitle: 'Mathematician' });
    const alone = world.graph.admin.createContact({ givenName: 'Mary', surname: 'Somerville' });
    world.graph.admin.updateContact(right, { surname: 'Lovelace', jobTitle: 'Poet' });
    const before = world.graph.admin.listContacts().map(({ id }) => id);
    if (isLost) await (await freshHub(world, direction)).settle();
    else {
      await resync(await world.session());
      await world.settle();
    }
    t.strictSame(world.graph.admin.listContacts().map(({ id }) => id), before, 'nothing is deleted');
    t.match(world.oro.admin.contact(left), { lastName: 'Lovelace', jobTitle: 'Poet' });
    t.match(world.oro.admin.contact(emmy.id), { jobTitle: 'Mathematician' });
    t.match(markerOf(world.graph.admin.getContact(unmarked.id)), { id: String(emmy.id) });
    t.match(markerOf(world.graph.admin.getContact(alone.id)), { id: '5' });
    t.equal(world.oro.admin.listContacts().length, 5);
  });
}

for (const column of ['Outlook to OroCRM', 'Bidirectional, OroCRM wins'] as const) {
  t.test(`B3s after a full pass nobody can tell a deleted record from a lost one: the item is held for a decision (${column})`, async (t) => {
    const { world, left, right } = await linkedWorld(columns[column]);
    world.oro.admin.deleteContact(left);
    const before = world.graph.admin.getContact(right);
    const hub = await freshHub(world, columns[column]);
    let noted: readonly string[] = [];
    t.strictSame(await writesDuring(world, async () => {
      noted = rulesNoted(await hub.settle());
    }), noWrites);
    t.strictSame(noted, ['B3s']);
    t.strictSame(world.graph.admin.getContact(right), before);
  });
}

t.test('B3s one whose record may not be read is held as well', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.oro.admin.setVisible('contact', left, false);
  const hub = await freshHub(world, direction);
  t.strictSame(await writesDuring(world, () => hub.settle()), noWrites);
  t.match(markerOf(world.graph.admin.getContact(right)), { id: String(left) });
});

t.test('B5 every mapped field whose view differs gets the value of Outlook, within what Outlook can show', async (t) => {
  const world = twoServices({ policy: direction });
  const { left, right } = createOnBoth(world, { first: 'Ada', last: 'Byron' });
  world.oro.admin.updateContact(left, { emails: ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'], phones: ['1', '2'], fax: '77', skype: 'ada' });
  world.graph.admin.updateContact(right, {
    emailAddresses: ['a@example.com', 'b@example.com', 'c@example.com'].map((address) => ({ address, name: address })),
    singleValueExtendedProperties: [{ id: 'String 0x3A1A', value: '1' }],
  });
  createOnBoth(world, { first: 'Grace', last: 'Hopper' });
  await world.settle();
  world.graph.admin.updateContact(right, { jobTitle: 'Poet', personalNotes: null });
  await world.settle();
  const ada = world.oro.admin.contact(left);
  t.match(ada, { jobTitle: 'Poet', fax: '77', skype: 'ada' }, 'a value it has no value for, and an unmapped one, stay');
  t.equal(ada?.description || null, null, 'what was emptied is emptied (G8)');
  t.strictSame(ada?.emails.map(({ value }) => value).sort(), ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'], 'the fourth address does not fit into Outlook, and stays (M11)');
  t.strictSame(ada?.phones.map(({ value }) => value).sort(), ['1', '2'], 'so do further numbers (M16)');
});

t.test('B6 deleted in OroCRM: deleted from Outlook, and a copy is kept', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.oro.admin.deleteContact(left);
  t.strictSame(await writesDuring(world, () => world.settle()), { orocrm: 0, outlook: 1 });
  t.equal(world.graph.admin.getContact(right), undefined);
  const rows: unknown[] = [];
  for await (const [, row] of (await world.session()).store.entries('history')) rows.push(row);
  t.ok(rows.some((row) => JSON.stringify(row).includes('"op":"delete"') && JSON.stringify(row).includes('Byron')), 'D6');
});

t.test('B6 only what is really gone: a record that is hidden deletes nothing (D1, D4)', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.oro.admin.setVisible('contact', left, false);
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  t.ok(world.graph.admin.getContact(right));
});

t.test('B6 many at once wait for approval (D2)', async (t) => {
  const { world } = await linkedWorld(direction);
  for (const { id } of world.oro.admin.listContacts().slice(0, 3)) world.oro.admin.deleteContact(id);
  createOnBoth(world, { first: 'Emmy', last: 'Noether' });
  t.ok(rulesNoted(await world.settle()).includes('D2'));
  t.equal(world.graph.admin.listContacts().length, 4);
});

t.test('B7 an edit in OroCRM is taken back in the cycle that notices it, kept in history and reported', async (t) => {
  const { world, left } = await linkedWorld(direction);
  world.oro.admin.updateContact(left, { jobTitle: 'Countess' });
  let report: Awaited<ReturnType<TwoServices['cycle']>> | undefined;
  const written = await writesDuring(world, async () => {
    report = await world.cycle();
  });
  t.equal(written.outlook, 0);
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Analyst');
  t.match(report?.notes, [{ rule: 'B7', message: /reverted by direction/, field: 'jobTitle' }]);
  const rows: unknown[] = [];
  for await (const [, row] of (await world.session()).store.entries('history')) rows.push(row);
  t.ok(rows.some((row) => JSON.stringify(row).includes('Countess')), 'the value can be found again (G3)');
});

t.test('B7 oneWayRevert onSourceChange: it waits until the item is examined next', async (t) => {
  const { world, left, right } = await linkedWorld({ ...direction, oneWayRevert: 'on-source-change' });
  world.oro.admin.updateContact(left, { jobTitle: 'Countess' });
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Countess');
  world.graph.admin.updateContact(right, { personalNotes: 'New notes' });
  await world.settle();
  t.match(world.oro.admin.contact(left), { jobTitle: 'Analyst', description: 'New notes' });
});

t.test('B8 an edit in Outlook replaces the values in OroCRM, of all kinds', async (t) => {
  const world = twoServices({ policy: direction });
  const contact = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron' });
  const task = world.graph.admin.createTask({ title: 'Call' });
  const event = world.graph.admin.createEvent({ subject: 'Lunch', start: { dateTime: '2030-03-10T12:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-03-10T13:00:00', timeZone: 'UTC' } });
  await world.settle();
  world.graph.admin.updateContact(contact.id, { surname: 'Lovelace', emailAddresses: [{ address: 'ada@example.com', name: 'Ada' }], homeAddress: { street: 'Hauptstr. 1', city: 'Berlin', countryOrRegion: 'Germany', postalCode: '10115' } });
  world.graph.admin.updateTask(task.id, { title: 'Call Ada', importance: 'high', status: 'inProgress' });
  world.graph.admin.updateEvent(event.id, { subject: 'Dinner', start: { dateTime: '2030-03-10T18:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-03-10T19:00:00', timeZone: 'UTC' } });
  const before = writeCount(world.graph);
  await world.settle();
  t.equal(writeCount(world.graph), before);
  t.match(world.oro.admin.listContacts(), [{ lastName: 'Lovelace', emails: [{ value: 'ada@example.com' }], addresses: [{ city: 'Berlin', types: ['shipping'] }] }]);
  t.match(world.oro.admin.listTasks(), [{ subject: 'Call Ada', priority: 'high', status: 'in_progress' }]);
  t.match(world.oro.admin.listEvents(), [{ title: 'Dinner', start: Date.parse('2030-03-10T18:00:00Z') / 1000, end: Date.parse('2030-03-10T19:00:00Z') / 1000 }]);
});

t.test('B9 deleted in Outlook: the OroCRM record stays unchanged, and the item is not created again', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  const before = world.oro.admin.contact(left);
  world.graph.admin.deleteContact(right);
  t.strictSame(await writesDuring(world, async () => {
    await world.settle();
    world.restart();
    await resync(await world.session());
    await world.settle();
  }), noWrites);
  t.strictSame(world.oro.admin.contact(left), before);
  world.oro.admin.updateContact(left, { jobTitle: 'Countess' });
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites, 'nor reverted when it is edited');
  t.equal(world.graph.admin.listContacts().length, 2);
});

t.test('B10s deleted in OroCRM, edited in Outlook: the edit wins and becomes a new record', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.oro.admin.deleteContact(left);
  world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
  const reports = await world.settle();
  t.match(world.oro.admin.contact(4), { firstName: 'Ada', lastName: 'Byron', jobTitle: 'Poet', description: 'Notes' });
  t.match(markerOf(world.graph.admin.getContact(right)), { id: '4' });
  t.ok(rulesNoted(reports).includes('B10s'));
});

t.test('B10 (classic) deleted in OroCRM, edited in Outlook: deleted', async (t) => {
  const { world, left, right } = await linkedWorld({ ...direction, deleteVsEdit: 'delete-wins' });
  world.oro.admin.deleteContact(left);
  world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
  t.equal((await writesDuring(world, () => world.settle())).orocrm, 0);
  t.equal(world.graph.admin.getContact(right), undefined);
  const rows: unknown[] = [];
  for await (const [, row] of (await world.session()).store.entries('history')) rows.push(row);
  t.ok(rows.some((row) => JSON.stringify(row).includes('Poet')), 'the edit can be found again (G3)');
});

t.test('B11 the only writes to Outlook are markers and deletions', async (t) => {
  const world = twoServices({ policy: direction });
  createOnBoth(world, { first: 'Ada', last: 'Byron' });
  createOnBoth(world, { first: 'Joan', last: 'Clarke' });
  createOnBoth(world, { first: 'Grace', last: 'Hopper' });
  world.graph.admin.createContact({ givenName: 'Emmy', surname: 'Noether' });
  world.graph.admin.createTask({ title: 'Call' });
  world.graph.admin.createEvent({ subject: 'Lunch', start: { dateTime: '2030-03-10T12:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-03-10T13:00:00', timeZone: 'UTC' } });
  world.oro.admin.createTask({ subject: 'Only in OroCRM' });
  // What the items hold but for their markers and stamps.
  const contents = (): unknown => [...world.graph.admin.listContacts(), ...world.graph.admin.listTasks(), ...world.graph.admin.listEvents()]
    .map(({ singleValueExtendedProperties: _marks, linkedResources: _links, changeKey: _key, lastModifiedDateTime: _at, '@odata.etag': _etag, ...content }) => content);
  const before = contents();
  await world.settle();
  t.strictSame(contents(), before, 'a first pass writes markers only');
  t.equal((await world.summary()).linked.contact, 4);
  const marks = writesTo(world.graph);
  t.strictSame(Object.keys(marks).map((template) => template.replace(/^(\$batch )?(\w+) .*\/(.+)$/, '$2 $3')).sort(), ['PATCH {contact}', 'PATCH {event}', 'POST linkedResources']);
  world.oro.admin.updateContact(1, { jobTitle: 'Countess', emails: ['ada@example.com'] });
  world.oro.admin.updateTask(2, { subject: 'Called' });
  t.equal((await writesDuring(world, () => world.settle())).outlook, 0, 'reverts go to OroCRM');
  t.strictSame(contents(), before);
  world.oro.admin.deleteContact(1);
  await world.settle();
  t.strictSame(Object.entries(writesTo(world.graph)).filter(([template]) => marks[template] === undefined).map(([template, count]) => [template.replace(/^.*(DELETE).*$/, '$1'), count]), [['DELETE', 1]], 'and one deletion (B6)');
});

t.test('B11 a value a person types in a replica is written to Outlook first', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  const session = await world.session();
  const entity = session.index.entityOf('right', 'contact', right);
  if (entity === undefined) throw new Error('no link');
  const number = session.nextNumber();
  await session.commit({ claim: [[entity, { number, unit: 'jobTitle', side: 'right', writer: 'panel', saw: number - 1, at: world.clock.now, value: 'Typed' }]] });
  const [report] = await world.settle();
  t.strictSame(report?.lines.map(({ side, op, fields }) => [side, op, ...fields]), [['right', 'update', 'jobTitle'], ['left', 'update', 'jobTitle']]);
  t.equal(world.graph.admin.getContact(right)?.['jobTitle'], 'Typed');
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Typed');
});
