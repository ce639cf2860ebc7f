import { createHash } from 'node:crypto';
import t from 'tap';
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { createOroCrmSimulator, loadOroDemoData } from '../src/orocrm/index.ts';
import { pick, World } from './support/orocrm-world.ts';

const client = { client_id: 'syncline-password', client_secret: 'secret-syncline-password' };
const ask = (world: World, body: object): ReturnType<World['raw']> => world.raw('POST', '/oauth2-token', body, { 'content-type': 'application/json' });

void t.test('contract 3.1: a refresh works once and ends the old access token', async (t) => {
  const world = new World();
  const first = await ask(world, { grant_type: 'password', ...client, username: 'admin', password: 'admin' });
  t.match(first.body, { token_type: 'Bearer', expires_in: 3600, access_token: /^[\w-]+\.[\w-]+\.[\w-]+$/, refresh_token: /./ });
  world.token = String(pick(first, 'access_token'));
  t.equal((await world.api('GET', '/api/userprofile')).status, 200);
  const refresh = { grant_type: 'refresh_token', ...client, refresh_token: pick(first, 'refresh_token') };
  const second = await ask(world, refresh);
  t.equal(second.status, 200);
  const refused = await world.api('GET', '/api/userprofile');
  t.strictSame([refused.status, refused.body, refused.headers.get('www-authenticate')], [401, null, 'WSSE realm="Secured API", profile="UsernameToken"']);
  t.match((await ask(world, refresh)).body, { error: 'invalid_request', hint: 'Token has been revoked' });
  world.token = String(pick(second, 'access_token'));
  world.tick(3599);
  t.equal((await world.api('GET', '/api/userprofile')).status, 200);
  world.tick(1);
  t.equal((await world.api('GET', '/api/userprofile')).status, 401, 'after an hour');
});

void t.test('contract 3.1: refusals of the token endpoint', async (t) => {
  const world = new World();
  const rows: readonly [title: string, body: object, expected: string][] = [
    ['wrong secret', { grant_type: 'password', ...client, client_secret: 'x' }, '401 invalid_client'],
    ['grant not for this client', { grant_type: 'client_credentials', ...client }, '401 invalid_client'],
    ['unknown grant', { grant_type: 'magic', ...client }, '400 unsupported_grant_type'],
    ['no client', { grant_type: 'password' }, '400 invalid_request'],
    ['wrong password', { grant_type: 'password', ...client, username: 'admin', password: 'x' }, '400 invalid_grant'],
    ['garbage refresh token', { grant_type: 'refresh_token', ...client, refresh_token: 'x' }, '401 invalid_request'],
  ];
  for (const [title, body, expected] of rows) {
    const answer = await ask(world, body);
    t.equal(`${answer.status} ${String(pick(answer, 'error'))}`, expected, title);
  }
  t.equal((await world.raw('GET', '/oauth2-token', undefined, {})).status, 405);
});

void t.test('contract 2: with the API switched off everything is 404, and good credentials are invalid_client', async (t) => {
  const world = new World({ switches: { webApiEnabled: false } });
  t.strictSame((await world.api('GET', '/api/contacts/1')).body, { errors: [{ status: '404', title: 'not found http exception' }] }, 'without the detail that means deleted');
  t.equal((await ask(world, { grant_type: 'client_credentials', client_id: 'syncline-admin', client_secret: 'secret-syncline-admin' })).status, 401);
});

