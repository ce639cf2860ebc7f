import { linkRecords } from './acknowledge.ts';
import { heldBy, holding, mapUnits, type BaseRecord } from './base.ts';
import { sinceRestore } from './listed.ts';
import { questionOf } from './person.ts';
import type { Policy } from '../policy/policy.ts';

/**
 * The record as a backup gives it back: what was decided stands, but nothing is deleted any more on the word of yesterday, a purge
 * neither (D9). The flag goes
 * when both sides have been read completely and {@link isSettledSinceRestore} says so.
 */
export function asRestored(record: BaseRecord): BaseRecord {
  const todo = Object.entries(record.todo).filter(([, { op, blocked }]) => op !== 'delete' || blocked !== undefined);
  return { ...record, todo: Object.fromEntries(todo), restored: true };
}

/** Whether nothing of a restored record waits any more, and it is as any other. */
export function isSettledSinceRestore(record: BaseRecord, policy: Policy): boolean {
  const isSeen = Object.values(record.gone).every((gone) => gone === 'deleted');
  const isListed = Object.values(record.units).some(({ blocked }) => blocked !== undefined && Object.values(blocked).includes(sinceRestore));
  return isSeen && !isListed && questionOf(record, policy) === undefined;
}

/** A record like any other again. */
export function asUsual({ restored: _restored, ...record }: BaseRecord): BaseRecord {
  return record;
}

/**
 * Two records whose items name each other, found after a restore: a pair of after the backup, in sync then, of which the common state is
 * lost. Where both hold a value and the values differ, somebody edited since, and nothing flows: in both ways it is listed, one way it stays.
 */
export function relinkRecords(left: BaseRecord, right: BaseRecord, policy: Policy): BaseRecord {
  return mapUnits(linkRecords(left, right, policy), (unit) => {
    const [target] = Object.keys(unit.owed);
    if (target === undefined || heldBy(unit, 'left').value === undefined || heldBy(unit, 'right').value === undefined) return unit;
    if (policy.direction === 'both-ways') return { ...unit, owed: {}, blocked: { left: sinceRestore, right: sinceRestore } };
    return { ...holding(unit, target, heldBy(unit, target).value, unit.from.number), owed: {} };
  });
}
