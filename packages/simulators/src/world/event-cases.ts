import type { OroAttendeeInput } from '../orocrm/index.ts';
import { daysFrom, instantAt, wallAt, type UserCalendar } from './calendar.ts';
import type { CaseName } from './cases.ts';
import type { Entry, OroEventSeed } from './entries.ts';
import { allDayInOutlook, allDayInOro, timedInOutlook } from './event-forms.ts';
import { markedElsewhere, type GraphBody, type GraphEventSeed } from './outlook-items.ts';
import { series } from './series.ts';

/** An event on one side or on both. */
export type EventEntry = Entry<OroEventSeed, GraphEventSeed>;

/** Whose calendar it is, and the colleague who invites. */
export interface EventPeople {
  readonly user: { readonly name: string; readonly email: string };
  readonly colleague: { readonly id: number; readonly name: string; readonly email: string };
}

/** Makes the entries of a case. */
type Maker = (calendar: UserCalendar, people: EventPeople) => readonly EventEntry[];

const minute = 60_000;
const hour = 60 * minute;

const o = (seed: OroEventSeed): EventEntry => ({ oro: seed });
const x = (body: GraphBody): EventEntry => ({ graph: { body } });

/** A timed event of a day of the user, the same on both sides. */
const timed = (calendar: UserCalendar, title: string, day: string, time: string, minutes = 60): { readonly oro: OroEventSeed; readonly graph: GraphEventSeed } => {
  const start = calendar.at(day, time);
  return { oro: { title, start, end: start + minutes * minute }, graph: { body: { subject: title, ...timedInOutlook(calendar, start, start + minutes * minute) } } };
};

const attendee = (person: { readonly name: string; readonly email: string }, type: string, status = 'none'): OroAttendeeInput => ({ displayName: person.name, email: person.email, status, type });
const guest = (name: string, address: string): GraphBody[string] => ({ type: 'required', emailAddress: { name, address } });

/** What a colleague organises and the user is invited to: OroCRM puts a copy into the user's calendar. */
const invitation = (calendar: UserCalendar, people: EventPeople, title: string, day: string): { readonly oro: OroEventSeed; readonly graph: GraphEventSeed } => {
  const event = timed(calendar, title, day, '11:00', 45);
  return { ...event, oro: { ...event.oro, calendarId: people.colleague.id, attendees: [attendee(people.colleague, 'organizer', 'accepted'), attendee(people.user, 'required')] } };
};

const from = ({ name, email }: EventPeople['colleague']): GraphBody[string] => ({ emailAddress: { name, address: email } });

