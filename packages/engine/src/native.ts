import type { Json, Kind, Mark, Traits } from '@syncline/connector';
import type { SideName } from './bind.ts';

/** A native record as it is kept beside the document, where lenses find it. */
export interface StoredNative {
  readonly record: Json;
  readonly traits?: Traits;
  readonly mark?: Mark;
  /** The service's own time of the creation, UTC ms (K10). */
  readonly createdAt?: number;
}

/** What is kept of an observation. */
export function nativeValue({ record, traits, mark, createdAt }: StoredNative): Json {
  return { record, ...(createdAt !== undefined && { createdAt }), ...(traits !== undefined && { traits: { ...traits } }), ...(mark !== undefined && { mark: { ...mark } }) };
}

/** Where a native record is kept. */
export function nativeKey(side: SideName, kind: Kind, id: string): string {
  return `${side}/${kind}/${id}`;
}

/** Reads a native record that was kept; `undefined` when there is none. */
export function readNative(value: Json | undefined): StoredNative | undefined {
  return value === undefined ? undefined : (value as unknown as StoredNative);
}
