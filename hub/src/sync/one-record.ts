import { decide, findRecords, lookAtRestore, restore, undo, type Choice, type Session, type SideName } from '@syncline/engine';
import type { EntityId, Kind } from '@syncline/core';
import { labelOf } from '../live/label.ts';
import { placeOf, type Place } from '../live/names.ts';
import { leftAlone, type Chosen, type UndonePast } from './past.ts';

/** Why nothing was done, as a whole sentence. */
export interface Unfit {
  readonly unfit: string;
}

/** Whether an answer says why nothing was done. */
export function isUnfit(answer: object): answer is Unfit {
  return 'unfit' in answer;
}

/** A record, as a person knows it and as the hub does. */
export interface Named {
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly label: string;
}

/** What was decided about a record (A12, B3s, R7, S14b). */
export interface DecidedRecord extends Named {
  readonly rule: string;
  readonly field?: string;
  /** What happens now. */
  readonly sentence: string;
}

/** What restoring a record does, or would do (D6). */
export interface RestoredRecord extends Named {
  /** Whether it was done; otherwise this is what a person says yes to. */
  readonly done: boolean;
  readonly sides: readonly Place[];
  /** UTC ms. */
  readonly deletedAt: number;
  readonly rule: string;
  readonly sentences: readonly string[];
}

/** Decides about a record that waits, named by any of its ids; the next cycle writes what comes of it. `undefined`: nobody has that id. */
export async function decideOn(session: Session, record: string, chosen: Chosen, field?: string): Promise<DecidedRecord | Unfit | undefined> {
  return onOne(session, record, async (named) => {
    const decided = await decide(session, named.entity, choiceOf[chosen], field);
    return typeof decided === 'string' ? unfit(named, decided) : { ...named, ...decided };
  });
}

/** Tells what restoring a record would do; `yes` does it, and the next cycle writes it. `undefined`: nobody has that id. */
export async function restoreOn(session: Session, record: string, yes: boolean): Promise<RestoredRecord | Unfit | undefined> {
  return onOne(session, record, async (named) => {
    const restoring = await (yes ? restore : lookAtRestore)(session, named.entity);
    if (typeof restoring === 'string') return unfit(named, restoring);
    const { sides, deletedAt, rule, sentences } = restoring;
    return { ...named, done: yes, sides: sides.map((side) => placeOf[side]), deletedAt, rule, sentences };
  });
}

/** Reverses what a run did to one record, or to one field of it (R10). `undefined`: nobody has that id. */
export async function undoOn(session: Session, run: string, record: string, field?: string): Promise<UndonePast | Unfit | undefined> {
  return onOne(session, record, async (named) => {
    const undone = await undo(session, run, { entity: named.entity, ...(field !== undefined && { field }) });
    if (undone.reversed === 0 && undone.left.length === 0) return unfit(named, `run ${run} wrote nothing of ${field === undefined ? 'it' : `its field "${field}"`}`);
    return leftAlone(session, undone);
  });
}

/** A choice as the engine takes it. */
export const choiceOf: { readonly [C in Chosen]: Choice } = { keep: 'keep', delete: 'delete', orocrm: 'left', outlook: 'right' } satisfies { readonly [C in Chosen]: 'keep' | 'delete' | SideName };

/** A number may be an id on both sides, and of several kinds: then the hub's own ids tell them apart. */
async function onOne<A>(session: Session, text: string, work: (named: Named) => Promise<A | Unfit>): Promise<A | Unfit | undefined> {
  const found = findRecords(session, text).flatMap((entity): readonly Named[] => {
    const record = session.replica.get(entity);
    return record === undefined ? [] : [{ entity, kind: record.kind, label: labelOf(record) }];
  });
  const [only, second] = found;
  if (only === undefined) return undefined;
  if (second === undefined) return work(only);
  return { unfit: `"${text}" is an id of several records: name one by its own, ${found.map(({ entity, kind, label }) => `${entity} (${kind} "${label}")`).join(' or ')}.` };
}

function unfit({ kind, label }: Named, why: string): Unfit {
  return { unfit: `${kind} "${label}": ${why.replace(/\.$/, '')}.` };
}
