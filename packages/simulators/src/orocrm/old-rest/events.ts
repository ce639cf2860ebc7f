import { isObject } from '../../shared/json.ts';
import { mayUse, maySee, type Actor } from '../actor.ts';
import { xInclude } from '../http.ts';
import { shuffle } from '../json-api/list.ts';
import { createEvent, deleteEvent, updateEvent } from '../records/events.ts';
import { describeRule, occurrencesOf } from '../records/recurrence.ts';
import type { EventRow, RecurrenceRow, Seconds } from '../rows.ts';
import type { Store } from '../store.ts';
import { parseTime, toOffset } from '../times.ts';
import { readEvent } from './event-form.ts';
import { holds, valueOf, type OldParameter } from './query.ts';
import { code, notAllowed, reply } from './reply.ts';

/** A call of the calendar addresses; `body` is absent where none could be read. */
export interface EventCall {
  readonly store: Store;
  readonly actor: Actor;
  readonly request: Request;
  readonly query: readonly OldParameter[];
  readonly body: unknown;
}

/** `calendarevents.json` and `calendarevents/ID.json`. */
export function answerEvents(call: EventCall, id: string | undefined): Response {
  const { method } = call.request;
  if (id === undefined) {
    if (method !== 'GET' && method !== 'POST') return notAllowed('GET, POST');
    if (!mayUse(call.actor, 'event')) return code(403);
    return method === 'GET' ? list(call) : create(call);
  }
  if (method !== 'GET' && method !== 'PUT' && method !== 'DELETE') return notAllowed('GET, PUT, DELETE');
  if (!mayUse(call.actor, 'event')) return code(403);
  const row = call.store.events.get(Number(id));
  // A reading client gets a JSON string of no length, a writing one nothing at all [10].
  if (row === undefined) return method === 'GET' ? reply(404, '""') : reply(404);
  if (!visible(call, row)) return code(403);
  if (method === 'GET') return reply(200, single(call, row, true));
  if (method === 'PUT') return update(call, row);
  deleteEvent(call.store, row, call.actor.user.id);
  return reply(204);
}

/** `calendars/default.json`, `calendars/ID/connections.json`, `calendars/ID/events/ID.json`. */
export function answerCalendars(call: EventCall, path: readonly string[]): Response {
  if (!mayUse(call.actor, 'event')) return code(403);
  const [first = '', part, eventId] = path;
  const { user } = call.actor;
  if (first === 'default') return reply(200, { calendar: user.id, owner: user.id, calendarName: `${user.firstName} ${user.lastName}` });
  const owner = call.store.users.get(Number(first));
  if (owner === undefined) return code(404);
  if (part === 'connections') return reply(200, connections(call, owner.id));
  const row = part === 'events' ? call.store.events.get(Number(eventId)) : undefined;
  if (row === undefined || row.calendarId !== owner.id) return reply(404, '""');
  return visible(call, row) ? reply(200, single(call, row, false)) : code(403);
}

/** An event in no calendar can be read by its id, and be deleted [10]. */
function visible({ store, actor }: EventCall, row: EventRow): boolean {
  return row.calendarId === null || maySee(store, actor, 'event', row.id, row.calendarId);
}

function create(call: EventCall): Response {
  const read = readEvent(call.store, undefined, isObject(call.body) ? call.body : {});
  if ('errors' in read) return reply(400, { code: 400, message: 'Validation Failed', errors: read.errors });
  const { title = '', start = 0, end = 0 } = read.change;
  const row = createEvent(call.store, { ...read.change, title, start, end }, call.actor.user.id);
  return reply(201, { id: row.id, ...written(row) });
}

function update(call: EventCall, row: EventRow): Response {
  const read = readEvent(call.store, row, isObject(call.body) ? call.body : {});
  if ('errors' in read) return reply(400, { code: 400, message: 'Validation Failed', errors: read.errors });
  updateEvent(call.store, row, read.change, call.actor.user.id);
  return reply(200, written(row));
}

