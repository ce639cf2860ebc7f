import t from 'tap';
import type { UserStatus } from '../src/index.ts';
import { turn } from './fake-clock.ts';
import { cookieOf, ended, host, hubWorld, origin } from './hub-world.ts';

t.test('health needs nothing, readiness waits for the data folder', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  const get = (url: string) => world.hub.app.inject({ url, headers: { host: 'probe.example' } });
  t.equal((await get('/healthz')).statusCode, 200);
  t.equal((await get('/readyz')).statusCode, 503);
  await world.start();
  t.equal((await get('/readyz')).statusCode, 200);
});

t.test('the page and its files are for everybody, hold no data, and may load nothing from elsewhere', async (t) => {
  const { hub } = await hubWorld();
  t.teardown(() => hub.close());
  for (const [url, type] of [['/', 'text/html'], ['/assets/page.css', 'text/css'], ['/assets/page.js', 'text/javascript'], ['/favicon.svg', 'image/svg+xml']] as const) {
    const answer = await hub.app.inject({ url, headers: host });
    t.equal(answer.statusCode, 200, url);
    t.ok(String(answer.headers['content-type']).startsWith(type), url);
    t.match(answer.headers['content-security-policy'], /^default-src 'self';/);
    t.equal(answer.headers['x-content-type-options'], 'nosniff');
  }
  const page = (await hub.app.inject({ url: '/', headers: host })).body;
  t.notOk(/ style=|<style|<script>| on\w+=/.test(page), 'nothing in it that the policy would stop');
});

const guarded: readonly (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', string])[] = [
  ['GET', '/api/v1/status'], ['POST', '/api/v1/sync'], ['POST', '/api/v1/preview'], ['POST', '/api/v1/history'], ['POST', '/api/v1/why'], ['POST', '/api/v1/undo'], ['POST', '/api/v1/resync'], ['POST', '/api/v1/decide'], ['POST', '/api/v1/restore'], ['POST', '/api/v1/approve'], ['POST', '/api/v1/sign-in-link'], ['DELETE', '/api/v1/session'], ['GET', '/api/v1/settings'], ['PATCH', '/api/v1/settings'], ['GET', '/ws/status'], ['GET', '/no/such/thing'],
];

for (const [method, url] of guarded) {
  t.test(`${method} ${url}: no token is 401, a wrong one too, a foreign origin or host is refused before that`, async (t) => {
    const { hub, sent } = await hubWorld();
    t.teardown(() => hub.close());
    const ask = async (headers: Record<string, string>): Promise<number> => (await hub.app.inject({ method, url, headers })).statusCode;
    t.equal(await ask(host), 401);
    t.equal(await ask({ ...host, authorization: 'Bearer guess' }), 401);
    t.equal(await ask({ ...host, cookie: 'syncline-7420=guess' }), 401);
    t.equal(await ask({ ...host, origin: 'https://evil.example', authorization: `Bearer ${hub.ownToken}` }), 403);
    t.equal(await ask({ ...host, origin: 'http://127.0.0.1:7421', authorization: `Bearer ${hub.ownToken}` }), 403, 'another port is another origin');
    t.equal(await ask({ ...host, origin: 'null', authorization: `Bearer ${hub.ownToken}` }), 403);
    t.equal(await ask({ host: 'rebound.example:7420', authorization: `Bearer ${hub.ownToken}` }), 421);
    t.equal(sent(), 0);
  });
}

t.test('an address that is none is refused with every header of protection', async (t) => {
  const { hub } = await hubWorld();
  t.teardown(() => hub.close());
  const bad = await hub.app.inject({ url: '/%zz', headers: host });
  t.strictSame([bad.statusCode, bad.json()], [400, { error: 'This is no address.' }], 'and does not come back');
  t.match(bad.headers, { 'content-security-policy': /^default-src 'self'/, 'x-content-type-options': 'nosniff' });
});

for (const url of ['/', '/healthz', '/readyz', '/assets/page.js', '/api/v1/status', '/no/such/thing']) {
  t.test(`T1 ${url} becomes no socket`, async (t) => {
    const { hub } = await hubWorld();
    t.teardown(() => hub.close());
    await hub.app.ready();
    await t.rejects(hub.app.injectWS(url, { headers: { ...host, authorization: `Bearer ${hub.ownToken}` } }), /Unexpected server response: 400/);
  });
}

