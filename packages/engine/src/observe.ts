import { isPresent, type Absent, type Json, type Kind, type Present, type Seen } from '@syncline/connector';
import {
  canonicalUnit, countsTouches, deriveEntityId, existence, fingerprint, heldBy, baseUnit, isEmptySide, isListed, newRecord, readView, sameUnit, unitsOf, viewOf,
  type AnyLens, type BaseRecord, type Claim, type EntityId, type Link, type Todo, type Units, type UnitId,
} from '@syncline/core';
import pLimit from 'p-limit';
import { otherSide, type SideName } from './bind.ts';
import type { Progress } from './report.ts';
import type { Commit } from './commit.ts';
import { nativeKey, nativeValue, readNative } from './native.ts';
import type { Session } from './session.ts';

/** What came of reading one kind on one side. */
export interface Observed {
  readonly examined: number;
  /** Of these: known before, with the values that were known. */
  readonly unchanged: number;
  /**
   * The side shows nothing at all (D3): how many known records it does not show, which were not asked for, and the name
   * that, given back as an approval, has them asked for by id like everything else.
   */
  readonly doubt?: { readonly missing: number; readonly approval: string };
}

/**
 * Reads what changed on one side since the cursor and records it: new items as records, changes of known ones as claims,
 * absences only after a direct read (D1). Each page is stored with its cursor in one step.
 *
 * Throws the connector's `Failure`; what was recorded until then stays recorded.
 */
export async function observe(session: Session, side: SideName, kind: Kind, progress: Progress, approved: readonly string[] = []): Promise<Observed> {
  const cursor = await session.store.get('cursor', `${side}/${kind}`);
  return pull(session, side, kind, typeof cursor === 'string' ? cursor : null, progress, approved);
}

async function pull(session: Session, side: SideName, kind: Kind, cursor: string | null, progress: Progress, approved: readonly string[]): Promise<Observed> {
  const entity = session.sides[side].entities[kind];
  const known = session.index.idsOf(side, kind);
  let examined = 0;
  let unchanged = 0;
  let doubt: Observed['doubt'];
  // Reading everything means everything: what the hub believes to know is compared as well (D9).
  const pages = entity.pull({ cursor, knownCount: session.index.present(side, kind), known: (id) => (cursor === null ? undefined : versionOf(session, side, kind, id)) });
  for await (const page of pages) {
    const absent = [...page.seen.filter((seen): seen is Absent => !isPresent(seen)), ...missingFrom(page.alive, known)];
    const vanished = vanishedFrom(session, side, kind, absent);
    const left = page.alive?.length ?? session.index.present(side, kind) - vanished.length + page.seen.filter((seen) => isPresent(seen) && !known.has(seen.id)).length;
    const approval = fingerprint(JSON.stringify(['D3', side, kind, ...vanished.sort()]));
    const isEmpty = vanished.length > 0 && isEmptySide(left, session.index.linked(kind)) && !approved.includes(approval);
    if (isEmpty) doubt = { missing: vanished.length, approval };
    const verified = isEmpty ? [] : await verify(session, side, kind, absent);
    const returned = await getAll(session, side, kind, (page.alive ?? []).filter((id) => session.index.awayFrom(side, kind).has(id)));
    const seen = [...page.seen.filter(isPresent), ...verified, ...returned];
    // What is not believed is read again next time.
    unchanged += await record(session, side, kind, seen, doubt === undefined ? page.cursor : undefined);
    examined += seen.length;
    progress({ phase: 'observe', side, kind, ...page.progress, done: page.progress?.done ?? examined });
  }
  return { examined, unchanged, ...(doubt !== undefined && { doubt }) };
}

/**
 * Records observations of known or new items, whoever made them: a page of a pull, or the re-reading of a record that
 * changed under us (R6). Answers how many of them show the values that were known.
 */
export async function record(session: Session, side: SideName, kind: Kind, seen: readonly Seen<Json>[], cursor?: string): Promise<number> {
  const present = seen.filter(isPresent);
  const natives = await session.store.getMany('native', present.map(({ id }) => nativeKey(side, kind, id)));
  const lens = session.sides[side].entities[kind].lens();
  const number = session.nextNumber();
  const step = emptyStep();
  const on: Recording = { session, side, kind, lens, number, step, fresh: new Map() };
  let unchanged = 0;
  for (const [position, one] of present.entries()) if (!notePresent(on, one, readNative(natives[position])?.record)) unchanged += 1;
  for (const one of seen) if (!isPresent(one)) noteAbsent(on, one);
  if (cursor !== undefined) step.put.push({ space: 'cursor', key: `${side}/${kind}`, value: cursor });
  await session.commit(step);
  return unchanged;
}

