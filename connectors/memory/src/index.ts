import { defineConnector, Failure, type ConfigResult, type Context, type Entity, type EntityLens, type Kind, type Page, type Present, type PullRequest, type Seen, type Write, type Written } from '@syncline/connector';
import { contact, event, task } from './mapping/index.ts';
import type { MemoryRecord, MemoryService, StoredRecord } from './service.ts';

export { createMemoryService, type MemoryRecord, type MemoryService, type StoredRecord } from './service.ts';

/** What the connector is configured with: the service itself, and a name for the account. */
export interface MemoryConfig {
  readonly service: MemoryService;
  readonly account: string;
}

/** A signed-in account: there is nothing to sign in to, so it is what was configured. */
export type Session = MemoryConfig & { readonly context: Context };

/** The smallest connector: the template for a new one, and the double that tests use. */
export const memory = defineConnector<MemoryConfig, Session, { contact: MemoryRecord; task: MemoryRecord; event: MemoryRecord }>({
  contract: 1,
  name: 'memory',
  title: 'Memory',
  config: { '~standard': { version: 1, vendor: 'syncline', validate: readConfig } },
  connect: (config, context) => Promise.resolve({ ...config, context }),
  check: ({ account }) => Promise.resolve({ name: account, origin: account, warnings: [] }),
  entities: { contact: entity('contact', contact), task: entity('task', task), event: entity('event', event) },
});

function entity<K extends Kind>(kind: K, lens: EntityLens<K, MemoryRecord>): Entity<Session, K, MemoryRecord> {
  return {
    caps: { precondition: 'version', createOnce: 'find', marks: true, hiddenLooksDeleted: false, writesPerPush: 5, concurrency: 2 },
    lens: () => lens,
    blank: () => ({}),
    pull: (session, request) => pull(session, kind, request),
    get: async ({ service }, id) => Promise.resolve(seen(id, service.get(kind, id))),
    push: async ({ service }, writes) => Promise.resolve(writes.map((write) => answer(() => push(service, kind, write)))),
    find: async ({ service }, create, since) => Promise.resolve(find(service, kind, create, since)),
  };
}

function readConfig(value: unknown): ConfigResult<MemoryConfig> {
  const { service, account } = (typeof value === 'object' ? (value ?? {}) : {}) as Partial<Record<keyof MemoryConfig, unknown>>;
  if (typeof service !== 'object' || service === null) return { issues: [{ message: 'a service is missing', path: ['service'] }] };
  if (typeof account !== 'string' || account === '') return { issues: [{ message: 'a name for the account is missing', path: ['account'] }] };
  return { value: { service: service as MemoryService, account } };
}

async function* pull({ service }: Session, kind: Kind, { cursor, known }: PullRequest): AsyncIterable<Page<MemoryRecord>> {
  const { ids, end } = service.changes(kind, cursor === null ? 0 : placeOf(cursor));
  const records = await Promise.resolve(ids.map((id) => seen(id, service.get(kind, id))));
  yield {
    // What the hub holds in this version already, our own writes above all, is no news.
    seen: records.flatMap((one): readonly Seen<MemoryRecord>[] => ('absent' in one ? [{ id: one.id, absent: 'missing' }] : known(one.id) === one.version ? [] : [one])),
    cursor: String(end),
    ...(cursor === null && { alive: service.list(kind).map(({ id }) => id) }),
  };
}

function placeOf(cursor: string): number {
  if (!/^\d+$/.test(cursor)) throw new Failure('cursor-expired', 'This place in the log cannot be read; everything is read again.');
  return Number(cursor);
}

/** A write that fails is the answer of its own; the others go on. */
function answer<N>(write: () => Written<N>): Written<N> {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { status: 'failed', failure: error };
  }
}

function push(service: MemoryService, kind: Kind, write: Write<MemoryRecord>): Written<MemoryRecord> {
  if (write.op === 'create') return { status: 'stored', seen: present(service.create(kind, write.record, write.mark)) };
  const before = service.get(kind, write.id);
  if (before === undefined) return { status: 'gone', seen: seen(write.id, before) };
  if (before.version !== write.ifVersion) return { status: 'conflict', seen: present(before) };
  if (write.op === 'delete') {
    service.remove(kind, write.id);
    return { status: 'stored', seen: seen(write.id, undefined) };
  }
  const stored = service.edit(kind, write.id, changes(write.base, write.record), write.mark);
  return { status: 'stored', seen: seen(write.id, stored) };
}

/** Only what differs is sent, so that what others changed meanwhile stays (G5). */
function changes(base: MemoryRecord, record: MemoryRecord): MemoryRecord {
  const names = [...new Set([...Object.keys(base), ...Object.keys(record)])];
  return Object.fromEntries(names.filter((name) => JSON.stringify(base[name]) !== JSON.stringify(record[name])).map((name) => [name, record[name] ?? null]));
}

/** By mark where there is one, which nobody else writes; else by content, of what was made since. */
function find(service: MemoryService, kind: Kind, { mark: wanted, record: sent }: Extract<Write<MemoryRecord>, { op: 'create' }>, since: number): readonly Present<MemoryRecord>[] {
  const isIt = ({ at, record, mark }: StoredRecord): boolean =>
    wanted === undefined ? at >= since && sameContent(record, sent) : mark?.id === wanted.id && (wanted.origin === undefined || mark.origin === wanted.origin);
  return service.list(kind).filter(isIt).map(present);
}

function sameContent(a: MemoryRecord, b: MemoryRecord): boolean {
  const sorted = (record: MemoryRecord): string => JSON.stringify(Object.entries(record).sort());
  return sorted(a) === sorted(b);
}

function seen(id: string, stored: StoredRecord | undefined): Seen<MemoryRecord> {
  return stored === undefined ? { id, absent: 'deleted' } : present(stored);
}

function present({ id, version, at, record, mark }: StoredRecord): Present<MemoryRecord> {
  return { id, version, at, record, ...(mark !== undefined && { mark }) };
}
