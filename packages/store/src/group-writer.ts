import { Draft, rowsReplacedBy, type Change, type KnownState, type KnownUser, type OldRows } from './draft.ts';
import { asStoreError, StoreError } from './errors.ts';
import type { StoreHead } from './heads.ts';
import { hex } from './keys.ts';
import type { LevelDb } from './level-db.ts';
import type { StepFile } from './step-file.ts';
import { unseal } from './value.ts';

/** Changes of one group; a bound for memory only, far above what waits while one write is under way. */
const groupLimit = 256;

interface Waiting {
  readonly userId: string;
  readonly change: Change;
  readonly resolve: (latest: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes for all users, one group at a time: whatever was handed over while the last write was under way goes to disk
 * in one flushed LevelDB batch. So the order of the calls is the order on disk, and many users share one flush.
 */
export class GroupWriter {
  readonly #level: LevelDb;
  readonly #steps: StepFile;
  readonly #queue: Waiting[] = [];
  readonly #users: Map<string, KnownUser>;
  #head: StoreHead;
  #failure: StoreError | undefined;
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(level: LevelDb, steps: StepFile, state: KnownState) {
    this.#level = level;
    this.#steps = steps;
    this.#users = new Map(state.users);
    this.#head = state.head;
  }

  /** What is on disk. */
  get state(): KnownState {
    return { head: this.#head, users: this.#users };
  }

  /** Resolves, once the change is on disk, to the number of the user's newest update. Rejects with `StoreError`. */
  submit(userId: string, change: Change): Promise<number> {
    if (this.#ended) return Promise.reject(new StoreError('store-closed', 'the store was closed'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ userId, change, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses what comes from now on, and lets the queue run empty. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // What is called in the same turn belongs to the same group.
    while (this.#queue.length > 0) await this.#writeGroup(this.#queue.splice(0, groupLimit));
    this.#running = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    if (this.#failure !== undefined) return refuse(group, this.#failure);
    let old: OldRows;
    try {
      old = await this.#readOld(group);
    } catch (error) {
      return refuse(group, asStoreError(error, 'store-read-failed', 'the rows to be replaced cannot be read'));
    }
    const draft = new Draft(this.state, old);
    const accepted = group.flatMap((waiting) => addTo(draft, waiting));
    try {
      if (!draft.isEmpty) await this.#write(draft);
    } catch (error) {
      // LevelDB refuses every further write after one that failed, also when the disk has room again.
      this.#failure = asStoreError(error, 'store-write-failed', 'a write failed; close and open the store to write again');
      return refuse(accepted.map(({ waiting }) => waiting), this.#failure);
    }
    for (const { waiting, latest } of accepted) waiting.resolve(latest);
  }

  async #readOld(group: readonly Waiting[]): Promise<OldRows> {
    const keys = group.flatMap(({ userId, change }) => rowsReplacedBy(userId, change));
    const values: readonly (Uint8Array | undefined)[] = keys.length === 0 ? [] : await this.#level.getMany(keys);
    const old = new Map<string, number | 'damaged'>();
    keys.forEach((key, index) => {
      const value = values[index];
      if (value !== undefined) old.set(hex(key), checksumOf(key, value));
    });
    return old;
  }

  async #write(draft: Draft): Promise<void> {
    const { operations, head, users } = draft.finish();
    await this.#level.batch([...operations], { sync: true });
    this.#head = head;
    for (const [userId, user] of users) this.#users.set(userId, user);
    try {
      await this.#steps.write(head.step);
    } catch (error) {
      // This write is on disk and is acknowledged. Another one would not be guarded by the file HEAD.
      this.#failure = asStoreError(error, 'store-write-failed', 'the file HEAD cannot be written; close and open the store to write again');
    }
  }
}

function addTo(draft: Draft, waiting: Waiting): { readonly waiting: Waiting; readonly latest: number }[] {
  try {
    return [{ waiting, latest: draft.add(waiting.userId, waiting.change) }];
  } catch (error) {
    waiting.reject(error); // Concerns this change only; the rest of the group goes on.
    return [];
  }
}

function refuse(group: readonly Waiting[], error: StoreError): void {
  for (const { reject } of group) reject(error);
}

function checksumOf(key: Uint8Array, value: Uint8Array): number | 'damaged' {
  try {
    return unseal(key, value).checksum;
  } catch {
    return 'damaged'; // The change that replaces this row is refused with the reason.
  }
}
