import { createGraphSimulator, createOroCrmSimulator, type GraphSimulator, type OroCrmSimulator } from '@syncline/simulators';
import { seeded } from '../support/seeded.ts';
import { mailbox } from '../support/two-services.ts';
import type { Schedule, Skews } from './schedule.ts';
import type { Trace } from './trace.ts';

/** Who answers a request. */
export type Service = 'orocrm' | 'outlook';

/** Both services on their own clocks, with everything that is sent to them in the trace. */
export interface Services {
  readonly oro: OroCrmSimulator;
  readonly graph: GraphSimulator;
  /** The true time, UTC ms; nobody sees it. */
  readonly clock: { now: number };
  readonly skews: { -readonly [S in keyof Skews]: Skews[S] };
  readonly fetch: (service: Service, request: Request) => Promise<Response>;
  /** Called before a request is answered; may act as a person who edits meanwhile. */
  between: (() => void) | undefined;
  /** Writes that were sent, those inside batches one by one. */
  readonly writes: Sent[];
}

/** A request that asked for a change. */
export interface Sent {
  readonly service: Service;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Sets both services up. */
export function openServices(schedule: Schedule, trace: Trace): Services {
  const { seed } = schedule;
  const clock = { now: Date.parse('2030-03-04T08:00:00Z') };
  const skews = { ...schedule.skews };
  const oro = createOroCrmSimulator({ env: { now: () => clock.now + skews.orocrm, random: seeded(seed) }, switches: schedule.oro });
  const graph = createGraphSimulator({
    env: { now: () => clock.now + skews.outlook, random: seeded(seed + 1) },
    seed: { users: [{ userPrincipalName: mailbox, displayName: 'Ada' }] },
    switches: schedule.graph,
  });
  const services: Services = {
    oro, graph, clock, skews, between: undefined, writes: [],
    fetch: async (service, request) => {
      const text = request.method === 'GET' ? '' : await request.clone().text();
      const { pathname, search } = new URL(request.url);
      const what = `${service} ${request.method} ${pathname}${search}${text === '' ? '' : ` ${text}`}`;
      services.writes.push(...sentBy(service, request.method, pathname, text));
      services.between?.();
      try {
        const response = await (service === 'orocrm' ? oro : graph).handle(request);
        // What a web server in front of either service adds.
        if (!response.headers.has('date')) response.headers.set('date', new Date(clock.now + skews[service]).toUTCString());
        trace.note(`${what} -> ${response.status}`);
        return response;
      } catch (error) {
        trace.note(`${what} -> no answer`);
        throw error;
      }
    },
  };
  return services;
}

interface BatchPart {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

function sentBy(service: Service, method: string, path: string, text: string): readonly Sent[] {
  if (method === 'GET' || path.includes('oauth2')) return [];
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (!path.endsWith('/$batch')) return [{ service, method, path, body }];
  return (body as { readonly requests: readonly BatchPart[] }).requests
    .filter((part) => part.method !== 'GET')
    .map((part) => ({ service, method: part.method, path: part.url, body: part.body }));
}
