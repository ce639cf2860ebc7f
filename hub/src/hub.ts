import { join } from 'node:path';
import { Failure } from '@syncline/connector';
import type { Store } from '@syncline/store';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Config, UserConfig } from './config.ts';
import { connectors as installed, type Installed } from './connectors.ts';
import type { HubEnv } from './env.ts';
import { acceptSockets, statusSocket } from './live/socket.ts';
import { LiveStatus, type Shown, type StatusEvent } from './live/status.ts';
import { checkRoutes } from './routes/check.ts';
import { healthRoutes } from './routes/health.ts';
import { listRoutes } from './routes/lists.ts';
import { pageRoutes } from './routes/page.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { pastRoutes } from './routes/past.ts';
import { settingsRoutes } from './routes/settings.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { syncRoutes } from './routes/sync.ts';
import { guard, headers } from './security/guard.ts';
import { createKeptSecrets, type KeptSecrets } from './security/kept-secrets.ts';
import { fileKey, givenKey, type MasterKey } from './security/master-key.ts';
import { createSessions } from './security/sessions.ts';
import { createVault } from './security/vault.ts';
import { LiveSettings } from './settings/live-settings.ts';
import { createAccounts } from './sync/accounts.ts';
import { createScheduler, type Scheduler } from './sync/scheduler.ts';
import { keepStore, type StoreKeeper } from './sync/store-keeper.ts';
import { tryConnections } from './sync/try-connections.ts';
import { UserSync } from './sync/user-sync.ts';
import { wayOut } from './way-out.ts';

/** What a hub is made of. */
export interface HubDeps {
  readonly config: Config;
  readonly env: HubEnv;
  /** Default: the installed ones. */
  readonly connectors?: { readonly left: Installed; readonly right: Installed };
  /** Opens the secrets that are set at run time. Default: the one of the configuration, else a file in the data folder. */
  readonly masterKey?: MasterKey;
  /** Is told what the sockets are told. */
  readonly onEvent?: (event: StatusEvent) => void;
}

/** One user with what serves them. */
export interface Served {
  readonly sync: UserSync;
  readonly live: LiveStatus;
  readonly scheduler: Scheduler;
  /** What the connectors keep of signing in. */
  readonly secrets: KeptSecrets;
}

/** A hub that does not listen yet. */
export interface Hub {
  readonly app: FastifyInstance;
  readonly users: ReadonlyMap<string, Served>;
  readonly settings: LiveSettings;
  /** Reads from the data folder what was set and kept before this start; nothing is written. Throws a `ConfigError` for what does not fit any more, and a `VaultError`. */
  readonly load: (store: Store) => Promise<void>;
  /** Signs every user in; answers who could not be, and why. Nothing is written anywhere. */
  readonly connect: () => Promise<readonly { readonly user: string; readonly failure: Failure }[]>;
  /** Opens every user's document and starts the schedules. The store is the hub's to close, and to open again after a write that failed. */
  readonly open: (store: Store, options?: OpenOptions) => Promise<void>;
  /** Takes the port; answers the address for people, and the one on this machine. Rejects with the system's error. */
  readonly listen: () => Promise<{ readonly url: string; readonly localUrl: string }>;
  /** A link that signs a browser in, once. */
  readonly signInLink: () => string;
  /** The token for the command line on this machine. */
  readonly ownToken: string;
  /** Cuts every request off that is on its way to a service, and sends none any more. */
  readonly cut: () => void;
  /** Ends the schedules, the cycles that run, every connection, and the store. */
  readonly close: () => Promise<void>;
}

/** How a hub begins. */
export interface OpenOptions {
  /** Whether cycles run by themselves. Default: yes. */
  readonly schedules?: boolean;
  /** Opens the same folder again. Throws a `StoreError`. */
  readonly reopen?: () => Promise<Store>;
}

