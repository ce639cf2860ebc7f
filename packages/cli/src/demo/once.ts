import type { CycleReport, Started } from '@syncline/hub';
import { Complaint, wait, type World } from '../world.ts';
import { counted, type Both, type Services } from './simulators.ts';
import { summariseOnce, type OnceSummary } from './summary.ts';

/** More cycles than this are no convergence (G1 promises two). */
const mostCycles = 12;

/** Runs cycles until one writes nothing, by the services' own count, and tells what came of it. */
export async function syncOnce(world: World, started: Started, services: Services): Promise<OnceSummary> {
  const people = [...started.hub.users.values()];
  const reports: CycleReport[][] = people.map(() => []);
  const writes: ({ readonly cycle: number } & Both)[] = [];
  let signal: string | undefined;
  void world.ended.then((name) => {
    signal = name;
    started.hub.cut();
  });
  const isEnding = (): boolean => signal !== undefined;
  for (let cycle = 1; cycle <= mostCycles; cycle += 1) {
    const before = counted(services).writes;
    for (const [position, { sync }] of people.entries()) reports[position]?.push(await sync.run({ trigger: 'once' }));
    const after = counted(services).writes;
    writes.push({ cycle, orocrm: after.orocrm - before.orocrm, outlook: after.outlook - before.outlook });
    if (isEnding()) throw new Complaint(`${signal ?? ''}: stopped in cycle ${cycle}.`);
    const last = reports.flatMap((own) => own.slice(-1));
    const lasting = last.flatMap(({ stopped }) => stopped).find(({ kind }) => kind === 'auth' || kind === 'config' || kind === 'bug');
    if (lasting !== undefined) throw new Complaint(lasting.message);
    // R3: what a service asks for binds this command too.
    const retryAt = Math.max(0, ...last.flatMap(({ stopped }) => stopped.map((one) => one.retryAt ?? 0)));
    if (retryAt > world.now()) {
      world.tell(`syncline: waiting ${Math.ceil((retryAt - world.now()) / 1000)} s, as a service asked.`);
      await wait(world, retryAt - world.now());
    }
    if (isEnding()) throw new Complaint(`${signal ?? ''}: stopped after ${cycle} cycles.`);
    const wrote = after.orocrm + after.outlook > before.orocrm + before.outlook;
    if (!wrote && last.every(({ stopped }) => stopped.length === 0)) break;
  }
  return summariseOnce({ reports, summaries: people.map(({ sync }) => sync.summary()).filter((one) => one !== undefined), writes, requests: counted(services).requests });
}

/** The summary for people. */
export function describeOnce({ records, unlinked, writes, requests, conflicts, held, failed, cycles, settled }: OnceSummary): readonly string[] {
  const { contact, task, event } = records.orocrm;
  return [
    `Linked: ${contact} contacts, ${task} tasks, ${event} events, the same in OroCRM and in Outlook.`,
    ...unlinked.map(({ kind, side, reason, count }) => `On one side only: ${count} ${kind}${count === 1 ? '' : 's'} in ${side === 'orocrm' ? 'OroCRM' : 'Outlook'}: ${reason.replace(/\.$/, '')}.`),
    ...writes.map(({ cycle, orocrm, outlook }) => `Cycle ${cycle}: ${outlook} records written in Outlook, ${orocrm} in OroCRM.`),
    `${requests.orocrm} requests to OroCRM, ${requests.outlook} to Outlook; ${conflicts} conflicts, ${held} held, ${failed} failed.`,
    settled ? `Settled after ${cycles} cycles: a further one wrote nothing.` : `Not settled after ${cycles} cycles.`,
  ];
}
