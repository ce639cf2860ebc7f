import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { logKey, snapshotKey, spaceKey, stepKey, storeHeadKey, userHeadKey } from '../src/keys.ts';
import type { LevelDb } from '../src/level-db.ts';
import { initStore, nodeEnv, openStore, StoreError, verifyStore, type Store } from '../src/index.ts';
import { all, bytes, entry, put, refused } from './contract.ts';
import { behindItsBack, flipBit, flipBitIn, levelFiles, makeStore, readStore, seeded, truncate } from './raw.ts';

const env = nodeEnv();

/** A closed store: user `u` with three updates and three rows, user `v` with one of each. */
async function small(t: Test): Promise<string> {
  const dir = `${t.testdir()}/store`;
  const store = await initStore(dir, { hubId: 'hub-1', env });
  const [u, v] = [await store.user('u'), await store.user('v')];
  await u.commit({ updates: [bytes(1), bytes(2), bytes(3), bytes(4)], put: ['a', 'b', 'c'].map((key) => put('native', key, key)) });
  await u.log.compact(entry(1, 1));
  await v.commit({ updates: [bytes(1)], put: [put('native', 'a', 'a')] });
  await store.close();
  return dir;
}

async function withUser<T>(dir: string, work: (user: Awaited<ReturnType<Store['user']>>) => Promise<T>): Promise<T> {
  const store = await openStore(dir, { env });
  try {
    return await work(await store.user('u'));
  } finally {
    await store.close();
  }
}

async function flipRow(dir: string, key: Uint8Array, bit: number): Promise<void> {
  await behindItsBack(dir, async (level) => level.put(key, flipBit(await level.get(key), bit)));
}

t.test('one flipped bit of a value, any bit, is refused by every way of reading it', async (t) => {
  const dir = await small(t);
  const key = spaceKey('u', 'native', 'b');
  const length = await behindItsBack(dir, async (level) => (await level.get(key)).length * 8);
  for (let bit = 0; bit < length; bit++) {
    await flipRow(dir, key, bit);
    await withUser(dir, async (user) => {
      await refused(t, user.get('native', 'b'), 'store-damaged');
      await refused(t, user.getMany('native', ['a', 'b']), 'store-damaged');
      await refused(t, all(user.entries('native')), 'store-damaged');
      await refused(t, user.commit({ updates: [bytes(9)], put: [put('native', 'b', 'new')] }), 'store-damaged');
      t.same([await user.get('native', 'a'), user.latest()], ['a', 4], 'the rest is served, nothing was written');
    });
    await flipRow(dir, key, bit);
  }
  t.equal(await withUser(dir, (user) => user.get('native', 'b')), 'b');
});

t.test('an update or a snapshot that is damaged, missing or too many is not passed over', async (t) => {
  const log = (number: number): Uint8Array => logKey('u', number);
  const rows: readonly [title: string, change: (level: LevelDb) => Promise<void>, refusedBy: 'opening the user' | 'reading the log'][] = [
    ['an update flipped', async (level) => level.put(log(3), flipBit(await level.get(log(3)), 41)), 'reading the log'],
    ['first update gone', (level) => level.del(log(2)), 'opening the user'],
    ['middle update gone', (level) => level.del(log(3)), 'opening the user'],
    ['last update gone', (level) => level.del(log(4)), 'opening the user'],
    ['an update under another number', async (level) => level.put(log(5), await level.get(log(4))), 'opening the user'],
    ['a compacted update is back', async (level) => level.put(log(1), await level.get(log(2))), 'opening the user'],
    ['two updates changed places', async (level) => {
      const [two, three] = await level.getMany([log(2), log(3)]);
      if (two === undefined || three === undefined) throw new Error('the rows are not where the test expects them');
      await level.batch([{ type: 'put', key: log(2), value: three }, { type: 'put', key: log(3), value: two }]);
    }, 'reading the log'],
    ['snapshot gone', (level) => level.del(snapshotKey('u')), 'opening the user'],
    ['snapshot flipped', async (level) => level.put(snapshotKey('u'), flipBit(await level.get(snapshotKey('u')), 60)), 'opening the user'],
  ];
  for (const [title, change, refusedBy] of rows) {
    await t.test(title, async (t) => {
      const dir = await small(t);
      await behindItsBack(dir, change);
      const store = await openStore(dir, { env });
      t.teardown(() => store.close());
      if (refusedBy === 'opening the user') {
        await refused(t, store.user('u'), 'store-damaged');
        await refused(t, store.user('u'), 'store-damaged');
      } else {
        await refused(t, all((await store.user('u')).log.read()), 'store-damaged');
      }
      const neighbour = await store.user('v');
      t.equal(await neighbour.commit({ updates: [bytes(2)] }), 2, 'one damaged user does not stop another');
      const report = await verifyStore(store);
      t.same(report.damaged.map(({ userId, error }) => [userId, error.code]), [['u', 'store-damaged']]);
    });
  }
});

