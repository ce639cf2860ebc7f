import { isObject, type JsonObject } from '../../shared/json.ts';
import { lengthOf, readText } from '../json-api/form.ts';
import type { AttendeeInput, EventChange, RuleInput } from '../records/events.ts';
import { rewriteNotes, rewriteText, rewriteTime } from '../rewriting.ts';
import type { EventRow, Seconds } from '../rows.ts';
import type { Store } from '../store.ts';
import { cleanHtml } from './html.ts';

// Every field of the form, in the order in which an error lists them.
const children = [
  'contexts',
  'id',
  'uid',
  'calendar',
  'calendarAlias',
  'title',
  'description',
  'start',
  'end',
  'allDay',
  'backgroundColor',
  'reminders',
  'attendees',
  'notifyAttendees',
  'createdAt',
  'recurrence',
  'recurringEventId',
  'originalStart',
  'isCancelled',
  'updateExceptions',
  'organizerDisplayName',
  'organizerEmail',
  'use_hangout',
] as const;

const ruleChildren = [
  'recurrenceType',
  'interval',
  'instance',
  'dayOfWeek',
  'dayOfMonth',
  'monthOfYear',
  'startTime',
  'endTime',
  'occurrences',
  'timeZone',
] as const;

const blank = 'This value should not be blank.';
const invalid = 'This value is not valid.';

/** A readable body, or the tree of errors with which the service answers 400. */
export type EventFormResult = { readonly change: EventChange } | { readonly errors: unknown };

/** Reads the body of a POST (`row` undefined) or of a PUT, which is partial. Source: transcripts 10 and 11. */
export function readEvent(store: Store, row: EventRow | undefined, body: JsonObject): EventFormResult {
  const errors = new Map<string, string[]>();
  const fail = (name: string, text: string): void => {
    errors.set(name, [...(errors.get(name) ?? []), text]);
  };
  const given = (name: string): boolean => name in body;
  const title = given('title') ? readText(body['title']) : undefined;
  const start = given('start') ? readTime(body['start'], () => fail('start', invalid)) : undefined;
  const end = given('end') ? readTime(body['end'], () => fail('end', invalid)) : undefined;
  const uid = given('uid') ? readText(body['uid']) : undefined;

  if (row === undefined ? !title : given('title') && !title) fail('title', blank);
  else if (typeof title === 'string' && lengthOf(title) > 255) fail('title', tooLong(255));
  for (const [name, value] of [['start', start], ['end', end]] as const) {
    if (!errors.has(name) && (row === undefined ? value == null : value === null)) fail(name, blank);
  }
  const effectiveStart = start ?? row?.start;
  const effectiveEnd = end ?? row?.end;
  if (effectiveStart !== undefined && effectiveEnd !== undefined && effectiveStart > effectiveEnd) {
    fail('start', 'This date should be earlier than end date');
  }
  if (typeof uid === 'string') {
    if (lengthOf(uid) > 36) fail('uid', tooLong(36));
    else if (row !== undefined && row.uid !== uid) fail('uid', 'UID cannot be changed.');
    else if (row === undefined && uidTaken(store, body, uid)) fail('uid', 'UID should be unique across one calendar.');
  }
  if (typeof body['organizerEmail'] === 'string' && row != null && row.organizerEmail !== null && body['organizerEmail'] !== row.organizerEmail) {
    fail('organizerEmail', 'Organizer email cannot be changed.');
  }
  const series = body['recurringEventId'] == null ? undefined : store.events.get(Number(body['recurringEventId']));
  if (body['recurringEventId'] != null && series?.recurrence == null) fail('recurringEventId', "Parameter 'recurringEventId' can't have a non-recurring event.");
  const attendees = given('attendees') ? readAttendees(body['attendees'], row, () => fail('attendees', invalid)) : undefined;
  const rule = readRule(body['recurrence']);
  const extra = Object.keys(body).filter((name) => !(children as readonly string[]).includes(name));
  if (errors.size > 0 || extra.length > 0 || rule.errors.size > 0) return { errors: tree(errors, rule.errors, extra) };

  const switches = store.switches;
  const change: EventChange = {
    ...(typeof title === 'string' ? { title: rewriteText(switches, title) ?? title } : {}),
    ...(typeof uid === 'string' && uid !== '' ? { uid } : {}),
    ...(start == null ? {} : { start: rewriteTime(switches, start) }),
    ...(end == null ? {} : { end: rewriteTime(switches, end) }),
    ...(given('description') ? { description: describe(body['description'], store) } : {}),
    ...(given('allDay') ? { allDay: toBoolean(body['allDay']) } : {}),
    ...(given('backgroundColor') ? { backgroundColor: readText(body['backgroundColor']) ?? null } : {}),
    // One that does not exist, or none at all on POST: the event is in no calendar [10].
    ...(given('calendar') ? { calendarId: store.users.has(Number(body['calendar'])) ? Number(body['calendar']) : null } : {}),
    ...(given('createdAt') ? { createdAt: readTime(body['createdAt'], ignore) ?? store.now() } : {}),
    ...(given('recurringEventId') ? { recurringEventId: series?.id ?? null } : {}),
    ...(given('originalStart') ? { originalStart: readTime(body['originalStart'], ignore) ?? null } : {}),
    ...(given('isCancelled') ? { isCancelled: toBoolean(body['isCancelled']) } : {}),
    ...(attendees === undefined ? {} : { attendees }),
    ...(given('recurrence') ? { recurrence: rule.rule } : {}),
    updateExceptions: toBoolean(body['updateExceptions']),
  };
  return { change };
}

const ignore = (): void => undefined;
const tooLong = (max: number): string => `This value is too long. It should have ${max} characters or less.`;

