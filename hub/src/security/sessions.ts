import { createHash, timingSafeEqual } from 'node:crypto';

/** How long a sign-in link and a session are good, ms. */
const good = { code: 24 * 3_600_000, session: 30 * 24 * 3_600_000 };

/** Names a session without being able to act for it. */
export type SessionId = string & { readonly __brand: 'SessionId' };

/**
 * Who may see the page and use the API. Nothing here is written to disk: a restart signs everybody out. Codes and tokens
 * have 256 bits, so nobody is locked out for guessing: that would only let strangers lock out the person who may.
 */
export interface Sessions {
  /** A code for one sign-in. */
  readonly issueCode: () => string;
  /** Turns a code into a session's token, once; `undefined` for a code that is unknown, used or too old. */
  readonly redeem: (code: string) => string | undefined;
  /** The session of a token, or of the hub's own token for the command line; `undefined` for any other. */
  readonly find: (token: string) => SessionId | undefined;
  /** Whether a session that was found has neither ended nor grown too old since. */
  readonly lasts: (id: SessionId) => boolean;
  /** Ends a session; the hub's own never ends. */
  readonly end: (token: string) => void;
  /** Is told when a session was ended. */
  readonly onEnd: (told: (id: SessionId) => void) => void;
  /** The hub's own token, for the command line on this machine. */
  readonly ownToken: string;
}

/** Keeps hashes, never tokens. `token` makes a new secret, `now` is UTC ms. */
export function createSessions(token: () => string, now: () => number): Sessions {
  const codes = new Map<SessionId, number>();
  const sessions = new Map<SessionId, number>();
  const listeners: ((id: SessionId) => void)[] = [];
  const ownToken = token();
  const own = hash(ownToken);
  const lasts = (id: SessionId): boolean => timingSafeEqual(Buffer.from(id), Buffer.from(own)) || (sessions.get(id) ?? 0) > now();
  return {
    ownToken,
    issueCode: () => {
      const code = token();
      dropOld(codes, now());
      codes.set(hash(code), now() + good.code);
      return code;
    },
    redeem: (code) => {
      const until = codes.get(hash(code));
      codes.delete(hash(code));
      if (until === undefined || until <= now()) return undefined;
      const session = token();
      dropOld(sessions, now());
      sessions.set(hash(session), now() + good.session);
      return session;
    },
    find: (given) => {
      const id = hash(given);
      return lasts(id) ? id : undefined;
    },
    lasts,
    end: (given) => {
      const id = hash(given);
      if (sessions.delete(id)) for (const told of listeners) told(id);
    },
    onEnd: (told) => void listeners.push(told),
  };
}

function dropOld(until: Map<SessionId, number>, now: number): void {
  for (const [id, end] of until) if (end <= now) until.delete(id);
}

function hash(secret: string): SessionId {
  return createHash('sha256').update(secret).digest('hex') as SessionId;
}
