import t, { type Test } from 'tap';
import type { ComparedRecord, ListedRecord, PastRow, PastRun, Waiting } from '../src/index.ts';
import { cookieOf, ended, host, hubWorld, type HubWorld } from './hub-world.ts';

interface Answer<B> {
  readonly status: number;
  readonly body: B;
}

async function ask<B = unknown>({ hub }: HubWorld, path: string, payload: object = {}): Promise<Answer<B>> {
  const headers = { ...host, authorization: `Bearer ${hub.ownToken}` };
  const answer = await hub.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload: { user: 'me', ...payload } });
  return { status: answer.statusCode, body: answer.json() };
}

type Found = { readonly total: number; readonly records: readonly ListedRecord[] };

const find = async (world: HubWorld, asked: object = {}): Promise<Found> => (await ask<Found>(world, 'records', asked)).body;
const waiting = async (world: HubWorld, asked: object = {}): Promise<Waiting> => (await ask<Waiting>(world, 'waiting', asked)).body;
const names = ({ records }: Found): readonly string[] => records.map(({ label }) => label);

async function sync(world: HubWorld): Promise<void> {
  await world.clock.advance(60_000);
  await ask(world, 'sync', { wait: true });
}

async function peopleWorld(t: Test, people: readonly string[], settings: object = {}): Promise<{ readonly world: HubWorld; readonly ids: readonly number[] }> {
  const world = await hubWorld(settings);
  t.teardown(() => world.hub.close());
  const ids = people.map((firstName) => world.orocrm.admin.createContact({ firstName, lastName: 'Byron', jobTitle: 'Analyst' }).id);
  await world.start();
  await sync(world);
  return { world, ids };
}

t.test('POST /records finds by name, accents or not, by id, kind and state, page by page', async (t) => {
  const { world, ids } = await peopleWorld(t, ['Zoë', 'Ada', 'Bob']);
  t.strictSame(names(await find(world)), ['Ada Byron', 'Bob Byron', 'Zoë Byron'], 'by name');
  t.strictSame(names(await find(world, { text: 'zoe BYR' })), ['Zoë Byron']);
  t.strictSame(names(await find(world, { text: 'zoe ada' })), [], 'every word has to occur');
  t.strictSame(await find(world, { limit: 1, skip: 1 }).then((found) => [found.total, ...names(found)]), [3, 'Bob Byron']);
  t.strictSame(names(await find(world, { kind: 'task' })), []);
  const [zoe] = world.graph.admin.listContacts().filter(({ givenName }) => givenName === 'Zoë');
  t.match(await find(world, { text: zoe?.id }), { total: 1, records: [{ kind: 'contact', links: { orocrm: String(ids[0]), outlook: zoe?.id }, states: ['linked'] }] });
  t.match(await ask(world, 'records', { state: 'lost' }), { status: 400 });
  t.match(await ask(world, 'records', { limit: 501 }), { status: 400 });
  t.match(await ask(world, 'records', { user: 'somebody' }), { status: 404 });
  world.orocrm.admin.updateContact(ids[1] ?? 0, { firstName: 'Augusta' });
  await sync(world);
  t.strictSame(names(await find(world, { text: 'augusta' })), ['Augusta Byron'], 'what changed since is found by what it is now');
  t.strictSame(names(await find(world, { text: 'ada' })), []);
  world.orocrm.admin.deleteContact(ids[1] ?? 0);
  await sync(world);
  t.equal((await find(world)).total, 2);
  t.strictSame(names(await find(world, { state: 'deleted' })), ['Augusta Byron']);
});

