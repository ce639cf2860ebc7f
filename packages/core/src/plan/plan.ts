import type { EntityId } from '../ids.ts';
import type { Json } from '../json.ts';
import { fieldsOf, type AnyView, type Kind } from '../model/kinds.ts';
import { fieldsOfUnit, viewOf, type UnitId } from '../model/units.ts';
import { baseUnit, heldBy, type BaseRecord } from '../merge/base.ts';
import type { Side } from '../merge/claim.ts';
import type { WrittenNumbers } from '../merge/acknowledge.ts';

/** One native write. A plan is a list of these. */
export type Action =
  | { readonly type: 'create'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly rule: string; readonly view: AnyView; readonly numbers: WrittenNumbers }
  | { readonly type: 'update'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly id: string; readonly rules: { readonly [field: string]: string }; readonly view: AnyView; readonly fields: readonly string[]; readonly numbers: WrittenNumbers }
  | { readonly type: 'delete'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly id: string; readonly rule: string }
  | { readonly type: 'mark'; readonly side: Side; readonly entity: EntityId; readonly kind: Kind; readonly id: string; readonly mark: string };

/** What is still to be done for a record, read off its settled state. Nothing: the record is settled. `marks` names the side that carries marks. */
export function planRecord(entity: EntityId, record: BaseRecord, marks: Side = 'right'): readonly Action[] {
  const actions: Action[] = [];
  for (const side of ['left', 'right']) {
    const todo = record.todo[side];
    const link = record.links[side];
    if (todo !== undefined) {
      if (todo.blocked === undefined) actions.push(...planExistence(entity, record, side, todo.op, todo.rule));
    } else if (link !== undefined && record.state === 'live' && record.gone[side] === undefined) {
      actions.push(...planUpdate(entity, record, side, link.id));
    }
  }
  const marked = record.links[marks];
  const left = record.links['left'];
  if (marked !== undefined && left !== undefined && record.state === 'live' && record.gone[marks] === undefined && marked.mark !== left.id) {
    actions.push({ type: 'mark', side: marks, entity, kind: record.kind, id: marked.id, mark: left.id });
  }
  return actions;
}

/** Whether nothing is left to do. */
export function isSettled(record: BaseRecord): boolean {
  return planRecord('e_000000000000' as EntityId, record).length === 0;
}

function planExistence(entity: EntityId, record: BaseRecord, side: Side, op: 'create' | 'delete', rule: string): readonly Action[] {
  const { kind } = record;
  const link = record.links[side];
  if (op === 'delete') return link === undefined ? [] : [{ type: 'delete', side, entity, kind, id: link.id, rule }];
  const units: Record<UnitId, Json> = {};
  const numbers: Record<UnitId, number> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    if (unit.blocked?.[side] !== undefined) continue;
    if (unit.agreed !== undefined) units[name] = unit.agreed;
    numbers[name] = unit.from.number;
  }
  return [{ type: 'create', side, entity, kind, rule, view: viewOf(kind, units), numbers }];
}

function planUpdate(entity: EntityId, record: BaseRecord, side: Side, id: string): readonly Action[] {
  const { kind } = record;
  const wanted: Record<UnitId, Json> = {};
  const numbers: Record<UnitId, number> = {};
  const rules: Record<string, string> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    const rule = unit.owed[side];
    const value = wantedOf(record, name, side);
    if (value !== undefined) wanted[name] = value;
    // What a list could not show before may fit now (M12): it is part of the write if the list is.
    if (rule !== undefined || heldBy(unit, side).own === true) numbers[name] = unit.from.number;
    if (rule === undefined) continue;
    for (const field of fieldsOfUnit(kind, name)) rules[field] ??= rule;
  }
  const fields = Object.keys(fieldsOf(kind)).filter((field) => rules[field] !== undefined);
  if (fields.length === 0) return [];
  const written = Object.entries(numbers).filter(([name]) => fieldsOfUnit(kind, name).some((field) => fields.includes(field)));
  return [{ type: 'update', side, entity, kind, id, rules, view: viewOf(kind, wanted), fields, numbers: Object.fromEntries(written) }];
}

/**
 * What a side should hold for a unit: the agreed value if it is owed it or could not hold all of it (so that a list that
 * has room again shows what it could not before, M12); else what it holds.
 */
function wantedOf(record: BaseRecord, name: UnitId, side: Side): Json | undefined {
  const unit = baseUnit(record, name);
  const only = unit.only?.[side];
  if (only !== undefined) return only ?? undefined;
  const held = heldBy(unit, side);
  return unit.owed[side] !== undefined || (held.own === true && name.includes('/')) ? unit.agreed : held.value;
}
