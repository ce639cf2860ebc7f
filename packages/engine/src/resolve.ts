import { Failure, isPresent, type Json } from '@syncline/connector';
import {
  acknowledgeCreate, acknowledgeDelete, baseUnit, heldBy, readView, sameUnit, unitsOf, viewOf,
  type BaseRecord, type EntityId, type Link, type UnitId,
} from '@syncline/core';
import type { Commit } from './commit.ts';
import { deletionPuts, historyPut } from './history.ts';
import { intentDel, openIntents, type Intent } from './intent.ts';
import { record } from './observe.ts';
import type { Reporting } from './report.ts';
import { nativeKey } from './native.ts';
import type { Session } from './session.ts';
import { onSide } from './side-failure.ts';

/** What looking up found. */
export interface Resolved {
  /** Open writes whose records were read: the merge decides what their values mean. */
  readonly looked: readonly Intent[];
  /** Records whose creation was found to be done. */
  readonly found: readonly EntityId[];
}

/**
 * Looks up every write whose answer was lost, before anything is repeated (R4): a creation by mark, key or content, the
 * others by reading the record. Throws the connector's `Failure`: then nothing may be written, and the intents stay open.
 */
export async function resolveIntents(session: Session, report: Reporting): Promise<Resolved> {
  const looked: Intent[] = [];
  const found: EntityId[] = [];
  for (const intent of await openIntents(session)) {
    if (!session.settings.kinds.includes(intent.kind)) continue;
    await onSide(intent.side, async () => {
      if (intent.op === 'create') found.push(...(await resolveCreate(session, report, intent)));
      else if (await resolveById(session, report, intent)) looked.push(intent);
    });
  }
  return { looked, found };
}

async function resolveCreate(session: Session, report: Reporting, intent: Intent): Promise<readonly EntityId[]> {
  const { side, kind, entity, native = null, mark, key } = intent;
  const bound = session.sides[side].entities[kind];
  const create = { op: 'create' as const, key, record: native, ...(mark !== undefined && { mark }) };
  const found = await bound.find(create, intent.at);
  const made = found.find((one) => session.index.entityOf(side, kind, one.id) === undefined);
  const before = session.replica.get(entity);
  if (made === undefined || before === undefined || before.links[side] !== undefined) {
    await session.commit({ del: [intentDel(intent)] });
    return [];
  }
  // No version yet: the re-reading below is news by that alone, and brings the record as the service stored it.
  const link: Link = { id: made.id, version: '', at: made.at ?? 0, ...(made.mark !== undefined && { mark: made.mark.id }) };
  // The side held what was sent; what it shows differently by now is an edit, found by the next observation.
  const next = acknowledgeCreate(before, side, link, intent.units, intent.numbers);
  report.add(side, kind, 'created');
  await session.commit({
    base: [[entity, next]],
    del: [intentDel(intent)],
    put: [
      { space: 'native', key: nativeKey(side, kind, made.id), value: { record: native } },
      historyPut({ at: session.env.now(), run: report.run, entity, kind, side, op: 'create', rule: 'R4', id: made.id }, `${side}/create`),
    ],
  });
  await reread(session, intent, made.id);
  return [entity];
}

/** What the found item shows now, against what was sent. */
async function reread(session: Session, { side, kind }: Intent, id: string): Promise<void> {
  const seen = await session.sides[side].entities[kind].get(id);
  await record(session, side, kind, [seen]);
}

/** Whether the merge has to consider the intent. */
async function resolveById(session: Session, report: Reporting, intent: Intent): Promise<boolean> {
  const { side, kind, entity, id, op } = intent;
  if (id === undefined) throw new Failure('bug', `the open ${op} ${intent.key} names no record`);
  const seen = await session.sides[side].entities[kind].get(id);
  const before = session.replica.get(entity);
  if (op === 'delete' && !isPresent(seen) && seen.absent === 'deleted' && before !== undefined) {
    report.add(side, kind, 'deleted');
    await session.commit({ base: [[entity, acknowledgeDelete(before, side)]], del: [intentDel(intent)], put: deletionPuts(session, report.run, intent) });
    return false;
  }
  const put = op === 'update' && isPresent(seen) && before !== undefined ? replacedPuts(session, report, intent, seen.record, before) : [];
  await record(session, side, kind, [seen]);
  if (op === 'delete') await session.commit({ del: [intentDel(intent)] });
  else if (put.length > 0) await session.commit({ put });
  return op !== 'delete';
}

/** Rule G3: an update that is found to be done has replaced what the side held before, although nobody was answered. */
function replacedPuts(session: Session, report: Reporting, { entity, kind, side, id, native = null, units, numbers }: Intent, shown: Json, record: BaseRecord): NonNullable<Commit['put']> {
  const lens = session.sides[side].entities[kind].lens();
  const now = unitsOf(kind, readView(kind, lens, shown, { native, view: viewOf(kind, units) }));
  const before: Record<UnitId, Json> = {};
  const after: Record<UnitId, Json> = {};
  const rules: Record<UnitId, string> = {};
  for (const unit of Object.keys(numbers)) {
    const held = heldBy(baseUnit(record, unit), side).value;
    if (!sameUnit(kind, unit, now[unit], units[unit]) || sameUnit(kind, unit, held, now[unit])) continue;
    if (held !== undefined) before[unit] = held;
    if (now[unit] !== undefined) after[unit] = now[unit];
    rules[unit] = record.units[unit]?.owed[side] ?? 'R4';
  }
  const [rule] = Object.values(rules);
  if (rule === undefined) return [];
  report.add(side, kind, 'updated');
  return [historyPut({ at: session.env.now(), run: report.run, entity, kind, side, op: 'update', rule, ...(id !== undefined && { id }), before, after, rules }, `${side}/update`)];
}

