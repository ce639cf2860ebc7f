import type { Written } from '@syncline/connector';
import t, { type Test } from 'tap';
import { orocrm, type AddressRecord, type ContactRecord, type EventRecord, type Session, type TaskRecord } from '../src/index.ts';
import { blankContact, blankEvent, blankTask } from '../src/mapping/index.ts';
import { counts, createWorld, entityOf, limitedAuth, otherClient, seeded, type World } from './world.ts';

const at = (text: string): number => Date.parse(text);
const minute = 60_000;

t.test('R4: a contact with addresses is one request, and its answer is the record as stored', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  world.simulator.resetCounters();
  const record: ContactRecord = {
    ...blankContact, firstName: ' Ada ', lastName: 'Byron', gender: 'female', birthday: '1985-12-10', emails: ['a@example.com', 'b@example.com', 'a@example.com'], primaryEmail: 'b@example.com', phones: ['111', '222'], primaryPhone: null,
    addresses: [address({ id: 'new-1', types: ['billing'], street: '1 Main St', country: 'FR' }), address({ id: 'new-2', types: [], city: 'London', country: 'GB' })],
  };
  const written = stored(t, await world.push(session, 'contact', { op: 'create', key: 'k', record }));
  t.match(written.record, { firstName: 'Ada', lastName: 'Byron', gender: 'female', birthday: '1985-12-10', primaryEmail: 'b@example.com', primaryPhone: '111' });
  t.same(written.record.emails.toSorted(), ['a@example.com', 'b@example.com']);
  t.match(written.record.addresses, [{ id: '1', types: ['billing'], primary: true, street: '1 Main St', country: 'FR' }, { id: '2', types: [], primary: false, city: 'London' }]);
  t.same(counts(world), { 'POST /api/contacts': 1 });
  t.same(await entityOf('contact').get(session, '1'), written, 'what is read later is the same version');
});

t.test('Budget: a first synchronisation needs at most 1.1 requests per contact', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  const many = 200;
  for (let index = 0; index < many; index += 1) {
    const lived = address({ id: 'new-1', types: ['billing'], country: index % 2 === 0 ? 'US' : 'GB', regionName: index % 2 === 0 ? 'California' : 'London, City of' });
    stored(t, await world.push(session, 'contact', { op: 'create', key: `k${index}`, record: { ...blankContact, firstName: `P${index}`, emails: [`p${index}@x.org`], primaryEmail: `p${index}@x.org`, addresses: [lived] } }));
  }
  t.ok(world.requests.length <= many * 1.1, `${world.requests.length} requests for ${many}, signing in and regions included`);
});

t.test('G5: an update sends what differs, and nothing else', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada', lastName: 'Byron', skype: 'ada', emails: ['a@example.com', 'b@example.com'], phones: ['1'], addresses: [{ country: 'US', region: 'US-CA', city: 'San Jose', label: 'Home', types: ['billing'] }] }] } });
  const { session, base, version } = await pulled(world, 'contact');
  world.now += minute;
  const written = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, jobTitle: 'Analyst' } }));
  t.same(bodiesOf(world, 'PATCH'), [{ data: { type: 'contacts', id: '1', attributes: { jobTitle: 'Analyst' } } }]);
  t.same(written.record, { ...base, jobTitle: 'Analyst' });
  t.same(await entityOf('contact').get(session, '1'), written);
  t.match(world.simulator.admin.contact(1), { skype: 'ada', addresses: [{ label: 'Home' }] });
  world.simulator.resetCounters();
  t.same((await world.pull(session, 'contact')).seen, [], 'C15: its echo is known');
});

