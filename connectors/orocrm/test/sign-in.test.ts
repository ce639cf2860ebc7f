import { Failure } from '@syncline/connector';
import t, { type Test } from 'tap';
import { configSchema } from '../src/config.ts';
import { orocrm } from '../src/index.ts';
import { adminAuth, counts, createWorld, entityOf, limitedAuth } from './world.ts';

const hour = 3_600_000;

t.test('S8: what is missing is named, and nothing is sent', async (t) => {
  const rows: readonly [settings: unknown, message: RegExp][] = [
    [{ auth: adminAuth }, /OroCRM URL is missing/],
    [{ url: ' ', auth: adminAuth }, /OroCRM URL is missing/],
    [{ url: 'crm.example.com', auth: adminAuth }, /begins with https/],
    [{ url: 'https://me:secret@crm.example.com', auth: adminAuth }, /no user or password/],
    [{ url: 'https://crm.example.com', auth: { signIn: 'client-credentials', clientId: 'x' } }, /Client secret is missing/],
    [{ url: 'https://crm.example.com', auth: { signIn: 'wsse', user: '', apiKey: 'k' } }, /User is missing/],
    [{ url: 'https://crm.example.com', auth: { signIn: 'wsse', user: 'u' } }, /API Key is missing/],
    [{ url: 'https://crm.example.com', auth: { signIn: 'password', clientId: 'x', clientSecret: 's', user: 'u' } }, /Password is missing/],
    [{ url: 'https://crm.example.com', auth: {} }, /sign-in must be/],
    [{ url: 'https://crm.example.com', auth: adminAuth, idComparisonMinutes: 0 }, /from 1 to 1440/],
  ];
  for (const [settings, message] of rows) {
    const result = await orocrm.config['~standard'].validate(settings);
    t.match(result.issues?.map((issue) => issue.message).join(), message);
  }
  t.match(configSchema.parse({ url: 'https://crm.example.com/', auth: adminAuth }), { contactsScope: 'all', tasksScope: 'owned', idComparisonMinutes: 15, contentComparisonMinutes: 60 });
});

t.test('OAuth: one token for many requests, renewed before it ends', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  await Promise.all([world.pull(session, 'task'), world.pull(session, 'contact'), world.pull(session, 'event')]);
  t.equal(counts(world)['POST /oauth2-token'], 1);
  world.now += hour;
  await Promise.all([world.pull(session, 'task'), world.pull(session, 'contact'), world.pull(session, 'event')]);
  t.equal(counts(world)['POST /oauth2-token'], 2, 'many requests at once share one renewal');
});

const passwordAuth = { signIn: 'password', clientId: 'syncline-password', clientSecret: 'secret-syncline-password', user: 'admin', password: 'admin' };

t.test('OAuth with a password: refreshed once for all who ask at once, and the token of before is dead at once', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }], tasks: [{ subject: 'T' }] } });
  const session = await world.connect({ auth: passwordAuth });
  const grants = (): unknown[] => [...world.bodies].flatMap(([request, body]) => (request.url.endsWith('/oauth2-token') ? [(body as { grant_type: string }).grant_type] : []));
  const all = (): Promise<unknown> => Promise.all([world.pull(session, 'task'), world.pull(session, 'contact'), world.pull(session, 'event')]);
  await all();
  t.same(grants(), ['password']);
  const old = world.requests.at(-1)?.headers.get('authorization') ?? '';
  world.now += hour - 120_000;
  await all();
  t.same(grants(), ['password'], 'good for a while yet');
  world.now += 60_000;
  await all();
  t.same(grants(), ['password', 'refresh_token'], 'before it ends; three pulls at once share one');
  const stale = await world.simulator.handle(new Request('https://crm.example.com/api/userprofile', { headers: { authorization: old, accept: 'application/vnd.api+json' } }));
  t.equal(stale.status, 401, 'the simulator is as strict as the service');
  for (let renewals = 0; renewals < 3; renewals += 1) {
    world.now += hour;
    await all();
  }
  t.same(grants(), ['password', ...Array<string>(4).fill('refresh_token')], 'each refresh brings the next one');
});

