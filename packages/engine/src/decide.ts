import {
  answered, baseUnit, deletionOf, fieldsOf, fieldsOfUnit, heldBy, isChoice, mayAnswer, questionOf, releaseUnit,
  type Answer, type BaseRecord, type Claim, type EntityId, type UnitId,
} from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';
import { historyPut, runName, type HistoryRow } from './history.ts';
import { holdsOf, type Choice } from './holds.ts';
import { mergeClaims } from './merge.ts';
import { startReport } from './report.ts';
import type { Session } from './session.ts';

/** What a decision came to. The writes it leads to are the next cycle's. */
export interface Decided {
  /** The rule under which it waited. */
  readonly rule: string;
  readonly field?: string;
  /** What happens now, in words. */
  readonly sentence: string;
}

/** The writer of what a person decides: typed, and meant for whatever side the direction lets it reach. */
const personWriter = 'person';

/**
 * Decides about one record that waits: as a whole (A12, B3s, S14b, a deletion that waits for approval), or the value of one field
 * (R7, what a side refused, or what just differs). A text says, in words, why the choice does not fit; then nothing has changed.
 */
export async function decide(session: Session, entity: EntityId, choice: Choice, field?: string): Promise<Decided | string> {
  const record = session.replica.get(entity);
  if (record === undefined) return 'there is no such record';
  return choice === 'keep' || choice === 'delete' ? decideWhole(session, entity, record, choice) : decideField(session, entity, record, choice, field);
}

async function decideWhole(session: Session, entity: EntityId, record: BaseRecord, answer: Answer): Promise<Decided | string> {
  const { policy } = session.settings;
  const question = questionOf(record, policy) ?? (answer === 'keep' ? deletionOf(record) : undefined);
  if (question === undefined) return whyNot(session, entity, record);
  const [there, missing] = question.there === 'left' ? (['left', 'right'] as const) : (['right', 'left'] as const);
  if (!mayAnswer(question, answer, policy)) return `in this direction nothing is ${answer === 'keep' ? `created in ${session.sides[missing].name}` : `deleted in ${session.sides[there].name}`}`;
  const { rule } = question;
  const row = rowOf(session, entity, record, { side: there, rule, choice: answer });
  await session.commit({ base: [[entity, answered(record, question, answer)]], put: [historyPut(row, 'decide')] });
  const sentence = answer === 'keep'
    ? `It is kept: the next sync makes it in ${session.sides[missing].name} as a new record.`
    : `The next sync deletes it in ${session.sides[there].name}; a complete copy is kept for ${session.settings.historyDays ?? 30} days.`;
  return { rule, sentence };
}

async function decideField(session: Session, entity: EntityId, record: BaseRecord, side: SideName, field: string | undefined): Promise<Decided | string> {
  const holds = (await holdsOf(session, entity, record)).filter(({ choices }) => choices.includes(side));
  const waiting = holds.flatMap((hold) => hold.field ?? []);
  const [only, second] = waiting;
  const name = field === undefined ? (second === undefined ? only : undefined) : unitNamed(record, field);
  if (name === undefined) {
    if (field !== undefined) return `it has no field "${field}"`;
    return second === undefined ? whyNot(session, entity, record) : `several fields wait: name one of ${waiting.join(', ')}`;
  }
  const unit = baseUnit(record, name);
  if (unit.frozen === undefined && !isChoice(record, name)) return `${name} is not a matter of choice: both sides hold the same, or one of them cannot hold more`;
  // What differs and does not wait is a difference that a direction left (A9, B7).
  const rule = holds.find((hold) => hold.field === name)?.rule ?? 'S14b';
  await take(session, entity, record, name, side, rule);
  const value = heldBy(unit, side).value;
  const sentence = `${name} is ${value === undefined ? 'empty' : JSON.stringify(value)} as in ${session.sides[side].name}; what the direction lets flow of that is written by the next sync.`;
  return { rule, field: name, sentence };
}

/** The chosen value, typed by a person who has seen everything up to now. It is typed where it is not yet: typing what is there already says nothing. */
async function take(session: Session, entity: EntityId, record: BaseRecord, unit: UnitId, side: SideName, rule: string): Promise<void> {
  const now = session.env.now();
  const number = session.nextNumber();
  const other = otherSide[side];
  const [value, replaced] = [heldBy(baseUnit(record, unit), side).value, heldBy(baseUnit(record, unit), other).value];
  const claim: Claim = { number, unit, side: other, writer: personWriter, saw: number - 1, at: now, ...(value !== undefined && { value }) };
  const row: HistoryRow = {
    ...rowOf(session, entity, record, { side: other, rule, choice: side }),
    before: replaced === undefined ? {} : { [unit]: replaced }, after: value === undefined ? {} : { [unit]: value },
  };
  session.writes.decided(entity, unit);
  await session.commit({ base: [[entity, releaseUnit(record, unit)]], claim: [[entity, claim]], put: [historyPut(row, `decide/${unit}`)] });
  await mergeClaims(session, startReport(row.run, 'decide', now));
}

function rowOf(session: Session, entity: EntityId, { kind }: BaseRecord, { side, rule, choice }: Required<Pick<HistoryRow, 'side' | 'rule' | 'choice'>>): HistoryRow {
  const at = session.env.now();
  return { at, run: runName(at, session.store.latest()), entity, kind, side, op: 'decide', rule, choice };
}

function unitNamed(record: BaseRecord, field: string): UnitId | undefined {
  if (record.units[field] !== undefined) return field;
  const unit = fieldsOf(record.kind)[field]?.unit;
  return unit !== undefined && fieldsOfUnit(record.kind, unit).includes(field) && record.units[unit] !== undefined ? unit : undefined;
}

/** Why a choice does not fit: what else waits, or that nothing does. */
async function whyNot(session: Session, entity: EntityId, record: BaseRecord): Promise<string> {
  const holds = await holdsOf(session, entity, record);
  if (holds.length === 0) return 'nothing about it waits for a person';
  return holds.map(({ rule, field, reason, choices, approval }) => {
    const words = choices.map((choice) => (choice === 'left' || choice === 'right' ? `the value in ${session.sides[choice].name}` : choice));
    const fits = [...words, ...(approval === undefined ? [] : [`approve ${approval}`])];
    return `${field === undefined ? '' : `${field}: `}${reason} (${rule})${fits.length === 0 ? '' : `; what fits: ${fits.join(', or ')}`}`;
  }).join('. ');
}
