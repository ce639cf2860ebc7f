import type { TargetRef, TaskRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { audit, change } from './audit.ts';

/** A change of a task, already valid. Absent members stay. */
export interface TaskChange {
  readonly subject?: string;
  readonly description?: string | null;
  readonly dueDate?: number | null;
  readonly priority?: string;
  readonly status?: string;
  readonly ownerId?: number | null;
  readonly targets?: readonly TargetRef[];
}

/** Creates a task; `task_flow` starts for it while the workflow is active. */
export function createTask(store: Store, input: TaskChange & { readonly subject: string }, userId: number | null): TaskRow {
  const now = store.now();
  const row: TaskRow = {
    id: store.nextId('task'),
    subject: input.subject,
    description: input.description ?? null,
    dueDate: input.dueDate ?? null,
    createdAt: now,
    updatedAt: now,
    priority: input.priority ?? 'normal',
    status: input.status ?? 'open',
    ownerId: input.ownerId === undefined ? userId : input.ownerId,
    createdById: userId,
    targets: [],
    workflowItem: null,
  };
  store.tasks.set(row.id, row);
  store.setTargets(row, [...(input.targets ?? [])]);
  if (store.switches.workflowActive) store.setWorkflowItem(row, store.nextId('workflowItem'));
  store.counting.record('task', 'created');
  note(store, 'create', row, userId, { subject: change(null, row.subject) });
  return row;
}

/** Changes a task. `updatedAt` moves with any real change, also of relationships, never with the same value [08]. */
export function updateTask(store: Store, row: TaskRow, input: TaskChange, userId: number | null): TaskRow {
  const data: Record<string, unknown> = {};
  for (const name of ['subject', 'description', 'dueDate', 'priority', 'status', 'ownerId'] as const) {
    const value = input[name];
    if (value === undefined || value === row[name]) continue;
    data[name] = change(row[name], value);
    Object.assign(row, { [name]: value });
  }
  let moved = Object.keys(data).length > 0;
  if (input.targets !== undefined && JSON.stringify(input.targets) !== JSON.stringify(row.targets)) {
    store.setTargets(row, [...input.targets]);
    moved = true;
  }
  if (!moved) return row;
  row.updatedAt = store.now();
  store.counting.record('task', 'updated');
  note(store, 'update', row, userId, data);
  return row;
}

/** Deletes a task with its workflow item. */
export function deleteTask(store: Store, row: TaskRow, userId: number | null): void {
  note(store, 'remove', row, userId, { subject: change(row.subject, null) });
  store.setTargets(row, []);
  store.setWorkflowItem(row, null);
  store.tasks.delete(row.id);
  store.counting.record('task', 'deleted');
}

/** Transitions of `task_flow`: from which step, to which status. */
export const transitions: Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>> = {
  start_progress: { from: ['open'], to: 'in_progress' },
  stop_progress: { from: ['in_progress'], to: 'open' },
  close: { from: ['open', 'in_progress'], to: 'closed' },
  reopen: { from: ['closed'], to: 'open' },
};

/** Why a transition does not happen: the service's own words. */
export type TransitionProblem = { readonly message: string };

/** Performs a transition of a task that has a workflow item. */
export function transit(store: Store, row: TaskRow, transition: string, userId: number | null): TransitionProblem | undefined {
  const known = transitions[transition];
  if (known === undefined) return { message: `Transition "${transition}" is not exist in workflow.` };
  if (!known.from.includes(row.status)) {
    return { message: `Step "${row.status}" of workflow "task_flow" doesn't have allowed transition "${transition}".` };
  }
  updateTask(store, row, { status: known.to }, userId);
  return undefined;
}

/** Switching the workflow off deletes every workflow item; switching it on again brings none back [08b]. */
export function setWorkflowActive(store: Store, active: boolean): void {
  if (!active) for (const row of store.tasks.values()) store.setWorkflowItem(row, null);
  store.switches = { ...store.switches, workflowActive: active };
}

function note(store: Store, action: 'create' | 'update' | 'remove', row: TaskRow, userId: number | null, data: Record<string, unknown>): void {
  audit(store, { action, of: 'task', id: row.id, name: `Task::${row.id}`, userId, transactionId: store.uuid(), data });
}
