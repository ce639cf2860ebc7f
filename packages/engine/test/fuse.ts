import { openSession, type BoundEntity, type BoundSide, type Env, type Session, type UserStore } from '../src/index.ts';
import type { TwoSides } from './two-sides.ts';

/** The process is gone: this call, and every later one, never comes back. */
class Crash extends Error {}

/** Stops the process before or after its n-th call through a port. */
export interface Fuse {
  readonly at: number;
  readonly when: 'before' | 'after';
  calls: number;
  dead: boolean;
}

/** One that never blows, to count the calls. */
export function unlitFuse(): Fuse {
  return { at: -1, when: 'before', calls: 0, dead: false };
}

/** Opens the user's document and works on it until the fuse blows, if it does. */
export async function workWith(fuse: Fuse, world: TwoSides, store: UserStore, work: (session: Session) => Promise<unknown>): Promise<void> {
  try {
    const sides = await world.bind((side) => guardSide(fuse, side));
    await work(await openSession(sides, guardStore(fuse, store), world.settings, guardClock(fuse, world.env)));
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

function burn(fuse: Fuse, when: Fuse['when']): void {
  if (fuse.dead) throw new Crash('dead');
  if (when === 'before') fuse.calls += 1;
  if (fuse.calls === fuse.at && fuse.when === when) {
    fuse.dead = true;
    throw new Crash(`${when} call ${fuse.at}`);
  }
}

function guard<A extends readonly unknown[], R>(fuse: Fuse, call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    burn(fuse, 'before');
    const answer = await call(...args);
    burn(fuse, 'after');
    return answer;
  };
}

function guardEntity(fuse: Fuse, entity: BoundEntity): BoundEntity {
  return {
    ...entity,
    get: guard(fuse, entity.get),
    push: guard(fuse, entity.push),
    find: guard(fuse, entity.find),
    async *pull(request) {
      for await (const page of entity.pull(request)) {
        burn(fuse, 'before');
        yield page;
        burn(fuse, 'after');
      }
    },
  };
}

function guardSide(fuse: Fuse, side: BoundSide): BoundSide {
  const { contact, task, event } = side.entities;
  return { ...side, entities: { contact: guardEntity(fuse, contact), task: guardEntity(fuse, task), event: guardEntity(fuse, event) } };
}

function guardStore(fuse: Fuse, store: UserStore): UserStore {
  return { ...store, log: store.log, latest: () => store.latest(), generation: () => store.generation?.() ?? 1, entries: (space, options) => store.entries(space, options), commit: guard(fuse, (batch) => store.commit(batch)), get: guard(fuse, (space, key) => store.get(space, key)), getMany: guard(fuse, (space, keys) => store.getMany(space, keys)) };
}

function guardClock(fuse: Fuse, env: Env): Env {
  return {
    ...env,
    now: () => {
      burn(fuse, 'before');
      return env.now();
    },
  };
}
