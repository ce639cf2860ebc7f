import { daysFrom, type UserCalendar } from './calendar.ts';
import type { OroEventSeed } from './entries.ts';
import { timedInOutlook } from './event-forms.ts';
import type { GraphEventSeed } from './outlook-items.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const hour = 3_600_000;

/**
 * A weekly series of an hour at 9 o'clock, as both sides hold it: from three weeks ago for a year, so that it
 * crosses a change of the clocks. With `edited`, the fifth occurrence was moved to the afternoon and the sixth cancelled.
 */
export function series(calendar: UserCalendar, title: string, weekday: string, edited: boolean): { readonly oro: OroEventSeed; readonly graph: GraphEventSeed } {
  let first = calendar.day(-21);
  while (weekdays[new Date(`${first}T00:00:00Z`).getUTCDay()] !== weekday) first = daysFrom(first, 1);
  const week = (number: number): string => daysFrom(first, 7 * number);
  const at = (number: number): number => calendar.at(week(number), '09:00');
  const count = 52;
  const moved = at(4) + 5 * hour;
  return {
    oro: {
      title,
      start: at(0),
      end: at(0) + hour,
      recurrence: { recurrenceType: 'weekly', interval: 1, dayOfWeek: [weekday], startTime: at(0), occurrences: count, timeZone: calendar.zone },
      ...(edited && {
        occurrences: [
          { originalStart: at(4), start: moved, end: moved + hour },
          { originalStart: at(5), start: at(5), end: at(5) + hour, isCancelled: true },
        ],
      }),
    },
    graph: {
      body: {
        subject: title,
        ...timedInOutlook(calendar, at(0), at(0) + hour),
        recurrence: {
          pattern: { type: 'weekly', interval: 1, daysOfWeek: [weekday], firstDayOfWeek: 'monday' },
          range: { type: 'numbered', startDate: first, numberOfOccurrences: count, recurrenceTimeZone: calendar.outlookZone },
        },
      },
      ...(edited && { occurrences: { [week(4)]: timedInOutlook(calendar, moved, moved + hour), [week(5)]: null } }),
    },
  };
}
