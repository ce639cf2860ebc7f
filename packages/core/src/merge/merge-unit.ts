import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { sameUnit, type UnitId } from '../model/units.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import { unblocked, type Same } from './acknowledge-unit.ts';
import { heldBy, holding, settledOn, without, type BaseUnit } from './base.ts';
import { hasSeen, later, undoWriter, type Claim, type Origin, type Side } from './claim.ts';
import { fillMembers } from './members.ts';
import { observeUnit, type Observed, type OpenIntent } from './observe-unit.ts';
import { standAside } from './one-way.ts';
import { sinceRestore } from './listed.ts';
import { tell, type Told } from './told.ts';

/** What a unit is after a merge. */
export interface MergedUnit {
  readonly unit: BaseUnit;
  readonly told: readonly Told[];
  /** The claims that count: what people changed here, and no other claim has seen. */
  readonly edits: readonly Claim[];
  /** Sides whose people changed something here since the unit was last settled. */
  readonly changed: readonly Side[];
  /** Whether the agreed value was decided anew. */
  readonly decided: boolean;
  readonly conflict: boolean;
}

/** The units of a record that a merge looked at. */
export type Merged = readonly (readonly [name: UnitId, unit: MergedUnit])[];

/** A member of the frontier: a claim, or the agreed value as the claim it came from. */
interface Candidate extends Origin {
  readonly value?: Json;
  readonly claim?: Claim;
}

/**
 * Merges a unit's new claims into its settled state. Pure: the same claims in any order give the same result (G6).
 *
 * The steps are those of the design: take note of what each side now shows, drop what another claim has seen and what
 * says nothing new; what remains, with the claim the agreed value came from, is the frontier. One side in it: its latest
 * claim. Several: a conflict, which the policy decides. The verdict is final; who is not there yet is owed a write.
 *
 * `sides` are those the record has an item on.
 */
export function mergeUnit(
  kind: Kind,
  name: UnitId,
  base: BaseUnit,
  claims: readonly Claim[],
  intents: readonly OpenIntent[],
  policy: Policy,
  listConflicts = false,
  sides: readonly Side[] = policy.precedence,
): MergedUnit {
  const same: Same = (a, b) => sameUnit(kind, name, a, b);
  const rules: Rules = { kind, name, policy, sides, before: base, listConflicts, same };
  const observed = observeUnit(stopForbidden(base, policy), claims, intents, same);
  if (base.frozen !== undefined) return standStill(observed, claims);
  const all = [...observed.edits, ...claims.filter((claim) => claim.native === undefined)];
  const counting = (decides: boolean): readonly Claim[] => {
    const these = all.filter((claim) => mayDecide(policy, claim) === decides);
    const unseen = these.filter((claim) => !these.some((other) => hasSeen(other, claim)));
    return unseen.filter((claim) => claim.native !== undefined || saysSomething(observed.unit, claim, [...all, ...observed.replaced], same));
  };
  const candidates = counting(true);
  const bystanders = counting(false);
  const decided = decideUnit(observed.unit, candidates, rules);
  const stood = standAside(kind, name, decided.unit, bystanders, decided.winner, policy, same);
  const edits = [...candidates, ...bystanders];
  const past = [...observed.replaced, ...all.filter((claim) => !edits.includes(claim))].filter((claim) => !same(claim.value, stood.unit.agreed));
  return {
    unit: stood.unit,
    told: [...past.map((claim) => tell(claim, 'superseded', 'R9')), ...decided.told, ...stood.told],
    edits: candidates,
    changed: [...new Set(edits.map((claim) => claim.side))],
    decided: decided.winner !== undefined,
    conflict: decided.conflict,
  };
}

/** Rule R7: a frozen unit is looked at, and that is all. What people type about it is kept in history. */
function standStill({ unit, edits }: Observed, claims: readonly Claim[]): MergedUnit {
  const shown = edits.reduce((next, { side, value }) => holding(next, side, value, heldBy(next, side).saw), unit);
  const typed = claims.filter((claim) => claim.native === undefined);
  return { unit: shown, told: [...edits, ...typed].map((claim) => tell(claim, 'listed', 'R7')), edits: [], changed: [], decided: false, conflict: false };
}

