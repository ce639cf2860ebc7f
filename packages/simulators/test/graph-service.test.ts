import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { createGraphSimulator, defaultApplication, listen } from '../src/index.ts';
import { codeOf, expandMarker, idOf, immutable, markerId, readReply, startGraph, valueOf, type Body, type GraphWorld, type Reply } from './graph-support.ts';

const login = 'https://login.microsoftonline.com/contoso.example/oauth2/v2.0';
const client = { client_id: defaultApplication.clientId, client_secret: defaultApplication.clientSecret };

async function form(world: GraphWorld, url: string, fields: Record<string, string>): Promise<Reply> {
  return readReply(await world.graph.handle(new Request(url, { method: 'POST', body: new URLSearchParams(fields) })));
}

async function asToken(world: GraphWorld, token: string, path: string, method = 'GET', body?: Body): Promise<Reply> {
  const init = { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } };
  return readReply(await world.graph.handle(new Request(`https://graph.microsoft.com/v1.0${path}`, body ? { ...init, body: JSON.stringify(body) } : init)));
}

t.test('contract 12.1: 401 without a good token, and the headers of every answer', async (t) => {
  const world = startGraph();
  const bare = await readReply(await world.graph.handle(new Request('https://graph.microsoft.com/v1.0/me/contacts', { headers: { 'client-request-id': 'abc' } })));
  t.equal(bare.status, 401);
  t.equal(codeOf(bare), 'InvalidAuthenticationToken');
  t.equal(bare.headers.get('client-request-id'), 'abc');
  const good = await world.get('/me');
  for (const name of ['request-id', 'client-request-id', 'date', 'x-ms-ags-diagnostic']) t.ok(good.headers.get(name), name);
  t.equal(good.headers.get('odata-version'), '4.0');
  t.equal(good.headers.get('content-type'), 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8');
  t.equal(codeOf(await asToken(world, 'sim.nonsense', '/me')), 'InvalidAuthenticationToken');
  world.clock.ms += 3_600_000;
  t.equal((await world.get('/me')).status, 401, 'a token lives an hour');
});

t.test('contract 10: application tokens use /users, delegated ones their own mailbox; permissions are looked at', async (t) => {
  const world = startGraph({ seed: { users: [{ id: 'u1', userPrincipalName: 'ada@contoso.example' }, { userPrincipalName: 'bob@contoso.example' }] } });
  const { admin } = world.graph;
  const application = admin.signInApplication();
  t.equal((await asToken(world, application, '/me/contacts')).status, 400);
  t.equal((await asToken(world, application, '/Users/ADA@contoso.example/contactFolders')).status, 200);
  t.equal((await asToken(world, application, '/users/u1/todo/lists')).status, 200);
  t.equal((await asToken(world, application, '/users/nobody/contacts')).status, 404);
  t.equal((await world.get('/users/u1/contacts')).status, 200);
  t.equal(codeOf(await world.get('/users/bob@contoso.example/contacts')), 'ErrorAccessDenied');
  const reader = admin.signIn('u1', ['Contacts.Read']);
  t.equal((await asToken(world, reader, '/me/contacts')).status, 200);
  t.equal((await asToken(world, reader, '/me/contacts', 'POST', { givenName: 'A' })).status, 403);
  t.equal((await asToken(world, reader, '/me/todo/lists')).status, 403);
});

t.test('contract 10: client credentials, and a missing consent', async (t) => {
  const world = startGraph();
  const wanted = { ...client, grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' };
  const given = await form(world, `${login}/token`, wanted);
  t.match(given.body, { token_type: 'Bearer', expires_in: 3600 });
  t.equal((await asToken(world, String(given.body['access_token']), '/users/person1@contoso.example/contacts')).status, 200);
  t.match((await form(world, `${login}/token`, { ...wanted, client_secret: 'x' })).body, { error: 'invalid_client' });
  t.match((await form(world, `${login}/token`, { ...wanted, client_id: 'x' })).body, { error_codes: [700016] });
  world.graph.admin.consent(false);
  const refused = await form(world, `${login}/token`, wanted);
  t.equal(refused.status, 400);
  t.match(refused.body, { error: 'invalid_grant', error_codes: [65001], error_description: /^AADSTS65001/, suberror: 'consent_required' });
});

t.test('contract 10: device code, refresh, authorization code with PKCE', async (t) => {
  const world = startGraph();
  const scope = 'https://graph.microsoft.com/Contacts.ReadWrite offline_access';
  const device = await form(world, `${login}/devicecode`, { client_id: client.client_id, scope });
  const poll = { client_id: client.client_id, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: String(device.body['device_code']) };
  t.match((await form(world, `${login}/token`, poll)).body, { error: 'authorization_pending' });
  world.graph.admin.approveDeviceCode(String(device.body['user_code']));
  const granted = await form(world, `${login}/token`, poll);
  t.match(granted.body, { scope: 'Contacts.ReadWrite offline_access' });
  t.equal((await asToken(world, String(granted.body['access_token']), '/me/contacts')).status, 200);
  t.match((await form(world, `${login}/token`, poll)).body, { error: 'bad_verification_code' }, 'a code works once');
  const refresh = async (token: unknown): Promise<Reply> => form(world, `${login}/token`, { client_id: client.client_id, grant_type: 'refresh_token', refresh_token: String(token) });
  const first = await refresh(granted.body['refresh_token']);
  t.equal((await refresh(granted.body['refresh_token'])).status, 200, 'the answer may have been lost');
  t.equal((await refresh(first.body['refresh_token'])).status, 200);
  t.match((await refresh(granted.body['refresh_token'])).body, { error: 'invalid_grant' }, 'the old one is dead once the new one was used');
  const verifier = 'verifier-verifier-verifier-verifier-verifier';
  const challenge = 'x';
  const address = `${login}/authorize?client_id=${client.client_id}&response_type=code&redirect_uri=${encodeURIComponent('http://127.0.0.1/cb')}&scope=${encodeURIComponent(scope)}&state=s&code_challenge=${challenge}`;
  const redirect = await world.graph.handle(new Request(address));
  t.equal(redirect.status, 302);
  const target = new URL(redirect.headers.get('location') ?? '');
  t.equal(target.searchParams.get('state'), 's');
  const redeem = { client_id: client.client_id, grant_type: 'authorization_code', code: target.searchParams.get('code') ?? '', redirect_uri: 'http://127.0.0.1/cb', code_verifier: verifier };
  t.match((await form(world, `${login}/token`, redeem)).body, { error_codes: [501481] }, 'a wrong verifier');
  world.graph.admin.declineDeviceCode(String((await form(world, `${login}/devicecode`, { client_id: client.client_id, scope })).body['user_code']));
  t.match((await form(world, `${login}/token`, redeem)).body, { error_codes: [70008] }, 'a code works once, also after a wrong verifier');
  const hashed = new URL((await world.graph.handle(new Request(address.replace('code_challenge=x', `code_challenge=${createHash('sha256').update(verifier).digest('base64url')}&code_challenge_method=S256`)))).headers.get('location') ?? '');
  t.match(await form(world, `${login}/token`, { ...redeem, code: hashed.searchParams.get('code') ?? '' }), { status: 200, body: { token_type: 'Bearer' } });
  t.equal((await world.graph.handle(new Request(address.replace('response_type=code', 'response_type=token')))).status, 400);
});

t.test('contract 10: an app that is not public wants its secret of a person too, and browsers go back to registered addresses only', async (t) => {
  const world = startGraph({ switches: { publicClient: 'refused' }, seed: { application: { redirectUris: ['http://localhost:7420/back'] } } });
  const grant = { client_id: client.client_id, grant_type: 'refresh_token', refresh_token: 'x' };
  t.match((await form(world, `${login}/token`, grant)).body, { error: 'invalid_client', error_codes: [7000218] });
  t.match((await form(world, `${login}/token`, { ...grant, client_secret: 'x' })).body, { error: 'invalid_client', error_codes: [7000215] });
  t.match((await form(world, `${login}/token`, { ...grant, client_secret: client.client_secret })).body, { error: 'invalid_grant' });
  const ask = async (back: string): Promise<number> => (await world.graph.handle(new Request(`${login}/authorize?client_id=${client.client_id}&response_type=code&redirect_uri=${encodeURIComponent(back)}`))).status;
  t.same([await ask('http://localhost:7420/back'), await ask('http://localhost:7420/elsewhere')], [302, 400]);
});

t.test('contract 8.1: four in flight, the fifth is throttled with fractional seconds', async (t) => {
  const world = startGraph();
  const replies = await Promise.all(Array.from({ length: 6 }, () => world.get('/me/contacts')));
  t.same(replies.map((reply) => reply.status), [200, 200, 200, 200, 429, 429]);
  t.equal(codeOf(replies[5] as Reply), 'ApplicationThrottled');
  t.match(replies[5]?.headers.get('retry-after'), /^\d+\.\d{3}$/);
  t.equal((await world.get('/me/contacts')).status, 200, 'the slots are free again');
  world.graph.admin.setSwitch('todoInFlight', 1);
  t.same((await Promise.all([world.get('/me/todo/lists'), world.get('/me/todo/lists')])).map((reply) => reply.status), [200, 429]);
  world.graph.admin.setSwitch('throttling', false);
  t.ok((await Promise.all(Array.from({ length: 9 }, () => world.get('/me/contacts')))).every((reply) => reply.status === 200));
});

t.test('contract 8.1: requests in ten minutes, refused ones counted too', async (t) => {
  const world = startGraph({ switches: { requestsPerTenMinutes: 5 } });
  for (let index = 0; index < 5; index += 1) t.equal((await world.get('/me/contacts')).status, 200);
  world.clock.ms += 1_000;
  const refused = await world.get('/me/contacts');
  t.equal(refused.status, 429);
  t.equal(refused.headers.get('retry-after'), '599');
  world.clock.ms += 599_000;
  t.equal((await world.get('/me/contacts')).status, 200, 'the window slid past the first five');
});

t.test('contract 7: a batch of parts that depend on each other', async (t) => {
  const world = startGraph();
  const contact = world.graph.admin.createContact({ givenName: 'A' });
  const json = { 'Content-Type': 'application/json' };
  const reply = await world.send('POST', '/$batch', {
    requests: [
      { id: '1', method: 'GET', url: `/me/contacts/${encodeURIComponent(contact.id)}?$select=id`, headers: { Prefer: 'IdType="ImmutableId"' } },
      { id: '2', method: 'GET', url: 'me/contacts/AAMkADgone0000000000000AAA=' },
      { id: '3', method: 'POST', url: '/me/contacts', headers: json, body: { givenName: 'B' }, dependsOn: ['2'] },
      { id: '4', method: 'POST', url: '/me/contacts', headers: json, body: { givenName: 'C' }, dependsOn: ['1'] },
      { id: '5', method: 'DELETE', url: `/me/contacts/${encodeURIComponent(contact.id)}`, dependsOn: ['4'] },
      { id: '6', method: 'GET', url: '/v1.0/me/contacts' },
    ],
  });
  t.equal(reply.status, 200);
  const responses = reply.body['responses'] as { id: string; status: number; body?: Body; headers: Body }[];
  const byId = new Map(responses.map((response) => [response.id, response]));
  t.same(['1', '2', '3', '4', '5', '6'].map((id) => byId.get(id)?.status), [200, 404, 424, 201, 204, 400]);
  t.equal(byId.get('1')?.body?.['id'], contact.id);
  t.ok(byId.get('4')?.headers['Content-Type'], 'the header the client library looks for');
  t.not(responses.map((response) => response.id).join(''), '123456', 'order is arbitrary');
  t.equal(world.graph.counters.requests['POST /$batch'], 1);
  t.equal(world.graph.counters.requests['$batch POST /me/contacts'], 1, 'a part that was not run is not counted');
  t.equal(world.graph.counters.total, 1);
});

t.test('contract 7: malformed batches are refused as a whole', async (t) => {
  const world = startGraph();
  const get = (id: string): Body => ({ id, method: 'GET', url: '/me/contacts' });
  const status = async (requests: unknown): Promise<number> => (await world.send('POST', '/$batch', { requests })).status;
  t.equal(await status(Array.from({ length: 21 }, (_, index) => get(`${index}`))), 400);
  t.equal(await status(Array.from({ length: 20 }, (_, index) => get(`${index}`))), 200);
  t.equal(await status([get('a'), get('A')]), 400, 'ids are not case-sensitive');
  t.equal(await status([{ ...get('1'), dependsOn: ['2'] }, get('2')]), 400);
  t.equal(await status([{ id: '1', method: 'POST', url: '/me/contacts', body: { givenName: 'A' } }]), 400, 'a body needs a Content-Type');
  t.equal(await status([]), 400);
  t.equal(await status([{ id: 1, method: 'GET', url: '/me' }]), 400);
});

t.test('contract 7: parts are throttled alone, the outer answer stays 200', async (t) => {
  const world = startGraph();
  const requests = Array.from({ length: 4 }, (_, index) => ({ id: `${index}`, method: 'GET', url: '/me/contacts' }));
  const both = await Promise.all([world.send('POST', '/$batch', { requests }), world.send('POST', '/$batch', { requests })]);
  t.same(both.map((reply) => reply.status), [200, 200]);
  const statuses = both.map((reply) => (reply.body['responses'] as { status: number }[]).map((response) => response.status));
  t.same(statuses, [[200, 200, 200, 200], [429, 429, 429, 429]]);
  t.match((both[1]?.body['responses'] as Body[])[0], { headers: { 'Retry-After': /\d/ }, body: { error: { code: 'ApplicationThrottled' } } });
  world.graph.admin.fault({ kind: 'status', status: 503, path: '/me/contacts', skip: 1 });
  const mixed = await world.send('POST', '/$batch', { requests });
  t.same((mixed.body['responses'] as { status: number }[]).map((response) => response.status).sort(), [200, 200, 200, 503]);
});

t.test('contract 12.10: faults', async (t) => {
  const world = startGraph();
  const { admin } = world.graph;
  admin.fault({ kind: 'status', status: 429, retryAfter: '2.128', times: 2 });
  admin.fault({ kind: 'status', status: 429 });
  admin.fault({ kind: 'html' });
  const first = await world.get('/me/contacts');
  t.match([first.status, codeOf(first), first.headers.get('retry-after')], [429, 'TooManyRequests', '2.128']);
  t.equal((await world.get('/me/contacts')).status, 429);
  t.equal((await world.get('/me/contacts')).headers.get('retry-after'), null);
  const html = await world.get('/me/contacts');
  t.match([html.status, html.headers.get('content-type')], [500, 'text/html']);
  admin.fault({ kind: 'drop-before', method: 'POST' });
  t.equal((await world.get('/me/contacts')).status, 200, 'another method is let through');
  await t.rejects(world.send('POST', '/me/contacts', { givenName: 'A' }), { name: 'TypeError', message: 'fetch failed' });
  t.equal(admin.listContacts().length, 0, 'nothing was done');
  admin.fault({ kind: 'drop-after', path: '/contacts' });
  await t.rejects(world.send('POST', '/me/contacts', { givenName: 'A' }), { message: 'fetch failed' });
  t.equal(admin.listContacts().length, 1, 'the work was done');
  admin.fault({ kind: 'truncate' });
  const cut = await world.get('/me/contacts');
  t.equal(cut.status, 200);
  t.throws(() => JSON.parse(cut.text) as unknown);
  admin.fault({ kind: 'hang' });
  const controller = new AbortController();
  const hanging = world.graph.handle(new Request('https://graph.microsoft.com/v1.0/me', { signal: controller.signal }));
  controller.abort();
  await t.rejects(hanging, { name: 'AbortError' });
  t.same(admin.faults(), []);
});

t.test('contract 12.12: same seed, same run', async (t) => {
  const run = async (): Promise<string> => {
    const { send, get, graph } = startGraph();
    await send('POST', '/me/contacts', { givenName: 'A' });
    await send('POST', '/me/events', { start: { dateTime: '2026-03-10T09:00:00' }, end: { dateTime: '2026-03-10T10:00:00' } });
    return JSON.stringify([(await get('/me/contacts')).body, graph.save()]);
  };
  t.equal(await run(), await run());
});

t.test('contract 12: saved state goes on where it was', async (t) => {
  const world = startGraph();
  const { graph, env } = world;
  const { id } = graph.admin.createContact({ givenName: 'Ada', singleValueExtendedProperties: [{ id: markerId, value: '1' }] });
  graph.admin.createTask({ title: 'x' });
  const series = graph.admin.createEvent({ start: { dateTime: '2026-03-10T09:00:00' }, end: { dateTime: '2026-03-10T10:00:00' }, recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2026-03-10' } } });
  const gone = graph.admin.createContact({ givenName: 'Bob' });
  const { link } = await world.round('/me/contacts/delta', immutable);
  graph.admin.deleteContact(gone.id);
  const state = JSON.parse(JSON.stringify(graph.save())) as ReturnType<typeof graph.save>;
  graph.admin.updateContact(id, { givenName: 'too late' });
  const second = createGraphSimulator({ env, state });
  const token = second.admin.signIn();
  const read = await readReply(await second.handle(new Request(link, { headers: { authorization: `Bearer ${token}`, prefer: 'IdType="ImmutableId"' } })));
  t.match(valueOf(read), [{ id: gone.id, '@removed': {} }]);
  t.equal(second.admin.getContact(id)?.['givenName'], 'Ada');
  t.same(second.admin.getEvent(series.id)?.['recurrence'], series['recurrence']);
  t.equal(second.admin.listTasks().length, 1);
  t.throws(() => createGraphSimulator({ env, state: { format: 99 } }), TypeError);
});

t.test('contract 12: profile, zones, categories', async (t) => {
  const { send, get } = startGraph({ seed: { users: [{ displayName: 'Ada Byron', timeZone: 'W. Europe Standard Time' }] } });
  t.match((await get('/me')).body, { displayName: 'Ada Byron', mail: 'person1@contoso.example' });
  t.equal((await get('/me/mailboxSettings')).body['timeZone'], 'W. Europe Standard Time');
  t.equal((await send('PATCH', '/me/mailboxSettings', { timeZone: 'Nowhere' })).status, 400);
  t.equal((await send('PATCH', '/me/mailboxSettings', { timeZone: 'Asia/Tokyo' })).body['timeZone'], 'Asia/Tokyo');
  const zones = valueOf(await get('/me/outlook/supportedTimeZones')).map((zone) => zone['alias']);
  t.ok(zones.includes('Pacific Standard Time') && !zones.includes('Europe/Berlin'));
  t.ok(valueOf(await get("/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')")).some((zone) => zone['alias'] === 'Europe/Berlin'));
  t.equal((await send('POST', '/me/outlook/masterCategories', { displayName: 'Work', color: 'preset9' })).status, 201);
  t.equal(valueOf(await get('/me/outlook/masterCategories')).length, 1);
  t.equal((await send('PUT', '/me/contacts')).status, 405);
  t.equal((await send('POST', '/me/contacts', undefined)).status, 400, 'a body is needed');
});

t.test('contract 9: a subscription exists only after the handshake', async (t) => {
  const asked: string[] = [];
  let good = true;
  const world = startGraph({
    fetch: async (url) => {
      asked.push(url);
      const token = new URL(url).searchParams.get('validationToken') ?? '';
      return new Response(good ? token : encodeURIComponent(token), { headers: { 'content-type': 'text/plain' } });
    },
  });
  const body = { changeType: 'created,updated,deleted', notificationUrl: 'https://hub.example.test/notify', resource: '/me/contacts', expirationDateTime: '2026-03-02T09:10:00Z', clientState: 'secret' };
  const made = await world.send('POST', '/subscriptions', body);
  t.equal(made.status, 201);
  t.equal(made.body['expirationDateTime'], '2026-03-02T09:45:00.0000000Z', 'raised to 45 minutes');
  t.equal(asked.length, 1);
  good = false;
  t.equal(codeOf(await world.send('POST', '/subscriptions', body)), 'ValidationError');
  t.equal((await world.send('POST', '/subscriptions', { ...body, notificationUrl: 'http://hub.example.test/' })).status, 400);
  t.equal((await world.send('POST', '/subscriptions', { ...body, expirationDateTime: '2026-04-02T09:10:00Z' })).status, 400);
  const path = `/subscriptions/${idOf(made.body)}`;
  t.equal((await world.send('PATCH', path, { expirationDateTime: '2026-03-03T09:00:00Z' })).body['expirationDateTime'], '2026-03-03T09:00:00.0000000Z');
  world.clock.ms = Date.parse('2026-03-02T09:30:00Z');
  t.equal(valueOf(await world.get('/subscriptions')).length, 1);
  t.equal((await world.send('DELETE', path)).status, 204);
  t.equal((await world.get(path)).status, 404);
});

t.test('contract 9: notifications and lifecycle events go out when the test says so, or never', async (t) => {
  const posted: { readonly url: string; readonly body: Body }[] = [];
  const world = startGraph({
    fetch: async (url, init) => {
      const token = new URL(url).searchParams.get('validationToken');
      if (token !== null) return new Response(token, { headers: { 'content-type': 'text/plain' } });
      posted.push({ url, body: JSON.parse(init.body ?? '') as Body });
      return new Response(null, { status: 202 });
    },
  });
  const { admin } = world.graph;
  const folder = admin.createFolder('Friends');
  const subscription = { changeType: 'created,deleted', notificationUrl: 'https://hub.example.test/n', lifecycleNotificationUrl: 'https://hub.example.test/l', resource: '/me/contacts', expirationDateTime: '2026-03-03T09:00:00Z', clientState: 'secret' };
  const made = await world.send('POST', '/subscriptions', subscription, immutable);
  t.equal((await world.send('POST', '/subscriptions', { ...subscription, resource: '/me/messages' })).status, 400);
  const { id } = admin.createContact({ givenName: 'A' });
  admin.updateContact(id, { givenName: 'B' });
  admin.createContact({ givenName: 'elsewhere' }, { in: folder.id });
  admin.createTask({ title: 'x' });
  t.same(posted, [], 'nothing goes out by itself');
  t.equal(await admin.deliverNotifications(), 1);
  t.match(posted, [{ url: 'https://hub.example.test/n', body: { value: [{ changeType: 'created', clientState: 'secret', subscriptionId: made.body['id'], resourceData: { '@odata.type': '#Microsoft.Graph.Contact', id } }] } }]);
  t.equal((posted[0]?.body['value'] as Body[]).length, 1, 'updates were not asked for');
  admin.deleteContact(id);
  t.equal(admin.dropNotifications(), 1);
  t.equal(await admin.deliverNotifications(), 0);
  t.equal(await admin.sendLifecycle(String(made.body['id']), 'subscriptionRemoved'), true);
  t.match(posted.at(-1), { url: 'https://hub.example.test/l', body: { value: [{ lifecycleEvent: 'subscriptionRemoved' }] } });
  t.equal((await world.get(`/subscriptions/${idOf(made.body)}`)).status, 404);
});

t.test('contract 11.1: over real HTTP without the client library, links still on the public origin', async (t) => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Record<string, Record<string, string>>;
  t.notOk('@microsoft/microsoft-graph-client' in { ...manifest['dependencies'], ...manifest['devDependencies'] }, 'the client library lives in the connector');
  const { graph } = startGraph();
  const token = graph.admin.signIn();
  graph.admin.createContact({ givenName: 'Ada', singleValueExtendedProperties: [{ id: markerId, value: '1' }] });
  const listening = await listen(graph, { port: 0 });
  t.teardown(() => listening.close());
  const reply = await readReply(await fetch(`${listening.url}/v1.0/me/contacts/delta`, { headers: { authorization: `Bearer ${token}` } }));
  t.match(reply.body['@odata.deltaLink'], /^https:\/\/graph\.microsoft\.com\/v1\.0\/me\/contacts\/delta\?\$deltatoken=/);
  const expanded = await readReply(await fetch(`${listening.url}/v1.0/me/contacts?${expandMarker()}`, { headers: { authorization: `Bearer ${token}` } }));
  t.same(valueOf(expanded)[0]?.['singleValueExtendedProperties'], [{ id: markerId, value: '1' }]);
  graph.admin.fault({ kind: 'drop-before' });
  await t.rejects(fetch(`${listening.url}/v1.0/me`, { headers: { authorization: `Bearer ${token}` } }));
});
