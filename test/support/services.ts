import type { Context } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { bindSide, type BoundSide, type Session } from '@syncline/engine';
import { orocrmConfig, type TwoServices } from './two-services.ts';

/** What stands between the hub and a service: sees each request before the service does, and may keep it from an answer. */
export type Between = (request: Request, pass: () => Promise<Response>) => Promise<Response>;

/** Puts something between the hub and a service. Takes effect at once: the hub signs in again. */
export function standBetween(world: TwoServices, side: 'orocrm' | 'outlook', between: Between): void {
  const service = side === 'orocrm' ? world.oro : world.graph;
  const { handle } = service;
  Object.assign(service, { handle: (request: Request) => between(request, () => handle(request)) });
  world.restart();
}

/** Whether a request would change something: a batch by its parts, signing in not. */
export async function isWrite(request: Request): Promise<boolean> {
  if (request.method === 'GET' || /oauth2/.test(request.url)) return false;
  return !request.url.includes('$batch') || /"method":"(POST|PATCH|PUT|DELETE)"/.test(await request.clone().text());
}

/** The service does the work of the next request that `matches`, and its answer is lost. Answers how many were lost. */
export function loseAnswer(world: TwoServices, side: 'orocrm' | 'outlook', matches: (method: string, text: string) => boolean): () => number {
  let lost = 0;
  standBetween(world, side, async (request, pass) => {
    const isMeant = (await isWrite(request)) && matches(request.method, await request.clone().text()) && lost === 0;
    if (isMeant) lost += 1;
    const answer = await pass();
    if (!isMeant) return answer;
    throw new TypeError('fetch failed');
  });
  return () => lost;
}

/** The session with OroCRM signed in otherwise. Keep it: it is the only one that may write from then on. */
export async function withOroCrm(world: TwoServices, config: Partial<typeof orocrmConfig>): Promise<Session> {
  const session = await world.session();
  const context: Context = {
    fetch: async (request) => {
      const response = await world.oro.handle(request);
      response.headers.set('date', new Date(world.clock.now).toUTCString());
      return response;
    },
    now: () => world.clock.now, random: () => 0.5, zone: 'Europe/Berlin', language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined,
  };
  const left: BoundSide = await bindSide('left', orocrm, { ...orocrmConfig, ...config }, context);
  return { ...session, sides: { ...session.sides, left } };
}
