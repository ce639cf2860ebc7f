import { deepEqual } from 'node:assert/strict';
import type { Kind, Policy } from '@syncline/core';
import type { CycleReport } from '@syncline/engine';
import fc from 'fast-check';
import t from 'tap';
import { desksOf, type Desk } from '../support/desks.ts';
import { setPolicy } from '../support/watch.ts';
import { twoServices, type TwoServices } from '../support/two-services.ts';

// A rule that names no kind is tested once, with contacts mostly. This is why once is enough: whatever people do, contacts, tasks
// and events come to the same. The differences that rules make are kept out of the way, and said here:
// K4 K7: each kind has another key; here each is found by what no act edits (a last name, a day), so that the same acts match the same records.
// K14: To Do has no ids that stay, so a task that vanished may have been moved, and is waited for a cycle; outcomes are therefore
//   compared when nothing is left to do, not cycle by cycle.
// M35: a status goes through the workflow, D7 and D12: meetings and series wait. No act here touches one.

const kinds = ['contact', 'task', 'event'] as const;
const isLong = process.env['SYNCLINE_LONG'] === '1';
t.setTimeout(isLong ? 3_600_000 : 120_000);

type Act =
  | { readonly do: 'make' | 'edit'; readonly side: 'orocrm' | 'outlook'; readonly who: number; readonly value: string }
  | { readonly do: 'remove'; readonly side: 'orocrm' | 'outlook'; readonly who: number }
  | { readonly do: 'set'; readonly policy: Partial<Policy> }
  | { readonly do: 'pass'; readonly what: 'settle' | 'restart' | 'an hour' };

const side = fc.constantFrom('orocrm' as const, 'outlook' as const);
const who = fc.integer({ min: 1, max: 7 });
const value = fc.constantFrom('Poet', 'Nurse', 'Analyst', 'Countess', 'Dean');
const policy = fc.oneof(
  fc.record({ direction: fc.constantFrom('left-to-right' as const, 'right-to-left' as const, 'both-ways' as const) }),
  fc.record({ precedence: fc.constantFrom(['left', 'right'] as const, ['right', 'left'] as const) }),
  fc.record({ granularity: fc.constantFrom('field' as const, 'record' as const) }),
  fc.record({ deleteVsEdit: fc.constantFrom('by-policy' as const, 'delete-wins' as const) }),
  fc.record({ rightDeletion: fc.constantFrom('recreate' as const, 'ignore' as const, 'propagate' as const) }),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('edit' as const), side, who, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('make' as const), side, who, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), side, who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), what: fc.constantFrom('settle' as const, 'settle' as const, 'restart' as const, 'an hour' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const), policy }) },
);

t.test('G1 S14 whatever is made, edited, removed and set, the three kinds come to the same, by the same rules', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ policy: fc.tuple(policy, policy), acts: fc.array(act, { minLength: 3, maxLength: 16 }) }), async ({ policy: [first, second], acts }) => {
      const world = twoServices({ policy: { matchWithoutName: true, ...first, ...second } });
      Object.assign(world.settings, { keys: { contact: ['lastName'], task: ['dueDate'], event: ['start'] } });
      for (let number = 1; number <= 6; number += 1) for (const kind of kinds) for (const [, desk] of Object.entries(desksOf(world, kind))) (desk as Desk).make(number, 'Analyst');
      await alike(world, 'at first');
      for (const [at, one] of acts.entries()) await happen(world, one, at);
      await alike(world, 'at the end');
    }),
    { seed: 20301126, numRuns: isLong ? 1_500 : 30, includeErrorInReport: true },
  );
});

async function happen(world: TwoServices, act: Act, at: number): Promise<void> {
  if (act.do === 'pass') {
    if (act.what === 'settle') await alike(world, `act ${at}`);
    else if (act.what === 'restart') world.restart();
    else world.clock.now += 3_600_000;
    return;
  }
  if (act.do === 'set') return setPolicy(world, act.policy);
  for (const kind of kinds) {
    const desk = desksOf(world, kind)[act.side];
    const isThere = desk.show().some((row) => row.startsWith(`${act.who}=`));
    if (act.do === 'make' ? isThere : !isThere) continue;
    if (act.do === 'make') desk.make(act.who, act.value);
    else if (act.do === 'edit') desk.edit(desk.idOf(act.who), act.value);
    else desk.remove(desk.idOf(act.who));
  }
}

/** Cycles until nothing is left to do, and compares what came of it. */
async function alike(world: TwoServices, when: string): Promise<void> {
  const reports = await world.settle();
  const [contacts, ...others] = kinds.map((kind) => ({ ...outcome(world, kind), ...done(reports, kind) }));
  for (const [at, other] of others.entries()) deepEqual(other, contacts, `${when}: ${kinds[at + 1]} and contact`);
}

function outcome(world: TwoServices, kind: Kind): object {
  const desks = desksOf(world, kind);
  return { orocrm: desks.orocrm.show(), outlook: desks.outlook.show() };
}

/** What the cycles did and said of a kind: writes by side, op and rule, and notes by rule. */
function done(reports: readonly CycleReport[], kind: Kind): object {
  const lines = reports.flatMap((report) => report.lines.filter((line) => line.kind === kind && line.op !== 'mark').map(({ side: on, op, rules }) => `${on} ${op} ${rules.join()}`));
  const notes = reports.flatMap((report) => report.notes.filter((note) => note.kind === kind));
  const conflicts = notes.filter(({ what }) => what === 'conflict').map(({ rule }) => rule);
  // What waits is told by each cycle, and tasks take one more of them (K14).
  const told = new Set(notes.filter(({ what }) => what !== 'conflict').map(({ what, rule, count }) => `${what} ${rule} ${count ?? 1}`));
  return { lines: lines.sort(), conflicts: conflicts.sort(), told: [...told].sort() };
}
