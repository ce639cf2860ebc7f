import { Failure } from '@syncline/connector';
import type { HubEnv } from '../env.ts';
import type { Connection, Tried } from '../settings/live-settings.ts';
import type { KeptSecrets } from '../security/kept-secrets.ts';
import type { Accounts } from './accounts.ts';
import { bind, type UserSyncOptions } from './user-sync.ts';

/** What trying needs. */
export interface TryOptions {
  readonly connectors: UserSyncOptions['connectors'];
  readonly env: HubEnv;
  readonly accounts: Accounts;
  readonly secretsOf: (user: string) => KeptSecrets | undefined;
}

/** Signs in with connections nobody uses yet (S8, S21); nothing is written. What a service refuses is a mistake, one that does not answer says nothing about it. */
export async function tryConnections(connections: readonly Connection[], { connectors, env, accounts, secretsOf }: TryOptions): Promise<Tried> {
  const mistakes: string[] = [];
  const untried: string[] = [];
  const granted: (() => Promise<void>)[] = [];
  // One after the other: a service sees no crowd because an address changed.
  for (const { user, side } of connections) {
    try {
      const kept = secretsOf(user.id);
      if (kept === undefined) continue;
      const { secrets, take } = kept.trial(side);
      accounts.check(user.id, side, await bind(connectors, side, user, env, secrets));
      granted.push(take);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      const sentence = `${user.id}: ${failure.message.replace(/\.?$/, '.')}`;
      if (failure.kind === 'unavailable' || failure.kind === 'throttle') untried.push(`${sentence} The connection was stored untried.`);
      else mistakes.push(sentence);
    }
  }
  return { mistakes, untried, take: async () => void (await Promise.all(granted.map((take) => take()))) };
}
