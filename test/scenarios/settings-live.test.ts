// Section 2 once more, through a whole hub whose settings change while it runs: from the next cycle on, without a restart.
import t, { type Test } from 'tap';
import { MemoryDisk } from '@syncline/store';
import { mailboxOf } from '@syncline/simulators';
import { hubConnections, hubWorld, type HubWorld } from '../support/hub-world.ts';
import { get, patch, rowOf, set } from '../support/settings-api.ts';
import { only } from '../support/watch.ts';

/** A hub that runs, and ends with the test. */
async function running(t: Test, settings: object = {}, before: (world: HubWorld) => void = () => undefined): Promise<HubWorld> {
  const world = await hubWorld(settings);
  t.teardown(() => world.hub.close());
  before(world);
  await world.start();
  return world;
}

/** One complete cycle over both sides, as StartSyncNow makes it (S11). */
async function cycle({ hub, rest }: HubWorld): Promise<void> {
  for (const { scheduler } of hub.users.values()) await scheduler.syncNow();
  await rest();
}

/** Requests that may change something in a service. */
function changing({ sent }: HubWorld): number {
  return sent.filter(({ method, path }) => method !== 'GET' && !/oauth2|\$batch$/.test(path)).length;
}

/** What the sockets were told of settings last. */
const told = ({ events }: HubWorld) => events.filter(({ type }) => type === 'settings').at(-1);
const ada = ({ oro }: HubWorld) => only(oro.admin.listContacts().filter(({ firstName }) => firstName === 'Ada'));
const adaInOutlook = ({ graph }: HubWorld) => only(graph.admin.listContacts().filter(({ givenName }) => givenName === 'Ada'));
const linkedAda = (world: HubWorld): void => {
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Analyst' });
};
const editBoth = (world: HubWorld): void => {
  world.oro.admin.updateContact(ada(world).id, { jobTitle: 'from OroCRM' });
  world.graph.admin.updateContact(adaInOutlook(world).id, { jobTitle: 'from Outlook' });
};
const bob = { orocrm: { auth: { clientId: 'syncline-sale', clientSecret: 'secret-syncline-sale' } }, outlook: { signIn: { user: mailboxOf(2) } } };

t.test('S1 S2 direction and winner are set while the hub runs: told at once, and what governs the next cycle', async (t) => {
  for (const [direction, wins, oro, outlook] of [
    ['orocrm-to-outlook', 'outlook', 'from OroCRM', 'from OroCRM'], ['outlook-to-orocrm', 'orocrm', 'from Outlook', 'from Outlook'],
    ['bidirectional', 'outlook', 'from Outlook', 'from Outlook'], ['bidirectional', 'orocrm', 'from OroCRM', 'from OroCRM'],
  ] as const) {
    const world = await running(t, { enableSync: false, direction: 'bidirectional', wins: wins === 'orocrm' ? 'outlook' : 'orocrm' }, linkedAda);
    await cycle(world);
    t.match(await rowOf(world, 'direction'), { value: 'bidirectional', preset: 'bidirectional', takes: 'one of orocrm-to-outlook, outlook-to-orocrm, bidirectional' });
    t.match(await rowOf(world, 'wins'), { preset: 'orocrm', takes: 'one of orocrm, outlook' });
    t.equal((await set(world, { direction, wins })).status, 200);
    t.match(world.status(), { direction, wins });
    t.match(told(world), { user: 'me', direction, wins });
    editBoth(world);
    await cycle(world);
    t.strictSame([ada(world).jobTitle, adaInOutlook(world)['jobTitle']], [oro, outlook], `${direction}, ${wins} wins`);
  }
});

t.test('S3 S6 what a new installation says of itself', async (t) => {
  const world = await running(t, { enableSync: false });
  for (const [name, value] of [['crmSyncIntervalSeconds', 120], ['outlookSyncIntervalSeconds', 30], ['contacts', true], ['tasks', true], ['calendarEvents', true], ['enableSync', true], ['showAlerts', true]] as const) {
    t.match(await rowOf(world, name), { preset: value, value: name === 'enableSync' ? false : value, live: true }, name);
  }
  for (const name of ['contacts', 'tasks', 'calendarEvents']) t.match(await rowOf(world, name), { takes: 'yes or no', owner: 'administrator' });
});

