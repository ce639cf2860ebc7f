import t from 'tap';
import type { StatusEvent } from '../src/live/status.ts';
import { applyEvent } from '../src/live/status.ts';
import { plain } from '../src/live/plain.ts';
import { ended, hubWorld, type HubWorld } from './hub-world.ts';

function alerts({ events }: HubWorld): readonly string[] {
  return events.flatMap((event) => (event.type === 'alert' ? [event.alert.message] : []));
}

async function after(world: HubWorld, seconds: number): Promise<void> {
  const cycle = ended(world);
  await world.clock.advance(seconds * 1000);
  await cycle;
}

t.test('R1 a record that is written is told with who, where, rule and fields', async (t) => {
  const world = await hubWorld({ crmSyncIntervalSeconds: 30 });
  t.teardown(() => world.hub.close());
  const { id } = world.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  await world.start();
  await world.clock.advance(1_000);
  world.orocrm.admin.updateContact(id, { jobTitle: 'Analyst' });
  await after(world, 30);
  const lines = world.events.flatMap((event) => (event.type === 'record' ? [event.line] : []));
  t.match(lines[0], { op: 'create', side: 'outlook', kind: 'contact', label: 'Ada Byron' });
  t.match(lines.at(-1), { op: 'update', side: 'outlook', label: 'Ada Byron', rules: ['C5'], fields: ['jobTitle'] });
});

t.test('events lead from the first state to the last, in the order of a cycle', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  const live = world.hub.users.get('me')?.live;
  const first = live?.status;
  world.orocrm.admin.createTask({ subject: 'Call Ada' });
  await world.start();
  t.ok(first !== undefined && live !== undefined);
  if (first === undefined || live === undefined) return;
  // Who is signed in is no event of its own: it comes with the end of a cycle.
  t.strictSame(world.events.reduce(applyEvent, first), live.status);
  const types = world.events.map(({ type }) => type).filter((type) => type !== 'progress' && type !== 'next-run');
  t.strictSame(types, ['cycle-started', 'record', 'cycle-ended']);
  const progress = world.events.filter((event): event is StatusEvent & { type: 'progress' } => event.type === 'progress');
  t.ok(progress.some(({ running }) => running?.bars.some((bar) => bar.side === 'orocrm' && bar.kind === 'task' && bar.done === 1)));
  t.match(live.status, { running: null, accounts: { orocrm: /John Doe/, outlook: /person1@contoso\.example/ }, records: { linked: { task: 1 } } });
});

t.test('R8 D10 one alert for a lost sign-in, not one per cycle; reconnected, sync goes on', async (t) => {
  const world = await hubWorld({ crmSyncIntervalSeconds: 30 });
  t.teardown(() => world.hub.close());
  await world.start();
  world.orocrm.admin.setSwitch('webApiEnabled', false);
  const writes = JSON.stringify(world.graph.counters.records);
  await after(world, 30);
  t.match(alerts(world), [/Enable API/]);
  t.match(world.hub.users.get('me')?.live.status.last?.sentence, /Enable API.*: nothing was written\.$/);
  await after(world, 30);
  await after(world, 60);
  await after(world, 120);
  t.equal(alerts(world).length, 1, 'said once');
  t.equal(JSON.stringify(world.graph.counters.records), writes, 'nothing counts as deleted');
  world.orocrm.admin.setSwitch('webApiEnabled', true);
  world.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  await after(world, 15 * 60);
  t.equal(world.graph.admin.listContacts().length, 1);
});

t.test('R8 no Outlook consent any more: one alert that says what to do', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  await world.start();
  world.graph.admin.consent(false);
  world.graph.admin.expireAccessTokens();
  await after(world, 30);
  await after(world, 30);
  await after(world, 60);
  t.match(alerts(world), [/consent/]);
  t.equal(alerts(world).length, 1);
});

t.test('S13 S13b Show Alerts off: no alert, the report has the same entries', async (t) => {
  for (const showAlerts of [true, false]) {
    const world = await hubWorld({ showAlerts });
    const { id } = world.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
    await world.start();
    const twin = world.graph.admin.listContacts()[0]?.id ?? '';
    await world.clock.advance(2_000);
    world.orocrm.admin.updateContact(id, { jobTitle: 'Analyst' });
    world.graph.admin.updateContact(twin, { jobTitle: 'Poet' });
    await after(world, 30);
    const status = world.hub.users.get('me')?.live.status;
    t.match(status?.notes, [{ what: 'conflict', label: 'Ada Byron', kind: 'contact' }]);
    t.equal(status?.alerts.length, showAlerts ? 1 : 0);
    t.equal(alerts(world).length, showAlerts ? 1 : 0);
    await world.hub.close();
  }
});

