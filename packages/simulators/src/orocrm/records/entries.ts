import type { EntryRow } from '../rows.ts';

/**
 * Replaces a list of e-mails or phones as the service's form does: the n-th value goes into the n-th row, the primary
 * row coming first. The result stands in the order in which PostgreSQL returns the rows without ORDER BY, which is
 * why the order of a list is not kept: untouched rows, then new ones, then rewritten ones (transcripts 05 and 06).
 */
export function planEntries(
  current: readonly EntryRow[],
  values: readonly string[],
  primary: string | null,
  nextId: () => number,
): EntryRow[] {
  const rows = formOrder(current);
  const untouched: EntryRow[] = [];
  const added: EntryRow[] = [];
  const rewritten: EntryRow[] = [];
  for (const [index, value] of values.entries()) {
    const row = rows[index];
    const isPrimary = value === primary;
    if (row === undefined) added.push({ id: nextId(), value, primary: isPrimary });
    else if (row.value === value && row.primary === isPrimary) untouched.push(row);
    else rewritten.push({ id: row.id, value, primary: isPrimary });
  }
  const place = new Map(current.map((row, index) => [row.id, index]));
  untouched.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  return [...untouched, ...added, ...rewritten];
}

/** The values in the order of the form's rows; the primary one is the first. */
export function formOrder(current: readonly EntryRow[]): EntryRow[] {
  return [...current].sort((a, b) => Number(b.primary) - Number(a.primary));
}

/** One row that was added, rewritten or removed. */
export interface EntryChange {
  readonly entry: EntryRow;
  readonly was: string | null;
  readonly action: 'create' | 'update' | 'remove';
}

/** What differs between two states of a list; `any` counts a moved primary flag too, which the audit log does not. */
export function changedEntries(before: readonly EntryRow[], after: readonly EntryRow[]): { readonly any: boolean; readonly values: EntryChange[] } {
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const values: EntryChange[] = [];
  let flags = false;
  for (const entry of after) {
    const was = old.get(entry.id);
    old.delete(entry.id);
    if (was === undefined) values.push({ entry, was: null, action: 'create' });
    else if (was.value !== entry.value) values.push({ entry, was: was.value, action: 'update' });
    else if (was.primary !== entry.primary) flags = true;
  }
  for (const entry of old.values()) values.push({ entry, was: entry.value, action: 'remove' });
  return { any: flags || values.length > 0, values };
}