t.test('OAuth with a password: a write that was under way with the token of before is sent again, once', async (t) => {
  const world = createWorld();
  const session = await world.connect({ auth: passwordAuth });
  const record = { ...orocrm.entities.contact.blank(session), firstName: 'Ada' };
  // The other request renews the token while this one is on its way: OroCRM answers 401 and has done nothing.
  let renewed = false;
  world.between = async (request, answer) => {
    if (request.method === 'POST' && request.url.endsWith('/api/contacts') && !renewed) {
      renewed = true;
      world.now += hour - 30_000;
      await world.pull(session, 'task');
    }
    return answer();
  };
  t.match(await world.push(session, 'contact', { op: 'create', key: 'k', record }), { status: 'stored' });
  t.equal(world.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/api/contacts')).length, 2);
  t.equal(counts(world)['POST /oauth2-token'], 2, 'the one that was refused takes the token the other has');
  t.equal([...world.simulator.admin.listContacts()].length, 1);
});

t.test('OAuth with a password: where the refresh token has ended the password signs in again; what is refused is said', async (t) => {
  const world = createWorld();
  const session = await world.connect({ auth: passwordAuth });
  world.now += 31 * 24 * hour;
  await world.pull(session, 'contact');
  t.same([...world.bodies.values()].map((body) => (body as { grant_type?: string }).grant_type).filter((grant) => grant !== undefined), ['password', 'refresh_token', 'password']);
  await fails(t, () => world.connect({ auth: { ...passwordAuth, password: 'hunter2-hunter2' } }), 'auth', /does not accept the user and password/);
  await fails(t, () => world.connect({ auth: { ...passwordAuth, clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' } }), 'auth', /allows "Password"/);
  world.simulator.admin.updateUser(1, { enabled: false });
  await fails(t, () => world.connect({ auth: passwordAuth }), 'auth', /Account is disabled/);
  t.notMatch(world.logs.join(), /hunter2/);
});

t.test('R8: a token that is refused is renewed once; a refused user is one clear failure', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  world.simulator.admin.faults.add({ match: { path: '/api/contacts' }, action: { type: 'status', status: 401 } });
  await world.pull(session, 'contact');
  t.equal(counts(world)['POST /oauth2-token'], 2);
  world.simulator.admin.updateUser(1, { enabled: false });
  await fails(t, () => world.pull(session, 'contact'), 'auth', /user/);
});

t.test('WSSE: each request has a nonce of its own, and the clock is put right', async (t) => {
  const auth = { signIn: 'wsse', user: 'admin', apiKey: 'key-admin' };
  for (const skewMs of [0, 90_000, -2 * hour, 2 * hour]) {
    const world = createWorld();
    world.skewMs = skewMs;
    const session = await world.connect({ auth });
    await world.pull(session, 'contact');
    const headers = world.requests.map((request) => request.headers.get('x-wsse') ?? '');
    t.equal(new Set(headers.map((header) => /Nonce="([^"]*)"/.exec(header)?.[1])).size, headers.length, `skew ${skewMs}`);
    t.ok(world.requests.length <= 8, 'corrected once, not with every request');
  }
  const world = createWorld();
  await fails(t, () => world.connect({ auth: { ...auth, apiKey: 'wrong' } }), 'auth', /user and API key/);
});

t.test('Every request asks for exactly JSON:API, or for the old API', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  for (const kind of ['contact', 'task', 'event'] as const) await world.pull(session, kind);
  for (const request of world.requests) {
    const { pathname } = new URL(request.url);
    t.equal(request.headers.get('accept'), /^\/api\/(?!rest)/.test(pathname) ? 'application/vnd.api+json' : 'application/json', pathname);
  }
});

t.test('D10: one sentence for each thing that can be wrong', async (t) => {
  await fails(t, () => createWorld().connect({ auth: { ...adminAuth, clientSecret: 'wrong' } }), 'auth', /client ID and client secret/);
  await fails(t, () => createWorld().connect({ url: 'https://crm.example.com/elsewhere' }), 'config', /Check the URL, and switch on "Enable API"/);
  const off = createWorld({ switches: { webApiEnabled: false } });
  await fails(t, () => off.connect(), 'config', /switch on "Enable API"/);
  await fails(t, () => off.connect({ auth: { signIn: 'wsse', user: 'admin', apiKey: 'key-admin' } }), 'config', /switch on "Enable API"/);
});

t.test('D10: the API is switched off while connected: nothing counts as deleted', async (t) => {
  const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }], events: [{ title: 'E', start: Date.parse('2026-11-23T10:00:00Z'), end: Date.parse('2026-11-23T11:00:00Z') }], tasks: [{ subject: 'T' }] } });
  const session = await world.connect();
  world.simulator.admin.setSwitch('webApiEnabled', false);
  for (const kind of ['contact', 'task', 'event'] as const) {
    await fails(t, () => world.pull(session, kind), 'config', /Enable API/);
    await fails(t, () => entityOf(kind).get(session, '1'), 'config', /Enable API/);
  }
  world.simulator.admin.setSwitch('webApiEnabled', true);
  t.same(await entityOf('contact').get(session, '99'), { id: '99', absent: 'deleted' });
  t.same(await entityOf('event').get(session, '99'), { id: '99', absent: 'deleted' });
});

