import type { Kind } from '@syncline/connector';
import { classicPolicy, safePolicy, type Policy } from '@syncline/core';
import { parseDocument } from 'yaml';
import type { Installed } from './connectors.ts';
import { nearest } from './nearest.ts';
import { Refusal, settings, type Setting, type SettingValue } from './settings.ts';

/** What a hub runs with. */
export interface Config {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly data: string;
  readonly users: readonly UserConfig[];
  /** Every setting with its value and where it comes from, for `config print`. */
  readonly origins: readonly Origin[];
}

/** What governs one person's sync. */
export interface UserConfig {
  readonly id: string;
  readonly policy: Policy;
  readonly kinds: readonly Kind[];
  readonly intervalsMs: { readonly left: number; readonly right: number };
  readonly enableSync: boolean;
  readonly showAlerts: boolean;
  readonly zone: string;
  readonly language: string;
  readonly window: { readonly pastDays: number; readonly futureDays: number };
  /** The connectors' own sections, as they stand in the file; already found right by the connector. */
  readonly sections: { readonly left: unknown; readonly right: unknown };
  /** The first synchronisation needs no Go: the demo says yes for its people (S20). */
  readonly go?: true;
}

/** One setting as it stands. */
export interface Origin {
  readonly name: string;
  /** The user, where a user has a value of its own. */
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
}

type Tree = { readonly [key: string]: unknown };

/** Reads a configuration. Throws a {@link ConfigError} that names every mistake at once. */
export async function readConfig(source: ConfigSource): Promise<Config> {
  const reading = new Reading(source);
  const tree = reading.parse();
  if (tree === undefined) throw new ConfigError(reading.mistakes);
  const hub = reading.values(tree, 'hub', undefined);
  const users = await Promise.all(reading.people(tree).map(([id, own]) => readUser(reading, tree, id, own)));
  if (reading.mistakes.length > 0) throw new ConfigError([...new Set(reading.mistakes)]);
  return {
    name: String(hub['name']), host: String(hub['host']), port: Number(hub['port']), data: String(hub['data']),
    ...(hub['publicUrl'] !== undefined && { publicUrl: String(hub['publicUrl']) }),
    users,
    origins: reading.origins,
  };
}

async function readUser(reading: Reading, tree: Tree, id: string, own: Tree | undefined): Promise<UserConfig> {
  const merged = mergeTrees(tree, own ?? {});
  const label = own === undefined ? undefined : id;
  const value = reading.values(merged, 'user', label, own);
  const sections = reading.sections(merged, label, own);
  await reading.check(sections, label);
  return {
    id,
    policy: policyOf(value),
    kinds: ([['contact', 'contacts'], ['task', 'tasks'], ['event', 'calendarEvents']] as const).flatMap(([kind, name]) => (value[name] === true ? [kind] : [])),
    intervalsMs: { left: Number(value['crmSyncIntervalSeconds']) * 1000, right: Number(value['outlookSyncIntervalSeconds']) * 1000 },
    enableSync: value['enableSync'] === true,
    showAlerts: value['showAlerts'] === true,
    zone: String(value['zone']),
    language: String(value['language']),
    window: { pastDays: Number(value['events.pastDays']), futureDays: Number(value['events.futureDays']) },
    sections,
  };
}

/** The profile with the switches that were set by hand. */
function policyOf(value: Values): Policy {
  const preset = value['profile'] === 'classic' ? classicPolicy : safePolicy;
  const direction = { 'orocrm-to-outlook': 'left-to-right', 'outlook-to-orocrm': 'right-to-left', bidirectional: 'both-ways' } as const;
  const deleteVsEdit = { byPolicy: 'by-policy', deleteWins: 'delete-wins' } as const;
  const oneWayRevert = { immediately: 'immediately', onSourceChange: 'on-source-change' } as const;
  const pick = <V>(table: { readonly [word: string]: V }, name: string, otherwise: V): V => table[String(value[name])] ?? otherwise;
  return {
    direction: pick<Policy['direction']>(direction, 'direction', preset.direction),
    precedence: value['wins'] === 'outlook' ? ['right', 'left'] : ['left', 'right'],
    granularity: pick<Policy['granularity']>({ field: 'field', record: 'record' }, 'switches.conflict.granularity', preset.granularity),
    deleteVsEdit: pick<Policy['deleteVsEdit']>(deleteVsEdit, 'switches.deleteVsEdit', preset.deleteVsEdit),
    emptyOverwrites: pick({ true: true, false: false }, 'switches.firstMatch.emptyOverwrites', preset.emptyOverwrites),
    matchBeforeCreate: pick({ true: true, false: false }, 'switches.outlookToOro.matchBeforeCreate', preset.matchBeforeCreate),
    matchWithoutName: pick({ true: true, false: false }, 'switches.keys.matchWithoutName', preset.matchWithoutName),
    rightDeletion: pick<Policy['rightDeletion']>({ recreate: 'recreate', ignore: 'ignore', propagate: 'propagate' }, 'switches.outlookDeletion', preset.rightDeletion),
    oneWayRevert: pick<Policy['oneWayRevert']>(oneWayRevert, 'switches.oneWayRevert', preset.oneWayRevert),
  };
}

