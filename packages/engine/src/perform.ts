import { Failure, isPresent, type Json, type Seen, type Written } from '@syncline/connector';
import type { Action, Kind } from '@syncline/core';
import pLimit from 'p-limit';
import { acknowledge, blockJob, emptyStep, fail, noteLosses, noteRefused } from './acknowledge.ts';
import type { SideName } from './bind.ts';
import { intentDel, intentPut } from './intent.ts';
import { nativeKey, readNative } from './native.ts';
import { record as recordSeen } from './observe.ts';
import { jobKey, prepare, type Job, type Sending } from './prepare.ts';
import type { Progress, Reporting } from './report.ts';
import type { Session } from './session.ts';

/**
 * Carries out the actions: OroCRM's values go to Outlook first, then Outlook's to OroCRM (C1). Each chunk is journalled,
 * sent and acknowledged; a failed one does not stop the others, a side that asks for quiet gets it (R3, R5, R8).
 * Returns what was tried without success, so that a cycle does not try it twice.
 */
export async function perform(session: Session, report: Reporting, actions: readonly Action[], progress: Progress): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  for (const side of ['right', 'left'] as const) {
    for (const kind of session.settings.kinds) {
      const jobs = jobsOf(actions, side, kind);
      const { writesPerPush, concurrency } = session.sides[side].entities[kind].caps;
      const limit = pLimit(concurrency);
      let done = 0;
      await Promise.all(chunks(jobs, writesPerPush).map((chunk) => limit(async () => {
        if (report.isStopped(side)) {
          for (const job of chunk) failed.add(jobKey(job.action));
          return;
        }
        await performChunk(session, report, side, kind, chunk, failed);
        done += chunk.length;
        progress({ phase: 'perform', side, kind, done, total: jobs.length });
      })));
    }
  }
  return failed;
}

function jobsOf(actions: readonly Action[], side: SideName, kind: Kind): readonly Job[] {
  const here = actions.filter((action) => action.side === side && action.kind === kind);
  const marks = new Map(here.flatMap((action) => (action.type === 'mark' ? [[action.entity, action.mark] as const] : [])));
  const updated = new Set(here.filter(({ type }) => type === 'update').map(({ entity }) => entity));
  return here
    .filter((action) => action.type !== 'mark' || !updated.has(action.entity))
    .map((action) => {
      const mark = marks.get(action.entity);
      return { entity: action.entity, kind, side, action, ...(mark !== undefined && { mark }) };
    });
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

async function performChunk(session: Session, report: Reporting, side: SideName, kind: Kind, jobs: readonly Job[], failed: Set<string>): Promise<void> {
  const sending = await journal(session, report, side, kind, jobs, failed);
  if (sending.length === 0) return;
  const answers = await push(session, side, kind, sending);
  const answered = sending.map((sent, position) => ({ sent, answer: answers[position] ?? noAnswer }));
  // One step, built without waiting in between: the claims in it carry the number it gets.
  const step = emptyStep();
  for (const { sent, answer } of answered) if (!isOvertaken(sent, answer)) acknowledge(session, report, sent, answer, step, failed);
  await session.commit(step);
  for (const { sent, answer } of answered) if (isOvertaken(sent, answer)) await readAgain(session, report, sent, answer.seen, failed);
}

const noAnswer: Written<Json> = { status: 'failed', failure: new Failure('bug', 'the connector gave no answer for a write') };

/** The record changed under us or is not to be seen any more: it is decided again. A deletion of what is gone is done. */
function isOvertaken(sent: Sending, answer: Written<Json>): answer is Extract<Written<Json>, { status: 'conflict' | 'gone' }> {
  return answer.status === 'conflict' || (answer.status === 'gone' && !isDone(sent, answer.seen));
}

/**
 * Rule R6: what changed under us is read again, unless the answer brought it. Not to be found proves nothing (D1) and is asked for, but
 * on a side that is not believed (D3) it waits. A failure here is of this record alone.
 */
async function readAgain(session: Session, report: Reporting, sent: Sending, seen: Seen<Json> | undefined, failed: Set<string>): Promise<void> {
  const { side, kind } = sent.job;
  const { id } = sent.intent;
  const isUnproven = seen !== undefined && !isPresent(seen) && seen.absent === 'missing';
  try {
    if (isUnproven && report.isDoubted(side, kind)) failed.add(jobKey(sent.job.action));
    else if (seen !== undefined && !isUnproven) await recordSeen(session, side, kind, [seen]);
    else if (id !== undefined) await recordSeen(session, side, kind, [await session.sides[side].entities[kind].get(id)]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    fail(session, report, sent, error, failed);
  }
  await session.commit({ del: [intentDel(sent.intent)] });
}

/** A deletion is done when the service says there is no such record; one that is merely hidden is not deleted (D4). */
function isDone(sent: Sending, seen: Seen<Json>): boolean {
  return sent.write.op === 'delete' && !isPresent(seen) && seen.absent === 'deleted';
}

/** Prepares the writes and puts their intents on disk; in a deletion's, the complete copy it can be restored from (D6). */
async function journal(session: Session, report: Reporting, side: SideName, kind: Kind, jobs: readonly Job[], failed: Set<string>): Promise<readonly Sending[]> {
  const natives = await session.store.getMany('native', jobs.map(({ action }) => nativeKey(side, kind, action.type === 'create' ? restoredFrom(session, action) : action.id)));
  const step = emptyStep();
  const sending: Sending[] = [];
  for (const [position, job] of jobs.entries()) {
    const record = session.replica.get(job.entity);
    if (record === undefined) continue;
    const last = readNative(natives[position]);
    const prepared = prepare(session, job, record, last);
    if (prepared.type === 'send') {
      sending.push(prepared);
      step.put.push(intentPut(prepared.intent));
    } else if (prepared.type === 'settled') {
      step.base.set(job.entity, prepared.record);
      noteRefused(report, job, prepared.refused);
      if (last !== undefined) noteLosses(session, report, job, last.record, last.record);
    } else {
      step.base.set(job.entity, blockJob(record, job, prepared.reason));
      report.note({ what: 'held', rule: prepared.rule, message: prepared.reason, entity: job.entity, kind, side });
      failed.add(jobKey(job.action));
    }
  }
  await session.commit(step);
  return sending;
}

/** The item a creation gives back (D6): what the hub holds of it is what it is made from. Nothing of any other creation. */
function restoredFrom(session: Session, { entity, side, rule }: Extract<Action, { type: 'create' }>): string {
  return (rule === 'D6' && session.replica.get(entity)?.former[side]?.at(-1)) || '';
}

async function push(session: Session, side: SideName, kind: Kind, sending: readonly Sending[]): Promise<readonly Written<Json>[]> {
  try {
    return await session.sides[side].entities[kind].push(sending.map(({ write }) => write));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return sending.map(() => ({ status: 'failed', failure: error }));
  }
}
