import { Failure } from '@syncline/connector';
import t from 'tap';
import { config, type Config } from '../src/config.ts';
import { outlook } from '../src/index.ts';
import { contextOf, createSimulator, failureOf, nothingHeld, openMailbox, pullInto, settings, start, user } from './mailbox.ts';

const secret = settings.signIn.method === 'client-credentials' ? settings.signIn.clientSecret : '';

async function failing(changes: Partial<Config>, prepare: (sim: ReturnType<typeof createSimulator>) => void = () => undefined): Promise<Failure> {
  const clock = { now: start };
  const sim = createSimulator({}, clock);
  prepare(sim);
  return failureOf(() => outlook.connect({ ...settings, ...changes }, contextOf(clock, (request) => sim.handle(request))));
}

t.test('S8, R8 each mistake is one sentence that names what to change, and says no secret (S15)', async (t) => {
  const rows: readonly [string, Partial<Config>, string, RegExp, ((sim: ReturnType<typeof createSimulator>) => void)?][] = [
    ['a wrong secret', { signIn: { method: 'client-credentials', clientSecret: 'hunter2', user } }, 'auth', /signIn\.clientSecret/],
    ['an unknown app', { clientId: '00000000-0000-0000-0000-000000000000' }, 'config', /"clientId"/],
    ['no consent', {}, 'auth', /consent/, (sim) => sim.admin.consent(false)],
    ['no such mailbox', { signIn: { method: 'client-credentials', clientSecret: secret, user: 'nobody@contoso.example' } }, 'config', /nobody@contoso\.example.*signIn\.user/],
    ['a refresh token that was revoked', { signIn: { method: 'refresh-token', refreshToken: 'old-token' } }, 'auth', /connect the mailbox again/],
    ['a sign-in that is down', {}, 'unavailable', /sign-in/, (sim) => sim.admin.fault({ kind: 'status', status: 503, path: '/token' })],
    ['a sign-in that does not answer', {}, 'unavailable', /does not answer/, (sim) => sim.admin.fault({ kind: 'drop-before', path: '/token' })],
  ];
  for (const [name, changes, kind, sentence, prepare] of rows) {
    const failure = await failing(changes, prepare);
    t.match(failure, { kind, message: sentence }, name);
    for (const hidden of ['hunter2', 'old-token', secret]) t.notMatch(failure.message, new RegExp(hidden), name);
  }
});

t.test('documented sign-in errors the simulator does not give', async (t) => {
  const rows: readonly [number, string, RegExp][] = [
    [90002, 'config', /"tenant"/],
    [7000222, 'auth', /expired/],
    [50076, 'auth', /sign in again/],
    [700082, 'auth', /connect the mailbox again/],
    [99999, 'config', /"tenant", "clientId" and "signIn"/],
  ];
  for (const [code, kind, sentence] of rows) {
    const fetch = (): Promise<Response> => Promise.resolve(Response.json({ error: 'invalid_request', error_description: `AADSTS${code}: text`, error_codes: [code] }, { status: 400 }));
    t.match(await failureOf(() => outlook.connect(settings, contextOf({ now: start }, fetch))), { kind, message: sentence }, String(code));
  }
});

t.test('R8 the token is renewed once for all who wait, before it ends and when it ends early', async (t) => {
  const mailbox = await openMailbox();
  const tokens = (): number => mailbox.sent.filter(({ path }) => path.endsWith('/token')).length;
  const all = (): Promise<unknown> => Promise.all([pullInto(mailbox.session, 'contact', nothingHeld()), pullInto(mailbox.session, 'task', nothingHeld()), pullInto(mailbox.session, 'event', nothingHeld())]);
  await all();
  t.equal(tokens(), 1);
  mailbox.pass(3_590_000);
  await all();
  t.equal(tokens(), 2, 'early enough that none ends under way');
  mailbox.sim.admin.expireAccessTokens();
  await all();
  t.equal(tokens(), 3, 'refused: one renewal for three pulls at once');
  mailbox.sim.admin.expireAccessTokens();
  mailbox.sim.admin.consent(false);
  t.match(await failureOf(() => pullInto(mailbox.session, 'contact', nothingHeld())), { kind: 'auth', message: /consent/ });
  mailbox.sim.admin.consent(true);
  await pullInto(mailbox.session, 'contact', nothingHeld());
});

