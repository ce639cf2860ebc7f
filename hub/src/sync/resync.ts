import type { Kind } from '@syncline/core';
import { resync, type Purge, type Session } from '@syncline/engine';
import type { Unfit } from './one-record.ts';

/** A resynchronization as a person hears of it. */
export interface Resynced {
  /** `reading`: the next sync reads everything; `asking`: nothing happens until `purge.approval` is given back; `purging`: the next sync begins with it. */
  readonly status: 'reading' | 'asking' | 'purging';
  readonly purge?: Purge;
  readonly sentences: readonly string[];
}

/** Asks for a resynchronization (A6, A6s, B3, B3s), as the switch says unless `purge` does; `confirm` gives back the name of a purge (D8). The next cycle does it. */
export async function resyncOn(session: Session, { purge, confirm }: { readonly purge?: boolean; readonly confirm?: string }): Promise<Resynced | Unfit> {
  const answer = await resync(session, { ...(purge !== undefined && { purge }), ...(confirm !== undefined && { purge: true, confirmed: confirm }) });
  switch (answer.status) {
    case 'reading':
      return { status: 'reading', sentences: ['The next sync reads everything again.'] };
    case 'refused':
      return { unfit: `Nothing was done: ${answer.reason}.` };
    case 'void':
      return { unfit: `Nothing was done: the name is not that of what would be deleted now. ${sentencesOf(answer.purge).join(' ')} ${howToConfirm(answer.purge)}` };
    case 'asking':
      return { status: 'asking', purge: answer.purge, sentences: [...sentencesOf(answer.purge), howToConfirm(answer.purge)] };
    case 'purging':
      return { status: 'purging', purge: answer.purge, sentences: ['The next sync reads everything again, and begins with the deletions.', ...sentencesOf(answer.purge)] };
  }
}

function sentencesOf({ rule, deletes, kept }: Purge): readonly string[] {
  const after = rule === 'A6' ? 'what OroCRM has is created in Outlook again' : 'their OroCRM records stay, and nothing creates the items again';
  return [
    `${Object.entries(deletes).map(([kind, count]) => counted(count, kind as Kind)).join(', ')} marked with an OroCRM id are deleted from Outlook, each with a copy to restore it from; then ${after} (${rule}).`,
    ...kept.map(({ kind, rule: why, reason, count }) => `${counted(count, kind)} stay: ${reason} (${why}).`),
  ];
}

function howToConfirm({ approval }: Purge): string {
  return `Confirm it for this run under the name ${approval}.`;
}

function counted(count: number, kind: Kind): string {
  return `${count} ${kind}${count === 1 ? '' : 's'}`;
}
