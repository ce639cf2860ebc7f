import t from 'tap';
import type { AdminBody, OroContactInput } from '@syncline/simulators';
import { columns, createOnBoth, govern, linkedWorld, marked, markerOf, noWrites, rulesNoted, writesDuring, writesTo } from '../support/linked-pair.ts';
import { isQuiet, mailbox, twoServices, type TwoServices, type WorldOptions } from '../support/two-services.ts';

t.setTimeout(120_000);

const noon = (day: string): { readonly dateTime: string; readonly timeZone: string } => ({ dateTime: `${day}T12:00:00`, timeZone: 'UTC' });
const oneOclock = (day: string): { readonly dateTime: string; readonly timeZone: string } => ({ dateTime: `${day}T13:00:00`, timeZone: 'UTC' });

t.test('K1 what the engine creates in Outlook carries its marker from the create call on', async (t) => {
  const world = twoServices({ policy: columns['OroCRM to Outlook'] });
  // Other ids than Outlook could guess.
  for (const firstName of ['x', 'y', 'z']) world.oro.admin.deleteContact(world.oro.admin.createContact({ firstName }).id);
  const contact = world.oro.admin.createContact({ firstName: 'Ada' });
  const task = world.oro.admin.createTask({ subject: 'Call' });
  const event = world.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-03-10T12:00:00Z'), end: Date.parse('2030-03-10T13:00:00Z') });
  await world.settle();
  t.equal(contact.id, 4);
  t.match(markerOf(world.graph.admin.listContacts()[0]), { id: '4' });
  t.match(markerOf(world.graph.admin.listTasks()[0]), { id: String(task.id) });
  t.match(markerOf(world.graph.admin.listEvents()[0]), { id: String(event.id) });
  const writes = writesTo(world.graph);
  t.equal(Object.keys(writes).length, 3, Object.keys(writes).join());
  t.strictSame(Object.keys(writes).map((template) => template.replace(/^.*POST .*\//, 'POST ')).sort(), ['POST contacts', 'POST events', 'POST tasks'], 'three creations, and no write after them');
  t.strictSame(Object.values(writes), [1, 1, 1]);
});

t.test('K2 an adopted item gets the marker of its record, one that a record was created from likewise', async (t) => {
  const world = twoServices();
  const known = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const adopted = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron' });
  const alone = world.graph.admin.createContact({ givenName: 'Grace', surname: 'Hopper' });
  const task = world.graph.admin.createTask({ title: 'Call' });
  const event = world.graph.admin.createEvent({ subject: 'Lunch', start: noon('2030-03-10'), end: oneOclock('2030-03-10') });
  await world.settle();
  const grace = world.oro.admin.listContacts().find(({ firstName }) => firstName === 'Grace');
  t.match(markerOf(world.graph.admin.getContact(adopted.id)), { id: String(known.id) });
  t.match(markerOf(world.graph.admin.getContact(alone.id)), { id: String(grace?.id) });
  t.match(markerOf(world.graph.admin.getTask(task.id)), { id: String(world.oro.admin.listTasks()[0]?.id) });
  t.match(markerOf(world.graph.admin.getEvent(event.id)), { id: String(world.oro.admin.listEvents()[0]?.id) });
});

t.test('K3 the marker survives an edit in Outlook, and is restored from the link where a client stripped it', async (t) => {
  const { world, left, right } = await linkedWorld();
  world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(right)), { id: String(left) });
  world.graph.admin.updateContact(right, { jobTitle: 'Countess', ...marked(null, null) });
  t.equal(markerOf(world.graph.admin.getContact(right)), undefined, 'stripped, together with an edit');
  await world.settle();
  const origin = markerOf(world.graph.admin.listContacts().find(({ id }) => id !== right))?.origin;
  t.strictSame(markerOf(world.graph.admin.getContact(right)), { id: String(left), origin });
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Countess', 'the edit is synced to the same record');
  t.equal(world.oro.admin.listContacts().length, 3);
});

t.test('K3 the marker of an event and of a task is restored likewise', async (t) => {
  const world = twoServices();
  for (const subject of ['Call', 'Write']) world.oro.admin.createTask({ subject });
  for (const title of ['Lunch', 'Dinner']) world.oro.admin.createEvent({ title, start: Date.parse('2030-03-10T12:00:00Z'), end: Date.parse('2030-03-10T13:00:00Z') });
  await world.settle();
  const event = world.graph.admin.listEvents().find((one) => one['subject'] === 'Lunch')?.id ?? '';
  const task = world.graph.admin.listTasks().find((one) => one['title'] === 'Call')?.id ?? '';
  const before = [markerOf(world.graph.admin.getEvent(event)), markerOf(world.graph.admin.getTask(task))];
  world.graph.admin.updateEvent(event, { subject: 'Late lunch', ...marked(null, null) });
  world.graph.admin.updateTask(task, { title: 'Call back' });
  await stripTask(world, task);
  t.strictSame([markerOf(world.graph.admin.getEvent(event)), markerOf(world.graph.admin.getTask(task))], [undefined, undefined], 'stripped');
  await world.settle();
  t.strictSame([markerOf(world.graph.admin.getEvent(event)), markerOf(world.graph.admin.getTask(task))], before);
  t.strictSame(world.oro.admin.listEvents().map(({ title }) => title).sort(), ['Dinner', 'Late lunch']);
  t.strictSame(world.oro.admin.listTasks().map(({ subject }) => subject).sort(), ['Call back', 'Write']);
});

/** Another client of the mailbox takes the linked resources off a task. */
async function stripTask(world: TwoServices, task: string): Promise<void> {
  const headers = { authorization: `Bearer ${world.graph.admin.signIn(mailbox)}` };
  const list = world.graph.admin.lists().find(({ wellKnown }) => wellKnown === 'default')?.id ?? '';
  for (const { id } of (world.graph.admin.getTask(task)?.['linkedResources'] ?? []) as readonly { readonly id: string }[]) {
    const { status } = await world.graph.handle(new Request(`http://127.0.0.1:4010/v1.0/me/todo/lists/${encodeURIComponent(list)}/tasks/${encodeURIComponent(task)}/linkedResources/${id}`, { method: 'DELETE', headers }));
    if (status !== 204) throw new Error(`the linked resource stays: ${status}`);
  }
}

// Rule K4: a near miss for every field of the key, and a twin that differs in everything else.
const contactKey: OroContactInput = { firstName: 'Ada', lastName: 'Byron', gender: 'female', birthday: '1985-12-10' };
const gender = (value: string) => ({ singleValueExtendedProperties: [{ id: 'Short 0x3A4D', value }] });
const sameContact: AdminBody = { givenName: 'Ada', surname: 'Byron', birthday: '1985-12-10T00:00:00Z', ...gender('1') };
const contacts: readonly [what: string, item: AdminBody, matches: boolean][] = [
  ['all key fields equal, all others different', { ...sameContact, jobTitle: 'Poet', personalNotes: 'x', middleName: 'K.' }, true],
  ['another first name', { ...sameContact, givenName: 'Eda' }, false],
  ['another last name', { ...sameContact, surname: 'Lovelace' }, false],
  ['another gender', { ...sameContact, ...gender('2') }, false],
  ['no gender', { ...sameContact, singleValueExtendedProperties: [] }, false],
  ['another birthday', { ...sameContact, birthday: '1985-12-11T00:00:00Z' }, false],
  ['no birthday', { ...sameContact, birthday: null }, false],
];
for (const [what, item, matches] of contacts) {
  t.test(`K4 the key of a contact is first name, last name, gender, birthday: ${what}`, async (t) => {
    const world = twoServices();
    world.oro.admin.createContact({ ...contactKey, jobTitle: 'Analyst', description: 'y', middleName: 'B.' });
    world.graph.admin.createContact(item);
    await world.settle();
    t.equal((await world.summary()).linked.contact, matches ? 1 : 2);
    t.equal(world.graph.admin.listContacts().length, matches ? 1 : 2);
  });
}

const sameEvent: AdminBody = { subject: 'Lunch', start: noon('2030-03-10'), end: oneOclock('2030-03-10') };
const events: readonly [what: string, item: AdminBody, matches: boolean][] = [
  ['all key fields equal, another place and body', { ...sameEvent, location: { displayName: 'Club' }, body: { contentType: 'text', content: 'x' } }, true],
  ['the same instants in another zone', { ...sameEvent, start: { dateTime: '2030-03-10T13:00:00', timeZone: 'Europe/Berlin' }, end: { dateTime: '2030-03-10T14:00:00', timeZone: 'Europe/Berlin' } }, true],
  ['another title', { ...sameEvent, subject: 'Dinner' }, false],
  ['another start', { ...sameEvent, start: { dateTime: '2030-03-10T11:59:00', timeZone: 'UTC' } }, false],
  ['another end', { ...sameEvent, end: { dateTime: '2030-03-10T13:01:00', timeZone: 'UTC' } }, false],
  ['all day', { subject: 'Lunch', isAllDay: true, start: { dateTime: '2030-03-10T00:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-03-11T00:00:00', timeZone: 'UTC' } }, false],
];
for (const [what, item, matches] of events) {
  t.test(`K4 the key of an event is title, start, end, all-day flag: ${what}`, async (t) => {
    const world = twoServices();
    world.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-03-10T12:00:00Z'), end: Date.parse('2030-03-10T13:00:00Z') });
    world.graph.admin.createEvent(item);
    await world.settle();
    t.equal((await world.summary()).linked.event, matches ? 1 : 2);
    t.equal(world.graph.admin.listEvents().length, matches ? 1 : 2);
  });
}

const tasks: readonly [what: string, item: AdminBody, matches: boolean][] = [
  ['both equal, all others different', { title: 'Call', importance: 'high', status: 'completed' }, true],
  ['another subject', { title: 'Call back', importance: 'high' }, false],
  ['another priority', { title: 'Call', importance: 'normal' }, false],
];
for (const [what, item, matches] of tasks) {
  t.test(`K4 the key of a task is subject and priority: ${what}`, async (t) => {
    const world = twoServices();
    world.oro.admin.createTask({ subject: 'Call', priority: 'high' });
    world.graph.admin.createTask(item);
    await world.settle();
    t.equal((await world.summary()).linked.task, matches ? 1 : 2);
    t.equal(world.graph.admin.listTasks().length, matches ? 1 : 2);
  });
}

t.test('K5 another key is used for new matches, existing links are not revisited', async (t) => {
  const { world, left, right } = await linkedWorld();
  world.oro.admin.updateContact(left, { emails: ['ada@example.com'] });
  await world.settle();
  govern(world, { keys: { contact: ['emails'] } });
  world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
  t.ok(isQuiet((await world.settle()).at(-1)));
  t.equal(world.graph.admin.getContact(right)?.['jobTitle'], 'Poet', 'the link stands, although no other pair has an e-mail address');
  t.equal((await world.summary()).linked.contact, 3);
  const boole = world.oro.admin.createContact({ firstName: 'George', lastName: 'Boole', emails: ['boole@example.com'] });
  const item = world.graph.admin.createContact({ givenName: 'G.', surname: 'Boole', emailAddresses: [{ address: 'boole@example.com', name: 'G. Boole' }] });
  world.oro.admin.createContact({ firstName: 'Alan', lastName: 'Turing', emails: ['alan@example.com'] });
  world.graph.admin.createContact({ givenName: 'Alan', surname: 'Turing', emailAddresses: [{ address: 'turing@example.com', name: 'Alan Turing' }] });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(boole.id) }, 'matched by address');
  t.equal(world.graph.admin.listContacts().filter((one) => one['surname'] === 'Turing').length, 2, 'and by nothing else');
});

