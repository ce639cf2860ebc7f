import type { AnyView, Kind } from '../model/kinds.ts';
import { fieldsOf } from '../model/kinds.ts';

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
  const specs = fieldsOf(kind);
  const canonical = (field: string): string => {
    const value = view[field];
    return value === undefined ? '' : (specs[field]?.canonical(value) ?? '');
  };
  if (!matchWithoutName && naming[kind].every((field) => canonical(field) === '')) return undefined;
  return keys[kind].map(canonical).join('\u0000');
}
