import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buildHub, connectors, nodeStoreEnv, readConfig, trustingFetch, type Hub, type HubEnv, type UserStatus } from '@syncline/hub';
import { createGraphSimulator, createOroCrmSimulator, mailboxOf } from '@syncline/simulators';
import type { Certificate } from './certificates.ts';
import { hubConnections } from './hub-world.ts';
import { seeded } from './seeded.ts';

const now = (): number => Date.parse('2030-01-07T09:00:00Z');

/** OroCRM behind TLS on this machine, whose certificate can be replaced. */
export interface TlsOroCrm {
  /** `https://localhost:PORT`. */
  readonly url: string;
  /** Requests that arrived, as method and path. */
  readonly arrived: string[];
  readonly replace: (certificate: Certificate) => void;
  /** Every request is sent on to this address from now on. */
  readonly redirect: (to: string) => void;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port. */
export async function tlsOroCrm(certificate: Certificate): Promise<TlsOroCrm> {
  const simulator = createOroCrmSimulator({ env: { now, random: seeded(3) } });
  const arrived: string[] = [];
  let elsewhere: string | undefined;
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (incoming, outgoing) => {
    arrived.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => void chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]));
      const request = new Request(`${url()}${incoming.url ?? ''}`, { method: incoming.method ?? 'GET', headers, ...(body.length > 0 && { body }) });
      void (async () => {
        const answer = elsewhere === undefined ? await simulator.handle(request) : new Response(null, { status: 307, headers: { location: `${elsewhere}${incoming.url ?? ''}` } });
        outgoing.writeHead(answer.status, { date: new Date(now()).toUTCString(), ...Object.fromEntries(answer.headers) });
        outgoing.end(Buffer.from(await answer.arrayBuffer()));
      })();
    });
  });
  const url = (): string => `https://localhost:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve));
  return {
    url: url(), arrived,
    replace: ({ key, cert }) => {
      server.setSecureContext({ key, cert });
      server.closeAllConnections();
    },
    redirect: (to) => {
      elsewhere = to;
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** A hub on this machine's real network, with Microsoft in memory. */
export interface TlsHub {
  readonly hub: Hub;
  readonly logs: readonly string[];
  /** Signs everybody in; the sentences of those who could not be, by name. */
  readonly connect: () => Promise<{ readonly [user: string]: string }>;
  readonly status: (user: string) => UserStatus;
}

/** `settings` as in the configuration file. Rejects with a `ConfigError` where they are wrong. */
export async function tlsHub(settings: object): Promise<TlsHub> {
  const random = seeded(5);
  const graph = createGraphSimulator({ env: { now, random }, seed: { users: [1, 2].map((number) => ({ userPrincipalName: mailboxOf(number), displayName: `Person ${number}` })) } });
  const logs: string[] = [];
  const env: HubEnv = {
    now, random, store: nodeStoreEnv(), schedule: () => () => undefined,
    token: () => `token-${random()}`,
    log: (line) => void logs.push(line),
    fetch: async (request, trust) => (request.url.startsWith(hubConnections.outlook.graph) ? graph.handle(request) : trustingFetch(request, trust)),
  };
  const config = await readConfig({ text: JSON.stringify({ outlook: hubConnections.outlook, ...settings }), env: {}, zone: 'Europe/Berlin', connectors });
  const hub = await buildHub({ config, env });
  return {
    hub, logs,
    connect: async () => Object.fromEntries((await hub.connect()).map(({ user, failure }) => [user, `${failure.kind}: ${failure.message}`])),
    status: (user) => {
      const served = hub.users.get(user);
      if (served === undefined) throw new Error(`there is no ${user}`);
      return served.live.status;
    },
  };
}
