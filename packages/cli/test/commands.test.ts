import t from 'tap';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OnceSummary } from '../src/demo/summary.ts';
import { commands } from '../src/run.ts';
import { site, start } from './cli-world.ts';

const demoData = fileURLToPath(new URL('../../../../../shared/contracts/orocrm/demo-data', import.meta.url));

t.test('help names every command, and each command\'s help shows its options and examples', async (t) => {
  const overview = start('.', ['--help']);
  t.equal(await overview.code, 0);
  for (const [name, { options, examples }] of Object.entries(commands)) {
    t.ok(overview.out.some((line) => line.includes(`  ${name} `)), name);
    const help = start('.', [name, '--help']);
    t.equal(await help.code, 0);
    for (const option of Object.keys(options)) t.ok(help.out.some((line) => line.includes(`--${option}`)), `${name} --${option}`);
    for (const example of examples) t.ok(help.out.some((line) => line.includes(example)));
  }
  t.equal(await start('.', []).code, 2);
});

t.test('version, as a line and as JSON', async (t) => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  const plain = start('.', ['version']);
  await plain.code;
  t.strictSame(plain.out, [`syncline ${version}`]);
  const json = start('.', ['version', '--json']);
  await json.code;
  t.match(JSON.parse(json.out[0] ?? ''), { version });
});

t.test('config print shows each value and where it comes from', async (t) => {
  const folder = t.testdir({ 'syncline.yaml': 'wins: outlook\n' });
  const json = start(folder, ['config', 'print', '--config', 'syncline.yaml', '--json'], { SYNCLINE_PORT: '7777' });
  t.equal(await json.code, 0);
  const { settings } = JSON.parse(json.out.join('')) as { settings: readonly object[] };
  t.match(settings.find((one) => 'name' in one && one.name === 'wins'), { value: 'outlook', from: 'syncline.yaml' });
  t.match(settings.find((one) => 'name' in one && one.name === 'port'), { value: 7777, from: 'SYNCLINE_PORT' });
  const plain = start(folder, ['config', 'print']);
  await plain.code;
  t.ok(plain.out.some((line) => /^crmSyncIntervalSeconds +120 +default$/.test(line)));
});

t.test('a simulator by itself listens, and goes on where it ended', async (t) => {
  const folder = t.testdir();
  const ask = async (url: string, method: string, path: string, body?: object): Promise<{ data: readonly object[] }> => {
    const sign = await fetch(`${url}/oauth2-token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ grant_type: 'client_credentials', client_id: 'syncline-admin', client_secret: 'secret-syncline-admin' }) });
    const { access_token: token } = (await sign.json()) as { access_token: string };
    const type = 'application/vnd.api+json';
    const answer = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}`, accept: type, ...(body !== undefined && { 'content-type': type }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return (await answer.json()) as { data: readonly object[] };
  };
  const first = start(folder, ['simulate', 'orocrm', '--state', 'sim', '--json']);
  await ask((JSON.parse(await first.said(/url/)) as { url: string }).url, 'POST', '/api/contacts', { data: { type: 'contacts', attributes: { firstName: 'Ada', lastName: 'Byron' } } });
  t.equal(await first.end(), 0);
  const second = start(folder, ['simulate', 'orocrm', '--state', 'sim', '--json']);
  const { data } = await ask((JSON.parse(await second.said(/url/)) as { url: string }).url, 'GET', '/api/contacts');
  t.match(data, [{ attributes: { firstName: 'Ada' } }]);
  t.equal(await second.end(), 0);
});

t.test('S20 R2 plan and sync without a hub that runs: the plan, then nothing without --yes, then the writes', async (t) => {
  const here = await site();
  t.teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true });
  });
  here.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  here.orocrm.resetCounters();
  const file = await here.write(here.config);
  const plan = start(here.folder, ['plan', '--config', file, '--json']);
  t.equal(await plan.code, 0);
  t.match(JSON.parse(plan.out[0] ?? ''), { plans: [{ user: 'me', planned: [{ op: 'create', kind: 'contact', side: 'Outlook', label: 'Ada Byron' }] }] });
  const waits = start(here.folder, ['sync', '--config', file]);
  await waits.code;
  t.match(waits.out, [/^me: The first synchronisation waits for Go: 1 write planned\.$/]);
  t.equal(here.writes(), 0);
  const goes = start(here.folder, ['sync', '--config', file, '--yes']);
  t.equal(await goes.code, 0);
  t.match(here.graph.admin.listContacts(), [{ givenName: 'Ada' }]);
  const again = start(here.folder, ['sync', '--config', file, '--json']);
  t.equal(await again.code, 0);
  t.match(JSON.parse(again.out[0] ?? ''), { reports: [{ user: 'me', settled: true, writes: { left: 0, right: 0 } }] });
});

