import type { Json } from '../json.ts';
import type { UnitId } from '../model/units.ts';

/** A side of the sync: `left` and `right`; a document with three sides names more. */
export type Side = string;

/** The unit a record's existence is claimed on. */
export const existence = 'exists';

/** What an existence claim says. `present` ends `hidden` and `outside`. */
export type Existence = 'present' | 'deleted' | 'hidden' | 'outside';

/** What one writer says a unit now is. */
export interface Claim {
  /** Place in the hub's log at which the claim was stored; causality is this number and `saw`, nothing else. */
  readonly number: number;
  readonly unit: UnitId;
  readonly side: Side;
  /** One connector run at one place, or one device. */
  readonly writer: string;
  /** Up to which number its author had seen. */
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

/** Whether the author of `a` knew of `b` when making it. */
export function hasSeen(a: Claim, b: Origin & Pick<Claim, 'native'>): boolean {
  if (b.number <= a.saw) return true;
  if (a.writer === b.writer && a.side === b.side) return b.number < a.number;
  // Of one native item a newer version has seen every older one, whoever observed it.
  return a.native !== undefined && b.native !== undefined && a.side === b.side && a.native.id === b.native.id && b.at < a.at;
}

/** Whether two claims are one: the same version of one native item, reported twice (history 27). */
export function sameObservation(a: Claim, b: Claim): boolean {
  return a.native !== undefined && b.native !== undefined && a.side === b.side && a.native.id === b.native.id && a.native.version === b.native.version;
}

/** The later of two claims of one side: by time, then by place in the log. */
export function later<C extends Origin>(a: C, b: C): C {
  return b.at > a.at || (b.at === a.at && b.number > a.number) ? b : a;
}
