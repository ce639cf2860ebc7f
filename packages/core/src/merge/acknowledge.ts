import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { sameUnit, type UnitId, type Units } from '../model/units.ts';
import { acknowledgeUnit, type Same } from './acknowledge-unit.ts';
import { baseUnit, heldBy, holding, settledOn, without, type BaseRecord, type BaseUnit, type Link } from './base.ts';
import type { Origin, Side } from './claim.ts';
import { firstMatch, type FirstSeen } from './first-match.ts';
import { isPurge, withoutPurged } from './purge.ts';
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
    units[name] = acknowledgeUnit(baseUnit(record, name), side, stored[name], number, sameIn(record.kind)(name));
  }
  // A mark that had to go is gone (K12).
  const isUnmarked = record.todo[side]?.op === 'unmark' && (link.mark ?? '') === '';
  return { ...record, units, links: { ...record.links, [side]: link }, ...(isUnmarked && { todo: without(record.todo, side) }) };
}

/**
 * A side stored a creation: the record is linked there, and what the side shows is what it holds, what it filled in by
 * itself included (C16). `written` names the claims the creation carried; what was agreed since is owed. A record that was
 * given up meanwhile is as one that was linked then (history 25): merge it again, and the matrix says what becomes of it.
 */
export function acknowledgeCreate(record: BaseRecord, side: Side, link: Link, stored: Units, written: WrittenNumbers): BaseRecord {
  const same = sameIn(record.kind);
  const units = [...new Set([...Object.keys(record.units), ...Object.keys(stored)])].map((name): [UnitId, BaseUnit] => {
    const unit = baseUnit(record, name);
    const number = written[name];
    if (number === undefined && Object.hasOwn(record.units, name)) {
      if (same(name)(stored[name], unit.agreed)) return [name, settledOn(unit, side)];
      // Agreed since, so nothing of it was in the creation; or the side refuses it, and then it is not owed.
      const owed = unit.blocked?.[side] === undefined ? { ...unit.owed, [side]: 'R4' } : unit.owed;
      return [name, { ...holding(unit, side, stored[name], 0), owed }];
    }
    return [name, acknowledgeUnit(unit, side, stored[name], number ?? unit.from.number, same(name))];
  });
  return {
    ...record, units: Object.fromEntries(units), links: { ...record.links, [side]: link },
    todo: without(record.todo, side), gone: without(record.gone, side), state: 'live',
  };
}

function sameIn(kind: Kind): (name: UnitId) => Same {
  return (name) => (a, b) => sameUnit(kind, name, a, b);
}

/** A side deleted the record, or it turned out to be gone already. */
export function acknowledgeDelete(record: BaseRecord, side: Side): BaseRecord {
  if (isPurge(record.todo[side]?.rule)) return withoutPurged(record, side);
  return { ...record, todo: without(record.todo, side), gone: { ...record.gone, [side]: 'deleted' } };
}

/** A field that a side refuses is no longer owed; it waits, in words, for a person or the next edit (M24, M35, M43). */
export function blockUnits(record: BaseRecord, side: Side, reasons: { readonly [unit: UnitId]: string }): BaseRecord {
  const units: Record<UnitId, BaseUnit> = { ...record.units };
  for (const [name, reason] of Object.entries(reasons)) {
    const unit = baseUnit(record, name);
    units[name] = { ...unit, owed: without(unit.owed, side), blocked: { ...unit.blocked, [side]: reason } };
  }
  return { ...record, units };
}

/** Rule R7: the unit is left as it is on both sides until a person decides. */
export function freezeUnit(record: BaseRecord, name: UnitId, reason: string): BaseRecord {
  return { ...record, units: { ...record.units, [name]: { ...baseUnit(record, name), owed: {}, frozen: reason } } };
}

/** A person has decided: the unit is neither frozen (R7) nor held back (M43, S14b) any more; what both sides have come to meanwhile is agreed. */
export function releaseUnit(record: BaseRecord, name: UnitId): BaseRecord {
  const { frozen: _frozen, blocked: _blocked, agreed: _agreed, ...rest } = baseUnit(record, name);
  const [value, ...others] = Object.keys(record.links).map((side) => heldBy(baseUnit(record, name), side).value);
  const isOne = others.every((other) => sameUnit(record.kind, name, other, value));
  const agreed = isOne ? value : baseUnit(record, name).agreed;
  const unit: BaseUnit = { ...rest, ...(agreed !== undefined && { agreed }), ...(isOne && { held: {} }) };
  return { ...record, units: { ...record.units, [name]: unit } };
}

/** What a side showed when it was last observed; what matching compares and a first match starts from. */
export function seenBy(record: BaseRecord, side: Side): FirstSeen {
  const units: Record<UnitId, Json> = {};
  const origins: Record<UnitId, Origin> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    const { value } = heldBy(unit, side);
    if (value !== undefined) units[name] = value;
    origins[name] = unit.from;
  }
  return { units, from: record.from, origins };
}

/** Makes two records, each known on one side only, into one link (K2, A3, B2s, C2). The left one's id stays. */
export function linkRecords(left: BaseRecord, right: BaseRecord, policy: Policy): BaseRecord {
  return {
    ...left,
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
