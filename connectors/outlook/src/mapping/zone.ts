import { Temporal } from 'temporal-polyfill';
import { findIana, findWindows } from 'windows-iana';
import type { ZonedTime } from '../records.ts';

/** The instant of one of Graph's wall times, `YYYY-MM-DDTHH:MM:SS[.fraction]Z`; `undefined` for a zone or time nobody knows. */
export function instantIn(time: ZonedTime): string | undefined {
  const iana = ianaOf(time.timeZone);
  if (iana === undefined) return undefined;
  try {
    return iana === 'UTC' ? utc(time.dateTime) : Temporal.PlainDateTime.from(time.dateTime).toZonedDateTime(iana).toInstant().toString();
  } catch {
    return undefined;
  }
}

/** Whether this is a calendar date, `YYYY-MM-DD`, that exists. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  // 29 February of any year is parsed, as 1 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The calendar date of an instant in a zone. */
export function dateIn(instant: string, iana: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(iana).toPlainDate().toString();
}

/** Midnight at the start of a calendar date in a zone, UTC ms. */
export function startOfDay(date: string, iana: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(iana).epochMilliseconds;
}

/**
 * The wall time of an instant in the zone an event was made in, so that its zone stays what the person chose (rule M36).
 * In UTC when the zone is unknown here, or when the wall time means two instants (the hour that a clock change repeats).
 */
export function wallTime(instant: string, zone: string | null): ZonedTime {
  const iana = zone === null ? undefined : ianaOf(zone);
  if (zone !== null && iana !== undefined && iana !== 'UTC') {
    const wall = Temporal.Instant.from(instant).toZonedDateTimeISO(iana).toPlainDateTime();
    const earlier = wall.toZonedDateTime(iana, { disambiguation: 'earlier' });
    const later = wall.toZonedDateTime(iana, { disambiguation: 'later' });
    if (earlier.epochMilliseconds === later.epochMilliseconds) return { dateTime: wall.toString({ smallestUnit: 'second' }), timeZone: zone };
  }
  return { dateTime: instant.replace(/Z$/, ''), timeZone: 'UTC' };
}

/** The Windows name Outlook's own clients use for an IANA zone; `UTC` where Windows has none. */
export function windowsZone(iana: string): string {
  return findWindows(iana)[0] ?? 'UTC';
}

/** The IANA name behind a Windows or IANA name; `undefined` when it is neither (`tzone://Microsoft/Custom`). */
export function ianaOf(zone: string): string | undefined {
  if (zone === 'UTC' || zone === 'Etc/UTC' || zone === 'Etc/GMT') return 'UTC';
  const known = findIana(zone as Parameters<typeof findIana>[0])[0];
  if (known !== undefined) return known;
  return /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(zone) && isZone(zone) ? zone : undefined;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function utc(dateTime: string): string | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(\.\d+)?)?)?Z?$/.exec(dateTime);
  if (found === null) return undefined;
  const fraction = (found[4] ?? '').replace(/\.?0+$/, '');
  return `${found[1] ?? ''}T${found[2] ?? '00:00'}:${found[3] ?? '00'}${fraction}Z`;
}
