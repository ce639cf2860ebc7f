import t from 'tap';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { site, start, type Site } from './cli-world.ts';

/** What is wrong, what the one sentence has to name, and how it comes about. */
const rows: readonly [title: string, says: RegExp, arrange: (site: Site) => object | Promise<object>][] = [
  ['wrong URL: nobody there', /OroCRM at http:\/\/127\.0\.0\.1:\d+ cannot be reached\. Check the URL/, async ({ config }) => ({ ...config, orocrm: { ...config.orocrm, url: `http://127.0.0.1:${await freePort()}` } })],
  ['wrong URL: a path too much', /Check the URL/, ({ config }) => ({ ...config, orocrm: { ...config.orocrm, url: `${config.orocrm.url}/crm` } })],
  ['wrong password', /does not accept the client ID and client secret/, ({ config }) => ({ ...config, orocrm: { ...config.orocrm, auth: { ...config.orocrm.auth, clientSecret: 'wrong' } } })],
  ['wrong API key', /does not accept the user and API key/, ({ config }) => ({ ...config, orocrm: { ...config.orocrm, auth: { signIn: 'wsse', user: 'admin', apiKey: 'wrong' } } })],
  ['D10 the web API is switched off', /switch on "Enable API"/, ({ config, orocrm }) => {
    orocrm.admin.setSwitch('webApiEnabled', false);
    return config;
  }],
  ['no Outlook consent', /Nobody has consented to the app/, ({ config, graph }) => {
    graph.admin.consent(false);
    return config;
  }],
  ['wrong secret at Microsoft', /The client secret is wrong: correct "signIn\.clientSecret"/, ({ config }) => ({ ...config, outlook: { ...config.outlook, signIn: { method: 'client-credentials', clientSecret: 'wrong', user: 'person1@contoso.example' } } })],
  ['no such mailbox', /has no user "nobody@contoso\.example" with a mailbox: correct "signIn\.user"/, ({ config }) => ({ ...config, outlook: { ...config.outlook, signIn: { method: 'client-credentials', clientSecret: 'simulated-secret', user: 'nobody@contoso.example' } } })],
];

for (const [title, says, arrange] of rows) {
  t.test(`${title}: one sentence, exit code not 0, nothing written anywhere`, async (t) => {
    const here = await site();
    t.teardown(() => remove(here));
    here.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
    here.orocrm.resetCounters();
    const config = await arrange(here);
    const command = start(here.folder, ['hub', '--config', await here.write(config)]);
    t.not(await command.code, 0);
    t.equal(command.err.length, 1);
    t.match(command.err[0], says);
    t.strictSame(command.out, []);
    t.strictSame(await readdir(here.folder), ['syncline.yaml'], 'no data folder, not even half made');
    t.equal(here.writes(), 0);
    t.notOk(command.err.join().includes('secret-'), 'S15');
  });
}

t.test('port taken: names the variable, before anything else is done', async (t) => {
  const here = await site();
  const taken = createServer();
  await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    taken.close();
    await remove(here);
  });
  const { port } = taken.address() as AddressInfo;
  const file = await here.write({ ...here.config, port });
  for (const args of [['hub', '--config', file], ['demo', '--port', String(port)]]) {
    const command = start(here.folder, args);
    t.equal(await command.code, 1);
    t.match(command.err, [new RegExp(`^syncline: Port ${port} on 127\\.0\\.0\\.1 is taken: set SYNCLINE_PORT`)]);
  }
  t.equal(here.orocrm.counters.total, 0, 'no request left the hub');
  t.strictSame(await readdir(here.folder), ['syncline.yaml']);
});

t.test('data folder of another hub, of a newer version, in use: refused, and left as it is', async (t) => {
  const here = await site();
  t.teardown(() => remove(here));
  const file = await here.write({ ...here.config, name: 'one' });
  const first = start(here.folder, ['hub', '--config', file]);
  await first.said(/Sign in once/);

  const second = start(here.folder, ['hub', '--config', file]);
  t.equal(await second.code, 1);
  t.match(second.err, [/is open in process \d+, which is running: stop that one, or set SYNCLINE_DATA/]);
  t.equal(await first.end(), 0);

  const before = await contents(here.config.data);
  const other = start(here.folder, ['hub', '--config', await here.write({ ...here.config, name: 'other' })]);
  t.equal(await other.code, 1);
  t.match(other.err, [/belongs to hub one, not to other: set SYNCLINE_DATA .* or SYNCLINE_NAME/]);

  const format = join(here.config.data, 'store/FORMAT');
  const old = await readFile(format, 'utf8');
  await writeFile(format, old.replace('"format":1', '"format":99'));
  const newer = start(here.folder, ['hub', '--config', file], { SYNCLINE_NAME: 'one' });
  t.equal(await newer.code, 1);
  t.match(newer.err, [/format 99.*use a newer version/]);
  await writeFile(format, old);
  t.strictSame(await contents(here.config.data), before);
});

