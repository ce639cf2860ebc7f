import type { Json } from '../shared/json.ts';
import type { Counters, Simulator, SimulatorEnv } from '../shared/simulator.ts';
import { createAdmin, type GraphAdmin } from './admin.ts';
import { answerBatch } from './batch.ts';
import type { Answer } from './call.ts';
import { inSlot, perform, recognise, templateOf, type Inquiry } from './dispatch.ts';
import { badRequest, GraphFailure } from './failure.ts';
import { takeFault } from './faults.ts';
import { createWorld, saveWorld, type GraphSeed } from './mailbox.ts';
import { answerSignIn } from './oauth.ts';
import { readToken } from './permissions.ts';
import { createRouter } from './router.ts';
import { routes } from './routes.ts';
import type { FetchLike } from './notices.ts';
import { answerSubscriptions } from './subscriptions.ts';
import type { GraphSwitches } from './switches.ts';
import type { World } from './state.ts';
import { failureBody, faultAnswer, toResponse } from './wire.ts';

/** Microsoft Graph in memory, with its traps. */
export interface GraphSimulator extends Simulator {
  /** What a person does in Outlook, and what a test arranges: not counted, not throttled, no sign-in needed. */
  readonly admin: GraphAdmin;
}

/** What a Graph simulator is made of; only `env` has no default. */
export interface GraphSimulatorOptions {
  readonly env: SimulatorEnv;
  /** What `save()` gave. The seed is then not used. */
  readonly state?: Json;
  /** These win over the saved ones, those over the defaults. */
  readonly switches?: Partial<GraphSwitches>;
  readonly seed?: GraphSeed;
  /** Origin of nextLinks and deltaLinks. Default `https://graph.microsoft.com`. */
  readonly origin?: string;
  /** For the handshake and the notifications of subscriptions; without it subscriptions are refused. */
  readonly fetch?: FetchLike;
}

const find = createRouter(routes);

/**
 * Answers as `graph.microsoft.com` and `login.microsoftonline.com` would, whatever host a request names. Ids, tokens and
 * the order of batch answers come from `env.random`, times from `env.now`.
 */
export function createGraphSimulator(options: GraphSimulatorOptions): GraphSimulator {
  const world = createWorld({
    env: options.env,
    origin: (options.origin ?? 'https://graph.microsoft.com').replace(/\/$/, ''),
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.switches ? { switches: options.switches } : {}),
    ...(options.seed ? { seed: options.seed } : {}),
  });
  return {
    handle: (request) => handle(world, request, options.fetch),
    save: () => saveWorld(world),
    counters: world.counting satisfies Counters,
    resetCounters: () => world.counting.reset(),
    admin: createAdmin(world, options.fetch),
  };
}

async function handle(world: World, request: Request, fetchLike: FetchLike | undefined): Promise<Response> {
  const url = new URL(request.url);
  const method = request.method.toUpperCase();
  const clientRequestId = request.headers.get('client-request-id');
  const template = /^\/v1\.0(\/|$)/i.test(url.pathname) ? counterName(method, url.pathname) : `${method} ${signInTemplate(url.pathname)}`;
  world.counting.request(template);
  const fault = takeFault(world.faults, method, url.pathname);
  if (fault?.kind === 'drop-before') throw new TypeError('fetch failed');
  if (fault?.kind === 'hang') return untilGivenUp(request.signal);
  if (fault?.kind === 'status' || fault?.kind === 'html') return toResponse(world, faultAnswer(world, fault), clientRequestId, false);
  const answer = await answerOf(world, request, url, fetchLike);
  if (fault?.kind === 'drop-after') throw new TypeError('fetch failed');
  return toResponse(world, answer, clientRequestId, fault?.kind === 'truncate');
}

function untilGivenUp(signal: AbortSignal): Promise<Response> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => reject(signal.reason instanceof Error ? signal.reason : new TypeError('fetch failed'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

async function answerOf(world: World, request: Request, url: URL, fetchLike: FetchLike | undefined): Promise<Answer> {
  try {
    return await route(world, request, url, fetchLike);
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    return { status: error.status, body: failureBody(world, error), headers: error.headers };
  }
}

async function route(world: World, request: Request, url: URL, fetchLike: FetchLike | undefined): Promise<Answer> {
  const method = request.method.toUpperCase();
  const signIn = /^\/v1\.0(\/|$)/i.test(url.pathname) ? undefined : answerSignIn(world, method, url.pathname, url.searchParams, await request.text());
  if (signIn) return signIn;
  const bare: Inquiry = { method, path: url.pathname, search: url.searchParams, header: (name) => request.headers.get(name), body: undefined };
  if (!/^\/v1\.0\//i.test(url.pathname)) throw badRequest('Invalid version. Only v1.0 is served here.');
  if (/^\/v1\.0\/\$batch\/?$/i.test(url.pathname)) {
    readToken(world, request.headers.get('authorization'));
    if (method !== 'POST') throw new GraphFailure(405, 'Request_BadRequest', 'A batch is a POST.');
    return answerBatch(world, { ...bare, body: await readBody(request) }, find);
  }
  if (/^\/v1\.0\/subscriptions(\/|$)/i.test(url.pathname)) {
    const token = readToken(world, request.headers.get('authorization'));
    return answerSubscriptions(world, token, { ...bare, body: await readBody(request) }, fetchLike);
  }
  const recognised = recognise(world, bare, find);
  return inSlot(world, recognised.mailbox, recognised.route.area === 'tasks', async () => {
    const body = await readBody(request);
    return perform(world, { ...recognised, inquiry: { ...bare, body } });
  });
}

async function readBody(request: Request): Promise<Json | undefined> {
  const text = request.method === 'GET' || request.method === 'DELETE' ? '' : await request.text();
  if (text === '') {
    // A request under way is under way for at least a turn: the four slots are then really shared.
    await Promise.resolve();
    return undefined;
  }
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw new GraphFailure(415, 'UnsupportedMediaType', `The content type '${type}' is not supported; application/json is expected.`);
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw badRequest('Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.');
  }
}

function counterName(method: string, path: string): string {
  if (/^\/v1\.0\/\$batch\/?$/i.test(path)) return `${method} /$batch`;
  if (/^\/v1\.0\/subscriptions(\/|$)/i.test(path)) return `${method} /subscriptions${path.split('/').length > 3 ? '/{id}' : ''}`;
  try {
    return templateOf({ method, path }, find);
  } catch {
    return `${method} (unknown)`;
  }
}

function signInTemplate(path: string): string {
  const found = /^\/[^/]+(\/oauth2\/v2\.0\/[a-z]+)\/?$/i.exec(path);
  return found ? `/{tenant}${(found[1] ?? '').toLowerCase()}` : '(unknown)';
}
