import { createOroCrmSimulator, type OroCrmOptions, type OroCrmSimulator } from '../../src/orocrm/index.ts';
import { isObject } from '../../src/shared/json.ts';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** null where there was no body. */
  readonly body: unknown;
}

/** A simulator with a clock one can move, and a user signed in. */
export class World {
  nowMs = Date.UTC(2026, 10, 22, 10, 0, 0);
  readonly sim: OroCrmSimulator;
  #seed: number;
  token: string;

  constructor(options: Partial<OroCrmOptions> & { readonly seed?: number } = {}) {
    this.#seed = options.seed ?? 42;
    this.sim = createOroCrmSimulator({ ...options, env: { now: () => this.nowMs, random: () => this.#random() } });
    this.token = this.sim.admin.issueToken(1);
  }

  /** Signs in as another user. */
  as(userId: number): this {
    this.token = this.sim.admin.issueToken(userId);
    return this;
  }

  tick(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  /** JSON:API. */
  api(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const type = 'application/vnd.api+json';
    return this.raw(method, path, body, { accept: type, ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  }

  /** Old REST API. */
  old(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const type = 'application/json';
    return this.raw(method, `/api/rest/latest/${path}`, body, { accept: type, ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  }

  async raw(method: string, path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const all = { authorization: `Bearer ${this.token}`, ...headers };
    const response = await this.sim.handle(new Request(`http://oro.test${path}`, { method, headers: all, ...init }));
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: text === '' ? null : isJson ? JSON.parse(text) : text };
  }

  /** POST of a contact; its id. */
  async contact(attributes: object, more: { readonly relationships?: object; readonly included?: readonly object[] } = {}): Promise<string> {
    const { relationships, included } = more;
    const data = { type: 'contacts', attributes, ...(relationships === undefined ? {} : { relationships }) };
    const answer = await this.api('POST', '/api/contacts', { data, ...(included === undefined ? {} : { included }) });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return String(pick(answer, 'data', 'id'));
  }

  /** PATCH of one record. */
  patch(type: string, id: string, attributes: object | undefined, relationships?: object): Promise<Answer> {
    const data = { type, id, ...(attributes === undefined ? {} : { attributes }), ...(relationships === undefined ? {} : { relationships }) };
    return this.api('PATCH', `/api/${type}/${id}`, { data });
  }

  #random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }
}

/** A member deep in an answer's body. */
export function pick(answer: Answer, ...path: readonly (string | number)[]): unknown {
  let value: unknown = answer.body;
  for (const step of path) value = Array.isArray(value) ? (value as unknown[])[Number(step)] : isObject(value) ? value[String(step)] : undefined;
  return value;
}

/** The first error as `status title | detail | pointer or parameter`. */
export function firstError(answer: Answer): string {
  const error = pick(answer, 'errors', 0);
  if (!isObject(error)) return `${answer.status} no error`;
  const source = isObject(error['source']) ? String(error['source']['pointer'] ?? error['source']['parameter']) : '';
  return `${answer.status} ${String(error['title'])} | ${String(error['detail'] ?? '')} | ${source}`;
}