t.test('a folder of the demo is refused with --config, and a folder of something else by the demo', async (t) => {
  const here = await site();
  t.teardown(() => remove(here));
  const demo = start(here.folder, ['demo', '--port', '0', '--seed', '3'], { SYNCLINE_ENABLE_SYNC: 'no' });
  await demo.said(/is simulated at/);
  for (const args of [['demo', '--port', '0'], ['demo', '--port', '0', '--fresh']]) {
    const second = start(here.folder, args);
    t.equal(await second.code, 2);
    t.match(second.err, [/is running at http:\/\/127\.0\.0\.1:\d+: stop it first/]);
  }
  t.equal(await demo.end(), 0);
  const otherSeed = start(here.folder, ['demo', '--port', '0', '--seed', '4']);
  t.equal(await otherSeed.code, 2);
  t.match(otherSeed.err, [/was made with --seed 3: leave that option out to go on with it, or add --fresh/]);
  const data = join(here.folder, 'data/demo');
  const command = start(here.folder, ['demo', '--config', await here.write({ ...here.config, data })]);
  t.equal(await command.code, 2);
  t.match(command.err, [/is the demo's data folder: set SYNCLINE_DATA/]);

  const other = join(here.folder, 'else/demo');
  await mkdir(other, { recursive: true });
  await writeFile(join(other, 'photo.jpg'), '');
  for (const args of [['demo', '--port', '0'], ['demo', '--port', '0', '--fresh']]) {
    const refused = start(here.folder, args, { SYNCLINE_DATA: join(here.folder, 'else') });
    t.equal(await refused.code, 2);
    t.match(refused.err, [/photo\.jpg/]);
  }
  t.strictSame(await readdir(other), ['photo.jpg']);
});

const usage: readonly [args: readonly string[], says: RegExp][] = [
  [['demmo'], /There is no command "demmo" \(did you mean "demo"\?\)/],
  [['demo', '--onse'], /Unknown option --onse \(did you mean "--once"\?\)/],
  [['demo', '--direction', 'sideways'], /--direction must be one of orocrm-to-outlook, outlook-to-orocrm, bidirectional, not "sideways"/],
  [['demo', '--users', '0'], /--users must be a whole number from 1 to 50/],
  [['demo', '--seed', '--once'], /--seed needs a value/],
  [['demo', '--once=yes'], /--once takes no value/],
  [['demo', '--config', 'x.yaml', '--users', '2'], /--config is for real systems, --users for the demo/],
  [['demo', 'once'], /"once" is no option/],
  [['demo', '--once', '--orocrm-data', 'no-such-folder'], /no-such-folder with OroCRM's demo data cannot be read/],
  [['hub'], /The hub needs its settings: --config FILE/],
  [['hub', '--config', 'missing.yaml'], /The file missing\.yaml cannot be read/],
  [['simulate', 'exchange'], /orocrm or graph, not "exchange"/],
  [['config', 'prnt'], /did you mean "config print"/],
  [['status'], /No hub runs with the data folder/],
];

for (const [args, says] of usage) {
  t.test(`${args.join(' ')}: a sentence, and exit code 2`, async (t) => {
    const folder = t.testdir();
    const command = start(folder, args);
    t.equal(await command.code, 2);
    t.match(command.err, [says]);
    t.strictSame(command.out, []);
    t.strictSame(await readdir(folder), []);
  });
}

t.test('S8 every mistake of a file is told at once', async (t) => {
  const folder = t.testdir({ 'syncline.yaml': 'port: x\nwins: nobody\n' });
  const command = start(folder, ['hub', '--config', 'syncline.yaml'], { SYNCLINE_CRM_SYNC_INTERVAL_SECONDS: '0' });
  t.equal(await command.code, 2);
  t.match(command.err, [/port must be/, /wins must be/, /SYNCLINE_CRM_SYNC_INTERVAL_SECONDS must be a whole number of seconds from 1 to 86399/, /orocrm is missing/, /outlook is missing/]);
  t.notOk(existsSync(join(folder, 'data')));
});

t.test('asked to end while a service does not answer: a start that writes nothing, code 0; a single sync is cut off, not 0', async (t) => {
  const here = await site();
  t.teardown(() => remove(here));
  let hold = (): void => undefined;
  const held = new Promise<void>((resolve) => (hold = resolve));
  t.teardown(() => hold());
  const file = await here.write(here.config);
  for (const [command, code] of [['hub', 0], ['sync', 1]] as const) {
    here.orocrm.admin.faults.add({ times: 10, action: { type: 'hold', until: held } });
    const before = here.orocrm.counters.total;
    const started = start(here.folder, [command, '--config', file]);
    while (here.orocrm.counters.total === before) await new Promise((resolve) => void setImmediate(resolve));
    t.equal(await started.end(), code, command);
    t.match(started.err, [/Asked to end before the hub had started: nothing was written\./]);
    here.orocrm.admin.faults.clear();
  }
  t.strictSame(await readdir(here.folder), ['syncline.yaml']);
});

t.test('a hub that was killed leaves its address behind; another one there now is not taken for it', async (t) => {
  const here = await site();
  t.teardown(() => remove(here));
  const hub = start(here.folder, ['hub', '--config', await here.write({ ...here.config, enableSync: false })]);
  await hub.said(/Sign in once/);
  const { url } = JSON.parse(await readFile(join(here.config.data, 'running.json'), 'utf8')) as { url: string };
  const other = join(here.folder, 'other');
  await mkdir(other);
  await writeFile(join(other, 'running.json'), JSON.stringify({ url, token: 'of-a-hub-that-is-gone' }));
  const status = start(here.folder, ['status'], { SYNCLINE_DATA: other });
  t.equal(await status.code, 2);
  t.match(status.err, [/No hub runs with the data folder .*other/]);
  t.equal(await hub.end(), 0);
});

t.test('demo --once that is asked to end: says so, and leaves nothing behind', async (t) => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('syncline-') && !name.startsWith('syncline-cli')).length;
  const folder = t.testdir();
  const once = start(folder, ['demo', '--once', '--json']);
  const ending = once.end();
  t.not(await ending, 0);
  t.strictSame(once.out, []);
  t.strictSame(await readdir(folder), []);
  t.equal((await readdir(tmpdir())).filter((name) => name.startsWith('syncline-') && !name.startsWith('syncline-cli')).length, before);
});

t.test('a data folder that cannot be used: one sentence, no stack', async (t) => {
  const here = await site();
  t.teardown(() => remove(here));
  const file = await here.write(here.config);
  const refusal = async (): Promise<readonly string[]> => {
    const command = start(here.folder, ['hub', '--config', file]);
    t.equal(await command.code, 1);
    return command.err;
  };
  await writeFile(here.config.data, '');
  t.match(await refusal(), [/cannot be created: .*: make .*data writable, or set SYNCLINE_DATA/], 'a file');
  await rm(here.config.data);
  await mkdir(join(here.config.data, 'running.json/x'), { recursive: true });
  t.match(await refusal(), [/The data folder cannot be used .*running\.json.*: make .* writable, or set SYNCLINE_DATA/], 'a folder in the place of a file');
  await rm(here.config.data, { recursive: true });
  await mkdir(join(here.config.data, 'store/level'), { recursive: true });
  t.match(await refusal(), [/creation of the store was interrupted: bring back a copy of .*; if no hub has ever run with it, remove it\.$/], 'half made by a hub that was killed');
});

async function remove(here: Site): Promise<void> {
  await here.close();
  await rm(here.folder, { recursive: true, force: true });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

/** Every file of a folder with its bytes. */
async function contents(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile() && one.name !== 'LOG' && one.name !== 'LOG.old').map((one) => join(one.parentPath, one.name)).sort();
  return Promise.all(files.map(async (file) => [file, (await readFile(file)).toString('base64')] as const));
}

t.test('R8 a hub that has run before starts while a service is away, and refuses to when nobody is let in any more', async (t) => {
  const here = await site();
  t.teardown(() => remove(here));
  const file = await here.write(here.config);
  const first = start(here.folder, ['hub', '--config', file]);
  await first.said(/Sign in once/);
  t.equal(await first.end(), 0);

  here.orocrm.admin.faults.add({ times: 100, action: { type: 'status', status: 502 } });
  const second = start(here.folder, ['hub', '--config', file]);
  await second.said(/Sign in once/);
  t.equal(await second.end(), 0);
  here.orocrm.admin.faults.clear();

  here.orocrm.admin.setSwitch('webApiEnabled', false);
  const third = start(here.folder, ['hub', '--config', file]);
  t.equal(await third.code, 1);
  t.match(third.err, [/switch on "Enable API"/]);
});