for (const name of ['crmSyncIntervalSeconds', 'outlookSyncIntervalSeconds']) {
  t.test(`S4 ${name}: 1 and 86399 are saved; anything else is refused with the range, and the stored value stays`, async (t) => {
    const world = await running(t, { enableSync: false });
    for (const good of [86_399, 1]) {
      t.equal((await set(world, { [name]: good })).status, 200);
      t.match(await rowOf(world, name), { value: good, from: 'set at run time' });
    }
    for (const [bad, shown] of [[0, '0'], [-5, '-5'], [86_400, '86400'], [1.5, '1.5'], ['', 'empty'], ['abc', '"abc"']] as const) {
      const { status, mistakes } = await set(world, { [name]: bad, wins: 'outlook' });
      t.strictSame([status, mistakes], [422, [`${name} must be a whole number of seconds from 1 to 86399, not ${shown}.`]]);
      t.match(await rowOf(world, name), { value: 1 }, 'unchanged');
      t.match(await rowOf(world, 'wins'), { value: 'orocrm' }, 'nor what was right beside it');
    }
  });
}

t.test('S5 S10 new intervals beat at once, each side its own', async (t) => {
  const world = await running(t);
  await world.pass(5);
  await set(world, { crmSyncIntervalSeconds: 20, outlookSyncIntervalSeconds: 7 });
  const from = world.now();
  t.match(world.status().next, { orocrm: from + 20_000, outlook: from + 7_000 }, 'told at once');
  await world.pass(60);
  const checks = (path: RegExp): readonly number[] => [...new Set(world.sent.filter((one) => one.at > from && path.test(one.path)).map(({ at }) => (at - from) / 1000))];
  const outlook = checks(/calendarView\/delta/);
  for (const due of [7, 14, 21, 28, 35, 42, 49, 56]) t.ok(outlook.includes(due), `Outlook at ${due} s`);
  const oro = checks(/\/api\/contacts$/);
  for (const due of [20, 40, 60]) t.ok(oro.includes(due), `OroCRM at ${due} s`);
  t.notOk(oro.includes(7), 'and not with Outlook\'s beat');
});

