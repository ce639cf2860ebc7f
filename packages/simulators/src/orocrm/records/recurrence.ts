import { Temporal } from 'temporal-polyfill';
import type { RecurrenceRow, Seconds } from '../rows.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/**
 * The starts of a series that lie in [from, to), in order. The time of day is kept in the zone of the rule, across
 * changes of daylight saving time. An exception does not remove its occurrence here.
 */
export function occurrencesOf(rule: RecurrenceRow, from: Seconds, to: Seconds): Seconds[] {
  const starts: Seconds[] = [];
  let count = 0;
  for (const start of candidates(rule)) {
    if (start >= to || (rule.endTime !== null && start > rule.endTime)) break;
    count += 1;
    if (rule.occurrences !== null && count > rule.occurrences) break;
    if (start >= from) starts.push(start);
  }
  return starts;
}

/** A rule whose dates never come (30 February) ends after this many empty periods. */
const patience = 1_000;

function* candidates(rule: RecurrenceRow): Generator<Seconds> {
  const first = Temporal.Instant.fromEpochMilliseconds(rule.startTime * 1000).toZonedDateTimeISO(rule.timeZone);
  const time = first.toPlainTime();
  const firstDay = first.toPlainDate();
  let empty = 0;
  for (let period = 0; empty < patience; period += 1) {
    let any = false;
    for (const day of daysOf(rule, firstDay, period)) {
      if (Temporal.PlainDate.compare(day, firstDay) < 0) continue;
      any = true;
      yield day.toZonedDateTime({ timeZone: rule.timeZone, plainTime: time }).epochMilliseconds / 1000;
    }
    empty = any ? 0 : empty + 1;
  }
}

/** The days of the n-th period of a rule. */
function daysOf(rule: RecurrenceRow, first: Temporal.PlainDate, period: number): Temporal.PlainDate[] {
  const step = period * rule.interval;
  switch (rule.recurrenceType) {
    case 'daily':
      return [first.add({ days: step })];
    case 'weekly': {
      const monday = first.subtract({ days: first.dayOfWeek - 1 }).add({ weeks: step });
      return weekdays.flatMap((name, index) => (rule.dayOfWeek.includes(name) ? [monday.add({ days: index })] : []));
    }
    case 'monthly':
      return [onDay(first.with({ day: 1 }).add({ months: step }), rule.dayOfMonth ?? first.day)];
    case 'monthnth':
      return nth(first.with({ day: 1 }).add({ months: step }), rule);
    case 'yearly':
      return [onDay(inMonth(rule, first, step), rule.dayOfMonth ?? first.day)];
    default:
      return nth(inMonth(rule, first, step), rule);
  }
}

/** The interval of a yearly rule counts months: 12 is every year. */
function inMonth(rule: RecurrenceRow, first: Temporal.PlainDate, months: number): Temporal.PlainDate {
  return first.with({ day: 1, month: rule.monthOfYear ?? first.month }).add({ months });
}

/** In a shorter month the last day stands in. */
function onDay(month: Temporal.PlainDate, day: number): Temporal.PlainDate {
  return month.with({ day: Math.min(day, month.daysInMonth) });
}

function nth(month: Temporal.PlainDate, rule: RecurrenceRow): Temporal.PlainDate[] {
  const days: Temporal.PlainDate[] = [];
  for (let day = 1; day <= month.daysInMonth; day += 1) {
    const date = month.with({ day });
    if (rule.dayOfWeek.includes(weekdays[date.dayOfWeek - 1] ?? '')) days.push(date);
  }
  // 5 means the last.
  const found = rule.instance === 5 ? days.at(-1) : days[(rule.instance ?? 1) - 1];
  return found === undefined ? [] : [found];
}

/** A rule in words, as the window mode of the list shows it; the weekly form was seen, the others are alike. */
export function describeRule(rule: RecurrenceRow): string {
  const units: Readonly<Record<string, string>> = { daily: 'day', weekly: 'week', monthly: 'month', monthnth: 'month' };
  const unit = units[rule.recurrenceType] ?? 'year';
  const count = unit === 'year' ? rule.interval / 12 : rule.interval;
  const name = { day: 'Daily', week: 'Weekly', month: 'Monthly', year: 'Yearly' }[unit] ?? unit;
  const days = rule.dayOfWeek.map((day) => day.charAt(0).toUpperCase() + day.slice(1)).join(', ');
  const on = days === '' ? '' : ` on ${days}`;
  const end =
    rule.occurrences !== null
      ? `, end after ${rule.occurrences} occurrence${rule.occurrences === 1 ? '' : 's'}`
      : rule.endTime !== null
        ? `, end by ${new Date(rule.endTime * 1000).toISOString().slice(0, 10)}`
        : '';
  return `${name} every ${count} ${unit}${count === 1 ? '' : 's'}${on}${end}`;
}
