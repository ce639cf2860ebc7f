import { heldBy, mapUnits, without, withoutItem, type BaseRecord } from './base.ts';
import type { Side } from './claim.ts';

/**
 * Whether a deletion is part of the literal full pass, which deletes every marked item first (A6, B3). It is asked for once, by
 * the name of exactly what it deletes (D8): so it is done or dropped, and never waits for anything.
 */
export function isPurge(rule: string | undefined): boolean {
  return rule === 'A6' || rule === 'B3';
}

/** The record whose item on a side is to go, before anything else is done with it. */
export function purgeItem(record: BaseRecord, side: Side, rule: 'A6' | 'B3'): BaseRecord {
  return { ...record, todo: { ...record.todo, [side]: { op: 'delete', rule } } };
}

/** The record whose item stays after all: it cannot be seen any more, may not be deleted, or the switch is off again. */
export function stopPurge(record: BaseRecord): BaseRecord {
  const rest = Object.entries(record.todo).filter(([, { rule }]) => !isPurge(rule));
  return rest.length === Object.keys(record.todo).length ? record : { ...record, todo: Object.fromEntries(rest) };
}

/**
 * The record after its item was purged: as one that was never on that side. What is left is what the other side holds, so
 * that it finds an unmarked twin or is created again from there (A3, A4); where there is no other side, nothing. Verdicts are
 * final: what the other side is still owed is owed, and what a person typed for this side alone (A13) goes to the new item.
 */
export function withoutPurged(record: BaseRecord, side: Side): BaseRecord {
  const rest = { ...withoutItem(record, side), todo: without(record.todo, side) };
  const [other] = Object.keys(rest.links);
  if (other === undefined) return { ...rest, todo: {}, state: 'tombstone' };
  return mapUnits(rest, (unit) => {
    const { from, only } = unit;
    const owed = only === undefined ? without(unit.owed, side) : unit.owed;
    const isDue = owed[other] !== undefined;
    const agreed = isDue ? unit.agreed : heldBy(unit, other).value;
    return { ...(agreed !== undefined && { agreed }), from, held: isDue ? without(unit.held, side) : {}, owed, ...(only !== undefined && { only }) };
  });
}