t.test('K6 a one-word name in Outlook matches the record it was written to in two fields', async (t) => {
  const world = twoServices();
  const cher = world.oro.admin.createContact({ firstName: 'Cher', lastName: 'Cher', jobTitle: 'Singer' });
  const item = world.graph.admin.createContact({ givenName: null, surname: 'Cher' });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(cher.id) });
  t.equal(world.oro.admin.listContacts().length, 1);
  t.equal(world.graph.admin.listContacts().length, 1);
});

for (const [what, givenName, matches] of [['blanks at the ends do not count', ' Ada ', true], ['letter case does', 'ADA', false]] as const) {
  t.test(`K6 keys are compared by canonical equality: ${what}`, async (t) => {
    const world = twoServices();
    world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
    world.graph.admin.createContact({ givenName, surname: 'Byron' });
    await world.settle();
    t.equal(world.oro.admin.listContacts().length, matches ? 1 : 2);
  });
}

t.test('K7s without a name nothing matches, however many other fields agree', async (t) => {
  const world = twoServices();
  world.oro.admin.createContact({ emails: ['info@example.com'], jobTitle: 'Desk', gender: 'female', birthday: '1985-12-10' });
  world.graph.admin.createContact({ emailAddresses: [{ address: 'info@example.com', name: 'info@example.com' }], jobTitle: 'Desk', birthday: '1985-12-10T00:00:00Z', ...gender('1') });
  await world.settle();
  t.equal(world.oro.admin.listContacts().length, 2);
  t.equal(world.graph.admin.listContacts().length, 2);
  t.equal((await world.summary()).linked.contact, 2);
});