t.test('M11, M13: lists go whole, with their primary one; an order is nothing to send', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada', emails: ['p@x.org', 'q@x.org'], phones: ['1', '2'] }] } });
  const { session, base, version } = await pulled(world, 'contact');
  const first = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, emails: ['q2@x.org', 'p@x.org'], phones: ['2', '1'] } }));
  t.same(bodiesOf(world, 'PATCH'), [{ data: { type: 'contacts', id: '1', attributes: { emails: [{ email: 'q2@x.org' }, { email: 'p@x.org' }], primaryEmail: 'p@x.org' } } }]);
  t.equal(first.record.primaryEmail, 'p@x.org');
  const none = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k2', id: '1', ifVersion: first.version, base: first.record, record: { ...first.record, emails: [], primaryEmail: null } }));
  t.same([none.record.emails, none.record.primaryEmail], [[], null]);
});

t.test('R6: a record that changed since it was read is not written; a moved stamp alone is no change', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }], tasks: [{ subject: 'T' }], events: [meeting('E', '2026-11-23')] } });
  const { session, base, version } = await pulled(world, 'contact');
  world.now += minute;
  world.simulator.admin.updateContact(1, { phones: ['555'] });
  const wanted = { ...base, jobTitle: 'Analyst' };
  const conflict = await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: wanted });
  t.match(conflict, { status: 'conflict', seen: { record: { phones: ['555'], jobTitle: null } } });
  t.match(await world.push(session, 'contact', { op: 'delete', key: 'k', id: '1', ifVersion: version }), { status: 'conflict' });
  t.equal(world.simulator.admin.contact(1)?.jobTitle, null);

  const [seen] = (await world.pull(session, 'contact')).seen;
  if (seen === undefined || 'absent' in seen) throw new Error('not seen');
  world.now += minute;
  world.simulator.admin.recalculateActivity();
  stored(t, await world.push(session, 'contact', { op: 'update', key: 'k3', id: '1', ifVersion: seen.version, base: seen.record, record: { ...seen.record, jobTitle: 'Analyst' } }));

  for (const kind of ['task', 'event'] as const) {
    const found = await pulled(world, kind);
    world.now += minute;
    if (kind === 'task') world.simulator.admin.updateTask(1, { priority: 'high' });
    else world.simulator.admin.updateEvent(1, { title: 'Theirs' });
    const record = kind === 'task' ? { ...(found.base as TaskRecord), subject: 'Ours' } : { ...(found.base as EventRecord), title: 'Ours' };
    t.match(await world.push(found.session, kind, { op: 'update', key: 'k', id: '1', ifVersion: found.version, base: found.base as never, record: record as never }), { status: 'conflict' }, kind);
  }
});

t.test('R4: a write whose answer was lost is found to be done, and is not repeated', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }] } });
  const { session, base, version } = await pulled(world, 'contact');
  world.now += minute;
  world.simulator.admin.faults.add({ match: { method: 'PATCH' }, action: { type: 'drop-after' } });
  const write = { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, jobTitle: 'Analyst' } } as const;
  t.match(await world.push(session, 'contact', write), { status: 'failed', failure: { kind: 'unavailable', maybeDone: true } });
  const sent = bodiesOf(world, 'PATCH').length;
  stored(t, await world.push(session, 'contact', write));
  t.equal(bodiesOf(world, 'PATCH').length, sent);
});

