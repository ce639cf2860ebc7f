import { isPresent, type Seen } from '@syncline/connector';
import t from 'tap';
import { parseCursor } from '../src/cursor.ts';
import { adminAuth, counts, createWorld, entityOf, limitedAuth, otherClient } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const at = (text: string): number => Date.parse(text);
const ids = (seen: readonly Seen<unknown>[]): readonly string[] => seen.map((item) => (isPresent(item) ? item.id : `${item.absent} ${item.id}`));
const people = (many: number): { firstName: string; emails: string[] }[] => Array.from({ length: many }, (_, index) => ({ firstName: `P${index + 1}`, emails: [`p${index + 1}@example.com`] }));

t.test('A1: everything first, page by page, then what changed', async (t) => {
  const world = createWorld({ data: { contacts: people(7) } });
  const session = await world.connect({ pageSize: 3 });
  const first = await world.pull(session, 'contact');
  t.same(ids(first.seen), ['1', '2', '3', '4', '5', '6', '7']);
  t.same(first.pages.map((page) => page.progress), [{ done: 3, total: 7 }, { done: 6, total: 7 }, { done: 7, total: 7 }]);
  t.same(first.alive, ['1', '2', '3', '4', '5', '6', '7']);
  world.now += minute;
  world.simulator.admin.updateContact(5, { jobTitle: 'Boss' });
  const second = await world.pull(session, 'contact');
  t.same(ids(second.seen), ['5']);
  t.equal(second.alive, undefined);
});

t.test('R1: the record holds what is mapped, with the names of regions', async (t) => {
  const world = createWorld({
    data: {
      contacts: [
        {
          firstName: 'Ada', lastName: 'Byron', gender: 'female', birthday: '1985-12-10', jobTitle: 'Analyst', fax: '+44 1', description: 'Notes',
          emails: ['a@example.com', 'b@example.com'], primaryEmail: 'b@example.com', phones: ['111'],
          addresses: [{ street: '1 Main St', street2: 'Floor 2', city: 'San Jose', postalCode: '95101', country: 'US', region: 'US-CA', types: ['shipping', 'billing'], primary: true }, { city: 'Paris', country: 'FR' }],
        },
      ],
    },
  });
  const [seen] = (await world.pull(await world.connect(), 'contact')).seen;
  t.match(seen, {
    id: '1', at: at('2026-11-22T10:00:00Z'), version: /^2026-11-22T10:00:00Z\/[\w-]{12}$/,
    record: {
      firstName: 'Ada', middleName: null, lastName: 'Byron', nameSuffix: null, description: 'Notes', jobTitle: 'Analyst', fax: '+44 1', gender: 'female', birthday: '1985-12-10',
      emails: ['a@example.com', 'b@example.com'], primaryEmail: 'b@example.com', phones: ['111'], primaryPhone: '111',
      addresses: [
        { id: '1', types: ['billing', 'shipping'], primary: true, street: '1 Main St', street2: 'Floor 2', city: 'San Jose', postalCode: '95101', country: 'US', region: 'US-CA', regionName: 'California', customRegion: null },
        { id: '2', types: [], primary: false, street: null, street2: null, city: 'Paris', postalCode: null, country: 'FR', region: null, regionName: null, customRegion: null },
      ],
    },
  });
});

t.test('A1: the position is OroCRM\'s time before the read, with overlap; what is known is not delivered again', async (t) => {
  const world = createWorld({ data: { contacts: people(3) } });
  world.skewMs = 3 * hour;
  const session = await world.connect();
  await world.pull(session, 'contact');
  t.equal(parseCursor(world.memory.contact.cursor ?? '').position, at('2026-11-22T10:00:00Z'), 'not the hub\'s clock');
  world.simulator.admin.updateContact(2, { jobTitle: 'in the same second' });
  t.same(ids((await world.pull(session, 'contact')).seen), ['2']);
  t.same(ids((await world.pull(session, 'contact')).seen), []);
});

