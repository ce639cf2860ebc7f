import { createHash } from 'node:crypto';
import { createOroCrmSimulator, type OroCrmSimulator } from '../../src/orocrm/index.ts';
import { isObject, type Json } from '../../src/shared/json.ts';
import { arrange, type SavedState } from './orocrm-arrange.ts';

/** One recorded request and its answer; secrets are replaced by words in angle brackets. */
export interface Exchange {
  readonly note: string;
  readonly request: { readonly method: string; readonly path: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  readonly response: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
}

/** A recorded scenario. */
export interface Transcript {
  readonly scenario: string;
  readonly exchanges?: readonly Exchange[];
}

const origin = 'http://127.0.0.1:8380';
const secrets = { client_secret: 'the-right-client-secret', password: 'admin-pass', apiKey: 'the-api-key' };

/** Replays one scenario against the simulator, which starts with what the service had. */
export class Replay {
  readonly #transcript: Transcript;
  #state: SavedState;
  #now: number;
  #seed = 7;
  readonly #uids = new Map<string, string>();
  readonly #access: string[] = [];
  readonly #refresh: string[] = [];
  #sim: OroCrmSimulator;

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
    this.#now = Date.parse(transcript.exchanges?.[0]?.response.headers?.['date'] ?? '2026-11-22T10:00:00Z');
    const fresh = createOroCrmSimulator({ env: this.#env() });
    fresh.admin.updateUser(1, { password: secrets.password, apiKey: secrets.apiKey });
    this.#state = arrange(fresh.save() as unknown as SavedState, transcript);
    this.#state.clients.push(
      { id: 'synchub-cc-admin', secret: secrets.client_secret, grants: ['client_credentials'], userId: 1 },
      { id: 'synchub-pw', secret: 'password-client-s', grants: ['password', 'refresh_token'], userId: 1 },
    );
    this.#sim = this.#restart();
  }

  /** Does by other means what an excepted exchange did. */
  skip(exchange: Exchange): void {
    this.#prepare(exchange);
    if (exchange.request.path === '/api/users') this.#sim.admin.createUser({ username: 'limited1795344756147', roleId: 1 });
    if (exchange.request.path.startsWith('/api/users/')) this.#sim.admin.updateUser(Number(exchange.request.path.split('/')[3]), { enabled: false });
    this.#state = this.#sim.save() as unknown as SavedState;
  }

  async send(exchange: Exchange): Promise<Response> {
    this.#prepare(exchange);
    const response = await this.#sim.handle(this.#toRequest(exchange));
    this.#state = this.#sim.save() as unknown as SavedState;
    return response;
  }

