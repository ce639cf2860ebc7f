import { baseUnit, isPurge, type BaseRecord, type EntityId, type UnitId } from '@syncline/core';
import { claimsOfCopy, type CopyClaims } from './claims-of-copy.ts';
import type { HistoryRow } from './history.ts';
import { restored } from './restore.ts';
import type { Session } from './session.ts';

/** What bringing a purged item back comes to. */
export interface BroughtBack {
  /** The record, where its item is to be made again; absent where another one took its place, which gets the values instead. */
  readonly again?: BaseRecord;
  readonly claims: CopyClaims;
  /** Units that somebody has edited since: they stay. */
  readonly edited: readonly UnitId[];
}

/**
 * Rules R10 and D6: what was purged and made again in one run is one thing, so the new item gets what the old one held; where
 * nothing took its place, it is made again. A text says why nothing comes back.
 */
export function bringBack(session: Session, record: BaseRecord, row: HistoryRow, number: number): BroughtBack | string {
  const isThere = record.links[row.side] !== undefined && record.gone[row.side] === undefined;
  const next = isThere ? record : restored(session, record, row);
  if (typeof next === 'string') return next;
  const claims = claimsOfCopy(session, next, row, number);
  const isEdited = ([, { unit }]: CopyClaims[number]): boolean => baseUnit(record, unit).from.at > row.at;
  return { ...(!isThere && { again: next }), claims: claims.filter((one) => !isEdited(one)), edited: claims.filter(isEdited).map(([, { unit }]) => unit) };
}

/** The records that a run purged: what else it did with them in Outlook is part of that. */
export async function purgedIn(session: Session, run: string): Promise<ReadonlySet<EntityId>> {
  const purged = new Set<EntityId>();
  for await (const [, value] of session.store.entries('history', { prefix: `${run}/` })) {
    const { op, rule, entity } = value as unknown as HistoryRow;
    if (op === 'delete' && isPurge(rule)) purged.add(entity);
  }
  return purged;
}
