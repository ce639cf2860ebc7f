import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ConfigError, connectors, readConfig, trustingFetch } from '@syncline/hub';
import { defaultApplication, mailboxOf } from '@syncline/simulators';
import { memoryStore } from '@syncline/store';
import { makeCertificate, type Certificate } from '../support/certificates.ts';
import { hubConnections } from '../support/hub-world.ts';
import { tlsHub, tlsOroCrm, type TlsHub, type TlsOroCrm } from '../support/tls-orocrm.ts';

const { auth } = hubConnections.orocrm;
const own = makeCertificate({ name: 'crm' });

async function served(t: Test, certificate: Certificate = own): Promise<TlsOroCrm> {
  const service = await tlsOroCrm(certificate);
  t.teardown(service.close);
  return service;
}

/** What signing one person in with these settings of certificates comes to: nothing, or a sentence. */
async function tried({ url }: TlsOroCrm, tls: object | undefined, settings: object = {}): Promise<string | undefined> {
  const { connect } = await tlsHub({ orocrm: { url, auth, ...(tls !== undefined && { tls }) }, ...settings });
  return (await connect())['me'];
}

/** What is wrong with a configuration or a change of it, sentence by sentence. */
async function mistakesOf(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

t.test('S9s a certificate nobody knows the issuer of is refused, and the sentence says what to do', async (t) => {
  const service = await served(t);
  for (const tls of [undefined, { trust: 'system' }]) t.match(await tried(service, tls), /^config: The certificate of OroCRM at localhost:\d+ is self-signed\. Set orocrm\.tls\.trust to "ca" and orocrm\.tls\.ca .* or orocrm\.tls\.trust to "pin"/);
  t.same(service.arrived, [], 'nothing was sent');
});

t.test('S9s an authority of one\'s own is believed besides the public ones, from text and from a file', async (t) => {
  const authority = makeCertificate({ name: 'our authority', isAuthority: true });
  const service = await served(t, makeCertificate({ name: 'crm', issuer: authority }));
  t.match(await tried(service, undefined), /was issued by nobody this hub knows/);
  t.equal(await tried(service, { trust: 'ca', ca: authority.cert }), undefined);
  const folder = await mkdtemp(join(tmpdir(), 'syncline-ca-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'ca.pem'), `in words, first\n${own.cert}${authority.cert}`);
  t.equal(await tried(service, { trust: 'ca', ca: join(folder, 'ca.pem') }), undefined);
  await writeFile(join(folder, 'none.pem'), 'no certificate');
  service.arrived.length = 0;
  for (const ca of [join(folder, 'none.pem'), join(folder, 'missing.pem'), '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----']) t.match(await tried(service, { trust: 'ca', ca }), /^config: orocrm\.tls\.ca is no certificate/, ca);
  t.match(await tried(service, { trust: 'ca', ca: own.cert }), /was issued by nobody this hub knows/, 'another authority');
  t.same(service.arrived, []);
});

t.test('S9s with an authority, name and dates still count', async (t) => {
  for (const [wanted, sentence] of [[{ hosts: ['crm.example.com'] }, /is made out to another name/], [{ notAfter: '210101' }, /has expired/]] as const) {
    const certificate = makeCertificate({ name: 'crm', ...wanted });
    const service = await served(t, certificate);
    t.match(await tried(service, { trust: 'ca', ca: certificate.cert }), sentence);
    t.same(service.arrived, []);
  }
});

t.test('S9s a pinned certificate: its fingerprint is shown first, entered, and any other is refused with both', async (t) => {
  const service = await served(t);
  const first = await tried(service, { trust: 'pin' });
  const shown = /fingerprint ([0-9A-F:]{95})\./.exec(first ?? '')?.[1] ?? '';
  t.equal(shown, own.fingerprint);
  t.same(service.arrived, [], 'nothing is sent to somebody who is not pinned yet');
  for (const fingerprint of [shown, shown.toLowerCase().replaceAll(':', ''), `sha256:${shown}`]) t.equal(await tried(service, { trust: 'pin', fingerprint }), undefined, fingerprint);
  const renewed = makeCertificate({ name: 'crm' });
  service.replace(renewed);
  service.arrived.length = 0;
  const refused = await tried(service, { trust: 'pin', fingerprint: shown });
  t.match(refused, /shows another certificate than the pinned one/);
  t.ok(refused?.includes(`pinned is ${own.fingerprint}, shown is ${renewed.fingerprint}`));
  t.same(service.arrived, []);
  t.equal(await tried(service, { trust: 'pin', fingerprint: `${own.fingerprint}, ${renewed.fingerprint}` }), undefined, 'both, while it is renewed');
});

t.test('S9s a certificate that is replaced while the hub runs stops its cycles in words; nothing is sent', async (t) => {
  const service = await served(t);
  const { hub, connect, status } = await tlsHub({ orocrm: { url: service.url, auth, tls: { trust: 'pin', fingerprint: own.fingerprint } } });
  t.same(await connect(), {});
  await hub.open(memoryStore({ hubId: 'test' }), { schedules: false });
  t.teardown(hub.close);
  await hub.users.get('me')?.sync.cycle('person');
  t.match(status('me').last?.sentence, /nothing was written|first|Go/);
  service.replace(makeCertificate({ name: 'crm' }));
  service.arrived.length = 0;
  await hub.users.get('me')?.sync.cycle('person');
  await hub.users.get('me')?.sync.cycle('person');
  t.match(status('me').last?.sentence, /another certificate than the pinned one/);
  t.equal(status('me').alerts.filter(({ message }) => message.includes('pinned')).length, 1, 'one alert, not one per cycle');
  t.same(service.arrived, []);
});

t.test('S9s checking is switched off by two settings, with a warning that stands in log and status', async (t) => {
  const service = await served(t);
  t.match(await mistakesOf(tried(service, { trust: 'ignore' })), [/^orocrm\.tls\.trust: "ignore" lets whoever is in between read and change everything.*orocrm\.tls\.ignoreConfirmed/]);
  const { connect, logs, status } = await tlsHub({ orocrm: { url: service.url, auth, tls: { trust: 'ignore', ignoreConfirmed: true } } });
  t.same(await connect(), {});
  t.match(logs, [/^me: The certificate of OroCRM is not checked/]);
  t.match(status('me').warnings, { orocrm: [/^The certificate of OroCRM is not checked/], outlook: [] });
});

t.test('S9s switching it off while the hub runs is confirmed, tried and recorded', async (t) => {
  const service = await served(t);
  const tls = { trust: 'pin', fingerprint: own.fingerprint };
  const { hub, connect, logs, status } = await tlsHub({ orocrm: { url: service.url, auth, tls } });
  t.same(await connect(), {});
  t.same(status('me').warnings.orocrm, []);
  await hub.open(memoryStore({ hubId: 'test' }), { schedules: false });
  t.teardown(hub.close);
  t.match(await mistakesOf(hub.settings.change({ set: { 'orocrm.tls.trust': 'ignore' } })), [/ignoreConfirmed/]);
  t.match(await mistakesOf(hub.settings.change({ as: 'user', user: 'me', set: { 'orocrm.tls.trust': 'ignore', 'orocrm.tls.ignoreConfirmed': true } })), [/administrator's/, /administrator's/]);
  await hub.settings.change({ set: { 'orocrm.tls.trust': 'ignore', 'orocrm.tls.ignoreConfirmed': true } });
  t.ok(logs.some((line) => line.includes('changed: orocrm.tls.trust, orocrm.tls.ignoreConfirmed')), logs.join('\n'));
  await hub.users.get('me')?.sync.cycle('person');
  t.match(status('me').warnings.orocrm, [/not checked/]);
  t.match(await mistakesOf(hub.settings.change({ set: { 'orocrm.tls.trust': 'system' } })), [/is self-signed/]);
});

t.test('S9 classic: "Ignore self-signed certificate" is on for a new connection, and the warning stands there too', async (t) => {
  const service = await served(t);
  const { hub, connect, logs, status } = await tlsHub({ profile: 'classic', orocrm: { url: service.url, auth } });
  t.same(await connect(), {});
  t.match(logs, [/The certificate of OroCRM is not checked/]);
  t.match(status('me').warnings.orocrm, [/not checked/]);
  t.match(hub.settings.rows().find(({ name }) => name === 'orocrm.tls.trust'), { value: 'ignore', from: 'profile classic' });
  t.match(await tried(service, { trust: 'system' }, { profile: 'classic' }), /is self-signed/, 'who wants it checked says so');
});

t.test('S9 S9s what one connection believes is no other\'s, in one process and at one time', async (t) => {
  const service = await served(t);
  const mailbox = (number: number): object => ({ ...hubConnections.outlook, signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user: mailboxOf(number) } });
  const hub: TlsHub = await tlsHub({
    orocrm: { url: service.url },
    users: {
      ada: { orocrm: { auth, tls: { trust: 'ignore', ignoreConfirmed: true } }, outlook: mailbox(1) },
      bob: { orocrm: { auth: { signIn: 'client-credentials', clientId: 'syncline-sale', clientSecret: 'secret-syncline-sale' } }, outlook: mailbox(2) },
    },
  });
  const failures = await hub.connect();
  t.same(Object.keys(failures), ['bob']);
  t.match(failures['bob'], /is self-signed/);
  t.same(hub.status('bob').warnings, { orocrm: [], outlook: [] });
});

t.test('S9s mistakes are named before anything is sent, at both connections', async (t) => {
  const rows: readonly [tls: unknown, mistake: RegExp][] = [
    ['ignore', /^orocrm\.tls: has to hold settings/],
    [{ trust: 'all' }, /^orocrm\.tls\.trust: must be one of system, ca, pin, ignore/],
    [{ trust: 'ca' }, /^orocrm\.tls\.ca: is missing/],
    [{ trust: 'pin', fingerprint: 'AB:CD' }, /^orocrm\.tls\.fingerprint: must be the SHA-256 fingerprint/],
    [{ trust: 'system', insecure: true }, /^orocrm\.tls\.insecure: is no setting/],
  ];
  for (const [tls, mistake] of rows) t.match(await mistakesOf(tlsHub({ orocrm: { ...hubConnections.orocrm, tls } })), [mistake], JSON.stringify(tls));
  t.match(await mistakesOf(tlsHub({ orocrm: hubConnections.orocrm, outlook: { ...hubConnections.outlook, tls: { trust: 'ignore' } } })), [/^outlook\.tls\.trust: "ignore"/]);
  const env = { SYNCLINE_OROCRM_TLS_TRUST: 'ignore', SYNCLINE_OROCRM_TLS_IGNORE_CONFIRMED: 'true' };
  t.match((await readConfig({ text: JSON.stringify(hubConnections), env, zone: 'UTC', connectors })).users[0]?.sections.left, { tls: { trust: 'ignore' } });
});

t.test('S9s credentials follow no redirect to another place, whatever certificates are believed', async (t) => {
  const other = await served(t);
  const service = await served(t);
  service.redirect(other.url);
  for (const tls of [{ trust: 'ignore', ignoreConfirmed: true }, { trust: 'pin', fingerprint: own.fingerprint }, { trust: 'ca', ca: own.cert }]) t.match(await tried(service, tls), /leads to another one/);
  t.ok(service.arrived.length >= 3);
  t.same(other.arrived, []);
});

t.test('S9s a request is given up when it is cut off, also while the other side never ends its handshake', async (t) => {
  for (const trust of [{ mode: 'ca', ca: own.cert }, { mode: 'pin', fingerprints: ['A'.repeat(64)] }, { mode: 'ignore' }] as const) {
    const cut = new AbortController();
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined).resume());
      // The connection stands, and nothing will ever be said on it.
      cut.abort(new TypeError('the hub is ending'));
    });
    await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    await t.rejects(trustingFetch(new Request(url, { signal: cut.signal }), trust), { message: 'the hub is ending' }, trust.mode);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});
