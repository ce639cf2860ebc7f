import { defaultKeys } from '../match/key.ts';
import { defaultDeleteLimits, defaultOverwriteLimits } from '../plan/guards.ts';
import { choice, keyFields, keyOf32Bytes, known, names, text, whole, yesNo, type Takes } from './readers.ts';
import type { Owner, Setting, SettingValue } from './setting.ts';

const { many, most, all } = defaultDeleteLimits;
const count = (): Takes => whole(1, 1_000_000);
const percent = (): Takes => whole(0, 100, 'percent');

/**
 * Every setting, in the order in which people meet them: rules S1 to S6, S13, S16, S18, S19, K5 and Q27 and section 10 of the
 * specification. File, environment, `config print`, `/api/v1/settings`, `syncline settings` and docs/guides/self-hosting.md read it.
 */
export const settings: readonly Setting[] = [
  hub('name', 'syncline', text(), 'What this hub is called. Its data folder remembers it, and refuses another hub'),
  hub('port', 7420, whole(0, 65_535), 'Where the page, the API and `/ws/status` are; 0 takes any free port'),
  hub('host', '127.0.0.1', text(), 'The address to listen on. Anything but the machine itself wants a proxy with TLS in front, and `publicUrl`'),
  hub('publicUrl', undefined, known('origin', 'an address such as https://sync.example.com, without a path'), 'How browsers reach the hub, where that is not `http://host:port`: `https://sync.example.com`'),
  hub('data', './data', text(), 'The folder of the hub\'s data'),
  { ...hub('masterKey', undefined, keyOf32Bytes(), 'Opens the secrets that were set at run time; without it a key file in the data folder does. Better in the environment than in the file'), secret: true },
  admin('direction', 'bidirectional', choice('orocrm-to-outlook', 'outlook-to-orocrm', 'bidirectional'), 'Sync Direction (S1)'),
  admin('wins', 'orocrm', choice('orocrm', 'outlook'), 'Conflict Resolution: which side always wins, in both directions (S2)'),
  admin('crmSyncIntervalSeconds', 120, whole(1, 86_399, 'seconds'), 'CRM Sync Interval: how often OroCRM is checked (S3)'),
  admin('outlookSyncIntervalSeconds', 30, whole(1, 86_399, 'seconds'), 'Outlook Sync Interval: how often Outlook is checked (S3)'),
  admin('contacts', true, yesNo(), 'Contacts are synced (S6)'),
  admin('tasks', true, yesNo(), 'Tasks are synced (S6)'),
  admin('calendarEvents', true, yesNo(), 'Calendar events are synced (S6)'),
  person('enableSync', true, yesNo(), 'Enable Sync: cycles start by the intervals; otherwise only by "Start sync now" (S10, S11)'),
  person('showAlerts', true, yesNo(), 'Show Alerts: the page shows alerts (S13)'),
  person('zone', undefined, known('zone', 'the IANA name of a time zone, such as Europe/Berlin'), 'The person\'s time zone (S18)', 'the hub\'s own'),
  person('language', 'en', known('language', 'a language tag such as en or de-AT'), 'The person\'s language, for names of countries'),
  admin('events.pastDays', 30, whole(0, 3650), 'Calendar events up to so many days ago are synced (S19)'),
  admin('events.futureDays', 365, whole(1, 3650), 'Calendar events up to so many days ahead are synced (S19)'),
  admin('historyDays', 30, whole(1, 3650), 'So many days history is kept, and what it needs to undo (G3)'),
  admin('keys.contact', defaultKeys.contact.join(', '), keyFields('contact'), 'What identifies a contact that is not linked yet (K4, K5)'),
  admin('keys.task', defaultKeys.task.join(', '), keyFields('task'), 'What identifies a task that is not linked yet (K4, K5)'),
  admin('keys.event', defaultKeys.event.join(', '), keyFields('event'), 'What identifies a calendar event that is not linked yet (K4, K5)'),
  admin('guards.massDelete', 'on', choice('on', 'off'), 'Whether a cycle that would delete much of one side waits for approval; `off` does it and says so (D2)'),
  admin('guards.massDeleteMany.count', many.count, count(), 'It waits from so many deletions in 24 hours'),
  admin('guards.massDeleteMany.percent', inPercent(many.share), percent(), 'that are more than this percentage of the linked records'),
  admin('guards.massDeleteMost.count', most.count, count(), 'It also waits from so many deletions in 24 hours'),
  admin('guards.massDeleteMost.percent', inPercent(most.share), percent(), 'that are more than this percentage of the linked records'),
  admin('guards.massDeleteAll.count', all.count, count(), 'It also waits when every linked record would be deleted, from so many'),
  admin('guards.massOverwrite', 'on', choice('on', 'off'), 'Whether a cycle that would replace values in much of one side waits for approval; `off` does it and says so (D11)'),
  admin('guards.massOverwriteLimit.count', defaultOverwriteLimits.count, count(), 'It waits from so many records'),
  admin('guards.massOverwriteLimit.percent', inPercent(defaultOverwriteLimits.share), percent(), 'that are more than this percentage of the linked records'),
  admin('profile', 'safe', choice('safe', 'classic'), 'The preset of the switches below: our reading, or the literal one'),
  byProfile('switches.conflict.granularity', 'field', 'record', choice('field', 'record'), 'What conflicts as one (C9)'),
  byProfile('switches.deleteVsEdit', 'byPolicy', 'deleteWins', choice('byPolicy', 'deleteWins'), 'Whether a deletion beats an edit it has not seen (B10, C14, A12)'),
  byProfile('switches.firstMatch.emptyOverwrites', false, true, yesNo(), 'Whether nothing erases something at the first match (A7, C2)'),
  byProfile('switches.outlookToOro.matchBeforeCreate', true, false, yesNo(), 'From Outlook to OroCRM: whether a record with the same key is looked for before one is created (B2)'),
  byProfile('switches.keys.matchWithoutName', false, true, yesNo(), 'Whether records without a name match when the rest of the key agrees (K7)'),
  byProfile('switches.resync.mode', 'relink', 'purge', choice('relink', 'purge'), 'What a resynchronization begins with: linking again, or deleting every marked item once a person confirmed it (A6, B3, D8)'),
  byProfile('switches.oroToOutlook.touchCounts', false, true, yesNo(), 'From OroCRM to Outlook: whether a record that was merely touched overwrites edits in Outlook (A5)'),
  byProfile('switches.meetings.notify', 'hold', 'write', choice('hold', 'write'), 'Whether a change of which the service would tell other people waits for approval (D7)'),
  admin('switches.outlookDeletion', 'recreate', choice('recreate', 'ignore', 'propagate'), 'What deleting in Outlook means (A10, C11)'),
  admin('switches.oneWayRevert', 'immediately', choice('immediately', 'onSourceChange'), 'When an edit against the direction is reverted (B7)'),
  connection('orocrm.url', 'user', text('the address of OroCRM\'s back office, such as https://crm.example.com'), 'Where OroCRM is (S8)'),
  connection('orocrm.auth.signIn', 'user', choice('client-credentials', 'password', 'wsse'), 'How the hub signs in at OroCRM: OAuth 2.0 as the application\'s own user or with a user\'s password, or user and API key (OroCRM 6.0 and older)'),
  connection('orocrm.auth.clientId', 'user', text(), 'The client ID of OroCRM\'s OAuth application'),
  secret('orocrm.auth.clientSecret', 'The secret of OroCRM\'s OAuth application'),
  connection('orocrm.auth.user', 'user', text(), 'OroCRM\'s user, for a password or WSSE'),
  secret('orocrm.auth.password', 'The password of OroCRM\'s user, where OAuth 2.0 signs in with it'),
  secret('orocrm.auth.apiKey', 'The API key of OroCRM\'s user, for WSSE'),
  { ...connection('orocrm.contactsScope', 'administrator', choice('all', 'owned', 'assigned'), 'Which contacts are synced: all the user may see, or those owned by or assigned to the user (S16)'), preset: 'all' },
  { ...connection('orocrm.tasksScope', 'administrator', choice('all', 'owned'), 'Which tasks are synced: all the user may see, or those owned by the user (S16)'), preset: 'owned', classic: 'all' },
  { ...connection('orocrm.tls.trust', 'administrator', choice('system', 'ca', 'pin', 'ignore'), 'Whose certificates are believed at OroCRM: the public authorities\' (`system`), also those of `ca`, only the one with this `fingerprint` (`pin`), or anybody\'s (`ignore`) (S9)'), preset: 'system', classic: 'ignore' },
  connection('orocrm.tls.ca', 'administrator', text(), 'The certificate of OroCRM\'s own authority: PEM text, or the path of a PEM file'),
  connection('orocrm.tls.fingerprint', 'administrator', text(), 'The SHA-256 fingerprint of OroCRM\'s certificate, several separated by commas; while there is none, a refusal shows it'),
  { ...connection('orocrm.tls.ignoreConfirmed', 'administrator', yesNo(), 'Whether `ignore` is meant: whoever is in between can then read and change everything'), preset: false, classic: true },
  connection('outlook.tenant', 'user', text(), 'The directory (tenant) at Microsoft: its id or domain'),
  connection('outlook.clientId', 'user', text(), 'The id of the app registration at Microsoft'),
  connection('outlook.signIn.method', 'user', choice('client-credentials', 'device-code', 'authorization-code', 'refresh-token'), 'How the hub signs in at Microsoft: as the app itself, or as the person, with a code, in the browser or with a token from elsewhere'),
  connection('outlook.signIn.user', 'user', text(), 'Whose mailbox, where the app signs in itself'),
  secret('outlook.signIn.clientSecret', 'The secret of the app registration at Microsoft'),
  secret('outlook.signIn.refreshToken', 'The refresh token of the person, where no client secret is used'),
  connection('outlook.contactFolders', 'user', names(), 'The contact folders that are synced, by name or id; `default` is the mailbox\'s own, `all` every one; new contacts go into the first (S16)', 'the mailbox\'s own'),
  connection('outlook.taskLists', 'user', names(), 'The task lists that are synced, named alike; new tasks go into the first (S16)', 'the mailbox\'s own'),
  connection('outlook.calendars', 'user', names(), 'The calendars that are synced, named alike; new events go into the first (S16)', 'the mailbox\'s own'),
  connection('outlook.excludedFolders', 'user', names(), 'Contact folders, task lists and calendars that are not read where `all` are synced (S17)'),
  { ...connection('outlook.tls.trust', 'administrator', choice('system', 'ca', 'pin', 'ignore'), 'Whose certificates are believed at Microsoft: the public authorities\' (`system`), also those of `ca`, only the one with this `fingerprint` (`pin`), or anybody\'s (`ignore`) (S9)'), preset: 'system' },
  connection('outlook.tls.ca', 'administrator', text(), 'The certificate of Microsoft\'s own authority: PEM text, or the path of a PEM file'),
  connection('outlook.tls.fingerprint', 'administrator', text(), 'The SHA-256 fingerprint of Microsoft\'s certificate, several separated by commas; while there is none, a refusal shows it'),
  { ...connection('outlook.tls.ignoreConfirmed', 'administrator', yesNo(), 'Whether `ignore` is meant: whoever is in between can then read and change everything'), preset: false },
];

