import { ConfigError, nearest, StartError } from '@syncline/hub';
import type { Command } from './command.ts';
import { config } from './commands/config.ts';
import { connector } from './commands/connector.ts';
import { decide, restore } from './commands/decide.ts';
import { demo } from './commands/demo.ts';
import { hub } from './commands/hub.ts';
import { approve, history, resync, undo, why } from './commands/past.ts';
import { plan, signIn, status, sync } from './commands/remote.ts';
import { settings } from './commands/settings.ts';
import { simulate } from './commands/simulate.ts';
import { version } from './commands/version.ts';
import { everywhere, readOptions } from './options.ts';
import { Complaint, type World } from './world.ts';

/** Every command by its name. */
export const commands: { readonly [name: string]: Command } = { demo, hub, simulate, plan, sync, status, history, why, decide, undo, restore, resync, approve, settings, connector, 'sign-in': signIn, config, version };

/** Runs a command line; resolves to the exit code. Whatever a person can change is said in sentences on stderr. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    for (const line of overview()) world.say(line);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') return version.run({ values: {}, words: [] }, world);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (command === undefined) throw new Complaint(`There is no command "${name}"${nearest(name, Object.keys(commands))}; "syncline --help" lists them.`);
    const given = readOptions(rest, command.options, name);
    if (given.values['help'] === true) {
      for (const line of helpOf(name, command)) world.say(line);
      return 0;
    }
    return await command.run(given, world);
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const mistake of error.mistakes) world.tell(`syncline: ${mistake}`);
      return 2;
    }
    if (error instanceof Complaint || error instanceof StartError) {
      for (const sentence of error.message.split('\n')) world.tell(`syncline: ${sentence}`);
      return error instanceof Complaint ? 2 : 1;
    }
    throw error;
  }
}

function overview(): readonly string[] {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  return [
    'syncline COMMAND [options]: keeps contacts, tasks and events the same in OroCRM and in Outlook.',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'syncline COMMAND --help tells more, with examples.',
  ];
}

function helpOf(name: string, { summary, words, options, examples }: Command): readonly string[] {
  const rows = Object.entries({ ...options, ...everywhere }).map(([option, { value, help }]) => [`--${option}${value === undefined ? '' : ` ${value}`}`, help] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `syncline ${name}${words === undefined ? '' : ` ${words}`} [options]: ${summary}`,
    '',
    ...rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`),
    '',
    'Examples:',
    ...examples.map((line) => `  ${line}`),
  ];
}
