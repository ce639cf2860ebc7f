import type { Json } from '../json.ts';
import type { FieldSpec } from '../model/field.ts';

/**
 * Entries of a list that a service stored in other letters than it was sent, as with a country put before a number (C16): what
 * each spelling stands for, and how each entry is spelt. An entry is told apart by what it says, so without this the service's
 * spelling would be another entry, which a person added.
 */
export interface Respelt {
  readonly meant: ReadonlyMap<string, Json>;
  readonly spelt: ReadonlyMap<string, Json>;
}

/**
 * Pairs what the service shows and nobody sent with what was sent and is not shown: with the one that begins and ends most like it,
 * since a service need not keep the order of a list, else in order.
 */
export function respelt(spec: FieldSpec<Json>, shown: Json | undefined, sent: Json | undefined): Respelt {
  const missed = [...missingFrom(spec, sent, shown)];
  const meant = new Map<string, Json>();
  const spelt = new Map<string, Json>();
  for (const stranger of missingFrom(spec, shown, sent)) {
    const spelling = spec.canonical(stranger);
    const [closest] = missed.map((entry, at) => ({ at, likeness: likeness(spelling, spec.canonical(entry)) })).sort((a, b) => b.likeness - a.likeness);
    for (const entry of closest === undefined ? [] : missed.splice(closest.at, 1)) {
      meant.set(spelling, entry);
      spelt.set(spec.canonical(entry), stranger);
    }
  }
  return { meant, spelt };
}

/** A list, or one entry of it, with other names for some entries: as it is meant, or as the service spells it. */
export function renamed(spec: FieldSpec<Json>, names: ReadonlyMap<string, Json>, value: Json | undefined): Json | undefined {
  if (names.size === 0 || value === undefined) return value;
  const one = (entry: Json): Json => names.get(spec.canonical(entry)) ?? entry;
  return Array.isArray(value) ? (value as readonly Json[]).map(one) : one(value);
}

/** How many characters two texts have in common at their ends and, past that, at their beginnings. */
function likeness(a: string, b: string): number {
  const atEnd = inCommon([...a].reverse(), [...b].reverse());
  return atEnd + inCommon([...a].slice(0, -atEnd || undefined), [...b].slice(0, -atEnd || undefined));
}

function inCommon(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((character, at) => character !== b[at]);
  return differs < 0 ? a.length : differs;
}

function missingFrom(spec: FieldSpec<Json>, list: Json | undefined, other: Json | undefined): readonly Json[] {
  const there = new Set(entriesOf(other).map((entry) => spec.canonical(entry)));
  const missing = new Map(entriesOf(list).map((entry) => [spec.canonical(entry), entry]));
  return [...missing].flatMap(([canonical, entry]) => (canonical === '' || there.has(canonical) ? [] : [entry]));
}

function entriesOf(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}