t.test('S7 Tasks are switched off and on again while the hub runs: nothing of them is read meanwhile, links and markers stay', async (t) => {
  const world = await running(t, { enableSync: false }, ({ oro }) => ['Call', 'Write', 'Read'].forEach((subject) => oro.admin.createTask({ subject })));
  await cycle(world);
  t.equal((await set(world, { tasks: false })).status, 200);
  const about = (): number => world.sent.filter(({ path }) => /\/tasks(\/|$)|\/todo\//.test(path)).length;
  await cycle(world);
  const before = about();
  world.oro.admin.updateTask(1, { subject: 'Call back' });
  world.oro.admin.deleteTask(2);
  world.graph.admin.createTask({ title: 'New' });
  const counted = world.oro.counters.requests['GET /api/tasks'];
  for (let round = 0; round < 3; round += 1) await cycle(world);
  t.strictSame([about(), world.oro.counters.requests['GET /api/tasks']], [before, counted], 'no request about tasks');
  t.match(world.status().records, { linked: { task: 3 } }, 'links stay');
  for (const task of world.graph.admin.listTasks()) t.equal((task['linkedResources'] as readonly object[]).length, task['title'] === 'New' ? 0 : 1, 'markers stay');
  t.equal((await patch(world, { unset: ['tasks'] })).status, 200);
  await world.pass(16 * 60);
  for (let round = 0; round < 3; round += 1) await cycle(world);
  t.strictSame(world.graph.admin.listTasks().map(({ title }) => title).sort(), ['Call back', 'New', 'Read'], 'it goes on from there');
  t.strictSame(world.oro.admin.listTasks().map(({ subject }) => subject).sort(), ['Call back', 'New', 'Read'], 'nothing is doubled');
});

t.test('S8 an empty field of the sign-in is refused by its name, before anything is sent', async (t) => {
  const world = await running(t, { enableSync: false });
  const before = world.sent.length;
  for (const [values, name] of [
    [{ 'orocrm.url': '' }, 'orocrm.url'], [{ 'orocrm.auth.clientId': '' }, 'orocrm.auth.clientId'], [{ 'orocrm.auth.clientSecret': '' }, 'orocrm.auth.clientSecret'],
    [{ 'orocrm.auth.signIn': 'wsse', 'orocrm.auth.user': 'ada' }, 'orocrm.auth.apiKey'], [{ 'orocrm.auth.signIn': 'wsse', 'orocrm.auth.apiKey': 'hush' }, 'orocrm.auth.user'],
    [{ 'outlook.tenant': '' }, 'outlook.tenant'], [{ 'outlook.signIn.method': 'refresh-token' }, 'outlook.signIn.refreshToken'],
  ] as const) {
    const { status, mistakes } = await set(world, values);
    t.equal(status, 422);
    t.ok(mistakes.length === 1 && mistakes[0]?.startsWith(name), name);
  }
  t.equal(world.sent.length, before, 'nothing leaves the hub');
});

t.test('S8 a new sign-in is tried before it is stored, and the next cycle uses it; a wrong one changes nothing', async (t) => {
  const world = await running(t, { enableSync: false }, linkedAda);
  await cycle(world);
  const { accounts } = world.status();
  const wrong = await set(world, { 'orocrm.auth.clientSecret': 'hush' });
  t.match([wrong.status, wrong.mistakes], [422, [/^me: OroCRM does not accept the client ID and client secret/]]);
  await cycle(world);
  t.strictSame(world.status().accounts, accounts);
  t.match(world.status().last, { settled: true });
  t.equal((await set(world, { 'orocrm.auth.clientId': 'syncline-sale', 'orocrm.auth.clientSecret': 'secret-syncline-sale' })).status, 200);
  await cycle(world);
  t.not(world.status().accounts.orocrm, accounts.orocrm);
  t.equal(world.status().accounts.outlook, accounts.outlook);
  t.equal((await patch(world, { unset: ['orocrm.auth.clientId', 'orocrm.auth.clientSecret'] })).status, 200);
  await cycle(world);
  t.strictSame(world.status().accounts, accounts, 'unset: the file\'s again');
});

t.test('S8 R8 a sign-in that was lost is set anew: the intervals try again at once, not after their rest', async (t) => {
  const world = await running(t, {}, linkedAda);
  world.oro.admin.updateUser(1, { enabled: false });
  await world.pass(400);
  t.match(world.status().alerts, [{ what: 'stopped' }], 'one alert');
  t.ok((world.status().next.outlook ?? 0) > world.now() + 100_000, 'the intervals rest');
  world.graph.admin.updateContact(adaInOutlook(world).id, { jobTitle: 'Poet' });
  t.equal((await set(world, { 'orocrm.auth.clientId': 'syncline-sale', 'orocrm.auth.clientSecret': 'secret-syncline-sale' })).status, 200);
  await world.pass(30);
  t.equal(ada(world).jobTitle, 'Poet');
});

t.test('S10 S11 Enable Sync is switched off and on while the hub runs, for one person', async (t) => {
  const world = await running(t, { users: { ada: {}, bob } });
  await world.pass(5);
  const [one, other] = [...world.hub.users.values()];
  t.equal((await patch(world, { user: 'ada', as: 'user', set: { enableSync: false } })).status, 200);
  t.match([one?.live.status.enableSync, other?.live.status.enableSync], [false, true]);
  t.strictSame(one?.live.status.next, { queued: false }, 'nothing is due');
  const begun = (user: string): number => world.events.filter((event) => event.type === 'cycle-started' && event.user === user).length;
  const [before, others] = [begun('ada'), begun('bob')];
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  await world.pass(600);
  t.equal(begun('ada'), before, 'no cycle');
  t.ok(begun('bob') >= others + 20, 'the other person\'s go on');
  await one?.scheduler.syncNow();
  await world.pass(600);
  t.equal(begun('ada'), before + 1, 'StartSyncNow is one cycle');
  t.equal((await patch(world, { user: 'ada', as: 'user', unset: ['enableSync'] })).status, 200);
  await world.rest();
  t.equal(begun('ada'), before + 2, 'on again: it begins at once');
  await world.pass(30);
  t.equal(begun('ada'), before + 3, 'and goes on by the intervals');
});

t.test('S12 S14 settings that change while a cycle runs: it ends as it began, never two at once, the next one has the new ones', async (t) => {
  const world = await running(t, { enableSync: false }, linkedAda);
  await cycle(world);
  editBoth(world);
  let release = (): void => undefined;
  world.oro.admin.faults.add({ match: { path: /\/api\/contacts/ }, action: { type: 'hold', until: new Promise<void>((resolve) => void (release = resolve)) } });
  const [user] = world.hub.users.values();
  const first = user?.scheduler.syncNow();
  const turns = async (): Promise<void> => { for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => void setImmediate(resolve)); };
  await turns();
  t.ok(world.status().running);
  t.equal((await set(world, { wins: 'outlook', enableSync: true, zone: 'Asia/Tokyo', outlookSyncIntervalSeconds: 1 })).status, 200);
  t.match(world.status(), { wins: 'outlook', enableSync: true }, 'told at once');
  await turns();
  const order = (): readonly string[] => world.events.map(({ type }) => type).filter((type) => type === 'cycle-started' || type === 'cycle-ended');
  t.strictSame(order().slice(-1), ['cycle-started'], 'no second one beside it');
  release();
  await first;
  t.equal(ada(world).jobTitle, 'from OroCRM', 'decided as it began');
  await world.rest();
  await world.pass(2);
  editBoth(world);
  await world.pass(2);
  await world.pass(120);
  t.equal(ada(world).jobTitle, 'from Outlook');
  const all = order();
  t.ok(all.every((type, index) => type === (index % 2 === 0 ? 'cycle-started' : 'cycle-ended')), 'one after the other');
});

