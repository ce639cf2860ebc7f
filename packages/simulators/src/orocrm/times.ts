import type { Seconds } from './rows.ts';

/** `2026-11-22T10:28:42Z`, as the JSON:API prints. */
export function toUtc(seconds: Seconds): string {
  return `${plain(seconds)}Z`;
}

/** `2026-11-22T10:28:42+00:00`, as the old REST API prints. */
export function toOffset(seconds: Seconds): string {
  return `${plain(seconds)}+00:00`;
}

// Most rows of a list share their second with the row before.
let last: { readonly seconds: Seconds; readonly text: string } = { seconds: NaN, text: '' };

function plain(seconds: Seconds): string {
  if (last.seconds !== seconds) last = { seconds, text: new Date(seconds * 1000).toISOString().slice(0, 19) };
  return last.text;
}

const pattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

/** A moment as written, with the length of the period it names (a date is a whole day) and whether it names a zone. */
export interface ParsedTime {
  readonly start: Seconds;
  /** First second after the period. */
  readonly next: Seconds;
  readonly hasTime: boolean;
  readonly hasZone: boolean;
}

/** Reads `YYYY[-MM[-DD[Thh:mm[:ss[.fraction]][zone]]]]`; a fraction is cut off. `undefined` for anything else. */
export function parseTime(text: string): ParsedTime | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hour, minute, second, , zone] = parts;
  const y = Number(year);
  const m = month === undefined ? 1 : Number(month);
  const d = day === undefined ? 1 : Number(day);
  const midnight = utcDay(y, m, d);
  if (midnight === undefined) return undefined;
  if (hour === undefined || minute === undefined) {
    const next = day !== undefined ? midnight + 86_400 : month !== undefined ? monthStart(y, m + 1) : monthStart(y + 1, 1);
    return { start: midnight, next, hasTime: false, hasZone: false };
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? '0') > 59) return undefined;
  const start = midnight + Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? '0') - offsetOf(zone);
  return { start, next: start + (second === undefined ? 60 : 1), hasTime: true, hasZone: zone !== undefined };
}

/** A date as written in a body: `YYYY[-MM[-DD]]`, completed to `YYYY-MM-DD`; `undefined` where it is none. */
export function parseDate(text: string): string | undefined {
  const time = parseTime(text);
  return time === undefined || time.hasTime ? undefined : new Date(time.start * 1000).toISOString().slice(0, 10);
}

function offsetOf(zone: string | undefined): Seconds {
  if (zone === undefined || zone === 'Z') return 0;
  const digits = zone.replace(':', '');
  const size = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5)) * 60;
  return digits.startsWith('-') ? -size : size;
}

function utcDay(year: number, month: number, day: number): Seconds | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.getTime() / 1000 : undefined;
}

function monthStart(year: number, month: number): Seconds {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, 1);
  return date.getTime() / 1000;
}
