import type { Json } from '../json.ts';
import { sameUnit, type UnitId } from '../model/units.ts';
import { mayWrite, type Policy } from '../policy/policy.ts';
import { baseUnit, heldBy, holding, without, type BaseRecord, type BaseUnit, type Link } from './base.ts';
import { createAgain } from './carry-out.ts';
import type { Claim, Side } from './claim.ts';
import { isListedTodo, isListedUnit, leftByDirection, unlisted } from './listed.ts';
import { fillMembers } from './members.ts';
import { mergeRecord, type MergedRecord } from './merge-record.ts';
import { questionOf } from './person.ts';

const sides = ['left', 'right'] as const;

/**
 * The record with everything on the list that the direction would now let flow, and nobody has asked for (S14b): units in which the sides
 * differ, and the record itself where it is on one side only. What was listed before and would not flow any more is off it. Writes nothing
 * and deletes nothing. `upTo`: a record that began at a later number is new, and is an ordinary one.
 */
export function listDifferences(record: BaseRecord, policy: Policy, upTo: number): BaseRecord {
  const free = unlisted(record);
  const missing = missingOn(free, policy);
  if (missing !== undefined && free.from.number <= upTo) {
    return { ...free, todo: { ...free.todo, [missing]: { op: 'create', rule: 'S14b', blocked: leftByDirection } } };
  }
  if (!isOnBoth(free)) return free;
  const blocked = { left: leftByDirection, right: leftByDirection };
  const listed = Object.keys(free.units).filter((name) => flowOf(free, name, policy) !== undefined);
  return listed.length === 0 ? free : { ...free, units: { ...free.units, ...Object.fromEntries(listed.map((name) => [name, { ...baseUnit(free, name), blocked }])) } };
}

/**
 * What becomes of a record when a person approves what is listed of it: each side's own value is an edit made there after the last
 * agreement, and direction and conflict setting decide as always; a verdict that was given up is owed again; a record on one side only is
 * made on the other. `number` is the place in the log the decision gets, `now` (UTC ms) its time where a service told none.
 */
export function decideDifferences(record: BaseRecord, policy: Policy, number: number, now: number): MergedRecord {
  const missing = sides.find((side) => isListedTodo(record.todo[side]));
  const free = unlisted(record);
  if (missing !== undefined) {
    const again: BaseRecord = free.state === 'live' ? { ...free, todo: { ...free.todo, [missing]: { op: 'create', rule: 'S14b' } } } : createAgain(free, missing, 'S14b');
    return { record: again, told: [], decision: 'nothing', rule: 'S14b', conflict: false, kept: false };
  }
  const flows = Object.keys(record.units).filter((name) => isListedUnit(baseUnit(record, name))).map((name) => [name, flowOf(free, name, policy)] as const);
  const units: Record<UnitId, BaseUnit> = { ...free.units };
  const claims: Claim[] = [];
  for (const [name, flow] of flows) {
    if (flow === undefined) continue;
    const unit = baseUnit(free, name);
    units[name] = flow.edits.reduce<BaseUnit>((next, { side }) => ({ ...next, held: without(next.held, side) }), { ...unit, owed: { ...unit.owed, ...flow.owed } });
    for (const { side, value, link: { id, version, at } } of flow.edits) {
      claims.push({ number, unit: name, side, writer: side, saw: unit.from.number, at: at === 0 ? now : at, native: { id, version }, ...(value !== undefined && { value }) });
    }
  }
  const merged = mergeRecord({ ...free, units }, claims, {}, policy);
  return { ...merged, record: flows.reduce((next, [name, flow]) => (flow === undefined ? next : withFilled(next, free, name, flow, policy)), merged.record) };
}

/** What would flow of a unit. */
interface Flow {
  /** Values that count as an edit of their side. */
  readonly edits: readonly { readonly side: Side; readonly link: Link; readonly value?: Json }[];
  /** Where there is no edit: sides that never got what was agreed. */
  readonly owed: BaseUnit['owed'];
}

/**
 * What the policy would let flow of a unit in which the sides differ and nothing is under way. A side that had seen what was agreed and
 * holds something else has edited it; one that had not was never given it, since a direction forbade that (history 28). Nothing, where it
 * was never anything else, is no edit and erases nothing (G8).
 */
