import type { EntityId } from '../ids.ts';
import { compareText } from '../merge/claim.ts';

/** A record that is known on one side only and could be the twin of one on the other. */
export interface Candidate {
  readonly entity: EntityId;
  readonly id: string;
  /** From `keyOf`; absent records match nothing. */
  readonly key: string;
  /** UTC ms; 0 where unknown. */
  readonly at: number;
}

/** Which records become one, and which others would have fitted as well (K10). */
export interface Matches {
  readonly pairs: readonly { readonly left: EntityId; readonly right: EntityId; readonly others: readonly EntityId[] }[];
}

/**
 * Pairs unlinked records by key, one to one: the lower left id first (K9); of several on the right the one with most
 * equal fields, then the oldest, then the smallest id (K10). The order of the input does not matter (G6).
 */
export function matchRecords(left: readonly Candidate[], right: readonly Candidate[], equalFields: (left: EntityId, right: EntityId) => number): Matches {
  const byKey = new Map<string, Candidate[]>();
  for (const candidate of [...right].sort(byAge)) byKey.set(candidate.key, [...(byKey.get(candidate.key) ?? []), candidate]);
  const pairs: { left: EntityId; right: EntityId; others: readonly EntityId[] }[] = [];
  for (const one of [...left].sort((a, b) => compareIds(a.id, b.id))) {
    const open = byKey.get(one.key) ?? [];
    if (open.length === 0) continue;
    const best = open.reduce((a, b) => (equalFields(one.entity, b.entity) > equalFields(one.entity, a.entity) ? b : a));
    const others = open.filter((candidate) => candidate !== best);
    byKey.set(one.key, others);
    pairs.push({ left: one.entity, right: best.entity, others: others.map((candidate) => candidate.entity) });
  }
  return { pairs };
}

/** Native ids in order: numbers by value, others by text. */
export function compareIds(a: string, b: string): number {
  const numbers = /^\d+$/.test(a) && /^\d+$/.test(b);
  if (numbers && a.length !== b.length) return a.length - b.length;
  return compareText(a, b);
}

function byAge(a: Candidate, b: Candidate): number {
  return a.at - b.at || compareIds(a.id, b.id);
}
