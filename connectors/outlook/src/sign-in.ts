import { Failure } from '@syncline/connector';
import { z } from 'zod';
import { retryAfter, type Answer } from './answer.ts';
import type { Config } from './config.ts';

/** Names the resource, not an address: the same for a simulator. */
const resource = 'https://graph.microsoft.com';
const delegatedScopes = ['offline_access', 'User.Read', 'Contacts.ReadWrite', 'Tasks.ReadWrite', 'Calendars.ReadWrite'];

/** A signed-in moment. */
export interface Token {
  readonly accessToken: string;
  /** UTC ms from which on it is not used any more. */
  readonly expiresAt: number;
  /** The next refresh token, where the service hands out a new one each time. */
  readonly refreshToken?: string;
}

/** The form that asks for a token. `refreshToken` is the newest one known. */
export function tokenForm(config: Config, refreshToken: string | undefined): URLSearchParams {
  const { signIn, clientId } = config;
  if (signIn.method === 'client-credentials') {
    return new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: signIn.clientSecret, scope: `${resource}/.default` });
  }
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken ?? signIn.refreshToken,
    scope: delegatedScopes.map((scope) => (scope === 'offline_access' ? scope : `${resource}/${scope}`)).join(' '),
    ...(signIn.clientSecret !== undefined && { client_secret: signIn.clientSecret }),
  });
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number(), refresh_token: z.string().optional() });
const errorAnswer = z.object({ error: z.string(), error_description: z.string().default(''), error_codes: z.array(z.number()).default([]) });

/** Renewed this long before it ends, so that no request starts with a token that ends under way. */
const earlyMs = 120_000;

/** Reads the answer of the token endpoint. Throws a {@link Failure} whose sentence names the setting to change. */
export function readToken(answer: Answer, config: Config, now: number): Token {
  const token = tokenAnswer.safeParse(answer.body);
  if (answer.status === 200 && token.success) {
    const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = token.data;
    return { accessToken, expiresAt: now + Math.max(seconds * 1000 - earlyMs, 0), ...(refreshToken !== undefined && { refreshToken }) };
  }
  const waitMs = retryAfter(answer.headers['retry-after'], now);
  if (answer.status === 429) throw new Failure('throttle', 'Microsoft asks to wait before signing in again.', waitMs === undefined ? {} : { retryAfterMs: waitMs });
  const error = errorAnswer.safeParse(answer.body);
  if (answer.status >= 500 || !error.success) throw new Failure('unavailable', `Microsoft's sign-in at ${config.authority} gave no usable answer (${answer.status}).`, { maybeDone: false });
  throw signInFailure(error.data, config);
}

/** Documented numbers of sign-in errors, each with what to change. */
const sentences: readonly { readonly codes: readonly number[]; readonly kind: 'auth' | 'config'; readonly say: (config: Config) => string }[] = [
  { codes: [90002, 900023, 900021, 50059], kind: 'config', say: (config) => `There is no Microsoft tenant "${config.tenant}": correct "tenant".` },
  { codes: [700016, 700038, 90013], kind: 'config', say: (config) => `The tenant "${config.tenant}" has no app "${config.clientId}": correct "clientId" or "tenant".` },
  { codes: [7000215, 7000216], kind: 'auth', say: () => 'The client secret is wrong: correct "signIn.clientSecret" (the secret\'s value, not its id).' },
  { codes: [7000222], kind: 'auth', say: () => 'The client secret has expired: make a new one in the app registration and put it into "signIn.clientSecret".' },
  { codes: [65001, 65004, 90094], kind: 'auth', say: (config) => `Nobody has consented to the app "${config.clientId}" for this mailbox: consent to its permissions and connect again.` },
  { codes: [70008, 700082, 700084, 50173, 70000, 70043, 54005], kind: 'auth', say: () => 'The sign-in has ended or was revoked: connect the mailbox again ("signIn.refreshToken").' },
  { codes: [50076, 50079, 50078, 53003, 50158, 50055, 50057, 50034], kind: 'auth', say: () => 'Microsoft wants the person to sign in again: connect the mailbox again ("signIn.refreshToken").' },
];

function signInFailure(error: z.output<typeof errorAnswer>, config: Config): Failure {
  const codes = [...error.error_codes, ...[...error.error_description.matchAll(/AADSTS(\d+)/g)].map((found) => Number(found[1]))];
  const known = sentences.find((sentence) => sentence.codes.some((code) => codes.includes(code)));
  if (known !== undefined) return new Failure(known.kind, known.say(config));
  // The description is not passed on: it may repeat what was sent (rule S15).
  const said = codes[0] === undefined ? error.error : `${error.error}, AADSTS${codes[0]}`;
  if (error.error === 'invalid_grant' || error.error === 'interaction_required') return new Failure('auth', `The sign-in has ended or its consent was revoked (${said}): connect the mailbox again.`);
  if (error.error === 'invalid_client') return new Failure('auth', `Microsoft refused the app's own sign-in (${said}): check "clientId" and "signIn.clientSecret".`);
  return new Failure('config', `Microsoft refused the sign-in (${said}): check "tenant", "clientId" and "signIn".`);
}

/** The token in use. */
export interface Tokens {
  /** A token that has not ended; one is fetched for all who wait. Throws why none can be had. */
  readonly current: () => Promise<Token>;
  /** The service refused this one: it is not used again. */
  readonly drop: (token: Token) => void;
}

/** Keeps the newest token and the newest refresh token, in memory only. */
export function keepTokens(fetchToken: (refreshToken: string | undefined) => Promise<Token>, now: () => number): Tokens {
  let token: Token | undefined;
  let refreshToken: string | undefined;
  let pending: Promise<Token> | undefined;
  const renew = async (): Promise<Token> => {
    const fresh = await fetchToken(refreshToken);
    refreshToken = fresh.refreshToken ?? refreshToken;
    token = fresh;
    return fresh;
  };
  return {
    current: () => {
      if (token !== undefined && token.expiresAt > now()) return Promise.resolve(token);
      pending ??= renew().finally(() => (pending = undefined));
      return pending;
    },
    drop: (used) => {
      if (token === used) token = undefined;
    },
  };
}
