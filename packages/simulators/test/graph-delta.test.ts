import t from 'tap';
import { codeOf, immutable, startGraph, valueOf, type Body, type GraphWorld } from './graph-support.ts';

const at = (dateTime: string): Body => ({ dateTime, timeZone: 'UTC' });
const event = (day: string, more: Body = {}): Body => ({ subject: day, start: at(`${day}T09:00:00`), end: at(`${day}T10:00:00`), ...more });
const march = '/me/calendarView/delta?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z';
const ids = (rows: readonly Body[]): unknown[] => rows.map((row) => row['id']);
const removed = (rows: readonly Body[]): unknown[] => rows.filter((row) => '@removed' in row).map((row) => row['id']);

function contactsPath({ graph }: GraphWorld): string {
  return `/me/contactFolders/${encodeURIComponent(graph.admin.folders()[0]?.id ?? '')}/contacts/delta`;
}

t.test('contract 6: rounds of pages, links on graph.microsoft.com, deletions last', async (t) => {
  const world = startGraph();
  const made = Array.from({ length: 7 }, (_, index) => world.graph.admin.createContact({ givenName: `N${index}` }));
  world.graph.admin.deleteContact(made[3]?.id ?? '');
  const first = await world.round(`${contactsPath(world)}?$select=givenName`, { ...immutable, prefer: `${immutable.prefer}, odata.maxpagesize=3` });
  t.same(ids(first.rows), ids(made.filter((_, index) => index !== 3)), 'what was created and deleted is not told');
  t.same(first.pages.map((page) => valueOf(page).length), [3, 3]);
  t.match(first.link, /^https:\/\/graph\.microsoft\.com\/v1\.0\/me\/contactFolders\/.*\?\$deltatoken=/);
  t.same(Object.keys(first.rows[0] ?? {}), ['@odata.etag', 'id', 'givenName'], '$select goes on in the token');
  world.graph.admin.updateContact(made[0]?.id ?? '', { givenName: 'changed' });
  world.graph.admin.updateContact(made[0]?.id ?? '', { givenName: 'changed twice' });
  world.graph.admin.deleteContact(made[1]?.id ?? '');
  const second = await world.round(first.link, immutable);
  t.match(second.rows, [{ id: made[0]?.id, givenName: 'changed twice' }, { '@odata.type': '#microsoft.graph.contact', id: made[1]?.id, '@removed': { reason: 'deleted' } }]);
  t.same((await world.round(second.link, immutable)).rows, []);
  t.equal((await world.round(first.link, immutable)).rows.length, 2, 'an older deltaLink still works');
});

t.test('contract 6: ids of each page follow its own Prefer', async (t) => {
  const world = startGraph();
  const { id } = world.graph.admin.createContact({ givenName: 'A' });
  const { rows, link } = await world.round(contactsPath(world));
  t.not(rows[0]?.['id'], id);
  world.graph.admin.deleteContact(id);
  t.same(ids((await world.round(link)).rows), ids(rows));
  t.same(ids((await world.round(link, immutable)).rows), [id]);
});

t.test('contract 6.2: an empty collection answers an empty page first', async (t) => {
  const world = startGraph();
  const { pages } = await world.round(march);
  t.equal(pages.length, 2);
  t.same(pages.map((page) => valueOf(page)), [[], []]);
});

t.test('contract 6: unruly modes: rows in no order, pages smaller than asked for', async (t) => {
  const world = startGraph();
  const made = Array.from({ length: 12 }, (_, index) => world.graph.admin.createContact({ givenName: `N${index}` }));
  world.graph.admin.setSwitch('deltaShuffled', true);
  const { rows } = await world.round(contactsPath(world), immutable);
  t.not(ids(rows).join(), ids(made).join());
  t.same(ids(rows).sort(), ids(made).sort(), 'every row once');
  world.graph.admin.setSwitch('largestPage', 5);
  t.same((await world.round(contactsPath(world), immutable)).pages.map((page) => valueOf(page).length), [5, 5, 2]);
  const listed = await world.get('/me/contacts?$top=200');
  t.equal(valueOf(listed).length, 5, '$top is a wish');
  t.match(listed.body?.['@odata.nextLink'], /\$skip=5$/);
});

