import t from 'tap';
import { codeOf, expandMarker, idOf, immutable, markerId, q, startGraph, valueOf, type Body } from './graph-support.ts';

const at = (dateTime: string, timeZone = 'UTC'): Body => ({ dateTime, timeZone });
const meeting = (more: Body = {}): Body => ({ subject: 'Standup', start: at('2026-03-10T09:00:00'), end: at('2026-03-10T09:30:00'), ...more });
const weekly = (range: Body = { type: 'noEnd', startDate: '2026-03-02' }): Body => ({ pattern: { type: 'weekly', interval: 1, daysOfWeek: ['Monday'] }, range });
const march = 'startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z';
const starts = (events: readonly Body[]): unknown[] => events.map((event) => (event['start'] as Body)['dateTime']);

t.test('M36: instants with their zone of creation; the answer is in UTC or in the zone asked for', async (t) => {
  const { send, get } = startGraph();
  const made = await send('POST', '/me/events', { subject: 's', start: at('2026-07-01T09:00:00', 'W. Europe Standard Time'), end: at('2026-07-01T10:00:00', 'Europe/Berlin') });
  t.equal(made.status, 201);
  t.same(made.body['start'], at('2026-07-01T07:00:00.0000000'));
  t.match(made.body, { originalStartTimeZone: 'W. Europe Standard Time', originalEndTimeZone: 'Europe/Berlin', type: 'singleInstance', isOrganizer: true });
  const path = `/me/events/${idOf(made.body)}`;
  const pacific = await get(path, { prefer: 'IdType="ImmutableId", outlook.timezone="Pacific Standard Time"' });
  t.same(pacific.body['start'], at('2026-07-01T00:00:00.0000000', 'Pacific Standard Time'));
  t.equal(pacific.headers.get('preference-applied'), 'IdType="ImmutableId", outlook.timezone="Pacific Standard Time"');
  t.same((await get(path, { prefer: 'outlook.timezone="America/New_York"' })).body['end'], at('2026-07-01T04:00:00.0000000', 'America/New_York'));
  t.equal((await get(path, { prefer: 'outlook.timezone="Atlantis"' })).status, 400);
  t.equal((await send('POST', '/me/events', { ...meeting(), start: at('2026-03-10T09:00:00+01:00') })).status, 400, 'a wall time has no offset');
  t.equal((await send('POST', '/me/events', { subject: 'no times' })).status, 400);
  t.equal((await send('PATCH', path, { end: at('2026-06-01T00:00:00') })).status, 400, 'the end lies before the start');
});

t.test('M37: all-day events are midnight to midnight in one zone, and come back so in every zone', async (t) => {
  const { send, get } = startGraph();
  const allDay = (start: Body, end: Body): Body => ({ subject: 'Holiday', isAllDay: true, start, end });
  const refused = [
    allDay(at('2026-05-05T00:00:00'), at('2026-05-05T23:59:00')),
    allDay(at('2026-05-05T01:00:00'), at('2026-05-06T01:00:00')),
    allDay(at('2026-05-05T00:00:00', 'Europe/Berlin'), at('2026-05-06T00:00:00', 'UTC')),
    allDay(at('2026-05-05T00:00:00'), at('2026-05-05T00:00:00')),
  ];
  for (const body of refused) t.equal(codeOf(await send('POST', '/me/events', body)), 'ErrorPropertyValidationFailure', JSON.stringify(body));
  const made = await send('POST', '/me/events', allDay(at('2026-05-05T00:00:00', 'Pacific/Kiritimati'), at('2026-05-08T00:00:00', 'Pacific/Kiritimati')));
  t.same(made.body['start'], at('2026-05-05T00:00:00.0000000'));
  const elsewhere = await get(`/me/events/${idOf(made.body)}`, { prefer: 'outlook.timezone="Hawaiian Standard Time"' });
  t.same(elsewhere.body['end'], at('2026-05-08T00:00:00.0000000', 'Hawaiian Standard Time'));
  const view = await get('/me/calendarView?startDateTime=2026-05-07T12:00:00Z&endDateTime=2026-05-08T00:00:00Z');
  t.same(valueOf(view), [], 'it is stored at midnight of its own zone: the window of the last day misses it');
  t.equal((await send('PATCH', `/me/events/${idOf(made.body)}`, { start: at('2026-05-05T08:00:00', 'Pacific/Kiritimati') })).status, 400);
});

