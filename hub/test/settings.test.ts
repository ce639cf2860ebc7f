import t from 'tap';
import { MemoryDisk, memoryStore } from '@syncline/store';
import type { StatusEvent } from '../src/index.ts';
import { host, hubWorld, type HubWorld } from './hub-world.ts';

interface Row {
  readonly name: string;
  readonly value: unknown;
  readonly preset: unknown;
  readonly from: string;
  readonly own: boolean;
}

async function ask({ hub }: HubWorld, method: 'GET' | 'PATCH', payload?: object, user?: string): Promise<{ status: number; body: { settings: readonly Row[]; users?: { [id: string]: readonly Row[] }; error?: string; mistakes?: readonly string[]; notes?: readonly string[] } }> {
  const answer = await hub.app.inject({ method, url: `/api/v1/settings${user === undefined ? '' : `?user=${user}`}`, headers: { ...host, authorization: `Bearer ${hub.ownToken}` }, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.json() };
}

async function valueOf(world: HubWorld, name: string, user?: string): Promise<unknown> {
  const { body } = await ask(world, 'GET', undefined, user);
  const row = body.settings.find((one) => one.name === name);
  return row && [row.value, row.from, row.own];
}

const twoPeople = { users: { ada: {}, bob: { tasks: false, orocrm: { auth: { clientId: 'syncline-sale', clientSecret: 'secret-syncline-sale' } }, outlook: { signIn: { user: 'person2@contoso.example' } } } } };

t.test('GET tells each setting with value, preset, origin, what it takes and whose it is; people with what differs', async (t) => {
  const world = await hubWorld(twoPeople);
  t.teardown(() => world.hub.close());
  const { status, body } = await ask(world, 'GET');
  t.equal(status, 200);
  t.match(body.settings.find(({ name }) => name === 'crmSyncIntervalSeconds'), {
    value: 120, preset: 120, from: 'default', own: false, live: true, secret: false, scope: 'user', owner: 'administrator', takes: 'a whole number of seconds from 1 to 86399', explain: /CRM Sync Interval/,
  });
  t.match(body.settings.find(({ name }) => name === 'port'), { live: false, scope: 'hub' });
  t.match(body.settings.find(({ name }) => name === 'orocrm.auth.clientSecret'), { value: '(set)', secret: true, owner: 'user' });
  t.strictSame(body.users?.['ada'], []);
  t.match(body.users?.['bob']?.find(({ name }) => name === 'tasks'), { value: false, from: 'the file', own: true });
  t.strictSame(await valueOf(world, 'tasks', 'bob'), [false, 'the file', true]);
  t.strictSame(await valueOf(world, 'tasks', 'ada'), [true, 'default', false]);
  t.notOk(JSON.stringify(body).includes('secret-syncline'), 'S15');
  t.equal((await ask(world, 'GET', undefined, 'carol')).status, 404);
  for (const body of [undefined, [], { set: [] }, { set: { tasks: false }, extra: 1 }, { unset: 'tasks' }, { as: 'root' }]) t.equal((await ask(world, 'PATCH', body)).status, 400, JSON.stringify(body));
  t.equal((await ask(world, 'PATCH', { user: 'carol', set: { tasks: false } })).status, 404);
});

const refused: readonly (readonly [what: string, change: object, mistakes: readonly (RegExp | string)[]])[] = [
  ['S4 out of range', { set: { crmSyncIntervalSeconds: 0 } }, ['crmSyncIntervalSeconds must be a whole number of seconds from 1 to 86399, not 0.']],
  ['several mistakes are told at once', { set: { wins: 'nobody', outlookSyncIntervalSeconds: '', tasks: false } }, [/^wins must be one of orocrm, outlook, not "nobody"\.$/, /^outlookSyncIntervalSeconds must be .*1 to 86399, not empty\.$/]],
  ['for one person', { user: 'ada', set: { zone: 'Middle/Earth' } }, [/^users\.ada\.zone must be the IANA name/]],
  ['K5', { set: { 'keys.task': 'shoeSize' } }, ['keys.task must be one or more of subject, priority, dueDate, status, separated by commas, not "shoeSize".']],
  ['no setting', { set: { direktion: 'bidirectional' }, unset: ['constructor'] }, ['direktion is no setting (did you mean "direction"?).', 'constructor is no setting.']],
  ['a name that is not one', { set: { 'orocrm.__proto__.x': 1, 'orocrm': 'x' } }, [/^orocrm\.__proto__\.x is no setting/, /^orocrm is no setting/]],
  ['what is read at the start', { set: { port: 1 } }, ['port is read when the hub starts: change it in the file or as SYNCLINE_PORT, and start again.']],
  ['set and unset at once', { set: { tasks: false }, unset: ['tasks'] }, ['tasks cannot be set and unset at once.']],
  ['Q27 a person and the administrator\'s settings', { user: 'ada', as: 'user', set: { tasks: true, direction: 'bidirectional', language: 'de' } }, ['tasks is the administrator\'s to change.', 'direction is the administrator\'s to change.']],
  ['Q27 a person and everybody\'s settings', { as: 'user', set: { language: 'de' } }, ['Settings of everybody are the administrator\'s to change.']],
  ['Q27 a person and what no table names', { user: 'ada', as: 'user', set: { 'orocrm.pageSize': 7 } }, ['orocrm.pageSize is the administrator\'s to change.']],
  ['S8 an address that is none', { set: { 'orocrm.url': 'crm' } }, [/^users\.ada\.orocrm\.url: OroCRM URL must be an address/, /^users\.bob\.orocrm\.url: /]],
  ['S8 a field of the chosen sign-in is missing', { user: 'ada', set: { 'orocrm.auth.signIn': 'wsse', 'orocrm.auth.user': 'ada' } }, ['users.ada.orocrm.auth.apiKey: API Key is missing.']],
  ['S15 a secret that is none is not shown', { user: 'ada', set: { 'orocrm.auth.clientSecret': 'hush\nhush' } }, ['users.ada.orocrm.auth.clientSecret must be a text that is not empty, not that.']],
  ['a group in place of a value', { set: { 'orocrm.tls': { clientKey: 'hush' } } }, ['orocrm.tls takes one value, or a list: what is below it is named with dots.']],
  ['a connector\'s member that it overlooks', { set: { 'outlook.calender': 'x' } }, [/^outlook\.calender is no setting of Outlook .*\(did you mean "outlook\.calendars"\?\)\.$/]],
];

for (const [what, change, mistakes] of refused) {
  t.test(`${what}: refused in words, nothing is changed or sent`, async (t) => {
    const world = await hubWorld({ ...twoPeople, enableSync: false });
    t.teardown(() => world.hub.close());
    await world.hub.open(memoryStore({ hubId: 'test' }));
    const before = (await ask(world, 'GET')).body;
    const { status, body } = await ask(world, 'PATCH', change);
    t.equal(status, 422);
    t.match(body.mistakes, mistakes);
    t.equal(body.mistakes?.length, mistakes.length);
    t.equal(body.error, body.mistakes?.join('\n'));
    t.strictSame((await ask(world, 'GET')).body, before);
    t.strictSame([world.sent(), world.events], [0, []]);
    t.notOk(JSON.stringify([body, world.logs]).includes('hush'));
  });
}

t.test('a change of several values holds at once, survives a restart, and is unset to what the file says', async (t) => {
  const disk = new MemoryDisk();
  const world = await hubWorld({ ...twoPeople, wins: 'outlook', enableSync: false });
  t.teardown(() => world.hub.close());
  await world.hub.open(memoryStore({ hubId: 'test', disk }));
  t.equal((await ask(world, 'PATCH', { set: { direction: 'orocrm-to-outlook', wins: 'orocrm', crmSyncIntervalSeconds: '7' } })).status, 200);
  t.equal((await ask(world, 'PATCH', { user: 'bob', as: 'user', set: { language: 'de', enableSync: true, showAlerts: false } })).status, 200);
  t.strictSame(world.events.filter((event) => event.type === 'settings').map((event: StatusEvent) => ({ ...event, at: 0 })), [
    { user: 'ada', at: 0, type: 'settings', direction: 'orocrm-to-outlook', wins: 'orocrm', enableSync: false, showAlerts: true, alerts: [] },
    { user: 'bob', at: 0, type: 'settings', direction: 'orocrm-to-outlook', wins: 'orocrm', enableSync: false, showAlerts: true, alerts: [] },
    { user: 'bob', at: 0, type: 'settings', direction: 'orocrm-to-outlook', wins: 'orocrm', enableSync: true, showAlerts: false, alerts: [] },
  ]);
  t.strictSame(world.logs.filter((line) => line.startsWith('Settings')), ['Settings of everybody changed: direction, wins, crmSyncIntervalSeconds.', 'Settings of bob changed: language, enableSync, showAlerts.']);

  const again = await hubWorld({ ...twoPeople, wins: 'outlook', enableSync: false });
  t.teardown(() => again.hub.close());
  await again.hub.open(memoryStore({ hubId: 'test', disk }), { schedules: false });
  t.strictSame(await valueOf(again, 'wins'), ['orocrm', 'set at run time', false]);
  t.strictSame(await valueOf(again, 'crmSyncIntervalSeconds'), [7, 'set at run time', false]);
  t.strictSame(await valueOf(again, 'language', 'bob'), ['de', 'set at run time', true]);
  t.match(again.hub.users.get('bob')?.live.status, { direction: 'orocrm-to-outlook', wins: 'orocrm', enableSync: true, showAlerts: false });
  t.equal((await ask(again, 'PATCH', { unset: ['wins', 'direction'] })).status, 200);
  t.strictSame([await valueOf(again, 'wins'), await valueOf(again, 'direction')], [['outlook', 'the file', false], ['bidirectional', 'default', false]]);
  t.match(again.hub.users.get('ada')?.live.status, { direction: 'bidirectional', wins: 'outlook' });
});

t.test('S8 S15 a connection is tried before it is stored; its secret is sealed, and told to nobody', async (t) => {
  const disk = new MemoryDisk();
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.start({ store: memoryStore({ hubId: 'test', disk }), schedules: false }).catch(() => undefined);
  const wrong = await ask(world, 'PATCH', { set: { 'orocrm.auth.clientSecret': 'hush-wrong' } });
  t.match([wrong.status, wrong.body.mistakes], [422, [/^me: OroCRM does not accept the client ID and client secret/]]);
  const right = await ask(world, 'PATCH', { set: { 'orocrm.auth.clientId': 'syncline-sale', 'orocrm.auth.clientSecret': 'secret-syncline-sale' } });
  t.match([right.status, right.body.notes], [200, []]);
  t.strictSame(await valueOf(world, 'orocrm.auth.clientSecret'), ['(set)', 'set at run time', false]);
  const rows = JSON.stringify([...disk.users.values()].map(({ cells }) => [...cells]));
  t.match(rows, /sealed/);
  t.notOk(JSON.stringify([rows, world.logs, world.events, right.body, wrong.body]).match(/secret-syncline-sale|hush/));
});

t.test('S8 a service that does not answer cannot refuse: the connection is stored, and the answer says so', async (t) => {
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.hub.open(memoryStore({ hubId: 'test' }));
  world.orocrm.admin.faults.add({ match: { path: /.*/ }, action: { type: 'status', status: 503 } });
  const { status, body } = await ask(world, 'PATCH', { set: { 'orocrm.auth.clientId': 'syncline-sale' } });
  t.match([status, body.notes], [200, [/^me: .*The connection was stored untried\.$/]]);
  t.strictSame(await valueOf(world, 'orocrm.auth.clientId'), ['syncline-sale', 'set at run time', false]);
});

t.test('S21 an account that another user has connected is refused', async (t) => {
  const world = await hubWorld({ ...twoPeople, enableSync: false });
  t.teardown(() => world.hub.close());
  world.graph.admin.addUser({ userPrincipalName: 'person2@contoso.example', displayName: 'Person 2' });
  t.strictSame(await world.hub.connect(), []);
  await world.hub.open(memoryStore({ hubId: 'test' }));
  const { status, body } = await ask(world, 'PATCH', { user: 'bob', set: { 'outlook.signIn.user': 'person1@contoso.example' } });
  t.match([status, body.mistakes], [422, [/^bob: .*is connected for the user "ada" already/]]);
});

t.test('members of a connection that no table names are set by name, shown, and secret when they are called so', async (t) => {
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.hub.open(memoryStore({ hubId: 'test' }));
  t.equal((await ask(world, 'PATCH', { set: { 'orocrm.pageSize': 50, 'outlook.excludedCategories': ['Family', 'Red'] } })).status, 200);
  t.strictSame(await valueOf(world, 'orocrm.pageSize'), [50, 'set at run time', false]);
  t.strictSame(await valueOf(world, 'outlook.excludedCategories'), ['Family, Red', 'set at run time', false]);
  t.equal((await ask(world, 'PATCH', { unset: ['orocrm.pageSize'] })).status, 200);
  t.equal(await valueOf(world, 'orocrm.pageSize'), undefined);
});

t.test('while the data folder is out of use nothing can be set', async (t) => {
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  t.match(await ask(world, 'PATCH', { set: { tasks: false } }), { status: 503, body: { error: 'The data folder is not open: nothing can be set.' } });
  await world.hub.open(memoryStore({ hubId: 'test', beforeWrite: async () => { throw new Error('No space left on device'); } })).catch(() => undefined);
  const { status } = await ask(world, 'PATCH', { set: { tasks: false } });
  t.equal(status, 503);
  t.strictSame(await valueOf(world, 'tasks'), [true, 'default', false]);
});

t.test('what was set before and does not fit any more is refused at the start, by name', async (t) => {
  const disk = new MemoryDisk();
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  const store = memoryStore({ hubId: 'test', disk });
  const part = await store.user('#hub');
  await part.commit({ put: [{ space: 'state', key: 'setting/wins', value: { value: 'nobody' } }] });
  await t.rejects(world.hub.open(store), { message: 'wins must be one of orocrm, outlook, not "nobody".' });
});
