import { isDeepStrictEqual } from 'node:util';
import { Failure } from '@syncline/connector';
import { StoreError, type Store } from '@syncline/store';
import { ConfigError, readConfig, type Config, type ConfigSource, type UserConfig } from '../config.ts';
import type { Vault } from '../security/vault.ts';
import { readChange, type Change } from './changes.ts';
import type { SetAtRunTime, SetValues } from './layers.ts';
import { settingRows, type SettingRow } from './rows.ts';
import { readStored, writeStored, type StoredChange } from './stored.ts';

/** What changes settings while a hub runs. */
export interface LiveSettingsOptions {
  readonly config: Config;
  /** Have the last word about connections. */
  readonly connectors: NonNullable<ConfigSource['connectors']>;
  readonly vault: Vault;
  /** Tries the connections that a change would make other ones (S8). */
  readonly trySigningIn: (connections: readonly Connection[]) => Promise<Tried>;
  /** These people's settings hold from now on. */
  readonly apply: (users: readonly UserConfig[]) => void;
  /** The store refused something. */
  readonly storeFailed: (error: StoreError) => void;
  /** One line for the log: names, never values (S15). */
  readonly log: (message: string) => void;
}

/** One side of one person. */
export interface Connection {
  readonly user: UserConfig;
  readonly side: 'left' | 'right';
}

/** What trying connections came to, in sentences. */
export interface Tried {
  /** The service refuses them. */
  readonly mistakes: readonly string[];
  /** They could not be tried: the service does not answer. */
  readonly untried: readonly string[];
  /** They are stored: what was granted while trying holds. */
  readonly take: () => Promise<void>;
}

/** What a change came to. */
export interface Changed {
  readonly settings: readonly SettingRow[];
  /** What a person should know: a connection that could not be tried. */
  readonly notes: readonly string[];
}

/** The settings of a hub: what file and environment say, and what was set since. Changes are made one after the other, each whole or not at all. */
export class LiveSettings {
  readonly #options: LiveSettingsOptions;
  #config: Config;
  #store: Store | undefined;
  #runtime: SetAtRunTime = { everybody: {}, users: {} };
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: LiveSettingsOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  /** Reads what was set before this start. Throws a {@link ConfigError} for what does not fit any more, a `VaultError`, and what the store throws. */
  async open(store: Store): Promise<void> {
    return this.#inTurn(async () => {
      const runtime = await readStored(store, this.users, this.#options.vault);
      const config = await this.#read(runtime);
      this.#store = store;
      this.#take(runtime, config);
    });
  }

  /** Nothing can be set until a store is open again. */
  shut(): void {
    this.#store = undefined;
  }

  get users(): readonly string[] {
    return this.#options.config.users.map(({ id }) => id);
  }

  /** Every setting as it stands for one person, or for everybody. */
  rows(user?: string): readonly SettingRow[] {
    return settingRows(this.#config, user);
  }

  /** Makes a change. Throws a {@link ConfigError} that names every mistake, a `Failure` while there is no store, and what the store throws; then nothing has changed. */
  async change(change: Change): Promise<Changed> {
    return this.#inTurn(() => this.#change(change));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #change(change: Change): Promise<Changed> {
    const { set, unset, mistakes } = readChange(change);
    if (mistakes.length > 0) throw new ConfigError(mistakes);
    const store = this.#store;
    if (store === undefined) throw new Failure('unavailable', 'The data folder is not open: nothing can be set.');
    const { user } = change;
    const runtime = withChange(this.#runtime, user, set, unset);
    const config = await this.#read(runtime);
    const tried = await this.#options.trySigningIn(changedConnections(this.#config.users, config.users));
    if (tried.mistakes.length > 0) throw new ConfigError(tried.mistakes);
    await this.#write(store, { ...(user !== undefined && { user }), set, unset });
    this.#take(runtime, config);
    await tried.take();
    const names = [...Object.keys(set), ...unset.map((name) => `${name} (unset)`)];
    if (names.length > 0) this.#options.log(`Settings of ${user ?? 'everybody'} changed: ${names.join(', ')}.`);
    return { settings: this.rows(user), notes: tried.untried };
  }

  async #write(store: Store, change: StoredChange): Promise<void> {
    try {
      await writeStored(store, change, this.#options.vault);
    } catch (error) {
      if (error instanceof StoreError) this.#options.storeFailed(error);
      throw error;
    }
  }

  #take(runtime: SetAtRunTime, config: Config): void {
    const before = new Map(this.#config.users.map((one) => [one.id, one]));
    this.#runtime = runtime;
    this.#config = config;
    this.#options.apply(config.users.filter((user) => !isDeepStrictEqual(user, before.get(user.id))));
  }

  async #read(runtime: SetAtRunTime): Promise<Config> {
    const { config, connectors } = this.#options;
    const read = await readConfig({ ...config.source, connectors, runtime });
    // No file says Go: it was added for these people, and stays (S20).
    const goes = new Set(config.users.filter(({ go }) => go).map(({ id }) => id));
    return { ...read, users: read.users.map((user) => (goes.has(user.id) ? { ...user, go: true as const } : user)) };
  }
}

function changedConnections(before: readonly UserConfig[], after: readonly UserConfig[]): readonly Connection[] {
  const known = new Map(before.map(({ id, sections }) => [id, sections]));
  return after.flatMap((user) => (['left', 'right'] as const).filter((side) => !isDeepStrictEqual(user.sections[side], known.get(user.id)?.[side])).map((side) => ({ user, side })));
}

function withChange({ everybody, users }: SetAtRunTime, user: string | undefined, set: SetValues, unset: readonly string[]): SetAtRunTime {
  const changed = (values: SetValues): SetValues => Object.fromEntries(Object.entries({ ...values, ...set }).filter(([name]) => !unset.includes(name)));
  return user === undefined ? { everybody: changed(everybody), users } : { everybody, users: { ...users, [user]: changed(users[user] ?? {}) } };
}
