import { Failure, type Account } from '@syncline/connector';
import { titleOf, type Place } from '../live/names.ts';
import type { UserSync } from './user-sync.ts';

/** What signing in with one connection came to (R11), for people and programs. */
export interface CheckedConnection {
  readonly connection: Place;
  readonly user: string;
  readonly title: string;
  /** Who is signed in; null where nobody could be. */
  readonly account: Pick<Account, 'name' | 'facts' | 'zone'> | null;
  /** What is missing, and what to change. */
  readonly missing: readonly string[];
}

/** Signs in with one connection as it is set, beside what runs; nothing is written. Throws only our own mistakes. */
export async function checkConnection(sync: Pick<UserSync, 'id' | 'signInTo'>, connection: Place): Promise<CheckedConnection> {
  const side = connection === 'orocrm' ? 'left' : 'right';
  const about = { connection, user: sync.id, title: titleOf[side] };
  try {
    const { account: { name, facts, zone, warnings } } = await sync.signInTo(side);
    return { ...about, account: { name, ...(facts !== undefined && { facts }), ...(zone !== undefined && { zone }) }, missing: warnings };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...about, account: null, missing: [error.message] };
  }
}
