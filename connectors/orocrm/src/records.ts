import { Failure } from '@syncline/connector';

/**
 * The native records: what is mapped and what writing needs, as plain JSON.
 * Ids, `updatedAt` and the owner travel beside the record, so that a moved stamp alone changes nothing in it (rule G4).
 */

/** An address of a contact. `id` is OroCRM's; a new one has `new-1`, `new-2`, ... until it is stored. */
export type AddressRecord = {
  readonly id: string;
  readonly types: readonly string[];
  readonly primary: boolean;
  readonly street: string | null;
  readonly street2: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  /** ISO 3166 alpha-2; OroCRM demands it. */
  readonly country: string | null;
  /** An id of OroCRM's dictionary, `US-CA`. */
  readonly region: string | null;
  /** The region's name in the dictionary; in a draft also a text that is still to be looked up (`region` is null then). */
  readonly regionName: string | null;
  /** Free text, taken only for countries without regions in the dictionary. */
  readonly customRegion: string | null;
};

/** A contact with its addresses; `null` where OroCRM holds nothing. */
export type ContactRecord = {
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly nameSuffix: string | null;
  readonly description: string | null;
  readonly jobTitle: string | null;
  readonly fax: string | null;
  readonly gender: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthday: string | null;
  /** In OroCRM's order, which it does not keep. */
  readonly emails: readonly string[];
  readonly primaryEmail: string | null;
  readonly phones: readonly string[];
  readonly primaryPhone: string | null;
  /** By id, lowest first; new ones last. */
  readonly addresses: readonly AddressRecord[];
};

/** The mapped part of a task. */
export type TaskRecord = {
  readonly subject: string | null;
  /** `low`, `normal`, `high`, or what an administrator added. */
  readonly priority: string;
  /** An instant, `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly dueDate: string | null;
  /** `open`, `in_progress`, `closed`, or what an administrator added. */
  readonly status: string;
};

/** The mapped part of an event, as the old REST API shows it; what decides whether it is synced is not in it. */
export type EventRecord = {
  readonly title: string | null;
  /** An instant, `YYYY-MM-DDTHH:MM:SSZ`; null only in a draft. */
  readonly start: string | null;
  readonly end: string | null;
  readonly allDay: boolean;
  readonly recurring: boolean;
};

/** A record as OroCRM answered it, with what belongs to it and is not content. */
export interface Stored<R> {
  readonly id: string;
  readonly record: R;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly updatedAt: string;
  readonly createdAt: string;
  /** Null also where the role may not see users. */
  readonly owner: string | null;
  readonly assignedTo: string | null;
}

/** An event with what decides whether and how it is synced. */
export interface StoredEvent extends Stored<EventRecord> {
  readonly uid: string | null;
  readonly calendar: string | null;
  /** Set on a copy of somebody else's event (rule D13). */
  readonly parentEventId: string | null;
  readonly editable: boolean;
  /** A changed or cancelled occurrence of a series (rule D12). */
  readonly exception: boolean;
  /** When a series ends, an instant; null for single events and series without an end. */
  readonly recursUntil: string | null;
}

/** A JSON:API resource whose attributes are not looked at yet. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: Fields;
  readonly relationships: Fields;
}

/** A JSON:API document. */
export interface Document {
  readonly data: readonly Resource[];
  readonly included: ReadonlyMap<string, Resource>;
}

type Fields = { readonly [name: string]: unknown };

/** Reads a JSON:API answer, of one resource or of a list. Throws `unavailable` with the place that is wrong. */
export function parseDocument(body: unknown): Document {
  const document = fields(body, 'the answer');
  const data = Array.isArray(document['data']) ? (document['data'] as unknown[]) : [document['data']];
  const included = Array.isArray(document['included']) ? (document['included'] as unknown[]) : [];
  return {
    data: data.map((item, index) => parseResource(item, `data[${index}]`)),
    included: new Map(included.map((item, index) => parseResource(item, `included[${index}]`)).map((resource) => [`${resource.type}/${resource.id}`, resource])),
  };
}

/** The only resource of an answer about one record. */
export function oneOf(document: Document): Resource {
  const [resource] = document.data;
  if (resource === undefined || document.data.length !== 1) throw broken('the answer', 'one record');
  return resource;
}

/** Ids of the addresses a contact names that the answer did not bring along: OroCRM limits how many it includes. */
export function missingAddresses(document: Document): readonly string[] {
  return document.data.flatMap(addressIds).filter((id) => !document.included.has(`contactaddresses/${id}`));
}

/** Ids of the addresses of a contact. */
export function addressIds(contact: Resource): readonly string[] {
  return idsOf(contact, 'addresses');
}

