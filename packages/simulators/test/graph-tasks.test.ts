import t from 'tap';
import { codeOf, idOf, markerId, q, startGraph, valueOf, type Body, type GraphWorld } from './graph-support.ts';

async function defaultList({ get }: GraphWorld): Promise<string> {
  const list = valueOf(await get('/me/todo/lists')).find((entry) => entry['wellknownListName'] === 'defaultList');
  return `/me/todo/lists/${idOf(list ?? {})}`;
}

t.test('contract 3.1: built-in lists are found by their well-known name and cannot be renamed or deleted', async (t) => {
  const { send, get } = startGraph();
  const lists = valueOf(await get('/me/todo/lists'));
  t.same(lists.map((list) => list['wellknownListName']), ['defaultList', 'flaggedEmails']);
  for (const list of lists) {
    t.equal((await send('PATCH', `/me/todo/lists/${idOf(list)}`, { displayName: 'x' })).status, 400);
    t.equal((await send('DELETE', `/me/todo/lists/${idOf(list)}`)).status, 400);
  }
  t.equal((await send('POST', `/me/todo/lists/${idOf(lists[1] ?? {})}/tasks`, { title: 'x' })).status, 400, 'flagged e-mails take no tasks');
  const made = await send('POST', '/me/todo/lists', { displayName: 'Travel items' });
  t.match(made.body, { wellknownListName: 'none', isOwner: true });
  t.equal((await send('PATCH', `/me/todo/lists/${idOf(made.body)}`, { displayName: 'Trips' })).body['displayName'], 'Trips');
  t.equal((await send('DELETE', `/me/todo/lists/${idOf(made.body)}`)).status, 204);
});

t.test('K1: a task is created with its linked resource inline; later it only comes when expanded', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  const made = await world.send('POST', `${list}/tasks`, { title: 'Call Ada', linkedResources: [{ applicationName: 'OroCRM', externalId: 'o/88' }] });
  t.equal(made.status, 201);
  const [linked] = made.body['linkedResources'] as Body[];
  t.match(linked, { applicationName: 'OroCRM', externalId: 'o/88' });
  t.type(linked?.['id'], 'string');
  t.notOk('changeKey' in made.body, 'a task has an etag only');
  t.notOk('dueDateTime' in made.body, 'what is not set is left out');
  t.notOk('linkedResources' in (await world.get(`${list}/tasks/${idOf(made.body)}`)).body);
  t.equal(((await world.get(`${list}/tasks/${idOf(made.body)}?$expand=linkedResources`)).body['linkedResources'] as Body[]).length, 1);
  t.equal(((await world.round(`${list}/tasks/delta?$expand=linkedResources`)).rows[0]?.['linkedResources'] as Body[]).length, 1);
  t.equal((await world.send('PATCH', `${list}/tasks/${idOf(made.body)}`, { linkedResources: [] })).status, 400, 'they change at their own address');
});

t.test('contract 5.1: no extended properties on tasks', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  t.equal((await world.send('POST', `${list}/tasks`, { title: 'x', singleValueExtendedProperties: [{ id: markerId, value: '1' }] })).status, 400);
  t.equal((await world.get(`${list}/tasks?$expand=${q(`singleValueExtendedProperties($filter=id eq '${markerId}')`)}`)).status, 400);
});

t.test('M28, M29: due dates lose their time in UTC; what the To Do app sets is local midnight in UTC', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  const due = async (dateTime: string, timeZone: string): Promise<unknown> => (await world.send('POST', `${list}/tasks`, { title: 'x', dueDateTime: { dateTime, timeZone } })).body['dueDateTime'];
  t.same(await due('2026-03-10T04:10:00', 'UTC'), { dateTime: '2026-03-10T00:00:00.0000000', timeZone: 'UTC' });
  t.same(await due('2026-03-10T23:00:00', 'Pacific Standard Time'), { dateTime: '2026-03-11T00:00:00.0000000', timeZone: 'UTC' }, 'the day is counted in UTC');
  t.equal((await world.send('POST', `${list}/tasks`, { title: 'x', dueDateTime: { dateTime: '2026-03-10T00:00:00', timeZone: 'Nowhere' } })).status, 400);
  const byPerson = world.graph.admin.createTask({ title: 'y', dueDateTime: { dateTime: '2026-03-10T00:00:00', timeZone: 'Pacific/Kiritimati' } });
  t.same(byPerson['dueDateTime'], { dateTime: '2026-03-09T10:00:00.0000000', timeZone: 'UTC' });
  const shifted = await world.get(`${list}/tasks/${encodeURIComponent(byPerson.id)}`, { prefer: 'outlook.timezone="Pacific Standard Time"' });
  t.same(shifted.body['dueDateTime'], { dateTime: '2026-03-09T03:00:00.0000000', timeZone: 'Pacific Standard Time' }, 'asking for a zone converts what is no instant');
});

