import t from 'tap';
import type { Reasons } from '../src/index.ts';
import { ended, host, hubWorld, type HubWorld } from './hub-world.ts';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask({ hub }: HubWorld, path: string, payload: object = {}): Promise<Answer> {
  const headers = { ...host, authorization: `Bearer ${hub.ownToken}` };
  const answer = await hub.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload: { user: 'me', ...payload } });
  return { status: answer.statusCode, body: answer.json() };
}

async function sync(world: HubWorld): Promise<void> {
  await world.clock.advance(60_000);
  await ask(world, 'sync', { wait: true });
}

/** A hub whose person has three contacts, Ada first. */
async function threePeople(teardown: (work: () => Promise<void>) => void, settings: object = {}): Promise<{ readonly world: HubWorld; readonly ada: number }> {
  const world = await hubWorld(settings);
  teardown(() => world.hub.close());
  const [ada = 0] = ['Ada', 'Bob', 'Cleo'].map((firstName) => world.orocrm.admin.createContact({ firstName, jobTitle: 'Analyst' }).id);
  await world.start();
  await sync(world);
  return { world, ada };
}

async function whyOf(world: HubWorld, record: string): Promise<Reasons> {
  const [one] = (await ask(world, 'why', { record })).body['records'] as readonly Reasons[];
  if (one === undefined) throw new Error(`nobody is ${record}`);
  return one;
}

t.test('D6 POST /restore tells first, and with yes brings it back and starts a sync', async (t) => {
  const { world, ada } = await threePeople((work) => t.teardown(work));
  world.orocrm.admin.deleteContact(ada);
  await sync(world);
  t.equal(world.graph.admin.listContacts().length, 2);
  const told = await ask(world, 'restore', { record: String(ada) });
  t.match(told, { status: 200, body: { kind: 'contact', label: 'Ada', done: false, sides: ['orocrm', 'outlook'], rule: 'C12' } });
  t.match((told.body['sentences'] as readonly string[]).join(' '), /OroCRM.*new id.*activities.*Outlook.*photo/);
  await sync(world);
  t.equal(world.graph.admin.listContacts().length, 2, 'telling does nothing');
  const done = ended(world);
  t.match(await ask(world, 'restore', { record: String(ada), yes: true }), { status: 200, body: { done: true } });
  await done;
  t.equal(world.graph.admin.listContacts().length, 3);
  t.match(await ask(world, 'restore', { record: String(ada) }), { status: 404 }, 'its old id is nobody\'s any more');
  t.match(await ask(world, 'restore', { record: String(world.orocrm.admin.listContacts()[0]?.id) }), { status: 409, body: { error: /^contact "\w+": the hub deleted nothing of it/ } });
});

t.test('A9 R7 POST /decide gives a field the value of one side; what does not fit is 409, in words', async (t) => {
  const { world, ada } = await threePeople((work) => t.teardown(work), { direction: 'orocrm-to-outlook' });
  const record = String(ada);
  t.match(await ask(world, 'decide', { record, choice: 'keep' }), { status: 409, body: { error: 'contact "Ada": nothing about it waits for a person.' } });
  t.match(await ask(world, 'decide', { record, choice: 'orocrm', field: 'jobTitle' }), { status: 409, body: { error: /not a matter of choice/ } });
  t.match(await ask(world, 'decide', { record: 'nobody', choice: 'keep' }), { status: 404 });
  t.match(await ask(world, 'decide', { record, choice: 'left' }), { status: 400 });
  t.match(await ask(world, 'decide', { record }), { status: 400 });
  t.match(await ask(world, 'decide', { user: 'somebody', record, choice: 'keep' }), { status: 404, body: { error: /no user/ } });
  const [item] = world.graph.admin.listContacts().filter(({ givenName }) => givenName === 'Ada');
  world.graph.admin.updateContact(item?.id ?? '', { jobTitle: 'Nurse' });
  await sync(world);
  const done = ended(world);
  t.match(await ask(world, 'decide', { record: item?.id, choice: 'orocrm', field: 'jobTitle' }), { status: 200, body: { label: 'Ada', field: 'jobTitle', sentence: /"Analyst"/ } });
  await done;
  t.equal(world.graph.admin.getContact(item?.id ?? '')?.['jobTitle'], 'Analyst');
});

t.test('R10 POST /undo takes back one value of one record', async (t) => {
  const { world, ada } = await threePeople((work) => t.teardown(work));
  world.orocrm.admin.updateContact(ada, { jobTitle: 'Poet', fax: '2' });
  await sync(world);
  const { runs } = (await ask(world, 'history')).body as { readonly runs: readonly { readonly run: string }[] };
  const run = runs[0]?.run;
  t.match(await ask(world, 'undo', { run, record: String(ada), field: 'lastName' }), { status: 409, body: { error: /wrote nothing of its field "lastName"/ } });
  const done = ended(world);
  t.match(await ask(world, 'undo', { run, record: String(ada), field: 'jobTitle' }), { status: 200, body: { reversed: 1, left: [] } });
  await done;
  t.match(world.orocrm.admin.contact(ada), { jobTitle: 'Analyst', fax: '2' });
});

t.test('D7 a meeting that waits is approved by its name, and its explanation says under which', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  const start = new Date(world.clock.now() + 5 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const at = (hour: string) => ({ dateTime: `${start}T${hour}:00:00`, timeZone: 'UTC' });
  world.graph.admin.createEvent({ subject: 'Board', start: at('09'), end: at('10'), attendees: [{ type: 'required', emailAddress: { name: 'Guest', address: 'guest@example.org' } }] });
  await world.start();
  await sync(world);
  const [event] = world.orocrm.admin.listEvents();
  world.orocrm.admin.updateEvent(event?.id ?? 0, { title: 'Board meeting' });
  await sync(world);
  t.match(world.graph.admin.listEvents(), [{ subject: 'Board' }]);
  const { holds } = await whyOf(world, String(event?.id));
  t.match(holds, [{ rule: 'D7', field: 'title', choices: ['outlook'] }]);
  const done = ended(world);
  t.equal((await ask(world, 'approve', { approved: [holds[0]?.approval] })).status, 202);
  await done;
  t.match(world.graph.admin.listEvents(), [{ subject: 'Board meeting' }]);
});

t.test('D2 D7 what is approved while a cycle runs is done by the next one, also where one could not read a side meanwhile', async (t) => {
  const { world } = await threePeople((work) => t.teardown(work));
  for (const { id } of world.orocrm.admin.listContacts()) world.orocrm.admin.deleteContact(id);
  await sync(world);
  t.equal(world.graph.admin.listContacts().length, 3, 'D3: a side that shows nothing at all is not believed');
  const notes = world.hub.users.get('me')?.live.status.notes ?? [];
  const names = notes.flatMap(({ approval }) => approval ?? []);
  t.equal(names.length, 1);
  let release = (): void => undefined;
  world.orocrm.admin.faults.add({ match: { path: /contacts/ }, action: { type: 'hold', until: new Promise<void>((resolve) => (release = resolve)) } });
  world.orocrm.admin.faults.add({ match: { path: /tasks/ }, action: { type: 'status', status: 500 } });
  const running = ask(world, 'sync', { wait: true });
  await world.clock.advance(0);
  t.equal((await ask(world, 'approve', { approved: names })).status, 202);
  release();
  await running;
  await sync(world);
  t.match((world.hub.users.get('me')?.live.status.notes ?? []).filter(({ rule }) => rule === 'D2'), [{ message: /3 of 3/ }], 'D3 was approved: now the deletions themselves are asked about');
});
