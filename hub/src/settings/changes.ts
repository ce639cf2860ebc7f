import { environmentName, Refusal, settingNamed, settings, type Json, type Owner } from '@syncline/core';
import { nearest } from '../nearest.ts';
import { isConnection, type SetValues } from './layers.ts';
import { lookups } from './lookups.ts';
import { refusalOf } from './reading.ts';

/** What is asked for: several values of one target, all or none. */
export interface Change {
  /** Absent: everybody. */
  readonly user?: string;
  readonly set?: { readonly [name: string]: unknown };
  /** Names that go back to what the file or the preset says. */
  readonly unset?: readonly string[];
  /** Whose change it is (Q27). Absent: the administrator's. */
  readonly as?: Owner;
}

/** A change as its settings read it, with a sentence for each mistake. */
export interface ReadChange {
  readonly set: SetValues;
  readonly unset: readonly string[];
  readonly mistakes: readonly string[];
}

/** Reads a change by the table. What a connection's members mean together is its connector's to say. */
export function readChange({ user, set = {}, unset = [], as = 'administrator' }: Change): ReadChange {
  const mistakes: string[] = [];
  const values: Record<string, Json> = {};
  const prefix = user === undefined ? '' : `users.${user}.`;
  if (as === 'user' && user === undefined) mistakes.push('Settings of everybody are the administrator\'s to change.');
  for (const name of [...Object.keys(set), ...unset]) {
    const mistake = mistakeOfName(name, as);
    if (mistake !== undefined) mistakes.push(mistake);
  }
  for (const name of unset) if (Object.hasOwn(set, name)) mistakes.push(`${name} cannot be set and unset at once.`);
  for (const [name, given] of Object.entries(set)) {
    const read = readValue(name, given, `${prefix}${name}`);
    if ('mistake' in read) mistakes.push(read.mistake);
    else if (read.value !== undefined) values[name] = read.value;
  }
  return { set: values, unset, mistakes };
}

function mistakeOfName(name: string, as: Owner): string | undefined {
  const setting = settingNamed.get(name);
  if (setting?.scope === 'hub') return `${name} is read when the hub starts: change it in the file or as ${environmentName(setting)}, and start again.`;
  if (setting === undefined && !(isConnection(name) && /^\w+(\.[a-z][a-zA-Z0-9]*)+$/.test(name))) return `${name.slice(0, 100)} is no setting${nearest(name, settings.map((one) => one.name))}.`;
  if (as === 'user' && setting?.owner !== 'user') return `${name} is the administrator's to change.`;
  return undefined;
}

function readValue(name: string, given: unknown, label: string): { readonly value: Json | undefined } | { readonly mistake: string } {
  const setting = settingNamed.get(name);
  if (setting === undefined) return isPlain(given) || (Array.isArray(given) && given.every(isPlain)) ? { value: given } : { mistake: `${label} takes one value, or a list: what is below it is named with dots.` };
  try {
    return { value: setting.read(given, lookups) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { mistake: refusalOf(setting, given, label) };
  }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
