import type { AttendeeRow, EventRow, RecurrenceRow, Seconds } from '../rows.ts';
import type { Store } from '../store.ts';
import { audit, change } from './audit.ts';

/** What is said about an attendee on writing. */
export interface AttendeeInput {
  readonly displayName: string;
  readonly email: string;
  readonly status: string;
  readonly type: string;
}

/** A rule as written; its id is the service's. */
export type RuleInput = Omit<RecurrenceRow, 'id'>;

/** A change of an event, already valid. Absent members stay; `recurrence: null` makes a single event of a series. */
export interface EventChange {
  readonly uid?: string;
  readonly title?: string;
  readonly description?: string | null;
  readonly start?: Seconds;
  readonly end?: Seconds;
  readonly allDay?: boolean;
  readonly backgroundColor?: string | null;
  readonly calendarId?: number | null;
  readonly createdAt?: Seconds;
  readonly recurringEventId?: number | null;
  readonly originalStart?: Seconds | null;
  readonly isCancelled?: boolean;
  readonly attendees?: readonly AttendeeInput[];
  readonly recurrence?: RuleInput | null;
  /** Takes the exceptions of a series along: deletes them when rule, start or end change, else lets texts follow. */
  readonly updateExceptions?: boolean;
}

/** Creates an event, and its copies in the calendars of attendees who are users. */
export function createEvent(
  store: Store,
  input: EventChange & { readonly title: string; readonly start: Seconds; readonly end: Seconds },
  userId: number | null,
): EventRow {
  const now = store.now();
  const calendarId = input.calendarId ?? null;
  const organizer = calendarId === null ? undefined : store.users.get(calendarId);
  const series = input.recurringEventId == null ? undefined : store.events.get(input.recurringEventId);
  const row: EventRow = {
    id: store.nextId('event'),
    uid: input.uid ?? series?.uid ?? store.uuid(),
    title: input.title,
    description: input.description ?? null,
    start: input.start,
    end: input.end,
    allDay: input.allDay ?? false,
    backgroundColor: input.backgroundColor ?? null,
    createdAt: input.createdAt ?? now,
    updatedAt: now,
    calendarId,
    parentEventId: null,
    recurringEventId: series?.id ?? null,
    originalStart: input.originalStart ?? null,
    isCancelled: input.isCancelled ?? false,
    organizerEmail: organizer?.email ?? null,
    organizerDisplayName: organizer === undefined ? null : `${organizer.firstName} ${organizer.lastName}`,
    organizerUserId: organizer?.id ?? null,
    invitationStatus: 'none',
    attendees: toAttendees(store, input.attendees ?? [], []),
    recurrence: input.recurrence == null ? null : { ...input.recurrence, id: store.nextId('recurrence') },
  };
  store.addEvent(row);
  store.counting.record('event', 'created');
  note(store, 'create', row, userId, { uid: change(null, row.uid), title: change(null, row.title) });
  if (row.attendees.length > 0) syncCopies(store, row);
  return row;
}

/** Changes an event. `updatedAt` moves with any real change, attendees included, never with the same value [10]. */
export function updateEvent(store: Store, row: EventRow, input: EventChange, userId: number | null): EventRow {
  const data: Record<string, unknown> = {};
  for (const name of scalars) {
    const value = input[name];
    if (value === undefined || value === row[name]) continue;
    data[name] = change(row[name], value);
    Object.assign(row, { [name]: value });
  }
  if (input.attendees !== undefined) {
    const attendees = toAttendees(store, input.attendees, row.attendees);
    if (JSON.stringify(attendees) !== JSON.stringify(row.attendees)) data['attendees'] = change(null, attendees.length);
    row.attendees = attendees;
  }
  if (input.recurrence !== undefined) {
    const recurrence = input.recurrence === null ? null : { ...input.recurrence, id: row.recurrence?.id ?? store.nextId('recurrence') };
    if (!sameRule(recurrence, row.recurrence)) {
      data['recurrence'] = change(null, recurrence?.recurrenceType ?? null);
      row.recurrence = recurrence;
    }
  }
  if (Object.keys(data).length === 0) return row;
  row.updatedAt = store.now();
  store.counting.record('event', 'updated');
  note(store, 'update', row, userId, data);
  if (input.updateExceptions === true) carryToExceptions(store, row, data, userId);
  syncCopies(store, row);
  return row;
}

/**
 * Deletes an event with its exceptions and with the attendees' copies. Deleting a received copy takes that attendee
 * off the event it came from.
 */