interface Recording {
  readonly session: Session;
  readonly side: SideName;
  readonly kind: Kind;
  readonly lens: AnyLens;
  readonly number: number;
  readonly step: ReturnType<typeof emptyStep>;
  /** Items that are new in this page: the same one twice (delta queries repeat themselves) is one record. */
  readonly fresh: Map<string, EntityId>;
}

function emptyStep() {
  return {
    base: new Map<EntityId, BaseRecord>(),
    claim: [] as [EntityId, Claim][],
    put: [] as NonNullable<Commit['put']>[number][],
  };
}

/** Whether it is new, or shows something else than was known. */
function notePresent(on: Recording, seen: Present<Json>, lastNative: Json | undefined): boolean {
  const { session, side, kind, step, lens, number } = on;
  const entity = session.index.entityOf(side, kind, seen.id) ?? on.fresh.get(seen.id);
  const before = entity === undefined ? undefined : (step.base.get(entity) ?? session.replica.get(entity));
  const link = linkTo(seen);
  const value = nativeValue(seen);
  if (entity === undefined || before === undefined) {
    const fresh = freshId(session, side, kind, seen.id);
    on.fresh.set(seen.id, fresh);
    step.base.set(fresh, start(on, seen, link, unitsOf(kind, readView(kind, lens, seen.record))));
    step.put.push({ space: 'native', key: nativeKey(side, kind, seen.id), value });
    return true;
  }
  const shown = shownBy(before, side, session.replica.claimsOf(entity));
  const view = readView(kind, lens, seen.record, lastNative === undefined ? undefined : { native: lastNative, view: viewOf(kind, shown) });
  const units = unitsOf(kind, view);
  const changes = differences(kind, shown, units);
  const returned = before.gone[side] !== undefined;
  const isNews = changes.length > 0 || returned || link.version !== before.links[side]?.version || link.mark !== before.links[side]?.mark;
  if (!isNews) return false;
  step.put.push({ space: 'native', key: nativeKey(side, kind, seen.id), value });
  if (isAlone(before, side)) {
    const begun = { ...start(on, seen, link, units), former: before.former };
    // A version that shows nothing new is no edit: what is listed stays listed (S14b).
    step.base.set(entity, changes.length === 0 && !returned && isListed(before) ? { ...begun, todo: before.todo, from: before.from } : begun);
    return changes.length > 0;
  }
  step.base.set(entity, { ...before, links: { ...before.links, [side]: link } });
  const native = { id: seen.id, version: seen.version };
  const at = seen.at ?? session.env.now();
  const claim = { number, side, writer: side, at, native };
  const isTouched = changes.length === 0 && link.version !== before.links[side]?.version && countsTouches(session.settings.policy, side);
  if (returned || isTouched) step.claim.push([entity, { ...claim, unit: existence, saw: before.considered, value: returned ? 'present' : 'touched' }]);
  for (const { unit, value: changed } of changes) {
    const held = heldBy(baseUnit(before, unit), side).saw;
    const reopened = side === 'left' ? session.writes.sawBefore(entity, unit, canonicalUnit(kind, unit, changed), session.env.now()) : undefined;
    const saw = Math.min(held, reopened ?? held);
    step.claim.push([entity, { ...claim, unit, saw, ...(changed !== undefined && { value: changed }) }]);
  }
  return changes.length > 0 || returned;
}

function noteAbsent(on: Recording, { id, absent }: Absent): void {
  const { session, side, kind, step, number } = on;
  const entity = session.index.entityOf(side, kind, id);
  const before = entity === undefined ? undefined : session.replica.get(entity);
  const link = before?.links[side];
  if (entity === undefined || before === undefined || link === undefined || absent === 'missing' || before.gone[side] === absent) return;
  step.claim.push([entity, {
    number, unit: existence, side, writer: side, saw: before.considered, at: session.env.now(), value: absent, native: { id, version: link.version },
  }]);
}

/** A record that begins with this observation, and what stands in the way of making it on the other side. */
function start(on: Recording, seen: Present<Json>, link: Link, units: Units): BaseRecord {
  const { session, side, kind, number } = on;
  const begun = newRecord(kind, side, link, units, { number, side, writer: side, at: seen.at ?? session.env.now() });
  const hold = holdOf(side, seen);
  return hold === undefined ? begun : { ...begun, todo: { [otherSide[side]]: hold } };
}

