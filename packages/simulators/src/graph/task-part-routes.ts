import type { Answer, Call, Route } from './call.ts';
import { contextUrl } from './call.ts';
import { badRequest, notFound } from './failure.ts';
import { count } from './items.ts';
import { checklistProperties, linkedResourceProperties, readProperties } from './properties.ts';
import type { ChecklistItem, Fields, LinkedResource, Task } from './state.ts';
import { readChecklistItem, readLinked, showChecklistItem, showLinked, taskOf, touchTask } from './tasks.ts';

const base = '/me/todo/lists/{list}/tasks/{task}';

/** Linked resources and checklist items: the parts of a task that have addresses of their own. */
export const taskPartRoutes: readonly Route[] = [
  part('GET', `${base}/linkedResources`, (call) => collection(call, 'linkedResources', taskOf(call).linked.map(showLinked))),
  part('POST', `${base}/linkedResources`, (call) => {
    const task = taskOf(call);
    const linked = readLinked(call, call.body);
    task.linked = [...task.linked, linked];
    linkedChanged(call, task, 'created');
    return one(call, 201, 'linkedResources', showLinked(linked));
  }),
  part('GET', `${base}/linkedResources/{linked}`, (call) => one(call, 200, 'linkedResources', showLinked(linkedOf(call, taskOf(call))))),
  part('PATCH', `${base}/linkedResources/{linked}`, (call) => {
    const task = taskOf(call);
    const current = linkedOf(call, task);
    const fields = readProperties('linkedResource', linkedResourceProperties, call.body);
    const changed: LinkedResource = { ...current, ...fields };
    task.linked = task.linked.map((linked) => (linked === current ? changed : linked));
    linkedChanged(call, task, 'updated');
    return one(call, 200, 'linkedResources', showLinked(changed));
  }),
  part('DELETE', `${base}/linkedResources/{linked}`, (call) => {
    const task = taskOf(call);
    const gone = linkedOf(call, task);
    task.linked = task.linked.filter((linked) => linked !== gone);
    linkedChanged(call, task, 'deleted');
    return { status: 204 };
  }),
  part('GET', `${base}/checklistItems`, (call) => collection(call, 'checklistItems', taskOf(call).checklist.map(showChecklistItem))),
  part('POST', `${base}/checklistItems`, (call) => {
    const task = taskOf(call);
    const item = readChecklistItem(call, call.body);
    task.checklist = [...task.checklist, item];
    touchTask(call, task);
    return one(call, 201, 'checklistItems', showChecklistItem(item));
  }),
  part('GET', `${base}/checklistItems/{item}`, (call) => one(call, 200, 'checklistItems', showChecklistItem(checklistItemOf(call, taskOf(call))))),
  part('PATCH', `${base}/checklistItems/{item}`, (call) => {
    const task = taskOf(call);
    const current = checklistItemOf(call, task);
    const fields = readProperties('checklistItem', checklistProperties, call.body);
    if (fields['displayName'] === null) throw badRequest('A checklist item needs a displayName.');
    const isChecked = typeof fields['isChecked'] === 'boolean' ? fields['isChecked'] : current.isChecked;
    const displayName = typeof fields['displayName'] === 'string' ? fields['displayName'] : current.displayName;
    const checkedMs = isChecked ? (current.checkedMs ?? call.world.env.now()) : null;
    const changed: ChecklistItem = { ...current, displayName, isChecked, checkedMs };
    task.checklist = task.checklist.map((item) => (item === current ? changed : item));
    touchTask(call, task);
    return one(call, 200, 'checklistItems', showChecklistItem(changed));
  }),
  part('DELETE', `${base}/checklistItems/{item}`, (call) => {
    const task = taskOf(call);
    const gone = checklistItemOf(call, task);
    task.checklist = task.checklist.filter((item) => item !== gone);
    touchTask(call, task);
    return { status: 204 };
  }),
];

function linkedChanged(call: Call, task: Task, what: 'created' | 'updated' | 'deleted'): void {
  if (call.world.switches.linkedResourceTouchesTask) touchTask(call, task);
  count(call, 'linkedResource', what);
}

function linkedOf(call: Call, task: Task): LinkedResource {
  const found = task.linked.find((linked) => linked.id === call.params['linked']);
  if (!found) throw notFound(call.world.switches.notFoundCode);
  return found;
}

function checklistItemOf(call: Call, task: Task): ChecklistItem {
  const found = task.checklist.find((item) => item.id === call.params['item']);
  if (!found) throw notFound(call.world.switches.notFoundCode);
  return found;
}

function collection(call: Call, name: string, value: Fields[]): Answer {
  return { status: 200, body: { '@odata.context': contextUrl(call, name), value } };
}

function one(call: Call, status: number, name: string, shown: Fields): Answer {
  return { status, body: { '@odata.context': contextUrl(call, `${name}/$entity`), ...shown } };
}

function part(method: Route['method'], template: string, handle: Route['handle']): Route {
  return { area: 'tasks', method, template, query: [], handle };
}