t.test('S13 S13b Show Alerts is switched off and on: what is shown goes at once, the report keeps its entries', async (t) => {
  const world = await running(t, { enableSync: false }, linkedAda);
  await cycle(world);
  editBoth(world);
  await cycle(world);
  t.equal(world.status().alerts.length, 1);
  t.equal((await patch(world, { user: 'me', as: 'user', set: { showAlerts: false } })).status, 200);
  t.match(told(world), { showAlerts: false, alerts: [] });
  t.strictSame(world.status().alerts, []);
  editBoth(world);
  world.graph.admin.updateContact(adaInOutlook(world).id, { jobTitle: 'Poet' });
  await cycle(world);
  t.strictSame(world.status().alerts, [], 'no alert');
  t.match(world.status().notes, [{ what: 'conflict', label: 'Ada Byron' }]);
  t.equal((await patch(world, { user: 'me', as: 'user', set: { showAlerts: true } })).status, 200);
  world.oro.admin.updateContact(ada(world).id, { lastName: 'King' });
  world.graph.admin.updateContact(adaInOutlook(world).id, { surname: 'Lovelace' });
  await cycle(world);
  t.equal(world.status().alerts.length, 1, 'alerts again');
});

t.test('S13 R8 what stands when Show Alerts is switched on is alerted once', async (t) => {
  const world = await running(t, { enableSync: false, showAlerts: false }, linkedAda);
  world.oro.admin.updateUser(1, { enabled: false });
  for (let round = 0; round < 2; round += 1) await cycle(world);
  t.strictSame(world.status().alerts, []);
  t.equal((await set(world, { showAlerts: true })).status, 200);
  for (let round = 0; round < 3; round += 1) await cycle(world);
  t.match(world.status().alerts, [{ what: 'stopped' }]);
  t.equal(world.status().alerts.length, 1);
});

const modes = [['bidirectional', 'orocrm'], ['bidirectional', 'outlook'], ['orocrm-to-outlook', 'orocrm'], ['outlook-to-orocrm', 'orocrm']] as const;
t.test('S14 from each direction and winner to each other: the change itself writes nothing, clears no marker, reads nothing whole', async (t) => {
  for (const [direction, wins] of modes) {
    const world = await running(t, { enableSync: false, direction, wins }, (one) => {
      linkedAda(one);
      one.oro.admin.createTask({ subject: 'Call' });
      one.graph.admin.createTask({ title: 'Call' });
    });
    for (let round = 0; round < 3; round += 1) await cycle(world);
    for (const [next, winner] of modes) {
      const [writes, requests] = [changing(world), world.sent.length];
      t.equal((await set(world, { direction: next, wins: winner })).status, 200);
      await cycle(world);
      t.equal(changing(world), writes, `${direction}, ${wins} to ${next}, ${winner}: nothing is written`);
      t.ok(world.sent.length - requests < 25, 'no full pass');
      t.match(JSON.stringify(adaInOutlook(world)['singleValueExtendedProperties']), /OroCRM_id/, 'the marker stays');
      t.match(world.status().records?.linked, { contact: 1, task: 1 });
    }
  }
});

