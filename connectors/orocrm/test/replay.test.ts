import { Failure, isPresent, type Context, type Page } from '@syncline/connector';
import t from 'tap';
import { createApi } from '../src/api.ts';
import { configSchema } from '../src/config.ts';
import { orocrm, type EventRecord } from '../src/index.ts';
import { blankContact, blankTask } from '../src/mapping/index.ts';
import { describedParameters, exchanges, isHere, type Exchange } from './recorded.ts';
import { adminAuth, createWorld, entityOf } from './world.ts';

const skip = isHere ? false : 'needs ../shared, which is not here';
const config = configSchema.parse({ url: 'https://crm.example.com', auth: adminAuth });

t.test('What a real OroCRM answered, sent through the connector', { skip }, async (t) => {
  const all = exchanges();

  t.test('D10: each answer is a success, an answer about a record, or the failure it stands for', async (t) => {
    for (const exchange of all.filter(({ path }) => path.startsWith('/api/'))) {
      const { file, note, method, answer } = exchange;
      const api = createApi(config, contextOf(async () => exchange.respond()));
      const path = exchange.path.split('?', 1)[0] ?? '';
      const outcome = await api.send({ method: method as 'GET', path }).then((got) => got.status, (error: unknown) => (error instanceof Failure ? error.kind : error));
      t.equal(outcome, expected(exchange), `${file}: ${note} ${method} ${exchange.path.slice(0, 80)} ${answer.status}`);
    }
  });

  t.test('R8, D10: each answer of the token endpoint', async (t) => {
    const kinds = new Set<unknown>();
    for (const { respond, note, method } of all.filter(({ path }) => path === '/oauth2-token')) {
      if (method !== 'POST') continue;
      const api = createApi(config, contextOf(async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/oauth2-token') return respond();
        return request.headers.has('authorization') ? new Response('{}', { status: 200 }) : new Response(null, { status: 401 });
      }, false));
      const outcome = await api.send({ method: 'GET', path: '/api/contacts' }).then(({ status }) => status, (error: unknown) => (error instanceof Failure ? error.kind : error));
      t.ok(outcome === 200 || outcome === 'auth' || outcome === 'config', `${note}: ${String(outcome)}`);
      kinds.add(outcome);
    }
    t.same([...kinds].map(String).toSorted(), ['200', 'auth', 'config']);
  });

  t.test('G7, M43: each refusal of a contact or a task is an answer, with the field where OroCRM names one', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    const refusals = all.filter(({ method, path, answer }) => method === 'POST' && /^\/api\/(contacts|tasks)$/.test(path) && [400, 403, 500].includes(answer.status));
    t.ok(refusals.length > 50, `${refusals.length} refusals`);
    for (const { file, note, path, answer, respond } of refusals) {
      world.between = async (request, real) => (request.method === 'POST' ? respond() : real());
      const kind = path === '/api/tasks' ? 'task' : 'contact';
      const address = { id: 'new-1', types: ['billing'], primary: false, street: 's', street2: null, city: null, postalCode: null, country: 'US', region: null, regionName: null, customRegion: null };
      const record = kind === 'task' ? { ...blankTask, subject: 'T' } : { ...blankContact, firstName: 'A', addresses: [address] };
      const written = await world.push(session, kind, { op: 'create', key: 'k', record: record as never });
      t.equal(written.status, 'rejected', `${file}: ${note}`);
      const { errors } = answer.body as { errors: readonly { source?: { pointer?: string } }[] };
      const named = errors.some(({ source }) => /^\/(data\/(attributes|relationships\/(status|taskPriority))|included)\//.test(source?.pointer ?? ''));
      if (named) t.ok(written.status === 'rejected' && Object.keys(written.fields ?? {}).length > 0, `${note}: ${JSON.stringify(written)}`);
    }
  });

  t.test('G7: each refusal of an event is an answer that says why', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    for (const { note, respond } of all.filter(({ method, path, answer }) => method === 'POST' && path === '/api/rest/latest/calendarevents.json' && answer.status >= 400)) {
      world.between = async (request, real) => (request.method === 'POST' ? respond() : real());
      const record: EventRecord = { title: 'E', start: '2026-12-01T10:00:00Z', end: '2026-12-01T11:00:00Z', allDay: false, recurring: false };
      const written = await world.push(session, 'event', { op: 'create', key: 'k', record });
      t.equal(written.status, 'rejected', note);
      t.notMatch(written, { message: /no reason given/ }, note);
    }
  });

  t.test('D12, D13, M39, M44: each list of events is pulled, whole', async (t) => {
    const lists = all.filter(({ method, path, answer }) => method === 'GET' && /calendarevents\.json\?.*limit=/.test(path) && answer.status === 200);
    t.ok(lists.length > 8, `${lists.length} lists`);
    for (const list of lists) {
      const calendar = Number(/calendar=(\d+)/.exec(list.path)?.[1] ?? 1);
      const logs: string[] = [];
      const session = await orocrm.connect(config, contextOf(async (request) => recordedAnswer(all, request, list, calendar), true, logs));
      const pages: Page<EventRecord>[] = [];
      for await (const page of orocrm.entities.event.pull(session, { cursor: null, known: () => undefined, knownCount: 0 })) pages.push(page);
      const rows = list.answer.body as readonly { id: number; recurringEventId: number | null; recurrence?: unknown; allDay: boolean }[];
      const own = rows.filter(({ recurringEventId }) => recurringEventId === null);
      t.same(pages.at(-1)?.alive?.toSorted(), own.map(({ id }) => String(id)).toSorted(), list.path);
      for (const seen of pages.flatMap((page) => page.seen)) {
        if (!isPresent(seen)) continue;
        const row = own.find(({ id }) => String(id) === seen.id);
        t.equal(seen.traits?.recurring === true, row?.recurrence !== undefined);
        const { start, end } = orocrm.entities.event.lens(session) as unknown as { [name: string]: { read: (native: EventRecord) => unknown } };
        t.equal(/T/.test(String(start?.read(seen.record))), !seen.record.allDay);
        t.ok(String(end?.read(seen.record)) >= String(start?.read(seen.record)));
      }
      t.same(logs, []);
    }
  });
});