/** The awkward events, by case; total, so that a case without entries does not compile. */
export const eventCases: Readonly<Record<CaseName<'event'>, Maker>> = {
  'all-day-next-midnight': (calendar) => [o({ title: 'Stocktaking', ...allDayInOro(calendar, calendar.day(12), 1, 'next-midnight') })],
  'all-day-2359': (calendar) => [o({ title: 'Company outing', ...allDayInOro(calendar, calendar.day(13), 1, '2359') })],
  'all-day-start-is-end': (calendar) => [o({ title: 'Birthday of the founder', ...allDayInOro(calendar, calendar.day(14), 1, 'start-is-end') })],
  'all-day-utc': (calendar) => {
    const start = Date.parse(`${calendar.day(16)}T00:00:00Z`);
    return [o({ title: 'Day of the API', allDay: true, start, end: start + 24 * hour })];
  },
  'all-day-both': (calendar) =>
    (['next-midnight', '2359', 'start-is-end'] as const).map((form, index) => {
      const title = `Duty at the front desk ${index + 1}`;
      const day = calendar.day(18 + index);
      return { ...o({ title, ...allDayInOro(calendar, day, 1, form) }), ...x({ subject: title, ...allDayInOutlook(calendar, day, 1) }) };
    }),
  'all-day-over-change-orocrm': (calendar) => [
    o({ title: 'Shortest day of the year', ...allDayInOro(calendar, calendar.changes.forward.day, 1, '2359') }),
    o({ title: 'Longest day of the year', ...allDayInOro(calendar, calendar.changes.back.day, 1, 'next-midnight') }),
  ],
  'all-day-over-change-outlook': (calendar) => [
    x({ subject: 'Clocks go forward', ...allDayInOutlook(calendar, calendar.changes.forward.day, 1) }),
    x({ subject: 'Clocks go back', ...allDayInOutlook(calendar, calendar.changes.back.day, 1) }),
  ],
  'several-days-orocrm': (calendar) => [o({ title: 'Spring fair', ...allDayInOro(calendar, daysFrom(calendar.changes.forward.day, -2), 5, '2359') })],
  'several-days-outlook': (calendar) => [x({ subject: 'Autumn holiday', ...allDayInOutlook(calendar, daysFrom(calendar.changes.back.day, -2), 5) })],
  'over-change-orocrm': (calendar) => {
    const { at } = calendar.changes.forward;
    return [o({ title: 'Night shift', start: at - 4 * hour, end: at + 4 * hour })];
  },
  'over-change-outlook': (calendar) => {
    const { at } = calendar.changes.back;
    return [x({ subject: 'Long night', ...timedInOutlook(calendar, at - 5 * hour, at + 3 * hour) })];
  },
  'hour-twice': (calendar) => {
    // Half an hour to each side of the change: the same time on the clock, where clocks go back an hour.
    const { at } = calendar.changes.back;
    return [-30, 30].map((minutes) => o({ title: 'Read the meter', start: at + minutes * minute, end: at + (minutes + 15) * minute }));
  },
  'other-zone': (calendar) => {
    const day = calendar.day(26);
    return [x({ subject: 'Call with Tokyo', start: { dateTime: `${day}T17:00:00`, timeZone: 'Tokyo Standard Time' }, end: { dateTime: `${day}T18:00:00`, timeZone: 'Tokyo Standard Time' } })];
  },
  'other-zone-both': (calendar) => {
    const day = calendar.day(27);
    const start = instantAt(day, '10:00', 'America/New_York');
    const wall = (ms: number): GraphBody[string] => ({ dateTime: wallAt(ms, 'America/New_York'), timeZone: 'Eastern Standard Time' });
    return [{ ...o({ title: 'Call with New York', start, end: start + hour }), ...x({ subject: 'Call with New York', start: wall(start), end: wall(start + hour) }) }];
  },
  'midnight-to-midnight': (calendar) => [x({ subject: 'Server move', ...timedInOutlook(calendar, calendar.at(calendar.day(30), '00:00'), calendar.at(calendar.day(31), '00:00')) })],
  'no-length': (calendar) => [x({ subject: 'Parcel arrives', ...timedInOutlook(calendar, calendar.at(calendar.day(6), '15:00'), calendar.at(calendar.day(6), '15:00')) })],
  'long-past': (calendar) => apart(timed(calendar, 'Opening of the old office', calendar.day(-2_000), '10:00'), 'Closing of the old office'),
  'far-future': (calendar) => apart(timed(calendar, 'Jubilee', calendar.day(4_400), '10:00'), 'Jubilee dinner'),
  'window-edge': (calendar) => {
    const start = calendar.at(calendar.day(-33), '09:00');
    return [o({ title: 'Long conference', start, end: calendar.at(calendar.day(-27), '17:00') })];
  },
  emoji: (calendar) => apart(timed(calendar, '🎉 Party at the cafe\u0301 🥳', calendar.day(11), '18:00', 180), '👨‍👩‍👧 Family day'),
  private: (calendar) => ['private', 'confidential'].map((sensitivity, index) => x({ ...timed(calendar, `Doctor ${index + 1}`, calendar.day(7 + index), '08:00').graph.body, sensitivity })),
  personal: (calendar) => [x({ ...timed(calendar, 'Pick up the bicycle', calendar.day(9), '17:00').graph.body, sensitivity: 'personal' })],
  unmapped: (calendar) => [
    x({
      ...timed(calendar, 'Design review', calendar.day(10), '14:00').graph.body,
      body: { contentType: 'html', content: '<p>Bring the <b>drawings</b>.</p>' },
      location: { displayName: 'Room 4' },
      categories: ['Projects'],
      isReminderOn: true,
      reminderMinutesBeforeStart: 30,
      showAs: 'tentative',
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
    }),
  ],
  'own-meeting-outlook': (calendar) => [
    x({ ...timed(calendar, 'Kick-off with the supplier', calendar.day(17), '10:00').graph.body, attendees: [guest('Nora Palmer', 'nora.palmer@sales.example.com'), guest('Tomás Vidal', 'tomas.vidal@office.example.org')] }),
  ],
  'others-meeting-outlook': (calendar, people) => [
    x({
      ...timed(calendar, 'Quarterly numbers', calendar.day(19), '09:30').graph.body,
      organizer: { emailAddress: { name: 'Klaus Vogt', address: 'klaus.vogt@office.example.net' } },
      attendees: [guest(people.user.name, people.user.email)],
    }),
  ],
  'own-meeting-orocrm': (calendar, people) => [
    o({
      ...timed(calendar, 'Handover of the accounts', calendar.day(21), '15:00').oro,
      attendees: [attendee(people.user, 'organizer', 'accepted'), attendee(people.colleague, 'required'), attendee({ name: 'Guest', email: 'guest@example.net' }, 'optional')],
    }),
  ],
  'colleague-calendar': (calendar, people) => [{ oro: { ...timed(calendar, 'A colleague\'s own appointment', calendar.day(5), '12:00').oro, calendarId: people.colleague.id }, colleague: true }],
  'invitation-copy': (calendar, people) => [o(invitation(calendar, people, 'Budget round', calendar.day(22)).oro)],
  'invitation-both': (calendar, people) => {
    const event = invitation(calendar, people, 'Safety briefing', calendar.day(23));
    return [{ oro: event.oro, ...x({ ...event.graph.body, organizer: from(people.colleague), attendees: [guest(people.user.name, people.user.email)] }) }];
  },
  'series-orocrm': (calendar) => [o(series(calendar, 'Team meeting', 'tuesday', true).oro)],
  'series-outlook': (calendar) => [{ graph: series(calendar, 'Choir', 'thursday', true).graph }],
  'series-both': (calendar) => [series(calendar, 'Weekly report', 'friday', false)],
  'blanks-in-title': (calendar) => {
    const event = timed(calendar, 'Fitting of the suit', calendar.day(24), '16:00');
    return [{ ...event, graph: { body: { ...event.graph.body, subject: ' Fitting of the suit  ' } } }];
  },
  'twice-in-outlook': (calendar) => {
    const event = timed(calendar, 'Window cleaner', calendar.day(25), '07:00', 120);
    return [event, { graph: event.graph }];
  },
  'old-marker': (calendar) => [{ ...timed(calendar, 'Chess club', calendar.day(28), '19:00', 150), marks: 'itself' }],
  'foreign-marker': (calendar) => [x(markedElsewhere(timed(calendar, 'Appointment of the old CRM', calendar.day(29), '13:00').graph.body, '815'))],
};

/** One event in OroCRM, and another one at the same time in Outlook. */
function apart(event: { readonly oro: OroEventSeed; readonly graph: GraphEventSeed }, subject: string): readonly EventEntry[] {
  return [o(event.oro), x({ ...event.graph.body, subject })];
}
