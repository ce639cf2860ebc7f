import { Failure } from '@syncline/connector';
import type { SideName } from './bind.ts';

/** A failure of an attempt, with the side it was made on. */
export class SideFailure extends Failure {
  readonly side: SideName;

  constructor(side: SideName, { kind, message, retryAfterMs, maybeDone }: Failure) {
    super(kind, message, { maybeDone, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    this.side = side;
  }
}

/** Runs an attempt on a side, so that its failure says where it was. */
export async function onSide<T>(side: SideName, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    throw error instanceof Failure && !(error instanceof SideFailure) ? new SideFailure(side, error) : error;
  }
}
