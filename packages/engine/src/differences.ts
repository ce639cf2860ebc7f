import {
  baseUnit, decideDifferences, fingerprint, isListedUnit, listDifferences, viewOf,
  type Action, type BaseRecord, type EntityId, type MergedRecord, type UnitId,
} from '@syncline/core';
import { titleFields } from './guard.ts';
import { toldPuts } from './history.ts';
import { tellOf } from './merge.ts';
import { shownBy } from './observe.ts';
import type { Line, Note, Reporting } from './report.ts';
import { linesOf, plannedFor } from './select.ts';
import type { Session } from './session.ts';

/** What the sides differ in since a time in one direction, and what would become of it (S14b). */
export interface Differences {
  /** Names exactly this plan: given back as an approval it is carried out, if it is still the same. */
  readonly approval: string;
  /** What an approval would write. */
  readonly lines: readonly Line[];
  /** The list in words, with count and samples. */
  readonly note: Note;
  /** The records as an approval would have them. */
  readonly decided: readonly (readonly [EntityId, MergedRecord])[];
}

/** How many records are listed or decided in one durable step. */
const chunk = 500;

/**
 * Makes the list anew when the direction has changed (S14b): what the new one would let flow, and nobody asked for. Sends nothing, and lets
 * nothing flow. `upTo`: the log's number before this cycle read anything; records that began later are ordinary ones.
 */
export async function listAnew(session: Session, upTo: number): Promise<void> {
  const { policy } = session.settings;
  const changed = [...session.replica.records()].flatMap(([entity, record]): [EntityId, BaseRecord][] => {
    const next = listDifferences(record, policy, upTo);
    return next === record ? [] : [[entity, next]];
  });
  for (let start = 0; start < changed.length; start += chunk) await session.commit({ base: changed.slice(start, start + chunk) });
}

/** The list as it stands; nothing when it is empty. Looks at the listed records only. */
export function differencesOf(session: Session): Differences | undefined {
  const { settings: { policy, kinds }, replica, index, env } = session;
  const number = session.nextNumber();
  const decided: [EntityId, MergedRecord][] = [];
  const lines: Line[] = [];
  const names: unknown[] = [];
  const samples: string[] = [];
  for (const entity of [...index.listed].sort()) {
    const record = replica.get(entity);
    // What cannot be seen on a side stays on the list until it can be (D4, D5).
    if (record === undefined || !kinds.includes(record.kind) || Object.values(record.gone).some((gone) => gone !== 'deleted')) continue;
    const merged = decideDifferences(record, policy, number, env.now());
    const before = new Set(plannedFor(session, entity, record).map(contentOf));
    const actions = plannedFor(session, entity, merged.record).filter((action) => !before.has(contentOf(action)));
    decided.push([entity, merged]);
    lines.push(...linesOf(session, actions));
    names.push([entity, actions.map(contentOf), unitsOf(record).map((unit) => [unit, baseUnit(record, unit).from.number])]);
    if (samples.length < 3) samples.push(sampleOf(entity, record));
  }
  if (decided.length === 0) return undefined;
  const approval = fingerprint(JSON.stringify(['S14b', policy.direction, ...names]));
  const more = decided.length > samples.length ? '; ...' : '';
  const message = `since the direction changed, ${decided.length === 1 ? '1 record differs' : `${decided.length} records differ`} between the sides (${samples.join('; ')}${more}): nothing of that flows unless approved under the name ${approval}`;
  return { approval, lines, decided, note: { what: 'held', rule: 'S14b', message, count: decided.length, approval } };
}

/**
 * The list in a cycle: told once under its name, also over restarts; carried out when that name is approved. In a preview nothing changes,
 * and the list is told each time. Answers the lines that wait, and whether some were approved: what they overwrite was seen by a person (D11).
 */
export async function settleDifferences(session: Session, report: Reporting, approved: readonly string[], isPreview: boolean): Promise<{ readonly lines: readonly Line[]; readonly isApproved: boolean }> {
  const found = differencesOf(session);
  const told = await session.store.get('state', toldKey);
  if (found === undefined) {
    if (told !== undefined && !isPreview) await session.commit({ del: [{ space: 'state', key: toldKey }] });
    return { lines: [], isApproved: false };
  }
  const { approval, note } = found;
  const isApproved = approved.includes(approval);
  if (isPreview) {
    if (!isApproved) report.note(note);
    return { lines: found.lines.map((line) => (isApproved ? line : { ...line, waits: approval })), isApproved };
  }
  if (isApproved) {
    await carryOut(session, report, found.decided);
    await session.commit({ del: [{ space: 'state', key: toldKey }] });
  } else if (told !== approval) {
    report.note(note);
    await session.commit({ put: [{ space: 'state', key: toldKey, value: approval }] });
  }
  return { lines: [], isApproved };
}

/** The name under which the list was told last. */
const toldKey = 'differences';

async function carryOut(session: Session, report: Reporting, decided: Differences['decided']): Promise<void> {
  for (let start = 0; start < decided.length; start += chunk) {
    const some = decided.slice(start, start + chunk);
    const put = some.flatMap(([entity, { record, told }]) => toldPuts(report.run, session.env.now(), entity, record.kind, told));
    for (const [entity, merged] of some) {
      const before = session.replica.get(entity);
      if (before !== undefined) tellOf(report, entity, before, merged);
    }
    await session.commit({ base: some.map(([entity, { record }]) => [entity, record] as const), put });
  }
}

/** What an action would do, without the number it would get: the same before and after other things reach the log. */
function contentOf(action: Action): string {
  const { type, entity, side } = action;
  if (type === 'update') return JSON.stringify([type, entity, side, action.fields.map((field) => [field, action.view[field] ?? null])]);
  return JSON.stringify([type, entity, side, ...(type === 'create' ? [action.view] : [])]);
}

function unitsOf(record: BaseRecord): readonly UnitId[] {
  return Object.keys(record.units).filter((unit) => isListedUnit(baseUnit(record, unit))).sort();
}

/** `Ada Byron: jobTitle, fax`, or `Ada Byron, on one side only`. */
function sampleOf(entity: EntityId, record: BaseRecord): string {
  const side = record.links['left'] !== undefined && record.gone['left'] === undefined ? 'left' : 'right';
  const view = viewOf(record.kind, shownBy(record, side, []));
  const name = titleFields[record.kind].map((field) => view[field]).filter((part) => typeof part === 'string').join(' ') || entity;
  const units = unitsOf(record);
  return units.length === 0 ? `${name}, on one side only` : `${name}: ${units.slice(0, 3).join(', ')}${units.length > 3 ? ', ...' : ''}`;
}
