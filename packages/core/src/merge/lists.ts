import type { Json } from '../json.ts';
import { canonicalUnit, primaries, sameUnit, type UnitId } from '../model/units.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import { baseUnit, heldBy, holding, type BaseRecord, type BaseUnit } from './base.ts';
import type { Origin, Side } from './claim.ts';
import type { Merged } from './merge-unit.ts';
import { tell, type Told } from './told.ts';

/**
 * The primary entry is one of the list: when it has left the list, the first that remains takes its place (M13, M17). Who
 * named one that is not on the list is told so.
 */
export function namePrimaries(record: BaseRecord, before: BaseRecord, merged: Merged, policy: Policy): { readonly record: BaseRecord; readonly told: readonly Told[] } {
  let next = record;
  const told: Told[] = [];
  for (const [primary, list] of primaries) {
    const origin = newestOf(merged.filter(([name]) => name === primary || isEntry(name, list)).map(([name]) => baseUnit(record, name).from));
    if (origin === undefined) continue;
    const unit = baseUnit(record, primary);
    const isListed = (value: Json | undefined): boolean => baseUnit(record, `${list}/${canonicalUnit(record.kind, primary, value)}`).agreed !== undefined;
    const was = baseUnit(before, primary).agreed;
    // Nobody need name one: only a name that is no longer on the list is replaced.
    if (unit.agreed === undefined ? was === undefined || isListed(was) : isListed(unit.agreed)) continue;
    const value = Object.entries(record.units).find(([name, entry]) => isEntry(name, list) && entry.agreed !== undefined)?.[1].agreed;
    if (sameUnit(record.kind, primary, unit.agreed, value)) continue;
    next = { ...next, units: { ...next.units, [primary]: rename(record, primary, value, origin, policy) } };
    const isNamed = merged.some(([name, { decided }]) => name === primary && decided) && unit.agreed !== undefined;
    if (isNamed) told.push(tell({ ...unit.from, unit: primary, value: unit.agreed }, 'superseded', ruleFor(primary)));
  }
  return { record: next, told };
}

function newestOf(origins: readonly Origin[]): Origin | undefined {
  return origins.reduce<Origin | undefined>((a, b) => (a === undefined || b.number > a.number ? b : a), undefined);
}

function rename(record: BaseRecord, name: UnitId, value: Json | undefined, from: Origin, policy: Policy): BaseUnit {
  const before = baseUnit(record, name);
  let unit: BaseUnit = { ...(value !== undefined && { agreed: value }), from, held: {}, owed: {} };
  for (const side of linked(record)) {
    const now = heldBy(before, side);
    if (sameUnit(record.kind, name, now.value, value)) continue;
    unit = holding(unit, side, now.value, now.saw);
    if (mayWrite(policy.direction, side)) unit = { ...unit, owed: { ...unit.owed, [side]: ruleFor(name) } };
  }
  return unit;
}

function ruleFor(primary: UnitId): string {
  return primary === 'primaryEmail' ? 'M13' : 'M17';
}

/** A side whose person made room in a list is shown what did not fit before (M12). */
export function makeRoom(record: BaseRecord, before: BaseRecord, merged: Merged, policy: Policy): BaseRecord {
  let next = record;
  for (const [, list] of primaries) {
    if (!merged.some(([name, unit]) => isEntry(name, list) && unit.decided)) continue;
    for (const side of linked(record)) {
      if (!mayWrite(policy.direction, side) || shown(record, list, side) >= shown(before, list, side)) continue;
      const waiting = Object.entries(next.units).filter(([name, unit]) => isEntry(name, list) && unit.agreed !== undefined && unit.held[side]?.own === true);
      const owed = waiting.map(([name, unit]): [UnitId, BaseUnit] => [name, { ...unit, owed: { ...unit.owed, [side]: 'M12' } }]);
      next = { ...next, units: { ...next.units, ...Object.fromEntries(owed) } };
    }
  }
  return next;
}

/** How many entries of a list a side shows. */
function shown(record: BaseRecord, list: UnitId, side: Side): number {
  return Object.entries(record.units).filter(([name, unit]) => isEntry(name, list) && heldBy(unit, side).value !== undefined).length;
}

function isEntry(name: UnitId, list: UnitId): boolean {
  return name.startsWith(`${list}/`);
}

function linked(record: BaseRecord): readonly Side[] {
  return Object.keys(record.links);
}
