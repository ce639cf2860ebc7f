import type { Json } from '@syncline/core';
import type { HistoryRow, Session } from '@syncline/engine';
import { titleOf } from '../live/names.ts';
import { told, type PastRow } from './past.ts';

/** How history leaves the hub. */
export type ExportFormat = 'csv' | 'json';

/** History as one text: of one run, or all of it, oldest first. The CSV has a row per value, and no cell a spreadsheet would calculate. */
export async function exportHistory(session: Session, format: ExportFormat, run?: string): Promise<string> {
  const rows: PastRow[] = [];
  for await (const [, value] of session.store.entries('history', run === undefined ? {} : { prefix: `${run}/` })) rows.push(told(session, value as unknown as HistoryRow));
  return format === 'json' ? `${JSON.stringify({ rows }, undefined, 1)}\n` : csvOf(rows);
}

const columns = ['time', 'run', 'kind', 'record', 'name', 'side', 'what', 'field', 'before', 'after', 'rule'];

function csvOf(rows: readonly PastRow[]): string {
  return [columns, ...rows.flatMap(linesOf)].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function linesOf({ at, run, kind, entity, label, side, op, rule, rules, before, after, choice }: PastRow): readonly (readonly string[])[] {
  const where = [new Date(at).toISOString(), run, kind, entity, label, side === 'orocrm' ? titleOf.left : titleOf.right, choice === undefined ? op : `${op}: ${choice}`];
  const units = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (units.length === 0) return [[...where, '', '', '', rule]];
  return units.map((unit) => [...where, unit, textOf(before?.[unit]), textOf(after?.[unit]), rules?.[unit] ?? rule]);
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What begins like a formula gets an apostrophe, also behind blanks; everything is quoted, so that neither comma nor line end ends a cell. */
function cell(text: string): string {
  const safe = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