t.test('R3: after "wait" nothing is sent until the time is over', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  world.simulator.admin.faults.add({ match: { path: '/api/contacts' }, action: { type: 'status', status: 429, retryAfterSeconds: 30 } });
  const failure = await fails(t, () => world.pull(session, 'contact'), 'throttle', /wait/);
  t.equal(failure.retryAfterMs, 30_000);
  const sent = world.requests.length;
  await fails(t, () => world.pull(session, 'task'), 'throttle', /wait/);
  t.equal(world.requests.length, sent);
  world.now += 30_000;
  await world.pull(session, 'task');
  world.simulator.admin.faults.add({ match: { path: '/api/contacts' }, action: { type: 'status', status: 503, retryAfterSeconds: 5 } });
  await fails(t, () => world.pull(session, 'contact'), 'throttle', /wait/);
});

t.test('No answer, or a broken one, is "unavailable"; only a write may have been done', async (t) => {
  const world = createWorld();
  const session = await world.connect();
  const rows = [{ type: 'drop-before' }, { type: 'status', status: 500 }, { type: 'status', status: 502 }, { type: 'status', status: 503 }] as const;
  for (const action of rows) {
    world.simulator.admin.faults.add({ match: { path: '/api/contacts' }, action });
    const failure = await fails(t, () => world.pull(session, 'contact'), 'unavailable', /OroCRM/);
    t.equal(failure.maybeDone, false);
    world.simulator.admin.faults.add({ match: { path: '/api/contacts', method: 'POST' }, action });
    const written = await world.push(session, 'contact', { op: 'create', key: 'k', record: { ...orocrm.entities.contact.blank(session), firstName: 'A' } });
    t.match(written, { status: 'failed', failure: { kind: 'unavailable', maybeDone: true } });
  }
});

