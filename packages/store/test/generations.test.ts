import { cp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { initStore, MemoryDisk, memoryStore, nodeEnv, openStore, type OpenOptions, type Store, type StoreEnv } from '../src/index.ts';
import { bytes, put, refused } from './contract.ts';

const env = nodeEnv();

/** A store with two updates, closed. */
async function made(dir: string): Promise<string> {
  const store = await initStore(dir, { hubId: 'hub-1', env });
  await (await store.user('u')).commit({ updates: [bytes(1), bytes(2)], put: [put('state', 'k', 'of the backup')] });
  t.strictSame([store.generation, store.isCopy], [1, false], 'a new store is in its first generation');
  await store.close();
  return dir;
}

async function opened<T>(dir: string, look: (store: Store) => T | Promise<T>, options: Partial<OpenOptions> = {}): Promise<T> {
  const store = await openStore(dir, { env, ...options });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

const generationOf = ({ generation, isCopy }: Store): readonly [number, boolean] => [generation, isCopy];

t.test('D9 a copied folder opens in the next generation, once, and its numbers go on', async (t) => {
  const base = t.testdir();
  const first = await made(join(base, 'first'));
  await cp(first, join(base, 'backup'), { recursive: true, preserveTimestamps: true });
  await opened(first, async (store) => {
    t.strictSame(generationOf(store), [1, false], 'the one that was copied is what it was');
    await (await store.user('u')).commit({ updates: [bytes(3)], put: [put('state', 'k', 'of today')] });
  });
  await opened(join(base, 'backup'), async (store) => {
    t.strictSame(generationOf(store), [2, true]);
    const user = await store.user('u');
    t.strictSame([user.generation(), user.latest(), await user.get('state', 'k')], [2, 2, 'of the backup']);
    t.equal(await user.commit({ updates: [bytes(4)] }), 3, 'numbers never begin anew');
  });
  t.strictSame(await opened(join(base, 'backup'), generationOf), [2, false], 'opened again it is no copy any more');
  t.strictSame(await opened(first, generationOf), [1, false]);
});

t.test('D9 two restores in a row are two generations', async (t) => {
  const base = t.testdir();
  const first = await made(join(base, 'first'));
  await cp(first, join(base, 'second'), { recursive: true });
  t.strictSame(await opened(join(base, 'second'), generationOf), [2, true]);
  await cp(join(base, 'second'), join(base, 'third'), { recursive: true });
  t.strictSame(await opened(join(base, 'third'), generationOf), [3, true]);
  await cp(first, join(base, 'fourth'), { recursive: true });
  await cp(join(base, 'fourth'), join(base, 'fifth'), { recursive: true });
  t.strictSame(await opened(join(base, 'fifth'), generationOf), [2, true], 'a copy of a copy that was never opened is one restore');
});

t.test('D9 an older folder that is put in the place of the newer one is noticed, a renamed or touched one is the same', async (t) => {
  const base = t.testdir();
  const dir = await made(join(base, 'store'));
  await cp(dir, join(base, 'backup'), { recursive: true });
  await rename(dir, join(base, 'elsewhere'));
  await rename(join(base, 'elsewhere'), dir);
  await utimes(join(dir, 'HEAD'), 1, 1);
  t.strictSame(await opened(dir, generationOf), [1, false]);
  await rm(dir, { recursive: true });
  await cp(join(base, 'backup'), dir, { recursive: true });
  t.strictSame(await opened(dir, generationOf), [2, true]);
});

t.test('D9 a person says that it is a copy, where nothing shows it', async (t) => {
  const dir = await made(join(t.testdir(), 'store'));
  t.strictSame(await opened(dir, generationOf, { isRestored: true }), [2, true]);
  t.strictSame(await opened(dir, generationOf), [2, false]);
});

t.test('D9 a system that tells no places never takes a folder for a copy, nor does the next one', async (t) => {
  const base = t.testdir();
  const { placeOf: _placeOf, ...blind }: StoreEnv = env;
  const dir = await made(join(base, 'store'));
  await cp(dir, join(base, 'copy'), { recursive: true });
  t.strictSame(await opened(join(base, 'copy'), generationOf, { env: blind }), [1, false]);
  const unsure: StoreEnv = { ...env, placeOf: () => Promise.resolve(undefined) };
  t.strictSame(await opened(dir, generationOf, { env: unsure }), [1, false]);
  t.strictSame(await opened(dir, generationOf), [1, false]);
  const failing: StoreEnv = { ...env, placeOf: () => Promise.reject(new Error('no answer')) };
  await refused(t, openStore(dir, { env: failing }), 'store-read-failed');
});

t.test('D9 a store from before there were generations is in the first; a damaged note is no guess', async (t) => {
  const base = t.testdir();
  const dir = await made(join(base, 'store'));
  await rm(join(dir, 'GENERATION'));
  t.strictSame(await opened(dir, generationOf), [1, false]);
  await cp(dir, join(base, 'copy'), { recursive: true });
  t.strictSame(await opened(join(base, 'copy'), generationOf), [2, true], 'from then on copies are noticed');
  const text = await readFile(join(dir, 'GENERATION'), 'utf8');
  for (const broken of [text.replace('"generation":1', '"generation":7'), 'no JSON', '7']) {
    await writeFile(join(dir, 'GENERATION'), broken);
    await refused(t, openStore(dir, { env }), 'store-damaged');
  }
});

t.test('D9 in memory a copy of a disk is a backup: later writes do not reach it, and it opens in the next generation', async (t) => {
  const disk = new MemoryDisk();
  const user = await memoryStore({ disk }).user('u');
  await user.commit({ updates: [bytes(1)], put: [put('state', 'k', 1)] });
  const backup = disk.copy();
  await user.commit({ updates: [bytes(2)], put: [put('state', 'k', 2)] });
  const store = memoryStore({ disk: backup });
  const restored = await store.user('u');
  t.strictSame([store.generation, store.isCopy, restored.generation(), restored.latest(), await restored.get('state', 'k')], [2, true, 2, 1, 1]);
  t.equal(await restored.commit({ updates: [bytes(3)] }), 2);
  t.strictSame([await user.get('state', 'k'), user.latest()], [2, 2]);
  t.strictSame([memoryStore({ disk: backup }).isCopy, memoryStore({ disk: backup.copy() }).generation], [false, 3]);
});
