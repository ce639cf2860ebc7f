import { StoreError } from './errors.ts';
import { spaces } from './keys.ts';
import type { Space } from './types.ts';

/**
 * How many rows there are and the sum of their checksums, modulo 2^32. Rows of a space are tallied in the user's head,
 * heads of users in the store's head: a row that vanished, or fell back to an older value, shows as a difference.
 */
export interface Tally {
  readonly count: number;
  readonly sum: number;
}

/** What is known of one user without reading the log. */
export interface UserHead {
  /** Number of the newest update, 0 for none. */
  readonly latest: number;
  /** Number up to which the snapshot goes, 0 for none. */
  readonly snapshot: number;
  readonly spaces: Readonly<Record<Space, Tally>>;
}

/** What is known of the whole store. */
export interface StoreHead {
  /** Number of the newest write. */
  readonly step: number;
  readonly users: Tally;
}

/**
 * Steps that keep a row of their own. LevelDB skips damaged parts of its write-ahead log without an error, so a write in
 * the middle can vanish. The log holds two write buffers of 4 MiB at most, a write is never below 300 bytes: 28,000 writes.
 */
export const keptSteps = 32_768;

export const emptyTally: Tally = { count: 0, sum: 0 };

export const emptyUserHead: UserHead = {
  latest: 0,
  snapshot: 0,
  spaces: { native: emptyTally, cursor: emptyTally, intent: emptyTally, history: emptyTally, state: emptyTally },
};

/** The tally after a row went from one checksum to another; `undefined` stands for no row. */
export function retally(tally: Tally, before: number | undefined, after: number | undefined): Tally {
  const count = tally.count - (before === undefined ? 0 : 1) + (after === undefined ? 0 : 1);
  return { count, sum: (tally.sum - (before ?? 0) + (after ?? 0)) >>> 0 };
}

export function sameTally(a: Tally, b: Tally): boolean {
  return a.count === b.count && a.sum === b.sum;
}

export function encodeHead(head: UserHead | StoreHead): Uint8Array {
  return Buffer.from(JSON.stringify(head));
}

/** Throws `store-damaged` where the fields are not those of a user's head. */
export function parseUserHead(payload: Uint8Array): UserHead {
  const fields = parseObject(payload);
  const tallies = objectOf(fields['spaces']);
  const tallyOf = (space: Space): [Space, Tally] => [space, tallyFrom(tallies[space])];
  return {
    latest: countFrom(fields['latest']),
    snapshot: countFrom(fields['snapshot']),
    spaces: { ...emptyUserHead.spaces, ...Object.fromEntries(spaces.map(tallyOf)) },
  };
}

/** Throws `store-damaged` where the fields are not those of a store's head. */
export function parseStoreHead(payload: Uint8Array): StoreHead {
  const fields = parseObject(payload);
  return { step: countFrom(fields['step']), users: tallyFrom(fields['users']) };
}

function parseObject(payload: Uint8Array): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(Buffer.from(payload).toString()));
  } catch (error) {
    throw new StoreError('store-damaged', 'a head is not readable', { cause: error });
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new StoreError('store-damaged', 'a head lacks a part');
  return value as Record<string, unknown>;
}

function tallyFrom(value: unknown): Tally {
  const fields = objectOf(value);
  return { count: countFrom(fields['count']), sum: countFrom(fields['sum']) };
}

function countFrom(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new StoreError('store-damaged', 'a head holds something that is no number');
  }
  return value;
}
