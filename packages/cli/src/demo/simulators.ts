import { createGraphSimulator, createOroCrmSimulator, defaultApplication, type GraphSimulator, type OroCrmSimulator, type OroSeed } from '@syncline/simulators';
import { join } from 'node:path';
import type { World } from '../world.ts';
import { serveSimulator, type ServedSimulator } from './serve-simulator.ts';

/** The two services of one of the demo's people. */
export interface Services {
  readonly orocrm: ServedSimulator<OroCrmSimulator>;
  readonly outlook: ServedSimulator<GraphSimulator>;
}

/** What a person's services begin with. */
export interface Beginning {
  readonly orocrm: OroSeed;
  /** Whose mailbox. */
  readonly mailbox: { readonly userPrincipalName: string; readonly displayName: string; readonly timeZone: string };
  /** Puts into the mailbox what the person has in Outlook. */
  readonly fill: (graph: GraphSimulator) => void;
}

/** Starts one person's services where they ended, or from the beginning. `folder` absent: nothing is kept. */
export async function startServices(world: World, number: number, beginning: () => Beginning, folder: string | undefined, orocrmPorts: readonly number[]): Promise<Services> {
  let begun: Beginning | undefined;
  const begin = (): Beginning => (begun ??= beginning());
  const orocrm = await serveSimulator({
    world, name: 'OroCRM', ports: orocrmPorts,
    ...(folder !== undefined && { statePath: join(folder, `orocrm-${number}.json`) }),
    create: (state) => createOroCrmSimulator({ env: world, ...(state === undefined ? { data: begin().orocrm } : { state }) }),
  });
  const outlook = await serveSimulator({
    world, name: 'Graph', ports: [0],
    ...(folder !== undefined && { statePath: join(folder, `graph-${number}.json`) }),
    create: (state) => {
      if (state !== undefined) return createGraphSimulator({ env: world, state });
      const graph = createGraphSimulator({ env: world, seed: { users: [begin().mailbox] } });
      begin().fill(graph);
      graph.resetCounters();
      return graph;
    },
  });
  return { orocrm, outlook };
}

/** What the hub's file would say about a person's connections. */
export function sectionsOf({ orocrm, outlook }: Services): { readonly orocrm: object; readonly outlook: object } {
  return {
    orocrm: { url: orocrm.url, auth: { signIn: 'client-credentials', clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' } },
    outlook: {
      tenant: defaultApplication.tenant,
      clientId: defaultApplication.clientId,
      signIn: { method: 'client-credentials', clientSecret: defaultApplication.clientSecret, user: outlook.simulator.admin.users()[0]?.userPrincipalName ?? '' },
      authority: outlook.url,
      graph: outlook.url,
    },
  };
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
