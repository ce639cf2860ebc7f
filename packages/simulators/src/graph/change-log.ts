import type { Json } from '../shared/json.ts';

/** The newest change of one item. `gone` is set once it left this collection. */
export interface Change {
  readonly seq: number;
  readonly key: string;
  readonly gone?: Gone;
}

/** What is still known of an item that left: its other id, and for a series what the calendar view showed of it. */
export interface Gone {
  readonly mutableId: string;
  readonly versions?: Json;
}

/**
 * The changes of one collection in the order of their sequence numbers. Each item counts once, at its newest change, so
 * that a delta round looks only at what changed since its token and never at the whole collection.
 */
export class ChangeLog {
  #entries: Change[] = [];
  #newest = new Map<string, Change>();

  static restore(changes: readonly Change[]): ChangeLog {
    const log = new ChangeLog();
    log.#entries = [...changes];
    for (const change of changes) log.#newest.set(change.key, change);
    return log;
  }

  /** Sequence numbers only rise. */
  record(change: Change): void {
    this.#entries.push(change);
    this.#newest.set(change.key, change);
    if (this.#entries.length > 1_000 + 2 * this.#newest.size) this.#entries = this.all();
  }

  newest(key: string): Change | undefined {
    return this.#newest.get(key);
  }

  /** Newest changes with `after < seq <= upTo`, oldest first. */
  *between(after: number, upTo: number): Generator<Change> {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.seq ?? 0) <= after) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.#entries.length; at += 1) {
      const entry = this.#entries[at];
      if (!entry || entry.seq > upTo) return;
      if (this.#newest.get(entry.key) === entry) yield entry;
    }
  }

  /** The sequence number after which exactly the latest `count` changes up to `upTo` lie. */
  before(upTo: number, count: number): number {
    let seq = upTo;
    let left = count;
    for (let at = this.#entries.length - 1; at >= 0 && left > 0; at -= 1) {
      const entry = this.#entries[at];
      if (!entry || entry.seq > upTo || this.#newest.get(entry.key) !== entry) continue;
      seq = entry.seq - 1;
      left -= 1;
    }
    return seq;
  }

  all(): Change[] {
    return this.#entries.filter((entry) => this.#newest.get(entry.key) === entry);
  }
}
