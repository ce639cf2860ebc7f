/** Every way this package fails, and what it means for the caller. The table in README.md is checked against this one. */
export const storeErrorCodes = {
  'store-missing': 'There is no store in this folder. Creating one is a step of its own: `initStore`.',
  'store-exists': 'A store is created in an empty folder only; this one holds a store or something else.',
  'store-newer': 'The store was written by a newer version of Syncline. Nothing was touched.',
  'store-other-hub': 'The store belongs to another hub than the one expected.',
  'store-locked': 'A living process, perhaps this one, has the store open.',
  'store-damaged': 'What is on disk is not what was written. Nothing is served in its place.',
  'store-read-failed': 'The disk or the operating system refused to read or open a file. No proof of damage.',
  'store-write-failed': 'A write failed (disk full, for one). The store stays readable; writing needs close and open.',
  'store-closed': 'The store was closed, or another one took over its memory disk.',
  'store-bad-batch': 'The batch or the argument cannot be stored. Nothing was written; the store is fine.',
} as const;

/** Code of a `StoreError`. */
export type StoreErrorCode = keyof typeof storeErrorCodes;

/** The only error this package throws. Decide by `code`; the message is for people. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Passes a `StoreError` on, and gives anything else (of the disk, of LevelDB) a code: its own, or else the one given. */
export function asStoreError(error: unknown, code: StoreErrorCode, message: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError(codeOfLevel.get(errorCode(error)) ?? code, `${message}: ${reason}`, { cause: error });
}

/** Source: the codes of `abstract-level` and `classic-level`. */
const codeOfLevel: ReadonlyMap<string | undefined, StoreErrorCode> = new Map([
  ['LEVEL_CORRUPTION', 'store-damaged'],
  ['LEVEL_DATABASE_NOT_OPEN', 'store-closed'],
  ['LEVEL_ITERATOR_NOT_OPEN', 'store-closed'],
  ['LEVEL_SNAPSHOT_NOT_OPEN', 'store-closed'],
]);

/** The `code` of an error of Node or LevelDB, if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
