import t from 'tap';
import { memoryStore } from '@syncline/store';
import { explain, findRecords, openSession, resync, undo } from '../src/index.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

const session = async (world: TwoSides) => openSession(await world.bind(), world.store, world.settings, world.env);
const rightId = (world: TwoSides, name: string): string => world.right.list('contact').find(({ record }) => record['firstName'] === name)?.id ?? '';

async function world4(): Promise<TwoSides> {
  const world = await twoSides();
  for (const firstName of ['Ada', 'Bob', 'Cleo', 'Dora']) world.left.create('contact', { firstName, jobTitle: 'Analyst' });
  await world.settle();
  return world;
}

t.test('R10 a run is undone: values, creations and deletions; what was edited since is listed', async (t) => {
  const world = await world4();
  world.left.edit('contact', '1', { jobTitle: 'Poet' });
  world.left.edit('contact', '2', { jobTitle: 'Nurse' });
  world.left.remove('contact', '3');
  world.left.create('contact', { firstName: 'Emil' });
  const { run } = await world.cycle();
  world.right.edit('contact', rightId(world, 'Bob'), { jobTitle: 'edited since' });
  await world.settle();
  world.restart();
  const undone = await undo(await session(world), run);
  t.equal(undone.reversed, 3);
  t.match(undone.left, [{ side: 'right', field: 'jobTitle', reason: 'it was edited since' }]);
  world.restart();
  await world.settle();
  t.equal(world.right.get('contact', rightId(world, 'Ada'))?.record['jobTitle'], 'Analyst');
  t.equal(world.left.get('contact', '1')?.record['jobTitle'], 'Analyst', 'as an edit of the person who undid, on both sides');
  t.equal(world.right.get('contact', rightId(world, 'Bob'))?.record['jobTitle'], 'edited since');
  t.not(rightId(world, 'Cleo'), '', 'D6 a deleted record is back where it was deleted');
  t.ok(world.left.list('contact').some(({ record }) => record['firstName'] === 'Cleo'), 'and where it had been deleted before');
  t.equal(rightId(world, 'Emil'), '', 'a created one is gone');
  t.ok(world.left.list('contact').some(({ record }) => record['firstName'] === 'Emil'), 'its source stays');
});

t.test('R10 a first synchronisation is undone whole, without another question', async (t) => {
  const world = await twoSides();
  for (const firstName of ['Ada', 'Bob', 'Cleo', 'Dora']) world.left.create('contact', { firstName });
  const { run } = await world.cycle();
  await world.settle();
  world.restart();
  await undo(await session(world), run);
  world.restart();
  await world.settle();
  t.equal(world.right.list('contact').length, 0);
  t.equal(world.left.list('contact').length, 4);
});

t.test('G3 R1 a record explains itself: who wrote what, by which rule, and why it is where it is', async (t) => {
  const world = await world4();
  world.left.edit('contact', '1', { jobTitle: 'Poet' });
  world.right.edit('contact', rightId(world, 'Ada'), { jobTitle: 'Nurse' });
  await world.settle();
  world.restart();
  const open = await session(world);
  const [entity] = findRecords(open, rightId(world, 'Ada'));
  const found = entity === undefined ? undefined : await explain(open, entity);
  t.match(found, { kind: 'contact', links: { left: '1' }, sentences: ['Both sides hold what was agreed.'] });
  t.match(found?.fields.find(({ unit }) => unit === 'jobTitle'), { agreed: 'Poet', differs: {}, from: { side: 'left' }, notes: [] });
  t.ok(found?.history.some(({ op, rule, before }) => op === 'told' && rule === 'C7' && before?.['jobTitle'] === 'Nurse'), 'the losing value, with its rule');
  t.strictSame(findRecords(open, 'nothing'), []);
});

t.test('S17 A11 "why is this not in Outlook?" is answered in words', async (t) => {
  const world = await twoSides({ direction: 'right-to-left' });
  world.left.create('contact', { firstName: 'Ada' });
  await world.settle();
  world.restart();
  const open = await session(world);
  const [entity] = findRecords(open, '1');
  t.match(entity === undefined ? undefined : await explain(open, entity), { sentences: ['It is not in Memory: nothing is created there in this direction.'] });
});

t.test('G3 history is kept for as long as it has to be, and no longer', async (t) => {
  const world = await world4();
  const count = async (): Promise<number> => {
    let rows = 0;
    for await (const _row of world.store.entries('history')) rows += 1;
    return rows;
  };
  t.equal(await count(), 4);
  world.left.edit('contact', '1', { jobTitle: 'Poet' });
  await world.settle();
  t.equal(await count(), 5);
  world.pass(31 * 24 * 60 * 60_000);
  world.left.edit('contact', '2', { jobTitle: 'Poet' });
  await world.settle();
  t.equal(await count(), 1, 'a month later only the last row is left');
});

t.test('A6s B3s D9 a resynchronisation reads everything again, links what lost its link and deletes nothing', async (t) => {
  const world = await world4();
  const before = [world.left.writes(), world.right.writes()];
  await resync(await session(world));
  world.restart();
  const report = await world.cycle();
  t.equal(report.counts.left.contact.examined, 4);
  t.equal(report.counts.right.contact.examined, 4);
  t.strictSame([world.left.writes(), world.right.writes()], before, 'no write');
  const another = await world.reopen(await memoryStore({ hubId: 'other' }).user('u'));
  await another.settle();
  t.strictSame([world.left.writes(), world.right.writes()], before, 'also with nothing remembered: the marks link it all');
});

t.test('design 5: a document of a newer format is refused in words, one without a number is of the first', async (t) => {
  const world = await world4();
  t.equal(await world.store.get('state', 'documentFormat'), 1);
  await world.store.commit({ del: [{ space: 'state', key: 'documentFormat' }] });
  t.ok(await session(world));
  await world.store.commit({ put: [{ space: 'state', key: 'documentFormat', value: 2 }] });
  await t.rejects(session(world), { kind: 'config', message: /format 2, and this version of Syncline reads formats up to 1/ });
});