t.test('S14 whatever else is set, a cycle with nobody editing writes nothing', async (t) => {
  const world = await running(t, { enableSync: false }, (one) => {
    linkedAda(one);
    one.oro.admin.createTask({ subject: 'Call', dueDate: Date.parse('2030-03-10T16:30:00Z') });
    one.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-03-10T11:00:00Z'), end: Date.parse('2030-03-10T12:00:00Z') });
  });
  for (let round = 0; round < 3; round += 1) await cycle(world);
  for (const values of [
    { profile: 'classic' }, { 'switches.conflict.granularity': 'field', 'switches.deleteVsEdit': 'byPolicy' }, { 'switches.resync.mode': 'relink', 'switches.oroToOutlook.touchCounts': false, 'switches.meetings.notify': 'hold' },
    { 'switches.outlookDeletion': 'propagate', 'switches.oneWayRevert': 'onSourceChange' }, { 'guards.massDelete': 'off', 'guards.massOverwrite': 'off' }, { historyDays: 7 }, { language: 'de' }, { profile: 'safe' },
  ]) {
    const writes = changing(world);
    t.equal((await set(world, values)).status, 200);
    await cycle(world);
    await cycle(world);
    t.equal(changing(world), writes, JSON.stringify(values));
    t.match(world.status().last, { settled: true });
  }
  t.match(world.status().records?.linked, { contact: 1, task: 1, event: 1 });
});

t.test('S15 keys, tokens and passwords that were set are in no answer, log, event or row of the data folder', async (t) => {
  const disk = new MemoryDisk();
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.start(disk);
  const answers = [
    await set(world, { 'orocrm.auth.clientSecret': 'hush-1-wrong' }),
    await set(world, { 'orocrm.auth.signIn': 'wsse', 'orocrm.auth.user': 'ada', 'orocrm.auth.apiKey': 'hush-2-wrong' }),
    await set(world, { 'orocrm.auth.clientSecret': 'hush-3\n' }),
    await set(world, { 'outlook.signIn.method': 'refresh-token', 'outlook.signIn.refreshToken': 'hush-4-wrong' }),
    await set(world, { 'orocrm.auth.clientId': 'syncline-sale', 'orocrm.auth.clientSecret': 'secret-syncline-sale' }),
    await get(world), await get(world, 'me'),
  ];
  t.strictSame(answers.map(({ status }) => status), [422, 422, 422, 422, 200, 200, 200]);
  await cycle(world);
  const all = JSON.stringify([answers, world.logs, world.events, world.status(), [...disk.users.values()].map(({ cells }) => [...cells])]);
  for (const secret of ['hush-', 'secret-syncline-sale', hubConnections.orocrm.auth.clientSecret, hubConnections.outlook.signIn.clientSecret]) t.notOk(all.includes(secret), secret);
  t.match(all, /sealed/);
});

