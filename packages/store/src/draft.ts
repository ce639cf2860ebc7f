import { asStoreError, StoreError } from './errors.ts';
import { emptyUserHead, encodeHead, keptSteps, retally, type StoreHead, type UserHead } from './heads.ts';
import { hex, logKey, numberBytes, snapshotKey, spaceKey, stepKey, storeHeadKey, userHeadKey } from './keys.ts';
import { checkSnapshotNumber, type PreparedBatch } from './prepare.ts';
import type { LogEntry } from './types.ts';
import { seal } from './value.ts';

/** One thing to do for one user. */
export type Change =
  | { readonly type: 'create' }
  | { readonly type: 'commit'; readonly batch: PreparedBatch }
  | { readonly type: 'compact'; readonly snapshot: LogEntry };

/** A user's head and its checksum as the store's head has added it up. */
export interface KnownUser {
  readonly head: UserHead;
  readonly checksum: number;
}

/** What the heads on disk say. */
export interface KnownState {
  readonly head: StoreHead;
  readonly users: ReadonlyMap<string, KnownUser>;
}

/** Checksum of a row as it is on disk; `damaged` where it does not match its value. */
export type OldRows = ReadonlyMap<string, number | 'damaged'>;

export type Operation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** Keys of the rows a change replaces, whose present checksums have to be known before. */
export function rowsReplacedBy(userId: string, change: Change): Uint8Array[] {
  return change.type === 'commit' ? change.batch.cells.map(({ space, key }) => spaceKey(userId, space, key)) : [];
}

/** The next write, as it grows by one change after the other. No change leaves half of itself behind. */
export class Draft {
  readonly #known: KnownState;
  readonly #old: OldRows;
  readonly #heads = new Map<string, UserHead>();
  readonly #rows = new Map<string, number | undefined>();
  readonly #operations: Operation[] = [];

  constructor(known: KnownState, old: OldRows) {
    this.#known = known;
    this.#old = old;
  }

  /** Takes a change in; gives the number of the user's newest update after it. If it throws, then as if never called. */
  add(userId: string, change: Change): number {
    const head = this.#headOf(userId);
    const before = this.#operations.length;
    try {
      switch (change.type) {
        case 'create':
          return this.#setHead(userId, head);
        case 'commit':
          return this.#commit(userId, head, change.batch);
        case 'compact':
          return this.#compact(userId, head, change.snapshot);
      }
    } catch (error) {
      this.#operations.length = before;
      throw asStoreError(error, 'store-bad-batch', 'the step cannot be stored');
    }
  }

  /** Nothing to write. */
  get isEmpty(): boolean {
    return this.#heads.size === 0;
  }

  /** Ends the draft: the operations to write, and what is known anew once they are on disk. */
  finish(): { readonly operations: readonly Operation[]; readonly head: StoreHead; readonly users: ReadonlyMap<string, KnownUser> } {
    const users = new Map<string, KnownUser>();
    let tally = this.#known.head.users;
    for (const [userId, head] of this.#heads) {
      const checksum = this.#put(userHeadKey(userId), encodeHead(head));
      tally = retally(tally, this.#known.users.get(userId)?.checksum, checksum);
      users.set(userId, { head, checksum });
    }
    const head: StoreHead = { step: this.#known.head.step + 1, users: tally };
    this.#put(storeHeadKey, encodeHead(head));
    this.#put(stepKey(head.step), new Uint8Array());
    if (head.step > keptSteps) this.#operations.push({ type: 'del', key: stepKey(head.step - keptSteps) });
    return { operations: this.#operations, head, users };
  }

  #commit(userId: string, head: UserHead, batch: PreparedBatch): number {
    if (batch.updates.length === 0 && batch.cells.length === 0) return head.latest;
    const cells = batch.cells.map((cell) => ({ cell, key: spaceKey(userId, cell.space, cell.key) }));
    const before = cells.map(({ key }) => this.#checksumOf(key));
    const after = cells.map(({ cell, key }) => (cell.text === undefined ? this.#del(key) : this.#put(key, Buffer.from(cell.text))));
    batch.updates.forEach((update, index) => this.#put(logKey(userId, head.latest + 1 + index), update));

    const spaces = { ...head.spaces };
    cells.forEach(({ cell, key }, index) => {
      this.#rows.set(hex(key), after[index]);
      spaces[cell.space] = retally(spaces[cell.space], before[index], after[index]);
    });
    return this.#setHead(userId, { ...head, spaces, latest: head.latest + batch.updates.length });
  }

  #compact(userId: string, head: UserHead, snapshot: LogEntry): number {
    checkSnapshotNumber(snapshot.number, head);
    this.#put(snapshotKey(userId), Buffer.concat([numberBytes(snapshot.number), snapshot.update]));
    for (let number = head.snapshot + 1; number <= snapshot.number; number++) this.#del(logKey(userId, number));
    return this.#setHead(userId, { ...head, snapshot: snapshot.number });
  }

  #headOf(userId: string): UserHead {
    return this.#heads.get(userId) ?? this.#known.users.get(userId)?.head ?? emptyUserHead;
  }

  #setHead(userId: string, head: UserHead): number {
    this.#heads.set(userId, head);
    return head.latest;
  }

  /** Checksum of the row as the changes so far leave it. A damaged one is not written over: its loss would go unseen. */
  #checksumOf(key: Uint8Array): number | undefined {
    const name = hex(key);
    const checksum = this.#rows.has(name) ? this.#rows.get(name) : this.#old.get(name);
    if (checksum === 'damaged') throw new StoreError('store-damaged', `row ${name}, which the batch replaces, is damaged`);
    return checksum;
  }

  #put(key: Uint8Array, payload: Uint8Array): number {
    const { bytes, checksum } = seal(key, payload);
    this.#operations.push({ type: 'put', key, value: bytes });
    return checksum;
  }

  #del(key: Uint8Array): undefined {
    this.#operations.push({ type: 'del', key });
  }
}
