import { environmentName, presetOf, Refusal, settingNamed, settings, type Setting, type SettingValue, type Values } from '@syncline/core';
import { parseDocument } from 'yaml';
import type { ConfigSource, Origin, UserConfig } from '../config.ts';
import { nearest } from '../nearest.ts';
import { atRunTime, connectionsOf, isConnection, layersOf, sides, type Layer, type SetAtRunTime } from './layers.ts';
import { lookups } from './lookups.ts';
import { isSecret } from './stored.ts';
import { at, isTree, put, type Tree } from './tree.ts';

/** Collects mistakes and origins while a configuration is read. */
export class Reading {
  readonly mistakes: string[] = [];
  readonly origins: Origin[] = [];
  /** Those without a user, by name: with a thousand people the list is long. */
  readonly #everybody = new Map<string, Origin>();
  readonly #source: ConfigSource;

  constructor(source: ConfigSource) {
    this.#source = source;
    for (const name of Object.keys(source.env)) {
      if (name.startsWith('SYNCLINE_') && !environmentNames.has(name)) this.mistakes.push(`${name} is no setting${nearest(name, [...environmentNames])}.`);
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

  /** Where settings are said, the nearest first: of one person, or, without, of everybody. */
  layers(tree: Tree, user?: string, own?: Tree): readonly Layer[] {
    return layersOf({ tree, file: this.#file, env: this.#source.env, runtime: this.#runtime }, user, own);
  }

  /** Every setting of a scope, as it holds. */
  values(layers: readonly Layer[], scope: 'hub' | 'user', user?: string): Values {
    // The switches come after the profile in the table: it is their preset.
    const values: Record<string, SettingValue> = {};
    for (const setting of settings.filter((one) => one.scope === scope)) values[setting.name] = this.#value(setting, layers, user, values['profile']);
    return values;
  }

  /** The connectors' sections: all layers together, and what the profile presets. */
  sections(layers: readonly Layer[], profile: SettingValue, user?: string): UserConfig['sections'] {
    let whole = connectionsOf(layers);
    for (const setting of settings.filter(({ scope }) => scope === 'connection')) {
      const value = at(whole, setting.name);
      const preset = presetOf(setting, profile);
      const [side = ''] = setting.name.split('.');
      if (value === undefined && preset !== setting.preset && isTree(whole[side])) whole = put(whole, setting.name, preset);
      const layer = layers.find((one) => at(one.connections, setting.name) !== undefined);
      // What nobody says anything of is not listed, unless this person lacks what everybody has.
      const isListed = preset !== undefined || this.#everybody.has(setting.name);
      if (value === undefined && isListed) this.#note(setting, preset, presetFrom(setting, profile), user, false);
      if (value !== undefined && layer !== undefined) this.#note(setting, shownMember(setting.name, value), layer.from(setting), user, layer.own);
    }
    for (const name of this.#setNames(user)) {
      const value = settingNamed.has(name) || !isConnection(name) ? undefined : at(whole, name);
      if (value !== undefined) this.#note({ name }, shownMember(name, value), atRunTime, user, user !== undefined && Object.hasOwn(this.#runtime.users[user] ?? {}, name));
    }
    return { left: whole['orocrm'], right: whole['outlook'] };
  }

  /** Asks the connectors what they think of their sections (S8). `user`: where the file has a place for this person. */
  async check(sections: UserConfig['sections'], user: string, isNamed: boolean): Promise<void> {
    for (const [side, name] of [['left', 'orocrm'], ['right', 'outlook']] as const) {
      const connector = this.#source.connectors?.[side];
      if (connector === undefined) continue;
      const where = isNamed ? `users.${user}.${name}` : name;
      if (sections[side] === undefined) {
        this.mistakes.push(`${where} is missing: how to sign in at ${connector.title}.`);
        continue;
      }
      const read = await connector.config['~standard'].validate(sections[side]);
      for (const { message, path } of read.issues ?? []) {
        const inside = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
        this.mistakes.push(`${inside === '' ? where : `${where}.${inside}`}: ${message.replace(/\.?$/, '.')}`);
      }
      if (read.issues === undefined) this.#refuseDropped(name, connector.title, user, sections[side], read.value);
    }
  }

  /** A connector that overlooks what it does not know would leave a mistyped name without effect. */
  #refuseDropped(side: string, title: string, user: string, given: unknown, read: unknown): void {
    for (const name of this.#setNames(user).filter((one) => one.startsWith(`${side}.`))) {
      const inside = name.slice(side.length + 1);
      if (at(given, inside) !== undefined && at(read, inside) === undefined) this.mistakes.push(`${name} is no setting of ${title}${nearest(name, connectionNames)}.`);
    }
  }

  /** What was set at run time and concerns this person, or everybody. */
  #setNames(user: string | undefined): readonly string[] {
    const { everybody, users } = this.#runtime;
    return [...new Set([...Object.keys(everybody), ...Object.keys((user === undefined ? undefined : users[user]) ?? {})])];
  }

  #value(setting: Setting, layers: readonly Layer[], user: string | undefined, profile: SettingValue): SettingValue {
    const layer = layers.find((one) => one.says(setting) !== undefined);
    if (layer === undefined) {
      const preset = setting.name === 'zone' ? this.#source.zone : presetOf(setting, profile);
      this.#note(setting, preset, presetFrom(setting, profile), user, false);
      return preset;
    }
    const given = layer.says(setting);
    try {
      const value = setting.read(given, lookups);
      this.#note(setting, setting.secret === true ? '(set)' : value, layer.from(setting), user, layer.own);
      return value;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.mistakes.push(refusalOf(setting, given, layer.label(setting)));
      return presetOf(setting, profile);
    }
  }

  /** A person's settings are listed where they are own or differ from everybody's; everybody's once. */
  #note({ name }: Pick<Setting, 'name'>, value: SettingValue, from: string, user: string | undefined, own: boolean): void {
    const everybody = this.#everybody.get(name);
    if (user !== undefined && !own && everybody !== undefined && everybody.value === value) return;
    if (user === undefined && everybody !== undefined) return;
    const row: Origin = { name, value, from, ...(user !== undefined && { user }) };
    if (user === undefined) this.#everybody.set(name, row);
    this.origins.push(row);
  }

