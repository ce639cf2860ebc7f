import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { encodeHead, keptSteps, parseStoreHead } from '../src/heads.ts';
import { stepKey, storeHeadKey } from '../src/keys.ts';
import { takeLock } from '../src/lock-file.ts';
import { seal, unseal } from '../src/value.ts';
import { initStore, nodeEnv, openStore, storeErrorCodes, type Store, type StoreEnv } from '../src/index.ts';
import { all, bytes, entry, put, refused } from './contract.ts';
import { behindItsBack, levelFiles, truncate } from './raw.ts';

const env = nodeEnv();
const packageRoot = new URL('../../', import.meta.url);

async function made(dir: string): Promise<string> {
  const store = await initStore(dir, { hubId: 'hub-1', env });
  await (await store.user('u')).commit({ updates: [bytes(1)] });
  await store.close();
  return dir;
}

t.test('a store is created on purpose only, and only in an empty folder', async (t) => {
  const base = t.testdir({ empty: {}, other: { 'letter.txt': 'mine' } });
  for (const dir of [`${base}/nowhere`, `${base}/empty`, `${base}/other`]) await refused(t, openStore(dir, { env }), 'store-missing');
  t.notOk((await readdir(base)).includes('nowhere'), 'a failed opening creates nothing');
  t.same(await readdir(`${base}/empty`), []);
  t.match(await refused(t, initStore(`${base}/other`, { hubId: 'hub-1', env }), 'store-exists'), 'letter.txt');
  t.same(await readdir(`${base}/other`), ['letter.txt']);

  for (const dir of [`${base}/nowhere/deep/store`, `${base}/empty`]) await (await initStore(dir, { hubId: 'hub-1', env })).close();
  t.match(await refused(t, initStore(`${base}/empty`, { hubId: 'hub-1', env }), 'store-exists'), 'already holds a store');
  await refused(t, initStore(`${base}/other/letter.txt/store`, { hubId: 'hub-1', env }), 'store-write-failed');
  await refused(t, openStore(`${base}/other/letter.txt`, { env }), 'store-missing');
});

t.test('the first thing after a creation is a flushed write', async (t) => {
  const dir = await made(`${t.testdir()}/store`);
  const again = await openStore(dir, { env });
  t.equal((await again.user('u')).latest(), 1);
  await again.close();
  t.same((await readdir(dir)).sort(), ['FORMAT', 'GENERATION', 'HEAD', 'level'], 'nothing is left of lock and rescue');
});

t.test('a store that was created and never written to opens', async (t) => {
  const dir = `${t.testdir()}/store`;
  await (await initStore(dir, { hubId: 'hub-1', env })).close();
  const store = await openStore(dir, { env });
  t.same(await store.users(), []);
  await store.close();
});

t.test('an aged store keeps rows of its last writes only', async (t) => {
  const dir = await made(`${t.testdir()}/store`);
  const aged = 5 * keptSteps;
  await behindItsBack(dir, async (level) => {
    const head = parseStoreHead(unseal(storeHeadKey, await level.get(storeHeadKey)).payload);
    const rows = [...Array(keptSteps).keys()].map((index): [Uint8Array, Uint8Array] => [stepKey(aged - index), new Uint8Array()]);
    const old = [...Array(head.step).keys()].map((index) => ({ type: 'del' as const, key: stepKey(index + 1) }));
    rows.push([storeHeadKey, encodeHead({ ...head, step: aged })]);
    await level.batch([...old, ...rows.map(([key, payload]) => ({ type: 'put' as const, key, value: seal(key, payload).bytes }))]);
  });
  const store = await openStore(dir, { env });
  const user = await store.user('u');
  for (const value of [2, 3, 4]) await user.commit({ updates: [bytes(value)] });
  await store.close();
  const steps = await behindItsBack(dir, async (level) => (await level.keys({ gte: stepKey(0), lt: stepKey(2 * aged) }).all()).length);
  t.equal(steps, keptSteps);
  await (await openStore(dir, { env })).close();
  await behindItsBack(dir, (level) => level.del(stepKey(aged - keptSteps + 4)));
  await refused(t, openStore(dir, { env }), 'store-damaged');
});

