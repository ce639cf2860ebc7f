import { mayUse, maySee, type Actor } from '../actor.ts';
import { statuses } from '../json-api/lookup-resources.ts';
import { setWorkflowActive, transit } from '../records/tasks.ts';
import type { TaskRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { toOffset } from '../times.ts';
import { valueOf, type OldParameter } from './query.ts';
import { code, notAllowed, reply } from './reply.ts';

const steps: Readonly<Record<string, number>> = { open: 1, in_progress: 2, closed: 3 };

// One empty map per type a task can be about. The names end in a hash of the PHP class.
const targetColumns = [
  'contact_a6d273bd',
  'account_638472a8',
  'opportunity_6b9fac9c',
  'email_bc65e759',
  'lead_23c40e3e',
  'b2b_customer_88d7394f',
  'case_entity_eafc92f2',
];

/** `tasks.json` and `tasks/ID.json`: the only place that shows the workflow item. */
export function answerTasks(store: Store, actor: Actor, method: string, id: string | undefined, query: readonly OldParameter[]): Response {
  if (method !== 'GET') return notAllowed('GET');
  if (!mayUse(actor, 'task')) return code(403);
  if (id !== undefined) {
    const row = store.tasks.get(Number(id));
    if (row === undefined) return reply(404, '""');
    if (!maySee(store, actor, 'task', row.id, row.ownerId)) return code(403);
    return reply(200, printTask(store, actor, row, true));
  }
  const limit = Number(valueOf(query, 'limit') ?? '10');
  const page = Number(valueOf(query, 'page') ?? '1');
  const rows = [...store.tasks.values()].filter((row) => maySee(store, actor, 'task', row.id, row.ownerId));
  return reply(200, rows.slice((page - 1) * limit, page * limit).map((row) => printTask(store, actor, row, false)));
}

function printTask(store: Store, actor: Actor, row: TaskRow, single: boolean): unknown {
  const username = (id: number | null): string | null => (id === null ? null : store.user(id).username);
  const shown = single && row.workflowItem !== null && actor.role.workflow;
  return {
    id: row.id,
    subject: row.subject,
    description: row.description,
    dueDate: row.dueDate === null ? null : toOffset(row.dueDate),
    createdAt: toOffset(row.createdAt),
    updatedAt: toOffset(row.updatedAt),
    serialized_data: null,
    owner_id: row.ownerId,
    taskPriority: row.priority,
    owner: username(row.ownerId),
    createdBy: username(row.createdById),
    organization: 'Acme',
    status: statuses.find((status) => status.id === row.status)?.['name'] ?? row.status,
    ...Object.fromEntries(targetColumns.map((name) => [name, {}])),
    // A role without the workflow permission sees neither, and its user cannot change a status [20].
    ...(shown ? { workflowItem: row.workflowItem, workflowStep: steps[row.status] ?? null } : {}),
  };
}

/** `workflow/ITEM.json`, `workflow/transit/ITEM/TRANSITION.json`, `start`, `activate` and `deactivate` [08b]. */
export function answerWorkflow(
  store: Store,
  actor: Actor,
  method: string,
  path: readonly string[],
  query: readonly OldParameter[],
  body: Readonly<Record<string, unknown>>,
): Response {
  const [verb = '', first = '', second = ''] = path;
  if (!actor.role.workflow) return code(403);
  switch (verb) {
    case 'transit': {
      if (method !== 'POST') return notAllowed('POST');
      const row = store.taskOfItem(Number(first));
      if (row === undefined) return code(404);
      if (!maySee(store, actor, 'task', row.id, row.ownerId)) return code(403);
      const problem = transit(store, row, second, actor.user.id);
      return problem === undefined ? reply(200, printItem(row)) : reply(400, problem);
    }
    case 'start': {
      const row = store.tasks.get(Number(valueOf(query, 'entityId') ?? body['entityId']));
      if (first !== 'task_flow' || row === undefined || !store.switches.workflowActive) return code(404);
      if (row.workflowItem !== null) return reply(400, { message: 'Workflow is already started for this entity.' });
      store.setWorkflowItem(row, store.nextId('workflowItem'));
      // Starting puts the status to open; the row's time stays [08b].
      row.status = 'open';
      return reply(200, printItem(row));
    }
    case 'activate':
    case 'deactivate': {
      if (first !== 'task_flow') return code(404);
      setWorkflowActive(store, verb === 'activate');
      return reply(200, { successful: true, message: verb === 'activate' ? 'Workflow activated' : 'Workflow deactivated' });
    }
    default: {
      const row = store.taskOfItem(Number(verb));
      return row === undefined ? code(404) : reply(200, printItem(row));
    }
  }
}

function printItem(row: TaskRow): unknown {
  return {
    workflowItem: {
      id: row.workflowItem,
      workflow_name: 'task_flow',
      entity_id: String(row.id),
      entity_class: 'Oro\\Bundle\\TaskBundle\\Entity\\Task',
      result: null,
    },
  };
}
