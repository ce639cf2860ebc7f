import t from 'tap';
import { classicPolicy, safePolicy } from '@syncline/core';
import { ConfigError, connectors, readConfig, settings, type Config } from '@syncline/hub';
import { mailboxOf } from '@syncline/simulators';
import { configured } from '../support/configured.ts';
import { oroContact, outlookContact, withSlots } from '../support/contacts.ts';
import { hubConnections, hubWorld } from '../support/hub-world.ts';
import { isQuiet, twoServices, type TwoServices, type WorldOptions } from '../support/two-services.ts';
import { caused, changing, listenTo, only, setPolicy, staysQuiet } from '../support/watch.ts';

const read = (values: object = {}): Promise<Config> => readConfig({ text: JSON.stringify({ ...hubConnections, ...values }), env: {}, zone: 'Europe/Vienna', connectors });

async function mistakesOf(values: object): Promise<readonly string[]> {
  try {
    await read(values);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

async function me(values: object = {}): Promise<Config['users'][number]> {
  return only((await read(values)).users);
}

t.test('S1 Sync Direction has exactly three values, Bidirectional by default', async (t) => {
  t.match(settings.find(({ name }) => name === 'direction'), { preset: 'bidirectional', takes: 'one of orocrm-to-outlook, outlook-to-orocrm, bidirectional' });
  for (const [word, direction] of [['orocrm-to-outlook', 'left-to-right'], ['outlook-to-orocrm', 'right-to-left'], ['bidirectional', 'both-ways']] as const) t.equal((await me({ direction: word })).policy.direction, direction);
  t.equal((await me()).policy.direction, 'both-ways');
  for (const word of ['', 'both', 'Bidirectional ', 3, null]) t.equal((await mistakesOf({ direction: word })).length, 1, JSON.stringify(word));
});

t.test('S2 Conflict Resolution has exactly two values, OroCRM by default', async (t) => {
  t.match(settings.find(({ name }) => name === 'wins'), { preset: 'orocrm', takes: 'one of orocrm, outlook' });
  t.strictSame([(await me()).policy.precedence, (await me({ wins: 'outlook' })).policy.precedence], [['left', 'right'], ['right', 'left']]);
  t.equal((await mistakesOf({ wins: 'newest' })).length, 1);
});

t.test('S2 it has an effect in Bidirectional only', async (t) => {
  for (const [direction, wins, expected] of [
    ['left-to-right', 'left', 'from OroCRM'], ['left-to-right', 'right', 'from OroCRM'], ['right-to-left', 'left', 'from Outlook'], ['right-to-left', 'right', 'from Outlook'],
    ['both-ways', 'left', 'from OroCRM'], ['both-ways', 'right', 'from Outlook'],
  ] as const) {
    const world = await linked({ policy: { direction, precedence: wins === 'left' ? ['left', 'right'] : ['right', 'left'] } });
    world.oro.admin.updateContact(1, { jobTitle: 'from OroCRM' });
    world.graph.admin.updateContact(outlookContact(world).id, { jobTitle: 'from Outlook' });
    await world.settle();
    t.strictSame([oroContact(world).jobTitle, outlookContact(world)['jobTitle']], [expected, expected], `${direction}, ${wins} wins`);
  }
});

t.test('S3 the intervals are 120 s for OroCRM and 30 s for Outlook', async (t) => {
  t.strictSame((await me()).intervalsMs, { left: 120_000, right: 30_000 });
});

for (const [name, side] of [['crmSyncIntervalSeconds', 'left'], ['outlookSyncIntervalSeconds', 'right']] as const) {
  t.test(`S4 ${name}: whole seconds from 1 to 86399, anything else is refused with the range`, async (t) => {
    for (const good of [1, 86_399, '1', '86399']) t.equal((await me({ [name]: good })).intervalsMs[side], Number(good) * 1000, JSON.stringify(good));
    for (const bad of [0, -5, 86_400, 1.5, '', 'abc', '0', '-5', '86400', '1.5', null]) t.match(await mistakesOf({ [name]: bad }), [/1 to 86399/], JSON.stringify(bad));
  });
}

// A cycle reads both sides (C1), so that OroCRM is asked more often than its own interval says where Outlook's is shorter.
t.test('S5 S10 each side is checked when its interval is over, at the latest, for ten minutes', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  await world.start();
  const from = world.now();
  const checks = (path: RegExp): readonly number[] => [...new Set(world.sent.filter((one) => one.at > from && path.test(one.path)).map(({ at }) => (at - from) / 1000))];
  await world.pass(600);
  const outlook = checks(/calendarView\/delta/);
  t.strictSame(outlook, Array.from({ length: 20 }, (_, index) => (index + 1) * 30), 'Outlook every 30 s');
  const oro = checks(/\/api\/contacts$/);
  t.strictSame(oro, [120, 240, 360, 480, 600], 'OroCRM every 120 s, and not whenever Outlook is checked');
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  await world.pass(120);
  t.match(world.graph.admin.listContacts(), [{ givenName: 'Ada' }]);
  world.graph.admin.createContact({ givenName: 'Bob', surname: 'Byron' });
  await world.pass(30);
  t.ok(world.oro.admin.listContacts().some(({ firstName }) => firstName === 'Bob'));
});

t.test('S5 C1 what Outlook\'s interval brings is decided with what OroCRM has by then', async (t) => {
  const world = await hubWorld({ wins: 'orocrm' });
  t.teardown(() => world.hub.close());
  const { id } = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  await world.start();
  await world.pass(121);
  world.oro.admin.updateContact(id, { jobTitle: 'Poet' });
  const [item] = world.graph.admin.listContacts();
  world.graph.admin.updateContact(item?.id ?? '', { jobTitle: 'Nurse' });
  await world.pass(30);
  t.equal(world.oro.admin.contact(id)?.jobTitle, 'Poet');
  t.match(world.graph.admin.listContacts(), [{ jobTitle: 'Poet' }], 'C7 decided at once, 90 s before OroCRM was due');
});

t.test('S6 Contacts, Tasks and Calendar Events are each Yes or No, all Yes', async (t) => {
  t.strictSame((await me()).kinds, ['contact', 'task', 'event']);
  for (const [name, left] of [['contacts', ['task', 'event']], ['tasks', ['contact', 'event']], ['calendarEvents', ['contact', 'task']]] as const) {
    t.strictSame((await me({ [name]: false })).kinds, left);
    t.strictSame((await me({ [name]: 'no' })).kinds, left);
    t.equal((await mistakesOf({ [name]: 'maybe' })).length, 1);
  }
});

async function linked(options: WorldOptions = {}): Promise<TwoServices> {
  const world = twoServices(options);
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  // One way from Outlook nothing is created there: the pair exists already.
  world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Analyst' });
  await world.settle();
  return world;
}

t.test('S7 Tasks switched off: no task is read or written, copies and links stay; on again, it goes on from there', async (t) => {
  const world = twoServices();
  for (const subject of ['Call', 'Write', 'Read']) world.oro.admin.createTask({ subject });
  await world.settle();
  const switchTo = (kinds: TwoServices['settings']['kinds']): void => {
    Object.assign(world.settings, { kinds });
    world.restart();
  };
  const about = (): number => [...Object.entries(world.oro.counters.requests), ...Object.entries(world.graph.counters.requests)].reduce((sum, [name, count]) => (/\/tasks(\/|$)|linkedResources/.test(name) ? sum + count : sum), 0);
  switchTo(['contact', 'event']);
  await world.session();
  const before = about();
  world.oro.admin.updateTask(1, { subject: 'Call back' });
  world.oro.admin.deleteTask(2);
  world.graph.admin.createTask({ title: 'New' });
  for (let round = 0; round < 3; round += 1) t.ok(isQuiet(await world.cycle()));
  t.equal(about(), before, 'no request about tasks');
  t.equal(world.graph.admin.listTasks().length, 4);
  t.match(await world.summary(), { linked: { task: 3 } }, 'links stay');
  for (const task of world.graph.admin.listTasks()) t.equal((task['linkedResources'] as readonly object[]).length, task['title'] === 'New' ? 0 : 1, 'markers stay');
  switchTo(['contact', 'task', 'event']);
  world.clock.now += 16 * 60_000;
  await world.settle();
  t.strictSame(world.graph.admin.listTasks().map(({ title }) => title).sort(), ['Call back', 'New', 'Read']);
  t.strictSame(world.oro.admin.listTasks().map(({ subject }) => subject).sort(), ['Call back', 'New', 'Read'], 'nothing is doubled');
  await staysQuiet(t, world);
});

t.test('S8 an empty field of the sign-in is refused by its name, before anything is sent', async (t) => {
  const { orocrm } = hubConnections;
  for (const [section, name] of [
    [{ ...orocrm, url: '' }, 'OroCRM URL'], [{ auth: orocrm.auth }, 'OroCRM URL'],
    [{ ...orocrm, auth: { ...orocrm.auth, clientId: '' } }, 'Client ID'], [{ ...orocrm, auth: { ...orocrm.auth, clientSecret: '' } }, 'Client secret'],
    [{ ...orocrm, auth: { signIn: 'wsse', user: '', apiKey: 'key' } }, 'User'], [{ ...orocrm, auth: { signIn: 'wsse', user: 'ada' } }, 'API Key'],
  ] as const) {
    // Without a configuration there is no hub, and nothing that could send.
    t.match(await mistakesOf({ orocrm: section }), [new RegExp(`${name} is missing`)]);
  }
});

t.test('S11 Enable Sync off: no cycle until StartSyncNow, and then exactly one over both sides', async (t) => {
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.start();
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  world.graph.admin.createContact({ givenName: 'Bob', surname: 'Byron' });
  const before = world.sent.length;
  await world.pass(3_600);
  t.equal(world.sent.length, before, 'nothing is sent');
  const [user] = world.hub.users.values();
  await user?.scheduler.syncNow();
  t.strictSame([world.oro.admin.listContacts().length, world.graph.admin.listContacts().length], [2, 2], 'both sides');
  await world.pass(3_600);
  t.equal(world.events.filter(({ type }) => type === 'cycle-ended').length, 1);
});

t.test('S12 however often StartSyncNow is pressed while a cycle runs: never two at once, exactly one more', async (t) => {
  const world = await hubWorld({ enableSync: false });
  t.teardown(() => world.hub.close());
  await world.start();
  const [user] = world.hub.users.values();
  let release = (): void => undefined;
  world.oro.admin.faults.add({ match: { path: /\/api\/contacts/ }, action: { type: 'hold', until: new Promise<void>((resolve) => void (release = resolve)) } });
  const running = user?.scheduler.syncNow();
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => void setImmediate(resolve));
  t.ok(world.status().running, 'one runs');
  const more = Array.from({ length: 5 }, () => user?.scheduler.syncNow());
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => void setImmediate(resolve));
  t.equal(world.events.filter(({ type }) => type === 'cycle-started').length, 1, 'no second one beside it');
  release();
  await Promise.all([running, ...more]);
  await world.pass(120);
  const types = world.events.map(({ type }) => type).filter((type) => type === 'cycle-started' || type === 'cycle-ended');
  t.strictSame(types, ['cycle-started', 'cycle-ended', 'cycle-started', 'cycle-ended']);
});