/** Id and stamp of a record; the stamp is null where it cannot be read, which is no reason to stop (rule G7). */
export function parseStamp(resource: Resource): { readonly id: string; readonly updatedAt: string | null } {
  const [stamp] = readable([resource], ({ type, id, attributes }) => stampsOf(attributes, `${type} ${id}`).updatedAt, () => undefined);
  return { id: resource.id, updatedAt: stamp ?? null };
}

/** `addressOf` finds the addresses the contact names. */
export function parseContact(resource: Resource, addressOf: (id: string) => AddressRecord | undefined): Stored<ContactRecord> {
  const at = `contact ${resource.id}`;
  const text = (name: string): string | null => textOrNull(resource.attributes, name, at);
  const record: ContactRecord = {
    firstName: text('firstName'),
    middleName: text('middleName'),
    lastName: text('lastName'),
    nameSuffix: text('nameSuffix'),
    description: text('description'),
    jobTitle: text('jobTitle'),
    fax: text('fax'),
    gender: text('gender'),
    birthday: text('birthday'),
    emails: entries(resource.attributes, 'emails', 'email', at),
    primaryEmail: text('primaryEmail'),
    phones: entries(resource.attributes, 'phones', 'phone', at),
    primaryPhone: text('primaryPhone'),
    addresses: addressIds(resource)
      .toSorted(byNumber)
      .map((id) => addressOf(id) ?? broke(`${at}, address ${id}`, 'in the answer')),
  };
  return { ...storedParts(resource, at), assignedTo: idOf(resource, 'assignedTo'), record };
}

/** `regionName` tells the names of regions that the answer did not include. */
export function parseAddress(resource: Resource, included: Document['included'], regionName: (id: string) => string | undefined): AddressRecord {
  const at = `address ${resource.id}`;
  const text = (name: string): string | null => textOrNull(resource.attributes, name, at);
  const region = idOf(resource, 'region');
  const name = region === null ? undefined : included.get(`regions/${region}`)?.attributes['name'];
  return {
    id: resource.id,
    types: idsOf(resource, 'types').toSorted(),
    primary: resource.attributes['primary'] === true,
    street: text('street'),
    street2: text('street2'),
    city: text('city'),
    postalCode: text('postalCode'),
    country: idOf(resource, 'country'),
    region,
    regionName: region === null ? null : typeof name === 'string' ? name : (regionName(region) ?? region),
    customRegion: text('customRegion'),
  };
}

export function parseTask(resource: Resource): Stored<TaskRecord> {
  const at = `task ${resource.id}`;
  const dueDate = textOrNull(resource.attributes, 'dueDate', at);
  const record: TaskRecord = {
    subject: textOrNull(resource.attributes, 'subject', at),
    priority: idOf(resource, 'taskPriority') ?? 'normal',
    dueDate: dueDate === null ? null : instant(dueDate, `${at}, dueDate`),
    status: idOf(resource, 'status') ?? 'open',
  };
  return { ...storedParts(resource, at), assignedTo: null, record };
}

/** An event of the old REST API. */
export function parseEvent(body: unknown): StoredEvent {
  const event = fields(body, 'an event');
  const id = idText(event['id']) ?? broke('an event', 'an id');
  const at = `event ${id}`;
  const recurrence = event['recurrence'];
  const recurring = typeof recurrence === 'object' && recurrence !== null && !Array.isArray(recurrence);
  const until = recurring ? textOrNull(fields(recurrence, at), 'endTime', at) : null;
  return {
    id,
    record: {
      title: textOrNull(event, 'title', at),
      start: instant(textOrNull(event, 'start', at) ?? broke(at, 'a start'), `${at}, start`),
      end: instant(textOrNull(event, 'end', at) ?? broke(at, 'an end'), `${at}, end`),
      allDay: event['allDay'] === true,
      recurring,
    },
    ...stampsOf(event, at),
    owner: null,
    assignedTo: null,
    uid: textOrNull(event, 'uid', at),
    calendar: idText(event['calendar']) ?? null,
    parentEventId: idText(event['parentEventId']) ?? null,
    editable: event['editable'] !== false,
    exception: idText(event['recurringEventId']) !== undefined,
    recursUntil: until === null ? null : instant(until, `${at}, end of the series`),
  };
}

/** A list of events, each once: the old REST API pages in no order. */
export interface EventList {
  readonly events: readonly StoredEvent[];
  /** Ids of those that are there and cannot be read: told, and left alone (rule G7). */
  readonly unread: readonly string[];
}

