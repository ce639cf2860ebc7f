import { buildHub, connectors, givenKey, nodeStoreEnv, readConfig, type Hub, type HubEnv, type StatusEvent, type UserStatus } from '@syncline/hub';
import { createGraphSimulator, createOroCrmSimulator, defaultApplication, mailboxOf, type GraphSimulator, type OroCrmSimulator } from '@syncline/simulators';
import { memoryStore, type MemoryDisk } from '@syncline/store';
import { seeded } from './seeded.ts';

/** A whole hub between the two simulators, on a clock that stands until a test moves it. */
export interface HubWorld {
  readonly oro: OroCrmSimulator;
  readonly graph: GraphSimulator;
  readonly hub: Hub;
  readonly events: readonly StatusEvent[];
  readonly logs: readonly string[];
  readonly now: () => number;
  /** Requests that left, with the moment and the address. */
  readonly sent: readonly { readonly at: number; readonly side: 'orocrm' | 'outlook'; readonly path: string; readonly method: string }[];
  /** Signs in, opens the store of a disk, an empty one if none is given, and lets the first cycle end if cycles start by themselves. */
  readonly start: (disk?: MemoryDisk) => Promise<void>;
  /** Lets what waits for promises only go on, until no cycle runs any more. */
  readonly rest: () => Promise<void>;
  /** Moves the clock second by second; what falls due runs to its end. */
  readonly pass: (seconds: number) => Promise<void>;
  readonly status: () => UserStatus;
}

const crm = 'http://crm.test';
const microsoft = 'http://127.0.0.1:4010';

/** The connections of a configuration that fits the simulators. */
export const hubConnections = {
  orocrm: { url: crm, auth: { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' } },
  outlook: { tenant: defaultApplication.tenant, clientId: defaultApplication.clientId, authority: microsoft, graph: microsoft, signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user: mailboxOf(1) } },
};

/** `settings` as in the configuration file; `go`: the person said yes to the first plan (S20). */
export async function hubWorld(settings: object = {}, go = true): Promise<HubWorld> {
  let clock = Date.parse('2030-01-07T09:00:00Z');
  const now = (): number => clock;
  const random = seeded(5);
  const oro = createOroCrmSimulator({ env: { now, random } });
  const graph = createGraphSimulator({ env: { now, random }, seed: { users: [1, 2].map((number) => ({ userPrincipalName: mailboxOf(number), displayName: `Person ${number}` })) } });
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const events: StatusEvent[] = [];
  const logs: string[] = [];
  const sent: { at: number; side: 'orocrm' | 'outlook'; path: string; method: string }[] = [];
  let busy = 0;
  let tokens = 0;
  const env: HubEnv = {
    now, random, store: nodeStoreEnv(),
    schedule: (ms, run) => {
      const timer = { at: clock + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    token: () => `token-${(tokens += 1)}-0123456789`,
    log: (line) => void logs.push(line),
    fetch: async (request) => {
      const side = request.url.startsWith(crm) ? 'orocrm' : 'outlook';
      sent.push({ at: clock, side, path: new URL(request.url).pathname, method: request.method });
      busy += 1;
      try {
        const answer = await (side === 'orocrm' ? oro : graph).handle(request);
        // A web server's stamp, which a simulator in memory does not set.
        if (!answer.headers.has('date')) answer.headers.set('date', new Date(clock).toUTCString());
        return answer;
      } finally {
        busy -= 1;
      }
    },
  };
  const read = await readConfig({ text: JSON.stringify({ ...hubConnections, ...settings }), env: {}, zone: 'Europe/Berlin', connectors });
  const hub = await buildHub({ config: go ? { ...read, users: read.users.map((user) => ({ ...user, go: true as const })) } : read, env, masterKey: givenKey('ab'.repeat(32)), onEvent: (event) => void events.push(event) });
  /** Lets what only waits for promises go on, until no cycle runs any more. */
  const rest = async (): Promise<void> => {
    const isRunning = (): boolean => busy > 0 || [...hub.users.values()].some(({ live }) => live.status.running !== null);
    for (let turns = 0, idle = 0; idle < 5; turns += 1) {
      await new Promise((resolve) => void setImmediate(resolve));
      idle = isRunning() ? 0 : idle + 1;
      if (turns > 50_000) throw new Error('a cycle does not end');
    }
  };
  return {
    oro, graph, hub, events, logs, sent, now,
    rest,
    start: async (disk) => {
      const [failed] = await hub.connect();
      if (failed !== undefined) throw failed.failure;
      await hub.open(memoryStore({ hubId: 'test', ...(disk !== undefined && { disk }) }));
      await rest();
    },
    pass: async (seconds) => {
      for (let second = 0; second < seconds; second += 1) {
        clock += 1_000;
        for (const timer of [...timers].filter(({ at }) => at <= clock)) {
          if (!timers.delete(timer)) continue;
          timer.run();
          await rest();
        }
      }
    },
    status: () => {
      const [first] = hub.users.values();
      if (first === undefined) throw new Error('the hub has no user');
      return first.live.status;
    },
  };
}
