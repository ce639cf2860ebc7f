import { createHash } from 'node:crypto';
import { Failure, type Context, type PersonSignIn, type SignInStep } from '@syncline/connector';
import { z } from 'zod';
import type { Config } from './config.ts';
import { refreshTokensOf } from './refresh-tokens.ts';
import { clientOf, delegatedScope, postForm, readToken, refusalOf, signInAddress } from './sign-in.ts';

/**
 * A person signs in at Microsoft, either by typing a code there, in any browser on any machine (RFC 8628), or in the browser that shows the hub's
 * page, which Microsoft sends back with a code (RFC 7636). Sources: "OAuth 2.0 device authorization grant" and "authorization code flow" of Microsoft.
 */
export const signIn: PersonSignIn<Config> = {
  begin: async (config, context, { back, random }) => {
    switch (config.signIn.method) {
      case 'client-credentials':
      case 'refresh-token':
        return undefined;
      case 'device-code':
        return beginDevice(config, context);
      case 'authorization-code':
        if (back === undefined) throw new Failure('config', 'Microsoft has to send the person back to the hub: start the hub and connect on its page, or set "signIn.method" to "device-code".');
        return beginCode(config, context, back, random);
    }
  },
  look: (config, context, step, answer) => (config.signIn.method === 'device-code' ? lookDevice(config, context, step) : redeem(config, context, step, answer ?? new URLSearchParams())),
};

const deviceAnswer = z.object({ device_code: z.string().min(1), user_code: z.string().min(1), verification_uri: z.url(), expires_in: z.coerce.number(), interval: z.coerce.number().default(5) });

async function beginDevice(config: Config, context: Context): Promise<SignInStep> {
  const answer = await postForm(config, context, 'devicecode', { client_id: config.clientId, scope: delegatedScope });
  const device = deviceAnswer.safeParse(answer.body).data;
  // Every other answer is a refusal, which `readToken` knows how to tell.
  if (answer.status !== 200 || device === undefined) throw refused(() => readToken({ ...answer, body: answer.status === 200 ? undefined : answer.body }, config, context.now()));
  const { device_code: token, user_code: code, verification_uri: url, expires_in: seconds, interval } = device;
  return { url, code, token, waitMs: interval * 1000, expiresAt: context.now() + seconds * 1000 };
}

async function lookDevice(config: Config, context: Context, step: SignInStep): Promise<SignInStep | undefined> {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: step.token, ...clientOf(config) };
  const answer = await postForm(config, context, 'token', form);
  switch (refusalOf(answer)) {
    case 'authorization_pending':
      return step;
    case 'slow_down':
      // RFC 8628, 3.5: five seconds more, from now on.
      return { ...step, waitMs: (step.waitMs ?? 5_000) + 5_000 };
    case 'authorization_declined':
      throw new Failure('auth', 'The sign-in was declined at Microsoft: nothing has changed.');
    case 'expired_token':
    case 'bad_verification_code':
      throw tooLate();
    case undefined:
    default:
      await keepGranted(config, context, answer);
      return undefined;
  }
}

const stepName = 'signInStep';
const stepShape = z.object({ url: z.string(), code: z.string(), token: z.string(), waitMs: z.number(), expiresAt: z.number(), clientId: z.string() });

/**
 * What the hub has to tell the person who has to sign in with a device code; `undefined` once that is done. The step outlives restarts, so each
 * attempt to connect looks whether the code was typed, and another code is asked for only when that one is of no use any more.
 */
export async function deviceInvitation(config: Config, context: Context): Promise<Failure | undefined> {
  const kept = stepShape.safeParse(parse(await context.secrets?.kept(stepName))).data;
  let step = kept !== undefined && kept.clientId === config.clientId && context.now() < kept.expiresAt ? await lookAgain(config, context, kept) : await beginDevice(config, context);
  if (step === 'signed-in') return undefined;
  if (step === 'refused') step = await beginDevice(config, context);
  await context.secrets?.keep(stepName, JSON.stringify({ ...step, clientId: config.clientId }));
  return new Failure('auth', `Somebody has to sign in to the mailbox: open ${step.url} in any browser and type the code ${step.code ?? ''}.`, { ...(step.waitMs !== undefined && { retryAfterMs: step.waitMs }) });
}

async function lookAgain(config: Config, context: Context, step: SignInStep): Promise<SignInStep | 'signed-in' | 'refused'> {
  try {
    return (await lookDevice(config, context, step)) ?? 'signed-in';
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'auth') throw error;
    return 'refused';
  }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}

const codeToken = z.object({ verifier: z.string(), back: z.string() });

/** The code is of no use to others: only who knows the verifier behind the challenge can turn it into a token. */
function beginCode(config: Config, context: Context, back: string, random: () => string): SignInStep {
  const state = random();
  const verifier = random();
  const query = new URLSearchParams({
    client_id: config.clientId, response_type: 'code', response_mode: 'query', redirect_uri: back, scope: delegatedScope, state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', prompt: 'select_account',
  });
  // Microsoft's codes last ten minutes from the person's consent on; the rest is for reading and typing.
  return { url: `${signInAddress(config, 'authorize')}?${query.toString()}`, state, token: JSON.stringify({ verifier, back }), expiresAt: context.now() + 15 * 60_000 };
}

async function redeem(config: Config, context: Context, step: SignInStep, answer: URLSearchParams): Promise<undefined> {
  const { verifier, back } = codeToken.parse(JSON.parse(step.token));
  // Somebody else's code would connect somebody else's mailbox.
  if (step.state === undefined || answer.get('state') !== step.state) throw new Failure('auth', 'The browser came back from Microsoft with another sign-in than the one that was begun: begin anew.');
  if (context.now() >= step.expiresAt) throw tooLate();
  const error = answer.get('error');
  if (error !== null) throw refused(() => readToken({ status: 400, headers: {}, body: { error, error_description: answer.get('error_description') ?? '' } }, config, context.now()));
  const form = { grant_type: 'authorization_code', code: answer.get('code') ?? '', code_verifier: verifier, redirect_uri: back, scope: delegatedScope, ...clientOf(config) };
  await keepGranted(config, context, await postForm(config, context, 'token', form));
  return undefined;
}

async function keepGranted(config: Config, context: Context, answer: Parameters<typeof readToken>[0]): Promise<void> {
  const { refreshToken } = readToken(answer, config, context.now());
  if (refreshToken === undefined) throw new Failure('auth', 'Microsoft signed the person in for an hour only: the app needs the permission "offline_access".');
  await refreshTokensOf(config, context).keep(refreshToken);
}

function tooLate(): Failure {
  return new Failure('auth', 'The sign-in came too late: begin anew.');
}

/** The failure that reading a refusal throws. */
function refused(read: () => unknown): Failure {
  try {
    read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return new Failure('unavailable', 'Microsoft gave no usable answer to the sign-in.');
}
