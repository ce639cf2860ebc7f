import { createHash, timingSafeEqual } from 'node:crypto';

/** How long a sign-in link and a session are good, ms. */
const good = { code: 24 * 3_600_000, session: 30 * 24 * 3_600_000 };

/** Who may see the page and use the API. Nothing here is written to disk: a restart signs everybody out. */
export interface Sessions {
  /** A code for one sign-in. */
  readonly issueCode: () => string;
  /** Turns a code into a session's token, once; `undefined` for a code that is unknown, used or too old. */
  readonly redeem: (code: string) => string | undefined;
  /** Whether this is the token of a session, or the hub's own token for the command line. */
  readonly knows: (token: string) => boolean;
  readonly end: (token: string) => void;
  /** The hub's own token, for the command line on this machine. */
  readonly ownToken: string;
}

/** Keeps hashes, never tokens. `token` makes a new secret, `now` is UTC ms. */
export function createSessions(token: () => string, now: () => number): Sessions {
  const codes = new Map<string, number>();
  const sessions = new Map<string, number>();
  const ownToken = token();
  const own = hash(ownToken);
  return {
    ownToken,
    issueCode: () => {
      const code = token();
      codes.set(hash(code), now() + good.code);
      return code;
    },
    redeem: (code) => {
      const until = codes.get(hash(code));
      codes.delete(hash(code));
      if (until === undefined || until <= now()) return undefined;
      const session = token();
      for (const [old, end] of sessions) if (end <= now()) sessions.delete(old);
      sessions.set(hash(session), now() + good.session);
      return session;
    },
    knows: (given) => {
      const hashed = hash(given);
      if (timingSafeEqual(Buffer.from(hashed), Buffer.from(own))) return true;
      return (sessions.get(hashed) ?? 0) > now();
    },
    end: (given) => void sessions.delete(hash(given)),
  };
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
