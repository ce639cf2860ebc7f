import type { Schedule } from '../src/env.ts';

/** A clock that stands until a test moves it. */
export interface FakeClock {
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Moves on, and lets every timer that falls due run, in order, each to its end as far as it does not wait for another. */
  readonly advance: (ms: number) => Promise<void>;
  /** Timers that are set. */
  readonly timers: () => number;
}

export function fakeClock(start = Date.UTC(2030, 0, 7, 9)): FakeClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    timers: () => timers.size,
    schedule: (ms, run) => {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance: async (ms) => {
      const until = now + ms;
      await turn();
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await turn();
      }
      now = until;
      await turn();
    },
  };
}

/** Lets everything that only waits for promises go on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
