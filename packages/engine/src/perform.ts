import { Failure, isPresent, type Json, type Present, type Seen, type Written } from '@syncline/connector';
import {
  acknowledgeCreate, acknowledgeDelete, acknowledgeWrite, baseUnit, blockUnits, canonicalUnit, fieldsOfUnit, freezeUnit, heldBy, readView, unitsOf,
  type Action, type BaseRecord, type Claim, type EntityId, type Kind, type UnitId, type Units,
} from '@syncline/core';
import pLimit from 'p-limit';
import type { SideName } from './bind.ts';
import { historyPut } from './history.ts';
import { intentDel, intentPut } from './intent.ts';
import { differences, linkTo, record as recordSeen, shownBy } from './observe.ts';
import { prepare, type Job, type Prepared } from './prepare.ts';
import type { Progress, Reporting } from './report.ts';
import { describe } from './select.ts';
import { nativeKey, nativeValue, readNative, type Commit, type Session } from './session.ts';

type Sending = Extract<Prepared, { type: 'send' }>;

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

/** Names an action within a cycle. */
export function jobKey(action: Action): string {
  return `${action.entity}/${action.side}/${action.type}`;
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
  const step = emptyStep();
  const again: { readonly sent: Sending; readonly id: string }[] = [];
  for (const [position, sent] of sending.entries()) {
    const answer = answers[position] ?? { status: 'failed', failure: new Failure('bug', 'the connector gave no answer for a write') };
    if (answer.status === 'conflict' && answer.seen === undefined && sent.intent.id !== undefined) again.push({ sent, id: sent.intent.id });
    else if (answer.status === 'conflict' || (answer.status === 'gone' && !isDone(sent, answer.seen))) {
      await recordSeen(session, side, kind, answer.seen === undefined ? [] : [answer.seen]);
      step.del.push(intentDel(sent.intent));
    } else acknowledge(session, report, sent, answer, step, failed);
  }
  await session.commit(step);
  for (const { sent, id } of again) await readAgain(session, report, sent, id, failed);
}

/** Rule R6: what changed under us is read again and decided again. A failure here is of this record alone. */
async function readAgain(session: Session, report: Reporting, sent: Sending, id: string, failed: Set<string>): Promise<void> {
  const { side, kind } = sent.job;
  try {
    await recordSeen(session, side, kind, [await session.sides[side].entities[kind].get(id)]);
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

type PerformStep = ReturnType<typeof emptyStep>;

function emptyStep() {
  return {
    base: new Map<EntityId, BaseRecord>(),
    claim: [] as [EntityId, Claim][],
    put: [] as NonNullable<Commit['put']>[number][],
    del: [] as NonNullable<Commit['del']>[number][],
  };
}

/** Prepares the writes and puts their intents on disk; with a deletion, the complete copy it can be restored from (D6). */
async function journal(session: Session, report: Reporting, side: SideName, kind: Kind, jobs: readonly Job[], failed: Set<string>): Promise<readonly Sending[]> {
  const ids = jobs.map(({ action }) => (action.type === 'create' ? '' : action.id));
  const natives = await session.store.getMany('native', ids.map((id) => nativeKey(side, kind, id)));
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
      if (prepared.write.op === 'delete' && last !== undefined) {
        const row = { at: session.env.now(), run: report.run, entity: job.entity, kind, side, op: 'delete' as const, rule: ruleOf(job), id: prepared.write.id, native: nativeValue(last) };
        step.put.push(historyPut(row, `${side}/delete`));
      }
    } else if (prepared.type === 'settled') {
      step.base.set(job.entity, prepared.record);
      noteRefused(report, job, prepared.refused);
    } else {
      step.base.set(job.entity, blockJob(record, job, prepared.reason));
      report.note({ what: 'held', rule: prepared.rule, message: prepared.reason, entity: job.entity, kind, side });
      failed.add(jobKey(job.action));
    }
  }
  await session.commit(step);
  return sending;
}

async function push(session: Session, side: SideName, kind: Kind, sending: readonly Sending[]): Promise<readonly Written<Json>[]> {
  try {
    return await session.sides[side].entities[kind].push(sending.map(({ write }) => write));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return sending.map(() => ({ status: 'failed', failure: error }));
  }
}

