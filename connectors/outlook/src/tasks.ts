import { Failure, sameJson, type Context } from '@syncline/connector';
import type { Api } from './api.ts';
import { encode, type Collection, type Item, type Place, type Scope } from './collection.ts';
import { choose, listContainers, type Container } from './containers.ts';
import { taskMark } from './marker.ts';
import { graphTask, instantOf, versionOf, type TaskRecord } from './records.ts';
import type { Session } from './session.ts';

const members = ['title', 'importance', 'status', 'dueDateTime'] as const;

/** Tasks of the chosen To Do lists. Graph finds a task in its list only: one of another list than the mailbox's own has its list in its id. */
export const tasks: Collection<TaskRecord> = {
  name: 'tasks',
  markBy: 'resource',
  open: async (session) => {
    const { taskLists: words, excludedFolders: excluded } = session.config;
    const lists = await session.taskLists();
    const home = lists.find(({ isDefault }) => isDefault)?.id;
    if (words.includes('default') && home === undefined) throw new Failure('config', 'This mailbox has no default task list: choose one with "taskLists".');
    const [first, ...others] = choose({ what: 'task list', setting: 'taskLists', words, excluded }, lists);
    if (first === undefined) throw new Failure('bug', 'No task list was chosen.');
    return { places: [openList(session, first), ...others.map((list) => openList(session, list))], home: home ?? '' };
  },
  item: (session, scope, id) => {
    const { list, task } = partsOf(scope, id);
    return `${listAddress(session, list)}/tasks/${encode(task)}?$expand=linkedResources`;
  },
  idIn: ({ home }, list, id) => (list === home ? id : `${list}/${id}`),
  placeOf: (scope, id) => partsOf(scope, id).list,
  read: (session, scope, body, place) => readTask(session.config.excludedCategories, scope, body, place ?? scope.places[0].key),
  body: (_session, record, base) => {
    const changed = members.filter((member) => base === undefined || !sameJson(record[member], base[member]));
    const body = Object.fromEntries(changed.filter((member) => base !== undefined || record[member] !== null).map((member) => [member, record[member]]));
    return Object.keys(body).length === 0 ? undefined : body;
  },
  properties: () => [],
  withProperties: (stored) => stored,
  content: ({ title, importance, status, dueDateTime }) => ({ title, importance, status, dueDateTime }),
  alike: (a, b) => a.title === b.title,
};

/** What a create starts from. */
export const blankTask: TaskRecord = { title: '', importance: 'normal', status: 'notStarted', dueDateTime: null, markId: null };

function readTask(excluded: readonly string[], { places, home }: Scope, body: unknown, list: string): Item<TaskRecord> {
  const task = graphTask.parse(body);
  const { title, importance, status, dueDateTime } = task;
  const found = taskMark(task);
  const at = instantOf(task.lastModifiedDateTime);
  const createdAt = instantOf(task.createdDateTime);
  const isPrivate = task.categories.some((category) => excluded.includes(category));
  return {
    present: {
      id: list === home ? task.id : `${list}/${task.id}`,
      version: versionOf(task),
      ...(at !== undefined && { at }),
      ...(createdAt !== undefined && { createdAt }),
      record: { title, importance, status, dueDateTime, markId: found?.resourceId ?? null },
      ...(found !== undefined && { mark: found.mark }),
      ...(isPrivate && { traits: { private: true } }),
    },
    outside: !places.some(({ key }) => key === list),
  };
}

/** The lists tasks may be made in. The default one is found by its role, never by its name: that is in the user's language (contract, 3.1). */
export async function listTaskLists(api: Api, context: Context): Promise<readonly Container[]> {
  const rows = await listContainers(api, `${api.root}/todo/lists`, 'task lists', context.now);
  // Flagged mail is a list of its own, and no place for tasks.
  return rows.filter(({ wellknownListName }) => wellknownListName !== 'flaggedEmails').map(({ id, displayName, wellknownListName }) => ({ id, name: displayName ?? '', isDefault: wellknownListName === 'defaultList' }));
}

function openList(session: Session, { id }: Container): Place {
  const base = listAddress(session, id);
  return { key: id, delta: `${base}/tasks/delta`, listing: `${base}/tasks?$top=200&$expand=linkedResources`, create: `${base}/tasks`, self: base };
}

function listAddress(session: Session, list: string): string {
  return `${session.api.root}/todo/lists/${encode(list)}`;
}

/** Graph's own ids have no slash. */
function partsOf({ home }: Scope, id: string): { readonly list: string; readonly task: string } {
  const at = id.indexOf('/');
  return at === -1 ? { list: home, task: id } : { list: id.slice(0, at), task: id.slice(at + 1) };
}
