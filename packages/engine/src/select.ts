import { isPurge, mayCreate, mayWrite, planRecord, withoutPurged, type Action, type BaseRecord, type EntityId } from '@syncline/core';
import type { SideName } from './bind.ts';
import { guard } from './guard.ts';
import type { Line, Note } from './report.ts';
import type { Session } from './session.ts';

/** What a cycle will write, and what waits for a person instead. */
export interface Selected {
  readonly actions: readonly Action[];
  readonly held: readonly Note[];
  /** What the guards took out: it waits for this cycle as a whole, whatever else is written in it. */
  readonly stopped: readonly Action[];
  /** Something is put off to the next cycle: this one is not the last. */
  readonly isPutOff: boolean;
}

/**
 * Reads the plan off the records that are not settled: what the direction allows (A13, B11), without the deletions and
 * overwrites that are too many to be believed (D2, D11). `isFirst`: an approved first pass may overwrite. `approved` are
 * the names of what a person has looked at and allowed.
 */
export function selectActions(session: Session, run: string, isFirst: boolean, approved: readonly string[] = []): Selected {
  const allowed: Action[] = [];
  let isPutOff = false;
  for (const entity of session.index.pending) {
    const record = session.replica.get(entity);
    if (record === undefined || !session.settings.kinds.includes(record.kind)) continue;
    for (const action of plannedFor(session, entity, record)) {
      if (waitsForMove(session, run, action, record)) isPutOff = true;
      else allowed.push(action);
    }
  }
  return { ...guard(session, allowed, isFirst, approved), isPutOff };
}

/** What is planned for a record and allowed by the direction, before guards and approvals. */
export function plannedFor(session: Session, entity: EntityId, record: BaseRecord): readonly Action[] {
  return planRecord(entity, record).flatMap((one) => allow(session, one));
}

/**
 * Rule K14: a To Do task that was moved to another list is one that was deleted and another one that is new, and the mark
 * may not have travelled. So a task that vanished is created again one cycle later, when the moved one has had time to show. One that a
 * person wants back (D6, S14b), or that was purged (A4, C4), was not moved.
 */
function waitsForMove(session: Session, run: string, action: Action, record: BaseRecord): boolean {
  if (action.type !== 'create' || action.kind !== 'task' || ['D6', 'A4', 'C4', 'S14b'].includes(action.rule) || (record.former[action.side]?.length ?? 0) === 0) return false;
  const since = session.vanished.get(action.entity);
  if (since === undefined) session.vanished.set(action.entity, run);
  return since === undefined || since === run;
}

/** A write the direction forbids is not done; a person's own value and what ends a record are not values that flow. */
function allow(session: Session, action: Action): readonly Action[] {
  const free = mayWrite(session.settings.policy.direction, action.side);
  if (free || action.type === 'delete' || action.type === 'mark') return [action];
  if (action.type === 'create') return mayCreate(session.settings.policy.direction, action.side, action.rule) ? [action] : [];
  const fields = action.fields.filter((field) => action.rules[field] === 'B11' || action.rules[field] === 'A13');
  return fields.length === 0 ? [] : [{ ...action, fields }];
}

/** A plan as lines, with what follows from a line in the same cycle (R2). */
export function linesOf(session: Session, actions: readonly Action[]): readonly Line[] {
  return actions.flatMap((action) => [describe(action), ...following(session, action)]);
}

/** A mark names an id that is not there before its record is created in OroCRM, and what was purged is made again when it is gone (A4). */
function following(session: Session, action: Action): readonly Line[] {
  const { entity, type, side } = action;
  const record = session.replica.get(entity);
  if (record === undefined) return [];
  if (type === 'create' && side === 'left' && record.links['right'] !== undefined && record.gone['right'] === undefined) {
    return [{ ...describe(action), side: 'right', op: 'mark', rules: ['K2'], fields: [] }];
  }
  if (type !== 'delete' || !isPurge(action.rule) || record.state !== 'live' || record.links['left'] === undefined || record.gone['left'] !== undefined) return [];
  const rule = session.settings.policy.direction === 'both-ways' ? 'C4' : 'A4';
  const again = plannedFor(session, entity, { ...withoutPurged(record, 'right'), todo: { right: { op: 'create', rule } } });
  return again.filter((one) => one.type === 'create').map(describe);
}

/** An action as a line of a plan or report. */
export function describe(action: Action): Line {
  const { entity, kind, side, type } = action;
  const where = { entity, kind, side: side as SideName, op: type };
  switch (action.type) {
    case 'create':
      return { ...where, rules: [action.rule], fields: Object.keys(action.view) };
    case 'update':
      return { ...where, rules: [...new Set(action.fields.map((field) => action.rules[field] ?? ''))], fields: action.fields };
    case 'delete':
      return { ...where, rules: [action.rule], fields: [] };
    case 'mark':
      return { ...where, rules: [action.mark === '' ? 'K12' : 'K2'], fields: [] };
  }
}
