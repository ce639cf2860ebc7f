import type { WorldCaseName } from '../../src/index.ts';
import type { View } from './world-views.ts';

/** Both sides of one entry, as the services answer. */
export interface Seen {
  readonly oro?: View;
  readonly graph?: View;
}

/** Whether what the services answer for the entries of a case is that case. */
export type Check = (entries: readonly Seen[]) => boolean;

const marker = 'String {00020329-0000-0000-C000-000000000046} Name OroCRM_id';
const origin = 'String {00020329-0000-0000-C000-000000000046} Name Syncline_origin';
const phoneTag = 'String 0x3A1A';

const o = (view: View | undefined, name: string): string => view?.text(name) ?? '(none)';
const onlyOro = ([entry, ...more]: readonly Seen[], test: (view: View) => boolean): boolean => more.length === 0 && entry?.oro !== undefined && entry.graph === undefined && test(entry.oro);
const onlyGraph = ([entry, ...more]: readonly Seen[], test: (view: View) => boolean): boolean => more.length === 0 && entry?.graph !== undefined && entry.oro === undefined && test(entry.graph);
const pair = ([entry, ...more]: readonly Seen[], test: (oro: View, graph: View) => boolean): boolean => more.length === 0 && entry?.oro !== undefined && entry.graph !== undefined && test(entry.oro, entry.graph);
const pairs = (entries: readonly Seen[], count: number, test: (oro: View, graph: View) => boolean): boolean => entries.length === count && entries.every((entry) => pair([entry], test));
const shape = (entries: readonly Seen[]): string => entries.map(({ oro, graph }) => `${oro ? 'O' : ''}${graph ? 'X' : ''}`).join(' ');

const sameNames = (oro: View, graph: View): boolean => oro.text('firstName') === graph.text('givenName') && oro.text('lastName') === graph.text('surname');
const values = (view: View, list: string, name: string): readonly string[] => view.list(list).map((entry) => String(entry[name]));
const typesOf = (address: Readonly<Record<string, unknown>> | undefined): string => JSON.stringify((address?.['types'] as { data?: { id: string }[] } | undefined)?.data?.map(({ id }) => id).sort() ?? null);
const businessCountry = (country: string) => (view: View): boolean => view.text('businessAddress/city') !== '' && view.text('businessAddress/countryOrRegion') === country;

