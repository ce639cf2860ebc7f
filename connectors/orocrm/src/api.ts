import { Failure, type Context } from '@syncline/connector';
import { baseOf, type Config } from './config.ts';
import { apiOff, errorsOf, failureOfStatus, isDatabaseRefusal, isOwnFailure, type Answer, type Arrival } from './failures.ts';
import { fields } from './records.ts';
import { wsseHeaders } from './wsse.ts';

/** One request. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** After the address of OroCRM: `/api/contacts`, `/api/rest/latest/calendarevents.json`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** Also tell how many there are in all. */
  readonly count?: boolean;
}

/** The only way to OroCRM. */
export interface Api {
  /**
   * Sends one request, signed. Answers with 2xx and with what is about a record (400, 403, 404, 405, 409, and the 500 of
   * a database refusal); everything else is thrown as a `Failure`.
   */
  readonly send: (call: Call) => Promise<Answer>;
  /** OroCRM's own clock at its last answer, UTC ms (rule A1); the hub's clock as long as there was none. */
  readonly serverTime: () => number;
  /** What OroCRM's clock showed at a time of the hub's, both UTC ms. */
  readonly toServerTime: (hubTime: number) => number;
}

const jsonApi = 'application/vnd.api+json';

/** Signs in when the first request needs it. */
export function createApi(config: Config, context: Context): Api {
  const base = baseOf(config.url);
  const { auth } = config;
  const grantName = auth.signIn === 'password' ? 'Password' : 'Client Credentials';
  let skewMs: number | undefined;
  let serverTime: number | undefined;
  /** The hub's clock may be put back meanwhile: before `from` nothing is quiet. */
  let quiet = { from: 0, until: 0 };
  /** Failures of OroCRM's own at writes, one after another. */
  let ownFailures = 0;
  let tokenBase: string | undefined;
  /** Of the password grant: works once, and its use ends the token it came with at once. */
  let refreshToken: string | undefined;
  let token: { readonly value: string; readonly goodUntil: number } | undefined;
  let renewal: Promise<string> | undefined;

  /** One exchange, without signing and without looking at what it is about. */
  async function exchange(call: Call, headers: { readonly [name: string]: string }, writing: boolean, under = base): Promise<Answer> {
    const now = context.now();
    if (now >= quiet.from && now < quiet.until) throw new Failure('throttle', 'OroCRM asked to wait.', { retryAfterMs: quiet.until - now, maybeDone: false });
    const request = new Request(`${under}${call.path}${queryOf(call)}`, {
      method: call.method,
      headers,
      redirect: 'manual',
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    });
    const response = await reach(request, writing);
    noteClock(response.headers.get('date'));
    const header = (name: string): string | null => response.headers.get(name);
    const text = await bodyOf(response, writing);
    const html = /^text\/html/i.test(header('content-type') ?? '');
    const body = html ? undefined : parse(text);
    const failure = failureOf(response.status, body, { header, url: request.url, serverTime: context.now() + (skewMs ?? 0), writing });
    if (failure?.kind === 'throttle') quiet = { from: context.now(), until: context.now() + (failure.retryAfterMs ?? 0) };
    if (failure !== undefined) throw failure;
    if (body === undefined) {
      if (writing && isRefusal(response.status)) throw new Failure('bug', `A web server in front of OroCRM refuses what was sent (status ${response.status}): ask its administrator what it blocks or limits.`, { maybeDone: false });
      if (html) throw new Failure('config', apiOff, { maybeDone: false });
      throw new Failure('unavailable', 'OroCRM\'s answer is not JSON.', { maybeDone: writing });
    }
    if (response.ok) ownFailures = 0;
    return { status: response.status, body, header };
  }

  /** What of an answer is about no record, or is a failure at one. */
  function failureOf(status: number, body: unknown, arrival: Arrival): Failure | undefined {
    if (!arrival.writing || !isOwnFailure(status, body)) return failureOfStatus(status, arrival);
    if (isDatabaseRefusal(status, body)) return undefined;
    // G7: one record that OroCRM stumbles over does not keep the others; one after another means that it is OroCRM that is down.
    ownFailures += 1;
    if (ownFailures > 4) return failureOfStatus(status, arrival);
    const title = errorsOf(body)[0]?.title ?? '';
    return new Failure('bug', `OroCRM fails at this record (status ${status}${title === '' ? '' : `, ${title}`}): its log tells why.`, { maybeDone: true });
  }

  async function reach(request: Request, writing: boolean): Promise<Response> {
    try {
      return await context.fetch(request);
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new Failure('unavailable', `OroCRM at ${base} cannot be reached. Check the URL and the network.`, { cause, maybeDone: writing });
    }
  }

  function noteClock(date: string | null): void {
    const ms = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(ms)) return;
    serverTime = ms;
    skewMs = ms - context.now();
  }

  /** Many requests at once share one renewal: a token of before is worth nothing to any of them. */
  async function bearer(stale?: string): Promise<string> {
    if (token !== undefined && token.value !== stale && context.now() < token.goodUntil) return token.value;
    renewal ??= requestToken().finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  async function requestToken(): Promise<string> {
    if (auth.signIn === 'wsse') throw new Failure('bug', 'Only OAuth has tokens.');
    let answer: Answer | undefined;
    if (refreshToken !== undefined) {
      const used = refreshToken;
      answer = await askForToken({ grant_type: 'refresh_token', refresh_token: used });
      // Used up, whatever it came to; where it had ended (30 days, a restored backup) the password still works.
      refreshToken = undefined;
    }
    if (answer?.status !== 200) answer = await askForToken(auth.signIn === 'password' ? { grant_type: 'password', username: auth.user, password: auth.password } : { grant_type: 'client_credentials' });
    if (answer.status !== 200) throw await signInFailure(answer);
    const { access_token: value, expires_in: seconds, refresh_token: next } = fields(answer.body, 'the answer to the sign-in');
    if (typeof value !== 'string' || value === '') throw new Failure('unavailable', 'OroCRM\'s answer to the sign-in holds no token.', { maybeDone: false });
    if (auth.signIn === 'password' && typeof next === 'string' && next !== '') refreshToken = next;
    const lifeMs = typeof seconds === 'number' ? seconds * 1000 : 3_600_000;
    token = { value, goodUntil: context.now() + Math.max(lifeMs - 60_000, lifeMs / 2) };
    return value;
  }

  async function askForToken(grant: { readonly [name: string]: string }): Promise<Answer> {
    if (auth.signIn === 'wsse') throw new Failure('bug', 'Only OAuth has tokens.');
    const body = { ...grant, client_id: auth.clientId, client_secret: auth.clientSecret };
    tokenBase ??= await findTokenBase();
    // Nothing has been written when this fails.
    return exchange({ method: 'POST', path: '/oauth2-token', body }, { Accept: 'application/json', 'Content-Type': 'application/json' }, false, tokenBase);
  }

  /**
   * With OroCommerce the back office has a prefix (`/admin`) that the token endpoint has not. Looked for without
   * credentials: where it is, GET is not allowed; where it is not, there is another page or none.
   */
  async function findTokenBase(): Promise<string> {
    if (new URL(base).pathname === '/') return base;
    for (const candidate of [base, base.slice(0, base.lastIndexOf('/'))]) {
      const response = await reach(new Request(`${candidate}/oauth2-token`, { redirect: 'manual' }), false);
      await response.body?.cancel();
      if (response.status === 405) return candidate;
    }
    return base;
  }

  /** With the web API switched off the client is "invalid" too; what an unsigned request is told shows which it is. */
  async function signInFailure(answer: Answer): Promise<Failure> {
    if (answer.status === 404 || answer.status === 405) return new Failure('config', apiOff, { maybeDone: false });
    const { error, hint, error_description: description } = fields(answer.body ?? {}, 'the answer to the sign-in');
    if (answer.status === 401 && error === 'invalid_client') {
      const unsigned = await exchange({ method: 'GET', path: '/api/userprofile' }, { Accept: jsonApi }, false).catch(() => undefined);
      if (unsigned?.status === 404) return new Failure('config', apiOff, { maybeDone: false });
      return new Failure('auth', `OroCRM does not accept the client ID and client secret. Check both in OroCRM under System > User Management > OAuth Applications, and that the application is active and allows "${grantName}".`, { maybeDone: false });
    }
    if (error === 'invalid_grant' && auth.signIn === 'password') return new Failure('auth', `OroCRM does not accept the user and password${typeof hint === 'string' ? ` (${hint})` : ''}: correct them. A password that is also asked for a second factor, or managed elsewhere, needs the grant "Client Credentials".`, { maybeDone: false });
    if (error === 'invalid_grant') return new Failure('auth', `OroCRM refuses the user this OAuth application was made for: ${String(hint ?? description ?? error)}`, { maybeDone: false });
    if (answer.status === 400) return new Failure('config', `OroCRM does not let this OAuth application sign in (${String(error)}). It has to allow the grant "${grantName}".`, { maybeDone: false });
    return new Failure('auth', `OroCRM refused the sign-in with status ${answer.status}: check the client ID and client secret, and that the OAuth application is active.`, { maybeDone: false });
  }

  async function send(call: Call): Promise<Answer> {
    const writing = call.method !== 'GET';
    if (auth.signIn !== 'wsse') {
      const first = await bearer();
      const answer = await exchange(call, { ...headersOf(call), Authorization: `Bearer ${first}` }, writing);
      if (answer.status !== 401) return answer;
      const second = await bearer(first);
      const again = await exchange(call, { ...headersOf(call), Authorization: `Bearer ${second}` }, writing);
      if (again.status !== 401) return again;
      throw new Failure('auth', 'OroCRM accepts this OAuth application but not its token: the user it acts as may be disabled, or the web server does not pass the header "Authorization" on to OroCRM.', { maybeDone: false });
    }
    // A few seconds behind: one second ahead of OroCRM's clock is refused, an hour behind is not.
    const used = skewMs;
    const signed = (): { readonly [name: string]: string } => ({ ...headersOf(call), ...wsseHeaders(auth, context.now() + (skewMs ?? 0) - 5_000, context.random) });
    const answer = await exchange(call, signed(), writing);
    if (answer.status !== 401) return answer;
    // The refusal brought OroCRM's time along: when the clocks were apart, that may have been all.
    const again = skewMs !== undefined && Math.abs(skewMs - (used ?? 0)) > 2_000 ? await exchange(call, signed(), writing) : answer;
    if (again.status !== 401) return again;
    const clocks = skewMs === undefined ? ' It does not tell its time either: when this hub\'s clock is ahead of OroCRM\'s, a right key is refused as well.' : '';
    throw new Failure('auth', `OroCRM does not accept the user and API key. Generate a key on "My User" in OroCRM and enter it here; OroCRM 6.1 and later take OAuth 2.0 only.${clocks}`, { maybeDone: false });
  }

  return { send, serverTime: () => serverTime ?? context.now(), toServerTime: (hubTime) => hubTime + (skewMs ?? 0) };
}

function headersOf(call: Call): { readonly [name: string]: string } {
  const old = call.path.startsWith('/api/rest/');
  // Exactly this one chooses JSON:API: without it, or with a charset, another API answers at the same address.
  const type = old ? 'application/json' : jsonApi;
  const include = [...(old ? [] : ['noHateoas']), ...(call.count === true ? ['totalCount'] : [])];
  return {
    Accept: type,
    ...(call.body !== undefined && { 'Content-Type': type }),
    ...(include.length > 0 && { 'X-Include': include.join(';') }),
  };
}

function queryOf(call: Call): string {
  return call.query === undefined ? '' : `?${new URLSearchParams(call.query).toString()}`;
}

/** Statuses with which a web server refuses a request for what is in it; not those of a wrong address or sign-in. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 404 && status !== 405;
}

async function bodyOf(response: Response, writing: boolean): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw new Failure('unavailable', 'OroCRM\'s answer broke off.', { cause, maybeDone: writing });
  }
}

function parse(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
