import type { CycleReport, Note } from '@syncline/engine';
import { generateWorld, plantWorld } from '@syncline/simulators';
import { writeCount } from '../support/linked-pair.ts';
import { seeded } from '../support/seeded.ts';
import { isQuiet } from '../support/two-services.ts';
import { openHub, type Ended, type Hub } from './hub.ts';
import { addressesOf, judge } from './invariants.ts';
import { itemsOf, openPeople } from './people.ts';
import { scheduleOf } from './schedule.ts';
import { openServices, type Services } from './services.ts';
import { startTrace } from './trace.ts';
import { trouble } from './troubles.ts';

/** What became of a world. */
export interface Outcome {
  readonly seed: number;
  /** What is not as it has to be, each with its rule; empty when all is well. */
  readonly failures: readonly string[];
  readonly trace: readonly string[];
  readonly hash: string;
  readonly counts: Counts;
}

/** How much happened. */
export interface Counts {
  /** Values typed, and deletions. */
  readonly edits: number;
  readonly cycles: number;
  readonly requests: number;
  readonly writes: number;
  /** By what went wrong. */
  readonly troubles: { readonly [name: string]: number };
}

/** Runs the world of a seed from its first synchronisation until it is at rest, and judges it. A bug that throws is a failure like another. */
export async function runWorld(seed: number): Promise<Outcome> {
  const schedule = scheduleOf(seed);
  const { zone, contacts, tasks, events } = schedule;
  const trace = startTrace();
  const services = openServices(schedule, trace);
  const random = seeded(seed);
  const hub = openHub(schedule, services);
  const people = openPeople(services, zone, random, trace, hub.isCreating);
  plantWorld(generateWorld({ seed, contacts, tasks, events, now: services.clock.now, zone, mixed: true }), services.oro.admin, services.graph.admin);
  people.claimAll();
  const planted = services.oro.admin.listContacts();
  const troubles: Record<string, number> = {};
  let cycles = 0;
  let lastWrites = 0;
  let last: Ended | undefined;
  const conflicts: Note[] = [];
  const shownInOutlook = new Set<string>();
  const cycle = async (): Promise<void> => {
    cycles += 1;
    const before = writeCount(services.oro) + writeCount(services.graph);
    last = await hub.cycle();
    lastWrites = writeCount(services.oro) + writeCount(services.graph) - before;
    if (typeof last === 'object') conflicts.push(...last.notes.filter(({ what }) => what === 'conflict'));
    for (const item of itemsOf(services, 'outlook', 'contact').values()) for (const address of addressesOf(item)) shownInOutlook.add(address);
    trace.note(`cycle ${cycles}: ${typeof last === 'string' ? last : summary(last)}`);
  };
  /** Cycles until nothing is left to do. Rules G1, G2, with a cycle for what was left under way and one that a moved task is waited for (K14). */
  const settle = async (): Promise<readonly string[]> => {
    for (let round = 1; round <= 10; round += 1) {
      await cycle();
      if (typeof last !== 'object' || !isQuiet(last)) continue;
      // Where a side is not believed, what was to be written there is tried once a cycle.
      const isDoubted = last.notes.some(({ rule }) => rule === 'D3');
      // What a service refused was asked for, and is not asked for again: a cycle more shows it (M7, M43).
      if (lastWrites > 0 && last.notes.some(({ rule }) => rule === 'M7' || rule === 'M43')) continue;
      if (lastWrites > 0 && !isDoubted) return [`G2 ${lastWrites} writes were asked for in a cycle that calls itself quiet`];
      return round > 5 ? [`G1 ${round} cycles until quiet`] : [];
    }
    return ['G1 not at rest after 10 cycles'];
  };
  const failures: string[] = [];
  try {
    const isSettledFirst = random() < 0.6;
    if (isSettledFirst) failures.push(...(await settle()));
    const atFirst = isSettledFirst ? [...(await hub.session()).replica.records()] : [];
    const linkedAtFirst = new Set(atFirst.filter(([, { links }]) => links['left'] !== undefined && links['right'] !== undefined).map(([entity]) => entity));
    for (let round = 0; round < schedule.rounds; round += 1) {
      for (let edit = 0; edit < schedule.editsPerRound; edit += 1) people.edit();
      for (const name of trouble(schedule, services, people, hub, random, trace)) troubles[name] = (troubles[name] ?? 0) + 1;
      await cycle();
      services.between = undefined;
      if (random() >= schedule.chances.restart) continue;
      trace.note('the hub is restarted');
      hub.restart();
    }
    calm(hub, services);
    if (random() < 0.5) failures.push(...(await settle()));
    // What a listing does not tell (A14) the comparisons of ids and contents do, by a clock that may have been set back.
    services.clock.now += 26 * 60 * 60_000;
    failures.push(...(await settle()));
    failures.push(...(await judge({ schedule, services, people, hub, linkedAtFirst, conflicts, planted, shownInOutlook, notes: typeof last === 'object' ? (last as CycleReport).notes : [] })));
  } catch (error) {
    failures.push(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  const requests = services.oro.counters.total + services.graph.counters.total;
  return { seed, failures, trace: trace.lines, hash: trace.hash(), counts: { edits: people.ledger.length, cycles, requests, writes: services.writes.length, troubles } };
}

/** Nothing goes wrong any more. */
function calm(hub: Hub, services: Services): void {
  hub.calm();
  services.between = undefined;
  services.oro.admin.faults.clear();
  services.graph.admin.clearFaults();
}

function summary({ writes, settled, stopped, notes }: CycleReport): string {
  const said = [...stopped.map(({ side, message }) => `${side} stopped: ${message}`), ...notes.map(({ rule, message }) => `${rule} ${message}`)];
  return `${writes.left} and ${writes.right} writes${settled ? ', settled' : ''}${said.map((line) => `; ${line}`).join('')}`;
}