/** An offset is dropped: `10:00:00+05:30` becomes 10:00 UTC. A fraction is cut off [10]. */
export function readTime(value: unknown, fail: () => void): Seconds | null | undefined {
  if (value === null || value === '') return null;
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(String(value));
  if (parts === null) {
    fail();
    return undefined;
  }
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = parts.map(Number) as unknown as string[];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour) || 0, Number(minute) || 0, Number(second) || 0) / 1000;
}

function toBoolean(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

function describe(value: unknown, store: Store): string | null {
  const text = readText(value) ?? null;
  return rewriteNotes(store.switches, text === null ? null : cleanHtml(text));
}

/** A uid belongs to one event of a calendar; exceptions share that of their series, copies that of the original. */
function uidTaken(store: Store, body: JsonObject, uid: string): boolean {
  if (body['recurringEventId'] != null || uid === '') return false;
  for (const event of store.events.values()) {
    if (event.uid === uid && event.calendarId === Number(body['calendar']) && event.recurringEventId === null) return true;
  }
  return false;
}

const attendeeTypes = new Set(['organizer', 'optional', 'required']);

function readAttendees(value: unknown, row: EventRow | undefined, fail: () => void): AttendeeInput[] | undefined {
  if (value === null || value === '') return [];
  if (!Array.isArray(value)) {
    fail();
    return undefined;
  }
  return value.flatMap((item: unknown): AttendeeInput[] => {
    const email = isObject(item) ? (readText(item['email'] ?? null) ?? '') : '';
    const displayName = isObject(item) ? (readText(item['displayName'] ?? null) ?? '') : '';
    if (!isObject(item) || (email === '' && displayName === '')) {
      fail();
      return [];
    }
    const known = row?.attendees.find((attendee) => attendee.email === email);
    const type = String(item['type'] ?? '');
    return [
      {
        email,
        displayName: displayName === '' ? email : displayName,
        status: typeof item['status'] === 'string' ? item['status'] : (known?.status ?? 'none'),
        type: attendeeTypes.has(type) ? type : 'required',
      },
    ];
  });
}

interface RuleRead {
  readonly rule: RuleInput | null;
  readonly errors: ReadonlyMap<string, readonly string[]>;
}

function readRule(value: unknown): RuleRead {
  const errors = new Map<string, string[]>();
  if (!isObject(value)) return { rule: null, errors };
  const fail = (name: string, text: string): void => {
    errors.set(name, [text]);
  };
  const number = (name: string): number | null => (value[name] == null || value[name] === '' ? null : Number(value[name]));
  const type = String(value['recurrenceType'] ?? '');
  const dayOfWeek = Array.isArray(value['dayOfWeek']) ? value['dayOfWeek'].map(String) : [];
  const interval = number('interval');
  const startTime = readTime(value['startTime'] ?? null, () => fail('startTime', invalid));
  const endTime = readTime(value['endTime'] ?? null, () => fail('endTime', invalid));
  const needs = needed[type];
  if (type === '') fail('recurrenceType', blank);
  else if (needs === undefined) fail('recurrenceType', 'The selected choice is invalid.');
  if (interval === null) fail('interval', blank);
  else if (needs !== undefined && (interval < 1 || interval > needs.maxInterval)) fail('interval', invalid);
  else if (type.startsWith('year') && interval % 12 !== 0) fail('interval', 'This value should be a multiple of 12.');
  if (startTime === null) fail('startTime', blank);
  if (typeof value['timeZone'] !== 'string' || value['timeZone'] === '') fail('timeZone', blank);
  else if (!isZone(value['timeZone'])) fail('timeZone', 'The selected choice is invalid.');
  for (const name of needs?.fields ?? []) {
    if (name === 'dayOfWeek' ? dayOfWeek.length === 0 : number(name) === null) fail(name, blank);
  }
  // `timezone`, the name under which a single event is read, is no field of the form.
  const rule: RuleInput = {
    recurrenceType: type,
    interval: interval ?? 1,
    instance: number('instance'),
    dayOfWeek,
    dayOfMonth: number('dayOfMonth'),
    monthOfYear: number('monthOfYear'),
    startTime: startTime ?? 0,
    endTime: endTime ?? null,
    occurrences: number('occurrences'),
    timeZone: String(value['timeZone']),
  };
  return { rule, errors };
}

const needed: Readonly<Record<string, { readonly maxInterval: number; readonly fields: readonly string[] }>> = {
  daily: { maxInterval: 99, fields: [] },
  weekly: { maxInterval: 999, fields: ['dayOfWeek'] },
  monthly: { maxInterval: 999, fields: ['dayOfMonth'] },
  monthnth: { maxInterval: 999, fields: ['instance', 'dayOfWeek'] },
  yearly: { maxInterval: 999, fields: ['dayOfMonth', 'monthOfYear'] },
  yearnth: { maxInterval: 999, fields: ['instance', 'dayOfWeek', 'monthOfYear'] },
};

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Every field of the form is listed, an empty list where nothing is wrong. */
function tree(errors: ReadonlyMap<string, readonly string[]>, rule: ReadonlyMap<string, readonly string[]>, extra: readonly string[]): unknown {
  const list = (found: readonly string[] | undefined): unknown => (found === undefined ? [] : { errors: found });
  const recurrence = { children: Object.fromEntries(ruleChildren.map((name) => [name, list(rule.get(name))])) };
  const fields = Object.fromEntries(children.map((name) => [name, name === 'recurrence' ? recurrence : list(errors.get(name))]));
  if (extra.length === 0) return { children: fields };
  const words = `This form should not contain extra fields: ${extra.map((name) => `"${name}"`).join(', ')}.`;
  return { errors: [words], children: fields };
}