t.test('K7 (classic) records whose key fields are all empty match: empty is equal to empty', async (t) => {
  const world = twoServices({ policy: { matchWithoutName: true } });
  const record = world.oro.admin.createContact({ emails: ['info@example.com'], jobTitle: 'Desk' });
  const item = world.graph.admin.createContact({ emailAddresses: [{ address: 'sales@example.com', name: 'sales@example.com' }] });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(record.id) });
  t.equal(world.oro.admin.listContacts().length, 1);
  t.equal(world.graph.admin.listContacts().length, 1);
});

t.test('K7 (classic) but the rest of the key has to agree', async (t) => {
  const world = twoServices({ policy: { matchWithoutName: true } });
  world.oro.admin.createContact({ emails: ['info@example.com'], gender: 'female' });
  world.graph.admin.createContact({ emailAddresses: [{ address: 'info@example.com', name: 'info@example.com' }] });
  await world.settle();
  t.equal((await world.summary()).linked.contact, 2);
});

t.test('K8 an item that is marked for another record is no candidate', async (t) => {
  const { world } = await linkedWorld();
  const origin = String(markerOf(world.graph.admin.listContacts()[0])?.origin);
  const five = world.oro.admin.createContact({ firstName: 'Mary', lastName: 'Somerville' });
  const seven = world.oro.admin.createContact({ firstName: 'Emmy', lastName: 'Noether' });
  const item = world.graph.admin.createContact({ givenName: 'Emmy', surname: 'Noether', ...marked(String(five.id), origin) });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(five.id) });
  t.equal(world.graph.admin.getContact(item.id)?.['surname'], 'Somerville', 'it is the record its marker names');
  const other = world.graph.admin.listContacts().find((one) => one['surname'] === 'Noether');
  t.match(markerOf(other), { id: String(seven.id) }, 'the record of the same key gets an item of its own');
  t.equal(world.graph.admin.listContacts().length, 5);
});

