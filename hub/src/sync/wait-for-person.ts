import type { HubEnv } from '../env.ts';
import type { Hub } from '../hub.ts';

type Failures = Awaited<ReturnType<Hub['connect']>>;

/**
 * Signs every user in, and waits for those who type a code at their service: their sentence is logged once, and each service is asked as often as it
 * said. Answers who could not be signed in for other reasons.
 */
export async function connectWaiting(hub: Pick<Hub, 'connect'>, { log, schedule }: Pick<HubEnv, 'log' | 'schedule'>): Promise<Failures> {
  const told = new Set<string>();
  for (;;) {
    const failures = await hub.connect();
    const waitMs = waitOf(failures);
    if (waitMs === undefined) return failures;
    for (const { user, failure } of failures) {
      const line = `${user}: ${failure.message}`;
      if (!told.has(line)) log(line);
      told.add(line);
    }
    await new Promise<void>((go) => void schedule(waitMs, go));
  }
}

/** A lost sign-in that says when to look again is somebody who is on the way. Anything else among them is for a person to correct first. */
function waitOf(failures: Failures): number | undefined {
  const waits = failures.flatMap(({ failure: { kind, retryAfterMs } }) => (kind === 'auth' && retryAfterMs !== undefined ? [retryAfterMs] : []));
  return waits.length > 0 && waits.length === failures.length ? Math.max(...waits) : undefined;
}
