import { createGraphSimulator, createOroCrmSimulator, defaultApplication, type GraphSimulator, type OroCrmSimulator } from '@syncline/simulators';
import { memoryStore, nodeEnv, type Store } from '@syncline/store';
import { buildHub, connectors, readConfig, type Config, type Hub, type HubEnv, type OpenOptions } from '../src/index.ts';
import type { StatusEvent } from '../src/live/status.ts';
import { givenKey } from '../src/security/master-key.ts';
import { fakeClock, turn, type FakeClock } from './fake-clock.ts';

/** A hub between two simulators in memory, on a clock that stands. */
export interface HubWorld {
  readonly clock: FakeClock;
  readonly orocrm: OroCrmSimulator;
  readonly graph: GraphSimulator;
  readonly hub: Hub;
  readonly config: Config;
  readonly events: StatusEvent[];
  readonly logs: string[];
  /** Requests that left the hub. */
  readonly sent: () => number;
  /** Signs in and opens a store, an empty one if none is given; the schedule begins. */
  readonly start: (given?: OpenOptions & { readonly store: Store }) => Promise<void>;
}

export const origin = 'http://127.0.0.1:7420';
export const host = { host: '127.0.0.1:7420' };

const crm = 'http://crm.test';
const microsoft = 'http://127.0.0.1:4010';

export async function hubWorld(settings: object = {}, go = true): Promise<HubWorld> {
  const clock = fakeClock();
  let dice = 1;
  const random = (): number => (dice = (dice * 48_271) % 2_147_483_647) / 2_147_483_647;
  const orocrm = createOroCrmSimulator({ env: { now: clock.now, random } });
  const graph = createGraphSimulator({ env: { now: clock.now, random } });
  const logs: string[] = [];
  const events: StatusEvent[] = [];
  let tokens = 0;
  let sent = 0;
  const env: HubEnv = {
    now: clock.now, random, schedule: clock.schedule, store: nodeEnv(),
    token: () => `token-${(tokens += 1)}-0123456789`,
    log: (line) => void logs.push(line),
    fetch: async (request) => {
      sent += 1;
      const cut = new Promise<never>((_resolve, reject) => void request.signal.addEventListener('abort', () => reject(new TypeError('cut off'))));
      const answer = await Promise.race([(request.url.startsWith(crm) ? orocrm : graph).handle(request), cut]);
      // A web server's stamp, which a simulator in memory does not set.
      if (!answer.headers.has('date')) answer.headers.set('date', new Date(clock.now()).toUTCString());
      return answer;
    },
  };
  const text = JSON.stringify({
    orocrm: { url: crm, auth: { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' } },
    outlook: { tenant: defaultApplication.tenant, clientId: defaultApplication.clientId, authority: microsoft, graph: microsoft, signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user: 'person1@contoso.example' } },
    ...settings,
  });
  const read = await readConfig({ text, env: {}, zone: 'Europe/Berlin', connectors });
  const config = go ? { ...read, users: read.users.map((user) => ({ ...user, go: true as const })) } : read;
  const hub = await buildHub({ config, env, masterKey: givenKey('ab'.repeat(32)), onEvent: (event) => void events.push(event) });
  const start: HubWorld['start'] = async (given) => {
    const { store, ...options } = given ?? { store: memoryStore({ hubId: 'test' }) };
    const failures = await hub.connect();
    if (failures[0] !== undefined) throw failures[0].failure;
    await hub.open(store, options);
    await ended({ events });
  };
  return { clock, orocrm, graph, hub, config, events, logs, sent: () => sent, start };
}

/** Lets cycles that began come to their end: turns, until one more has ended than before. */
export async function ended({ events }: { readonly events: readonly StatusEvent[] }, more = 1): Promise<void> {
  const count = (): number => events.filter(({ type }) => type === 'cycle-ended').length;
  const wanted = count() + more;
  for (let turns = 0; turns < 20_000 && count() < wanted; turns += 1) await turn();
  if (count() < wanted) throw new Error('no cycle ended');
  await turn();
}

/** Signs in as the page does; the cookie. */
export async function cookieOf(hub: Hub): Promise<string> {
  const code = new URL(hub.signInLink()).searchParams.get('code');
  const answer = await hub.app.inject({ method: 'POST', url: '/api/v1/session', headers: { ...host, origin }, payload: { code } });
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}