for (const showAlerts of [true, false]) {
  t.test(`S13 S13b Show Alerts ${showAlerts ? 'on: a conflict is an alert' : 'off: no alert, the same entries in the report'}`, async (t) => {
    const world = await hubWorld({ showAlerts });
    t.teardown(() => world.hub.close());
    const { id } = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
    await world.start();
    await world.pass(2);
    world.oro.admin.updateContact(id, { jobTitle: 'Analyst' });
    world.graph.admin.updateContact(only(world.graph.admin.listContacts()).id, { jobTitle: 'Poet' });
    await world.pass(30);
    t.match(world.status().notes, [{ what: 'conflict', label: 'Ada Byron' }]);
    t.equal(world.status().alerts.length, showAlerts ? 1 : 0);
  });
}

const modes = [['both-ways', 'left'], ['both-ways', 'right'], ['left-to-right', 'left'], ['right-to-left', 'left']] as const;
t.test('S14 another direction or another winner governs from the next cycle; the change itself does nothing', async (t) => {
  for (const [from] of modes.map((mode) => [mode] as const)) for (const [to] of modes.map((mode) => [mode] as const)) {
    const policyOf = ([direction, wins]: (typeof modes)[number]) => ({ direction, precedence: wins === 'left' ? ['left', 'right'] as const : ['right', 'left'] as const });
    const world = await linked({ policy: policyOf(from) });
    world.oro.admin.createTask({ subject: 'Call' });
    world.graph.admin.createTask({ title: 'Call' });
    await world.settle();
    const reads = world.requests();
    setPolicy(world, policyOf(to));
    await staysQuiet(t, world, `${from.join()} to ${to.join()}: nothing is written`, 1);
    t.ok(world.requests().outlook - reads.outlook < 15, 'no full pass');
    t.match(JSON.stringify(outlookContact(world)['singleValueExtendedProperties']), /OroCRM_id/, 'the marker stays');
    t.match((await world.summary()).linked, { contact: 1, task: 1 });
  }
  const world = await linked({ policy: { direction: 'left-to-right' } });
  setPolicy(world, { direction: 'both-ways', precedence: ['right', 'left'] });
  world.oro.admin.updateContact(1, { jobTitle: 'from OroCRM' });
  world.graph.admin.updateContact(outlookContact(world).id, { jobTitle: 'from Outlook' });
  await world.settle();
  t.equal(oroContact(world).jobTitle, 'from Outlook', 'the new value governs');
});

