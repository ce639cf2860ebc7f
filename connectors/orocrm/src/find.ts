import { canonicalEmail, canonicalPhone, type Present, type Write } from '@syncline/connector';
import { readPage } from './lists.ts';
import { listEvents } from './pull-events.ts';
import { uidOf } from './push/event.ts';
import { contactQuery, contactsOf, presentEvent, taskQuery } from './read.ts';
import { parseTask, readable, type ContactRecord, type EventRecord, type TaskRecord } from './records.ts';
import type { Session } from './session.ts';
import { present } from './version.ts';

type Create<R> = Extract<Write<R>, { op: 'create' }>;

/** OroCRM cuts times to seconds, and a request takes its time to arrive. */
const slackMs = 60_000;

/** Contacts made since then that hold what this one should hold: a repeated POST would make a second one (rule R4). */
export async function findContacts(session: Session, create: Create<ContactRecord>, since: number): Promise<readonly Present<ContactRecord>[]> {
  const filter = filterFor(create.record);
  if (filter === undefined) return [];
  const query = { ...contactQuery, ...filter, 'filter[updatedAt][gte]': sinceThen(session, since), sort: 'id' };
  const { document } = await readPage(session.api, '/api/contacts', query, session.pageSizes.records, 'view contacts');
  const found = await contactsOf(session, document);
  return found.filter((contact) => Date.parse(contact.createdAt) >= floor(session, since) && isContact(contact.record, create.record)).map((contact) => present(contact));
}

/** Tasks made since then with the same subject, priority and due date; OroCRM cannot be asked for a subject. */
export async function findTasks(session: Session, create: Create<TaskRecord>, since: number): Promise<readonly Present<TaskRecord>[]> {
  const owner = session.me.userId === null ? {} : { 'filter[owner]': session.me.userId };
  const found: Present<TaskRecord>[] = [];
  for (let after = '0', more = true; more; ) {
    const query = { ...taskQuery, ...owner, 'filter[updatedAt][gte]': sinceThen(session, since), 'filter[id][gt]': after, sort: 'id' };
    const page = await readPage(session.api, '/api/tasks', query, session.pageSizes.records, 'view tasks');
    const tasks = readable(page.document.data, parseTask, session.context.log);
    found.push(...tasks.filter((task) => Date.parse(task.createdAt) >= floor(session, since) && isTask(task.record, create.record)).map((task) => present(task)));
    after = page.document.data.at(-1)?.id ?? after;
    more = page.full;
  }
  return found;
}

/** The event with the identity that this intent gives. */
export async function findEvents(session: Session, create: Create<EventRecord>): Promise<readonly Present<EventRecord>[]> {
  return (await listEvents(session, { uid: uidOf(create.key) })).map(presentEvent);
}

function filterFor(record: ContactRecord): { readonly [name: string]: string } | undefined {
  const [email] = record.emails;
  const [phone] = record.phones;
  const names = { ...nameFilter('firstName', record.firstName), ...nameFilter('lastName', record.lastName) };
  if (Object.keys(names).length > 0) return names;
  if (email !== undefined) return { 'filter[emails]': email };
  return phone === undefined ? undefined : { 'filter[phones]': phone };
}

function nameFilter(name: string, value: string | null): { readonly [name: string]: string } {
  return value === null || value.trim() === '' ? {} : { [`filter[${name}]`]: value.trim() };
}

/** Compared loosely where OroCRM stores something else than it was sent: blanks, regions, order. */
function isContact(found: ContactRecord, wanted: ContactRecord): boolean {
  const sameTexts = (['firstName', 'middleName', 'lastName', 'nameSuffix', 'jobTitle', 'gender', 'birthday'] as const).every((name) => (found[name] ?? '').trim() === (wanted[name] ?? '').trim());
  const sameEmails = sameSet(found.emails.map(canonicalEmail), wanted.emails.map(canonicalEmail));
  const samePhones = sameSet(found.phones.map(canonicalPhone), wanted.phones.map(canonicalPhone));
  return sameTexts && sameEmails && samePhones && found.addresses.length === wanted.addresses.length;
}

function isTask(found: TaskRecord, wanted: TaskRecord): boolean {
  return (found.subject ?? '').trim() === (wanted.subject ?? '').trim() && found.priority === wanted.priority && found.dueDate === wanted.dueDate;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set([...a, ...b]).size === new Set(a).size && new Set(a).size === new Set(b).size;
}

function floor(session: Session, since: number): number {
  return session.api.toServerTime(since) - slackMs;
}

function sinceThen(session: Session, since: number): string {
  return `${new Date(floor(session, since)).toISOString().slice(0, 19)}Z`;
}
