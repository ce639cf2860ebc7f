/** Plain data. Same shape as in `@syncline/core`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a row of a user is about: `native` the last native record per side, kind and id; `cursor` where reading goes on;
 * `intent` a write that was begun; `history` what was done; `state` small facts of the user (settings, generation, ...).
 */
export type Space = 'native' | 'cursor' | 'intent' | 'history' | 'state';

/** One atomic, durable step of one user: all of it is on disk, or none of it. A key in both `del` and `put` ends up put. */
export interface Batch {
  /** Yjs updates (V1), appended to the user's log in this order; each gets the next number. */
  readonly updates?: readonly Uint8Array[];
  /** Rows to set. Of two with the same key the later one counts. */
  readonly put?: readonly { readonly space: Space; readonly key: string; readonly value: Json }[];
  /** Rows to remove; one that is not there is no error. */
  readonly del?: readonly { readonly space: Space; readonly key: string }[];
}

/** Yjs bytes (V1) and their place in the user's log, counted from 1. */
export interface LogEntry {
  readonly number: number;
  readonly update: Uint8Array;
}

/** Which rows of a space to read. */
export interface EntriesOptions {
  /** Only keys that start with this. */
  readonly prefix?: string;
  /** Where to begin, inclusive: the lowest key of a forward read, the highest of a reverse one. */
  readonly from?: string;
  /** At most this many rows. */
  readonly limit?: number;
  /** Highest key first. */
  readonly reverse?: boolean;
}

/** One user's part of the store. Every method rejects with `StoreError` and nothing else. */
export interface UserStore {
  /**
   * Writes one step; durable when it resolves. Steps of one user take effect in the order of the calls. The batch is
   * copied before the call returns. Resolves to the number of the last update in the log after it (0: empty log).
   *
   * After `store-bad-batch`, `store-damaged` and `store-closed` nothing was written. After `store-write-failed` the
   * step was not acknowledged, but may turn out to be on disk, whole, when the store is opened again.
   */
  commit(batch: Batch): Promise<number>;
  /** Number of the newest durable update, 0 for an empty log; survives compaction. */
  latest(): number;
  /** One row's value; `undefined` where there is none. */
  get(space: Space, key: string): Promise<Json | undefined>;
  /** Values in the order of `keys`; `undefined` where there is no row. */
  getMany(space: Space, keys: readonly string[]): Promise<readonly (Json | undefined)[]>;
  /**
   * Rows in the order of their keys (by UTF-16 code units, as `<` compares strings), as of the first `next()`.
   * A read of the whole space throws `store-damaged` at its end if rows are missing from disk.
   */
  entries(space: Space, options?: EntriesOptions): AsyncIterable<readonly [key: string, value: Json]>;
  /** The {@link Store.generation}. */
  generation(): number;
  /** The user's document, as updates. */
  readonly log: UpdateLog;
}

/** The one way to a user's updates; PostgreSQL is to be its next implementation. */
export interface UpdateLog {
  /** The same as `commit({ updates })`. */
  append(updates: readonly Uint8Array[]): Promise<number>;
  /**
   * Entries with a number of at least `fromNumber` (default 1) that are not yet part of the snapshot, as of the first
   * `next()`. Numbers are checked to be gap-free up to the newest: throws `store-damaged` instead of leaving one out.
   */
  read(fromNumber?: number): AsyncIterable<LogEntry>;
  /** Newest snapshot, if any: the document up to and including `number`. */
  snapshot(): Promise<LogEntry | undefined>;
  /**
   * Replaces everything up to `number` by these bytes, atomically; `read()` then starts at `number + 1`.
   * Rejects with `store-bad-batch` unless `number` is in the log and not older than the present snapshot.
   */
  compact(snapshot: LogEntry): Promise<void>;
}

/** Everything a hub keeps on disk for its users. */
export interface Store {
  /** Which hub this store belongs to; given at its creation. */
  readonly hubId: string;
  /** 1, and one more each time a copy was opened: what was known of the world may be from yesterday. The numbers of the log go on. */
  readonly generation: number;
  /** This opening began the generation. */
  readonly isCopy: boolean;
  /** Opens or creates the user's part; the same object while the store is open. `store-damaged` concerns this user only. */
  user(userId: string): Promise<UserStore>;
  /** Ids of all users ever opened here, sorted. */
  users(): Promise<readonly string[]>;
  /** Finishes the steps already handed over, then lets go of the folder. May be called twice. */
  close(): Promise<void>;
}
