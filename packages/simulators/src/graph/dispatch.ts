import { isObject, type Json } from '../shared/json.ts';
import type { Answer, Call, Route } from './call.ts';
import { badRequest, GraphFailure } from './failure.ts';
import { checkPermission, mailboxOf, readToken } from './permissions.ts';
import { parsePrefer } from './prefer.ts';
import { parseQuery } from './query.ts';
import type { Found } from './router.ts';
import type { Mailbox, Token, World } from './state.ts';
import { countRequest, enter, leave, overConcurrency } from './throttle.ts';
import { resolveZone } from './zones.ts';

/** A request to the service as its parts see it, from the wire or from inside a batch. */
export interface Inquiry {
  readonly method: string;
  /** From `/v1.0` on, without the query. */
  readonly path: string;
  readonly search: URLSearchParams;
  readonly header: (name: string) => string | null;
  /** Parsed JSON; `undefined` for no body at all. */
  readonly body: Json | undefined;
}

/** What a request was recognised as, before anything is done. */
export interface Recognised {
  readonly inquiry: Inquiry;
  readonly found: Found;
  readonly route: Route;
  readonly token: Token;
  readonly mailbox: Mailbox;
}

/** `METHOD /template` for the counters; a path nobody knows is one of its own. */
export function templateOf(inquiry: Pick<Inquiry, 'method' | 'path'>, find: (segments: readonly string[]) => Found | undefined): string {
  const { root, segments } = segmentsOf(inquiry.path);
  const found = find(segments);
  return `${inquiry.method} ${found ? found.template.replace(/^\/me/, root) : '(unknown)'}`;
}

/** Finds route, sign-in, mailbox and permission, in the order in which the service refuses. */
export function recognise(world: World, inquiry: Inquiry, find: (segments: readonly string[]) => Found | undefined): Recognised {
  const token = readToken(world, inquiry.header('authorization'));
  const { segments, user } = segmentsOf(inquiry.path);
  const found = find(segments);
  if (!found) throw badRequest(`Resource not found for the segment '${segments.at(-1) ?? ''}'.`);
  const mailbox = mailboxOf(world, token, user);
  const route = found.routes.get(inquiry.method);
  if (!route) throw new GraphFailure(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  checkPermission(token, route);
  return { inquiry, found, route, token, mailbox };
}

/** Does what a recognised request asks for. */
export async function perform(world: World, { inquiry, found, route, mailbox }: Recognised): Promise<Answer> {
  const query = parseQuery(inquiry.search, route.query);
  const prefer = parsePrefer(inquiry.header('prefer'));
  const zoneName = prefer.timeZone ?? 'UTC';
  const iana = resolveZone(zoneName);
  if (iana === undefined) {
    throw badRequest(`A valid TimeZone value must be specified. The following TimeZone value is not supported: '${zoneName}'.`, 'TimeZoneNotSupportedException');
  }
  const ifMatch = inquiry.header('if-match');
  const call: Call = {
    world,
    mailbox,
    by: 'api',
    params: found.params,
    query,
    prefer,
    zone: { name: zoneName, iana },
    body: bodyOf(inquiry, route),
    path: inquiry.path,
    search: inquiry.search,
    ...(ifMatch === null ? {} : { ifMatch }),
  };
  const answer = await route.handle(call);
  return prefer.applied === undefined ? answer : { ...answer, headers: { ...answer.headers, 'preference-applied': prefer.applied } };
}

/** One request outside a batch: counted, throttled, and in one of the four slots while it is under way. */
export async function inSlot(world: World, mailbox: Mailbox, isTodo: boolean, run: () => Promise<Answer>): Promise<Answer> {
  countRequest(world, mailbox);
  const taken = enter(world, mailbox, 1);
  const todoLimit = world.switches.todoInFlight;
  const todoFull = isTodo && todoLimit !== null && mailbox.todoInFlight >= todoLimit;
  if (taken === 0 || todoFull) {
    leave(mailbox, taken);
    throw overConcurrency(world);
  }
  if (isTodo) mailbox.todoInFlight += 1;
  try {
    return await run();
  } finally {
    if (isTodo) mailbox.todoInFlight -= 1;
    leave(mailbox, taken);
  }
}

/** `/me/…` and `/users/{id}/…` are one table: the user is taken out. */
export function segmentsOf(path: string): { readonly segments: readonly string[]; readonly user?: string; readonly root: string } {
  const segments = path
    .split('/')
    .slice(2)
    .filter((segment, index, all) => segment !== '' || index < all.length - 1)
    .map(decode);
  if (segments[0]?.toLowerCase() !== 'users' || segments[1] === undefined) return { segments, root: '/me' };
  return { segments: ['me', ...segments.slice(2)], user: segments[1], root: '/users/{id}' };
}

function bodyOf(inquiry: Inquiry, route: Route): Readonly<Record<string, unknown>> {
  if (route.method === 'GET' || route.method === 'DELETE') return {};
  const isAction = /\/(accept|tentativelyAccept|decline|cancel|dismissReminder|snoozeReminder|reauthorize)$/.test(route.template);
  if (inquiry.body === undefined) {
    if (isAction) return {};
    throw badRequest('Empty Payload. JSON content expected.');
  }
  if (!isObject(inquiry.body)) throw badRequest('Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.');
  return inquiry.body;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('The URL is not well formed.');
  }
}
