import t from 'tap';
import { firstError, pick, World } from './support/orocrm-world.ts';

const status = (id: string): object => ({ status: { data: { type: 'taskstatuses', id } } });
const priority = { taskPriority: { data: { type: 'taskpriorities', id: 'low' } } };

async function task(world: World, attributes: object = {}): Promise<string> {
  const data = { type: 'tasks', attributes: { subject: 'S', ...attributes }, relationships: { ...priority, ...status('open') } };
  return String(pick(await world.api('POST', '/api/tasks', { data }), 'data', 'id'));
}

void t.test('contract 9: the status of a task moves through the workflow only', async (t) => {
  const world = new World();
  const closed = { data: { type: 'tasks', attributes: { subject: 'S' }, relationships: { ...priority, ...status('closed') } } };
  t.match(firstError(await world.api('POST', '/api/tasks', closed)), 'Could not create entity with this value because of workflow restrictions.');
  const id = await task(world);
  const refused = await world.patch('tasks', id, { subject: 'not applied' }, status('closed'));
  t.equal(firstError(refused), '400 workflow entity constraint | Field could not be edited because of workflow restrictions. | /data/relationships/status/data');
  t.equal(world.sim.admin.task(Number(id))?.subject, 'S');
  t.equal((await world.patch('tasks', id, undefined, status('open'))).status, 200, 'the same status is no change');
  const item = pick(await world.old('GET', `tasks/${id}.json`), 'workflowItem') as number;
  t.match((await world.old('GET', `tasks/${id}.json`)).body, { status: 'Open', workflowItem: item, workflowStep: 1 });
  const transit = (name: string): ReturnType<World['old']> => world.old('POST', `workflow/transit/${item}/${name}.json`);
  t.strictSame((await transit('reopen')).body, { message: 'Step "open" of workflow "task_flow" doesn\'t have allowed transition "reopen".' });
  world.tick(2);
  t.equal((await transit('close')).status, 200);
  t.equal(world.sim.admin.task(Number(id))?.updatedAt, world.nowMs / 1000);
  t.equal((await transit('start_progress')).status, 400, 'closed to in_progress takes two steps');
  t.strictSame([(await transit('reopen')).status, (await transit('start_progress')).status], [200, 200]);
  t.match((await world.old('GET', `tasks/${id}.json`)).body, { status: 'In Progress' });
});

void t.test('contract 9: a task without a workflow item takes PATCH, also after the workflow is back', async (t) => {
  const world = new World();
  const id = await task(world);
  await world.old('POST', 'workflow/deactivate/task_flow.json');
  t.equal((await world.patch('tasks', id, undefined, status('closed'))).status, 200);
  await world.old('POST', 'workflow/activate/task_flow.json');
  t.notOk('workflowItem' in ((await world.old('GET', `tasks/${id}.json`)).body as object), 'the item does not come back');
  t.equal((await world.patch('tasks', id, undefined, status('in_progress'))).status, 200);
  await world.old('POST', `workflow/start/task_flow/__start__.json?entityId=${id}`);
  t.equal(world.sim.admin.task(Number(id))?.status, 'open', 'starting puts the status to open');
});

void t.test('contract [20]: a role without the permission sees no workflow item and has no transition', async (t) => {
  const world = new World().as(3);
  const id = await task(world);
  t.notOk('workflowItem' in ((await world.old('GET', `tasks/${id}.json`)).body as object));
  t.equal((await world.old('POST', 'workflow/transit/1/close.json')).status, 403);
});

void t.test('contract: a customised installation keeps whole minutes (switch)', async (t) => {
  const world = new World({ switches: { roundTimes: true } });
  t.equal(world.sim.admin.task(Number(await task(world, { dueDate: '2026-12-24T15:30:59Z' })))?.dueDate, Date.UTC(2026, 11, 24, 15, 30) / 1000);
  const made = await world.old('POST', 'calendarevents.json', { title: 'E', calendar: 1, start: '2026-12-24T15:30:59Z', end: '2026-12-24T16:00:01Z', allDay: false });
  t.match(world.sim.admin.event(Number(pick(made, 'id'))), { start: Date.UTC(2026, 11, 24, 15, 30) / 1000, end: Date.UTC(2026, 11, 24, 16) / 1000 });
});

