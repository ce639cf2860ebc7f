import { join } from 'node:path';
import {
  createGraphSimulator, createOroCrmSimulator, defaultApplication, generateWorld, mailboxOf, oroUserOf, plantWorld,
  type GraphSimulator, type OroCrmSimulator, type OroSeed,
} from '@syncline/simulators';
import type { World } from '../world.ts';
import type { DemoData } from './demo-file.ts';
import { serveSimulator, type ServedSimulator } from './serve-simulator.ts';

/** The demo's people live here. */
export const zone = 'Europe/Berlin';

/** The two services, with all of the demo's people in them. */
export interface Services {
  readonly orocrm: ServedSimulator<OroCrmSimulator>;
  readonly outlook: ServedSimulator<GraphSimulator>;
  readonly people: number;
}

/** What to start. */
export interface ServicesOptions {
  readonly data: DemoData;
  /** OroCRM's own demo data instead of generated data. */
  readonly seed?: OroSeed;
  /** Where their state is; absent: it is not kept. */
  readonly folder?: string;
  /** Tried in this order for OroCRM, whose address has to stay what it was. */
  readonly orocrmPorts: readonly number[];
}

/** Starts the services where they ended, or with new people. Nothing is on disk before `keep`. */
export async function startServices(world: World, { data, seed, folder, orocrmPorts }: ServicesOptions): Promise<Services> {
  let isNew = false;
  const path = (name: string): { readonly statePath?: string } => (folder === undefined ? {} : { statePath: join(folder, name) });
  const orocrm = await serveSimulator({
    world, name: 'OroCRM', ports: orocrmPorts, ...path('orocrm.json'),
    create: (state) => {
      isNew = state === undefined;
      return createOroCrmSimulator({ env: world, ...(state !== undefined && { state }) });
    },
  });
  try {
    const outlook = await serveSimulator({
      world, name: 'Graph', ports: [0], ...path('graph.json'),
      create: (state) => createGraphSimulator({ env: world, ...(state === undefined ? { seed: { users: [] } } : { state }) }),
    });
    if (isNew) people(world, data, seed, orocrm.simulator, outlook.simulator);
    return { orocrm, outlook, people: data.users };
  } catch (error) {
    await orocrm.close();
    throw error;
  }
}

/** Puts the people in, before anybody is counting. */
function people(world: World, data: DemoData, seed: OroSeed | undefined, orocrm: OroCrmSimulator, graph: GraphSimulator): void {
  if (seed === undefined) {
    for (let user = 1; user <= data.users; user += 1) plantWorld(generateWorld({ seed: data.seed, user, now: world.now(), zone }), orocrm.admin, graph.admin);
  } else {
    orocrm.admin.load(seed);
    graph.admin.addUser({ userPrincipalName: mailboxOf(1), displayName: 'John Doe', timeZone: zone });
  }
  orocrm.resetCounters();
  graph.resetCounters();
}

/** What the hub's file would say about the people's connections. */
export function sectionsOf({ orocrm, outlook, people }: Services): object {
  const { tenant, clientId, clientSecret } = defaultApplication;
  const sections = Array.from({ length: people }, (_, index) => {
    const client = `syncline-${oroUserOf(index + 1).username}`;
    return {
      // Several people share one OroCRM, of which the first is the administrator, who may see everybody's.
      orocrm: { url: orocrm.url, auth: { signIn: 'client-credentials', clientId: client, clientSecret: `secret-${client}` }, ...(people > 1 && { contactsScope: 'owned' }) },
      outlook: { tenant, clientId, signIn: { method: 'client-credentials', clientSecret, user: mailboxOf(index + 1) }, authority: outlook.url, graph: outlook.url },
    };
  });
  return sections.length === 1 ? { ...sections[0] } : { users: Object.fromEntries(sections.map((section, index) => [`person${index + 1}`, section])) };
}

/** What was done at the services since they started: requests, and records created, changed or deleted through the API. */
export function counted({ orocrm, outlook }: Services): { readonly requests: Both; readonly writes: Both } {
  return {
    requests: { orocrm: orocrm.simulator.counters.total, outlook: outlook.simulator.counters.total },
    writes: { orocrm: writesOf(orocrm.simulator), outlook: writesOf(outlook.simulator) },
  };
}

/** A number for each side. */
export type Both = { readonly orocrm: number; readonly outlook: number };

function writesOf({ counters }: OroCrmSimulator | GraphSimulator): number {
  return Object.values(counters.records).reduce((sum, { created, updated, deleted }) => sum + created + updated + deleted, 0);
}
