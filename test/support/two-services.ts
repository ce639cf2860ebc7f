import type { Context } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import { defaultKeys, safePolicy, type Policy } from '@syncline/core';
import { bindSide, openSession, runCycle, summarise, type CycleOptions, type CycleReport, type Session, type Settings, type Summary, type UserStore } from '@syncline/engine';
import { createGraphSimulator, createOroCrmSimulator, defaultApplication, mailboxOf, type GraphSeed, type GraphSimulator, type GraphSwitches, type OroCrmSimulator, type OroSeed, type OroSwitches } from '@syncline/simulators';
import { MemoryDisk, memoryStore } from '@syncline/store';
import { seeded } from './seeded.ts';

/** Whose mailbox the simulators and the hub speak of. */
export const mailbox = mailboxOf(1);

/** What a world starts with. */
export interface WorldOptions {
  readonly seed?: number;
  readonly policy?: Partial<Policy>;
  readonly oro?: { readonly data?: OroSeed; readonly switches?: Partial<OroSwitches> };
  readonly graph?: { readonly data?: Omit<GraphSeed, 'users'>; readonly switches?: Partial<GraphSwitches> };
  readonly zone?: string;
  /** BCP 47; English unless said otherwise. */
  readonly language?: string;
  readonly keepReports?: boolean;
  /** Where the hub keeps its data; a new disk when absent. */
  readonly disk?: MemoryDisk;
}

/** Both services in process on one clock, the real connectors, and one user's hub between them. */
export interface TwoServices {
  readonly oro: OroCrmSimulator;
  readonly graph: GraphSimulator;
  readonly clock: { now: number };
  readonly settings: Settings;
  /** Requests that left for each side, as the services counted them. */
  readonly requests: () => { readonly orocrm: number; readonly outlook: number };
  /** The user's document as the hub has it open; opens and signs in when it has not. */
  readonly session: () => Promise<Session>;
  /** One cycle; the clock has moved by a minute afterwards. */
  readonly cycle: (options?: Partial<CycleOptions>) => Promise<CycleReport>;
  /** Cycles until one is settled and writes nothing, at most ten. */
  readonly settle: () => Promise<readonly CycleReport[]>;
  readonly summary: () => Promise<Summary>;
  /** The hub's process is gone; the next cycle opens what is on disk. */
  readonly restart: () => void;
}

/** Puts a world together. Nothing is random but by the seed, nothing waits but for the clock. */
export function twoServices(options: WorldOptions = {}): TwoServices {
  const seed = options.seed ?? 1;
  const clock = { now: Date.parse('2030-03-04T08:00:00Z') };
  const now = (): number => clock.now;
  const oro = createOroCrmSimulator({ env: { now, random: seeded(seed) }, ...(options.oro?.data && { data: options.oro.data }), ...(options.oro?.switches && { switches: options.oro.switches }) });
  const graph = createGraphSimulator({
    env: { now, random: seeded(seed + 1) },
    seed: { ...options.graph?.data, users: [{ userPrincipalName: mailbox, displayName: 'Ada' }] },
    ...(options.graph?.switches && { switches: options.graph.switches }),
  });
  const settings: Settings = { policy: { ...safePolicy, ...options.policy }, keys: defaultKeys, kinds: ['contact', 'task', 'event'] };
  const disk = options.disk ?? new MemoryDisk();
  const env = { now, random: seeded(seed + 2) };
  const context = (handle: (request: Request) => Promise<Response>): Context => ({
    fetch: async (request) => {
      const response = await handle(request);
      // What a web server in front of either service adds.
      if (!response.headers.has('date')) response.headers.set('date', new Date(clock.now).toUTCString());
      return response;
    },
    now, random: env.random, zone: options.zone ?? 'Europe/Berlin', language: options.language ?? 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined,
  });
  let open: Promise<Session> | undefined;

  const start = async (): Promise<Session> => {
    const store: UserStore = await memoryStore({ hubId: 'test', disk }).user('u');
    const left = await bindSide('left', orocrm, orocrmConfig, context(oro.handle));
    const right = await bindSide('right', outlook, outlookConfig, context(graph.handle));
    return openSession({ left, right }, store, settings, env);
  };
  const session = async (): Promise<Session> => {
    open ??= start();
    try {
      return await open;
    } catch (error) {
      open = undefined;
      throw error;
    }
  };
  const cycle = async (cycleOptions: Partial<CycleOptions> = {}): Promise<CycleReport> => {
    const report = await runCycle(await session(), { trigger: 'once', go: true, ...cycleOptions });
    clock.now = Math.max(clock.now + 60_000, ...report.stopped.map(({ retryAt }) => (retryAt ?? 0) + 1));
    return report;
  };
  return {
    oro, graph, clock, settings, session, cycle,
    requests: () => ({ orocrm: oro.counters.total, outlook: graph.counters.total }),
    settle: async () => {
      const reports: CycleReport[] = [];
      do reports.push(await cycle());
      while (reports.length < 10 && !isQuiet(reports.at(-1)));
      return reports;
    },
    summary: async () => summarise(await session()),
    restart: () => {
      open = undefined;
    },
  };
}

/** Nothing was written and nothing is left to do. */
export function isQuiet(report: CycleReport | undefined): boolean {
  return report !== undefined && report.settled && report.writes.left + report.writes.right === 0;
}

/** The simulated OroCRM as the connector is configured for it. */
export const orocrmConfig = { url: 'http://127.0.0.1:4020', auth: { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' } };

/** The simulated mailbox likewise. */
export const outlookConfig = {
  tenant: defaultApplication.tenant,
  clientId: defaultApplication.clientId,
  signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user: mailbox },
  authority: 'http://127.0.0.1:4010',
  graph: 'http://127.0.0.1:4010',
};