t.test('A redirect is not followed: the credentials would go along', async (t) => {
  const asked: string[] = [];
  const connect = orocrm.connect(configSchema.parse({ url: 'http://crm.example.com', auth: adminAuth }), {
    fetch: async (request) => {
      asked.push(`${request.redirect} ${request.url}`);
      return new Response(null, { status: 301, headers: { location: 'https://other.example.com/oauth2-token' } });
    },
    now: () => 0, random: () => 0, zone: 'UTC', language: 'en', window: { pastDays: 1, futureDays: 1 }, log: () => undefined,
  });
  await fails(t, () => connect, 'config', /leads to another one \(https:\/\/other\.example\.com/);
  t.same(asked, ['manual http://crm.example.com/oauth2-token']);
});

t.test('R11, D14: check names the account, its origin and what does not work', async (t) => {
  const world = createWorld({ data: { tasks: [{ subject: 'T', ownerId: 3 }] } });
  const account = await orocrm.check(await world.connect());
  t.equal(account.name, 'John Doe (admin) at crm.example.com');
  t.same(account.warnings, []);
  t.same(account.facts, { organisation: 'number 1', calendar: 'John Doe' });
  t.equal((await orocrm.check(await world.connect({ auth: { signIn: 'wsse', user: 'admin', apiKey: 'key-admin' } }))).facts?.['version'], '6.0 or older');
  const later = createWorld();
  later.between = async (request, answer) => {
    if (request.url.includes('/.well-known/')) return Response.json({ issuer: 'https://crm.example.com', token_endpoint: 'https://crm.example.com/oauth2-token' });
    return request.url.includes('/api/organizations/1') ? Response.json({ data: { type: 'organizations', id: '1', attributes: { name: 'ACME' } } }) : answer();
  };
  t.match((await orocrm.check(await later.connect())).facts, { organisation: 'ACME', version: '7.0 or later' });
  t.equal(account.origin, (await orocrm.check(await world.connect({ url: 'https://CRM.example.com/' }))).origin);
  t.not(account.origin, (await orocrm.check(await createWorld().connect({ url: 'https://crm.example.org' }))).origin);

  const limited = await orocrm.check(await world.connect({ auth: limitedAuth }));
  t.match(limited.warnings.join('\n'), /may not see its own profile[^]*workflow/);
  await t.resolves(world.pull(await world.connect({ auth: limitedAuth }), 'task'), 'the owner of the calendar is the user');

  const nobody = { signIn: 'client-credentials', clientId: 'syncline-nobody', clientSecret: 'secret-syncline-nobody' };
  const warned = await orocrm.check(await world.connect({ auth: nobody }));
  t.match(warned.warnings.join('\n'), /Calendar events cannot be synced[^]*Contacts cannot be synced[^]*Tasks cannot be synced/);
  await fails(t, async () => world.pull(await world.connect({ auth: nobody }), 'event'), 'unsupported', /allow all APIs/);
  await fails(t, async () => world.pull(await world.connect({ auth: nobody }), 'contact'), 'unsupported', /role lacks the permission/);
});

t.test('S16: more than 5,000 records in scope "all" are warned of, counted without reading one', async (t) => {
  const contacts = Array.from({ length: 5001 }, (_, at) => ({ firstName: `A${at}` }));
  const tasks = Array.from({ length: 5001 }, (_, at) => ({ subject: `T${at}` }));
  const many = createWorld({ data: { contacts, tasks } });
  const warningsOf = async (settings: object): Promise<string> => (await orocrm.check(await many.connect(settings))).warnings.join('\n');
  t.match(await warningsOf({ tasksScope: 'all' }), /may see 5001 contacts.*"owned by me" or "assigned to me"[^]*may see 5001 tasks.*"owned by me"/);
  t.match(many.requests.filter(({ url }) => /\/api\/contacts/.test(url)).map(({ url }) => decodeURIComponent(new URL(url).search)), ['?page[size]=0']);
  t.notMatch(await warningsOf({}), /5001 tasks/);
  t.notMatch(await warningsOf({ contactsScope: 'owned' }), /5001/);
  const few = createWorld({ data: { contacts: contacts.slice(0, 5000) } });
  t.same((await orocrm.check(await few.connect())).warnings, []);
});

t.test('S18: OroCRM\'s time zone is told, where it may be seen and is one', async (t) => {
  for (const [timezone, zone] of [['America/New_York', 'America/New_York'], ['Nowhere/Here', undefined]] as const) {
    const account = await orocrm.check(await createWorld({ switches: { timezone } }).connect());
    t.equal(account.zone, zone);
  }
  const world = createWorld();
  const session = await world.connect();
  world.simulator.admin.faults.add({ match: { path: '/api/configuration/localization' }, action: { type: 'status', status: 403 } });
  t.equal((await orocrm.check(session)).zone, undefined);
});

t.test('S15: no secret in any failure or log', async (t) => {
  const world = createWorld();
  const failure = await fails(t, () => world.connect({ auth: { ...adminAuth, clientSecret: 'hunter2-hunter2' } }), 'auth', /./);
  t.notMatch(`${failure.message} ${String(failure.cause)} ${world.logs.join()}`, /hunter2/);
});

async function fails(t: Test, run: () => Promise<unknown>, kind: Failure['kind'], message: RegExp): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    t.equal(error.kind, kind, error.message);
    t.match(error.message, message);
    return error;
  }
  throw new Error(`expected a failure of kind ${kind}`);
}