export function deleteEvent(store: Store, row: EventRow, userId: number | null): void {
  for (const exception of store.exceptionsOf(row.id)) deleteEvent(store, exception, userId);
  for (const copy of store.copiesOf(row.id)) store.removeEvent(copy);
  const parent = row.parentEventId === null ? undefined : store.events.get(row.parentEventId);
  if (parent !== undefined) {
    parent.attendees = parent.attendees.filter((attendee) => attendee.userId !== row.calendarId);
    parent.updatedAt = store.now();
  }
  note(store, 'remove', row, userId, { uid: change(row.uid, null), title: change(row.title, null) });
  store.removeEvent(row);
  store.counting.record('event', 'deleted');
}

const scalars = [
  'title',
  'description',
  'start',
  'end',
  'allDay',
  'backgroundColor',
  'calendarId',
  'createdAt',
  'recurringEventId',
  'originalStart',
  'isCancelled',
] as const;

function sameRule(a: RecurrenceRow | null, b: RecurrenceRow | null): boolean {
  const text = (rule: RecurrenceRow | null): string => JSON.stringify(rule === null ? null : Object.entries(rule).sort());
  return text(a) === text(b);
}

function toAttendees(store: Store, inputs: readonly AttendeeInput[], present: readonly AttendeeRow[]): AttendeeRow[] {
  const now = store.now();
  return inputs
    .map((input): AttendeeRow => {
      const user = [...store.users.values()].find((candidate) => candidate.email.toLowerCase() === input.email.toLowerCase());
      const known = present.find((attendee) => attendee.email === input.email);
      const same = known !== undefined && known.displayName === input.displayName && known.status === input.status && known.type === input.type;
      return same ? known : { ...input, userId: user?.id ?? null, createdAt: known?.createdAt ?? now, updatedAt: now };
    })
    .sort((a, b) => (a.displayName < b.displayName ? -1 : a.displayName > b.displayName ? 1 : 0));
}

/** One record per attendee who is a user, in that user's calendar, with the same uid. */
function syncCopies(store: Store, row: EventRow): void {
  if (row.parentEventId !== null) return;
  const wanted = new Map(row.attendees.flatMap((attendee) => (attendee.userId === null || attendee.userId === row.calendarId ? [] : [[attendee.userId, attendee] as const])));
  for (const copy of store.copiesOf(row.id)) {
    const attendee = wanted.get(copy.calendarId ?? 0);
    if (attendee === undefined) {
      store.removeEvent(copy);
      continue;
    }
    wanted.delete(copy.calendarId ?? 0);
    Object.assign(copy, shared(row), { invitationStatus: attendee.status, updatedAt: row.updatedAt });
  }
  for (const [userId, attendee] of wanted) {
    const copy: EventRow = {
      ...row,
      ...shared(row),
      id: store.nextId('event'),
      calendarId: userId,
      parentEventId: row.id,
      recurringEventId: null,
      createdAt: store.now(),
      invitationStatus: attendee.status,
    };
    store.addEvent(copy);
  }
}

function shared(row: EventRow): Partial<EventRow> {
  const { title, description, start, end, allDay, isCancelled, attendees, recurrence } = row;
  return { title, description, start, end, allDay, isCancelled, attendees: [...attendees], recurrence };
}

function carryToExceptions(store: Store, row: EventRow, data: Readonly<Record<string, unknown>>, userId: number | null): void {
  const rebuilt = 'recurrence' in data || 'start' in data || 'end' in data;
  for (const exception of store.exceptionsOf(row.id)) {
    if (rebuilt) {
      deleteEvent(store, exception, userId);
      continue;
    }
    for (const name of ['title', 'description', 'backgroundColor', 'allDay'] as const) {
      const changed = data[name] as { readonly old: unknown } | undefined;
      // What the exception had overridden stays its own.
      if (changed !== undefined && exception[name] === changed.old) Object.assign(exception, { [name]: row[name] });
    }
    exception.updatedAt = store.now();
  }
}

function note(store: Store, action: 'create' | 'update' | 'remove', row: EventRow, userId: number | null, data: Record<string, unknown>): void {
  audit(store, {
    action,
    of: 'event',
    id: row.id,
    name: row.recurringEventId !== null || row.recurrence !== null ? row.title : `CalendarEvent::${row.id}`,
    userId,
    transactionId: store.uuid(),
    data,
    additionalFields: { uid: row.uid, calendar_id: row.calendarId },
  });
}
