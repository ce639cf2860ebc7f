import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { canonicalUnit, sameUnit, type UnitId } from '../model/units.ts';
import type { Policy } from '../policy/policy.ts';
import { unblocked, type Same } from './acknowledge-unit.ts';
import { heldBy, holding, mapUnits, settledOn, type BaseRecord, type BaseUnit } from './base.ts';
import { hasSeen, later, type Claim, type Side } from './claim.ts';
import { fillMembers } from './members.ts';
import { tell, type Told } from './told.ts';

/**
 * What becomes of claims that do not decide: edits against the direction stay (A9) or are reverted (B7), and what a
 * person types against it, or undoes, goes to the side that is written alone (A13, R10). `winner` is the source's claim that was decided at once.
 */
export function standAside(kind: Kind, name: UnitId, unit: BaseUnit, claims: readonly Claim[], winner: Claim | undefined, policy: Policy, same: Same): { readonly unit: BaseUnit; readonly told: readonly Told[] } {
  const told: Told[] = [];
  let next = unit;
  const reverts = policy.direction === 'right-to-left' && policy.oneWayRevert === 'immediately' && (unit.agreed !== undefined || policy.emptyOverwrites);
  for (const claim of claims.filter((one) => one.native !== undefined)) {
    if (same(claim.value, next.agreed)) {
      next = settledOn(next, claim.side);
    } else if (winner !== undefined) {
      told.push(tell(claim, 'superseded', policy.direction === 'left-to-right' ? 'A2' : 'B5'));
    } else if (reverts && !policy.emptyOverwrites && same(claim.value, keepMembers(kind, name, next, claim.side).agreed)) {
      told.push(tell(claim, 'left', 'G8'));
      next = settledOn(unblocked(keepMembers(kind, name, next, claim.side), claim.side), claim.side);
    } else {
      told.push(reverts ? tell(claim, 'reverted', 'B7') : tell(claim, 'left', policy.direction === 'left-to-right' ? 'A9' : unit.agreed === undefined ? 'G8' : 'B7'));
      next = unblocked(next, claim.side);
      if (reverts) next = { ...(policy.emptyOverwrites ? next : keepMembers(kind, name, next, claim.side)), owed: { ...next.owed, [claim.side]: 'B7' } };
    }
  }
  const typed = claims.filter((claim) => claim.native === undefined);
  const [side, rule] = policy.direction === 'right-to-left' ? (['left', 'R10'] as const) : (['right', 'A13'] as const);
  told.push(...typed.map((claim) => tell(claim, 'left', rule)));
  // What the source decided at the same time, unseen, replaces it (A2).
  const standing = typed.filter((claim) => winner === undefined || hasSeen(claim, winner));
  if (standing.length === 0) return { unit: next, told };
  const value: Json | null = standing.reduce(later).value ?? null;
  return { unit: { ...next, only: { ...next.only, [side]: value }, owed: { ...next.owed, [side]: rule } }, told };
}

/**
 * One direction: a change at the source brings every mapped field of the other side to the source's value, not only the
 * changed one (A2, B5). Nothing erases nothing (G8), and what a side cannot hold better, or at all, stays.
 */
export function sweep(record: BaseRecord, side: Side, rule: string, policy: Policy): BaseRecord {
  return mapUnits(record, (unit, name) => {
    const now = heldBy(unit, side);
    if (now.own === true || unit.owed[side] !== undefined || unit.blocked?.[side] !== undefined || sameUnit(record.kind, name, now.value, unit.agreed)) return unit;
    if (policy.emptyOverwrites) return { ...unit, owed: { ...unit.owed, [side]: rule } };
    if (canonicalUnit(record.kind, name, unit.agreed) === '') return unit;
    const filled = keepMembers(record.kind, name, unit, side);
    return sameUnit(record.kind, name, now.value, filled.agreed) ? settledOn(filled, side) : { ...filled, owed: { ...filled.owed, [side]: rule } };
  });
}

/** What the source never had in a name is agreed to stay where it is (G8); the source goes on holding its own. */
function keepMembers(kind: Kind, name: UnitId, unit: BaseUnit, side: Side): BaseUnit {
  const source = side === 'right' ? 'left' : 'right';
  const own = heldBy(unit, source);
  if (unit.agreed === undefined || own.value === undefined) return unit;
  const agreed = fillMembers(kind, name, own.value, heldBy(unit, side).value);
  return agreed === own.value ? unit : holding({ ...unit, agreed }, source, own.value, own.saw);
}