t.test('K8 nor one whose record is gone', async (t) => {
  const { world } = await linkedWorld(columns['OroCRM to Outlook']);
  const origin = String(markerOf(world.graph.admin.listContacts()[0])?.origin);
  const five = world.oro.admin.createContact({ firstName: 'Mary' });
  world.oro.admin.deleteContact(five.id);
  const seven = world.oro.admin.createContact({ firstName: 'Emmy', lastName: 'Noether' });
  const item = world.graph.admin.createContact({ givenName: 'Emmy', surname: 'Noether', ...marked(String(five.id), origin) });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(five.id) });
  t.match(markerOf(world.graph.admin.listContacts().find((one) => one['surname'] === 'Noether' && one.id !== item.id)), { id: String(seven.id) });
});

t.test('K9 of two records with one key the lower id adopts the item, the other gets a new one', async (t) => {
  const world = twoServices();
  const lower = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'first' });
  const higher = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'second' });
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'second' });
  await world.settle();
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(lower.id) });
  t.equal(world.graph.admin.getContact(item.id)?.['jobTitle'], 'first');
  const [created, ...more] = world.graph.admin.listContacts().filter(({ id }) => id !== item.id);
  t.match(markerOf(created), { id: String(higher.id) });
  t.strictSame(more, []);
  t.equal(world.oro.admin.listContacts().length, 2);
});