void t.test('contract 3.2: WSSE', async (t) => {
  const world = new World();
  const send = async (createdMs: number, nonce: string, key = 'key-admin'): Promise<number> => {
    const created = new Date(createdMs).toISOString();
    const digest = createHash('sha1').update(Buffer.from(nonce)).update(created + key).digest('base64');
    const header = `UsernameToken Username="admin", PasswordDigest="${digest}", Nonce="${Buffer.from(nonce).toString('base64')}", Created="${created}"`;
    return (await world.api('GET', '/api/userprofile', undefined, { authorization: 'WSSE profile="UsernameToken"', 'x-wsse': header })).status;
  };
  t.equal(await send(world.nowMs, 'n1'), 200);
  t.equal(await send(world.nowMs, 'n1'), 401, 'a nonce counts once');
  t.equal(await send(world.nowMs + 1_000, 'n2'), 401, 'one second ahead');
  t.equal(await send(world.nowMs - 3_600_000, 'n3'), 200, 'an hour old');
  t.equal(await send(world.nowMs - 3_601_000, 'n4'), 401);
  t.equal(await send(world.nowMs, 'n5', 'wrong'), 401);
  world.sim.admin.setSwitch('wsse', false);
  t.equal(await send(world.nowMs, 'n6'), 401);
});

void t.test('contract 3: a disabled user is signed out at once', async (t) => {
  const world = new World().as(2);
  world.sim.admin.updateUser(2, { enabled: false });
  t.equal((await world.api('GET', '/api/contacts')).status, 401);
});

void t.test('contract 13: faults', async (t) => {
  const world = new World();
  const { faults } = world.sim.admin;
  const body = { data: { type: 'contacts', attributes: { firstName: 'A' } } };
  faults.add({ match: { method: 'POST', path: '/api/contacts' }, action: { type: 'drop-before' } });
  await t.rejects(world.api('POST', '/api/contacts', body), { name: 'TypeError', message: 'fetch failed' });
  t.equal(world.sim.admin.listContacts().length, 0);
  faults.add({ match: { method: 'POST', path: /^\/api\/contacts$/ }, action: { type: 'drop-after' } });
  t.equal((await world.api('GET', '/api/contacts')).status, 200, 'what does not match passes');
  await t.rejects(world.api('POST', '/api/contacts', body), { message: 'fetch failed' });
  t.equal(world.sim.admin.listContacts().length, 1, 'the work was done before the connection broke');
  faults.add({ times: 2, action: { type: 'status', status: 503, retryAfterSeconds: 7 } });
  const slow = await world.api('GET', '/api/contacts');
  t.strictSame([slow.status, slow.headers.get('retry-after'), faults.left], [503, '7', 1]);
  faults.clear();
  t.equal((await world.api('GET', '/api/contacts')).status, 200);
});

void t.test('contract 13: state goes on after a restart, tokens and ids included', async (t) => {
  const world = new World();
  const id = await world.contact({ firstName: 'A' }, { relationships: { addresses: { data: [{ type: 'contactaddresses', id: 'x' }] } }, included: [{ type: 'contactaddresses', id: 'x', relationships: { country: { data: { type: 'countries', id: 'FR' } } } }] });
  world.sim.admin.createTask({ subject: 'T', targets: [{ type: 'contacts', id: Number(id) }] });
  world.sim.admin.createEvent({ title: 'E', start: world.nowMs, end: world.nowMs, attendees: [{ displayName: 'E', email: 'sale@example.com', status: 'none', type: 'required' }] });
  world.sim.admin.setVisible('task', 1, false);
  const state = JSON.parse(JSON.stringify(world.sim.save())) as never;
  const next = new World({ state });
  next.token = world.token;
  t.strictSame(JSON.stringify(next.sim.save()), JSON.stringify(world.sim.save()), 'what was saved is what is there');
  t.strictSame(next.sim.admin.contact(1), world.sim.admin.contact(1));
  const read = await next.api('GET', '/api/contacts/1');
  t.match(pick(read, 'data', 'relationships', 'activityTasks', 'data'), [{ id: '1' }]);
  t.equal(await next.contact({ firstName: 'B' }), '2');
  t.equal((await next.api('GET', '/api/tasks/1')).status, 403);
  const kept = world.sim.save();
  await world.patch('contacts', id, { firstName: 'later' });
  t.equal(new World({ state: kept }).sim.admin.contact(1)?.firstName, 'A', 'a kept state stays as it was');
  t.throws(() => createOroCrmSimulator({ env: { now: () => 0, random: () => 0 }, state: {} }), { message: /no saved state/ });
});

