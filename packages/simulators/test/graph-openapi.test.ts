import { readFileSync } from 'node:fs';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import t from 'tap';
import { parse } from 'yaml';
import { defaultApplication } from '../src/index.ts';
import { hasShared, idOf, markerId, noShared, q, shared, startGraph, valueOf, type Body, type GraphWorld, type Reply } from './graph-support.ts';

const skip = hasShared ? false : noShared;

/** Operations of the official slice that the simulator does not have, with the reason. */
const absent: Readonly<Record<string, string>> = {
  'PATCH /me': 'a directory object; nobody here changes people',
  'GET /me/todo': 'a navigation without content of its own',
  'PATCH /me/todo': 'a navigation without content of its own',
  'DELETE /me/todo': 'a navigation without content of its own',
  'GET /me/events/{event-id}/instances/delta': 'the contract describes delta of calendar views only',
  'GET /me/events/{event-id}/instances/delta()': 'the contract describes delta of calendar views only',
};

interface Slice {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>>;
  readonly components: { readonly responses: Readonly<Record<string, unknown>> };
}

/** The slice as JSON Schema 2019: `nullable` as a type, no discriminators, numeric formats known. */
function toSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSchema);
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Body;
  const out: Body = {};
  for (const [name, inner] of Object.entries(source)) {
    if (name === 'discriminator' || name === 'nullable' || name === 'example' || name === 'examples') continue;
    out[name] = name === '$ref' && typeof inner === 'string' ? inner.replace(/^#/, 'graph.json#') : toSchema(inner);
  }
  if (source['nullable'] !== true) return out;
  if (typeof out['type'] === 'string' && out['type'] !== 'object') out['type'] = [out['type'], 'null'];
  else if (out['type'] === 'object') out['type'] = ['object', 'null'];
  if (Array.isArray(out['enum'])) out['enum'] = [...(out['enum'] as unknown[]), null];
  return out;
}

function resolve(slice: Slice, value: unknown): Body {
  let found = value as Body;
  while (typeof found['$ref'] === 'string') {
    found = found['$ref']
      .slice(2)
      .split('/')
      .reduce((at: Body, part) => at[part] as Body, slice as unknown as Body);
  }
  return found;
}

/** The schema of the items of a collection answer, or of the answer itself. */
function itemOf(slice: Slice, schema: unknown): { readonly item: unknown; readonly isCollection: boolean } {
  const found = resolve(slice, schema);
  const parts = Array.isArray(found['allOf']) ? (found['allOf'] as unknown[]).map((part) => resolve(slice, part)) : [found];
  for (const part of parts) {
    const value = (part['properties'] as Body | undefined)?.['value'] as Body | undefined;
    if (value?.['type'] === 'array') return { item: value['items'], isCollection: true };
  }
  return { item: schema, isCollection: false };
}

