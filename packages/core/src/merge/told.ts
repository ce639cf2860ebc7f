import type { UnitId } from '../model/units.ts';
import type { Json } from '../json.ts';
import type { Claim, Side } from './claim.ts';

/**
 * A value that did not become the agreed one, and why; what history and the report read (rules G3, R1).
 * `lost` a conflict, decided by the setting; `superseded` by a later claim of its own side or by one that had seen it;
 * `stale` about an older version, or an item that is no longer this record or is deleted first (A6); `left` stays on its side in this direction (A9, A13);
 * `reverted` by direction (B7); `deleted` with the record (C14s); `listed` waits for a person.
 */
export type Outcome = 'lost' | 'superseded' | 'stale' | 'left' | 'reverted' | 'deleted' | 'listed';

/** One entry of history. */
export interface Told {
  readonly unit: UnitId;
  readonly side: Side;
  readonly value?: Json;
  readonly number: number;
  readonly at: number;
  readonly outcome: Outcome;
  readonly rule: string;
}

/** The entry for a claim, or for an agreed value and the claim it came from. */
export function tell(claim: Pick<Claim, 'unit' | 'side' | 'number' | 'at' | 'value'>, outcome: Outcome, rule: string): Told {
  const { unit, side, number, at } = claim;
  return { unit, side, number, at, outcome, rule, ...(claim.value !== undefined && { value: claim.value }) };
}
