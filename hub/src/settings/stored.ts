import type { Store, UserStore } from '@syncline/store';
import { settingNamed, type Json } from '@syncline/core';
import type { Vault } from '../security/vault.ts';
import type { SetAtRunTime, SetValues } from './layers.ts';

/** The part of the store for what concerns everybody: no user can be called so. */
const hubPart = '#hub';

/** A row: `state`, `setting/<name>`. */
const prefix = 'setting/';

/** A change of one target's rows. */
export interface StoredChange {
  /** Absent: everybody. */
  readonly user?: string;
  readonly set: SetValues;
  readonly unset: readonly string[];
}

/** What was set for everybody and for these users. Throws a `VaultError` for a secret whose key is missing, and what the store throws. */
export async function readStored(store: Store, users: readonly string[], vault: Vault): Promise<SetAtRunTime> {
  const known = new Set(await store.users());
  const read = async (user: string): Promise<SetValues> => (known.has(user) ? rowsOf(await store.user(user), user, vault) : {});
  const own = await Promise.all(users.map(async (user) => [user, await read(user)] as const));
  return { everybody: await read(hubPart), users: Object.fromEntries(own) };
}

/** Writes a change in one durable step, secrets sealed. Throws what the store throws. */
export async function writeStored(store: Store, { user = hubPart, set, unset }: StoredChange, vault: Vault): Promise<void> {
  const put = await Promise.all(Object.entries(set).map(async ([name, value]) => ({
    space: 'state' as const, key: `${prefix}${name}`,
    value: isSecret(name) ? { sealed: await vault.seal(`${user}/${name}`, JSON.stringify(value)) } : { value },
  })));
  const part = await store.user(user);
  await part.commit({ put, del: unset.map((name) => ({ space: 'state', key: `${prefix}${name}` })) });
}

/** Whether a value is sealed and never shown: of a connection's members nobody told us about, those that are called like one. */
export function isSecret(name: string): boolean {
  return settingNamed.get(name)?.secret ?? (!settingNamed.has(name) && /(secret|token|password|passphrase|key)$/i.test(name));
}

async function rowsOf(part: UserStore, user: string, vault: Vault): Promise<SetValues> {
  const values: Record<string, Json> = {};
  for await (const [key, row] of part.entries('state', { prefix })) {
    const name = key.slice(prefix.length);
    const { value, sealed } = row as { readonly value?: Json; readonly sealed?: string };
    values[name] = sealed === undefined ? (value ?? null) : (JSON.parse(await vault.open(`${user}/${name}`, sealed)) as Json);
  }
  return values;
}
