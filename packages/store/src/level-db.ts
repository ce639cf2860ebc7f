import { join } from 'node:path';
import { Level } from 'level';
import { errorCode, StoreError, type StoreErrorCode } from './errors.ts';
import { namesIn, readIfThere } from './files.ts';

/** LevelDB with bytes as keys and values. */
export type LevelDb = Level<Uint8Array, Uint8Array>;

/** Opens LevelDB; `create` only at the explicit creation of a store. Throws `store-locked`, `store-read-failed` or `store-damaged`. */
export async function openLevel(location: string, create: boolean): Promise<LevelDb> {
  const level: LevelDb = new Level<Uint8Array, Uint8Array>(location, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // A missing CURRENT would otherwise mean: begin anew, and delete what is there.
    createIfMissing: create,
    errorIfExists: create,
    writeBufferSize: 4 * 1024 * 1024, // `keptSteps` counts on it.
  });
  try {
    await level.open();
    return level;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = await codeOfOpening(errorCode(cause), location);
    throw new StoreError(code, `LevelDB cannot open ${location}: ${cause instanceof Error ? cause.message : 'no reason given'}`, { cause: error });
  }
}

async function codeOfOpening(code: string | undefined, location: string): Promise<StoreErrorCode> {
  if (code === 'LEVEL_LOCKED') return 'store-locked';
  return code === 'LEVEL_IO_ERROR' && (await hasManifest(location)) ? 'store-read-failed' : 'store-damaged';
}

/** LevelDB reports a missing manifest as it reports a disk that does not answer. */
async function hasManifest(location: string): Promise<boolean> {
  const current = await readIfThere(join(location, 'CURRENT'));
  const names = (await namesIn(location)) ?? [];
  return current !== undefined && names.includes(Buffer.from(current).toString().trim());
}
