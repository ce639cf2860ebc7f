import type { AddressRow, AuditRow, ContactRow, EntryRow, EventRow, OAuthClientRow, TaskRow, UserRow } from '../../src/orocrm/rows.ts';
import { addressTextFields, contactTextFields } from '../../src/orocrm/rows.ts';
import { isObject, type JsonObject } from '../../src/shared/json.ts';
import type { Transcript } from './orocrm-replay.ts';

/** The saved state of the simulator, as far as a test arranges it. */
export interface SavedState {
  contacts: ContactRow[];
  addresses: AddressRow[];
  tasks: TaskRow[];
  events: EventRow[];
  users: UserRow[];
  clients: OAuthClientRow[];
  audits: AuditRow[];
  accounts: { id: number; name: string }[];
  contactGroups: { id: number; name: string }[];
  next: Record<string, number>;
}

interface Sightings {
  readonly records: Map<string, JsonObject>;
  readonly events: Map<number, JsonObject>;
  readonly oldTasks: Map<number, JsonObject>;
  readonly audits: Map<number, JsonObject>;
}

/**
 * Puts into a fresh state what the service had before the scenario: 76 contacts and 23 tasks of the demo data, and of
 * them, and of everything else that the scenario did not create, what the recorded answers show.
 */
export function arrange(state: SavedState, transcript: Transcript): SavedState {
  const seen = collect(transcript);
  const users = new Set<number>();
  for (const id of range(1, 76)) if (!seen.records.has(`contacts/${id}`)) seen.records.set(`contacts/${id}`, { attributes: { lastName: `Demo ${id}` } });
  for (const id of range(1, 23)) if (!seen.records.has(`tasks/${id}`)) seen.records.set(`tasks/${id}`, { attributes: { subject: `Demo ${id}` } });
  for (const [key, record] of seen.records) {
    const [type, id] = key.split('/');
    for (const name of ['owner', 'assignedTo', 'createdBy']) {
      const user = relatedId(record, name, 'users');
      if (user !== null) users.add(user);
    }
    if (type === 'contacts') state.contacts.push(contactOf(Number(id), record));
    if (type === 'contactaddresses') state.addresses.push(addressOf(Number(id), record));
    if (type === 'tasks') state.tasks.push(taskOf(Number(id), record, seen.oldTasks.get(Number(id))));
    if (type === 'accounts') state.accounts.push({ id: Number(id), name: String(attributesOf(record)['name']) });
    if (type === 'contactgroups') state.contactGroups.push({ id: Number(id), name: String(attributesOf(record)['label']) });
  }
  for (const rows of [state.contacts, state.addresses, state.tasks]) (rows as { id: number }[]).sort((a, b) => a.id - b.id);
  for (const id of users) {
    if (state.users.some((user) => user.id === id)) continue;
    const username = String(attributesOf(seen.records.get(`users/${id}`) ?? {})['username'] ?? `demo${id}`);
    state.users.push({ id, username, password: '', apiKey: '', email: `${username}@example.com`, firstName: 'Demo', lastName: 'User', enabled: true, roleId: 4, createdAt: 0 });
  }
  for (const [id, event] of seen.events) state.events.push(eventOf(id, event));
  for (const row of [...seen.audits.values()].sort((a, b) => Number(a['id']) - Number(b['id']))) state.audits.push(auditOf(row));
  for (const [name, rows] of [['contact', state.contacts], ['address', state.addresses], ['task', state.tasks], ['event', state.events]] as const) {
    state.next[name] = Math.max(state.next[name] ?? 1, ...rows.map((row) => row.id + 1));
  }
  // Where the recording shows an id only after others were given.
  if (transcript.scenario.startsWith('07')) state.next['contact'] = 107;
  state.next['workflowItem'] = transcript.scenario.startsWith('08b') ? 39 : 1_000;
  state.next['recurrence'] = 169;
  state.next['email'] = 1_000;
  state.next['phone'] = 1_000;
  return state;
}

