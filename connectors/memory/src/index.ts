import { defineConnector, type Context, type Entity, type EntityLens, type Kind, type Page, type Present, type Seen, type Write, type Written } from '@syncline/connector';
import { contact, event, task } from './mapping/index.ts';
import type { MemoryRecord, MemoryService, StoredRecord } from './service.ts';

export { createMemoryService, type MemoryRecord, type MemoryService, type StoredRecord } from './service.ts';

/** What the connector is configured with: the service itself, and a name for the account. */
export interface MemoryConfig {
  readonly service: MemoryService;
  readonly account: string;
}

type Session = MemoryConfig & { readonly context: Context };

/** The smallest connector: the template for a new one, and the double that tests use. */
export const memory = defineConnector<MemoryConfig, Session, { contact: MemoryRecord; task: MemoryRecord; event: MemoryRecord }>({
  contract: 1,
  name: 'memory',
  title: 'Memory',
  config: { '~standard': { version: 1, vendor: 'syncline', validate: (value) => ({ value: value as MemoryConfig }) } },
  connect: (config, context) => Promise.resolve({ ...config, context }),
  check: ({ account }) => Promise.resolve({ name: account, origin: account, warnings: [] }),
  entities: { contact: entity('contact', contact), task: entity('task', task), event: entity('event', event) },
});

function entity<K extends Kind>(kind: K, lens: EntityLens<K, MemoryRecord>): Entity<Session, K, MemoryRecord> {
  return {
    caps: { precondition: 'version', createOnce: 'find', marks: true, hiddenLooksDeleted: false, writesPerPush: 5, concurrency: 2 },
    lens: () => lens,
    blank: () => ({}),
    pull: (session, { cursor }) => pull(session, kind, cursor),
    get: ({ service }, id) => Promise.resolve(seen(id, service.get(kind, id))),
    push: ({ service }, writes) => Promise.resolve(writes.map((write) => push(service, kind, write))),
    find: ({ service }, create) => Promise.resolve(find(service, kind, create)),
  };
}

async function* pull({ service }: Session, kind: Kind, cursor: string | null): AsyncIterable<Page<MemoryRecord>> {
  const { ids, end } = service.changes(kind, cursor === null ? 0 : Number(cursor));
  const records = await Promise.resolve(ids.map((id) => seen(id, service.get(kind, id))));
  yield {
    seen: records.map((one) => ('absent' in one ? { id: one.id, absent: 'missing' } : one)),
    cursor: String(end),
    ...(cursor === null && { alive: service.list(kind).map(({ id }) => id) }),
  };
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

/** By mark where there is one, else by content. */
function find(service: MemoryService, kind: Kind, create: Extract<Write<MemoryRecord>, { op: 'create' }>): readonly Present<MemoryRecord>[] {
  const isIt = ({ record, mark }: StoredRecord): boolean =>
    create.mark === undefined ? JSON.stringify(Object.entries(record).sort()) === JSON.stringify(Object.entries(create.record).sort()) : mark?.id === create.mark.id;
  return service.list(kind).filter(isIt).map(present);
}

function seen(id: string, stored: StoredRecord | undefined): Seen<MemoryRecord> {
  return stored === undefined ? { id, absent: 'deleted' } : present(stored);
}

function present({ id, version, at, record, mark }: StoredRecord): Present<MemoryRecord> {
  return { id, version, at, record, ...(mark !== undefined && { mark }) };
}