t.test('T4 T19 sockets: sixteen a session, ended with it, and when nobody answers', async (t) => {
  const { hub, clock } = await hubWorld();
  t.teardown(() => hub.close());
  await hub.app.ready();
  const cookie = await cookieOf(hub);
  const closed: number[] = [];
  const open = async (headers: Record<string, string>): Promise<void> => {
    const socket = await hub.app.injectWS('/ws/status', { rawHeaders: [], headers: { ...host, ...headers } });
    socket.on('close', (code) => void closed.push(code));
    socket.on('ping', () => socket.pong()); // A client made this way does not do it by itself.
    t.teardown(() => socket.terminate());
  };
  const mine = { cookie, origin };
  for (let socket = 0; socket < 16; socket += 1) await open(mine);
  await t.rejects(open(mine), /Unexpected server response: 429/);
  await open({ authorization: `Bearer ${hub.ownToken}` });
  for (let beat = 0; beat < 4; beat += 1) {
    await clock.advance(15_000);
    for (let turns = 0; turns < 20; turns += 1) await turn(); // A ping goes there, a pong comes back.
  }
  t.strictSame(closed, [], 'whoever answers stays');
  await hub.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { ...host, ...mine } });
  await clock.advance(500);
  t.strictSame(closed, Array.from({ length: 16 }, () => 4401), 'the other session\'s stays');
});

t.test('T19 a socket that reads nothing is ended when it has missed a ping', async (t) => {
  const { hub, clock } = await hubWorld();
  t.teardown(() => hub.close());
  await hub.app.ready();
  const socket = await hub.app.injectWS('/ws/status', { rawHeaders: [], headers: { ...host, authorization: `Bearer ${hub.ownToken}` } });
  socket.on('ping', () => socket.pong());
  socket.pause();
  const closed = new Promise((resolve) => void socket.on('close', resolve));
  await clock.advance(15_000);
  t.equal(hub.app.websocketServer.clients.size, 1);
  await clock.advance(15_000);
  t.equal(hub.app.websocketServer.clients.size, 0);
  socket.resume();
  t.equal(await closed, 1006);
  t.equal(clock.timers(), 0, 'with nobody there, nothing beats');
});

t.test('T4 a session that has grown too old loses its sockets', async (t) => {
  const { hub, clock } = await hubWorld();
  t.teardown(() => hub.close());
  await hub.app.ready();
  const cookie = await cookieOf(hub);
  await clock.advance(30 * 24 * 3_600_000 - 10_000);
  const socket = await hub.app.injectWS('/ws/status', { rawHeaders: [], headers: { ...host, cookie, origin } });
  const closed = new Promise((resolve) => void socket.on('close', resolve));
  await clock.advance(15_000);
  await clock.advance(500);
  t.equal(await closed, 4401);
});

t.test('a code signs in once; the cookie is out of reach of scripts and other sites', async (t) => {
  const { hub } = await hubWorld();
  t.teardown(() => hub.close());
  const code = new URL(hub.signInLink()).searchParams.get('code');
  const post = (payload: object, headers: Record<string, string> = { ...host, origin }) => hub.app.inject({ method: 'POST', url: '/api/v1/session', headers, payload });
  t.equal((await post({ code }, { ...host, origin: 'https://evil.example' })).statusCode, 403);
  const first = await post({ code });
  t.equal(first.statusCode, 204);
  t.match(first.headers['set-cookie'], /^syncline-7420=[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
  t.equal((await post({ code })).statusCode, 403, 'used');
  t.equal((await post({ code: 'guess' })).statusCode, 403);
  t.equal((await post({ cod: 'guess' })).statusCode, 400, 'a mistyped member is a mistake');
  t.equal((await post({ code: 7 })).statusCode, 400, 'nothing is coerced');
});

t.test('a code is good for a day, a session until it is ended', async (t) => {
  const { hub, clock } = await hubWorld();
  t.teardown(() => hub.close());
  const link = hub.signInLink();
  const cookie = await cookieOf(hub);
  await clock.advance(24 * 3_600_000);
  const code = new URL(link).searchParams.get('code');
  t.equal((await hub.app.inject({ method: 'POST', url: '/api/v1/session', headers: { ...host, origin }, payload: { code } })).statusCode, 403);
  const status = async (): Promise<number> => (await hub.app.inject({ url: '/api/v1/status', headers: { ...host, cookie } })).statusCode;
  t.equal(await status(), 200);
  await hub.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { ...host, origin, cookie } });
  t.equal(await status(), 401);
});

t.test('with a cookie, a change has to come from our own page', async (t) => {
  const { hub } = await hubWorld();
  t.teardown(() => hub.close());
  const cookie = await cookieOf(hub);
  t.equal((await hub.app.inject({ method: 'POST', url: '/api/v1/sign-in-link', headers: { ...host, cookie } })).statusCode, 403);
  t.equal((await hub.app.inject({ method: 'POST', url: '/api/v1/sign-in-link', headers: { ...host, cookie, origin } })).statusCode, 200);
  t.equal((await hub.app.inject({ method: 'POST', url: '/api/v1/sign-in-link', headers: { ...host, authorization: `Bearer ${hub.ownToken}` } })).statusCode, 200, 'a header travels on purpose');
});