t.test('R4: a creation whose answer was lost is looked up', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada', lastName: 'Byron', emails: ['a@example.com'] }], tasks: [{ subject: 'Call' }] } });
  const session = await world.connect();
  world.now += 10 * minute;
  const since = world.now;
  const person: ContactRecord = { ...blankContact, firstName: 'Ada', lastName: 'Byron ', emails: ['a@example.com'], primaryEmail: 'a@example.com', addresses: [address({ id: 'new-1', types: ['billing'], country: 'US', regionName: 'Nowhere' })] };
  const nameless: ContactRecord = { ...blankContact, phones: ['+43 1'], primaryPhone: '+43 1' };
  const call: TaskRecord = { ...blankTask, subject: 'Call', dueDate: '2026-12-01T11:00:00Z', status: 'closed' };
  const day: EventRecord = { ...blankEvent, title: 'E', start: '2026-11-24T10:00:00Z', end: '2026-11-24T11:00:00Z' };
  const rows = [['contact', person, '2'], ['contact', nameless, '3'], ['task', call, '2'], ['event', day, '1']] as const;
  for (const [kind, record, id] of rows) {
    const create = { op: 'create', key: `key of ${kind} ${id}`, record } as never;
    t.same(await entityOf(kind).find(session, create, since), [], `${kind}: nothing yet`);
    world.simulator.admin.faults.add({ match: { method: 'POST', path: /^\/api\/(contacts|tasks|rest\/latest\/calendarevents.json)$/ }, action: { type: 'drop-after' } });
    t.match(await world.push(session, kind, create), { status: 'failed', failure: { maybeDone: true } });
    t.match(await entityOf(kind).find(session, create, since), [{ id }]);
    world.now += minute;
  }
  const again = { op: 'create', key: 'key of event 1', record: day } as const;
  t.match(await world.push(session, 'event', again), { status: 'stored', seen: { id: '1' } }, 'OroCRM refuses the identity a second time');
  t.equal(world.simulator.admin.listEvents().length, 1);
});

