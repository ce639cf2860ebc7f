const common = {
  'cache-control': 'must-revalidate, no-cache, no-store, private',
  expires: '0',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': '1; mode=block',
} as const;

/** Media type of the JSON:API. */
export const jsonApiMediaType = 'application/vnd.api+json';

/** What every answer needs besides its own content. */
export interface AnswerParts {
  readonly status: number;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Absent: no body at all. A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with the headers the service sends everywhere. There is never an ETag or Last-Modified. */
export function answer({ status, contentType = 'application/json', body, headers }: AnswerParts): Response {
  const all: Record<string, string> = { ...common, 'set-cookie': '_csrf=simulated; path=/', ...headers };
  if (status === 204) return new Response(null, { status, headers: all });
  all['content-type'] = contentType;
  if (body === undefined) return new Response(null, { status, headers: all });
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: all });
}

/** 401: an empty body, and the WSSE challenge for Bearer as well [01]. */
export function unauthorized(contentType: string): Response {
  return new Response(null, {
    status: 401,
    headers: {
      'content-type': contentType,
      'cache-control': 'no-cache, private',
      'www-authenticate': 'WSSE realm="Secured API", profile="UsernameToken"',
    },
  });
}

/** An HTML page, as the back office answers what reaches no API. */
export function htmlPage(status: number, reason: string, headers?: Readonly<Record<string, string>>): Response {
  const title = `${status} - ${reason}`;
  const page = `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return answer({ status, contentType: 'text/html; charset=UTF-8', body: page, headers: { vary: 'Accept', ...headers } });
}

/** Which API answers: the Accept header decides [03]. */
export type ApiDialect = 'json-api' | 'plain' | 'not-acceptable';

/**
 * `application/vnd.api+json` without parameters in Accept (or, without a usable Accept, in Content-Type) is the JSON:API;
 * with parameters only it is not acceptable; anything else is the plain API.
 */
export function dialectOf(headers: Headers): ApiDialect {
  const accepted = (headers.get('accept') ?? '*/*').split(',').map((part) => part.trim());
  if (accepted.includes(jsonApiMediaType)) return 'json-api';
  if (accepted.some((part) => part.startsWith(jsonApiMediaType))) return 'not-acceptable';
  const anything = accepted.some((part) => part.startsWith('*/*'));
  return anything && headers.get('content-type') === jsonApiMediaType ? 'json-api' : 'plain';
}

/** Keys of the `X-Include` request header. */
export function xInclude(headers: Headers): ReadonlySet<string> {
  return new Set((headers.get('x-include') ?? '').split(';').map((key) => key.trim()));
}