t.test('publicUrl: the proxy\'s name is ours, and cookies are for TLS only', async (t) => {
  const { hub } = await hubWorld({ publicUrl: 'https://sync.example.com' });
  t.teardown(() => hub.close());
  t.match(hub.signInLink(), /^https:\/\/sync\.example\.com\/\?code=/);
  const code = new URL(hub.signInLink()).searchParams.get('code');
  const answer = await hub.app.inject({ method: 'POST', url: '/api/v1/session', headers: { host: 'sync.example.com', origin: 'https://sync.example.com' }, payload: { code } });
  t.match(answer.headers['set-cookie'], /^syncline=.*; Secure$/);
});

t.test('S11 R1 StartSyncNow through the API is one cycle over both sides', async (t) => {
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.hub.connect();
  const { memoryStore } = await import('@syncline/store');
  await world.hub.open(memoryStore({ hubId: 'test' }));
  world.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const headers = { ...host, authorization: `Bearer ${world.hub.ownToken}` };
  t.equal(world.graph.admin.listContacts().length, 0, 'Enable Sync is off');
  const answer = await world.hub.app.inject({ method: 'POST', url: '/api/v1/sync', headers, payload: { wait: true } });
  t.equal(answer.statusCode, 200);
  t.match(answer.json<{ users: UserStatus[] }>().users, [{ user: 'me', running: null, last: { trigger: 'person', settled: true, writes: { outlook: 1, orocrm: 0 } }, records: { linked: { contact: 1 } } }]);
  t.match(world.graph.admin.listContacts(), [{ givenName: 'Ada', surname: 'Byron' }]);
  t.equal((await world.hub.app.inject({ method: 'POST', url: '/api/v1/sync', headers, payload: { user: 'nobody' } })).statusCode, 404);
  t.equal((await world.hub.app.inject({ method: 'POST', url: '/api/v1/sync', headers, payload: { usr: 'me' } })).statusCode, 400);
  t.equal((await world.hub.app.inject({ method: 'POST', url: '/api/v1/sync', headers })).statusCode, 202, 'without a body: everybody');
});

t.test('S20 R2 the first cycle waits for Go, the preview shows the plan, and Go does it', async (t) => {
  const world = await hubWorld({}, false);
  t.teardown(() => world.hub.close());
  world.orocrm.admin.createTask({ subject: 'Call Ada' });
  await world.start();
  const headers = { ...host, authorization: `Bearer ${world.hub.ownToken}` };
  const status = async (): Promise<UserStatus | undefined> => (await world.hub.app.inject({ url: '/api/v1/status', headers })).json<{ users: UserStatus[] }>().users[0];
  t.match(await status(), { waitsForGo: { planned: 1 }, last: { sentence: /waits for Go/ } });
  const { plans } = (await world.hub.app.inject({ method: 'POST', url: '/api/v1/preview', headers })).json<{ plans: { planned: object[] }[] }>();
  t.match(plans, [{ user: 'me', planned: [{ op: 'create', kind: 'task', side: 'outlook', label: 'Call Ada', rules: [/^[A-Z]\d+/] }] }]);
  t.equal(world.graph.admin.listTasks().length, 0);
  t.strictSame(world.graph.counters.records, {});
  await world.hub.app.inject({ method: 'POST', url: '/api/v1/sync', headers, payload: { go: true, wait: true } });
  t.match(world.graph.admin.listTasks(), [{ title: 'Call Ada' }]);
  t.match(await status(), { waitsForGo: null, last: { settled: true } });
});

t.test('S5 a change on either side is on the other after the interval', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  await world.start();
  world.graph.admin.createContact({ givenName: 'Bob', surname: 'Babbage' });
  const cycle = ended(world);
  await world.clock.advance(30_000);
  await cycle;
  t.match(world.orocrm.admin.listContacts(), [{ firstName: 'Bob', lastName: 'Babbage' }]);
});

t.test('S21 one mailbox for two users is refused with the name of the other', async (t) => {
  const { hub } = await hubWorld({ users: { ada: {}, bob: { orocrm: { auth: { clientId: 'syncline-sale', clientSecret: 'secret-syncline-sale' } } } } });
  t.teardown(() => hub.close());
  const [refused] = await hub.connect();
  t.match(refused, { user: 'bob', failure: { kind: 'config', message: /is connected for the user "ada" already/ } });
});
