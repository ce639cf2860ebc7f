import { open, readFile, rename } from 'node:fs/promises';
import type { Json } from './json.ts';

/** Runs `run` once after `ms`; the answer cancels it. `setTimeout` in the process shell, a fake in tests. */
export type Schedule = (ms: number, run: () => void) => () => void;

/** Keeps a simulator's state in one file. */
export interface StateFile {
  /** The state has changed: write it soon. Several changes within `delayMs` are one write. */
  readonly changed: () => void;
  /** Writes what is not written yet; resolves when it is on disk. Rejects with the system's error. */
  readonly flush: () => Promise<void>;
}

/** Reads a saved state; `undefined` when there is none yet. Throws a clear `Error` when the file is no JSON. */
export async function loadState(path: string): Promise<Json | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new Error(`The saved state of a simulator cannot be read: ${path} is not JSON.`, { cause });
  }
}

/**
 * Writes the state whole, into a temporary file that replaces the old one after fsync: a reader, or a start after
 * kill -9, finds the last complete state. What changed after that write is lost with the process.
 */
export function createStateFile(options: {
  readonly path: string;
  readonly save: () => Json;
  readonly schedule: Schedule;
  /** Default 50 ms. */
  readonly delayMs?: number;
  /** A write in the background failed; the next change tries again. */
  readonly onError?: (error: unknown) => void;
}): StateFile {
  let dirty = false;
  let cancel: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    const next = writing
      .catch(() => undefined)
      .then(async () => {
        if (!dirty) return;
        dirty = false;
        try {
          await replaceFile(options.path, JSON.stringify(options.save()));
        } catch (error) {
          dirty = true;
          throw error;
        }
      });
    writing = next;
    return next;
  };

  return {
    flush,
    changed: () => {
      dirty = true;
      cancel ??= options.schedule(options.delayMs ?? 50, () => {
        flush().catch((error: unknown) => options.onError?.(error));
      });
    },
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
