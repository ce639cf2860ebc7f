import { StoreError } from './errors.ts';
import { addressOf, checkSnapshotNumber, prepareBatch, prepareSnapshot, type PreparedBatch } from './prepare.ts';
import type { Batch, EntriesOptions, Json, LogEntry, Space, Store, UpdateLog, UserStore } from './types.ts';

/** What stays when a memory store is closed or forgotten: give it to the next one. */
export class MemoryDisk {
  /** @internal The rows of each user; a memory store reads and writes them. */
  readonly users: Map<string, MemoryRows>;
  /** The {@link Store.generation} of a store on this disk. */
  readonly generation: number;
  /** Who may write: the store opened last. */
  owner: object | undefined;

  constructor(users = new Map<string, MemoryRows>(), generation = 1) {
    this.users = users;
    this.generation = generation;
  }

  /** The disk as it is now, as a backup keeps it: what is opened on it is the next generation. */
  copy(): MemoryDisk {
    return new MemoryDisk(structuredClone(this.users), this.generation + 1);
  }
}

/** What a memory store can be given. */
export interface MemoryOptions {
  /** Default `memory`. */
  readonly hubId?: string;
  /**
   * Where the rows are; a new one by default. Opening a second store on a disk shuts the first one out, as the death
   * of its process would: whatever of it still runs gets `store-closed`.
   */
  readonly disk?: MemoryDisk;
  /** Called before each step is written. If it rejects, so does this step and every later one (`store-write-failed`). */
  readonly beforeWrite?: () => Promise<void>;
}

/** A store in memory, with the behaviour of the one on disk; for tests and seeded worlds. */
export function memoryStore(options: MemoryOptions = {}): Store {
  return new MemoryStore(options);
}

/** What a user has on a disk in memory. */
export interface MemoryRows {
  latest: number;
  snapshot: LogEntry | undefined;
  readonly log: Map<number, Uint8Array>;
  /** JSON text by space and key, as on disk: what is read is never the object that was written. */
  readonly cells: Map<string, string>;
}

class MemoryStore implements Store {
  readonly hubId: string;
  readonly generation: number;
  readonly isCopy: boolean;
  readonly #disk: MemoryDisk;
  readonly #beforeWrite: () => Promise<void>;
  readonly #users = new Map<string, Promise<UserStore>>();
  #last: Promise<unknown> = Promise.resolve();
  #failure: StoreError | undefined;
  #closed = false;

  constructor({ hubId = 'memory', disk = new MemoryDisk(), beforeWrite = () => Promise.resolve() }: MemoryOptions) {
    this.hubId = hubId;
    this.#disk = disk;
    this.#beforeWrite = beforeWrite;
    this.generation = disk.generation;
    this.isCopy = disk.generation > 1 && disk.owner === undefined;
    disk.owner = this;
  }

  async user(userId: string): Promise<UserStore> {
    this.#refuseIfClosed();
    const known = this.#users.get(userId);
    if (known !== undefined) return known;
    const opening = this.#openUser(userId);
    this.#users.set(userId, opening);
    opening.catch(() => this.#users.delete(userId)); // So that it can be tried again; the caller gets the error.
    return opening;
  }

  async users(): Promise<readonly string[]> {
    this.#refuseIfClosed();
    return [...this.#disk.users.keys()].sort();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  async #openUser(userId: string): Promise<UserStore> {
    const rows = this.#disk.users.get(userId) ?? { latest: 0, snapshot: undefined, log: new Map(), cells: new Map() };
    if (!this.#disk.users.has(userId)) await this.#write(() => this.#disk.users.set(userId, rows));
    return new MemoryUser(rows, {
      write: (step) => this.#write(step),
      refuseIfClosed: () => this.#refuseIfClosed(),
      generation: this.generation,
    });
  }

  /** One step after the other. `step` either takes effect at once and wholly, or throws. */
  #write<T>(step: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(closedError());
    const written = this.#last.then(() => this.#writeNow(step));
    this.#last = written.catch(() => undefined); // The caller of this step gets its error.
    return written;
  }

  async #writeNow<T>(step: () => T): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#beforeWrite();
    } catch (error) {
      this.#failure = new StoreError('store-write-failed', 'a write failed; close and open the store to write again', { cause: error });
      throw this.#failure;
    }
    if (this.#disk.owner !== this) throw closedError();
    return step();
  }

  #refuseIfClosed(): void {
    if (this.#closed || this.#disk.owner !== this) throw closedError();
  }
}

class MemoryUser implements UserStore {
  readonly log: UpdateLog;
  readonly #rows: MemoryRows;
  readonly #store: { write<T>(step: () => T): Promise<T>; refuseIfClosed(): void; readonly generation: number };

