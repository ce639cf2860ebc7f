import {
  deletionOf, fieldsOfUnit, isChoice, mayAnswer, questionOf,
  type Action, type Answer, type BaseRecord, type EntityId, type UnitId,
} from '@syncline/core';
import type { SideName } from './bind.ts';
import { differencesOf } from './differences.ts';
import { guard } from './guard.ts';
import { notifying } from './meetings.ts';
import { nativeKey, readNative } from './native.ts';
import { plannedFor } from './select.ts';
import type { Session } from './session.ts';

/** What a person answers: about a record that waits as a whole, or about a field whose value it is to be. */
export type Choice = Answer | SideName;

/** Something about a record that waits. */
export interface Hold {
  readonly rule: string;
  /** The unit that waits, as the specification names it; absent: the whole record. */
  readonly field?: string;
  /** Why, in words. Where nothing can be chosen it says what ends it. */
  readonly reason: string;
  /** What `decide` takes. */
  readonly choices: readonly Choice[];
  /** The name under which what waits can be approved instead, alone (D7) or with all that waits for the same reason (D2, D11, S14b). */
  readonly approval?: string;
}

/** What holds depend on beyond the record itself: the plan as a whole. Looked at once for many records. */
export interface Whole {
  readonly guarded: ReturnType<typeof guard>;
  /** The name of the list of differences (S14b). */
  readonly list: string | undefined;
}

/** The plan as it stands. */
export function wholePlan(session: Session): Whole {
  return { guarded: guard(session, allPlanned(session), false, []), list: session.index.listed.size === 0 ? undefined : differencesOf(session)?.approval };
}

/** Everything about a record that waits for a person or for its cause to vanish; nothing when it does not wait. */
export async function holdsOf(session: Session, entity: EntityId, record: BaseRecord, whole = wholePlan(session)): Promise<readonly Hold[]> {
  const holds = [...wholeHolds(session, record), ...goneHolds(session, record), ...(await fieldHolds(session, record)), ...(await plannedHolds(session, entity, record, whole))];
  const list = session.index.listed.has(entity) ? whole.list : undefined;
  return list === undefined ? holds : holds.map((hold) => (hold.rule === 'S14b' ? { ...hold, approval: list } : hold));
}

/** Whether {@link holdsOf} can find anything about a record, by the record alone: what says no need not be asked. */
export function mayWait(session: Session, entity: EntityId, record: BaseRecord): boolean {
  return session.index.pending.has(entity) || Object.keys(record.todo).length > 0 || Object.keys(record.gone).length > 0 || record.state === 'tombstone' ||
    Object.values(record.units).some(({ frozen, blocked }) => frozen !== undefined || blocked !== undefined);
}

const answers: readonly Answer[] = ['keep', 'delete'];
const sides: readonly SideName[] = ['left', 'right'];

function wholeHolds(session: Session, record: BaseRecord): readonly Hold[] {
  const { policy } = session.settings;
  const question = questionOf(record, policy);
  if (question !== undefined) {
    const { rule, missing } = question;
    const blocked = record.todo[missing]?.blocked;
    const where = session.sides[missing === 'left' ? 'left' : 'right'].name;
    const reason = blocked ?? `it was deleted in ${where}, at a time when the other side was not to follow: keep it as a new record there, or delete it here too?`;
    return [{ rule, reason, choices: answers.filter((answer) => mayAnswer(question, answer, policy)) }];
  }
  return sides.flatMap((side): readonly Hold[] => {
    const todo = record.todo[side];
    if (todo?.blocked === undefined) return [];
    const deletion = todo.op === 'delete' ? deletionOf(record) : undefined;
    const choices: readonly Choice[] = deletion !== undefined && mayAnswer(deletion, 'keep', policy) ? ['keep'] : [];
    // Whatever it would have been created for, the service refused it: so the report says it, too.
    const rule = todo.op === 'create' && wayOut[todo.rule] === undefined ? 'M7' : todo.rule;
    return [{ rule, reason: `${withoutStop(todo.blocked)}; ${wayOut[todo.rule] ?? 'it is tried again when the record changes'}`, choices }];
  });
}

