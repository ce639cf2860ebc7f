import { GraphFailure } from './failure.ts';
import type { Mailbox, World } from './state.ts';

const windowSeconds = 600;

/** Counts a request to a mailbox, refused ones included, and throws 429 when the ten minutes are used up. */
export function countRequest(world: World, mailbox: Mailbox): void {
  const second = Math.floor(world.env.now() / 1_000);
  let total = 1;
  for (const [at, requests] of mailbox.requestSeconds) {
    if (at <= second - windowSeconds) mailbox.requestSeconds.delete(at);
    else total += requests;
  }
  mailbox.requestSeconds.set(second, (mailbox.requestSeconds.get(second) ?? 0) + 1);
  if (!world.switches.throttling || total <= world.switches.requestsPerTenMinutes) return;
  const oldest = Math.min(...mailbox.requestSeconds.keys());
  throw throttled(`Application is over its MailboxRequests limit.`, (oldest + windowSeconds - second).toFixed(0));
}

/** Takes `wanted` of the slots of a mailbox; answers how many were free. Give exactly those back with `leave`. */
export function enter(world: World, mailbox: Mailbox, wanted: number): number {
  const free = world.switches.throttling ? Math.max(0, world.switches.inFlight - mailbox.inFlight) : wanted;
  const taken = Math.min(wanted, free);
  mailbox.inFlight += taken;
  return taken;
}

export function leave(mailbox: Mailbox, taken: number): void {
  mailbox.inFlight -= taken;
}

/** Seconds with a fraction, as the service sends them. */
export function overConcurrency(world: World): GraphFailure {
  return throttled('Application is over its MailboxConcurrency limit.', (1 + world.env.random() * 3).toFixed(3));
}

function throttled(message: string, retryAfter: string): GraphFailure {
  return new GraphFailure(429, 'ApplicationThrottled', message, { 'retry-after': retryAfter });
}