  #refuseUnknown(tree: Tree, prefix: string, allowed: ReadonlySet<string>): void {
    const groups = prefix === '' ? [...sides, 'users'] : sides;
    for (const name of unknownNames(tree, allowed)) {
      const isGroup = [...allowed].some((one) => one.startsWith(`${name}.`));
      if (isGroup) this.mistakes.push(`${prefix}${name} has to hold settings: ${[...allowed].filter((one) => one.startsWith(`${name}.`)).map((one) => one.slice(name.length + 1)).join(', ')}.`);
      else this.mistakes.push(`${prefix}${short(name)} is no setting${nearest(name, [...allowed, ...groups])}.`);
    }
  }

  get #file(): string {
    return this.#source.file ?? 'the file';
  }

  get #runtime(): SetAtRunTime {
    return this.#source.runtime ?? { everybody: {}, users: {} };
  }
}

/** What is wrong with a value, with what the setting takes. A secret is not shown, however wrong it is (S15). */
export function refusalOf(setting: Setting, given: unknown, label: string): string {
  const shown = given === '' || given === null ? 'empty' : setting.secret === true ? 'that' : short(JSON.stringify(given));
  return `${label} must be ${setting.takes}, not ${shown}.`;
}

/** A connection's member as it may be shown. */
function shownMember(name: string, value: unknown): SettingValue {
  if (isSecret(name)) return '(set)';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function presetFrom({ classic }: Setting, profile: SettingValue): string {
  return profile === 'classic' && classic !== undefined ? 'profile classic' : 'default';
}

const environmentNames: ReadonlySet<string> = new Set([...settings.map(environmentName), 'SYNCLINE_CONFIG', 'SYNCLINE_LONG']);
const userNames: ReadonlySet<string> = new Set(settings.filter(({ scope }) => scope === 'user').map(({ name }) => name));
const topNames: ReadonlySet<string> = new Set(settings.filter(({ scope }) => scope !== 'connection').map(({ name }) => name));
const connectionNames: readonly string[] = settings.filter(({ scope }) => scope === 'connection').map(({ name }) => name);

/** Leaves of a tree that are no settings. What is below a connection is the connector's to judge. */
function unknownNames(tree: Tree, allowed: ReadonlySet<string>, prefix = ''): readonly string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    if (allowed.has(name) || (prefix === '' && (key === 'users' || isConnection(`${key}.`)))) return [];
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
