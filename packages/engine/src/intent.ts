import type { Json, Kind, Mark } from '@syncline/connector';
import type { EntityId, OpenIntents, Units, WrittenNumbers } from '@syncline/core';
import type { SideName } from './bind.ts';
import type { Commit } from './commit.ts';
import type { Session } from './session.ts';

/**
 * A native write as it is on disk before it is sent. It is open until its answer is recorded or, when the answer was
 * lost, until the record has been looked up (R4).
 */
export type Intent = {
  readonly key: string;
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly side: SideName;
  readonly op: 'create' | 'update' | 'delete';
  /** UTC ms. */
  readonly at: number;
  /** Native id; absent of a creation. */
  readonly id?: string;
  /** The native record as sent; absent of a deletion. */
  readonly native?: Json;
  readonly mark?: Mark;
  /** Of a deletion: the rule that asks for it, and the complete record it can be restored from (D6). */
  readonly deletion?: { readonly rule: string; readonly copy: Json };
  /** What the side would hold for each unit written, and the claim each came from. */
  readonly units: Units;
  readonly numbers: WrittenNumbers;
};

/** The put that stores an intent. */
export function intentPut(intent: Intent): NonNullable<Commit['put']>[number] {
  const { mark, ...rest } = intent;
  return { space: 'intent', key: intent.key, value: { ...rest, ...(mark !== undefined && { mark: { ...mark } }) } };
}

/** The deletion that closes one. */
export function intentDel(intent: Pick<Intent, 'key'>): NonNullable<Commit['del']>[number] {
  return { space: 'intent', key: intent.key };
}

/** All open intents, oldest key first. */
export async function openIntents(session: Session): Promise<readonly Intent[]> {
  const open: Intent[] = [];
  for await (const [, value] of session.store.entries('intent')) open.push(value as unknown as Intent);
  return open;
}

/** Intents of one record as the merge wants them: an observation that shows their value acknowledges them (histories 17, 24). */
export function byUnit(intents: readonly Intent[]): OpenIntents {
  const units: Record<string, { side: SideName; value?: Json; number: number }[]> = {};
  for (const { side, units: values, numbers } of intents) {
    for (const [unit, number] of Object.entries(numbers)) {
      const value = values[unit];
      (units[unit] ??= []).push({ side, number, ...(value !== undefined && { value }) });
    }
  }
  return units;
}
