import { asRestored, asUsual, changedUnits, isSettledSinceRestore, seenBy, withoutItem, type BaseRecord, type Claim, type EntityId } from '@syncline/core';
import type { Commit } from './commit.ts';
import { nativeKey, readNative } from './native.ts';
import type { Reporting } from './report.ts';
import type { Session } from './session.ts';

/** How many records go into one durable step. */
const chunk = 500;

/**
 * Rule D9: a store that was opened as a copy knows what was true at the backup. Everything is read again, with what is known to compare
 * with, and every record is marked as restored; numbers go on. What is done is done again when it is cut off. Sends nothing.
 */
export async function enterGeneration(session: Session): Promise<void> {
  const { store, replica } = session;
  const generation = store.generation?.() ?? 1;
  const known = await store.get('state', generationKey);
  if (generation <= (typeof known === 'number' ? known : 1)) return;
  await write(session, [...replica.records()].map(([entity, record]) => [entity, asRestored(record)] as const));
  const del: NonNullable<Commit['del']>[number][] = [];
  for await (const [key] of store.entries('cursor')) del.push({ space: 'cursor', key });
  const untold = replica.size === 0 ? [] : [{ space: 'state' as const, key: untoldKey, value: generation }];
  await session.commit({ del, put: [{ space: 'state', key: generationKey, value: generation }, ...untold] });
}

const generationKey = 'generation';
/** Which generation began and was not told yet. */
const untoldKey = 'restored';

/** Says once in a report that the store is a copy. */
export async function tellGeneration(session: Session, report: Reporting): Promise<void> {
  const generation = await session.store.get('state', untoldKey);
  if (typeof generation !== 'number') return;
  report.note({ what: 'alert', rule: 'D9', message: `the data folder is a copy, restored or moved (generation ${generation}): both sides are read completely and linked again, nothing is deleted for it, and what both sides changed since is asked about` });
  await session.commit({ del: [{ space: 'state', key: untoldKey }] });
}

/**
 * Where the item of a restored record says by now that it belongs to another OroCRM record, which has no other item, the record was made
 * again there after the backup (B10s, C14s, D6): that one is the record. Runs before anything is made of the old one's absence.
 */
export async function followMarks(session: Session): Promise<void> {
  const { replica, index } = session;
  for (const entity of [...index.restored]) {
    const record = replica.get(entity);
    const { left, right } = record?.links ?? {};
    if (record === undefined || left === undefined || right?.mark === undefined || right.mark === '' || right.mark === left.id) continue;
    const successor = index.entityOf('left', record.kind, right.mark);
    const next = successor === undefined ? undefined : replica.get(successor);
    const link = next?.links['left'];
    if (successor === undefined || next === undefined || link === undefined || next.links['right'] !== undefined || next.gone['left'] !== undefined) continue;
    const mark = readNative(await session.store.get('native', nativeKey('right', record.kind, right.id)))?.mark;
    if (mark?.origin !== session.sides.left.account.origin) continue;
    const moved: BaseRecord = { ...withoutItem(record, 'left'), todo: {}, state: 'live' };
    const claim = { number: session.nextNumber(), side: 'left', writer: 'left', at: link.at === 0 ? session.env.now() : link.at, native: { id: link.id, version: link.version } };
    const claims = changedUnits(record.kind, moved, 'left', seenBy(next, 'left').units).map((change): [EntityId, Claim] => [entity, { ...claim, ...change }]);
    await session.commit({ base: [[entity, { ...moved, links: { ...moved.links, left: link } }]], claim: claims, forget: [successor] });
  }
}

/** After a settled cycle: restored records of which both sides were read completely, and nothing waits, are as any other. */
export async function leaveRestored(session: Session): Promise<void> {
  const { replica, index, store, settings: { kinds, policy } } = session;
  if (index.restored.size === 0) return;
  const cursors = await store.getMany('cursor', kinds.flatMap((kind) => [`left/${kind}`, `right/${kind}`]));
  const read = new Set(kinds.filter((_kind, position) => cursors[2 * position] !== undefined && cursors[2 * position + 1] !== undefined));
  const claimed = new Set(replica.claimed());
  await write(session, [...index.restored].flatMap((entity) => {
    const record = replica.get(entity);
    return record !== undefined && read.has(record.kind) && !claimed.has(entity) && isSettledSinceRestore(record, policy) ? [[entity, asUsual(record)] as const] : [];
  }));
}

async function write(session: Session, base: readonly (readonly [EntityId, BaseRecord])[]): Promise<void> {
  for (let start = 0; start < base.length; start += chunk) await session.commit({ base: base.slice(start, start + chunk) });
}
