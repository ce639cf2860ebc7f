import type { HubEnv } from './env.ts';

/** The way out to the services, which can be closed. */
export interface WayOut {
  /** Answers with the whole body already here, and our token not in a refusal's. Throws where there is no answer, where it breaks off, and where it is too large. */
  readonly fetch: HubEnv['fetch'];
  /** What is on its way is cut off, bodies included, and nothing more is sent. */
  readonly cut: () => void;
}

/** More than the largest page or batch of either service. An answer without end would end the process: a text holds 512 MB. */
const mostBytes = 64 * 1024 * 1024;

/** Puts limits around a `fetch`: `cut` reaches an answer whose headers came and whose body does not. */
export function wayOut({ fetch, log }: Pick<HubEnv, 'fetch' | 'log'>, limitBytes = mostBytes): WayOut {
  // One signal for all would gather a listener per request ever sent.
  const open = new Set<AbortController>();
  let closed = false;
  return {
    cut: () => {
      closed = true;
      for (const controller of open) controller.abort();
    },
    fetch: async (request, trust) => {
      if (closed) throw new TypeError('the hub is ending');
      const controller = new AbortController();
      open.add(controller);
      try {
        // A redirect is not followed, whatever a connector says: the credentials would go along.
        const answer = await fetch(new Request(request, { signal: controller.signal, redirect: 'manual' }), trust);
        const body = await readWhole(answer, controller.signal, limitBytes);
        if (body === 'too-large') {
          controller.abort();
          log(`An answer of ${new URL(request.url).host} was cut off: it is larger than ${limitBytes} bytes.`);
          throw new TypeError('the answer is too large');
        }
        const { status, statusText, headers } = answer;
        return new Response(answer.ok ? body : withoutToken(body, request), { status, statusText, headers });
      } finally {
        open.delete(controller);
      }
    },
  };
}

/** Rule S15: a refusal is quoted to people, and a proxy's own error page may show what it was sent. */
function withoutToken(body: Uint8Array<ArrayBuffer> | null, request: Request): Uint8Array<ArrayBuffer> | null {
  const [, token = ''] = (request.headers.get('authorization') ?? '').split(' ');
  if (body === null || token.length < 8 || !Buffer.from(body.buffer).includes(token)) return body;
  return new Uint8Array(Buffer.from(Buffer.from(body.buffer).toString().replaceAll(token, '(hidden)')));
}

/** The body as bytes; null where there is none. Throws when it breaks off, or is cut off. */
async function readWhole(answer: Response, signal: AbortSignal, limitBytes: number): Promise<Uint8Array<ArrayBuffer> | null | 'too-large'> {
  if (answer.body === null) return null;
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  // A body that was made in this process knows nothing of the signal.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > limitBytes) {
        stop();
        return 'too-large';
      }
      chunks.push(part.value);
    }
    signal.throwIfAborted();
    return new Uint8Array(Buffer.concat(chunks, size));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
