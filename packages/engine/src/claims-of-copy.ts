import { readView, undoWriter, unitsOf, type BaseRecord, type Claim, type EntityId, type Units } from '@syncline/core';
import type { HistoryRow } from './history.ts';
import { readNative } from './native.ts';
import { differences, shownBy } from './observe.ts';
import type { Session } from './session.ts';

/** Claims of a person about records, as a commit takes them. */
export type CopyClaims = readonly [EntityId, Claim][];

/**
 * What a person claims who brings a purged item back (D6): what its copy shows and the record does not, since a purge takes an item
 * before anybody has decided about its edits. `record` is as it is to be made again, or as it was made again.
 */
export function claimsOfCopy(session: Session, record: BaseRecord, { entity, kind, side, native }: HistoryRow, number: number): CopyClaims {
  const copy = readNative(native);
  if (copy === undefined) return [];
  const units = unitsOf(kind, readView(kind, session.sides[side].entities[kind].lens(), copy.record));
  const shown = record.links[side] === undefined ? agreedIn(record) : shownBy(record, side, []);
  const claim = { number, side, writer: undoWriter, saw: number - 1, at: session.env.now() };
  return differences(kind, shown, units).map(({ unit, value }) => [entity, { ...claim, unit, ...(value !== undefined && { value }) }]);
}

function agreedIn(record: BaseRecord): Units {
  return Object.fromEntries(Object.entries(record.units).flatMap(([name, { agreed }]) => (agreed === undefined ? [] : [[name, agreed]])));
}
