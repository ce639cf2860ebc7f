import type { Change } from './draft.ts';
import { asStoreError, StoreError } from './errors.ts';
import { emptyTally, parseUserHead, retally, sameTally, type UserHead } from './heads.ts';
import { logRange, numberOfKey, prefixRange, snapshotKey, spaceKey, textOfSpaceKey, userHeadKey, type KeyRange } from './keys.ts';
import type { LevelDb } from './level-db.ts';
import { addressOf, prepareBatch, prepareSnapshot } from './prepare.ts';
import type { Batch, EntriesOptions, Json, LogEntry, Space, UpdateLog, UserStore } from './types.ts';
import { unseal } from './value.ts';

/** The way of a user's changes to disk. */
export interface UserWriter {
  submit(change: Change): Promise<number>;
  /** The user's head as it is on disk. */
  head(): UserHead;
  /** Of the store. */
  readonly generation: number;
}

type Snapshot = ReturnType<LevelDb['snapshot']>;

/** One user's part of a LevelDB store. Reads see one moment: the head and the rows belong together. */
export class LevelUser implements UserStore {
  readonly log: UpdateLog;
  readonly #id: string;
  readonly #level: LevelDb;
  readonly #writer: UserWriter;

  constructor(id: string, level: LevelDb, writer: UserWriter) {
    this.#id = id;
    this.#level = level;
    this.#writer = writer;
    this.log = {
      append: (updates) => this.commit({ updates }),
      read: (fromNumber) => this.#readLog(fromNumber ?? 1),
      snapshot: () => this.#atOneMoment((moment, head) => this.#readSnapshot(moment, head)),
      compact: async (snapshot) => void (await writer.submit({ type: 'compact', snapshot: prepareSnapshot(snapshot) })),
    };
  }

  async commit(batch: Batch): Promise<number> {
    return this.#writer.submit({ type: 'commit', batch: prepareBatch(batch) });
  }

  latest(): number {
    return this.#writer.head().latest;
  }

  generation(): number {
    return this.#writer.generation;
  }

  async get(space: Space, key: string): Promise<Json | undefined> {
    return (await this.getMany(space, [key]))[0];
  }

