import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the hub of a data folder is, while it runs, and the token of the command line. Only its owner may read it. */
export interface RunningFile {
  readonly url: string;
  readonly token: string;
}

/** Says where the hub is. */
export async function writeRunningFile(data: string, content: RunningFile): Promise<void> {
  await rm(pathIn(data), { force: true });
  await writeFile(pathIn(data), `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Where the hub of a folder is, if it says so; whether it still runs is seen by asking it. */
export async function readRunningFile(data: string): Promise<RunningFile | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(pathIn(data), 'utf8'));
    if (typeof value !== 'object' || value === null || !('url' in value) || !('token' in value)) return undefined;
    return typeof value.url === 'string' && typeof value.token === 'string' ? { url: value.url, token: value.token } : undefined;
  } catch {
    return undefined; // None there, or cut off by a crash: as good as none.
  }
}

export async function removeRunningFile(data: string): Promise<void> {
  await rm(pathIn(data), { force: true });
}

function pathIn(data: string): string {
  return join(data, 'running.json');
}