/** What a verdict on one unit goes by. */
interface Rules {
  readonly kind: Kind;
  readonly name: UnitId;
  readonly policy: Policy;
  readonly sides: readonly Side[];
  /** The unit before these claims. */
  readonly before: BaseUnit;
  readonly listConflicts: boolean;
  readonly same: Same;
}

/** A write that the direction now forbids is not done: the difference stays as that side's own value (S14b, history 28). */
function stopForbidden(unit: BaseUnit, policy: Policy): BaseUnit {
  const forbidden = Object.keys(unit.owed).filter((side) => !mayWrite(policy.direction, side) && unit.owed[side] !== 'B11' && unit.only?.[side] === undefined);
  return forbidden.length === 0 ? unit : { ...unit, owed: forbidden.reduce(without<string>, unit.owed) };
}

/** A typed value that its side both holds and should hold says nothing (history 18), unless it was put over somebody's edit. */
function saysSomething(unit: BaseUnit, claim: Claim, all: readonly Claim[], same: Same): boolean {
  const { side, value } = claim;
  const isDue = unit.owed[side] !== undefined || unit.blocked?.[side] !== undefined || all.some((other) => other.native !== undefined && other.side === side);
  const isHeld = same(value, heldBy(unit, side).value) && (!isDue || same(value, unit.agreed));
  return !isHeld || all.some((other) => hasSeen(claim, other));
}

/** In one direction only the source decides. What a person types in a replica counts as the source's, but for A13 and R10. */
function mayDecide(policy: Policy, claim: Claim): boolean {
  switch (policy.direction) {
    case 'both-ways':
      return true;
    case 'left-to-right':
      return claim.side === 'left' && claim.native !== undefined;
    case 'right-to-left':
      return claim.side === 'right' || (claim.native === undefined && claim.writer !== undoWriter);
  }
}

interface Decided {
  readonly unit: BaseUnit;
  readonly told: readonly Told[];
  /** The claim whose value is agreed now; absent: nothing was decided anew. */
  readonly winner?: Claim;
  readonly conflict: boolean;
}

function decideUnit(unit: BaseUnit, candidates: readonly Claim[], rules: Rules): Decided {
  if (candidates.length === 0) return { unit, told: [], conflict: false };
  const { name, policy, same } = rules;
  const frontier: Candidate[] = candidates.map((claim) => ({ ...claim, side: sideOf(policy, claim), claim }));
  const agreed: Candidate = { ...unit.from, ...(unit.agreed !== undefined && { value: unit.agreed }) };
  if (takesPart(policy, agreed, candidates)) frontier.push(agreed);
  const winner = pickWinner(frontier, policy);
  const losers = frontier.filter((other) => !same(other.value, winner.value));
  const conflict = losers.some((other) => other.side !== winner.side);
  if (rules.listConflicts && (conflict || differsAllRound(unit, winner, rules))) return { ...list(unit, candidates), conflict: true };

  const rule = conflict ? (policy.precedence[0] === 'right' ? 'C8' : 'C7') : flowRule(policy, winner.side);
  const told = losers.map((loser) => {
    const where = { ...loser, unit: name, side: loser.claim?.side ?? loser.side };
    return loser.side === winner.side ? tell(where, 'superseded', 'R9') : tell(where, 'lost', rule);
  });
  if (winner.claim === undefined) return { unit: stay(unit, candidates, rule, rules), told, conflict };
  return { unit: settle(unit, winner, winner.claim, rule, rules), told, winner: winner.claim, conflict };
}

/** What is typed in a replica is the source's in direction right to left, whatever side it was typed on. */
function sideOf(policy: Policy, claim: Claim): Side {
  return policy.direction === 'right-to-left' ? 'right' : claim.side;
}

