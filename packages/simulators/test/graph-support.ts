import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGraphSimulator, type GraphSimulator, type GraphSimulatorOptions } from '../src/index.ts';

/** A JSON object as the tests look at it. */
export type Body = Record<string, unknown>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Empty for an answer without a JSON object. */
  readonly body: Body;
  readonly text: string;
}

export interface GraphWorld {
  readonly graph: GraphSimulator;
  readonly clock: { ms: number };
  readonly env: { readonly now: () => number; readonly random: () => number };
  /** `path` from after `/v1.0`, or a whole link. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Follows nextLinks to the deltaLink; answers all rows in order. */
  round(path: string, headers?: Record<string, string>): Promise<{ readonly rows: Body[]; readonly link: string; readonly pages: Reply[] }>;
}

export const shared = fileURLToPath(new URL('../../../../../shared/', import.meta.url));
export const hasShared = existsSync(`${shared}contracts/graph/openapi-slice.yaml`);
export const noShared = 'needs ../shared, which is not here';

export const markerId = 'String {6f1c0f5e-3f0a-4d0a-9a55-0c7f5a2d9b11} Name OroCRM_id';
export const immutable = { prefer: 'IdType="ImmutableId"' };

/** Seeded, so that every run is the same. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

export function startGraph(options: Partial<GraphSimulatorOptions> = {}): GraphWorld {
  const clock = { ms: Date.parse('2026-03-02T09:00:00Z') };
  const env = { now: () => clock.ms, random: seeded(42) };
  const graph = createGraphSimulator({ env, ...options });
  const token = graph.admin.signIn();
  const send: GraphWorld['send'] = async (method, path, body, headers = {}) => {
    const url = path.startsWith('https://') ? path : `https://graph.microsoft.com/v1.0${path}`;
    const content: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers: { authorization: `Bearer ${token}`, ...content, ...headers } };
    return readReply(await graph.handle(new Request(url, body === undefined ? init : { ...init, body: JSON.stringify(body) })));
  };
  const get: GraphWorld['get'] = (path, headers) => send('GET', path, undefined, headers);
  return {
    graph,
    clock,
    env,
    send,
    get,
    round: async (path, headers) => {
      const rows: Body[] = [];
      const pages: Reply[] = [];
      let link: string | undefined = path;
      for (;;) {
        const page: Reply = await get(link, headers);
        if (page.status !== 200) throw new Error(`${page.status} ${page.text}`);
        pages.push(page);
        rows.push(...valueOf(page));
        const delta = page.body['@odata.deltaLink'];
        if (typeof delta === 'string') return { rows, link: delta, pages };
        link = String(page.body['@odata.nextLink']);
      }
    },
  };
}

export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const json = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, text, body: json ? (parse(text) as Body) : {} };
}

/** The rows of a collection answer. */
export function valueOf(reply: Reply): Body[] {
  return Array.isArray(reply.body['value']) ? (reply.body['value'] as Body[]) : [];
}

/** `code` of an error answer. */
export function codeOf(reply: Reply): unknown {
  return (reply.body['error'] as Body | undefined)?.['code'];
}

export function idOf(record: Body): string {
  return encodeURIComponent(String(record['id']));
}

/** A query value, encoded. */
export function q(text: string): string {
  return encodeURIComponent(text);
}

export function expandMarker(id = markerId): string {
  return `$expand=${q(`singleValueExtendedProperties($filter=id eq '${id}')`)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
