import { join } from 'node:path';
import { openStore, StoreError, type Store } from '@syncline/store';
import type { Config } from '../config.ts';
import type { HubEnv } from '../env.ts';
import type { SetAtRunTime } from './layers.ts';
import { readStored, writeStored } from './stored.ts';

/** What was set at run time, read while no hub runs; secrets stay sealed. `undefined` where no hub has ever run. Throws a `StoreError`. */
export async function readSetAtRunTime(config: Config, env: Pick<HubEnv, 'store'>): Promise<SetAtRunTime | undefined> {
  return withStore(config, env, (store) => readStored(store, config.users.map(({ id }) => id), sealedVault));
}

/**
 * Takes back what was set at run time while no hub runs, unread: it may be what keeps a hub from starting. Answers the
 * names of those that were set. Throws a `StoreError`.
 */
export async function unsetAtRunTime(config: Config, env: Pick<HubEnv, 'store'>, names: readonly string[], user?: string): Promise<readonly string[]> {
  const found = await withStore(config, env, async (store) => {
    const { everybody, users } = await readStored(store, user === undefined ? [] : [user], sealedVault);
    const set = user === undefined ? everybody : (users[user] ?? {});
    const unset = names.filter((name) => Object.hasOwn(set, name));
    if (unset.length > 0) await writeStored(store, { ...(user !== undefined && { user }), set: {}, unset }, sealedVault);
    return unset;
  });
  return found ?? [];
}

/** Needs no key: nothing is sealed, nothing opened. */
const sealedVault = { seal: async () => '', open: async () => JSON.stringify('(sealed)') };

async function withStore<T>({ data, name }: Config, env: Pick<HubEnv, 'store'>, work: (store: Store) => Promise<T>): Promise<T | undefined> {
  let store: Store;
  try {
    store = await openStore(join(data, 'store'), { env: env.store, expectHubId: name });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store-missing') return undefined;
    throw error;
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
