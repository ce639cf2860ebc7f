/** What a fault does to a request. */
export type FaultAction =
  /** Answers with this status instead of doing anything. */
  | { readonly type: 'status'; readonly status: number; readonly retryAfterSeconds?: number; readonly body?: string }
  /** The connection breaks before the service has done anything. */
  | { readonly type: 'drop-before' }
  /** The service does the work, then the connection breaks: the caller cannot know. */
  | { readonly type: 'drop-after' }
  /** Answers only when this promise has settled; the work is done before. */
  | { readonly type: 'hold'; readonly until: Promise<unknown> };

/** An ordered fault: the next `times` requests that match. */
export interface Fault {
  /** All given parts must match; none given matches everything. `path` is without the query. */
  readonly match?: {
    readonly method?: string;
    readonly path?: string | RegExp;
    /** Must not read the body: the service would find it used up. */
    readonly where?: (request: Request) => boolean;
  };
  /** Default 1. */
  readonly times?: number;
  readonly action: FaultAction;
}

/** Faults in the order in which they were ordered; the first that matches is used up. */
export class Faults {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** How many are still to come. */
  get left(): number {
    return this.#waiting.reduce((sum, entry) => sum + entry.left, 0);
  }

  take(request: Request, path: string): FaultAction | undefined {
    const entry = this.#waiting.find(({ fault }) => matches(fault, request, path));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return entry.fault.action;
  }
}

function matches({ match }: Fault, request: Request, path: string): boolean {
  if (match?.method !== undefined && match.method !== request.method) return false;
  if (typeof match?.path === 'string' && match.path !== path) return false;
  if (match?.path instanceof RegExp && !match.path.test(path)) return false;
  return match?.where === undefined || match.where(request);
}

/** What fetch of undici rejects with when the other side closes the connection. */
export function connectionLost(): TypeError {
  const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  return new TypeError('fetch failed', { cause });
}
