import type { Json } from '../json.ts';
import { heldBy, holding, settledOn, without, type BaseUnit } from './base.ts';
import type { Side } from './claim.ts';
import { isListedUnit, unlistedUnit } from './listed.ts';

/** Equality of two values of the unit at hand. */
export type Same = (a: Json | undefined, b: Json | undefined) => boolean;

/** The number under which a value for one side alone is written (A13): it comes from no claim that was agreed. */
export const forOneSide = 0;

/**
 * Records that a side now holds `value`, written there for the claim with this number. If that is the claim the
 * agreed value came from, the side is owed nothing more; what it stored instead of the agreed value is its own (C16).
 */
export function acknowledgeUnit(unit: BaseUnit, side: Side, value: Json | undefined, number: number, same: Same): BaseUnit {
  if (number === forOneSide) return acknowledgeOnly(unit, side, value, same);
  // A value for this side alone that was typed since is still to be written.
  const isDone = unit.only?.[side] === undefined;
  if (same(value, unit.agreed)) return isDone ? settledOn(unblocked(unit, side), side) : { ...unit, held: without(unit.held, side) };
  // An older verdict than today's: the side holds it, no more, and is owed today's, also where it was thought to hold that (history 24).
  if (number !== unit.from.number) return holding({ ...unit, owed: { [side]: 'R4', ...unit.owed } }, side, value, number);
  const next = holding(unblocked(unit, side), side, value, number, true);
  return isDone ? { ...next, owed: without(next.owed, side) } : next;
}

/** What the side stored stays there as its own difference, as an edit against the direction does (A9). */
function acknowledgeOnly(unit: BaseUnit, side: Side, value: Json | undefined, same: Same): BaseUnit {
  const { only = {}, ...rest } = unit;
  const others = without(only, side);
  const next: BaseUnit = { ...rest, owed: without(unit.owed, side), ...(Object.keys(others).length > 0 && { only: others }) };
  return same(value, unit.agreed) ? settledOn(next, side) : holding(next, side, value, heldBy(unit, side).saw);
}

/** The unit without the reason for which a side could not be brought to it; what is listed for both sides is off the list (S14b). */
export function unblocked(unit: BaseUnit, side: Side): BaseUnit {
  if (unit.blocked?.[side] === undefined) return unit;
  if (isListedUnit(unit)) return unlistedUnit(unit);
  const { blocked, ...rest } = unit;
  const others = without(blocked, side);
  return { ...rest, ...(Object.keys(others).length > 0 && { blocked: others }) };
}
