import type { Test } from 'tap';
import type { Policy } from '@syncline/core';
import { isQuiet, type TwoServices } from './two-services.ts';

/** Requests that may change something, as each service counted them. */
export interface Changing {
  readonly orocrm: number;
  readonly outlook: number;
}

/** Counts the requests that are not GET; signing in and the wrapper of a batch change nothing by themselves. */
export function changing(world: TwoServices): Changing {
  const count = (requests: Readonly<Record<string, number>>): number =>
    Object.entries(requests).reduce((sum, [name, times]) => (/^(\$batch )?GET |oauth2|^POST \/\$batch$/.test(name) ? sum : sum + times), 0);
  return { orocrm: count(world.oro.counters.requests), outlook: count(world.graph.counters.requests) };
}

/** Asserts that so many cycles with nobody editing write nothing, and that nothing is left to do. */
export async function staysQuiet(t: Test, world: TwoServices, why = 'nobody edits: no write', cycles = 3): Promise<void> {
  const before = changing(world);
  for (let round = 0; round < cycles; round += 1) t.ok(isQuiet(await world.cycle()), `${why} (cycle ${round + 1} is quiet)`);
  t.strictSame(changing(world), before, why);
}

/** What an action causes: runs it, then cycles until quiet, and answers the changing requests it took. */
export async function caused(world: TwoServices, act: () => unknown): Promise<Changing> {
  const before = changing(world);
  act();
  await world.settle();
  const after = changing(world);
  return { orocrm: after.orocrm - before.orocrm, outlook: after.outlook - before.outlook };
}

/** An administrator changes a setting: it governs from the next cycle on (S14). */
export function setPolicy(world: TwoServices, change: Partial<Policy>): void {
  Object.assign(world.settings, { policy: { ...world.settings.policy, ...change } });
  world.restart();
}

/** A request that changes something, as it was sent. */
export interface Sent {
  readonly side: 'orocrm' | 'outlook';
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Listens to what is sent from now on; parts of a batch are listed one by one. To be called before the first cycle or after a restart. */
export function listenTo(world: TwoServices): Sent[] {
  const sent: Sent[] = [];
  for (const [side, simulator] of [['orocrm', world.oro], ['outlook', world.graph]] as const) {
    const handle = simulator.handle;
    Object.assign(simulator, {
      handle: async (request: Request) => {
        const path = new URL(request.url).pathname;
        if (request.method !== 'GET' && !path.includes('oauth2')) {
          const text = await request.clone().text();
          const body: unknown = text === '' ? undefined : JSON.parse(text);
          if (path.endsWith('/$batch')) for (const part of (body as { readonly requests: readonly { readonly method: string; readonly url: string; readonly body?: unknown }[] }).requests) {
            if (part.method !== 'GET') sent.push({ side, method: part.method, path: part.url, body: part.body });
          }
          else sent.push({ side, method: request.method, path, body });
        }
        return handle(request);
      },
    });
  }
  return sent;
}

/** The only record of a list. */
export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`one record was expected, there are ${list.length}`);
  return first;
}
