import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { initStore, openStore, StoreError, type Store } from '@syncline/store';
import { ConfigError, type Config } from './config.ts';
import { buildHub, type Hub, type HubDeps } from './hub.ts';
import { removeRunningFile, writeRunningFile } from './running-file.ts';
import { connectWaiting } from './sync/wait-for-person.ts';
import { VaultError } from './security/vault.ts';

/** Why a hub does not start: sentences that name what to change. Nothing was written. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** The process was asked to end before its hub had started. Nothing was written. */
export class StartCutOff extends StartError {}

/** How to start. */
export interface StartOptions extends HubDeps {
  /** Whether to take the port. Default: yes. */
  readonly listens?: boolean;
  /** Whether cycles run by themselves. Default: yes. */
  readonly schedules?: boolean;
  /** Whether everybody is signed in first. Without it nothing can be written to a service, and no folder is made. Default: yes. */
  readonly signsIn?: boolean;
  /** A person says that the data folder was restored from a copy, where that cannot be noticed (D9). */
  readonly isRestored?: boolean;
  /** Resolves when the process is asked to end: a start that waits for a service is given up, with a {@link StartCutOff}. */
  readonly ended?: Promise<unknown>;
}

/** A hub with its data folder open. */
export interface Started {
  readonly hub: Hub;
  /** Empty when it does not listen. */
  readonly url: string;
  /** Ends cycles, connections and the port, then lets go of the folder. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a hub: takes the port, opens the data folder if there is one, signs in; only when all that went well is a new folder
 * made. Throws a {@link StartError}; then nothing was written anywhere, on disk or in a service.
 */
export async function startHub({ listens = true, schedules = true, signsIn = true, isRestored = false, ended, ...deps }: StartOptions): Promise<Started> {
  const { config, env } = deps;
  const folder = join(config.data, 'store');
  const hub = await buildHub(deps);
  let store: Store | undefined;
  const start = { isOver: false, wasCutOff: false };
  void ended?.then(() => {
    if (start.isOver) return;
    start.wasCutOff = true;
    hub.cut();
  });
  try {
    const { url, localUrl } = listens ? await takePort(hub, config) : { url: '', localUrl: '' };
    store = await openIfThere(folder, config, deps, isRestored);
    if (store?.isCopy === true) env.log(aCopy(config, store, isRestored));
    // Before anybody signs in: connections may have been set at run time.
    if (store !== undefined) await load(hub, store);
    if (signsIn) await signIn(hub, store === undefined, env);
    else if (store === undefined) throw new StartError(`No hub has run with the data folder ${config.data} yet: start one, or say it in the file.`);
    const reopen = (): Promise<Store> => openStore(folder, { env: env.store, expectHubId: config.name });
    await useFolder(config, async () => {
      store ??= await create(folder, config, deps);
      await hub.open(store, { schedules, reopen });
      if (listens) await writeRunningFile(config.data, { url: localUrl, token: hub.ownToken });
    });
    start.isOver = true;
    return {
      hub, url,
      close: async () => {
        await hub.close();
        if (listens) await removeRunningFile(config.data);
      },
    };
  } catch (error) {
    await hub.close();
    await store?.close();
    throw start.wasCutOff ? new StartCutOff('Asked to end before the hub had started: nothing was written.', { cause: error }) : error;
  }
}

async function takePort(hub: Hub, { host, port }: Config): ReturnType<Hub['listen']> {
  try {
    return await hub.listen();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new StartError(`Port ${port} on ${host} is taken: set SYNCLINE_PORT (or "port", or --port) to another one, or stop the program that uses it.`, { cause: error });
    if (code === 'EACCES') throw new StartError(`Port ${port} on ${host} may not be used by this account: set SYNCLINE_PORT (or "port", or --port) to one above 1023.`, { cause: error });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new StartError(`This machine has no address ${host}: set SYNCLINE_HOST (or "host") to one it has, such as 127.0.0.1.`, { cause: error });
    throw error;
  }
}

/** Rule D9, for the log: also where it is no copy after all, but was moved. */
function aCopy({ data }: Config, { generation }: Store, isRestored: boolean): string {
  const why = isRestored ? 'was said to be restored' : 'is a copy: restored from a backup, cloned, or moved from another disk';
  return `The data folder ${data} ${why}. Generation ${generation} begins: both sides are read completely and linked again, nothing is deleted for it, and what changed on both since is asked about.`;
}

async function openIfThere(folder: string, config: Config, { env }: HubDeps, isRestored: boolean): Promise<Store | undefined> {
  try {
    return await openStore(folder, { env: env.store, expectHubId: config.name, isRestored });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store-missing') return undefined;
    return refuseStore(config)(error);
  }
}

/** A creation that was interrupted would be in the way of the next start. What was there before is refused as it is, and stays. */
async function create(folder: string, { name }: Config, { env }: HubDeps): Promise<Store> {
  try {
    return await initStore(folder, { hubId: name, env: env.store });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 'store-exists' || error.code === 'store-locked') throw error;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    // LevelDB calls a folder damaged that it could not finish.
    throw new StoreError('store-write-failed', error.message, { cause: error });
  }
}

/** The disk's own refusals are a person's to deal with, like the store's. */
async function useFolder(config: Config, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StoreError) refuseStore(config)(error);
    if (error instanceof VaultError) throw new StartError(error.message, { cause: error });
    if (error instanceof Error && 'syscall' in error) throw new StartError(`The data folder cannot be used (${error.message}): make ${config.data} writable, or ${elsewhere}.`, { cause: error });
    throw error;
  }
}

/**
 * A new hub needs every sign-in to work, and waits for who types a code. One that has run before starts unless nobody at all can be signed in and it is not
 * the network's fault: the others' sync goes on, and the page says who has to connect again (R8).
 */
async function signIn(hub: Hub, isNew: boolean, env: HubDeps['env']): Promise<void> {
  const failures = await (isNew ? connectWaiting(hub, env) : hub.connect());
  const lasting = failures.filter(({ failure }) => failure.kind !== 'unavailable' && failure.kind !== 'throttle');
  const refused = isNew ? failures.length > 0 : failures.length === hub.users.size && lasting.length > 0;
  if (!refused) return;
  const alone = hub.users.size === 1;
  throw new StartError(failures.map(({ user, failure }) => `${alone ? '' : `${user}: `}${failure.message}`).join('\n'), { cause: failures[0]?.failure });
}

/** What was set at run time may not fit any more what is in the file now, or may not be readable. */
async function load(hub: Hub, store: Store): Promise<void> {
  try {
    await hub.load(store);
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(`${error.message}\nSome of it was set at run time: "syncline settings unset NAME" takes that back while no hub runs.`, { cause: error });
    if (error instanceof VaultError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

const elsewhere = 'set SYNCLINE_DATA (or "data") to another folder';

/** What a person can change, where the store's own sentence does not say it. */
const whatToDo: { readonly [code: string]: (config: Config) => string } = {
  'store-other-hub': () => `: ${elsewhere}, or SYNCLINE_NAME (or "name") to the name of that hub`,
  'store-locked': () => `: stop that one, or ${elsewhere}`,
  'store-exists': () => `: ${elsewhere}`,
  'store-damaged': ({ data }) => `: bring back a copy of ${join(data, 'store')} from before; if no hub has ever run with it, remove it`,
  'store-write-failed': ({ data }) => `: make ${data} writable, or ${elsewhere}`,
};

function refuseStore(config: Config): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof StoreError)) throw error;
    throw new StartError(`${capital(error.message)}${whatToDo[error.code]?.(config) ?? ''}.`, { cause: error });
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
