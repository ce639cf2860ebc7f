import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { connect, createSecureContext, rootCertificates, type SecureContext, type TLSSocket } from 'node:tls';
import type { Trust } from './trust.ts';

/** Why nothing was sent to a server: what it showed is not what this connection believes, or what it is to believe cannot be read. */
export class TrustError extends Error {
  readonly reason: 'not-pinned' | 'other-pin' | 'no-authority';
  /** What the server showed: SHA-256 in capital hex; empty where none was asked. */
  readonly shown: string;

  constructor(reason: TrustError['reason'], shown = '', options?: ErrorOptions) {
    super(reason, options);
    this.name = 'TrustError';
    this.reason = reason;
    this.shown = shown;
  }
}

/**
 * Node's `fetch`, and beside it one that believes the certificates a connection is to believe: Node 20's own takes none, and its process-wide
 * switches would be everybody's. That one follows no redirect. Nothing is sent before the certificate was looked at. Throws a
 * {@link TrustError}, Node's own error of the certificate, or what `fetch` throws.
 */
export async function trustingFetch(request: Request, trust: Trust = { mode: 'system' }): Promise<Response> {
  if (trust.mode === 'system' || !request.url.startsWith('https:')) return fetch(request);
  const agent = await agentFor(trust);
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  request.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'syncline', ...Object.fromEntries(request.headers) };
    const sent = httpsRequest(request.url, { agent, method: request.method, headers, signal: request.signal }, (answer) => {
      const { statusCode: status = 0, statusMessage: statusText = '', headersDistinct } = answer;
      const given = Object.entries(headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]));
      try {
        resolve(new Response(isEmpty(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status, statusText, headers: given }));
        if (isEmpty(status)) answer.resume();
      } catch (error) {
        answer.destroy();
        reject(error instanceof Error ? error : new TypeError('no answer'));
      }
    });
    sent.once('error', reject);
    // Node tells a request that it was aborted only once there is a socket: a handshake without end would never be given up.
    const giveUp = (): void => reject(request.signal.reason);
    request.signal.addEventListener('abort', giveUp, { once: true });
    sent.once('close', () => request.signal.removeEventListener('abort', giveUp));
    sent.end(body);
  });
}

/** No word for so long is no handshake: as long as Node's own `fetch` waits. */
const handshakeWithinMs = 10_000;

/** A connection's trust is one object as long as it is bound; its sockets go with it. */
const agents = new WeakMap<Trust, Promise<Agent>>();

function agentFor(trust: Trust): Promise<Agent> {
  const known = agents.get(trust);
  if (known !== undefined) return known;
  const made = secureContextFor(trust).then((context) => new TrustingAgent(trust, context));
  agents.set(trust, made);
  made.catch(() => agents.delete(trust));
  return made;
}

async function secureContextFor(trust: Trust): Promise<SecureContext> {
  if (trust.mode !== 'ca') return createSecureContext();
  try {
    const text = trust.ca.includes('-----BEGIN') ? trust.ca : await readFile(trust.ca, 'utf8');
    const own = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
    // Node takes text that holds no certificate for none, without a word.
    if (own.map((pem) => new X509Certificate(pem)).length === 0) throw new TypeError('no certificate');
    return createSecureContext({ ca: [...rootCertificates, ...own] });
  } catch (cause) {
    throw new TrustError('no-authority', '', { cause });
  }
}

/** Hands out a socket only after the certificate was looked at. */
class TrustingAgent extends Agent {
  readonly #trust: Trust;
  readonly #context: SecureContext;

  constructor(trust: Trust, context: SecureContext) {
    // Servers close idle sockets after 5 seconds and more; one that is just being closed would lose a request.
    super({ keepAlive: true, timeout: 4_000 });
    this.#trust = trust;
    this.#context = context;
  }

  override createConnection(options: { readonly host?: string | null | undefined; readonly port?: number | string | null | undefined; readonly servername?: string | undefined }, done?: (error: Error | null, stream: Duplex) => void): undefined {
    const trust = this.#trust;
    const socket = connect({
      host: options.host ?? 'localhost',
      port: Number(options.port ?? 443),
      ...(options.servername !== undefined && { servername: options.servername }),
      secureContext: this.#context,
      rejectUnauthorized: trust.mode === 'ca',
      timeout: handshakeWithinMs,
    });
    socket.once('timeout', () => socket.destroy(new Error('no TLS handshake')));
    const refuse = (error: Error): void => done?.(error, socket);
    socket.once('error', refuse);
    socket.once('secureConnect', () => {
      const refusal = trust.mode === 'pin' ? refusalOf(socket, trust.fingerprints) : undefined;
      if (refusal !== undefined) return void socket.destroy(refusal);
      socket.off('error', refuse);
      socket.setTimeout(0).removeAllListeners('timeout');
      done?.(null, socket);
    });
  }
}

function refusalOf(socket: TLSSocket, fingerprints: readonly string[]): TrustError | undefined {
  const { raw } = socket.getPeerCertificate();
  const shown = createHash('sha256').update(raw).digest('hex').toUpperCase();
  if (fingerprints.includes(shown)) return undefined;
  return new TrustError(fingerprints.length === 0 ? 'not-pinned' : 'other-pin', shown);
}

/** Statuses whose answer has no body, and may have none. */
function isEmpty(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