function flowOf(record: BaseRecord, name: UnitId, policy: Policy): Flow | undefined {
  const unit = baseUnit(record, name);
  const same = (a: Json | undefined, b: Json | undefined): boolean => sameUnit(record.kind, name, a, b);
  const { left: leftLink, right: rightLink } = record.links;
  if (leftLink === undefined || rightLink === undefined || isBusy(unit) || same(heldBy(unit, 'left').value, heldBy(unit, 'right').value)) return undefined;
  const wasNeverSet = unit.agreed === undefined && unit.from.number <= record.from.number;
  const on = (side: Side, link: Link) => {
    const { value: held, saw } = heldBy(unit, side);
    const value = same(held, unit.agreed) ? unit.agreed : filled(record, name, side, policy);
    return { side, link, ...(value !== undefined && { value }), isBehind: !same(held, unit.agreed), isOther: !same(value, unit.agreed), hasSeen: saw >= unit.from.number };
  };
  const [left, right] = [on('left', leftLink), on('right', rightLink)];
  if (policy.direction !== 'both-ways') {
    const [source, target] = policy.direction === 'left-to-right' ? [left, right] : [right, left];
    if (source.isOther) return source.value === undefined && !source.hasSeen ? undefined : { edits: [source], owed: {} };
    // The target's own edit stays there (A9); what it never got is owed to it.
    return target.hasSeen || wasNeverSet || source.isBehind ? undefined : { edits: [], owed: { [target.side]: policy.direction === 'left-to-right' ? 'A8' : 'B8' } };
  }
  const edits = [left, right].filter(({ isOther, hasSeen }) => isOther && (hasSeen || wasNeverSet));
  if (edits.length > 0) return { edits, owed: {} };
  const rule = unit.from.side === 'left' ? 'C5' : 'C6';
  return { edits: [], owed: Object.fromEntries([left, right].filter(({ isBehind }) => isBehind).map(({ side }) => [side, rule])) };
}

/** What a side holds, with what it lacks of a name from the other one (G8). */
function filled(record: BaseRecord, name: UnitId, side: Side, { emptyOverwrites }: Policy): Json | undefined {
  const unit = baseUnit(record, name);
  const { value } = heldBy(unit, side);
  if (value === undefined || emptyOverwrites) return value;
  return fillMembers(record.kind, name, value, heldBy(unit, side === 'left' ? 'right' : 'left').value);
}

/** A side whose value was filled for the verdict does not show that yet. */
function withFilled(record: BaseRecord, before: BaseRecord, name: UnitId, { edits }: Flow, policy: Policy): BaseRecord {
  let unit = baseUnit(record, name);
  for (const { side } of edits) {
    const held = heldBy(baseUnit(before, name), side);
    const isFilled = !sameUnit(record.kind, name, held.value, filled(before, name, side, policy));
    if (!isFilled || sameUnit(record.kind, name, held.value, unit.agreed)) continue;
    unit = holding(unit, side, held.value, heldBy(unit, side).saw);
    if (mayWrite(policy.direction, side)) unit = { ...unit, owed: { ...unit.owed, [side]: 'G8' } };
  }
  return { ...record, units: { ...record.units, [name]: unit } };
}

/** Under way, waiting for something else, or as much as a side can hold. */
function isBusy({ owed, blocked, frozen, only, held }: BaseUnit): boolean {
  return Object.keys(owed).length > 0 || blocked !== undefined || frozen !== undefined || only !== undefined || Object.values(held).some(({ own }) => own === true);
}

function isOnBoth({ links, gone, state }: BaseRecord): boolean {
  return state === 'live' && sides.every((side) => links[side] !== undefined && gone[side] !== 'deleted');
}

/**
 * The side on which the direction would now have a record made that is there on the other one alone: never made because the direction
 * forbade it, or given up. What a person is asked about in another way (A12, B3s), or a switch answers, is not among them.
 */
function missingOn(record: BaseRecord, policy: Policy): Side | undefined {
  if (Object.values(record.todo).some(({ op, blocked }) => op !== 'unmark' || blocked !== undefined)) return undefined;
  if (record.links['left'] !== undefined && record.links['right'] !== undefined) return questionOf(record, policy)?.rule === 'S14b' ? 'right' : undefined;
  const there = sides.find((side) => record.links[side] !== undefined && record.gone[side] === undefined);
  if (there === undefined || (record.state === 'tombstone' && Object.keys(record.former).length === 0)) return undefined;
  const missing = there === 'left' ? 'right' : 'left';
  return mayWrite(policy.direction, missing) ? missing : undefined;
}
