import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { sameUnit, type UnitId } from '../model/units.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import { heldBy, type BaseUnit, type Held } from './base.ts';
import { hasSeen, later, sameObservation, type Claim, type Origin, type Side } from './claim.ts';
import { tell, type Told } from './told.ts';

/** A write whose answer is not known yet: a side that now shows its value acknowledges it instead of editing (histories 17, 24). */
export interface OpenIntent {
  readonly side: Side;
  /** Absent: the write empties the unit. */
  readonly value?: Json;
  /** The claim it carried out. */
  readonly number: number;
}

/** What a unit is after a merge. */
export interface MergedUnit {
  readonly unit: BaseUnit;
  readonly told: readonly Told[];
  /** Sides whose people changed something here since the unit was last settled. */
  readonly changed: readonly Side[];
  /** Whether the agreed value was decided anew. */
  readonly decided: boolean;
  readonly conflict: boolean;
}

interface Candidate extends Origin {
  readonly value?: Json;
  readonly claim?: Claim;
}

/**
 * Merges a unit's new claims into its settled state. Pure: the same claims in any order give the same result (G6).
 *
 * The steps are those of the design: drop what another claim has seen, what acknowledges an open write, and what says
 * nothing new; what remains, with the claim the agreed value came from, is the frontier. One side in it: its latest
 * claim. Several: a conflict, which the policy decides. The verdict is final; who is not there yet is owed a write.
 */
export function mergeUnit(
  kind: Kind,
  name: UnitId,
  base: BaseUnit,
  claims: readonly Claim[],
  intents: readonly OpenIntent[],
  policy: Policy,
  listConflicts = false,
): MergedUnit {
  const same = (a: Json | undefined, b: Json | undefined): boolean => sameUnit(kind, name, a, b);
  const told: Told[] = [];
  const newest = dropSeen(claims, told);
  const acknowledged = acknowledge(base, newest, intents, same);
  const present = stopForbidden(acknowledged.unit, policy);
  const news = acknowledged.rest.filter((claim) => !saysNothing(present, claim, same));
  const changed = [...new Set(news.map((claim) => claim.side))];
  const candidates = news.filter((claim) => mayDecide(policy, claim));
  const bystanders = news.filter((claim) => !mayDecide(policy, claim));
  const stood = standAside(present, bystanders, policy, told, same);
  if (candidates.length === 0) return { unit: stood, told, changed, decided: false, conflict: false };

  const frontier: Candidate[] = candidates.map((claim) => ({ ...claim, claim }));
  const agreed: Candidate = { ...stood.from, ...(stood.agreed !== undefined && { value: stood.agreed }) };
  if (takesPart(policy, agreed, candidates)) frontier.push(agreed);
  const winner = pickWinner(frontier, policy);
  const conflict = frontier.some((other) => other.side !== winner.side && !same(other.value, winner.value));
  if (conflict && listConflicts) return { ...list(stood, candidates, told), changed, decided: false, conflict: true };

  const rule = conflict ? (policy.precedence[0] === 'right' ? 'C8' : 'C7') : flowRule(policy, winner);
  for (const loser of candidates) {
    if (loser !== winner.claim && !same(loser.value, winner.value)) {
      told.push(tell(loser, conflict && loser.side !== winner.side ? 'lost' : 'superseded', conflict ? rule : 'R9'));
    }
  }
  return { unit: settle(stood, winner, candidates, policy, rule, same), told, changed, decided: true, conflict };
}

/** Drops every claim that another one has seen; of one observation reported twice the first stays. */
function dropSeen(claims: readonly Claim[], told: Told[]): readonly Claim[] {
  const once = claims.filter((claim) => !claims.some((other) => other.number < claim.number && sameObservation(other, claim)));
  return once.filter((claim) => {
    const seen = once.some((other) => other !== claim && hasSeen(other, claim) && !(hasSeen(claim, other) && claim.number > other.number));
    if (seen) told.push(tell(claim, 'superseded', 'R9'));
    return !seen;
  });
}

