import { daysFrom, type UserCalendar } from './calendar.ts';
import type { GraphBody } from './outlook-items.ts';

/** How OroCRM may hold an all-day event (rule M44). */
export type AllDayForm = 'next-midnight' | '2359' | 'start-is-end';

/** Times of an all-day event of OroCRM. `start-is-end` holds one day only, whatever `days` says. */
export function allDayInOro(calendar: UserCalendar, day: string, days: number, form: AllDayForm): { readonly allDay: true; readonly start: number; readonly end: number } {
  const start = calendar.at(day, '00:00');
  const ends: Readonly<Record<AllDayForm, number>> = {
    'next-midnight': calendar.at(daysFrom(day, days), '00:00'),
    '2359': calendar.at(daysFrom(day, days - 1), '23:59'),
    'start-is-end': start,
  };
  return { allDay: true, start, end: ends[form] };
}

/** Times of an all-day event of Outlook, the end exclusive. */
export function allDayInOutlook(calendar: UserCalendar, day: string, days: number): GraphBody {
  const midnight = (date: string): GraphBody[string] => ({ dateTime: `${date}T00:00:00`, timeZone: calendar.outlookZone });
  return { isAllDay: true, start: midnight(day), end: midnight(daysFrom(day, days)) };
}

/** Times of a timed event of Outlook, in the user's zone. Not for the hour that comes twice: a wall time cannot tell which. */
export function timedInOutlook(calendar: UserCalendar, start: number, end: number): GraphBody {
  const wall = (ms: number): GraphBody[string] => ({ dateTime: calendar.wall(ms), timeZone: calendar.outlookZone });
  return { isAllDay: false, start: wall(start), end: wall(end) };
}
