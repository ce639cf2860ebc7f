import type { Json } from '@syncline/core';

/** What the engine needs from outside. Everything that varies comes through here, so that a seed replays a run. */
export interface Env {
  /** UTC ms. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Where a user's things are kept, apart from the document's log. */
export type Space = 'native' | 'cursor' | 'intent' | 'history' | 'state';

/** One durable step: all of it is on disk when the promise resolves, or none of it. */
export interface Batch {
  readonly updates?: readonly Uint8Array[];
  readonly put?: readonly { readonly space: Space; readonly key: string; readonly value: Json }[];
  readonly del?: readonly { readonly space: Space; readonly key: string }[];
}

/** A user's part of the hub's store, as far as the engine uses it. */
export interface UserStore {
  /** Returns the number of the last update in the user's log after this batch. Batches take effect in the order of the calls. */
  readonly commit: (batch: Batch) => Promise<number>;
  /** Number of the newest update; 0 for none. */
  readonly latest: () => number;
  /** Which life of the store this is; more than the one known means that it was opened as a copy (D9). 1 when absent. */
  readonly generation?: () => number;
  /** One row's value; `undefined` where there is none. */
  readonly get: (space: Space, key: string) => Promise<Json | undefined>;
  /** Values in the order of `keys`; `undefined` where there is no row. */
  readonly getMany: (space: Space, keys: readonly string[]) => Promise<readonly (Json | undefined)[]>;
  /** Rows in the order of their keys (UTF-16 code units); `from` is inclusive, with `reverse` the highest key to begin at. */
  readonly entries: (space: Space, options?: { readonly prefix?: string; readonly from?: string; readonly limit?: number; readonly reverse?: boolean }) => AsyncIterable<readonly [key: string, value: Json]>;
  readonly log: {
    /** Updates from this number on (default: the first one kept), without gaps; those the snapshot holds are not among them. */
    readonly read: (fromNumber?: number) => AsyncIterable<{ readonly number: number; readonly update: Uint8Array }>;
    /** The document up to and including update `number`, as one update; `undefined` before the first compaction. */
    readonly snapshot: () => Promise<{ readonly number: number; readonly update: Uint8Array } | undefined>;
    /** Takes the place of every update up to and including `number`, in one step. */
    readonly compact: (snapshot: { readonly number: number; readonly update: Uint8Array }) => Promise<void>;
  };
}