function acknowledge(base: BaseUnit, claims: readonly Claim[], intents: readonly OpenIntent[], same: Same): { unit: BaseUnit; rest: readonly Claim[] } {
  let unit = base;
  const rest = claims.filter((claim) => {
    const intent = claim.native === undefined ? undefined : intents.find((open) => open.side === claim.side && same(open.value, claim.value));
    if (intent === undefined) return true;
    unit = acknowledgeUnit(unit, claim.side, claim.value, intent.number, same);
    return false;
  });
  return { unit, rest };
}

type Same = (a: Json | undefined, b: Json | undefined) => boolean;

/**
 * Records that a side now holds `value`, written there for the claim with this number. If that is the claim the
 * agreed value came from, the side is owed nothing more; what it stored instead of the agreed value is its own (C16).
 */
export function acknowledgeUnit(unit: BaseUnit, side: Side, value: Json | undefined, number: number, same: Same): BaseUnit {
  const { [side]: only, ...otherOnly } = unit.only ?? {};
  if (only !== undefined && same(only ?? undefined, value)) {
    // A value for this side alone (A13): the side holds it, and has seen no more than before.
    return { ...unit, held: { ...unit.held, [side]: held(value, heldBy(unit, side).saw) }, owed: without(unit.owed, side), only: otherOnly };
  }
  // An older verdict than today's (history 24): the side holds it, and is still owed the newer one.
  if (number !== unit.from.number) return { ...unit, held: { ...unit.held, [side]: held(value, number) } };
  const next = { ...unit, owed: without(unit.owed, side) };
  return same(value, unit.agreed)
    ? { ...next, held: without(unit.held, side) }
    : { ...next, held: { ...unit.held, [side]: { ...held(value, number), own: true } } };
}

/** A write that the direction now forbids is not done: the difference stays as that side's own value (S14b, history 28). */
function stopForbidden(unit: BaseUnit, policy: Policy): BaseUnit {
  const forbidden = Object.keys(unit.owed).filter((side) => !mayWrite(policy.direction, side) && unit.owed[side] !== 'B11' && unit.only?.[side] === undefined);
  return forbidden.length === 0 ? unit : { ...unit, owed: forbidden.reduce(without<string>, unit.owed) };
}

/** An observation of what the side holds anyway; a typed value that its side both holds and should hold (history 18). */
function saysNothing(unit: BaseUnit, claim: Claim, same: Same): boolean {
  if (!same(claim.value, heldBy(unit, claim.side).value)) return false;
  return claim.native !== undefined || unit.owed[claim.side] === undefined;
}

/** In one direction only the source decides; what a person types in a replica counts as the source, but for A13. */
function mayDecide(policy: Policy, claim: Claim): boolean {
  if (policy.direction === 'both-ways') return true;
  if (policy.direction === 'left-to-right') return claim.side === 'left';
  return claim.side === 'right' || claim.native === undefined;
}

/** What does not decide: observations against the direction stay (A9) or are reverted (B7), typed values go to one side (A13). */
function standAside(unit: BaseUnit, claims: readonly Claim[], policy: Policy, told: Told[], same: Same): BaseUnit {
  let next = unit;
  for (const claim of claims) {
    if (claim.native === undefined) {
      next = { ...next, only: { ...next.only, [claim.side]: claim.value ?? null }, owed: { ...next.owed, [claim.side]: 'A13' } };
      continue;
    }
    next = { ...next, held: { ...next.held, [claim.side]: held(claim.value, heldBy(next, claim.side).saw) }, blocked: without(next.blocked ?? {}, claim.side) };
    const reverts = policy.direction === 'right-to-left' && policy.oneWayRevert === 'immediately' && (next.agreed !== undefined || policy.emptyOverwrites);
    told.push(tell(claim, reverts ? 'reverted' : 'left', reverts ? 'B7' : policy.direction === 'left-to-right' ? 'A9' : 'G8'));
    if (same(claim.value, next.agreed)) next = { ...next, held: without(next.held, claim.side), owed: without(next.owed, claim.side) };
    else if (reverts) next = { ...next, owed: { ...next.owed, [claim.side]: 'B7' } };
  }
  return next;
}

