import { sameJson, type Json } from '../json.ts';
import { fieldsOf, type AnyView, type Kind } from '../model/kinds.ts';
import { canonicalEntries, type FieldSpec } from '../model/field.ts';
import { primaries } from '../model/units.ts';
import type { FieldLens } from './field-lens.ts';
import { renamed, respelt, type Respelt } from './respelt.ts';

/** The lenses of a kind known only at run time, over plain data. */
export type AnyLens = { readonly [field: string]: FieldLens<Json, Json> | 'unsupported' };

/** A native record and what was read from it. */
export interface LastView {
  readonly native: Json;
  readonly view: AnyView;
}

/**
 * Reads a native record. A field whose part of the record is the same as in `last` has the value it had:
 * one-name people, deferred tasks and texts a service rewrote are no edits (M5, M32, C16).
 */
export function readView(kind: Kind, lens: AnyLens, native: Json, last?: LastView): AnyView {
  const view: Record<string, Json> = {};
  for (const field of Object.keys(fieldsOf(kind))) {
    const value = readField(kind, lens, field, native, last);
    if (value !== undefined) view[field] = value;
  }
  return view;
}

/** What came of writing a view: the native record to send, and per field why it was left out. */
export interface Drafted {
  readonly native: Json;
  readonly refused: { readonly [field: string]: string };
}

/**
 * Writes the named fields of a view over a native record. A field that already reads as wanted is not touched (M1);
 * one the side cannot hold is left out and named (M2, M43).
 */
export function writeView(kind: Kind, lens: AnyLens, last: LastView, wanted: AnyView, fields: readonly string[]): Drafted {
  const refused: Record<string, string> = {};
  const writable = fields.flatMap((field): readonly (readonly [string, FieldLens<Json, Json>])[] => {
    const fieldLens = lens[field];
    const reason = refusal(fieldLens, wanted[field]);
    if (reason !== undefined) refused[field] = reason;
    return fieldLens === undefined || fieldLens === 'unsupported' || reason !== undefined ? [] : [[field, fieldLens]];
  });
  let native = last.native;
  // One field's write may show in another's view (an empty first name reads as the last name, M3): go on until all read as wanted.
  // But what a field's own write left is not written again: where the next of several addresses moves up, it would go too (M23).
  const left = new Map<string, Json>();
  for (let round = 0; round < 3; round += 1) {
    const before = native;
    for (const [field, fieldLens] of writable) {
      if (left.has(field) && sameJson(left.get(field), fieldLens.slice(native))) continue;
      const written = writeField(kind, lens, fieldLens, field, native, last, wanted[field]);
      if (written !== native) left.set(field, fieldLens.slice(written));
      native = written;
    }
    if (native === before) break;
  }
  return { native, refused };
}

/**
 * Reads what was drafted: a written field that reads by itself as wanted, or as its lens says this side will hold it, shows that, also
 * where `last` would have it keep another value, as it does for the order of e-mails that a person changed (M13).
 */
export function readDrafted(kind: Kind, lens: AnyLens, native: Json, last: LastView, wanted: AnyView, fields: readonly string[]): AnyView {
  const asWanted = fields.flatMap((field): readonly (readonly [string, Json | undefined])[] => {
    const [spec, value, fieldLens] = [fieldsOf(kind)[field], wanted[field], lens[field]];
    if (spec === undefined || value === undefined || fieldLens === undefined || fieldLens === 'unsupported') return [];
    const read = renamed(spec, spellings(kind, lens, field, last).meant, fieldLens.read(native));
    if (sameField(spec, read, value)) return [[field, value]];
    return fieldLens.stored !== undefined && sameField(spec, read, fieldLens.stored(value, last.native)) ? [[field, read]] : [];
  });
  return { ...readView(kind, lens, native, last), ...Object.fromEntries(asWanted) };
}

/**
 * Reads what a service stored of a write: `sent` is the record as it was sent, and what it shows. An entry of a written list that came
 * back in other letters is the entry that was sent (C16); in a list that was not written it is news.
 */
