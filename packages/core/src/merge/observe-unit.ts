import type { Json } from '../json.ts';
import { acknowledgeUnit, forOneSide, type Same } from './acknowledge-unit.ts';
import { heldBy, holding, type BaseUnit } from './base.ts';
import { byTime, type Claim, type Side } from './claim.ts';

/** A write whose answer is not known yet: a side that now shows its value acknowledges it instead of editing (histories 17, 24). */
export interface OpenIntent {
  readonly side: Side;
  /** Absent: the write empties the unit. */
  readonly value?: Json;
  /** The claim it carried out. */
  readonly number: number;
}

/** What observations of a unit come to. */
export interface Observed {
  /** The unit with what each side is now known to hold. */
  readonly unit: BaseUnit;
  /** For each side at most one: the edit it now shows. */
  readonly edits: readonly Claim[];
  /** Edits that a later version of the same item replaced. */
  readonly replaced: readonly Claim[];
}

/**
 * Goes through the versions a side showed, oldest first: of one native item a newer version has seen every older one.
 * A value equal to an open write's is that write's acknowledgement, and an edit on top of it has seen it; a value the
 * side held anyway says nothing. The same version reported twice is one claim (history 27).
 */
export function observeUnit(unit: BaseUnit, claims: readonly Claim[], intents: readonly OpenIntent[], same: Same): Observed {
  let next = unit;
  const edits: Claim[] = [];
  const replaced: Claim[] = [];
  const observations = claims.filter((claim) => claim.native !== undefined);
  for (const side of new Set(observations.map((claim) => claim.side))) {
    let ground = heldBy(next, side);
    let known = 0;
    let edit: Claim | undefined;
    const replace = (claim: Claim | undefined): void => {
      if (edit !== undefined) replaced.push(edit);
      edit = claim;
    };
    for (const seen of observations.filter((claim) => claim.side === side).sort(byTime)) {
      const intent = acknowledged(intents, seen, same);
      if (intent !== undefined && !same(seen.value, ground.value)) {
        replace(undefined);
        next = acknowledgeIntent(next, seen, intent, same);
        ground = heldBy(next, side);
        known = ground.saw;
      } else if (same(seen.value, ground.value)) {
        replace(undefined);
      } else {
        // Of several observers the hub's own connector knows best what the side had been given.
        const saw = Math.max(seen.saw, known);
        if (edit === undefined || !same(seen.value, edit.value)) replace({ ...seen, saw });
        else if (seen.writer === side) edit = { ...edit, saw };
      }
    }
    if (edit !== undefined) {
      edits.push(edit);
      next = holding(next, side, edit.value, Math.min(ground.saw, edit.saw));
    }
  }
  return { unit: next, edits, replaced };
}

/** The newest open write that the observation shows. */
function acknowledged(intents: readonly OpenIntent[], seen: Claim, same: Same): OpenIntent | undefined {
  const shown = intents.filter((open) => open.side === seen.side && same(open.value, seen.value));
  return shown.length === 0 ? undefined : shown.reduce((a, b) => (b.number > a.number ? b : a));
}

function acknowledgeIntent(unit: BaseUnit, { side, value }: Claim, intent: OpenIntent, same: Same): BaseUnit {
  // Another value was typed for this side since: that one is still to be written.
  const isOlder = intent.number === forOneSide && !same(unit.only?.[side], value);
  return isOlder ? holding(unit, side, value, heldBy(unit, side).saw) : acknowledgeUnit(unit, side, value, intent.number, same);
}
