import { Failure } from '@syncline/connector';

/** An answer of OroCRM whose body is not looked at yet. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON; null for an empty body. */
  readonly body: unknown;
  readonly header: (name: string) => string | null;
}

/** One error of a JSON:API answer. Titles are fixed words, details are sentences. */
export interface ApiError {
  readonly title: string;
  readonly detail: string;
  /** `/data/attributes/firstName`; empty when it is about the record as a whole. */
  readonly pointer: string;
  /** The query parameter it is about; empty otherwise. */
  readonly parameter: string;
}

export const apiOff = 'OroCRM\'s web API does not answer at this address. Check the URL, and switch on "Enable API" in OroCRM under System > Configuration > Application Settings > Web API.';

/** What OroCRM says about a record that does not exist, and about nothing else (rule D10). */
export const doesNotExist = 'An entity with the requested identifier does not exist.';

/** The errors of a JSON:API answer; none for any other body. */
export function errorsOf(body: unknown): readonly ApiError[] {
  const list: unknown = isObject(body) ? body['errors'] : undefined;
  return Array.isArray(list) ? (list as unknown[]).filter(isObject).map(readError) : [];
}

/** Rule D10: only the exact sentence proves a deletion; API switched off, wrong address and wrong client answer 404 too. */
export function provesDeletion(answer: Answer): boolean {
  return answer.status === 404 && errorsOf(answer.body).some((error) => error.detail === doesNotExist);
}

/** A text the database has no room for: the service says 500, but it is this record that it refuses. */
export function isDatabaseRefusal(status: number, body: unknown): boolean {
  return status === 500 && errorsOf(body).some((error) => error.title === 'driver exception');
}

/** How many records there are in all, where a request asked for the count; null when the answer does not say. */
export function countOf(answer: Answer): number | null {
  const count = answer.header('x-include-total-count');
  return count !== null && /^\d+$/.test(count) ? Number(count) : null;
}

/** A failure that OroCRM itself reports in JSON: it works, and stumbles over this request. */
export function isOwnFailure(status: number, body: unknown): boolean {
  return status === 500 && isObject(body);
}

/** The body of an answer that had to be a success. Throws the failure that the status stands for; `doing` completes "may not ...". */
export function expectOk(answer: Answer, doing: string): unknown {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw failureOf(answer, doing);
}

/** What an answer that is about no record means. */
export function failureOf(answer: Answer, doing: string): Failure {
  const said = describe(answer.body);
  switch (answer.status) {
    case 403:
      // Of this kind of record only (rule R11): what the role allows goes on.
      return new Failure('unsupported', `In OroCRM this user may not ${doing}: the role lacks the permission${said}.`, { maybeDone: false });
    case 404:
      return new Failure('config', apiOff, { maybeDone: false });
    default:
      return new Failure('bug', `OroCRM refused a request of this connector (to ${doing}) with status ${answer.status}${said}.`, { maybeDone: false });
  }
}

/** What a status is judged by. */
export interface Arrival {
  readonly header: (name: string) => string | null;
  /** Where the request went. */
  readonly url: string;
  /** OroCRM's clock, UTC ms: a `Retry-After` may be a date of it. */
  readonly serverTime: number;
  readonly writing: boolean;
}

/** The failure of an answer that says nothing about a record at all; undefined when the caller has to look at it. */
export function failureOfStatus(status: number, { header, url, serverTime, writing }: Arrival): Failure | undefined {
  if (status === 429 || (status === 503 && header('retry-after') !== null)) {
    const retryAfterMs = retryAfter(header('retry-after'), serverTime);
    return new Failure('throttle', 'OroCRM asks to wait before the next request.', { maybeDone: false, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }
  if (status >= 500 || status === 408) return new Failure('unavailable', `OroCRM does not work at the moment (status ${status}).`, { maybeDone: writing });
  if (status >= 300 && status < 400) {
    // Followed, the credentials would go to whoever is named there.
    return new Failure('config', `OroCRM's address leads to another one (${placeOf(header('location'), url)}). Enter that one as OroCRM URL if it is right.`, { maybeDone: false });
  }
  return undefined;
}

function retryAfter(value: string | null, serverTime: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - serverTime;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function placeOf(location: string | null, from: string): string {
  if (location === null || !URL.canParse(location, from)) return 'it does not say which';
  const { origin, pathname } = new URL(location, from);
  return `${origin}${pathname}`;
}

function describe(body: unknown): string {
  const details = errorsOf(body).map((error) => error.detail || error.title);
  const message: unknown = isObject(body) ? body['message'] : undefined;
  const said = details.length > 0 ? details.join(' ') : typeof message === 'string' ? message : '';
  return said === '' ? '' : ` ("${said}")`;
}

function readError(error: { readonly [name: string]: unknown }): ApiError {
  const source = isObject(error['source']) ? error['source'] : {};
  return { title: text(error['title']), detail: text(error['detail']), pointer: text(source['pointer']), parameter: text(source['parameter']) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