/** Records in the answers that no earlier request of the scenario had created: they were there before. */
function collect(transcript: Transcript): Sightings {
  const seen: Sightings = { records: new Map(), events: new Map(), oldTasks: new Map(), audits: new Map() };
  const created = new Set<string>();
  for (const { request, response } of transcript.exchanges ?? []) {
    const path = request.path.split('?')[0] ?? '';
    const { body } = response;
    const touched = /^\/api\/(contacts|tasks|contactaddresses)\/(\d+)/.exec(path);
    if (touched !== null && response.status < 300) see(seen.records, created, { type: touched[1], id: touched[2] }, request.path);
    if (request.method === 'DELETE') {
      for (const id of (/filter\[id\]=([\d,]+)/.exec(request.path)?.[1] ?? '').split(',')) {
        if (id !== '') see(seen.records, created, { type: 'contacts', id }, request.path);
      }
    }
    if (path.includes('/audits.json')) for (const row of objects(body)) if (!seen.audits.has(Number(row['id']))) seen.audits.set(Number(row['id']), row);
    if (path.includes('/rest/latest/calendarevents') && request.method === 'POST' && isObject(body)) {
      for (const copy of [0, 1]) created.add(`event/${Number(body['id']) + copy}`);
    } else if (path.includes('/events') || path.includes('/calendarevents')) {
      for (const event of isObject(body) ? [body] : objects(body)) {
        const id = Number(event['id']);
        if ('title' in event && !created.has(`event/${id}`) && !seen.events.has(id)) seen.events.set(id, event);
      }
    }
    if (path.includes('/rest/latest/tasks')) {
      for (const task of isObject(body) ? [body] : objects(body)) {
        const id = Number(task['id']);
        if (!seen.oldTasks.has(id)) seen.oldTasks.set(id, task);
        if (!created.has(`tasks/${id}`)) see(seen.records, created, { type: 'tasks', id: String(id) }, request.path);
      }
    }
    if (!isObject(body)) continue;
    const data = isObject(body['data']) ? [body['data']] : objects(body['data']);
    if (response.status === 202) for (const id of range(77, 1_000)) created.add(`contacts/${id}`);
    const included = objects(body['included']);
    if (response.status === 201) {
      for (const record of [...data, ...included]) created.add(`${String(record['type'])}/${String(record['id'])}`);
    }
    const makes = request.method === 'PATCH' ? included.filter((record) => isObject(record['meta']) && typeof record['meta']['includeId'] === 'string') : [];
    for (const record of makes) created.add(`${String(record['type'])}/${String(record['id'])}`);
    for (const record of [...data, ...included]) see(seen.records, created, record, request.path);
  }
  return seen;
}

/** Keeps what is seen first; what a filter of the request says about the record is seen too. */
function see(records: Map<string, JsonObject>, created: ReadonlySet<string>, record: JsonObject, path: string): void {
  const key = `${String(record['type'])}/${String(record['id'])}`;
  if (created.has(key)) return;
  const known = records.get(key) ?? {};
  const owner = /[?&]filter\[owner\]=(\d+)(&|$)/.exec(path)?.[1];
  const relationships: Record<string, unknown> = { ...relationshipsOf(record), ...relationshipsOf(known) };
  if (owner !== undefined && relationships['owner'] === undefined && record['type'] !== 'contactaddresses') relationships['owner'] = { data: { type: 'users', id: owner } };
  const emails = attributesOf(record)['emails'];
  const withRows = Array.isArray(emails) && isObject(emails[0]) && 'id' in emails[0] ? { emails } : {};
  const phone = filterValue(path, 'phones');
  const email = filterValue(path, 'primaryEmail') ?? filterValue(path, 'emails');
  const filtered = { ...(phone === undefined ? {} : { phones: [{ phone }], primaryPhone: phone }), ...(email === undefined ? {} : { emails: [{ email }], primaryEmail: email }) };
  records.set(key, { ...record, attributes: { ...filtered, ...attributesOf(record), ...attributesOf(known), ...withRows }, relationships });
}

function filterValue(path: string, name: string): string | undefined {
  return new RegExp(`[?&]filter\\[${name}\\]=([^&]+)`).exec(path)?.[1];
}

function contactOf(id: number, record: JsonObject): ContactRow {
  const attributes = attributesOf(record);
  const text = Object.fromEntries(contactTextFields.map((name) => [name, textOf(attributes[name])])) as Record<(typeof contactTextFields)[number], string | null>;
  return {
    id,
    ...text,
    createdAt: secondsOf(attributes['createdAt']),
    updatedAt: secondsOf(attributes['updatedAt']),
    emails: entriesOf(attributes['emails'], 'email', attributes['primaryEmail'], id),
    phones: entriesOf(attributes['phones'], 'phone', attributes['primaryPhone'], id),
    source: relatedName(record, 'source'),
    method: relatedName(record, 'method'),
    ownerId: relatedId(record, 'owner', 'users'),
    assignedToId: relatedId(record, 'assignedTo', 'users'),
    reportsToId: relatedId(record, 'reportsTo', 'contacts'),
    createdById: relatedId(record, 'createdBy', 'users'),
    updatedById: relatedId(record, 'updatedBy', 'users'),
    groupIds: relatedIds(record, 'groups'),
    accountIds: relatedIds(record, 'accounts'),
    defaultInAccountIds: relatedIds(record, 'defaultInAccounts'),
  };
}

function entriesOf(value: unknown, key: string, primary: unknown, contactId: number): EntryRow[] {
  return objects(value).map((entry, index) => ({
    id: Number(entry['id'] ?? contactId * 10 + index),
    value: String(entry[key]),
    primary: entry['primary'] === true || entry[key] === primary,
  }));
}