function acknowledge(session: Session, report: Reporting, sent: Sending, answer: Exclude<Written<Json>, { status: 'conflict' }>, step: PerformStep, failed: Set<string>): void {
  const { job, intent } = sent;
  const record = step.base.get(job.entity) ?? session.replica.get(job.entity);
  if (record === undefined) return;
  switch (answer.status) {
    case 'stored':
    case 'partial':
      if (isPresent(answer.seen)) acknowledgeStored(session, report, sent, answer.seen, record, answer.status === 'partial' ? answer.fields : {}, step);
      else acknowledgeGone(session, report, sent, record, step);
      return;
    case 'gone':
      acknowledgeGone(session, report, sent, record, step);
      return;
    case 'rejected':
      reject(report, sent, answer, record, step, failed);
      return;
    case 'failed':
      fail(session, report, sent, answer.failure, failed);
      if (!answer.failure.maybeDone) step.del.push(intentDel(intent));
  }
}

function acknowledgeStored(session: Session, report: Reporting, sent: Sending, seen: Present<Json>, record: BaseRecord, partial: { readonly [field: string]: string }, step: PerformStep): void {
  const { job: { entity, kind, side }, write, intent, shows } = sent;
  if (write.op === 'delete') return;
  const link = linkTo(seen);
  const view = readView(kind, session.sides[side].entities[kind].lens(), seen.record, { native: write.record, view: shows });
  const units = unitsOf(kind, view);
  const refused = { ...sent.refused, ...unitsRefused(kind, intent.numbers, partial) };
  const numbers = Object.fromEntries(Object.entries(intent.numbers).filter(([unit]) => refused[unit] === undefined));
  const acknowledged = write.op === 'create' ? acknowledgeCreate(record, side, link, units, numbers) : acknowledgeWrite(record, side, link, units, numbers);
  const next = freezeDisagreements(session, report, sent, record, blockUnits(acknowledged, side, refused), units);
  step.base.set(entity, next);
  step.del.push(intentDel(intent));
  step.put.push({ space: 'native', key: nativeKey(side, kind, seen.id), value: nativeValue(seen) });
  // What the answer shows beside what was written was changed by somebody else meanwhile.
  const number = session.nextNumber();
  for (const { unit, value } of differences(kind, shownBy(next, side, []), units)) {
    if (refused[unit] !== undefined) continue;
    const saw = heldBy(baseUnit(next, unit), side).saw;
    step.claim.push([entity, { number, unit, side, writer: side, saw, at: seen.at ?? session.env.now(), native: { id: seen.id, version: seen.version }, ...(value !== undefined && { value }) }]);
  }
  tell(session, report, sent, seen.id, record, units, step);
  noteRefused(report, sent.job, refused);
}

/** Notes what was replaced (C18), and freezes a field that two systems keep writing to and fro (R7). */
function freezeDisagreements(session: Session, report: Reporting, { job: { entity, kind, side, action }, intent }: Sending, before: BaseRecord, after: BaseRecord, stored: Units): BaseRecord {
  if (action.type !== 'update') return after;
  let next = after;
  for (const unit of Object.keys(intent.numbers)) {
    const held = heldBy(baseUnit(before, unit), side);
    if (side === 'left') session.writes.replaced(entity, unit, canonicalUnit(kind, unit, held.value), held.saw, session.env.now());
    if (!session.writes.isPingPong(entity, unit, canonicalUnit(kind, unit, stored[unit]))) continue;
    const reason = `two systems disagree about this field: ${JSON.stringify(held.value ?? null)} and ${JSON.stringify(stored[unit] ?? null)}`;
    next = freezeUnit(next, unit, reason);
    report.note({ what: 'held', rule: 'R7', message: reason, entity, kind, side, field: unit });
  }
  return next;
}

function acknowledgeGone(session: Session, report: Reporting, sent: Sending, record: BaseRecord, step: PerformStep): void {
  const { entity, side } = sent.job;
  step.base.set(entity, acknowledgeDelete(record, side));
  step.del.push(intentDel(sent.intent));
  if (sent.write.op === 'delete') tell(session, report, sent, sent.write.id, record, {}, step);
}