t.test('a row that vanished, came back, or took the place of another shows when the space is read', async (t) => {
  const row = (key: string): Uint8Array => spaceKey('u', 'native', key);
  const rows: readonly [title: string, change: (level: LevelDb) => Promise<void>][] = [
    ['gone', (level) => level.del(row('b'))],
    ['under another key', async (level) => level.put(row('d'), await level.get(row('b')))],
    ['of another user', async (level) => level.put(row('a'), await level.get(spaceKey('v', 'native', 'a')))],
  ];
  for (const [title, change] of rows) {
    await t.test(title, async (t) => {
      const dir = await small(t);
      await behindItsBack(dir, change);
      await withUser(dir, (user) => refused(t, all(user.entries('native')), 'store-damaged'));
    });
  }
  await t.test('an older value in place of the newer one', async (t) => {
    const dir = await small(t);
    const older = await behindItsBack(dir, (level) => level.get(row('b')));
    await withUser(dir, (user) => user.commit({ put: [put('native', 'b', 'newer')] }));
    await behindItsBack(dir, (level) => level.put(row('b'), older));
    await withUser(dir, (user) => refused(t, all(user.entries('native')), 'store-damaged'));
  });
});

t.test('damaged heads stop the opening', async (t) => {
  const rows: readonly [title: string, change: (dir: string) => Promise<void>][] = [
    ['HEAD gone', (dir) => rm(join(dir, 'HEAD'))],
    ['HEAD emptied', (dir) => writeFile(join(dir, 'HEAD'), '')],
    ['both slots of HEAD torn', (dir) => writeFile(join(dir, 'HEAD'), Buffer.alloc(1024, '0'))],
    ['HEAD of another store', async (dir) => {
      const other = await initStore(`${dir}-other`, { hubId: 'hub-2', env });
      await other.close();
      await rename(join(`${dir}-other`, 'HEAD'), join(dir, 'HEAD'));
    }],
    ['store head gone', (dir) => behindItsBack(dir, (level) => level.del(storeHeadKey))],
    ['store head flipped', (dir) => flipRow(dir, storeHeadKey, 99)],
    ['user head gone', (dir) => behindItsBack(dir, (level) => level.del(userHeadKey('v')))],
    ['user head flipped', (dir) => flipRow(dir, userHeadKey('v'), 99)],
    ['a write of late left no row', (dir) => behindItsBack(dir, (level) => level.del(stepKey(3)))],
    ['the newest write left no row', (dir) => behindItsBack(dir, (level) => level.del(stepKey(6)))],
    ['CURRENT gone', (dir) => rm(join(dir, 'level', 'CURRENT'))],
    ['CURRENT emptied', (dir) => writeFile(join(dir, 'level', 'CURRENT'), '')],
    ['MANIFEST gone', async (dir) => { for (const path of await levelFiles(dir, 'MANIFEST')) await rm(path); }],
    ['LevelDB emptied', async (dir) => { await rm(join(dir, 'level'), { recursive: true }); await mkdir(join(dir, 'level')); }],
    ['FORMAT gone', (dir) => rm(join(dir, 'FORMAT'))],
    ['FORMAT torn', (dir) => writeFile(join(dir, 'FORMAT'), '{"format":1,"hub')],
    ['FORMAT of a hub it was not made for', (dir) => writeFile(join(dir, 'FORMAT'), '{"format":1,"hubId":"hub-9","checksum":"00000000"}')],
  ];
  for (const [title, change] of rows) {
    await t.test(title, async (t) => {
      const dir = await small(t);
      await change(dir);
      await refused(t, openStore(dir, { env }), 'store-damaged');
      await refused(t, openStore(dir, { env }), 'store-damaged');
    });
  }
});

