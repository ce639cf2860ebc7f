import { startReport } from './report.ts';
import { runName, type Session } from './session.ts';
import { undoRun, type Undone } from './undo.ts';

/** Reverses a run of history (R10). The next cycle writes what comes of it; until then a preview shows it. */
export function undo(session: Session, run: string): Promise<Undone> {
  const now = session.env.now();
  return undoRun(session, startReport(runName(now, session.store.latest()), 'undo', now), run);
}
