import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from './errors.ts';
import type { LevelDb } from './level-db.ts';

/** What a store on disk needs to know of the world. */
export interface StoreEnv {
  /** This process. */
  readonly pid: number;
  /**
   * When a living process began, in any text that differs for two processes which had the same number one after the
   * other; `unknown` where the system does not tell; `undefined` where no such process lives.
   */
  startOf(pid: number): Promise<string | undefined>;
  /**
   * Where the file system has put a file, in any text that is another one for every copy of it and stays the same while it is written;
   * `undefined` where the system does not tell. Absent: copies are not noticed.
   */
  readonly placeOf?: (path: string) => Promise<string | undefined>;
  /** Stands between the store and LevelDB; for tests that count writes or let them fail. */
  readonly wrapLevel?: (level: LevelDb) => LevelDb;
}

/** The real world, for the process shell. On Windows `startOf` knows only whether a process lives. */
export function nodeEnv(): StoreEnv {
  return { pid: process.pid, startOf, placeOf };
}

/** The number of the file and the moment it was made, of which most copies keep neither. The number of the device is another one after some starts of a machine. */
async function placeOf(path: string): Promise<string> {
  const { ino, birthtimeNs } = await stat(path, { bigint: true });
  return `${ino}/${birthtimeNs}`;
}

async function startOf(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'linux') return startOnLinux(pid);
  return process.platform === 'darwin' ? startFromPs(pid) : 'unknown';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM'; // It lives, and belongs to somebody else.
  }
}

/** Start in clock ticks since the machine's start, and which start of the machine that was. Source: proc(5). */
async function startOnLinux(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return undefined; // Ended; only its parent has not noticed.
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return `${boot}/${ticks ?? ''}`;
  } catch (error) {
    return errorCode(error) === 'ENOENT' && !isAlive(pid) ? undefined : 'unknown';
  }
}

async function startFromPs(pid: number): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C', TZ: 'UTC' } });
    return stdout.trim() || 'unknown';
  } catch {
    return 'unknown'; // No ps, or the process ended in between: LevelDB's own lock decides.
  }
}
