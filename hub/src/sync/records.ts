import type { EntityId, Json, Kind } from '@syncline/core';
import type { HistoryRow, Session } from '@syncline/engine';
import { placeOf, type Place } from '../live/names.ts';
import type { UserStatus } from '../live/status.ts';
import { directoryOf, type Entry, type Standing } from './directory.ts';
import { told, why, type PastRow, type Reasons } from './past.ts';
import { waitingItems } from './waiting.ts';

/** What a list of records can be narrowed to. */
export const recordStates = ['linked', 'held', 'conflict', 'private', 'one-way', 'only-orocrm', 'only-outlook', 'deleted'] as const satisfies readonly (Standing | 'held' | 'conflict')[];

/** One of them. */
export type RecordState = (typeof recordStates)[number];

/** A record in a list. */
export interface ListedRecord extends Pick<Entry, 'entity' | 'kind' | 'label' | 'detail' | 'links'> {
  readonly states: readonly RecordState[];
}

/** Which records are asked for, and which page of them. */
export interface RecordsPage {
  /** Words that all have to occur: in a name, subject, address, number or id. */
  readonly text?: string;
  readonly kind?: Kind;
  readonly state?: RecordState;
  readonly skip?: number;
  readonly limit?: number;
}

/** A page of records by name (50 unless said otherwise). What was deleted is in it only where that was asked for. */
export async function recordsOn(session: Session, status: UserStatus, { text = '', kind, state, skip = 0, limit = 50 }: RecordsPage): Promise<{ readonly total: number; readonly records: readonly ListedRecord[] }> {
  const held = new Set((await waitingItems(session, status)).map(({ entity }) => entity));
  const conflicts = await conflictsOf(session);
  const statesOf = ({ entity, standing }: Entry): readonly RecordState[] =>
    [...standing, ...(held.has(entity) ? (['held'] as const) : []), ...(conflicts.has(entity) ? (['conflict'] as const) : [])];
  const found = directoryOf(session).find(text, (entry) => (kind === undefined || entry.kind === kind) &&
    (state === undefined ? !entry.standing.includes('deleted') : statesOf(entry).includes(state)));
  const records = found.slice(skip, skip + limit).map((entry) => {
    const { entity, label, detail, links } = entry;
    return { entity, kind: entry.kind, label, detail, links, states: statesOf(entry) };
  });
  return { total: found.length, records };
}

/** A field side by side. */
export interface ComparedField {
  /** The unit, as the specification names it: `jobTitle`, `emails/ada@example.com`. */
  readonly unit: string;
  readonly agreed: Json;
  /** What each side holds; absent where the record is not there. */
  readonly orocrm?: Json;
  readonly outlook?: Json;
  readonly rule: string;
  /** Who wrote the agreed value, and when (UTC ms). */
  readonly from: { readonly side: Place; readonly at: number };
  readonly notes: readonly string[];
}

/** One record side by side, with everything that can be said of it. */
export interface ComparedRecord extends Pick<Reasons, 'entity' | 'kind' | 'label' | 'sentences' | 'holds'> {
  readonly links: { readonly [P in Place]?: string };
  readonly fields: readonly ComparedField[];
  /** Newest first, a hundred at most. */
  readonly history: readonly PastRow[];
}

/** The records a text names, each side by side; several where a number is an id on both sides. */
export async function compared(session: Session, record: string): Promise<readonly ComparedRecord[]> {
  return (await why(session, record)).map(({ entity, kind, label, sentences, holds, links: { left, right }, fields, history }) => ({
    entity, kind, label, sentences, holds,
    links: { ...(left !== undefined && { orocrm: left }), ...(right !== undefined && { outlook: right }) },
    fields: fields.map(({ unit, agreed, rule, differs, from, notes }) => ({
      unit, agreed, rule, notes, from: { side: placeOf[from.side === 'left' ? 'left' : 'right'], at: from.at },
      ...(left !== undefined && { orocrm: differs.left === undefined ? agreed : differs.left }),
      ...(right !== undefined && { outlook: differs.right === undefined ? agreed : differs.right }),
    })),
    history: history.slice(0, 100).map((row) => told(session, row)),
  }));
}

/** Records that lost a value to the conflict setting, as long as history has it (C7 to C9, C14s). Looks at rows that came since the last time. */
async function conflictsOf({ replica, store }: Session): Promise<ReadonlySet<EntityId>> {
  const known = met.get(replica) ?? { entities: new Set<EntityId>(), upTo: '' };
  met.set(replica, known);
  // Rows of a run that goes on may come before the last one seen of it.
  for await (const [key, value] of store.entries('history', known.upTo === '' ? {} : { from: known.upTo })) {
    const { op, rule, entity, run } = value as unknown as HistoryRow;
    if (op === 'told' && rule.startsWith('C')) known.entities.add(entity);
    if (key > known.upTo) known.upTo = `${run}/`;
  }
  return known.entities;
}

const met = new WeakMap<Session['replica'], { readonly entities: Set<EntityId>; upTo: string }>();