t.test('S16 another scope deletes nothing; in classic all tasks the person may see are synced', async (t) => {
  const world = await running(t, { enableSync: false, orocrm: { ...hubConnections.orocrm, idComparisonMinutes: 1 } }, ({ oro }) => {
    const other = oro.admin.createUser({ username: 'bob' });
    for (const [firstName, ownerId] of [['Ada', 1], ['Bea', 1], ['Cleo', other.id], ['Dora', other.id]] as const) oro.admin.createContact({ firstName, lastName: 'Byron', ownerId });
    oro.admin.createTask({ subject: 'Mine' });
    oro.admin.createTask({ subject: 'Bob\'s', ownerId: other.id });
  });
  const settle = async (): Promise<void> => {
    await world.pass(61);
    for (let round = 0; round < 3; round += 1) await cycle(world);
  };
  await settle();
  t.strictSame([world.graph.admin.listContacts().length, world.graph.admin.listTasks().length], [4, 1]);
  t.equal((await set(world, { 'orocrm.contactsScope': 'owned' })).status, 200);
  const writes = changing(world);
  await settle();
  t.equal(changing(world), writes, 'narrowed: no write (D4)');
  for (const contact of world.graph.admin.listContacts()) world.graph.admin.updateContact(contact.id, { jobTitle: 'Poet' });
  await settle();
  t.strictSame(world.oro.admin.listContacts().map(({ jobTitle }) => jobTitle), ['Poet', 'Poet', null, null], 'what left the scope is frozen');
  t.equal((await patch(world, { unset: ['orocrm.contactsScope'] })).status, 200);
  await settle();
  t.strictSame(world.oro.admin.listContacts().map(({ jobTitle }) => jobTitle), ['Poet', 'Poet', 'Poet', 'Poet'], 'widened again: it goes on');
  t.equal((await set(world, { profile: 'classic' })).status, 200);
  t.match(await rowOf(world, 'orocrm.tasksScope'), { value: 'all', from: 'profile classic' });
  await settle();
  t.strictSame(world.graph.admin.listTasks().map(({ title }) => title).sort(), ['Bob\'s', 'Mine'], 'classic: all tasks');
  t.equal((await set(world, { 'orocrm.tasksScope': 'owned' })).status, 200);
  await settle();
  t.equal(world.graph.admin.listTasks().length, 2, 'narrowed: nothing is deleted');
});

t.test('S16 another contact folder, set while the hub runs, deletes nothing, and is where new items go', async (t) => {
  const world = await running(t, { enableSync: false }, ({ oro }) => ['Ada', 'Bea', 'Cleo'].forEach((firstName) => oro.admin.createContact({ firstName, lastName: 'Byron' })));
  await cycle(world);
  const folder = world.graph.admin.createFolder('Work');
  t.equal((await set(world, { 'outlook.contactFolders': folder.id })).status, 200);
  const before = world.graph.admin.listContacts();
  for (let round = 0; round < 3; round += 1) await cycle(world);
  t.equal(world.oro.admin.listContacts().length, 3);
  for (const { id } of before) t.ok(world.graph.admin.getContact(id));
  world.oro.admin.createContact({ firstName: 'Dora', lastName: 'Byron' });
  await world.pass(61);
  await cycle(world);
  t.match(world.graph.admin.listContacts({ in: folder.id }), [{ givenName: 'Dora' }]);
});

t.test('S18 another time zone is what the next cycle reads with; by itself it writes nothing', async (t) => {
  const world = await running(t, { enableSync: false }, ({ oro }) => oro.admin.createTask({ subject: 'Call', dueDate: Date.parse('2030-03-10T16:30:00Z') }));
  for (let round = 0; round < 3; round += 1) await cycle(world);
  const due = (): unknown => (only(world.graph.admin.listTasks().filter(({ title }) => String(title).startsWith('Call')))['dueDateTime'] as { readonly dateTime: string }).dateTime.slice(0, 10);
  t.equal(due(), '2030-03-10');
  const writes = changing(world);
  t.equal((await patch(world, { user: 'me', as: 'user', set: { zone: 'Asia/Tokyo' } })).status, 200);
  for (let round = 0; round < 3; round += 1) await cycle(world);
  t.equal(changing(world), writes);
  world.oro.admin.createTask({ subject: 'Write', dueDate: Date.parse('2030-03-10T16:30:00Z') });
  await cycle(world);
  t.match(world.graph.admin.listTasks().find(({ title }) => title === 'Write'), { dueDateTime: { dateTime: /^2030-03-11/ } }, 'the day it is in Tokyo');
  t.equal((await set(world, { zone: 'W. Europe Standard Time' })).status, 422);
});

t.test('S19 another window takes in events that were outside; those that leave it are frozen, not deleted', async (t) => {
  const day = 86_400_000;
  const world = await running(t, { enableSync: false }, ({ oro, now }) => {
    for (const [title, ahead] of [['soon', 2], ['later', 40]] as const) oro.admin.createEvent({ title, start: now() + ahead * day, end: now() + ahead * day + 3_600_000 });
  });
  const titles = (): readonly unknown[] => world.graph.admin.listEvents().map(({ subject }) => subject).sort();
  t.equal((await set(world, { 'events.futureDays': 30 })).status, 200);
  for (let round = 0; round < 2; round += 1) await cycle(world);
  t.strictSame(titles(), ['soon']);
  t.equal((await patch(world, { unset: ['events.futureDays'] })).status, 200);
  await world.pass(16 * 60);
  for (let round = 0; round < 2; round += 1) await cycle(world);
  t.strictSame(titles(), ['later', 'soon']);
  t.equal((await set(world, { 'events.futureDays': 30 })).status, 200);
  await world.pass(16 * 60);
  const writes = changing(world);
  for (let round = 0; round < 3; round += 1) await cycle(world);
  t.strictSame([titles(), world.oro.admin.listEvents().length, changing(world)], [['later', 'soon'], 2, writes]);
});