t.test('S17 A9 C7 states: private, only in Outlook, in conflict, not synced in this direction', async (t) => {
  const { world, ids } = await peopleWorld(t, ['Ada', 'Bob']);
  const day = new Date(world.clock.now() + 5 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const at = (hour: string) => ({ dateTime: `${day}T${hour}:00:00`, timeZone: 'UTC' });
  world.graph.admin.createEvent({ subject: 'Secret', start: at('09'), end: at('10'), sensitivity: 'private' });
  const ada = (): string => world.graph.admin.listContacts().find(({ givenName }) => givenName === 'Ada')?.id ?? '';
  world.graph.admin.updateContact(ada(), { jobTitle: 'Nurse' });
  world.orocrm.admin.updateContact(ids[0] ?? 0, { jobTitle: 'Poet' });
  await sync(world);
  t.match((await find(world, { state: 'conflict' })).records, [{ label: 'Ada Byron', states: ['linked', 'conflict'] }]);
  const alone = await find(world, { state: 'only-outlook' });
  t.match(alone.records.map(({ label }) => label), ['Secret']);
  t.strictSame(names(await find(world, { state: 'private' })), ['Secret']);
  t.strictSame(names(await find(world, { state: 'only-orocrm' })), []);
  t.strictSame(names(await find(world, { state: 'held' })), ['Secret'], 'listed with what ends it');
  t.match(await waiting(world), { groups: [{ rule: 'S17', count: 1, choices: {}, approvals: [] }], total: 1, items: [{ label: 'Secret', choices: [] }] });

  const oneWay = await peopleWorld(t, ['Cleo'], { direction: 'orocrm-to-outlook' });
  const [item] = oneWay.world.graph.admin.listContacts();
  oneWay.world.graph.admin.updateContact(item?.id ?? '', { jobTitle: 'Nurse' });
  await sync(oneWay.world);
  t.strictSame(names(await find(oneWay.world, { state: 'one-way' })), ['Cleo Byron']);
  const { body } = await ask<{ records: readonly ComparedRecord[] }>(oneWay.world, 'record', { record: item?.id });
  t.match(body.records, [{ label: 'Cleo Byron', kind: 'contact', links: { outlook: item?.id } }]);
  t.match(body.records[0]?.fields.find(({ unit }) => unit === 'jobTitle'), { agreed: 'Analyst', orocrm: 'Analyst', outlook: 'Nurse', from: { side: 'orocrm' } });
  t.match(await ask(oneWay.world, 'record', { record: 'nobody' }), { status: 404 });
});

t.test('D2 POST /waiting groups a mass deletion under the one name that approves it; Ada alone can be kept', async (t) => {
  const { world, ids } = await peopleWorld(t, ['Ada', 'Bob', 'Cleo', 'Dora']);
  for (const id of ids) world.orocrm.admin.deleteContact(id);
  world.orocrm.admin.createContact({ firstName: 'Eve' });
  await sync(world);
  const { groups, items, total } = await waiting(world, { limit: 2 });
  t.match(groups, [{ rule: 'D2', count: 4, choices: { keep: 4 }, approvals: [/^\w+$/] }]);
  t.equal(total, 4);
  t.equal(items.length, 2, 'a page of them');
  t.equal((await waiting(world, { skip: 3 })).items.length, 1);
  t.equal((await waiting(world, { rule: 'D7' })).total, 0);
  t.notMatch(items[0]?.reason, /under the name/, 'the name stands beside the reason');
  t.match(await ask(world, 'decide-all', { rule: 'D2', choice: 'keep', count: 9 }), { status: 409, body: { error: /By now 4 of these wait, not 9/ } });
  const done = ended(world);
  t.equal((await ask(world, 'approve', { approved: groups[0]?.approvals })).status, 202);
  await done;
  t.strictSame(world.graph.admin.listContacts().map(({ givenName }) => givenName), ['Eve']);
  t.strictSame((await waiting(world)).groups, []);
});

t.test('A12 POST /decide-all answers everything under a rule alike', async (t) => {
  const { world, ids } = await peopleWorld(t, ['Ada', 'Bob', 'Cleo'], { direction: 'orocrm-to-outlook' });
  for (const id of ids.slice(0, 2)) world.orocrm.admin.deleteContact(id);
  await sync(world);
  const changed = await world.hub.app.inject({ method: 'PATCH', url: '/api/v1/settings', headers: { ...host, authorization: `Bearer ${world.hub.ownToken}` }, payload: { set: { direction: 'bidirectional' } } });
  t.equal(changed.statusCode, 200);
  await sync(world);
  t.match((await waiting(world)).groups, [{ rule: 'A12', count: 2, choices: { keep: 2, delete: 2 } }]);
  const done = ended(world);
  t.match(await ask(world, 'decide-all', { rule: 'A12', choice: 'keep', count: 2 }), { status: 200, body: { rule: 'A12', decided: 2, left: [] } });
  await done;
  t.equal(world.orocrm.admin.listContacts().length, 3);
  t.equal((await waiting(world)).total, 0);
});

t.test('D3 a side that shows nothing is a group of its own until it shows something, with its name', async (t) => {
  const { world } = await peopleWorld(t, ['Ada', 'Bob', 'Cleo']);
  const kept = world.graph.admin.listContacts();
  for (const { id } of kept) world.graph.admin.deleteContact(id);
  await sync(world);
  t.match((await waiting(world)).groups, [{ rule: 'D3', side: 'outlook', kind: 'contact', approvals: [/^\w+$/], reason: /shows no contact at all while 3 are known/ }]);
  world.graph.admin.createContact({ givenName: 'Found', surname: 'Again' });
  await sync(world);
  t.strictSame((await waiting(world)).groups.filter(({ rule }) => rule === 'D3'), [], 'a doubt is over when the side was read and believed');
});

t.test('G3 /history pages through runs and rows; /export is a file without formulas, for who is signed in', async (t) => {
  const { world, ids } = await peopleWorld(t, ['Ada', 'Bob', 'Cleo']);
  world.orocrm.admin.updateContact(ids[0] ?? 0, { jobTitle: '=HYPERLINK("http://evil.example","x")' });
  await sync(world);
  const { runs } = (await ask<{ runs: readonly PastRun[] }>(world, 'history', { limit: 1 })).body;
  t.match(runs, [{ counts: { update: 1 } }]);
  const older = (await ask<{ runs: readonly PastRun[] }>(world, 'history', { before: runs[0]?.run })).body.runs;
  t.match(older, [{ counts: { create: 3 } }]);
  const rows = (await ask<{ rows: readonly PastRow[] }>(world, 'history', { run: older[0]?.run, skip: 1, limit: 1 })).body.rows;
  t.equal(rows.length, 1);
  const cookie = await cookieOf(world.hub);
  const get = (query: string, headers: object = { cookie }) => world.hub.app.inject({ url: `/api/v1/export?${query}`, headers: { ...host, ...headers } });
  const csv = await get(`user=me&format=csv&run=${runs[0]?.run ?? ''}`);
  t.match(csv.headers, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': /^attachment; filename="syncline-history-[\w-]+\.csv"$/ });
  t.strictSame(csv.body.split('\r\n').length, 3, 'a head and one value');
  t.match(csv.body, `"jobTitle","Analyst","'=HYPERLINK(""http://evil.example"",""x"")","C5"`);
  t.match((await get('user=me&format=json')).json(), { rows: [{ op: 'create' }, {}, {}, { op: 'update', side: 'outlook' }] });
  t.equal((await get('user=me&format=xlsx')).statusCode, 400);
  t.equal((await get('user=somebody&format=csv')).statusCode, 404);
  t.equal((await get('user=me&format=csv', {})).statusCode, 401);
});

t.test('a search looks at no record again that has not changed', async (t) => {
  const { world } = await peopleWorld(t, ['Ada']);
  world.orocrm.admin.createContact({ firstName: 'Needle' });
  await sync(world);
  await find(world, { text: 'x' });
  let looked = 0;
  await world.hub.users.get('me')?.sync.look(async ({ replica }) => {
    const { get } = replica;
    replica.get = (entity) => {
      looked += 1;
      return get(entity);
    };
  });
  t.strictSame(names(await find(world, { text: 'needle' })), ['Needle']);
  t.equal(looked, 0);
});
