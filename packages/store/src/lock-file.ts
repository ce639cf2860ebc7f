import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asStoreError, errorCode, StoreError } from './errors.ts';
import type { StoreEnv } from './env.ts';

const fileName = 'OWNER';

/** Lets go of the folder. */
export type Release = () => Promise<void>;

/**
 * Takes the folder for this process, or throws `store-locked` naming the process that has it. A lock whose process is
 * gone is taken over, also when its number was given to another process since: that one began at another time.
 *
 * LevelDB keeps a lock of its own, which the operating system drops when the process ends. It decides where this file
 * cannot: two takers of one stale lock, and processes that do not see each other (containers sharing a volume). So
 * nobody should ever delete LevelDB's file LOCK.
 */
export async function takeLock(dir: string, env: StoreEnv): Promise<Release> {
  const path = join(dir, fileName);
  const own = JSON.stringify({ pid: env.pid, startedAt: (await env.startOf(env.pid)) ?? 'unknown' });
  try {
    if (!(await createExclusively(path, own))) {
      await refuseIfOwnerLives(dir, path, env);
      await rm(path, { force: true });
      if (!(await createExclusively(path, own))) throw new StoreError('store-locked', `${dir} was just taken by another process`);
    }
  } catch (error) {
    throw asStoreError(error, 'store-write-failed', `${path} cannot be written`);
  }
  return async () => {
    if ((await readText(path)) === own) await rm(path, { force: true });
  };
}

async function refuseIfOwnerLives(dir: string, path: string, env: StoreEnv): Promise<void> {
  const owner = parseOwner(await readText(path));
  if (owner === undefined) return; // Empty or torn: its writer died while writing it, or LevelDB's lock will tell.
  const startedAt = await env.startOf(owner.pid);
  if (startedAt === undefined) return;
  // `unknown`: the system does not tell when it began, so the number alone has to do.
  if (startedAt !== 'unknown' && owner.startedAt !== 'unknown' && startedAt !== owner.startedAt) return;
  throw new StoreError('store-locked', `the store in ${dir} is open in process ${owner.pid}, which is running`);
}

async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function parseOwner(text: string): { readonly pid: number; readonly startedAt: string } | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields !== 'object' || fields === null || !('pid' in fields) || !('startedAt' in fields)) return undefined;
    const { pid, startedAt } = fields;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined; // Torn, see above.
  }
}
