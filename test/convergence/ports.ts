import type { Context } from '@syncline/connector';
import type { Env, UserStore } from '@syncline/engine';

/** The process is gone: this call, and every later one of its life, never comes back. */
export class Crash extends Error {}

/** A process from its start to its end, which may come at any call through a port. */
export interface Life {
  isDead: boolean;
  /** Calls through ports so far. */
  calls: number;
  /** It ends before or after this call; never when absent. */
  end?: { readonly at: number; readonly when: 'before' | 'after' };
}

/** A process that has just started. */
export function newLife(): Life {
  return { isDead: false, calls: 0 };
}

function enter(life: Life): number {
  if (life.isDead) throw new Crash('the process is gone');
  life.calls += 1;
  stop(life, life.calls, 'before');
  return life.calls;
}

function stop(life: Life, call: number, when: 'before' | 'after'): void {
  if (life.isDead) throw new Crash('the process is gone');
  if (life.end?.at !== call || life.end.when !== when) return;
  life.isDead = true;
  throw new Crash(`the process ends ${when} call ${call}`);
}

function through<A extends readonly unknown[], R>(life: Life, call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    const number = enter(life);
    const answer = await call(...args);
    stop(life, number, 'after');
    return answer;
  };
}

/** The network as a process has it: a request that was sent is answered to nobody once the process is gone. */
export function mortalFetch(life: Life, fetch: Context['fetch']): Context['fetch'] {
  return through(life, fetch);
}

/** The disk as a process has it: what was committed stays, what was not is gone. */
export function mortalStore(life: Life, store: UserStore): UserStore {
  return {
    commit: through(life, (batch) => store.commit(batch)),
    get: through(life, (space, key) => store.get(space, key)),
    getMany: through(life, (space, keys) => store.getMany(space, keys)),
    latest: () => store.latest(),
    entries: (space, options) => store.entries(space, options),
    log: { read: (from) => store.log.read(from), snapshot: () => store.log.snapshot(), compact: through(life, (snapshot) => store.log.compact(snapshot)) },
  };
}

/** Clock and dice as a process has them. */
export function mortalEnv(life: Life, env: Env): Env {
  return {
    random: env.random,
    now: () => {
      enter(life);
      return env.now();
    },
  };
}
