import t from 'tap';
import { ended, host, hubWorld, type HubWorld } from './hub-world.ts';

interface Answer {
  readonly status: number;
  readonly body: { readonly status?: string; readonly error?: string; readonly sentences?: readonly string[]; readonly purge?: { readonly approval: string; readonly deletes: object } };
}

async function resync({ hub }: HubWorld, payload: object = {}): Promise<Answer> {
  const headers = { ...host, authorization: `Bearer ${hub.ownToken}` };
  const answer = await hub.app.inject({ method: 'POST', url: '/api/v1/resync', headers, payload: { user: 'me', ...payload } });
  return { status: answer.statusCode, body: answer.json() };
}

/** A hub whose person has three contacts on both sides. */
async function threePeople(teardown: (work: () => Promise<void>) => void, settings: object): Promise<HubWorld> {
  const world = await hubWorld(settings);
  teardown(() => world.hub.close());
  for (const firstName of ['Ada', 'Bob', 'Cleo']) world.orocrm.admin.createContact({ firstName });
  await world.start();
  return world;
}

const idsOf = (world: HubWorld): readonly string[] => world.graph.admin.listContacts().map(({ id }) => id).sort();

t.test('A6s POST /resync reads everything again; the purge is refused under relink, in words', async (t) => {
  const world = await threePeople((work) => t.teardown(work), {});
  const before = idsOf(world);
  t.match(await resync(world, { purge: true }), { status: 409, body: { error: /^Nothing was done: .*resync\.mode/ } });
  t.match(await resync(world, { confirm: 'x' }), { status: 409 });
  const done = ended(world);
  t.match(await resync(world), { status: 200, body: { status: 'reading', sentences: ['The next sync reads everything again.'] } });
  await done;
  t.strictSame(idsOf(world), before);
  t.match(await resync(world, { mode: 'purge' }), { status: 400 });
});

for (const [direction, after, left] of [['bidirectional', /created in Outlook again \(A6\)/, 3], ['outlook-to-orocrm', /OroCRM records stay.*\(B3\)/, 0]] as const) {
  t.test(`D8 POST /resync under purge names what it would delete, and does it when the name comes back (${direction})`, async (t) => {
    const world = await threePeople((work) => t.teardown(work), { profile: 'classic' });
    await world.hub.app.inject({ method: 'PATCH', url: '/api/v1/settings', headers: { ...host, authorization: `Bearer ${world.hub.ownToken}` }, payload: { user: 'me', set: { direction } } });
    const before = idsOf(world);
    t.equal(before.length, 3);
    const asked = await resync(world);
    t.match(asked, { status: 200, body: { status: 'asking', purge: { deletes: { contact: 3, task: 0, event: 0 }, kept: [] } } });
    t.match(asked.body.sentences?.join(' '), after);
    t.match(asked.body.sentences?.join(' '), new RegExp(`3 contacts.*${asked.body.purge?.approval}`));
    t.match(await resync(world, { confirm: 'another' }), { status: 409, body: { error: /^Nothing was done: the name is not that of what would be deleted now\. 3 contacts/ } });
    const reading = ended(world);
    t.match(await resync(world, { purge: false }), { status: 200, body: { status: 'reading' } }, 'who wants no purge gets none');
    await reading;
    t.strictSame(idsOf(world), before);
    const done = ended(world);
    t.match(await resync(world, { purge: true, confirm: asked.body.purge?.approval }), { status: 200, body: { status: 'purging' } });
    await done;
    t.equal(idsOf(world).length, left);
    t.notOk(idsOf(world).some((id) => before.includes(id)));
    t.equal(world.orocrm.admin.listContacts().length, 3);
  });
}
