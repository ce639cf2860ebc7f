import type { Decision } from '../policy/decision.ts';
import type { Policy } from '../policy/policy.ts';
import { heldBy, mapUnits, without, withoutItem, type BaseRecord, type BaseUnit } from './base.ts';
import { isPendingFrom } from './existence.ts';
import { isListedUnit, unlistedUnit } from './listed.ts';
import type { Merged } from './merge-unit.ts';
import { sweep } from './one-way.ts';
import { isPurge } from './purge.ts';
import { tell, type Told } from './told.ts';
import type { Side } from './claim.ts';

/** Does with the record what the matrix says, and tells the edits that end with it. */
export function carryOut(record: BaseRecord, decision: Decision, rule: string, merged: Merged, policy: Policy): { readonly record: BaseRecord; readonly told: readonly Told[] } {
  switch (decision) {
    case 'nothing':
    case 'leave':
    case 'each-unit':
    case 'freeze':
      return { record, told: [] };
    case 'to-right':
      // After a restore nobody knows what the other side's own edits came after.
      return { record: policy.direction === 'both-ways' || record.restored === true ? record : sweep(record, 'right', rule === 'A5' ? 'A5' : 'A2', policy), told: [] };
    case 'to-left': {
      const waits = policy.direction === 'both-ways' || record.restored === true || (rule === 'B7' && policy.oneWayRevert === 'on-source-change');
      return { record: waits ? record : sweep(record, 'left', 'B5', policy), told: [] };
    }
    case 'create-right':
      return recreateRight(record, rule, merged, policy);
    case 'create-left': {
      const again = createAgain(record, 'left', rule);
      const isThere = record.links['right'] !== undefined && record.gone['right'] === undefined;
      return { record: isThere ? again : createAgain(again, 'right', rule), told: [] };
    }
    case 'delete-right':
      return { record: { ...giveUp(record), todo: deletion(record, 'right', rule, merged) }, told: edits(record, rule, merged) };
    case 'tombstone':
    case 'drop':
      return { record: giveUp(record), told: edits(record, rule, merged) };
  }
}

/** Deleted in Outlook while OroCRM has it: `outlookDeletion` says what that means. An edit in OroCRM survives (A10). */
function recreateRight(record: BaseRecord, rule: string, merged: Merged, policy: Policy): ReturnType<typeof carryOut> {
  const isEdited = merged.some(([, unit]) => unit.decided) && policy.deleteVsEdit === 'by-policy';
  // In direction left to right nothing is written on the left, deletions neither (A13); after a restore nothing is deleted (D9).
  const meaning = policy.rightDeletion === 'propagate' && (policy.direction === 'left-to-right' || record.restored === true) ? 'ignore' : policy.rightDeletion;
  if (meaning === 'recreate' || isEdited) return { record: createAgain(record, 'right', rule), told: [] };
  const given = giveUp(record);
  return { record: meaning === 'ignore' ? given : { ...given, todo: deletion(record, 'left', rule, merged) }, told: edits(record, rule, merged) };
}

/**
 * The record is to be made again on a side; the item it was there is remembered, and what it held is forgotten. Where the sides were listed as
 * different (S14b), one is gone now: it is made as the other one has it.
 */
export function createAgain(record: BaseRecord, side: Side, rule: string): BaseRecord {
  const other = side === 'left' ? 'right' : 'left';
  const isThere = record.links[other] !== undefined && record.gone[other] === undefined;
  const empty = mapUnits(withoutItem(record, side), (before) => {
    const unit = isThere && isListedUnit(before) ? asHeldBy(before, other) : unlistedUnit(before);
    return { ...unit, held: { ...unit.held, [side]: { saw: heldBy(unit, side).saw } }, owed: unit.only?.[side] === undefined ? without(unit.owed, side) : unit.owed };
  });
  return { ...empty, state: 'live', todo: { ...record.todo, [side]: { op: 'create', rule } } };
}

function asHeldBy(unit: BaseUnit, side: Side): BaseUnit {
  const { agreed: _agreed, ...rest } = unlistedUnit(unit);
  const { value } = heldBy(unit, side);
  return { ...rest, ...(value !== undefined && { agreed: value }), held: without(unit.held, side) };
}

/** A deletion that waits for a person goes on waiting, unless somebody edited the record since. */
function deletion(record: BaseRecord, side: Side, rule: string, merged: Merged): BaseRecord['todo'] {
  if (record.links[side] === undefined || record.gone[side] === 'deleted') return {};
  const before = record.todo[side];
  const isNew = before?.op !== 'delete' || (!isPurge(before.rule) && merged.some(([, unit]) => unit.decided));
  return { [side]: isNew ? { op: 'delete', rule } : before };
}

/** Kept so that late news finds it; nothing is owed on it, but that its item goes with the others (A6). */
export function giveUp(record: BaseRecord): BaseRecord {
  const units = mapUnits(record, (unit) => (Object.keys(unit.owed).length === 0 ? unlistedUnit(unit) : { ...unlistedUnit(unit), owed: {} }));
  const purge = Object.entries(record.todo).filter(([side, { rule }]) => isPurge(rule) && record.gone[side] === undefined);
  return { ...units, todo: Object.fromEntries(purge), state: 'tombstone' };
}

/** What was edited and not yet given to the other side ends with the record, and is told once (history 26). */
function edits(record: BaseRecord, rule: string, merged: Merged): readonly Told[] {
  return merged.flatMap(([name, { unit, decided }]) => {
    const isNews = decided || (record.state === 'live' && isPendingFrom(unit, unit.from.side));
    return isNews ? [tell({ ...unit.from, unit: name, ...(unit.agreed !== undefined && { value: unit.agreed }) }, 'deleted', rule)] : [];
  });
}
