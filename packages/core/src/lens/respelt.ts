import type { Json } from '../json.ts';
import type { FieldSpec } from '../model/field.ts';

/**
 * Entries of a list that a service stored in other letters than it was sent, as with a country put before a number: for each
 * entry as the service spells it, the one it stands for (C16). An entry is told apart by what it says, so without this the
 * service's spelling would be another entry, which a person added.
 */
export type Respelt = ReadonlyMap<string, Json>;

/**
 * Pairs what the service shows and nobody sent with what was sent and is not shown: with the one that begins and ends most like it,
 * since a service need not keep the order of a list, else in order.
 */
export function respelt(spec: FieldSpec<Json>, shown: Json | undefined, meant: Json | undefined): Respelt {
  const missed = [...missingFrom(spec, meant, shown)];
  const names = new Map<string, Json>();
  for (const stranger of missingFrom(spec, shown, meant)) {
    const spelling = spec.canonical(stranger);
    const [closest] = missed.map((entry, at) => ({ at, likeness: likeness(spelling, spec.canonical(entry)) })).sort((a, b) => b.likeness - a.likeness);
    for (const entry of closest === undefined ? [] : missed.splice(closest.at, 1)) names.set(spelling, entry);
  }
  return names;
}

/** A list as it is meant, of one as the service spells it. */
export function asMeant(spec: FieldSpec<Json>, names: Respelt, shown: Json | undefined): Json | undefined {
  return names.size === 0 || shown === undefined ? shown : entriesOf(shown).map((entry) => names.get(spec.canonical(entry)) ?? entry);
}

/** A list as the service spells it, of one as it is meant: `shown` holds its spellings. */
export function asSpelt(spec: FieldSpec<Json>, names: Respelt, shown: Json | undefined, meant: Json | undefined): Json | undefined {
  if (names.size === 0 || meant === undefined) return meant;
  const spellings = new Map(entriesOf(shown).flatMap((entry) => {
    const stands = names.get(spec.canonical(entry));
    return stands === undefined ? [] : [[spec.canonical(stands), entry] as const];
  }));
  return entriesOf(meant).map((entry) => spellings.get(spec.canonical(entry)) ?? entry);
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