t.test('M38: a series is expanded in the wall time of its zone, across a daylight-saving change', async (t) => {
  const { send, get } = startGraph();
  const made = await send('POST', '/me/events', { subject: 's', start: at('2026-03-02T09:00:00', 'Europe/Berlin'), end: at('2026-03-02T10:00:00', 'Europe/Berlin'), recurrence: weekly() });
  t.equal(made.body['type'], 'seriesMaster');
  const view = valueOf(await get('/me/calendarview?startdatetime=2026-03-20T00:00:00Z&enddatetime=2026-04-07T00:00:00Z'));
  t.same(starts(view), ['2026-03-23T08:00:00.0000000', '2026-03-30T07:00:00.0000000', '2026-04-06T07:00:00.0000000']);
  t.ok(view.every((event) => event['type'] === 'occurrence' && event['seriesMasterId'] === made.body['id'] && event['id'] !== made.body['id'] && event['recurrence'] === null));
  t.equal(new Set(view.map((event) => event['iCalUId'])).size, 3);
  t.same(valueOf(await get('/me/events')).map((event) => event['type']), ['seriesMaster'], 'events lists masters, no occurrences');
  t.equal((await get('/me/calendarView?startDateTime=2026-03-20T00:00:00Z')).status, 400, 'both ends are needed');
  t.equal(valueOf(await get(`/me/events/${idOf(made.body)}/instances?${march}`)).length, 5);
});

t.test('contract 4.4: patterns and ranges', async (t) => {
  const { graph, get } = startGraph();
  const days = async (start: string, pattern: Body, range: Body, to = '2028-12-31'): Promise<unknown[]> => {
    const event = graph.admin.createEvent({ start: at(`${start}T09:00:00`), end: at(`${start}T10:00:00`), recurrence: { pattern: { interval: 1, ...pattern }, range: { startDate: start, ...range } } });
    const view = await get(`/me/calendarView?startDateTime=2026-01-01T00:00:00Z&endDateTime=${to}T00:00:00Z&$top=50&$select=start`);
    graph.admin.deleteEvent(event.id);
    return starts(valueOf(view)).map((text) => String(text).slice(0, 10));
  };
  const numbered = { type: 'numbered', numberOfOccurrences: 3 };
  t.same(await days('2026-01-01', { type: 'daily', interval: 3 }, { type: 'endDate', endDate: '2026-01-08' }), ['2026-01-01', '2026-01-04', '2026-01-07']);
  t.same(await days('2026-01-06', { type: 'weekly', interval: 2, daysOfWeek: ['monday', 'tuesday'], firstDayOfWeek: 'monday' }, numbered), ['2026-01-06', '2026-01-19', '2026-01-20']);
  t.same(await days('2026-01-31', { type: 'absoluteMonthly', dayOfMonth: 31 }, numbered), ['2026-01-31', '2026-02-28', '2026-03-31']);
  t.same(await days('2026-01-30', { type: 'relativeMonthly', daysOfWeek: ['friday'], index: 'last' }, numbered), ['2026-01-30', '2026-02-27', '2026-03-27']);
  t.same(await days('2026-02-14', { type: 'absoluteYearly', dayOfMonth: 14, month: 2 }, { type: 'noEnd' }), ['2026-02-14', '2027-02-14', '2028-02-14']);
  t.same(await days('2026-11-26', { type: 'relativeYearly', daysOfWeek: ['thursday'], index: 'fourth', month: 11 }, { type: 'noEnd' }), ['2026-11-26', '2027-11-25', '2028-11-23']);
  const refused: readonly [Body, Body][] = [
    [{ type: 'weekly' }, { type: 'noEnd', startDate: '2026-03-10' }],
    [{ type: 'daily', interval: 0 }, { type: 'noEnd', startDate: '2026-03-10' }],
    [{ type: 'daily' }, { type: 'numbered', startDate: '2026-03-10' }],
    [{ type: 'daily' }, { type: 'noEnd', startDate: '2026-03-11' }],
    [{ type: 'daily', daysOfWeek: ['someday'] }, { type: 'noEnd', startDate: '2026-03-10' }],
  ];
  const { send } = startGraph();
  for (const [pattern, range] of refused) t.equal((await send('POST', '/me/events', meeting({ recurrence: { pattern, range } }))).status, 400, JSON.stringify([pattern, range]));
});