/** Plugs the parts together. */
export async function buildHub({ config, env: outside, connectors = installed, masterKey = keyOf(config, outside), onEvent }: HubDeps): Promise<Hub> {
  const network = wayOut(outside);
  const env: HubEnv = { ...outside, fetch: network.fetch };
  const app = Fastify({
    // Not the default: "7" is no number, and a mistyped member is a mistake, not nothing.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
    routerOptions: { ignoreTrailingSlash: true },
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    ...patience,
    frameworkErrors: (_error, _request, reply: FastifyReply) => void reply.headers(headers).code(400).send({ error: 'This is no address.' }),
  });
  app.server.maxConnections = mostConnections;
  const sessions = createSessions(env.token, env.now);
  let port = config.port;
  let isReady = false;
  let keeper: StoreKeeper | undefined;
  const origins = (): readonly string[] => originsOf(config, port);
  const users = new Map<string, Served>();
  const accounts = createAccounts();
  const vault = createVault(masterKey, env.token);
  await acceptSockets(app);
  // Before any route: hooks hold for what is registered after them.
  guard(app, { origins, sessions });
  app.setErrorHandler(async (error: Error & { readonly statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) env.log(`${request.method} ${request.routeOptions.url ?? ''}: ${error.stack ?? error.message}`);
    return reply.code(status).send({ error: status >= 500 ? 'The hub failed at this request; its log says why.' : error.message });
  });
  app.setNotFoundHandler({}, async (_request, reply) => reply.code(404).send({ error: 'There is nothing at this address.' }));
  const room = await statusSocket(app, { states: () => [...users.values()].map(({ live }) => live.status), sessions, schedule: env.schedule });
  const emit = (event: StatusEvent): void => {
    room.send(event);
    onEvent?.(event);
  };

  for (const user of config.users) {
    const { id, enableSync, intervalsMs } = user;
    const live = new LiveStatus({ user: id, ...shownOf(user), now: env.now, emit });
    const secrets = createKeptSecrets(id, vault);
    const sync = new UserSync({ config: user, connectors, env, live, accounts, secrets, storeFailed: (error) => keeper?.failed(error) });
    const scheduler = createScheduler({ now: env.now, schedule: env.schedule, intervalsMs, enabled: enableSync, run: (trigger, sides) => sync.cycle(trigger, sides), onNext: (next) => live.next(next) });
    users.set(id, { sync, live, scheduler, secrets });
  }
  const settings = new LiveSettings({
    config, connectors, vault,
    trySigningIn: (some) => tryConnections(some, { connectors, env, accounts, secretsOf: (user) => users.get(user)?.secrets }),
    apply: (some) => {
      for (const user of some) {
        const one = users.get(user.id);
        one?.sync.use(user);
        one?.live.settings(shownOf(user));
        one?.scheduler.change({ intervalsMs: user.intervalsMs, enabled: user.enableSync });
      }
    },
    storeFailed: (error) => keeper?.failed(error),
    log: env.log,
  });
  const load = async (store: Store): Promise<void> => {
    await settings.open(store);
    const known = new Set(await store.users());
    for (const [id, { secrets }] of users) if (known.has(id)) await secrets.open(await store.user(id));
  };
  healthRoutes(app, () => isReady);
  signInRoutes(app, { origins, sessions });
  syncRoutes(app, users);
  checkRoutes(app, users);
  pastRoutes(app, users);
  decisionRoutes(app, users);
  listRoutes(app, users);
  settingsRoutes(app, settings);
  await pageRoutes(app);

  return {
    app,
    users,
    settings,
    load,
    ownToken: sessions.ownToken,
    signInLink: () => `${origins()[0] ?? ''}/?code=${sessions.issueCode()}`,
    connect: async () => {
      const all = await Promise.all([...users.values()].map(async ({ sync }) => {
        try {
          await sync.connect();
          return undefined;
        } catch (failure) {
          if (!(failure instanceof Failure)) throw failure;
          return { user: sync.id, failure };
        }
      }));
      return all.filter((one) => one !== undefined);
    },
    open: async (first, { schedules = true, reopen } = {}) => {
      const use = async (store: Store): Promise<void> => {
        await load(store);
        for (const [id, { sync, secrets }] of users) {
          const part = await store.user(id);
          await secrets.open(part);
          sync.open(part);
        }
        isReady = true;
      };
      await use(first);
      keeper = keepStore({
        store: first, env,
        ...(reopen !== undefined && { reopen }),
        onDown: (why) => {
          isReady = false;
          settings.shut();
          for (const { sync } of users.values()) sync.shut(why);
        },
        onUp: async (store) => {
          await use(store);
          for (const { scheduler, live } of users.values()) if (live.status.enableSync) void scheduler.syncNow('start');
        },
      });
      if (schedules) for (const { scheduler } of users.values()) scheduler.start();
    },
    listen: async () => {
      await app.listen({ host: config.host, port: config.port });
      const address = app.server.address();
      if (typeof address === 'object' && address !== null) port = address.port;
      const [url = ''] = origins();
      return { url, localUrl: origins().find((origin) => origin !== config.publicUrl) ?? url };
    },
    cut: network.cut,
    close: async () => {
      isReady = false;
      // A cycle that takes longer is cut off between two requests; what was begun is looked up at the next start (R4).
      const cancel = env.schedule(endWithinMs, network.cut);
      await Promise.all([...users.values()].map(async ({ scheduler, sync }) => {
        await scheduler.stop();
        await sync.idle();
      }));
      cancel();
      room.end();
      await app.close();
      await keeper?.close();
    },
  };
}

/** How long the cycles that run may go on once the hub is to end, ms. */
const endWithinMs = 3_000;

/** Connections at once, sockets included. */
const mostConnections = 2_000;

/** How long a peer may take to say what it wants, ms. Node looks at its own limits every half minute only, and they are minutes. */
const patience = { requestTimeout: 15_000, http: { headersTimeout: 5_000, connectionsCheckingInterval: 2_000 } } as const;

/** The origins browsers may name; the first is the one for people. */
function originsOf(config: Config, port: number): readonly string[] {
  const hosts = isEverywhere(config.host) ? ['127.0.0.1', 'localhost', '[::1]'] : [config.host.includes(':') ? `[${config.host}]` : config.host];
  const loopback = hosts.some((host) => /^(127\.|localhost$|\[::1\]$)/.test(host)) ? ['127.0.0.1', 'localhost', '[::1]'] : [];
  const local = [...new Set([...hosts, ...loopback])].map((host) => `http://${host}${port === 80 ? '' : `:${port}`}`);
  return config.publicUrl === undefined ? local : [config.publicUrl, ...local];
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** What a status tells of a person's settings. */
function shownOf({ policy, enableSync, showAlerts }: UserConfig): Shown {
  const directions = { 'left-to-right': 'orocrm-to-outlook', 'right-to-left': 'outlook-to-orocrm', 'both-ways': 'bidirectional' } as const;
  return { direction: directions[policy.direction], wins: policy.precedence[0] === 'right' ? 'outlook' : 'orocrm', enableSync, showAlerts };
}

function keyOf({ data, masterKey }: Config, { token }: HubEnv): MasterKey {
  return masterKey === undefined ? fileKey(join(data, 'master.key'), token) : givenKey(masterKey);
}
