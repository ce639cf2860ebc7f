/** What a setting may be. */
export type SettingValue = string | number | boolean | undefined;

/** Where a setting stands: once for the hub, or for each user. A connection's secret is handed to its connector. */
export type Scope = 'hub' | 'user' | 'secret';

/** Reads a value from a file (text, number, yes or no) or from the environment (text). Throws a `Refusal`. */
export type Reader = (value: unknown) => SettingValue;

/** One setting. This table drives file, environment, `config print` and docs/guides/self-hosting.md. */
export interface Setting {
  /** Its place in the file, with dots: `events.pastDays`. */
  readonly name: string;
  readonly scope: Scope;
  readonly env: string;
  /** `undefined`: absent unless somebody says it. */
  readonly preset: SettingValue;
  /** Its preset in words, where it is not a fixed value. */
  readonly presetWords?: string;
  /** What it takes, in words that follow "must be". */
  readonly takes: string;
  readonly explain: string;
  readonly read: Reader;
}

/** A value that a setting does not take. */
export class Refusal extends Error {}

type Kind = Pick<Setting, 'takes' | 'read'>;

const ofProfile = 'of the profile';

const seconds = (least: number, most: number): Kind => ({ ...whole(least, most), takes: `a whole number of seconds from ${least} to ${most}` });

/** Every setting, in the order in which people meet them. Rules S1 to S6, S13, S18 and S19 and section 10 of the specification. */
export const settings: readonly Setting[] = [
  hub('name', 'syncline', text(), 'What this hub is called. Its data folder remembers it, and refuses another hub'),
  hub('port', 7420, whole(0, 65_535), 'Where the page, the API and `/ws/status` are; 0 takes any free port'),
  hub('host', '127.0.0.1', text(), 'The address to listen on. Anything but the machine itself wants a proxy with TLS in front, and `publicUrl`'),
  hub('publicUrl', undefined, address(), 'How browsers reach the hub, where that is not `http://host:port`: `https://sync.example.com`'),
  hub('data', './data', text(), 'The folder of the hub\'s data'),
  user('direction', 'bidirectional', choice('orocrm-to-outlook', 'outlook-to-orocrm', 'bidirectional'), 'Sync Direction (S1)'),
  user('wins', 'orocrm', choice('orocrm', 'outlook'), 'Conflict Resolution: which side always wins, in both directions (S2)'),
  user('crmSyncIntervalSeconds', 120, seconds(1, 86_399), 'CRM Sync Interval: how often OroCRM is checked (S3)'),
  user('outlookSyncIntervalSeconds', 30, seconds(1, 86_399), 'Outlook Sync Interval: how often Outlook is checked (S3)'),
  user('contacts', true, yesNo(), 'Contacts are synced (S6)'),
  user('tasks', true, yesNo(), 'Tasks are synced (S6)'),
  user('calendarEvents', true, yesNo(), 'Calendar events are synced (S6)'),
  user('enableSync', true, yesNo(), 'Enable Sync: cycles start by the intervals; otherwise only by "Start sync now" (S10, S11)'),
  user('showAlerts', true, yesNo(), 'Show Alerts: the page shows alerts (S13)'),
  user('zone', undefined, zone(), 'The person\'s time zone (S18)', 'the hub\'s own'),
  user('language', 'en', language(), 'The person\'s language, for names of countries'),
  user('events.pastDays', 30, whole(0, 3650), 'Calendar events up to so many days ago are synced (S19)'),
  user('events.futureDays', 365, whole(1, 3650), 'Calendar events up to so many days ahead are synced (S19)'),
  user('profile', 'safe', choice('safe', 'classic'), 'The preset of the switches below: our reading, or the literal one'),
  user('switches.conflict.granularity', undefined, choice('field', 'record'), 'What conflicts as one (C9)', ofProfile),
  user('switches.deleteVsEdit', undefined, choice('byPolicy', 'deleteWins'), 'Whether a deletion beats an edit it has not seen (B10, C14, A12)', ofProfile),
  user('switches.firstMatch.emptyOverwrites', undefined, yesNo(), 'Whether nothing erases something at the first match (A7, C2)', ofProfile),
  user('switches.outlookToOro.matchBeforeCreate', undefined, yesNo(), 'From Outlook to OroCRM: whether a record with the same key is looked for before one is created (B2)', ofProfile),
  user('switches.keys.matchWithoutName', undefined, yesNo(), 'Whether records without a name match when the rest of the key agrees (K7)', ofProfile),
  user('switches.outlookDeletion', undefined, choice('recreate', 'ignore', 'propagate'), 'What deleting in Outlook means (A10, C11)', ofProfile),
  user('switches.oneWayRevert', undefined, choice('immediately', 'onSourceChange'), 'When an edit against the direction is reverted (B7)', ofProfile),
  secret('orocrm.auth.clientSecret', 'The secret of OroCRM\'s OAuth application'),
  secret('orocrm.auth.apiKey', 'The API key of OroCRM\'s user, for WSSE'),
  secret('outlook.signIn.clientSecret', 'The secret of the app registration at Microsoft'),
  secret('outlook.signIn.refreshToken', 'The refresh token of the person, where no client secret is used'),
];

