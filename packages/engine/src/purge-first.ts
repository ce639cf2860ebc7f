import { isPurge, planRecord, stopPurge, type Action, type EntityId } from '@syncline/core';
import { mergeClaims } from './merge.ts';
import { perform } from './perform.ts';
import type { Progress, Reporting } from './report.ts';
import type { Session } from './session.ts';

/**
 * Carries out a confirmed purge, before anything is matched: what it leaves in OroCRM looks for its twin among the unmarked items,
 * and those for theirs, when no marked one is left (A6, A3, B3). Answers whether there was one. What failed is planned again like
 * every deletion; a kind that is switched off meanwhile (S7) is not purged when it is on again, since it was for this run.
 */
export async function purgeFirst(session: Session, report: Reporting, progress: Progress): Promise<boolean> {
  const actions = [...session.index.pending].flatMap((entity) => purgeOf(session, entity));
  if (actions.length === 0) return false;
  const isOff = ({ kind }: Action): boolean => !session.settings.kinds.includes(kind);
  const dropped = actions.filter(isOff).flatMap(({ entity }) => {
    const record = session.replica.get(entity);
    return record === undefined ? [] : [[entity, stopPurge(record)] as const];
  });
  await session.commit({ base: dropped });
  await perform(session, report, actions.filter((action) => !isOff(action)), progress);
  await mergeClaims(session, report);
  return true;
}

function purgeOf(session: Session, entity: EntityId): readonly Action[] {
  const record = session.replica.get(entity);
  return record === undefined ? [] : planRecord(entity, record).filter((action) => action.type === 'delete' && isPurge(action.rule));
}
