import { sameJson, tooLong, type FieldLens, type Json } from '@syncline/connector';

/**
 * A lens that leaves the record alone when it already reads as wanted (M1): `''` and null, a formatted text and its
 * plain form, three ways to store an all-day event are not written over by each other.
 */
export function lens<V extends Json, N>(parts: FieldLens<V, N>): FieldLens<V, N> {
  return { ...parts, write: (draft, value) => (sameJson(parts.read(draft), value) ? draft : parts.write(draft, value)) };
}

/** Names of the properties that hold a text. */
type TextName<N> = { [Name in keyof N]: N[Name] extends string | null ? Name : never }[keyof N];

/** A property that holds one line of text, at most `maxLength` characters (M43). */
export function line<N extends object>(name: TextName<N>, maxLength: number): FieldLens<string, N> {
  return lens({
    slice: (native) => native[name] as string | null,
    read: (native) => (native[name] as string | null) || undefined,
    write: (draft, value) => ({ ...draft, [name]: value ?? null }),
    refuse: (value) => tooLong(value, maxLength),
  });
}

/** Why a text is not a calendar date, in words. */
export function notADate(value: string): string | undefined {
  const ms = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  const real = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
  return real ? undefined : `"${value}" is not a date`;
}
