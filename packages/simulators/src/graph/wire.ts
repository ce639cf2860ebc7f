import type { Json } from '../shared/json.ts';
import type { Answer } from './call.ts';
import type { GraphFailure } from './failure.ts';
import type { Fault } from './faults.ts';
import { randomGuid } from './ids.ts';
import type { World } from './state.ts';

const jsonType = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** Puts an answer on the wire with the headers each answer of the service carries. */
export function toResponse(world: World, answer: Answer, clientRequestId: string | null, truncate: boolean): Response {
  const requestId = randomGuid(world.env.random);
  const headers = new Headers({
    'request-id': requestId,
    'client-request-id': clientRequestId ?? requestId,
    date: new Date(world.env.now()).toUTCString(),
    'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"0","ScaleUnit":"001","RoleInstance":"SIM0"}}',
    'odata-version': '4.0',
    ...answer.headers,
  });
  if (answer.text !== undefined) {
    if (!headers.has('content-type')) headers.set('content-type', 'text/plain');
    return new Response(answer.text, { status: answer.status, headers });
  }
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  headers.set('content-type', jsonType);
  const text = JSON.stringify(answer.body);
  return new Response(truncate ? text.slice(0, Math.max(1, Math.floor(text.length / 2))) : text, { status: answer.status, headers });
}

/** Graph's error body. */
export function failureBody(world: World, failure: GraphFailure): Json {
  const requestId = randomGuid(world.env.random);
  return {
    error: {
      code: failure.code,
      message: failure.message,
      innerError: { date: new Date(world.env.now()).toISOString().slice(0, 19), 'request-id': requestId, 'client-request-id': requestId },
    },
  };
}

const faultCodes: Readonly<Record<number, string>> = { 429: 'TooManyRequests', 503: 'serviceNotAvailable', 504: 'GatewayTimeout', 401: 'InvalidAuthenticationToken', 403: 'ErrorAccessDenied', 404: 'ErrorItemNotFound', 409: 'ErrorIrresolvableConflict', 412: 'ErrorIrresolvableConflict', 410: 'SyncStateNotFound' };

/** The answer of a fault that answers at all. */
export function faultAnswer(world: World, fault: Fault): Answer {
  const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
  if (fault.kind === 'html') {
    return { status: fault.status ?? 500, text: '<html><body><h1>500 - Internal server error.</h1></body></html>', headers: { ...headers, 'content-type': 'text/html' } };
  }
  const status = fault.status ?? 503;
  const requestId = randomGuid(world.env.random);
  const date = new Date(world.env.now()).toISOString().slice(0, 19);
  const code = faultCodes[status] ?? 'generalException';
  const message = status === 429 ? 'Please retry again later.' : 'The service is temporarily unavailable.';
  // Nested as the documentation of throttling shows it.
  const inner = { code: String(status), date, message: 'Please retry after', 'request-id': requestId, status: String(status) };
  return { status, headers, body: { error: { code, message, innerError: inner } } };
}
