import { createHash } from 'node:crypto';
import { sameJson, type Context, type Traits } from '@syncline/connector';
import { z } from 'zod';
import { bodyOf, type Api } from './api.ts';
import { encode, expandProperties, filterProperty, type Collection, type Item, type Place, type Scope } from './collection.ts';
import { choose, isDefaultOnly, listContainers, type Container } from './containers.ts';
import { instantIn, startOfDay, wallTime, windowsZone } from './mapping/zone.ts';
import { markId, markOf, markOrigin } from './marker.ts';
import { graphEvent, graphPage, instantOf, versionOf, type EventRecord, type GraphEvent, type ZonedTime } from './records.ts';
import type { Session } from './session.ts';

const dayMs = 86_400_000;
const expand = expandProperties([markId, markOrigin]);

/** Events of the chosen calendars, inside the window (rule S19). */
export const events: Collection<EventRecord> = {
  name: 'events',
  markBy: 'property',
  open: async (session) => {
    const { calendars: words, excludedFolders: excluded } = session.config;
    const wanted = { what: 'calendar', setting: 'calendars', words, excluded };
    const [first = home, ...others] = isDefaultOnly(wanted) ? [home] : choose(wanted, await session.calendars());
    return { places: [openCalendar(session, first), ...others.map((calendar) => openCalendar(session, calendar))], home: '' };
  },
  item: (session, _scope, id) => `${session.api.root}/events/${encode(id)}?${expand}`,
  around: (place, { present: { record } }) => {
    return place.listing.replace(/startDateTime=[^&]*&endDateTime=[^&]*/, rangeAround(record));
  },
  elsewhere: async (session, _scope, item) => {
    const { root } = session.api;
    const around = (base: string): string => `${base}/calendarView?${rangeAround(item.present.record)}&$top=200&$select=id`;
    const ids = await listIds(session, `${root}/calendars?$top=100&$select=id`);
    // No calendar at all is no answer.
    if (ids === undefined || ids.size === 0) return true;
    for (const id of ids) {
      const found = await listIds(session, around(`${root}/calendars/${encode(id)}`));
      if (found === undefined || found.has(item.present.id)) return true;
    }
    return false;
  },
  marked: (_session, place, mark) => `${place.create}?$top=50&${expand}&${filterProperty(markId, mark.id)}`,
  read: readEvent,
  body: (_session, record, base) => {
    const body = {
      ...((base === undefined || record.subject !== base.subject) && { subject: record.subject }),
      // Rule M38: together or not at all. Rule M36: the same instants are not sent again, so the zone stays.
      ...((base === undefined || !sameTimes(record, base)) && { start: inZone(record.start, record), end: inZone(record.end, record), isAllDay: record.isAllDay }),
    };
    return Object.keys(body).length === 0 ? undefined : body;
  },
  properties: () => [],
  createOnly: (session, key) => ({ transactionId: transactionId(session.account.id, key) }),
  withProperties: (stored) => stored,
  // Windows and IANA can disagree about a zone, which would move an event without a word. Seconds may be rounded away.
  misunderstood: (sent, stored, base) => {
    // Times that were not sent may be others: somebody moved the event.
    if (sent.isAllDay || stored.isAllDay || (base !== undefined && sameTimes(sent, base))) return {};
    const isOff = (name: 'start' | 'end'): boolean => Math.abs(Date.parse(instantIn(sent[name]) ?? '') - Date.parse(instantIn(stored[name]) ?? '')) >= 60_000;
    return Object.fromEntries((['start', 'end'] as const).filter(isOff).map((name) => [name, `Outlook understands this time in "${sent.zone ?? 'UTC'}" as another instant`]));
  },
  content: (record) => record,
  alike: (a, b) => a.subject === b.subject && sameTimes(a, b),
};

/** What a create starts from. New events are made in the user's own zone: Outlook shows it, and a series made of the event later follows it. */
export function blankEvent(zone: string): EventRecord {
  const never: ZonedTime = { dateTime: '', timeZone: 'UTC' };
  return { subject: '', start: never, end: never, isAllDay: false, zone: windowsZone(zone) };
}

/** The mailbox's own calendar has addresses of its own: its id need not be known. */
const home: Container = { id: '', name: '', isDefault: true };

/** The calendars the person may write to. */
export async function listCalendars(api: Api, context: Context): Promise<readonly Container[]> {
  const rows = await listContainers(api, `${api.root}/calendars?$top=100`, 'calendars', context.now);
  return rows.filter(({ canEdit }) => canEdit !== false).map(({ id, name, isDefaultCalendar }) => ({ id, name: name ?? '', isDefault: isDefaultCalendar === true }));
}

/** Read off the calendar's own events as they are listed: single ones, occurrences and exceptions. */
function openCalendar(session: Session, { id, isDefault }: Container): Place {
  const { api, context } = session;
  const base = isDefault ? api.root : `${api.root}/calendars/${encode(id)}`;
  const create = isDefault ? `${api.root}/calendar/events` : `${base}/events`;
  const today = Math.floor(context.now() / dayMs) * dayMs;
  const day = (days: number): string => new Date(today + days * dayMs).toISOString().slice(0, 10);
  // Whole days, and one more at each end: the window is the user's, whose day begins up to 14 hours from here.
  const window = { from: day(-context.window.pastDays - 1), to: day(context.window.futureDays + 2) };
  const range = `startDateTime=${window.from}T00:00:00Z&endDateTime=${window.to}T00:00:00Z`;
  return {
    key: isDefault ? '' : id,
    delta: `${base}/calendarView/delta?${range}`,
    listing: `${base}/calendarView?${range}&$top=200&${expand}`,
    create,
    self: `${create}?$top=1&$select=id`,
    window,
  };
}

