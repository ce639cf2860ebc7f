import { mayWrite, type Policy } from '../policy/policy.ts';
import type { UnitId } from '../model/units.ts';
import { sameUnit } from '../model/units.ts';
import { baseUnit, heldBy, type BaseRecord } from './base.ts';
import { createAgain, giveUp } from './carry-out.ts';
import type { Side } from './claim.ts';
import { decideGivenUp } from './existence.ts';
import { isListedTodo } from './listed.ts';

/** What a person can say about a whole record: it goes on, as a new record where it is missing, or it ends where it is still there. */
export type Answer = 'keep' | 'delete';

/** A record that waits for such an answer, or could still have one. */
export interface Question {
  /** The rule that asks, or that decided to delete. */
  readonly rule: string;
  readonly there: Side;
  readonly missing: Side;
}

/**
 * What a person is asked about a record as a whole: its item was left behind when its record was deleted (A12) or cannot be told from
 * a lost one (B3s), or its record was when its item was deleted, or it was never made there (S14b). Nothing where the direction or a switch has the answer.
 */
export function questionOf(record: BaseRecord, policy: Policy): Question | undefined {
  const todo = record.todo['left'];
  if (todo?.rule === 'B3s' && todo.blocked !== undefined) return { rule: 'B3s', there: 'right', missing: 'left' };
  if (record.links['left'] === undefined && isListedTodo(todo)) return { rule: 'S14b', there: 'right', missing: 'left' };
  if (record.links['right'] === undefined && isListedTodo(record.todo['right'])) return { rule: 'S14b', there: 'left', missing: 'right' };
  const { left = 'unchanged', right = 'unchanged' } = record.gone;
  const isEnded = left === 'deleted' && right === 'deleted';
  if (record.state !== 'tombstone' || isEnded || record.links['left'] === undefined || record.links['right'] === undefined) return undefined;
  if (left === 'outside' || right === 'hidden') return undefined;
  const decided = decideGivenUp(record, left, right, [], policy);
  if (decided?.rule === 'A12') return { rule: 'A12', there: 'right', missing: 'left' };
  return decided?.rule === 'S14b' ? { rule: 'S14b', there: 'left', missing: 'right' } : undefined;
}

/** A deletion that is decided and not done yet: a person may still keep the record. */
export function deletionOf(record: BaseRecord): Question | undefined {
  for (const [there, missing] of [['left', 'right'], ['right', 'left']] as const) {
    const todo = record.todo[there];
    if (todo?.op === 'delete' && record.gone[missing] === 'deleted') return { rule: todo.rule, there, missing };
  }
  return undefined;
}

/** Whether the direction allows what the answer asks for: nothing is made or deleted on the side it protects (A13, B11). */
export function mayAnswer({ there, missing }: Question, answer: Answer, { direction }: Pick<Policy, 'direction'>): boolean {
  return answer === 'keep' ? mayWrite(direction, missing) : there === 'right' || mayWrite(direction, there);
}

/** The record as a person decided: what is still to be done for it. */
export function answered(record: BaseRecord, { rule, there, missing }: Question, answer: Answer): BaseRecord {
  if (answer === 'keep') return createAgain({ ...record, todo: {} }, missing, rule);
  return { ...giveUp(record), todo: { [there]: { op: 'delete', rule } } };
}

/**
 * Whether a person can choose between two values of a unit: both sides are there and hold different ones, and not because one of them
 * cannot hold more (M10, C16).
 */
export function isChoice(record: BaseRecord, name: UnitId): boolean {
  const unit = baseUnit(record, name);
  return (['left', 'right'] as const).every((side) => record.links[side] !== undefined && record.gone[side] === undefined && unit.held[side]?.own !== true) &&
    !sameUnit(record.kind, name, heldBy(unit, 'left').value, heldBy(unit, 'right').value);
}
