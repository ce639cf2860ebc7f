import { isObject } from '../shared/json.ts';
import { badProperty, badRequest } from './failure.ts';
import type { EventTimes, Fields } from './state.ts';
import { daysBetween, msToWall, parseWall, resolveZone, wallToMs } from './zones.ts';

/** A `dateTimeTimeZone` as it was given: a wall time and the name of its zone. */
export interface ZonedWall {
  readonly wall: string;
  readonly zone: string;
}

export function readZonedWall(name: string, given: unknown): ZonedWall {
  if (!isObject(given) || typeof given['dateTime'] !== 'string') throw badRequest(`Cannot read the value of property '${name}': a dateTime is missing.`);
  for (const member of Object.keys(given)) {
    if (!['dateTime', 'timeZone'].includes(member) && !member.includes('@odata.')) throw badRequest(`The property '${member}' does not exist on type 'microsoft.graph.dateTimeTimeZone'.`);
  }
  const zone = given['timeZone'] ?? 'UTC';
  const iana = typeof zone === 'string' ? resolveZone(zone) : undefined;
  if (typeof zone !== 'string' || iana === undefined) {
    throw badRequest(`A valid TimeZone value must be specified. The following TimeZone value is not supported: '${String(zone)}'.`, 'TimeZoneNotSupportedException');
  }
  const wall = parseWall(given['dateTime'], iana);
  if (wall === undefined) throw badRequest(`Cannot read the value of property '${name}': '${given['dateTime']}' is no local date and time.`);
  return { wall, zone };
}

/** UTC ms of a wall time; its zone was checked when it was read. */
export function instantOf(time: ZonedWall): number {
  return wallToMs(time.wall, resolveZone(time.zone) ?? 'UTC');
}

export function showZoned(ms: number, zone: { readonly name: string; readonly iana: string }): Fields {
  return { dateTime: `${msToWall(ms, zone.iana)}0000`, timeZone: zone.name };
}

/** Applies `start`, `end` and `isAllDay` of a body to the times an event has, with the rules that hold between them. */
export function readEventTimes(body: Readonly<Record<string, unknown>>, current: EventTimes | undefined, roundToMinutes: boolean): EventTimes {
  const isAllDay = body['isAllDay'] ?? current?.isAllDay ?? false;
  if (typeof isAllDay !== 'boolean') throw badRequest("Cannot read the value of property 'isAllDay': it has an unexpected type.");
  const start = body['start'] === undefined ? current && { wall: current.startWall, zone: current.startZone } : readZonedWall('start', body['start']);
  const end = body['end'] === undefined ? current && { wall: current.endWall, zone: current.endZone } : readZonedWall('end', body['end']);
  if (!start || !end) throw badProperty('An event needs a start and an end.');
  if (isAllDay) {
    if (!start.wall.endsWith('T00:00:00.000') || !end.wall.endsWith('T00:00:00.000')) {
      throw badProperty('The Event.Start and Event.End properties of an all-day event have to be set to midnight.');
    }
    if (start.zone !== end.zone) throw badProperty('The start and end of an all-day event have to be in the same time zone.');
    if (daysBetween(start.wall.slice(0, 10), end.wall.slice(0, 10)) < 1) throw badProperty('The duration of an all-day event has to be at least one day.');
  } else if (instantOf(end) < instantOf(start)) throw badProperty('The end of an event lies before its start.');
  const round = (wall: string): string => (roundToMinutes ? `${wall.slice(0, 16)}:00.000` : wall);
  return { startWall: round(start.wall), startZone: start.zone, endWall: round(end.wall), endZone: end.zone, isAllDay };
}

/** UTC ms. An all-day event lies at midnight of the zone it was made in, so windows in another zone can miss it. */
export function startMs(times: EventTimes): number {
  return instantsOf(times)[0];
}

export function endMs(times: EventTimes): number {
  return instantsOf(times)[1];
}

/** `start` and `end` as answered: converted to the zone asked for, except that all-day events are always midnight. */
export function showTimes(times: EventTimes, zone: { readonly name: string; readonly iana: string }): Fields {
  if (times.isAllDay) {
    return {
      start: { dateTime: `${times.startWall}0000`, timeZone: zone.name },
      end: { dateTime: `${times.endWall}0000`, timeZone: zone.name },
    };
  }
  return { start: showZoned(startMs(times), zone), end: showZoned(endMs(times), zone) };
}

// Converting a wall time is the costly part of every view; times are never changed in place.
const known = new WeakMap<EventTimes, readonly [number, number]>();

function instantsOf(times: EventTimes): readonly [number, number] {
  let instants = known.get(times);
  if (!instants) {
    instants = [instantOf({ wall: times.startWall, zone: times.startZone }), instantOf({ wall: times.endWall, zone: times.endZone })];
    known.set(times, instants);
  }
  return instants;
}
