import { readDrafted, readView, undoWriter, unitsOf, viewOf, writeView, type BaseRecord, type Claim, type EntityId, type Units } from '@syncline/core';
import type { HistoryRow } from './history.ts';
import { readNative } from './native.ts';
import { differences, shownBy } from './observe.ts';
import type { Session } from './session.ts';

/** Claims of a person about records, as a commit takes them. */
export type CopyClaims = readonly [EntityId, Claim][];

/**
 * What a person claims who brings a purged item back (D6): what its copy shows and the record does not, since a purge takes an item
 * before anybody has decided about its edits. `record` is as it is to be made again, or as it was made again.
 *
 * The copy is compared with the item that this record makes, as that item would be read: what the side cannot show (a fourth e-mail,
 * the time of a due day) is no difference.
 */
export function claimsOfCopy(session: Session, record: BaseRecord, { entity, kind, side, native }: HistoryRow, number: number): CopyClaims {
  const copy = readNative(native);
  if (copy === undefined) return [];
  const bound = session.sides[side].entities[kind];
  const lens = bound.lens();
  const wanted = viewOf(kind, record.links[side] === undefined ? agreedIn(record) : shownBy(record, side, []));
  const blank = { native: bound.blank(), view: {} };
  const made = writeView(kind, lens, blank, wanted, Object.keys(wanted)).native;
  const shows = readDrafted(kind, lens, made, blank, wanted, Object.keys(wanted));
  const units = unitsOf(kind, readView(kind, lens, copy.record, { native: made, view: shows }));
  const claim = { number, side, writer: undoWriter, saw: number - 1, at: session.env.now() };
  return differences(kind, unitsOf(kind, shows), units).map(({ unit, value }) => [entity, { ...claim, unit, ...(value !== undefined && { value }) }]);
}

function agreedIn(record: BaseRecord): Units {
  return Object.fromEntries(Object.entries(record.units).flatMap(([name, { agreed }]) => (agreed === undefined ? [] : [[name, agreed]])));
}