/** One line of the report and one row of history for a write that was done. */
function tell(session: Session, report: Reporting, { job, intent }: Sending, id: string, record: BaseRecord, stored: Units, step: PerformStep): void {
  const { entity, kind, side, action } = job;
  const counted = { create: 'created', update: 'updated', delete: 'deleted', mark: 'marked' } as const;
  report.add(side, kind, counted[action.type]);
  report.line(describe(action));
  if (action.type === 'delete') {
    step.put.push(session.deletions.note(side, kind, session.env.now()));
    return;
  }
  const before: Record<UnitId, Json> = {};
  const after: Record<UnitId, Json> = {};
  for (const unit of action.type === 'update' ? Object.keys(intent.numbers) : []) {
    const held = heldBy(baseUnit(record, unit), side).value;
    if (held !== undefined) before[unit] = held;
    const now = stored[unit];
    if (now !== undefined) after[unit] = now;
  }
  step.put.push(historyPut({ at: session.env.now(), run: report.run, entity, kind, side, op: action.type, rule: ruleOf(job), id, ...(action.type === 'update' && { before, after }) }, `${side}/${action.type}`));
}

/** The service refuses the content (M7, M43): the fields it names wait, or the whole write when it names none. */
function reject(report: Reporting, sent: Sending, answer: Extract<Written<Json>, { status: 'rejected' }>, record: BaseRecord, step: PerformStep, failed: Set<string>): void {
  const { job, intent } = sent;
  step.del.push(intentDel(intent));
  const refused = unitsRefused(job.kind, intent.numbers, answer.fields ?? {});
  if (Object.keys(refused).length > 0) {
    step.base.set(job.entity, blockUnits(record, job.side, refused));
    noteRefused(report, job, refused);
    return;
  }
  step.base.set(job.entity, blockJob(record, job, answer.message));
  report.note({ what: 'held', rule: job.action.type === 'create' ? 'M7' : 'M43', message: answer.message, entity: job.entity, kind: job.kind, side: job.side });
  failed.add(jobKey(job.action));
}

function fail(session: Session, report: Reporting, { job }: Sending, failure: Failure, failed: Set<string>): void {
  failed.add(jobKey(job.action));
  report.note({ what: 'failed', rule: 'G7', message: failure.message, entity: job.entity, kind: job.kind, side: job.side });
  if (failure.kind === 'throttle' || failure.kind === 'auth' || failure.kind === 'config' || failure.kind === 'unavailable') stop(session, report, job.side, failure);
}

/** Ends the work with a side for this cycle. */
export function stop(session: Session, report: Reporting, side: SideName, failure: Failure): void {
  if (report.isStopped(side)) return;
  const retryAt = failure.retryAfterMs === undefined ? undefined : session.env.now() + failure.retryAfterMs;
  report.stop({ side, kind: failure.kind, message: failure.message, ...(retryAt !== undefined && { retryAt }) });
}

function blockJob(record: BaseRecord, { side, action }: Job, reason: string): BaseRecord {
  const todo = record.todo[side];
  if (todo !== undefined) return { ...record, todo: { ...record.todo, [side]: { ...todo, blocked: reason } } };
  const owed = Object.entries(record.units).filter(([, unit]) => unit.owed[side] !== undefined);
  return action.type === 'update' ? blockUnits(record, side, Object.fromEntries(owed.map(([name]) => [name, reason]))) : record;
}

function unitsRefused(kind: Kind, numbers: { readonly [unit: UnitId]: number }, fields: { readonly [field: string]: string }): { readonly [unit: UnitId]: string } {
  return Object.fromEntries(Object.keys(numbers).flatMap((unit) => {
    const reason = fieldsOfUnit(kind, unit).map((field) => fields[field]).find((one) => one !== undefined);
    return reason === undefined ? [] : [[unit, reason]];
  }));
}

function noteRefused(report: Reporting, { entity, kind, side }: Job, refused: { readonly [unit: UnitId]: string }): void {
  for (const [field, message] of Object.entries(refused)) report.note({ what: 'held', rule: 'M2', message, entity, kind, side, field });
}

function ruleOf({ action }: Job): string {
  return describe(action).rules[0] ?? '';
}