t.test('Addresses', async (t) => {
  const both = { firstName: 'Ada', addresses: [{ street: '1 Main St', city: 'San Jose', country: 'US', region: 'US-CA', label: 'Kept', types: ['billing', 'shipping'] as const, primary: true }, { city: 'London', country: 'GB' }] };
  const lensOf = (session: Session): Lenses => orocrm.entities.contact.lens(session) as unknown as Lenses;

  t.test('M22: one slot of an address with both types is edited', async (t) => {
    const world = createWorld({ data: { contacts: [both] } });
    const { session, base, version } = await pulled(world, 'contact');
    const { shippingAddress, billingAddress } = lensOf(session);
    const record = shippingAddress.write(base, { street: '2 Elm Rd', city: 'Boston', region: 'MA', postalCode: '', country: 'US' });
    const written = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record }));
    t.match(written.record.addresses, [{ id: '1', types: ['billing'], street: '1 Main St', primary: true }, { id: '2', city: 'London', types: [] }, { id: '3', types: ['shipping'], street: '2 Elm Rd', region: 'US-MA', regionName: 'Massachusetts' }]);
    t.same(billingAddress.read(written.record), billingAddress.read(base));
    t.same(world.requests.slice(-4).map((request) => `${request.method} ${new URL(request.url).pathname}`), ['GET /api/regions', 'POST /api/contactaddresses', 'PATCH /api/contactaddresses/1', 'GET /api/contacts/1'], 'the new one first: a cut leaves no slot empty');
  });

  t.test('M24: only the parts that differ; region and country go together', async (t) => {
    const world = createWorld({ data: { contacts: [both] } });
    const { session, base, version } = await pulled(world, 'contact');
    const { otherAddress } = lensOf(session);
    const one = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: otherAddress.write(base, { street: '', city: 'Leeds', region: '', postalCode: '', country: 'GB' }) }));
    t.same(bodiesOf(world, 'PATCH'), [{ data: { type: 'contactaddresses', id: '2', attributes: { city: 'Leeds' } } }]);
    const moved = otherAddress.write(one.record, { street: '', city: 'Hamilton', region: 'Pembroke', postalCode: '', country: 'Bermuda' });
    const two = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k2', id: '1', ifVersion: one.version, base: one.record, record: moved }));
    t.match(two.record.addresses[1], { country: 'BM', region: null, customRegion: 'Pembroke' }, 'a country without regions takes free text');
    t.same(otherAddress.read(two.record), { street: '', city: 'Hamilton', region: 'Pembroke', postalCode: '', country: 'BM' });
  });

  t.test('M25: emptied slots lose their type or their address', async (t) => {
    const world = createWorld({ data: { contacts: [both] } });
    const { session, base, version } = await pulled(world, 'contact');
    const { billingAddress, shippingAddress, otherAddress } = lensOf(session);
    const one = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: billingAddress.write(base, undefined) }));
    t.match(one.record.addresses, [{ id: '1', types: ['shipping'] }, { id: '2' }]);
    const two = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k2', id: '1', ifVersion: one.version, base: one.record, record: otherAddress.write(shippingAddress.write(one.record, undefined), undefined) }));
    t.same(two.record.addresses, []);
  });

  t.test('M42: a region OroCRM does not know: stored without, said once, and nothing to send afterwards', async (t) => {
    const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }] } });
    const { session, base, version } = await pulled(world, 'contact');
    const { billingAddress } = lensOf(session);
    const wanted = { street: '1 Main St', city: 'Boston', region: 'Old Massachusetts', postalCode: '', country: 'US' };
    const draft = billingAddress.write(base, wanted);
    const one = stored(t, await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: draft }));
    t.match(one.record.addresses, [{ city: 'Boston', region: null, regionName: null }]);
    t.same(billingAddress.read(one.record, { native: draft, value: wanted }), wanted);
    t.match(world.logs.join(), /no region "Old Massachusetts" in US/);
    const sent = world.requests.length;
    stored(t, await world.push(session, 'contact', { op: 'update', key: 'k2', id: '1', ifVersion: one.version, base: one.record, record: billingAddress.write(one.record, wanted) }));
    t.same(world.requests.slice(sent).map((request) => request.method), ['GET']);
  });

  t.test('G5: an address that somebody adds between read and write survives', async (t) => {
    const world = createWorld({ data: { contacts: [both] } });
    const { session, base, version } = await pulled(world, 'contact');
    const { otherAddress } = lensOf(session);
    world.simulator.admin.faults.clear();
    const draft = otherAddress.write(base, { street: '', city: 'Leeds', region: '', postalCode: '', country: 'GB' });
    // Between the connector's read and its write.
    const send = session.api.send;
    const busy: Session = { ...session, api: { ...session.api, send: async (call) => {
      if (call.method === 'PATCH') await otherClient(world, 'POST', '/api/contactaddresses', { data: { type: 'contactaddresses', attributes: { city: 'Vienna' }, relationships: { owner: { data: { type: 'contacts', id: '1' } }, country: { data: { type: 'countries', id: 'AT' } } } } });
      return send(call);
    } } };
    const written = stored(t, await world.push(busy, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: draft }));
    t.same(written.record.addresses.map(({ city }) => city), ['San Jose', 'Leeds', 'Vienna']);
  });

  t.test('A part that OroCRM refuses is named; the rest is stored', async (t) => {
    const world = createWorld({ data: { contacts: [both] } });
    const { session, base, version } = await pulled(world, 'contact');
    const record = { ...base, jobTitle: 'Analyst', addresses: base.addresses.map((item) => (item.id === '2' ? { ...item, city: 'x'.repeat(600), country: 'XX' } : item)) };
    const written = await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record });
    t.match(written, { status: 'partial', seen: { record: { jobTitle: 'Analyst' } }, fields: { otherAddress: /OroCRM refuses/ } });
  });
});