t.test('M30: completing sets the day of completion, opening clears it', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  const made = await world.send('POST', `${list}/tasks`, { title: 'x' });
  const path = `${list}/tasks/${idOf(made.body)}`;
  const done = await world.send('PATCH', path, { status: 'completed' });
  t.same(done.body['completedDateTime'], { dateTime: '2026-03-02T00:00:00.0000000', timeZone: 'UTC' });
  t.notOk('completedDateTime' in (await world.send('PATCH', path, { status: 'waitingOnOthers' })).body);
  t.equal((await world.send('PATCH', path, { status: 'Closed' })).status, 400);
  t.equal((await world.send('PATCH', path, { status: 'Completed' })).body['status'], 'completed', 'capitalised words are taken');
});

t.test('K14: a task moved to another list is another task', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  const other = world.graph.admin.createList('Later');
  const task = world.graph.admin.createTask({ title: 'x', linkedResources: [{ applicationName: 'OroCRM', externalId: 'o/1' }] });
  const { link } = await world.round(`${list}/tasks/delta`);
  const moved = world.graph.admin.moveTask(task.id, { in: other.id });
  t.not(moved.id, task.id);
  t.match((moved['linkedResources'] as Body[])[0], { externalId: 'o/1' });
  t.equal((await world.get(`${list}/tasks/${encodeURIComponent(task.id)}`)).status, 404);
  t.match((await world.round(link)).rows, [{ id: task.id, '@removed': { reason: 'deleted' } }]);
  t.equal((await world.round(`/me/todo/lists/${other.id}/tasks/delta`)).rows[0]?.['id'], moved.id);
  t.equal((await world.get(`${list}/tasks/${encodeURIComponent(moved.id)}`)).status, 404, 'a task is found in its own list only');
});

t.test('contract 15.5: a linked resource touches its task, or does not', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  const task = world.graph.admin.createTask({ title: 'x' });
  const path = `${list}/tasks/${encodeURIComponent(task.id)}/linkedResources`;
  let { link } = await world.round(`${list}/tasks/delta`);
  const made = await world.send('POST', path, { applicationName: 'OroCRM', externalId: 'o/1', webUrl: 'https://crm.example.test/1' });
  t.equal(made.status, 201);
  let next = await world.round(link);
  t.equal(next.rows.length, 1);
  ({ link } = next);
  world.graph.admin.setSwitch('linkedResourceTouchesTask', false);
  t.equal((await world.send('PATCH', `${path}/${idOf(made.body)}`, { externalId: 'o/2' })).body['externalId'], 'o/2');
  next = await world.round(link);
  t.same(next.rows, []);
  t.equal((await world.send('DELETE', `${path}/${idOf(made.body)}`)).status, 204);
  t.same(valueOf(await world.get(path)), []);
  world.graph.admin.setSwitch('taskDeltaExpand', 'refused');
  t.equal((await world.get(`${list}/tasks/delta?$expand=linkedResources`)).status, 400);
});

t.test('contract 3.2: checklist items and If-Match', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  const made = await world.send('POST', `${list}/tasks`, { title: 'x' });
  const path = `${list}/tasks/${idOf(made.body)}`;
  const item = await world.send('POST', `${path}/checklistItems`, { displayName: 'step' });
  t.match((await world.send('PATCH', `${path}/checklistItems/${idOf(item.body)}`, { isChecked: true })).body, { displayName: 'step', isChecked: true, checkedDateTime: /^2026-03-02T09/ });
  t.equal((await world.send('PATCH', path, { title: 'y' }, { 'if-match': String(made.body['@odata.etag']) })).status, 412);
  t.equal((await world.send('DELETE', `${path}/checklistItems/${idOf(item.body)}`)).status, 204);
});

t.test('contract 3.1: titles, recurrence and filters', async (t) => {
  const world = startGraph();
  const list = await defaultList(world);
  t.equal((await world.send('POST', `${list}/tasks`, { title: ' ' })).status, 400);
  const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2026-03-10' } };
  t.equal((await world.send('POST', `${list}/tasks`, { title: 'x', recurrence })).status, 400, 'a recurring task needs a due date');
  t.equal((await world.send('POST', `${list}/tasks`, { title: 'x', recurrence, dueDateTime: { dateTime: '2026-03-10T00:00:00', timeZone: 'UTC' } })).status, 201);
  world.graph.admin.createTask({ title: 'done', status: 'completed' });
  t.same(valueOf(await world.get(`${list}/tasks?$filter=${q("status eq 'completed'")}`)).map((task) => task['title']), ['done']);
  t.same(valueOf(await world.get(`${list}/tasks?$filter=${q("dueDateTime/dateTime ge '2026-03-01T00:00:00'")}`)).map((task) => task['title']), ['x']);
});

t.test('M9: notes may come back as HTML', async (t) => {
  const world = startGraph({ switches: { htmlNotes: true } });
  const list = await defaultList(world);
  const made = await world.send('POST', `${list}/tasks`, { title: 'x', body: { contentType: 'text', content: 'a < b\nc' } });
  t.same(made.body['body'], { contentType: 'html', content: '<html><head></head><body>a &lt; b<br>\r\nc</body></html>' });
  t.equal(codeOf(await world.send('PATCH', `${list}/tasks/${idOf(made.body)}`, { body: 'text' })), 'BadRequest');
});
