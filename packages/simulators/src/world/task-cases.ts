import type { UserCalendar } from './calendar.ts';
import type { CaseName } from './cases.ts';
import type { Entry, OroTaskSeed } from './entries.ts';
import { foreignOrigin, type GraphBody, type GraphTaskSeed } from './outlook-items.ts';

/** A task on one side or on both. */
export type TaskEntry = Entry<OroTaskSeed, GraphTaskSeed>;

/** Makes the entries of a case. */
type Maker = (calendar: UserCalendar) => readonly TaskEntry[];

const o = (seed: OroTaskSeed): TaskEntry => ({ oro: { priority: 'normal', ...seed } });
const x = (body: GraphBody): TaskEntry => ({ graph: { body } });

/** A due day as To Do keeps it when its web page set it: midnight, told in UTC. */
export function dueDay(day: string): GraphBody[string] {
  return { dateTime: `${day}T00:00:00`, timeZone: 'UTC' };
}

/** A due day as some clients of To Do keep it: midnight of the user's zone, told in UTC. */
function localMidnight(calendar: UserCalendar, day: string): GraphBody[string] {
  return { dateTime: new Date(calendar.at(day, '00:00')).toISOString().slice(0, 19), timeZone: 'UTC' };
}

/** The awkward tasks, by case; total, so that a case without entries does not compile. */
export const taskCases: Readonly<Record<CaseName<'task'>, Maker>> = {
  'in-progress-orocrm': () => [o({ subject: 'Plan the spring campaign', status: 'in_progress' })],
  'closed-orocrm': (calendar) => [o({ subject: 'Archive last year', status: 'closed', dueDate: calendar.at(calendar.day(-12), '12:00') })],
  'due-at-time': (calendar) =>
    ['17:30', '00:00', '23:30'].map((time, index) => o({ subject: `Hand in the report (${time})`, dueDate: calendar.at(calendar.day(9 + index), time) })),
  'due-at-time-both': (calendar) => [
    { ...o({ subject: 'Sign the lease', priority: 'high', dueDate: calendar.at(calendar.day(20), '17:30') }), ...x({ title: 'Sign the lease', importance: 'high', dueDateTime: dueDay(calendar.day(20)) }) },
  ],
  'same-subject': () => [o({ subject: 'Call back' }), o({ subject: 'Call back', priority: 'high' })],
  emoji: () => [o({ subject: 'Order 🎂 for the cafe\u0301 👩🏽‍🍳' }), x({ title: '🚚 Delivery for Zoe\u0308', importance: 'low' })],
  colleague: () => [{ ...o({ subject: 'A colleague\'s own task' }), colleague: true }],
  waiting: (calendar) => [x({ title: 'Quote from the printer', status: 'waitingOnOthers', dueDateTime: dueDay(calendar.day(15)) })],
  deferred: () => [x({ title: 'Learn Esperanto', status: 'deferred', importance: 'low' })],
  completed: (calendar) => [x({ title: 'Return the keys', status: 'completed', dueDateTime: dueDay(calendar.day(-20)) })],
  'odd-midnight': (calendar) =>
    ['01-15', '07-15'].map((day) => {
      const due = `${Number(calendar.today.slice(0, 4)) + 1}-${day}`;
      return x({ title: `Half-yearly check (${day})`, dueDateTime: localMidnight(calendar, due) });
    }),
  'odd-midnight-both': (calendar) => [
    { ...o({ subject: 'Renew the passport', dueDate: calendar.at(calendar.day(40), '09:00') }), ...x({ title: 'Renew the passport', dueDateTime: localMidnight(calendar, calendar.day(40)) }) },
  ],
  unmapped: (calendar) => [
    x({
      title: 'Pack for the fair',
      body: { content: 'Everything on the list.', contentType: 'text' },
      categories: ['Travel'],
      isReminderOn: true,
      reminderDateTime: { dateTime: calendar.wall(calendar.at(calendar.day(5), '08:00')), timeZone: calendar.outlookZone },
      checklistItems: [{ displayName: 'Badges', isChecked: true }, { displayName: 'Samples' }],
    }),
  ],
  'deferred-both': () => [{ ...o({ subject: 'Wait for the permit', status: 'in_progress' }), ...x({ title: 'Wait for the permit', status: 'deferred' }) }],
  'values-differ': (calendar) => [
    { ...o({ subject: 'Send the invitations', status: 'in_progress', dueDate: calendar.at(calendar.day(8), '10:00') }), ...x({ title: 'Send the invitations', status: 'completed', dueDateTime: dueDay(calendar.day(6)) }) },
  ],
  'twice-in-outlook': (calendar) => [
    { ...o({ subject: 'Water the plants', dueDate: calendar.at(calendar.day(2), '12:00') }), ...x({ title: 'Water the plants', dueDateTime: dueDay(calendar.day(2)) }) },
    x({ title: 'Water the plants' }),
  ],
  'old-marker': () => [{ ...o({ subject: 'Check the meter' }), ...x({ title: 'Check the meter' }), marks: 'itself' }],
  'foreign-marker': () => [
    x({ title: 'Task of the old CRM', linkedResources: [{ applicationName: 'OroCRM', displayName: 'Task of the old CRM', externalId: `${foreignOrigin}/815` }] }),
  ],
};