t.test('A1: records that change while pages are read are skipped by none', async (t) => {
  const world = createWorld({ data: { contacts: people(9) } });
  const session = await world.connect({ pageSize: 3 });
  await world.pull(session, 'contact');
  world.now += minute;
  world.simulator.admin.recalculateActivity();
  world.memory.contact.versions.clear();
  const { versions } = world.memory.contact;
  const delivered: string[] = [];
  let touched = 0;
  for await (const page of entityOf('contact').pull(session, { cursor: world.memory.contact.cursor, known: (id) => versions.get(id), knownCount: 9 })) {
    delivered.push(...ids(page.seen));
    // Sorted by updatedAt, or by page number, these would move to the end and pull others over the edge.
    world.now += second;
    touched += 1;
    world.simulator.admin.updateContact(touched, { jobTitle: 'touched' });
  }
  t.same([...new Set(delivered)].toSorted(), ['1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

t.test('G2: an idle cycle costs one list and one count per kind', async (t) => {
  const world = createWorld({ data: { contacts: people(5), tasks: [{ subject: 'T' }], events: [{ title: 'E', start: at('2026-11-23T10:00:00Z'), end: at('2026-11-23T11:00:00Z') }] } });
  const session = await world.connect();
  for (const kind of ['contact', 'task', 'event'] as const) await world.pull(session, kind);
  world.now += 2 * minute;
  world.simulator.resetCounters();
  for (const kind of ['contact', 'task', 'event'] as const) t.same((await world.pull(session, kind)).seen, []);
  t.same(counts(world), { 'GET /api/contacts': 2, 'GET /api/tasks': 2, 'GET /api/rest/latest/calendarevents.json': 2 });
});

t.test('A14: e-mails changed by another API client are noticed by the comparison of contents', async (t) => {
  const world = createWorld({ data: { contacts: people(2) } });
  const session = await world.connect();
  await world.pull(session, 'contact');
  world.now += minute;
  await world.pull(session, 'contact');
  await otherClient(world, 'PATCH', '/api/contacts/1', { data: { type: 'contacts', id: '1', attributes: { emails: [{ email: 'new@example.com' }], primaryEmail: 'new@example.com' } } });
  t.equal(world.simulator.admin.contact(1)?.updatedAt, at('2026-11-22T10:00:00Z') / 1000, 'the stamp stands still');
  world.now += 58 * minute;
  t.same(ids((await world.pull(session, 'contact')).seen), []);
  world.now += minute;
  const found = await world.pull(session, 'contact');
  t.match(found.seen, [{ id: '1', record: { emails: ['new@example.com'] } }]);
  t.equal(found.seen.length, 1);
  t.same(found.alive, ['1', '2']);
});

t.test('A14: a deletion is noticed as soon as the count does not fit', async (t) => {
  const world = createWorld({ data: { contacts: people(4), tasks: [{ subject: 'T1' }, { subject: 'T2' }] } });
  const session = await world.connect();
  for (const kind of ['contact', 'task'] as const) await world.pull(session, kind);
  world.now += minute;
  world.simulator.admin.deleteContact(2);
  world.simulator.admin.deleteTask(1);
  t.same((await world.pull(session, 'contact')).alive, ['1', '3', '4']);
  t.same((await world.pull(session, 'task')).alive, ['2']);
  t.same(await entityOf('contact').get(session, '2'), { id: '2', absent: 'deleted' });
  t.same(await entityOf('task').get(session, '1'), { id: '1', absent: 'deleted' });
  t.equal((await world.pull(session, 'contact')).alive, undefined, 'once: the count is the new one');
});

t.test('A14: a creation and a deletion that balance are noticed at once', async (t) => {
  const world = createWorld({ data: { contacts: people(4) } });
  const session = await world.connect();
  await world.pull(session, 'contact');
  world.now += minute;
  world.simulator.admin.deleteContact(2);
  world.simulator.admin.createContact({ firstName: 'New' });
  const found = await world.pull(session, 'contact');
  t.same(ids(found.seen), ['5']);
  t.same(found.alive, ['1', '3', '4', '5']);
});

t.test('C15: our own creations and deletions are no reason to compare', async (t) => {
  const world = createWorld({ data: { contacts: people(2) } });
  const session = await world.connect();
  await world.pull(session, 'contact');
  world.now += minute;
  t.match(await world.push(session, 'contact', { op: 'create', key: 'k', record: { ...blank, firstName: 'Ada' } }), { status: 'stored', seen: { id: '3' } });
  const version = world.memory.contact.versions.get('1') ?? '';
  t.match(await world.push(session, 'contact', { op: 'delete', key: 'k2', id: '1', ifVersion: version }), { status: 'stored', seen: { absent: 'deleted' } });
  const found = await world.pull(session, 'contact');
  t.same([found.seen, found.alive], [[], undefined]);
});

t.test('A14: ids are compared every fifteen minutes; what appeared without a change is read', async (t) => {
  const world = createWorld({ data: { contacts: people(4) } });
  world.simulator.admin.setVisible('contact', 3, false);
  const session = await world.connect();
  t.same(ids((await world.pull(session, 'contact')).seen), ['1', '2', '4']);
  world.now += minute;
  await world.pull(session, 'contact');
  world.simulator.admin.setVisible('contact', 3, true);
  world.simulator.admin.setVisible('contact', 4, false);
  t.same((await world.pull(session, 'contact')).alive, undefined, 'the count fits');
  world.now += 14 * minute;
  const found = await world.pull(session, 'contact');
  t.same([ids(found.seen), found.alive], [['3'], ['1', '2', '3']]);
  t.same(await entityOf('contact').get(session, '4'), { id: '4', absent: 'hidden' }, 'D4');
});

t.test('A15: a job that moves every stamp costs pages, not one request per record', async (t) => {
  const world = createWorld({ data: { contacts: people(20) } });
  const session = await world.connect({ pageSize: 10 });
  const first = await world.pull(session, 'contact');
  world.now += minute;
  world.simulator.admin.recalculateActivity();
  world.simulator.resetCounters();
  const second = await world.pull(session, 'contact');
  t.same(second.seen.map((item) => isPresent(item) && item.record), first.seen.map((item) => isPresent(item) && item.record));
  t.same(counts(world), { 'GET /api/contacts': 4 }, 'a count and three pages');
});

t.test('R5: a pull that broke off goes on after its last page', async (t) => {
  const world = createWorld({ data: { contacts: people(7) } });
  const session = await world.connect({ pageSize: 3 });
  world.simulator.admin.faults.add({ match: { path: '/api/contacts', where: (request) => request.url.includes('gt%5D=3') }, action: { type: 'drop-before' } });
  await t.rejects(world.pull(session, 'contact'), { name: 'Failure', message: /OroCRM/ });
  world.now += minute;
  world.simulator.admin.deleteContact(1);
  world.simulator.admin.updateContact(2, { jobTitle: 'behind us' });
  const rest = await world.pull(session, 'contact');
  t.same(ids(rest.seen), ['4', '5', '6', '7']);
  t.equal(rest.alive, undefined, 'what became of the first page is not known');
  const after = await world.pull(session, 'contact');
  t.same([ids(after.seen), after.alive], [['2'], ['2', '3', '4', '5', '6', '7']]);
});

t.test('D9: a cursor of another generation is expired, not misread', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  world.memory.contact.cursor = '{"v":0}';
  await t.rejects(world.pull(session, 'contact'), { name: 'Failure', message: /read again/ });
});

t.test('S16, D4: owned and assigned records only; one that is given away is hidden', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Mine' }, { firstName: 'Theirs', ownerId: 2, assignedToId: 1 }], tasks: [{ subject: 'Mine' }, { subject: 'Theirs', ownerId: 2 }] } });
  const session = await world.connect({ contactsScope: 'owned' });
  t.same(ids((await world.pull(session, 'contact')).seen), ['1']);
  t.same(ids((await world.pull(session, 'task')).seen), ['1'], 'tasks: the default');
  world.forget('contact');
  t.same(ids((await world.pull(await world.connect({ contactsScope: 'assigned' }), 'contact')).seen), ['2']);
  t.same(await entityOf('contact').get(session, '2'), { id: '2', absent: 'hidden' });
  world.forget('contact');
  await world.pull(session, 'contact');
  world.now += minute;
  world.simulator.admin.updateContact(1, { ownerId: 2 });
  t.same((await world.pull(session, 'contact')).alive, []);
  t.same(await entityOf('contact').get(session, '1'), { id: '1', absent: 'hidden' });
  t.same(await entityOf('task').get(session, '2'), { id: '2', absent: 'hidden' });
});

t.test('S16: a role that does not see users syncs its own records', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Lims', ownerId: 3 }, { firstName: 'Admins' }], tasks: [{ subject: 'Lims', ownerId: 3 }, { subject: 'Admins' }] } });
  const session = await world.connect({ auth: limitedAuth });
  t.same(ids((await world.pull(session, 'contact')).seen), ['1']);
  t.same(ids((await world.pull(session, 'task')).seen), ['1']);
  t.match(await entityOf('task').get(session, '1'), { id: '1', record: { subject: 'Lims' } });
  t.same(await entityOf('contact').get(session, '2'), { id: '2', absent: 'hidden' }, 'D4: forbidden is hidden');
});

t.test('Addresses that an answer leaves out are asked for', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada', addresses: [{ country: 'US', region: 'US-NY', city: 'Rochester' }, { country: 'GB', city: 'London' }] }] } });
  const session = await world.connect();
  const real = world.simulator.handle;
  const limited = { ...session, api: { ...session.api, send: async (call: Parameters<typeof session.api.send>[0]) => {
    const answer = await session.api.send(call);
    const { body } = answer;
    if (call.path !== '/api/contacts' || call.count === true || typeof body !== 'object' || body === null) return answer;
    return { ...answer, body: { ...body, included: [] } };
  } } };
  t.equal(world.simulator.handle, real);
  const [seen] = (await world.pull(limited, 'contact')).seen;
  t.match(seen, { record: { addresses: [{ id: '1', city: 'Rochester', regionName: 'New York' }, { id: '2', city: 'London' }] } });
});