/** What a write answers: no times, and the user's id as a string. */
function written(row: EventRow): unknown[] | Record<string, unknown> {
  return {
    uid: row.uid,
    organizerEmail: row.organizerEmail ?? '',
    organizerDisplayName: row.organizerDisplayName ?? '',
    organizerUserId: row.organizerUserId === null ? '' : String(row.organizerUserId),
    invitationStatus: row.invitationStatus,
    editableInvitationStatus: row.parentEventId !== null,
  };
}

function list(call: EventCall): Response {
  const { query, store } = call;
  const calendar = valueOf(query, 'calendar');
  const start = valueOf(query, 'start');
  const end = valueOf(query, 'end');
  const page = valueOf(query, 'page');
  const limit = valueOf(query, 'limit');
  const isWindow = start !== undefined && end !== undefined;
  if (!isWindow && (page === undefined || limit === undefined)) {
    return code(400, 'Time interval ("start" and "end") or paging ("page" and "limit") parameters should be specified.');
  }
  const rows = [...store.events.values()].filter((row) => row.calendarId === Number(calendar) && visible(call, row));
  if (isWindow) {
    const from = parseTime(start);
    const to = parseTime(end);
    return from === undefined || to === undefined ? code(500) : reply(200, window(call, rows, from.start, to.start));
  }
  const found = filter(rows, query);
  if (found === undefined) return code(500);
  // The service sorts nothing here, so nobody may rely on an order: pages can overlap or skip.
  shuffle(found, store.env.random);
  const totals = xInclude(call.request.headers).has('totalCount') ? { 'x-include-total-count': String(found.length) } : {};
  const from = (Number(page) - 1) * Number(limit);
  return reply(200, found.slice(from, from + Number(limit)).map((row) => listed(call, row)), totals);
}

function filter(rows: readonly EventRow[], query: readonly OldParameter[]): EventRow[] | undefined {
  let found = [...rows];
  for (const { name, operator, value } of query) {
    if (name === 'uid') found = found.filter((row) => holds(row.uid, operator, value));
    else if (name === 'recurringEventId') {
      // The series itself and its exceptions [11].
      found = found.filter((row) => row.id === Number(value) || row.recurringEventId === Number(value));
    } else if (name === 'updatedAt' || name === 'createdAt') {
      const time = parseTime(value);
      if (time === undefined) return undefined;
      found = found.filter((row) => holds(row[name], operator, time.start));
    }
  }
  return found;
}

/** The window mode: every occurrence of a series under the id of the series, moved ones in place, cancelled ones gone. */
function window(call: EventCall, rows: readonly EventRow[], from: Seconds, to: Seconds): unknown[] {
  const shown: { readonly start: Seconds; readonly id: number; readonly record: Record<string, unknown> }[] = [];
  const show = (row: EventRow, start: Seconds, more: Record<string, unknown>): void => {
    const record = listed(call, row);
    const end = start + (row.end - row.start);
    shown.push({ start, id: row.id, record: { ...record, start: toOffset(start), end: toOffset(end), ...more, calendarAlias: 'user' } });
  };
  for (const row of rows) {
    const length = row.end - row.start;
    if (row.recurrence !== null) {
      const replaced = new Set(call.store.exceptionsOf(row.id).map((exception) => exception.originalStart));
      const more = { recurrencePattern: describeRule(row.recurrence), startEditable: false, durationEditable: false };
      for (const start of occurrencesOf(row.recurrence, from - length, to)) if (!replaced.has(start)) show(row, start, more);
    } else if (!row.isCancelled && row.start < to && row.end >= from) {
      const series = row.recurringEventId === null ? undefined : call.store.events.get(row.recurringEventId);
      show(row, row.start, series?.recurrence == null ? {} : { recurrencePattern: describeRule(series.recurrence) });
    }
  }
  return shown.sort((a, b) => a.start - b.start || a.id - b.id).map(({ record }) => record);
}

function head(row: EventRow): Record<string, unknown> {
  return {
    id: row.id,
    uid: row.uid,
    title: row.title,
    description: row.description,
    start: toOffset(row.start),
    end: toOffset(row.end),
    allDay: row.allDay,
    backgroundColor: row.backgroundColor,
    createdAt: toOffset(row.createdAt),
    updatedAt: toOffset(row.updatedAt),
  };
}

