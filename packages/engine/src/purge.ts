import type { Kind, Traits } from '@syncline/connector';
import { fingerprint, type BaseRecord, type EntityId } from '@syncline/core';
import { isLinked } from './index-of-links.ts';
import { nativeKey, readNative, type StoredNative } from './native.ts';
import type { Session } from './session.ts';

/** What the literal full pass would delete from Outlook (A6, B3), as a person is asked about it (D8). */
export interface Purge {
  /** Names exactly these items, and what becomes of their records: another set, and the other direction, have another name. */
  readonly approval: string;
  /** `A6`: what OroCRM has is created again afterwards; `B3`: it stays in OroCRM alone. */
  readonly rule: 'A6' | 'B3';
  /** How many marked items would be deleted. */
  readonly deletes: { readonly [K in Kind]: number };
  /** Marked items that stay, and why. */
  readonly kept: readonly Kept[];
}

/** Marked items of a kind that stay for one reason. */
export interface Kept {
  readonly kind: Kind;
  readonly rule: string;
  /** In words, to follow "stays because". */
  readonly reason: string;
  readonly count: number;
}

/** The marked items as the hub knows them. Reads their kept copies; asks neither service. */
export async function findPurge(session: Session): Promise<{ readonly purge: Purge; readonly items: readonly EntityId[] }> {
  const rule = session.settings.policy.direction === 'right-to-left' ? 'B3' : 'A6';
  const deletes = { contact: 0, task: 0, event: 0 };
  const kept = new Map<string, Kept>();
  const items: EntityId[] = [];
  const names: string[] = [];
  for (const kind of session.settings.kinds) {
    const marked = [...session.replica.records()].filter(([, record]) => record.kind === kind && isMarked(record));
    const natives = await session.store.getMany('native', marked.map(([, { links }]) => nativeKey('right', kind, links['right']?.id ?? '')));
    for (const [position, [entity, record]] of marked.entries()) {
      const native = readNative(natives[position]);
      if (!isOurs(session, kind, record, native)) continue;
      const why = whyKept(record) ?? (native === undefined ? noCopy : whyNotPurged(native.traits));
      if (why === undefined) {
        deletes[kind] += 1;
        items.push(entity);
        names.push(`${kind}/${record.links['right']?.id ?? ''}`);
      } else {
        const key = `${kind}/${why.rule}/${why.reason}`;
        kept.set(key, { kind, ...why, count: (kept.get(key)?.count ?? 0) + 1 });
      }
    }
  }
  // By the items, not their records: what the pass makes again is another set (D8).
  const approval = fingerprint(JSON.stringify(['D8', rule, ...names.sort()]));
  return { purge: { approval, rule, deletes, kept: [...kept.values()] }, items };
}

/** Why an item with these traits is in no purge, in whatever profile: nobody is mailed (D7, D8), and no series is touched (D12). */
export function whyNotPurged(traits: Traits = {}): Pick<Kept, 'rule' | 'reason'> | undefined {
  if (traits.notifies !== undefined) return { rule: 'D8', reason: 'the event has attendees' };
  if (traits.readOnly !== undefined) return { rule: 'D8', reason: traits.readOnly };
  return traits.recurring === true ? { rule: 'D12', reason: 'it is a recurring series' } : undefined;
}

const noCopy = { rule: 'D6', reason: 'no complete copy of it is at hand' };

/** An item that is there, and says which OroCRM record it belongs to. */
function isMarked({ links: { right }, gone }: BaseRecord): boolean {
  return right !== undefined && (right.mark ?? '') !== '' && gone['right'] !== 'deleted';
}

/**
 * Without a link, a marker without origin is a hint and one of another origin is none (K13); one that another item has is a
 * copy's, which is a new item (K12).
 */
function isOurs(session: Session, kind: Kind, record: BaseRecord, native: StoredNative | undefined): boolean {
  if (record.links['left'] !== undefined) return true;
  const mark = native?.mark;
  if (mark?.origin !== session.sides.left.account.origin) return false;
  const named = session.index.entityOf('left', kind, mark.id);
  const other = named === undefined ? undefined : session.replica.get(named);
  return other === undefined || !isLinked(other);
}

/** What cannot be seen on a side is left alone on both. */
function whyKept({ gone: { left, right } }: BaseRecord): Pick<Kept, 'rule' | 'reason'> | undefined {
  if (left === 'hidden' || right === 'hidden') return { rule: 'D4', reason: 'it may not be read on one side any more' };
  if (left === 'outside' || right === 'outside') return { rule: 'D5', reason: 'it left the synced folder or window' };
  return undefined;
}
