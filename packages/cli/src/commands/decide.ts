import { decideOn, restoreOn, type Chosen, type DecidedRecord, type RestoredRecord } from '@syncline/hub';
import type { Command } from '../command.ts';
import { textOf, type Given } from '../options.ts';
import { Complaint } from '../world.ts';
import { onRecord, userOptions } from './on-user.ts';

const choices: readonly Chosen[] = ['keep', 'delete', 'orocrm', 'outlook'];

/** `syncline decide`: a person decides about one record that waits. */
export const decide: Command = {
  summary: 'decides about a record that waits; "syncline why RECORD" says what fits',
  words: 'RECORD',
  options: {
    ...userOptions,
    keep: { help: 'it goes on, as a new record where it is missing (A12, B3s, S14b)' },
    delete: { help: 'it ends where it is still there; a complete copy is kept' },
    orocrm: { help: 'a field gets the value it has in OroCRM (R7)' },
    outlook: { help: 'a field gets the value it has in Outlook (R7)' },
    field: { value: 'NAME', help: 'which field; needed where several wait' },
  },
  examples: ['npx syncline decide e_0a1b2c3d4e5f --keep', 'npx syncline decide 4711 --outlook --field jobTitle'],
  run: async (given, world) => {
    const [record] = given.words;
    if (record === undefined) throw new Complaint('Which record? Name its id in OroCRM, in Outlook or here: syncline decide RECORD --keep.');
    const choice = oneChoice(given);
    const field = textOf(given.values['field']);
    const decided = await onRecord<DecidedRecord>(given, world, 'decide', { record, choice, ...(field !== undefined && { field }) }, (session) => decideOn(session, record, choice, field));
    world.say(given.values['json'] === true ? JSON.stringify(decided) : `${decided.kind} "${decided.label}" (${decided.rule}): ${decided.sentence}`);
    return 0;
  },
};

function oneChoice({ values }: Given): Chosen {
  const [only, second] = choices.filter((choice) => values[choice] === true);
  if (only === undefined || second !== undefined) throw new Complaint('Decide what? Name one of --keep, --delete, --orocrm and --outlook; "syncline why RECORD" says which fit.');
  if (textOf(values['field']) !== undefined && (only === 'keep' || only === 'delete')) throw new Complaint(`--${only} is about the whole record: leave --field out, or name the side whose value it is to have.`);
  return only;
}

/** `syncline restore`: one deleted record comes back. */
export const restore: Command = {
  summary: 'brings back one record that Syncline deleted; without --yes it tells what comes back and what cannot (D6)',
  words: 'RECORD',
  options: { ...userOptions, yes: { help: 'do it' } },
  examples: ['npx syncline restore e_0a1b2c3d4e5f', 'npx syncline restore e_0a1b2c3d4e5f --yes'],
  run: async (given, world) => {
    const [record] = given.words;
    if (record === undefined) throw new Complaint('Which record? "syncline history RUN" lists what was deleted: syncline restore RECORD.');
    const yes = given.values['yes'] === true;
    const restored = await onRecord<RestoredRecord>(given, world, 'restore', { record, ...(yes && { yes }) }, (session) => restoreOn(session, record, yes));
    if (given.values['json'] === true) world.say(JSON.stringify(restored));
    else {
      const { kind, label, entity, deletedAt, rule, sentences, done } = restored;
      world.say(`${kind} "${label}", deleted ${new Date(deletedAt).toISOString()} (${rule}):`);
      for (const sentence of sentences) world.say(`  ${sentence}`);
      world.say(done ? 'Restored: the next sync makes it.' : `Nothing was done yet: npx syncline restore ${entity} --yes`);
    }
    return 0;
  },
};
