import type { Kind } from '@syncline/core';
import type { Counts, CycleReport, SideName } from '@syncline/engine';
import { titleOf } from './names.ts';

/** A cycle in one sentence, for the page and the command line. */
export function sentenceOf(report: CycleReport): string {
  const done = (['right', 'left'] as const).map((side) => writesOf(report, side)).filter((part) => part !== undefined);
  const written = done.length > 0 ? done.join('; ') : 'nothing was written';
  if (report.stopped.length > 0) return `${report.stopped.map(({ message }) => message.replace(/\.$/, '')).join('; ')}: ${written}.`;
  const waits = report.notes.some(({ rule }) => rule === 'S20');
  const asked = report.planned.filter((line) => line.waits !== undefined).length;
  const planned = `${count(report.planned.length - asked, 'write')} planned${asked > 0 ? `, ${asked} more only once approved` : ''}`;
  if (waits) return `The first synchronisation waits for Go: ${planned}.`;
  if (report.planned.length > 0) return `A preview: ${planned}, nothing was written.`;
  const conflicts = report.notes.filter(({ what }) => what === 'conflict').length;
  const failed = report.notes.filter(({ what }) => what === 'failed').length;
  const more = [conflicts > 0 ? count(conflicts, 'conflict') : '', failed > 0 ? `${count(failed, 'record')} failed` : ''].filter(Boolean);
  const main = done.length > 0 ? written : 'Nothing to do, both sides agree';
  return `${capital([main, ...more].join('; '))}.`;
}

/** `3 in Outlook (2 created, 1 updated)`; undefined where nothing was. */
function writesOf({ counts }: CycleReport, side: SideName): string | undefined {
  const sum = (what: keyof Counts): number => (['contact', 'task', 'event'] as const satisfies readonly Kind[]).reduce((total, kind) => total + counts[side][kind][what], 0);
  const parts = (['created', 'updated', 'deleted', 'marked'] as const).map((what) => [sum(what), what] as const).filter(([number]) => number > 0);
  if (parts.length === 0) return undefined;
  const total = parts.reduce((all, [number]) => all + number, 0);
  return `${total} written in ${titleOf[side]} (${parts.map(([number, what]) => `${number} ${what}`).join(', ')})`;
}

/** `1 conflict`, `2 conflicts`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