t.test('contract 6: unruly modes: empty first page, trailing page, duplicates, replays', async (t) => {
  const world = startGraph();
  const made = Array.from({ length: 4 }, (_, index) => world.graph.admin.createContact({ givenName: `N${index}` }));
  const sizes = async (path = contactsPath(world)): Promise<number[]> => (await world.round(path, { prefer: 'odata.maxpagesize=2' })).pages.map((page) => valueOf(page).length);
  t.same(await sizes(), [2, 2]);
  world.graph.admin.setSwitch('deltaEmptyFirstPage', true);
  t.same(await sizes(), [0, 2, 2]);
  world.graph.admin.setSwitch('deltaEmptyFirstPage', false);
  world.graph.admin.setSwitch('deltaTrailingPage', true);
  t.same(await sizes(), [2, 2, 0]);
  world.graph.admin.setSwitch('deltaDuplicates', true);
  t.same((await sizes()).at(-1), 1, 'a row that is only repeated asks for no further page: the round ends');
  world.graph.admin.setSwitch('deltaDuplicates', false);
  world.graph.admin.setSwitch('deltaTrailingPage', false);
  world.graph.admin.setSwitch('deltaDuplicates', true);
  const doubled = await world.round(contactsPath(world), { prefer: `${immutable.prefer}, odata.maxpagesize=2` });
  t.same(ids(doubled.rows), [0, 1, 1, 2, 2, 3].map((index) => made[index]?.id));
  world.graph.admin.setSwitch('deltaDuplicates', false);
  world.graph.admin.setSwitch('deltaReplays', 3);
  t.same(ids((await world.round(doubled.link, immutable)).rows), ids(made.slice(1)), 'the latest three once more');
});

t.test('contract 6: a removal may come in the first round, of an id nobody saw', async (t) => {
  const world = startGraph({ switches: { deltaRemovedAtFirst: true } });
  const { id } = world.graph.admin.createContact({ givenName: 'A' });
  world.graph.admin.deleteContact(id);
  t.same(removed((await world.round(contactsPath(world), immutable)).rows), [id]);
});

t.test('D9: tokens expire on demand, and a finished round takes its nextLinks along', async (t) => {
  const world = startGraph();
  for (let index = 0; index < 4; index += 1) world.graph.admin.createContact({ givenName: `N${index}` });
  const prefer = { prefer: 'odata.maxpagesize=2' };
  const first = await world.get(contactsPath(world), prefer);
  const next = String(first.body['@odata.nextLink']);
  t.equal((await world.get(next, prefer)).status, 200);
  const dead = await world.get(next, prefer);
  t.equal(dead.status, 410);
  t.equal(codeOf(dead), 'SyncStateNotFound');
  t.match(dead.headers.get('location'), /\$deltatoken=$/);
  const { link } = await world.round(contactsPath(world));
  world.graph.admin.expireDeltaTokens();
  t.equal((await world.get(link)).status, 410);
  const again = await world.round(contactsPath(world));
  t.equal(again.rows.length, 4);
  t.equal((await world.get(`${again.link}&$select=id`)).status, 400, 'options are part of the token');
  t.equal((await world.get(again.link.replace('/contactFolders', '/todo/lists'))).status, 400);
  t.equal((await world.get(`${contactsPath(world)}?$deltatoken=nonsense`)).status, 400);
  world.graph.admin.setSwitch('deltaOldNextLinks', 'readable');
  const readable = String((await world.get(contactsPath(world), prefer)).body['@odata.nextLink']);
  await world.get(readable, prefer);
  t.equal((await world.get(readable, prefer)).status, 200);
});

t.test('contract 6: what changes during a round comes in this round or the next, never in none', async (t) => {
  const world = startGraph();
  const made = Array.from({ length: 4 }, (_, index) => world.graph.admin.createContact({ givenName: `N${index}` }));
  const prefer = { prefer: `${immutable.prefer}, odata.maxpagesize=2` };
  const page = await world.get(contactsPath(world), prefer);
  world.graph.admin.updateContact(made[0]?.id ?? '', { givenName: 'seen already' });
  world.graph.admin.updateContact(made[2]?.id ?? '', { givenName: 'not seen yet' });
  world.graph.admin.deleteContact(made[3]?.id ?? '');
  const rest = await world.round(String(page.body['@odata.nextLink']), prefer);
  const later = await world.round(rest.link, prefer);
  t.same(ids([...rest.rows, ...later.rows]), [made[0]?.id, made[2]?.id, made[3]?.id]);
  t.same(removed(later.rows), [made[3]?.id]);
});