  /** Remembers tokens and uids the simulator made, to be named by later requests. */
  learn(exchange: Exchange, text: string): void {
    if (text === '' || !/^[[{"]/.test(text)) return;
    const body: unknown = JSON.parse(text);
    if (!isObject(body)) return;
    const recorded = exchange.response.body;
    if (typeof body['access_token'] === 'string') this.#access.push(body['access_token']);
    if (typeof body['refresh_token'] === 'string') this.#refresh.push(body['refresh_token']);
    if (typeof body['uid'] === 'string' && isObject(recorded) && typeof recorded['uid'] === 'string') this.#uids.set(recorded['uid'], body['uid']);
  }

  /** The clock, the ids the service was about to give, and what happened between two recorded requests. */
  #prepare(exchange: Exchange): void {
    this.#now = Date.parse(exchange.response.headers?.['date'] ?? '') || this.#now;
    alignIds(this.#state, exchange);
    this.#sim = this.#restart();
    const { admin } = this.#sim;
    if (this.#transcript.scenario.startsWith('17')) admin.setSwitch('webApiEnabled', exchange.note.startsWith('after'));
    const body = exchange.response.body;
    const data = isObject(body) ? body['data'] : undefined;
    const attributes = isObject(data) ? data['attributes'] : undefined;
    if (isObject(attributes) && attributes['status'] === 'success') admin.runConsumer();
  }

  #restart(): OroCrmSimulator {
    const sim = createOroCrmSimulator({ env: this.#env(), state: this.#state as unknown as Json });
    // The consumer runs when an exchange shows that it has run.
    sim.admin.setSwitch('consumer', false);
    return sim;
  }

  #env(): { now: () => number; random: () => number } {
    return {
      now: () => this.#now,
      random: () => {
        this.#seed = (this.#seed * 48_271) % 2_147_483_647;
        return this.#seed / 2_147_483_647;
      },
    };
  }

  #toRequest({ request, note }: Exchange): Request {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, this.#header(name, value, note));
    const body = request.body === undefined ? undefined : this.#body(request.body);
    // Bytes, so that no Content-Type is added where the recorded request had none.
    const init: RequestInit = { method: request.method, headers, ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }) };
    return new Request(origin + encodePath(this.#named(request.path), note), init);
  }

  #header(name: string, value: string, note: string): string {
    if (name === 'X-WSSE') return wsse(value, note);
    if (value === 'Basic <removed>') return `Basic ${Buffer.from(`synchub-cc-admin:${secrets.client_secret}`).toString('base64')}`;
    if (value !== 'Bearer <removed>') return value;
    const { admin } = this.#sim;
    if (note.includes('of before the refresh')) return `Bearer ${this.#access.at(-2) ?? ''}`;
    if (note.includes('of after the refresh')) return `Bearer ${this.#access.at(-1) ?? ''}`;
    if (note === 'garbage token') return 'Bearer garbage';
    if (note.includes('broken signature')) return `Bearer ${admin.issueToken(1).slice(0, -4)}AAAA`;
    if (note.startsWith('user sale') || note.includes('as an ordinary user')) return `Bearer ${admin.issueToken(2)}`;
    const isLimited = this.#transcript.scenario.startsWith('15') && !note.includes('admin');
    return `Bearer ${admin.issueToken(isLimited ? 54 : 1)}`;
  }

  #body(recorded: unknown): string {
    if (typeof recorded === 'string') return this.#named(recorded).replace('client_secret=<removed>', `client_secret=${secrets.client_secret}`);
    return this.#named(JSON.stringify(this.#fill(recorded)));
  }

  /** Puts real values where the recording has words in angle brackets. */
  #fill(value: unknown): unknown {
    if (Array.isArray(value)) {
      const count = /^<(\d+) (?:more )?items/.exec(typeof value.at(-1) === 'string' ? String(value.at(-1)) : '')?.[1];
      if (count === undefined) return value.map((item) => this.#fill(item));
      const more = Array.from({ length: Number(count) }, (_, index) => ({ type: 'contacts', attributes: { firstName: 'Bulk', lastName: `M${index}` } }));
      return [...(value.slice(0, -1) as unknown[]), ...more];
    }
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#fill(item)]));
    if (typeof value !== 'string') return value;
    const length = /^<(?:(\w+), )?(\d+) characters>$/.exec(value);
    if (length === null) return value;
    if (length[1] === 'refresh_token') return this.#refresh[0] ?? '';
    const right = Object.values({ ...secrets, other: 'password-client-s' }).find((secret) => secret.length === Number(length[2]));
    return length[1] === undefined ? 'x'.repeat(Number(length[2])) : (right ?? 'wrong');
  }

  #named(text: string): string {
    let named = text;
    for (const [recorded, actual] of this.#uids) named = named.replaceAll(recorded, actual);
    return named;
  }
}

/** The recording shows addresses decoded; what was not encoded on purpose stays so. */
function encodePath(path: string, note: string): string {
  const [address = '', query] = path.split(/\?(.*)/s);
  if (query === undefined) return address;
  const encode = (text: string): string => (note.includes('not encoded') ? encodeURIComponent(text).replaceAll('%2B', '+') : encodeURIComponent(text));
  const parts = query.split('&').map((part) => {
    const [name = '', value] = part.split(/=(.*)/s);
    return value === undefined ? encode(name) : `${encode(name)}=${encode(value)}`;
  });
  return `${address}?${parts.join('&')}`;
}

function wsse(recorded: string, note: string): string {
  const nonce = /Nonce="([^"]*)"/.exec(recorded)?.[1] ?? '';
  const created = /Created="([^"]*)"/.exec(recorded)?.[1] ?? '';
  const key = note.includes('wrong key') ? 'another-key' : secrets.apiKey;
  const digest = createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created + key).digest('base64');
  return recorded.replace('<removed>', digest);
}

/** Makes the next ids those that the recorded answer shows as created. */
function alignIds(state: SavedState, { request, response }: Exchange): void {
  const body = response.body;
  if (!isObject(body)) return;
  const data = body['data'];
  const path = request.path.split('?')[0] ?? '';
  const next = (name: string, id: unknown): void => {
    if (id !== undefined) state.next[name] = Number(id);
  };
  if (response.status === 201 && path.startsWith('/api/rest/')) next('event', body['id']);
  if (response.status === 201 && isObject(data)) {
    next({ contacts: 'contact', tasks: 'task', contactaddresses: 'address' }[String(data['type'])] ?? 'other', data['id']);
  }
  if (response.status === 202 && isObject(data)) next('operation', data['id']);
  const included = Array.isArray(body['included']) ? (body['included'] as unknown[]) : [];
  const created = included.find((item) => isObject(item) && isObject(item['meta']) && typeof item['meta']['includeId'] === 'string');
  if (isObject(created)) next('address', created['id']);
  if (isObject(body['workflowItem'])) next('workflowItem', body['workflowItem']['id']);
  if (path === '/api/users' && isObject(data)) next('user', data['id']);
}
