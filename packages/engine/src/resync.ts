import { purgeItem } from '@syncline/core';
import type { Commit } from './commit.ts';
import { findPurge, type Purge } from './purge.ts';
import type { Session } from './session.ts';

/** How a person asks for a resynchronization. */
export interface ResyncOptions {
  /** Whether it begins with the purge; as the switch says when absent. Refused where the switch says `relink`. */
  readonly purge?: boolean;
  /** The name under which the purge was shown (D8): it is done if it still is exactly that. */
  readonly confirmed?: string;
}

/**
 * What a resynchronization came to. `reading`: the next cycle reads everything; `asking`: nothing happens until the name is given back;
 * `void`: another name was given, and nothing happens; `purging`: the next cycle reads everything and deletes the marked
 * items first; `refused`, in words.
 */
export type Resynced =
  | { readonly status: 'reading' }
  | { readonly status: 'asking' | 'void' | 'purging'; readonly purge: Purge }
  | { readonly status: 'refused'; readonly reason: string };

/**
 * A full pass that a person asks for. Under `relink` everything is read and linked again, and nothing deleted (A6s, B3s).
 * Under `purge` all marked items go first, then what OroCRM has is created again, or stays there alone (A6, B3): after the
 * number was named and confirmed for this run (D8). The deletions are a cycle's, with a copy of each before (D6).
 */
export async function resync(session: Session, { confirmed, ...options }: ResyncOptions = {}): Promise<Resynced> {
  const mayPurge = session.settings.policy.resync === 'purge';
  if (!(options.purge ?? mayPurge)) {
    await readAgain(session);
    return { status: 'reading' };
  }
  if (!mayPurge) return { status: 'refused', reason: 'a resynchronization links again and deletes nothing here: the switch resync.mode is "relink"' };
  const { purge, items } = await findPurge(session);
  if (confirmed !== purge.approval) return { status: confirmed === undefined ? 'asking' : 'void', purge };
  const base = items.flatMap((entity) => {
    const record = session.replica.get(entity);
    return record === undefined ? [] : [[entity, purgeItem(record, 'right', purge.rule)] as const];
  });
  // One step: a person confirmed all of it or nothing.
  await session.commit({ base, del: cursorsOf(session) });
  return { status: 'purging', purge };
}

/**
 * Everything is read again at the next cycle, and linked again by mark and key where a link was lost. Deletes nothing: what is
 * known stays known, and a record that is missing is asked for by its id (D9).
 */
export async function readAgain(session: Session): Promise<void> {
  await session.commit({ del: cursorsOf(session) });
}

function cursorsOf({ settings: { kinds } }: Session): NonNullable<Commit['del']> {
  return kinds.flatMap((kind) => (['left', 'right'] as const).map((side) => ({ space: 'cursor' as const, key: `${side}/${kind}` })));
}
