import type { Session } from './session.ts';

/**
 * Everything is read again at the next cycle, and linked again by mark and key where a link was lost (A6s, B3s). Deletes
 * nothing: what is known stays known, and a record that is missing is asked for by its id (D9).
 */
export async function resync(session: Session): Promise<void> {
  const del = session.settings.kinds.flatMap((kind) => (['left', 'right'] as const).map((side) => ({ space: 'cursor' as const, key: `${side}/${kind}` })));
  await session.commit({ del });
}