export const contactChecks: Readonly<Record<WorldCaseName<'contact'>, Check>> = {
  'first-name-only-orocrm': (e) => onlyOro(e, (c) => c.text('firstName') !== '' && c.text('lastName') === ''),
  'last-name-only-orocrm': (e) => onlyOro(e, (c) => c.text('firstName') === '' && c.text('lastName') !== ''),
  'first-name-only-outlook': (e) => onlyGraph(e, (c) => c.text('givenName') !== '' && c.text('surname') === ''),
  'last-name-only-outlook': (e) => onlyGraph(e, (c) => c.text('givenName') === '' && c.text('surname') !== ''),
  'one-name-both': (e) => pair(e, (oro, graph) => oro.text('firstName') === oro.text('lastName') && graph.text('surname') === oro.text('lastName') && graph.text('givenName') === ''),
  'nameless-both': ([left, right]) => o(left?.oro, 'firstName') + o(left?.oro, 'lastName') + o(right?.graph, 'givenName') + o(right?.graph, 'surname') === '' && o(right?.graph, 'birthday').startsWith(o(left?.oro, 'birthday')) && right?.graph?.extended('Short 0x3A4D') === '1' && o(left?.oro, 'gender') === 'female',
  'five-emails': (e) => onlyOro(e, (c) => new Set(values(c, 'emails', 'email')).size === 5 && c.text('primaryEmail') === [...values(c, 'emails', 'email')].find((email) => email.endsWith('@office.example.org'))),
  'five-emails-both': (e) => pair(e, (oro, graph) => values(oro, 'emails', 'email').length === 5 && values(graph, 'emailAddresses', 'address').length === 3 && values(graph, 'emailAddresses', 'address').every((email) => values(oro, 'emails', 'email').includes(email))),
  'several-phones': (e) => onlyOro(e, (c) => values(c, 'phones', 'phone').length === 4 && c.text('primaryPhone') === '+49 30 23125 171'),
  'leap-day-orocrm': (e) => onlyOro(e, (c) => c.text('birthday') === '1996-02-29'),
  'leap-day-outlook': (e) => onlyGraph(e, (c) => c.text('birthday') === '2000-02-29T11:59:00Z'),
  'birthday-hours': (e) => e.map(({ graph }) => o(graph, 'birthday').slice(8, 16)).join() === '31T00:00,01T10:00,31T11:59,01T14:00,30T23:59',
  'birthday-hour-both': (e) => pair(e, (oro, graph) => oro.text('birthday') === '1980-07-18' && graph.text('birthday') === '1980-07-18T11:59:00Z' && sameNames(oro, graph)),
  'formatted-text': (e) => onlyOro(e, (c) => /<ul>\r\n<li>/.test(c.text('description')) && c.text('description').includes('&amp;')),
  'formatted-text-both': (e) => pair(e, (oro, graph) => oro.text('description') === '<p>Likes <b>tea</b> &amp; cake.</p>\n<p>Calls back.</p>' && graph.text('personalNotes') === 'Likes tea & cake.\nCalls back.'),
  'notes-like-tags': (e) => onlyGraph(e, (c) => c.text('personalNotes').includes('<b>bold</b>') && c.text('personalNotes').includes('a < b && c > d')),
  'notes-crlf': (e) => onlyGraph(e, (c) => /^\r\n\r\n.* {3}\r\n.*\t\r\n\r\n.* {2}\r\n\r\n$/.test(c.text('personalNotes'))),
  'billing-and-shipping': (e) => onlyOro(e, (c) => c.list('addresses').length === 1 && typesOf(c.list('addresses')[0]) === '["billing","shipping"]'),
  'untyped-address': (e) => onlyOro(e, (c) => c.list('addresses').length === 1 && typesOf(c.list('addresses')[0]) === '[]'),
  'untyped-addresses': (e) => onlyOro(e, (c) => c.list('addresses').filter((address) => typesOf(address) === '[]').length === 3 && [...c.list('addresses')].sort((a, b) => Number(a['id']) - Number(b['id']))[1]?.['primary'] === true),
  'country-english': (e) => onlyGraph(e, businessCountry('Germany')),
  'country-german': (e) => onlyGraph(e, businessCountry('Österreich')),
  'country-code': (e) => onlyGraph(e, businessCountry('FR')),
  'country-unknown': (e) => onlyGraph(e, businessCountry('Atlantis')),
  'country-missing': (e) => onlyGraph(e, businessCountry('')),
  'state-unknown': (e) => onlyGraph(e, (c) => c.text('homeAddress/state') === 'Bay Area' && c.text('homeAddress/countryOrRegion') === 'United States'),
  'long-texts': (e) => onlyOro(e, (c) => c.text('jobTitle').length === 255 && c.text('description').length === 5_000),
  'too-long-texts': (e) => onlyGraph(e, (c) => c.text('jobTitle').length === 256 && c.text('givenName').length === 101),
  emoji: (e) => onlyOro(e, (c) => [c.text('lastName'), c.text('jobTitle'), c.text('description')].every((text) => /\p{Extended_Pictographic}/u.test(text))),
  'emoji-outlook': (e) => onlyGraph(e, (c) => c.text('surname').includes('\u200d') && c.text('personalNotes').includes('👨‍👩‍👧‍👦')),
  scripts: (e) => (['Greek', 'Cyrillic', 'Arabic', 'Hebrew', 'Devanagari', 'Thai', 'Han', 'Hangul'] as const).every((script) => e.some(({ oro }) => new RegExp(`^\\p{Script=${script}}`, 'u').test(o(oro, 'lastName')))),
  'composed-and-decomposed': (e) =>
    pairs(e, 2, (oro, graph) => {
      const [left, right] = [oro.text('firstName') + oro.text('lastName'), graph.text('givenName') + graph.text('surname')];
      return left !== right && left === left.normalize('NFC') && right === left.normalize('NFD');
    }),
  'company-card': (e) => onlyGraph(e, (c) => c.text('companyName') !== '' && c.text('givenName') + c.text('surname') + c.extended(phoneTag) === '' && c.list('emailAddresses').length === 0),
  private: (e) => shape(e) === 'X X' && e.map(({ graph }) => graph?.extended('Integer 0x36')).join() === '2,3',
  'by-hand-names': (e) => onlyGraph(e, (c) => c.text('displayName') === 'The tall neighbour' && c.text('fileAs') === 'Neighbour, the tall one'),
  'email-names': (e) => onlyGraph(e, (c) => values(c, 'emailAddresses', 'name')[0] === 'Desk, second floor' && new Set(values(c, 'emailAddresses', 'address').map((address) => address.toLowerCase())).size === 1),
  unmapped: (e) => onlyGraph(e, (c) => c.text('mobilePhone') !== '' && c.text('spouseName') === 'Kim' && c.extended(phoneTag) === ''),
  'same-on-both': (e) => pair(e, (oro, graph) => sameNames(oro, graph) && oro.text('description') === graph.text('personalNotes') && graph.text('businessAddress/city') === String(oro.list('addresses')[0]?.['city'])),
  'form-differs': (e) => pair(e, (oro, graph) => sameNames(oro, graph) && graph.text('personalNotes') === 'First line  \r\nsecond line\r\n\r\n' && graph.extended(phoneTag) === '+49 (30) 23125-100' && oro.text('primaryPhone') === '+49 30 23125 100' && values(graph, 'emailAddresses', 'address')[0] === 'Mixed.Case@EXAMPLE.com'),
  'gender-zero': (e) => pair(e, (oro, graph) => oro.text('gender') === '' && graph.extended('Short 0x3A4D') === '0'),
  'values-differ': (e) => pair(e, (oro, graph) => sameNames(oro, graph) && oro.text('jobTitle') !== graph.text('jobTitle') && oro.text('primaryPhone') !== graph.extended(phoneTag)),
  'empty-in-orocrm': (e) => pair(e, (oro, graph) => sameNames(oro, graph) && oro.text('jobTitle') + oro.text('primaryEmail') + oro.text('primaryPhone') === '' && graph.text('jobTitle') !== '' && graph.extended(phoneTag) !== ''),
  'empty-in-outlook': (e) => pair(e, (oro, graph) => sameNames(oro, graph) && oro.text('jobTitle') !== '' && oro.text('primaryEmail') !== '' && graph.text('jobTitle') + graph.extended(phoneTag) === ''),
  'twice-in-orocrm': (e) => shape(e) === 'OX O' && new Set(e.map(({ oro }) => o(oro, 'firstName') + o(oro, 'lastName') + o(oro, 'gender') + o(oro, 'birthday'))).size === 1,
  'three-in-outlook': (e) => shape(e) === 'OX X X' && new Set(e.map(({ graph }) => o(graph, 'givenName') + o(graph, 'surname') + o(graph, 'birthday'))).size === 1,
  'old-marker': (e) => pair(e, (oro, graph) => graph.extended(marker) === oro.text('id') && graph.extended(origin) === '' && sameNames(oro, graph)),
  'wrong-marker': (e) => onlyGraph(e, (c) => /^\d+$/.test(c.extended(marker)) && c.extended(origin) === ''),
  'foreign-marker': (e) => onlyGraph(e, (c) => c.extended(marker) === '4711' && c.extended(origin).startsWith('crm.example.net')),
};

