/** The largest emoji in use have a dozen. */
const unitsEach = 16;
/** As much of a name as a list can show. */
const mostCharacters = 200;

/**
 * Somebody else's words on one line: without control characters and without those that turn the direction of what comes
 * after them, cut where it is longer than a list can show. Letters of every script, joiners and emoji stay.
 */
export function plain(text: string, most = mostCharacters): string {
  // Cut first: a title may have a megabyte, and one is made for every record that is told.
  const start = text.slice(0, most * unitsEach).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/gu, ' ').trim();
  // By characters as people see them: half an emoji is none.
  const shown = [...graphemes.segment(start)].slice(0, most + 1).map(({ segment }) => segment);
  return shown.length > most || (text.length > most * unitsEach && shown.length > 0) ? `${shown.slice(0, most).join('')}…` : start;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