t.test('10 of the contract: a person\'s refresh token, and the new one each renewal brings', async (t) => {
  const clock = { now: start };
  const sim = createSimulator({}, clock);
  const scope = 'offline_access User.Read Contacts.ReadWrite Tasks.ReadWrite Calendars.ReadWrite';
  const device = (await (await sim.handle(new Request('http://127.0.0.1/x/oauth2/v2.0/devicecode', { method: 'POST', body: new URLSearchParams({ client_id: settings.clientId, scope }) }))).json()) as { device_code: string; user_code: string };
  sim.admin.approveDeviceCode(device.user_code, user);
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: settings.clientId, device_code: device.device_code };
  const { refresh_token: refreshToken } = (await (await sim.handle(new Request('http://127.0.0.1/x/oauth2/v2.0/token', { method: 'POST', body: new URLSearchParams(grant) }))).json()) as { refresh_token: string };
  const used: (string | null)[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    if (request.url.endsWith('/token')) used.push(new URLSearchParams(await request.clone().text()).get('refresh_token'));
    return sim.handle(request);
  };
  const session = await outlook.connect({ ...settings, signIn: { method: 'refresh-token', refreshToken } }, contextOf(clock, fetch));
  t.equal(session.api.root, '/me');
  t.match(await outlook.check(session), { name: `Ada <${user}>`, warnings: [] });
  for (let round = 0; round < 2; round += 1) {
    clock.now += 3_600_000;
    await pullInto(session, 'task', nothingHeld());
  }
  t.equal(used[0], refreshToken);
  t.equal(new Set(used).size, 3);
});

t.test('R11 check names a permission that is missing', async (t) => {
  const clock = { now: start };
  const sim = createSimulator({}, clock);
  const fetch = async (request: Request): Promise<Response> => (request.url.includes('/todo/') ? Response.json({ error: { code: 'ErrorAccessDenied', message: 'Access is denied.' } }, { status: 403 }) : sim.handle(request));
  const session = await outlook.connect(settings, contextOf(clock, fetch));
  const account = await outlook.check(session);
  t.equal(account.warnings.length, 1);
  t.match(account.warnings[0], /task.*Tasks\.ReadWrite/);
  t.match(account.origin, /^[0-9a-f]{16}$/);
  t.match(await failureOf(() => pullInto(session, 'task', nothingHeld())), { kind: 'unsupported', message: /Tasks\.ReadWrite/ }, 'of this kind only: the others go on');
  t.equal((await pullInto(session, 'contact', nothingHeld())).at(-1)?.alive?.length, 0);
});

t.test('R11 a property id the mailbox does not take is named, and the mailbox works without it', async (t) => {
  const mailbox = await openMailbox({ switches: { primaryPhoneTag: 'refused' } });
  mailbox.sim.admin.createContact({ givenName: 'Ada' });
  t.match((await outlook.check(mailbox.session)).warnings, [/propertyIds.*3A1A/]);
  t.match(await failureOf(() => pullInto(mailbox.session, 'contact', nothingHeld())), { kind: 'config', message: /propertyIds/ });
  const without = await mailbox.again({ propertyIds: { ...settings.propertyIds, primaryPhone: null } });
  t.same((await outlook.check(without)).warnings, []);
  t.equal((await pullInto(without, 'contact', nothingHeld())).at(-1)?.alive?.length, 1);
});

t.test('8.1 of the contract: at most four requests to a mailbox at once, a batch counting as four', async (t) => {
  const clock = { now: start };
  const sim = createSimulator({}, clock);
  for (let at = 0; at < 30; at += 1) sim.admin.createEvent({ subject: 'Lunch', start: { dateTime: '2026-03-10T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2026-03-10T10:00:00', timeZone: 'UTC' } });
  let busy = 0;
  let most = 0;
  const session = await outlook.connect(settings, contextOf(clock, async (request) => {
    const places = request.url.endsWith('/$batch') ? 4 : 1;
    busy += places;
    most = Math.max(most, busy);
    await new Promise((go) => setImmediate(go));
    busy -= places;
    return sim.handle(request);
  }));
  const batch = [{ method: 'GET', url: `${session.api.root}/contacts` }] as const;
  const many = Array.from({ length: 12 }, (_, at) => (at % 3 === 0 ? session.api.batch(batch) : session.api.get(`${session.api.root}/contacts?$top=1`)));
  await Promise.all(many);
  t.equal(most, 4);
});