t.test('S14b differences that one way left do not flow unasked when the direction opens', async (t) => {
  for (const [direction, edit] of [
    ['left-to-right', (world: TwoServices) => world.graph.admin.updateContact(outlookContact(world).id, { jobTitle: 'Poet' })],
    ['left-to-right', (world: TwoServices) => world.graph.admin.updateContact(outlookContact(world).id, withSlots({ fax: '+1 555 0109' }))],
  ] as const) {
    for (const next of ['both-ways', 'right-to-left'] as const) {
      const world = await linked({ policy: { direction } });
      edit(world);
      await world.settle();
      setPolicy(world, { direction: next });
      await staysQuiet(t, world, `${direction}, then ${next}`);
      world.graph.admin.updateContact(outlookContact(world).id, { personalNotes: 'a new edit' });
      await world.settle();
      t.match(oroContact(world), { jobTitle: 'Analyst', fax: null, description: 'a new edit' }, 'what is new flows, what was different stays');
    }
  }
});

t.test('S15 no log, report, alert or status holds a key, token or password', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', emails: ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'] });
  await world.start();
  world.graph.admin.createContact({ companyName: 'Acme' });
  world.graph.admin.fault({ kind: 'html', method: 'GET' });
  await world.pass(60);
  world.oro.admin.updateUser(1, { enabled: false });
  world.graph.admin.consent(false);
  world.graph.admin.expireAccessTokens();
  await world.pass(300);
  t.ok(world.status().alerts.length > 0, 'there is something to tell');
  const all = JSON.stringify([world.events, world.logs, world.status()]);
  for (const secret of [hubConnections.orocrm.auth.clientSecret, hubConnections.outlook.signIn.clientSecret, 'Bearer', 'token-']) t.notOk(all.includes(secret), secret);
});