// Rule K10: which of three is adopted. Later in the list is what would win by the next criterion alone.
const choices: readonly [by: string, items: readonly AdminBody[], edited: number | undefined, adopted: number][] = [
  ['most equal mapped fields', [{}, {}, { jobTitle: 'Analyst' }], undefined, 2],
  ['then the oldest', [{ jobTitle: 'Analyst' }, { jobTitle: 'Analyst' }, {}], undefined, 0],
  ['then the oldest by creation, also when it was edited last', [{}, {}, {}], 0, 0],
];
for (const [by, items, edited, adopted] of choices) {
  t.test(`K10 exactly one of three is adopted: ${by}`, async (t) => {
    const world = twoServices({ policy: columns['OroCRM to Outlook'] });
    const ada = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
    const made = items.map((item) => {
      world.clock.now += 60_000;
      return world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', ...item });
    });
    world.clock.now += 60_000;
    if (edited !== undefined) world.graph.admin.updateContact(made[edited]?.id ?? '', { companyName: 'edited' });
    const reports = await world.settle();
    t.strictSame(made.map(({ id }) => markerOf(world.graph.admin.getContact(id))?.id), made.map((_, index) => (index === adopted ? String(ada.id) : undefined)));
    t.strictSame(world.graph.admin.listContacts().filter(({ id }) => id !== made[adopted]?.id), made.filter((_, index) => index !== adopted), 'the others stay as they are');
    t.match(reports[0]?.notes.find(({ rule }) => rule === 'K10')?.message, /2 other Outlook items.*ambiguous match/);
  });
}