function hub(name: string, preset: SettingValue, kind: Kind, explain: string): Setting {
  return { name, scope: 'hub', env: envOf(name), preset, explain, ...kind };
}

function user(name: string, preset: SettingValue, kind: Kind, explain: string, presetWords?: string): Setting {
  return { name, scope: 'user', env: envOf(name), preset, explain, ...kind, ...(presetWords !== undefined && { presetWords }) };
}

function secret(name: string, explain: string): Setting {
  return { name, scope: 'secret', env: envOf(name), preset: undefined, explain, ...text() };
}

/** `crmSyncIntervalSeconds` is `SYNCLINE_CRM_SYNC_INTERVAL_SECONDS`, `events.pastDays` is `SYNCLINE_EVENTS_PAST_DAYS`. */
function envOf(name: string): string {
  return `SYNCLINE_${name.replace(/\.?([A-Z])/g, '_$1').replaceAll('.', '_').toUpperCase()}`;
}

function whole(least: number, most: number): Kind {
  return {
    takes: `a whole number from ${least} to ${most}`,
    read: (value) => {
      const number = typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) throw new Refusal();
      return number;
    },
  };
}

function choice(...words: readonly string[]): Kind {
  return {
    takes: `one of ${words.join(', ')}`,
    read: (value) => {
      if (typeof value !== 'string' || !words.includes(value)) throw new Refusal();
      return value;
    },
  };
}

function yesNo(): Kind {
  const words: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([[true, true], [false, false], ['yes', true], ['no', false], ['true', true], ['false', false]]);
  return {
    takes: 'yes or no',
    read: (value) => {
      const found = words.get(typeof value === 'string' ? value.toLowerCase() : value);
      if (found === undefined) throw new Refusal();
      return found;
    },
  };
}

function text(): Kind {
  return {
    takes: 'a text that is not empty',
    read: (value) => {
      if (typeof value !== 'string' || value.trim() === '' || /\p{Cc}/u.test(value)) throw new Refusal();
      return value.trim();
    },
  };
}

function address(): Kind {
  return {
    takes: 'an address such as https://sync.example.com, without a path',
    read: (value) => {
      if (typeof value !== 'string' || !URL.canParse(value)) throw new Refusal();
      const { protocol, origin, href } = new URL(value);
      // A user, a query or a fragment would be dropped in silence.
      if (!/^https?:$/.test(protocol) || href !== `${origin}/`) throw new Refusal();
      return origin;
    },
  };
}

function zone(): Kind {
  return {
    takes: 'the IANA name of a time zone, such as Europe/Berlin',
    read: (value) => {
      if (typeof value !== 'string') throw new Refusal();
      try {
        return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
      } catch {
        throw new Refusal();
      }
    },
  };
}

function language(): Kind {
  return {
    takes: 'a language tag such as en or de-AT',
    read: (value) => {
      try {
        return typeof value === 'string' ? Intl.getCanonicalLocales(value)[0] : refuse();
      } catch {
        return refuse();
      }
    },
  };
}

function refuse(): never {
  throw new Refusal();
}
