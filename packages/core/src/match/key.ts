import type { AnyView, Kind } from '../model/kinds.ts';
import { canonicalEntries } from '../model/field.ts';
import { fieldsOf } from '../model/kinds.ts';
import type { Json } from '../json.ts';

/** Which fields identify a record, per kind (rules K4, K5). */
export type Keys = { readonly [K in Kind]: readonly string[] };

/** The keys of the source document. */
export const defaultKeys: Keys = {
  contact: ['firstName', 'lastName', 'gender', 'birthday'],
  task: ['subject', 'priority'],
  event: ['title', 'start', 'end', 'allDay'],
};

/** The fields that name a record; without one of them nothing matches (K7s). */
const naming: Keys = { contact: ['firstName', 'lastName'], task: ['subject'], event: ['title'] };

/** The text by which records are matched, or `undefined` where there is no name to match by (K7s). Compares views, so a one-name person matches (K6). */
export function keyOf(kind: Kind, view: AnyView, keys: Keys, matchWithoutName = false): string | undefined {
  const canonical = (field: string): string => canonicalField(kind, field, view[field]);
  if (!matchWithoutName && naming[kind].every((field) => canonical(field) === '')) return undefined;
  return keys[kind].map(canonical).join('\u0000');
}

/** The text a field adds to a key; nothing for what is no field of the kind. Of a list: its entries, whatever their order. */
function canonicalField(kind: Kind, field: string, value: Json | undefined): string {
  const specs = fieldsOf(kind);
  const spec = Object.hasOwn(specs, field) ? specs[field] : undefined;
  if (spec === undefined || value === undefined) return '';
  return spec.shape === 'list' ? canonicalEntries(spec, value).sort().join('\u0001') : spec.canonical(value);
}