t.test('contract 12: every answer fits the official description, and no operation of it is missing unseen', { skip }, async (t) => {
  const slice = parse(readFileSync(`${shared}contracts/graph/openapi-slice.yaml`, 'utf8'), { maxAliasCount: -1 }) as Slice;
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats: { int32: true, int64: true, double: true, 'date-time': true, date: true, time: true, uuid: true, base64url: true } });
  ajv.addSchema(toSchema(slice) as Body, 'graph.json');
  const validators = new Map<string, ValidateFunction>();
  const validator = (schema: unknown, closed: boolean): ValidateFunction => {
    const key = `${closed} ${JSON.stringify(schema)}`;
    let compiled = validators.get(key);
    if (!compiled) {
      compiled = ajv.compile({ allOf: [toSchema(schema)], ...(closed ? { unevaluatedProperties: false } : {}) });
      validators.set(key, compiled);
    }
    return compiled;
  };
  const covered = new Set<string>();
  let answers = 0;
  let records = 0;

  const verify = (operation: string, reply: Reply): void => {
    const [method = '', path = ''] = operation.split(' ');
    const described = slice.paths[path]?.[method.toLowerCase()];
    if (!described) {
      t.fail(`not in the slice: ${operation}`);
      return;
    }
    covered.add(operation);
    answers += 1;
    const range = reply.status >= 500 ? '5XX' : reply.status >= 400 ? '4XX' : '2XX';
    const response = resolve(slice, described.responses[String(reply.status)] ?? described.responses[range] ?? described.responses['204'] ?? {});
    const schema = ((response['content'] as Body | undefined)?.['application/json'] as Body | undefined)?.['schema'];
    if (reply.status === 204 || reply.status === 202 || reply.text === '') return;
    if (schema === undefined) return;
    if (range !== '2XX') {
      const error = reply.body['error'] as Body;
      const inner = error['innerError'] as Body;
      // Live errors print the date without a zone; the description wants one.
      const repaired = { ...inner, date: `${String(inner['date'])}Z` };
      const validate = validator(schema, false);
      t.ok(validate({ error: { ...error, innerError: repaired } }), `${operation} ${reply.status}: ${ajv.errorsText(validate.errors)}`);
      return;
    }
    const { item, isCollection } = itemOf(slice, schema);
    if (isCollection) {
      const envelope = validator(schema, false);
      t.ok(envelope(reply.body), `${operation} ${reply.status}: ${ajv.errorsText(envelope.errors)}`);
    }
    for (const record of isCollection ? valueOf(reply) : [reply.body]) {
      records += 1;
      const validate = validator(typeOf(item, record), true);
      const fits = validate(withoutAnnotations(record));
      t.ok(fits, `${operation} ${reply.status}: ${fits ? 'a record' : `${ajv.errorsText(validate.errors)} ${JSON.stringify(validate.errors?.map((error) => error.params))}`}`);
    }
  };

  const contact = validator({ $ref: '#/components/schemas/microsoft.graph.contact' }, true);
  t.notOk(contact({ displayNam: 'Ada' }), 'the check sees a mistyped name');
  t.notOk(contact({ displayName: 7 }), 'the check sees a wrong type');
  t.notOk(contact({ birthday: '1985-12-10' }), 'the check sees a wrong form');
  t.ok(contact({ displayName: null, birthday: '1985-12-10T00:00:00Z' }));

  await everyOperation(verify);

  const all = Object.entries(slice.paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => ['get', 'post', 'patch', 'delete'].includes(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const missing = all.filter((operation) => !covered.has(operation));
  t.same(new Set(missing), new Set(Object.keys(absent)), 'what is missing is exactly what is listed as missing');
  t.comment(`covered ${covered.size} of ${all.length} operations with ${answers} answers and ${records} records; absent on purpose: ${missing.length}`);
});

/** Open extensions are of the derived type, which the description names only by its discriminator. */
function typeOf(item: unknown, record: Body): unknown {
  return record['@odata.type'] === '#microsoft.graph.openTypeExtension' ? { $ref: '#/components/schemas/microsoft.graph.openTypeExtension' } : item;
}

/** Annotations are no properties; an open extension's own values are open by definition. */
function withoutAnnotations(record: Body): Body {
  const open = record['@odata.type'] === '#microsoft.graph.openTypeExtension';
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => (name === '@odata.type' || !name.startsWith('@')) && !(open && name === 'oroId')),
  );
}

