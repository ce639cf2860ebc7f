import { canonicalEmail, canonicalPhone, type Present, type Write } from '@syncline/connector';
import { readPage } from './lists.ts';
import { listEvents } from './pull-events.ts';
import { uidOf } from './push/event.ts';
import { contactQuery, contactsOf, presentEvent, taskQuery } from './read.ts';
import { parseTask, readable, trimmed, type ContactRecord, type Document, type EventRecord, type TaskRecord } from './records.ts';
import { tellLeftOut, type Session } from './session.ts';
import { present } from './version.ts';

type Create<R> = Extract<Write<R>, { op: 'create' }>;

/** OroCRM cuts times to seconds, and a request takes its time to arrive. */
const slackMs = 60_000;

/** Contacts made since then that hold what this one should hold: a repeated POST would make a second one (rule R4). */
export async function findContacts(session: Session, create: Create<ContactRecord>, since: number): Promise<readonly Present<ContactRecord>[]> {
  const found: Present<ContactRecord>[] = [];
  for await (const document of madeSince(session, 'contacts', { ...contactQuery, ...filterFor(create.record) }, since)) {
    const contacts = await contactsOf(session, document);
    found.push(...contacts.filter((contact) => Date.parse(contact.createdAt) >= floor(session, since) && isContact(contact.record, create.record)).map((contact) => present(contact)));
  }
  return found;
}

/** Tasks made since then with the same subject, priority and due date; OroCRM cannot be asked for a subject. */
export async function findTasks(session: Session, create: Create<TaskRecord>, since: number): Promise<readonly Present<TaskRecord>[]> {
  const owner = session.me.userId === null ? {} : { 'filter[owner]': session.me.userId };
  const found: Present<TaskRecord>[] = [];
  for await (const document of madeSince(session, 'tasks', { ...taskQuery, ...owner }, since)) {
    const tasks = readable(document.data, parseTask, tellLeftOut(session));
    found.push(...tasks.filter((task) => Date.parse(task.createdAt) >= floor(session, since) && isTask(task.record, create.record)).map((task) => present(task)));
  }
  return found;
}

/** What was made or changed since then, page by page: OroCRM cannot be asked for the time of creation. */
async function* madeSince(session: Session, type: 'contacts' | 'tasks', query: { readonly [name: string]: string }, since: number): AsyncGenerator<Document> {
  for (let after = '0', more = true; more; ) {
    const page = await readPage(session.api, `/api/${type}`, { ...query, 'filter[updatedAt][gte]': sinceThen(session, since), 'filter[id][gt]': after, sort: 'id' }, session.pageSizes.records, `view ${type}`);
    yield page.document;
    after = page.document.data.at(-1)?.id ?? after;
    more = page.full;
  }
}

/** The event with the identity that this intent gives. */
export async function findEvents(session: Session, create: Create<EventRecord>): Promise<readonly Present<EventRecord>[]> {
  return (await listEvents(session, { uid: uidOf(create.key) })).events.map(presentEvent);
}

/** Narrows the list where OroCRM can; a comma in a list of values would be read as two. */
function filterFor(record: ContactRecord): { readonly [name: string]: string } {
  const names = { ...nameFilter('firstName', record.firstName), ...nameFilter('lastName', record.lastName) };
  if (Object.keys(names).length > 0) return names;
  for (const name of ['emails', 'phones'] as const) {
    const entry = trimmed(record[name][0] ?? '');
    if (entry !== '') return entry.includes(',') ? {} : { [`filter[${name}]`]: entry };
  }
  return {};
}

function nameFilter(name: string, value: string | null): { readonly [name: string]: string } {
  const text = trimmed(value ?? '');
  return text === '' ? {} : { [`filter[${name}]`]: text };
}

/** Compared loosely where OroCRM stores something else than it was sent: blanks, regions, order. */
function isContact(found: ContactRecord, wanted: ContactRecord): boolean {
  const sameTexts = (['firstName', 'middleName', 'lastName', 'nameSuffix', 'jobTitle', 'gender', 'birthday'] as const).every((name) => trimmed(found[name] ?? '') === trimmed(wanted[name] ?? ''));
  const sameEmails = sameSet(found.emails, wanted.emails, canonicalEmail);
  const samePhones = sameSet(found.phones, wanted.phones, canonicalPhone);
  return sameTexts && sameEmails && samePhones && found.addresses.length === wanted.addresses.length;
}

function isTask(found: TaskRecord, wanted: TaskRecord): boolean {
  return trimmed(found.subject ?? '') === trimmed(wanted.subject ?? '') && found.priority === wanted.priority && found.dueDate === wanted.dueDate;
}

function sameSet(found: readonly string[], wanted: readonly string[], canonical: (value: string) => string): boolean {
  const [a, b] = [found, wanted].map((list) => new Set(list.map((entry) => canonical(trimmed(entry))).filter((entry) => entry !== '')));
  return a?.size === b?.size && [...(a ?? [])].every((entry) => b?.has(entry) === true);
}

function floor(session: Session, since: number): number {
  return session.api.toServerTime(since) - slackMs;
}

function sinceThen(session: Session, since: number): string {
  return `${new Date(floor(session, since)).toISOString().slice(0, 19)}Z`;
}
