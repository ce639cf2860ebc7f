import { runStep } from './json-api/batch.ts';
import type { Store } from './store.ts';

/** What the message-queue consumer does in one go: the whole waiting audit log, and every operation to its end. */
export function runConsumer(store: Store): void {
  store.audits.push(...store.pendingAudits.map(({ row }) => row));
  store.pendingAudits = [];
  for (const operation of store.operations.values()) while (runStep(store, operation));
}

/** One step of one operation, to see `running`; false when there is nothing to do. */
export function runOperationStep(store: Store, id: number): boolean {
  const operation = store.operations.get(id);
  if (operation === undefined) throw new TypeError(`no operation ${id}`);
  return runStep(store, operation);
}

/**
 * Catches up with the clock, as a running consumer would have: what is older than the delay is done, operations
 * advance one step per quarter of it. Called before each request, so that no timer is needed.
 */
export function catchUp(store: Store): void {
  const { consumer, consumerDelayMs } = store.switches;
  if (!consumer) return;
  const now = store.env.now();
  const ready = store.pendingAudits.findIndex(({ atMs }) => now - atMs < consumerDelayMs);
  const done = store.pendingAudits.splice(0, ready === -1 ? store.pendingAudits.length : ready);
  for (const { row } of done) store.audits.push(row);
  for (const operation of store.operations.values()) {
    if (operation.status === 'success' || operation.status === 'failed') continue;
    const steps = Math.floor((now - operation.createdAtMs) / Math.max(1, consumerDelayMs / 4));
    while (operation.stepsDone < steps && runStep(store, operation));
  }
}
