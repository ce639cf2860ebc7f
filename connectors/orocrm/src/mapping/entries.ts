import { canonicalEmail, canonicalPhone, sameJson, tooLong, type FieldLens } from '@syncline/connector';
import type { ContactRecord } from '../records.ts';
import { lens } from './field.ts';

/**
 * E-mails and phones: a list, and which of its entries is the primary one. OroCRM demands a primary entry as soon as
 * there is any, and the primary one has to be in the list; so the list decides, and the flag follows.
 */
interface Names {
  readonly list: 'emails' | 'phones';
  readonly primary: 'primaryEmail' | 'primaryPhone';
  readonly canonical: (value: string) => string;
  readonly refuse: (value: string) => string | undefined;
}

const email: Names = { list: 'emails', primary: 'primaryEmail', canonical: canonicalEmail, refuse: notAnEmail };
const phone: Names = { list: 'phones', primary: 'primaryPhone', canonical: canonicalPhone, refuse: (value) => tooLong(value, 255) };

export const emails = listLens(email);
export const primaryEmail = primaryLens(email);
export const phones = listLens(phone);
export const primaryPhone = primaryLens(phone);

function listLens(names: Names): FieldLens<readonly string[], ContactRecord> {
  const same = (a: readonly string[], b: readonly string[]): boolean => sameJson(distinct(a, names.canonical), distinct(b, names.canonical));
  return lens<readonly string[], ContactRecord>({
    slice: (native) => native[names.list],
    read: (native) => (native[names.list].length > 0 ? native[names.list] : undefined),
    write: (draft, value = []) => (same(draft[names.list], value) ? draft : withPrimary({ ...draft, [names.list]: merged(draft[names.list], value, names.canonical) }, names, draft[names.primary])),
    refuse: (value) => value.map(names.refuse).find((reason) => reason !== undefined),
  });
}

function primaryLens(names: Names): FieldLens<string, ContactRecord> {
  const write = (draft: ContactRecord, value: string | undefined): ContactRecord => {
    if (value === undefined || names.canonical(value) === '') return withPrimary(draft, names, draft[names.primary]);
    if (draft[names.list].length === 0) return { ...draft, [names.list]: [value], [names.primary]: value };
    return withPrimary(draft, names, entryLike(draft[names.list], value, names.canonical) ?? draft[names.primary]);
  };
  return lens<string, ContactRecord>({
    slice: (native) => [native[names.primary], native[names.list][0] ?? null],
    // M15: where OroCRM flags none, the first in its order counts.
    read: (native) => readPrimary(native, names),
    write,
    refuse: names.refuse,
    stored: (value, draft) => readPrimary(write(draft, value), names),
  });
}

function readPrimary(native: ContactRecord, names: Names): string | undefined {
  return native[names.primary] || native[names.list][0] || undefined;
}

function withPrimary(draft: ContactRecord, names: Names, wanted: string | null): ContactRecord {
  const list = draft[names.list];
  const primary = (wanted === null ? undefined : entryLike(list, wanted, names.canonical)) ?? list[0] ?? null;
  return primary === draft[names.primary] ? draft : { ...draft, [names.primary]: primary };
}

function entryLike(list: readonly string[], value: string, canonical: (value: string) => string): string | undefined {
  return list.find((entry) => entry === value) ?? list.find((entry) => canonical(entry) === canonical(value));
}

/**
 * The wanted entries in their order, each as OroCRM spells it already (M14, M18). What this side cannot compare (a phone
 * that is only a hyphen) stays, and so does a second spelling of an entry that stays.
 */
function merged(present: readonly string[], wanted: readonly string[], canonical: (value: string) => string): readonly string[] {
  const kept = wanted.flatMap((value) => {
    const spellings = present.filter((entry) => canonical(entry) === canonical(value));
    return spellings.length > 0 ? spellings : canonical(value) === '' ? [] : [value.trim()];
  });
  return distinct([...kept, ...present.filter((entry) => canonical(entry) === '')], (entry) => entry);
}

function distinct(list: readonly string[], canonical: (value: string) => string): readonly string[] {
  return [...new Set(list.map(canonical))].filter((entry) => entry !== '');
}

function notAnEmail(value: string): string | undefined {
  const reason = tooLong(value, 255);
  if (reason !== undefined) return reason;
  // Only what OroCRM is sure to refuse; the rest it is asked about.
  return /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"\\]+$/.test(value.trim()) ? undefined : `"${value}" is not an e-mail address`;
}
