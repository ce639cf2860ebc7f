import { baseUnit, flowRule, heldBy, planRecord, type BaseRecord, type BaseUnit, type EntityId, type Json, type Kind, type Todo } from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';
import type { HistoryRow } from './history.ts';
import { holdsOf, withoutStop, type Hold } from './holds.ts';
import type { Session } from './session.ts';

/** Why a field is what it is. */
export interface FieldReason {
  /** The unit, as the specification names it: `jobTitle`, `name`, `emails/ada@example.com`. */
  readonly unit: string;
  readonly agreed: Json;
  /** The rule that decided it: of what is still to be written, else of the newest row of history about it, else by which such a value flows. */
  readonly rule: string;
  /** Each side's own value where it differs from the agreed one. */
  readonly differs: { readonly [S in SideName]?: Json };
  /** Who wrote it, and when by the service's clock (UTC ms). */
  readonly from: { readonly side: string; readonly at: number };
  /** In words: what is still to be written, and what stands in the way. */
  readonly notes: readonly string[];
}

/** Why a record is what it is, in words and rule numbers. */
export interface Explanation {
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly links: { readonly [S in SideName]?: string };
  /** "Why is this not in Outlook?", answered; one sentence each. */
  readonly sentences: readonly string[];
  readonly fields: readonly FieldReason[];
  /** What waits, and what a person can answer. */
  readonly holds: readonly Hold[];
  /** Newest first. */
  readonly history: readonly HistoryRow[];
}

/** The records a text names: an entity id, or a native id of either side. */
export function findRecords(session: Session, text: string): readonly EntityId[] {
  const found = new Set<EntityId>();
  for (const side of ['left', 'right'] as const) {
    for (const kind of ['contact', 'task', 'event'] as const) {
      const entity = session.index.entityOf(side, kind, text);
      if (entity !== undefined) found.add(entity);
    }
  }
  for (const [entity] of session.replica.records()) if (entity === text) found.add(entity);
  return [...found];
}

/** Everything the hub can say about a record; `undefined` when it knows none of that id. */
export async function explain(session: Session, entity: EntityId): Promise<Explanation | undefined> {
  const record = session.replica.get(entity);
  if (record === undefined) return undefined;
  const history: HistoryRow[] = [];
  for await (const [, value] of session.store.entries('history', { reverse: true })) {
    const row = value as unknown as HistoryRow;
    if (row.entity === entity) history.push(row);
  }
  const { left, right } = record.links;
  return {
    entity, kind: record.kind, history,
    links: { ...(left && { left: left.id }), ...(right && { right: right.id }) },
    sentences: sentencesOf(session, entity, record),
    holds: await holdsOf(session, entity, record),
    fields: Object.keys(record.units).map((unit) => reasonOf(session, record, unit, history)).filter(({ agreed, differs, notes }) => agreed !== null || Object.keys(differs).length > 0 || notes.length > 0),
  };
}

const done: Readonly<Record<Todo['op'], string>> = { create: 'created', delete: 'deleted', unmark: 'freed of another item\'s mark' };

function sentencesOf(session: Session, entity: EntityId, record: BaseRecord): readonly string[] {
  const sentences: string[] = [];
  if (record.state === 'tombstone') sentences.push('It was deleted or given up, and is kept as a tombstone so that late news about it finds it.');
  for (const side of ['left', 'right'] as const) {
    const { name } = session.sides[side];
    const gone = record.gone[side];
    const todo = record.todo[side];
    if (gone === 'deleted') sentences.push(`It was deleted in ${name}.`);
    if (gone === 'hidden') sentences.push(`The record in ${name} may not be read any more (D4): nothing is written until it can be.`);
    if (gone === 'outside') sentences.push(`The item in ${name} left the synced folder or time window (D5): nothing is written until it is back.`);
    if (todo?.blocked !== undefined) sentences.push(`It is not ${done[todo.op]} in ${name} (${todo.rule}): ${withoutStop(todo.blocked)}.`);
    else if (todo !== undefined) sentences.push(`It is to be ${done[todo.op]} in ${name} (${todo.rule}).`);
    else if (record.links[side] === undefined && record.links[otherSide[side]] !== undefined && record.state === 'live') sentences.push(`It is not in ${name}: nothing is created there in this direction.`);
  }
  if (sentences.length === 0) sentences.push(planRecord(entity, record).length === 0 ? 'Both sides hold what was agreed.' : 'Something is still to be written.');
  return sentences;
}

function reasonOf(session: Session, record: BaseRecord, name: string, history: readonly HistoryRow[]): FieldReason {
  const unit = baseUnit(record, name);
  const differs: { [S in SideName]?: Json } = {};
  for (const side of ['left', 'right'] as const) {
    if (unit.held[side] !== undefined && record.links[side] !== undefined) differs[side] = heldBy(unit, side).value ?? null;
  }
  const notes = [
    ...Object.entries(unit.owed).map(([side, rule]) => `to be written in ${nameOf(session, side)} (${rule})`),
    ...Object.entries(unit.blocked ?? {}).map(([side, reason]) => `not written in ${nameOf(session, side)}: ${reason}`),
    ...Object.entries(unit.held).flatMap(([side, held]) => (held.own === true ? [`${nameOf(session, side)} cannot hold more than it shows (M2, C16)`] : [])),
    ...(unit.frozen === undefined ? [] : [`frozen: ${unit.frozen} (R7)`]),
  ];
  const rule = ruleOf(unit, name, history) ?? flowRule(session.settings.policy, unit.from.side);
  return { unit: name, agreed: unit.agreed ?? null, rule, differs, from: { side: unit.from.side, at: unit.from.at }, notes };
}

function ruleOf(unit: BaseUnit, name: string, history: readonly HistoryRow[]): string | undefined {
  if (unit.frozen !== undefined) return 'R7';
  const [owed] = Object.values(unit.owed);
  if (owed !== undefined) return owed;
  const row = history.find(({ op, before, after }) => op === 'create' || before?.[name] !== undefined || after?.[name] !== undefined);
  return row?.rules?.[name] ?? row?.rule;
}

function nameOf({ sides }: Session, side: string): string {
  return sides[side === 'left' ? 'left' : 'right'].name;
}
