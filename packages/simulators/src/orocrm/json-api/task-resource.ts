import { maySee, mayUse } from '../actor.ts';
import type { TaskRow } from '../rows.ts';
import { toUtc } from '../times.ts';
import { byId, toOne } from './contact-resource.ts';
import type { Resource } from './resource.ts';

/** `tasks`. The JSON:API does not show the workflow item. */
export const taskResource: Resource<TaskRow> = {
  type: 'tasks',
  idKind: 'integer',
  id: (row) => row.id,
  attributes: {
    subject: (row) => row.subject,
    description: (row) => row.description,
    dueDate: (row) => (row.dueDate === null ? null : toUtc(row.dueDate)),
    createdAt: (row) => toUtc(row.createdAt),
    updatedAt: (row) => toUtc(row.updatedAt),
  },
  relations: {
    taskPriority: toOne('taskpriorities', (row) => row.priority),
    owner: toOne('users', (row) => row.ownerId),
    createdBy: toOne('users', (row) => row.createdById),
    organization: toOne('organizations', () => 1),
    status: toOne('taskstatuses', (row) => row.status),
    activityTargets: {
      types: ['accounts', 'b2bcustomers', 'cases', 'contacts', 'emails', 'leads', 'opportunities'],
      many: true,
      of: (row) => row.targets,
    },
    activityEmails: { types: ['emails'], many: true, of: () => [] },
    tags: { types: ['tags'], many: true, of: () => [] },
    comments: { types: ['comments'], many: true, of: () => [] },
  },
  filters: {
    id: byId((row) => row.id),
    dueDate: { kind: 'datetime', takes: 'range', of: (row) => row.dueDate },
    updatedAt: { kind: 'datetime', takes: 'range', of: (row) => row.updatedAt },
    owner: byId((row) => row.ownerId),
    createdBy: byId((row) => row.createdById),
    organization: byId(() => 1),
    ownerUsername: {
      kind: 'string',
      takes: 'one',
      of: (row, store) => (row.ownerId === null ? null : store.user(row.ownerId).username),
    },
    taskPriority: { kind: 'string', takes: 'one', of: (row) => row.priority },
    status: { kind: 'string', takes: 'many', of: (row) => row.status },
    'activityTargets.contacts': byId((row) => row.targets.filter((target) => target.type === 'contacts').map((target) => target.id)),
    searchText: { kind: 'search', takes: 'one', of: (row) => [row.subject, row.description ?? ''] },
  },
  sorts: {
    dueDate: (row) => row.dueDate,
    updatedAt: (row) => row.updatedAt,
    owner: (row) => row.ownerId,
    createdBy: (row) => row.createdById,
    taskPriority: (row) => row.priority,
    status: (row) => row.status,
  },
  rows: (store) => store.tasks.values(),
  find: (store, id) => store.tasks.get(Number(id)),
  usable: (actor) => mayUse(actor, 'task'),
  visible: (store, actor, row) => maySee(store, actor, 'task', row.id, row.ownerId),
  title: (row) => row.subject,
  // No PATCH of the list: the batch API exists for tasks from 6.0 on.
  methods: { list: ['OPTIONS', 'GET', 'POST', 'DELETE'], one: ['OPTIONS', 'GET', 'PATCH', 'DELETE'] },
};
