import type { StoreEnv } from '@syncline/store';
import type { Trust } from './tls/trust.ts';

/** Runs `run` once after `ms`; the answer cancels it. `setTimeout` in the process shell, a fake in tests. */
export type Schedule = (ms: number, run: () => void) => () => void;

/** Everything a hub takes from the world. */
export interface HubEnv {
  /** UTC ms. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly schedule: Schedule;
  /** Random bytes for tokens, in base64url. */
  readonly token: () => string;
  /** The way out to the services; believes public certificates where no `trust` is given. Answers, or throws when there is no answer. */
  readonly fetch: (request: Request, trust?: Trust) => Promise<Response>;
  /** What the store on disk needs. */
  readonly store: StoreEnv;
  /** One line for the log; no secrets (rule S15). */
  readonly log: (message: string) => void;
}
