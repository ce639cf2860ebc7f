import type { EntityLens, Json, Kind } from '@syncline/core';
import type { Failure } from './failure.ts';
import type { Mark, Present, Seen } from './record.ts';

/** One page of a pull. The hub stores what it saw and the cursor in one step, then asks for the next page. */
export interface Page<N> {
  readonly seen: readonly Seen<N>[];
  /** Opaque. Handing it back yields everything after this page; absent when reading cannot go on from here. */
  readonly cursor?: string;
  /**
   * Only on the last page, and only when the connector compared: the ids of every live record it could see.
   * Absence from it is a reason to ask for the record by id, never a deletion (rule D1).
   */
  readonly alive?: readonly string[];
  /** What the pull has done so far and, if known, will do in all; for progress. */
  readonly progress?: { readonly done: number; readonly total?: number };
}

/** What to read. */
export interface PullRequest {
  /** Where the last pull ended; `null` reads everything. */
  readonly cursor: string | null;
  /** The version of a record as the hub holds it, so that what has not changed (our own write above all) need not be read again. */
  readonly known: (id: string) => string | undefined;
  /** How many records the hub knows to be there on this side. */
  readonly knownCount: number;
}

/** One write. `key` names the intent: the same over retries and restarts, never used for another body. */
export type Write<N> =
  | { readonly op: 'create'; readonly key: string; readonly record: N; readonly mark?: Mark }
  | { readonly op: 'update'; readonly key: string; readonly id: string; readonly ifVersion: string; /** as wanted */ readonly record: N; /** as last acknowledged; only what differs is sent (G5) */ readonly base: N; /** to set in the same request; absent leaves it */ readonly mark?: Mark }
  | { readonly op: 'delete'; readonly key: string; readonly id: string; readonly ifVersion: string };

/** The answer about one record. */
export type Written<N> =
  /** Done; the record as the service now holds it. A deleted record comes as `absent`. */
  | { readonly status: 'stored'; readonly seen: Seen<N> }
  /** Changed since it was read: decide again (rule R6). Nothing was written. */
  | { readonly status: 'conflict'; readonly seen?: Seen<N> }
  /** There is no such record any more, or this account may not see it. */
  | { readonly status: 'gone'; readonly seen: Seen<N> }
  /** The service refuses this content: a person has to look. Field names are the canonical ones. */
  | { readonly status: 'rejected'; readonly message: string; readonly fields?: { readonly [field: string]: string } }
  /** Part of it was stored, some fields were refused for a reason that lasts (M35). */
  | { readonly status: 'partial'; readonly seen: Present<N>; readonly fields: { readonly [field: string]: string } }
  /** The attempt failed for this record. After a `throttle`, `auth` or `config` the caller sends nothing more. */
  | { readonly status: 'failed'; readonly failure: Failure };

/** What a connector promises about one kind. */
export interface Caps {
  /** Does `ifVersion` protect against a lost update, or does the connector read before it writes? */
  readonly precondition: 'version' | 'read-before-write';
  /** What makes a repeated create safe: the service drops our repeated key, or `find` looks the outcome up first. */
  readonly createOnce: 'request-key' | 'find';
  /** Can carry a mark. */
  readonly marks: boolean;
  /** Answers "does not exist" for what is merely hidden: its deletions wait for a person (rule D1). */
  readonly hiddenLooksDeleted: boolean;
  /**
   * What a record that is made again from the hub's copy lacks, for people: `its photo and its categories` (rule D6). The copy is the native record,
   * so a create takes one whose `record` was read before; absent when nothing is missing.
   */
  readonly restoredWithout?: string;
  /** How many writes go into one call of `push`. */
  readonly writesPerPush: number;
  /** How many calls of `push` may run at once. */
  readonly concurrency: number;
}

/** One kind of record of one service, for one signed-in account. */
export interface Entity<S, K extends Kind, N> {
  readonly caps: Caps;
  /** The mapping; may use what the session learned (time zone, dictionaries). */
  readonly lens: (session: S) => EntityLens<K, N>;
  /** The native skeleton a create starts from. */
  readonly blank: (session: S) => N;
  /** What changed since the cursor, in pages. An attempt that fails throws; no page is then lost. */
  readonly pull: (session: S, request: PullRequest) => AsyncIterable<Page<N>>;
  /** One record by id: the direct read that rule D1 asks for. */
  readonly get: (session: S, id: string) => Promise<Seen<N>>;
  /** Carries out the writes; answers in the same order. Throws only when nothing at all was sent. */
  readonly push: (session: S, writes: readonly Write<N>[]) => Promise<readonly Written<N>[]>;
  /**
   * Records that could be the outcome of this create, whose answer was lost: by mark, by key or by content, made after `since` (UTC ms, the hub's clock).
   * The hub leaves out those it has linked already.
   */
  readonly find: (session: S, create: Extract<Write<N>, { op: 'create' }>, since: number) => Promise<readonly Present<N>[]>;
}