t.test('G7: a record that cannot be read is told and left alone; the others go on', async (t) => {
  const world = createWorld({ data: { contacts: people(3), tasks: [{ subject: 'A' }, { subject: 'B' }] } });
  const session = await world.connect();
  const send = session.api.send;
  const odd = { ...session, api: { ...session.api, send: async (call: Parameters<typeof send>[0]) => {
    const answer = await send(call);
    return { ...answer, body: JSON.parse(JSON.stringify(answer.body).replace('"firstName":"P2"', '"firstName":7').replace('"subject":"A"', '"subject":{}')) as unknown };
  } } };
  const { seen, alive } = await world.pull(odd, 'contact');
  t.same([ids(seen), alive], [['1', '3'], ['1', '2', '3']], 'it is alive all the same');
  t.same(ids((await world.pull(odd, 'task')).seen), ['2']);
  t.match(world.logs.join('\n'), /contact 2, firstName is not a text[^]*task 1, subject/);
});

t.test('Tasks: what is mapped; a workflow step is a change', async (t) => {
  const world = createWorld({ data: { tasks: [{ subject: 'Call Ada', priority: 'high', dueDate: at('2030-03-10T16:30:00Z') }] } });
  const session = await world.connect();
  t.match((await world.pull(session, 'task')).seen, [{ id: '1', record: { subject: 'Call Ada', priority: 'high', dueDate: '2030-03-10T16:30:00Z', status: 'open' } }]);
  world.now += minute;
  world.simulator.admin.transitionTask(1, 'close');
  t.match((await world.pull(session, 'task')).seen, [{ id: '1', record: { status: 'closed' } }]);
});

