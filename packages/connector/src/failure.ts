/**
 * Why an attempt failed; never about one record, that is an answer.
 * `auth` sign-in lost or refused; `config` a setting is wrong; `throttle` the service asks to wait;
 * `unavailable` no answer, or a broken one; `cursor-expired` read everything again; `unsupported`; `bug` ours.
 */
export type FailureKind = 'auth' | 'config' | 'throttle' | 'unavailable' | 'cursor-expired' | 'unsupported' | 'bug';

/** A failed attempt. The message is a sentence for an administrator and holds no secret. */
export class Failure extends Error {
  readonly kind: FailureKind;
  /** How long to leave the service alone, ms; absent when it did not say. */
  readonly retryAfterMs?: number;
  /**
   * The request may have been carried out all the same (the answer was lost). False when the service answered that it did nothing.
   * What is unknown is looked up before anything is repeated (rule R4).
   */
  readonly maybeDone: boolean;

  constructor(kind: FailureKind, message: string, options: { retryAfterMs?: number; cause?: unknown; maybeDone?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.maybeDone = options.maybeDone ?? kind === 'unavailable';
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}