/** Reads configuration from unknown input, as the Standard Schema specification says (zod, valibot and arktype implement it). */
export interface ConfigSchema<C> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    /** Does not throw: what is wrong comes as `issues`, in words for the person who wrote the configuration. */
    readonly validate: (value: unknown) => ConfigResult<C> | Promise<ConfigResult<C>>;
    readonly types?: { readonly input: unknown; readonly output: C } | undefined;
  };
}

/** What reading configuration came to. */
export type ConfigResult<C> =
  | { readonly value: C; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined }[] };

/** A place for a few secrets that change by themselves, such as a refresh token that each renewal replaces. They outlive restarts, and are sealed on disk. */
export interface Secrets {
  /** `undefined` for what was never kept. Throws when what was kept cannot be read. */
  readonly kept: (name: string) => Promise<string | undefined>;
  /** Durable when it resolves. Throws when it could not be kept; then the one before is still there. */
  readonly keep: (name: string, secret: string) => Promise<void>;
}

/** What a connector gets from outside. */
export interface Context {
  /** The only way out. Answers, or throws when there is no answer. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** UTC ms. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** The user's time zone, IANA name (rule S18). */
  readonly zone: string;
  /** The user's language, BCP 47; for names of countries. */
  readonly language: string;
  /** The event window around now (rule S19). */
  readonly window: { readonly pastDays: number; readonly futureDays: number };
  /** Of this user and side alone; absent where nothing can be kept, and what changes lasts as long as the session. */
  readonly secrets?: Secrets;
  /** One line for the log; no secrets (rule S15). */
  readonly log: (message: string) => void;
  /** A record that is there and cannot be understood: which field, and why, in one line for the report (rule G7). Absent: it is for the log. */
  readonly leftOut?: (message: string) => void;
}

/** What a person has to do at the service to sign in. */
export interface SignInStep {
  /** Where to go, in any browser. */
  readonly url: string;
  /** What to type there; absent when the service sends the person back to the hub instead. */
  readonly code?: string;
  /** How long to wait before looking whether it is done, and between two looks; absent when the service sends the person back. */
  readonly waitMs?: number;
  /** The `state` the service sends the person back with; absent when it does not. */
  readonly state?: string;
  /** UTC ms from which on it has to begin anew. */
  readonly expiresAt: number;
  /** For `look` alone: opaque and secret. */
  readonly token: string;
}

/** How a person signs in with the hub's help. What is granted goes into {@link Context.secrets}, where `connect` finds it. */
export interface PersonSignIn<C> {
  /**
   * What the person has to do; `undefined` where the configuration signs in without one. `back` is the hub's address for those the service sends back,
   * absent where no hub listens; `random` makes 256 bits of unguessable text. Throws a {@link Failure} of kind `auth`, `config` or `unavailable`.
   */
  readonly begin: (config: C, context: Context, how: { readonly back?: string; readonly random: () => string }) => Promise<SignInStep | undefined>;
  /**
   * Looks whether the person is done: `undefined` once what was granted is kept, else the step as it goes on, perhaps with a longer wait. `answer` is the
   * query the person came back with. Throws a {@link Failure} of kind `auth` when it was refused or is too late, and of other kinds when looking failed.
   */
  readonly look: (config: C, context: Context, step: SignInStep, answer?: URLSearchParams) => Promise<SignInStep | undefined>;
}

/** Who is signed in. */
export interface Account {
  /** For people: user and instance. */
  readonly name: string;
  /** Fingerprint of instance and organisation: part of every mark this side's ids appear in. */
  readonly origin: string;
  /** What does not work, and what to change. */
  readonly warnings: readonly string[];
  /** What else is known of it, for people, as far as it can be told: `organisation` ACME, `version` 6.0. */
  readonly facts?: { readonly [what: string]: string };
  /** The time zone of the person or the instance, IANA name; absent where it is not told (rule S18). */
  readonly zone?: string;
}

/** A connector is a value. `C` is its configuration, `S` its session, `N` the native record of each kind. */
export interface Connector<C, S, N extends { readonly [K in Kind]: unknown }> {
  /** The contract generation it was written against. */
  readonly contract: 1;
  readonly name: string;
  readonly title: string;
  readonly config: ConfigSchema<C>;
  /** Signs in and reads what the lenses need. Throws a {@link Failure} of kind `auth`, `config` or `unavailable` with a sentence that names what to change. */
  readonly connect: (config: C, context: Context) => Promise<S>;
  /** Tries what syncing needs. What this account may not do comes as a warning; an attempt that fails throws a {@link Failure}. */
  readonly check: (session: S) => Promise<Account>;
  /** For services a person signs in to; absent where the configuration holds all that is needed. */
  readonly signIn?: PersonSignIn<C>;
  readonly entities: { readonly [K in Kind]: Entity<S, K, N[K]> };
}

/** Lets the compiler infer a connector's types. */
export function defineConnector<C, S, N extends { readonly [K in Kind]: Json }>(connector: Connector<C, S, N>): Connector<C, S, N> {
  return connector;
}
