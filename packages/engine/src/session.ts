import type { Json, Kind, Mark, Traits } from '@syncline/connector';
import type { BaseRecord, EntityId, Keys, Policy } from '@syncline/core';
import { openReplica, type Replica, type Step } from '@syncline/replica';
import type { BoundSide, SideName } from './bind.ts';
import { openDeletions, type Deletions } from './deletions.ts';
import { indexLinks, type LinkIndex } from './index-of-links.ts';
import { startMemoryOfWrites, type MemoryOfWrites } from './memory-of-writes.ts';
import type { Batch, Env, UserStore } from './ports.ts';

/** What governs a user's cycles. */
export interface Settings {
  readonly policy: Policy;
  readonly keys: Keys;
  readonly kinds: readonly Kind[];
  /** How long history is kept, days; 30 when absent (G3). */
  readonly historyDays?: number;
}

/** A step of the document and of what is kept beside it, made durable as one. */
export interface Commit extends Step {
  readonly put?: NonNullable<Batch['put']>;
  readonly del?: NonNullable<Batch['del']>;
}

/** A user's document, store and sides while the hub serves the user. */
export interface Session {
  readonly sides: { readonly left: BoundSide; readonly right: BoundSide };
  readonly replica: Replica;
  readonly store: UserStore;
  readonly index: LinkIndex;
  readonly deletions: Deletions;
  readonly writes: MemoryOfWrites;
  /** Tasks that vanished, with the run that noticed (K14). */
  readonly vanished: Map<EntityId, string>;
  readonly env: Env;
  readonly settings: Settings;
  /** The number the next commit's claims get. */
  readonly nextNumber: () => number;
  /** Writes a step: applied here, durable when it resolves. A failed one leaves the session unusable: what is in memory is not on disk. */
  readonly commit: (step: Commit) => Promise<void>;
}

/** Opens a user's document from the store. Throws what the store throws. */
export async function openSession(
  sides: Session['sides'],
  store: UserStore,
  settings: Settings,
  env: Env,
): Promise<Session> {
  const replica = openReplica(await storedUpdates(store), env.random);
  const index = indexLinks(replica.records(), settings.keys);
  const deletions = await openDeletions(store);
  let number = store.latest();
  return {
    sides, replica, store, index, deletions, writes: startMemoryOfWrites(), vanished: new Map(), env, settings,
    nextNumber: () => number + 1,
    commit: async ({ put, del, ...step }) => {
      const after = new Map<EntityId, BaseRecord | undefined>(step.base ?? []);
      for (const entity of step.forget ?? []) after.set(entity, undefined);
      const before = new Map([...after.keys()].map((entity) => [entity, replica.get(entity)]));
      const update = replica.write(step);
      for (const [entity, now] of after) index.note(entity, before.get(entity), now);
      if (update === undefined && (put?.length ?? 0) === 0 && (del?.length ?? 0) === 0) return;
      if (update !== undefined) number += 1;
      const expected = number;
      const stored = await store.commit({ ...(update !== undefined && { updates: [update] }), ...(put && { put }), ...(del && { del }) });
      if (update !== undefined && stored !== expected) throw new Error(`the log stands at ${stored} where ${expected} was expected: two writers for one user`);
    },
  };
}

async function storedUpdates(store: UserStore): Promise<readonly Uint8Array[]> {
  const snapshot = await store.log.snapshot();
  const updates = snapshot === undefined ? [] : [snapshot.update];
  for await (const entry of store.log.read((snapshot?.number ?? 0) + 1)) updates.push(entry.update);
  return updates;
}

/** How many updates may pile up before the log is replaced by one snapshot. */
const compactAfter = 2_000;

/** Replaces a long log by the document it adds up to. */
export async function compactLog(session: Session): Promise<void> {
  const snapshot = await session.store.log.snapshot();
  const number = session.store.latest();
  if (number - (snapshot?.number ?? 0) < compactAfter) return;
  await session.store.log.compact({ number, update: session.replica.encode() });
}

const dayMs = 24 * 60 * 60_000;
/** How many old rows one cycle takes away: what piles up goes in pieces. */
const prunedAtOnce = 1_000;

/** Takes away history that is older than it has to be kept. Keys sort by time, so the oldest come first. */
export async function pruneHistory(session: Session): Promise<void> {
  const before = session.env.now() - (session.settings.historyDays ?? 30) * dayMs;
  const del: NonNullable<Batch['del']>[number][] = [];
  for await (const [key, row] of session.store.entries('history', { limit: prunedAtOnce })) {
    if ((row as { readonly at: number }).at >= before) break;
    del.push({ space: 'history', key });
  }
  if (del.length > 0) await session.commit({ del });
}

/**
 * Everything is read again at the next cycle, and linked again by mark and key where a link was lost (A6s, B3s). Deletes
 * nothing: what is known stays known, and a record that is missing is asked for by its id (D9).
 */
export async function resync(session: Session): Promise<void> {
  const del = session.settings.kinds.flatMap((kind) => (['left', 'right'] as const).map((side) => ({ space: 'cursor' as const, key: `${side}/${kind}` })));
  await session.commit({ del });
}

/** A native record as it is kept beside the document, where lenses find it. */
export interface StoredNative {
  readonly record: Json;
  readonly traits?: Traits;
  readonly mark?: Mark;
}

/** What is kept of an observation. */
export function nativeValue({ record, traits, mark }: StoredNative): Json {
  return { record, ...(traits !== undefined && { traits: { ...traits } }), ...(mark !== undefined && { mark: { ...mark } }) };
}

/** Where a native record is kept. */
export function nativeKey(side: SideName, kind: Kind, id: string): string {
  return `${side}/${kind}/${id}`;
}

/** Reads a native record that was kept; `undefined` when there is none. */
export function readNative(value: Json | undefined): StoredNative | undefined {
  return value === undefined ? undefined : (value as unknown as StoredNative);
}

/** Names a run in history. Sorts by time; the log's number keeps two runs of one millisecond apart. */
export function runName(startedAt: number, number: number): string {
  return `${startedAt.toString(36).padStart(9, '0')}-${number.toString(36)}`;
}
