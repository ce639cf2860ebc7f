import { memory, createMemoryService, type MemoryService } from '@syncline/connector-memory';
import type { Context } from '@syncline/connector';
import { defaultKeys, safePolicy, type Policy } from '@syncline/core';
import { memoryStore } from '@syncline/store';
import { bindSide, openSession, runCycle, type BoundSide, type CycleOptions, type CycleReport, type Env, type Session, type Settings, type SideName, type UserStore } from '../src/index.ts';

/** Nothing was written and nothing is left to do. */
function isQuiet(report: CycleReport | undefined): boolean {
  return report !== undefined && report.settled && report.writes.left + report.writes.right === 0;
}

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Two memory services and a user between them, on a clock that moves by itself one second a reading. */
export interface TwoSides {
  readonly left: MemoryService;
  readonly right: MemoryService;
  readonly store: UserStore;
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
  readonly env: Env;
  readonly settings: Settings;
  readonly bind: (wrap?: (side: BoundSide) => BoundSide) => Promise<Session['sides']>;
  /** One cycle on the user's document as it is open. */
  readonly cycle: (options?: Partial<CycleOptions>) => Promise<CycleReport>;
  /** The process is gone: the next cycle opens the user's document from the store. */
  readonly restart: () => void;
  /** The same world after a restart, on a store that was opened again, perhaps with other settings. */
  readonly reopen: (store: UserStore, policy?: Partial<Policy>) => Promise<Pick<TwoSides, 'store' | 'cycle' | 'settle' | 'restart'>>;
  /** Cycles until one writes nothing; returns their reports. */
  readonly settle: () => Promise<readonly CycleReport[]>;
}

export async function twoSides(policy: Partial<Policy> = {}, seed = 1, given?: UserStore): Promise<TwoSides> {
  let clock = Date.UTC(2030, 0, 1);
  const env: Env = { now: () => (clock += 1000), random: seeded(seed) };
  const services = { left: createMemoryService(env.now), right: createMemoryService(env.now) };
  const store = given ?? (await memoryStore({ hubId: 'test' }).user('u'));
  const settings: Settings = { policy: { ...safePolicy, ...policy }, keys: defaultKeys, kinds: ['contact', 'task', 'event'] };
  const context: Context = {
    fetch: () => Promise.reject(new Error('the memory connector sends nothing')),
    now: env.now, random: env.random, zone: 'UTC', language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined,
  };
  const one = (side: SideName): Promise<BoundSide> => bindSide(side, memory, { service: services[side], account: side }, context);
  const bind = async (wrap: (side: BoundSide) => BoundSide = (side) => side): Promise<Session['sides']> => ({ left: wrap(await one('left')), right: wrap(await one('right')) });
  const on = (store: UserStore, settings: Settings): Pick<TwoSides, 'store' | 'cycle' | 'settle' | 'restart'> => {
    let open: Promise<Session> | undefined;
    const session = async (): Promise<Session> => (open ??= openSession(await bind(), store, settings, env));
    const cycle = async (options: Partial<CycleOptions> = {}): Promise<CycleReport> => runCycle(await session(), { trigger: 'once', go: true, ...options });
    const settle = async (): Promise<readonly CycleReport[]> => {
      const reports: CycleReport[] = [];
      do reports.push(await cycle());
      while (reports.length < 10 && !isQuiet(reports.at(-1)));
      return reports;
    };
    return { store, cycle, settle, restart: () => void (open = undefined) };
  };
  return { ...services, pass: (ms) => void (clock += ms), env, settings, bind, reopen: (again, changed = {}) => Promise.resolve(on(again, { ...settings, policy: { ...settings.policy, ...changed } })), ...on(store, settings) };
}
