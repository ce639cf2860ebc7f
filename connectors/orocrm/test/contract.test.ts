import { contractSuite, type Fields, type Service, type World } from '@syncline/connector/testing';
import type { Kind } from '@syncline/connector';
import type { OroContact, OroEvent, OroTask } from '@syncline/simulators';
import t from 'tap';
import { orocrm, type ContactRecord, type EventRecord, type Session, type TaskRecord } from '../src/index.ts';
import { adminAuth, createWorld, type World as OroWorld } from './world.ts';
import { home } from './laws.ts';

const dayMs = 86_400_000;
/** Vienna in winter, where these worlds are. */
const midnight = (date: string): number => Date.parse(`${date}T00:00:00+01:00`);
const dateAt = (ms: number): string => new Date(ms + 3_600_000).toISOString().slice(0, 10);
const iso = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** What a person does in the back office, by the names its forms have. */
function people({ simulator: { admin } }: OroWorld): Required<Pick<Service, 'create' | 'edit' | 'remove' | 'look' | 'aside'>> {
  const orNull = (value: string | undefined): string | null => value ?? null;
  const contact = ({ emails, ...fields }: Fields): object => ({
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, orNull(value as string | undefined)])),
    ...(emails !== undefined && { emails }),
  });
  const task = ({ dueDate, ...fields }: Fields): object => ({ ...fields, ...(dueDate !== undefined && { dueDate: Date.parse(`${dueDate}T15:00:00+01:00`) }) });
  const event = ({ title, start, end, allDay }: Fields): object => {
    const days = allDay === true && start !== undefined && end !== undefined;
    // The form of the back office writes the last minute of the last day.
    const times = days ? { start: midnight(start), end: midnight(end) - 60_000, allDay: true } : { ...(start !== undefined && { start: Date.parse(start) }), ...(end !== undefined && { end: Date.parse(end) }) };
    return { ...(title !== undefined && { title }), ...times };
  };
  const edits: Record<Kind, (id: number, fields: Fields) => unknown> = {
    contact: (id, fields) => admin.updateContact(id, contact(fields)),
    task: (id, fields) => admin.updateTask(id, task(fields)),
    event: (id, fields) => admin.updateEvent(id, { ...event(fields), ...(fields.start !== undefined && { allDay: fields.allDay === true }) }),
  };
  const looks: Record<Kind, (id: number) => Fields | undefined> = {
    contact: (id) => lookAtContact(admin.contact(id)),
    task: (id) => lookAtTask(admin.task(id)),
    event: (id) => lookAtEvent(admin.event(id)),
  };
  return {
    create: (kind, fields) => {
      if (kind === 'contact') return String(admin.createContact(contact(fields)).id);
      if (kind === 'task') return String(admin.createTask({ subject: '', ...task(fields) }).id);
      return String(admin.createEvent({ title: '', start: 0, end: 0, ...event(fields) }).id);
    },
    edit: (kind, id, fields) => edits[kind](Number(id), fields),
    remove: (kind, id) => ({ contact: () => admin.deleteContact(Number(id)), task: () => admin.deleteTask(Number(id)), event: () => admin.deleteEvent(Number(id)) })[kind](),
    look: (kind, id) => looks[kind](Number(id)),
    aside: {
      put: (kind, id, text) => ({ contact: () => admin.updateContact(Number(id), { skype: text }), task: () => admin.updateTask(Number(id), { description: text }), event: () => admin.updateEvent(Number(id), { description: text }) })[kind](),
      read: (kind, id) => ({ contact: admin.contact(Number(id))?.skype, task: admin.task(Number(id))?.description, event: admin.event(Number(id))?.description })[kind] ?? undefined,
    },
  };
}

function lookAtContact(contact: OroContact | undefined): Fields | undefined {
  if (contact === undefined) return undefined;
  const { firstName, lastName, jobTitle, description, birthday, emails } = contact;
  const seen = { firstName, lastName, jobTitle, description: shown(description), birthday, emails: emails.map(({ value }) => value) };
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== null));
}

/** A browser shows a description that is HTML so. */
function shown(description: string | null): string | null {
  if (description === null || !description.startsWith('<p>')) return description;
  const text = description.replace(/<\/p>\n?<p>|<br \/>\n?/g, '\n').replace(/^<p>|<\/p>$/g, '');
  return text.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code))).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function lookAtTask(task: OroTask | undefined): Fields | undefined {
  if (task === undefined) return undefined;
  const { subject, priority, status, dueDate } = task;
  return { subject, priority: priority as 'low', status: status as 'open', ...(dueDate !== null && { dueDate: dateAt(dueDate * 1000) }) };
}

function lookAtEvent(event: OroEvent | undefined): Fields | undefined {
  if (event === undefined) return undefined;
  const { title, start, end, allDay } = event;
  return allDay ? { title, start: dateAt(start * 1000), end: dateAt(end * 1000 + dayMs), allDay } : { title, start: iso(start), end: iso(end) };
}

async function open(): Promise<World<Session>> {
  // So that everything takes several pages.
  const small = { pageSize: 5 };
  const world = createWorld();
  const { faults } = world.simulator.admin;
  return {
    session: await world.connect(small),
    now: () => world.now,
    again: () => world.connect(small),
    pass: (ms) => (world.now += ms),
    signInWrongly: () => world.connect({ auth: { ...adminAuth, clientSecret: 'a wrong secret' } }),
    secrets: [adminAuth.clientSecret, 'a wrong secret'],
    logs: world.logs,
    service: {
      ...people(world),
      spoil: (kind: Kind, record: object) => ({ contact: { ...record, firstName: null, lastName: null, emails: [], phones: [], description: null }, task: { ...record, subject: null }, event: { ...record, title: null } })[kind],
      loseNextAnswer: () => faults.add({ match: { where: ({ method, url }) => method !== 'GET' && !url.includes('oauth2') }, action: { type: 'drop-after' } }),
      setDown: (down) => (down ? faults.add({ times: Number.POSITIVE_INFINITY, action: { type: 'drop-before' } }) : faults.clear()),
    },
  };
}

const contact: ContactRecord = {
  firstName: null, middleName: null, lastName: 'Byron', nameSuffix: '', description: '<p>Called&nbsp;<b>twice</b></p>\n<p>a &lt; b</p>', jobTitle: null, fax: '-', gender: 'other', birthday: '1904-02-29',
  emails: ['B@x.org', 'b@x.org', 'a@x.org'], primaryEmail: null, phones: ['-', '+43 1 23'], primaryPhone: '+43 1 23',
  addresses: [home({ id: '8', types: ['billing', 'shipping'], primary: true, region: 'US-MA', regionName: 'Massachusetts' }), home({ id: '9', types: [], country: 'DE', customRegion: 'Hessen', street2: 'Top 1' })],
};
const task: TaskRecord = { subject: 'An urgent one', priority: 'urgent', dueDate: '2026-11-22T23:30:00Z', status: 'waiting' };
const events: readonly EventRecord[] = [
  { title: 'By another client', start: '2026-11-23T00:00:00Z', end: '2026-11-24T00:00:00Z', allDay: true, recurring: false },
  { title: 'By the page', start: '2026-11-22T23:00:00Z', end: '2026-11-23T22:59:00Z', allDay: true, recurring: false },
  { title: 'Every week', start: '2026-11-23T09:00:00Z', end: '2026-11-23T09:00:00Z', allDay: false, recurring: true },
];

contractSuite({
  test: (title, check) => t.test(title, check),
  connector: orocrm,
  open,
  samples: { contact: [contact], task: [task], event: events },
});
