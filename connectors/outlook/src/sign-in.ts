import { Failure, type Context } from '@syncline/connector';
import { z } from 'zod';
import { retryAfter, toAnswer, type Answer } from './answer.ts';
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

/** What the hub asks a person for. */
export const delegatedScope = delegatedScopes.map((scope) => (scope === 'offline_access' ? scope : `${resource}/${scope}`)).join(' ');

/** The address of a sign-in page or endpoint. */
export function signInAddress({ authority, tenant }: Pick<Config, 'authority' | 'tenant'>, what: 'token' | 'devicecode' | 'authorize'): string {
  return `${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/${what}`;
}

/** The form that asks for a token: with the app's own secret, or with the newest refresh token of the person. */
export function tokenForm(config: Config, refreshToken: string | undefined): { readonly [field: string]: string } {
  const { signIn, clientId } = config;
  if (signIn.method === 'client-credentials') {
    return { grant_type: 'client_credentials', client_id: clientId, client_secret: signIn.clientSecret, scope: `${resource}/.default` };
  }
  if (refreshToken === undefined) throw new Failure('auth', 'Nobody has signed in to the mailbox yet.');
  return { grant_type: 'refresh_token', refresh_token: refreshToken, scope: delegatedScope, ...clientOf(config) };
}

/** How the app names itself where a person signs in; a public client has no secret. */
export function clientOf({ clientId, signIn }: Config): { readonly client_id: string; readonly client_secret?: string } {
  return { client_id: clientId, ...('clientSecret' in signIn && signIn.clientSecret !== undefined && { client_secret: signIn.clientSecret }) };
}

/** Posts a form to the sign-in. Throws a {@link Failure} of kind `unavailable` where there is no answer; what it answers is for the caller to read. */
export async function postForm(config: Config, context: Context, what: 'token' | 'devicecode', form: { readonly [field: string]: string }): Promise<Answer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  try {
    const request = new Request(signInAddress(config, what), { method: 'POST', headers, body: new URLSearchParams(form).toString(), redirect: 'manual' });
    return await toAnswer(await context.fetch(request));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('unavailable', `Microsoft's sign-in at ${config.authority} does not answer.`, { cause, maybeDone: false });
  }
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

/** The word of a refusal (`authorization_pending`); `undefined` for what is none. */
export function refusalOf(answer: Answer): string | undefined {
  return answer.status === 400 ? errorAnswer.safeParse(answer.body).data?.error : undefined;
}

/** Documented numbers of sign-in errors, each with what to change. */
const sentences: readonly { readonly codes: readonly number[]; readonly kind: 'auth' | 'config'; readonly say: (config: Config) => string }[] = [
  { codes: [90002, 900023, 900021, 50059], kind: 'config', say: (config) => `There is no Microsoft tenant "${config.tenant}": correct "tenant".` },
  { codes: [700016, 700038, 90013], kind: 'config', say: (config) => `The tenant "${config.tenant}" has no app "${config.clientId}": correct "clientId" or "tenant".` },
  { codes: [7000215, 7000216], kind: 'auth', say: () => 'The client secret is wrong: correct "signIn.clientSecret" (the secret\'s value, not its id).' },
  { codes: [7000222], kind: 'auth', say: () => 'The client secret has expired: make a new one in the app registration and put it into "signIn.clientSecret".' },
  { codes: [7000218], kind: 'config', say: ({ signIn: { method } }) => method === 'device-code' || method === 'refresh-token'
    ? 'The app registration is not one for signing in without a secret: under "Authentication", allow public client flows.'
    : 'The app registration wants a secret: put one into "signIn.clientSecret", or register the hub\'s address under "Mobile and desktop applications" instead of "Web".' },
  { codes: [50011], kind: 'config', say: () => 'The app registration does not know the address that the hub asks Microsoft to send people back to: add it under "Authentication".' },
  { codes: [65001, 65004, 90094], kind: 'auth', say: (config) => `Nobody has consented to the app "${config.clientId}" for this mailbox: consent to its permissions and connect again.` },
  { codes: [70008, 700082, 700084, 50173, 70000, 70043, 54005], kind: 'auth', say: () => 'The sign-in has ended or was revoked: connect the mailbox again (another "signIn.refreshToken", or "signIn.method: device-code").' },
  { codes: [50076, 50079, 50078, 53003, 50158, 50055, 50057, 50034], kind: 'auth', say: () => 'Microsoft wants the person to sign in again: connect the mailbox again (another "signIn.refreshToken", or "signIn.method: device-code").' },
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

/** Where the newest refresh token is; `keep` is durable when it resolves, where something can be kept at all. */
export interface RefreshTokens {
  readonly newest: () => Promise<string | undefined>;
  readonly keep: (refreshToken: string) => Promise<void>;
}

/** Keeps the newest token. A refresh token that a renewal replaced is kept before the new token is used: a restart goes on with it. */
export function keepTokens(fetchToken: (refreshToken: string | undefined) => Promise<Token>, refreshTokens: RefreshTokens, now: () => number): Tokens {
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;
  const renew = async (): Promise<Token> => {
    const fresh = await fetchToken(await refreshTokens.newest());
    if (fresh.refreshToken !== undefined) await refreshTokens.keep(fresh.refreshToken);
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