t.test('M39: only events of the user\'s own calendar', async (t) => {
  const world = createWorld({ data: { events: [meeting('Mine', '2026-11-23'), { ...meeting('Ellens', '2026-11-23'), calendarId: 2 }] } });
  const session = await world.connect();
  t.match((await world.pull(session, 'event')).seen, [{ id: '1', record: { title: 'Mine', start: '2026-11-23T10:00:00Z', end: '2026-11-23T11:00:00Z', allDay: false, recurring: false } }]);
  t.same(await entityOf('event').get(session, '2'), { id: '2', absent: 'outside' });
});

t.test('S19: the window moves: an event that enters it is delivered, one that leaves it is outside', async (t) => {
  const world = createWorld({ data: { events: [meeting('Soon past', '2026-10-25'), meeting('Far', '2027-11-25'), meeting('Old', '2026-01-01')] } });
  const session = await world.connect();
  const first = await world.pull(session, 'event');
  t.same(ids(first.seen), ['1']);
  t.same(first.alive?.toSorted(), ['1', '2', '3'], 'what is outside is alive all the same');
  world.now += 4 * day;
  t.same(ids((await world.pull(session, 'event')).seen).toSorted(), ['2', 'outside 1']);
  t.same(await entityOf('event').get(session, '3'), { id: '3', absent: 'outside' });
});

