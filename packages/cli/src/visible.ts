/**
 * A line for a terminal or a log: what would move the cursor, colour, end the line or turn its direction stands there as
 * an escape. Names and a service's words come from anybody who can send an invitation. In JSON the escape means the
 * character it stands for.
 */
export function visible(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Several lines, a stack for one, as one entry: what goes on is indented, so that nothing in it looks like another entry. */
export function visibleEntry(text: string): string {
  return text.split('\n').map(visible).join('\n    ');
}
