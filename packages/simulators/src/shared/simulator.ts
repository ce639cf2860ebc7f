import type { Json } from './json.ts';

/** What a simulator takes from outside: the clock and the dice. The same seed gives the same run. */
export interface SimulatorEnv {
  /** UTC ms since 1970. */
  readonly now: () => number;
  /** A number in [0, 1), seeded in tests. */
  readonly random: () => number;
}

/** What happened to the records of one kind since the last `resetCounters()`. */
export interface RecordCounts {
  created: number;
  updated: number;
  deleted: number;
}

/** Counts for tests and benches; they are not part of the saved state. */
export interface Counters {
  /** Every request answered, refused ones included. */
  readonly total: number;
  /** By `METHOD /path-template`, for example `GET /api/contacts/{id}`. */
  readonly requests: Readonly<Record<string, number>>;
  /** By kind, for example `contact`; a kind nobody touched is absent. */
  readonly records: Readonly<Record<string, Readonly<RecordCounts>>>;
}

/** A service behind WHATWG fetch shapes: used in process, or behind real HTTP with `listen`. */
export interface Simulator {
  /**
   * Answers one request as the service would. Rejects with a `TypeError` ("fetch failed"), as fetch does,
   * only where a fault was ordered.
   */
  readonly handle: (request: Request) => Promise<Response>;
  /** Whole state as JSON; handed back as `state` a new simulator goes on where this one was. */
  readonly save: () => Json;
  readonly counters: Counters;
  /** All counts go back to nothing; records and faults stay. */
  readonly resetCounters: () => void;
}