function exceptionPart(row: EventRow): Record<string, unknown> {
  return {
    recurringEventId: row.recurringEventId,
    originalStart: row.originalStart === null ? null : toOffset(row.originalStart),
    isCancelled: row.isCancelled,
    isOrganizer: row.organizerUserId !== null && row.organizerUserId === row.calendarId,
    organizerEmail: row.organizerEmail,
    organizerDisplayName: row.organizerDisplayName,
    organizerUserId: row.organizerUserId,
  };
}

function rights(call: EventCall, row: EventRow): Record<string, unknown> {
  return {
    editable: row.calendarId !== null && row.parentEventId === null,
    removable: true,
    editableInvitationStatus: row.parentEventId !== null && row.calendarId === call.actor.user.id,
  };
}

/** One event by its id; here the zone of a rule is called `timezone`. */
function single(call: EventCall, row: EventRow, withHangout: boolean): Record<string, unknown> {
  return {
    ...head(row),
    invitationStatus: row.invitationStatus,
    parentEventId: row.parentEventId,
    calendar: row.calendarId,
    ...exceptionPart(row),
    ...(row.recurrence === null ? {} : { recurrence: { id: row.recurrence.id, ...ruleOf(row.recurrence), timezone: row.recurrence.timeZone } }),
    attendees: row.attendees.map(({ displayName, email, userId, createdAt, updatedAt, status, type }) => ({
      displayName,
      email,
      userId,
      createdAt: toOffset(createdAt),
      updatedAt: toOffset(updatedAt),
      status,
      type,
    })),
    ...(withHangout ? { use_hangout: false } : {}),
    ...rights(call, row),
  };
}

/** One event of a list; here the zone of a rule is called `timeZone`. */
function listed(call: EventCall, row: EventRow): Record<string, unknown> {
  return {
    ...head(row),
    ...exceptionPart(row),
    use_hangout: false,
    invitationStatus: row.invitationStatus,
    parentEventId: row.parentEventId,
    calendar: row.calendarId,
    attendees: row.attendees.map(({ displayName, email, userId, createdAt, updatedAt, status, type }) => ({
      displayName,
      email,
      createdAt: toOffset(createdAt),
      updatedAt: toOffset(updatedAt),
      status,
      type,
      fullName: fullName(call.store, userId),
      userId,
    })),
    ...(row.recurrence === null ? {} : { recurrence: { ...ruleOf(row.recurrence), id: row.recurrence.id, timeZone: row.recurrence.timeZone } }),
    ...rights(call, row),
  };
}

function fullName(store: Store, userId: number | null): string | null {
  const user = userId === null ? undefined : store.users.get(userId);
  return user === undefined ? null : `${user.firstName} ${user.lastName}`;
}

function ruleOf(rule: RecurrenceRow): Record<string, unknown> {
  return {
    recurrenceType: rule.recurrenceType,
    interval: rule.interval,
    instance: rule.instance,
    dayOfWeek: rule.dayOfWeek,
    dayOfMonth: rule.dayOfMonth,
    monthOfYear: rule.monthOfYear,
    startTime: toOffset(rule.startTime),
    endTime: rule.endTime === null ? null : toOffset(rule.endTime),
    occurrences: rule.occurrences,
  };
}

function connections({ store }: EventCall, calendarId: number): unknown[] {
  const user = store.user(calendarId);
  const common = { calendar: calendarId, targetCalendar: calendarId, visible: true };
  return [
    {
      calendarName: 'My Tasks',
      removable: false,
      position: -100,
      backgroundColor: '#F83A22',
      options: { widgetRoute: 'oro_task_widget_info', widgetOptions: { title: 'Task Information', dialogOptions: { width: 600 } } },
      calendarAlias: 'tasks',
      id: null,
      ...common,
    },
    {
      id: calendarId,
      calendarAlias: 'user',
      position: 0,
      backgroundColor: null,
      calendarName: `${user.firstName} ${user.lastName}`,
      userId: user.id,
      removable: false,
      canAddEvent: true,
      canEditEvent: true,
      canDeleteEvent: true,
      ...common,
    },
  ];
}
