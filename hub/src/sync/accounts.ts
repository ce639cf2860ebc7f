import { Failure } from '@syncline/connector';
import type { BoundSide, SideName } from '@syncline/engine';

/** Which accounts are connected, and whose they are. */
export interface Accounts {
  /** Rule S21: one mailbox, or one person's OroCRM, is synced by one user only. Throws a `Failure` with the other's name. */
  readonly check: (user: string, side: SideName, bound: Pick<BoundSide, 'name' | 'account'>) => void;
  /** The user's account on this side from now on; the one before is free. Throws as `check` does. */
  readonly claim: (user: string, side: SideName, bound: Pick<BoundSide, 'name' | 'account'>) => void;
}

/** Nobody's yet. */
export function createAccounts(): Accounts {
  const owners = { left: new Map<string, string>(), right: new Map<string, string>() };
  const keyOf = ({ account }: Pick<BoundSide, 'account'>): string => `${account.origin}/${account.name}`;
  const check: Accounts['check'] = (user, side, bound) => {
    const other = owners[side].get(keyOf(bound));
    if (other !== undefined && other !== user) throw new Failure('config', `${bound.name}: ${bound.account.name} is connected for the user "${other}" already; connect another account for "${user}".`);
  };
  return {
    check,
    claim: (user, side, bound) => {
      check(user, side, bound);
      for (const [key, owner] of owners[side]) if (owner === user) owners[side].delete(key);
      owners[side].set(keyOf(bound), user);
    },
  };
}
