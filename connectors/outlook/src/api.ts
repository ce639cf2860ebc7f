import { AuthenticationHandler, Client, ResponseType, type Context as GraphContext, type GraphRequest, type Middleware, type MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import { Failure, type Context } from '@syncline/connector';
import { z } from 'zod';
import { failureOf, toAnswer, type Answer } from './answer.ts';
import { batchBody, partAmong, readBatch, refusedParts, unanswered, type Part } from './batch.ts';
import { isLoopback, type Config } from './config.ts';
import { createGate } from './gate.ts';
import { refreshTokensOf } from './refresh-tokens.ts';
import { keepTokens, postForm, readToken, tokenForm, type Token } from './sign-in.ts';

/** Requests to one mailbox. Nothing is sent twice by itself, except after a refused token: what to repeat is for the caller to decide (rule R4). */
export interface Api {
  /** `/me`, or the mailbox of the configured user when the app itself is signed in. */
  readonly root: string;
  /** Reads a path below the version, or a link the service gave. Throws when the attempt failed; refusals are answers. */
  readonly get: (pathOrLink: string) => Promise<Answer>;
  /** Up to 20 parts in one request; answers in the order of the parts. Throws when the whole batch failed. */
  readonly batch: (parts: readonly Part[]) => Promise<readonly Answer[]>;
}

/**
 * Most requests that are on their way to one mailbox at once. Four are allowed (contract, 8.1); a batch runs alone,
 * since Outlook works on four of its parts at a time.
 */
const inFlight = 3;

const publicOrigin = 'https://graph.microsoft.com';

// Links do not carry headers: every request says all of this again (contract, 1 and 6).
const prefer = 'IdType="ImmutableId", outlook.timezone="UTC", odata.maxpagesize=200';

/** Signs in and opens a mailbox. Throws a {@link Failure} when the sign-in is refused. */
export async function openApi(config: Config, context: Context): Promise<Api> {
  const fetchToken = async (refreshToken: string | undefined): Promise<Token> => readToken(await postForm(config, context, 'token', tokenForm(config, refreshToken)), config, context.now());
  const tokens = keepTokens(fetchToken, refreshTokensOf(config, context), context.now);
  let token = await tokens.current();
  const client = buildClient(config, context, () => token.accessToken);
  const gate = createGate(inFlight);
  let pausedUntil = 0;
  const pause = (retryAfterMs: number | undefined): void => {
    if (retryAfterMs !== undefined) pausedUntil = Math.max(pausedUntil, context.now() + retryAfterMs);
  };

  const attempt = async (asked: Asked, tell?: (used: Token) => void): Promise<Answer> => {
    // Rule R3: while the service wants to be left alone, nothing else of this user is sent to it.
    const waitMs = pausedUntil - context.now();
    if (waitMs > 0) throw new Failure('throttle', 'Microsoft Graph asked to wait.', { retryAfterMs: waitMs });
    token = await tokens.current();
    tell?.(token);
    const verbatim = new Verbatim(asked.address);
    try {
      const request = client.api(asked.address).responseType(ResponseType.RAW).header('Prefer', prefer).middlewareOptions([verbatim]);
      return await toAnswer(await asked.run(request));
    } catch (cause) {
      // The client makes an error of its own of whatever is thrown below it.
      if (verbatim.refused !== undefined) throw verbatim.refused;
      throw new Failure('unavailable', `Microsoft Graph at ${config.graph} does not answer.`, { cause, maybeDone: asked.writes });
    }
  };

  const send = async (asked: Asked): Promise<Answer> => {
    let used = token;
    let answer = await attempt(asked, (current) => (used = current));
    if (answer.status === 401) {
      // A token can end early. A refused request has done nothing, so this repeats no write. What is dropped is the token this one
      // went with: another request may have renewed it meanwhile.
      tokens.drop(used);
      answer = await attempt(asked);
    }
    if (answer.status < 400 && answer.broken !== true) return answer;
    const failure = failureOf(answer, { ...asked, now: context.now() });
    if (failure.kind === 'throttle') pause(failure.retryAfterMs);
    if (failure.kind === 'auth' || failure.kind === 'throttle' || failure.kind === 'unavailable') throw failure;
    return answer;
  };

  const sendBatch = async (parts: readonly Part[]): Promise<readonly Answer[]> => {
    const writes = parts.some((part) => part.method !== 'GET');
    const asked: Asked = { address: '/$batch', what: 'a batch', writes, run: (request) => request.post(batchBody(parts, prefer)) as Promise<Response> };
    const answer = await gate(inFlight, () => send(asked));
    // Too large even alone (see `packRequests`): that is about the records in it.
    if (answer.status === 413) return parts.map(() => answer);
    if (answer.status !== 200) throw failureOf(answer, { ...asked, now: context.now() });
    const answers = readBatch(answer.body, parts.length);
    // The outer answer stays 200 while parts are throttled (contract, 7).
    for (const inner of answers) if (inner.status === 429) pause(failureOf(inner, { ...asked, now: context.now() }).retryAfterMs);
    return answers;
  };

  return {
    root: config.signIn.method === 'client-credentials' ? `/users/${encodeURIComponent(config.signIn.user)}` : '/me',
    get: (pathOrLink) => {
      const address = checkLink(pathOrLink, config);
      return gate(1, () => send({ address, what: `reading ${nameOf(address)}`, writes: false, run: (request) => request.get() as Promise<Response> }));
    },
    batch: async (parts) => {
      const answers = await sendBatch(parts);
      const refused = refusedParts(parts, answers);
      if (refused.length === 0) return answers;
      // The token ended between the parts. As with a request by itself, what was refused is sent once more.
      tokens.drop(token);
      try {
        const repeated = await sendBatch(refused.map((index) => partAmong(parts, refused, index)));
        return answers.map((answer, index) => repeated[refused.indexOf(index)] ?? answer);
      } catch (error) {
        if (!(error instanceof Failure) || refused.length === parts.length) throw error;
        return answers.map((answer, index) => (error.maybeDone && refused.includes(index) ? unanswered : answer));
      }
    },
  };
}

/** The answer to a read that has to succeed. Throws what its refusal means for the attempt. */
export function bodyOf<T>(answer: Answer, schema: z.ZodType<T>, what: string, now: number): T {
  if (answer.status !== 200) throw failureOf(answer, { what: `reading ${what}`, writes: false, now });
  const read = schema.safeParse(answer.body);
  if (!read.success) throw new Failure('unavailable', `Microsoft Graph gave an answer that is not ${what}: ${z.prettifyError(read.error)}`);
  return read.data;
}

/** The address as it was asked for: the client sorts the query of a link and drops what stands in it twice, and a link is opaque (contract, 1). */
class Verbatim implements MiddlewareOptions {
  readonly address: string;
  /** Why the way out sent nothing, in its own words. */
  refused: Failure | undefined;

  constructor(address: string) {
    this.address = address;
  }
}

interface Asked {
  readonly address: string;
  /** For a sentence: "Microsoft Graph does not allow ...". */
  readonly what: string;
  readonly writes: boolean;
  readonly run: (request: GraphRequest) => Promise<Response>;
}

/** The client's own chain waits and repeats by itself, POST included (contract, 11.2): this one signs in and sends, no more. */
function buildClient(config: Config, context: Context, accessToken: () => string): Client {
  const graph = new URL(config.graph);
  const loopback = isLoopback(config.graph);
  // The client signs only https addresses it knows, so a simulator is addressed as the public service and reached here (contract, 11.1).
  const origin = (url: URL): string => (loopback ? graph.origin + graph.pathname.replace(/\/+$/, '') : url.origin);
  const authentication = new AuthenticationHandler({ getAccessToken: () => Promise.resolve(accessToken()) });
  const transport: Middleware = {
    execute: async (call: GraphContext) => {
      // Its type is the browser's `RequestInfo`, which Node's types do not name.
      const asked: unknown = call.request;
      const verbatim = call.middlewareControl?.getMiddlewareOptions(Verbatim) as Verbatim | undefined;
      const given = verbatim?.address ?? '/';
      const url = new URL(given.startsWith('/') ? (asked instanceof Request ? asked.url : String(asked)) : given);
      const { method = 'GET', body, headers } = call.options ?? {};
      const request = new Request(origin(url) + url.pathname + url.search, {
        method,
        headers: { ...(headers as Readonly<Record<string, string>>), 'client-request-id': uuid(context.random) },
        // A redirect is not followed: the token would go with it.
        redirect: 'manual',
        ...(typeof body === 'string' && { body }),
      });
      try {
        call.response = await context.fetch(request);
      } catch (error) {
        if (verbatim !== undefined && error instanceof Failure) verbatim.refused = error;
        throw error;
      }
    },
  };
  return Client.initWithMiddleware({
    middleware: [authentication, transport],
    ...(!loopback && graph.origin !== publicOrigin && { baseUrl: `${graph.origin}/`, customHosts: new Set([graph.hostname]) }),
  });
}

/** A link that points elsewhere is not followed: the token would go with it. */
function checkLink(pathOrLink: string, config: Config): string {
  if (pathOrLink.startsWith('/')) return pathOrLink;
  const graph = new URL(config.graph);
  const own = isLoopback(config.graph) ? publicOrigin : graph.origin;
  const link = URL.canParse(pathOrLink) ? new URL(pathOrLink) : undefined;
  const known = link !== undefined && (link.origin === own || link.origin === graph.origin) && link.pathname.startsWith('/v1.0/');
  if (!known) throw new Failure('unsupported', `Microsoft Graph answered with a link to another place (${link?.origin ?? 'no address'}); nothing was sent there.`);
  return own + pathOrLink.slice(link.origin.length);
}

/** What is read, for a sentence: no ids, no query. */
function nameOf(address: string): string {
  const path = address.replace(/\?.*$/, '').toLowerCase();
  const words = [['contact', 'contacts'], ['todo', 'tasks'], ['calendar', 'the calendar'], ['event', 'events']] as const;
  return words.find(([word]) => path.includes(word))?.[1] ?? 'the mailbox';
}

function uuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  return digits.join('').replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