  constructor(rows: MemoryRows, store: { write<T>(step: () => T): Promise<T>; refuseIfClosed(): void; readonly generation: number }) {
    this.#rows = rows;
    this.#store = store;
    this.log = {
      append: (updates) => this.commit({ updates }),
      read: (fromNumber) => this.#readLog(fromNumber ?? 1),
      snapshot: () => this.#snapshot(),
      compact: (snapshot) => this.#compact(snapshot),
    };
  }

  async commit(batch: Batch): Promise<number> {
    const prepared = prepareBatch(batch);
    return this.#store.write(() => commitTo(this.#rows, prepared));
  }

  latest(): number {
    return this.#rows.latest;
  }

  generation(): number {
    return this.#store.generation;
  }

  async get(space: Space, key: string): Promise<Json | undefined> {
    return (await this.getMany(space, [key]))[0];
  }

  async getMany(space: Space, keys: readonly string[]): Promise<readonly (Json | undefined)[]> {
    this.#store.refuseIfClosed();
    return keys.map((key) => {
      const text = this.#rows.cells.get(addressOf(space, key));
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    });
  }

  async *entries(space: Space, options: EntriesOptions = {}): AsyncGenerator<readonly [string, Json]> {
    this.#store.refuseIfClosed();
    const { prefix = '', from, limit = Infinity, reverse = false } = options;
    const start = addressOf(space, prefix);
    const found = [...this.#rows.cells]
      .filter(([address]) => address.startsWith(start))
      .map(([address, text]) => [address.slice(space.length + 1), text] as const)
      .filter(([key]) => from === undefined || (reverse ? key <= from : key >= from))
      .sort(([a], [b]) => (a < b === reverse ? 1 : -1));
    for (const [key, text] of found.slice(0, Math.max(0, limit))) {
      this.#store.refuseIfClosed();
      yield [key, JSON.parse(text) as Json];
    }
  }

  async *#readLog(fromNumber: number): AsyncGenerator<LogEntry> {
    this.#store.refuseIfClosed();
    for (const [number, update] of [...this.#rows.log]) {
      if (number < fromNumber) continue;
      this.#store.refuseIfClosed();
      yield { number, update: Uint8Array.from(update) };
    }
  }

  async #snapshot(): Promise<LogEntry | undefined> {
    this.#store.refuseIfClosed();
    const { snapshot } = this.#rows;
    return snapshot && { number: snapshot.number, update: Uint8Array.from(snapshot.update) };
  }

  async #compact(snapshot: LogEntry): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    await this.#store.write(() => {
      const { log, latest, snapshot: present } = this.#rows;
      checkSnapshotNumber(prepared.number, { latest, snapshot: present?.number ?? 0 });
      this.#rows.snapshot = prepared;
      for (const number of [...log.keys()]) if (number <= prepared.number) log.delete(number);
    });
  }
}

function commitTo(rows: MemoryRows, batch: PreparedBatch): number {
  for (const update of batch.updates) rows.log.set(++rows.latest, update);
  for (const { space, key, text } of batch.cells) {
    if (text === undefined) rows.cells.delete(addressOf(space, key));
    else rows.cells.set(addressOf(space, key), text);
  }
  return rows.latest;
}

function closedError(): StoreError {
  return new StoreError('store-closed', 'the store was closed');
}
