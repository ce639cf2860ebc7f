import { isPurge, planRecord, type Action, type EntityId } from '@syncline/core';
import { mergeClaims } from './merge.ts';
import { perform } from './perform.ts';
import type { Progress, Reporting } from './report.ts';
import type { Session } from './session.ts';

/**
 * Carries out a confirmed purge, before anything is matched: what it leaves in OroCRM looks for its twin among the unmarked items,
 * and those for theirs, when no marked one is left (A6, A3, B3). Answers whether there was one. What failed is planned again like
 * every deletion.
 */
export async function purgeFirst(session: Session, report: Reporting, progress: Progress): Promise<boolean> {
  const actions = [...session.index.pending].flatMap((entity) => purgeOf(session, entity));
  if (actions.length === 0) return false;
  await perform(session, report, actions, progress);
  await mergeClaims(session, report);
  return true;
}

function purgeOf(session: Session, entity: EntityId): readonly Action[] {
  const record = session.replica.get(entity);
  if (record === undefined || !session.settings.kinds.includes(record.kind)) return [];
  return planRecord(entity, record).filter((action) => action.type === 'delete' && isPurge(action.rule));
}