t.test('M7, M43: what OroCRM refuses is an answer, by field', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  const create = (record: Partial<ContactRecord>): Promise<Written<ContactRecord>> => world.push(session, 'contact', { op: 'create', key: 'k', record: { ...blankContact, ...record } });
  t.match(await create({ jobTitle: 'only this' }), { status: 'rejected', message: /First name, Last name, Emails or Phones/ });
  t.match(await create({ firstName: 'x'.repeat(101) }), { status: 'rejected', fields: { firstName: /100/ } });
  t.match(await create({ firstName: 'A', emails: ['bad'], primaryEmail: 'bad' }), { status: 'rejected', fields: { emails: /.+/ } });
  t.match(await create({ firstName: 'A', jobTitle: 'x'.repeat(256) }), { status: 'rejected', message: /OroCRM refuses/ }, 'the 500 of the database is about this record');
  t.match(await create({ firstName: 'A', addresses: [address({ id: 'new-1', types: ['shipping'], country: 'ZZ' })] }), { status: 'rejected', fields: { shippingAddress: /.+/ } });
  t.match(await world.push(session, 'task', { op: 'create', key: 'k', record: blankTask }), { status: 'rejected', fields: { subject: /blank/ } });
  t.match(await world.push(session, 'event', { op: 'create', key: 'k', record: { ...blankEvent, title: 'E', start: '2026-11-24T10:00:00Z', end: '2026-11-24T09:00:00Z' } }), { status: 'rejected', fields: { start: /earlier/ } });
  t.equal(world.simulator.admin.listContacts().length, 0);
});

t.test('D1, D4: a record that is gone or hidden is an answer, not a failure', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }, { firstName: 'Bob' }], tasks: [{ subject: 'T' }], events: [meeting('E', '2026-11-23')] } });
  const { session, base, version } = await pulled(world, 'contact');
  world.simulator.admin.deleteContact(1);
  t.match(await world.push(session, 'contact', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, jobTitle: 'x' } }), { status: 'gone', seen: { absent: 'deleted' } });
  world.simulator.admin.setVisible('contact', 2, false);
  t.match(await world.push(session, 'contact', { op: 'delete', key: 'k', id: '2', ifVersion: version }), { status: 'gone', seen: { absent: 'hidden' } });
  for (const kind of ['task', 'event'] as const) {
    const found = await pulled(world, kind);
    t.match(await world.push(found.session, kind, { op: 'delete', key: 'k', id: '1', ifVersion: found.version }), { status: 'stored', seen: { id: '1', absent: 'deleted' } });
    t.match(await world.push(found.session, kind, { op: 'delete', key: 'k', id: '1', ifVersion: found.version }), { status: 'gone', seen: { absent: 'deleted' } });
  }
});

t.test('S16: what is created stays in the chosen scope', async (t) => {
  const world = createWorld();
  const session = await world.connect({ contactsScope: 'assigned' });
  stored(t, await world.push(session, 'contact', { op: 'create', key: 'k', record: { ...blankContact, firstName: 'Ada' } }));
  t.match(world.simulator.admin.contact(1), { ownerId: 1, assignedToId: 1 });
});

t.test('R3: after "wait" the other writes are not sent', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  world.simulator.admin.faults.add({ match: { method: 'POST', path: '/api/contacts' }, action: { type: 'status', status: 429, retryAfterSeconds: 9 } });
  const writes = ['A', 'B'].map((firstName) => ({ op: 'create', key: firstName, record: { ...blankContact, firstName } }) as const);
  t.match(await entityOf('contact').push(session, writes), [
    { status: 'failed', failure: { kind: 'throttle', retryAfterMs: 9000, maybeDone: false } },
    { status: 'failed', failure: { kind: 'throttle', maybeDone: false } },
  ]);
  t.equal(world.simulator.admin.listContacts().length, 0);
});

