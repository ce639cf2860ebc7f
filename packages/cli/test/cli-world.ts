import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeStoreEnv, trustingFetch } from '@syncline/hub';
import { createGraphSimulator, createOroCrmSimulator, defaultApplication, listen, type GraphSimulator, type OroCrmSimulator } from '@syncline/simulators';
import { run, type World } from '../src/index.ts';

/** A command that runs, and what it has said so far. */
export interface Running {
  readonly out: string[];
  readonly err: string[];
  /** Resolves with the first line of stdout that matches. */
  readonly said: (pattern: RegExp) => Promise<string>;
  /** Asks it to end, as SIGTERM does; resolves to the exit code. */
  readonly end: () => Promise<number>;
  /** Resolves to the exit code. */
  readonly code: Promise<number>;
}

/** Runs a command line in this process: real network, real disk, real clock. */
export function start(folder: string, args: readonly string[], environment: World['environment'] = {}): Running {
  const out: string[] = [];
  const err: string[] = [];
  const waiting: { readonly pattern: RegExp; readonly found: (line: string) => void }[] = [];
  let end = (_signal: string): void => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  const world: World = {
    environment, folder, zone: 'Europe/Berlin', ended,
    now: Date.now, random: Math.random, token: randomUUID, store: nodeStoreEnv(), fetch: trustingFetch,
    schedule: (ms, task) => {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    log: (line) => void err.push(line),
    tell: (line) => void err.push(line),
    say: (line) => {
      out.push(line);
      for (const { pattern, found } of waiting) if (pattern.test(line)) found(line);
    },
  };
  const code = run(args, world);
  return {
    out, err, code,
    said: (pattern) => new Promise((resolve, reject) => {
      const line = out.find((one) => pattern.test(one));
      if (line !== undefined) return resolve(line);
      waiting.push({ pattern, found: resolve });
      void code.then((exit) => reject(new Error(`ended with ${exit}: ${err.join('\n')}`)), reject);
      return undefined;
    }),
    end: () => {
      end('SIGTERM');
      return code;
    },
  };
}

/** The two services over HTTP, and a configuration that is right. */
export interface Site {
  readonly folder: string;
  readonly orocrm: OroCrmSimulator;
  readonly graph: GraphSimulator;
  readonly config: { readonly orocrm: { readonly url: string; readonly auth: object }; readonly outlook: object; readonly port: number; readonly data: string };
  /** Writes a configuration; its path. */
  readonly write: (config: object) => Promise<string>;
  /** Records that were changed in either service through its API. */
  readonly writes: () => number;
  readonly close: () => Promise<void>;
}

export async function site(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-cli-'));
  const env = { now: Date.now, random: Math.random };
  const orocrm = createOroCrmSimulator({ env });
  const graph = createGraphSimulator({ env });
  const [crm, mailbox] = await Promise.all([listen(orocrm, { port: 0 }), listen(graph, { port: 0 })]);
  return {
    folder, orocrm, graph,
    config: {
      port: 0,
      data: join(folder, 'data'),
      orocrm: { url: crm.url, auth: { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' } },
      outlook: {
        tenant: defaultApplication.tenant, clientId: defaultApplication.clientId, authority: mailbox.url, graph: mailbox.url,
        signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user: graph.admin.users()[0]?.userPrincipalName ?? '' },
      },
    },
    write: async (config) => {
      const path = join(folder, 'syncline.yaml');
      await writeFile(path, JSON.stringify(config));
      return path;
    },
    writes: () => [orocrm, graph].flatMap(({ counters }) => Object.values(counters.records)).reduce((sum, { created, updated, deleted }) => sum + created + updated + deleted, 0),
    close: async () => {
      await Promise.all([crm.close(), mailbox.close()]);
    },
  };
}
