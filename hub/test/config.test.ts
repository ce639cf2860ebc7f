import t from 'tap';
import { readFileSync } from 'node:fs';
import { classicPolicy, safePolicy } from '@syncline/core';
import { ConfigError, connectors, environmentName, readConfig, settings, type Config, type ConfigSource, type SetAtRunTime, type SettingValue, type SetValues } from '../src/index.ts';

const connections = `
orocrm:
  url: https://crm.example.com
  auth: { signIn: client-credentials, clientId: id, clientSecret: hidden-oro }
outlook:
  tenant: contoso.example
  clientId: app
  signIn: { method: client-credentials, clientSecret: hidden-graph, user: ada@contoso.example }
`;

function read(text?: string, env: ConfigSource['env'] = {}, checks = false): Promise<Config> {
  return readConfig({ ...(text !== undefined && { text, file: 'syncline.yaml' }), env, zone: 'Europe/Vienna', ...(checks && { connectors }) });
}

async function mistakesOf(...args: Parameters<typeof read>): Promise<readonly string[]> {
  try {
    await read(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

t.test('S1 S2 S3 S6 S10 S18 S19 what a new installation has', async (t) => {
  const { port, host, name, users: [me] } = await read();
  t.strictSame([port, host, name], [7420, '127.0.0.1', 'syncline']);
  t.match(me, {
    id: 'me', policy: safePolicy, kinds: ['contact', 'task', 'event'], intervalsMs: { left: 120_000, right: 30_000 },
    enableSync: true, showAlerts: true, zone: 'Europe/Vienna', window: { pastDays: 30, futureDays: 365 },
  });
  t.strictSame([me?.policy.direction, me?.policy.precedence], ['both-ways', ['left', 'right']]);
});

for (const interval of ['crmSyncIntervalSeconds', 'outlookSyncIntervalSeconds']) {
  for (const good of ['1', '86399']) {
    t.test(`S4 ${interval}: ${good} is accepted`, async (t) => {
      const { users: [me] } = await read(`${interval}: ${good}`);
      t.ok(Object.values(me?.intervalsMs ?? {}).includes(Number(good) * 1000));
    });
  }
  for (const bad of ['0', '-5', '86400', '1.5', '""', '"abc"', 'null', '[1]']) {
    t.test(`S4 ${interval}: ${bad} is refused with the range`, async (t) => {
      const [mistake, ...more] = await mistakesOf(`${interval}: ${bad}`);
      t.match(mistake, new RegExp(`^${interval} must be a whole number of seconds from 1 to 86399, not `));
      t.strictSame(more, []);
    });
  }
}

t.test('S4 the environment is held to the same range', async (t) => {
  t.strictSame(await mistakesOf(undefined, { SYNCLINE_CRM_SYNC_INTERVAL_SECONDS: '1.5' }), ['SYNCLINE_CRM_SYNC_INTERVAL_SECONDS must be a whole number of seconds from 1 to 86399, not "1.5".']);
  t.equal((await read(undefined, { SYNCLINE_CRM_SYNC_INTERVAL_SECONDS: '7' })).users[0]?.intervalsMs.left, 7000);
});

t.test('S8 every mistake is told at once, those of the connections too, without a secret', async (t) => {
  const text = `
port: 70000
direction: sideways
wins: nobody
contacts: maybe
zone: Middle/Earth
prot: 1
events: { pastDays: -1, futureDay: 3 }
switches: { conflict: { granularity: page } }
orocrm: { auth: { signIn: wsse, user: ada, apiKey: "" } }
outlook:
  clientId: app
  signIn: { method: client-credentials, clientSecret: topsecret }
`;
  const mistakes = await mistakesOf(text, { SYNCLINE_PROT: '7' }, true);
  for (const part of [
    'SYNCLINE_PROT is no setting (did you mean "SYNCLINE_PORT"?)', 'prot is no setting (did you mean "port"?)', 'events.futureDay is no setting (did you mean "events.futureDays"?)',
    'port must be a whole number from 0 to 65535, not 70000', 'direction must be one of orocrm-to-outlook, outlook-to-orocrm, bidirectional, not "sideways"',
    'wins must be one of orocrm, outlook', 'contacts must be yes or no', 'zone must be the IANA name', 'events.pastDays must be', 'switches.conflict.granularity must be one of field, record',
    'orocrm.url: OroCRM URL is missing', 'orocrm.auth.apiKey: API Key is missing', 'outlook.tenant: ', 'outlook.signIn.user: ',
  ]) t.ok(mistakes.some((mistake) => mistake.startsWith(part)), part);
  t.equal(mistakes.length, 14);
  t.notOk(mistakes.join().includes('topsecret'), 'S15');
});

t.test('a missing connection, a file that is no YAML, a file that is a list: one sentence each', async (t) => {
  t.match(await mistakesOf('', {}, true), [/^orocrm is missing: how to sign in at OroCRM\.$/, /^outlook is missing: how to sign in at Outlook/]);
  t.match(await mistakesOf('a: [b'), [/^syncline\.yaml is not YAML: /]);
  t.strictSame(await mistakesOf('- a'), ['syncline.yaml has to hold settings, one "name: value" a line.']);
});

const broken: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['a tab', 'orocrm:\n\turl: x', /Tabs are not allowed as indentation at line 2, column 1/],
  ['a name twice', 'port: 1\nport: 2', /Map keys must be unique at line 2, column 1/],
  ['two documents', 'port: 1\n---\nport: 2', /Source contains multiple documents at line 2/],
  ['a name that is a list', '? [a, b]\n: 1', /a name has to be a text at line 1/],
  ['aliases of aliases', ['a: &a [x,x,x,x,x,x,x,x,x]', ...['b', 'c', 'd', 'e'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcd'[index] ?? ''}`).join()}]`)].join('\n'), /an alias \(\*name\) leads nowhere, or to too much/],
  ['a secret with an asterisk', connections.replace('hidden-oro', '*hidden-oro'), /a text that begins with \* has to stand in quotes/],
  ['a secret with an exclamation mark', connections.replace('hidden-oro', '!hidden-oro tail'), /a text that begins with ! has to stand in quotes at line 4, column \d+\.$/],
  ['a secret with an open quote', connections.replace('hidden-oro', '"hidden-oro'), /Missing closing "quote/],
];
for (const [what, text, says] of broken) {
  t.test(`S15 ${what}: what is wrong, and nothing about what then cannot be read; no secret`, async (t) => {
    const mistakes = await mistakesOf(text, {}, true);
    t.match(mistakes[0], says);
    t.ok(mistakes.every((mistake) => mistake.startsWith('syncline.yaml is not YAML: ')));
    t.notOk(mistakes.join().includes('hidden-'));
  });
}

const nearly: readonly (readonly [text: string, says: RegExp])[] = [
  ['outlok: {}', /^outlok is no setting \(did you mean "outlook"\?\)/],
  ['Orocrm: {}', /^Orocrm is no setting \(did you mean "orocrm"\?\)/],
  ['user: {}', /^user is no setting \(did you mean "users"\?\)/],
  ['crmSyncInterval: 3', /did you mean "crmSyncIntervalSeconds"/],
  ['users: { ada: { outlok: {} } }', /^users\.ada\.outlok is no setting \(did you mean "outlook"\?\)/],
  ['events: 7', /^events has to hold settings: pastDays, futureDays\.$/],
  [`${'x'.repeat(900)}: 1`, /^x{100}\.\.\. is no setting\.$/],
  [`wins: ${'x'.repeat(9000)}`, /^wins must be one of orocrm, outlook, not "x{99}\.\.\.\.$/],
  ['name: "a\\u001b[31m"', /^name must be a text that is not empty, not "a/],
  ['data: "a\\0b"', /^data must be a text that is not empty, not "a/],
  ['publicUrl: https://user:hidden@sync.example.com', /^publicUrl must be an address such as https:\/\/sync\.example\.com, without a path, not "https:\/\/\(hidden\)@sync/],
  ['publicUrl: https://sync.example.com/?a=1', /^publicUrl must be an address/],
];
for (const [text, says] of nearly) {
  t.test(`${text.slice(0, 40)}: one sentence that helps`, async (t) => {
    t.match(await mistakesOf(text), [says]);
  });
}

t.test('environment over file over default; config print says which, and hides secrets', async (t) => {
  const { port, origins, users: [me] } = await read(`port: 1234\ndirection: orocrm-to-outlook\n${connections}`, { SYNCLINE_PORT: '4321', SYNCLINE_OROCRM_AUTH_CLIENT_SECRET: 'from-env' }, true);
  t.equal(port, 4321);
  const from = (name: string): unknown => origins.find((origin) => origin.name === name);
  t.strictSame(from('port'), { name: 'port', value: 4321, from: 'SYNCLINE_PORT' });
  t.strictSame(from('direction'), { name: 'direction', value: 'orocrm-to-outlook', from: 'syncline.yaml' });
  t.strictSame(from('wins'), { name: 'wins', value: 'orocrm', from: 'default' });
  t.strictSame(from('orocrm.auth.clientSecret'), { name: 'orocrm.auth.clientSecret', value: '(set)', from: 'SYNCLINE_OROCRM_AUTH_CLIENT_SECRET' });
  t.match(me?.sections.left, { auth: { clientSecret: 'from-env' } });
  t.notOk(/hidden|from-env/.test(JSON.stringify(origins)), 'S15');
  t.equal(new Set(origins.map(({ name, user }) => `${user ?? ''}/${name}`)).size, origins.length, 'each once');
});

t.test('S15 the key for secrets is shown to nobody, right or wrong', async (t) => {
  const key = 'ab'.repeat(32);
  const { masterKey, origins } = await read('', { SYNCLINE_MASTER_KEY: key });
  t.equal(masterKey, key);
  t.strictSame(origins.find(({ name }) => name === 'masterKey'), { name: 'masterKey', value: '(set)', from: 'SYNCLINE_MASTER_KEY' });
  t.strictSame(await mistakesOf('', { SYNCLINE_MASTER_KEY: 'hidden-key' }), ['SYNCLINE_MASTER_KEY must be 32 bytes in base64 or as 64 hexadecimal digits, not that.']);
});

t.test('S8 the environment alone can say a connection; a secret alone is none', async (t) => {
  const env = { SYNCLINE_OROCRM_URL: 'https://crm.example.com', SYNCLINE_OROCRM_AUTH_SIGN_IN: 'wsse', SYNCLINE_OROCRM_AUTH_USER: 'ada', SYNCLINE_OROCRM_AUTH_API_KEY: 'hidden-key' };
  const { users: [me] } = await read('outlook: { tenant: t, clientId: c, signIn: { method: client-credentials, user: ada@contoso.example, clientSecret: hidden } }', env, true);
  t.strictSame(me?.sections.left, { url: 'https://crm.example.com', auth: { signIn: 'wsse', user: 'ada', apiKey: 'hidden-key' } });
  t.match(await mistakesOf('', { SYNCLINE_OROCRM_AUTH_API_KEY: 'hidden-key' }, true), [/^orocrm is missing: how to sign in at OroCRM\.$/, /^outlook is missing/]);
});

t.test('S8 a person\'s own secret comes before the environment\'s, which is everybody\'s', async (t) => {
  const text = `${connections}\nusers: { ada: {}, bob: { orocrm: { auth: { clientSecret: bobs } } } }`;
  const { users } = await read(text, { SYNCLINE_OROCRM_AUTH_CLIENT_SECRET: 'from-env' }, true);
  t.match(users.map(({ sections }) => sections.left), [{ auth: { clientSecret: 'from-env' } }, { auth: { clientSecret: 'bobs' } }]);
});

t.test('section 10: a profile is a preset, each switch can be set alone', async (t) => {
  t.strictSame((await read('profile: classic')).users[0]?.policy, classicPolicy);
  const text = 'profile: classic\nswitches: { conflict: { granularity: field }, firstMatch: { emptyOverwrites: no }, outlookToOro: { matchBeforeCreate: yes }, keys: { matchWithoutName: no }, deleteVsEdit: byPolicy, outlookDeletion: ignore, oneWayRevert: onSourceChange, resync: { mode: relink }, oroToOutlook: { touchCounts: no }, meetings: { notify: hold } }';
  t.strictSame((await read(text)).users[0]?.policy, { ...safePolicy, rightDeletion: 'ignore', oneWayRevert: 'on-source-change' });
  t.strictSame((await read('wins: outlook\ndirection: outlook-to-orocrm')).users[0]?.policy, { ...safePolicy, precedence: ['right', 'left'], direction: 'right-to-left' });
});

t.test('several people: each has own values, the rest is everybody\'s', async (t) => {
  const text = `${connections}\nwins: outlook\nusers:\n  ada: {}\n  bob:\n    wins: orocrm\n    tasks: no\n    outlook: { signIn: { user: bob@contoso.example } }\n`;
  const { users, origins } = await read(text, { SYNCLINE_WINS: 'outlook' }, true);
  t.strictSame(users.map(({ id, policy, kinds }) => [id, policy.precedence[0], kinds.length]), [['ada', 'right', 3], ['bob', 'left', 2]]);
  t.match(users[1]?.sections.right, { tenant: 'contoso.example', signIn: { user: 'bob@contoso.example', clientSecret: 'hidden-graph' } });
  t.ok(origins.some(({ name, user, value }) => name === 'tasks' && user === 'bob' && value === false));
  t.match(await mistakesOf('users: { Ada: {}, bob: { port: 7, tasks: perhaps } }'), [/^users\.Ada: a user is named/, /^users\.bob\.port is no setting/, /^users\.bob\.tasks must be yes or no/]);
});

t.test('S16 in classic all tasks the user may see are synced, unless somebody says otherwise', async (t) => {
  const scope = async (text: string): Promise<unknown> => ((await read(`${text}\n${connections}`, {}, true)).users[0]?.sections.left as { tasksScope?: string }).tasksScope;
  t.equal(await scope('profile: safe'), undefined, 'the connector\'s own: those the user owns');
  t.equal(await scope('profile: classic'), 'all');
  t.equal(((await read(`profile: classic\n${connections.replace('orocrm:', 'orocrm:\n  tasksScope: owned')}`, {}, true)).users[0]?.sections.left as { tasksScope?: string }).tasksScope, 'owned');
});

t.test('K5 a key of no field, or of a field that is none, is refused with the fields there are', async (t) => {
  t.strictSame((await read('keys: { contact: [lastName, emails], task: "subject, dueDate" }')).users[0]?.keys, { contact: ['lastName', 'emails'], task: ['subject', 'dueDate'], event: ['title', 'start', 'end', 'allDay'] });
  t.strictSame(await mistakesOf('keys: { task: "subject, shoeSize", event: "" }'), [
    'keys.task must be one or more of subject, priority, dueDate, status, separated by commas, not "subject, shoeSize".',
    'keys.event must be one or more of title, start, end, allDay, separated by commas, not empty.',
  ]);
});

const runtime = (everybody: SetValues, users: SetAtRunTime['users'] = {}): Pick<ConfigSource, 'runtime'> => ({ runtime: { everybody, users } });

t.test('Q27 the nearest counts: set for one person, in the file for one person, set for everybody, environment, file, default', async (t) => {
  const text = 'wins: outlook\nusers: { ada: { tasks: no }, bob: {} }';
  const source = { text, file: 'syncline.yaml', env: { SYNCLINE_WINS: 'orocrm' }, zone: 'Europe/Vienna' };
  const origins = async (more: Pick<ConfigSource, 'runtime'>, name: string): Promise<unknown> => (await readConfig({ ...source, ...more })).origins.filter((one) => one.name === name);
  t.strictSame(await origins({}, 'wins'), [{ name: 'wins', value: 'orocrm', from: 'SYNCLINE_WINS' }]);
  t.strictSame(await origins(runtime({ wins: 'outlook', tasks: true }), 'wins'), [{ name: 'wins', value: 'outlook', from: 'set at run time' }]);
  t.strictSame(await origins(runtime({ tasks: true }), 'tasks'), [{ name: 'tasks', value: true, from: 'set at run time' }, { name: 'tasks', value: false, from: 'syncline.yaml', user: 'ada' }]);
  t.strictSame(await origins(runtime({ tasks: false }, { ada: { tasks: true } }), 'tasks'), [{ name: 'tasks', value: false, from: 'set at run time' }, { name: 'tasks', value: true, from: 'set at run time', user: 'ada' }]);
  t.strictSame(await origins(runtime({}, { bob: { profile: 'classic' } }), 'switches.deleteVsEdit'), [{ name: 'switches.deleteVsEdit', value: 'byPolicy', from: 'default' }, { name: 'switches.deleteVsEdit', value: 'deleteWins', from: 'profile classic', user: 'bob' }]);
});

t.test('S8 another way of signing in, set at run time, takes the place of the one in the file', async (t) => {
  const source = { text: connections, file: 'syncline.yaml', env: {}, zone: 'Europe/Vienna', connectors };
  const left = async (everybody: SetValues): Promise<unknown> => (await readConfig({ ...source, ...runtime(everybody) })).users[0]?.sections.left;
  t.strictSame(await left({ 'orocrm.auth.signIn': 'wsse', 'orocrm.auth.user': 'ada', 'orocrm.auth.apiKey': 'key' }), { url: 'https://crm.example.com', auth: { signIn: 'wsse', user: 'ada', apiKey: 'key' } });
  t.strictSame(await left({ 'orocrm.auth.clientId': 'other', 'orocrm.contactsScope': 'owned' }), { url: 'https://crm.example.com', auth: { signIn: 'client-credentials', clientId: 'other', clientSecret: 'hidden-oro' }, contactsScope: 'owned' });
  await t.rejects(left({ 'orocrm.auth.signIn': 'wsse', 'orocrm.auth.user': 'ada' }), { message: 'orocrm.auth.apiKey: API Key is missing.' });
  await t.rejects(left({ 'outlook.calender': 'x' }), { message: 'outlook.calender is no setting of Outlook (Microsoft Graph) (did you mean "outlook.calendars"?).' });
});

t.test('docs/guides/self-hosting.md lists every setting as the table has it', async (t) => {
  const guide = readFileSync(new URL('../../../docs/guides/self-hosting.md', import.meta.url), 'utf8');
  const shown = (value: SettingValue): string => (value === undefined ? 'none' : value === true ? 'yes' : value === false ? 'no' : String(value));
  for (const setting of settings) {
    const { name, preset, classic, presetWords, owner, takes, explain } = setting;
    const presets = presetWords ?? `${shown(preset)}${classic === undefined ? '' : `; classic: ${shown(classic)}`}`;
    t.ok(guide.includes(`| \`${name}\` | \`${environmentName(setting)}\` | ${presets} | ${owner} | ${takes} | ${explain} |`), name);
  }
  t.equal(guide.match(/^\| `[\w.]+` \| `SYNCLINE_\w+` \|/gm)?.length, settings.length, 'and no other');
});