async function everyOperation(verify: (operation: string, reply: Reply) => void): Promise<void> {
  const world = startGraph({
    switches: { throttling: false, eventsDelta: 'as-calendar-view' },
    fetch: async (url) => new Response(new URL(url).searchParams.get('validationToken'), { headers: { 'content-type': 'text/plain' } }),
  });
  const run = async (operation: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> => {
    const reply = await world.send(operation.split(' ')[0] ?? '', path, body, headers);
    verify(operation, reply);
    return reply;
  };
  await profile(run, world);
  await contacts(run, world);
  await tasks(run);
  await calendars(run, world);
  await subscriptions(run);
}

type Run = (operation: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

const window = 'startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z';
const extension = { '@odata.type': 'microsoft.graph.openTypeExtension', extensionName: 'com.example.sync', oroId: '7' };
const property = { id: markerId, value: '7' };

async function profile(run: Run, world: GraphWorld): Promise<void> {
  await run('GET /me', '/me');
  await run('GET /me', '/me?$select=id,mailboxSettings');
  await run('GET /me', '/me?$select=nonsense');
  await run('GET /me/outlook/supportedTimeZones()', '/me/outlook/supportedTimeZones()');
  await run('POST /me/outlook/masterCategories', '/me/outlook/masterCategories', { displayName: 'Work', color: 'preset9' });
  await run('GET /me/outlook/masterCategories', '/me/outlook/masterCategories');
  const { id } = world.graph.admin.createContact({ givenName: 'A' });
  await run('POST /me/translateExchangeIds', '/me/translateExchangeIds', { inputIds: [id, 'x'], sourceIdType: 'restImmutableEntryId', targetIdType: 'restId' });
}

async function contacts(run: Run, world: GraphWorld): Promise<void> {
  const full = {
    givenName: 'Ada', surname: 'Byron', middleName: 'A', generation: 'II', title: 'Lady', nickName: 'Ada', initials: 'AB', jobTitle: 'Analyst', companyName: 'Engines', department: 'Sums',
    officeLocation: '1', profession: 'p', manager: 'm', assistantName: 'a', businessHomePage: 'https://example.test', spouseName: 's', personalNotes: 'n', children: ['c'], imAddresses: ['im'],
    emailAddresses: [{ address: 'a@example.test', name: 'A' }, { address: 'b@example.test' }], businessPhones: ['1'], homePhones: ['2'], mobilePhone: '3', birthday: '1985-12-10T00:00:00Z', categories: ['Work'],
    homeAddress: { street: 's', city: 'c', state: 'st', postalCode: 'p', countryOrRegion: 'r' }, singleValueExtendedProperties: [property], extensions: [extension],
  };
  const folder = await run('POST /me/contactFolders', '/me/contactFolders', { displayName: 'Friends' });
  const f = `/me/contactFolders/${idOf(folder.body)}`;
  await run('GET /me/contactFolders', '/me/contactFolders');
  await run('POST /me/contactFolders/{contactFolder-id}/childFolders', `${f}/childFolders`, { displayName: 'Close' });
  await run('GET /me/contactFolders/{contactFolder-id}/childFolders', `${f}/childFolders`);
  await run('GET /me/contactFolders/{contactFolder-id}', f);
  await run('PATCH /me/contactFolders/{contactFolder-id}', f, { displayName: 'Close friends' });
  await run('GET /me/contactFolders/delta', '/me/contactFolders/delta');
  await run('GET /me/contactFolders/delta()', '/me/contactFolders/delta()');
  for (const [base, b] of [['/me/contacts', '/me/contacts'], ['/me/contactFolders/{contactFolder-id}/contacts', `${f}/contacts`]] as const) {
    const made = await run(`POST ${base}`, b, full);
    await run(`POST ${base}`, b, { nonsense: 1 });
    await run(`GET ${base}`, b);
    await run(`GET ${base}`, `${b}?$expand=${q(`singleValueExtendedProperties($filter=id eq '${markerId}'),extensions($filter=id eq 'com.example.sync')`)}`);
    await run(`GET ${base}/$count`, `${b}/$count`);
    await run(`GET ${base}/delta`, `${b}/delta`, undefined, { prefer: 'odata.maxpagesize=1' });
    const c = `${b}/${idOf(made.body)}`;
    const item = `${base}/{contact-id}`;
    await run(`GET ${item}`, c);
    await run(`PATCH ${item}`, c, { jobTitle: 'Poet' });
    await run(`PATCH ${item}`, c, { jobTitle: 'Poet' }, { 'if-match': 'W/"old"' });
    await parts(run, item, c);
    const { link } = await world.round(`${b}/delta`);
    await run(`DELETE ${item}`, c);
    await run(`GET ${base}/delta()`, link);
    await run(`GET ${item}`, c);
  }
  await run('DELETE /me/contactFolders/{contactFolder-id}', f);
}

/** Open extensions and extended properties of one contact or event. */
async function parts(run: Run, item: string, path: string): Promise<void> {
  const other = { ...extension, extensionName: 'com.example.other' };
  await run(`POST ${item}/extensions`, `${path}/extensions`, other);
  await run(`GET ${item}/extensions`, `${path}/extensions`);
  await run(`GET ${item}/extensions/{extension-id}`, `${path}/extensions/com.example.other`);
  await run(`PATCH ${item}/extensions/{extension-id}`, `${path}/extensions/com.example.other`, { ...other, oroId: '8' });
  await run(`DELETE ${item}/extensions/{extension-id}`, `${path}/extensions/com.example.other`);
  const base = `${item}/singleValueExtendedProperties`;
  if (item.includes('todo')) return;
  await run(`POST ${base}`, `${path}/singleValueExtendedProperties`, property);
  await run(`GET ${base}`, `${path}/singleValueExtendedProperties?$filter=${q(`id eq '${markerId}'`)}`);
  const one = `${path}/singleValueExtendedProperties/${q(markerId)}`;
  await run(`GET ${base}/{singleValueLegacyExtendedProperty-id}`, one);
  await run(`PATCH ${base}/{singleValueLegacyExtendedProperty-id}`, one, { value: '8' });
  await run(`DELETE ${base}/{singleValueLegacyExtendedProperty-id}`, one);
  await run(`GET ${base}/{singleValueLegacyExtendedProperty-id}`, one);
}

async function tasks(run: Run): Promise<void> {
  const base = '/me/todo/lists/{todoTaskList-id}';
  const list = await run('POST /me/todo/lists', '/me/todo/lists', { displayName: 'Trips' });
  const l = `/me/todo/lists/${idOf(list.body)}`;
  await run('GET /me/todo/lists', '/me/todo/lists');
  await run('GET /me/todo/lists/delta', '/me/todo/lists/delta');
  await run('GET /me/todo/lists/delta()', '/me/todo/lists/delta()');
  await run(`GET ${base}`, l);
  await run(`PATCH ${base}`, l, { displayName: 'Travel' });
  await listExtensions(run, base, l);
  const due = { dateTime: '2026-03-10T00:00:00', timeZone: 'UTC' };
  const recurrence = { pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'] }, range: { type: 'noEnd', startDate: '2026-03-10' } };
  const made = await run(`POST ${base}/tasks`, `${l}/tasks`, {
    title: 'x', body: { content: 'b', contentType: 'text' }, importance: 'high', status: 'completed', dueDateTime: due, startDateTime: due, reminderDateTime: due, isReminderOn: true, categories: ['Work'],
    recurrence, linkedResources: [{ applicationName: 'OroCRM', externalId: '1', displayName: 'x', webUrl: 'https://example.test' }], checklistItems: [{ displayName: 'c', isChecked: true }],
  });
  await run(`GET ${base}/tasks`, `${l}/tasks?$expand=linkedResources,checklistItems,extensions`);
  await run(`GET ${base}/tasks/$count`, `${l}/tasks/$count`);
  const first = await run(`GET ${base}/tasks/delta`, `${l}/tasks/delta?$expand=linkedResources`);
  const item = `${base}/tasks/{todoTask-id}`;
  const task = `${l}/tasks/${idOf(made.body)}`;
  await run(`GET ${item}`, task);
  await run(`PATCH ${item}`, task, { status: 'notStarted' });
  await run(`PATCH ${item}`, task, { status: 'nonsense' });
  await listExtensions(run, item, task);
  for (const [name, body, change] of [['linkedResources', { applicationName: 'a', externalId: 'b' }, { externalId: 'c' }], ['checklistItems', { displayName: 'a' }, { isChecked: true }]] as const) {
    const part = await run(`POST ${item}/${name}`, `${task}/${name}`, body);
    const id = name === 'linkedResources' ? '{linkedResource-id}' : '{checklistItem-id}';
    await run(`GET ${item}/${name}`, `${task}/${name}`);
    await run(`GET ${item}/${name}/${id}`, `${task}/${name}/${idOf(part.body)}`);
    await run(`PATCH ${item}/${name}/${id}`, `${task}/${name}/${idOf(part.body)}`, change);
    await run(`DELETE ${item}/${name}/${id}`, `${task}/${name}/${idOf(part.body)}`);
  }
  await run(`DELETE ${item}`, task);
  await run(`GET ${base}/tasks/delta()`, String(first.body['@odata.deltaLink']));
  await run(`DELETE ${base}`, l);
}

async function listExtensions(run: Run, item: string, path: string): Promise<void> {
  await run(`POST ${item}/extensions`, `${path}/extensions`, extension);
  await run(`GET ${item}/extensions`, `${path}/extensions`);
  await run(`GET ${item}/extensions/{extension-id}`, `${path}/extensions/com.example.sync`);
  await run(`PATCH ${item}/extensions/{extension-id}`, `${path}/extensions/com.example.sync`, extension);
  await run(`DELETE ${item}/extensions/{extension-id}`, `${path}/extensions/com.example.sync`);
}

async function calendars(run: Run, world: GraphWorld): Promise<void> {
  const start = { dateTime: '2026-03-10T09:00:00', timeZone: 'Pacific Standard Time' };
  const end = { dateTime: '2026-03-10T10:00:00', timeZone: 'Pacific Standard Time' };
  const full = {
    subject: 's', body: { contentType: 'HTML', content: 'b' }, start, end, location: { displayName: 'l', address: { city: 'c' } }, importance: 'high', sensitivity: 'private', showAs: 'tentative', categories: ['Work'],
    attendees: [{ emailAddress: { address: 'a@example.test', name: 'A' }, type: 'Required' }], transactionId: undefined as string | undefined, singleValueExtendedProperties: [property], extensions: [extension],
  };
  const series = { ...full, recurrence: { pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'] }, range: { type: 'numbered', numberOfOccurrences: 3, startDate: '2026-03-10' } } };
  const calendar = await run('POST /me/calendars', '/me/calendars', { name: 'Other' });
  const c = `/me/calendars/${idOf(calendar.body)}`;
  await run('GET /me/calendars', '/me/calendars');
  for (const [base, b, name] of [['/me', '/me', ''], ['/me/calendar', '/me/calendar', 'calendar'], ['/me/calendars/{calendar-id}', c, 'calendar']] as const) {
    if (name !== '') {
      await run(`GET ${base}`, b);
      await run(`PATCH ${base}`, b, { name: `renamed ${b}` });
    }
    const made = await run(`POST ${base}/events`, `${b}/events`, { ...full, transactionId: `T-${base}` });
    await run(`POST ${base}/events`, `${b}/events`, series);
    await run(`POST ${base}/events`, `${b}/events`, { subject: 'no times' });
    await run(`GET ${base}/events`, `${b}/events?$expand=${q(`singleValueExtendedProperties($filter=id eq '${markerId}'),extensions($filter=id eq 'com.example.sync')`)}`);
    const item = `${base}/events/{event-id}`;
    const e = `${b}/events/${idOf(made.body)}`;
    await run(`GET ${item}`, e);
    await run(`PATCH ${item}`, e, { subject: 'other' });
    await run(`GET ${base}/calendarView`, `${b}/calendarView?${window}`);
    await run(`GET ${base}/calendarView`, `${b}/calendarView`);
    await run(`GET ${base}/calendarView/delta`, `${b}/calendarView/delta?${window}`);
    await run(`GET ${base}/events/delta`, `${b}/events/delta?${window}`);
    await run(`GET ${base}/events/delta()`, `${b}/events/delta()?${window}`);
    const { link } = await world.round(`${b}/calendarView/delta?${window}`);
    if (name === '') await eventParts(run, e, series);
    await run(`DELETE ${item}`, e);
    await run(`GET ${base}/calendarView/delta()`, link);
  }
  await run('GET /me/events/$count', '/me/events/$count');
  await run('DELETE /me/calendars/{calendar-id}', c);
}

async function eventParts(run: Run, e: string, series: Body): Promise<void> {
  const item = '/me/events/{event-id}';
  await parts(run, item, e);
  const master = await run('POST /me/events', '/me/events', series);
  const m = `/me/events/${idOf(master.body)}`;
  const instances = await run(`GET ${item}/instances`, `${m}/instances?${window}`);
  await run(`PATCH ${item}`, `/me/events/${idOf(valueOf(instances)[0] ?? {})}`, { subject: 'exception' });
  await run(`GET ${item}/instances`, `${m}/instances?${window}`);
  for (const action of ['accept', 'tentativelyAccept', 'decline']) await run(`POST ${item}/${action}`, `${e}/${action}`, { comment: 'c', sendResponse: true });
  await run(`POST ${item}/dismissReminder`, `${e}/dismissReminder`);
  await run(`POST ${item}/snoozeReminder`, `${e}/snoozeReminder`, { newReminderTime: { dateTime: '2026-03-10T08:00:00', timeZone: 'UTC' } });
  await run(`POST ${item}/cancel`, `${m}/cancel`, { comment: 'c' });
}

async function subscriptions(run: Run): Promise<void> {
  const made = await run('POST /subscriptions', '/subscriptions', {
    changeType: 'created,updated', notificationUrl: 'https://hub.example.test/notify', resource: '/me/contacts', expirationDateTime: '2026-03-03T09:00:00Z', clientState: defaultApplication.tenant,
  });
  const s = `/subscriptions/${idOf(made.body)}`;
  await run('GET /subscriptions', '/subscriptions');
  await run('GET /subscriptions/{subscription-id}', s);
  await run('PATCH /subscriptions/{subscription-id}', s, { expirationDateTime: '2026-03-04T09:00:00Z' });
  await run('POST /subscriptions/{subscription-id}/reauthorize', `${s}/reauthorize`);
  await run('DELETE /subscriptions/{subscription-id}', s);
}
