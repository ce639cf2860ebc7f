import type { Json } from '../json.ts';

/**
 * What one mapped field is: the unit it belongs to and how two values of it are compared.
 * A value that is absent (`undefined`), null or an empty string is the same thing: nothing (specification, section 0).
 */
export interface FieldSpec<V extends Json> {
  /** What conflicts as one. Fields that name the same unit travel together (rule C9s). */
  readonly unit: string;
  /** `list`: each canonical entry is a unit of its own, named `<unit>/<canonical entry>`. */
  readonly shape: 'value' | 'list';
  /** Two values are equal when this text is; empty text means nothing. For a list: of one entry. */
  readonly canonical: (value: Json) => string;
  /** Never read; carries the type of the value to {@link ValuesOf}. */
  readonly value?: V;
}

/** The fields of a kind with the types of their values; nothing nested, every field optional in a view. */
export type ValuesOf<Specs> = { readonly [Name in keyof Specs]: Specs[Name] extends FieldSpec<infer V> ? V : never };

/** A postal address. Street lines are separated by `\n`; country is an ISO 3166 code where it was recognised (rule M24). */
export type Address = {
  readonly street: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly country: string;
};

/** The parts of an address, in the order in which they are compared. */
export const addressParts = ['street', 'city', 'region', 'postalCode', 'country'] as const;

/** One line of text. Letter case counts, blanks at the ends and Unicode composition do not (rule K6). */
export function text(unit: string): FieldSpec<string> {
  return { unit, shape: 'value', canonical: canonicalLine };
}

/** Text of several lines, compared as rule M8 says. */
export function notes(unit: string): FieldSpec<string> {
  return { unit, shape: 'value', canonical: canonicalNotes };
}

/** A telephone or fax number, compared without its punctuation (rule M18). */
export function phone(unit: string): FieldSpec<string> {
  return { unit, shape: 'value', canonical: canonicalPhone };
}

/** An e-mail address, compared without letter case and outer blanks (rule M14). */
export function email(unit: string): FieldSpec<string> {
  return { unit, shape: 'value', canonical: canonicalEmail };
}

/** A list whose entries conflict one by one (rule C9s). */
export function list(entry: FieldSpec<string>): FieldSpec<readonly string[]> {
  return { unit: entry.unit, shape: 'list', canonical: entry.canonical };
}

/** A calendar date, `YYYY-MM-DD`, in no zone. */
export function date(unit: string): FieldSpec<string> {
  return { unit, shape: 'value', canonical: canonicalLine };
}

/** An instant, `YYYY-MM-DDTHH:MM:SSZ`; of an all-day event a date (`end` is the first day after it, as in iCalendar). */
export function time(unit: string): FieldSpec<string> {
  return { unit, shape: 'value', canonical: canonicalTime };
}

/** One of a few words. */
export function word<W extends string>(unit: string): FieldSpec<W> {
  return { unit, shape: 'value', canonical: canonicalLine };
}

/** Yes or no; `false` is the same as nothing. */
export function flag(unit: string): FieldSpec<boolean> {
  return { unit, shape: 'value', canonical: (value) => (value === true ? 'true' : '') };
}

/** A postal address, compared part by part. */
export function address(unit: string): FieldSpec<Address> {
  return { unit, shape: 'value', canonical: canonicalAddress };
}

/** The entries of a list as they are compared: each once, in order, nothing left out but nothing (rule M14). */
export function canonicalEntries(spec: FieldSpec<Json>, value: Json | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set((value as readonly Json[]).map((entry) => spec.canonical(entry)))].filter((entry) => entry !== '');
}

/** Rule M14. */
export function canonicalEmail(value: Json): string {
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

/** Rule M18: blanks, brackets, dots, slashes and hyphens do not count. */
export function canonicalPhone(value: Json): string {
  return typeof value === 'string' ? value.replace(/[\s()[\].\/\-\u2010-\u2015]/gu, '') : '';
}

function canonicalLine(value: Json): string {
  return typeof value === 'string' ? value.normalize('NFC').trim() : '';
}

/** Rule M8: line ends, trailing blanks, empty lines at the ends and Unicode composition do not count. */
function canonicalNotes(value: Json): string {
  if (typeof value !== 'string') return '';
  const lines = value.normalize('NFC').replace(/\r\n?/g, '\n').split('\n').map((line) => line.trimEnd());
  return lines.join('\n').replace(/^\n+|\n+$/g, '');
}

/** Fractions of a second that are zero do not count, nor does the spelling of UTC. */
function canonicalTime(value: Json): string {
  return typeof value === 'string' ? value.replace(/\.0+(?=Z|\+00:00|$)/, '').replace(/\+00:00$/, 'Z') : '';
}

function canonicalAddress(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  const parts = value as { readonly [part: string]: Json | undefined };
  const lines = addressParts.map((part) => canonicalNotes(parts[part] ?? ''));
  return lines.some((line) => line !== '') ? JSON.stringify(lines) : '';
}
