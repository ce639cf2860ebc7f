import t from 'tap';
import { createScheduler, type NextRuns, type Outcome, type Scheduler, type Trigger } from '../src/sync/scheduler.ts';
import { fakeClock, turn, type FakeClock } from './fake-clock.ts';

interface World {
  readonly clock: FakeClock;
  readonly scheduler: Scheduler;
  /** Seconds after the start at which a cycle began, and why. */
  readonly began: [second: number, trigger: Trigger][];
  readonly told: NextRuns[];
  /** Most cycles that ran at once. */
  readonly most: () => number;
  /** Ends the cycle that runs. */
  readonly end: (outcome?: Outcome) => Promise<void>;
}

/** `holds`: a cycle ends only when the test says so. */
function world(options: { readonly enabled?: boolean; readonly holds?: boolean; readonly left?: number; readonly right?: number } = {}): World {
  const clock = fakeClock();
  const start = clock.now();
  const began: [number, Trigger][] = [];
  const told: NextRuns[] = [];
  const ends: ((outcome: Outcome) => void)[] = [];
  let most = 0;
  let now = 0;
  const scheduler = createScheduler({
    now: clock.now, schedule: clock.schedule, enabled: options.enabled ?? true,
    intervalsMs: { left: (options.left ?? 120) * 1000, right: (options.right ?? 30) * 1000 },
    onNext: (next) => void told.push(next),
    run: async (trigger) => {
      began.push([(clock.now() - start) / 1000, trigger]);
      now += 1;
      most = Math.max(most, now);
      const outcome = options.holds === true ? await new Promise<Outcome>((resolve) => void ends.push(resolve)) : {};
      now -= 1;
      return outcome;
    },
  });
  return { clock, scheduler, began, told, most: () => most, end: async (outcome = {}) => { ends.shift()?.(outcome); await turn(); } };
}

t.test('S10 S5 both intervals run on their own for ten minutes', async (t) => {
  const { clock, scheduler, began, most } = world();
  scheduler.start();
  await clock.advance(600_000);
  t.strictSame(began, [[0, 'start'], ...Array.from({ length: 20 }, (_, index) => [(index + 1) * 30, 'interval'])], 'what falls due together is one cycle');
  t.equal(most(), 1);
});

t.test('S5 intervals that do not divide each other keep their own beat', async (t) => {
  const { clock, scheduler, began } = world({ left: 50, right: 30 });
  scheduler.start();
  await clock.advance(150_000);
  t.strictSame(began.map(([second]) => second), [0, 30, 50, 60, 90, 100, 120, 150]);
});

t.test('S11 Enable Sync off: nothing starts by itself, StartSyncNow is one cycle', async (t) => {
  const { clock, scheduler, began } = world({ enabled: false });
  scheduler.start();
  await clock.advance(86_400_000);
  t.strictSame(began, []);
  await scheduler.syncNow();
  await clock.advance(86_400_000);
  t.strictSame(began, [[86_400, 'person']]);
  t.strictSame(scheduler.next(), { queued: false });
});

t.test('S12 never two cycles at once; however often asked, exactly one more', async (t) => {
  const { clock, scheduler, began, most, end } = world({ holds: true });
  scheduler.start();
  const asked = [scheduler.syncNow(), scheduler.syncNow(), scheduler.syncNow()];
  await clock.advance(95_000);
  t.strictSame(began, [[0, 'start']], 'three intervals passed and three wishes wait');
  t.equal(scheduler.next().queued, true);
  await end();
  t.strictSame(began, [[0, 'start'], [95, 'person']]);
  await end();
  await Promise.all(asked);
  t.equal(began.length, 2, 'one cycle answered them all');
  t.equal(most(), 1);
  await clock.advance(25_000);
  t.strictSame(began.at(-1), [120, 'interval'], 'and the beat goes on');
});

t.test('S12 an interval that falls due while a cycle runs is one further cycle', async (t) => {
  const { clock, scheduler, began, end } = world({ holds: true });
  scheduler.start();
  await clock.advance(70_000);
  await end();
  t.strictSame(began, [[0, 'start'], [70, 'interval']]);
});

t.test('R3 no cycle before the time a service named, whoever asks', async (t) => {
  const { clock, scheduler, began, end } = world({ holds: true });
  scheduler.start();
  await end({ notBefore: clock.now() + 100_000 });
  void scheduler.syncNow();
  await clock.advance(99_000);
  t.strictSame(began, [[0, 'start']]);
  t.equal(scheduler.next().notBefore, clock.now() + 1_000);
  await clock.advance(1_000);
  t.strictSame(began, [[0, 'start'], [100, 'person']]);
});

