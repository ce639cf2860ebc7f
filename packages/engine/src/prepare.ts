import type { Json, Mark, Write } from '@syncline/connector';
import {
  acknowledgeWrite, baseUnit, blockUnits, fieldsOfUnit, isPurge, readDrafted, readView, sameJson, unitsOf, viewOf, writeView,
  type Action, type AnyView, type BaseRecord, type EntityId, type Kind, type UnitId, type Units, type WrittenNumbers,
} from '@syncline/core';
import type { SideName } from './bind.ts';
import type { Intent } from './intent.ts';
import { differences, shownBy } from './observe.ts';
import { nativeValue, type StoredNative } from './native.ts';
import { whyNotPurged } from './purge.ts';
import type { Session } from './session.ts';

/** The actions of one record on one side: a mark travels with another write if there is one. */
export interface Job {
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly side: SideName;
  readonly action: Action;
  readonly mark?: string;
}

/** A write ready to be sent, or what became of it without sending anything. */
export type Prepared =
  | { readonly type: 'send'; readonly job: Job; readonly write: Write<Json>; readonly intent: Intent; /** What the side will show if it stores what is sent. */ readonly shows: AnyView; /** Fields the side cannot hold, by unit, in words. */ readonly refused: { readonly [unit: UnitId]: string } }
  | { readonly type: 'settled'; readonly job: Job; readonly record: BaseRecord; readonly refused: { readonly [unit: UnitId]: string } }
  | { readonly type: 'blocked'; readonly job: Job; readonly rule: string; readonly reason: string };

/** A write that goes out. */
export type Sending = Extract<Prepared, { type: 'send' }>;

/** Names an action within a cycle. */
export function jobKey(action: Action): string {
  return `${action.entity}/${action.side}/${action.type}`;
}

/** Turns an action into the native write it needs. `last` is the side's record as last acknowledged; of a creation only where that gives it back (D6). */
export function prepare(session: Session, job: Job, record: BaseRecord, last: StoredNative | undefined): Prepared {
  switch (job.action.type) {
    case 'create':
      return prepareCreate(session, job, job.action, record, last);
    case 'update':
      return prepareUpdate(session, job, job.action, record, last);
    case 'mark':
      return prepareMark(session, job, record, last);
    case 'delete':
      return prepareDelete(session, job, job.action, record, last);
  }
}

function prepareCreate(session: Session, job: Job, action: Extract<Action, { type: 'create' }>, record: BaseRecord, copy: StoredNative | undefined): Prepared {
  const { kind, side, entity } = job;
  const bound = session.sides[side].entities[kind];
  const lens = bound.lens();
  const begun = copy === undefined ? { native: bound.blank(), view: {} } : { native: copy.record, view: readView(kind, lens, copy.record) };
  const { native, refused } = writeView(kind, lens, begun, action.view, Object.keys(action.view));
  const left = record.links['left'];
  const mark = side === 'right' && left !== undefined ? markFor(session, left.id) : undefined;
  // The same record created on the same side again (C11) is another intent; a repeated attempt is the same one.
  const key = `${entity}/${side}/create/${record.former[side]?.length ?? 0}`;
  // What a new record has by default is written as well: it is what was wanted, not nothing.
  const shows = readDrafted(kind, lens, native, begun, action.view, Object.keys(action.view));
  return {
    type: 'send', job, shows, refused: refusedUnits(record, refused, action.numbers),
    write: { op: 'create', key, record: native, ...(mark !== undefined && { mark }) },
    intent: { key, entity, kind, side, op: 'create', at: session.env.now(), native, ...(mark !== undefined && { mark }), units: unitsOf(kind, shows), numbers: without(action.numbers, kind, refused) },
  };
}

