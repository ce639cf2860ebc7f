import type { Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import type { UnitId } from '../model/units.ts';
import type { Origin, Side } from './claim.ts';

/** What one side holds for a unit, where that is not simply the agreed value. */
export interface Held {
  readonly value?: Json;
  /** The newest claim this side is known to have held: what an edit made there has seen. */
  readonly saw: number;
  /** This side stored something else than was agreed because it cannot do better (M10, M42, C16): settled all the same. */
  readonly own?: true;
}

/** The settled state of a unit. */
export interface BaseUnit {
  /** Absent: agreed to be nothing. */
  readonly agreed?: Json;
  readonly from: Origin;
  /** Only sides that hold something else, or have seen something else. */
  readonly held: { readonly [side: Side]: Held };
  /** Sides that still have to be brought to the agreed value, with the rule that decided. A verdict is final. */
  readonly owed: { readonly [side: Side]: string };
  /** Sides that cannot be: in words. Waits for a person or for the next edit of the unit. */
  readonly blocked?: { readonly [side: Side]: string };
  /** A value for one side alone, typed by a person against the direction (A13). */
  readonly only?: { readonly [side: Side]: Json | null };
  /** Two systems disagree about it, in words: nothing is written any more until a person decides (R7). */
  readonly frozen?: string;
}

/** The native item a record is on a side. */
export interface Link {
  readonly id: string;
  readonly version: string;
  /** The service's time of that version, UTC ms; 0 where it tells none. */
  readonly at: number;
  /** The mark the item carries, if this side carries marks: the left id. */
  readonly mark?: string;
}

/** What is still to be done with a whole item, with the rule that decided. `unmark`: its mark is another item's (K12). */
export interface Todo {
  readonly op: 'create' | 'delete' | 'unmark';
  readonly rule: string;
  /** Why it is not done, in words. */
  readonly blocked?: string;
}

/** A record as settled: what the hub wrote into `base`. */
export interface BaseRecord {
  readonly kind: Kind;
  readonly links: { readonly [side: Side]: Link };
  /** Ids of items that were this record once: late news about them is history (history 6). */
  readonly former: { readonly [side: Side]: readonly string[] };
  readonly units: { readonly [unit: UnitId]: BaseUnit };
  /** What units that are not listed hold: nothing, since this claim. */
  readonly from: Origin;
  /** The highest log number considered. */
  readonly considered: number;
  readonly todo: { readonly [side: Side]: Todo };
  /** Sides on which the record is not there, or not to be seen. */
  readonly gone: { readonly [side: Side]: 'deleted' | 'hidden' | 'outside' };
  /** `tombstone`: deleted or given up; kept so that late news finds it (history 12). */
  readonly state: 'live' | 'tombstone';
  /**
   * The hub was restored from a backup: where both sides differ from what was agreed and from each other, it is listed, not decided
   * (history 23). Set by who restores, and taken away by who has read both sides completely since and found nothing listed.
   */
  readonly restored?: true;
}

/** The unit as settled; of one that is not listed, nothing since the record began. */
export function baseUnit(record: BaseRecord, unit: UnitId): BaseUnit {
  const known = Object.hasOwn(record.units, unit) ? record.units[unit] : undefined;
  return known ?? { from: record.from, held: {}, owed: {} };
}

/** What a side holds for a unit: its own value, or the agreed one. */
export function heldBy(unit: BaseUnit, side: Side): Held {
  return unit.held[side] ?? heldOf(unit.agreed, unit.from.number);
}

/** The unit with what a side holds now, where that is not simply the agreed value. */
export function holding(unit: BaseUnit, side: Side, value: Json | undefined, saw: number, own = false): BaseUnit {
  const held = heldOf(value, saw);
  return { ...unit, held: { ...unit.held, [side]: own ? { ...held, own: true } : held } };
}

function heldOf(value: Json | undefined, saw: number): Held {
  return value === undefined ? { saw } : { value, saw };
}

/** The unit with a side that holds the agreed value and is owed nothing. */
export function settledOn(unit: BaseUnit, side: Side): BaseUnit {
  return { ...unit, held: without(unit.held, side), owed: without(unit.owed, side) };
}

/** The record without its item on a side, which is remembered as one that it was once. */
export function withoutItem(record: BaseRecord, side: Side): BaseRecord {
  const link = record.links[side];
  const former = link === undefined ? record.former : { ...record.former, [side]: [...(record.former[side] ?? []), link.id] };
  return { ...record, links: without(record.links, side), gone: without(record.gone, side), former };
}

/** A copy that lacks a key. */
export function without<V>(record: { readonly [key: string]: V }, key: string): { readonly [key: string]: V } {
  if (!Object.hasOwn(record, key)) return record;
  const { [key]: _left, ...rest } = record;
  return rest;
}

/** A record's units, each replaced by what comes of it. */
export function mapUnits(record: BaseRecord, change: (unit: BaseUnit, name: UnitId) => BaseUnit): BaseRecord {
  return { ...record, units: Object.fromEntries(Object.entries(record.units).map(([name, unit]) => [name, change(unit, name)])) };
}
