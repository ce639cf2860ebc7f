import type { Step } from '@syncline/replica';
import type { Batch } from './ports.ts';

/** A step of the document and of what is kept beside it, made durable as one. */
export interface Commit extends Step {
  readonly put?: NonNullable<Batch['put']>;
  readonly del?: NonNullable<Batch['del']>;
}