t.test('K14: a contact moved is removed in one chain and new in the other', async (t) => {
  const world = startGraph();
  const folder = world.graph.admin.createFolder('Friends');
  const { id } = world.graph.admin.createContact({ givenName: 'A' });
  const here = await world.round(contactsPath(world), immutable);
  const there = await world.round(`/me/contactFolders/${folder.id}/contacts/microsoft.graph.delta()`, immutable);
  world.graph.admin.moveContact(id, { in: folder.id });
  t.same(removed((await world.round(here.link, immutable)).rows), [id]);
  t.match((await world.round(there.link, immutable)).rows, [{ id, givenName: 'A' }]);
});

t.test('contract 2.3: expand on a contact delta is refused, unless switched on; /me/contacts/delta likewise can be', async (t) => {
  const world = startGraph();
  const expand = `$expand=${encodeURIComponent("singleValueExtendedProperties($filter=id eq 'String 0x3A24')")}`;
  world.graph.admin.createContact({ givenName: 'A', singleValueExtendedProperties: [{ id: 'String 0x3A24', value: '1' }] });
  t.equal((await world.get(`${contactsPath(world)}?${expand}`)).status, 400);
  world.graph.admin.setSwitch('contactDeltaExpand', 'accepted');
  const { rows, link } = await world.round(`${contactsPath(world)}?${expand}`);
  t.same(rows[0]?.['singleValueExtendedProperties'], [{ id: 'String 0x3A24', value: '1' }]);
  world.graph.admin.createContact({ givenName: 'B', singleValueExtendedProperties: [{ id: 'String 0x3A24', value: '2' }] });
  t.same((await world.round(link)).rows[0]?.['singleValueExtendedProperties'], [{ id: 'String 0x3A24', value: '2' }], 'the expansion is in the token');
  world.graph.admin.setSwitch('contactsDelta', 'refused');
  t.equal((await world.get('/me/contacts/delta')).status, 501);
});

t.test('contract 4.5: the window of a calendar view is frozen; outside of it everything is "removed"', async (t) => {
  const world = startGraph();
  const inside = world.graph.admin.createEvent(event('2026-03-10'));
  world.graph.admin.createEvent(event('2026-05-10'));
  const first = await world.round(march, immutable);
  t.same(ids(first.rows), [inside.id]);
  const later = world.graph.admin.createEvent(event('2026-06-10'));
  world.graph.admin.updateEvent(inside.id, { start: at('2026-04-10T09:00:00'), end: at('2026-04-10T10:00:00') });
  const second = await world.round(first.link, immutable);
  t.same(removed(second.rows), [later.id, inside.id], 'an id never seen, and one that only moved away');
  t.equal((await world.get(`/me/events/${encodeURIComponent(inside.id)}`)).status, 200, 'it is still there');
  world.graph.admin.updateEvent(inside.id, { start: at('2026-03-12T09:00:00'), end: at('2026-03-12T10:00:00') });
  const third = await world.round(second.link, immutable);
  t.match(third.rows, [{ id: inside.id, start: at('2026-03-12T09:00:00.0000000') }]);
  for (const option of ['$select=id', '$expand=extensions', "$filter=subject eq 'x'", '$orderby=subject']) t.equal((await world.get(`${march}&${option}`)).status, 400, option);
  t.equal((await world.get('/me/calendarView/delta')).status, 400, 'the window is required');
});