  async getMany(space: Space, keys: readonly string[]): Promise<readonly (Json | undefined)[]> {
    for (const key of keys) addressOf(space, key);
    const rowKeys = keys.map((key) => spaceKey(this.#id, space, key));
    try {
      const values: readonly (Uint8Array | undefined)[] = await this.#level.getMany(rowKeys);
      return rowKeys.map((key, index) => jsonOf(key, values[index]));
    } catch (error) {
      throw this.#readError(error);
    }
  }

  async *entries(space: Space, options: EntriesOptions = {}): AsyncGenerator<readonly [string, Json]> {
    const { prefix = '', from, limit = Infinity, reverse = false } = options;
    addressOf(space, from ?? prefix);
    const whole = prefix === '' && from === undefined && limit === Infinity;
    const range = startingAt(prefixRange(this.#id, space, prefix), from === undefined ? undefined : spaceKey(this.#id, space, from), reverse);
    if (limit < 1) return;
    const moment = this.#moment();
    try {
      let tally = emptyTally;
      for await (const [key, value] of this.#level.iterator({ ...range, reverse, limit: limit === Infinity ? -1 : Math.floor(limit), snapshot: moment })) {
        const { payload, checksum } = unseal(key, value);
        tally = retally(tally, undefined, checksum);
        yield [textOfSpaceKey(this.#id, key), JSON.parse(Buffer.from(payload).toString()) as Json];
      }
      if (whole && !sameTally(tally, (await this.#headAt(moment)).spaces[space])) {
        throw new StoreError('store-damaged', `rows of ${space} are missing: ${tally.count} found`);
      }
    } catch (error) {
      throw this.#readError(error);
    } finally {
      await moment.close();
    }
  }

  /** Compares the user's head with what is there: snapshot, and the numbers of the log one by one. Throws `store-damaged`. */
  async verifyOnOpen(): Promise<void> {
    await this.#atOneMoment(async (moment, head) => {
      await this.#readSnapshot(moment, head);
      let expected = head.snapshot + 1;
      // From the very beginning: a row that should have been compacted away is as wrong as a missing one.
      for await (const key of this.#level.keys({ ...logRange(this.#id, 0, Number.MAX_SAFE_INTEGER - 1), snapshot: moment })) {
        checkNumber(numberOfKey(key), expected++);
      }
      checkEnd(expected - 1, head);
    });
  }

  async *#readLog(fromNumber: number): AsyncGenerator<LogEntry> {
    const moment = this.#moment();
    try {
      const head = await this.#headAt(moment);
      let expected = Math.max(head.snapshot + 1, Math.ceil(fromNumber));
      if (expected > head.latest) return;
      for await (const [key, value] of this.#level.iterator({ ...logRange(this.#id, expected, head.latest), snapshot: moment })) {
        const number = numberOfKey(key);
        checkNumber(number, expected++);
        yield { number, update: unseal(key, value).payload };
      }
      checkEnd(expected - 1, head);
    } catch (error) {
      throw this.#readError(error);
    } finally {
      await moment.close();
    }
  }

  async #readSnapshot(moment: Snapshot, head: UserHead): Promise<LogEntry | undefined> {
    const key = snapshotKey(this.#id);
    const value: Uint8Array | undefined = await this.#level.get(key, { snapshot: moment });
    if (value === undefined && head.snapshot === 0) return undefined;
    if (value === undefined) throw new StoreError('store-damaged', `the snapshot up to ${head.snapshot} is missing`);
    const { payload } = unseal(key, value);
    const number = numberOfKey(payload.subarray(0, 8));
    if (number !== head.snapshot) throw new StoreError('store-damaged', `the snapshot goes up to ${number} instead of ${head.snapshot}`);
    return { number, update: payload.subarray(8) };
  }

  async #atOneMoment<T>(read: (moment: Snapshot, head: UserHead) => Promise<T>): Promise<T> {
    let moment: Snapshot | undefined;
    try {
      moment = this.#moment();
      return await read(moment, await this.#headAt(moment));
    } catch (error) {
      throw this.#readError(error);
    } finally {
      await moment?.close();
    }
  }

  #moment(): Snapshot {
    try {
      return this.#level.snapshot();
    } catch (error) {
      throw this.#readError(error);
    }
  }

  async #headAt(moment: Snapshot): Promise<UserHead> {
    const key = userHeadKey(this.#id);
    const value: Uint8Array | undefined = await this.#level.get(key, { snapshot: moment });
    if (value === undefined) throw new StoreError('store-damaged', 'the head of the user is missing');
    return parseUserHead(unseal(key, value).payload);
  }

  #readError(error: unknown): StoreError {
    const known = asStoreError(error, 'store-read-failed', 'reading failed');
    return new StoreError(known.code, `user ${JSON.stringify(this.#id)}: ${known.message}`, { cause: known });
  }
}

function jsonOf(key: Uint8Array, value: Uint8Array | undefined): Json | undefined {
  return value === undefined ? undefined : (JSON.parse(Buffer.from(unseal(key, value).payload).toString()) as Json);
}

function startingAt(range: KeyRange, from: Uint8Array | undefined, reverse: boolean): { gte: Uint8Array; lt?: Uint8Array; lte?: Uint8Array } {
  if (from === undefined) return { ...range };
  if (!reverse) return { gte: Buffer.compare(from, range.gte) > 0 ? from : range.gte, lt: range.lt };
  return Buffer.compare(from, range.lt) < 0 ? { gte: range.gte, lte: from } : { ...range };
}

function checkNumber(found: number, expected: number): void {
  if (found !== expected) throw new StoreError('store-damaged', `update ${expected} is missing from the log: ${found} comes in its place`);
}

function checkEnd(last: number, head: UserHead): void {
  if (last !== head.latest) throw new StoreError('store-damaged', `the log ends at ${last}, its head says ${head.latest}`);
}