t.test('K5 another key is used for new matches; existing links are not revisited; a key of no field is refused with the fields', async (t) => {
  const world = await running(t, { enableSync: false }, linkedAda);
  await cycle(world);
  for (const [bad, shown] of [['', 'empty'], ['shoeSize', '"shoeSize"'], ['lastName, shoeSize', '"lastName, shoeSize"']]) {
    const { status, mistakes } = await set(world, { 'keys.contact': bad });
    t.match([status, mistakes], [422, [new RegExp(`^keys\\.contact must be one or more of firstName, middleName, .*otherAddress, separated by commas, not ${shown}\\.$`)]]);
  }
  t.equal((await set(world, { 'keys.contact': 'lastName' })).status, 200);
  const writes = changing(world);
  await cycle(world);
  t.equal(changing(world), writes, 'the change itself does nothing');
  world.oro.admin.createContact({ firstName: 'Robert', lastName: 'Browning' });
  world.graph.admin.createContact({ givenName: 'Bob', surname: 'Browning' });
  await world.pass(61);
  await cycle(world);
  t.strictSame([world.oro.admin.listContacts().length, world.graph.admin.listContacts().length], [2, 2], 'matched by the last name alone');
  t.strictSame(world.status().records?.linked.contact, 2);
  t.strictSame([ada(world).jobTitle, adaInOutlook(world)['jobTitle']], ['Analyst', 'Analyst'], 'the old link stands');
});

t.test('G3 history is kept as long as the setting says from then on', async (t) => {
  const world = await running(t, { enableSync: false }, linkedAda);
  await cycle(world);
  editBoth(world);
  await cycle(world);
  const runs = async (): Promise<number> => {
    const answer = await world.hub.app.inject({ method: 'POST', url: '/api/v1/history', headers: { host: '127.0.0.1:7420', authorization: `Bearer ${world.hub.ownToken}` }, payload: { user: 'me' } });
    return answer.json<{ runs: readonly object[] }>().runs.length;
  };
  t.ok((await runs()) > 0);
  await world.pass(25 * 3_600);
  await cycle(world);
  t.ok((await runs()) > 0, 'kept for 30 days');
  t.equal((await set(world, { historyDays: 1 })).status, 200);
  await cycle(world);
  t.equal(await runs(), 0, 'older than a day');
});

t.test('what was set survives a restart, for everybody and for one person', async (t) => {
  const disk = new MemoryDisk();
  const people = { users: { ada: {}, bob } };
  const first = await hubWorld(people);
  await first.start(disk);
  await set(first, { direction: 'orocrm-to-outlook', outlookSyncIntervalSeconds: 45, 'keys.task': 'subject' });
  await set(first, { 'orocrm.contactsScope': 'owned', 'outlook.signIn.clientSecret': hubConnections.outlook.signIn.clientSecret, enableSync: false }, 'bob');
  await first.hub.close();
  const second = await hubWorld(people);
  t.teardown(() => second.hub.close());
  await second.start(disk);
  t.match([...second.hub.users.values()].map(({ live }) => live.status), [{ user: 'ada', direction: 'orocrm-to-outlook', enableSync: true }, { user: 'bob', direction: 'orocrm-to-outlook', enableSync: false }]);
  t.match(await rowOf(second, 'keys.task'), { value: 'subject', from: 'set at run time' });
  const bobs = (await get(second, 'bob')).settings;
  t.match(bobs.find(({ name }) => name === 'orocrm.contactsScope'), { value: 'owned', from: 'set at run time', own: true });
  t.match(bobs.find(({ name }) => name === 'outlook.signIn.clientSecret'), { value: '(set)', from: 'set at run time', own: true });
  const from = second.now();
  t.equal(second.status().next.outlook, from + 45_000);
});