t.test('status, plan, sync and sign-in find the hub that runs by its data folder', async (t) => {
  const here = await site();
  t.teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true });
  });
  here.graph.admin.createTask({ title: 'Call Ada' });
  const file = await here.write({ ...here.config, enableSync: false });
  const hub = start(here.folder, ['hub', '--config', file]);
  await hub.said(/Sign in once/);
  const plan = start(here.folder, ['plan', '--config', file]);
  t.equal(await plan.code, 0);
  t.match(plan.out, [/^me: .*2 writes planned/, /^ {2}create task "Call Ada" in orocrm/, /^ {2}mark task "Call Ada" in outlook/]);
  const sync = start(here.folder, ['sync', '--config', file, '--yes']);
  t.equal(await sync.code, 0);
  t.match(here.orocrm.admin.listTasks(), [{ subject: 'Call Ada' }]);
  const status = start(here.folder, ['status', '--json'], { SYNCLINE_DATA: here.config.data });
  t.equal(await status.code, 0);
  t.match(JSON.parse(status.out[0] ?? ''), { users: [{ user: 'me', records: { linked: { task: 1 } } }] });
  const link = start(here.folder, ['sign-in', '--config', file]);
  t.equal(await link.code, 0);
  const { origin, searchParams } = new URL(link.out[0] ?? '');
  const signedIn = await fetch(`${origin}/api/v1/session`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: JSON.stringify({ code: searchParams.get('code') }) });
  t.equal(signedIn.status, 204);
  t.equal(await hub.end(), 0);
  t.notOk(existsSync(join(here.config.data, 'running.json')));
  t.equal(await start(here.folder, ['status', '--config', file]).code, 2);
});

t.test('G1 G2 demo --once --json: one line, both sides, settled by the services\' own count, nothing left behind', async (t) => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('syncline-') && !name.startsWith('syncline-cli')).length;
  const folder = t.testdir();
  const once = start(folder, ['demo', '--once', '--json']);
  t.equal(await once.code, 0);
  t.equal(once.out.length, 1);
  const summary = JSON.parse(once.out[0] ?? '') as OnceSummary;
  t.match(summary, { settled: true, failed: 0, cycles: Number, requests: { orocrm: Number, outlook: Number } });
  t.ok(summary.records.orocrm.contact > 150 && summary.records.orocrm.task > 40 && summary.records.orocrm.event > 90);
  t.strictSame(summary.records.orocrm, summary.records.outlook);
  t.ok((summary.writes[0]?.orocrm ?? 0) > 50 && (summary.writes[0]?.outlook ?? 0) > 200);
  t.strictSame(summary.writes.at(-1), { cycle: summary.cycles, orocrm: 0, outlook: 0 });
  t.ok(summary.unlinked.every(({ reason, count }) => reason !== '' && count > 0));
  t.strictSame(await readdir(folder), []);
  t.equal((await readdir(tmpdir())).filter((name) => name.startsWith('syncline-') && !name.startsWith('syncline-cli')).length, before);
});

for (const direction of ['orocrm-to-outlook', 'outlook-to-orocrm', 'bidirectional']) {
  for (const wins of ['orocrm', 'outlook']) {
    t.test(`S1 S2 demo --direction ${direction} --wins ${wins} settles`, async (t) => {
      const once = start(t.testdir(), ['demo', '--once', '--json', '--direction', direction, '--wins', wins, '--seed', '7']);
      t.equal(await once.code, 0);
      const { settled, writes } = JSON.parse(once.out[0] ?? '') as OnceSummary;
      t.equal(settled, true);
      if (direction === 'orocrm-to-outlook') t.ok(writes.every(({ orocrm }) => orocrm === 0), 'A13');
    });
  }
}

t.test('several people share one OroCRM, each with a mailbox', async (t) => {
  const once = start(t.testdir(), ['demo', '--once', '--json', '--users', '2']);
  t.equal(await once.code, 0);
  const { settled, records } = JSON.parse(once.out[0] ?? '') as OnceSummary;
  t.equal(settled, true);
  t.ok(records.orocrm.contact > 300);
});

t.test('OroCRM\'s own demo data', { skip: existsSync(demoData) ? false : 'needs ../shared, which is not here' }, async (t) => {
  const once = start(t.testdir(), ['demo', '--once', '--json', '--orocrm-data', demoData]);
  t.equal(await once.code, 0);
  t.match(JSON.parse(once.out[0] ?? ''), { settled: true, records: { outlook: { contact: 76, task: 3, event: 38 } }, unlinked: [] });
  t.ok(once.err.some((line) => /Ignored: .*leads\.csv/.test(line)));
});
