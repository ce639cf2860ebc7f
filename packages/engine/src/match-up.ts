import { isPresent, type Mark } from '@syncline/connector';
import {
  isListed, isListedTodo, linkRecords, matchRecords, mayWrite, relinkRecords, sameUnit, seenBy, sinceRestore, withoutItem,
  type BaseRecord, type Candidate, type EntityId, type Kind, type Matches, type Units,
} from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';
import { notePossibleDuplicates } from './duplicates.ts';
import { unlinkedOn, type Unlinked } from './index-of-links.ts';
import type { Reporting } from './report.ts';
import type { Commit } from './commit.ts';
import { nativeKey, readNative } from './native.ts';
import type { Session } from './session.ts';
import { withCreation } from './rivals.ts';
import { onSide } from './side-failure.ts';

/**
 * Finds the twin of every record that is known on one side only: by mark (K1, K12, K13), else by key (K4 to K10). What
 * has none is to be created on the other side where the direction allows it. Writes links and verdicts; sends nothing
 * but the direct reads that a mark without a record asks for.
 */
export async function matchUp(session: Session, report: Reporting): Promise<void> {
  if (session.index.unmatched.size === 0) return;
  for (const kind of session.settings.kinds) {
    const open = { left: openRecords(session, 'left', kind), right: openRecords(session, 'right', kind) };
    if (open.left.size + open.right.size === 0) continue;
    const step: Linking = { base: new Map(), merged: new Map() };
    if (kind === 'task') addLeftBehind(session, open.left);
    const copies = await matchByMark(session, report, kind, open, step);
    if (looksForKeys(session)) await matchByKey(session, report, kind, open, step);
    notePossibleDuplicates(session, report, kind, open.right, step.base);
    for (const side of ['left', 'right'] as const) {
      for (const entity of open[side].keys()) create(session, entity, side, step.base);
    }
    for (const entity of copies) if (open.right.has(entity)) unmark(session, entity, step.base);
    await commitInPieces(session, step);
  }
  session.index.matched();
}

type Open = { readonly [S in SideName]: Map<EntityId, Unlinked> };
/** `merged`: the record that went into another one, by that other one. */
interface Linking { readonly base: Map<EntityId, BaseRecord>; readonly merged: Map<EntityId, EntityId> }

/** Records of one side that may still find a twin: nothing is decided about them yet, or their creation is not under way. */
function openRecords(session: Session, side: SideName, kind: Kind): Map<EntityId, Unlinked> {
  return new Map([...session.index.unlinked[side]].filter(([entity, one]) => one.kind === kind && session.replica.get(entity)?.gone[side] === undefined));
}

/** Rule K14: a task that vanished in this cycle or the one before may have been moved, and its mark may not have travelled. */
function addLeftBehind(session: Session, left: Map<EntityId, Unlinked>): void {
  const { keys, policy } = session.settings;
  for (const entity of session.writes.lately()) {
    const record = session.replica.get(entity);
    const link = record?.links['left'];
    if (record?.kind !== 'task' || link === undefined || !isLeftBehind(session, entity)) continue;
    left.set(entity, unlinkedOn(record, 'left', link.id, link.at, keys, policy.matchWithoutName));
  }
}

/** An item that carries the id of a record here is that record, whatever its fields say. Answers those that carry another item's mark (K12). */
async function matchByMark(session: Session, report: Reporting, kind: Kind, open: Open, step: Linking): Promise<readonly EntityId[]> {
  const copies: EntityId[] = [];
  const origin = session.sides.left.account.origin;
  for (const [right, { id }] of [...open.right]) {
    const record = session.replica.get(right);
    if (record?.links['right']?.mark === undefined || (record.todo['left'] !== undefined && !isListed(record) && record.restored !== true)) continue;
    const mark = await markOf(session, kind, id);
    if (mark === undefined || (mark.origin !== undefined && mark.origin !== origin)) continue;
    const left = session.index.entityOf('left', kind, mark.id);
    const twin = left === undefined ? undefined : open.left.get(left);
    if (left !== undefined && twin !== undefined && (mark.origin !== undefined || twin.key === open.right.get(right)?.key)) {
      linkMarked(session, report, left, right, open, step);
    } else if (left !== undefined && mark.origin !== undefined && isLeftBehind(session, left)) {
      linkMarked(session, report, left, right, open, step);
    } else if (left === undefined && mark.origin !== undefined) {
      await holdMarked(session, report, kind, right, record, mark, open, step);
    } else if (mark.origin !== undefined) {
      copies.push(right);
    }
    // A copy (K12) is treated as unmarked, and so is a mark without origin, which is only a hint.
  }
  return copies;
}

/** Whether a record was given up when its item was deleted (B9), and nothing else happened to it: a moved task is that and a new one (K14). */
function isLeftBehind(session: Session, left: EntityId): boolean {
  const record = session.replica.get(left);
  return record?.state === 'tombstone' && record.gone['left'] === undefined && record.gone['right'] === 'deleted' && Object.keys(record.todo).length === 0;
}

async function markOf(session: Session, kind: Kind, id: string): Promise<Mark | undefined> {
  return readNative(await session.store.get('native', nativeKey('right', kind, id)))?.mark;
}

/** Rule B3s: after a full read nobody can tell a deleted record from a lost one, so a person decides. */
async function holdMarked(session: Session, report: Reporting, kind: Kind, right: EntityId, record: BaseRecord, mark: Mark, open: Open, step: Linking): Promise<void> {
  const seen = await onSide('left', () => session.sides.left.entities[kind].get(mark.id));
  const why = isPresent(seen) ? 'is outside what is synced' : seen.absent === 'deleted' ? 'does not exist any more' : 'may not be read';
  const blocked = `marked with OroCRM id ${mark.id}, which ${why}: keep it as a new record, or delete it?`;
  report.note({ what: 'held', rule: 'B3s', message: blocked, entity: right, kind, side: 'right' });
  step.base.set(right, { ...record, todo: { left: { op: 'create', rule: 'B3s', blocked } } });
  open.right.delete(right);
}

