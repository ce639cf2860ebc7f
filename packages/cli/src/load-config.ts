import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { connectors, readConfig, type Config } from '@syncline/hub';
import { textOf, type Given, type OptionSpec } from './options.ts';
import { Complaint, type World } from './world.ts';

/** The option of every command that needs a configuration. */
export const configOption: { readonly [name: string]: OptionSpec } = {
  config: { value: 'FILE', help: 'the YAML file with the settings (or SYNCLINE_CONFIG)' },
};

/** Reads the configuration a command was given. `checks`: whether the connections have to be right too. */
export async function loadConfig(given: Given, world: World, checks: boolean): Promise<Config> {
  const file = textOf(given.values['config']) ?? world.environment['SYNCLINE_CONFIG'];
  const config = await readConfig({
    ...(file !== undefined && { file, text: await readText(pathOf(world, file), file) }),
    env: world.environment,
    zone: world.zone,
    ...(checks && { connectors }),
  });
  return { ...config, data: pathOf(world, config.data) };
}

/** A path as it was typed, from the folder the command was started in. */
export function pathOf(world: World, path: string): string {
  return isAbsolute(path) ? path : join(world.folder, path);
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Complaint(`The file ${file} cannot be read: give --config the path of the YAML file with the settings.`, { cause });
  }
}