function readEvent(session: Session, _scope: Scope, body: unknown): Item<EventRecord> {
  const event = graphEvent.parse(body);
  const mark = markOf(event.singleValueExtendedProperties);
  const at = instantOf(event.lastModifiedDateTime);
  const createdAt = instantOf(event.createdDateTime);
  const record: EventRecord = { subject: event.subject, start: event.start, end: event.end, isAllDay: event.isAllDay, zone: event.originalStartTimeZone };
  const traits = traitsOf(event, session.config.excludedCategories);
  return {
    present: {
      id: event.id,
      version: versionOf(event),
      ...(at !== undefined && { at }),
      ...(createdAt !== undefined && { createdAt }),
      record,
      ...(mark !== undefined && { mark }),
      ...(Object.keys(traits).length > 0 && { traits }),
    },
    // The first occurrence of a series says nothing about the others.
    outside: traits.recurring !== true && isOutside(record, session),
    ...(event.seriesMasterId !== null && { masterId: event.seriesMasterId }),
  };
}

function traitsOf(event: GraphEvent, excluded: readonly string[]): Traits {
  const isPrivate = event.sensitivity === 'private' || event.sensitivity === 'confidential' || event.categories.some((category) => excluded.includes(category));
  const organizer = event.organizer?.emailAddress?.name ?? event.organizer?.emailAddress?.address;
  return {
    ...(isPrivate && { private: true }),
    ...((event.seriesMasterId !== null || (event.type != null && event.type !== 'singleInstance')) && { recurring: true }),
    // Q24: only the organiser may move or rename a meeting; a changed copy is overwritten by the next update from there.
    ...(event.isOrganizer === false && { readOnly: `this meeting is organised by ${organizer ?? 'somebody else'}` }),
    ...(event.isOrganizer !== false && event.attendees.length > 0 && { notifies: event.attendees.length }),
  };
}

/** Rule S19: wholly before or after the window, whose days are the user's. */
function isOutside(record: EventRecord, session: Session): boolean {
  const { window, zone, now } = session.context;
  const at = (time: ZonedTime): number => (record.isAllDay ? startOfDay(time.dateTime.slice(0, 10), zone) : Date.parse(instantIn(time) ?? ''));
  return at(record.end) <= now() - window.pastDays * dayMs || at(record.start) >= now() + window.futureDays * dayMs;
}

/** A day more at each end: an all-day event lies at midnight of the zone it was made in. */
function rangeAround({ start, end }: EventRecord): string {
  const day = (time: ZonedTime, days: number): string => new Date(Date.parse(`${time.dateTime.slice(0, 10)}T00:00:00Z`) + days * dayMs).toISOString();
  return `startDateTime=${day(start, -1)}&endDateTime=${day(end, 2)}`;
}

/** The ids of a listing; `undefined` when it is refused. */
async function listIds(session: Session, address: string): Promise<ReadonlySet<string> | undefined> {
  const ids = new Set<string>();
  for (let next: string | undefined = address; next !== undefined; ) {
    const answer = await session.api.get(next);
    if (answer.status !== 200) return undefined;
    const page: z.output<typeof graphPage> = bodyOf(answer, graphPage, 'the calendar', session.context.now());
    for (const row of page.value) {
      const id = withId.safeParse(row).data?.id;
      if (id !== undefined) ids.add(id);
    }
    next = page['@odata.nextLink'] === next ? undefined : page['@odata.nextLink'];
  }
  return ids;
}

const withId = z.object({ id: z.string() });

function inZone(time: ZonedTime, record: EventRecord): ZonedTime {
  const zone = record.zone ?? 'UTC';
  if (record.isAllDay) {
    // Only the date counts, but both have to name one zone, and Outlook shows the days of that zone (contract, 4.2).
    const known = wallTime('2000-01-01T12:00:00Z', zone).timeZone;
    return { dateTime: `${time.dateTime.slice(0, 10)}T00:00:00`, timeZone: known };
  }
  const instant = instantIn(time);
  return instant === undefined ? time : wallTime(instant, zone);
}

function sameTimes(a: EventRecord, b: EventRecord): boolean {
  if (a.isAllDay !== b.isAllDay) return false;
  const part = (time: ZonedTime): string | undefined => (a.isAllDay ? time.dateTime.slice(0, 10) : instantIn(time));
  return sameJson([part(a.start) ?? null, part(a.end) ?? null], [part(b.start) ?? null, part(b.end) ?? null]);
}

/** Names the intent to Graph, which drops a second POST of the same one (contract, 4.3). Written like a GUID, which is what Graph expects. */
function transactionId(account: string, key: string): string {
  const digest = createHash('sha256').update(JSON.stringify([account, key])).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-5$3-a$4-$5');
}
