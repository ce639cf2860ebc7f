import type { KnownState, KnownUser } from './draft.ts';
import { StoreError } from './errors.ts';
import { emptyTally, keptSteps, parseStoreHead, parseUserHead, retally, sameTally } from './heads.ts';
import { numberOfKey, stepRange, storeHeadKey, userHeadRange, userIdOfHeadKey } from './keys.ts';
import type { LevelDb } from './level-db.ts';
import { unseal } from './value.ts';

/**
 * Reads the heads of a freshly opened store and proves that no acknowledged write is missing: the newest one is the one
 * the file HEAD names (or a later one), every write of late has left its row, and the heads of all users are there.
 * Throws `store-damaged`. A user's own rows are checked when the user is opened, so that one damaged user stops nobody else.
 */
export async function readState(level: LevelDb, stepInFile: number): Promise<KnownState> {
  const value: Uint8Array | undefined = await level.get(storeHeadKey);
  if (value === undefined) throw new StoreError('store-damaged', 'the head of the store is missing');
  const head = parseStoreHead(unseal(storeHeadKey, value).payload);
  if (head.step < stepInFile) {
    throw new StoreError('store-damaged', `the newest write on disk is ${head.step}, but ${stepInFile} was acknowledged`);
  }
  await checkSteps(level, head.step);

  const users = new Map<string, KnownUser>();
  let tally = emptyTally;
  for await (const [key, bytes] of level.iterator(userHeadRange)) {
    const { payload, checksum } = unseal(key, bytes);
    users.set(userIdOfHeadKey(key), { head: parseUserHead(payload), checksum });
    tally = retally(tally, undefined, checksum);
  }
  if (!sameTally(tally, head.users)) {
    throw new StoreError('store-damaged', `the heads of ${head.users.count} users were written, ${tally.count} others are found`);
  }
  return { head, users };
}

async function checkSteps(level: LevelDb, newest: number): Promise<void> {
  let expected = Math.max(1, newest - keptSteps + 1);
  for await (const [key, value] of level.iterator(stepRange)) {
    unseal(key, value);
    if (numberOfKey(key) !== expected) throw new StoreError('store-damaged', `write ${expected} is missing`);
    expected++;
  }
  if (expected !== newest + 1) throw new StoreError('store-damaged', `write ${expected} is missing`);
}