/** Rule B2: read literally, what comes from Outlook unmarked is new. */
function looksForKeys({ settings: { policy } }: Session): boolean {
  return policy.direction !== 'right-to-left' || policy.matchBeforeCreate;
}

async function matchByKey(session: Session, report: Reporting, kind: Kind, open: Open, step: Linking): Promise<void> {
  const candidates = (side: SideName): Candidate[] =>
    [...open[side]].flatMap(([entity, { id, key, at }]) => {
      const todo = session.replica.get(entity)?.todo[otherSide[side]];
      return key === undefined || (todo?.blocked !== undefined && todo.rule !== 'D12' && !isListedTodo(todo)) ? [] : [{ entity, id, key, at }];
    });
  const [left, right] = [candidates('left'), candidates('right')];
  // The source's records choose: OroCRM's, or Outlook's where values flow from there only (B2s).
  const pairs = session.settings.policy.direction === 'right-to-left'
    ? pairUp(session, kind, await withCreation(session, 'left', kind, left, right), right)
    : pairUp(session, kind, left, await withCreation(session, 'right', kind, right, left));
  for (const { left, right, others } of pairs) {
    if (others.length > 0) {
      report.note({ what: 'held', rule: 'K10', message: `${others.length} other ${session.settings.policy.direction === 'right-to-left' ? 'OroCRM records' : 'Outlook items'} would have fitted as well (ambiguous match)`, entity: left, kind, side: 'right' });
    }
    link(session, left, right, open, step);
  }
}

function pairUp(session: Session, kind: Kind, lefts: readonly Candidate[], rights: readonly Candidate[]): Matches['pairs'] {
  const units = new Map<EntityId, Units>();
  const unitsOf = (side: SideName, entity: EntityId): Units => {
    const known = units.get(entity);
    if (known !== undefined) return known;
    const record = session.replica.get(entity);
    const shown = record === undefined ? {} : seenBy(record, side).units;
    units.set(entity, shown);
    return shown;
  };
  const equal = (left: EntityId, right: EntityId): number => {
    const [a, b] = [unitsOf('left', left), unitsOf('right', right)];
    return Object.keys(a).filter((unit) => b[unit] !== undefined && sameUnit(kind, unit, a[unit], b[unit])).length;
  };
  if (session.settings.policy.direction !== 'right-to-left') return matchRecords(lefts, rights, equal).pairs;
  const { pairs } = matchRecords(rights, lefts, (right, left) => equal(left, right));
  return pairs.map(({ left: right, right: left, others }) => ({ left, right, others }));
}

/** While a backup is caught up with, a pair that names itself was in sync once: what differs by now was edited since, and is told (D9). */
function linkMarked(session: Session, report: Reporting, left: EntityId, right: EntityId, open: Open, step: Linking): void {
  if (session.index.restored.size === 0) {
    link(session, left, right, open, step);
    return;
  }
  link(session, left, right, open, step, relinkRecords);
  const { kind, units = {} } = step.base.get(left) ?? {};
  for (const [field, { blocked }] of Object.entries(units)) {
    if (kind !== undefined && blocked?.['left'] === sinceRestore) report.note({ what: 'held', rule: 'S14b', message: sinceRestore, entity: left, kind, side: 'left', field });
  }
}

function link(session: Session, left: EntityId, right: EntityId, open: Open, step: Linking, make: typeof linkRecords = linkRecords): void {
  const one = session.replica.get(left);
  const other = session.replica.get(right);
  if (one === undefined || other === undefined) return;
  step.base.set(left, make(withoutItem(one, 'right'), other, session.settings.policy));
  step.base.delete(right);
  step.merged.set(left, right);
  open.left.delete(left);
  open.right.delete(right);
}

/** Rules A4, B2, C3, C4: what has no twin is created on the other side, if values may flow there. */
function create(session: Session, entity: EntityId, side: SideName, base: Map<EntityId, BaseRecord>): void {
  const record = base.get(entity) ?? session.replica.get(entity);
  const other = otherSide[side];
  const { direction } = session.settings.policy;
  if (record === undefined || record.todo[other] !== undefined || !mayWrite(direction, other)) return;
  const rule = direction === 'both-ways' ? (side === 'left' ? 'C4' : 'C3') : side === 'left' ? 'A4' : looksForKeys(session) ? 'B2s' : 'B2';
  base.set(entity, { ...record, todo: { ...record.todo, [other]: { op: 'create', rule } } });
}

/** Rule K12: where nothing is created in OroCRM, whose id would take its place, the mark of a copy is taken away. */
function unmark(session: Session, entity: EntityId, base: Map<EntityId, BaseRecord>): void {
  const record = base.get(entity) ?? session.replica.get(entity);
  if (record === undefined || record.todo['left'] !== undefined || !mayWrite(session.settings.policy.direction, 'right')) return;
  base.set(entity, { ...record, todo: { ...record.todo, right: { op: 'unmark', rule: 'K12' } } });
}

/** How many records go into one durable step; bounds the size of an update. */
const piece = 500;

async function commitInPieces(session: Session, { base, merged }: Linking): Promise<void> {
  const entries = [...base];
  for (let start = 0; start < entries.length; start += piece) {
    const some = entries.slice(start, start + piece);
    // A link and the record that went into it are one step.
    const forget = some.flatMap(([entity]) => merged.get(entity) ?? []);
    const commit: Commit = { base: some, forget };
    await session.commit(commit);
  }
}
