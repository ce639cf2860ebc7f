import { StoreError } from './errors.ts';
import { isSpace } from './keys.ts';
import type { Batch, LogEntry, Space } from './types.ts';

/** A row as a batch leaves it: JSON text, or `undefined` where it is removed. */
export interface Cell {
  readonly space: Space;
  readonly key: string;
  readonly text: string | undefined;
}

/** A batch, checked and copied: what its caller does with its own values afterwards no longer matters. */
export interface PreparedBatch {
  readonly updates: readonly Uint8Array[];
  /** One cell per row. */
  readonly cells: readonly Cell[];
}

/** Checks and copies a batch. Throws `store-bad-batch` for what could not be read back as it was given. */
export function prepareBatch(batch: Batch): PreparedBatch {
  const cells = new Map<string, Cell>();
  for (const { space, key } of batch.del ?? []) cells.set(addressOf(space, key), { space, key, text: undefined });
  for (const { space, key, value } of batch.put ?? []) cells.set(addressOf(space, key), { space, key, text: textOf(value, key) });
  return { updates: (batch.updates ?? []).map(copyOf), cells: [...cells.values()] };
}

/** Checks and copies a snapshot. Throws `store-bad-batch`. */
export function prepareSnapshot(entry: LogEntry): LogEntry {
  return { number: entry.number, update: copyOf(entry.update) };
}

/** Refuses a snapshot that does not lie between the present one and the end of the log. */
export function checkSnapshotNumber(number: number, head: { readonly snapshot: number; readonly latest: number }): void {
  if (Number.isSafeInteger(number) && number >= Math.max(1, head.snapshot) && number <= head.latest) return;
  throw new StoreError(
    'store-bad-batch',
    `a snapshot up to ${number} does not fit: the log ends at ${head.latest}, the present snapshot at ${head.snapshot}`,
  );
}

/** Space and key as one text; no space's name contains a slash. */
export function addressOf(space: string, key: unknown): string {
  if (!isSpace(space)) throw new StoreError('store-bad-batch', `not a space: ${space}`);
  if (typeof key !== 'string') throw new StoreError('store-bad-batch', `a key in ${space} is no text`);
  return `${space}/${key}`;
}

function copyOf(update: Uint8Array): Uint8Array {
  if (!(update instanceof Uint8Array)) throw new StoreError('store-bad-batch', 'an update is not made of bytes');
  return Uint8Array.from(update);
}

function textOf(value: unknown, key: string): string {
  try {
    const text: string | undefined = JSON.stringify(value, refuseWhatChanges);
    if (typeof text === 'string') return text;
  } catch (error) {
    throw new StoreError('store-bad-batch', `the value of ${key} is not plain data`, { cause: error });
  }
  throw new StoreError('store-bad-batch', `the value of ${key} is not plain data`);
}

/** JSON would quietly turn these into null, or leave them out. An absent property may be left out. */
function refuseWhatChanges(this: unknown, key: string, value: unknown): unknown {
  const changes =
    (typeof value === 'number' && !Number.isFinite(value)) ||
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    (value === undefined && Array.isArray(this));
  if (changes) throw new TypeError(`${key} holds a ${typeof value} that JSON cannot express`);
  return value;
}
