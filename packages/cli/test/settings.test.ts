import t, { type Test } from 'tap';
import { readFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { site, start, type Running, type Site } from './cli-world.ts';

async function here(t: Test): Promise<Site & { readonly file: string; readonly settings: (words: readonly string[], environment?: { readonly [name: string]: string }) => Promise<Running & { readonly exit: number }> }> {
  const made = await site();
  t.teardown(async () => {
    await made.close();
    await rm(made.folder, { recursive: true });
  });
  const file = await made.write({ ...made.config, enableSync: false });
  return {
    ...made, file,
    settings: async (words, environment = {}) => {
      const running = start(made.folder, ['settings', ...words, '--config', file], environment);
      return { ...running, exit: await running.code };
    },
  };
}

const row = (lines: readonly string[], name: string): string | undefined => lines.find((line) => line.startsWith(`${name} `))?.replace(/ +/g, ' ');

t.test('S3 S14 settings are shown, set and unset while the hub runs, and stay when it starts again', async (t) => {
  const { settings, file, folder } = await here(t);
  const hub = start(folder, ['hub', '--config', file]);
  await hub.said(/Sign in once/);
  t.equal(row((await settings([])).out, 'crmSyncIntervalSeconds'), 'crmSyncIntervalSeconds 120 default');
  const set = await settings(['set', 'crmSyncIntervalSeconds', '7', 'wins', 'outlook']);
  t.strictSame([set.exit, set.out], [0, ['Done; it holds from the next cycle on.']]);
  t.equal(row((await settings([])).out, 'crmSyncIntervalSeconds'), 'crmSyncIntervalSeconds 7 set at run time');
  const bad = await settings(['set', 'crmSyncIntervalSeconds', '86400', 'direction', 'bidirectional', 'wins', 'me']);
  t.equal(bad.exit, 2);
  t.match(bad.err.join('\n'), /crmSyncIntervalSeconds must be a whole number of seconds from 1 to 86399, not "86400"\.[^]*wins must be one of orocrm, outlook, not "me"\./);
  t.match(await settings(['set', 'tasks', 'no', '--user', 'me']), { exit: 0 });
  t.equal(row((await settings(['--user', 'me'])).out, 'tasks'), 'tasks false set at run time');
  t.equal(row((await settings([])).out, 'tasks'), 'tasks true default');
  const print = start(folder, ['config', 'print', '--config', file]);
  t.equal(await print.code, 0);
  t.strictSame([row(print.out, 'wins'), row(print.out, 'users.me.tasks')], ['wins outlook set at run time', 'users.me.tasks false set at run time']);
  t.equal(await hub.end(), 0);

  t.equal(row((await settings([])).out, 'wins'), 'wins outlook set at run time', 'also while no hub runs');
  const again = start(folder, ['hub', '--config', file]);
  await again.said(/Sign in once/);
  t.match(JSON.parse((await settings(['--json'])).out.join('')), { settings: [{ name: 'name' }, { name: 'port' }] });
  t.equal(row((await settings([])).out, 'wins'), 'wins outlook set at run time', 'after the restart');
  t.match(await settings(['unset', 'wins']), { exit: 0 });
  t.equal(row((await settings([])).out, 'wins'), 'wins orocrm default');
  t.equal(await again.end(), 0);
});

t.test('S8 S15 a secret is set by way of the environment, sealed with a key file of its owner, and opened at the next start', async (t) => {
  const { settings, file, folder, config, write } = await here(t);
  const hub = start(folder, ['hub', '--config', file]);
  await hub.said(/Sign in once/);
  t.equal(await hub.end(), 0);
  const shown = await settings(['set', 'orocrm.auth.clientSecret', 'hush']);
  t.strictSame([shown.exit, shown.err], [2, ['syncline: orocrm.auth.clientSecret is a secret: put it into a variable of the environment, and write env:VARIABLE in its place.']]);
  t.match(await settings(['set', 'orocrm.auth.clientSecret', 'env:WRONG'], { WRONG: 'hush-wrong' }), { exit: 2, err: [/^syncline: me: OroCRM does not accept the client ID and client secret/] });
  const right = await settings(['set', 'orocrm.auth.clientId', 'syncline-sale', 'orocrm.auth.clientSecret', 'env:SECRET', 'orocrm.pageSize', '50'], { SECRET: 'secret-syncline-sale' });
  t.strictSame([right.exit, right.err], [0, ['Settings of everybody changed: orocrm.auth.clientId, orocrm.auth.clientSecret, orocrm.pageSize.']]);
  t.equal((await stat(join(config.data, 'master.key'))).mode & 0o777, 0o600);
  const found = (await readdir(config.data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  t.notOk(found.some((bytes) => bytes.includes('secret-syncline-sale')), 'nowhere on the disk');
  const rows = await settings([]);
  t.equal(row(rows.out, 'orocrm.auth.clientSecret'), 'orocrm.auth.clientSecret (set) set at run time');
  t.equal(row(rows.out, 'orocrm.pageSize'), 'orocrm.pageSize 50 set at run time');

  const again = start(folder, ['hub', '--config', file]);
  await again.said(/Sign in once/);
  const status = start(folder, ['status', '--config', file]);
  await status.code;
  t.match(status.out[0], /sale/i, 'signed in as the one that was set');
  t.equal(await again.end(), 0);

  await rm(join(config.data, 'master.key'));
  const without = start(folder, ['hub', '--config', file]);
  t.equal(await without.code, 1);
  t.match(without.err, [/^syncline: The secrets in the data folder need their key: bring back .*master\.key, or set SYNCLINE_MASTER_KEY\.$/]);
  const other = start(folder, ['hub', '--config', file], { SYNCLINE_MASTER_KEY: 'ab'.repeat(32) });
  t.equal(await other.code, 1);
  t.match(other.err, [/^syncline: The secrets in the data folder were sealed with another key than that of SYNCLINE_MASTER_KEY/]);

  t.match(await settings(['unset', 'orocrm.auth.clientSecret', 'orocrm.auth.clientId', 'orocrm.pageSize']), { exit: 0 }, 'it can be taken back without the key');
  await write({ ...config, enableSync: false });
  const last = start(folder, ['hub', '--config', file]);
  await last.said(/Sign in once/);
  t.equal(await last.end(), 0);
});

t.test('what was set and does not fit the file any more keeps a hub from starting, in words, until it is unset', async (t) => {
  const { settings, file, folder, config, write } = await here(t);
  const hub = start(folder, ['hub', '--config', file]);
  await hub.said(/Sign in once/);
  t.match(await settings(['set', 'orocrm.auth.clientId', 'syncline-admin']), { exit: 0 });
  t.equal(await hub.end(), 0);
  await write({ ...config, orocrm: { ...config.orocrm, auth: { signIn: 'wsse', user: 'admin', apiKey: 'key' } } });
  const refused = start(folder, ['hub', '--config', file]);
  t.equal(await refused.code, 1);
  t.match(refused.err.join('\n'), /orocrm\.auth: .*clientId[^]*Some of it was set at run time: "syncline settings unset NAME"/);
  t.match(await settings(['unset', 'orocrm.auth.clientId']), { exit: 0 });
  t.match(await settings(['unset', 'orocrm.auth.clientId']), { exit: 2, err: ['syncline: orocrm.auth.clientId: not set at run time.'] });
});

const wrong: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [['change'], /There is no "settings change"/],
  [['set'], /A name and a value each/],
  [['set', 'wins'], /A name and a value each/],
  [['set', 'wins', 'outlook'], /No hub has run with the data folder .* yet/],
  [['set', 'wins', 'env:NOWHERE'], /The environment holds no NOWHERE/],
  [['unset'], /Which\?/],
  [['unset', 'wins'], /wins: not set at run time/],
  [['--user', 'carol'], /There is no user "carol"/],
];
for (const [words, says] of wrong) {
  t.test(`settings ${words.join(' ')}: one sentence, nothing is made`, async (t) => {
    const { settings, folder } = await here(t);
    const { exit, err } = await settings(words);
    t.not(exit, 0);
    t.match(err, [says]);
    t.strictSame(await readdir(folder), ['syncline.yaml']);
  });
}
