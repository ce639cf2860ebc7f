import type { Batch } from './ports.ts';
import type { Session } from './session.ts';

/** How many updates may pile up before the log is replaced by one snapshot. */
const compactAfter = 2_000;

/** Replaces a long log by the document it adds up to. */
export async function compactLog(session: Session): Promise<void> {
  const snapshot = await session.store.log.snapshot();
  const number = session.store.latest();
  if (number - (snapshot?.number ?? 0) < compactAfter) return;
  await session.store.log.compact({ number, update: session.replica.encode() });
}

const dayMs = 24 * 60 * 60_000;
/** How many old rows one cycle takes away: what piles up goes in pieces. */
const prunedAtOnce = 1_000;

/** Takes away history that is older than it has to be kept. Keys sort by time, so the oldest come first. */
export async function pruneHistory(session: Session): Promise<void> {
  const before = session.env.now() - (session.settings.historyDays ?? 30) * dayMs;
  const del: NonNullable<Batch['del']>[number][] = [];
  for await (const [key, row] of session.store.entries('history', { limit: prunedAtOnce })) {
    if ((row as { readonly at: number }).at >= before) break;
    del.push({ space: 'history', key });
  }
  if (del.length > 0) await session.commit({ del });
}
