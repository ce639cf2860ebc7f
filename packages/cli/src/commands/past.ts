import { isUnfit, pastRows, pastRuns, resyncOn, undoOn, undoPast, why as whyOf, type PastRow, type PastRun, type Reasons, type Resynced, type UndonePast } from '@syncline/hub';
import type { Command } from '../command.ts';
import { linesOfHolds } from '../holds.ts';
import { loadConfig } from '../load-config.ts';
import { textOf } from '../options.ts';
import { Complaint } from '../world.ts';
import { onRecord, oneUser, onUser, userOptions as options } from './on-user.ts';
import { ask, findRunning } from './remote.ts';

/** `syncline history`: runs, or what one run did. */
export const history: Command = {
  summary: 'what was written, replaced and overruled: the last runs, or with RUN what one did',
  words: '[RUN]',
  options,
  examples: ['npx syncline history', 'npx syncline history 0mwvhvgty-0 --json'],
  run: async (given, world) => {
    const [run] = given.words;
    const answer = await onUser(given, world, 'history', run === undefined ? {} : { run }, async (session) =>
      run === undefined ? { runs: await pastRuns(session, 50) } : { rows: await pastRows(session, run) });
    const { runs, rows } = answer as { runs?: readonly PastRun[]; rows?: readonly PastRow[] };
    if (given.values['json'] === true) world.say(JSON.stringify(answer));
    else {
      for (const one of runs ?? []) world.say(`${new Date(one.at).toISOString()} ${one.run}: ${Object.entries(one.counts).map(([op, count]) => `${count} ${op}`).join(', ')}`);
      for (const row of rows ?? []) world.say(`${row.op} ${row.kind} "${row.label}" in ${row.side} (${row.rule}) ${row.op === 'delete' ? `npx syncline restore ${row.entity}` : (row.choice ?? `${JSON.stringify(row.before ?? {})} -> ${JSON.stringify(row.after ?? {})}`)}`);
      if (rows?.length === 0) throw new Complaint(`There is no run "${run ?? ''}" in history; "syncline history" lists them.`);
    }
    return 0;
  },
};

/** `syncline why`: a record explains itself. */
export const why: Command = {
  summary: 'why a record is what it is, by rule number: RECORD is its id in OroCRM or Outlook',
  words: 'RECORD',
  options,
  examples: ['npx syncline why 4711', 'npx syncline why AAkALg... --json'],
  run: async (given, world) => {
    const [record] = given.words;
    if (record === undefined) throw new Complaint('Which record? Name its id in OroCRM or in Outlook: syncline why RECORD.');
    const { records } = (await onUser(given, world, 'why', { record }, async (session) => ({ records: await whyOf(session, record) }))) as { records: readonly Reasons[] };
    if (records.length === 0) throw new Complaint(`No record has the id "${record}" on either side.`);
    if (given.values['json'] === true) world.say(JSON.stringify({ records }));
    else {
      for (const { entity, kind, label, links, sentences, holds, fields, history: rows } of records) {
        world.say(`${kind} "${label}": OroCRM ${links.left ?? '-'}, Outlook ${links.right ?? '-'}, here ${entity}`);
        for (const sentence of sentences) world.say(`  ${sentence}`);
        for (const line of linesOfHolds(entity, holds)) world.say(`  ${line}`);
        for (const { unit, agreed, rule, from, notes } of fields) world.say(`  ${unit} = ${JSON.stringify(agreed)} (${rule}), from ${from.side === 'left' ? 'OroCRM' : 'Outlook'} ${new Date(from.at).toISOString()}${notes.map((note) => `; ${note}`).join('')}`);
        for (const { at, op, side, rule, before } of rows.slice(0, 20)) world.say(`  ${new Date(at).toISOString()} ${op} in ${side === 'left' ? 'OroCRM' : 'Outlook'} (${rule})${before === undefined ? '' : ` before: ${JSON.stringify(before)}`}`);
      }
    }
    return 0;
  },
};

/** `syncline undo`: reverses a run, or one record or value of it. */
export const undo: Command = {
  summary: 'reverses what a run wrote and nobody has edited since; the rest is listed',
  words: 'RUN',
  options: { ...options, record: { value: 'RECORD', help: 'only what it did to this record' }, field: { value: 'NAME', help: 'only this field of the record' } },
  examples: ['npx syncline undo 0mwvhvgty-0', 'npx syncline undo 0mwvhvgty-0 --record 4711 --field jobTitle'],
  run: async (given, world) => {
    const [run] = given.words;
    if (run === undefined) throw new Complaint('Which run? "syncline history" lists them: syncline undo RUN.');
    const [record, field] = [textOf(given.values['record']), textOf(given.values['field'])];
    if (field !== undefined && record === undefined) throw new Complaint('A field of which record? Name it with --record.');
    const answer = record === undefined
      ? ((await onUser(given, world, 'undo', { run }, (session) => undoPast(session, run))) as UndonePast)
      : await onRecord<UndonePast>(given, world, 'undo', { run, record, ...(field !== undefined && { field }) }, (session) => undoOn(session, run, record, field));
    if (given.values['json'] === true) world.say(JSON.stringify(answer));
    else {
      world.say(`${answer.reversed} reversed; the next sync writes it.`);
      for (const { label, side, field, reason } of answer.left) world.say(`  left alone: "${label}" in ${side}${field === undefined ? '' : `, ${field}`}: ${reason}`);
    }
    return 0;
  },
};

/** `syncline resync`: everything is read again, under `classic` after the items that the hub marked were deleted. */
export const resync: Command = {
  summary: 'reads everything again and links again what lost its link; deletes nothing, unless the switch resync.mode is "purge" and a name is confirmed',
  options: {
    ...options,
    purge: { help: 'only as the literal full pass, which deletes the marked items in Outlook first (A6, B3); refused under "relink"' },
    confirm: { value: 'NAME', help: 'do it: the name under which the pass said what it would delete (D8)' },
  },
  examples: ['npx syncline resync --user ada', 'npx syncline resync --purge', 'npx syncline resync --purge --confirm 2k7f0c9x1m3q'],
  run: async (given, world) => {
    const confirm = textOf(given.values['confirm']);
    const asked = { ...(given.values['purge'] === true && { purge: true }), ...(confirm !== undefined && { confirm }) };
    const answer = (await onUser(given, world, 'resync', asked, (session) => resyncOn(session, asked))) as Resynced;
    if (isUnfit(answer)) throw new Complaint(answer.unfit);
    if (given.values['json'] === true) world.say(JSON.stringify(answer));
    else for (const sentence of answer.sentences) world.say(sentence);
    return 0;
  },
};

/** `syncline approve`: lets held deletions or overwrites happen. */
export const approve: Command = {
  summary: 'lets what waits for approval happen, by the name it was shown under; another plan has another name',
  words: 'NAME...',
  options,
  examples: ['npx syncline approve 2k7f0c9x1m3q'],
  run: async (given, world) => {
    if (given.words.length === 0) throw new Complaint('What is approved? The name stands beside what is held: syncline approve NAME.');
    const config = await loadConfig(given, world, false);
    const hub = await findRunning(config, world);
    if (hub === undefined) throw new Complaint('An approval is for the hub that runs, and none does: start it, or run "syncline sync --approve NAME".');
    await ask(hub, world, 'POST', '/api/v1/approve', { user: oneUser(given, config.users.map(({ id }) => id)), approved: given.words });
    world.say(given.values['json'] === true ? '{}' : 'Approved for this plan; a sync starts.');
    return 0;
  },
};
