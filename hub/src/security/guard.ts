import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SessionId, Sessions } from './sessions.ts';

/** How the hub may be reached. */
export interface Reach {
  /** Origins a browser may come from: `http://127.0.0.1:7420`. Known once the port is. */
  readonly origins: () => readonly string[];
  readonly sessions: Sessions;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `public`: no token; `any-host`: neither token nor known host, for probes. Everything else needs a token. */
    readonly access?: 'public' | 'any-host';
    /** A connection may become a socket here. Anywhere else it would, too, and before anybody asked for its token. */
    readonly socket?: true;
  }
  interface FastifyRequest {
    /** Whose request this is; set where a token is asked for. */
    session: SessionId | undefined;
  }
}

/** On every answer. The page loads nothing from elsewhere and runs nothing that is not a file of ours. */
export const headers = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** The cookie's name holds the port: browsers send cookies of one host to every port of it. */
export function cookieName(origins: readonly string[]): string {
  const port = new URL(origins[0] ?? 'http://localhost').port;
  return `syncline${port === '' ? '' : `-${port}`}`;
}

/** Checks host, origin and token before anything else looks at a request. */
export function guard(app: FastifyInstance, reach: Reach): void {
  app.decorateRequest('session', undefined);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(headers);
    const { access, socket } = request.routeOptions.config;
    if (request.headers.upgrade !== undefined && socket !== true) return refuse(reply, 400, 'There is no socket at this address.');
    if (access === 'any-host') return undefined;
    // Node takes the first of two; whatever stands in front may have looked at the other.
    if (request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1) return refuse(reply, 400, 'This request names two hosts.');
    const origins = reach.origins();
    // A name that leads here without our knowing is somebody's rebound DNS.
    if (!origins.some((origin) => new URL(origin).host === request.headers.host?.toLowerCase())) return refuse(reply, 421, `This hub is at ${origins[0] ?? 'another address'}.`);
    const { origin } = request.headers;
    if (origin !== undefined && !origins.includes(origin)) return refuse(reply, 403, 'This page may not use the hub.');
    if (access === 'public') return;
    const found = tokenOf(request, origins);
    request.session = found === undefined ? undefined : reach.sessions.find(found.token);
    if (found === undefined || request.session === undefined) return refuse(reply, 401, 'Sign in with the link that the hub printed at its start, or with a new one: "npx syncline sign-in".');
    // A cookie travels by itself, so what it does has to come from our own page; a browser says so on sockets and changes.
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (found.by === 'cookie' && origin === undefined && (changes || request.headers.upgrade !== undefined)) return refuse(reply, 403, 'This request does not say which page it comes from.');
    return undefined;
  });
}

/** The token of a request: `Authorization: Bearer`, the sub-protocol `bearer.<token>` of a socket, or the page's cookie. */
export function tokenOf(request: FastifyRequest, origins: readonly string[]): { readonly token: string; readonly by: 'header' | 'cookie' } | undefined {
  const bearer = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { token: bearer, by: 'header' };
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim()).find((one) => one.startsWith('bearer.'));
  if (offered !== undefined) return { token: offered.slice('bearer.'.length), by: 'header' };
  const name = `${cookieName(origins)}=`;
  const cookie = (request.headers.cookie ?? '').split(';').map((one) => one.trim()).find((one) => one.startsWith(name));
  return cookie === undefined ? undefined : { token: cookie.slice(name.length), by: 'cookie' };
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ error: message });
}
