import { createHash } from 'node:crypto';
import type { Answer } from './call.ts';
import { randomGuid, randomText } from './ids.ts';
import { findMailbox } from './mailbox.ts';
import type { World } from './state.ts';

const lifetimeSeconds = 3_600;
const graphScope = 'https://graph.microsoft.com/';

/** The sign-in service: `login.microsoftonline.com`. Answers `undefined` for a path that is not its own. */
export function answerSignIn(world: World, method: string, path: string, search: URLSearchParams, body: string): Answer | undefined {
  const found = /^\/([^/]+)\/oauth2\/v2\.0\/(token|devicecode|authorize)\/?$/i.exec(path);
  if (!found) return undefined;
  const what = (found[2] ?? '').toLowerCase();
  if (what === 'authorize') return method === 'GET' ? authorize(world, search) : notAllowed();
  if (method !== 'POST') return notAllowed();
  const form = new URLSearchParams(body);
  if (form.get('client_id') !== world.application.clientId) {
    return refuse(400, 'unauthorized_client', 700016, `Application with identifier '${form.get('client_id') ?? ''}' was not found in the directory.`);
  }
  return what === 'devicecode' ? deviceCode(world, form) : token(world, form);
}

/** Signs somebody in without the ceremony; an application without a user when `userId` is absent. */
export function issueToken(world: World, scopes: readonly string[], userId?: string): string {
  const text = `sim.${randomText(world.env.random, 40)}`;
  world.tokens.set(text, { scopes, expiresMs: world.env.now() + lifetimeSeconds * 1_000, ...(userId === undefined ? {} : { userId }) });
  return text;
}

