import { isPresent, type Kind, type Page, type PullRequest, type Seen, type Write, type Written } from '@syncline/connector';
import { createOroCrmSimulator, type OroCrmOptions, type OroCrmSimulator } from '@syncline/simulators';
import { configSchema } from '../src/config.ts';
import { orocrm, type ContactRecord, type EventRecord, type Session, type TaskRecord } from '../src/index.ts';

type Records = { contact: ContactRecord; task: TaskRecord; event: EventRecord };

/** What a hub remembers of one kind. */
interface Memory {
  cursor: string | null;
  readonly versions: Map<string, string>;
}

/** An OroCRM simulator, its clock, and a hub that pulls and pushes as the engine does, in memory. */
export interface World {
  readonly simulator: OroCrmSimulator;
  readonly requests: Request[];
  readonly bodies: Map<Request, unknown>;
  readonly logs: string[];
  /** UTC ms of hub and OroCRM alike; `skewMs` sets the hub's clock apart. */
  now: number;
  skewMs: number;
  /** What stands between the hub and OroCRM: answers in its place, or makes something else of its answer. */
  between: ((request: Request, answer: () => Promise<Response>) => Promise<Response>) | undefined;
  readonly connect: (settings?: object) => Promise<Session>;
  /** Pulls to the end, remembers what came, and returns it. */
  readonly pull: <K extends Kind>(session: Session, kind: K) => Promise<{ seen: Seen<Records[K]>[]; alive: readonly string[] | undefined; pages: Page<Records[K]>[] }>;
  readonly push: <K extends Kind>(session: Session, kind: K, write: Write<Records[K]>) => Promise<Written<Records[K]>>;
  /** Forgets how far the pulls have come, as after a lost cursor. */
  readonly forget: (kind: Kind) => void;
  readonly memory: Record<Kind, Memory>;
}

export const adminAuth = { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' };
export const limitedAuth = { signIn: 'client-credentials', clientId: 'syncline-limited', clientSecret: 'secret-syncline-limited' };

export function createWorld(options: Partial<OroCrmOptions> = {}): World {
  const random = seeded(7);
  const memory = (): Memory => ({ cursor: null, versions: new Map() });
  const clock = { now: Date.parse('2026-11-22T10:00:00.400Z') };
  const world: World = {
    simulator: createOroCrmSimulator({ ...options, env: { now: () => clock.now, random: seeded(11) } }),
    requests: [],
    bodies: new Map(),
    logs: [],
    get now() {
      return clock.now;
    },
    set now(ms) {
      clock.now = ms;
    },
    skewMs: 0,
    between: undefined,
    connect: (settings = {}) =>
      orocrm.connect(configSchema.parse({ url: 'https://crm.example.com', auth: adminAuth, ...settings }), {
        fetch: async (request) => {
          world.requests.push(request);
          const text = await (request.clone() as Request).text();
          if (text !== '') world.bodies.set(request, JSON.parse(text));
          const answer = async (): Promise<Response> => {
            const response = await world.simulator.handle(request);
            // OroCRM's web server stamps every answer, refusals too; in process there is none.
            if (!response.headers.has('date')) response.headers.set('date', new Date(clock.now).toUTCString());
            return response;
          };
          return world.between === undefined ? answer() : world.between(request, answer);
        },
        now: () => world.now + world.skewMs,
        random,
        zone: 'Europe/Vienna',
        language: 'de',
        window: { pastDays: 30, futureDays: 365 },
        log: (message) => world.logs.push(message),
      }),
    pull: async (session, kind) => {
      const { versions } = world.memory[kind];
      const request: PullRequest = { cursor: world.memory[kind].cursor, known: (id) => versions.get(id), knownCount: versions.size };
      const pages: Page<Records[typeof kind]>[] = [];
      for await (const page of entityOf(kind).pull(session, request)) {
        pages.push(page);
        // As the hub does: what was seen and the cursor in one step, before the next page is asked for.
        for (const seen of page.seen) remember(versions, seen);
        if (page.cursor !== undefined) world.memory[kind].cursor = page.cursor;
      }
      return { seen: pages.flatMap((page) => page.seen), alive: pages.at(-1)?.alive, pages };
    },
    push: async (session, kind, write) => {
      const [written] = await entityOf(kind).push(session, [write]);
      if (written === undefined) throw new Error('no answer');
      if (written.status === 'stored' || written.status === 'partial') remember(world.memory[kind].versions, written.seen);
      return written;
    },
    forget: (kind) => {
      world.memory[kind] = memory();
    },
    memory: { contact: memory(), task: memory(), event: memory() },
  };
  return world;
}

function remember(versions: Map<string, string>, seen: Seen<unknown>): void {
  if (isPresent(seen)) versions.set(seen.id, seen.version);
  else if (seen.absent === 'deleted') versions.delete(seen.id);
}

/** One entity, typed by its kind. */
export function entityOf<K extends Kind>(kind: K): {
  readonly pull: (session: Session, request: PullRequest) => AsyncIterable<Page<Records[K]>>;
  readonly push: (session: Session, writes: readonly Write<Records[K]>[]) => Promise<readonly Written<Records[K]>[]>;
  readonly get: (session: Session, id: string) => Promise<Seen<Records[K]>>;
  readonly find: (session: Session, create: Extract<Write<Records[K]>, { op: 'create' }>, since: number) => Promise<readonly { readonly id: string }[]>;
} {
  return orocrm.entities[kind] as never;
}

/** What another client of the API does: other than in the back office, `updatedAt` stands still for collections (rule A14). */
export async function otherClient(world: World, method: string, path: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${world.simulator.admin.issueToken(1)}`, accept: 'application/vnd.api+json', 'content-type': 'application/vnd.api+json' };
  const response = await world.simulator.handle(new Request(`https://crm.example.com${path}`, { method, headers, body: JSON.stringify(body) }));
  if (!response.ok) throw new Error(await response.text());
}

/** `GET /api/contacts/{id}` and how often. */
export function counts(world: World): { readonly [template: string]: number } {
  return { ...world.simulator.counters.requests };
}

/** A small generator of numbers in [0, 1): the same seed gives the same run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
