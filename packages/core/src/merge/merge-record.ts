import type { Kind } from '../model/kinds.ts';
import type { UnitId, Units } from '../model/units.ts';
import type { Decision } from '../policy/decision.ts';
import { countsTouches, type Policy } from '../policy/policy.ts';
import { forOneSide } from './acknowledge-unit.ts';
import { baseUnit, heldBy, type BaseRecord, type BaseUnit, type Link } from './base.ts';
import { carryOut } from './carry-out.ts';
import { byTime, compareText, existence, type Claim, type Origin, type Side } from './claim.ts';
import { decideRecord, goneNow, isBack, stopForbiddenTodo } from './existence.ts';
import { makeRoom, namePrimaries } from './lists.ts';
import { withoutListedTodo } from './listed.ts';
import { mergeUnit, type Merged } from './merge-unit.ts';
import type { OpenIntent } from './observe-unit.ts';
import { isPurge, stopPurge } from './purge.ts';
import { tell, type Told } from './told.ts';
import { decideWhole } from './whole-record.ts';

/** Open writes of one record, by unit. */
export type OpenIntents = { readonly [unit: UnitId]: readonly OpenIntent[] };

/** What a record is after a merge, and what to tell about it. */
export interface MergedRecord {
  readonly record: BaseRecord;
  readonly told: readonly Told[];
  readonly decision: Decision;
  readonly rule: string;
  /** Two sides changed one unit differently; under `classic`, anything. */
  readonly conflict: boolean;
  /** The claims were not considered: they stay in the document until the record is seen again (D4, D5). */
  readonly kept: boolean;
}

/** A record observed for the first time on one side, with nothing on the other yet. */
export function newRecord(kind: Kind, side: Side, link: Link, units: Units, from: Origin): BaseRecord {
  const settled = Object.entries(units).map(([name, agreed]): [UnitId, BaseUnit] => [name, { agreed, from, held: {}, owed: {} }]);
  return { kind, links: { [side]: link }, former: {}, units: Object.fromEntries(settled), from, considered: from.number, todo: {}, gone: {}, state: 'live' };
}

/**
 * Merges a record's new claims into its settled state: first unit by unit, then whether it exists and may be seen on each side.
 * The result is written to `base` together with the intents it leads to, and is final. Without claims: what a
 * change of policy makes of what is still to be done.
 */
export function mergeRecord(record: BaseRecord, claims: readonly Claim[], intents: OpenIntents, policy: Policy): MergedRecord {
  const ordered = [...claims].sort(byNumber);
  const stale = ordered.filter((claim) => isStale(record, claim));
  const current = ordered.filter((claim) => !stale.includes(claim)).map((claim) => seenByAuthor(record, claim, intents));
  const gone = goneNow(record, current);
  const before = stopForbiddenTodo(isBack(record, gone) ? { ...withoutListedTodo(record), state: 'live' } : record, policy);
  const values = current.filter((claim) => claim.unit !== existence);
  const merged = mergeUnits(before, values, intents, policy);
  const isTouched = current.some(({ unit, value, side }) => unit === existence && value === 'touched' && countsTouches(policy, side));
  const { decision, rule } = decideRecord({ ...before, gone }, merged, values, policy, isTouched);
  if (decision === 'freeze') return { record: stopPurge({ ...before, gone }), told: [], decision, rule, conflict: false, kept: true };

  const considered = claims.reduce((highest, claim) => Math.max(highest, claim.number), record.considered);
  const told = stale.filter(({ value }) => value !== 'present' && value !== 'touched').map((claim) => tell(claim, 'stale', purgeOf(record, claim) ?? 'R9'));
  told.push(...merged.flatMap(([, unit]) => unit.told));
  const next: BaseRecord = { ...before, gone, considered, units: { ...before.units, ...Object.fromEntries(merged.map(([name, unit]) => [name, unit.unit])) } };
  const whole = decideWhole(next, before, merged, policy);
  const done = carryOut(whole?.record ?? next, decision, rule, merged, policy);
  const named = done.record.state === 'live' ? namePrimaries(done.record, before, merged, policy) : { record: done.record, told: [] };
  return {
    record: makeRoom(named.record, before, merged, policy),
    told: [...told, ...(whole?.told ?? []), ...done.told, ...named.told].map((one) => endedWith(decision, rule, done.record, one)),
    decision,
    rule: whole === undefined ? rule : 'C9',
    conflict: whole !== undefined || merged.some(([, unit]) => unit.conflict),
    kept: false,
  };
}