function token(world: World, form: URLSearchParams): Answer {
  const grantType = form.get('grant_type') ?? '';
  const secret = form.get('client_secret');
  if (grantType !== 'client_credentials') {
    if (secret !== null && secret !== world.application.clientSecret) return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    if (secret === null && world.switches.publicClient === 'refused') return refuse(401, 'invalid_client', 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  }
  switch (grantType) {
    case 'client_credentials':
      return clientCredentials(world, form);
    case 'refresh_token':
      return refresh(world, form);
    case 'authorization_code':
      return redeem(world, form);
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code':
      return pollDevice(world, form);
    default:
      return refuse(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grantType}'.`);
  }
}

function clientCredentials(world: World, form: URLSearchParams): Answer {
  if (form.get('client_secret') !== world.application.clientSecret) return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  if (form.get('scope') !== `${graphScope}.default`) return refuse(400, 'invalid_scope', 70011, "The provided value for the input parameter 'scope' is not valid.");
  if (!world.consented) return noConsent(world);
  const accessToken = issueToken(world, world.application.roles);
  return { status: 200, body: { token_type: 'Bearer', expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token: accessToken } };
}

function refresh(world: World, form: URLSearchParams): Answer {
  const given = form.get('refresh_token') ?? '';
  const known = world.refreshTokens.get(given);
  if (!known) return refuse(400, 'invalid_grant', 70000, 'The provided value for the input parameter refresh_token is not valid.');
  if (!world.consented) return noConsent(world);
  // The old one dies once the new one is used: an answer that got lost does not sign anybody out.
  if (known.replaces !== undefined) world.refreshTokens.delete(known.replaces);
  return grant(world, known.userId, known.scopes, given);
}

function redeem(world: World, form: URLSearchParams): Answer {
  const code = form.get('code') ?? '';
  const known = world.authorizationCodes.get(code);
  world.authorizationCodes.delete(code);
  if (!known || known.expiresMs <= world.env.now()) return refuse(400, 'invalid_grant', 70008, 'The provided authorization code or refresh token has expired.');
  if (known.redirectUri !== form.get('redirect_uri')) return refuse(400, 'invalid_grant', 50011, 'The redirect URI does not match.');
  if (known.challenge !== undefined && challengeOf(form.get('code_verifier') ?? '', known.hashed) !== known.challenge) {
    return refuse(400, 'invalid_grant', 501481, 'The code_verifier does not match the code_challenge.');
  }
  if (!world.consented) return noConsent(world);
  return grant(world, known.userId, known.scopes);
}

function deviceCode(world: World, form: URLSearchParams): Answer {
  const code = randomText(world.env.random, 48);
  const userCode = randomText(world.env.random, 24).replace(/[^A-Za-z0-9]/g, '').toUpperCase().slice(0, 9);
  world.deviceCodes.set(code, { userCode, scopes: readScopes(form.get('scope')), expiresMs: world.env.now() + 900_000 });
  return {
    status: 200,
    body: {
      user_code: userCode,
      device_code: code,
      verification_uri: 'https://microsoft.com/devicelogin',
      expires_in: 900,
      interval: 5,
      message: `To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code ${userCode} to authenticate.`,
    },
  };
}

function pollDevice(world: World, form: URLSearchParams): Answer {
  const code = form.get('device_code') ?? '';
  const known = world.deviceCodes.get(code);
  if (!known) return refuse(400, 'bad_verification_code', 501491, 'The device_code is not known.');
  if (known.expiresMs <= world.env.now()) return refuse(400, 'expired_token', 70020, 'The provided value for the input parameter device_code has expired.');
  if (known.declined === true) return refuse(400, 'authorization_declined', 70018, 'The end user has denied the authorization.');
  if (world.switches.deviceCode === 'approve') known.userId ??= findMailbox(world).user.id;
  if (known.userId === undefined) return refuse(400, 'authorization_pending', 70016, 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.');
  if (!world.consented) return noConsent(world);
  world.deviceCodes.delete(code);
  return grant(world, known.userId, known.scopes);
}

/** Minimal: nobody is asked, the person is the one of `login_hint` or the first. */
function authorize(world: World, search: URLSearchParams): Answer {
  const redirectUri = search.get('redirect_uri');
  if (search.get('client_id') !== world.application.clientId || redirectUri === null) return refuse(400, 'invalid_request', 900144, 'client_id or redirect_uri is missing or unknown.');
  // Not sent back: an address nobody registered may be anybody's.
  if (world.application.redirectUris?.includes(redirectUri) === false) return refuse(400, 'invalid_request', 50011, `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application.`);
  if (search.get('response_type') !== 'code') return refuse(400, 'unsupported_response_type', 70000, 'Only response_type=code is simulated.');
  const target = new URL(redirectUri);
  const state = search.get('state');
  if (state !== null) target.searchParams.set('state', state);
  if (!world.consented) {
    target.searchParams.set('error', 'access_denied');
    target.searchParams.set('error_description', 'AADSTS65004: User declined to consent to access the app.');
    return { status: 302, headers: { location: target.href } };
  }
  const code = randomText(world.env.random, 48);
  const challenge = search.get('code_challenge');
  world.authorizationCodes.set(code, {
    userId: findMailbox(world, search.get('login_hint') ?? undefined).user.id,
    scopes: readScopes(search.get('scope')),
    redirectUri,
    expiresMs: world.env.now() + 600_000,
    ...(challenge === null ? {} : { challenge, hashed: search.get('code_challenge_method') === 'S256' }),
  });
  target.searchParams.set('code', code);
  return { status: 302, headers: { location: target.href } };
}

/** RFC 7636, 4.6: without a method the challenge is the verifier itself. */
function challengeOf(verifier: string, hashed: boolean | undefined): string {
  return hashed === true ? createHash('sha256').update(verifier).digest('base64url') : verifier;
}

function grant(world: World, userId: string, scopes: readonly string[], replaces?: string): Answer {
  const accessToken = issueToken(world, scopes, userId);
  const body = { token_type: 'Bearer', scope: scopes.join(' '), expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token: accessToken };
  if (!scopes.includes('offline_access')) return { status: 200, body };
  const refreshToken = `0.sim.${randomText(world.env.random, 60)}`;
  world.refreshTokens.set(refreshToken, { userId, scopes, ...(replaces === undefined ? {} : { replaces }) });
  return { status: 200, body: { ...body, refresh_token: refreshToken } };
}

function readScopes(text: string | null): string[] {
  return (text ?? '').split(' ').filter((scope) => scope !== '').map((scope) => (scope.startsWith(graphScope) ? scope.slice(graphScope.length) : scope));
}

function noConsent(world: World): Answer {
  return refuse(
    400,
    'invalid_grant',
    65001,
    `The user or administrator has not consented to use the application with ID '${world.application.clientId}'. Send an interactive authorization request for this user and resource.`,
    { suberror: 'consent_required', trace_id: randomGuid(world.env.random), correlation_id: randomGuid(world.env.random) },
  );
}

function refuse(status: number, error: string, code: number, description: string, more: Record<string, string> = {}): Answer {
  return { status, body: { error, error_description: `AADSTS${code}: ${description}`, error_codes: [code], ...more } };
}

function notAllowed(): Answer {
  return refuse(405, 'invalid_request', 900561, 'The endpoint does not accept this method.');
}
