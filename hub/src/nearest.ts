/** ` (did you mean "port"?)` for a word that is nearly one of these; empty where none is near. */
export function nearest(word: string, words: readonly string[]): string {
  const start = words.filter((one) => word.length >= 4 && one.toLowerCase().startsWith(word.toLowerCase()));
  if (start.length === 1) return ` (did you mean "${start[0] ?? ''}"?)`;
  // Every distance is a table of both lengths.
  if (word.length > 100) return '';
  const ranked = words.map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(1, Math.floor(word.length / 3)) ? ` (did you mean "${best.one}"?)` : '';
}

/** How many letters have to be changed, added, taken away or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row[j] = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swapped);
    }
  }
  return cell(a.length, b.length);
}