/** The agreed value is a claim like another, unless a newer one has seen it; in one direction only the source's counts. */
function takesPart(policy: Policy, agreed: Candidate, candidates: readonly Claim[]): boolean {
  if (policy.direction === 'left-to-right' && agreed.side !== 'left') return false;
  if (policy.direction === 'right-to-left' && agreed.side !== 'right') return false;
  return !candidates.some((claim) => hasSeen(claim, agreed));
}

function pickWinner(frontier: readonly Candidate[], policy: Policy): Candidate {
  const side = policy.precedence.find((preferred) => frontier.some((one) => one.side === preferred));
  const preferred = frontier.filter((one) => one.side === side);
  return (preferred.length > 0 ? preferred : frontier).reduce(later);
}

function flowRule(policy: Policy, winner: Candidate): string {
  switch (policy.direction) {
    case 'left-to-right':
      return 'A8';
    case 'right-to-left':
      return 'B8';
    case 'both-ways':
      return winner.side === 'left' ? 'C5' : 'C6';
  }
}

function list(unit: BaseUnit, claims: readonly Claim[], told: Told[]): { unit: BaseUnit; told: readonly Told[] } {
  let next = unit;
  for (const claim of claims) {
    told.push(tell(claim, 'listed', 'S14b'));
    if (claim.native !== undefined) next = { ...next, held: { ...next.held, [claim.side]: held(claim.value, heldBy(next, claim.side).saw) } };
    next = { ...next, blocked: { ...next.blocked, [claim.side]: 'differs on both sides since the hub was restored' } };
  }
  return { unit: next, told };
}

/** Writes the verdict down: what is agreed, what each side holds now, and who is owed a write. */
function settle(unit: BaseUnit, winner: Candidate, candidates: readonly Claim[], policy: Policy, rule: string, same: Same): BaseUnit {
  const observed = candidates.filter((claim) => claim.native !== undefined).sort((a, b) => (later(a, b) === b ? -1 : 1));
  // Where the agreed value stays, only the sides whose claims it beat have to be written back.
  const sides = winner.claim === undefined ? [...new Set(observed.map((claim) => claim.side))] : policy.precedence;
  const next = { held: { ...unit.held }, owed: winner.claim === undefined ? { ...unit.owed } : {}, blocked: { ...unit.blocked } };
  for (const side of sides) {
    const before = heldBy(unit, side);
    const seen = observed.filter((claim) => claim.side === side).at(-1);
    const value = seen === undefined ? before.value : seen.value;
    if (same(value, winner.value)) {
      next.held = without(next.held, side);
      next.owed = without(next.owed, side);
    } else {
      next.held = { ...next.held, [side]: held(value, before.saw) };
      const typedAtSource = winner.claim !== undefined && winner.claim.native === undefined && side === winner.side;
      if (mayWrite(policy.direction, side)) next.owed = { ...next.owed, [side]: rule };
      else if (typedAtSource) next.owed = { ...next.owed, [side]: 'B11' };
    }
    next.blocked = without(next.blocked, side);
  }
  const { number, side, writer, at } = winner;
  return {
    ...(winner.value !== undefined && { agreed: winner.value }),
    from: { number, side, writer, at },
    held: next.held,
    owed: next.owed,
    ...(Object.keys(next.blocked).length > 0 && { blocked: next.blocked }),
  };
}

function held(value: Json | undefined, saw: number): Held {
  return { ...(value !== undefined && { value }), saw };
}

function without<V>(record: Readonly<Record<string, V>>, key: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