t.test('What the connector asks is what a real OroCRM describes', { skip }, async (t) => {
  const known = describedParameters();
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada', addresses: [{ country: 'US' }] }], tasks: [{ subject: 'T' }] } });
  for (const settings of [{}, { contactsScope: 'owned', tasksScope: 'all' }, { contactsScope: 'assigned' }]) {
    const session = await world.connect(settings);
    await orocrm.check(session);
    for (const kind of ['contact', 'task', 'event'] as const) {
      world.forget(kind);
      await world.pull(session, kind);
      world.now += 20 * 60_000;
      world.memory[kind].versions.clear();
      await world.pull(session, kind);
      await entityOf(kind).get(session, '1');
    }
    for (const record of [{ ...blankContact, lastName: 'B' }, { ...blankContact, emails: ['a@x.org'] }, { ...blankContact, phones: ['1'] }]) await entityOf('contact').find(session, { op: 'create', key: 'k', record }, world.now);
    await entityOf('task').find(session, { op: 'create', key: 'k', record: blankTask }, world.now);
  }
  let checked = 0;
  for (const request of world.requests) {
    const { pathname, searchParams } = new URL(request.url);
    const parameters = known.get(pathname.replace(/\/\d+$/, '/{id}'));
    if (parameters === undefined) continue;
    checked += 1;
    // A field list of any type is taken; the description names those of the resource and its neighbours.
    for (const name of searchParams.keys()) t.ok(parameters.has(name) || name === 'fields[regions]', `${pathname}: ${name}`);
    for (const [name, value] of searchParams) if (name.includes('updatedAt')) t.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'whole seconds');
  }
  t.ok(checked > 30, `${checked} requests`);
});

/** The outcome that an exchange's status stands for. */
function expected({ method, answer: { status, body }, respond }: Exchange): number | string {
  const html = /html/.test(respond().headers.get('content-type') ?? '');
  if (status === 401) return 'auth';
  if (html) return 'config';
  // The plain API answers with a list of errors; the connector never asks it.
  if (status !== 500) return status;
  if (method === 'GET') return 'unavailable';
  return JSON.stringify(body).includes('driver exception') ? 500 : 'bug';
}

function recordedAnswer(all: readonly Exchange[], request: Request, list: Exchange, calendar: number): Response {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname.endsWith('/calendarevents.json')) {
    const count = String((list.answer.body as readonly unknown[]).length);
    const response = list.respond();
    return searchParams.get('limit') === '1' ? new Response('[]', { headers: { 'content-type': 'application/json', 'x-include-total-count': count } }) : response;
  }
  if (pathname.endsWith('/default.json')) return new Response(JSON.stringify({ calendar, owner: 1, calendarName: 'X' }), { headers: { 'content-type': 'application/json' } });
  const found = all.find(({ path, method, answer }) => method === 'GET' && answer.status === 200 && path.split('?', 1)[0] === pathname);
  return found?.respond() ?? new Response(JSON.stringify({ data: [] }), { headers: { 'content-type': 'application/vnd.api+json' } });
}

/** A context whose network answers so; the token endpoint gives a token unless it is what is tried. */
function contextOf(answer: (request: Request) => Promise<Response>, withToken = true, logs: string[] = []): Context {
  return {
    fetch: async (request) => (withToken && new URL(request.url).pathname === '/oauth2-token' ? new Response('{"token_type":"Bearer","expires_in":3600,"access_token":"x"}', { headers: { 'content-type': 'application/json; charset=UTF-8' } }) : answer(request)),
    now: () => Date.parse('2026-11-22T11:00:00Z'),
    random: () => 0.5,
    zone: 'Europe/Vienna',
    language: 'de',
    window: { pastDays: 30, futureDays: 365 },
    log: (message) => logs.push(message),
  };
}
