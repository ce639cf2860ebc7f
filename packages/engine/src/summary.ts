import type { Kind } from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';
import type { Session } from './session.ts';

/** How many records there are, and why some are on one side only. */
export interface Summary {
  /** Linked records per kind. */
  readonly linked: { readonly [K in Kind]: number };
  readonly unlinked: readonly { readonly kind: Kind; readonly side: SideName; readonly reason: string; readonly count: number }[];
}

/** Counts a user's records. Looks at the ones without a twin only. */
export function summarise(session: Session): Summary {
  const counts = new Map<string, Summary['unlinked'][number]>();
  for (const side of ['left', 'right'] as const) {
    for (const [entity, { kind }] of session.index.unlinked[side]) {
      const record = session.replica.get(entity);
      const reason = record?.gone[side] ?? record?.todo[otherSide[side]]?.blocked ?? (record?.todo[otherSide[side]] === undefined ? 'not synced in this direction' : 'not created yet');
      const key = `${side}/${kind}/${reason}`;
      counts.set(key, { kind, side, reason, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  const { linked } = session.index;
  return { linked: { contact: linked('contact'), task: linked('task'), event: linked('event') }, unlinked: [...counts.values()] };
}
