import type { Json, Kind } from '@syncline/connector';
import { isPurge, type EntityId, type Told, type UnitId, type Units } from '@syncline/core';
import type { SideName } from './bind.ts';
import type { Commit } from './commit.ts';
import type { Choice } from './holds.ts';
import type { Intent } from './intent.ts';
import type { Session } from './session.ts';

/**
 * One row of history (G3): a value that was replaced, removed or overruled, a record that was made or deleted, or what a person decided.
 * `before` and `after` are by unit, and so are `rules` where a write carried out several; a deletion keeps the complete native record (D6).
 */
export type HistoryRow = {
  readonly at: number;
  readonly run: string;
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly side: SideName;
  readonly op: 'create' | 'update' | 'delete' | 'mark' | 'told' | 'decide';
  readonly rule: string;
  readonly id?: string;
  readonly before?: Units;
  readonly after?: Units;
  readonly rules?: { readonly [unit: UnitId]: string };
  /** What a person chose: of a record `keep` or `delete`, of a field the side whose value it is. */
  readonly choice?: Choice;
  readonly native?: Json;
};

/** The put that stores a row. Keys sort by run, then by record; `part` keeps the rows of one record in a run apart. */
export function historyPut(row: HistoryRow, part: string): NonNullable<Commit['put']>[number] {
  return { space: 'history', key: `${row.run}/${row.entity}/${part}`, value: row };
}

/**
 * A deletion that was done, in the words of its intent: the row it is restored from (D6), and the count of many small ones (D2).
 * Written with the acknowledgement, so that a refused deletion leaves none; until then the copy is in the intent.
 */
export function deletionPuts({ env, deletions }: Pick<Session, 'env' | 'deletions'>, run: string, { entity, kind, side, id, deletion }: Intent): NonNullable<Commit['put']> {
  const now = env.now();
  // What was confirmed by name is no sign of a mistake (D8).
  const counted = isPurge(deletion?.rule) ? [] : [deletions.note(side, kind, now)];
  if (deletion === undefined) return counted;
  return [...counted, historyPut({ at: now, run, entity, kind, side, op: 'delete', rule: deletion.rule, ...(id !== undefined && { id }), native: deletion.copy }, `${side}/delete`)];
}

/** Rows for claims that did not become the agreed value. */
export function toldPuts(run: string, at: number, entity: EntityId, kind: Kind, told: readonly Told[]): NonNullable<Commit['put']> {
  return told.map((one) => {
    const row: HistoryRow = {
      at, run, entity, kind, side: one.side === 'left' ? 'left' : 'right', op: 'told', rule: one.rule,
      before: one.value === undefined ? {} : { [one.unit]: one.value },
    };
    return historyPut(row, `told/${one.unit}/${one.number}`);
  });
}

/** Names a run in history. Sorts by time; the log's number keeps two runs of one millisecond apart. */
export function runName(startedAt: number, number: number): string {
  return `${startedAt.toString(36).padStart(9, '0')}-${number.toString(36)}`;
}
