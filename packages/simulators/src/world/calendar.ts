import { Temporal } from 'temporal-polyfill';
import { resolveZone, windowsZoneOf } from '../graph/zones.ts';

/** A change of the clocks. `day` is the calendar day on which it happens, in the zone. */
export interface ClockChange {
  readonly at: number;
  readonly day: string;
  /** `forward`: an hour is missing; `back`: an hour comes twice. */
  readonly type: 'forward' | 'back';
  readonly zone: string;
}

/** The user's calendar: days and times of day in one zone. Days are `YYYY-MM-DD`, instants UTC ms. */
export interface UserCalendar {
  readonly zone: string;
  /** What Outlook calls the zone; the IANA name where Windows' names would mean another one. */
  readonly outlookZone: string;
  readonly today: string;
  /** The day so many days from today. */
  readonly day: (offset: number) => string;
  /** The instant of a time of day, `HH:mm`. */
  readonly at: (day: string, time: string) => number;
  /** The wall time of an instant, as Graph writes it. */
  readonly wall: (ms: number) => string;
  /**
   * A change of each type inside the window of synced events. Where the user's clocks never change, those of Berlin: what happens
   * there at that time still has to arrive.
   */
  readonly changes: { readonly forward: ClockChange; readonly back: ClockChange };
}

/** Throws `RangeError` for a zone that is not an IANA name. */
export function userCalendar(zone: string, now: number): UserCalendar {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  return {
    zone,
    outlookZone: outlookZoneOf(zone),
    today: today.toString(),
    day: (offset) => today.add({ days: offset }).toString(),
    at: (day, time) => instantAt(day, time, zone),
    wall: (ms) => wallAt(ms, zone),
    changes: { forward: nextChange(zone, now, 'forward'), back: nextChange(zone, now, 'back') },
  };
}

/** The day so many days from another one. */
export function daysFrom(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The instant of a wall time, `HH:mm`. A time that is missing on a day is the one an hour later. */
export function instantAt(day: string, time: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
}

/** The wall time of an instant, `YYYY-MM-DDTHH:mm:ss`. */
export function wallAt(ms: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
}

function outlookZoneOf(zone: string): string {
  const windows = windowsZoneOf(zone);
  return resolveZone(windows) === zone ? windows : zone;
}

function nextChange(zone: string, now: number, type: ClockChange['type']): ClockChange {
  const own = changeAfter(zone, now, type) ?? changeAfter('Europe/Berlin', now, type);
  if (own === undefined) throw new RangeError(`no change of the clocks within a year of ${new Date(now).toISOString()}`);
  return own;
}

const dayMs = 86_400_000;

function changeAfter(zone: string, now: number, type: ClockChange['type']): ClockChange | undefined {
  // From one autumn's change to the next can be 371 days: one that has just been lies in the synced window, one so far ahead does not.
  let moment = Temporal.Instant.fromEpochMilliseconds(now - 20 * dayMs).toZonedDateTimeISO(zone);
  for (;;) {
    const next = moment.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > now + 355 * dayMs) return undefined;
    const before = next.subtract({ milliseconds: 1 });
    const found = next.offsetNanoseconds > before.offsetNanoseconds ? 'forward' : 'back';
    if (found === type) return { at: next.epochMilliseconds, day: next.toPlainDate().toString(), type, zone };
    moment = next;
  }
}