function prepareUpdate(session: Session, job: Job, action: Extract<Action, { type: 'update' }>, record: BaseRecord, last: StoredNative | undefined): Prepared {
  const { kind, side, entity } = job;
  const link = record.links[side];
  if (last === undefined || link === undefined) return { type: 'blocked', job, rule: 'G7', reason: 'what this side last held is not known: it is read again' };
  if (last.traits?.readOnly !== undefined) return { type: 'blocked', job, rule: 'D13', reason: last.traits.readOnly };
  const isSeries = last.traits?.recurring === true;
  const fields = isSeries ? action.fields.filter((field) => !timeFields.includes(field)) : action.fields;
  const before = { native: last.record, view: viewOf(kind, shownBy(record, side, [])) };
  const lens = session.sides[side].entities[kind].lens();
  const drafted = writeView(kind, lens, before, action.view, fields);
  const times = isSeries ? action.fields.filter((field) => timeFields.includes(field)) : [];
  const refused = { ...drafted.refused, ...Object.fromEntries(times.map((field) => [field, 'recurring: a change of times is not synced yet (D12)'])) };
  const shows = readDrafted(kind, lens, drafted.native, before, action.view, fields);
  const numbers = without({ ...displaced(record, side, shows), ...action.numbers }, kind, refused);
  const mark = job.mark === undefined ? undefined : markFor(session, job.mark);
  const blocked = refusedUnits(record, refused, action.numbers);
  if (sameJson(drafted.native, last.record) && mark === undefined) {
    // The side cannot show the difference (M28, M32): it holds what it can already.
    return { type: 'settled', job, refused: blocked, record: blockUnits(acknowledgeWrite(record, side, link, unitsOf(kind, shows), numbers), side, blocked) };
  }
  const key = `${entity}/${side}/update/${Math.max(0, ...Object.values(numbers))}/${link.version}`;
  return {
    type: 'send', job, shows, refused: blocked,
    write: { op: 'update', key, id: link.id, ifVersion: link.version, record: drafted.native, base: last.record, ...(mark !== undefined && { mark }) },
    intent: { key, entity, kind, side, op: 'update', at: session.env.now(), id: link.id, native: drafted.native, ...(mark !== undefined && { mark }), units: unitsOf(kind, shows), numbers },
  };
}

/**
 * Entries of a list that this write pushes out of sight or brings into it, since a side shows only so many: another primary
 * number takes the only slot (M15), another primary address one of three (M10). Our own doing, and no edit of that side.
 */
function displaced(record: BaseRecord, side: SideName, shows: AnyView): WrittenNumbers {
  const changed = differences(record.kind, shownBy(record, side, []), unitsOf(record.kind, shows)).filter(({ unit }) => unit.includes('/'));
  return Object.fromEntries(changed.map(({ unit }) => [unit, baseUnit(record, unit).from.number]));
}

const timeFields: readonly string[] = ['start', 'end', 'allDay'];

function prepareMark(session: Session, job: Job, record: BaseRecord, last: StoredNative | undefined): Prepared {
  const { kind, side, entity } = job;
  const link = record.links[side];
  if (last === undefined || link === undefined || job.mark === undefined) return { type: 'blocked', job, rule: 'G7', reason: 'what this side last held is not known: it is read again' };
  const key = `${entity}/${side}/mark/${job.mark}/${link.version}`;
  const mark = markFor(session, job.mark);
  return {
    type: 'send', job, shows: viewOf(kind, shownBy(record, side, [])), refused: {},
    write: { op: 'update', key, id: link.id, ifVersion: link.version, record: last.record, base: last.record, mark },
    intent: { key, entity, kind, side, op: 'update', at: session.env.now(), id: link.id, native: last.record, mark, units: {}, numbers: {} },
  };
}

function prepareDelete(session: Session, job: Job, action: Extract<Action, { type: 'delete' }>, record: BaseRecord, last: StoredNative | undefined): Prepared {
  const { kind, side, entity } = job;
  const link = record.links[side];
  if (link === undefined || last === undefined) return { type: 'blocked', job, rule: 'D6', reason: 'no complete copy of the record is at hand to restore it from' };
  // What became a meeting since a person confirmed the purge stays (D8).
  const kept = isPurge(action.rule) ? whyNotPurged(last.traits) : undefined;
  if (kept !== undefined) return { type: 'blocked', job, ...kept };
  if (last.traits?.recurring === true) return { type: 'blocked', job, rule: 'D12', reason: 'recurring: not synced yet' };
  const key = `${entity}/${side}/delete/${link.id}`;
  return {
    type: 'send', job, shows: {}, refused: {},
    write: { op: 'delete', key, id: link.id, ifVersion: link.version },
    intent: { key, entity, kind, side, op: 'delete', at: session.env.now(), id: link.id, deletion: { rule: action.rule, copy: nativeValue(last) }, units: {}, numbers: {} },
  };
}

function markFor(session: Session, id: string): Mark {
  return id === '' ? { id } : { id, origin: session.sides.left.account.origin };
}

/** The units among `numbers` whose fields were refused, with the reason. */
function refusedUnits(record: BaseRecord, refused: { readonly [field: string]: string }, numbers: WrittenNumbers): { readonly [unit: UnitId]: string } {
  return Object.fromEntries(Object.keys(numbers).flatMap((unit) => {
    const reason = fieldsOfUnit(record.kind, unit).map((field) => refused[field]).find((one) => one !== undefined);
    return reason === undefined ? [] : [[unit, reason]];
  }));
}

function without(numbers: WrittenNumbers, kind: Kind, refused: { readonly [field: string]: string }): WrittenNumbers {
  return Object.fromEntries(Object.entries(numbers).filter(([unit]) => fieldsOfUnit(kind, unit).every((field) => refused[field] === undefined)));
}
