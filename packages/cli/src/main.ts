// The process: the only file that reads the environment, the clock and chance, and handles signals.
import { randomBytes } from 'node:crypto';
import { nodeStoreEnv, trustingFetch } from '@syncline/hub';
import { run } from './run.ts';
import { visible, visibleEntry } from './visible.ts';
import type { World } from './world.ts';

/** No answer for so long is no answer. OroCRM takes up to half a minute for its largest pages. */
const answerWithinMs = 120_000;

let shown = false;

// Whoever read along has gone (`npm start | head`): no reason for a hub to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const world: World = {
  environment: process.env,
  folder: process.cwd(),
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  now: Date.now,
  random: Math.random,
  token: () => randomBytes(32).toString('base64url'),
  schedule: (ms, run) => {
    // A longer wait than Node's timers hold (24 days) would end at once.
    const timer = setTimeout(run, Math.min(ms, 2_000_000_000));
    return () => clearTimeout(timer);
  },
  // Both: the caller's own signal, by which a hub that ends cuts requests off, and the limit.
  fetch: (request, trust) => trustingFetch(new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(answerWithinMs)]) }), trust),
  store: nodeStoreEnv(),
  log: (message) => tell(`${new Date().toISOString()} ${message}`),
  say: (line) => void process.stdout.write(`${visible(line)}\n`),
  tell,
  ...(process.stderr.isTTY && {
    show: (line: string) => {
      process.stderr.write(`\r\x1b[2K${visible(line).slice(0, Math.max(20, process.stderr.columns - 1))}`);
      shown = true;
    },
  }),
  ended: new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
        // Asked twice is asked in earnest; and nothing may keep a process that was told to end.
        process.once(signal, () => process.exit(130));
        setTimeout(() => process.exit(1), 9_000).unref();
      });
    }
  }),
};

function tell(line: string): void {
  process.stderr.write(`${shown ? '\r\x1b[2K' : ''}${visibleEntry(line)}\n`);
  shown = false;
}

try {
  process.exitCode = await run(process.argv.slice(2), world);
} catch (error) {
  tell(`syncline: this is a mistake of ours: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 70;
}
