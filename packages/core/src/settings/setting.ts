/** What a setting may be. */
export type SettingValue = string | number | boolean | undefined;

/**
 * Where a setting stands: once for the hub, read at its start; for each user; or in a user's connection, whose connector
 * has the last word about it.
 */
export type Scope = 'hub' | 'user' | 'connection';

/** Who may change a setting (Q27). What an administrator owns a user cannot widen. */
export type Owner = 'administrator' | 'user';

/** What the machine knows and this package does not: each answers the canonical form of a name, or `undefined` for none. */
export interface Lookups {
  /** An IANA time zone. */
  readonly zone: (text: string) => string | undefined;
  /** A language tag (BCP 47). */
  readonly language: (text: string) => string | undefined;
  /** The origin of a web address that is nothing but an origin: `https://sync.example.com`. */
  readonly origin: (text: string) => string | undefined;
}

/** Reads a value from a file (text, number, yes or no, list), an API (the same) or the environment (text). Throws a {@link Refusal}. */
export type Reader = (value: unknown, lookups: Lookups) => SettingValue;

/** One setting. */
export interface Setting {
  /** Its place in the file, with dots: `events.pastDays`. */
  readonly name: string;
  readonly scope: Scope;
  readonly owner: Owner;
  /** Never shown again once it was set (S15). */
  readonly secret?: true;
  /** `undefined`: absent unless somebody says it. */
  readonly preset: SettingValue;
  /** The preset in the profile `classic`, where that differs (section 10). */
  readonly classic?: SettingValue;
  /** Its preset in words, where it is not a fixed value. */
  readonly presetWords?: string;
  /** What it takes, in words that follow "must be". */
  readonly takes: string;
  readonly explain: string;
  readonly read: Reader;
}

/** A value that a setting does not take. */
export class Refusal extends Error {}

/** `crmSyncIntervalSeconds` is `SYNCLINE_CRM_SYNC_INTERVAL_SECONDS`, `events.pastDays` is `SYNCLINE_EVENTS_PAST_DAYS`. */
export function environmentName({ name }: Pick<Setting, 'name'>): string {
  return `SYNCLINE_${name.replace(/\.?([A-Z])/g, '_$1').replaceAll('.', '_').toUpperCase()}`;
}

/** What holds where nobody says anything. */
export function presetOf({ preset, classic }: Pick<Setting, 'preset' | 'classic'>, profile: SettingValue): SettingValue {
  return profile === 'classic' && classic !== undefined ? classic : preset;
}