t.test('a step that was on its way when the power went is there wholly, or not at all and no obstacle', async (t) => {
  for (const bytesLess of [0, 1, 40]) {
    const dir = await made(`${t.testdir()}/store-${bytesLess}`);
    const head = await readFile(join(dir, 'HEAD'));
    const store = await openStore(dir, { env });
    await (await store.user('u')).commit({ updates: [bytes(2)], put: [put('state', 'k', 2)] });
    await store.close();
    await writeFile(join(dir, 'HEAD'), head); // It lags behind: nobody was told of the step.
    for (const path of await levelFiles(dir, '.log')) await truncate(path, bytesLess);
    const after = await openStore(dir, { env });
    const user = await after.user('u');
    t.same([user.latest(), await user.get('state', 'k')], bytesLess === 0 ? [2, 2] : [1, undefined], `${bytesLess} bytes torn off`);
    await after.close();
  }
});

t.test('nobody else on the machine can read the data', { skip: process.platform === 'win32' && 'needs permissions of POSIX' }, async (t) => {
  const base = t.testdir({ shared: {} });
  await chmod(`${base}/shared`, 0o755);
  for (const dir of [`${base}/shared`, `${base}/own`]) {
    await made(dir);
    t.equal((await stat(join(dir, 'level'))).mode & 0o077, 0);
  }
});

t.test('the store of another hub is refused in words', async (t) => {
  const dir = await made(`${t.testdir()}/store`);
  const message = await refused(t, openStore(dir, { env, expectHubId: 'hub-2' }), 'store-other-hub');
  t.match(message, 'belongs to hub hub-1, not to hub-2');
  await (await openStore(dir, { env, expectHubId: 'hub-1' })).close();
});

t.test('a newer format is refused in words and left alone', async (t) => {
  const dir = await made(`${t.testdir()}/store`);
  await writeFile(join(dir, 'FORMAT'), '{"format":7,"something":"of format 7"}\n');
  const before = await readdir(join(dir, 'level'));
  const message = await refused(t, openStore(dir, { env }), 'store-newer');
  t.match(message, /format 7/);
  t.match(message, /up to 1/);
  t.same(await readdir(join(dir, 'level')), before);
});

t.test('format 1 as it was first written opens, and can be written on', async (t) => {
  const dir = `${t.testdir()}/store`;
  await cp(fileURLToPath(new URL('test/fixtures/format-1', packageRoot)), dir, { recursive: true });
  let store = await openStore(dir, { env, expectHubId: 'hub-fixture' });
  t.same(await store.users(), ['u1', 'u10', 'ü/😀']);
  const user = await store.user('u1');
  t.equal(user.latest(), 4);
  t.same(await user.log.snapshot(), entry(2, 10, 11));
  t.same(await all(user.log.read()), [entry(3, 3), entry(4)]);
  t.same(await all(user.entries('native')), [['left/contact/1', { name: 'Ada', phones: ['1', null] }], ['right/contact/AAMk', { name: 'Ada' }]]);
  t.same(await all(user.entries('cursor')), [['left', '2026-01-01T00:00:00Z'], ['right', 'https://graph.example/delta?token=1']]);
  t.same(await all(user.entries('intent')), [['', 'empty key']]);
  t.same(await all(user.entries('history')), [['0001', [1, 2.5, true]]]);
  t.same(await all(user.entries('state')), [['generation', 3], ['\ud800', 'lone surrogate']]);
  t.equal(await (await store.user('ü/😀')).get('state', 'k'), 'v');
  t.equal(await user.commit({ updates: [bytes(5)], put: [put('state', 'generation', 4)] }), 5);
  await store.close();
  store = await openStore(dir, { env });
  t.equal((await store.user('u1')).latest(), 5);
  await store.close();
});

