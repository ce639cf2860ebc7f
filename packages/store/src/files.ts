import { open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asStoreError, errorCode } from './errors.ts';

/** Writes a whole file so that after a power cut it is there completely or not at all. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** A file's bytes, or `undefined` where there is none. Throws `store-read-failed`. */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asStoreError(error, 'store-read-failed', `${path} cannot be read`);
  }
}

/** Names in a folder, or `undefined` where there is none. Throws `store-read-failed`. */
export async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asStoreError(error, 'store-read-failed', `${folder} cannot be read`);
  }
}

/** Makes names created in a folder durable. Windows has no such step and refuses to open a folder. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** ENOTDIR: what should be a folder is a file. */
function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
