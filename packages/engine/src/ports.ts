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
  readonly get: (space: Space, key: string) => Promise<Json | undefined>;
  readonly getMany: (space: Space, keys: readonly string[]) => Promise<readonly (Json | undefined)[]>;
  readonly entries: (space: Space, options?: { readonly prefix?: string; readonly from?: string; readonly limit?: number; readonly reverse?: boolean }) => AsyncIterable<readonly [key: string, value: Json]>;
  readonly log: {
    readonly read: (fromNumber?: number) => AsyncIterable<{ readonly number: number; readonly update: Uint8Array }>;
    readonly snapshot: () => Promise<{ readonly number: number; readonly update: Uint8Array } | undefined>;
    readonly compact: (snapshot: { readonly number: number; readonly update: Uint8Array }) => Promise<void>;
  };
}