t.test('S16 the scope is what the person may see of contacts and what the person owns of tasks; a change deletes nothing', async (t) => {
  const world = twoServices();
  const bob = world.oro.admin.createUser({ username: 'bob' });
  for (const [firstName, ownerId] of [['Ada', 1], ['Bea', 1], ['Cleo', bob.id], ['Dora', bob.id]] as const) world.oro.admin.createContact({ firstName, lastName: 'Byron', ownerId });
  world.oro.admin.createTask({ subject: 'Mine' });
  world.oro.admin.createTask({ subject: 'Bob\'s', ownerId: bob.id });
  await world.settle();
  t.equal(world.graph.admin.listContacts().length, 4, 'all contacts');
  t.strictSame(world.graph.admin.listTasks().map(({ title }) => title), ['Mine'], 'own tasks');
  await configured({ orocrm: { contactsScope: 'owned' } }, async () => {
    world.restart();
    world.clock.now += 16 * 60_000;
    const before = changing(world);
    for (let round = 0; round < 3; round += 1) await world.cycle();
    t.strictSame(changing(world), before, 'narrowed: no write (D4)');
    t.equal(world.graph.admin.listContacts().length, 4);
    for (const contact of world.graph.admin.listContacts()) world.graph.admin.updateContact(contact.id, { jobTitle: 'Poet' });
    await world.settle();
    t.strictSame(world.oro.admin.listContacts().map(({ jobTitle }) => jobTitle), ['Poet', 'Poet', null, null], 'what left the scope is frozen');
  });
  world.restart();
  world.clock.now += 16 * 60_000;
  await world.settle();
  t.strictSame(world.oro.admin.listContacts().map(({ jobTitle }) => jobTitle), ['Poet', 'Poet', 'Poet', 'Poet'], 'widened again: it goes on');
  t.equal(world.graph.admin.listContacts().length, 4);
  await configured({ orocrm: { contactsScope: 'assigned', tasksScope: 'all' } }, async () => {
    world.oro.admin.updateContact(1, { assignedToId: 1 });
    world.restart();
    world.clock.now += 16 * 60_000;
    await world.settle();
    t.equal(world.graph.admin.listContacts().length, 4);
    t.equal(world.graph.admin.listTasks().length, 2, 'all tasks');
  });
});

