import type { WaitingHold } from '@syncline/hub';

/** What a record waits for, line by line, and below it the commands that decide it. */
export function linesOfHolds(entity: string, holds: readonly WaitingHold[]): readonly string[] {
  return holds.flatMap(({ rule, field, reason, choices, approval }) => [
    `waits (${rule})${field === undefined ? '' : `, ${field}`}: ${reason}`,
    ...(approval === undefined ? [] : [`  npx syncline approve ${approval}`]),
    ...choices.map((choice) => `  npx syncline decide ${entity} --${choice}${field === undefined ? '' : ` --field ${quoted(field)}`}`),
  ]);
}

/** A word a shell takes as it is: an entry of a list may hold anything. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