const related = (view: View, name: string): string => view.text(`${name}/data/id`);

/** Of the world of the test: from 2 March 2026 in Berlin. */
export const taskChecks: Readonly<Record<WorldCaseName<'task'>, Check>> = {
  'in-progress-orocrm': (e) => onlyOro(e, (t) => related(t, 'status') === 'in_progress'),
  'closed-orocrm': (e) => onlyOro(e, (t) => related(t, 'status') === 'closed'),
  'due-at-time': (e) => e.map(({ oro }) => o(oro, 'dueDate')).join() === '2026-03-11T16:30:00Z,2026-03-11T23:00:00Z,2026-03-13T22:30:00Z',
  'due-at-time-both': (e) => pair(e, (oro, graph) => oro.text('dueDate') === '2026-03-22T16:30:00Z' && graph.text('dueDateTime/dateTime').startsWith('2026-03-22T00:00:00')),
  'same-subject': (e) => shape(e) === 'O O' && e.map(({ oro }) => o(oro, 'subject') + (oro ? related(oro, 'taskPriority') : '')).join() === 'Call backnormal,Call backhigh',
  emoji: (e) => shape(e) === 'O X' && o(e[0]?.oro, 'subject').includes('e\u0301') && o(e[1]?.graph, 'title').startsWith('🚚'),
  colleague: (e) => shape(e) === '' && e.length === 1,
  waiting: (e) => onlyGraph(e, (t) => t.text('status') === 'waitingOnOthers'),
  deferred: (e) => onlyGraph(e, (t) => t.text('status') === 'deferred'),
  completed: (e) => onlyGraph(e, (t) => t.text('status') === 'completed' && t.text('dueDateTime/dateTime') < '2026-03-02'),
  'odd-midnight': (e) => e.map(({ graph }) => o(graph, 'dueDateTime/dateTime').slice(0, 16)).join() === '2027-01-14T23:00,2027-07-14T22:00',
  'odd-midnight-both': (e) => pair(e, (oro, graph) => oro.text('dueDate') === '2026-04-11T07:00:00Z' && graph.text('dueDateTime/dateTime').startsWith('2026-04-10T22:00')),
  unmapped: (e) => onlyGraph(e, (t) => t.list('checklistItems').length === 2 && t.text('isReminderOn') === 'true' && t.text('body/content') !== ''),
  'deferred-both': (e) => pair(e, (oro, graph) => related(oro, 'status') === 'in_progress' && graph.text('status') === 'deferred'),
  'values-differ': (e) => pair(e, (oro, graph) => related(oro, 'status') === 'in_progress' && graph.text('status') === 'completed' && oro.text('dueDate').slice(0, 10) !== graph.text('dueDateTime/dateTime').slice(0, 10)),
  'twice-in-outlook': (e) => shape(e) === 'OX X' && o(e[0]?.graph, 'title') === o(e[1]?.graph, 'title'),
  'old-marker': (e) => pair(e, (oro, graph) => graph.list('linkedResources')[0]?.['externalId'] === oro.text('id') && graph.list('linkedResources')[0]?.['applicationName'] === 'OroCRM'),
  'foreign-marker': (e) => onlyGraph(e, (t) => t.list('linkedResources')[0]?.['externalId'] === 'crm.example.net-0000/815'),
};