void t.test('contract: fields of a task', async (t) => {
  const world = new World();
  const due = async (value: string): Promise<unknown> => world.sim.admin.task(Number(await task(world, { dueDate: value })))?.dueDate;
  t.equal(await due('2026-12-24T15:30:00+05:30'), Date.UTC(2026, 11, 24, 10) / 1000, 'an offset is converted');
  t.equal(await due('2026-12-24T15:30:00.9870000Z'), Date.UTC(2026, 11, 24, 15, 30) / 1000, 'seven digits are cut off');
  t.equal(await due('2026-12-24'), Date.UTC(2026, 11, 24) / 1000, 'a date is midnight');
  const data = { type: 'tasks', attributes: { subject: 'S', dueDate: '2026-12-24T15:30:00' }, relationships: { ...priority, ...status('open') } };
  t.match(firstError(await world.api('POST', '/api/tasks', { data })), 'is not valid datetime');
  const bare = await world.api('POST', '/api/tasks', { data: { type: 'tasks', attributes: { subject: 'x' } } });
  t.equal((pick(bare, 'errors') as unknown[]).length, 2, 'neither status nor priority has a default');
  t.match(firstError(await world.api('GET', '/api/tasks?filter[subject]=S')), 'The filter is not supported.');
  t.equal((pick(await world.api('GET', '/api/tasks?filter[searchText]=s'), 'data') as unknown[]).length, 3);
});

const event = { calendar: 1, title: 'E', start: '2026-12-02T10:00:00Z', end: '2026-12-02T11:00:00Z' };

async function created(world: World, more: object = {}): Promise<number> {
  const answer = await world.old('POST', 'calendarevents.json', { ...event, ...more });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return pick(answer, 'id') as number;
}

void t.test('contract 10: writing events', async (t) => {
  const world = new World();
  const answer = await world.old('POST', 'calendarevents.json', { ...event, start: '2026-12-02T10:00:00.987+05:30' });
  t.strictSame(Object.keys(answer.body as object), ['id', 'uid', 'organizerEmail', 'organizerDisplayName', 'organizerUserId', 'invitationStatus', 'editableInvitationStatus']);
  const id = pick(answer, 'id') as number;
  t.equal(pick(await world.old('GET', `calendarevents/${id}.json`), 'start'), '2026-12-02T10:00:00+00:00', 'the offset is dropped, milliseconds are cut');
  t.equal((await world.old('PATCH', `calendarevents/${id}.json`, {})).status, 405);
  const put = await world.old('PUT', `calendarevents/${id}.json`, { title: 'T2' });
  t.notOk('id' in (put.body as object), 'PUT answers a small object');
  t.match(world.sim.admin.event(id), { title: 'T2', end: Date.UTC(2026, 11, 2, 11) / 1000 }, 'and is partial');
  const backwards = await world.old('PUT', `calendarevents/${id}.json`, { start: '2026-12-02T12:00:00Z' });
  t.strictSame([backwards.status, pick(backwards, 'errors', 'children', 'start')], [400, { errors: ['This date should be earlier than end date'] }]);
  const whole = (await world.old('GET', `calendarevents/${id}.json`)).body as object;
  t.match(pick(await world.old('PUT', `calendarevents/${id}.json`, whole), 'errors', 'errors', 0), '"updatedAt", "invitationStatus"', 'what was read cannot be put back');
  t.match(pick(await world.old('POST', 'calendarevents.json', { ...event, uid: 'u'.repeat(37) }), 'errors', 'children', 'uid'), { errors: [/36 characters/] });
  t.match(pick(await world.old('PUT', `calendarevents/${id}.json`, { uid: 'another' }), 'errors', 'children', 'uid'), { errors: [/./] }, 'a uid cannot be changed');
  t.equal(await created(world, { description: '<p>Hi<script>x()</script></p>' }).then((other) => world.sim.admin.event(other)?.description), '<p>Hi</p>');
});

void t.test('contract 10: an event without a known calendar is in none, and nobody lists it', async (t) => {
  const world = new World();
  for (const calendar of [undefined, 99_999]) {
    const answer = await world.old('POST', 'calendarevents.json', { ...event, calendar });
    t.strictSame([answer.status, pick(answer, 'organizerEmail')], [201, '']);
  }
  t.strictSame((await world.old('GET', 'calendarevents.json?calendar=1&page=1&limit=100')).body, []);
  t.strictSame((await world.old('GET', 'calendarevents.json?page=1&limit=100')).body, [], 'no calendar parameter is an empty list, no error');
  t.equal((await world.old('GET', 'calendarevents.json?calendar=1')).status, 400);
  t.equal((await world.old('GET', 'calendarevents.json?calendar=1&start=soon&end=later')).status, 500);
});