/** Reads a list of the old REST API. For no records it may be a text of no length, as for a record that is missing. */
export function parseEvents(body: unknown, tell: (message: string) => void): EventList {
  const list: unknown = body === '' ? [] : body;
  if (!Array.isArray(list)) throw broken('the list of events', 'a list');
  const events = new Map(readable(list as unknown[], parseEvent, tell).map((event) => [event.id, event]));
  const ids = (list as unknown[]).map((item) => (typeof item === 'object' && item !== null && 'id' in item ? idText(item.id) : undefined));
  return { events: [...events.values()], unread: ids.filter((id) => id !== undefined).filter((id) => !events.has(id)) };
}

/** The items that can be read. One that cannot must not stop the others (rule G7). */
export function readable<T, R>(items: readonly T[], parse: (item: T) => R, tell: (message: string) => void): readonly R[] {
  return items.flatMap((item) => {
    try {
      return [parse(item)];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      tell(error.message);
      return [];
    }
  });
}

/** OroCRM's ids are numbers as text: `9` before `10`; new addresses (`new-1`) last. */
export function byNumber(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) === Number.isNaN(right) ? a.localeCompare(b, 'en', { numeric: true }) : Number.isNaN(left) ? 1 : -1;
  return left - right;
}

/** A text as OroCRM stores it: without blanks, control and format characters (a direction mark copied along) at its ends. */
export function trimmed(text: string): string {
  return text.replace(/^[\p{Z}\p{Cc}\p{Cf}]+|[\p{Z}\p{Cc}\p{Cf}]+$/gu, '');
}

/** The id of a to-one relationship; null when it is empty or not shown. */
export function idOf(resource: Resource, name: string): string | null {
  const data = dataOf(resource, name);
  if (data === null || data === undefined) return null;
  return idText(fields(data, `${resource.type} ${resource.id}, ${name}`)['id']) ?? null;
}

/** The members of an object that came from outside. */
export function fields(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(at, 'an object');
  return value as Fields;
}

function idsOf(resource: Resource, name: string): readonly string[] {
  const data = dataOf(resource, name);
  const at = `${resource.type} ${resource.id}, ${name}`;
  if (data === undefined) return [];
  if (!Array.isArray(data)) throw broken(at, 'a list');
  return (data as unknown[]).map((item) => idText(fields(item, at)['id']) ?? broke(at, 'an id'));
}

function dataOf(resource: Resource, name: string): unknown {
  const relationship = resource.relationships[name];
  return relationship === undefined ? undefined : fields(relationship, `${resource.type} ${resource.id}, ${name}`)['data'];
}

function parseResource(value: unknown, at: string): Resource {
  const resource = fields(value, at);
  const type = resource['type'];
  if (typeof type !== 'string') throw broken(at, 'a type');
  return {
    type,
    id: idText(resource['id']) ?? broke(at, 'an id'),
    attributes: resource['attributes'] === undefined ? {} : fields(resource['attributes'], `${at}, attributes`),
    relationships: resource['relationships'] === undefined ? {} : fields(resource['relationships'], `${at}, relationships`),
  };
}

function storedParts(resource: Resource, at: string): { id: string; updatedAt: string; createdAt: string; owner: string | null } {
  return { id: resource.id, ...stampsOf(resource.attributes, at), owner: idOf(resource, 'owner') };
}

/** Rows that were imported past OroCRM may have no times; then they are as old as can be. */
function stampsOf(record: Fields, at: string): { readonly updatedAt: string; readonly createdAt: string } {
  const createdAt = instant(textOrNull(record, 'createdAt', at) ?? '1970-01-01T00:00:00Z', `${at}, createdAt`);
  const updatedAt = textOrNull(record, 'updatedAt', at);
  return { createdAt, updatedAt: updatedAt === null ? createdAt : instant(updatedAt, `${at}, updatedAt`) };
}

/** `[{"email": "a@example.com"}]` as a list of texts. */
function entries(attributes: Fields, list: string, key: string, at: string): readonly string[] {
  const value = attributes[list];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw broken(`${at}, ${list}`, 'a list');
  return (value as unknown[]).map((item) => textOrNull(fields(item, `${at}, ${list}`), key, at)).filter((text) => text !== null);
}

function textOrNull(attributes: Fields, name: string, at: string): string | null {
  const value = attributes[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw broken(`${at}, ${name}`, 'a text');
  return value;
}

/** `2026-11-22T10:00:00+00:00` and `...00.000Z` as `2026-11-22T10:00:00Z`. */
function instant(text: string, at: string): string {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw broken(at, 'a time with its zone');
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function idText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function broken(at: string, wanted: string): Failure {
  return new Failure('unavailable', `OroCRM's answer cannot be read: ${at} is not ${wanted}.`, { maybeDone: false });
}

function broke(at: string, wanted: string): never {
  throw broken(at, wanted);
}
