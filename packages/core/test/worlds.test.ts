import t from 'tap';
import { runWorld, type Outcome } from './world.ts';

const worlds = 12_000;

/** Seeds that find a mistake core once made, or could make: without the line they stand for, each of them is judged wrongly. */
const remembered: readonly (readonly [seed: number, why: string])[] = [
  [34, 'our own write is no edit, whoever reports it'],
  [38, 'a late report of a version the hub has been beyond is history'],
  [86, 'what another claim has seen is not in the frontier'],
  [346, 'a value typed as its side shows it is an edit while nobody has agreed to it'],
  [470, 'a side that comes to the agreed value by itself is settled, and owed nothing'],
  [2157, 'an edit made while a write is open has seen less than it seems'],
  [5804, 'an edit on a newer version was made on top of what the side held, whatever its observer knew'],
  [7214, "of two observers of one version, the hub's own connector knows what the side had been given"],
  [19188, 'a side where an older write is found is owed the newer value, also where it was thought to hold that'],
  [38621, 'after an edit made while a write is open, the next one has seen no more'],
];

/** Longer and shorter lives. */
function stepsOf(seed: number): number {
  return 12 + (seed % 60);
}

function isRight(outcome: Outcome): boolean {
  return outcome.missed + outcome.invented + outcome.wrong + outcome.silent === 0;
}

for (const [seed, why] of remembered) {
  t.test(`R9 seed ${seed}: ${why}`, async (t) => {
    const outcome = runWorld(seed, stepsOf(seed));
    t.ok(isRight(outcome), outcome.log.join('\n'));
  });
}

t.test(`R9 ${worlds} seeded worlds agree with full version vectors over all claims`, async (t) => {
  const total = { conflicts: 0, missed: 0, invented: 0, wrong: 0, silent: 0 };
  const failed: number[] = [];
  for (let seed = 1; seed <= worlds; seed += 1) {
    const outcome = runWorld(seed, stepsOf(seed));
    for (const name of ['conflicts', 'missed', 'invented', 'wrong', 'silent'] as const) total[name] += outcome[name];
    if (!isRight(outcome)) failed.push(seed);
  }
  t.comment(`${worlds} worlds, ${total.conflicts} conflicts: ${total.missed} missed, ${total.invented} invented, ${total.wrong} wrong winners, ${total.silent} lost in silence`);
  t.ok(total.conflicts > worlds / 4, 'the worlds have conflicts to find');
  t.strictSame(failed.slice(0, 5), [], failed.length === 0 ? 'no world differs' : runWorld(failed[0] as number, stepsOf(failed[0] as number)).log.join('\n'));
});
