import type { SideName } from '@syncline/engine';
import type { Schedule } from '../env.ts';

/** Why a cycle runs. A person's wish is named before an interval's when both wait. */
export type Trigger = 'person' | 'interval' | 'start';

/** What a cycle says about the next one. */
export interface Outcome {
  /** UTC ms before which no cycle may run, whoever asks: a service wants to be left alone (R3). */
  readonly notBefore?: number;
  /** UTC ms before which the intervals need not try again; a person may (R8). */
  readonly restUntil?: number;
}

/** When the next cycle is due, UTC ms. An interval's time is absent while Enable Sync is off. */
export interface NextRuns {
  readonly left?: number;
  readonly right?: number;
  readonly notBefore?: number;
  /** A cycle is waiting for the one that runs, or for `notBefore`. */
  readonly queued: boolean;
}

/** What a person sets about when cycles run. */
export interface Pace {
  /** How often each side is checked, ms (S3). */
  readonly intervalsMs: { readonly left: number; readonly right: number };
  /** Enable Sync (S10, S11). */
  readonly enabled: boolean;
}

/** What a scheduler works with. */
export interface SchedulerOptions extends Pace {
  readonly now: () => number;
  readonly schedule: Schedule;
  /** One cycle for the sides that are due: both, unless intervals alone ask. Must not reject: what went wrong is its own to report. */
  readonly run: (trigger: Trigger, sides: readonly SideName[]) => Promise<Outcome>;
  readonly onNext: (next: NextRuns) => void;
}

/** Decides when one user's cycles run. */
export interface Scheduler {
  /** Begins with a cycle at once, when Enable Sync is on. */
  readonly start: () => void;
  /** StartSyncNow: a cycle now, or exactly one after the one that runs (S12). Resolves when that cycle has ended. */
  readonly syncNow: (trigger?: Trigger) => Promise<void>;
  /** When the next cycle is due. */
  readonly next: () => NextRuns;
  /** Another pace, from now on: a changed interval begins anew, Enable Sync begins with a cycle, or ends what waits unless a person asked for it. */
  readonly change: (pace: Pace) => void;
  /** Starts nothing more; resolves when the cycle that runs has ended. */
  readonly stop: () => Promise<void>;
}

const bothSides: readonly SideName[] = ['left', 'right'];

/**
 * Both intervals run on their own (S5); the one that is due starts a cycle for its side, which reads the other one as well
 * when there is something to decide (C1). Never two cycles at once, and however often somebody asks meanwhile, exactly one more (S12).
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const due = { left: Number.POSITIVE_INFINITY, right: Number.POSITIVE_INFINITY };
  let waiting: { trigger: Trigger; readonly sides: Set<SideName>; readonly done: Promise<void>; readonly finish: () => void } | undefined;
  let running: Promise<void> | undefined;
  let notBefore = 0;
  let restUntil = 0;
  let pace: Pace = options;
  let started = false;
  let stopped = false;
  let cancel: (() => void) | undefined;

  const next = (): NextRuns => ({
    ...(pace.enabled && Number.isFinite(due.left) && { left: Math.max(due.left, notBefore, restUntil) }),
    ...(pace.enabled && Number.isFinite(due.right) && { right: Math.max(due.right, notBefore, restUntil) }),
    ...(notBefore > options.now() && { notBefore }),
    queued: waiting !== undefined,
  });

  /** Sets the one timer to whatever comes first. */
  const arm = (): void => {
    cancel?.();
    cancel = undefined;
    if (stopped || running !== undefined) return;
    const interval = Math.max(Math.min(due.left, due.right), restUntil);
    const at = Math.max(waiting === undefined ? interval : 0, notBefore);
    if (Number.isFinite(at)) cancel = options.schedule(Math.max(0, at - options.now()), wake);
  };

  const ask = (trigger: Trigger, sides: readonly SideName[] = bothSides): Promise<void> => {
    if (waiting === undefined) {
      let finish = (): void => undefined;
      const done = new Promise<void>((resolve) => (finish = resolve));
      waiting = { trigger, sides: new Set(), done, finish };
    } else if (trigger === 'person') waiting.trigger = 'person';
    for (const side of sides) waiting.sides.add(side);
    return waiting.done;
  };

  /** Moves intervals that are over to their next beat; whose they were. Those missed while the machine slept count once. */
  const passDue = (): readonly SideName[] => {
    const now = options.now();
    const over = bothSides.filter((side) => due[side] <= now);
    for (const side of over) {
      const every = pace.intervalsMs[side];
      due[side] += every * Math.ceil((now - due[side] + 1) / every);
    }
    return over;
  };

  const noteDue = (): void => {
    const over = restUntil <= options.now() ? passDue() : [];
    if (over.length > 0) void ask('interval', over);
  };

  const begin = (): void => {
    if (stopped || running !== undefined || waiting === undefined || options.now() < notBefore) return;
    const { trigger, sides, finish } = waiting;
    waiting = undefined;
    // What is due by now is part of it.
    for (const side of passDue()) sides.add(side);
    running = options.run(trigger, [...sides]).then((outcome) => {
      notBefore = outcome.notBefore ?? 0;
      restUntil = outcome.restUntil ?? 0;
      running = undefined;
      finish();
      // What fell due while the cycle ran is one further cycle, not none (S12).
      noteDue();
      begin();
      arm();
      options.onNext(next());
    });
    options.onNext(next());
  };

  const wake = (): void => {
    cancel = undefined;
    noteDue();
    begin();
    arm();
  };

  const beginAnew = (side: SideName): void => {
    due[side] = options.now() + pace.intervalsMs[side];
  };

  const start = (): void => {
    started = true;
    if (!pace.enabled) return;
    bothSides.forEach(beginAnew);
    void ask('start');
    begin();
  };

  /** Nothing falls due any more; a cycle that waits is called off unless a person asked for it (S11). */
  const pause = (): void => {
    due.left = Number.POSITIVE_INFINITY;
    due.right = Number.POSITIVE_INFINITY;
    if (waiting === undefined || waiting.trigger === 'person') return;
    waiting.finish();
    waiting = undefined;
  };

  return {
    start,
    change: (changed) => {
      const before = pace;
      pace = changed;
      // What made the intervals rest may be what was changed (R8).
      restUntil = 0;
      if (!started || stopped) return;
      if (!pace.enabled) pause();
      else if (!before.enabled) start();
      else for (const side of bothSides) if (pace.intervalsMs[side] !== before.intervalsMs[side]) beginAnew(side);
      arm();
      options.onNext(next());
    },
    syncNow: (trigger = 'person') => {
      const done = ask(trigger);
      begin();
      arm();
      options.onNext(next());
      return done;
    },
    next,
    stop: async () => {
      stopped = true;
      cancel?.();
      await running;
      waiting?.finish();
      waiting = undefined;
    },
  };
}
