import type { Write, Written } from '@syncline/connector';
import { provesDeletion } from '../failures.ts';
import { changedMeanwhile, deletedAnswer, isOk, pushEach, refused, resource, type Attempt, type Create, type Delete, type Update } from '../push.ts';
import { readTask } from '../read.ts';
import { oneOf, parseDocument, parseTask, type Stored, type TaskRecord } from '../records.ts';
import type { Session } from '../session.ts';
import { present } from '../version.ts';
import { moveStatus } from './task-status.ts';

/** Writes tasks. */
export function pushTasks(session: Session, writes: readonly Write<TaskRecord>[]): Promise<readonly Written<TaskRecord>[]> {
  return pushEach(session, writes, { create, update, remove });
}

/** A new task is open, whatever it should be: the workflow takes no other status then. */
async function create(session: Session, write: Create<TaskRecord>, attempt: Attempt): Promise<Written<TaskRecord>> {
  const { record } = write;
  const attributes = { subject: record.subject, ...(record.dueDate !== null && { dueDate: record.dueDate }) };
  const relationships = { taskPriority: priorityOf(record), status: { data: { type: 'taskstatuses', id: 'open' } } };
  const answer = await session.api.send({ method: 'POST', path: '/api/tasks', body: { data: resource('tasks', undefined, attributes, relationships) } });
  if (!isOk(answer)) return refused(answer, undefined, fieldOf);
  attempt.wrote = true;
  session.ownChanges.task += 1;
  const stored = parseTask(oneOf(parseDocument(answer.body)));
  return withStatus(session, stored, record.status, attempt);
}

async function update(session: Session, write: Update<TaskRecord>, attempt: Attempt): Promise<Written<TaskRecord>> {
  const found = await readTask(session, write.id);
  if ('absent' in found) return { status: 'gone', seen: found };
  const changed = changedMeanwhile(found, write, present);
  if (changed !== undefined) return changed;
  const { record, base } = write;
  const attributes = { ...(record.subject !== base.subject && { subject: record.subject }), ...(record.dueDate !== base.dueDate && { dueDate: record.dueDate }) };
  const relationships = record.priority === base.priority ? {} : { taskPriority: priorityOf(record) };
  let stored = found;
  // Never together with the status: refused for its sake, nothing of the rest would be applied.
  if (Object.keys(attributes).length + Object.keys(relationships).length > 0) {
    const answer = await session.api.send({ method: 'PATCH', path: `/api/tasks/${write.id}`, body: { data: resource('tasks', write.id, attributes, relationships) } });
    if (!isOk(answer)) return refused(answer, write.id, fieldOf);
    attempt.wrote = true;
    stored = parseTask(oneOf(parseDocument(answer.body)));
  }
  return record.status === base.status ? { status: 'stored', seen: present(stored) } : withStatus(session, stored, record.status, attempt);
}

async function remove(session: Session, write: Delete<TaskRecord>, attempt: Attempt): Promise<Written<TaskRecord>> {
  const found = await readTask(session, write.id);
  if ('absent' in found) return { status: 'gone', seen: found };
  const changed = changedMeanwhile(found, write, present);
  if (changed !== undefined) return changed;
  const answer = await session.api.send({ method: 'DELETE', path: `/api/tasks/${write.id}` });
  const written = deletedAnswer<TaskRecord>(answer, write.id, provesDeletion(answer));
  if (written.status === 'stored') {
    attempt.wrote = true;
    session.ownChanges.task -= 1;
  }
  return written;
}

/** M35: where the status cannot be moved, the rest is stored and the reason told. */
async function withStatus(session: Session, stored: Stored<TaskRecord>, wanted: string, attempt: Attempt): Promise<Written<TaskRecord>> {
  if (stored.record.status === wanted) return { status: 'stored', seen: present(stored) };
  const outcome = await moveStatus(session, stored.id, stored.record.status, wanted, attempt);
  const found = outcome.sent ? await readTask(session, stored.id) : stored;
  if ('absent' in found) return { status: 'gone', seen: found };
  if (outcome.refused === undefined) return { status: 'stored', seen: present(found) };
  return { status: 'partial', seen: present(found), fields: { status: outcome.refused } };
}

function priorityOf(record: TaskRecord): unknown {
  return { data: { type: 'taskpriorities', id: record.priority } };
}

function fieldOf(pointer: string): string | undefined {
  const name = /^\/data\/(?:attributes|relationships)\/([A-Za-z]+)/.exec(pointer)?.[1];
  return name === 'taskPriority' ? 'priority' : name;
}
