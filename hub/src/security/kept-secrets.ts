import { Failure, type Secrets } from '@syncline/connector';
import { StoreError, type UserStore } from '@syncline/store';
import { VaultError, type Vault } from './vault.ts';

/** What a connection that is only tried keeps of signing in. */
export interface Trial {
  readonly secrets: Secrets;
  /** Keeps what the trial changed, for good. */
  readonly take: () => Promise<void>;
}

/** The secrets of one user that change by themselves, such as refresh tokens: sealed, in the user's part of the store. */
export interface KeptSecrets {
  /** From now on they are durable; what was kept before there was a store is written. Throws what the store throws. */
  readonly open: (store: UserStore) => Promise<void>;
  /** Those of one side, as its connector gets them. */
  readonly of: (side: string) => Secrets;
  /** The same for a connection that is only tried: what changes is kept when it is taken, and forgotten otherwise. */
  readonly trial: (side: string) => Trial;
}

/** Nothing kept yet. Before there is a store, at the very first sign-in, what changes waits in memory. */
export function createKeptSecrets(user: string, vault: Vault): KeptSecrets {
  const waiting = new Map<string, string>();
  let store: UserStore | undefined;

  const write = async (to: UserStore, key: string, secret: string): Promise<void> => {
    const sealed = await vault.seal(`${user}/${key}`, secret);
    await to.commit({ put: [{ space: 'state', key, value: { sealed } }] });
  };
  const read = async (key: string): Promise<string | undefined> => {
    const row = (await store?.get('state', key)) as { readonly sealed: string } | undefined;
    return waiting.get(key) ?? (row === undefined ? undefined : vault.open(`${user}/${key}`, row.sealed));
  };
  const of = (side: string): Secrets => ({
    kept: (name) => inWords(read(keyOf(side, name))),
    keep: async (name, secret) => {
      if (store === undefined) waiting.set(keyOf(side, name), secret);
      else await inWords(write(store, keyOf(side, name), secret));
    },
  });

  return {
    of,
    open: async (opened) => {
      for (const [key, secret] of waiting) {
        await write(opened, key, secret);
        if (waiting.get(key) === secret) waiting.delete(key);
      }
      store = opened;
    },
    trial: (side) => {
      const real = of(side);
      const changed = new Map<string, string>();
      return {
        secrets: {
          kept: async (name) => changed.get(name) ?? real.kept(name),
          keep: async (name, secret) => void changed.set(name, secret),
        },
        take: async () => {
          for (const [name, secret] of changed) await real.keep(name, secret);
        },
      };
    },
  };
}

function keyOf(side: string, name: string): string {
  return `secret/${side}/${name}`;
}

/** What a connector's caller tells people. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) throw new Failure('config', error.message, { cause: error });
    if (error instanceof StoreError) throw new Failure('unavailable', `The data folder is out of use: ${error.message}.`, { cause: error });
    throw error;
  }
}