t.test('S16 another contact folder deletes nothing, and is where new items go', async (t) => {
  const world = twoServices();
  for (const firstName of ['Ada', 'Bea', 'Cleo']) world.oro.admin.createContact({ firstName, lastName: 'Byron' });
  await world.settle();
  const folder = world.graph.admin.createFolder('Work');
  await configured({ outlook: { contactFolders: [folder.id] } }, async () => {
    world.restart();
    const before = world.graph.admin.listContacts();
    await world.settle();
    t.equal(world.oro.admin.listContacts().length, 3, 'nothing is deleted in OroCRM');
    for (const { id } of before) t.ok(world.graph.admin.getContact(id), 'nor in Outlook');
    world.oro.admin.createContact({ firstName: 'Dora', lastName: 'Byron' });
    await world.settle();
    t.match(world.graph.admin.listContacts({ in: folder.id }), [{ givenName: 'Dora' }]);
  });
});

t.test('S17 private items, and those of an excluded category, are not sent to OroCRM and listed as private', async (t) => {
  await configured({ outlook: { excludedCategories: ['Family'] } }, async () => {
    const world = twoServices();
    const times = { start: { dateTime: '2030-03-10T11:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-03-10T12:00:00', timeZone: 'UTC' } };
    for (const [subject, sensitivity] of [['Secret', 'private'], ['Confidential', 'confidential'], ['Open', 'normal']]) world.graph.admin.createEvent({ subject, sensitivity, ...times });
    world.graph.admin.createEvent({ subject: 'Birthday', categories: ['Family'], ...times });
    for (const [givenName, value] of [['Secret', '2'], ['Confidential', '3'], ['Open', '0']]) world.graph.admin.createContact({ givenName, singleValueExtendedProperties: [{ id: 'Integer 0x36', value }] });
    world.graph.admin.createContact({ givenName: 'Brother', categories: ['Family', 'Red'] });
    world.graph.admin.createTask({ title: 'Present', categories: ['Family'] });
    world.graph.admin.createTask({ title: 'Open' });
    const sent = listenTo(world);
    await world.settle();
    t.strictSame([world.oro.admin.listContacts().map(({ firstName }) => firstName), world.oro.admin.listEvents().map(({ title }) => title), world.oro.admin.listTasks().map(({ subject }) => subject)], [['Open'], ['Open'], ['Open']]);
    t.notOk(sent.some(({ side, body }) => side === 'orocrm' && /Secret|Confidential|Birthday|Brother|Present/.test(JSON.stringify(body))), 'nothing of it left');
    t.strictSame((await world.summary()).unlinked.filter(({ reason }) => reason === 'private').map(({ kind, count }) => [kind, count]).sort(), [['contact', 3], ['event', 3], ['task', 1]]);
    await staysQuiet(t, world);
    const open = world.graph.admin.listContacts().find(({ givenName }) => givenName === 'Brother');
    world.graph.admin.updateContact(open?.id ?? '', { categories: ['Red'] });
    await world.settle();
    t.ok(world.oro.admin.listContacts().some(({ firstName }) => firstName === 'Brother'), 'sent once it is not private any more');
  });
});

t.test('S17 S20 the first plan shows counts and samples before anything is created', async (t) => {
  const world = await hubWorld({}, false);
  t.teardown(() => world.hub.close());
  for (const name of ['Ada', 'Bob', 'Cleo']) world.graph.admin.createContact({ givenName: name, surname: 'Byron' });
  await world.start();
  t.match(world.status().waitsForGo, { planned: 6, parts: [{ op: 'create', kind: 'contact', side: 'orocrm', count: 3 }, { op: 'mark', kind: 'contact', side: 'outlook', count: 3 }], samples: [{ label: 'Ada Byron' }] });
  await world.pass(600);
  t.equal(world.oro.admin.listContacts().length, 0, 'it waits');
});

