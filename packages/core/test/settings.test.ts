import t from 'tap';
import { classicPolicy, defaultGuards, defaultKeys, environmentName, guardsOf, keysOf, kindsOf, policyOf, presetOf, Refusal, safePolicy, settingNamed, settings, type Lookups, type SettingValue, type Values } from '../src/index.ts';

const lookups: Lookups = {
  zone: (text) => ({ 'europe/berlin': 'Europe/Berlin' })[text.toLowerCase()],
  language: (text) => (text === 'de-at' ? 'de-AT' : undefined),
  origin: (text) => (text.startsWith('https://') ? text : undefined),
};

function read(name: string, value: unknown): SettingValue | Refusal {
  const setting = settingNamed.get(name);
  if (setting === undefined) throw new Error(`no setting ${name}`);
  try {
    return setting.read(value, lookups);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const presets = (profile: string, changed: Values = {}): Values => ({ ...Object.fromEntries(settings.map((setting) => [setting.name, presetOf(setting, profile)])), ...changed });

const rows: readonly (readonly [rule: string, name: string, taken: readonly (readonly [given: unknown, value: SettingValue])[], refused: readonly unknown[]])[] = [
  ['S1', 'direction', [['orocrm-to-outlook', 'orocrm-to-outlook'], ['outlook-to-orocrm', 'outlook-to-orocrm'], ['bidirectional', 'bidirectional']], ['', 'both', 'Bidirectional', 3, null]],
  ['S2', 'wins', [['orocrm', 'orocrm'], ['outlook', 'outlook']], ['newest', true]],
  ['S4', 'crmSyncIntervalSeconds', [[1, 1], [86_399, 86_399], [' 7 ', 7]], [0, -5, 86_400, 1.5, '', 'abc', '0', '-5', '86400', '1.5', null, [1], true]],
  ['S4', 'outlookSyncIntervalSeconds', [['1', 1], ['86399', 86_399]], [0, -5, 86_400, 1.5, '', 'abc']],
  ['S6', 'tasks', [[true, true], [false, false], ['Yes', true], ['no', false], ['TRUE', true], ['false', false]], ['maybe', '', 1, null]],
  ['S18', 'zone', [['europe/berlin', 'Europe/Berlin']], ['W. Europe Standard Time', '', 7]],
  ['K5', 'keys.contact', [['lastName', 'lastName'], [' emails , lastName,emails', 'emails, lastName'], [['firstName', 'birthday'], 'firstName, birthday']], ['', ' , ', [], 'shoeSize', 'lastName, shoeSize', ['lastName', 7], 7, null]],
  ['K5', 'keys.task', [['subject, dueDate', 'subject, dueDate']], ['title']],
  ['K5', 'keys.event', [['title', 'title']], ['subject']],
  ['S16', 'outlook.contactFolders', [['Work', 'Work'], [' Work ,default, Work', 'Work, default'], [['default', 'Key clients'], 'default, Key clients']], ['', ' , ', 'a,,b', [], ['a,b'], ['a', 7], 'a\nb', 7, null]],
  ['a text stands on one line', 'name', [[' crm ', 'crm']], ['', '  ', 7, 'a\nb', 'a\u0000']],
  ['an address', 'publicUrl', [['https://sync.example.com', 'https://sync.example.com']], ['sync.example.com', 7]],
  ['a key of 32 bytes', 'masterKey', [[` ${'aB09'.repeat(16)} `, 'aB09'.repeat(16)], [`${'x'.repeat(43)}=`, `${'x'.repeat(43)}=`], ['-'.repeat(43), '-'.repeat(43)]], ['', 'short', 'x'.repeat(45), 7]],
  ['a language', 'language', [['de-at', 'de-AT']], ['german please']],
];
for (const [rule, name, taken, refused] of rows) {
  t.test(`${rule} ${name}: what it takes and what not`, async (t) => {
    for (const [given, value] of taken) t.equal(read(name, given), value, JSON.stringify(given));
    for (const given of refused) t.ok(read(name, given) instanceof Refusal, JSON.stringify(given));
  });
}

t.test('K5 what a key takes names every field there is', async (t) => {
  t.equal(settingNamed.get('keys.task')?.takes, 'one or more of subject, priority, dueDate, status, separated by commas');
  t.match(settingNamed.get('keys.contact')?.takes, /^one or more of firstName, .*, otherAddress, separated by commas$/);
});

t.test('S1 S2 S3 S6 K4 Q27 what a new installation has, and whose it is', async (t) => {
  for (const [name, preset, owner] of [
    ['direction', 'bidirectional', 'administrator'], ['wins', 'orocrm', 'administrator'], ['crmSyncIntervalSeconds', 120, 'administrator'], ['outlookSyncIntervalSeconds', 30, 'administrator'],
    ['contacts', true, 'administrator'], ['tasks', true, 'administrator'], ['calendarEvents', true, 'administrator'], ['keys.contact', 'firstName, lastName, gender, birthday', 'administrator'],
    ['profile', 'safe', 'administrator'], ['orocrm.contactsScope', 'all', 'administrator'], ['enableSync', true, 'user'], ['showAlerts', true, 'user'], ['language', 'en', 'user'], ['zone', undefined, 'user'], ['orocrm.url', undefined, 'user'], ['orocrm.auth.apiKey', undefined, 'user'],
  ] as const) t.match(settingNamed.get(name), { preset, owner }, name);
  t.strictSame(policyOf(presets('safe')), safePolicy);
  t.strictSame(keysOf(presets('safe')), defaultKeys);
  for (const profile of ['safe', 'classic']) t.strictSame(guardsOf(presets(profile)), defaultGuards, `D2 D11 ${profile}`);
  t.strictSame(kindsOf(presets('safe')), ['contact', 'task', 'event']);
  t.equal(new Set(settings.map(({ name }) => name)).size, settings.length, 'each once');
});

t.test('section 10: classic is a preset of the switches, and S16 of the scope of tasks', async (t) => {
  t.strictSame(policyOf(presets('classic')), classicPolicy);
  const profile = settings.findIndex(({ name }) => name === 'profile');
  t.ok(settings.every(({ classic }, index) => classic === undefined || index > profile), 'whoever reads the table from the top knows the profile by then');
  t.strictSame([presets('safe')['orocrm.tasksScope'], presets('classic')['orocrm.tasksScope']], ['owned', 'all']);
  t.strictSame(policyOf(presets('classic', { 'switches.conflict.granularity': 'field' })), { ...classicPolicy, granularity: 'field' });
});

t.test('S1 S2 S6 section 10: values govern, one by one', async (t) => {
  t.match(policyOf(presets('safe', { direction: 'orocrm-to-outlook' })), { direction: 'left-to-right', precedence: ['left', 'right'] });
  t.match(policyOf(presets('safe', { direction: 'outlook-to-orocrm', wins: 'outlook' })), { direction: 'right-to-left', precedence: ['right', 'left'] });
  t.match(policyOf(presets('safe', { 'switches.outlookDeletion': 'propagate', 'switches.oneWayRevert': 'onSourceChange' })), { rightDeletion: 'propagate', oneWayRevert: 'on-source-change' });
  t.match(policyOf(presets('safe', { 'switches.resync.mode': 'purge', 'switches.oroToOutlook.touchCounts': true, 'switches.meetings.notify': 'write' })), { resync: 'purge', touchCounts: true, meetings: 'write' });
  t.strictSame(kindsOf(presets('safe', { tasks: false })), ['contact', 'event']);
  t.strictSame(keysOf(presets('safe', { 'keys.event': 'title, start' })).event, ['title', 'start']);
  t.throws(() => policyOf(presets('safe', { direction: 'sideways' })), { name: 'TypeError', message: 'not a value of direction: sideways' });
});

t.test('D2 D11 the guards can be switched off, and their limits set', async (t) => {
  t.strictSame(guardsOf(presets('safe', {
    'guards.massDelete': 'off', 'guards.massDeleteMany.count': 7, 'guards.massDeleteMany.percent': 5, 'guards.massDeleteMost.count': 2, 'guards.massDeleteMost.percent': 40, 'guards.massDeleteAll.count': 1,
    'guards.massOverwrite': 'off', 'guards.massOverwriteLimit.count': 9, 'guards.massOverwriteLimit.percent': 100,
  })), { massDelete: 'off', deletes: { many: { count: 7, share: 0.05 }, most: { count: 2, share: 0.4 }, all: { count: 1 } }, massOverwrite: 'off', overwrites: { count: 9, share: 1 } });
  for (const bad of [0, 1_000_001, 'some']) t.ok(read('guards.massDeleteMany.count', bad) instanceof Refusal, String(bad));
  for (const bad of [-1, 101, 0.5]) t.ok(read('guards.massOverwriteLimit.percent', bad) instanceof Refusal, String(bad));
});

t.test('a name in the environment', async (t) => {
  t.strictSame(['crmSyncIntervalSeconds', 'events.pastDays', 'orocrm.auth.apiKey'].map((name) => environmentName({ name })), ['SYNCLINE_CRM_SYNC_INTERVAL_SECONDS', 'SYNCLINE_EVENTS_PAST_DAYS', 'SYNCLINE_OROCRM_AUTH_API_KEY']);
});
