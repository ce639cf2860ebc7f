import t from 'tap';
import { Failure, type Written } from '@syncline/connector';
import type { Json } from '@syncline/core';
import { openSession, runCycle, type BoundSide } from '../src/index.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

/** A side that answers every deletion in this way. */
function answering(side: BoundSide, answer: Written<Json>): BoundSide {
  const { contact } = side.entities;
  return { ...side, entities: { ...side.entities, contact: { ...contact, push: async (writes) => (writes.some(({ op }) => op === 'delete') ? writes.map(() => answer) : contact.push(writes)) } } };
}

async function deletedRows(world: TwoSides): Promise<number> {
  let rows = 0;
  for await (const [, row] of world.store.entries('history')) if ((row as { readonly op: string }).op === 'delete') rows += 1;
  return rows;
}

t.test('D6 R1 a deletion that is refused, fails or meets a change is no row of history; one that is done is', async (t) => {
  const answers: readonly Written<Json>[] = [
    { status: 'rejected', message: 'not allowed' },
    { status: 'failed', failure: new Failure('unavailable', 'no answer') },
    { status: 'conflict' },
  ];
  for (const answer of answers) {
    const world = await twoSides();
    for (const firstName of ['Ada', 'Bob', 'Cleo', 'Dora']) world.left.create('contact', { firstName });
    await world.settle();
    world.left.remove('contact', '1');
    world.restart();
    const sides = await world.bind((side) => (side.side === 'right' ? answering(side, answer) : side));
    const report = await runCycle(await openSession(sides, world.store, world.settings, world.env), { trigger: 'once', go: true });
    t.equal(report.counts.right.contact.deleted, 0, answer.status);
    t.equal(await deletedRows(world), 0, answer.status);
    t.equal(world.right.list('contact').length, 4);
    if (answer.status === 'rejected') continue;
    await world.settle();
    t.equal(await deletedRows(world), 1, `${answer.status}, and done by the next cycle`);
    t.equal(world.right.list('contact').length, 3);
  }
});