t.test('K10 at last the smallest id decides', async (t) => {
  const world = twoServices({ policy: columns['OroCRM to Outlook'] });
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const ids = ['a', 'b', 'c', 'd'].map(() => world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron' }).id);
  await world.settle();
  t.strictSame(ids.filter((id) => markerOf(world.graph.admin.getContact(id)) !== undefined), [ids.toSorted()[0]]);
});

t.test('K11 an edit of the key fields changes nothing about a link', async (t) => {
  const { world, left, right } = await linkedWorld();
  world.oro.admin.updateContact(left, { lastName: 'Lovelace', birthday: '1985-12-10' });
  // What the old key would match now.
  const namesake = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Lovelace', birthday: '1985-12-10T00:00:00Z' });
  await world.settle();
  t.equal(world.graph.admin.getContact(right)?.['surname'], 'Lovelace');
  t.match(markerOf(world.graph.admin.getContact(right)), { id: String(left) });
  t.not(markerOf(world.graph.admin.getContact(namesake.id))?.id, String(left));
  world.graph.admin.updateContact(right, { givenName: 'Augusta' });
  await world.settle();
  t.equal(world.oro.admin.contact(left)?.firstName, 'Augusta');
  t.equal(world.graph.admin.listContacts().length, 4);
});

for (const column of ['OroCRM to Outlook', 'Outlook to OroCRM', 'Bidirectional, OroCRM wins', 'Bidirectional, Outlook wins'] as const) {
  t.test(`K12 a copy of a marked item is a new one, the link stays (${column})`, async (t) => {
    const { world, left, right } = await linkedWorld(columns[column]);
    const copy = world.graph.admin.copyContact(right);
    t.match(markerOf(copy), { id: String(left) }, 'the marker is copied too');
    const reports = await world.settle();
    t.ok(reports.length <= 2);
    const isCreated = column !== 'OroCRM to Outlook';
    t.match(markerOf(world.graph.admin.getContact(right)), { id: String(left) });
    t.strictSame(markerOf(world.graph.admin.getContact(copy.id))?.id, isCreated ? '4' : undefined);
    t.equal(world.oro.admin.listContacts().length, isCreated ? 4 : 3);
    t.equal(world.graph.admin.listContacts().length, 4, 'neither is deleted');
    world.graph.admin.updateContact(copy.id, { jobTitle: 'Copyist' });
    world.oro.admin.updateContact(left, { jobTitle: 'Countess' });
    await world.settle();
    t.equal(world.graph.admin.getContact(copy.id)?.['jobTitle'], 'Copyist', 'the two go separate ways');
  });
}

t.test('K12 copies of a task and of an event', async (t) => {
  for (const column of ['OroCRM to Outlook', 'Bidirectional, OroCRM wins'] as const) {
    const world = twoServices({ policy: columns[column] });
    world.oro.admin.createTask({ subject: 'Call' });
    world.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-03-10T12:00:00Z'), end: Date.parse('2030-03-10T13:00:00Z') });
    await world.settle();
    const [task, event] = [world.graph.admin.listTasks()[0]?.id ?? '', world.graph.admin.listEvents()[0]?.id ?? ''];
    const copies = { task: world.graph.admin.copyTask(task).id, event: world.graph.admin.copyEvent(event).id };
    await world.settle();
    const expected = column === 'OroCRM to Outlook' ? undefined : '2';
    t.equal(markerOf(world.graph.admin.getTask(copies.task))?.id, expected, column);
    t.equal(markerOf(world.graph.admin.getEvent(copies.event))?.id, expected, column);
    t.match(markerOf(world.graph.admin.getTask(task)), { id: '1' }, column);
    t.match(markerOf(world.graph.admin.getEvent(event)), { id: '1' }, column);
  }
});

t.test('K13 a marker of another OroCRM counts as empty', async (t) => {
  const { world, right } = await linkedWorld();
  const origin = markerOf(world.graph.admin.getContact(right))?.origin;
  // The foreign id is a linked record's here.
  const foreign = marked('1', 'another-orocrm');
  const emmy = world.oro.admin.createContact({ firstName: 'Emmy', lastName: 'Noether' });
  const adopted = world.graph.admin.createContact({ givenName: 'Emmy', surname: 'Noether', ...foreign });
  const alone = world.graph.admin.createContact({ givenName: 'Mary', surname: 'Somerville', ...foreign });
  await world.settle();
  t.strictSame(markerOf(world.graph.admin.getContact(adopted.id)), { id: String(emmy.id), origin }, 'matched by key, and replaced');
  const mary = world.oro.admin.listContacts().find(({ firstName }) => firstName === 'Mary');
  t.strictSame(markerOf(world.graph.admin.getContact(alone.id)), { id: String(mary?.id), origin }, 'created, and replaced');
});

t.test('K13 the foreign marker stays while the item is not linked here', async (t) => {
  const { world } = await linkedWorld(columns['OroCRM to Outlook']);
  const alone = world.graph.admin.createContact({ givenName: 'Mary', surname: 'Somerville', ...marked('1', 'another-orocrm') });
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  t.strictSame(markerOf(world.graph.admin.getContact(alone.id)), { id: '1', origin: 'another-orocrm' });
});

t.test('K14 a contact that is moved out of the synced folder and back is the same item with the same link', async (t) => {
  const { world, left, right } = await linkedWorld();
  const home = String(world.graph.admin.getContact(right)?.['parentFolderId']);
  const folder = world.graph.admin.createFolder('Friends');
  t.strictSame(await writesDuring(world, async () => {
    world.graph.admin.moveContact(right, { in: folder.id });
    await world.settle();
    world.graph.admin.moveContact(right, { in: home });
    await world.settle();
  }), noWrites, 'never a deletion and a creation');
  world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
  await world.settle();
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Poet');
  t.match(markerOf(world.graph.admin.getContact(right)), { id: String(left) });
});

t.test('K14 an event likewise, from one calendar to another', async (t) => {
  const world = twoServices();
  for (const title of ['Lunch', 'Dinner']) world.oro.admin.createEvent({ title, start: Date.parse('2030-03-10T12:00:00Z'), end: Date.parse('2030-03-10T13:00:00Z') });
  await world.settle();
  const { id } = world.graph.admin.listEvents().find((one) => one['subject'] === 'Lunch') ?? { id: '' };
  const home = world.graph.admin.calendars().find(({ wellKnown }) => wellKnown === 'default')?.id ?? '';
  const other = world.graph.admin.createCalendar('Private');
  t.strictSame(await writesDuring(world, async () => {
    world.graph.admin.moveEvent(id, { in: other.id });
    await world.settle();
    world.graph.admin.moveEvent(id, { in: home });
    await world.settle();
  }), noWrites, 'never a deletion and a creation');
  world.graph.admin.updateEvent(id, { subject: 'Late lunch' });
  await world.settle();
  t.strictSame(world.oro.admin.listEvents().map(({ title }) => title).sort(), ['Dinner', 'Late lunch']);
});

/** A To Do list that is synced, with one task that came from OroCRM, and a second one that keeps the list from being empty. */
async function withTask(options: WorldOptions = {}): Promise<{ readonly world: TwoServices; readonly id: string }> {
  const world = twoServices(options);
  for (const subject of ['Call', 'Write', 'Read']) world.oro.admin.createTask({ subject });
  await world.settle();
  return { world, id: world.graph.admin.listTasks().find((one) => one['title'] === 'Call')?.id ?? '' };
}

t.test('K14 a task that is moved away and back is another task, and linked again by its marker', async (t) => {
  const { world, id } = await withTask();
  const list = world.graph.admin.lists().find(({ wellKnown }) => wellKnown === 'default')?.id ?? '';
  const other = world.graph.admin.createList('Errands');
  t.strictSame(await writesDuring(world, async () => {
    const away = world.graph.admin.moveTask(id, { in: other.id });
    const back = world.graph.admin.moveTask(away.id, { in: list });
    t.not(back.id, id);
    await world.settle();
  }), noWrites, 'neither deleted nor created');
  t.equal(world.graph.admin.listTasks().length, 3);
  t.equal((await world.summary()).linked.task, 3);
});

t.test('K14 without its marker the removal waits one cycle for a task with the same key', async (t) => {
  const { world, id } = await withTask();
  world.graph.admin.deleteTask(id);
  const first = await world.cycle();
  t.equal(first.writes.right, 0, 'not created again at once');
  const moved = world.graph.admin.createTask({ title: 'Call' });
  await world.settle();
  t.match(markerOf(world.graph.admin.getTask(moved.id)), { id: '1' });
  t.equal(world.graph.admin.listTasks().length, 3);
  t.equal(world.oro.admin.listTasks().length, 3, 'no second record');
});

t.test('K14 when none shows it was a deletion, and the task is created again', async (t) => {
  const { world, id } = await withTask();
  world.graph.admin.deleteTask(id);
  t.equal((await world.cycle()).writes.right, 0);
  const reports = await world.settle();
  t.strictSame(rulesNoted(reports), []);
  t.match(markerOf(world.graph.admin.listTasks().find((one) => one['title'] === 'Call')), { id: '1' });
});

t.test('K14 in direction Outlook to OroCRM likewise: within a cycle it is the same record', async (t) => {
  const world = twoServices({ policy: columns['Outlook to OroCRM'] });
  const tasks = ['Call', 'Write', 'Read'].map((title) => world.graph.admin.createTask({ title }));
  await world.settle();
  world.graph.admin.deleteTask(tasks[0]?.id ?? '');
  t.strictSame(await writesDuring(world, () => world.cycle()), noWrites);
  const moved = world.graph.admin.createTask({ title: 'Call', status: 'inProgress' });
  await world.settle();
  t.equal(world.oro.admin.listTasks().length, 3);
  t.equal(world.oro.admin.listTasks().find(({ subject }) => subject === 'Call')?.status, 'in_progress');
  const record = world.oro.admin.listTasks().find(({ subject }) => subject === 'Call');
  t.match(markerOf(world.graph.admin.getTask(moved.id)), { id: String(record?.id) });
});

t.test('K14 in direction Outlook to OroCRM a move deletes nothing and creates nothing either', async (t) => {
  const world = twoServices({ policy: columns['Outlook to OroCRM'] });
  const tasks = ['Call', 'Write', 'Read'].map((title) => world.graph.admin.createTask({ title }));
  createOnBoth(world, { first: 'Ada', last: 'Byron' });
  await world.settle();
  const list = world.graph.admin.lists().find(({ wellKnown }) => wellKnown === 'default')?.id ?? '';
  const away = world.graph.admin.moveTask(tasks[0]?.id ?? '', { in: world.graph.admin.createList('Errands').id });
  const moved = world.graph.admin.moveTask(away.id, { in: list });
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  world.graph.admin.updateTask(moved.id, { title: 'Call back' });
  await world.settle();
  t.strictSame(world.oro.admin.listTasks().map(({ subject }) => subject).sort(), ['Call back', 'Read', 'Write']);
});
