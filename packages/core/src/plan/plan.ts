import type { EntityId } from '../ids.ts';
import type { Json } from '../json.ts';
import { fieldsOf, type AnyView, type Kind } from '../model/kinds.ts';
import { fieldsOfUnit, viewOf, type UnitId } from '../model/units.ts';
import { heldBy, type BaseRecord, type BaseUnit, type Todo } from '../merge/base.ts';
import { forOneSide } from '../merge/acknowledge-unit.ts';
import type { Side } from '../merge/claim.ts';
import { isPurge } from '../merge/purge.ts';
import type { WrittenNumbers } from '../merge/acknowledge.ts';

/** One native write. A plan is a list of these. */
export type Action =
  | { readonly type: 'create'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly rule: string; readonly view: AnyView; readonly numbers: WrittenNumbers }
  | { readonly type: 'update'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly id: string; readonly rules: { readonly [field: string]: string }; readonly view: AnyView; readonly fields: readonly string[]; readonly numbers: WrittenNumbers }
  | { readonly type: 'delete'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly id: string; readonly rule: string }
  /** An empty `mark` takes the mark away (K12). */
  | { readonly type: 'mark'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly id: string; readonly mark: string };

/**
 * What is still to be done for a record, read off its settled state, what Outlook lacks first (C1). Nothing: the record is
 * settled, or cannot be seen on a side (D4, D5). What is to be purged is deleted before anything else (A6). `marks` names the
 * side that carries marks.
 */
export function planRecord(entity: EntityId, record: BaseRecord, marks: Side = 'right'): readonly Action[] {
  if (Object.values(record.gone).some((gone) => gone !== 'deleted')) return [];
  const purge = Object.entries(record.todo).find(([, { rule }]) => isPurge(rule));
  if (purge !== undefined) return planExistence(entity, record, purge[0], 'delete', purge[1].rule);
  const actions: Action[] = [];
  for (const side of ['right', 'left']) {
    const todo = record.todo[side];
    if (todo !== undefined) {
      if (todo.blocked === undefined) actions.push(...planExistence(entity, record, side, todo.op, todo.rule));
    } else {
      actions.push(...planUpdate(entity, record, side));
    }
  }
  const marked = record.links[marks];
  const left = record.links['left'];
  if (marked !== undefined && left !== undefined && isThere(record, marks) && marked.mark !== left.id) {
    actions.push({ type: 'mark', side: marks, entity, kind: record.kind, id: marked.id, mark: left.id });
  }
  return actions;
}

/** Whether a record that goes on has an item on a side. */
function isThere(record: BaseRecord, side: Side): boolean {
  return record.state === 'live' && record.gone[side] === undefined;
}

/** Whether nothing is left to do. */
export function isSettled(record: BaseRecord): boolean {
  return planRecord('e_000000000000' as EntityId, record).length === 0;
}

function planExistence(entity: EntityId, record: BaseRecord, side: Side, op: Todo['op'], rule: string): readonly Action[] {
  const { kind } = record;
  const link = record.links[side];
  if (op === 'delete') return link === undefined ? [] : [{ type: 'delete', side, entity, kind, id: link.id, rule }];
  if (op === 'unmark') return link === undefined || !isThere(record, side) ? [] : [{ type: 'mark', side, entity, kind, id: link.id, mark: '' }];
  const units: Record<UnitId, Json> = {};
  const numbers: Record<UnitId, number> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    if (unit.blocked?.[side] !== undefined) continue;
    if (unit.agreed !== undefined) units[name] = unit.agreed;
    numbers[name] = unit.from.number;
  }
  return [{ type: 'create', side, entity, kind, rule, view: viewOf(kind, units), numbers }];
}

function planUpdate(entity: EntityId, record: BaseRecord, side: Side): readonly Action[] {
  const { kind } = record;
  const link = record.links[side];
  if (link === undefined || !isThere(record, side)) return [];
  const rules: Record<string, string> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    const rule = ruleFor(unit, side);
    if (rule !== undefined) for (const field of fieldsOfUnit(kind, name)) rules[field] ??= rule;
  }
  const fields = Object.keys(fieldsOf(kind)).filter((field) => rules[field] !== undefined);
  if (fields.length === 0) return [];
  const wanted: Record<UnitId, Json> = {};
  const numbers: Record<UnitId, number> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    const value = wantedOf(unit, name, side);
    if (value !== undefined) wanted[name] = value;
    const isWritten = ruleFor(unit, side) !== undefined || (isHidden(unit, name, side) && fieldsOfUnit(kind, name).some((field) => fields.includes(field)));
    if (isWritten) numbers[name] = unit.only?.[side] === undefined ? unit.from.number : forOneSide;
  }
  return [{ type: 'update', side, entity, kind, id: link.id, rules, view: viewOf(kind, wanted), fields, numbers }];
}

/**
 * What a side should hold for a unit: the agreed value if it is owed it or could not hold all of it (so that a list that
 * has room again shows what it could not before, M12); else what it holds.
 */
function wantedOf(unit: BaseUnit, name: UnitId, side: Side): Json | undefined {
  const only = unit.only?.[side];
  if (only !== undefined) return only ?? undefined;
  return ruleFor(unit, side) !== undefined || isHidden(unit, name, side) ? unit.agreed : heldBy(unit, side).value;
}

/** The rule by which a side is owed the agreed value; a frozen unit is owed to nobody (R7). */
function ruleFor(unit: BaseUnit, side: Side): string | undefined {
  return unit.frozen === undefined ? unit.owed[side] : undefined;
}

/** Whether an entry is on the list, but did not fit where the side shows it. */
function isHidden(unit: BaseUnit, name: UnitId, side: Side): boolean {
  return name.includes('/') && unit.held[side]?.own === true;
}
