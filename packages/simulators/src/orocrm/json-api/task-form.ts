import { isObject } from '../../shared/json.ts';
import { createTask, updateTask, type TaskChange } from '../records/tasks.ts';
import { rewriteNotes, rewriteText, rewriteTime } from '../rewriting.ts';
import type { TargetRef, TaskRow } from '../rows.ts';
import type { Store } from '../store.ts';
import type { WriteBody } from './body.ts';
import { Form, textAttribute, throwErrors, timeAttribute, toManyRelationship, toOneRelationship, unknownNames } from './form.ts';
import { priorities, statuses } from './lookup-resources.ts';
import { taskResource } from './task-resource.ts';

const known = new Set([...Object.keys(taskResource.attributes), ...Object.keys(taskResource.relations)]);

/**
 * Creates or changes a task from a checked body. While `task_flow` governs it, the status can be neither chosen on
 * creation nor changed. Throws a `Refusal` with every mistake. Source: transcripts 08 and 08b.
 */
export function saveTask(store: Store, row: TaskRow | undefined, body: WriteBody, userId: number): TaskRow {
  const form = new Form('/data');
  const { data } = body;
  const subject = textAttribute(form, data.attributes, 'subject', 255);
  const description = textAttribute(form, data.attributes, 'description');
  const dueDate = timeAttribute(form, data.attributes, 'dueDate');
  const priority = toOneRelationship(form, data, 'taskPriority', 'taskpriorities', (id) => priorities.some((entry) => entry.id === id));
  const status = toOneRelationship(form, data, 'status', 'taskstatuses', (id) => statuses.some((entry) => entry.id === id));
  const owner = toOneRelationship(form, data, 'owner', 'users', (id) => store.users.has(Number(id)));
  const targets = toManyRelationship(form, data, 'activityTargets', (ref) => ref.type !== 'contacts' || store.contacts.has(Number(ref.id)));

  const blank = (value: string | null | undefined): boolean => (row === undefined ? !value : value === null || value === '');
  const notBlank = (name: string, pointer: string): void => {
    if (!form.unreadable.has(name)) form.rule('not blank constraint', 'This value should not be blank.', pointer);
  };
  const wantsStatus = status !== undefined && !form.unreadable.has('status');
  if (wantsStatus && refusesStatus(store, row, status)) {
    form.rule('workflow entity constraint', workflowWords(row), form.relationship('status'));
  }
  if (blank(subject)) notBlank('subject', form.attribute('subject'));
  if (blank(priority)) notBlank('taskPriority', form.relationship('taskPriority'));
  if (blank(status)) notBlank('status', form.relationship('status'));
  form.extra(unknownNames(data, known));
  throwErrors([form]);

  const change: TaskChange = {
    ...(typeof subject === 'string' ? { subject: rewriteText(store.switches, subject) ?? subject } : {}),
    ...(description === undefined ? {} : { description: rewriteNotes(store.switches, description) }),
    ...(dueDate === undefined ? {} : { dueDate: dueDate === null ? null : rewriteTime(store.switches, dueDate) }),
    ...(typeof priority === 'string' ? { priority } : {}),
    ...(typeof status === 'string' ? { status } : {}),
    ...(owner === undefined ? {} : { ownerId: owner === null ? null : Number(owner) }),
    ...(targets === undefined ? {} : { targets: targets.map((ref): TargetRef => ({ type: ref.type, id: Number(ref.id) })) }),
  };
  if (row === undefined) return createTask(store, { ...change, subject: change.subject ?? '' }, userId);
  return updateTask(store, row, change, userId);
}

/** Changes `status` through the relationship address; answers the workflow's refusal, here without a pointer. */
export function statusRefusal(store: Store, row: TaskRow, document: unknown): string | undefined {
  const data = isObject(document) ? document['data'] : undefined;
  const wanted = isObject(data) ? String(data['id']) : null;
  return refusesStatus(store, row, wanted) ? workflowWords(row) : undefined;
}

function refusesStatus(store: Store, row: TaskRow | undefined, status: string | null): boolean {
  if (row === undefined) return store.switches.workflowActive && status !== null && status !== 'open';
  return row.workflowItem !== null && status !== row.status;
}

function workflowWords(row: TaskRow | undefined): string {
  return row === undefined
    ? 'Could not create entity with this value because of workflow restrictions.'
    : 'Field could not be edited because of workflow restrictions.';
}
