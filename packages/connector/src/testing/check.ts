import type { Kind } from '@syncline/core';
import type { Caps } from '../connector.ts';
import type { Bench } from './bench.ts';
import type { Hook } from './world.ts';

/** One thing every connector has to do. */
export interface Check {
  /** A letter for the area and a number: `S` sign-in and shape, `L` lenses, `P` pull, `G` get, `W` writes, `R` lost answers, `V` values, `F` failures. */
  readonly id: string;
  /** What holds, as one clause. */
  readonly what: string;
  /** What goes wrong where it does not hold. */
  readonly why: string;
  /** What the world has to offer for it. */
  readonly needs?: readonly Hook[];
  /** Runs once, not once for each kind. */
  readonly once?: true;
  /** Default: all. */
  readonly kinds?: readonly Kind[];
  /** Why a connector with these capabilities need not hold it. */
  readonly notClaimed?: (caps: Caps) => string | undefined;
  /** Throws an `Error` that says what is wrong. */
  readonly run: (bench: Bench) => Promise<void> | void;
}

/** Thrown where a check finds out on its way that it does not apply. */
export class Skipped extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Skipped';
  }
}
