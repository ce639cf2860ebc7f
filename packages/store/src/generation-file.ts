import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoreEnv } from './env.ts';
import { asStoreError, StoreError } from './errors.ts';
import { readIfThere, writeDurably } from './files.ts';

const fileName = 'GENERATION';
/** The file whose place counts: made once, so it stays where it is, and written in turn, so whoever brings back an older one replaces it. */
const witness = 'HEAD';

/** Which life of the store this is. */
export interface Generation {
  /** 1 from the creation on, and one more for each copy that was opened. */
  readonly number: number;
  /** It began just now: what was opened is a copy, or was said to be one. */
  readonly isNew: boolean;
}

/** Writes GENERATION for a store that was just created. */
export async function beginGenerations(dir: string, env: StoreEnv): Promise<Generation> {
  await write(dir, 1, await placeOf(dir, env));
  return { number: 1, isNew: false };
}

/**
 * The generation of the store in a folder. A copy carries along what GENERATION says, and not where the file system had put the file HEAD:
 * where the two do not fit, or `isRestored` says so, this is the next generation, and that is on disk before anybody can use the store. A
 * folder that was merely moved to another disk looks the same, which costs a complete read and nothing else. What puts a whole disk
 * back (the snapshot of a machine) is not seen: hence `isRestored`.
 *
 * A store from before there were generations is in the first. Throws `store-damaged`, `store-read-failed` or `store-write-failed`.
 */
export async function openGeneration(dir: string, env: StoreEnv, isRestored: boolean): Promise<Generation> {
  const place = await placeOf(dir, env);
  const known = parse(dir, await readIfThere(join(dir, fileName)));
  const isNew = isRestored || (known !== undefined && place !== '' && known.place !== '' && known.place !== place);
  const number = (known?.generation ?? 1) + (isNew ? 1 : 0);
  if (isNew || known === undefined) await write(dir, number, place);
  return { number, isNew };
}

async function placeOf(dir: string, env: StoreEnv): Promise<string> {
  try {
    return (await env.placeOf?.(join(dir, witness))) ?? '';
  } catch (error) {
    throw asStoreError(error, 'store-read-failed', `the file ${witness} in ${dir} cannot be looked at`);
  }
}

async function write(dir: string, generation: number, place: string): Promise<void> {
  try {
    await writeDurably(join(dir, fileName), Buffer.from(`${JSON.stringify({ generation, place, checksum: checksumOf(generation, place) })}\n`));
  } catch (error) {
    throw asStoreError(error, 'store-write-failed', `the file ${fileName} in ${dir} cannot be written`);
  }
}

function parse(dir: string, bytes: Uint8Array | undefined): { readonly generation: number; readonly place: string } | undefined {
  if (bytes === undefined) return undefined;
  const { generation, place, checksum } = fieldsOf(bytes);
  if (typeof generation !== 'number' || typeof place !== 'string' || checksum !== checksumOf(generation, place)) {
    throw new StoreError('store-damaged', `the file ${fileName} in ${dir} is damaged`);
  }
  return { generation, place };
}

function fieldsOf(bytes: Uint8Array): { readonly generation?: unknown; readonly place?: unknown; readonly checksum?: unknown } {
  try {
    const fields: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof fields === 'object' && fields !== null ? fields : {};
  } catch {
    return {}; // Not JSON: the caller calls it damaged.
  }
}

function checksumOf(generation: number, place: string): string {
  return crc32(JSON.stringify([generation, place])).toString(16).padStart(8, '0');
}