t.test('Tasks', async (t) => {
  t.test('M30: a task is created open and moved by its workflow', async (t) => {
    for (const [status, steps] of [['open', 0], ['in_progress', 1], ['closed', 1]] as const) {
      const world = createWorld();
      const session = await world.connect();
      const written = stored(t, await world.push(session, 'task', { op: 'create', key: 'k', record: { subject: 'T', priority: 'high', dueDate: '2026-12-01T11:00:00Z', status } }));
      t.same(written.record, { subject: 'T', priority: 'high', dueDate: '2026-12-01T11:00:00Z', status });
      t.equal(transitionsOf(world).length, steps);
      t.same(await entityOf('task').get(session, '1'), written);
    }
  });

  t.test('M35: every status is reached from every other, closed to in progress in two steps', async (t) => {
    const words = ['open', 'in_progress', 'closed'] as const;
    for (const from of words) {
      for (const to of words) {
        const world = createWorld({ data: { tasks: [{ subject: 'T' }] } });
        if (from !== 'open') world.simulator.admin.transitionTask(1, from === 'closed' ? 'close' : 'start_progress');
        const { session, base, version } = await pulled(world, 'task');
        const written = stored(t, await world.push(session, 'task', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, subject: 'T2', status: to } }));
        t.same([written.record.status, written.record.subject], [to, 'T2'], `${from} to ${to}`);
      }
    }
  });

  t.test('M35: a task without a workflow item takes a PATCH', async (t) => {
    const world = createWorld({ data: { tasks: [{ subject: 'T' }] } });
    world.simulator.admin.setSwitch('workflowActive', false);
    world.simulator.admin.setSwitch('workflowActive', true);
    const { session, base, version } = await pulled(world, 'task');
    const written = stored(t, await world.push(session, 'task', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, status: 'closed' } }));
    t.equal(written.record.status, 'closed');
    t.same(transitionsOf(world), []);
  });

  t.test('M35, R11: without the permission the status is named, the rest is stored, and it is not asked again', async (t) => {
    const world = createWorld({ data: { tasks: [{ subject: 'T', ownerId: 3 }] } });
    const { session, base, version } = await pulled(world, 'task', { auth: limitedAuth });
    const one = await world.push(session, 'task', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, subject: 'T2', status: 'closed' } });
    t.match(one, { status: 'partial', seen: { record: { subject: 'T2', status: 'open' } }, fields: { status: /role lacks the permission/ } });
    const { seen } = one as Extract<typeof one, { status: 'partial' }>;
    const sent = world.requests.length;
    const two = await world.push(session, 'task', { op: 'update', key: 'k2', id: '1', ifVersion: seen.version, base: seen.record, record: { ...seen.record, status: 'closed' } });
    t.match(two, { status: 'partial', fields: { status: /role lacks the permission/ } });
    t.same(world.requests.slice(sent).map((request) => request.method), ['GET']);
  });

  t.test('M27: another priority is kept when only the subject changes', async (t) => {
    const world = createWorld({ data: { tasks: [{ subject: 'T', priority: 'high', description: '<p>kept</p>' }] } });
    const { session, base, version } = await pulled(world, 'task');
    stored(t, await world.push(session, 'task', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, subject: 'T2' } }));
    t.same(bodiesOf(world, 'PATCH'), [{ data: { type: 'tasks', id: '1', attributes: { subject: 'T2' } } }]);
    t.equal(world.simulator.admin.task(1)?.description, '<p>kept</p>');
  });
});