/** A setting by its name. */
export const settingNamed: ReadonlyMap<string, Setting> = new Map(settings.map((setting) => [setting.name, setting]));

function inPercent(share: number): number {
  return Math.round(share * 100);
}

function hub(name: string, preset: SettingValue, takes: Takes, explain: string): Setting {
  return { name, scope: 'hub', owner: 'administrator', preset, explain, ...takes };
}

function admin(name: string, preset: SettingValue, takes: Takes, explain: string): Setting {
  return { name, scope: 'user', owner: 'administrator', preset, explain, ...takes };
}

function person(name: string, preset: SettingValue, takes: Takes, explain: string, presetWords?: string): Setting {
  return { name, scope: 'user', owner: 'user', preset, explain, ...takes, ...(presetWords !== undefined && { presetWords }) };
}

function byProfile(name: string, safe: SettingValue, classic: SettingValue, takes: Takes, explain: string): Setting {
  return { ...admin(name, safe, takes, explain), classic };
}

function connection(name: string, owner: Owner, takes: Takes, explain: string, presetWords?: string): Setting {
  return { name, scope: 'connection', owner, preset: undefined, explain, ...takes, ...(presetWords !== undefined && { presetWords }) };
}

function secret(name: string, explain: string): Setting {
  return { ...connection(name, 'user', text(), explain), secret: true };
}
