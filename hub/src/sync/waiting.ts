import { baseUnit, heldBy, type BaseRecord, type EntityId, type Json, type Kind } from '@syncline/core';
import { decide, holdsOf, wholePlan, type Hold, type Session } from '@syncline/engine';
import { byPlace, type Place } from '../live/names.ts';
import type { UserStatus } from '../live/status.ts';
import { directoryOf } from './directory.ts';
import { choiceOf, type Unfit } from './one-record.ts';
import { chosenOf, type Chosen, type WaitingHold } from './past.ts';

/** One thing that waits, with whose it is. */
export interface WaitingItem extends WaitingHold {
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly label: string;
  /** Of a field: what each side holds; `null` is nothing. */
  readonly values?: { readonly [P in Place]: Json };
}

/** Things that wait for the same reason, and can be answered together. */
export interface WaitingGroup {
  readonly rule: string;
  readonly count: number;
  /** The answers that fit some of them, with how many each fits. */
  readonly choices: { readonly [C in Chosen]?: number };
  /** One name for all (D1, D2, D3, D11, S14b), or one for each (D7); a hundred at most. */
  readonly approvals: readonly string[];
  /** Of what is no record's: which side and kind it is about, and why it waits. */
  readonly side?: Place;
  readonly kind?: Kind;
  readonly reason?: string;
}

/** What waits for a person. */
export interface Waiting {
  /** The groups, those first about which something can be done. */
  readonly groups: readonly WaitingGroup[];
  /** How many items there are under the rule that was asked for, or under all. */
  readonly total: number;
  readonly items: readonly WaitingItem[];
}

/** Which part of it is asked for. */
export interface WaitingPage {
  readonly rule?: string;
  readonly skip?: number;
  readonly limit?: number;
}

/** Everything that waits, a page of the items (50 unless said otherwise). What people are only to know, and the first plan, are in the status. */
export async function waitingOn(session: Session, status: UserStatus, { rule, skip = 0, limit = 50 }: WaitingPage): Promise<Waiting> {
  const items = await waitingItems(session, status);
  const some = rule === undefined ? items : items.filter((item) => item.rule === rule);
  return { groups: [...doubts(status), ...groupsOf(items)].sort((a, b) => Number(canAnswer(b)) - Number(canAnswer(a))), total: some.length, items: some.slice(skip, skip + limit) };
}

/** What deciding about many came to. */
export interface DecidedMany {
  readonly rule: string;
  readonly decided: number;
  /** What could not be, and why. */
  readonly left: readonly { readonly label: string; readonly reason: string }[];
}

/** Decides about everything under one rule alike, if it is still as many as the person has seen. */
export async function decideAll(session: Session, status: UserStatus, { rule, choice, count }: { readonly rule: string; readonly choice: Chosen; readonly count: number }): Promise<DecidedMany | Unfit> {
  const items = (await waitingItems(session, status)).filter((item) => item.rule === rule && item.choices.includes(choice));
  if (items.length !== count) return { unfit: `By now ${items.length} of these wait, not ${count}: look at them again. Nothing was done.` };
  const left: { label: string; reason: string }[] = [];
  for (const { entity, label, field } of items) {
    const decided = await decide(session, entity, choiceOf[choice], field);
    if (typeof decided === 'string') left.push({ label, reason: decided });
  }
  return { rule, decided: items.length - left.length, left };
}

/** All of it; looked up again only after something was written, or a cycle ended. */
export async function waitingItems(session: Session, { last, waitsForGo }: UserStatus): Promise<readonly WaitingItem[]> {
  const at = `${session.store.latest()}/${last?.endedAt ?? 0}`;
  const known = remembered.get(session.replica);
  if (known?.at === at) return known.items;
  const whole = wholePlan(session);
  const items: WaitingItem[] = [];
  for (const { entity, label, kind, mayWait } of directoryOf(session).all()) {
    const record = mayWait ? session.replica.get(entity) : undefined;
    if (record === undefined) continue;
    for (const hold of await holdsOf(session, entity, record, whole)) {
      // Go is given to the first plan as a whole (S20).
      if (waitsForGo === null || hold.approval === undefined) items.push({ entity, kind, label, ...waitingHold(hold), ...valuesOf(record, hold) });
    }
  }
  items.sort((a, b) => order(a) - order(b) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
  remembered.set(session.replica, { at, items });
  return items;
}

const remembered = new WeakMap<Session['replica'], { readonly at: string; readonly items: readonly WaitingItem[] }>();

function waitingHold(hold: Hold): WaitingHold {
  // The name stands beside the reason.
  return { ...hold, reason: hold.reason.replace(/:? ?(waits for approval|unless approved)? ?under the name \w+$/, ''), choices: hold.choices.map(chosenOf) };
}

function valuesOf(record: BaseRecord, { field }: Hold): Pick<WaitingItem, 'values'> {
  if (field === undefined) return {};
  const unit = baseUnit(record, field);
  return { values: byPlace({ left: heldBy(unit, 'left').value ?? null, right: heldBy(unit, 'right').value ?? null }) };
}

function order({ choices, approval }: WaitingItem): number {
  return choices.length > 0 || approval !== undefined ? 0 : 1;
}

function groupsOf(items: readonly WaitingItem[]): readonly WaitingGroup[] {
  const groups = new Map<string, { rule: string; count: number; choices: { [C in Chosen]?: number }; approvals: Set<string> }>();
  for (const { rule, choices, approval } of items) {
    const group = groups.get(rule) ?? { rule, count: 0, choices: {}, approvals: new Set() };
    group.count += 1;
    for (const choice of choices) group.choices[choice] = (group.choices[choice] ?? 0) + 1;
    if (approval !== undefined) group.approvals.add(approval);
    groups.set(rule, group);
  }
  return [...groups.values()].map((group) => ({ ...group, approvals: [...group.approvals].slice(0, 100) }));
}

/** A side that shows nothing of a kind is no record's (D3). */
function doubts({ notes }: UserStatus): readonly WaitingGroup[] {
  return notes.flatMap(({ rule, side, kind, message, approval }) =>
    rule === 'D3' && approval !== undefined
      ? [{ rule, count: 1, choices: {}, approvals: [approval], ...(side && { side }), ...(kind && { kind }), reason: message.replace(/,? ?unless approved under the name \w+$/, '') }]
      : []);
}

function canAnswer({ choices, approvals }: WaitingGroup): boolean {
  return approvals.length > 0 || Object.keys(choices).length > 0;
}
