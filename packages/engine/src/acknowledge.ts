import { isPresent, type Failure, type Json, type Present, type Written } from '@syncline/connector';
import {
  acknowledgeCreate, acknowledgeDelete, acknowledgeWrite, baseUnit, blockUnits, canonicalUnit, fieldsOfUnit, freezeUnit, heldBy, isPurge, lossesOf, mayWrite, readStored, stopPurge, unitsOf,
  type BaseRecord, type Claim, type EntityId, type Kind, type UnitId, type Units,
} from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';
import type { Commit } from './commit.ts';
import { deletionPuts, historyPut, type HistoryRow } from './history.ts';
import { intentDel } from './intent.ts';
import { nativeKey, nativeValue } from './native.ts';
import { differences, linkTo, shownBy } from './observe.ts';
import { jobKey, type Job, type Sending } from './prepare.ts';
import type { Reporting } from './report.ts';
import { describe } from './select.ts';
import type { Session } from './session.ts';

/** What the answers to some writes come to, to be committed as one. */
export type WriteStep = ReturnType<typeof emptyStep>;

/** A step with nothing in it. */
export function emptyStep() {
  return {
    base: new Map<EntityId, BaseRecord>(),
    claim: [] as [EntityId, Claim][],
    put: [] as NonNullable<Commit['put']>[number][],
    del: [] as NonNullable<Commit['del']>[number][],
  };
}

