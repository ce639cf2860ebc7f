import t from 'tap';
import { MemoryDisk, memoryStore } from '@syncline/store';
import { openSession, runCycle, type Session } from '../src/index.ts';
import { unlitFuse, workWith, type Fuse } from './fuse.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

/** Four linked people at the backup, and what happened since: one was edited, one was made, one's item was deleted and made again, one is on its way out. */
async function yesterday(): Promise<{ readonly world: TwoSides; readonly backup: MemoryDisk }> {
  const disk = new MemoryDisk();
  const world = await twoSides({}, 1, await memoryStore({ disk }).user('u'));
  for (const name of ['Ada', 'Bea', 'Cleo', 'Dora']) world.left.create('contact', { firstName: name, jobTitle: 'Analyst' });
  await world.settle();
  const backup = disk.copy();
  world.left.edit('contact', '1', { jobTitle: 'Poet' });
  world.left.create('contact', { firstName: 'Eva', jobTitle: 'Baker' });
  const item = world.right.list('contact').find(({ record }) => record['firstName'] === 'Bea');
  world.right.remove('contact', item?.id ?? '');
  await world.settle();
  world.left.remove('contact', '4');
  return { world, backup };
}

const shown = ({ left, right }: TwoSides): readonly string[] => [left, right].map((service) => service.list('contact').map(({ record }) => `${String(record['firstName'])} ${String(record['jobTitle'])}`).sort().join(', '));
const expected = ['Ada Poet, Bea Analyst, Cleo Analyst, Eva Baker', 'Ada Poet, Bea Analyst, Cleo Analyst, Dora Analyst, Eva Baker'];

async function openOn(world: TwoSides, disk: MemoryDisk): Promise<Session> {
  return openSession(await world.bind(), await memoryStore({ disk }).user('u'), world.settings, world.env);
}

t.test('D9 a copied store drops its cursors, marks every record, says so once, and goes on as usual when everything was read', async (t) => {
  const { world, backup } = await yesterday();
  const session = await openOn(world, backup);
  t.strictSame([session.index.restored.size, await session.store.get('cursor', 'left/contact'), await session.store.get('state', 'generation')], [4, undefined, 2]);
  const writes = [world.left.writes(), world.right.writes()];
  const preview = await runCycle(session, { trigger: 'once', go: true, preview: true });
  t.notOk(preview.notes.some(({ rule }) => rule === 'D9'), 'a preview does not use the alert up');
  const report = await runCycle(session, { trigger: 'once', go: true });
  t.match(report.notes.filter(({ rule }) => rule === 'D9'), [{ what: 'alert', message: /generation 2/ }]);
  t.strictSame([world.left.writes(), world.right.writes()], writes);
  t.strictSame(shown(world), expected);
  t.equal(session.index.restored.size, 1, 'who is gone in OroCRM waits for a person');
  t.notOk((await runCycle(await openOn(world, backup), { trigger: 'once', go: true })).notes.some(({ rule }) => rule === 'D9'), 'opened again it is no copy any more');
});

t.test('D9 the marks stay while a side, or a kind, was not read completely', async (t) => {
  const { world, backup } = await yesterday();
  const store = await memoryStore({ disk: backup }).user('u');
  const off = await openSession(await world.bind(), store, { ...world.settings, kinds: ['task', 'event'] }, world.env);
  await runCycle(off, { trigger: 'once', go: true });
  t.equal(off.index.restored.size, 4, 'contacts are switched off');
  const sides = await world.bind((side) => ({ ...side, entities: { ...side.entities, contact: { ...side.entities.contact, pull: () => { throw new Error('not now'); } } } }));
  await t.rejects(runCycle(await openSession(sides, store, world.settings, world.env), { trigger: 'once', go: true }));
  const on = await openSession(await world.bind(), store, world.settings, world.env);
  t.equal(on.index.restored.size, 4);
  await runCycle(on, { trigger: 'once', go: true });
  t.equal(on.index.restored.size, 1);
});

t.test('D9 R4 the process dies at any call while a copy is opened and caught up with: nothing is doubled, nothing is lost', async (t) => {
  const counted = unlitFuse();
  const work = (session: Session): Promise<unknown> => runCycle(session, { trigger: 'once', go: true });
  const first = await yesterday();
  await workWith(counted, first.world, await memoryStore({ disk: first.backup }).user('u'), work);
  for (let at = 1; at <= counted.calls; at += 1) for (const when of ['before', 'after'] as const) {
    const { world, backup } = await yesterday();
    const fuse: Fuse = { at, when, calls: 0, dead: false };
    await workWith(fuse, world, await memoryStore({ disk: backup }).user('u'), work);
    const again = await openOn(world, backup);
    await runCycle(again, { trigger: 'once', go: true });
    const last = await runCycle(again, { trigger: 'once', go: true });
    if (JSON.stringify(shown(world)) !== JSON.stringify(expected) || again.index.restored.size !== 1 || last.writes.left + last.writes.right > 0) {
      t.strictSame([shown(world), again.index.restored.size, last.writes], [expected, 1, { left: 0, right: 0 }], `crash ${when} call ${at}`);
    }
  }
  t.ok(counted.calls > 10, `${counted.calls} calls`);
});