type Values = { readonly [name: string]: SettingValue };

/** Collects mistakes and origins while a configuration is read. */
class Reading {
  readonly mistakes: string[] = [];
  readonly origins: Origin[] = [];
  readonly #source: ConfigSource;

  constructor(source: ConfigSource) {
    this.#source = source;
    for (const name of Object.keys(source.env)) {
      if (name.startsWith('SYNCLINE_') && !known.has(name)) this.mistakes.push(`${name} is no setting${nearest(name, [...known])}.`);
    }
  }

  /** The file as a tree; `undefined` when nothing can be said about what is in it. */
  parse(): Tree | undefined {
    if (this.#source.text === undefined) return {};
    const document = parseDocument(this.#source.text, { stringKeys: true, logLevel: 'error' });
    // Warnings too: "!secret" is a tag of YAML's, and what is left of the value is not what was meant.
    for (const { message } of [...document.errors, ...document.warnings]) this.mistakes.push(`${this.#file} is not YAML: ${sentenceOfYaml(message)}.`);
    if (this.mistakes.length > 0 && document.errors.length + document.warnings.length > 0) return undefined;
    const tree = this.#toTree(document);
    if (tree === 'refused') return undefined;
    if (tree === null || tree === undefined) return {};
    if (isTree(tree)) {
      this.#refuseUnknown(tree, '', topNames);
      return tree;
    }
    this.mistakes.push(`${this.#file} has to hold settings, one "name: value" a line.`);
    return undefined;
  }

  /** An alias nobody defined, or aliases of aliases without end; the library's own words may hold a secret that begins with an asterisk. */
  #toTree(document: ReturnType<typeof parseDocument>): unknown {
    try {
      return document.toJS();
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      this.mistakes.push(`${this.#file} is not YAML: an alias (*name) leads nowhere, or to too much; a text that begins with * has to stand in quotes.`);
      return 'refused';
    }
  }

  /** The people of the file; without `users` the file is one person's. */
  people(tree: Tree): readonly (readonly [id: string, own: Tree | undefined])[] {
    const users = tree['users'];
    if (users === undefined) return [['me', undefined]];
    if (!isTree(users) || Object.keys(users).length === 0) {
      this.mistakes.push('users has to hold at least one person: "users: { ada: { orocrm: ..., outlook: ... } }".');
      return [];
    }
    return Object.entries(users).flatMap(([id, own]) => {
      if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)) this.mistakes.push(`users.${id}: a user is named with small letters, digits, dots and hyphens.`);
      if (own !== null && !isTree(own)) this.mistakes.push(`users.${id} has to hold settings of this person.`);
      if (isTree(own)) this.#refuseUnknown(own, `users.${id}.`, userNames);
      return [[id, isTree(own) ? own : {}] as const];
    });
  }

  values(tree: Tree, scope: 'hub' | 'user', user: string | undefined, own?: Tree): Values {
    return Object.fromEntries(settings.filter((setting) => setting.scope === scope).map((setting) => [setting.name, this.#value(setting, tree, user, own)]));
  }

  /** The connectors' sections with the secrets of the environment in them. */
  sections(tree: Tree, user: string | undefined, own: Tree | undefined): UserConfig['sections'] {
    let whole = tree;
    for (const setting of settings.filter(({ scope }) => scope === 'secret')) {
      const [section = '', group = ''] = setting.name.split('.');
      const fromEnv = this.#source.env[setting.env];
      // Only where the chosen way of signing in can take it: an unknown member would be a mistake of its own.
      if (fromEnv !== undefined && isTree(at(tree, `${section}.${group}`))) whole = put(whole, setting.name.split('.'), fromEnv);
      const value = at(whole, setting.name);
      if (value !== undefined) this.#note(setting, '(set)', fromEnv === undefined ? this.#file : setting.env, user, own);
    }
    return { left: whole['orocrm'], right: whole['outlook'] };
  }

  /** Asks the connectors what they think of their sections (S8). */
  async check(sections: UserConfig['sections'], user: string | undefined): Promise<void> {
    for (const [side, name] of [['left', 'orocrm'], ['right', 'outlook']] as const) {
      const connector = this.#source.connectors?.[side];
      if (connector === undefined) continue;
      const where = user === undefined ? name : `users.${user}.${name}`;
      if (sections[side] === undefined) {
        this.mistakes.push(`${where} is missing: how to sign in at ${connector.title}.`);
        continue;
      }
      const read = await connector.config['~standard'].validate(sections[side]);
      for (const { message, path } of read.issues ?? []) {
        const inside = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
        this.mistakes.push(`${inside === '' ? where : `${where}.${inside}`}: ${message.replace(/\.?$/, '.')}`);
      }
    }
  }

  #value(setting: Setting, tree: Tree, user: string | undefined, own: Tree | undefined): SettingValue {
    const fromEnv = this.#source.env[setting.env];
    const inFile = at(tree, setting.name);
    // A person's own value is nearer than the environment, which speaks for the hub as a whole.
    const personal = own !== undefined && at(own, setting.name) !== undefined;
    const useEnv = fromEnv !== undefined && !personal;
    const given = useEnv ? fromEnv : inFile;
    if (given === undefined) {
      const preset = setting.name === 'zone' ? this.#source.zone : setting.preset;
      this.#note(setting, preset, 'default', user, own);
      return preset;
    }
    const label = useEnv ? setting.env : `${personal && user !== undefined ? `users.${user}.` : ''}${setting.name}`;
    try {
      const value = setting.read(given);
      this.#note(setting, value, useEnv ? setting.env : this.#file, user, own);
      return value;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.mistakes.push(`${label} must be ${setting.takes}, not ${given === '' || given === null ? 'empty' : short(JSON.stringify(given))}.`);
      return setting.preset;
    }
  }

  /** A person's settings are listed where they differ from everybody's; everybody's once. */
  #note(setting: Setting, value: SettingValue, from: string, user: string | undefined, own: Tree | undefined): void {
    const isOwn = user !== undefined && own !== undefined && at(own, setting.name) !== undefined;
    const row: Origin = { name: setting.name, value, from, ...(isOwn && { user }) };
    if (!this.origins.some((known) => known.name === row.name && known.user === row.user)) this.origins.push(row);
  }

  #refuseUnknown(tree: Tree, prefix: string, allowed: ReadonlySet<string>): void {
    const sections = prefix === '' ? connections : connections.slice(0, 2);
    for (const name of unknownNames(tree, allowed)) {
      const isGroup = [...allowed].some((one) => one.startsWith(`${name}.`));
      if (isGroup) this.mistakes.push(`${prefix}${name} has to hold settings: ${[...allowed].filter((one) => one.startsWith(`${name}.`)).map((one) => one.slice(name.length + 1)).join(', ')}.`);
      else this.mistakes.push(`${prefix}${short(name)} is no setting${nearest(name, [...allowed, ...sections])}.`);
    }
  }

  get #file(): string {
    return this.#source.file ?? 'the file';
  }
}

