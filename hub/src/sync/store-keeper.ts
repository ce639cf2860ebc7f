import { StoreError, type Store, type StoreErrorCode } from '@syncline/store';
import type { HubEnv } from '../env.ts';

/** What keeps a hub's store open. */
export interface KeeperOptions {
  readonly store: Store;
  /** Opens the same folder again; absent where there is none. Throws a `StoreError`. */
  readonly reopen?: () => Promise<Store>;
  readonly env: Pick<HubEnv, 'schedule' | 'log'>;
  /** The store is out of use from now on; `why` is a sentence without its full stop. */
  readonly onDown: (why: string) => void;
  /** Another one is in its place. A `StoreError` it throws means: not yet. */
  readonly onUp: (store: Store) => Promise<void>;
}

/** Keeps the store in use. */
export interface StoreKeeper {
  /** The store refused something: it is opened again as soon as the disk allows. Said twice is said once. */
  readonly failed: (error: StoreError) => void;
  /** Tries no more, and closes the store. */
  readonly close: () => Promise<void>;
}

/** Between two attempts, ms: room on a disk is to be noticed within twenty seconds. */
const attempts = { firstMs: 1_000, mostMs: 15_000 };

/** These pass; anything else (damage, a newer format, another hub's folder) needs a person and a new start. */
const passing: ReadonlySet<StoreErrorCode> = new Set(['store-write-failed', 'store-read-failed', 'store-locked', 'store-closed']);

/**
 * After one write that failed LevelDB refuses all others, also when the disk has room again. So nothing is written any
 * more, and the folder is closed and opened again until that works.
 */
export function keepStore({ store: first, reopen, env, onDown, onUp }: KeeperOptions): StoreKeeper {
  let store = first;
  let state: 'up' | 'down' | 'ended' = 'up';
  let attempt: Promise<void> = Promise.resolve();
  let cancel: (() => void) | undefined;
  let said = '';

  const fell = (error: StoreError, waitMs: number): void => {
    if (error.message !== said) env.log(`The data folder: ${error.message}.`);
    said = error.message;
    const passes = reopen !== undefined && passing.has(error.code);
    onDown(`${error.message}${passes ? '; the hub goes on by itself when that is over' : ''}`);
    if (passes) cancel = env.schedule(waitMs, () => {
      attempt = tryAgain(reopen, Math.min(waitMs * 2, attempts.mostMs));
    });
  };

  const tryAgain = async (open: () => Promise<Store>, nextMs: number): Promise<void> => {
    cancel = undefined;
    try {
      await closeQuietly();
      if (state === 'ended') return;
      store = await open();
      await onUp(store);
      said = '';
      if (state === 'down') state = 'up';
      env.log('The data folder is in use again.');
    } catch (error) {
      const refusal = error instanceof StoreError ? error : new StoreError('store-read-failed', error instanceof Error ? error.message : String(error), { cause: error });
      if (state === 'down') fell(refusal, nextMs);
    }
  };

  /** One that could not write may not be able to end well either; what it had acknowledged is on disk. */
  const closeQuietly = async (): Promise<void> => {
    try {
      await store.close();
    } catch (error) {
      env.log(`The data folder: ${error instanceof Error ? error.message : String(error)}.`);
    }
  };

  return {
    failed: (error) => {
      if (state !== 'up') return;
      state = 'down';
      fell(error, attempts.firstMs);
    },
    close: async () => {
      state = 'ended';
      cancel?.();
      await attempt;
      cancel?.();
      await closeQuietly();
    },
  };
}
