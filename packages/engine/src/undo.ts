import type { Json } from '@syncline/connector';
import { baseUnit, fieldsOfUnit, heldBy, sameUnit, undoWriter, type BaseRecord, type Claim, type EntityId } from '@syncline/core';
import type { SideName } from './bind.ts';
import { runName, type HistoryRow } from './history.ts';
import { mergeClaims } from './merge.ts';
import { startReport } from './report.ts';
import { restored } from './restore.ts';
import type { Session } from './session.ts';
import { bringBack, purgedIn } from './undo-purge.ts';

/** What undoing a run came to. The writes it leads to are the next cycle's, by rule. */
export interface Undone {
  readonly reversed: number;
  /** What was not reversed, and why, in words. */
  readonly left: readonly { readonly entity: EntityId; readonly side: SideName; readonly field?: string; readonly reason: string }[];
}

/** What of a run is undone: one record, or one value of it by the name of its field or unit. */
export interface Part {
  readonly entity: EntityId;
  readonly field?: string;
}

/**
 * Rule R10: reverses what a run wrote and nobody has edited since, as a typed edit of the person who undoes, who has seen
 * everything up to now. A created record is deleted again where it was created, a deleted one created again (D6). `part`: only that of it.
 */
export async function undo(session: Session, run: string, part?: Part): Promise<Undone> {
  const left: Undone['left'][number][] = [];
  const base = new Map<EntityId, BaseRecord>();
  const claim: [EntityId, Claim][] = [];
  const number = session.nextNumber();
  let reversed = 0;
  const purged = await purgedIn(session, run);
  for await (const [, value] of session.store.entries('history', { prefix: part === undefined ? `${run}/` : `${run}/${part.entity}/` })) {
    const row = value as unknown as HistoryRow;
    const record = base.get(row.entity) ?? session.replica.get(row.entity);
    const skip = (reason: string, field?: string): void => void left.push({ entity: row.entity, side: row.side, reason, ...(field !== undefined && { field }) });
    if (record === undefined) skip('the record is not known any more');
    else if (purged.has(row.entity) && row.side === 'right') {
      if (row.op !== 'delete' || part?.field !== undefined) continue;
      const back = bringBack(session, record, row, number);
      if (typeof back === 'string') {
        skip(back);
        continue;
      }
      for (const unit of back.edited) skip('it was edited since', unit);
      if (back.again !== undefined) base.set(row.entity, back.again);
      claim.push(...back.claims);
      reversed += back.again === undefined ? back.claims.length : 1;
    } else if (row.op === 'update') {
      for (const [unit, before] of changesOf(row).filter(([unit]) => isMeant(row, unit, part))) {
        if (!sameUnit(row.kind, unit, heldBy(baseUnit(record, unit), row.side).value, row.after?.[unit])) {
          skip('it was edited since', unit);
          continue;
        }
        claim.push([row.entity, { number, unit, side: row.side, writer: undoWriter, saw: number - 1, at: session.env.now(), ...(before !== undefined && { value: before }) }]);
        reversed += 1;
      }
    } else if ((row.op === 'create' || row.op === 'delete') && part?.field === undefined) {
      const next = row.op === 'create' ? deleteAgain(record, row) : restored(session, record, row);
      if (typeof next === 'string') skip(next);
      else {
        base.set(row.entity, next);
        reversed += 1;
      }
    }
  }
  await session.commit({ base, claim });
  const now = session.env.now();
  await mergeClaims(session, startReport(runName(now, session.store.latest()), 'undo', now));
  return { reversed, left };
}

/** The units a row changed, with what they held before. */
function changesOf(row: HistoryRow): readonly (readonly [unit: string, before: Json | undefined])[] {
  const units = new Set([...Object.keys(row.before ?? {}), ...Object.keys(row.after ?? {})]);
  return [...units].map((unit) => [unit, row.before?.[unit]]);
}

function isMeant({ kind }: HistoryRow, unit: string, part: Part | undefined): boolean {
  return part?.field === undefined || part.field === unit || fieldsOfUnit(kind, unit).includes(part.field);
}

/** The twin goes; the record stays where it came from, and is not created again until it changes. */
function deleteAgain(record: BaseRecord, { side, id }: HistoryRow): BaseRecord | string {
  if (record.state !== 'live' || record.links[side]?.id !== id) return 'it is not there any more';
  if (Object.values(record.units).some((unit) => unit.from.side === side && unit.from.number > record.from.number)) return 'it was edited since';
  return { ...record, state: 'tombstone', todo: { [side]: { op: 'delete', rule: 'R10' } } };
}
