import { Failure, type Context } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import { defaultKeys, type Kind } from '@syncline/core';
import { bindSide, openSession, runCycle, type CycleReport, type Session, type Settings } from '@syncline/engine';
import { MemoryDisk, memoryStore, StoreError } from '@syncline/store';
import { seeded } from '../support/seeded.ts';
import { orocrmConfig, outlookConfig } from '../support/two-services.ts';
import { mortalEnv, mortalFetch, mortalStore, newLife, type Life } from './ports.ts';
import type { Schedule } from './schedule.ts';
import type { Service, Services } from './services.ts';

/** How a cycle ended: with a report, or with the process. */
export type Ended = CycleReport | 'crashed' | 'store failed' | 'not connected';

/** One user's hub, which may die at any moment and is opened again from what is on its disk. */
export interface Hub {
  readonly settings: Settings;
  /** One cycle, and the minute until the next. What ends the process ends the life: the next cycle opens everything anew. */
  readonly cycle: () => Promise<Ended>;
  /** The session as it is open; opens and signs in when it is not. */
  readonly session: () => Promise<Session>;
  /** The process is gone; the next cycle opens what is on disk. */
  readonly restart: () => void;
  /** Ends the present or next life so many port calls from now. */
  readonly crashAfter: (calls: number, when: 'before' | 'after') => void;
  /** The disk refuses the write after so many more. */
  readonly failWriteAfter: (writes: number) => void;
  /** Whether a creation is under way, by what is on disk. */
  readonly isCreating: (service: Service, kind: Kind) => boolean;
  /** Takes back what was ordered and did not happen. */
  readonly calm: () => void;
}

/** A hub with an empty disk. */
export function openHub(schedule: Schedule, services: Services): Hub {
  const settings: Settings = { policy: schedule.policy, keys: defaultKeys, kinds: ['contact', 'task', 'event'] };
  const disk = new MemoryDisk();
  const env = { now: () => services.clock.now + services.skews.hub, random: seeded(schedule.seed + 2) };
  let life = newLife();
  let ordered: { readonly calls: number; readonly when: 'before' | 'after' } | undefined;
  let writesLeft = Number.POSITIVE_INFINITY;
  let open: Promise<Session> | undefined;

  const start = async (mine: Life): Promise<Session> => {
    if (ordered !== undefined) mine.end = { at: mine.calls + ordered.calls, when: ordered.when };
    ordered = undefined;
    const beforeWrite = async (): Promise<void> => {
      await Promise.resolve();
      writesLeft -= 1;
      if (writesLeft < 0) throw new Error('no space left on device');
    };
    const store = mortalStore(mine, await memoryStore({ hubId: 'test', disk, beforeWrite }).user('u'));
    const context = (service: Service): Context => ({
      fetch: mortalFetch(mine, (request) => services.fetch(service, request)),
      now: env.now, random: env.random, zone: schedule.zone, language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined,
    });
    const left = await bindSide('left', orocrm, { ...orocrmConfig, pageSize: schedule.pageSize }, context('orocrm'));
    const right = await bindSide('right', outlook, outlookConfig, context('outlook'));
    return openSession({ left, right }, store, settings, mortalEnv(mine, env));
  };
  const session = (): Promise<Session> => (open ??= start(life));
  const restart = (): void => {
    life.isDead = true;
    life = newLife();
    open = undefined;
  };
  /** What ends with a process, or with a disk that refuses to write. */
  const ended = (mine: Life, error?: unknown): Ended => {
    if (mine.isDead) {
      restart();
      return 'crashed';
    }
    if (!(error instanceof StoreError)) throw error;
    restart();
    writesLeft = Number.POSITIVE_INFINITY;
    return 'store failed';
  };
  const connect = async (mine: Life): Promise<Session | Ended> => {
    try {
      return await session();
    } catch (error) {
      if (mine.isDead || !(error instanceof Failure)) return ended(mine, error);
      // A sign-in that meets the trouble is tried again a minute later.
      open = undefined;
      return 'not connected';
    }
  };
  const cycle = async (): Promise<Ended> => {
    const mine = life;
    services.clock.now += 60_000;
    const connected = await connect(mine);
    if (typeof connected === 'string' || !('replica' in connected)) return connected;
    try {
      const report = await runCycle(connected, { trigger: 'once', go: true });
      // A request that never came back looks like any lost answer to the one who sent it.
      if (mine.isDead) return ended(mine);
      const retryAt = Math.max(0, ...report.stopped.map((stopped) => stopped.retryAt ?? 0)) - services.skews.hub;
      services.clock.now = Math.max(services.clock.now, retryAt + 1);
      return report;
    } catch (error) {
      return ended(mine, error);
    }
  };
  return {
    settings, cycle, session, restart,
    crashAfter: (calls, when) => {
      if (open === undefined) ordered = { calls, when };
      else life.end = { at: life.calls + calls, when };
    },
    failWriteAfter: (writes) => void (writesLeft = writes),
    isCreating: (service, kind) => {
      const side = service === 'orocrm' ? 'left' : 'right';
      const intents = [...(disk.users.get('u')?.cells ?? [])].filter(([key]) => key.startsWith('intent/'));
      return intents.map(([, text]) => JSON.parse(text) as { readonly side: string; readonly kind: Kind; readonly op: string }).some((one) => one.op === 'create' && one.side === side && one.kind === kind);
    },
    calm: () => {
      ordered = undefined;
      delete life.end;
      writesLeft = Number.POSITIVE_INFINITY;
    },
  };
}
