import { spaces } from './keys.ts';
import { asStoreError, type StoreError } from './errors.ts';
import type { Store } from './types.ts';

/** Result of reading everything. */
export interface VerifyReport {
  readonly users: number;
  readonly updates: number;
  readonly rows: number;
  /** What could not be read as it was written; empty for a sound store. At most one per user. */
  readonly damaged: readonly { readonly userId: string; readonly error: StoreError }[];
}

/** Reads every row of every user, which checks every checksum, number and tally. Writes nothing. */
export async function verifyStore(store: Store): Promise<VerifyReport> {
  const userIds = await store.users();
  const damaged: { userId: string; error: StoreError }[] = [];
  const read = { updates: 0, rows: 0 };
  for (const userId of userIds) {
    try {
      await readUser(store, userId, read);
    } catch (error) {
      damaged.push({ userId, error: asStoreError(error, 'store-read-failed', 'reading failed') });
    }
  }
  return { users: userIds.length, ...read, damaged };
}

async function readUser(store: Store, userId: string, read: { updates: number; rows: number }): Promise<void> {
  const user = await store.user(userId);
  await user.log.snapshot();
  for await (const _entry of user.log.read()) read.updates++;
  for (const space of spaces) {
    for await (const _row of user.entries(space)) read.rows++;
  }
}