t.test('contract 4.3: an edited occurrence is an exception; a neighbour cannot be crossed; a deleted one is gone', async (t) => {
  const { send, get } = startGraph();
  await send('POST', '/me/events', { ...meeting(), start: at('2026-03-02T09:00:00'), end: at('2026-03-02T10:00:00'), recurrence: weekly() });
  const before = valueOf(await get(`/me/calendarView?${march}`));
  const second = `/me/events/${idOf(before[1] ?? {})}`;
  const moved = await send('PATCH', second, { subject: 'Moved', start: at('2026-03-11T09:00:00'), end: at('2026-03-11T10:00:00') });
  t.match(moved.body, { type: 'exception', subject: 'Moved', id: before[1]?.['id'], originalStart: '2026-03-09T09:00:00.0000000Z' });
  t.equal(codeOf(await send('PATCH', second, { start: at('2026-03-17T09:00:00'), end: at('2026-03-17T10:00:00') })), 'ErrorOccurrenceCrossingBoundary');
  t.equal((await send('DELETE', `/me/events/${idOf(before[2] ?? {})}`)).status, 204);
  t.equal((await get(`/me/events/${idOf(before[2] ?? {})}`)).status, 404);
  const after = valueOf(await get(`/me/calendarView?${march}`));
  t.same(starts(after), ['2026-03-02', '2026-03-11', '2026-03-23', '2026-03-30'].map((day) => `${day}T09:00:00.0000000`));
  t.same(after.map((event) => event['type']), ['occurrence', 'exception', 'occurrence', 'occurrence']);
});

t.test('M40, D7: mails that leave the mailbox are seen; the owner\'s own settings send none', async (t) => {
  const { graph, send } = startGraph();
  const attendees = [{ emailAddress: { address: 'adele@example.test' }, type: 'Required' }];
  const mails = (): unknown[] => graph.admin.outbox().map((mail) => [mail.type, mail.to, mail.by]);
  await send('POST', '/me/events', meeting());
  t.same(mails(), [], 'no attendees, no mail');
  const made = await send('POST', '/me/events', meeting({ attendees }));
  t.match((made.body['attendees'] as Body[])[0], { type: 'required' });
  const path = `/me/events/${idOf(made.body)}`;
  await send('PATCH', path, { categories: ['Red'], showAs: 'free', singleValueExtendedProperties: [{ id: markerId, value: '1' }] });
  t.same(mails(), [['invitation', ['adele@example.test'], 'api']]);
  graph.admin.clearOutbox();
  await send('PATCH', path, { subject: 'Other' });
  await send('PATCH', path, { attendees: [...attendees, { emailAddress: { address: 'bob@example.test' } }] });
  await send('DELETE', path);
  t.same(mails(), [
    ['update', ['adele@example.test'], 'api'],
    ['invitation', ['bob@example.test'], 'api'],
    ['cancellation', ['adele@example.test', 'bob@example.test'], 'api'],
  ]);
});

t.test('Q24: an invitation received belongs to somebody else', async (t) => {
  const { graph, send, get } = startGraph();
  const event = graph.admin.createEvent(meeting({ organizer: { emailAddress: { name: 'Boss', address: 'boss@example.test' } }, attendees: [{ emailAddress: { address: 'me@example.test' } }] }));
  const path = `/me/events/${encodeURIComponent(event.id)}`;
  t.match((await get(path)).body, { isOrganizer: false, organizer: { emailAddress: { address: 'boss@example.test' } }, responseStatus: { response: 'notResponded' } });
  t.equal((await send('POST', `${path}/cancel`, { Comment: 'x' })).status, 400);
  t.equal((await send('POST', `${path}/accept`, { sendResponse: false })).status, 202);
  t.same(graph.admin.outbox(), []);
  t.equal((await send('POST', `${path}/decline`, { comment: 'no' })).status, 202);
  t.match(graph.admin.outbox(), [{ type: 'response', to: ['boss@example.test'] }]);
  t.equal((await get(path)).status, 404, 'a declined meeting is deleted');
  const own = await send('POST', '/me/events', meeting());
  t.equal((await send('POST', `/me/events/${idOf(own.body)}/accept`, {})).status, 400);
  t.equal((await send('POST', `/me/events/${idOf(own.body)}/dismissReminder`)).status, 200);
  t.equal((await send('POST', `/me/events/${idOf(own.body)}/cancel`)).status, 202);
});