/** A service's sentence, as a part of one of ours. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.+$/, '');
}

/** What ends a hold that nobody can decide here. */
const wayOut: { readonly [rule: string]: string } = {
  S17: 'only what its owner does to it there ends that: take the privacy, or the excluded category, off the item',
  D12: 'series are not synced yet, so there is nothing to decide: single events in its place are synced',
};

function goneHolds(session: Session, record: BaseRecord): readonly Hold[] {
  return sides.flatMap((side): readonly Hold[] => {
    const { name } = session.sides[side];
    const gone = record.gone[side];
    if (gone === 'hidden') return [{ rule: 'D4', reason: `the record may not be read in ${name} any more: it goes on when it may be read again`, choices: [] }];
    if (gone === 'outside') return [{ rule: 'D5', reason: `the item left the folder or time window that is synced in ${name}: it goes on when it is back`, choices: [] }];
    return [];
  });
}

async function fieldHolds(session: Session, record: BaseRecord): Promise<readonly Hold[]> {
  if (Object.values(record.units).every(({ frozen, blocked }) => frozen === undefined && blocked === undefined)) return [];
  const readOnly = await readOnlyOn(session, record);
  return Object.entries(record.units).flatMap(([field, unit]): readonly Hold[] => {
    if (unit.frozen !== undefined) return [{ rule: 'R7', field, reason: unit.frozen, choices: sides }];
    const refusing = sides.filter((side) => unit.blocked?.[side] !== undefined);
    const [first] = refusing;
    const reason = first === undefined ? undefined : unit.blocked?.[first];
    if (reason === undefined) return [];
    const rule = refusing.length > 1 ? 'S14b' : refusing.some((side) => readOnly[side] === reason) ? 'D13' : /\((D\d+)\)$/.exec(reason)?.[1] ?? 'M2';
    // What a side refused once it would refuse again: its own value is the one both can hold.
    return [{ rule, field, reason, choices: isChoice(record, field) ? refusing : [] }];
  });
}

async function readOnlyOn(session: Session, record: BaseRecord): Promise<{ readonly [S in SideName]?: string | undefined }> {
  const [left, right] = await session.store.getMany('native', sides.map((side) => nativeKey(side, record.kind, record.links[side]?.id ?? '')));
  return { left: readNative(left)?.traits?.readOnly, right: readNative(right)?.traits?.readOnly };
}

/** Writes that are planned and wait for approval: one by one because people would be told (D7), or with many others (D2, D11). */
async function plannedHolds(session: Session, entity: EntityId, record: BaseRecord, { guarded: { actions, held } }: Whole): Promise<readonly Hold[]> {
  const planned = plannedFor(session, entity, record);
  const deletion = deletionOf(record);
  const whole: readonly Choice[] = deletion !== undefined && mayAnswer(deletion, 'keep', session.settings.policy) ? ['keep'] : [];
  const meetings = session.settings.policy.meetings === 'write' ? [] : await notifying(session, planned);
  const alone = meetings.flatMap(({ action, recipients, approval }): readonly Hold[] => {
    const reason = `${recipients} people would be notified`;
    if (action.type !== 'update') return [{ rule: 'D7', reason, choices: whole, approval }];
    return unitsOf(record, action).map((field) => ({ rule: 'D7', field, reason, choices: isChoice(record, field) ? [action.side === 'left' ? 'left' : 'right'] : [], approval }));
  });
  const together = planned.flatMap((action): readonly Hold[] => {
    const note = held.find(({ approval, rule, kind, side }) => approval !== undefined && kind === action.kind && side === action.side && (action.type === 'delete' ? ['D1', 'D2'] : ['D11']).includes(rule));
    const isAllowed = actions.some((one) => one.entity === entity && one.side === action.side && one.type === action.type);
    if (note?.approval === undefined || isAllowed) return [];
    return [{ rule: note.rule, reason: note.message, choices: action.type === 'delete' ? whole : [], approval: note.approval }];
  });
  return [...alone, ...together];
}

function allPlanned(session: Session): readonly Action[] {
  return [...session.index.pending].flatMap((entity) => {
    const record = session.replica.get(entity);
    return record === undefined ? [] : plannedFor(session, entity, record);
  });
}

function unitsOf(record: BaseRecord, action: Extract<Action, { type: 'update' }>): readonly UnitId[] {
  return Object.keys(action.numbers).filter((unit) => fieldsOfUnit(record.kind, unit).some((field) => action.fields.includes(field)));
}
