import { isObject } from '../shared/json.ts';
import { badRequest } from './failure.ts';
import type { Recurrence } from './state.ts';
import { addDays, daysBetween } from './zones.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const indexes = ['first', 'second', 'third', 'fourth', 'last'];
const types = ['daily', 'weekly', 'absoluteMonthly', 'relativeMonthly', 'absoluteYearly', 'relativeYearly'] as const;

/** Reads a `patternedRecurrence`. `startDay` is the day of the item's start, which the range has to begin with. */
export function readRecurrence(given: unknown, startDay: string): Recurrence {
  if (!isObject(given) || !isObject(given['pattern']) || !isObject(given['range'])) throw badRequest('A recurrence needs a pattern and a range.');
  return { pattern: readPattern(given['pattern']), range: readRange(given['range'], startDay) };
}

/**
 * Days of the pattern from `from` to `to` (both included), in order. `numbered` counts from the first day of the series,
 * so it is walked from the beginning; nothing runs past `to`.
 */
export function* daysOf(recurrence: Recurrence, from: string, to: string): Generator<string> {
  const { range } = recurrence;
  const last = range.type === 'endDate' && range.endDate < to ? range.endDate : to;
  let left = range.type === 'numbered' ? range.numberOfOccurrences : Number.POSITIVE_INFINITY;
  for (const day of candidates(recurrence, range.type === 'numbered' ? range.startDate : from)) {
    if (day > last || left === 0) return;
    left -= 1;
    if (day >= from) yield day;
  }
}

/** The days of the pattern before and after one of its days; `undefined` at the ends. */
export function neighbours(recurrence: Recurrence, day: string): { readonly before?: string; readonly after?: string } {
  let before: string | undefined;
  for (const candidate of daysOf(recurrence, recurrence.range.startDate, addDays(day, 366 * Math.max(1, recurrence.pattern.interval)))) {
    if (candidate < day) before = candidate;
    if (candidate > day) return { ...(before === undefined ? {} : { before }), after: candidate };
  }
  return before === undefined ? {} : { before };
}

/** Days of the pattern on or after the start of the range, without end; may begin late enough to reach `from`. */
function* candidates(recurrence: Recurrence, from: string): Generator<string> {
  const { pattern } = recurrence;
  const start = recurrence.range.startDate;
  const { interval } = pattern;
  switch (pattern.type) {
    case 'daily': {
      const skipped = from > start ? Math.ceil(daysBetween(start, from) / interval) : 0;
      for (let step = skipped; ; step += 1) yield addDays(start, step * interval);
    }
    // falls through is impossible: the loop above has no end.
    case 'weekly': {
      const first = weekdays.indexOf(pattern.firstDayOfWeek);
      const weekStart = addDays(start, -((weekday(start) - first + 7) % 7));
      const skipped = from > weekStart ? Math.floor(daysBetween(weekStart, from) / (7 * interval)) : 0;
      for (let step = skipped; ; step += 1) {
        for (let offset = 0; offset < 7; offset += 1) {
          const day = addDays(weekStart, step * 7 * interval + offset);
          if (day >= start && pattern.daysOfWeek.includes(weekdays[weekday(day)] ?? '')) yield day;
        }
      }
    }
    case 'absoluteMonthly':
    case 'relativeMonthly':
      for (let step = 0; step < 12_000; step += 1) {
        const day = dayInMonth(recurrence, addMonths(start, step * interval));
        if (day !== undefined && day >= start) yield day;
      }
      return;
    case 'absoluteYearly':
    case 'relativeYearly':
      for (let step = 0; step < 1_000; step += 1) {
        const month = `${String(Number(start.slice(0, 4)) + step * interval).padStart(4, '0')}-${String(pattern.month).padStart(2, '0')}`;
        const day = dayInMonth(recurrence, month);
        if (day !== undefined && day >= start) yield day;
      }
  }
}

/** The day of the pattern in a month `YYYY-MM`; a 31st falls on the last day of shorter months, as in Exchange. */
function dayInMonth(recurrence: Recurrence, month: string): string | undefined {
  const { pattern } = recurrence;
  const length = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
  const dayOf = (number: number): string => `${month}-${String(number).padStart(2, '0')}`;
  if (pattern.type === 'absoluteMonthly' || pattern.type === 'absoluteYearly') return dayOf(Math.min(pattern.dayOfMonth, length));
  const fitting: string[] = [];
  for (let number = 1; number <= length; number += 1) {
    const day = dayOf(number);
    if (pattern.daysOfWeek.includes(weekdays[weekday(day)] ?? '')) fitting.push(day);
  }
  return pattern.index === 'last' ? fitting.at(-1) : fitting[indexes.indexOf(pattern.index)];
}

