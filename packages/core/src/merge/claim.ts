import type { Json } from '../json.ts';
import type { UnitId } from '../model/units.ts';

/** A side of the sync: `left` and `right`; a document with three sides names more. */
export type Side = string;

/** The unit a record's existence is claimed on. */
export const existence = 'exists';

/** What an existence claim says. `present` ends `hidden` and `outside`; `touched` is present in a new version that shows nothing new (A5). */
export type Existence = 'present' | 'touched' | 'deleted' | 'hidden' | 'outside';

/** The writer of what undoing a run claims: typed, but meant for the side that the run wrote (R10). */
export const undoWriter = 'undo';

/** What one writer says a unit now is. */
export interface Claim {
  /** Place in the hub's log at which the claim was stored; causality is this number and `saw`, nothing else. Claims of one update share it. */
  readonly number: number;
  readonly unit: UnitId;
  readonly side: Side;
  /** One connector run at one place, or one device. The hub's own connector of a side writes under the side's name. */
  readonly writer: string;
  /** Up to which number its author had seen. Of an observation: the number of what that side held. */
  readonly saw: number;
  /** UTC ms: the service's time, else the earlier of the device's corrected clock and the arrival. Orders claims of one side only. */
  readonly at: number;
  /** Absent: nothing. On {@link existence} an {@link Existence}. */
  readonly value?: Json;
  /** Of an observation: the native item. A claim without one was typed by a person in a replica. */
  readonly native?: { readonly id: string; readonly version: string };
}

/** Where an agreed value came from: the part of a claim that takes part in later decisions. */
export type Origin = Pick<Claim, 'number' | 'side' | 'writer' | 'at'>;

/**
 * Whether the author of `a` knew of `b` when making it. Nobody has seen what reached the log later, whatever a claim
 * says of itself: so no two claims have seen each other.
 */
export function hasSeen(a: Claim, b: Origin): boolean {
  return b.number < a.number && (b.number <= a.saw || (a.writer === b.writer && a.side === b.side));
}

/** The later of two claims of one side: by time, then by place in the log. */
export function later<C extends Origin>(a: C, b: C): C {
  return byTime(a, b) < 0 ? b : a;
}

/** Orders claims from the earliest to the latest; of one time and one update by name, so that their order here does not matter (G6). */
export function byTime(a: Origin, b: Origin): number {
  return a.at - b.at || a.number - b.number || compareText(a.side, b.side) || compareText(a.writer, b.writer);
}

/** Orders texts by their code units, which no machine's language changes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
