import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Simulator } from './simulator.ts';

/** Where to listen. */
export interface ListenOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Called after each request that may have changed the state, to save it. */
  readonly onChange?: () => void;
}

/** A listening simulator. */
export interface Listening {
  /** Without a trailing slash, for example `http://127.0.0.1:8380`. */
  readonly url: string;
  /** Stops listening and ends every connection, idle or not. */
  readonly close: () => Promise<void>;
}

/**
 * Puts a simulator behind real HTTP (keep-alive, many requests at once). A request the simulator drops ends with a
 * closed connection. Rejects with the system's error (`code` `EADDRINUSE`, ...) when the port cannot be taken.
 */
export async function listen(simulator: Simulator, options: ListenOptions): Promise<Listening> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    void answer(simulator, incoming, outgoing, options.onChange);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

const bodiless = new Set(['GET', 'HEAD']);
const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

async function answer(
  simulator: Simulator,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onChange: (() => void) | undefined,
): Promise<void> {
  const method = incoming.method ?? 'GET';
  try {
    const response = await simulator.handle(toRequest(method, incoming));
    if (!harmless.has(method)) onChange?.();
    await reply(response, outgoing);
  } catch (error) {
    if (!harmless.has(method)) onChange?.();
    // Ordered by a fault: the caller sees what a broken connection looks like. Anything else is a bug of ours.
    if (error instanceof TypeError && error.message === 'fetch failed') incoming.socket.destroy();
    else if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`A bug of the simulator: ${String(error)}`);
    else outgoing.destroy();
  }
}

function toRequest(method: string, incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  const url = `http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`;
  if (bodiless.has(method)) return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' });
}

async function reply(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  if (!outgoing.hasHeader('content-length') && response.status !== 204) outgoing.setHeader('content-length', body.length);
  outgoing.writeHead(response.status);
  outgoing.end(body);
}
