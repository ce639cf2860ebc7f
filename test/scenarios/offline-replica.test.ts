import t from 'tap';
import { safePolicy, type EntityId, type Policy } from '@syncline/core';
import { historyOf, linkedWorld, type Desks } from '../support/desks.ts';
import type { TwoServices } from '../support/two-services.ts';
import { staysQuiet } from '../support/watch.ts';

// R9: a replica was edited offline while the hub went on. Its edit arrives as the claim it is: with the number its author had seen. The socket
// it arrives on is the hub's and the client's matter; what is decided about it is decided here, through both services.

interface Typed {
  readonly value: string;
  /** Up to which number of the log the screen showed things. */
  readonly saw: number;
  /** When it was typed, UTC ms. */
  readonly at: number;
  readonly writer?: string;
}

async function entityOf(world: TwoServices, desks: Desks, who: number): Promise<EntityId> {
  const entity = (await world.session()).index.entityOf('left', 'contact', desks.orocrm.idOf(who));
  if (entity === undefined) throw new Error(`no record ${who}`);
  return entity;
}

const latest = async (world: TwoServices): Promise<number> => (await world.session()).store.latest();

/** The replica comes back, and what was typed in it is stored by the hub. */
async function reconnect(world: TwoServices, entity: EntityId, edits: readonly Typed[]): Promise<void> {
  const session = await world.session();
  for (const { value, saw, at, writer = 'laptop' } of edits) {
    await session.commit({ claim: [[entity, { number: session.nextNumber(), unit: 'jobTitle', side: 'right', writer, saw, at, value }]] });
  }
}

const settings: readonly (readonly [wins: string, policy: Partial<Policy>])[] = [
  ['OroCRM', { ...safePolicy, precedence: ['left', 'right'] }], ['Outlook', { ...safePolicy, precedence: ['right', 'left'] }],
];

for (const [wins, policy] of settings) {
  t.test(`R9 C7 C8 an edit of a screen that showed less is concurrent with what came since, whatever the clocks say: ${wins} wins`, async (t) => {
    for (const hours of [-2, 2]) {
      const { world, desks } = await linkedWorld(3, { policy });
      const entity = await entityOf(world, desks, 1);
      const saw = await latest(world);
      const at = world.clock.now + hours * 3_600_000;
      desks.orocrm.edit(desks.orocrm.idOf(1), 'Countess');
      await world.settle();
      await reconnect(world, entity, [{ value: 'Poet', saw, at }]);
      const reports = await world.settle();
      const [winner, loser] = wins === 'OroCRM' ? ['Countess', 'Poet'] : ['Poet', 'Countess'];
      t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], [`1=${winner}`, `1=${winner}`], `typed ${hours} hours from OroCRM's edit`);
      t.match(reports.flatMap(({ notes }) => notes), [{ what: 'conflict', field: 'jobTitle' }]);
      t.ok((await historyOf(world)).some((row) => JSON.stringify(row).includes(loser)), 'the other one is in history');
      await staysQuiet(t, world);
    }
  });

  t.test(`R9 an edit of a screen that showed OroCRM's value is newer than it: no conflict (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(3, { policy });
    const entity = await entityOf(world, desks, 1);
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Countess');
    await world.settle();
    // By its own clock it was typed before that.
    await reconnect(world, entity, [{ value: 'Poet', saw: await latest(world), at: world.clock.now - 7_200_000 }]);
    const reports = await world.settle();
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], ['1=Poet', '1=Poet']);
    t.strictSame(reports.flatMap(({ notes }) => notes), []);
    await staysQuiet(t, world);
  });
}

t.test('R9 of two laptops that had not seen each other the later edit stands: time orders what one side did', async (t) => {
  for (const order of [['early', 'late'], ['late', 'early']] as const) {
    const { world, desks } = await linkedWorld(3);
    const entity = await entityOf(world, desks, 1);
    const saw = await latest(world);
    const at = world.clock.now;
    world.clock.now += 3_600_000;
    await reconnect(world, entity, order.map((when) => ({ value: `typed ${when}`, saw, at: at + (when === 'late' ? 2_000 : 1_000), writer: when })));
    await world.settle();
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], ['1=typed late', '1=typed late'], `${order[0]} came first`);
    t.strictSame([desks.orocrm.show().length, desks.outlook.show().length], [3, 3], 'nothing is doubled');
    t.ok((await historyOf(world)).some((row) => JSON.stringify(row).includes('typed early')), 'the other one is in history');
    await staysQuiet(t, world);
  }
});
