import { decide, type Decision, type LeftState, type RightState } from '../policy/decision.ts';
import { mayWrite, type Direction, type Policy } from '../policy/policy.ts';
import { baseUnit, type BaseRecord, type BaseUnit, type Todo } from './base.ts';
import { existence, type Claim, type Existence, type Side } from './claim.ts';
import { isListedTodo } from './listed.ts';
import type { Merged } from './merge-unit.ts';
import { stopPurge } from './purge.ts';

/** What to do with a record, and the rule that says so. */
export interface Decided {
  readonly decision: Decision;
  readonly rule: string;
}

/** On which sides a record is not there, or not to be seen, after these claims. They come in the order of their numbers. */
export function goneNow(record: BaseRecord, claims: readonly Claim[]): BaseRecord['gone'] {
  const gone: Record<Side, BaseRecord['gone'][Side]> = { ...record.gone };
  for (const claim of claims) {
    if (claim.unit !== existence) continue;
    const value = claim.value as Existence;
    if (value === 'present' || value === 'touched') delete gone[claim.side];
    else gone[claim.side] = value;
  }
  return gone;
}

/** A record that was given up, and whose deleted item is there again. */
export function isBack(record: BaseRecord, gone: BaseRecord['gone']): boolean {
  const sides = Object.keys(record.links);
  return record.state === 'tombstone' && sides.some((side) => record.gone[side] === 'deleted') && sides.every((side) => gone[side] !== 'deleted');
}

/** Whether a creation may be done: where values may flow, and in Outlook also for a person's own edit (B10s) or wish to have it back (D6, B11). */
export function mayCreate(direction: Direction, side: Side, rule: string): boolean {
  return mayWrite(direction, side) || (side === 'right' && (rule === 'B10s' || rule === 'D6'));
}

/**
 * A creation or deletion that the direction now forbids is not done (S14b, A13, B11); one that waits for a person goes on
 * waiting. A record that was one before is given up, so that nobody takes its item for a new one.
 */
export function stopForbiddenTodo(given: BaseRecord, policy: Policy): BaseRecord {
  const record = policy.resync === 'purge' ? given : stopPurge(given);
  const isForbidden = ([side, { op, rule, blocked }]: [Side, Todo]): boolean =>
    blocked === undefined && !(op === 'create' ? mayCreate(policy.direction, side, rule) : mayWrite(policy.direction, side) || (side === 'right' && op === 'delete'));
  const todo = Object.entries(record.todo);
  const forbidden = todo.filter(isForbidden);
  if (forbidden.length === 0) return record;
  const isOld = forbidden.some(([side]) => record.former[side] !== undefined);
  return { ...record, todo: Object.fromEntries(todo.filter((one) => !forbidden.includes(one))), ...(isOld && { state: 'tombstone' }) };
}

/**
 * Whether the record exists and may be seen on each side, and who changed it: what the matrix makes of that. `isTouched`: its
 * source was touched, where that is as good as a change (A5).
 */
export function decideRecord(record: BaseRecord, merged: Merged, claims: readonly Claim[], policy: Policy, isTouched = false): Decided {
  const left = stateOn(record, 'left', merged);
  const right = stateOn(record, 'right', merged);
  if (isEnded(left) && isEnded(right)) {
    // Whoever typed this saw the record alive: as an edit against a deletion (histories 12, 29).
    return claims.some((claim) => claim.native === undefined && isChanged(merged, claim.side)) ? decide(policy, 'deleted', 'changed') : { decision: 'drop', rule: 'C13' };
  }
  if (left === 'absent' || right === 'absent') return decideSingle(left === 'absent' ? right : left);
  const leftState: LeftState = left === 'outside' ? 'hidden' : left;
  const rightState: RightState = right === 'hidden' ? 'outside' : right;
  const decided = (record.state === 'tombstone' ? decideGivenUp(record, leftState, rightState, merged, policy) : undefined) ?? decide(policy, leftState, rightState);
  // Nobody knows what became of the record since the backup: its item waits for a person (D9).
  if (record.restored === true && decided.decision === 'delete-right') return { decision: 'tombstone', rule: 'A12' };
  return isTouched && (decided.rule === 'A9' || decided.rule === 'G2') ? { decision: 'to-right', rule: 'A5' } : decided;
}

type State = LeftState | RightState | 'absent';

function stateOn(record: BaseRecord, side: Side, merged: Merged): State {
  if (record.links[side] === undefined) return 'absent';
  const gone = record.gone[side];
  if (gone !== undefined) return gone;
  const isPending = record.state === 'live' && merged.some(([name]) => isPendingFrom(baseUnit(record, name), side));
  return isPending || isChanged(merged, side) ? 'changed' : 'unchanged';
}

function isEnded(state: State): state is 'absent' | 'deleted' {
  return state === 'absent' || state === 'deleted';
}

function isChanged(merged: Merged, side: Side): boolean {
  return merged.some(([, unit]) => unit.changed.includes(side));
}

/** An edit of this side that another one has not been given yet: a deletion there has not seen it. A value for that side alone is none. */
export function isPendingFrom(unit: BaseUnit, side: Side): boolean {
  return unit.from.side === side && Object.keys(unit.owed).some((other) => other !== side && unit.only?.[other] === undefined);
}

/** Nothing on the other side yet. */
function decideSingle(state: State): Decided {
  if (state === 'hidden') return { decision: 'freeze', rule: 'D4' };
  if (state === 'outside') return { decision: 'freeze', rule: 'D5' };
  return { decision: state === 'changed' ? 'each-unit' : 'nothing', rule: 'G2' };
}

/** A record that was given up on one side, while the other has it still: nothing flows unasked. */
export function decideGivenUp(record: BaseRecord, left: LeftState, right: RightState, merged: Merged, policy: Policy): Decided | undefined {
  if (Object.values(record.todo).some((todo) => !isListedTodo(todo)) || left === 'hidden' || right === 'outside') return undefined;
  // Deleted in OroCRM in a time when Outlook was not to follow (A11).
  if (left === 'deleted') return (policy.deleteVsEdit === 'by-policy' || record.restored === true) && policy.direction !== 'left-to-right' ? { decision: 'leave', rule: 'A12' } : undefined;
  // Deleted in Outlook, and OroCRM was not to follow (B9, A10): until the record changes.
  if (policy.direction === 'right-to-left' || merged.some(([, unit]) => unit.decided)) return undefined;
  return { decision: 'leave', rule: policy.rightDeletion === 'recreate' ? 'S14b' : policy.direction === 'both-ways' ? 'C11' : 'A10' };
}
