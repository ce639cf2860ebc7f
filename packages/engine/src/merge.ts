import type { Json } from '@syncline/connector';
import { mergeRecord, sameJson, type BaseRecord, type Claim, type EntityId, type MergedRecord, type Policy } from '@syncline/core';
import type { SideName } from './bind.ts';
import { toldPuts } from './history.ts';
import { byUnit, intentDel, type Intent } from './intent.ts';
import type { Reporting } from './report.ts';
import type { Commit } from './commit.ts';
import { nativeKey } from './native.ts';
import type { Session } from './session.ts';

/** How many records are merged in one durable step. */
const chunk = 500;

/**
 * Merges every record that has claims, and writes the verdicts with the history they make: final from here on.
 * Records that cannot be seen keep their claims (D4, D5). `looked` are open writes whose record was read again, `found`
 * records whose creation was found late: what was decided about them meanwhile is carried out on what was found (history 25).
 */
export async function mergeClaims(session: Session, report: Reporting, looked: readonly Intent[] = [], found: readonly EntityId[] = []): Promise<void> {
  const entities = [...new Set([...session.replica.claimed(), ...found])];
  await mergeAll(session, report, entities, looked);
  // What was read again and showed nothing new was not done: it is owed still, and planned again.
  const rest = looked.filter((intent) => !entities.includes(intent.entity));
  if (rest.length > 0) await session.commit({ del: rest.map(intentDel) });
}

/**
 * A change of direction, precedence or switch governs from the next cycle on, and changes nothing by itself (S14): what
 * earlier verdicts still owe in a direction that is now closed is given up (history 28), and where it is the direction that changed, `list`
 * lists what the sides differ in (S14b).
 */
export async function mergeUnderNewPolicy(session: Session, report: Reporting, list: () => Promise<void>): Promise<void> {
  const policy: Json = { ...session.settings.policy };
  const before = await session.store.get('state', 'policy');
  if (before !== undefined && sameJson(before, policy)) return;
  if (before !== undefined) {
    const open = [...session.replica.records()].filter(([entity, record]) => session.index.pending.has(entity) || record.state === 'tombstone' || Object.keys(record.todo).length > 0);
    await mergeAll(session, report, open.map(([entity]) => entity), []);
    if ((before as Partial<Policy>).direction !== session.settings.policy.direction) await list();
  }
  await session.commit({ put: [{ space: 'state', key: 'policy', value: policy }] });
}

async function mergeAll(session: Session, report: Reporting, entities: readonly EntityId[], looked: readonly Intent[]): Promise<void> {
  for (let start = 0; start < entities.length; start += chunk) {
    const step = emptyStep();
    for (const entity of entities.slice(start, start + chunk)) mergeOne(session, report, looked, entity, step);
    await session.commit(step);
  }
}

type MergeStep = ReturnType<typeof emptyStep>;

function emptyStep() {
  return {
    base: new Map<EntityId, BaseRecord>(),
    forget: [] as EntityId[],
    fold: [] as [EntityId, Claim][],
    put: [] as NonNullable<Commit['put']>[number][],
    del: [] as NonNullable<Commit['del']>[number][],
  };
}

function mergeOne(session: Session, report: Reporting, looked: readonly Intent[], entity: EntityId, step: MergeStep): void {
  const claims = session.replica.claimsOf(entity);
  const before = session.replica.get(entity);
  if (before === undefined) {
    step.fold.push(...claims.map((claim): [EntityId, Claim] => [entity, claim]));
    return;
  }
  const intents = looked.filter((intent) => intent.entity === entity);
  const merged = mergeRecord(before, claims, byUnit(intents), session.settings.policy);
  tellOf(report, entity, before, merged);
  if (merged.rule === 'B9' && before.state === 'live') session.writes.leftBehind(entity);
  step.del.push(...intents.map(intentDel));
  if (merged.kept) {
    step.base.set(entity, merged.record);
    return;
  }
  step.fold.push(...claims.map((claim): [EntityId, Claim] => [entity, claim]));
  step.put.push(...toldPuts(report.run, session.env.now(), entity, before.kind, merged.told));
  if (wasNeverLinked(merged.record)) {
    step.forget.push(entity);
    for (const [side, link] of Object.entries(merged.record.links)) {
      step.del.push({ space: 'native', key: nativeKey(side as SideName, before.kind, link.id) });
    }
  } else {
    step.base.set(entity, merged.record);
  }
}

/** Deleted where it was, and never anywhere else: nothing can come back to it. */
function wasNeverLinked(record: BaseRecord): boolean {
  return record.state === 'tombstone' && Object.keys(record.links).length < 2 && Object.keys(record.former).length === 0;
}

/** Says in the report what a merge came to. */
export function tellOf(report: Reporting, entity: EntityId, before: BaseRecord, merged: MergedRecord): void {
  const { kind } = before;
  for (const told of merged.told) {
    const side: SideName = told.side === 'left' ? 'left' : 'right';
    const where = { entity, kind, side, field: told.unit };
    if (told.outcome === 'lost') report.note({ ...where, what: 'conflict', rule: told.rule, message: 'both sides changed it; the other side won by the conflict setting' });
    else if (told.outcome === 'deleted') report.note({ ...where, what: 'conflict', rule: told.rule, message: 'edited after the record was deleted on the other side' });
    else if (told.outcome === 'left') report.note({ ...where, what: 'held', rule: told.rule, message: 'not synced in this direction' });
    else if (told.outcome === 'reverted') report.note({ ...where, what: 'held', rule: told.rule, message: 'reverted by direction' });
    else if (told.outcome === 'listed') report.note({ ...where, what: 'held', rule: told.rule, message: 'differs on both sides since the hub was restored' });
  }
  if (merged.decision === 'freeze') report.note({ entity, kind, side: merged.rule === 'D4' ? 'left' : 'right', what: 'held', rule: merged.rule, message: merged.rule === 'D4' ? 'the OroCRM record may not be read any more' : 'the Outlook item left the synced folder or window' });
  if (merged.decision === 'create-left') report.note({ entity, kind, side: 'left', what: 'alert', rule: merged.rule, message: 'deleted in OroCRM, edited in Outlook: it is created in OroCRM again' });
  if (merged.rule === 'A12') report.note({ entity, kind, side: 'right', what: 'held', rule: 'A12', message: 'its OroCRM record was deleted: keep it as a new record, or delete it?' });
}
