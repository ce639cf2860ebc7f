import { Failure, type Kind } from '@syncline/connector';
import type { BaseRecord, EntityId, Guards, Keys, Policy } from '@syncline/core';
import { documentFormat, openReplica, type Replica } from '@syncline/replica';
import type { BoundSide } from './bind.ts';
import type { Commit } from './commit.ts';
import { openDeletions, type Deletions } from './deletions.ts';
import { enterGeneration } from './generation.ts';
import { indexLinks, type LinkIndex } from './index-of-links.ts';
import { startMemoryOfWrites, type MemoryOfWrites } from './memory-of-writes.ts';
import type { Env, UserStore } from './ports.ts';

/** What governs a user's cycles. */
export interface Settings {
  readonly policy: Policy;
  readonly keys: Keys;
  readonly kinds: readonly Kind[];
  /** How long history is kept, days; 30 when absent (G3). */
  readonly historyDays?: number;
  /** How much is done without asking (D2, D11); as the specification says when absent. */
  readonly guards?: Guards;
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

/** Opens a user's document from the store. Throws what the store throws, and a `Failure` for a document of a newer format. */
export async function openSession(
  sides: Session['sides'],
  store: UserStore,
  settings: Settings,
  env: Env,
): Promise<Session> {
  await checkFormat(store);
  const replica = openReplica(await storedUpdates(store), env.random);
  const index = indexLinks(replica.records(), settings.keys, settings.policy.matchWithoutName);
  const deletions = await openDeletions(store);
  let number = store.latest();
  const session: Session = {
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
  await enterGeneration(session);
  return session;
}

/**
 * Every stored format has a number. A document of a newer one is refused in words before anything of it is read; one of
 * before there were numbers is of the first.
 */
async function checkFormat(store: UserStore): Promise<void> {
  const stored = await store.get('state', 'documentFormat');
  if (typeof stored === 'number' && stored > documentFormat) {
    throw new Failure('config', `This person's document is of format ${stored}, and this version of Syncline reads formats up to ${documentFormat}: start a newer version.`);
  }
  if (stored !== documentFormat) await store.commit({ put: [{ space: 'state', key: 'documentFormat', value: documentFormat }] });
}

async function storedUpdates(store: UserStore): Promise<readonly Uint8Array[]> {
  const snapshot = await store.log.snapshot();
  const updates = snapshot === undefined ? [] : [snapshot.update];
  for await (const entry of store.log.read((snapshot?.number ?? 0) + 1)) updates.push(entry.update);
  return updates;
}
