import { Failure, type Absent, type Present } from '@syncline/connector';
import { expectOk, provesDeletion, type Answer } from './failures.ts';
import { readByIds } from './lists.ts';
import { missingAddresses, oneOf, parseAddress, parseContact, parseDocument, parseEvent, parseTask, readable, type AddressRecord, type ContactRecord, type Document, type EventRecord, type Stored, type StoredEvent, type TaskRecord } from './records.ts';
import { inScope, tellLeftOut, type Session } from './session.ts';
import { present } from './version.ts';

const contactFields = 'firstName,middleName,lastName,nameSuffix,description,jobTitle,fax,gender,birthday,emails,primaryEmail,phones,primaryPhone,addresses,owner,assignedTo,createdAt,updatedAt';
const addressFields = 'types,primary,street,street2,city,postalCode,country,region,customRegion';

/** What a read of contacts asks for: what is mapped, with addresses and the names of their regions. */
export const contactQuery: { readonly [name: string]: string } = {
  include: 'addresses,addresses.region',
  'fields[contacts]': contactFields,
  'fields[contactaddresses]': addressFields,
  'fields[regions]': 'name',
};

export const taskQuery: { readonly [name: string]: string } = { 'fields[tasks]': 'subject,dueDate,taskPriority,status,owner,createdAt,updatedAt' };

/** The contacts of an answer that can be read; addresses that OroCRM left out of it are asked for. */
export async function contactsOf(session: Session, document: Document): Promise<readonly Stored<ContactRecord>[]> {
  const included = await withMissing(session, document);
  const addressOf = (id: string): AddressRecord | undefined => {
    const address = included.get(`contactaddresses/${id}`);
    return address === undefined ? undefined : parseAddress(address, included, session.geography.regionName);
  };
  return readable(document.data, (resource) => parseContact(resource, addressOf), tellLeftOut(session));
}

async function withMissing(session: Session, document: Document): Promise<Document['included']> {
  const ids = missingAddresses(document);
  if (ids.length === 0) return document.included;
  const query = { include: 'region', 'fields[contactaddresses]': addressFields, 'fields[regions]': 'name' };
  const more = await readByIds(session.api, '/api/contactaddresses', query, ids, session.pageSizes.records, 'view addresses');
  return new Map([...document.included, ...more.included, ...more.data.map((address) => [`contactaddresses/${address.id}`, address] as const)]);
}

/** A contact by id, or why it is not there. */
export async function readContact(session: Session, id: string): Promise<Stored<ContactRecord> | Absent> {
  const answer = await readOne(session, 'contacts', id, contactQuery);
  if ('absent' in answer) return answer;
  const [contact] = await contactsOf(session, parseDocument(expectOk(answer, 'view contacts')));
  return contact !== undefined && inScope(session, 'contact', contact) ? contact : { id, absent: 'hidden' };
}

/** A task by id, or why it is not there. */
export async function readTask(session: Session, id: string): Promise<Stored<TaskRecord> | Absent> {
  const answer = await readOne(session, 'tasks', id, taskQuery);
  if ('absent' in answer) return answer;
  const [task] = readable([oneOf(parseDocument(expectOk(answer, 'view tasks')))], parseTask, tellLeftOut(session));
  return task !== undefined && inScope(session, 'task', task) ? task : { id, absent: 'hidden' };
}

/** The answer about one record, or why it is not there. A record that is there and cannot be read is hidden to its readers: frozen, and the others go on (rule G7). */
async function readOne(session: Session, type: 'contacts' | 'tasks', id: string, query: { readonly [name: string]: string }): Promise<Answer | Absent> {
  // What somebody else left as a mark may be no id at all; OroCRM refuses to look for it.
  if (!isId(id)) return { id, absent: 'hidden' };
  const answer = await session.api.send({ method: 'GET', path: `/api/${type}/${id}`, query });
  if (provesDeletion(answer)) return { id, absent: 'deleted' };
  if (answer.status === 403) return { id, absent: 'hidden' };
  if (answer.status !== 404) return answer;
  // D10: not OroCRM's exact words, so nothing is proven. As long as the API works, one record is left alone, not all.
  expectOk(await session.api.send({ method: 'GET', path: `/api/${type}`, query: { 'page[size]': '0' } }), `view ${type}`);
  session.context.log(`OroCRM says "not found" of ${type} ${id}, but not in the words that prove a deletion (D10): it is left as it is.`);
  return { id, absent: 'hidden' };
}

function isId(text: string): boolean {
  return /^\d+$/.test(text);
}

/** An event by id, or why it is not there: what left the window is outside (rule S19). */
export async function readEvent(session: Session, id: string): Promise<StoredEvent | Absent> {
  const event = await readAnyEvent(session, id);
  return 'absent' in event || inWindow(session, event) ? event : { id, absent: 'outside' };
}

/** An event by id, in the window or not. */
export async function readAnyEvent(session: Session, id: string): Promise<StoredEvent | Absent> {
  const calendar = ownCalendar(session);
  if (!isId(id)) return { id, absent: 'hidden' };
  const answer = await session.api.send({ method: 'GET', path: `/api/rest/latest/calendarevents/${id}.json` });
  if (answer.status === 403) return { id, absent: 'hidden' };
  if (answer.status === 404) {
    await expectCalendar(session);
    // D10: a missing event is answered with nothing, or a text of nothing; what says more comes from somebody in between.
    if (answer.body === '' || answer.body === null) return { id, absent: 'deleted' };
    session.context.log(`OroCRM says "not found" of event ${id}, but not in the way that proves a deletion (D10): it is left as it is.`);
    return { id, absent: 'hidden' };
  }
  const body = expectOk(answer, 'view calendar events');
  const [event] = readable([body], parseEvent, tellLeftOut(session));
  if (event === undefined) return { id, absent: 'hidden' };
  // M39, D12: somebody else's calendar, or an occurrence of a series, is none of ours.
  return event.calendar === calendar && !event.exception ? event : { id, absent: 'outside' };
}

/** An event with what keeps it from being changed like any other (rules D12, D13). */
export function presentEvent(event: StoredEvent): Present<EventRecord> {
  const readOnly = event.parentEventId !== null || !event.editable ? 'OroCRM lets only the organizer change this event: it is a copy of an invitation' : undefined;
  return present(event, { ...(event.record.recurring && { recurring: true as const }), ...(readOnly !== undefined && { readOnly }) });
}

/** Rule S19. A series counts as a whole: it is inside as long as it has not ended. */
export function inWindow(session: Session, event: StoredEvent): boolean {
  const { pastDays, futureDays } = session.context.window;
  const now = session.context.now();
  const { start, end, recurring } = event.record;
  const begins = Date.parse(start ?? '');
  const ends = recurring ? (event.recursUntil === null ? Number.POSITIVE_INFINITY : Date.parse(event.recursUntil)) : Date.parse(end ?? '');
  return ends >= now - pastDays * dayMs && begins <= now + futureDays * dayMs;
}

/** The calendar that is synced. Throws `unsupported` where this account has none: contacts and tasks go on. */
export function ownCalendar(session: Session): string {
  if (session.calendar !== null) return session.calendar;
  throw new Failure('unsupported', 'OroCRM does not let this connection use calendar events: the OAuth application has to allow all APIs, and the role needs the permission to view calendar events.');
}

const dayMs = 86_400_000;

/** The old API says "not found" of a missing event as of an API that is switched off: something that must be there tells them apart (D10). */
async function expectCalendar(session: Session): Promise<void> {
  expectOk(await session.api.send({ method: 'GET', path: '/api/rest/latest/calendars/default.json' }), 'view its calendar');
}
