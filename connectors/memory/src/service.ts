import type { Json, Kind, Mark } from '@syncline/connector';

/** A record of the service: its fields by name, as people see them. */
export type MemoryRecord = { readonly [field: string]: Json };

/** A record with what the service knows about it. */
export interface StoredRecord {
  readonly id: string;
  readonly version: string;
  /** UTC ms of the last change. */
  readonly at: number;
  readonly record: MemoryRecord;
  readonly mark?: Mark;
}

/**
 * The smallest service that can be synced: records in memory, a log of changes, versions. It checks preconditions,
 * forgets nothing and answers at once. Tests edit it as its people would.
 */
export interface MemoryService {
  /** Every record there is, in the order of creation. */
  readonly list: (kind: Kind) => readonly StoredRecord[];
  /** `undefined` when there is none, or none any more. */
  readonly get: (kind: Kind, id: string) => StoredRecord | undefined;
  /** Gives it an id nobody had; empty texts and `null` are not kept. */
  readonly create: (kind: Kind, record: MemoryRecord, mark?: Mark) => StoredRecord;
  /** Changes the named fields; `null` empties one. Undefined when there is no such record. */
  readonly edit: (kind: Kind, id: string, fields: { readonly [field: string]: Json }, mark?: Mark) => StoredRecord | undefined;
  /** False when there is no such record. */
  readonly remove: (kind: Kind, id: string) => boolean;
  /** Ids that were created, changed or removed after the given place in the log, and the place where the log ends. */
  readonly changes: (kind: Kind, after: number) => { readonly ids: readonly string[]; readonly end: number };
  /** How many creations, changes and removals there were. */
  readonly writes: () => number;
}

/** Starts an empty service. `now` gives UTC ms. */
export function createMemoryService(now: () => number): MemoryService {
  const records: Record<Kind, Map<string, StoredRecord>> = { contact: new Map(), task: new Map(), event: new Map() };
  const log: { readonly kind: Kind; readonly id: string }[] = [];
  let ids = 0;

  const put = (kind: Kind, id: string, record: MemoryRecord, mark: Mark | undefined): StoredRecord => {
    log.push({ kind, id });
    const stored = { id, version: String(log.length), at: now(), record, ...(mark !== undefined && { mark }) };
    records[kind].set(id, stored);
    return stored;
  };
  return {
    list: (kind) => [...records[kind].values()],
    get: (kind, id) => records[kind].get(id),
    create: (kind, record, mark) => put(kind, String((ids += 1)), withoutNothing(record), mark),
    edit: (kind, id, fields, mark) => {
      const before = records[kind].get(id);
      return before === undefined ? undefined : put(kind, id, withoutNothing({ ...before.record, ...fields }), mark ?? before.mark);
    },
    remove: (kind, id) => {
      if (!records[kind].delete(id)) return false;
      log.push({ kind, id });
      return true;
    },
    changes: (kind, after) => {
      const since = log.slice(after).filter((change) => change.kind === kind);
      return { ids: [...new Set(since.map(({ id }) => id))], end: log.length };
    },
    writes: () => log.length,
  };
}

function withoutNothing(record: MemoryRecord): MemoryRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== ''));
}