t.test('D12: a series is one record and says so; its changed occurrences are none', async (t) => {
  const start = at('2026-11-24T10:00:00Z');
  const world = createWorld({ data: { events: [{ title: 'Weekly', start, end: start + hour, recurrence: { recurrenceType: 'weekly', interval: 1, dayOfWeek: ['tuesday'], startTime: start, occurrences: 6, timeZone: 'Europe/Vienna' } }] } });
  world.simulator.admin.createEvent({ title: 'Moved', start: start + 8 * day, end: start + 8 * day + hour, recurringEventId: 1, originalStart: start + 7 * day });
  const session = await world.connect();
  const { seen, alive } = await world.pull(session, 'event');
  t.match(seen, [{ id: '1', traits: { recurring: true }, record: { title: 'Weekly', recurring: true } }]);
  t.same(alive, ['1']);
  t.same(await entityOf('event').get(session, '2'), { id: '2', absent: 'outside' });
});

t.test('D13: a copy of somebody\'s invitation is read-only, in words', async (t) => {
  const world = createWorld();
  world.simulator.admin.createEvent({ ...meeting('Ellens meeting', '2026-11-24'), calendarId: 2, attendees: [{ email: 'admin@example.com', displayName: 'John Doe', status: 'none', type: 'required' }] }, 2);
  const { seen } = await world.pull(await world.connect(), 'event');
  t.match(seen, [{ record: { title: 'Ellens meeting' }, traits: { readOnly: /copy of an invitation/ } }]);
});

t.test('D1, D10: an event that is gone is deleted only when the API works', async (t) => {
  const world = createWorld({ data: { events: [meeting('A', '2026-11-24'), meeting('B', '2026-11-25')] } });
  const session = await world.connect();
  await world.pull(session, 'event');
  world.now += minute;
  world.simulator.admin.deleteEvent(1);
  t.same((await world.pull(session, 'event')).alive, ['2']);
  t.same(await entityOf('event').get(session, '1'), { id: '1', absent: 'deleted' });
  world.simulator.admin.faults.add({ match: { path: /default/ }, action: { type: 'status', status: 500 } });
  await t.rejects(entityOf('event').get(session, '1'), { name: 'Failure', message: /does not work/ }, 'not proven');
});

t.test('Events come in no order and more than one answer holds: none is missed', async (t) => {
  const world = createWorld({ data: { events: Array.from({ length: 2100 }, (_, index) => meeting(`E${index}`, '2026-11-24')) } });
  const { seen, alive } = await world.pull(await world.connect({ auth: adminAuth }), 'event');
  t.equal(new Set(ids(seen)).size, 2100);
  t.equal(alive?.length, 2100);
});

const blank = { firstName: null, middleName: null, lastName: null, nameSuffix: null, description: null, jobTitle: null, fax: null, gender: null, birthday: null, emails: [], primaryEmail: null, phones: [], primaryPhone: null, addresses: [] };

function meeting(title: string, on: string): { title: string; start: number; end: number } {
  return { title, start: at(`${on}T10:00:00Z`), end: at(`${on}T11:00:00Z`) };
}