/** The same claims in any order are one merge (G6). */
function byNumber(a: Claim, b: Claim): number {
  return a.number - b.number || compareText(a.unit, b.unit) || byTime(a, b);
}

/**
 * Claims about an item that is no longer this record, or about a version that is not newer than the link's, are history
 * (histories 4, 6). What the hub's own connector said is never late: it reads its side in order, and what it claimed of a
 * record that could not be considered then stands, although the link has gone on.
 */
function isStale(record: BaseRecord, claim: Claim): boolean {
  if (claim.native === undefined) return false;
  const link = record.links[claim.side];
  if (link === undefined || link.id !== claim.native.id) return true;
  if (claim.unit !== existence && purgeOf(record, claim) !== undefined) return true;
  return claim.unit !== existence && claim.writer !== claim.side && claim.at <= link.at && claim.native.version !== link.version;
}

/** The rule by which the item that a claim is about is deleted first (A6, B3): what was edited there goes with it. */
function purgeOf(record: BaseRecord, { side }: Claim): string | undefined {
  const rule = record.todo[side]?.rule;
  return isPurge(rule) ? rule : undefined;
}

/**
 * What an observation's author had seen, as far as it is known by now. An edit on a version newer than the link's was made
 * on top of what the side is known to have held, although its observer may not have heard of that. While a write is open
 * nobody knows what the side held since, and unknown is not held (history 17).
 */
function seenByAuthor(record: BaseRecord, claim: Claim, intents: OpenIntents): Claim {
  const link = record.links[claim.side];
  if (claim.native === undefined || link === undefined) return claim;
  const open = (intents[claim.unit] ?? []).filter((intent) => intent.side === claim.side && intent.number !== forOneSide);
  if (open.length > 0) return { ...claim, saw: open.reduce((lowest, intent) => Math.min(lowest, intent.number - 1), claim.saw) };
  return link.at === 0 || claim.at <= link.at ? claim : { ...claim, saw: Math.max(claim.saw, heldBy(baseUnit(record, claim.unit), claim.side).saw) };
}

function mergeUnits(record: BaseRecord, claims: readonly Claim[], intents: OpenIntents, policy: Policy): Merged {
  const own = new Map<UnitId, Claim[]>();
  for (const claim of claims) own.set(claim.unit, [...(own.get(claim.unit) ?? []), claim]);
  for (const [name, unit] of Object.entries(record.units)) if (!own.has(name) && hasKeys(unit.owed)) own.set(name, []);
  const sides = policy.precedence.filter((side) => record.links[side] !== undefined);
  const rules = sourceOf(policy, sides);
  return [...own].map(([name, these]) => [name, mergeUnit(record.kind, name, baseUnit(record, name), these, intents[name] ?? [], rules, record.restored, sides)] as const);
}

/** A record that is on one side only, and not the source's, is its own source until it has a twin. */
function sourceOf(policy: Policy, sides: readonly Side[]): Policy {
  const source = policy.direction === 'left-to-right' ? 'left' : 'right';
  return policy.direction === 'both-ways' || sides.length !== 1 || sides.includes(source) ? policy : { ...policy, direction: 'both-ways' };
}

/** What a direction would have done to a record that is given up was not done; what it left, and a change at the source swept away after all, was not left. */
function endedWith(decision: Decision, rule: string, record: BaseRecord, told: Told): Told {
  const swept = record.units[told.unit]?.owed[told.side];
  if (told.rule === 'A9' && (swept === 'A2' || swept === 'A5')) return { ...told, outcome: 'superseded', rule: swept };
  const isGivenUp = decision === 'tombstone' || decision === 'drop' || decision === 'leave';
  return isGivenUp && told.outcome === 'reverted' ? { ...told, outcome: 'left', rule } : told;
}

function hasKeys(value: object): boolean {
  for (const _key in value) return true;
  return false;
}
