/** Something that goes wrong with the next matching requests. */
export interface Fault {
  /**
   * `status`: that status with Graph's error body, nothing done. `html`: 500 with an HTML page, nothing done.
   * `drop-before`: the connection breaks, nothing done. `drop-after`: the work is done, then the connection breaks.
   * `truncate`: the work is done, the answer's JSON breaks off in the middle.
   * `hang`: nothing is done and nothing is answered until the caller gives up (its `AbortSignal`).
   */
  readonly kind: 'status' | 'html' | 'drop-before' | 'drop-after' | 'truncate' | 'hang';
  /** Of kind `status`: 429, 503, 504, ... */
  readonly status?: number;
  /** `Retry-After`, verbatim: `2.128`, `5`, an HTTP date; absent for none. */
  readonly retryAfter?: string;
  readonly method?: string;
  /** A part of the path, in any case; without it every request matches. `$batch` and its parts are matched separately. */
  readonly path?: string;
  /** How many matching requests are let through first. Default 0. */
  skip?: number;
  /** How many requests it hits. Default 1. */
  times?: number;
}

/** What can go wrong with one part of a batch: the connection is the whole batch's. */
export const partFaults: readonly Fault['kind'][] = ['status', 'html'];

/** Takes the first fault that matches, counting it down. */
export function takeFault(faults: Fault[], method: string, path: string, kinds?: readonly Fault['kind'][]): Fault | undefined {
  const lower = path.toLowerCase();
  for (const [index, fault] of faults.entries()) {
    if (kinds && !kinds.includes(fault.kind)) continue;
    if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
    if (fault.path !== undefined && !lower.includes(fault.path.toLowerCase())) continue;
    if ((fault.skip ?? 0) > 0) {
      fault.skip = (fault.skip ?? 0) - 1;
      continue;
    }
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) faults.splice(index, 1);
    return fault;
  }
  return undefined;
}
