import type { Kind } from '@syncline/connector';
import type { SideName } from './bind.ts';
import type { Commit } from './commit.ts';
import type { UserStore } from './ports.ts';

const dayMs = 24 * 60 * 60_000;

/** When records were deleted in the last 24 hours, by side and kind: many small deletions are a mass deletion too (D2). */
export interface Deletions {
  /** How many were noted in the 24 hours before `now` (UTC ms), over restarts too. */
  readonly recent: (side: SideName, kind: Kind, now: number) => number;
  /** Takes note of one, and gives the put that stores it. */
  readonly note: (side: SideName, kind: Kind, now: number) => NonNullable<Commit['put']>[number];
}

/** Reads what was noted before. */
export async function openDeletions(store: UserStore): Promise<Deletions> {
  const times = new Map<string, readonly number[]>();
  for await (const [key, value] of store.entries('state', { prefix })) {
    if (Array.isArray(value)) times.set(key, value.filter((time) => typeof time === 'number'));
  }
  const within = (key: string, now: number): readonly number[] => (times.get(key) ?? []).filter((time) => time > now - dayMs);
  return {
    recent: (side, kind, now) => within(keyOf(side, kind), now).length,
    note: (side, kind, now) => {
      const key = keyOf(side, kind);
      const value = [...within(key, now), now];
      times.set(key, value);
      return { space: 'state', key, value };
    },
  };
}

const prefix = 'deletions/';

function keyOf(side: SideName, kind: Kind): string {
  return `${prefix}${side}/${kind}`;
}
