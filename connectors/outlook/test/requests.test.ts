import { readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isPresent, type Kind, type Write } from '@syncline/connector';
import t from 'tap';
import type { OutlookRecords } from '../src/index.ts';
import { create, dice, entityOf, nothingHeld, openMailbox, pullInto, type Mailbox } from './mailbox.ts';

/** Beside the repository; not part of it. */
const contracts = fileURLToPath(new URL('../../../../../shared/contracts/graph/', import.meta.url));
const skip = existsSync(`${contracts}openapi-slice.yaml`) ? false : 'needs ../shared, which is not here';

type Body = { readonly [member: string]: unknown };
type Validate = ((value: unknown) => boolean) & { readonly errors?: readonly { readonly instancePath: string; readonly message?: string; readonly params: unknown }[] | null };
interface Validator {
  readonly addSchema: (schema: unknown, key: string) => unknown;
  readonly compile: (schema: unknown) => Validate;
}

interface Operation {
  readonly parameters?: readonly Body[];
  readonly requestBody?: Body;
}

interface Slice extends Body {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
}

/** Options the documentation shows for these calls (contract, 2.2, 3.2 and 5.1) and the official description leaves out. */
const documented: readonly string[] = ['$expand'];

interface Sent {
  readonly method: string;
  /** Below the version, as it left. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

t.test('every request is one Graph describes: path, method, options, headers and each member of its body', { skip }, async (t) => {
  const slice = loadSlice();
  const check = checker(slice);

  t.ok(check.body('POST /me/contacts', { displayName: 'Ada', emailAddresses: [{ address: 'a@x.test' }], birthday: null }).length === 0, 'the check takes what is right');
  for (const [operation, body] of [
    ['POST /me/contacts', { displayNam: 'Ada' }],
    ['POST /me/contacts', { emailAddresses: [{ adress: 'a@x.test' }] }],
    ['POST /me/contacts', { emailAddresses: ['a@x.test'] }],
    ['POST /me/contacts', { birthday: '1985-12-10' }],
    ['POST /me/contacts', { singleValueExtendedProperties: [{ id: 'x', val: 'y' }] }],
    ['POST /me/events', { start: { dateTime: '2026-03-03T09:00:00', timezone: 'UTC' } }],
    ['POST /me/events', { isAllDay: 'true' }],
    ['PATCH /me/todo/lists/{todoTaskList-id}/tasks/{todoTask-id}', { status: 'open' }],
    ['PATCH /me/todo/lists/{todoTaskList-id}/tasks/{todoTask-id}', { dueDateTime: { date: '2026-03-03' } }],
  ] as const) {
    t.not(check.body(operation, body).length, 0, `the check sees ${JSON.stringify(body)}`);
  }

  const mailbox = await openMailbox();
  await workIn(mailbox);
  const sent = requestsOf(mailbox);
  const operations = new Map<string, number>();
  for (const request of sent) {
    const operation = check.operation(request);
    if (operation === undefined) {
      t.fail(`not described: ${request.method} ${request.url}`);
      continue;
    }
    operations.set(operation, (operations.get(operation) ?? 0) + 1);
    const problems = [...check.query(operation, request.url), ...headerProblems(request), ...(request.body === undefined ? [] : check.body(operation, request.body)), ...ownProblems(request)];
    if (problems.length > 0) t.fail(`${operation}: ${problems.join('; ')} in ${request.url} ${JSON.stringify(request.body)?.slice(0, 300)}`);
  }
  t.comment(`${sent.length} requests: ${[...operations].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  t.ok(sent.length > 200, 'enough was sent');
  for (const [method, resource] of [['POST', 'contacts'], ['PATCH', 'contacts'], ['DELETE', 'contacts'], ['POST', 'tasks'], ['PATCH', 'tasks'], ['DELETE', 'tasks'], ['POST', 'events'], ['PATCH', 'events'], ['DELETE', 'events'], ['POST', 'linkedResources'], ['PATCH', 'linkedResources'], ['DELETE', 'linkedResources']] as const) {
    t.ok([...operations.keys()].some((name) => name.startsWith(`${method} `) && name.replace(/\/\{[^/]*\}$/, '').endsWith(resource)), `${method} ${resource} was among them`);
  }
});

/** Everything the connector can do, with unruly content. */
async function workIn(mailbox: Mailbox): Promise<void> {
  const random = dice(5);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const text = (): string => pick(['', 'Ada', 'O\u2019Hara & "Sons" #1+1=2', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u{1F600}', 'x'.repeat(255), 'line\r\nline\ttab', '\u674E', '{"a":\'b\'}']);
  const maybe = (): string | null => pick([null, text()]);
  const postal = () => ({ street: text(), city: text(), state: text(), postalCode: text(), countryOrRegion: text() });
  const contact = (): Partial<OutlookRecords['contact']> => ({
    givenName: maybe(), middleName: maybe(), surname: text(), generation: maybe(), personalNotes: pick([null, text(), 'n'.repeat(40_000)]), jobTitle: maybe(),
    emailAddresses: pick([[], [{ name: null, address: 'a@x.test' }], [{ name: 'A "B"', address: 'a+b@x.test' }, { name: 'only a name', address: null }, { name: null, address: 'c@x.test' }]]),
    birthday: pick([null, '1985-12-10T00:00:00Z', '1601-01-02T00:00:00Z', '1985-12-10T11:59:00Z']),
    businessAddress: postal(), homeAddress: postal(), otherAddress: postal(),
    gender: pick([null, '0', '1', '2']), fax: maybe(), primaryPhone: maybe(),
  });
  const task = (): Partial<OutlookRecords['task']> => ({ title: text() || 'Call', importance: pick(['low', 'normal', 'high']), status: pick(['notStarted', 'inProgress', 'completed', 'deferred']), dueDateTime: pick([null, { dateTime: '2026-03-10T00:00:00', timeZone: 'UTC' }]) });
  const event = (): Partial<OutlookRecords['event']> => {
    const isAllDay = random() < 0.4;
    const zone = pick([null, 'UTC', 'W. Europe Standard Time', 'Europe/Berlin', 'tzone://Microsoft/Custom', 'Customized Time Zone', 'Nowhere Standard Time']);
    const [from, to] = isAllDay ? ['2026-03-29T00:00:00', '2026-03-30T00:00:00'] : pick([['2026-03-29T00:30:00', '2026-03-29T01:30:00'], ['2026-03-05T09:00:00.5', '2026-03-05T09:30:00']] as const);
    return { subject: text(), isAllDay, zone, start: { dateTime: from, timeZone: 'UTC' }, end: { dateTime: to, timeZone: 'UTC' } };
  };
  const mark = { id: 'x/+=\'"', origin: 'o1' };
  const run = async <K extends Kind>(kind: K, make: () => Partial<OutlookRecords[K]>): Promise<void> => {
    const entity = entityOf(kind);
    const { session } = mailbox;
    const held = nothingHeld<OutlookRecords[K]>();
    await pullInto(session, kind, held);
    const creates = Array.from({ length: 45 }, (_, index) => create(kind, session, `k${index}`, make(), pick([undefined, mark, { id: '7' }])));
    for (let at = 0; at < creates.length; at += 20) await entity.push(session, creates.slice(at, at + 20));
    await pullInto(session, kind, held);
    const present = [...held.records.values()].filter(isPresent);
    const updates = present.map((one): Write<OutlookRecords[K]> => ({ op: 'update', key: one.id, id: one.id, ifVersion: one.version, base: one.record, record: { ...one.record, ...make(), ...markIdOf(one.record) }, ...pick([{}, { mark: { id: '8', origin: 'o2' } }, { mark: { id: '' } }]) }));
    for (let at = 0; at < updates.length; at += 10) await entity.push(session, updates.slice(at, at + 10));
    await pullInto(session, kind, held);
    for (const one of present.slice(0, 3)) await entity.get(session, one.id);
    for (const write of creates.slice(0, 3)) await entity.find?.(session, write, 0);
    const now = [...held.records.values()].filter(isPresent).slice(0, 5);
    await entity.push(session, now.map((one) => ({ op: 'delete', key: one.id, id: one.id, ifVersion: one.version })));
    await pullInto(session, kind, held);
  };
  await run('contact', contact);
  await run('task', task);
  await run('event', event);
}

function markIdOf(record: object): object {
  return 'markId' in record ? { markId: record.markId } : {};
}

/** What left, batches taken apart. */
function requestsOf(mailbox: Mailbox): readonly Sent[] {
  return mailbox.raw.flatMap(({ method, url, headers, body }): readonly Sent[] => {
    if (!url.includes('/v1.0/')) return [];
    const below = url.slice(url.indexOf('/v1.0/') + 5);
    if (!below.endsWith('/$batch')) return [{ method, url: below, headers, body: body === '' ? undefined : (JSON.parse(body) as unknown) }];
    const { requests } = JSON.parse(body) as { requests: readonly { id: string; method: string; url: string; headers: { [name: string]: string }; body?: unknown; dependsOn?: readonly string[] }[] };
    if (requests.length === 0 || requests.length > 20) throw new Error(`a batch of ${requests.length}`);
    if (new Set(requests.map(({ id }) => id.toLowerCase())).size !== requests.length) throw new Error('ids of a batch that are not one each');
    return requests.map((part) => ({ method: part.method, url: part.url, headers: new Headers(part.headers), body: part.body }));
  });
}

function headerProblems({ method, headers, body }: Sent): readonly string[] {
  const prefer = headers.get('prefer') ?? '';
  return [
    ...(/IdType="ImmutableId"/.test(prefer) && /outlook\.timezone="UTC"/.test(prefer) ? [] : [`Prefer: ${prefer}`]),
    ...(body !== undefined && headers.get('content-type') !== 'application/json' ? ['a body without its type'] : []),
    ...(body === undefined && (method === 'POST' || method === 'PATCH') ? ['no body'] : []),
    ...(headers.has('if-match') && !/^W\/"[^"]+"$/.test(headers.get('if-match') ?? '') ? [`If-Match: ${headers.get('if-match')}`] : []),
  ];
}

/** What the description does not say and the contract does. */
function ownProblems({ method, url, body }: Sent): readonly string[] {
  const text = body === undefined ? '' : JSON.stringify(body);
  const event = body as { start?: { dateTime: string; timeZone: string }; end?: { dateTime: string; timeZone: string }; isAllDay?: boolean } | undefined;
  const times = [event?.start, event?.end].filter((time) => time !== undefined);
  return [
    ...(/^\/users\/[^/@]+\//.test(url) || url.startsWith('/users/') ? [] : ['an app has no /me']),
    ...(/[ "<>{}|\\^`]/.test(url) ? ['an address that is not encoded'] : []),
    ...(/attendees/.test(text) ? ['attendees are never written'] : []),
    ...(method === 'PATCH' && /transactionId/.test(text) ? ['a transaction id only a create takes'] : []),
    ...(times.some(({ dateTime }) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(dateTime)) ? ['a wall time with an offset'] : []),
    ...(times.length === 1 ? ['one of two times'] : []),
    ...(event?.isAllDay === true && (times.some(({ dateTime }) => !dateTime.endsWith('T00:00:00')) || new Set(times.map(({ timeZone }) => timeZone)).size > 1) ? ['an all-day event that is none'] : []),
    ...(times.some(({ timeZone }) => !['UTC', 'W. Europe Standard Time', 'Europe/Berlin'].includes(timeZone)) ? ['a zone Graph does not know'] : []),
  ];
}

interface Checker {
  readonly operation: (request: Sent) => string | undefined;
  readonly query: (operation: string, url: string) => readonly string[];
  readonly body: (operation: string, body: unknown) => readonly string[];
}

function checker(slice: Slice): Checker {
  const { Ajv2019 } = fromSimulators('ajv/dist/2019.js') as { readonly Ajv2019: new (options: unknown) => Validator };
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats: { int32: true, int64: true, double: true, 'date-time': true, date: true, time: true, uuid: true, base64url: true } });
  ajv.addSchema(closed(slice), 'graph.json');
  const compiled = new Map<string, Validate>();
  const described = (operation: string): Operation | undefined => {
    const [method = '', path = ''] = operation.split(' ');
    return slice.paths[path]?.[method.toLowerCase()];
  };
  const patterns = Object.keys(slice.paths).map((path) => ({ path, pattern: new RegExp(`^${path.replace(/[()$.]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`) }));
  return {
    // The description knows "/me" only; the same paths are below "/users/{id}" (contract, 12). Of two that fit, the one with fewer ids is meant.
    operation: ({ method, url }) => {
      const path = url.replace(/\?.*$/, '').replace(/^\/users\/[^/]+/, '/me');
      // A calendar that is chosen by id is in the permissions, not in the description.
      const [found] = patterns.filter(({ pattern, path: known }) => pattern.test(path) && slice.paths[known]?.[method.toLowerCase()] !== undefined).sort((a, b) => a.path.split('{').length - b.path.split('{').length);
      return found === undefined ? undefined : `${method} ${found.path}`;
    },
    query: (operation, url) => {
      const parameters = (described(operation)?.parameters ?? []).map((parameter) => resolve(slice, parameter)).filter((parameter) => parameter['in'] === 'query');
      const known = new Set(parameters.map((parameter) => String(parameter['name'])));
      const given = (url.split('?')[1] ?? '').split('&').filter((one) => one !== '').map((one) => decodeURIComponent(one.split('=')[0] ?? ''));
      return [
        ...given.filter((name) => !known.has(name) && !documented.includes(name) && !/^\$(delta|skip)token$/.test(name) && name !== '$skip').map((name) => `an option that is not described: ${name}`),
        ...(given.length === new Set(given).size ? [] : ['an option twice']),
        ...parameters.filter((parameter) => parameter['required'] === true && !given.includes(String(parameter['name'])) && !given.some((name) => /token$/.test(name))).map((parameter) => `without ${String(parameter['name'])}`),
      ];
    },
    body: (operation, body) => {
      let validate = compiled.get(operation);
      if (validate === undefined) {
        const content = resolve(slice, described(operation)?.requestBody ?? {})['content'] as Body | undefined;
        const schema = (content?.['application/json'] as Body | undefined)?.['schema'];
        if (schema === undefined) return ['a body where none is described'];
        validate = ajv.compile({ allOf: [closed(schema)], unevaluatedProperties: false });
        compiled.set(operation, validate);
      }
      return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`);
    },
  };
}

/** ajv and yaml are the simulators' own, for the same description; this package has no other use for them. */
function fromSimulators(name: string): unknown {
  return createRequire(import.meta.resolve('@syncline/simulators'))(name);
}

function loadSlice(): Slice {
  const { parse } = fromSimulators('yaml') as { readonly parse: (text: string, options: unknown) => unknown };
  return parse(readFileSync(`${contracts}openapi-slice.yaml`, 'utf8'), { maxAliasCount: -1 }) as Slice;
}

/** The description as JSON Schema 2019 that takes no member it does not name, at any depth. */
function closed(value: unknown, place = ''): unknown {
  if (Array.isArray(value)) {
    const list = value as readonly Body[];
    // "A thing, or any object that may be null" is how the description says "a thing or null"; it would take any object.
    const either = place === 'anyOf' && list.length === 2 && list[0]?.['$ref'] !== undefined && list[1]?.['nullable'] === true;
    return either ? [closed(list[0], 'property'), { type: 'null' }] : list.map((one) => closed(one, place === 'allOf' ? 'part' : 'property'));
  }
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Body;
  if (typeof source['$ref'] === 'string') {
    const reference = { $ref: source['$ref'].replace(/^#/, 'graph.json#') };
    return place === 'items' || place === 'property' ? { allOf: [reference], unevaluatedProperties: false } : reference;
  }
  const out: { [member: string]: unknown } = {};
  for (const [name, inner] of Object.entries(source)) {
    if (['discriminator', 'nullable', 'example', 'examples'].includes(name)) continue;
    out[name] = name === 'properties' ? Object.fromEntries(Object.entries(inner as Body).map(([member, schema]) => [member, closed(schema, 'property')])) : closed(inner, name);
  }
  if (source['nullable'] !== true) return out;
  if (typeof out['type'] === 'string') out['type'] = [out['type'], 'null'];
  if (Array.isArray(out['enum'])) out['enum'] = [...(out['enum'] as unknown[]), null];
  return out;
}

function resolve(slice: Slice, value: Body): Body {
  let found = value;
  while (typeof found['$ref'] === 'string') found = found['$ref'].slice(2).split('/').reduce((at: Body, part) => at[part] as Body, slice);
  return found;
}