/** The agreed value is a claim like another, unless a newer one has seen it; in one direction only the source's counts. */
function takesPart(policy: Policy, agreed: Candidate, candidates: readonly Claim[]): boolean {
  if (policy.direction === 'left-to-right' && agreed.side !== 'left') return false;
  if (policy.direction === 'right-to-left' && agreed.side !== 'right') return false;
  return !candidates.some((claim) => hasSeen(claim, agreed));
}

/** Of several sides the preferred one; of one side, the latest claim. */
function pickWinner(frontier: readonly Candidate[], policy: Policy): Candidate {
  const side = policy.precedence.find((preferred) => frontier.some((one) => one.side === preferred));
  return frontier.filter((one) => one.side === side).reduce(later);
}

/** The rule by which a value of a side flows, or stays, where nothing is in its way. */
export function flowRule(policy: Policy, side: Side): string {
  switch (policy.direction) {
    case 'left-to-right':
      return 'A8';
    case 'right-to-left':
      return 'B8';
    case 'both-ways':
      return side === 'left' ? 'C5' : 'C6';
  }
}

/** After a restore: the sides differ from what was agreed and from each other. What a person types now settles it. */
function differsAllRound(unit: BaseUnit, winner: Candidate, { policy, sides, same }: Rules): boolean {
  if (policy.direction !== 'both-ways' || winner.claim?.native === undefined) return false;
  return sides.every((side) => {
    const { value } = heldBy(unit, side);
    return !same(value, unit.agreed) && (side === winner.side || !same(value, winner.value));
  });
}

/** Nothing is decided; it waits, in words, for a person (history 23). */
function list(unit: BaseUnit, claims: readonly Claim[]): { readonly unit: BaseUnit; readonly told: readonly Told[] } {
  const blocked = { ...unit.blocked, ...Object.fromEntries(claims.map((claim) => [claim.side, sinceRestore])) };
  return { unit: { ...unit, blocked }, told: claims.map((claim) => tell(claim, 'listed', 'S14b')) };
}

/** The agreed value stays: a side whose edit it beat is written back, one that came to it by itself is settled (C10). */
function stay(unit: BaseUnit, candidates: readonly Claim[], rule: string, { policy, same }: Rules): BaseUnit {
  let next = unit;
  for (const { side, native, value } of candidates) {
    if (native === undefined) continue;
    if (same(value, unit.agreed)) next = settledOn(unblocked(next, side), side);
    else if (mayWrite(policy.direction, side)) next = { ...unblocked(next, side), owed: { ...next.owed, [side]: rule } };
  }
  return next;
}

/** Writes the verdict down: what is agreed, what each side holds now, and who is owed a write. */
function settle(unit: BaseUnit, winner: Candidate, claim: Claim, rule: string, rules: Rules): BaseUnit {
  const { policy, sides, same } = rules;
  const { number, side: from, writer, at } = winner;
  const agreed = claim.native === undefined ? winner.value : withMembersKept(unit, winner, rules);
  const begun = { from: { number, side: from, writer, at }, held: unit.held, owed: {} };
  let next: BaseUnit = agreed === undefined ? begun : { agreed, ...begun };
  for (const side of sides) {
    const { value, saw } = heldBy(unit, side);
    if (same(value, agreed)) {
      next = settledOn(next, side);
      continue;
    }
    next = holding(next, side, value, saw);
    if (mayWrite(policy.direction, side)) next = { ...next, owed: { ...next.owed, [side]: rule } };
    // Typed in a replica, against the direction: the source is written first, else it would take the value back (B11).
    else if (claim.native === undefined) next = { ...next, owed: { ...next.owed, [side]: 'B11' } };
  }
  return next;
}

/** One direction: what the source never had in a name stays on the other side (G8); what it had and has no more goes. */
function withMembersKept(unit: BaseUnit, { value, side }: Candidate, { kind, name, policy, sides, before }: Rules): Json | undefined {
  const other = sides.find((one) => one !== side);
  if (value === undefined || other === undefined || policy.direction === 'both-ways' || policy.emptyOverwrites) return value;
  return fillMembers(kind, name, value, heldBy(unit, other).value, heldBy(before, side).value);
}
