import type { EntityLens, FieldLens } from '@syncline/connector';
import { Temporal } from 'temporal-polyfill';
import type { EventRecord } from '../records.ts';
import { lens, line, notADate } from './field.ts';

/** What a new event starts from. */
export const blankEvent: EventRecord = { title: null, start: null, end: null, allDay: false, recurring: false };

/**
 * The mapping of an event (specification, section 3.3). `zone` is the user's, an IANA name.
 *
 * Start, end and all-day are one unit and arrive together, but are written one by one: a date makes the event all-day
 * and an instant makes it timed, so that whichever comes first, the others find the form they expect.
 */
export function eventLens(zone: string): EntityLens<'event', EventRecord> {
  return { title: line('title', 255), start: edge('start', zone), end: edge('end', zone), allDay: allDay(zone) };
}

function edge(which: 'start' | 'end', zone: string): FieldLens<string, EventRecord> {
  const read = (native: EventRecord): string | undefined => (native.allDay ? days(native, zone)?.[which] : native[which]) ?? undefined;
  const write = (draft: EventRecord, value: string | undefined): EventRecord => {
    if (value === undefined) return { ...draft, [which]: null };
    if (!isDate(value)) return { ...timed(draft, zone), [which]: value.replace(/\.\d+(?=Z$)/, '') };
    const dates = { ...(days({ ...draft, allDay: true }, zone) ?? { start: null, end: null }), [which]: value };
    // A new event has no end yet and reads as one day: that day's end is written with its start.
    const end = dates.end ?? dates.start;
    return { ...draft, allDay: true, start: dates.start === null ? null : firstMinute(dates.start, zone), end: end === null ? null : lastMinute(dayAfter(dates.start, end), zone) };
  };
  return lens({
    slice: time,
    read,
    write,
    refuse: (value) => (isDate(value) ? notADate(value) : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) ? undefined : `"${value}" is neither a date nor a time in UTC`),
    // An end that is not after the start shows as one day when it is all-day.
    stored: (value, draft) => read(write(draft, value)),
  });
}

function allDay(zone: string): FieldLens<boolean, EventRecord> {
  return lens<boolean, EventRecord>({
    slice: time,
    read: (native) => native.allDay || undefined,
    write: (draft, value) => (value === true ? wholeDays(draft, zone) : timed(draft, zone)),
    stored: (value) => value || undefined,
  });
}

function time(native: EventRecord): readonly (string | boolean | null)[] {
  return [native.start, native.end, native.allDay];
}

/**
 * The calendar days of an all-day event; `end` is the first day after it.
 *
 * OroCRM stores what it was sent (M44): from midnight to the next midnight, to 23:59, or to its own start. Its own page
 * means midnight of the zone set in OroCRM, which need not be the user's; other API clients send midnight of UTC. Each
 * is read as such, or a day would move for everybody who is not in that zone (M37).
 */
function days(native: EventRecord, userZone: string): { readonly start: string; readonly end: string } | undefined {
  if (native.start === null) return undefined;
  const zone = isMidnight(local(native.start, userZone)) ? userZone : isMidnight(local(native.start, 'UTC')) ? 'UTC' : undefined;
  const elsewhere = zone === undefined ? daysElsewhere(native.start, native.end) : undefined;
  if (elsewhere !== undefined) return elsewhere;
  const first = local(native.start, zone ?? userZone).toPlainDate();
  const last = native.end === null ? undefined : local(native.end, zone ?? userZone);
  const next = last === undefined ? first : isMidnight(last) ? last.toPlainDate() : last.toPlainDate().add({ days: 1 });
  return { start: first.toString(), end: dayAfter(first.toString(), next.toString()) };
}

/**
 * Whole days of a zone that is not known: as long as days are (an hour more or less where summer time begins or ends),
 * from what has to be midnight there. Between UTC-10 and UTC+13 only one date begins at an instant.
 */
function daysElsewhere(start: string, end: string | null): { readonly start: string; readonly end: string } | undefined {
  const begins = Date.parse(start);
  const minutes = end === null ? 0 : (Date.parse(end) - begins) / 60_000;
  const count = Math.round(minutes / 1440);
  if (count < 1 || begins % 900_000 !== 0 || ![-61, -60, -1, 0, 59, 60].includes(minutes - count * 1440)) return undefined;
  const first = Temporal.PlainDate.from(new Date(begins + 13 * 3_600_000).toISOString().slice(0, 10));
  return { start: first.toString(), end: first.add({ days: count }).toString() };
}

/** An end that is not after the start is the day after it. */
function dayAfter(start: string | null, end: string): string {
  return start === null || end > start ? end : Temporal.PlainDate.from(start).add({ days: 1 }).toString();
}

function wholeDays(draft: EventRecord, zone: string): EventRecord {
  const dates = days({ ...draft, allDay: true }, zone);
  return { ...draft, allDay: true, ...(dates !== undefined && { start: firstMinute(dates.start, zone), end: lastMinute(dates.end, zone) }) };
}

function timed(draft: EventRecord, zone: string): EventRecord {
  if (!draft.allDay) return draft;
  const dates = days(draft, zone);
  return { ...draft, allDay: false, ...(dates !== undefined && { start: firstMinute(dates.start, zone), end: firstMinute(dates.end, zone) }) };
}

/** M44: the form that OroCRM's own page writes, 00:00 to 23:59 of the user's zone. */
function firstMinute(date: string, zone: string): string {
  return instantOf(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }));
}

function lastMinute(exclusiveEnd: string, zone: string): string {
  return instantOf(Temporal.PlainDate.from(exclusiveEnd).subtract({ days: 1 }).toZonedDateTime({ timeZone: zone, plainTime: '23:59' }));
}

/** Where a day begins at 01:00 because of daylight saving, that is its midnight. */
function isMidnight(moment: Temporal.ZonedDateTime): boolean {
  return moment.equals(moment.startOfDay());
}

function instantOf(moment: Temporal.ZonedDateTime): string {
  return moment.toInstant().toString({ smallestUnit: 'second' });
}

function local(instant: string, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
}

function isDate(value: string): boolean {
  return !value.includes('T');
}
