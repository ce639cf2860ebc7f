import { presetOf, settingNamed, settings, type Owner, type Scope, type Setting, type SettingValue } from '@syncline/core';
import type { Config, Origin } from '../config.ts';
import { isSecret } from './stored.ts';

/** A setting as it stands, for everybody or for one person. */
export interface SettingRow {
  readonly name: string;
  readonly scope: Scope;
  readonly owner: Owner;
  /** Secrets are `(set)`; null where there is none. */
  readonly value: NonNullable<SettingValue> | null;
  readonly preset: NonNullable<SettingValue> | null;
  readonly presetWords?: string;
  /** The file's name, a name in the environment, `set at run time`, `default`, `profile classic`. */
  readonly from: string;
  /** Of this person, other than everybody's. */
  readonly own: boolean;
  /** Takes effect when it is set; otherwise when the hub starts. */
  readonly live: boolean;
  readonly secret: boolean;
  readonly takes: string;
  readonly explain: string;
}

/** Every setting as it stands for one person, or for everybody. */
export function settingRows({ origins }: Pick<Config, 'origins'>, user?: string): readonly SettingRow[] {
  const standing = new Map<string, Origin>();
  // Everybody's come before a person's own.
  for (const origin of origins) if (origin.user === undefined || origin.user === user) standing.set(origin.name, origin);
  const others = [...standing.keys()].filter((name) => !settingNamed.has(name));
  const profile = standing.get('profile')?.value;
  return [...settings, ...others.map(unlisted)].map((setting) => {
    const { name, scope, owner, secret = false, presetWords, takes, explain } = setting;
    const { value, from, user: whose } = standing.get(name) ?? { value: undefined, from: 'default', user: undefined };
    return {
      name, scope, owner, secret, value: value ?? null, preset: presetOf(setting, profile) ?? null, ...(presetWords !== undefined && { presetWords }),
      from, own: whose !== undefined, live: scope !== 'hub', takes, explain,
    };
  });
}

/** A member of a connection that was set and has no row in the table. */
function unlisted(name: string): Omit<Setting, 'read'> {
  return { name, scope: 'connection', owner: 'administrator', preset: undefined, takes: 'what its connector takes', explain: 'As the connector\'s README tells', ...(isSecret(name) && { secret: true }) };
}