t.test('R8 after a lost sign-in the intervals rest, a person does not', async (t) => {
  const { clock, scheduler, began, end } = world({ holds: true });
  scheduler.start();
  await end({ restUntil: clock.now() + 300_000 });
  await clock.advance(200_000);
  t.strictSame(began, [[0, 'start']]);
  void scheduler.syncNow();
  await turn();
  t.strictSame(began, [[0, 'start'], [200, 'person']]);
  await end();
  await clock.advance(10_000);
  t.strictSame(began.at(-1), [210, 'interval'], 'it worked: the intervals are back');
});

t.test('R8 the intervals come back by themselves when the rest is over', async (t) => {
  const { clock, scheduler, began, end } = world({ holds: true });
  scheduler.start();
  await end({ restUntil: clock.now() + 45_000 });
  await clock.advance(120_000);
  t.strictSame(began, [[0, 'start'], [45, 'interval']], 'what fell due in the rest comes at its end');
});

t.test('the machine slept through many intervals: one cycle, then the beat', async (t) => {
  const { clock, scheduler, began } = world({ holds: false, left: 3600, right: 60 });
  scheduler.start();
  await turn();
  // One timer, late: nothing ran meanwhile.
  t.equal(clock.timers(), 1);
  await clock.advance(60_000);
  t.equal(began.length, 2);
});

t.test('stopping waits for the cycle that runs, and starts nothing more', async (t) => {
  const { clock, scheduler, began, end } = world({ holds: true });
  scheduler.start();
  const waiting = scheduler.syncNow();
  let stopped = false;
  const stopping = scheduler.stop().then(() => (stopped = true));
  await turn();
  t.equal(stopped, false);
  await end();
  await stopping;
  await waiting;
  await clock.advance(600_000);
  t.strictSame(began, [[0, 'start']]);
  t.equal(clock.timers(), 0);
});

t.test('what comes next is told whenever it changes', async (t) => {
  const { clock, scheduler, told } = world();
  const start = clock.now();
  scheduler.start();
  await clock.advance(30_000);
  t.strictSame(told.at(-1), { left: start + 120_000, right: start + 60_000, queued: false });
});

t.test('S5 S11 another pace holds at once: a shorter interval, a longer one, Enable Sync off and on', async (t) => {
  const { clock, scheduler, began, most, told } = world();
  scheduler.start();
  await clock.advance(40_000);
  began.length = 0;
  scheduler.change({ enabled: true, intervalsMs: { left: 120_000, right: 10_000 } });
  await clock.advance(25_000);
  t.strictSame(began.map(([second]) => second), [50, 60], 'every 10 s from the change on');
  scheduler.change({ enabled: true, intervalsMs: { left: 120_000, right: 100_000 } });
  await clock.advance(60_000);
  t.strictSame(began.map(([second]) => second), [50, 60, 120], 'OroCRM keeps its beat, Outlook is due at 165');
  scheduler.change({ enabled: false, intervalsMs: { left: 120_000, right: 100_000 } });
  t.strictSame(told.at(-1), { queued: false }, 'nothing is due');
  await clock.advance(3_600_000);
  t.equal(began.length, 3);
  const at = (clock.now() - Date.UTC(2030, 0, 7, 9)) / 1000;
  scheduler.change({ enabled: true, intervalsMs: { left: 120_000, right: 100_000 } });
  await clock.advance(100_000);
  t.strictSame(began.slice(3), [[at, 'start'], [at + 100, 'interval']]);
  t.equal(most(), 1);
});

t.test('S11 S12 Enable Sync switched off while a cycle runs: it ends, what an interval asked for is called off, what a person asked for is done', async (t) => {
  for (const asks of [false, true]) {
    const { clock, scheduler, began, end, most } = world({ holds: true });
    scheduler.start();
    await clock.advance(45_000);
    void scheduler.syncNow('start');
    if (asks) void scheduler.syncNow();
    scheduler.change({ enabled: false, intervalsMs: { left: 120_000, right: 30_000 } });
    await end();
    await end();
    await clock.advance(3_600_000);
    t.strictSame(began.map(([, trigger]) => trigger), asks ? ['start', 'person'] : ['start']);
    t.equal(most(), 1);
  }
});

t.test('S10 a pace that changes before the start begins with the start', async (t) => {
  const { clock, scheduler, began } = world({ enabled: false });
  scheduler.change({ enabled: true, intervalsMs: { left: 120_000, right: 5_000 } });
  await clock.advance(60_000);
  t.strictSame(began, []);
  scheduler.start();
  await clock.advance(5_000);
  t.strictSame(began.map(([second]) => second), [60, 65]);
});

t.test('R8 S14 what was changed may be what made the intervals rest: they are tried again', async (t) => {
  const { clock, scheduler, began, end } = world({ holds: true });
  scheduler.start();
  await end({ restUntil: clock.now() + 900_000 });
  await clock.advance(60_000);
  t.equal(began.length, 1, 'they rest');
  scheduler.change({ enabled: true, intervalsMs: { left: 120_000, right: 30_000 } });
  await clock.advance(30_000);
  t.equal(began.length, 2);
});
