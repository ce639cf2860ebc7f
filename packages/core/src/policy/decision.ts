import type { Policy } from './policy.ts';

/** What a linked record is on OroCRM's side since it was last settled. */
export type LeftState = 'unchanged' | 'changed' | 'deleted' | 'hidden';
/** What it is on Outlook's side. `outside`: moved out of the synced folder or window. */
export type RightState = 'unchanged' | 'changed' | 'deleted' | 'outside';

/** The columns of the decision matrix. */
export type Mode = 'left-to-right' | 'right-to-left' | 'left-wins' | 'right-wins';

/**
 * What to do with a linked record. `to-right`, `to-left`: the source's values replace the other side's;
 * `each-unit`: units decide one by one; `leave`: nothing is written and the report says so;
 * `create-*`, `delete-right`: existence; `tombstone`: keep the link, write nothing; `drop`: the link ends; `freeze`: do nothing until it is seen again.
 */
export type Decision =
  | 'nothing' | 'leave' | 'to-right' | 'to-left' | 'each-unit'
  | 'create-right' | 'create-left' | 'delete-right' | 'tombstone' | 'drop' | 'freeze';

/** A cell: the decision, the rule that made it, and the decision where a deletion always wins (`classic`). */
export interface Cell {
  readonly decision: Decision;
  readonly rule: string;
  readonly deleteWins?: { readonly decision: Decision; readonly rule: string };
}

const cell = (decision: Decision, rule: string, deleteWins?: Cell['deleteWins']): Cell => ({ decision, rule, ...(deleteWins && { deleteWins }) });
const hidden = cell('freeze', 'D4');
const outside = cell('freeze', 'D5');
const frozen = { unchanged: hidden, changed: hidden, deleted: hidden, outside: hidden };

/** The decision matrix of section 11, cell by cell. */
export const decisions: Readonly<Record<Mode, Readonly<Record<LeftState, Readonly<Record<RightState, Cell>>>>>> = {
  'left-to-right': {
    unchanged: { unchanged: cell('nothing', 'G2'), changed: cell('leave', 'A9'), deleted: cell('create-right', 'A10'), outside },
    changed: { unchanged: cell('to-right', 'A8'), changed: cell('to-right', 'A2'), deleted: cell('create-right', 'A10'), outside },
    deleted: { unchanged: cell('tombstone', 'A11'), changed: cell('tombstone', 'A11'), deleted: cell('drop', 'C13'), outside: cell('tombstone', 'A11') },
    hidden: frozen,
  },
  'right-to-left': {
    unchanged: { unchanged: cell('nothing', 'G2'), changed: cell('to-left', 'B8'), deleted: cell('tombstone', 'B9'), outside },
    changed: { unchanged: cell('to-left', 'B7'), changed: cell('to-left', 'B5'), deleted: cell('tombstone', 'B9'), outside },
    deleted: {
      unchanged: cell('delete-right', 'B6'),
      changed: cell('create-left', 'B10s', { decision: 'delete-right', rule: 'B10' }),
      deleted: cell('drop', 'C13'),
      outside,
    },
    hidden: frozen,
  },
  'left-wins': {
    unchanged: { unchanged: cell('nothing', 'G2'), changed: cell('to-left', 'C6'), deleted: cell('create-right', 'C11'), outside },
    changed: { unchanged: cell('to-right', 'C5'), changed: cell('each-unit', 'C9s'), deleted: cell('create-right', 'C11'), outside },
    deleted: {
      unchanged: cell('delete-right', 'C12'),
      changed: cell('delete-right', 'C14s', { decision: 'delete-right', rule: 'C14' }),
      deleted: cell('drop', 'C13'),
      outside,
    },
    hidden: frozen,
  },
  'right-wins': {
    unchanged: { unchanged: cell('nothing', 'G2'), changed: cell('to-left', 'C6'), deleted: cell('create-right', 'C11'), outside },
    changed: { unchanged: cell('to-right', 'C5'), changed: cell('each-unit', 'C9s'), deleted: cell('create-right', 'C11'), outside },
    deleted: {
      unchanged: cell('delete-right', 'C12'),
      changed: cell('create-left', 'C14s', { decision: 'delete-right', rule: 'C14' }),
      deleted: cell('drop', 'C13'),
      outside,
    },
    hidden: frozen,
  },
};

/** The column a policy reads. */
export function modeOf(policy: Pick<Policy, 'direction' | 'precedence'>): Mode {
  if (policy.direction !== 'both-ways') return policy.direction;
  return policy.precedence[0] === 'right' ? 'right-wins' : 'left-wins';
}

/** The decision for a linked record, and its rule. */
export function decide(policy: Pick<Policy, 'direction' | 'precedence' | 'deleteVsEdit'>, left: LeftState, right: RightState): { readonly decision: Decision; readonly rule: string } {
  const found = decisions[modeOf(policy)][left][right];
  return policy.deleteVsEdit === 'delete-wins' && found.deleteWins !== undefined ? found.deleteWins : { decision: found.decision, rule: found.rule };
}