t.test('contract 4.5: occurrences in delta, also those a new pattern takes away', async (t) => {
  const world = startGraph();
  const recurrence = (day: string): Body => ({ pattern: { type: 'weekly', interval: 1, daysOfWeek: [day] }, range: { type: 'noEnd', startDate: day === 'monday' ? '2026-03-02' : '2026-03-03' } });
  const master = world.graph.admin.createEvent(event('2026-03-02', { recurrence: recurrence('monday') }));
  const first = await world.round(march, { prefer: `${immutable.prefer}, odata.maxpagesize=2` });
  t.equal(first.rows.length, 5);
  t.same(first.pages.map((page) => valueOf(page).length), [2, 2, 1], 'a series is cut by the page size');
  t.ok(first.rows.every((row) => row['seriesMasterId'] === master.id && row['type'] === 'occurrence'));
  world.graph.admin.deleteEvent(String(first.rows[1]?.['id']));
  world.graph.admin.updateEvent(String(first.rows[2]?.['id']), { subject: 'edited' });
  const second = await world.round(first.link, immutable);
  t.match(second.rows, [{ id: first.rows[1]?.['id'], '@removed': {} }, { id: first.rows[2]?.['id'], type: 'exception', subject: 'edited' }]);
  world.graph.admin.updateEvent(master.id, { start: at('2026-03-03T09:00:00'), end: at('2026-03-03T10:00:00'), recurrence: recurrence('tuesday') });
  const third = await world.round(second.link, immutable);
  t.same(new Set(removed(third.rows)), new Set([0, 2, 3, 4].map((index) => first.rows[index]?.['id'])), 'Mondays that were shown are gone');
  t.equal(third.rows.filter((row) => row['type'] === 'occurrence').length, 5, 'Tuesdays are there');
  world.graph.admin.deleteEvent(master.id);
  const fourth = await world.round(third.link, immutable);
  t.same(new Set(removed(fourth.rows)), new Set([master.id, ...ids(third.rows.filter((row) => row['type'] === 'occurrence'))]));
});

t.test('contract 4.5: a single event that becomes a series, sparse occurrences, and another calendar', async (t) => {
  const world = startGraph({ switches: { deltaSparseOccurrences: true } });
  const single = world.graph.admin.createEvent(event('2026-03-30'));
  const calendar = world.graph.admin.createCalendar('Other');
  const first = await world.round(march, immutable);
  const other = await world.round(`/me/calendars/${calendar.id}${march.slice(3)}`, immutable);
  world.graph.admin.updateEvent(single.id, { recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2026-03-30' } } });
  const second = await world.round(first.link, immutable);
  t.same(removed(second.rows), [single.id], 'the master is no line of a view');
  t.same(Object.keys(second.rows[0] ?? {}), ['@odata.etag', 'id', 'seriesMasterId', 'type', 'start', 'end']);
  world.graph.admin.moveEvent(single.id, { in: calendar.id });
  t.equal(removed((await world.round(second.link, immutable)).rows).length, 3);
  t.equal((await world.round(other.link, immutable)).rows.length, 2);
  t.equal((await world.get('/me/events/delta')).status, 501);
  world.graph.admin.setSwitch('eventsDelta', 'as-calendar-view');
  t.equal((await world.get(`/me/events/delta?${march.split('?')[1] ?? ''}`)).status, 200);
});

t.test('contract 3.4: lists and folders have a delta of their own', async (t) => {
  const world = startGraph();
  const lists = await world.round('/me/todo/lists/delta');
  t.equal(lists.rows.length, 2);
  const list = world.graph.admin.createList('Trips');
  const folder = world.graph.admin.createFolder('Friends');
  t.match((await world.round(lists.link)).rows, [{ id: list.id, displayName: 'Trips' }]);
  const folders = await world.round('/me/contactfolders/delta');
  t.match(folders.rows, [{ id: folder.id, displayName: 'Friends' }]);
  world.graph.admin.deleteFolder(folder.id);
  t.same(removed((await world.round(folders.link)).rows), [folder.id]);
});

t.test('contract 12.7: a round costs what changed', async (t) => {
  const world = startGraph();
  const made = Array.from({ length: 3_000 }, (_, index) => world.graph.admin.createContact({ givenName: `N${index}` }));
  const { link } = await world.round(contactsPath(world), { prefer: 'odata.maxpagesize=1000' });
  // Many changes of one contact are one row, and the log does not grow with them without end.
  for (let index = 0; index < 10_000; index += 1) world.graph.admin.updateContact(made[5]?.id ?? '', { jobTitle: `${index}` });
  const { rows, pages } = await world.round(link);
  t.equal(rows.length, 1);
  t.equal(pages.length, 1);
});