t.test('K4: transactionId makes a repeated POST one event', async (t) => {
  const { graph, send } = startGraph();
  const first = await send('POST', '/me/events', meeting({ transactionId: 'T-1' }));
  t.equal(first.body['transactionId'], 'T-1');
  const again = await send('POST', '/me/events', meeting({ subject: 'changed', transactionId: 'T-1' }));
  t.match(again.body, { id: first.body['id'], subject: 'Standup' });
  t.equal(graph.admin.listEvents().length, 1);
  t.equal(graph.counters.records['event']?.created, 1);
  t.notOk('transactionId' in (await send('POST', '/me/events', meeting())).body);
  t.equal((await send('PATCH', `/me/events/${idOf(first.body)}`, { transactionId: 'T-2' })).status, 400);
  graph.admin.setSwitch('transactionReplay', 'conflict');
  t.equal((await send('POST', '/me/events', meeting({ transactionId: 'T-1' }))).status, 409);
  graph.admin.setSwitch('transactionReplay', 'same-event');
  await send('DELETE', `/me/events/${idOf(first.body)}`);
  t.equal((await send('POST', '/me/events', meeting({ transactionId: 'T-1' }))).status, 409, 'a used one stays used');
});

t.test('S17: sensitivity, categories, bodies, markers and other calendars', async (t) => {
  const { graph, send, get } = startGraph();
  const made = await send('POST', '/me/events', meeting({ sensitivity: 'Private', body: { contentType: 'text', content: 'a < b' }, singleValueExtendedProperties: [{ id: markerId, value: 'AbC' }] }));
  t.match(made.body, { sensitivity: 'private', bodyPreview: 'a < b', body: { contentType: 'html', content: '<html><head></head><body>a &lt; b</body></html>' } });
  t.same((await get(`/me/events/${idOf(made.body)}`, { prefer: 'outlook.body-content-type="text"' })).body['body'], { contentType: 'text', content: 'a < b' });
  t.same((await get(`/me/events/${idOf(made.body)}?$select=id&${expandMarker()}`)).body['singleValueExtendedProperties'], [{ id: markerId, value: 'AbC' }]);
  const found = await get(`/me/events?$filter=${q(`singleValueExtendedProperties/Any(ep: ep/id eq '${markerId}' and contains(ep/value, 'bc'))`)}`);
  t.equal(valueOf(found).length, 1, 'contains works for events');
  t.equal(valueOf(await get(`/me/events?$filter=${q("start/dateTime ge '2026-03-10T09:00:00' and sensitivity eq 'private'")}`)).length, 1);
  const calendar = await send('POST', '/me/calendars', { name: 'Volunteer' });
  t.equal((await send('POST', '/me/calendars', { name: 'Volunteer' })).status, 409);
  const inside = `/me/calendars/${idOf(calendar.body)}/events`;
  const other = await send('POST', inside, meeting());
  t.equal(valueOf(await get(inside)).length, 1);
  t.equal(valueOf(await get('/me/events')).length, 1, 'the default calendar only');
  t.equal((await get(`/me/events/${idOf(other.body)}`)).status, 200);
  t.equal((await get(`/me/calendars/${encodeURIComponent(graph.admin.calendars()[0]?.id ?? '')}/events/${idOf(other.body)}`)).status, 404);
  t.equal((await send('DELETE', `/me/calendars/${encodeURIComponent(graph.admin.calendars()[0]?.id ?? '')}`)).status, 400);
});

t.test('K14: an event moved to another calendar keeps its immutable id; times may be rounded', async (t) => {
  const { graph, send, get } = startGraph({ switches: { roundTimes: true } });
  const made = await send('POST', '/me/events', { subject: 's', start: at('2026-03-10T09:00:31'), end: at('2026-03-10T10:00:59') }, immutable);
  t.same(made.body['start'], at('2026-03-10T09:00:00.0000000'));
  const calendar = graph.admin.createCalendar('Other');
  graph.admin.moveEvent(String(made.body['id']), { in: calendar.id });
  t.equal((await get(`/me/events/${idOf(made.body)}`, immutable)).body['id'], made.body['id']);
  t.equal((await send('PATCH', `/me/events/${idOf(made.body)}`, { subject: 'x' }, { 'if-match': String(made.body['@odata.etag']) })).status, 412);
  const copy = graph.admin.copyEvent(String(made.body['id']));
  t.not(copy.id, made.body['id']);
});