void t.test('contract 10: page mode has no order; updatedAt>= and totals', async (t) => {
  const world = new World();
  for (let index = 0; index < 20; index += 1) await created(world);
  world.tick(10);
  const late = await created(world);
  const ids = async (query: string): Promise<number[]> => ((await world.old('GET', `calendarevents.json?calendar=1&page=1&limit=100${query}`)).body as { id: number }[]).map((item) => item.id);
  t.not((await ids('')).join(), (await ids('')).join());
  t.strictSame(await ids('&updatedAt%3E=2026-11-22T10:00:10Z'), [late]);
  t.strictSame(await ids('&updatedAt%3E=2026-11-22T10:00:11Z'), []);
  const counted = await world.old('GET', 'calendarevents.json?calendar=1&page=1&limit=2', undefined, { 'x-include': 'totalCount' });
  t.equal(counted.headers.get('x-include-total-count'), '21');
});

void t.test('contract 10: 404 has three faces', async (t) => {
  const world = new World();
  t.strictSame((await world.old('GET', 'calendarevents/9.json')).body, '');
  t.strictSame((await world.old('PUT', 'calendarevents/9.json', {})).body, null);
  world.sim.admin.setSwitch('webApiEnabled', false);
  t.strictSame((await world.old('GET', 'calendarevents/9.json')).body, { code: 404 });
  world.sim.admin.setSwitch('webApiEnabled', true);
  t.match(firstError(await world.api('GET', '/api/calendarevents')), 'The resource is not accessible.');
});

void t.test('contract 10: a series keeps its local time across summer time; exceptions replace occurrences', async (t) => {
  const world = new World();
  const id = await created(world, {
    start: '2027-03-26T09:00:00Z',
    end: '2027-03-26T10:00:00Z',
    recurrence: { recurrenceType: 'daily', interval: 1, startTime: '2027-03-26T09:00:00Z', occurrences: 4, timeZone: 'Europe/Paris' },
  });
  const window = async (): Promise<string[]> =>
    ((await world.old('GET', 'calendarevents.json?calendar=1&start=2027-03-01T00:00:00Z&end=2027-04-30T00:00:00Z')).body as { id: number; start: string }[]).map((item) => `${item.id} ${item.start.slice(5, 16)}`);
  t.strictSame(await window(), [`${id} 03-26T09:00`, `${id} 03-27T09:00`, `${id} 03-28T08:00`, `${id} 03-29T08:00`]);
  const exception = { calendar: 1, title: 'moved', start: '2027-03-27T15:00:00Z', end: '2027-03-27T16:00:00Z', recurringEventId: id, originalStart: '2027-03-27T09:00:00Z' };
  const moved = await created(world, exception);
  await created(world, { ...exception, originalStart: '2027-03-28T08:00:00Z', isCancelled: true });
  t.strictSame(await window(), [`${id} 03-26T09:00`, `${moved} 03-27T15:00`, `${id} 03-29T08:00`]);
  t.equal(world.sim.admin.event(moved)?.uid, world.sim.admin.event(id)?.uid, 'an exception shares the uid');
  const one = pick(await world.old('GET', `calendarevents/${id}.json`), 'recurrence') as object;
  const listed = (await world.old('GET', 'calendarevents.json?calendar=1&page=1&limit=10')).body as { id: number; recurrence?: object }[];
  t.strictSame(['timezone' in one, 'timeZone' in (listed.find((item) => item.id === id)?.recurrence ?? {})], [true, true], 'timezone by id, timeZone in lists');
  t.equal(listed.length, 3, 'series once, exceptions as own records, cancelled included');
  await world.old('DELETE', `calendarevents/${id}.json`);
  t.equal((await world.old('GET', `calendarevents/${moved}.json`)).status, 404);
});

