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

/** Which records become one, and which others would have fitted as well, at most fifty (K10). */
export interface Matches {
  readonly pairs: readonly { readonly left: EntityId; readonly right: EntityId; readonly others: readonly EntityId[] }[];
}

/** How many that fit equally well are compared: thousands of "Call back" tasks must not cost millions of comparisons. */
const compared = 50;

/**
 * Pairs unlinked records by key, one to one: the lower left id first (K9); of several on the right the one with most
 * equal fields, then the oldest, then the smallest id (K10). Of more than fifty the fifty oldest are compared. The order
 * of the input does not matter (G6). With the sides swapped it is rule B2s.
 */
export function matchRecords(left: readonly Candidate[], right: readonly Candidate[], equalFields: (left: EntityId, right: EntityId) => number): Matches {
  const byKey = new Map<string, Candidate[]>();
  for (const candidate of [...right].sort(byAge)) {
    const same = byKey.get(candidate.key);
    if (same === undefined) byKey.set(candidate.key, [candidate]);
    else same.push(candidate);
  }
  const pairs: { left: EntityId; right: EntityId; others: readonly EntityId[] }[] = [];
  for (const one of [...left].sort((a, b) => compareIds(a.id, b.id))) {
    const open = byKey.get(one.key) ?? [];
    const near = open.slice(0, compared).map((candidate) => ({ candidate, equal: equalFields(one.entity, candidate.entity) }));
    if (near.length === 0) continue;
    const { candidate: best } = near.reduce((a, b) => (b.equal > a.equal ? b : a));
    open.splice(open.indexOf(best), 1);
    pairs.push({ left: one.entity, right: best.entity, others: open.slice(0, compared).map((candidate) => candidate.entity) });
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
