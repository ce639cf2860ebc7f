import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { canonicalUnit, primaries, sameUnit, type UnitId, type Units } from '../model/units.ts';
import { decide, type Decision, type LeftState, type RightState } from '../policy/decision.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import { baseUnit, heldBy, type BaseRecord, type BaseUnit, type Link, type Todo } from './base.ts';
import { existence, type Claim, type Existence, type Origin, type Side } from './claim.ts';
import { mergeUnit, type MergedUnit, type OpenIntent } from './merge-unit.ts';
import { tell, type Told } from './told.ts';

/** Open writes of one record, by unit. */
export type OpenIntents = { readonly [unit: UnitId]: readonly OpenIntent[] };

/** What a record is after a merge, and what to tell about it. */
export interface MergedRecord {
  readonly record: BaseRecord;
  readonly told: readonly Told[];
  readonly decision: Decision;
  readonly rule: string;
  /** Two sides changed one unit differently. */
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
 * Merges a record's new claims into its settled state: first whether it exists and may be seen on each side, then unit by unit.
 * The result is written to `base` together with the intents it leads to, and is final.
 */
export function mergeRecord(record: BaseRecord, claims: readonly Claim[], intents: OpenIntents, policy: Policy): MergedRecord {
  const told: Told[] = [];
  const current = dropStale(record, claims, told);
  const gone = goneNow(record, current);
  const values = current.filter((claim) => claim.unit !== existence);
  const considered = Math.max(record.considered, ...claims.map((claim) => claim.number));

  const merged = mergeUnits(record, values, intents, policy);
  const { decision, rule } = decideRecord({ ...record, gone }, merged, policy);
  if (decision === 'freeze') {
    return { record: { ...record, gone }, told, decision, rule, conflict: false, kept: true };
  }
  told.push(...merged.flatMap(([, unit]) => unit.told));
  let next: BaseRecord = { ...record, gone, considered, units: withUnits(record, merged) };
  if (policy.granularity === 'record') next = decideWhole(next, record, values, merged, policy, told);
  next = carryOut(next, decision, rule, merged, policy, told);
  next = normalisePrimaries(next, merged, policy);
  return { record: next, told, decision, rule, conflict: merged.some(([, unit]) => unit.conflict), kept: false };
}

/** Claims about an item that is no longer this record, or about a version that is not newer than the link's, are history (histories 4, 6). */
function dropStale(record: BaseRecord, claims: readonly Claim[], told: Told[]): readonly Claim[] {
  return claims.filter((claim) => {
    const link = record.links[claim.side];
    if (claim.native === undefined) return true;
    const stale = link === undefined || link.id !== claim.native.id || (claim.unit !== existence && claim.at < link.at && claim.native.version !== link.version);
    if (stale && claim.value !== 'present') told.push(tell(claim, 'stale', 'R9'));
    return !stale;
  });
}

function goneNow(record: BaseRecord, claims: readonly Claim[]): BaseRecord['gone'] {
  const gone: Record<Side, 'deleted' | 'hidden' | 'outside'> = { ...record.gone };
  for (const claim of claims.filter(({ unit }) => unit === existence).sort((a, b) => a.number - b.number)) {
    const value = claim.value as Existence;
    if (value !== 'present') gone[claim.side] = value;
    else delete gone[claim.side];
  }
  return gone;
}

type Merged = readonly (readonly [name: UnitId, unit: MergedUnit])[];

function mergeUnits(record: BaseRecord, claims: readonly Claim[], intents: OpenIntents, policy: Policy): Merged {
  const names = [...new Set([...claims.map((claim) => claim.unit), ...owedUnits(record)])];
  return names.map((name) => {
    const own = claims.filter((claim) => claim.unit === name);
    return [name, mergeUnit(record.kind, name, baseUnit(record, name), own, intents[name] ?? [], policy, record.restored)] as const;
  });
}

function owedUnits(record: BaseRecord): readonly UnitId[] {
  return Object.keys(record.units).filter((name) => Object.keys(baseUnit(record, name).owed).length > 0);
}

function withUnits(record: BaseRecord, merged: Merged): BaseRecord['units'] {
  return { ...record.units, ...Object.fromEntries(merged.map(([name, unit]) => [name, unit.unit])) };
}

function decideRecord(record: BaseRecord, merged: Merged, policy: Policy): { decision: Decision; rule: string } {
  const changed = (side: Side): boolean =>
    merged.some(([name, unit]) => unit.changed.includes(side) || (record.state === 'live' && pendingFrom(baseUnit(record, name), side)));
  const left = record.links['left'];
  const right = record.links['right'];
  if (left === undefined || right === undefined) return decideSingle(record, left === undefined ? 'right' : 'left', changed);
  if (isOrphan(record) && policy.deleteVsEdit === 'by-policy' && policy.direction !== 'left-to-right') return { decision: 'leave', rule: 'A12' };
  const goneLeft = record.gone['left'];
  const goneRight = record.gone['right'];
  const leftState: LeftState = goneLeft === 'hidden' || goneLeft === 'deleted' ? goneLeft : goneLeft === 'outside' ? 'hidden' : changed('left') ? 'changed' : 'unchanged';
  const rightState: RightState = goneRight === 'outside' || goneRight === 'deleted' ? goneRight : goneRight === 'hidden' ? 'outside' : changed('right') ? 'changed' : 'unchanged';
  // Both sides deleted it while a person, who saw it alive, edited it in a replica: as an edit against a deletion (history 29).
  if (leftState === 'deleted' && rightState === 'deleted' && changed('right')) return decide(policy, 'deleted', 'changed');
  return decide(policy, leftState, rightState);
}

/** Given up when its OroCRM record was deleted and Outlook was not to follow (A11): what becomes of the item is a person's decision (A12). */
function isOrphan(record: BaseRecord): boolean {
  return record.state === 'tombstone' && record.gone['left'] === 'deleted' && record.gone['right'] !== 'deleted' && record.todo['right'] === undefined;
}

/** An edit of this side that the other one has not been given yet: a deletion there has not seen it. */
function pendingFrom(unit: BaseUnit, side: Side): boolean {
  return unit.from.side === side && Object.keys(unit.owed).some((other) => other !== side);
}

function decideSingle(record: BaseRecord, side: Side, changed: (side: Side) => boolean): { decision: Decision; rule: string } {
  const gone = record.gone[side];
  if (record.links[side] === undefined || gone === 'deleted') return { decision: 'drop', rule: 'C13' };
  if (gone !== undefined) return { decision: 'freeze', rule: gone === 'hidden' ? 'D4' : 'D5' };
  return { decision: changed(side) ? 'each-unit' : 'nothing', rule: 'G2' };
}

/** Does with the record what the matrix says. */
function carryOut(record: BaseRecord, decision: Decision, rule: string, merged: Merged, policy: Policy, told: Told[]): BaseRecord {
  const edits = (): void => {
    for (const [, unit] of merged) told.push(...editsOf(unit, rule));
  };
  switch (decision) {
    case 'nothing':
    case 'leave':
    case 'each-unit':
    case 'freeze':
      return record;
    case 'to-right':
      return policy.direction === 'both-ways' ? record : sweep(record, 'right', 'A2', policy);
    case 'to-left':
      return policy.direction === 'both-ways' || (rule === 'B7' && policy.oneWayRevert === 'on-source-change') ? record : sweep(record, 'left', 'B5', policy);
    case 'create-right':
      return recreateRight(record, rule, policy);
    case 'create-left': {
      const again = recreate(record, 'left', rule);
      return record.gone['right'] === 'deleted' ? recreate(again, 'right', rule) : again;
    }
    case 'delete-right':
      edits();
      return { ...quiet(record), todo: record.links['right'] === undefined || record.gone['right'] === 'deleted' ? {} : { right: { op: 'delete', rule } }, state: 'tombstone' };
    case 'tombstone':
    case 'drop':
      edits();
      return { ...quiet(record), state: 'tombstone' };
  }
}

function recreateRight(record: BaseRecord, rule: string, policy: Policy): BaseRecord {
  switch (policy.rightDeletion) {
    case 'recreate':
      return recreate(record, 'right', rule);
    case 'ignore':
      return { ...quiet(record), state: 'tombstone' };
    case 'propagate':
      return { ...quiet(record), state: 'tombstone', todo: { left: { op: 'delete', rule } } };
  }
}

/** The record is to be made again on a side; the item it was there is remembered, and what it holds is forgotten. */
function recreate(record: BaseRecord, side: Side, rule: string): BaseRecord {
  const { [side]: link, ...links } = record.links;
  const { [side]: _gone, ...gone } = record.gone;
  const former = link === undefined ? record.former : { ...record.former, [side]: [...(record.former[side] ?? []), link.id] };
  const todo: Todo = { op: 'create', rule };
  const units = Object.entries(record.units).map(([name, unit]) => [name, { ...unit, held: { ...unit.held, [side]: { saw: heldBy(unit, side).saw } }, owed: omit(unit.owed, side) }]);
  return { ...record, links, gone, former, state: 'live', todo: { ...record.todo, [side]: todo }, units: Object.fromEntries(units) as BaseRecord['units'] };
}

/** Nothing is owed on a record that is given up. */
function quiet(record: BaseRecord): BaseRecord {
  const units = Object.entries(record.units).map(([name, unit]) => [name, Object.keys(unit.owed).length === 0 ? unit : { ...unit, owed: {} }]);
  return { ...record, todo: {}, units: Object.fromEntries(units) as BaseRecord['units'] };
}

/** Edits that end with the record are told once (history 26). */
function editsOf(unit: MergedUnit, rule: string): readonly Told[] {
  if (!unit.decided) return [];
  const { from, agreed } = unit.unit;
  return [{ unit: existence, side: from.side, number: from.number, at: from.at, outcome: 'deleted', rule, ...(agreed !== undefined && { value: agreed }) }];
}

/**
 * One direction: a change at the source brings every mapped field of the other side to the source's value, not only the
 * changed one (A2, B5). Nothing erases nothing (G8), and what a side cannot hold better stays.
 */
function sweep(record: BaseRecord, side: Side, rule: string, policy: Policy): BaseRecord {
  const units = Object.entries(record.units).map(([name, unit]): [UnitId, BaseUnit] => {
    const now = heldBy(unit, side);
    const differs = !sameUnit(record.kind, name, now.value, unit.agreed) && now.own !== true;
    const erases = canonicalUnit(record.kind, name, unit.agreed) === '' && !policy.emptyOverwrites;
    return [name, differs && !erases && unit.owed[side] === undefined ? { ...unit, owed: { ...unit.owed, [side]: rule } } : unit];
  });
  return { ...record, units: Object.fromEntries(units) };
}

/**
 * Classic: edits of both sides that had not seen each other are one conflict, decided for all mapped fields (C9).
 * A claim also conflicts with what was folded from the other side after what it had seen (history 15).
 */
function decideWhole(next: BaseRecord, before: BaseRecord, claims: readonly Claim[], merged: Merged, policy: Policy, told: Told[]): BaseRecord {
  if (policy.direction !== 'both-ways') return next;
  const sides = new Set(merged.flatMap(([, unit]) => unit.changed));
  for (const claim of claims) {
    if (Object.values(before.units).some((unit) => unit.from.side !== claim.side && isUnseen(unit, claim))) sides.add(claim.side === 'left' ? 'right' : 'left');
  }
  if (sides.size < 2) return next;
  const winner = policy.precedence.find((side) => sides.has(side)) ?? 'left';
  const units = Object.entries(next.units).map(([name, unit]): [UnitId, BaseUnit] => {
    if (unit.from.side === winner) return [name, unit];
    const mergedUnit = merged.find(([other]) => other === name)?.[1];
    const lost = mergedUnit?.decided === true || claims.some((claim) => claim.side === winner && isUnseen(unit, claim));
    if (!lost) return [name, unit];
    const value = valueOf(before, name, winner);
    if (sameUnit(next.kind, name, value, unit.agreed)) return [name, unit];
    for (const claim of claims.filter((one) => one.unit === name && one.side !== winner)) told.push(tell(claim, 'lost', 'C9'));
    return [name, takeBack(next.kind, name, unit, value, winner, policy)];
  });
  return { ...next, units: Object.fromEntries(units) };
}

/** Whether the author of a claim had not seen the agreed value of another unit of the record. An observation shows what its side was given. */
function isUnseen(unit: BaseUnit, claim: Claim): boolean {
  return unit.from.number > (claim.native === undefined ? claim.saw : heldBy(unit, claim.side).saw);
}

/** What a side held for a unit before this merge. */
function valueOf(record: BaseRecord, name: UnitId, side: Side): Json | undefined {
  return heldBy(baseUnit(record, name), side).value;
}

function takeBack(kind: Kind, name: UnitId, unit: BaseUnit, value: Json | undefined, winner: Side, policy: Policy): BaseUnit {
  const held: Record<Side, BaseUnit['held'][Side]> = {};
  const owed: Record<Side, string> = {};
  for (const side of policy.precedence) {
    const now = side === winner ? { ...(value !== undefined && { value }), saw: heldBy(unit, side).saw } : heldBy(unit, side);
    if (sameUnit(kind, name, now.value, value)) continue;
    held[side] = { ...(now.value !== undefined && { value: now.value }), saw: now.saw };
    owed[side] = 'C9';
  }
  return { ...(value !== undefined && { agreed: value }), from: unit.from, held, owed };
}

/** The primary entry is one of the list; when it has left the list, the first that remains takes its place (M13, M17). */
function normalisePrimaries(record: BaseRecord, merged: Merged, policy: Policy): BaseRecord {
  let next = record;
  for (const [primary, list] of primaries) {
    if (!merged.some(([name]) => name === primary || name.startsWith(`${list}/`))) continue;
    const entries = Object.entries(next.units).filter(([name, unit]) => name.startsWith(`${list}/`) && unit.agreed !== undefined);
    const unit = baseUnit(next, primary);
    const wanted = entries.find(([name]) => unit.agreed !== undefined && canonicalEntry(next.kind, primary, unit.agreed) === name.slice(list.length + 1)) ?? entries[0];
    const value = wanted?.[1].agreed;
    if (sameUnit(next.kind, primary, unit.agreed, value)) continue;
    next = { ...next, units: { ...next.units, [primary]: rename(next.kind, primary, unit, value, policy) } };
  }
  return next;
}

function canonicalEntry(kind: Kind, primary: UnitId, value: Json): string {
  return canonicalUnit(kind, primary, value);
}

function rename(kind: Kind, name: UnitId, unit: BaseUnit, value: Json | undefined, policy: Policy): BaseUnit {
  const held: Record<Side, BaseUnit['held'][Side]> = {};
  const owed: Record<Side, string> = {};
  for (const side of policy.precedence) {
    const now = heldBy(unit, side);
    if (sameUnit(kind, name, now.value, value)) continue;
    held[side] = { ...(now.value !== undefined && { value: now.value }), saw: now.saw };
    if (mayWrite(policy.direction, side)) owed[side] = policy.direction === 'right-to-left' ? 'M17' : 'M13';
  }
  return { ...(value !== undefined && { agreed: value }), from: unit.from, held, owed };
}

function omit<V>(record: Readonly<Record<string, V>>, key: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
