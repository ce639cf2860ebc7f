import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLevel, type LevelDb } from '../src/level-db.ts';
import { initStore, nodeEnv, openStore, type Store } from '../src/index.ts';
import { all, bytes, put } from './contract.ts';

/** Seeded random numbers in [0, 1). Source: the xorshift of G. Marsaglia, 32 bits. */
export function seeded(seed: number): () => number {
  let state = seed * 2_654_435_769 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Works on LevelDB's rows behind the store's back. */
export async function behindItsBack<T>(dir: string, work: (level: LevelDb) => Promise<T>): Promise<T> {
  const level = await openLevel(join(dir, 'level'), false);
  try {
    return await work(level);
  } finally {
    await level.close();
  }
}

/** Flips one bit of a file, or of a value. */
export function flipBit(data: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(data);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** Flips a bit somewhere in the part of a file that holds data. */
export async function flipBitIn(path: string, random: () => number): Promise<void> {
  const data = await readFile(path);
  await writeFile(path, flipBit(data, Math.floor(random() * data.length * 8)));
}

export async function truncate(path: string, bytesLess: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.truncate((await file.stat()).size - bytesLess);
  await file.close();
}

/** LevelDB's files of one kind, by the end or the beginning of their names. */
export async function levelFiles(dir: string, kind: string): Promise<string[]> {
  const names = await readdir(join(dir, 'level'));
  return names.filter((name) => name.endsWith(kind) || name.startsWith(kind)).map((name) => join(dir, 'level', name));
}

/** A closed store of three users with some hundred rows, and what is in it. */
export async function makeStore(dir: string, writes: number): Promise<unknown> {
  const store = await initStore(dir, { hubId: 'hub-1', env: nodeEnv() });
  for (let index = 0; index < writes; index++) {
    const user = await store.user(`u${index % 3}`);
    await user.commit({
      updates: index % 2 === 0 ? [bytes(index % 256, 1, 2, 3)] : [],
      put: [put('native', `left/contact/${index % 40}`, { index, text: 'x'.repeat(index % 90) }), put('cursor', 'left', index)],
      del: index % 7 === 0 ? [{ space: 'native', key: `left/contact/${(index + 3) % 40}` }] : [],
    });
    if (index === writes >> 1) await user.log.compact({ number: user.latest(), update: bytes(9, 9, 9) });
  }
  const content = await contentOf(store);
  await store.close();
  return content;
}

/** Everything a store says, as one value. */
export async function contentOf(store: Store): Promise<unknown> {
  const content: unknown[] = [];
  for (const id of await store.users()) {
    const user = await store.user(id);
    content.push([id, user.latest(), await user.log.snapshot(), await all(user.log.read()), await all(user.entries('native')), await all(user.entries('cursor'))]);
  }
  return JSON.parse(JSON.stringify(content));
}

/** Opens a store, reads everything, closes it. */
export async function readStore(dir: string): Promise<unknown> {
  const store = await openStore(dir, { env: nodeEnv() });
  try {
    return await contentOf(store);
  } finally {
    await store.close();
  }
}
