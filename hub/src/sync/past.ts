import { explain, findRecords, undo, type Choice, type Explanation, type HistoryRow, type Hold, type Session, type Undone } from '@syncline/engine';
import { labelOf } from '../live/label.ts';
import { placeOf, type Place } from '../live/names.ts';

/** What a person chooses, as it is said outside. */
export type Chosen = 'keep' | 'delete' | Place;

/** A run in history: what it wrote, and what it overruled. */
export interface PastRun {
  readonly run: string;
  /** UTC ms of its first row. */
  readonly at: number;
  /** How many rows of each kind of work: `create`, `update`, `delete`, `mark`, and `told` for values that did not win. */
  readonly counts: { readonly [op: string]: number };
}

/** A row of history as it leaves the hub: who it was about, in a person's words. */
export interface PastRow extends Omit<HistoryRow, 'side' | 'choice'> {
  readonly side: Place;
  /** What a person chose. */
  readonly choice?: Chosen;
  readonly label: string;
}

/** The newest runs first, at most `limit`; `before` a run: only older ones. */
export async function pastRuns(session: Session, limit: number, before?: string): Promise<readonly PastRun[]> {
  const runs = new Map<string, { run: string; at: number; counts: Record<string, number> }>();
  for await (const [, value] of session.store.entries('history', { reverse: true, ...(before !== undefined && { from: `${before}/` }) })) {
    const { run, at, op } = value as unknown as HistoryRow;
    const known = runs.get(run);
    if (known === undefined && runs.size === limit) break;
    const entry = known ?? { run, at, counts: {} };
    entry.at = Math.min(entry.at, at);
    entry.counts[op] = (entry.counts[op] ?? 0) + 1;
    runs.set(run, entry);
  }
  return [...runs.values()];
}

/** What one run did, record by record; a page of it where that is asked for. */
export async function pastRows(session: Session, run: string, { skip = 0, limit = Infinity }: { readonly skip?: number; readonly limit?: number } = {}): Promise<readonly PastRow[]> {
  const rows: PastRow[] = [];
  let seen = 0;
  for await (const [, value] of session.store.entries('history', { prefix: `${run}/` })) {
    if (rows.length === limit) break;
    if ((seen += 1) > skip) rows.push(told(session, value as unknown as HistoryRow));
  }
  return rows;
}

/** What waits, with the choices that fit in the words `decide` takes. */
export interface WaitingHold extends Omit<Hold, 'choices'> {
  readonly choices: readonly Chosen[];
}

/** Why a record is what it is, in a person's words. */
export interface Reasons extends Omit<Explanation, 'holds'> {
  readonly label: string;
  readonly holds: readonly WaitingHold[];
}

/** Why a record is what it is; several where a number is an id on both sides. */
export async function why(session: Session, record: string): Promise<readonly Reasons[]> {
  const found = await Promise.all(findRecords(session, record).map((entity) => explain(session, entity)));
  return found.flatMap((one) => {
    if (one === undefined) return [];
    const holds = one.holds.map((hold) => ({ ...hold, choices: hold.choices.map(chosenOf) }));
    return [{ ...one, holds, label: labelOf(session.replica.get(one.entity)) }];
  });
}

/** What undoing came to, in a person's words. */
export interface UndonePast extends Omit<Undone, 'left'> {
  readonly left: readonly { readonly label: string; readonly side: Place; readonly field?: string; readonly reason: string }[];
}

/** Reverses a run; the next cycle writes what comes of it (R10). */
export async function undoPast(session: Session, run: string): Promise<UndonePast> {
  return leftAlone(session, await undo(session, run));
}

/** Names what was left alone as people do. */
export function leftAlone(session: Session, { reversed, left }: Undone): UndonePast {
  return { reversed, left: left.map(({ entity, side, ...rest }) => ({ ...rest, side: placeOf[side], label: labelOf(session.replica.get(entity)) })) };
}

/** A choice as it is said outside. */
export function chosenOf(choice: Choice): Chosen {
  return choice === 'left' || choice === 'right' ? placeOf[choice] : choice;
}

/** A row as it leaves the hub. */
export function told(session: Session, row: HistoryRow): PastRow {
  const { choice, ...rest } = row;
  return { ...rest, ...(choice !== undefined && { choice: chosenOf(choice) }), side: placeOf[row.side], label: labelOf(session.replica.get(row.entity)) };
}