t.test('Events', async (t) => {
  t.test('M39, M44: created in the user\'s own calendar, times in UTC, all-day from 00:00 to 23:59 of the zone', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    const { start, end } = orocrm.entities.event.lens(session) as unknown as { [name: string]: { write: (native: EventRecord, value: string) => EventRecord; read: (native: EventRecord) => string } };
    const record = { ...end!.write(start!.write(blankEvent, '2026-12-24'), '2026-12-27'), title: 'Holidays' };
    const written = stored(t, await world.push(session, 'event', { op: 'create', key: 'k', record }));
    t.same(written.record, { title: 'Holidays', start: '2026-12-23T23:00:00Z', end: '2026-12-26T22:59:00Z', allDay: true, recurring: false });
    t.same([start!.read(written.record), end!.read(written.record)], ['2026-12-24', '2026-12-27']);
    t.match(bodiesOf(world, 'POST').at(-1), { calendar: 1, uid: /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/ });
    t.equal(world.simulator.admin.event(1)?.calendarId, 1);
    t.same(await entityOf('event').get(session, '1'), written);
  });

  t.test('M38, M41: times go together, and nothing else goes along', async (t) => {
    const attendees = [{ email: 'guest@example.org', displayName: 'Guest', status: 'none', type: 'required' }];
    const world = createWorld({ data: { events: [{ ...meeting('E', '2026-11-23'), description: 'kept', attendees }] } });
    const { session, base, version } = await pulled(world, 'event');
    const one = stored(t, await world.push(session, 'event', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, title: 'E2' } }));
    const two = stored(t, await world.push(session, 'event', { op: 'update', key: 'k2', id: '1', ifVersion: one.version, base: one.record, record: { ...one.record, end: '2026-11-23T12:00:00Z' } }));
    t.same(bodiesOf(world, 'PUT'), [{ title: 'E2' }, { start: '2026-11-23T10:00:00Z', end: '2026-11-23T12:00:00Z', allDay: false }]);
    t.match(world.simulator.admin.event(1), { description: 'kept', attendees: [{ email: 'guest@example.org' }] });
    t.equal(two.record.title, 'E2');
  });

  t.test('S19: an event that is written to a day outside the window is stored, not gone', async (t) => {
    const world = createWorld({ data: { events: [meeting('E', '2026-11-23')] } });
    const { session, base, version } = await pulled(world, 'event');
    const record = { ...base, start: '2029-01-01T10:00:00Z', end: '2029-01-01T11:00:00Z' };
    const written = stored(t, await world.push(session, 'event', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record }));
    t.same(written.record, record);
    t.same((await world.pull(session, 'event')).seen, [{ id: '1', absent: 'outside' }]);
    t.match(await world.push(session, 'event', { op: 'update', key: 'k2', id: '1', ifVersion: written.version, base: record, record: { ...record, title: 'x' } }), { status: 'gone', seen: { absent: 'outside' } }, 'D5: frozen');
  });

  t.test('D13: the copy of an invitation is neither changed nor deleted', async (t) => {
    const world = createWorld();
    world.simulator.admin.createEvent({ ...meeting('E', '2026-11-24'), calendarId: 2, attendees: [{ email: 'admin@example.com', displayName: 'John Doe', status: 'none', type: 'required' }] }, 2);
    const { session, base, version, id } = await pulled(world, 'event');
    t.match(await world.push(session, 'event', { op: 'update', key: 'k', id, ifVersion: version, base, record: { ...base, title: 'Mine' } }), { status: 'rejected', message: /copy of an invitation/ });
    t.match(await world.push(session, 'event', { op: 'delete', key: 'k', id, ifVersion: version }), { status: 'rejected', message: /copy of an invitation/ });
  });

  t.test('D12: of a series the title may change, the times may not', async (t) => {
    const start = at('2026-11-24T10:00:00Z');
    const world = createWorld({ data: { events: [{ title: 'Weekly', start, end: start + 3_600_000, recurrence: { recurrenceType: 'weekly', interval: 1, dayOfWeek: ['tuesday'], startTime: start, occurrences: 6, timeZone: 'UTC' } }] } });
    const { session, base, version } = await pulled(world, 'event');
    t.match(await world.push(session, 'event', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, end: '2026-11-24T12:00:00Z' } }), { status: 'rejected', fields: { end: /recurring/ } });
    const written = stored(t, await world.push(session, 'event', { op: 'update', key: 'k', id: '1', ifVersion: version, base, record: { ...base, title: 'Every week' } }));
    t.same([written.record.title, written.record.recurring], ['Every week', true]);
  });
});

