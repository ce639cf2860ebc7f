import { keyOf, seenBy, viewOf, type BaseRecord, type EntityId, type Kind } from '@syncline/core';
import { isLinked, type Unlinked } from './index-of-links.ts';
import type { Reporting } from './report.ts';
import type { Session } from './session.ts';

/**
 * Rule B2s: before a record is made in OroCRM of an item whose only match is linked already, it is told, once.
 * `items` found no twin; `decided` are records this pass has linked or decided about, and not yet written.
 */
export function notePossibleDuplicates(session: Session, report: Reporting, kind: Kind, items: ReadonlyMap<EntityId, Unlinked>, decided: ReadonlyMap<EntityId, BaseRecord>): void {
  const { keys, policy } = session.settings;
  if (policy.direction !== 'right-to-left' || !policy.matchBeforeCreate) return;
  const byKey = new Map<string, EntityId[]>();
  for (const [entity, { key }] of items) {
    const todo = (decided.get(entity) ?? session.replica.get(entity))?.todo['left'];
    if (key !== undefined && todo === undefined) byKey.set(key, [...(byKey.get(key) ?? []), entity]);
  }
  if (byKey.size === 0) return;
  const told = new Set<EntityId>();
  for (const [known, before] of [...session.replica.records(), ...decided]) {
    const record = decided.get(known) ?? before;
    if (record.kind !== kind || !isLinked(record)) continue;
    const key = keyOf(kind, viewOf(kind, seenBy(record, 'left').units), keys, policy.matchWithoutName);
    for (const entity of key === undefined ? [] : (byKey.get(key) ?? [])) {
      if (told.has(entity)) continue;
      told.add(entity);
      report.note({ what: 'alert', rule: 'B2s', message: `possible duplicate: record ${record.links['left']?.id ?? ''} in OroCRM has the same key, and another item`, entity, kind, side: 'right' });
    }
  }
}
