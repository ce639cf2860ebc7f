import { sameJson, type Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { canonicalUnit, fieldsOfUnit, sameUnit, type UnitId, type Units } from '../model/units.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import type { BaseUnit } from './base.ts';
import type { Origin } from './claim.ts';

/** A record as it was first observed on a side. */
export interface FirstSeen {
  readonly units: Units;
  readonly from: Origin;
}

/**
 * The settled state of a pair that was never linked before. Not a conflict: rules C2, A7 and B2 decide, not the setting.
 * In direction right to left the right side's values count, else the left's; nothing erases nothing (A7s), unless the policy says so.
 */
export function firstMatch(kind: Kind, left: FirstSeen, right: FirstSeen, policy: Policy): { readonly [unit: UnitId]: BaseUnit } {
  const names = [...new Set([...Object.keys(left.units), ...Object.keys(right.units)])];
  return Object.fromEntries(names.map((name) => [name, matchUnit(kind, name, left, right, policy)]));
}

function matchUnit(kind: Kind, name: UnitId, left: FirstSeen, right: FirstSeen, policy: Policy): BaseUnit {
  const [source, other] = policy.direction === 'right-to-left' ? (['right', 'left'] as const) : (['left', 'right'] as const);
  const seen = { left, right };
  const strong = seen[source].units[name];
  const weak = seen[other].units[name];
  const rule = policy.direction === 'right-to-left' ? 'B2s' : policy.direction === 'left-to-right' ? 'A3' : 'C2';
  const agreed = policy.emptyOverwrites ? strong : policy.direction === 'both-ways' ? fill(kind, name, strong, weak) : strong;
  const from = strong === undefined && agreed !== undefined ? seen[other].from : seen[source].from;
  let unit: BaseUnit = { ...(agreed !== undefined && { agreed }), from, held: {}, owed: {} };
  for (const side of ['left', 'right'] as const) {
    const value = seen[side].units[name];
    if (sameUnit(kind, name, value, agreed)) continue;
    unit = { ...unit, held: { ...unit.held, [side]: { ...(value !== undefined && { value }), saw: seen[side].from.number } } };
    const erases = canonicalUnit(kind, name, agreed) === '' && !policy.emptyOverwrites;
    if (mayWrite(policy.direction, side) && !erases) unit = { ...unit, owed: { ...unit.owed, [side]: rule } };
  }
  return unit;
}

/** The strong value, with what it lacks from the weak one. Only a name is filled member by member; other groups are true or false as a whole. */
function fill(kind: Kind, name: UnitId, strong: Json | undefined, weak: Json | undefined): Json | undefined {
  if (strong === undefined || name !== 'name' || weak === undefined) return strong ?? weak;
  const filled = { ...(weak as { readonly [member: string]: Json }), ...(strong as { readonly [member: string]: Json }) };
  const ordered = Object.fromEntries(fieldsOfUnit(kind, name).flatMap((field) => (filled[field] === undefined ? [] : [[field, filled[field]]])));
  return sameJson(ordered, strong) ? strong : ordered;
}
