import type { Candidate, Kind } from '@syncline/core';
import type { SideName } from './bind.ts';
import { nativeKey, readNative } from './native.ts';
import type { Session } from './session.ts';

/**
 * Rule K10: of several items with one key the oldest by creation is taken, which is not the one that was left alone longest.
 * Reads what is kept of those that `choosing` has a choice of, and of no others; where a service tells no creation, its last change has to do.
 */
export async function withCreation(session: Session, side: SideName, kind: Kind, chosen: readonly Candidate[], choosing: readonly Candidate[]): Promise<readonly Candidate[]> {
  const counts = new Map(choosing.map(({ key }) => [key, 0]));
  for (const { key } of chosen) if (counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const rivals = chosen.filter(({ key }) => (counts.get(key) ?? 0) > 1);
  if (rivals.length === 0) return chosen;
  const natives = await session.store.getMany('native', rivals.map(({ id }) => nativeKey(side, kind, id)));
  const created = new Map(rivals.map(({ entity }, position) => [entity, readNative(natives[position])?.createdAt]));
  return chosen.map((one) => ({ ...one, at: created.get(one.entity) ?? one.at }));
}
