import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { sameUnit, type UnitId, type Units } from '../model/units.ts';
import { baseUnit, heldBy, type BaseRecord, type BaseUnit, type Link } from './base.ts';
import type { Claim, Side } from './claim.ts';
import { firstMatch, type FirstSeen } from './first-match.ts';
import { acknowledgeUnit } from './merge-unit.ts';
import type { Policy } from '../policy/policy.ts';

/** The claims a write carried out: for each unit written, the number of the claim its value came from. */
export type WrittenNumbers = { readonly [unit: UnitId]: number };

/**
 * A side stored a write: `stored` is what it shows now. An acknowledgement is not an edit; a unit that was not part of
 * the write and reads differently now is left for the next observation.
 */
export function acknowledgeWrite(record: BaseRecord, side: Side, link: Link, stored: Units, written: WrittenNumbers): BaseRecord {
  const units: Record<UnitId, BaseUnit> = { ...record.units };
  for (const [name, number] of Object.entries(written)) {
    units[name] = acknowledgeUnit(baseUnit(record, name), side, stored[name], number, (a, b) => sameUnit(record.kind, name, a, b));
  }
  return { ...record, units, links: { ...record.links, [side]: link } };
}

/**
 * A side stored a creation: the record is linked there, and what the side shows is what it holds. `written` names the
 * claims the creation carried; what was agreed since is owed (the answer may have been found late, history 25).
 */
export function acknowledgeCreate(record: BaseRecord, side: Side, link: Link, stored: Units, written: WrittenNumbers): BaseRecord {
  const { [side]: done, ...todo } = record.todo;
  const { [side]: _gone, ...gone } = record.gone;
  const names = Object.fromEntries([...Object.keys(record.units), ...Object.keys(stored)].map((name) => [name, written[name] ?? (record.units[name] === undefined ? record.from.number : 0)]));
  const next = acknowledgeWrite({ ...record, todo, gone }, side, link, stored, names);
  const units = Object.entries(next.units).map(([name, unit]): [UnitId, BaseUnit] => {
    const late = record.units[name] !== undefined && unit.from.number !== written[name] && !sameUnit(record.kind, name, stored[name], unit.agreed);
    return [name, late ? { ...unit, owed: { ...unit.owed, [side]: done?.rule ?? 'R4' } } : unit];
  });
  return { ...next, units: Object.fromEntries(units) };
}

/** A side deleted the record, or it turned out to be gone already. */
export function acknowledgeDelete(record: BaseRecord, side: Side): BaseRecord {
  const { [side]: _done, ...todo } = record.todo;
  return { ...record, todo, gone: { ...record.gone, [side]: 'deleted' } };
}

/** A field that a side refuses is no longer owed; it waits, in words, for a person or the next edit (M24, M35, M43). */
export function blockUnits(record: BaseRecord, side: Side, reasons: { readonly [unit: UnitId]: string }): BaseRecord {
  const units: Record<UnitId, BaseUnit> = { ...record.units };
  for (const [name, reason] of Object.entries(reasons)) {
    const unit = baseUnit(record, name);
    const { [side]: _owed, ...owed } = unit.owed;
    units[name] = { ...unit, owed, blocked: { ...unit.blocked, [side]: reason } };
  }
  return { ...record, units };
}

/** What a side showed when it was last observed; what matching compares and a first match starts from. */
export function seenBy(record: BaseRecord, side: Side): FirstSeen {
  const units: Record<UnitId, Json> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    const { value } = heldBy(unit, side);
    if (value !== undefined) units[name] = value;
  }
  return { units, from: record.from };
}

/** Makes two records, each known on one side only, into one link (K2, A3, B2s, C2). The left one's id stays. */
export function linkRecords(left: BaseRecord, right: BaseRecord, policy: Policy): BaseRecord {
  const { todo: _todo, ...rest } = left;
  return {
    ...rest,
    kind: left.kind,
    links: { ...left.links, ...right.links },
    former: mergeFormer(left.former, right.former),
    units: firstMatch(left.kind, seenBy(left, 'left'), seenBy(right, 'right'), policy),
    from: left.from.number > right.from.number ? left.from : right.from,
    considered: Math.max(left.considered, right.considered),
    todo: {},
    gone: { ...right.gone, ...left.gone },
    state: 'live',
  };
}

function mergeFormer(left: BaseRecord['former'], right: BaseRecord['former']): BaseRecord['former'] {
  const sides = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return Object.fromEntries(sides.map((side) => [side, [...(left[side] ?? []), ...(right[side] ?? [])]]));
}

/** What an edit observed on a side has seen of a unit: what that side held (the design's rule on `saw`). */
export function sawOf(record: BaseRecord, unit: UnitId, side: Side): number {
  return heldBy(baseUnit(record, unit), side).saw;
}

/** The units that read differently from what the side held: what an observation claims. */
export function changedUnits(kind: Kind, record: BaseRecord, side: Side, shown: Units): readonly { readonly unit: UnitId; readonly value?: Json; readonly saw: number }[] {
  const names = [...new Set([...Object.keys(record.units), ...Object.keys(shown)])];
  return names.flatMap((unit) => {
    const value = shown[unit];
    const held = heldBy(baseUnit(record, unit), side);
    if (sameUnit(kind, unit, held.value, value)) return [];
    return [{ unit, saw: held.saw, ...(value !== undefined && { value }) }];
  });
}

/** The parts of a claim that the recorder fills in. */
export type ClaimDraft = Omit<Claim, 'number'>;