t.test('Every write of a random kind reads back as it was answered', async (t) => {
  const random = seeded(42);
  const world = createWorld({ data: { contacts: Array.from({ length: 6 }, (_, index) => ({ firstName: `P${index}`, emails: [`p${index}@x.org`] })) } });
  const session = await world.connect();
  const lenses = orocrm.entities.contact.lens(session) as unknown as Record<string, { write: (native: ContactRecord, value: unknown) => ContactRecord }>;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const streets = ['1 Main St', '2 Elm Rd\nFloor 2', '3 Oak Av'];
  const values: { readonly [field: string]: () => unknown } = {
    jobTitle: () => pick([undefined, 'Boss', 'Analyst']),
    emails: () => pick([['a@x.org'], ['a@x.org', 'b@x.org'], ['c@x.org', 'a@x.org']]),
    primaryEmail: () => pick(['a@x.org', 'b@x.org', 'c@x.org']),
    phones: () => pick([undefined, ['1'], ['2', '1'], ['3']]),
    description: () => pick([undefined, 'x\ny', '<b>bold</b> & more']),
    ...Object.fromEntries(['billingAddress', 'shippingAddress', 'otherAddress'].map((field) => [field, () => pick([undefined, { street: pick(streets), city: 'C', region: pick(['', 'Texas', 'NY', 'Nowhere']), postalCode: '1', country: pick(['US', 'GB', 'BM']) }])])),
  };
  await world.pull(session, 'contact');
  for (let round = 0; round < 60; round += 1) {
    world.now += minute;
    const id = String(1 + Math.floor(random() * 6));
    const found = await entityOf('contact').get(session, id);
    if ('absent' in found) throw new Error('gone');
    let record = found.record;
    for (const field of [pick(Object.keys(values)), pick(Object.keys(values))]) record = lenses[field]?.write(record, values[field]?.()) ?? record;
    const written = await world.push(session, 'contact', { op: 'update', key: `k${round}`, id, ifVersion: found.version, base: found.record, record });
    if (written.status !== 'stored') throw new Error(`round ${round}: ${JSON.stringify(written)}`);
    t.same(await entityOf('contact').get(session, id), written.seen, `round ${round}`);
    t.same((await world.pull(session, 'contact')).seen, [], 'no echo');
  }
});

type Lenses = { readonly [Field in 'billingAddress' | 'shippingAddress' | 'otherAddress']: { write: (native: ContactRecord, value: unknown) => ContactRecord; read: (native: ContactRecord, last?: unknown) => unknown } };

type RecordOf = { contact: ContactRecord; task: TaskRecord; event: EventRecord };

/** A session that has pulled, and the first record it saw. */
async function pulled<K extends keyof RecordOf>(world: World, kind: K, settings?: object): Promise<{ session: Session; id: string; base: RecordOf[K]; version: string }> {
  const session = await world.connect(settings);
  world.forget(kind);
  const [seen] = (await world.pull(session, kind)).seen;
  if (seen === undefined || 'absent' in seen) throw new Error('nothing was seen');
  return { session, id: seen.id, base: seen.record as RecordOf[K], version: seen.version };
}

function stored<R>(t: Test, written: Written<R>): { id: string; version: string; record: R } {
  if (written.status !== 'stored' || 'absent' in written.seen) throw new Error(`not stored: ${JSON.stringify(written)}`);
  t.equal(written.status, 'stored');
  return written.seen;
}

/** The bodies of all requests of a method so far. */
function bodiesOf(world: World, method: string): readonly unknown[] {
  return world.requests.filter((request) => request.method === method).map((request) => world.bodies.get(request));
}

function transitionsOf(world: World): readonly string[] {
  return world.requests.map((request) => new URL(request.url).pathname).filter((path) => path.includes('/workflow/transit/'));
}

function address(parts: Partial<AddressRecord>): AddressRecord {
  return { id: '1', types: [], primary: false, street: null, street2: null, city: null, postalCode: null, country: null, region: null, regionName: null, customRegion: null, ...parts };
}

function meeting(title: string, on: string): { title: string; start: number; end: number } {
  return { title, start: at(`${on}T10:00:00Z`), end: at(`${on}T11:00:00Z`) };
}