/** Names in a file that are no settings of ours, but hold some. */
const connections: readonly string[] = ['orocrm', 'outlook', 'users'];

const known: ReadonlySet<string> = new Set([...settings.map(({ env }) => env), 'SYNCLINE_CONFIG', 'SYNCLINE_LONG']);
const userNames: ReadonlySet<string> = new Set(settings.filter(({ scope }) => scope === 'user').map(({ name }) => name));
const topNames: ReadonlySet<string> = new Set(settings.filter(({ scope }) => scope !== 'secret').map(({ name }) => name));

/** Leaves of a tree that are no settings. What is below a connection is the connector's to judge. */
function unknownNames(tree: Tree, allowed: ReadonlySet<string>, prefix = ''): readonly string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    if (allowed.has(name) || (prefix === '' && connections.includes(key))) return [];
    const isGroup = [...allowed].some((one) => one.startsWith(`${name}.`));
    return isGroup && isTree(value) ? unknownNames(value, allowed, `${name}.`) : [name];
  });
}

/** The first line of what the YAML library says: the others show the place in the file, where secrets may stand. */
function sentenceOfYaml(message: string): string {
  const [line = ''] = message.split('\n');
  const place = / at line \d+, column \d+/.exec(line)?.[0] ?? '';
  if (line.startsWith('Unresolved tag')) return `a text that begins with ! has to stand in quotes${place}`;
  return line.replace(/:$/, '').replace(/; please use YAML\.parseAllDocuments\(\)/, '').replace('With stringKeys, all keys must be strings', 'a name has to be a text');
}

/** For a sentence: not longer than one, and without the password of an address. */
function short(given: string): string {
  const text = given.replace(/\/\/[^/\s]*@/, '//(hidden)@');
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(tree: Tree, name: string): unknown {
  return name.split('.').reduce<unknown>((place, key) => (isTree(place) ? place[key] : undefined), tree);
}

function put(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  const below = tree[key];
  return { ...tree, [key]: rest.length === 0 ? value : put(isTree(below) ? below : {}, rest, value) };
}

/** The second tree over the first, group by group. */
function mergeTrees(common: Tree, own: Tree): Tree {
  return Object.entries(own).reduce<Tree>((merged, [key, value]) => {
    const below = merged[key];
    return { ...merged, [key]: isTree(value) && isTree(below) ? mergeTrees(below, value) : value };
  }, common);
}
