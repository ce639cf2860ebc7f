import t from 'tap';
import type { Json } from '@syncline/connector';
import { kindNames } from '@syncline/core';
import { MemoryDisk, memoryStore } from '@syncline/store';
import { runCycle, type Session, type UserStore } from '../src/index.ts';
import { unlitFuse, workWith, type Fuse } from './fuse.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

/** A world with a first synchronisation behind it and something of everything to do. */
async function busyWorld(disk: MemoryDisk): Promise<TwoSides> {
  const world = await twoSides({}, 1, (await memoryStore({ hubId: 'test', disk }).user('u')));
  const { left, right } = world;
  const names = ['Ada', 'Bob', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hal'];
  for (const firstName of names) left.create('contact', { firstName, jobTitle: 'Analyst', phones: ['+1 555 0100'], primaryPhone: '+1 555 0100' });
  for (const subject of ['Call', 'Write']) right.create('task', { subject, priority: 'low', status: 'open' });
  await world.settle();
  const twin = (name: string) => right.list('contact').find(({ record }) => record['firstName'] === name)?.id ?? '';
  left.edit('contact', '1', { jobTitle: 'Poet' });
  right.edit('contact', twin('Bob'), { description: 'met in London' });
  left.edit('contact', '3', { jobTitle: 'Left' });
  right.edit('contact', twin('Cleo'), { jobTitle: 'Right', birthday: '1980-07-18' });
  left.remove('contact', '4');
  right.remove('contact', twin('Emil'));
  left.create('event', { title: 'Lunch', start: '2030-05-05T10:00:00Z', end: '2030-05-05T11:00:00Z' });
  right.create('contact', { firstName: 'Ida', emails: ['ida@example.com'], primaryEmail: 'ida@example.com' });
  // The same person on both sides, never linked: must become one.
  left.create('contact', { firstName: 'Jo', lastName: 'Doe', jobTitle: 'Nurse' });
  right.create('contact', { firstName: 'Jo', lastName: 'Doe', description: 'left-handed' });
  return world;
}

/** Everything on both sides, in an order of its own, with what each item is linked to. */
function endState(world: TwoSides): Json {
  const rows = (side: 'left' | 'right'): Json =>
    kindNames.map((kind) =>
      world[side].list(kind).map(({ record, mark }) => {
        const twin = mark === undefined ? undefined : world.left.get(kind, mark.id);
        return JSON.stringify([Object.entries(record).sort(), twin === undefined ? null : Object.entries(twin.record).sort()]);
      }).sort());
  return { left: rows('left'), right: rows('right') };
}

/** The first names of the complete copies of what history says was deleted. */
async function copiesOf(store: UserStore): Promise<readonly Json[]> {
  const names: Json[] = [];
  for await (const [, value] of store.entries('history')) {
    const { op, native } = value as { readonly op: string; readonly native?: { readonly record: { readonly firstName: Json } } };
    if (op === 'delete') names.push(native?.record.firstName ?? null);
  }
  return names;
}

const cycle = (session: Session): Promise<unknown> => runCycle(session, { trigger: 'once', go: true });

t.test('R4 R5 crash before and after every call through a port: the end is the same, and nothing is doubled', async (t) => {
  const calm = await busyWorld(new MemoryDisk());
  const unlit = unlitFuse();
  await workWith(unlit, calm, calm.store, cycle);
  calm.restart();
  await calm.settle();
  const expected = endState(calm);
  const points = unlit.calls * 2;
  for (let at = 1; at <= unlit.calls; at += 1) {
    for (const when of ['before', 'after'] as const) {
      const disk = new MemoryDisk();
      const world = await busyWorld(disk);
      const fuse: Fuse = { at, when, calls: 0, dead: false };
      await workWith(fuse, world, world.store, cycle);
      const restarted = { ...world, ...(await world.reopen(await memoryStore({ hubId: 'test', disk }).user('u'))) };
      const reports = await restarted.settle();
      const end = endState(world);
      if (JSON.stringify(end) !== JSON.stringify(expected)) t.strictSame(end, expected, `crash ${when} call ${at}`);
      const copies = await copiesOf(restarted.store);
      if (JSON.stringify(copies) !== '["Dora"]') t.strictSame(copies, ['Dora'], `D6 crash ${when} call ${at}: what was deleted can be restored, and says so once`);
      if (reports.length > 3) t.fail(`crash ${when} call ${at}: ${reports.length} cycles until quiet`);
    }
  }
  t.comment(`${points} crash points`);
  t.ok(points > 100, `${points} crash points`);
});