function addMonths(day: string, months: number): string {
  const total = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(total / 12)).padStart(4, '0')}-${String((total % 12) + 1).padStart(2, '0')}`;
}

function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function readPattern(given: Readonly<Record<string, unknown>>): Recurrence['pattern'] {
  known(given, ['type', 'interval', 'month', 'dayOfMonth', 'daysOfWeek', 'firstDayOfWeek', 'index'], 'recurrencePattern');
  const type = types.find((candidate) => candidate === lowerFirst(given['type']));
  if (!type) throw badRequest('The recurrence pattern has no known type.');
  const interval = given['interval'] ?? 1;
  if (typeof interval !== 'number' || !Number.isInteger(interval) || interval < 1) throw badRequest('The interval of a recurrence is a whole number of at least 1.');
  // Fields the type does not use are validated all the same.
  const daysOfWeek = words(given['daysOfWeek'] ?? [], weekdays);
  const firstDayOfWeek = words([given['firstDayOfWeek'] ?? 'sunday'], weekdays)[0] ?? 'sunday';
  const index = words([given['index'] ?? 'first'], indexes)[0] ?? 'first';
  const month = number(given['month'] ?? 0, 12);
  const dayOfMonth = number(given['dayOfMonth'] ?? 0, 31);
  if ((type === 'weekly' || type.startsWith('relative')) && daysOfWeek.length === 0) throw badRequest(`A ${type} pattern needs daysOfWeek.`);
  if (type.startsWith('absolute') && dayOfMonth === 0) throw badRequest(`A ${type} pattern needs dayOfMonth.`);
  if (type.endsWith('Yearly') && month === 0) throw badRequest(`A ${type} pattern needs month.`);
  return { type, interval, month, dayOfMonth, daysOfWeek, firstDayOfWeek, index };
}

function readRange(given: Readonly<Record<string, unknown>>, startDay: string): Recurrence['range'] {
  known(given, ['type', 'startDate', 'endDate', 'recurrenceTimeZone', 'numberOfOccurrences'], 'recurrenceRange');
  const type = (['endDate', 'noEnd', 'numbered'] as const).find((candidate) => candidate === lowerFirst(given['type']));
  if (!type) throw badRequest('The recurrence range has no known type.');
  const startDate = given['startDate'];
  if (startDate !== startDay) throw badRequest('The start date of the recurrence has to be the date of the start of the item.', 'ErrorPropertyValidationFailure');
  const endDate = given['endDate'] ?? '0001-01-01';
  if (typeof endDate !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(endDate)) throw badRequest('The end date of the recurrence is no date.');
  const numberOfOccurrences = given['numberOfOccurrences'] ?? 0;
  if (typeof numberOfOccurrences !== 'number' || !Number.isInteger(numberOfOccurrences)) throw badRequest('numberOfOccurrences is no whole number.');
  if (type === 'endDate' && endDate < startDay) throw badRequest('The end date of the recurrence lies before its start.', 'ErrorRecurrenceEndDateTooEarly');
  if (type === 'numbered' && numberOfOccurrences < 1) throw badRequest('A numbered range needs numberOfOccurrences above 0.');
  const zone = given['recurrenceTimeZone'];
  return { type, startDate: startDay, endDate, recurrenceTimeZone: typeof zone === 'string' ? zone : '', numberOfOccurrences };
}

function known(given: Readonly<Record<string, unknown>>, names: readonly string[], typeName: string): void {
  for (const name of Object.keys(given)) {
    if (!name.includes('@odata.') && !names.includes(name)) throw badRequest(`The property '${name}' does not exist on type 'microsoft.graph.${typeName}'.`);
  }
}

function words(given: unknown, allowed: readonly string[]): string[] {
  if (!Array.isArray(given)) throw badRequest('daysOfWeek is a list.');
  return given.map((word: unknown) => {
    const lower = typeof word === 'string' ? word.charAt(0).toLowerCase() + word.slice(1) : '';
    if (!allowed.includes(lower)) throw badRequest(`Requested value '${String(word)}' was not found.`);
    return lower;
  });
}

function number(given: unknown, most: number): number {
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0 || given > most) throw badRequest('A number of the recurrence pattern is out of range.');
  return given;
}

function lowerFirst(value: unknown): string {
  return typeof value === 'string' ? value.charAt(0).toLowerCase() + value.slice(1) : '';
}