/** Rules S17 and D12: private items stay, recurring series wait. */
function holdOf(side: SideName, seen: Present<Json>): Todo | undefined {
  if (seen.traits?.private === true && side === 'right') return { op: 'create', rule: 'S17', blocked: 'private' };
  if (seen.traits?.recurring === true) return { op: 'create', rule: 'D12', blocked: 'recurring: not synced yet' };
  return undefined;
}

/** What a side shows, as far as it is recorded: what it held when last considered, and its claims since. */
export function shownBy(record: BaseRecord, side: SideName, claims: readonly Claim[]): Units {
  const shown: Record<UnitId, Json> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    const { value } = heldBy(unit, side);
    if (value !== undefined) shown[name] = value;
  }
  for (const claim of [...claims].sort((a, b) => a.number - b.number)) {
    if (claim.side !== side || claim.native === undefined || claim.unit === existence) continue;
    if (claim.value === undefined) delete shown[claim.unit];
    else shown[claim.unit] = claim.value;
  }
  return shown;
}

/** The units in which two views differ, with the newer value. */
export function differences(kind: Kind, before: Units, after: Units): readonly { readonly unit: UnitId; readonly value?: Json }[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((unit) => !sameUnit(kind, unit, before[unit], after[unit]))
    .map((unit) => ({ unit, ...(after[unit] !== undefined && { value: after[unit] }) }));
}

/** Known on this side only, and nothing under way: a new observation simply takes the place of the old one. */
function isAlone(record: BaseRecord, side: SideName): boolean {
  const todo = record.todo[otherSide[side]];
  return record.links[otherSide[side]] === undefined && record.state === 'live' && (todo === undefined || todo.blocked !== undefined);
}

/** The link an observation gives. */
export function linkTo(seen: Present<Json>): Link {
  return { id: seen.id, version: seen.version, at: seen.at ?? 0, ...(seen.mark !== undefined && { mark: seen.mark.id }) };
}

/** An id that is free: an item that was one record once and comes back alone is another one now. */
function freshId(session: Session, side: SideName, kind: Kind, id: string): EntityId {
  const account = session.sides[side].account.origin;
  let entity = deriveEntityId(side, account, kind, id);
  for (let again = 2; session.replica.get(entity) !== undefined; again += 1) entity = deriveEntityId(side, account, kind, `${id}#${again}`);
  return entity;
}

function versionOf(session: Session, side: SideName, kind: Kind, id: string): string | undefined {
  const entity = session.index.entityOf(side, kind, id);
  return entity === undefined ? undefined : session.replica.get(entity)?.links[side]?.version;
}

function missingFrom(alive: readonly string[] | undefined, known: ReadonlyMap<string, EntityId>): readonly Absent[] {
  if (alive === undefined) return [];
  const there = new Set(alive);
  return [...known.keys()].filter((id) => !there.has(id)).map((id) => ({ id, absent: 'missing' }));
}

/** Ids the hub believes to be there, of which the side says no more than that they are not. */
function vanishedFrom(session: Session, side: SideName, kind: Kind, absent: readonly Absent[]): string[] {
  const known = session.index.idsOf(side, kind);
  const away = session.index.awayFrom(side, kind);
  return absent.filter(({ id, absent: how }) => how !== 'hidden' && how !== 'outside' && known.has(id) && !away.has(id)).map(({ id }) => id);
}

/** Rule D1: what a listing does not show is asked for by its id. Ids nobody knows, and what is known to be gone, are not asked for. */
async function verify(session: Session, side: SideName, kind: Kind, absent: readonly Absent[]): Promise<readonly Seen<Json>[]> {
  const asked = absent.filter(({ id, absent: how }) => {
    const entity = session.index.entityOf(side, kind, id);
    const gone = entity === undefined ? 'deleted' : session.replica.get(entity)?.gone[side];
    return gone === undefined || (gone !== 'deleted' && gone !== how && how !== 'missing');
  });
  const trusted = asked.filter(({ absent: how }) => how === 'hidden' || how === 'outside');
  const unsure = asked.filter(({ absent: how }) => how !== 'hidden' && how !== 'outside');
  return [...trusted, ...(await getAll(session, side, kind, unsure.map(({ id }) => id)))];
}

/** Direct reads, a few at a time. */
async function getAll(session: Session, side: SideName, kind: Kind, ids: readonly string[]): Promise<readonly Seen<Json>[]> {
  const entity = session.sides[side].entities[kind];
  const limit = pLimit(entity.caps.concurrency);
  return Promise.all(ids.map((id) => limit(() => entity.get(id))));
}