void t.test('contract 10: monthly, nth and yearly rules', async (t) => {
  const world = new World();
  const starts = async (rule: object, start: string): Promise<string> => {
    const id = await created(world, { start, end: start, recurrence: { interval: 1, startTime: start, timeZone: 'UTC', occurrences: 3, ...rule } });
    const list = (await world.old('GET', 'calendarevents.json?calendar=1&start=2027-01-01T00:00:00Z&end=2032-01-01T00:00:00Z')).body as { id: number; start: string }[];
    return list.filter((item) => item.id === id).map((item) => item.start.slice(0, 10)).join(' ');
  };
  t.equal(await starts({ recurrenceType: 'monthly', dayOfMonth: 31 }, '2027-01-31T08:00:00Z'), '2027-01-31 2027-02-28 2027-03-31');
  t.equal(await starts({ recurrenceType: 'monthnth', instance: 2, dayOfWeek: ['monday'] }, '2027-03-08T08:00:00Z'), '2027-03-08 2027-04-12 2027-05-10');
  t.equal(await starts({ recurrenceType: 'monthnth', instance: 5, dayOfWeek: ['friday'] }, '2027-03-26T08:00:00Z'), '2027-03-26 2027-04-30 2027-05-28');
  t.equal(await starts({ recurrenceType: 'weekly', interval: 2, dayOfWeek: ['monday', 'friday'] }, '2027-03-05T08:00:00Z'), '2027-03-05 2027-03-15 2027-03-19');
  t.equal(await starts({ recurrenceType: 'yearly', interval: 12, dayOfMonth: 15, monthOfYear: 3 }, '2027-03-15T08:00:00Z'), '2027-03-15 2028-03-15 2029-03-15');
  t.equal(await starts({ recurrenceType: 'yearnth', interval: 12, instance: 1, dayOfWeek: ['sunday'], monthOfYear: 11 }, '2027-11-07T08:00:00Z'), '2027-11-07 2028-11-05 2029-11-04');
  const bad = await world.old('POST', 'calendarevents.json', { ...event, recurrence: { recurrenceType: 'yearly', interval: 1, startTime: event.start } });
  t.match(pick(bad, 'errors', 'children', 'recurrence', 'children'), { interval: { errors: [/12/] }, timeZone: { errors: [/blank/] }, dayOfMonth: { errors: [/blank/] } });
});

void t.test("contract 10: an attendee who is a user gets a copy with the same uid", async (t) => {
  const world = new World();
  const id = await created(world, { attendees: [{ displayName: 'Ellen', email: 'SALE@example.com', type: 'required' }] });
  const copies = (await world.old('GET', 'calendarevents.json?calendar=2&page=1&limit=10')).body as { id: number; uid: string }[];
  t.match(copies, [{ parentEventId: id, uid: world.sim.admin.event(id)?.uid, isOrganizer: false, editable: false }]);
  world.tick(2);
  await world.old('PUT', `calendarevents/${id}.json`, { title: 'new' });
  t.equal(world.sim.admin.event(copies[0]?.id ?? 0)?.title, 'new');
  await world.as(2).old('DELETE', `calendarevents/${copies[0]?.id ?? 0}.json`);
  t.strictSame(world.sim.admin.event(id)?.attendees, [], 'deleting the copy takes the attendee off');
});

void t.test('contract 8: the audit log is late, has removals, and can be off', async (t) => {
  const world = new World();
  const since = '2026-11-22T10:00:00Z';
  const id = await world.contact({ firstName: 'A', emails: [{ email: 'a@e.com' }], primaryEmail: 'a@e.com' });
  await world.api('DELETE', `/api/contacts/${id}`);
  const removals = async (kind: string): Promise<unknown> => (await world.old('GET', `audits.json?page=1&limit=100&action=remove&objectClass=Oro_Bundle_${kind}&loggedAt%3E=${since}`)).body;
  t.strictSame(await removals('ContactBundle_Entity_Contact'), [], 'not yet');
  world.tick(3);
  t.match(await removals('ContactBundle_Entity_Contact'), [{ action: 'remove', objectId: id, objectClass: 'Oro\\Bundle\\ContactBundle\\Entity\\Contact' }]);
  t.match(await removals('ContactBundle_Entity_ContactEmail'), [{ action: 'remove' }]);
  t.strictSame(await removals('ContactBundle_Entity_ContactAddress'), [], 'addresses are not audited');
  t.equal((await world.old('GET', 'audits.json?page=1&limit=1&objectClass=Foo')).status, 500);
  t.equal((await world.as(3).old('GET', 'audits.json?page=1&limit=1')).status, 403);
  world.as(1).sim.admin.setSwitch('audit', false);
  await world.contact({ firstName: 'B' });
  world.sim.admin.runConsumer();
  t.notOk(world.sim.admin.listAudits().some((row) => row.objectName === 'B'));
});
