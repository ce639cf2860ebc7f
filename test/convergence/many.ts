import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { runWorld, type Counts } from './world.ts';

/** Seeds beyond the range of `npm test` whose worlds failed once, with what was wrong. They are gone through again each time. */
const kept: readonly { readonly seed: number; readonly was: string }[] = [
  { seed: 2404, was: 'a creation OroCRM refuses in the first cycle (M7) was taken for a write of a quiet one' },
];

const isLong = process.env['SYNCLINE_LONG'] === '1';
const schedules = Number(process.env['SYNCLINE_SCHEDULES'] ?? (isLong ? 100_000 : 1_000));
/** How long one process may take, ms. */
export const longest = isLong ? 6 * 3_600_000 : 600_000;
/** After so many failures nobody reads on. */
const enough = 10;

/** What a process has gone through. */
interface Part {
  readonly commit: string;
  readonly date: string;
  readonly seeds: readonly string[];
  readonly schedules: number;
  readonly failures: readonly { readonly seed: number; readonly what: string }[];
  readonly seconds: number;
  readonly counts: Counts;
}

/**
 * Goes through one half of the seeds: the odd ones (1) or the even ones (2), so that two processes share the work. Every fiftieth world
 * runs twice and has to leave the same trace. The long run writes down what it did, in `results`.
 */
export async function goThrough(t: Test, part: 1 | 2): Promise<void> {
  t.setTimeout(longest);
  const startedAt = performance.now();
  const failures: { seed: number; what: string }[] = [];
  const troubles: Record<string, number> = {};
  const sum = { edits: 0, cycles: 0, requests: 0, writes: 0 };
  let done = 0;
  for (const seed of seedsOf(part)) {
    const { failures: found, hash, counts } = await runWorld(seed);
    done += 1;
    for (const [name, count] of Object.entries(counts.troubles)) troubles[name] = (troubles[name] ?? 0) + count;
    for (const name of ['edits', 'cycles', 'requests', 'writes'] as const) sum[name] += counts[name];
    if (found.length > 0) {
      failures.push({ seed, what: found[0] ?? '' });
      t.fail(`seed ${seed}: ${found.join('; ')}`, { replay: `node test/dist/convergence/replay.js ${seed}` });
    }
    if (done % 50 === 0) {
      const again = await runWorld(seed);
      if (again.hash !== hash) t.fail(`seed ${seed} left the trace ${hash}, and again ${again.hash}`);
    }
    if (done % 2_500 === 0) t.comment(`${done} schedules, ${failures.length} failures, ${Math.round((performance.now() - startedAt) / 1000)} s`);
    if (failures.length >= enough) break;
  }
  t.equal(failures.length, 0, `${done} worlds came to rest as they should: ${sum.edits} edits, ${sum.cycles} cycles, ${sum.requests} requests`);
  if (done >= 400) {
    const rare = Object.entries(troubles).filter(([, count]) => count < done / 100);
    t.strictSame(rare, [], `everything goes wrong often enough: ${Object.keys(troubles).length} kinds`);
    t.ok(Object.keys(troubles).length >= 21, 'every kind of trouble was met');
  }
  t.comment(`syncline: schedules ${done}`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (isLong) writeDown(part, { commit: commit(), date: new Date().toISOString(), seeds: [`${part}, ${part + 2}, ... up to ${schedules}`], schedules: done, failures, seconds, counts: { ...sum, troubles } });
}

function* seedsOf(part: 1 | 2): Generator<number> {
  for (const { seed } of kept) if (seed % 2 === part % 2) yield seed;
  for (let seed: number = part; seed <= schedules; seed += 2) yield seed;
}

const results = fileURLToPath(new URL('../../convergence/results/', import.meta.url));
const fileOf = (name: string): string => `${results}${name}.json`;

/** Writes what one process did; the one that ends last makes one file of both. */
function writeDown(part: 1 | 2, mine: Part): void {
  mkdirSync(results, { recursive: true });
  const other = fileOf(`worlds-${3 - part}`);
  const theirs = existsSync(other) ? (JSON.parse(readFileSync(other, 'utf8')) as Part) : undefined;
  if (theirs?.commit !== mine.commit) {
    writeFileSync(fileOf(`worlds-${part}`), `${JSON.stringify(mine, null, 2)}\n`);
    return;
  }
  const add = (a: number, b: number): number => a + b;
  const names = [...new Set([...Object.keys(mine.counts.troubles), ...Object.keys(theirs.counts.troubles)])].sort();
  const both: Part = {
    commit: mine.commit, date: mine.date, seeds: [...theirs.seeds, ...mine.seeds].sort(), schedules: add(mine.schedules, theirs.schedules),
    failures: [...theirs.failures, ...mine.failures], seconds: Math.max(mine.seconds, theirs.seconds),
    counts: {
      edits: add(mine.counts.edits, theirs.counts.edits), cycles: add(mine.counts.cycles, theirs.counts.cycles),
      requests: add(mine.counts.requests, theirs.counts.requests), writes: add(mine.counts.writes, theirs.counts.writes),
      troubles: Object.fromEntries(names.map((name) => [name, add(mine.counts.troubles[name] ?? 0, theirs.counts.troubles[name] ?? 0)])),
    },
  };
  writeFileSync(fileOf('worlds'), `${JSON.stringify(both, null, 2)}\n`);
  rmSync(other);
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
