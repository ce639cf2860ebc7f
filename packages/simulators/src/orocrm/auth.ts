import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../shared/json.ts';
import type { Actor } from './actor.ts';
import { answer, htmlPage } from './http.ts';
import type { OAuthClientRow, TokenRow, UserRow } from './rows.ts';
import type { Store } from './store.ts';
import { parseTime } from './times.ts';

const accessSeconds = 3600;
const refreshSeconds = 30 * 86_400;

/** Finds out who sends a request, by Bearer token or WSSE; `undefined`: 401. */
export function authenticate(store: Store, headers: Headers): Actor | undefined {
  const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const wsse = headers.get('x-wsse');
  const user = bearer !== undefined ? byToken(store, bearer) : wsse !== null ? byWsse(store, wsse) : undefined;
  return user === undefined || !user.enabled ? undefined : { user, role: store.role(user) };
}

function byToken(store: Store, token: string): UserRow | undefined {
  const row = store.accessTokens.get(token);
  if (row === undefined || row.revoked || row.expiresAt <= store.now()) return undefined;
  return store.users.get(row.userId);
}

/** `base64(sha1(nonce + created + apiKey))`; a nonce counts once, Created may be up to an hour old and not ahead [02]. */
function byWsse(store: Store, header: string): UserRow | undefined {
  if (!store.switches.wsse) return undefined;
  const value = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1];
  const [username, digest, nonce, created] = [value('Username'), value('PasswordDigest'), value('Nonce'), value('Created')];
  if (username === undefined || digest === undefined || nonce === undefined || created === undefined) return undefined;
  const user = store.userByName(username);
  const time = parseTime(created);
  if (user === undefined || time === undefined || !time.hasTime) return undefined;
  const age = store.now() - time.start;
  if (age < 0 || age > accessSeconds) return undefined;
  const expected = createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created + user.apiKey).digest('base64');
  if (digest !== expected) return undefined;
  for (const [old, until] of store.nonces) if (until < store.now()) store.nonces.delete(old);
  if (store.nonces.has(nonce)) return undefined;
  store.nonces.set(nonce, store.now() + accessSeconds);
  return user;
}

const errors = {
  client: { status: 401, error: 'invalid_client', description: 'Client authentication failed', hint: undefined },
  grant: {
    status: 400,
    error: 'unsupported_grant_type',
    description: 'The authorization grant type is not supported by the authorization server.',
    hint: 'Check that all required parameters have been provided',
  },
  noClient: {
    status: 400,
    error: 'invalid_request',
    description:
      'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
    hint: 'Check the `client_id` parameter',
  },
  credentials: { status: 400, error: 'invalid_grant', description: 'The user credentials were incorrect.', hint: undefined },
  disabled: { status: 400, error: 'invalid_grant', description: 'The user credentials were incorrect.', hint: 'Account is disabled.' },
  badRefresh: {
    status: 401,
    error: 'invalid_request',
    description: 'The refresh token is invalid.',
    hint: 'Cannot decrypt the refresh token',
  },
  revokedRefresh: {
    status: 401,
    error: 'invalid_request',
    description: 'The refresh token is invalid.',
    hint: 'Token has been revoked',
  },
} as const;

/** `/oauth2-token` [01]. */
export async function answerToken(store: Store, request: Request): Promise<Response> {
  if (request.method === 'OPTIONS') return answer({ status: 200, headers: { allow: 'POST, OPTIONS', 'content-length': '0' } });
  if (request.method !== 'POST') return htmlPage(405, 'Method Not Allowed', { allow: 'POST, OPTIONS' });
  const body = await readBody(request);
  if (body === undefined) return htmlPage(400, 'Bad Request');
  const grant = text(body, 'grant_type');
  if (grant !== 'client_credentials' && grant !== 'password' && grant !== 'refresh_token') return fail('grant');
  const [basicId, basicSecret] = basic(request.headers);
  const clientId = text(body, 'client_id') ?? basicId;
  if (clientId === undefined) return fail('noClient');
  const client = store.clients.get(clientId);
  const secret = text(body, 'client_secret') ?? basicSecret;
  // With the web API switched off good credentials are refused in the same words [17].
  if (!store.switches.webApiEnabled || client === undefined || client.secret !== secret || !client.grants.includes(grant)) {
    return fail('client');
  }
  switch (grant) {
    case 'client_credentials':
      return issue(store, client, client.userId, false);
    case 'password': {
      const user = store.userByName(text(body, 'username') ?? '');
      if (user === undefined || user.password !== text(body, 'password')) return fail('credentials');
      return user.enabled ? issue(store, client, user.id, true) : fail('disabled');
    }
    case 'refresh_token':
      return refresh(store, client, text(body, 'refresh_token') ?? '');
  }
}