t.test('S9s a token does not travel over plain http, except to the machine itself', async (t) => {
  const parsed = (graph: string): boolean => config.safeParse({ ...settings, graph }).success;
  t.same(['http://graph.example', 'ftp://127.0.0.1', 'nonsense', 'https://graph.example', 'http://127.0.0.1:4010', 'http://[::1]:4010', 'http://localhost:4010', 'http://127.0.0.1.evil.test'].map(parsed), [false, false, false, true, true, true, true, false]);
});

t.test('another address of Graph (a national cloud, a proxy) gets the token, and its own links', async (t) => {
  const clock = { now: start };
  const sim = createSimulator({}, clock);
  const hosts = new Set<string>();
  const fetch = async (request: Request): Promise<Response> => {
    hosts.add(new URL(request.url).host);
    const answer = await sim.handle(request);
    return new Response((await answer.text()).replaceAll('https://graph.microsoft.com', 'https://graph.example'), { status: answer.status, headers: answer.headers });
  };
  const session = await outlook.connect({ ...settings, graph: 'https://graph.example', authority: 'https://login.example' }, contextOf(clock, fetch));
  await pullInto(session, 'contact', nothingHeld());
  await pullInto(session, 'event', nothingHeld());
  t.same([...hosts].sort(), ['graph.example', 'login.example']);
});

t.test('S9s what the way out refuses to send is said in its own words, at the sign-in and at Graph', async (t) => {
  const refused = new Failure('config', 'The certificate is another one.', { maybeDone: false });
  t.equal(await failureOf(() => outlook.connect(settings, contextOf({ now: start }, () => Promise.reject(refused)))), refused);
  const sim = createSimulator();
  const fetch = (request: Request): Promise<Response> => (request.url.endsWith('/token') ? sim.handle(request) : Promise.reject(refused));
  t.equal(await failureOf(() => outlook.connect(settings, contextOf({ now: start }, fetch))), refused);
});

t.test('S15 credentials follow no redirect, neither at the sign-in nor at Graph', async (t) => {
  for (const from of ['/token', '/v1.0/']) {
    const sim = createSimulator();
    const asked: string[] = [];
    const fetch = async (request: Request): Promise<Response> => {
      asked.push(`${request.redirect} ${new URL(request.url).origin}`);
      return request.url.includes(from) ? new Response(null, { status: 307, headers: { location: 'https://other.example.com/' } }) : sim.handle(request);
    };
    await t.rejects(outlook.connect(settings, contextOf({ now: start }, fetch)), from);
    t.same([...new Set(asked)], ['manual http://127.0.0.1:4010'], from);
  }
});

t.test('S18 the mailbox\'s time zone is told under its IANA name, where it may be seen and is one', async (t) => {
  for (const [told, zone] of [['W. Europe Standard Time', 'Europe/Berlin'], ['America/New_York', 'America/New_York'], ['tzone://Microsoft/Custom', undefined], [undefined, undefined]] as const) {
    const sim = createSimulator();
    const fetch = async (request: Request): Promise<Response> => {
      if (!request.url.includes('/mailboxSettings')) return sim.handle(request);
      return told === undefined ? Response.json({ error: { code: 'ErrorAccessDenied', message: 'Access is denied.' } }, { status: 403 }) : Response.json({ timeZone: told });
    };
    const account = await outlook.check(await outlook.connect(settings, contextOf({ now: start }, fetch)));
    t.equal(account.zone, zone, told ?? 'no permission');
    t.same(account.warnings, []);
  }
  const mailbox = await openMailbox();
  t.equal((await outlook.check(mailbox.session)).zone, 'UTC', 'as the simulator has it');
});