void t.test('counters say what was asked and done', async (t) => {
  const world = new World();
  const id = await world.contact({ firstName: 'A' });
  await world.patch('contacts', id, { firstName: 'A' });
  await world.patch('contacts', id, { firstName: 'B' });
  const { counters } = world.sim;
  t.strictSame(counters.requests, { 'POST /api/contacts': 1, 'PATCH /api/contacts/{id}': 2 });
  t.match(counters, { total: 3, records: { contact: { created: 1, updated: 1, deleted: 0 } } });
  world.sim.resetCounters();
  t.equal(counters.total, 0);
});

const files: Readonly<Record<string, string>> = {
  '/demo/accounts.csv':
    'Gender,Title,GivenName,Surname,StreetAddress,City,State,ZipCode,Country,EmailAddress,TelephoneNumber,Birthday\n' +
    'female,Ms.,Ada,Lovelace,1 Main St,Boston,MA,02101,US,ada@example.com,555-0100,12/10/1985\n',
  '/demo/tasks.csv': 'subject,description,priority,status\nCall,,high,closed\n',
  '/demo/leads.csv': 'x\n',
  '/calendar/demo-csv/events.csv': 'Uid,Day,Title,Description,Start time,End time,All_day,background_color\n1,2,Lunch,Food,12:00,13:00,0,#949CA1\n',
};
const io = (changed: Readonly<Record<string, string>> = {}): Parameters<typeof loadOroDemoData>[2] => {
  const all = { ...files, ...changed };
  return {
    list: (folder) => {
      const names = Object.keys(all).flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
      return names.length > 0 ? Promise.resolve(names) : Promise.reject(new Error('ENOENT'));
    },
    read: (path) => Promise.resolve(all[path] ?? ''),
  };
};

void t.test("contract 13: OroCRM's demo data", async (t) => {
  const world = new World();
  const { seed, notes } = await loadOroDemoData('/demo', world.nowMs, io());
  world.sim.admin.load(seed);
  t.strictSame(notes, ['Read 1 contacts, 1 tasks, 1 events.', 'Ignored: leads.csv.']);
  t.match(world.sim.admin.contact(1), {
    namePrefix: 'Ms.',
    birthday: '1985-12-10',
    emails: [{ value: 'ada@example.com', primary: true }],
    phones: [{ value: '555-0100', primary: true }],
    addresses: [{ street: '1 Main St', region: 'US-MA', primary: true, types: [] }],
  });
  t.match(world.sim.admin.task(1), { subject: 'Call', priority: 'high', status: 'closed' });
  t.match(world.sim.admin.event(1), { start: Date.UTC(2026, 10, 24, 12) / 1000, end: Date.UTC(2026, 10, 24, 13) / 1000 });
  await t.rejects(loadOroDemoData('/none', 0, io()), { message: "The folder /none with OroCRM's demo data cannot be read." });
  await t.rejects(loadOroDemoData('/demo', 0, io({ '/demo/tasks.csv': 'name\nx\n' })), { message: 'tasks.csv has no column "subject".' });
  await t.rejects(loadOroDemoData('/demo', 0, io({ '/demo/tasks.csv': 'subject,priority\nx,urgent\n' })), { message: 'tasks.csv, row 1: "urgent" is no priority.' });
  await t.rejects(loadOroDemoData('/demo', 0, io({ '/demo/tasks.csv': 'subject,priority\nx\n' })), { message: /^tasks.csv is not readable as CSV: / });
});

const shared = fileURLToPath(new URL('../../../../../shared/contracts/orocrm/demo-data', import.meta.url));
void t.test("contract 13: OroCRM's own files", { skip: !existsSync(shared) && 'needs ../shared, which is not here' }, async (t) => {
  const { seed, notes } = await loadOroDemoData(shared, Date.UTC(2026, 10, 22));
  t.strictSame([seed.contacts?.length, seed.tasks?.length, seed.events?.length], [76, 3, 38], notes.join(' '));
  const world = new World({ data: seed });
  t.equal((pick(await world.api('GET', '/api/contacts?page[size]=-1'), 'data') as unknown[]).length, 76);
});