/** A refresh token works once, and the access token it came with ends at once. */
function refresh(store: Store, client: OAuthClientRow, token: string): Response {
  const row = store.refreshTokens.get(token);
  if (row === undefined || row.clientId !== client.id) return fail('badRefresh');
  if (row.revoked || row.expiresAt <= store.now()) return fail('revokedRefresh');
  row.revoked = true;
  const access = row.accessToken === undefined ? undefined : store.accessTokens.get(row.accessToken);
  if (access !== undefined) access.revoked = true;
  return issue(store, client, row.userId, true);
}

/** A new access token, good for an hour. */
export function issueToken(store: Store, client: OAuthClientRow, userId: number): string {
  for (const [old, row] of store.accessTokens) if (row.expiresAt + accessSeconds < store.now()) store.accessTokens.delete(old);
  const access = newToken(store, client, userId, accessSeconds, accessToken(store, client, userId));
  store.accessTokens.set(access.token, access);
  return access.token;
}

function issue(store: Store, client: OAuthClientRow, userId: number, withRefresh: boolean): Response {
  const access = issueToken(store, client, userId);
  const body: Record<string, unknown> = { token_type: 'Bearer', expires_in: accessSeconds, access_token: access };
  if (withRefresh) {
    const row = { ...newToken(store, client, userId, refreshSeconds, random(store, 368)), accessToken: access };
    store.refreshTokens.set(row.token, row);
    body['refresh_token'] = row.token;
  }
  return answer({ status: 200, contentType: 'application/json; charset=UTF-8', body });
}

function newToken(store: Store, client: OAuthClientRow, userId: number, seconds: number, token: string): TokenRow {
  return { token, clientId: client.id, userId, expiresAt: store.now() + seconds, revoked: false };
}

/** Looks like the service's JWT; its signature is only random, the store knows the tokens it gave out. */
function accessToken(store: Store, client: OAuthClientRow, userId: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = store.now();
  const head = part({ typ: 'JWT', alg: 'RS256' });
  const claims = part({ aud: client.id, jti: random(store, 40), iat: now, nbf: now, exp: now + accessSeconds, sub: String(userId), scopes: ['all'] });
  return `${head}.${claims}.${Buffer.from(random(store, 256)).toString('base64url')}`;
}

function random(store: Store, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(store.env.random() * 16).toString(16)).join('');
}

function fail(kind: keyof typeof errors): Response {
  const { status, error, description, hint } = errors[kind];
  const body = { error, error_description: description, ...(hint === undefined ? {} : { hint }), message: description };
  return answer({ status, body });
}

async function readBody(request: Request): Promise<JsonObject | undefined> {
  const content = await request.text();
  if (request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true) {
    return Object.fromEntries(new URLSearchParams(content));
  }
  try {
    const json: unknown = content === '' ? {} : JSON.parse(content);
    return isObject(json) ? json : {};
  } catch {
    return undefined;
  }
}

function text(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function basic(headers: Headers): readonly [string | undefined, string | undefined] {
  const encoded = /^Basic (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (encoded === undefined) return [undefined, undefined];
  const plain = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return colon < 0 ? [plain, undefined] : [plain.slice(0, colon), plain.slice(colon + 1)];
}
