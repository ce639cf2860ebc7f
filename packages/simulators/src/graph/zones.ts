import { Temporal } from 'temporal-polyfill';
import { findIana, findWindows } from 'windows-iana';

const resolved = new Map<string, string | undefined>();

/** The IANA zone behind a Windows or IANA name; `undefined` for anything the service would not know. */
export function resolveZone(name: string): string | undefined {
  if (resolved.has(name)) return resolved.get(name);
  const zone = name === 'UTC' ? 'UTC' : (findIana(name)[0] ?? knownIana(name));
  resolved.set(name, zone);
  return zone;
}

/** Windows names, in a fixed order, as `/outlook/supportedTimeZones` lists them. */
export function windowsZoneOf(iana: string): string {
  return findWindows(iana)[0] ?? 'UTC';
}

/** A wall time `YYYY-MM-DDTHH:mm:ss.SSS` in a zone as UTC ms. Inside a spring gap: the later reading, as Exchange does. */
export function wallToMs(wall: string, iana: string): number {
  if (iana === 'UTC' || iana === 'Etc/UTC') return Date.parse(`${wall}Z`);
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(iana, { disambiguation: 'compatible' }).epochMilliseconds;
}

/** The wall time `YYYY-MM-DDTHH:mm:ss.SSS` of an instant in a zone. */
export function msToWall(ms: number, iana: string): string {
  if (iana === 'UTC' || iana === 'Etc/UTC') return new Date(ms).toISOString().slice(0, 23);
  const wall = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(iana).toPlainDateTime();
  return wall.toString({ fractionalSecondDigits: 3 });
}

/**
 * Reads `YYYY-MM-DDTHH:mm[:ss[.fraction]]` (or a bare date) into `YYYY-MM-DDTHH:mm:ss.SSS`; `undefined` when it is no wall
 * time. Fractions below a millisecond are cut. A trailing `Z` is taken only where the zone is UTC: a wall time has no offset.
 */
export function parseWall(text: string, iana: string): string | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?)?(Z)?$/.exec(text);
  if (!found) return undefined;
  if (found[5] !== undefined && iana !== 'UTC' && iana !== 'Etc/UTC') return undefined;
  const wall = `${found[1]}T${found[2] ?? '00:00'}:${found[3] ?? '00'}.${(found[4] ?? '').slice(0, 3).padEnd(3, '0')}`;
  const ms = Date.parse(`${wall}Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 23) !== wall ? undefined : wall;
}

/** Any ISO instant; without an offset it is UTC. `undefined` when it is none. */
export function parseInstant(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return undefined;
  const zoned = text.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(text) ? `${text}Z` : text;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? undefined : ms;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** As Exchange prints the times of contacts. */
export function secondsStamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** As To Do and the calendar print their times: seven digits of a second. */
export function ticksStamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}0000Z`;
}

function knownIana(name: string): string | undefined {
  // "+02:00" is a zone for the platform, not for Exchange.
  if (!/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
