import type { Command } from '../command.ts';
import { configOption, loadConfig } from '../load-config.ts';
import { Complaint } from '../world.ts';

/** `syncline config print`. */
export const config: Command = {
  summary: 'each setting, its value and where it comes from',
  words: 'print',
  options: configOption,
  examples: ['npx syncline config print --config syncline.yaml', 'SYNCLINE_PORT=8080 npx syncline config print --json'],
  run: async (given, world) => {
    if (given.words.length > 0 && given.words[0] !== 'print') throw new Complaint(`There is no "config ${given.words[0] ?? ''}" (did you mean "config print"?).`);
    const { origins } = await loadConfig(given, world, false);
    if (given.values['json'] === true) {
      world.say(JSON.stringify({ settings: origins.map(({ value, ...rest }) => ({ ...rest, value: value ?? null })) }));
      return 0;
    }
    const rows = origins.map(({ name, user, value, from }) => [user === undefined ? name : `users.${user}.${name}`, value === undefined ? '-' : String(value), from] as const);
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    for (const [name, value, from] of rows) world.say(`${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${from}`);
    return 0;
  },
};
