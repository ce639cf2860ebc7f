import { daysOf } from './recurrence.ts';
import type { Event, EventTimes, Recurrence } from './state.ts';
import { endMs, startMs } from './times.ts';
import { addDays, daysBetween } from './zones.ts';

/** UTC ms; the end is not part of it. */
export type Window = readonly [startMs: number, endMs: number];

/** What decides which instances a calendar view shows of an event. */
export interface Shape {
  readonly times: EventTimes;
  readonly recurrence: Recurrence | null;
  readonly exceptions: Readonly<Record<string, EventTimes>>;
  readonly cancelled: readonly string[];
}

/** One line of a calendar view. `day` names the occurrence within its series; absent for a single event. */
export interface Instance {
  readonly day?: string;
  readonly times: EventTimes;
}

export function shapeOf(event: Event): Shape {
  const exceptions = Object.fromEntries(Object.entries(event.exceptions).map(([day, exception]) => [day, exception.times]));
  return { times: event.times, recurrence: event.recurrence, exceptions, cancelled: event.cancelled };
}

/** The instances that touch the window. A series is expanded in the wall time of its zone, across daylight-saving changes. */
export function* instancesIn(shape: Shape, window: Window): Generator<Instance> {
  const { recurrence } = shape;
  if (!recurrence) {
    if (touches(shape.times, window)) yield { times: shape.times };
    return;
  }
  const span = daysBetween(shape.times.startWall.slice(0, 10), shape.times.endWall.slice(0, 10)) + 2;
  const from = addDays(dayOf(window[0]), -span);
  const to = addDays(dayOf(window[1]), 2);
  for (const day of daysOf(recurrence, from, to)) {
    if (shape.cancelled.includes(day) || shape.exceptions[day]) continue;
    const times = occurrenceTimes(shape.times, day);
    if (touches(times, window)) yield { day, times };
  }
  // An exception may have been moved far from its day.
  for (const [day, times] of Object.entries(shape.exceptions)) if (touches(times, window)) yield { day, times };
}

/** The times of the occurrence on one day, before anybody edited it. */
export function occurrenceTimes(master: EventTimes, day: string): EventTimes {
  const span = daysBetween(master.startWall.slice(0, 10), master.endWall.slice(0, 10));
  return { ...master, startWall: `${day}${master.startWall.slice(10)}`, endWall: `${addDays(day, span)}${master.endWall.slice(10)}` };
}

/** Whether a series has a living occurrence on that day. */
export function hasOccurrence(event: Event, day: string): boolean {
  if (!event.recurrence || event.cancelled.includes(day)) return false;
  if (event.exceptions[day]) return true;
  for (const found of daysOf(event.recurrence, day, day)) return found === day;
  return false;
}

function touches(times: EventTimes, window: Window): boolean {
  const [start, end] = [startMs(times), endMs(times)];
  return start < window[1] && (end > window[0] || (end === start && start >= window[0]));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
