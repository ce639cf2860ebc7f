import { Failure, sameJson, type Context } from '@syncline/connector';
import { z } from 'zod';
import { bodyOf, type Api } from './api.ts';
import { encode, type Collection, type Item } from './collection.ts';
import { taskMark } from './marker.ts';
import { graphPage, graphTask, instantOf, versionOf, type TaskRecord } from './records.ts';

const members = ['title', 'importance', 'status', 'dueDateTime'] as const;

/** Tasks of one To Do list. */
export const tasks: Collection<TaskRecord> = {
  name: 'tasks',
  markBy: 'resource',
  open: async (session) => {
    const list = session.config.taskList ?? (await session.defaultList());
    const base = `${session.api.root}/todo/lists/${encode(list)}`;
    return { key: list, delta: `${base}/tasks/delta`, listing: `${base}/tasks?$top=200&$expand=linkedResources`, create: `${base}/tasks`, self: base };
  },
  item: (_session, place, id) => `${place.create}/${encode(id)}?$expand=linkedResources`,
  read: (session, _place, body) => readTask(body, session.config.excludedCategories),
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

function readTask(body: unknown, excluded: readonly string[]): Item<TaskRecord> {
  const task = graphTask.parse(body);
  const { title, importance, status, dueDateTime } = task;
  const found = taskMark(task);
  const at = instantOf(task.lastModifiedDateTime);
  const createdAt = instantOf(task.createdDateTime);
  const isPrivate = task.categories.some((category) => excluded.includes(category));
  return {
    present: {
      id: task.id,
      version: versionOf(task),
      ...(at !== undefined && { at }),
      ...(createdAt !== undefined && { createdAt }),
      record: { title, importance, status, dueDateTime, markId: found?.resourceId ?? null },
      ...(found !== undefined && { mark: found.mark }),
      ...(isPrivate && { traits: { private: true } }),
    },
    outside: false,
  };
}

/** Found by its role, never by its name: that is in the user's language (contract, 3.1). */
export async function findDefaultList(api: Api, context: Context): Promise<string> {
  const lists = z.object({ id: z.string(), wellknownListName: z.string().nullish() });
  for (let address: string | undefined = `${api.root}/todo/lists`; address !== undefined; ) {
    const page: z.output<typeof graphPage> = bodyOf(await api.get(address), graphPage, 'task lists', context.now());
    const found = page.value.map((list) => lists.safeParse(list).data).find((list) => list?.wellknownListName === 'defaultList');
    if (found !== undefined) return found.id;
    address = page['@odata.nextLink'];
  }
  throw new Failure('config', 'This mailbox has no default task list: choose one with "taskList".');
}