t.test('S18 a time zone per user, IANA inside, Windows names understood; a change deletes nothing', async (t) => {
  t.equal((await me()).zone, 'Europe/Vienna', 'the hub\'s own where nobody says more');
  t.equal((await me({ zone: 'America/New_York' })).zone, 'America/New_York');
  t.equal((await mistakesOf({ zone: 'W. Europe Standard Time' })).length, 1, 'IANA names');
  t.strictSame((await read({ zone: 'Asia/Tokyo', users: { ada: {}, bob: { zone: 'Europe/Paris', outlook: { signIn: { user: mailboxOf(2) } } } } })).users.map(({ id, zone }) => [id, zone]), [['ada', 'Asia/Tokyo'], ['bob', 'Europe/Paris']]);

  const options: { zone: string } = { zone: 'Europe/Berlin' };
  const world = twoServices(options);
  world.graph.admin.createEvent({ subject: 'Lunch', start: { dateTime: '2030-03-10T12:00:00', timeZone: 'W. Europe Standard Time' }, end: { dateTime: '2030-03-10T13:00:00', timeZone: 'W. Europe Standard Time' } });
  world.oro.admin.createTask({ subject: 'Call', dueDate: Date.parse('2030-03-10T16:30:00Z') });
  world.oro.admin.createEvent({ title: 'Fair', allDay: true, start: Date.parse('2030-05-04T22:00:00Z'), end: Date.parse('2030-05-05T21:59:00Z') });
  await world.settle();
  t.equal(world.oro.admin.listEvents().find(({ title }) => title === 'Lunch')?.start, Date.parse('2030-03-10T11:00:00Z') / 1000, 'a Windows name');
  options.zone = 'America/New_York';
  world.restart();
  await staysQuiet(t, world, 'another zone alone writes nothing');
  world.clock.now += 61 * 60_000;
  await world.settle();
  t.match((await world.summary()).linked, { task: 1, event: 2 });
  t.strictSame([world.oro.admin.listEvents().length, world.graph.admin.listEvents().length], [2, 2]);
});

const day = 86_400_000;
t.test('S19 events wholly outside the window are neither examined, matched, created nor deleted', async (t) => {
  const world = twoServices();
  const { now } = world.clock;
  const there = (subject: string, start: number, end: number): unknown => world.graph.admin.createEvent({ subject, start: { dateTime: new Date(start).toISOString().slice(0, 19), timeZone: 'UTC' }, end: { dateTime: new Date(end).toISOString().slice(0, 19), timeZone: 'UTC' } });
  const both = (title: string, start: number, end: number): void => {
    world.oro.admin.createEvent({ title: `${title}, OroCRM`, start, end });
    there(`${title}, Outlook`, start, end);
    world.oro.admin.createEvent({ title: `${title}, both`, start, end });
    there(`${title}, both`, start, end);
  };
  const hour = 3_600_000;
  both('long ago', now - 31 * day, now - 31 * day + hour);
  both('far ahead', now + 366 * day, now + 366 * day + hour);
  both('just inside the past', now - 30 * day - hour, now - 30 * day + hour);
  both('just inside the future', now + 365 * day - hour, now + 365 * day + hour);
  await world.settle();
  const titles = (list: readonly unknown[]): readonly string[] => list.map(String).sort();
  for (const [side, all] of [['OroCRM', titles(world.oro.admin.listEvents().map(({ title }) => title))], ['Outlook', titles(world.graph.admin.listEvents().map(({ subject }) => subject))]] as const) {
    for (const when of ['long ago', 'far ahead']) t.strictSame(all.filter((title) => title.startsWith(when)), [`${when}, ${side}`, `${when}, both`].sort(), `${when}, ${side}: as it was`);
    for (const when of ['just inside the past', 'just inside the future']) t.strictSame(all.filter((title) => title.startsWith(when)), [`${when}, OroCRM`, `${when}, Outlook`, `${when}, both`].sort(), `${when}, ${side}: synced`);
  }
  t.equal((await world.summary()).linked.event, 6);
  await staysQuiet(t, world);
});

