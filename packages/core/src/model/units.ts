import { fieldsOf, type AnyView, type Kind } from './kinds.ts';
import type { FieldSpec } from './field.ts';
import type { Json } from '../json.ts';

/** Names what conflicts as one: `name`, `jobTitle`, `emails/ada@example.com`, `time`. */
export type UnitId = string;

/** The values of a record by unit. A unit that is absent holds nothing. Order is the order of list entries. */
export type Units = { readonly [unit: UnitId]: Json };

/** Takes a view apart into what conflicts as one. Entries of a list that are equal appear once (rule M14). */
export function unitsOf(kind: Kind, view: AnyView): Units {
  const units: Record<UnitId, Json> = {};
  for (const [field, spec] of Object.entries(fieldsOf(kind))) {
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
  for (const [field, spec] of Object.entries(fieldsOf(kind))) {
    if (spec.shape === 'list') {
      const entries = Object.keys(units).filter((unit) => unit.startsWith(`${spec.unit}/`)).map((unit) => units[unit] ?? '');
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
  return canonicalUnit(kind, unit, a) === canonicalUnit(kind, unit, b);
}

/** The text by which a unit's value is compared; empty for nothing. */
export function canonicalUnit(kind: Kind, unit: UnitId, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (unit.includes('/')) return 'present';
  const members = membersOf(kind, unit);
  const texts = members.map(([field, spec]) => {
    const member = memberOf(kind, field, spec, value);
    return member === undefined ? '' : spec.canonical(member);
  });
  return texts.every((text) => text === '') ? '' : texts.join('\u0000');
}

/** The fields whose values a unit carries. */
export function fieldsOfUnit(kind: Kind, unit: UnitId): readonly string[] {
  const name = unit.split('/', 1)[0] ?? unit;
  return membersOf(kind, name).map(([field]) => field);
}

/** Whether this names a unit of the kind; what comes from outside is checked with it. */
export function isUnit(kind: Kind, unit: UnitId): boolean {
  const [name = '', ...entry] = unit.split('/');
  return membersOf(kind, name).some(([, spec]) => (spec.shape === 'list') === entry.length > 0 && (spec.shape === 'value' || spec.canonical(entry.join('/')) === entry.join('/')));
}

function membersOf(kind: Kind, unit: UnitId): readonly (readonly [string, FieldSpec<Json>])[] {
  return Object.entries(fieldsOf(kind)).filter(([, spec]) => spec.unit === unit);
}

function addEntries(units: Record<UnitId, Json>, spec: FieldSpec<Json>, value: Json): void {
  if (!Array.isArray(value)) return;
  for (const entry of value as readonly Json[]) {
    const canonical = spec.canonical(entry);
    if (canonical !== '') units[`${spec.unit}/${canonical}`] ??= entry;
  }
}

function addMember(units: Record<UnitId, Json>, kind: Kind, field: string, spec: FieldSpec<Json>, value: Json): void {
  if (membersOf(kind, spec.unit).length === 1) units[spec.unit] = value;
  else units[spec.unit] = { ...(units[spec.unit] as { readonly [member: string]: Json } | undefined), [field]: value };
}

function memberOf(kind: Kind, field: string, spec: FieldSpec<Json>, value: Json | undefined): Json | undefined {
  if (membersOf(kind, spec.unit).length === 1) return value ?? undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [member: string]: Json | undefined })[field];
}

/** Lists of which one entry is the primary one: the unit that names it, and the list's. */
export const primaries: readonly (readonly [primary: UnitId, list: UnitId])[] = [['primaryEmail', 'emails'], ['primaryPhone', 'phones']];
