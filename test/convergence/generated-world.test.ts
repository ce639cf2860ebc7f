import t from 'tap';
import { generateWorld, plantWorld } from '@syncline/simulators';
import { isQuiet, twoServices } from '../support/two-services.ts';

t.test('G1 G2 the generated world settles, and then a cycle writes nothing', async (t) => {
  const world = twoServices();
  plantWorld(generateWorld({ seed: 1, now: world.clock.now, zone: 'Europe/Berlin' }), world.oro.admin, world.graph.admin);
  const reports = await world.settle();
  t.ok(isQuiet(reports.at(-1)));
  t.ok(reports.length <= 3, `${reports.length} cycles`);
  t.strictSame(world.graph.admin.outbox(), [], 'D7 nobody was mailed');
});

t.test('R2 a preview writes nothing, and an unchanged plan is what is done', async (t) => {
  const world = twoServices();
  plantWorld(generateWorld({ seed: 2, now: world.clock.now, zone: 'Europe/Berlin' }), world.oro.admin, world.graph.admin);
  world.oro.resetCounters();
  world.graph.resetCounters();
  const preview = await world.cycle({ preview: true });
  t.strictSame(preview.writes, { left: 0, right: 0 });
  t.strictSame(writesOf(world), {}, 'counted at the services');
  t.ok(preview.planned.length > 100);
  const waiting = await world.cycle({ go: false });
  t.strictSame(writesOf(world), {}, 'S20 the first cycle waits for Go');
  t.strictSame(keys(waiting.planned), keys(preview.planned));
  const real = await world.cycle({ go: true });
  const done = keys(real.lines.filter(({ op }) => op !== 'mark'));
  const planned = keys(preview.planned.filter(({ op }) => op !== 'mark'));
  t.strictSame(done.filter((key) => !planned.includes(key)), [], 'nothing was done that was not shown');
});

function keys(lines: readonly { readonly entity: string; readonly side: string; readonly op: string }[]): string[] {
  return lines.map(({ entity, side, op }) => `${side} ${op} ${entity}`).sort();
}

/** Records the services created, changed or deleted through their interfaces. */
function writesOf(world: ReturnType<typeof twoServices>): Readonly<Record<string, unknown>> {
  return { ...world.oro.counters.records, ...world.graph.counters.records };
}
