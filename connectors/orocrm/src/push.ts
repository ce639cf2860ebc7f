import { Failure, type Absent, type Seen, type Write, type Written } from '@syncline/connector';
import { errorsOf, failureOf, isDatabaseRefusal, provesDeletion, type Answer } from './failures.ts';
import type { ContactRecord, EventRecord, Stored, TaskRecord } from './records.ts';
import { contentHash, sameContent } from './version.ts';
import type { Session } from './session.ts';

/** How far one write has come. */
export interface Attempt {
  /** OroCRM has carried out a request of it: an answer lost from here on leaves something behind. */
  wrote: boolean;
}

type Op<R, O extends Write<R>['op']> = Extract<Write<R>, { op: O }>;

/** A write of each sort. */
export type Create<R> = Op<R, 'create'>;
export type Update<R> = Op<R, 'update'>;
export type Delete<R> = Op<R, 'delete'>;

/** How one kind's writes are carried out. */
export interface Writing<R> {
  readonly create: (session: Session, write: Create<R>, attempt: Attempt) => Promise<Written<R>>;
  readonly update: (session: Session, write: Update<R>, attempt: Attempt) => Promise<Written<R>>;
  readonly remove: (session: Session, write: Delete<R>, attempt: Attempt) => Promise<Written<R>>;
}

/**
 * Carries out writes one by one. A failure is the answer of its own write; after one that concerns them all
 * (throttled, signed out, wrong setting) the others are not sent.
 */
export async function pushEach<R>(session: Session, writes: readonly Write<R>[], writing: Writing<R>): Promise<readonly Written<R>[]> {
  const answers: Written<R>[] = [];
  let stopped: Failure | undefined;
  for (const write of writes) {
    if (stopped !== undefined) {
      answers.push({ status: 'failed', failure: again(stopped, false) });
      continue;
    }
    const attempt: Attempt = { wrote: false };
    try {
      answers.push(await carryOut(session, write, writing, attempt));
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('bug', `The OroCRM connector failed: ${String(error)}`, { cause: error });
      answers.push({ status: 'failed', failure: attempt.wrote && !failure.maybeDone ? again(failure, true) : failure });
      if (failure.kind === 'throttle' || failure.kind === 'auth' || failure.kind === 'config') stopped = failure;
    }
  }
  return answers;
}

function carryOut<R>(session: Session, write: Write<R>, { create, update, remove }: Writing<R>, attempt: Attempt): Promise<Written<R>> {
  switch (write.op) {
    case 'create':
      return create(session, write, attempt);
    case 'update':
      return update(session, write, attempt);
    case 'delete':
      return remove(session, write, attempt);
  }
}

/**
 * OroCRM has no preconditions: a record is read, and written only when it is as the hub holds it (rule R6).
 * Undefined: go on. A moved stamp alone is no change (rule A15).
 */
export function changedMeanwhile<R extends ContactRecord | TaskRecord | EventRecord>(
  found: Stored<R>,
  write: Exclude<Write<R>, { op: 'create' }>,
  observe: (found: Stored<R>) => Seen<R>,
): Written<R> | undefined {
  if (write.op === 'update' && contentHash(found.record) === contentHash(write.record)) return { status: 'stored', seen: observe(found) };
  if (sameContent(write.ifVersion, found.record)) return undefined;
  if (write.op === 'update' && contentHash(found.record) === contentHash(write.base)) return undefined;
  return { status: 'conflict', seen: observe(found) };
}

/** The answer to a deletion. */
export function deletedAnswer<R>(answer: Answer, id: string, isGone: boolean): Written<R> {
  const seen: Absent = { id, absent: 'deleted' };
  if (answer.status === 204 || answer.status === 200) return { status: 'stored', seen };
  if (isGone) return { status: 'gone', seen };
  if (answer.status === 403) return { status: 'rejected', message: 'In OroCRM this user may not delete this record.' };
  throw failureOf(answer, 'delete records');
}

/** A refusal of this record's content, by canonical field; undefined when the answer says nothing of the kind. */
export function refusal(answer: Answer, fieldOf: (pointer: string) => string | undefined): { message: string; fields?: { readonly [field: string]: string } } | undefined {
  if (answer.status === 403) return { message: 'In OroCRM this user may not write this record: the role lacks the permission.' };
  if (answer.status !== 400 && !isDatabaseRefusal(answer.status, answer.body)) return undefined;
  const errors = errorsOf(answer.body);
  const fields: Record<string, string> = {};
  for (const error of errors) {
    const field = fieldOf(error.pointer);
    if (field !== undefined) fields[field] ??= error.detail || error.title;
  }
  const message = errors.map((error) => error.detail || error.title).join(' ') || 'OroCRM refuses this record without a reason.';
  return { message: `OroCRM refuses this: ${message}`, ...(Object.keys(fields).length > 0 && { fields }) };
}

/** The answer to a write that was not a success. Throws what is about no record. */
export function refused<R>(answer: Answer, id: string | undefined, fieldOf: (pointer: string) => string | undefined): Written<R> {
  if (id !== undefined && provesDeletion(answer)) return { status: 'gone', seen: { id, absent: 'deleted' } };
  const reason = refusal(answer, fieldOf);
  if (reason === undefined) throw failureOf(answer, 'write records');
  return { status: 'rejected', ...reason };
}

/** A JSON:API resource of a request. OroCRM refuses `attributes` and `relationships` that are there and empty. */
export function resource(
  type: string,
  id: string | undefined,
  attributes: { readonly [name: string]: unknown },
  relationships: { readonly [name: string]: unknown },
): { readonly [name: string]: unknown } {
  return {
    type,
    ...(id !== undefined && { id }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Object.keys(relationships).length > 0 && { relationships }),
  };
}

/** Whether an answer is a success. */
export function isOk(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function again(failure: Failure, maybeDone: boolean): Failure {
  return new Failure(failure.kind, failure.message, { cause: failure, maybeDone, ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }) });
}
