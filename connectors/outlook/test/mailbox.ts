import { Failure, isPresent, type Connector, type Context, type Entity, type Kind, type Page, type PullRequest, type Seen, type Write } from '@syncline/connector';
import { createGraphSimulator, defaultApplication, type GraphSimulator, type GraphSwitches } from '@syncline/simulators';
import { config, type Config } from '../src/config.ts';
import { outlook, type OutlookRecords, type Session } from '../src/index.ts';

/** A mailbox in memory, signed in to by the connector. */
export interface Mailbox {
  readonly sim: GraphSimulator;
  readonly session: Session;
  /** Every request that left, parts of batches beside it. */
  readonly sent: Sent[];
  /** The same with addresses as they left, not decoded. */
  readonly raw: { readonly method: string; readonly url: string; readonly headers: Headers; readonly body: string }[];
  readonly log: string[];
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
  /** Signs in again, as after a restart. */
  readonly again: (changes?: Partial<Config>) => Promise<Session>;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

export const user = 'ada@contoso.example';
export const start = Date.parse('2026-03-02T09:00:00Z');

export const settings = config.parse({
  tenant: defaultApplication.tenant,
  clientId: defaultApplication.clientId,
  signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user },
  authority: 'http://127.0.0.1:4010',
  graph: 'http://127.0.0.1:4010',
});

export function createSimulator(switches: Partial<GraphSwitches> = {}, clock = { now: start }): GraphSimulator {
  return createGraphSimulator({ env: { now: () => clock.now, random: dice(7) }, switches, seed: { users: [{ userPrincipalName: user, displayName: 'Ada' }] } });
}

export function contextOf(clock: { now: number }, fetch: Context['fetch'], log: (line: string) => void = () => undefined): Context {
  return { fetch, now: () => clock.now, random: dice(11), zone: 'Europe/Berlin', language: 'en-US', window: { pastDays: 30, futureDays: 365 }, log };
}

export async function openMailbox(options: { readonly switches?: Partial<GraphSwitches>; readonly config?: Partial<Config>; readonly prepare?: (sim: GraphSimulator) => void } = {}): Promise<Mailbox> {
  const clock = { now: start };
  const sim = createSimulator(options.switches, clock);
  options.prepare?.(sim);
  const sent: Sent[] = [];
  const raw: Mailbox['raw'] = [];
  const log: string[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const body = await request.clone().text();
    sent.push({ method: request.method, path: decodeURIComponent(pathname + search), headers: request.headers, body });
    raw.push({ method: request.method, url: request.url, headers: request.headers, body });
    return sim.handle(request);
  };
  const again = (changes: Partial<Config> = {}): Promise<Session> => outlook.connect({ ...settings, ...options.config, ...changes }, contextOf(clock, fetch, (line) => void log.push(line)));
  const session = await again();
  return { sim, session, sent, raw, log, pass: (ms) => (clock.now += ms), again };
}

/** What a hub keeps of one kind: the newest version of each record, and the cursor. */
export interface Held<N> {
  readonly records: Map<string, Seen<N>>;
  cursor: string | null;
}

export function nothingHeld<N>(): Held<N> {
  return { records: new Map(), cursor: null };
}

/** Reads as a hub does, and keeps what it saw; answers the pages. */
export async function pullInto<K extends Kind>(session: Session, kind: K, held: Held<OutlookRecords[K]>): Promise<Page<OutlookRecords[K]>[]> {
  const entity = entityOf(kind);
  const versions = new Map([...held.records].flatMap(([id, seen]) => (isPresent(seen) ? [[id, seen.version] as const] : [])));
  const request: PullRequest = { cursor: held.cursor, known: (id) => versions.get(id), knownCount: versions.size };
  const pages: Page<OutlookRecords[K]>[] = [];
  for await (const page of entity.pull(session, request)) {
    pages.push(page);
    for (const seen of page.seen) held.records.set(seen.id, seen);
    if (page.cursor !== undefined) held.cursor = page.cursor;
  }
  return pages;
}

/** All that was seen in some pages. */
export function seenIn<N>(pages: readonly Page<N>[]): Seen<N>[] {
  return pages.flatMap((page) => page.seen);
}

export function entityOf<K extends Kind>(kind: K): Entity<Session, K, OutlookRecords[K]> {
  const connector: Connector<Config, Session, OutlookRecords> = outlook;
  return connector.entities[kind];
}

export function create<K extends Kind>(kind: K, session: Session, key: string, changes: Partial<OutlookRecords[K]>, mark?: { id: string; origin?: string }): Extract<Write<OutlookRecords[K]>, { op: 'create' }> {
  const record = { ...entityOf(kind).blank(session), ...changes };
  return { op: 'create', key, record, ...(mark !== undefined && { mark }) };
}

/** The failure an attempt ends with. */
export async function failureOf(attempt: () => Promise<unknown>): Promise<Failure> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A seeded source in [0, 1). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
