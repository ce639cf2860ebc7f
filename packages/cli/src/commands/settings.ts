import { readConfig, readSetAtRunTime, settingRows, settings as table, startHub, unsetAtRunTime, VaultError, type Change, type Changed, type Config, type SettingRow, type SetValues } from '@syncline/hub';
import type { Command } from '../command.ts';
import { configOption, loadConfig } from '../load-config.ts';
import { textOf, type Given } from '../options.ts';
import { Complaint, type World } from '../world.ts';
import { refuseDemoFolder } from './hub.ts';
import { ask, findRunning } from './remote.ts';

/** `syncline settings`: shows and changes them, of the hub that runs or in its data folder. */
export const settings: Command = {
  summary: 'shows the settings, or sets some of them while the hub runs; without --user they are everybody\'s',
  words: '[set NAME VALUE... | unset NAME...]',
  options: { ...configOption, user: { value: 'NAME', help: 'of this user' } },
  examples: [
    'npx syncline settings', 'npx syncline settings --user ada --json', 'npx syncline settings set direction orocrm-to-outlook wins outlook',
    'npx syncline settings set tasks no --user ada', 'SECRET=... npx syncline settings set orocrm.auth.clientSecret env:SECRET', 'npx syncline settings unset direction',
  ],
  run: async (given, world) => {
    const [what, ...words] = given.words;
    const config = await loadConfig(given, world, false);
    const user = textOf(given.values['user']);
    // A hub that runs knows its own people: it may be the demo.
    if (user !== undefined && !config.users.some(({ id }) => id === user) && (await findRunning(config, world)) === undefined) throw new Complaint(`There is no user "${user}" in the configuration.`);
    if (what === undefined) return show(given, world, await rowsOf(config, world, user));
    if (what === 'set') return tell(given, world, await change(given, world, config, { ...(user !== undefined && { user }), set: pairs(words, world) }));
    if (what === 'unset') return unset(given, world, config, words, user);
    throw new Complaint(`There is no "settings ${what}": it is "settings", "settings set NAME VALUE" or "settings unset NAME".`);
  },
};

/** As the hub that runs has them, or as one that starts would. */
export async function rowsOf(config: Config, world: World, user: string | undefined): Promise<readonly SettingRow[]> {
  const hub = await findRunning(config, world);
  if (hub !== undefined) {
    const { settings: rows } = (await ask(hub, world, 'GET', `/api/v1/settings${user === undefined ? '' : `?user=${encodeURIComponent(user)}`}`)) as { settings: readonly SettingRow[] };
    return rows;
  }
  const runtime = await readSetAtRunTime(config, world);
  return settingRows(runtime === undefined ? config : await readConfig({ ...config.source, runtime }), user);
}

function show({ values }: Given, world: World, rows: readonly SettingRow[]): number {
  if (values['json'] === true) world.say(JSON.stringify({ settings: rows }));
  else for (const line of columns(rows.map(({ name, value, from }) => [name, value === null ? '-' : String(value), from]))) world.say(line);
  return 0;
}

/** `NAME VALUE NAME VALUE`. */
function pairs(words: readonly string[], world: World): SetValues {
  if (words.length === 0 || words.length % 2 === 1) throw new Complaint('A name and a value each: syncline settings set NAME VALUE.');
  const values: Record<string, SetValues[string]> = {};
  for (let at = 0; at < words.length; at += 2) values[words[at] ?? ''] = valueOf(words[at] ?? '', words[at + 1] ?? '', world);
  return values;
}

function valueOf(name: string, text: string, world: World): SetValues[string] {
  const [, variable] = /^env:(\w+)$/.exec(text) ?? [];
  if (variable === undefined) {
    // Arguments are seen by everybody on the machine, and kept by the shell (S15).
    if (/(secret|token|password|passphrase|key)$/i.test(name)) throw new Complaint(`${name} is a secret: put it into a variable of the environment, and write env:VARIABLE in its place.`);
    return table.some((setting) => setting.name === name) ? text : parsed(text);
  }
  const found = world.environment[variable];
  if (found === undefined) throw new Complaint(`The environment holds no ${variable}.`);
  return found;
}

/** A member of a connection that no table names: 30, true and ["a", "b"] are what they look like, anything else is a text. */
function parsed(text: string): SetValues[string] {
  try {
    return JSON.parse(text) as SetValues[string];
  } catch {
    return text;
  }
}

async function change(given: Given, world: World, config: Config, asked: Change): Promise<Changed> {
  const hub = await findRunning(config, world);
  if (hub !== undefined) return (await ask(hub, world, 'PATCH', '/api/v1/settings', asked)) as Changed;
  await refuseDemoFolder(config);
  const started = await startHub({ config: await loadConfig(given, world, true), env: world, listens: false, schedules: false, signsIn: false, ended: world.ended });
  try {
    return await started.hub.settings.change(asked);
  } catch (error) {
    if (error instanceof VaultError) throw new Complaint(error.message, { cause: error });
    throw error;
  } finally {
    await started.close();
  }
}

async function unset(given: Given, world: World, config: Config, names: readonly string[], user: string | undefined): Promise<number> {
  if (names.length === 0) throw new Complaint('Which? "syncline settings" lists them: syncline settings unset NAME.');
  const hub = await findRunning(config, world);
  if (hub !== undefined) return tell(given, world, (await ask(hub, world, 'PATCH', '/api/v1/settings', { ...(user !== undefined && { user }), unset: names })) as Changed);
  const found = await unsetAtRunTime(config, world, names, user);
  const missing = names.filter((name) => !found.includes(name));
  if (missing.length > 0) throw new Complaint(`${missing.join(', ')}: not set at run time${user === undefined ? '' : ` for ${user}`}.`);
  return tell(given, world, { settings: [], notes: [] });
}

function tell({ values }: Given, world: World, changed: Changed): number {
  if (values['json'] === true) world.say(JSON.stringify(changed));
  else for (const note of changed.notes) world.say(note);
  if (values['json'] !== true) world.say('Done; it holds from the next cycle on.');
  return 0;
}

/** Rows as lines, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
