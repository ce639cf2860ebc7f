import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { sameUnit, type UnitId, type Units } from '../model/units.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import { holding, type BaseUnit } from './base.ts';
import type { Origin } from './claim.ts';
import { fillMembers } from './members.ts';

/** A record as it was first observed on a side. */
export interface FirstSeen {
  readonly units: Units;
  readonly from: Origin;
  /** Where single units came from, if not with the rest. */
  readonly origins?: { readonly [unit: UnitId]: Origin };
}

/**
 * The settled state of a pair that was never linked before. Not a conflict: rules C2, A7 and B2 decide, not the setting.
 * In direction right to left the right side's values count, else the left's; nothing erases something only where the policy says so (A7).
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
  const agreed = policy.emptyOverwrites ? strong : fill(kind, name, strong, weak, policy);
  const from = originOf(strong === undefined && agreed !== undefined ? seen[other] : seen[source], name);
  let unit: BaseUnit = { ...(agreed !== undefined && { agreed }), from, held: {}, owed: {} };
  for (const side of ['left', 'right'] as const) {
    const value = seen[side].units[name];
    if (sameUnit(kind, name, value, agreed)) continue;
    // The side has not been shown the agreed value, whichever of the two was read first (history 11).
    unit = holding(unit, side, value, Math.min(originOf(seen[side], name).number, from.number - 1));
    const erases = agreed === undefined && !policy.emptyOverwrites;
    if (mayWrite(policy.direction, side) && !erases) unit = { ...unit, owed: { ...unit.owed, [side]: rule } };
  }
  return unit;
}

function originOf(seen: FirstSeen, name: UnitId): Origin {
  return seen.origins?.[name] ?? seen.from;
}

/** The strong value, with what it lacks from the weak one (A7s). In one direction nothing flows against it: there an empty source leaves the other side as it is. */
function fill(kind: Kind, name: UnitId, strong: Json | undefined, weak: Json | undefined, policy: Policy): Json | undefined {
  if (strong === undefined) return policy.direction === 'both-ways' ? weak : undefined;
  return fillMembers(kind, name, strong, weak);
}