t.test('S19 a linked pair that left the window is frozen (D5), and goes on when it is inside again', async (t) => {
  const world = twoServices();
  const start = world.clock.now + day;
  const { id } = world.oro.admin.createEvent({ title: 'Lunch', start, end: start + 3_600_000 });
  world.oro.admin.createEvent({ title: 'Later', start: start + 100 * day, end: start + 100 * day + 3_600_000 });
  await world.settle();
  world.clock.now += 60 * day;
  const before = changing(world);
  for (let round = 0; round < 2; round += 1) await world.cycle();
  world.oro.admin.updateEvent(id, { title: 'edited in the past' });
  for (let round = 0; round < 2; round += 1) await world.cycle();
  t.strictSame(changing(world), before, 'no write on either side');
  t.equal(world.graph.admin.listEvents().length, 2, 'nothing is deleted');
  const again = world.clock.now + day;
  world.oro.admin.updateEvent(id, { title: 'Dinner', start: again, end: again + 3_600_000 });
  const twin = world.graph.admin.listEvents().find(({ subject }) => subject === 'Lunch')?.id ?? '';
  world.graph.admin.updateEvent(twin, { start: { dateTime: new Date(again).toISOString().slice(0, 19), timeZone: 'UTC' }, end: { dateTime: new Date(again + 3_600_000).toISOString().slice(0, 19), timeZone: 'UTC' } });
  await world.settle();
  t.equal(world.graph.admin.getEvent(twin)?.['subject'], 'Dinner');
  t.equal(world.graph.admin.listEvents().length, 2);
  await staysQuiet(t, world);
});

t.test('S20 the first cycle waits for Go after showing its plan; after Go cycles go on by themselves', async (t) => {
  const world = twoServices();
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  world.graph.admin.createContact({ givenName: 'Bob', surname: 'Byron' });
  for (let round = 0; round < 3; round += 1) {
    const report = await world.cycle({ go: false, trigger: 'interval' });
    t.strictSame(report.planned.map(({ op, side }) => [op, side]).sort(), [['create', 'left'], ['create', 'right'], ['mark', 'right']], 'the plan');
    t.match(report.notes, [{ what: 'held', rule: 'S20' }]);
    t.strictSame(changing(world), { orocrm: 0, outlook: 0 }, 'nothing is written');
  }
  world.restart();
  t.equal((await world.cycle({ go: false, trigger: 'interval' })).planned.length, 3, 'also after a restart');
  await world.cycle({ go: true });
  t.strictSame([world.oro.admin.listContacts().length, world.graph.admin.listContacts().length], [2, 2]);
  t.ok((await caused(world, () => world.oro.admin.updateContact(1, { jobTitle: 'Analyst' }))).outlook > 0);
  world.oro.admin.updateContact(1, { jobTitle: 'Countess' });
  await world.cycle({ go: false, trigger: 'interval' });
  t.equal(world.graph.admin.listContacts().find(({ givenName }) => givenName === 'Ada')?.['jobTitle'], 'Countess', 'without another Go');
});

t.test('S21 one mailbox, or one OroCRM account, for two users is refused with the name of the other', async (t) => {
  const bobsMailbox = { ...hubConnections.outlook, signIn: { ...hubConnections.outlook.signIn, user: mailboxOf(2) } };
  for (const [what, bob] of [
    ['the mailbox', { orocrm: { auth: { clientId: 'syncline-sale', clientSecret: 'secret-syncline-sale' } } }],
    ['the OroCRM account', { outlook: bobsMailbox }],
  ] as const) {
    const world = await hubWorld({ users: { ada: {}, bob } });
    t.match(await world.hub.connect(), [{ user: 'bob', failure: { kind: 'config', message: /is connected for the user "ada" already/ } }], what);
    await world.hub.close();
  }
  const world = await hubWorld({ users: { ada: {}, bob: { outlook: bobsMailbox, orocrm: { auth: { clientId: 'syncline-sale', clientSecret: 'secret-syncline-sale' } } } } });
  t.strictSame(await world.hub.connect(), [], 'own accounts: both are connected');
  await world.hub.close();
});

t.test('Section 10: a profile is a preset of the switches, each can be set alone', async (t) => {
  t.match((await me()).policy, safePolicy);
  t.match((await me({ profile: 'classic' })).policy, classicPolicy);
  t.match((await me({ profile: 'classic', switches: { conflict: { granularity: 'field' } } })).policy, { ...classicPolicy, granularity: 'field' });
});
