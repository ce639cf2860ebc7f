import type { Json } from '../json.ts';
import { sameUnit, type UnitId } from '../model/units.ts';
import type { Policy } from '../policy/policy.ts';
import { baseUnit, heldBy, holding, type BaseRecord, type BaseUnit } from './base.ts';
import { hasSeen, type Claim, type Origin, type Side } from './claim.ts';
import type { Merged } from './merge-unit.ts';
import { tell, type Told } from './told.ts';

/** One side's edit of a unit: a new claim, or an agreed value and the claim it came from. */
interface Edit extends Origin {
  readonly unit: UnitId;
  readonly value?: Json;
  readonly claim?: Claim;
}

/**
 * Classic: edits of both sides that had not seen each other are one conflict, decided for all mapped fields (C9). A claim
 * also conflicts with what was agreed from the other side after what its author had seen (history 15). `undefined`: no
 * such conflict.
 */
export function decideWhole(next: BaseRecord, before: BaseRecord, merged: Merged, policy: Policy): { readonly record: BaseRecord; readonly told: readonly Told[] } | undefined {
  if (policy.granularity !== 'record' || policy.direction !== 'both-ways') return undefined;
  const fresh = merged.flatMap(([, unit]) => unit.edits.map((claim): Edit => ({ ...claim, claim })));
  const agreed = Object.entries(before.units).map(([unit, { from, agreed: value }]): Edit => ({ ...from, unit, ...(value !== undefined && { value }) }));
  const pairs = fresh.flatMap((edit) => [...fresh, ...agreed].flatMap((other) => (areUnseen(before, edit, other) ? [[edit, other] as const] : [])));
  const winner = policy.precedence.find((side) => pairs.some((pair) => pair.some((edit) => edit.side === side)));
  if (winner === undefined) return undefined;

  let record = next;
  const told: Told[] = [];
  for (const pair of pairs) {
    const won = pair.find((edit) => edit.side === winner);
    const lost = pair.find((edit) => edit.side !== winner);
    if (won === undefined || lost === undefined) continue;
    const unit = baseUnit(record, lost.unit);
    // What lost in its own unit is told there; what came after it, and had seen the winner, stays.
    const isAgreed = unit.from.number === lost.number && unit.from.side === lost.side;
    if (!isAgreed || sameUnit(next.kind, lost.unit, unit.agreed, valueOf(before, lost.unit, winner))) continue;
    told.push(tell(lost, 'lost', 'C9'));
    record = { ...record, units: { ...record.units, [lost.unit]: takeBack(record, before, lost.unit, won) } };
  }
  return { record, told };
}

/** Whether two edits of different sides had not seen each other, and are not the same edit. An observation shows what its side was given. */
function areUnseen(before: BaseRecord, edit: Edit, other: Edit): boolean {
  if (edit.claim === undefined || edit.side === other.side) return false;
  if (edit.unit === other.unit && sameUnit(before.kind, edit.unit, edit.value, other.value)) return false;
  if (other.claim !== undefined) return !hasSeen(edit.claim, other) && !hasSeen(other.claim, edit);
  return other.number > (edit.claim.native === undefined ? edit.claim.saw : heldBy(baseUnit(before, other.unit), edit.side).saw);
}

/** What the winner's side has for a unit: its own edit that was agreed, else what it held before this merge. */
function valueOf(before: BaseRecord, name: UnitId, winner: Side): BaseUnit['agreed'] {
  const unit = baseUnit(before, name);
  return unit.from.side === winner ? unit.agreed : heldBy(unit, winner).value;
}

/** The winner's value is agreed, with the edit that won; sides keep what they showed, and what they had seen before. */
function takeBack(record: BaseRecord, before: BaseRecord, name: UnitId, won: Edit): BaseUnit {
  const value = valueOf(before, name, won.side);
  const { number, side: from, writer, at } = won;
  let unit: BaseUnit = { ...(value !== undefined && { agreed: value }), from: { number, side: from, writer, at }, held: {}, owed: {} };
  for (const side of Object.keys(record.links)) {
    const shown = heldBy(baseUnit(record, name), side).value;
    if (sameUnit(record.kind, name, shown, value)) continue;
    unit = holding(unit, side, shown, heldBy(baseUnit(before, name), side).saw);
    unit = { ...unit, owed: { ...unit.owed, [side]: 'C9' } };
  }
  return unit;
}