const oroTimes = (view: View | undefined): string => `${o(view, 'start').slice(0, 16)} ${o(view, 'end').slice(0, 16)}`;
const graphTimes = (view: View | undefined): string => `${o(view, 'start/dateTime').slice(0, 16)} ${o(view, 'end/dateTime').slice(0, 16)}`;
const sameTimes = (oro: View, graph: View): boolean => oroTimes(oro) === graphTimes(graph);
const allDay = (view: View | undefined): boolean => o(view, 'allDay') === 'true' || o(view, 'isAllDay') === 'true';

export const eventChecks: Readonly<Record<WorldCaseName<'event'>, Check>> = {
  'all-day-next-midnight': (e) => onlyOro(e, (v) => allDay(v) && oroTimes(v) === '2026-03-13T23:00 2026-03-14T23:00'),
  'all-day-2359': (e) => onlyOro(e, (v) => allDay(v) && oroTimes(v) === '2026-03-14T23:00 2026-03-15T22:59'),
  'all-day-start-is-end': (e) => onlyOro(e, (v) => allDay(v) && oroTimes(v) === '2026-03-15T23:00 2026-03-15T23:00'),
  'all-day-utc': (e) => onlyOro(e, (v) => allDay(v) && oroTimes(v) === '2026-03-18T00:00 2026-03-19T00:00'),
  'all-day-both': (e) => pairs(e, 3, (oro, graph) => allDay(oro) && allDay(graph)) && e.map(({ graph }) => graphTimes(graph)).join() === '2026-03-20T00:00 2026-03-21T00:00,2026-03-21T00:00 2026-03-22T00:00,2026-03-22T00:00 2026-03-23T00:00',
  'all-day-over-change-orocrm': (e) => e.every(({ oro }) => allDay(oro)) && e.map(({ oro }) => oroTimes(oro)).join() === '2026-03-28T23:00 2026-03-29T21:59,2026-10-24T22:00 2026-10-25T23:00',
  'all-day-over-change-outlook': (e) => e.every(({ graph }) => allDay(graph)) && e.map(({ graph }) => graphTimes(graph)).join() === '2026-03-29T00:00 2026-03-30T00:00,2026-10-25T00:00 2026-10-26T00:00',
  'several-days-orocrm': (e) => onlyOro(e, (v) => allDay(v) && oroTimes(v) === '2026-03-26T23:00 2026-03-31T21:59'),
  'several-days-outlook': (e) => onlyGraph(e, (v) => allDay(v) && graphTimes(v) === '2026-10-23T00:00 2026-10-28T00:00'),
  'over-change-orocrm': (e) => onlyOro(e, (v) => oroTimes(v) === '2026-03-28T21:00 2026-03-29T05:00'),
  'over-change-outlook': (e) => onlyGraph(e, (v) => graphTimes(v) === '2026-10-24T20:00 2026-10-25T04:00'),
  'hour-twice': (e) => shape(e) === 'O O' && e.map(({ oro }) => oroTimes(oro)).join() === '2026-10-25T00:30 2026-10-25T00:45,2026-10-25T01:30 2026-10-25T01:45',
  'other-zone': (e) => onlyGraph(e, (v) => v.text('originalStartTimeZone') === 'Tokyo Standard Time' && graphTimes(v) === '2026-03-28T08:00 2026-03-28T09:00'),
  'other-zone-both': (e) => pair(e, (oro, graph) => graph.text('originalStartTimeZone') === 'Eastern Standard Time' && sameTimes(oro, graph)),
  'midnight-to-midnight': (e) => onlyGraph(e, (v) => !allDay(v) && graphTimes(v) === '2026-03-31T22:00 2026-04-01T22:00'),
  'no-length': (e) => onlyGraph(e, (v) => v.text('start/dateTime') === v.text('end/dateTime')),
  'long-past': (e) => shape(e) === 'O X' && o(e[0]?.oro, 'start') < '2021' && o(e[1]?.graph, 'start/dateTime') < '2021',
  'far-future': (e) => shape(e) === 'O X' && o(e[0]?.oro, 'start') > '2038' && o(e[1]?.graph, 'start/dateTime') > '2038',
  'window-edge': (e) => onlyOro(e, (v) => v.text('start') < '2026-01-31' && v.text('end') > '2026-01-31'),
  emoji: (e) => shape(e) === 'O X' && o(e[0]?.oro, 'title').includes('🎉') && o(e[1]?.graph, 'subject').includes('👨‍👩‍👧'),
  private: (e) => e.map(({ graph }) => o(graph, 'sensitivity')).join() === 'private,confidential',
  personal: (e) => onlyGraph(e, (v) => v.text('sensitivity') === 'personal'),
  unmapped: (e) => onlyGraph(e, (v) => v.text('location/displayName') === 'Room 4' && v.text('body/content').includes('<b>drawings</b>') && v.text('isOnlineMeeting') === 'true' && v.text('reminderMinutesBeforeStart') === '30'),
  'own-meeting-outlook': (e) => onlyGraph(e, (v) => v.text('isOrganizer') === 'true' && v.list('attendees').length === 2),
  'others-meeting-outlook': (e) => onlyGraph(e, (v) => v.text('isOrganizer') === 'false' && v.text('organizer/emailAddress/address') === 'klaus.vogt@office.example.net'),
  'own-meeting-orocrm': (e) => onlyOro(e, (v) => v.list('attendees').length === 3 && v.text('parentEventId') === '' && v.text('isOrganizer') === 'true'),
  'colleague-calendar': (e) => shape(e) === '' && e.length === 1,
  'invitation-copy': (e) => onlyOro(e, (v) => v.text('editable') === 'false' && v.text('isOrganizer') === 'false'),
  'invitation-both': (e) => pair(e, (oro, graph) => oro.text('editable') === 'false' && graph.text('isOrganizer') === 'false' && sameTimes(oro, graph) && oro.text('title') === graph.text('subject')),
  'series-orocrm': (e) => onlyOro(e, (v) => v.text('recurrence/recurrenceType') === 'weekly'),
  'series-outlook': (e) => onlyGraph(e, (v) => v.text('type') === 'seriesMaster'),
  'series-both': (e) => pair(e, (oro, graph) => oro.text('recurrence/recurrenceType') === 'weekly' && graph.text('type') === 'seriesMaster' && sameTimes(oro, graph)),
  'blanks-in-title': (e) => pair(e, (oro, graph) => oro.text('title') !== graph.text('subject') && oro.text('title') === graph.text('subject').trim() && sameTimes(oro, graph)),
  'twice-in-outlook': (e) => shape(e) === 'OX X' && graphTimes(e[0]?.graph) === graphTimes(e[1]?.graph),
  'old-marker': (e) => pair(e, (oro, graph) => graph.extended(marker) === oro.text('id') && sameTimes(oro, graph)),
  'foreign-marker': (e) => onlyGraph(e, (v) => v.extended(marker) === '815' && v.extended(origin).startsWith('crm.example.net')),
};