/** Records an answer in a step: what the side holds now, what to tell, and what is left open. */
export function acknowledge(session: Session, report: Reporting, sent: Sending, answer: Written<Json>, step: WriteStep, failed: Set<string>): void {
  const { job, intent } = sent;
  const record = step.base.get(job.entity) ?? session.replica.get(job.entity);
  if (record === undefined) return;
  switch (answer.status) {
    case 'conflict':
      return;
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

function acknowledgeStored(session: Session, report: Reporting, sent: Sending, seen: Present<Json>, record: BaseRecord, partial: { readonly [field: string]: string }, step: WriteStep): void {
  const { job: { entity, kind, side }, write, intent, shows } = sent;
  if (write.op === 'delete') return;
  const link = linkTo(seen);
  const written = Object.keys(intent.numbers).flatMap((unit) => fieldsOfUnit(kind, unit));
  const view = readStored(kind, session.sides[side].entities[kind].lens(), seen.record, { native: write.record, view: shows }, written);
  const units = unitsOf(kind, view);
  const refused = { ...sent.refused, ...unitsRefused(kind, intent.numbers, partial) };
  const numbers = Object.fromEntries(Object.entries(intent.numbers).filter(([unit]) => refused[unit] === undefined));
  const acknowledged = write.op === 'create' ? acknowledgeCreate(record, side, link, units, numbers) : acknowledgeWrite(record, side, link, withoutMovedUp(session, sent, record, units), numbers);
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
  noteLosses(session, report, sent.job, write.op === 'update' ? write.base : session.sides[side].entities[kind].blank(), seen.record);
}

/**
 * What a side shows after a write, as far as the write is to answer for it: where a field was emptied and another value moved
 * up, the field is empty, and the other one is news to the other side, as with e-mails and phones (M12, M17, M23). Were it not,
 * the next value written there would replace what nobody was shown. One way it stays where it is.
 */
function withoutMovedUp(session: Session, { job: { kind, side } }: Sending, record: BaseRecord, units: Units): Units {
  if (!mayWrite(session.settings.policy.direction, otherSide[side])) return units;
  const lens = session.sides[side].entities[kind].lens();
  return Object.fromEntries(Object.entries(units).filter(([unit]) => {
    const [field] = fieldsOfUnit(kind, unit);
    const fieldLens = field === undefined ? undefined : lens[field];
    return !(typeof fieldLens === 'object' && fieldLens.movesUp === true && baseUnit(record, unit).agreed === undefined);
  }));
}

/** Notes what was replaced (C18), and freezes a field that two systems keep writing to and fro (R7). */
function freezeDisagreements(session: Session, report: Reporting, { job: { entity, kind, side, action }, intent }: Sending, before: BaseRecord, after: BaseRecord, stored: Units): BaseRecord {
  if (action.type !== 'update') return after;
  let next = after;
  for (const unit of Object.keys(intent.numbers)) {
    const held = heldBy(baseUnit(before, unit), side);
    const replaced = canonicalUnit(kind, unit, held.value);
    if (side === 'left') session.writes.replaced(entity, unit, replaced, held.saw, session.env.now());
    if (!session.writes.isPingPong(entity, unit, { side, value: canonicalUnit(kind, unit, stored[unit]), replaced })) continue;
    const reason = `two systems disagree about this field: ${JSON.stringify(held.value ?? null)} and ${JSON.stringify(stored[unit] ?? null)}`;
    next = freezeUnit(next, unit, reason);
    report.note({ what: 'held', rule: 'R7', message: reason, entity, kind, side, field: unit });
  }
  return next;
}

function acknowledgeGone(session: Session, report: Reporting, sent: Sending, record: BaseRecord, step: WriteStep): void {
  const { entity, side } = sent.job;
  step.base.set(entity, acknowledgeDelete(record, side));
  step.del.push(intentDel(sent.intent));
  if (sent.write.op === 'delete') tell(session, report, sent, sent.write.id, record, {}, step);
}

/** One line of the report and one row of history for a write that was done. */
function tell(session: Session, report: Reporting, { job, intent }: Sending, id: string, record: BaseRecord, stored: Units, step: WriteStep): void {
  const { entity, kind, side, action } = job;
  const line = describe(action);
  const counted = { create: 'created', update: 'updated', delete: 'deleted', mark: 'marked' } as const;
  report.add(side, kind, counted[action.type]);
  report.line(line);
  if (action.type === 'delete') {
    step.put.push(...deletionPuts(session, report.run, intent));
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
  step.put.push(historyPut({ at: session.env.now(), run: report.run, entity, kind, side, op: action.type, rule: line.rules[0] ?? '', id, ...(action.type === 'update' && { before, after, ...rulesOf(kind, action, line.rules, intent) }) }, `${side}/${action.type}`));
}

/** The rule of each unit that was written, where there are several. */
function rulesOf(kind: Kind, action: Extract<Job['action'], { type: 'update' }>, rules: readonly string[], { numbers }: Sending['intent']): Pick<HistoryRow, 'rules'> {
  if (rules.length < 2) return {};
  return { rules: Object.fromEntries(Object.keys(numbers).flatMap((unit) => {
    const rule = fieldsOfUnit(kind, unit).map((field) => action.rules[field]).find((one) => one !== undefined);
    return rule === undefined ? [] : [[unit, rule]];
  })) };
}

/** The service refuses the content (M7, M43): the fields it names wait, or the whole write when it names none. */
function reject(report: Reporting, sent: Sending, answer: Extract<Written<Json>, { status: 'rejected' }>, record: BaseRecord, step: WriteStep, failed: Set<string>): void {
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

/** An attempt that failed for one record; where it was the side's doing, the side is left alone. */
export function fail(session: Session, report: Reporting, { job }: Sending, failure: Failure, failed: Set<string>): void {
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

/** What the side will not take waits, in words; what was to be purged, and cannot be, stays (D8). */
export function blockJob(record: BaseRecord, { side, action }: Job, reason: string): BaseRecord {
  const todo = record.todo[side];
  if (isPurge(todo?.rule)) return stopPurge(record);
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

/** Tells which fields were left out, and why. */
export function noteRefused(report: Reporting, { entity, kind, side }: Job, refused: { readonly [unit: UnitId]: string }): void {
  for (const [field, message] of Object.entries(refused)) report.note({ what: 'held', rule: 'M2', message, entity, kind, side, field });
}

/** Tells what a write cost beside what it was for: nothing is lost in silence (M2). `before` and `after` are the side's native record. */
export function noteLosses(session: Session, report: Reporting, { action, entity, kind, side }: Job, before: Json, after: Json): void {
  if (action.type !== 'create' && action.type !== 'update') return;
  const fields = action.type === 'create' ? Object.keys(action.view) : action.fields;
  for (const [field, message] of Object.entries(lossesOf(session.sides[side].entities[kind].lens(), action.view, fields, before, after))) {
    report.note({ what: 'alert', rule: 'M2', message, entity, kind, side, field });
  }
}