function addressOf(id: number, record: JsonObject): AddressRow {
  const attributes = attributesOf(record);
  const text = Object.fromEntries(addressTextFields.map((name) => [name, textOf(attributes[name])])) as Record<(typeof addressTextFields)[number], string | null>;
  return {
    id,
    ...text,
    ownerId: relatedId(record, 'owner', 'contacts') ?? 0,
    primary: attributes['primary'] === true,
    types: objects(dataOf(record, 'types')).map((ref) => String(ref['id'])),
    country: relatedName(record, 'country') ?? 'US',
    region: relatedName(record, 'region'),
    createdAt: secondsOf(attributes['createdAt']),
    updatedAt: secondsOf(attributes['updatedAt']),
  };
}

function taskOf(id: number, record: JsonObject, old: JsonObject | undefined): TaskRow {
  const attributes = attributesOf(record);
  return {
    id,
    subject: textOf(attributes['subject'] ?? old?.['subject']) ?? `Demo ${id}`,
    description: textOf(attributes['description'] ?? old?.['description']),
    dueDate: attributes['dueDate'] == null ? null : secondsOf(attributes['dueDate']),
    createdAt: secondsOf(attributes['createdAt'] ?? old?.['createdAt']),
    updatedAt: secondsOf(attributes['updatedAt'] ?? old?.['updatedAt']),
    priority: relatedName(record, 'taskPriority') ?? textOf(old?.['taskPriority']) ?? 'normal',
    status: relatedName(record, 'status') ?? textOf(old?.['status'])?.toLowerCase().replace(' ', '_') ?? 'open',
    ownerId: relatedId(record, 'owner', 'users') ?? (old?.['owner_id'] === undefined ? null : Number(old['owner_id'])),
    createdById: relatedId(record, 'createdBy', 'users'),
    targets: objects(dataOf(record, 'activityTargets')).map((ref) => ({ type: String(ref['type']), id: Number(ref['id']) })),
    workflowItem: old?.['workflowItem'] === undefined ? null : Number(old['workflowItem']),
  };
}

function eventOf(id: number, event: JsonObject): EventRow {
  return {
    id,
    uid: String(event['uid']),
    title: String(event['title']),
    description: textOf(event['description']),
    start: secondsOf(event['start']),
    end: secondsOf(event['end']),
    allDay: event['allDay'] === true,
    backgroundColor: textOf(event['backgroundColor']),
    createdAt: secondsOf(event['createdAt']),
    updatedAt: secondsOf(event['updatedAt']),
    calendarId: event['calendar'] == null ? null : Number(event['calendar']),
    parentEventId: event['parentEventId'] == null ? null : Number(event['parentEventId']),
    recurringEventId: null,
    originalStart: null,
    isCancelled: event['isCancelled'] === true,
    organizerEmail: textOf(event['organizerEmail']),
    organizerDisplayName: textOf(event['organizerDisplayName']),
    organizerUserId: event['organizerUserId'] == null ? null : Number(event['organizerUserId']),
    invitationStatus: String(event['invitationStatus']),
    attendees: [],
    recurrence: null,
  };
}

function auditOf(row: JsonObject): AuditRow {
  return {
    id: Number(row['id']),
    action: row['action'] as AuditRow['action'],
    loggedAt: secondsOf(row['loggedAt']),
    objectId: String(row['objectId']),
    objectClass: String(row['objectClass']),
    objectName: String(row['objectName']),
    version: Number(row['version']),
    transactionId: String(row['transactionId']),
    userId: Number(row['user']),
    additionalFields: isObject(row['additionalFields']) ? (row['additionalFields'] as NonNullable<AuditRow['additionalFields']>) : null,
    data: row['data'] as AuditRow['data'],
  };
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function attributesOf(record: JsonObject): JsonObject {
  return isObject(record['attributes']) ? record['attributes'] : {};
}

function relationshipsOf(record: JsonObject): JsonObject {
  return isObject(record['relationships']) ? record['relationships'] : {};
}

function dataOf(record: JsonObject, name: string): unknown {
  const relationship = relationshipsOf(record)[name];
  return isObject(relationship) ? relationship['data'] : undefined;
}

function relatedName(record: JsonObject, name: string): string | null {
  const data = dataOf(record, name);
  return isObject(data) ? String(data['id']) : null;
}

function relatedId(record: JsonObject, name: string, type: string): number | null {
  const data = dataOf(record, name);
  return isObject(data) && data['type'] === type ? Number(data['id']) : null;
}

function relatedIds(record: JsonObject, name: string): number[] {
  return objects(dataOf(record, name)).map((ref) => Number(ref['id']));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function secondsOf(value: unknown): number {
  return typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : 1_795_342_930;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