t.test('R3 a service that asks to wait gets it: nothing is sent before, and the page says until when', async (t) => {
  const world = await hubWorld({ crmSyncIntervalSeconds: 30 });
  t.teardown(() => world.hub.close());
  await world.start();
  world.orocrm.admin.faults.add({ match: { path: /contacts/ }, action: { type: 'status', status: 429, retryAfterSeconds: 200 } });
  await after(world, 30);
  const sent = world.sent();
  t.equal(world.hub.users.get('me')?.live.status.next.notBefore, world.clock.now() + 200_000);
  await world.clock.advance(199_000);
  t.equal(world.sent(), sent);
  await after(world, 1);
  t.ok(world.sent() > sent);
});

t.test('S15 nothing that is logged or told holds a secret', async (t) => {
  const world = await hubWorld({ crmSyncIntervalSeconds: 30 });
  t.teardown(() => world.hub.close());
  await world.start();
  world.orocrm.admin.updateUser(1, { enabled: false });
  await after(world, 30);
  const all = JSON.stringify([world.events, world.logs]);
  for (const secret of ['secret-syncline-admin', 'simulated-secret', 'token-']) t.notOk(all.includes(secret), secret);
});

t.test('T30 T31 a hostile name is told as text on one line, turned by nothing, and not at full length', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  const hostile = '<img src=x onerror=alert(1)> \u202eexe.gpj\u202c \u2066x\u2069 \u001b[2J\r\nforged: line';
  world.graph.admin.createTask({ title: hostile });
  world.graph.admin.createTask({ title: `${'x'.repeat(240)} end` });
  await world.start();
  const labels = world.hub.users.get('me')?.live.status.lines.map(({ label }) => label) ?? [];
  t.ok(labels.includes('<img src=x onerror=alert(1)> exe.gpj x [2J forged: line'));
  t.ok(labels.includes(`${'x'.repeat(200)}…`));
});

const words: readonly (readonly [text: string, most: number, shown: string])[] = [
  ['  Ada \t Byron\n', 20, 'Ada Byron'],
  ['שלום עולם', 20, 'שלום עולם'],
  ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 2, '👩‍👩‍👧‍👦👩‍👩‍👧‍👦…'],
  ['x'.repeat(1_000_000), 3, 'xxx…'],
  [`${'\u202e'.repeat(1_000)}x`, 3, ''],
];
for (const [text, most, shown] of words) {
  t.test(`plain: ${JSON.stringify(text.slice(0, 20))}`, async (t) => {
    t.equal(plain(text, most), shown);
  });
}

t.test('S17 S20 the first plan comes with counts and samples', async (t) => {
  const world = await hubWorld({}, false);
  t.teardown(() => world.hub.close());
  for (const name of ['Ada', 'Bob', 'Cleo']) world.orocrm.admin.createContact({ firstName: name, lastName: 'Byron' });
  world.graph.admin.createTask({ title: 'Call Ada' });
  await world.start();
  t.match(world.hub.users.get('me')?.live.status.waitsForGo, {
    planned: 5,
    parts: [{ op: 'create', kind: 'contact', side: 'outlook', count: 3 }, { op: 'create', kind: 'task', side: 'orocrm', count: 1 }, { op: 'mark', kind: 'task', side: 'outlook', count: 1 }],
    samples: [{ label: 'Ada Byron' }, { label: 'Bob Byron' }, { label: 'Call Ada', side: 'orocrm' }],
  });
});

t.test('a hub that ends while a service does not answer gives the cycle three seconds, then cuts it off', async (t) => {
  const world = await hubWorld({ crmSyncIntervalSeconds: 30 });
  world.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  await world.start();
  world.orocrm.admin.faults.add({ match: { path: /contacts/ }, action: { type: 'hold', until: new Promise(() => undefined) } });
  await world.clock.advance(30_000);
  let closed = false;
  const closing = world.hub.close().then(() => (closed = true));
  await world.clock.advance(2_999);
  t.equal(closed, false, 'the cycle has its time');
  await world.clock.advance(1);
  await closing;
  t.match(world.hub.users.get('me')?.live.status.last?.sentence, /nothing was written/);
});
