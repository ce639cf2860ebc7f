import { isObject, type Json } from '../shared/json.ts';
import type { Actor, Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import { answerDelta, removedRow } from './delta.ts';
import { expandExtensions, readExtensions } from './extensions.ts';
import { badRequest, GraphFailure, notFound } from './failure.ts';
import { adopt, answerList, checkMatch, count, disown, etagOf, findItem, itemsIn, logChange, logOf, touch } from './items.ts';
import { randomGuid } from './ids.ts';
import { checklistProperties, checkSelect, linkedResourceProperties, project, readProperties, taskProperties } from './properties.ts';
import type { Expansion } from './query.ts';
import { readRecurrence } from './recurrence.ts';
import { escapeHtml, trimTexts } from './rewriting.ts';
import type { ChecklistItem, Container, Fields, LinkedResource, Mailbox, Task } from './state.ts';
import { instantOf, readZonedWall, showZoned } from './times.ts';
import { msToWall, ticksStamp } from './zones.ts';

const dayProperties = ['dueDateTime', 'startDateTime', 'completedDateTime'] as const;

export function findList(mailbox: Mailbox, id: string): Container {
  const list = mailbox.lists.get(id);
  if (!list) throw notFound('ErrorItemNotFound');
  return list;
}

export function createTask(actor: Actor, list: Container, body: Readonly<Record<string, unknown>>): Task {
  const { world, mailbox } = actor;
  if (list.wellKnown === 'flaggedEmails' && actor.by === 'api') throw new GraphFailure(400, 'invalidRequest', 'Tasks cannot be created in the list of flagged e-mails.');
  const given = readTask(actor, body, {});
  if (typeof given['title'] !== 'string' || given['title'].trim() === '') throw badRequest('A task needs a title.', 'invalidRequest');
  const now = world.env.now();
  const key = mailbox.mint.mutable();
  const task: Task = {
    key,
    // To Do has no immutable ids: one form only, and a move makes another task.
    mutableId: key,
    parent: list.key,
    changeKey: mailbox.mint.changeKey(),
    createdMs: now,
    modifiedMs: now,
    bodyModifiedMs: now,
    fields: { importance: 'normal', isReminderOn: false, status: 'notStarted', categories: [], body: { content: '', contentType: 'text' }, ...given },
    extended: {},
    extensions: 'extensions' in body ? readExtensions(body['extensions']) : {},
    linked: readList(body['linkedResources'] ?? [], 'linkedResources').map((entry) => readLinked(actor, entry)),
    checklist: readList(body['checklistItems'] ?? [], 'checklistItems').map((entry) => readChecklistItem(actor, entry)),
  };
  setCompletion(actor, task, given);
  storeTask(actor, task);
  count(actor, 'task', 'created');
  return task;
}

export function storeTask(actor: Actor, task: Task): void {
  actor.mailbox.tasks.set(task.key, task);
  adopt(actor.mailbox, task);
  logChange(actor, `tasks:${task.parent}`, task.key);
}

export function updateTask(actor: Actor, task: Task, body: Readonly<Record<string, unknown>>): void {
  if (body['linkedResources'] !== undefined || body['checklistItems'] !== undefined) {
    throw badRequest('Linked resources and checklist items are changed at their own addresses.', 'invalidRequest');
  }
  const given = readTask(actor, body, task.fields);
  if (given['title'] !== undefined && (typeof given['title'] !== 'string' || given['title'].trim() === '')) throw badRequest('A task needs a title.', 'invalidRequest');
  task.fields = { ...task.fields, ...given };
  if (given['body'] !== undefined) task.bodyModifiedMs = actor.world.env.now();
  setCompletion(actor, task, given);
  touchTask(actor, task);
  count(actor, 'task', 'updated');
}

export function touchTask(actor: Actor, task: Task): void {
  touch(actor, task);
  logChange(actor, `tasks:${task.parent}`, task.key);
}

export function deleteTask(actor: Actor, task: Task): void {
  actor.mailbox.tasks.delete(task.key);
  disown(actor.mailbox, task);
  logChange(actor, `tasks:${task.parent}`, task.key, { mutableId: task.mutableId });
  count(actor, 'task', 'deleted');
}

export function showTask(call: Pick<Call, 'world' | 'zone'>, task: Task, expand: readonly Expansion[], select?: readonly string[], inline = false): Fields {
  const { fields } = task;
  const shown: Fields = {
    '@odata.etag': etagOf(task.changeKey),
    importance: fields['importance'] ?? 'normal',
    isReminderOn: fields['isReminderOn'] ?? false,
    status: fields['status'] ?? 'notStarted',
    title: fields['title'] ?? '',
    createdDateTime: ticksStamp(task.createdMs),
    lastModifiedDateTime: ticksStamp(task.modifiedMs),
    bodyLastModifiedDateTime: ticksStamp(task.bodyModifiedMs),
    hasAttachments: false,
    categories: fields['categories'] ?? [],
    id: task.key,
    body: fields['body'] ?? { content: '', contentType: 'text' },
  };
  // What is not set is left out, not null: the documented answers of To Do are like that.
  for (const name of [...dayProperties, 'reminderDateTime']) {
    const ms = fields[name];
    if (typeof ms === 'number') shown[name] = showZoned(ms, call.zone);
  }
  if (fields['recurrence'] !== undefined && fields['recurrence'] !== null) shown['recurrence'] = fields['recurrence'];
  const expanded = expandedNames(expand);
  if (expanded.includes('linkedResources') || (inline && task.linked.length > 0)) shown['linkedResources'] = task.linked.map(showLinked);
  if (expanded.includes('checklistItems') || (inline && task.checklist.length > 0)) shown['checklistItems'] = task.checklist.map(showChecklistItem);
  const extensions = expand.find((expansion) => expansion.name === 'extensions');
  if (extensions) shown['extensions'] = expandExtensions(task.extensions, extensions);
  return project(shown, select, expanded);
}

export function listTasks(call: Call): Answer {
  const list = findList(call.mailbox, call.params['list'] ?? '');
  checkSelect('todoTask', taskProperties, call.query.select);
  expandedNames(call.query.expand);
  return answerList(call, itemsIn(call.mailbox, call.mailbox.tasks, list.key), {
    typeName: 'todoTask',
    table: taskProperties,
    context: `todo/lists('${list.key}')/tasks`,
    defaultPage: 10,
    show: (task) => showTask(call, task, call.query.expand, call.query.select),
    valueOf: taskValue,
    extensions: (task) => task.extensions,
  });
}

export function taskDelta(call: Call): Answer {
  const { query, mailbox } = call;
  const list = findList(mailbox, call.params['list'] ?? '');
  checkSelect('todoTask', taskProperties, query.select);
  expandedNames(query.expand);
  if (query.expand.length > 0 && call.world.switches.taskDeltaExpand === 'refused') throw badRequest("The query option '$expand' is not supported on a delta query of tasks.");
  const chain = `tasks:${list.key}`;
  return answerDelta(
    call,
    {
      chain: `${mailbox.user.id}/${chain}`,
      log: logOf(mailbox, chain),
      typeName: 'todoTask',
      context: `todo/lists('${list.key}')/tasks/$delta`,
      defaultPage: 50,
      rows: (change, round) => {
        const task = change.gone ? undefined : mailbox.tasks.get(change.key);
        return [() => (task ? showTask(call, task, round.expand, round.select) : removedRow('todoTask', change.key))];
      },
    },
    { expand: query.expand, ...(query.select ? { select: query.select } : {}), ...(query.top ? { top: query.top } : {}) },
  );
}

export function taskOf(call: Call): Task {
  const list = findList(call.mailbox, call.params['list'] ?? '');
  const task = findItem(call.world, call.mailbox, call.mailbox.tasks, call.params['task'] ?? '');
  if (task.parent !== list.key) throw notFound(call.world.switches.notFoundCode);
  return task;
}

export function answerTask(call: Call, status: number, task: Task): Answer {
  checkSelect('todoTask', taskProperties, call.query.select);
  const body = showTask(call, task, call.query.expand, call.query.select, status === 201);
  return { status, body: { '@odata.context': contextUrl(call, `todo/lists('${task.parent}')/tasks/$entity`), ...body } };
}

export function patchTask(call: Call): Answer {
  const task = taskOf(call);
  checkMatch(call, etagOf(task.changeKey));
  updateTask(call, task, call.body);
  return answerTask(call, 200, task);
}

export function removeTask(call: Call): Answer {
  const task = taskOf(call);
  checkMatch(call, etagOf(task.changeKey));
  deleteTask(call, task);
  return { status: 204 };
}

export function showLinked(linked: LinkedResource): Fields {
  const shown: Fields = { id: linked.id };
  for (const name of ['webUrl', 'applicationName', 'displayName', 'externalId'] as const) if (linked[name] !== null) shown[name] = linked[name];
  return shown;
}

export function showChecklistItem(item: ChecklistItem): Fields {
  const shown: Fields = { id: item.id, displayName: item.displayName, createdDateTime: ticksStamp(item.createdMs), isChecked: item.isChecked };
  return item.checkedMs === null ? shown : { ...shown, checkedDateTime: ticksStamp(item.checkedMs) };
}

export function readLinked(actor: Actor, given: unknown): LinkedResource {
  if (!isObject(given)) throw badRequest("Cannot read the value of property 'linkedResources': it has an unexpected type.");
  const fields = readProperties('linkedResource', linkedResourceProperties, given);
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  return {
    id: randomGuid(actor.world.env.random),
    webUrl: text('webUrl'),
    applicationName: text('applicationName'),
    displayName: text('displayName'),
    externalId: text('externalId'),
  };
}

export function readChecklistItem(actor: Actor, given: unknown): ChecklistItem {
  if (!isObject(given)) throw badRequest("Cannot read the value of property 'checklistItems': it has an unexpected type.");
  const fields = readProperties('checklistItem', checklistProperties, given);
  if (typeof fields['displayName'] !== 'string') throw badRequest('A checklist item needs a displayName.');
  const isChecked = fields['isChecked'] === true;
  const now = actor.world.env.now();
  return { id: randomGuid(actor.world.env.random), displayName: fields['displayName'], isChecked, createdMs: now, checkedMs: isChecked ? now : null };
}

/** Extended properties are among what a task does not have. */
function expandedNames(expand: readonly Expansion[]): string[] {
  return expand.map(({ name }) => {
    if (name === 'linkedresources') return 'linkedResources';
    if (name === 'checklistitems') return 'checklistItems';
    if (name === 'extensions') return 'extensions';
    throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.todoTask'.`);
  });
}

/** Dates are kept as UTC ms; those that are only days lose their time, counted in UTC, unless a person set them in the app. */
function readTask(actor: Actor, body: Readonly<Record<string, unknown>>, current: Fields): Fields {
  const { switches } = actor.world;
  const fields = readProperties('todoTask', taskProperties, body);
  for (const name of [...dayProperties, 'reminderDateTime'] as const) {
    const given = body[name];
    if (given === undefined) continue;
    if (given === null) {
      fields[name] = null;
      continue;
    }
    const ms = instantOf(readZonedWall(name, given));
    fields[name] = name === 'reminderDateTime' || actor.by === 'person' ? ms : dayOnly(ms);
  }
  const recurrence = body['recurrence'];
  if (recurrence === null) fields['recurrence'] = null;
  else if (recurrence !== undefined) {
    const due = fields['dueDateTime'] ?? current['dueDateTime'];
    if (typeof due !== 'number') throw badRequest('A recurring task needs a due date.', 'invalidRequest');
    fields['recurrence'] = readRecurrence(recurrence, msToWall(due, 'UTC').slice(0, 10)) as unknown as Json;
  }
  if (switches.htmlNotes && isObject(fields['body'])) {
    const note = fields['body'];
    if (note['contentType'] === 'text') fields['body'] = { content: `<html><head></head><body>${escapeHtml(String(note['content']))}</body></html>`, contentType: 'html' };
  }
  return switches.trimText ? trimTexts(fields) : fields;
}

/** A task becomes completed today, in UTC, and loses that day when it is opened again. */
function setCompletion(actor: Actor, task: Task, given: Fields): void {
  if (given['status'] === undefined) return;
  if (task.fields['status'] !== 'completed') delete task.fields['completedDateTime'];
  else if (typeof task.fields['completedDateTime'] !== 'number') task.fields['completedDateTime'] = dayOnly(actor.world.env.now());
}

function dayOnly(ms: number): number {
  return Math.floor(ms / 86_400_000) * 86_400_000;
}

function taskValue(task: Task, path: string): Json | undefined {
  const [root, member] = path.split('/');
  if (path === 'id') return task.key;
  if (path === 'createdDateTime') return ticksStamp(task.createdMs);
  if (path === 'lastModifiedDateTime') return ticksStamp(task.modifiedMs);
  if (member === 'dateTime' && root !== undefined) {
    const ms = task.fields[root];
    return typeof ms === 'number' ? ticksStamp(ms) : null;
  }
  if (member !== undefined) throw badRequest(`The property '${path}' cannot be filtered.`);
  return task.fields[path];
}

function readList(given: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(given)) throw badRequest(`Cannot read the value of property '${name}': it has an unexpected type.`);
  return given;
}
