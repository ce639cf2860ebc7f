import { baseUnit, fingerprint, isPurge, type Action, type BaseRecord } from '@syncline/core';
import { nativeKey, readNative } from './native.ts';
import type { Note } from './report.ts';
import type { Selected } from './select.ts';
import type { Session } from './session.ts';

/** A write of which the service would tell other people. */
export interface Notifying {
  readonly action: Action;
  readonly recipients: number;
  /** Names exactly this write to so many people: what changes in the plan for the record makes it another one. */
  readonly approval: string;
}

/**
 * Rule D7: of what was selected, the changes and deletions of meetings wait, each by itself, for a person who has seen the number of
 * recipients. Under `write` they are done. `approved` are the names a person gave back.
 */
export async function holdMeetings(session: Session, selected: Selected, approved: readonly string[] = []): Promise<Selected> {
  if (session.settings.policy.meetings === 'write') return selected;
  const waiting = (await notifying(session, selected.actions)).filter(({ approval }) => !approved.includes(approval));
  if (waiting.length === 0) return selected;
  const stopped = new Set(waiting.map(({ action }) => action));
  return { ...selected, actions: selected.actions.filter((action) => !stopped.has(action)), held: [...selected.held, ...waiting.map(noteOf)] };
}

/** Those among the actions of which other people would be told. */
export async function notifying(session: Session, actions: readonly Action[]): Promise<readonly Notifying[]> {
  // A purge leaves meetings alone without asking (D8).
  const some = actions.filter((action): action is Extract<Action, { type: 'update' | 'delete' }> => action.type === 'update' || (action.type === 'delete' && !isPurge(action.rule)));
  const found: Notifying[] = [];
  for (const side of ['left', 'right'] as const) {
    // Only events notify; of other kinds nothing is read here.
    const here = some.filter((action) => action.kind === 'event' && action.side === side);
    const natives = await session.store.getMany('native', here.map(({ id }) => nativeKey(side, 'event', id)));
    for (const [position, action] of here.entries()) {
      const recipients = readNative(natives[position])?.traits?.notifies;
      const record = session.replica.get(action.entity);
      if (recipients === undefined || record === undefined) continue;
      found.push({ action, recipients, approval: fingerprint(JSON.stringify(['D7', recipients, ...contentOf(action, record)])) });
    }
  }
  return found;
}

/** What would be written, and on whose word: a newer claim makes it another write, also where it brings the same value back. */
function contentOf(action: Extract<Action, { type: 'update' | 'delete' }>, record: BaseRecord): readonly unknown[] {
  const { type, entity, side } = action;
  if (type === 'update') return [type, entity, side, action.fields.map((field) => [field, action.view[field] ?? null]), Object.entries(action.numbers).sort()];
  return [type, entity, side, action.rule, Object.keys(record.units).sort().map((name) => [name, baseUnit(record, name).from.number])];
}

/** The held write, as the report says it. */
function noteOf({ action: { type, entity, kind, side }, recipients, approval }: Notifying): Note {
  const people = recipients === 1 ? '1 person' : `${recipients} people`;
  const what = type === 'delete' ? 'the deletion' : 'the change';
  return { what: 'held', rule: 'D7', message: `${people} would be notified of ${what}: waits for approval under the name ${approval}`, entity, kind, side: side === 'left' ? 'left' : 'right', approval };
}
