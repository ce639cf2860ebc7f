import { readConfig, readSetAtRunTime, type Config, type Origin, type SetAtRunTime, type SettingRow, type SetValues } from '@syncline/hub';
import type { Command } from '../command.ts';
import { configOption, loadConfig } from '../load-config.ts';
import { Complaint, type World } from '../world.ts';
import { ask, findRunning } from './remote.ts';
import { columns } from './settings.ts';

/** `syncline config print`. */
export const config: Command = {
  summary: 'each setting, its value and where it comes from',
  words: 'print',
  options: configOption,
  examples: ['npx syncline config print --config syncline.yaml', 'SYNCLINE_PORT=8080 npx syncline config print --json'],
  run: async (given, world) => {
    if (given.words.length > 0 && given.words[0] !== 'print') throw new Complaint(`There is no "config ${given.words[0] ?? ''}" (did you mean "config print"?).`);
    const origins = await originsOf(await loadConfig(given, world, false), world);
    if (given.values['json'] === true) world.say(JSON.stringify({ settings: origins.map(({ value, ...rest }) => ({ ...rest, value: value ?? null })) }));
    else for (const line of columns(origins.map(({ name, user, value, from }) => [user === undefined ? name : `users.${user}.${name}`, value === undefined ? '-' : String(value), from]))) world.say(line);
    return 0;
  },
};

/** With what was set at run time, which the hub that runs tells, or its data folder. */
async function originsOf(config: Config, world: World): Promise<readonly Origin[]> {
  const hub = await findRunning(config, world);
  const runtime = hub === undefined ? await readSetAtRunTime(config, world) : toldBy((await ask(hub, world, 'GET', '/api/v1/settings')) as Told);
  return runtime === undefined ? config.origins : (await readConfig({ ...config.source, runtime })).origins;
}

interface Told {
  readonly settings: readonly SettingRow[];
  readonly users: { readonly [user: string]: readonly SettingRow[] };
}

function toldBy({ settings, users }: Told): SetAtRunTime {
  const set = (rows: readonly SettingRow[]): SetValues => Object.fromEntries(rows.filter(({ from }) => from === 'set at run time').map(({ name, value }) => [name, value]));
  return { everybody: set(settings), users: Object.fromEntries(Object.entries(users).map(([user, rows]) => [user, set(rows)])) };
}