t.test('what LevelDB throws away while opening is kept until the opening has succeeded', async (t) => {
  const dir = `${t.testdir()}/store`;
  const content = await makeStore(dir, 60);
  await readStore(dir); // Moves the rows from the log into a table, and the manifest tells of it.
  await cp(join(dir, 'level'), `${dir}-sound`, { recursive: true });
  const [manifest = ''] = await levelFiles(dir, 'MANIFEST');
  await truncate(manifest, 1);
  const message = await refused(t, openStore(dir, { env }), 'store-damaged');
  t.match(message, 'level.before-open');
  await refused(t, openStore(dir, { env }), 'store-damaged');
  const kept = await readdir(join(dir, 'level.before-open'));
  const sound = await readdir(`${dir}-sound`);
  t.same(kept.filter((name) => name.endsWith('.ldb')), sound.filter((name) => name.endsWith('.ldb')), 'every table is still there');

  await rm(join(dir, 'level'), { recursive: true });
  await rename(`${dir}-sound`, join(dir, 'level'));
  t.same(await readStore(dir), content, 'the sound files opened again');
  t.notOk((await readdir(dir)).includes('level.before-open'), 'and nothing is kept then');
});

t.test('bits flipped in the files of LevelDB: either refused or harmless, never silently less', async (t) => {
  const rounds = process.env['SYNCLINE_LONG'] === '1' ? 300 : 40;
  const base = t.testdir();
  const content = await makeStore(`${base}/log`, 240);
  await cp(`${base}/log`, `${base}/table`, { recursive: true });
  await readStore(`${base}/table`);
  for (const [source, kind] of [['log', '.log'], ['table', '.ldb'], ['table', 'MANIFEST']] as const) {
    const outcomes = { refused: 0, harmless: 0, silent: 0 };
    for (let seed = 1; seed <= rounds; seed++) {
      const dir = `${base}/${kind}-${seed}`;
      await cp(`${base}/${source}`, dir, { recursive: true });
      const random = seeded(seed);
      const files = await levelFiles(dir, kind);
      await flipBitIn(files[Math.floor(random() * files.length)] ?? '', random);
      const outcome = await outcomeOf(dir, content);
      outcomes[outcome]++;
      if (outcome === 'silent') t.fail(`seed ${seed} of ${kind} went unseen`);
      await rm(dir, { recursive: true });
    }
    t.equal(outcomes.silent, 0, `${kind}: ${outcomes.refused} refused, ${outcomes.harmless} harmless`);
    t.ok(outcomes.refused > 0, 'and the flips do hit');
    t.comment(`${rounds} flips in ${kind}: ${outcomes.refused} refused, ${outcomes.harmless} harmless, ${outcomes.silent} silent`);
  }
});

async function outcomeOf(dir: string, content: unknown): Promise<'refused' | 'harmless' | 'silent'> {
  try {
    return isDeepStrictEqual(await readStore(dir), content) ? 'harmless' : 'silent';
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'store-damaged' || error.code === 'store-read-failed')) return 'refused';
    throw error;
  }
}
