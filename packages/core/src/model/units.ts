import { fieldsOf, kindNames, type AnyView, type Kind } from './kinds.ts';
import type { FieldSpec } from './field.ts';
import type { Json } from '../json.ts';

/** Names what conflicts as one: `name`, `jobTitle`, `emails/ada@example.com`, `time`. */
export type UnitId = string;

/** The values of a record by unit. A unit that is absent holds nothing. Order is the order of list entries. */
export type Units = { readonly [unit: UnitId]: Json };

/** Lists of which one entry is the primary one: the unit that names it, and the list's. */
export const primaries: readonly (readonly [primary: UnitId, list: UnitId])[] = [['primaryEmail', 'emails'], ['primaryPhone', 'phones']];

/** Takes a view apart into what conflicts as one. Entries of a list that are equal appear once (rule M14). */
export function unitsOf(kind: Kind, view: AnyView): Units {
  const units: Record<UnitId, Json> = {};
  for (const [field, spec] of tables[kind].fields) {
    const value = view[field];
    if (value === undefined) continue;
    if (spec.shape === 'list') addEntries(units, spec, value);
    else if (spec.canonical(value) !== '') addMember(units, kind, field, spec, value);
  }
  return units;
}

/** Puts units together again: the view they came from, up to equality. */
export function viewOf(kind: Kind, units: Units): AnyView {
  const view: Record<string, Json> = {};
  for (const [field, spec] of tables[kind].fields) {
    if (spec.shape === 'list') {
      const entries = Object.entries(units).flatMap(([unit, value]) => (unit.startsWith(`${spec.unit}/`) ? [value] : []));
      if (entries.length > 0) view[field] = entries;
    } else {
      const value = memberOf(kind, field, spec, units[spec.unit]);
      if (value !== undefined) view[field] = value;
    }
  }
  return view;
}

/** Whether two values of a unit are equal under the rules of section 3; `undefined` is nothing. */
export function sameUnit(kind: Kind, unit: UnitId, a: Json | undefined, b: Json | undefined): boolean {
  return a === b || canonicalUnit(kind, unit, a) === canonicalUnit(kind, unit, b);
}

/** The text by which a unit's value is compared; empty for nothing. */
export function canonicalUnit(kind: Kind, unit: UnitId, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  // An entry of a list is there or not: its name says what it is.
  if (unit.includes('/')) return value === '' ? '' : 'present';
  const texts = membersOf(kind, unit).map(([field, spec]) => {
    const member = memberOf(kind, field, spec, value);
    return member === undefined ? '' : spec.canonical(member);
  });
  return texts.every((text) => text === '') ? '' : texts.join('\u0000');
}

/** The fields whose values a unit carries; none of what is no unit of the kind. */
export function fieldsOfUnit(kind: Kind, unit: UnitId): readonly string[] {
  return membersOf(kind, unit).map(([field]) => field);
}

/** Whether this names a unit of the kind; what comes from outside is checked with it. */
export function isUnit(kind: Kind, unit: UnitId): boolean {
  const slash = unit.indexOf('/');
  const entry = slash < 0 ? undefined : unit.slice(slash + 1);
  return membersOf(kind, unit).some(([, spec]) =>
    spec.shape === 'list' ? entry !== undefined && entry !== '' && spec.canonical(entry) === entry : entry === undefined);
}

type Members = readonly (readonly [field: string, spec: FieldSpec<Json>])[];

/** The fields of each kind, and by unit: looked up for every value that is compared. */
const tables = Object.fromEntries(kindNames.map((kind) => [kind, tableOf(kind)])) as { readonly [K in Kind]: ReturnType<typeof tableOf> };

function tableOf(kind: Kind): { readonly fields: Members; readonly members: ReadonlyMap<UnitId, Members> } {
  const fields = Object.entries(fieldsOf(kind));
  const members = new Map<UnitId, Members>();
  for (const field of fields) members.set(field[1].unit, [...(members.get(field[1].unit) ?? []), field]);
  return { fields, members };
}

function membersOf(kind: Kind, unit: UnitId): Members {
  const slash = unit.indexOf('/');
  return tables[kind].members.get(slash < 0 ? unit : unit.slice(0, slash)) ?? [];
}

function addEntries(units: Record<UnitId, Json>, spec: FieldSpec<Json>, value: Json): void {
  if (!Array.isArray(value)) return;
  for (const entry of value as readonly Json[]) {
    const canonical = spec.canonical(entry);
    if (canonical !== '') units[`${spec.unit}/${canonical}`] ??= entry;
  }
}

function addMember(units: Record<UnitId, Json>, kind: Kind, field: string, spec: FieldSpec<Json>, value: Json): void {
  if (isAlone(kind, spec)) units[spec.unit] = value;
  else units[spec.unit] = { ...(units[spec.unit] as { readonly [member: string]: Json } | undefined), [field]: value };
}

function memberOf(kind: Kind, field: string, spec: FieldSpec<Json>, value: Json | undefined): Json | undefined {
  if (isAlone(kind, spec)) return value ?? undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [member: string]: Json | undefined })[field];
}

/** Whether a field is a unit by itself: then the unit's value is the field's. */
function isAlone(kind: Kind, spec: FieldSpec<Json>): boolean {
  return membersOf(kind, spec.unit).length === 1;
}
