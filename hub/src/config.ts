import type { Kind } from '@syncline/connector';
import { guardsOf, keysOf, kindsOf, policyOf, type Guards, type Keys, type Policy, type SettingValue } from '@syncline/core';
import type { Installed } from './connectors.ts';
import type { SetAtRunTime } from './settings/layers.ts';
import { Reading } from './settings/reading.ts';
import type { Tree } from './settings/tree.ts';

/** What a hub runs with. */
export interface Config {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly data: string;
  /** Opens the secrets that were set while the hub ran, where it is not a file's to do that. */
  readonly masterKey?: string;
  readonly users: readonly UserConfig[];
  /** Every setting with its value and where it comes from, for `config print` and the API. */
  readonly origins: readonly Origin[];
  /** What it was read from: it is read again when something is set while the hub runs. */
  readonly source: ConfigSource;
}

/** What governs one person's sync. */
export interface UserConfig {
  readonly id: string;
  readonly policy: Policy;
  readonly keys: Keys;
  readonly guards: Guards;
  readonly kinds: readonly Kind[];
  readonly intervalsMs: { readonly left: number; readonly right: number };
  readonly enableSync: boolean;
  readonly showAlerts: boolean;
  readonly zone: string;
  readonly language: string;
  readonly window: { readonly pastDays: number; readonly futureDays: number };
  /** How long history is kept, days (G3). */
  readonly historyDays: number;
  /** The connectors' own sections, all layers together; already found right by the connector. */
  readonly sections: { readonly left: unknown; readonly right: unknown };
  /** The first synchronisation needs no Go: the demo says yes for its people (S20). */
  readonly go?: true;
}

/** One setting as it stands. */
export interface Origin {
  readonly name: string;
  /** The user, where a user has another value than everybody. */
  readonly user?: string;
  /** Secrets are `(set)`. */
  readonly value: SettingValue;
  readonly from: string;
}

/** Everything that is wrong with a configuration, one sentence each. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** What a configuration is read from. */
export interface ConfigSource {
  /** YAML; absent: no file. */
  readonly text?: string;
  /** How the file is called in sentences. */
  readonly file?: string;
  readonly env: { readonly [name: string]: string | undefined };
  /** The machine's time zone. */
  readonly zone: string;
  /** Checks the sections; left out where only the hub's own settings matter. */
  readonly connectors?: { readonly left: Pick<Installed, 'title' | 'config'>; readonly right: Pick<Installed, 'title' | 'config'> };
  /** What was set while the hub ran, from its data folder; absent: nothing. */
  readonly runtime?: SetAtRunTime;
}

/** Reads a configuration. Throws a {@link ConfigError} that names every mistake at once. */
export async function readConfig(source: ConfigSource): Promise<Config> {
  const reading = new Reading(source);
  const tree = reading.parse();
  if (tree === undefined) throw new ConfigError(reading.mistakes);
  const hub = reading.values(reading.layers(tree), 'hub');
  // Everybody's first: a person is listed with what differs.
  const everybody = reading.layers(tree);
  reading.sections(everybody, reading.values(everybody, 'user')['profile']);
  const users = await Promise.all(reading.people(tree).map(([id, own]) => readUser(reading, tree, id, own)));
  if (reading.mistakes.length > 0) throw new ConfigError([...new Set(reading.mistakes)]);
  return {
    name: String(hub['name']), host: String(hub['host']), port: Number(hub['port']), data: String(hub['data']),
    ...(hub['publicUrl'] !== undefined && { publicUrl: String(hub['publicUrl']) }),
    ...(hub['masterKey'] !== undefined && { masterKey: String(hub['masterKey']) }),
    users,
    origins: reading.origins,
    source,
  };
}

async function readUser(reading: Reading, tree: Tree, id: string, own: Tree | undefined): Promise<UserConfig> {
  const layers = reading.layers(tree, id, own);
  const value = reading.values(layers, 'user', id);
  const sections = reading.sections(layers, value['profile'], id);
  await reading.check(sections, id, own !== undefined);
  return {
    id,
    policy: policyOf(value),
    keys: keysOf(value),
    guards: guardsOf(value),
    kinds: kindsOf(value),
    intervalsMs: { left: Number(value['crmSyncIntervalSeconds']) * 1000, right: Number(value['outlookSyncIntervalSeconds']) * 1000 },
    enableSync: value['enableSync'] === true,
    showAlerts: value['showAlerts'] === true,
    zone: String(value['zone']),
    language: String(value['language']),
    window: { pastDays: Number(value['events.pastDays']), futureDays: Number(value['events.futureDays']) },
    historyDays: Number(value['historyDays']),
    sections,
  };
}