t.test('a folder has one owner', async (t) => {
  await t.test('two stores in one process', async (t) => {
    const dir = await made(`${t.testdir()}/store`);
    const store = await openStore(dir, { env });
    const message = await refused(t, openStore(dir, { env }), 'store-locked');
    t.match(message, `process ${process.pid}`);
    const user = await store.user('u');
    t.equal(await user.commit({ updates: [bytes(2)] }), 2, 'the first one goes on');
    await store.close();
    await (await openStore(dir, { env })).close();
  });

  await t.test('another living process, and the same one after its death', async (t) => {
    const dir = await made(`${t.testdir()}/store`);
    const child = spawn(process.execPath, [fileURLToPath(new URL('kill-writer.js', import.meta.url)), dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const message = await refused(t, openStore(dir, { env }), 'store-locked');
    t.match(message, `process ${child.pid}`);
    child.kill('SIGKILL');
    await ended;
    t.ok((await readdir(dir)).includes('OWNER'), 'its lock is still there');
    await (await openStore(dir, { env })).close();
  });

  await t.test('who counts as the living owner', async (t) => {
    const world = (living: Record<number, string>): StoreEnv => ({ pid: 10, startOf: async (pid) => living[pid] });
    const rows: readonly [title: string, lock: string, living: Record<number, string>, refused: boolean][] = [
      ['the process runs', '{"pid":7,"startedAt":"boot/1"}', { 7: 'boot/1', 10: 'boot/9' }, true],
      ['the process is gone', '{"pid":7,"startedAt":"boot/1"}', { 10: 'boot/9' }, false],
      ['its number belongs to another process now', '{"pid":7,"startedAt":"boot/1"}', { 7: 'boot/5', 10: 'boot/9' }, false],
      ['its number is our own now (a container restarted)', '{"pid":10,"startedAt":"boot/1"}', { 10: 'boot/9' }, false],
      ['ourselves', '{"pid":10,"startedAt":"boot/9"}', { 10: 'boot/9' }, true],
      ['the system does not tell the start', '{"pid":7,"startedAt":"unknown"}', { 7: 'unknown', 10: 'unknown' }, true],
      ['torn while it was written', '{"pid":7,"sta', { 7: 'boot/1', 10: 'boot/9' }, false],
      ['empty', '', { 10: 'boot/9' }, false],
    ];
    for (const [title, lock, living, isRefused] of rows) {
      await t.test(title, async (t) => {
        const dir = t.testdir({ OWNER: lock });
        if (isRefused) {
          await refused(t, takeLock(dir, world(living)), 'store-locked');
          t.equal(await readFile(join(dir, 'OWNER'), 'utf8'), lock);
          return;
        }
        const release = await takeLock(dir, world(living));
        t.equal(await readFile(join(dir, 'OWNER'), 'utf8'), '{"pid":10,"startedAt":"boot/9"}');
        await release();
        t.same(await readdir(dir), []);
      });
    }
    await t.test('LevelDB decides where the lock file cannot', async (t) => {
      const dir = await made(`${t.testdir()}/store`);
      const store = await openStore(dir, { env });
      const blind: StoreEnv = { pid: 1, startOf: async () => undefined }; // As in another container on the same volume.
      await refused(t, openStore(dir, { env: blind }), 'store-locked');
      t.notOk((await readdir(dir)).includes('level.before-open'), 'no copy of a store in use is kept');
      await store.close();
    });
  });

  await t.test('the real world tells when a process began', async (t) => {
    const own = await env.startOf(process.pid);
    t.type(own, 'string');
    t.equal(await env.startOf(process.pid), own, 'the same each time');
    if (process.platform === 'linux') t.not(await env.startOf(1), own, 'another process began at another time');
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    t.equal(await env.startOf(child.pid ?? 0), undefined, 'nobody lives there');
  });
});

t.test('a folder that cannot be written to', { skip: process.getuid?.() === 0 && 'needs a user who is not root' }, async (t) => {
  const base = t.testdir();
  await mkdir(`${base}/closed`, { mode: 0o500 });
  await refused(t, initStore(`${base}/closed/store`, { hubId: 'hub-1', env }), 'store-write-failed');
});

t.test('the README lists the codes of the source, with the same words', async (t) => {
  const readme = await readFile(new URL('README.md', packageRoot), 'utf8');
  const rows = [...readme.matchAll(/^\| `(store-[a-z-]+)` \| (.+) \|$/gm)].map(([, code, text]) => [code, text]);
  t.same(rows, Object.entries(storeErrorCodes));
});

t.test('users() and user() agree while users are being created', async (t) => {
  const store: Store = await initStore(`${t.testdir()}/store`, { hubId: 'hub-1', env });
  await Promise.all(['b', 'a', 'c'].map((id) => store.user(id)));
  t.same(await store.users(), ['a', 'b', 'c']);
  await store.close();
});
