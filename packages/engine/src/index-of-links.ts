import { isListed, keyOf, planRecord, seenBy, viewOf, type BaseRecord, type EntityId, type Keys, type Kind } from '@syncline/core';
import { otherSide, type SideName } from './bind.ts';

/** A record known on one side only: what matching needs of it. */
export interface Unlinked {
  readonly kind: Kind;
  readonly id: string;
  /** Absent: nothing to match by (K7s). */
  readonly key?: string;
  readonly at: number;
}

/** What the engine keeps in memory about a user's records, so that an idle cycle looks at none of them. */
export interface LinkIndex {
  /** The record a native item is. */
  readonly entityOf: (side: SideName, kind: Kind, id: string) => EntityId | undefined;
  /** The native ids known on a side. */
  readonly idsOf: (side: SideName, kind: Kind) => ReadonlyMap<string, EntityId>;
  /** How many of them are there and may be seen, as far as the hub knows. */
  readonly present: (side: SideName, kind: Kind) => number;
  /** Native ids of known records that are not there or not to be seen on a side. */
  readonly awayFrom: (side: SideName, kind: Kind) => ReadonlySet<string>;
  /** Records with something left to do. */
  readonly pending: ReadonlySet<EntityId>;
  /** Records of which something is listed since the direction changed (S14b). */
  readonly listed: ReadonlySet<EntityId>;
  /** Records that a backup gave back, until both sides were read and nothing of them waits (D9). */
  readonly restored: ReadonlySet<EntityId>;
  /** Records known on one side only. */
  readonly unlinked: { readonly left: ReadonlyMap<EntityId, Unlinked>; readonly right: ReadonlyMap<EntityId, Unlinked> };
  /** Records known on one side only that came, or changed, since matching last looked. */
  readonly unmatched: ReadonlySet<EntityId>;
  /** Matching has looked at all of them. */
  readonly matched: () => void;
  /** How many records of a kind are linked and alive on both sides. */
  readonly linked: (kind: Kind) => number;
  /** Takes note of a record that was written (`after` absent: forgotten). */
  readonly note: (entity: EntityId, before: BaseRecord | undefined, after: BaseRecord | undefined) => void;
}

/** Builds the index from the settled records. */
export function indexLinks(records: Iterable<readonly [EntityId, BaseRecord]>, keys: Keys, matchWithoutName = false): LinkIndex {
  const ids = { left: emptyIds(), right: emptyIds() };
  const unlinked = { left: new Map<EntityId, Unlinked>(), right: new Map<EntityId, Unlinked>() };
  const pending = new Set<EntityId>();
  const listed = new Set<EntityId>();
  const restored = new Set<EntityId>();
  const unmatched = new Set<EntityId>();
  const linked: Record<Kind, number> = { contact: 0, task: 0, event: 0 };
  const away = { left: emptySets(), right: emptySets() };
  const present = { left: { contact: 0, task: 0, event: 0 }, right: { contact: 0, task: 0, event: 0 } };

  const remove = (entity: EntityId, record: BaseRecord): void => {
    for (const side of sides) {
      const link = record.links[side];
      if (link !== undefined && ids[side][record.kind].get(link.id) === entity) ids[side][record.kind].delete(link.id);
      if (link !== undefined && record.gone[side] === undefined) present[side][record.kind] -= 1;
      if (link !== undefined) away[side][record.kind].delete(link.id);
      unlinked[side].delete(entity);
    }
    pending.delete(entity);
    listed.delete(entity);
    restored.delete(entity);
    unmatched.delete(entity);
    if (isLinked(record)) linked[record.kind] -= 1;
  };
  const add = (entity: EntityId, record: BaseRecord): void => {
    for (const side of sides) {
      const link = record.links[side];
      if (link === undefined) continue;
      ids[side][record.kind].set(link.id, entity);
      if (record.gone[side] === undefined) present[side][record.kind] += 1;
      else away[side][record.kind].add(link.id);
      if (record.links[otherSide[side]] !== undefined || record.state !== 'live') continue;
      unlinked[side].set(entity, unlinkedOn(record, side, link.id, link.at, keys, matchWithoutName));
      unmatched.add(entity);
    }
    if (planRecord(entity, record).length > 0) pending.add(entity);
    if (isListed(record)) listed.add(entity);
    if (record.restored === true) restored.add(entity);
    if (isLinked(record)) linked[record.kind] += 1;
  };
  for (const [entity, record] of records) add(entity, record);

  return {
    entityOf: (side, kind, id) => ids[side][kind].get(id),
    idsOf: (side, kind) => ids[side][kind],
    present: (side, kind) => present[side][kind],
    awayFrom: (side, kind) => away[side][kind],
    pending,
    listed,
    restored,
    unlinked,
    unmatched,
    matched: () => unmatched.clear(),
    linked: (kind) => linked[kind],
    note: (entity, before, after) => {
      if (before !== undefined) remove(entity, before);
      if (after !== undefined) add(entity, after);
    },
  };
}

const sides = ['left', 'right'] as const;

function emptyIds(): Record<Kind, Map<string, EntityId>> {
  return { contact: new Map(), task: new Map(), event: new Map() };
}

function emptySets(): Record<Kind, Set<string>> {
  return { contact: new Set(), task: new Set(), event: new Set() };
}

/** Whether both sides have the record. */
export function isLinked(record: BaseRecord): boolean {
  return record.state === 'live' && record.links['left'] !== undefined && record.links['right'] !== undefined;
}

/** What matching needs of a record, as a side shows it. */
export function unlinkedOn(record: BaseRecord, side: SideName, id: string, at: number, keys: Keys, matchWithoutName: boolean): Unlinked {
  const key = keyOf(record.kind, viewOf(record.kind, seenBy(record, side).units), keys, matchWithoutName);
  return { kind: record.kind, id, at, ...(key !== undefined && { key }) };
}
