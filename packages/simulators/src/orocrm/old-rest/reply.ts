import { answer } from '../http.ts';

/** JSON of the old REST API; no body where `body` is left out. */
export function reply(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Response {
  return answer({ status, ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) });
}

/** `{"code":403}` and its like. */
export function code(status: number, message?: string): Response {
  return reply(status, message === undefined ? { code: status } : { code: status, message });
}

/** 405 with the methods there are. */
export function notAllowed(allow: string): Response {
  return reply(405, { code: 405 }, { allow });
}
