import { createAgain, isPurge, mayCreate, mayWrite, type BaseRecord, type EntityId, type Kind } from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';
import { claimsOfCopy } from './claims-of-copy.ts';
import type { HistoryRow } from './history.ts';
import type { Session } from './session.ts';

/** What restoring a record means; said before it is done (D6). */
export interface Restoring {
  readonly entity: EntityId;
  readonly kind: Kind;
  /** The side the hub deleted it from, and the other one where it is gone too. */
  readonly sides: readonly SideName[];
  /** UTC ms. */
  readonly deletedAt: number;
  /** The rule that deleted it. */
  readonly rule: string;
  /** What will be made again, and what cannot come back; one sentence each. */
  readonly sentences: readonly string[];
}

const dayMs = 24 * 60 * 60_000;

/** What {@link restore} would do; a text says in words why it would do nothing. Changes nothing. */
export async function lookAtRestore(session: Session, entity: EntityId): Promise<Restoring | string> {
  const found = await findDeleted(session, entity);
  return typeof found === 'string' ? found : found.restoring;
}

/**
 * Rule D6: makes one deleted record again on the side the hub deleted it from, with its link and its mark, out of the complete copy
 * that was kept. The writes are the next cycle's. A text says why nothing was done.
 */
export async function restore(session: Session, entity: EntityId): Promise<Restoring | string> {
  const found = await findDeleted(session, entity);
  if (typeof found === 'string') return found;
  const { next, row, restoring } = found;
  const claim = isPurge(row.rule) ? claimsOfCopy(session, next, row, session.nextNumber()) : [];
  await session.commit({ base: [[entity, next]], claim });
  return restoring;
}

/** The record as restored from a row of history: to be made again there, and on the other side where it is gone too and may be written. Why not, in words. */
export function restored(session: Session, record: BaseRecord, { side, id }: Pick<HistoryRow, 'side' | 'id'>): BaseRecord | string {
  const { direction } = session.settings.policy;
  if (!isGone(record, side, id)) return 'it was made again since';
  if (!mayCreate(direction, side, 'D6')) return `nothing is written to ${session.sides[side].name} in this direction`;
  const other = otherSide[side];
  const sides = record.gone[other] === 'deleted' && mayWrite(direction, other) ? [side, other] : [side];
  return sides.reduce((next, one) => createAgain(next, one, 'D6'), record);
}

/** Whether nothing took the place of the item: it is known to be deleted, or it was purged and the record goes on without one. */
function isGone({ links, gone, former, todo }: BaseRecord, side: SideName, id: string | undefined): boolean {
  const link = links[side];
  if (link !== undefined) return gone[side] === 'deleted' && link.id === id;
  return id !== undefined && former[side]?.includes(id) === true && todo[side] === undefined;
}

async function findDeleted(session: Session, entity: EntityId): Promise<{ readonly restoring: Restoring; readonly next: BaseRecord; readonly row: HistoryRow } | string> {
  const record = session.replica.get(entity);
  const days = session.settings.historyDays ?? 30;
  const row = record === undefined ? undefined : await lastDeletion(session, entity, session.env.now() - days * dayMs);
  if (record === undefined || row === undefined) return `the hub deleted nothing of it in the last ${days} days`;
  const next = restored(session, record, row);
  if (typeof next === 'string') return next;
  const sides = (['left', 'right'] as const).filter((side) => next.todo[side]?.rule === 'D6');
  const { kind, at: deletedAt, rule } = row;
  return { next, row, restoring: { entity, kind, sides, deletedAt, rule, sentences: sentencesOf(session, kind, row.side, sides) } };
}

async function lastDeletion(session: Session, entity: EntityId, since: number): Promise<HistoryRow | undefined> {
  for await (const [, value] of session.store.entries('history', { reverse: true })) {
    const row = value as unknown as HistoryRow;
    if (row.entity === entity && row.op === 'delete' && row.at >= since) return row;
  }
  return undefined;
}

function sentencesOf({ sides: { left, right } }: Session, kind: Kind, deletedFrom: SideName, sides: readonly SideName[]): readonly string[] {
  const bound = { left, right };
  return sides.map((side) => {
    const { name, entities } = bound[side];
    const where = side === deletedFrom ? `In ${name}, where it was deleted from,` : `In ${name}, where it is gone too,`;
    const without = entities[kind].caps.restoredWithout;
    return `${where} it is made again with its link, under a new id${without === undefined ? '' : `; what cannot come back: ${without}`}.`;
  });
}
