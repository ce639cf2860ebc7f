import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asStoreError } from './errors.ts';
import { namesIn } from './files.ts';

const folderName = 'level.before-open';

/**
 * Keeps LevelDB's folder as it is before an open. Opening a damaged one deletes what LevelDB takes for superfluous, and
 * a repair then finds less than it would have found before. Table files never change, so a second name for them is
 * enough; the few small files that do change are copied.
 *
 * One that is still there was kept by an open that failed or was killed, before anything new could be written: it is at
 * least as good as the present folder, and stays. Tells whether it was made now.
 */
export async function keepBeforeOpen(dir: string): Promise<boolean> {
  const kept = join(dir, folderName);
  try {
    if ((await namesIn(kept)) !== undefined) return false;
    const unfinished = `${kept}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    const source = join(dir, 'level');
    for (const name of await readdir(source)) {
      if (name === 'LOCK') continue;
      await keepFile(join(source, name), join(unfinished, name), name.endsWith('.ldb'));
    }
    await rename(unfinished, kept);
    return true;
  } catch (error) {
    throw asStoreError(error, 'store-write-failed', `${dir} cannot be kept as it is before opening it`);
  }
}

/** After an open that found everything in place. */
export async function dropKept(dir: string): Promise<void> {
  await rm(join(dir, folderName), { recursive: true, force: true });
}

/** In words, for the message of an open that failed. */
export function whereKept(dir: string): string {
  return `LevelDB's files as they were before opening are in ${join(dir, folderName)}`;
}

async function keepFile(from: string, to: string, neverChanges: boolean): Promise<void> {
  if (neverChanges && (await tryLink(from, to))) return;
  await copyFile(from, to);
}

/** Not every file system has second names. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch {
    return false; // The caller copies instead, and that fails loudly if it has to.
  }
}
