import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import t from 'tap';
import { site, start, type Site } from './cli-world.ts';

async function withSite(teardown: (work: () => Promise<void>) => void): Promise<Site> {
  const here = await site();
  teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true });
  });
  return here;
}

async function says(here: Site, config: object, ...args: string[]): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }> {
  const running = start(here.folder, ['connector', ...args, '--config', await here.write(config)]);
  const code = await running.code;
  return { code, out: running.out, err: running.err };
}

t.test('R11 connector check: one screen of what works, without a data folder, and nothing is written', async (t) => {
  const here = await withSite((work) => t.teardown(work));
  t.match(await says(here, here.config, 'check', 'orocrm'), {
    code: 0, err: [],
    out: [/^OroCRM: works\.$/, /^ {2}signed in as {2}John Doe \(admin\) at 127/, /^ {2}organisation {2}number 1$/, /^ {2}calendar {6}John Doe$/, /^ {2}time zone {5}UTC$/],
  });
  t.match(await says(here, here.config, 'check', 'outlook'), { code: 0, out: [/^Outlook: works\.$/, /signed in as/, /time zone {5}UTC/] });
  t.equal(existsSync(here.config.data), false, 'no folder was made');
  t.equal(here.writes(), 0);
});

t.test('R11 connector check: what is missing is said, with another exit code; in JSON too', async (t) => {
  const here = await withSite((work) => t.teardown(work));
  const limited = { ...here.config, orocrm: { ...here.config.orocrm, auth: { signIn: 'client-credentials', clientId: 'syncline-nobody', clientSecret: 'secret-syncline-nobody' } } };
  t.match(await says(here, limited, 'check', 'orocrm'), { code: 1, out: [/^OroCRM: works, in part\.$/, /signed in as/, /time zone/, /^ {2}! .*its own profile/, /^ {2}! Calendar events cannot be synced/, /^ {2}! Contacts cannot be synced/, /^ {2}! Tasks cannot be synced/] });
  const wrong = { ...here.config, orocrm: { ...here.config.orocrm, auth: { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'hunter2-hunter2' } } };
  const refused = await says(here, wrong, 'check', 'orocrm', '--json');
  t.equal(refused.code, 1);
  t.match(JSON.parse(refused.out[0] ?? ''), { connection: 'orocrm', user: 'me', account: null, missing: [/does not accept the client ID and client secret/] });
  t.notMatch(refused.out.join(), /hunter2/);
  const { code, out } = await says(here, { ...here.config, outlook: { ...here.config.outlook, tenant: '' } }, 'check', 'outlook');
  t.match({ code, out }, { code: 1, out: [/^Outlook: cannot be signed in to\.$/, /^ {2}! Outlook .*tenant/] });
});

t.test('R11 connector check: of the hub that runs, and in its folder when it has ended', async (t) => {
  const here = await withSite((work) => t.teardown(work));
  const file = await here.write({ ...here.config, enableSync: false });
  const hub = start(here.folder, ['hub', '--config', file]);
  await hub.said(/Sign in once/);
  const checked = await says(here, { ...here.config, enableSync: false }, 'check', 'orocrm', '--json');
  t.match([checked.code, JSON.parse(checked.out[0] ?? '')], [0, { account: { name: /John Doe/ }, missing: [] }]);
  await hub.end();
  t.match(await says(here, { ...here.config, enableSync: false }, 'check', 'outlook'), { code: 0, out: [/^Outlook: works/] });
});

t.test('R11 connector check: what is asked for in other words', async (t) => {
  const here = await withSite((work) => t.teardown(work));
  for (const words of [[], ['check'], ['check', 'google'], ['test', 'orocrm'], ['check', 'orocrm', 'outlook']]) t.match(await says(here, here.config, ...words), { code: 2, err: [/connector check orocrm/] }, words.join(' '));
  t.match(await says(here, { ...here.config, outlook: undefined }, 'check', 'outlook'), { code: 2, err: [/outlook is missing in the configuration/] });
  const people = { ...here.config, users: { ada: {}, bob: {} } };
  t.match(await says(here, people, 'check', 'orocrm'), { code: 2, err: [/--user: ada, bob/] });
  t.match(await says(here, people, 'check', 'orocrm', '--user', 'eve'), { code: 2 });
});
