import { createHash } from 'node:crypto';

/** What happened in a world, line by line: the same seed gives the same lines, and so the same hash. */
export interface Trace {
  readonly lines: readonly string[];
  readonly note: (line: string) => void;
  /** Of all lines so far, as hexadecimal text. */
  readonly hash: () => string;
}

/** Starts with nothing. */
export function startTrace(): Trace {
  const lines: string[] = [];
  return {
    lines,
    note: (line) => void lines.push(line),
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  };
}
