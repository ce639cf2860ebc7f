import type { Json } from '../json.ts';
import type { Kind, Model } from '../model/kinds.ts';

/** What this side's record was when it was last acknowledged, and what was read from it. */
export interface Last<V, N> {
  readonly native: N;
  readonly value: V | undefined;
}

/**
 * A two-way mapping between one canonical field and the native record it lives in.
 *
 * Laws, checked for every lens (rules M1, M2), with `n` a native record and `v` a value:
 * - GetPut: `write(n, read(n))` is `n`;
 * - PutGet: `read(write(n, v))` equals `v`, unless `refuse` names a reason or `stored` another value;
 * - PutPut: writing twice is writing once.
 */
export interface FieldLens<V, N> {
  /** The part of the native record this field lives in. Same part, same value: so a finer native word is never taken for an edit. */
  readonly slice: (native: N) => Json;
  /** The canonical value. `last` lets a side that cannot show everything keep what it does not show (M11, M42). */
  readonly read: (native: N, last?: Last<V, N>) => V | undefined;
  /** A copy of `draft` that holds the value; `undefined` empties it. What the field does not cover stays as it is. */
  readonly write: (draft: N, value: V | undefined) => N;
  /** Why this side cannot hold the value, in words for a person (M24, M43); `undefined` when it can. */
  readonly refuse?: (value: V) => string | undefined;
  /** What this side will hold instead of the value, where a rule names it (M10, M27, M28). */
  readonly stored?: (value: V, draft: N) => V | undefined;
  /** When the field is emptied, another native value may take its place, which nobody was shown before (M23). */
  readonly movesUp?: true;
  /** What a write of the value cost, in words for a person (M9, M10, M42); `before` is what was there, `after` what is stored. Absent: nothing. */
  readonly loses?: (value: V | undefined, before: N, after: N) => string | undefined;
}

/** The lenses of one kind, total: a field this side does not have is `'unsupported'`. */
export type EntityLens<K extends Kind, N> = {
  readonly [Field in keyof Model[K]]: FieldLens<Model[K][Field], N> | 'unsupported';
};

/** A lens for a native property that holds the value as it is; `''` and `null` are nothing. */
export function property<N extends object, Name extends keyof N>(
  name: Name,
  options: { readonly maxLength?: number; readonly empty?: N[Name] } = {},
): FieldLens<string, N> {
  const { maxLength } = options;
  return {
    slice: (native) => (native[name] ?? null) as Json,
    read: (native) => textOrNothing(native[name]),
    write: (draft, value) => ({ ...draft, [name]: value ?? options.empty ?? null }),
    ...(maxLength !== undefined && { refuse: (value: string) => tooLong(value, maxLength) }),
  };
}

/** Rule M43: nothing is cut; the limit is named instead. */
export function tooLong(value: string, maxLength: number): string | undefined {
  const length = [...value].length;
  return length > maxLength ? `${length} characters do not fit: at most ${maxLength} are allowed there` : undefined;
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
