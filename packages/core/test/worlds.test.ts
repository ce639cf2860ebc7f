import t from 'tap';
import { runWorld, type Outcome } from './world.ts';

const worlds = 12_000;

/** Seeds on which something was wrong once. */
const remembered: readonly (readonly [seed: number, why: string])[] = [];

function isRight(outcome: Outcome): boolean {
  return outcome.missed + outcome.invented + outcome.wrong + outcome.silent === 0;
}

for (const [seed, why] of remembered) {
  t.test(`R9 seed ${seed}: ${why}`, async (t) => {
    const outcome = runWorld(seed);
    t.ok(isRight(outcome), outcome.log.join('\n'));
  });
}

t.test(`R9 ${worlds} seeded worlds agree with full version vectors over all claims`, async (t) => {
  const total = { conflicts: 0, missed: 0, invented: 0, wrong: 0, silent: 0 };
  const failed: number[] = [];
  for (let seed = 1; seed <= worlds; seed += 1) {
    const outcome = runWorld(seed);
    for (const name of ['conflicts', 'missed', 'invented', 'wrong', 'silent'] as const) total[name] += outcome[name];
    if (!isRight(outcome)) failed.push(seed);
  }
  t.comment(`${worlds} worlds, ${total.conflicts} conflicts: ${total.missed} missed, ${total.invented} invented, ${total.wrong} wrong winners, ${total.silent} lost in silence`);
  t.ok(total.conflicts > worlds / 4, 'the worlds have conflicts to find');
  t.strictSame(failed.slice(0, 5), [], failed.length === 0 ? 'no world differs' : runWorld(failed[0] as number).log.join('\n'));
});