export function readStored(kind: Kind, lens: AnyLens, native: Json, sent: LastView, fields: readonly string[]): AnyView {
  const view = readView(kind, lens, native, sent);
  const specs = fieldsOf(kind);
  const written = new Set(fields.map((field) => listOf(field)));
  const lists = Object.keys(view).flatMap((field): readonly (readonly [string, Json | undefined])[] => {
    const [list, spec] = [listOf(field), specs[field]];
    const listSpec = specs[list];
    if (spec === undefined || listSpec?.shape !== 'list' || !written.has(list)) return [];
    return [[field, renamed(spec, respelt(listSpec, view[list], sent.view[list]).meant, view[field])]];
  });
  return { ...view, ...Object.fromEntries(lists) };
}

/** What writing these fields of a view cost, in words, by field: formatting that was dropped, entries there is no room for (M9, M10, M42). */
export function lossesOf(lens: AnyLens, wanted: AnyView, fields: readonly string[], before: Json, after: Json): { readonly [field: string]: string } {
  return Object.fromEntries(fields.flatMap((field) => {
    const fieldLens = lens[field];
    const loss = fieldLens === undefined || fieldLens === 'unsupported' ? undefined : fieldLens.loses?.(wanted[field], before, after);
    return loss === undefined ? [] : [[field, loss]];
  }));
}

function readField(kind: Kind, lens: AnyLens, field: string, native: Json, last: LastView | undefined): Json | undefined {
  const [fieldLens, spec] = [lens[field], fieldsOf(kind)[field]];
  if (fieldLens === undefined || fieldLens === 'unsupported' || spec === undefined) return undefined;
  if (last === undefined) return fieldLens.read(native);
  const value = last.view[field];
  if (sameJson(fieldLens.slice(native), fieldLens.slice(last.native))) return value;
  const { meant, spelt } = spellings(kind, lens, field, last);
  return renamed(spec, meant, fieldLens.read(native, { native: last.native, value: renamed(spec, spelt, value) }));
}

function writeField(kind: Kind, lens: AnyLens, fieldLens: FieldLens<Json, Json>, field: string, native: Json, last: LastView, value: Json | undefined): Json {
  const spec = fieldsOf(kind)[field];
  if (spec === undefined) return native;
  const present = readField(kind, lens, field, native, last);
  // What a service spells otherwise is not written over, and stays where it stands.
  return sameField(spec, present, value) ? native : fieldLens.write(native, renamed(spec, spellings(kind, lens, field, last).spelt, value));
}

const asSent: Respelt = { meant: new Map(), spelt: new Map() };

/** How this side spells the entries of the list that a field holds, or names the primary one of. */
function spellings(kind: Kind, lens: AnyLens, field: string, last: LastView): Respelt {
  const list = listOf(field);
  const [listLens, spec] = [lens[list], fieldsOf(kind)[list]];
  if (spec?.shape !== 'list' || listLens === undefined || listLens === 'unsupported') return asSent;
  return respelt(spec, listLens.read(last.native), last.view[list]);
}

/** The list whose primary entry a field names; else the field itself. */
function listOf(field: string): string {
  return primaries.find(([primary]) => primary === field)?.[1] ?? field;
}

function refusal(lens: AnyLens[string] | undefined, value: Json | undefined): string | undefined {
  if (lens === undefined || lens === 'unsupported') return 'this side has no such field';
  return value === undefined ? undefined : lens.refuse?.(value);
}

/** Equality of two values of a field; lists are equal when they hold the same entries in the same order. */
export function sameField(spec: FieldSpec<Json>, a: Json | undefined, b: Json | undefined): boolean {
  if (spec.shape === 'list') return sameJson(canonicalEntries(spec, a), canonicalEntries(spec, b));
  return (a === undefined ? '' : spec.canonical(a)) === (b === undefined ? '' : spec.canonical(b));
}
