import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { StartCutOff, startHub, type Config, type Started, type StartOptions } from '@syncline/hub';
import type { Command } from '../command.ts';
import { demoFile } from '../demo/demo-file.ts';
import { configOption, loadConfig } from '../load-config.ts';
import { textOf, type Given } from '../options.ts';
import { Complaint, type World } from '../world.ts';

/** `syncline hub`: real systems. */
export const hub: Command = {
  summary: 'runs the hub between a real OroCRM and a real mailbox',
  options: { ...configOption, restored: { help: 'the data folder was restored from a copy, and nothing shows it: the snapshot of a machine or disk (D9)' } },
  examples: ['npx syncline hub --config syncline.yaml', 'SYNCLINE_PORT=8080 npx syncline hub --config syncline.yaml'],
  run: runHub,
};

/** Runs until the process is asked to end. */
export async function runHub(given: Given, world: World): Promise<number> {
  if (textOf(given.values['config']) === undefined && world.environment['SYNCLINE_CONFIG'] === undefined) {
    throw new Complaint('The hub needs its settings: --config FILE, as docs/guides/self-hosting.md shows. "npm start" without it is the demo.');
  }
  const config = await loadConfig(given, world, true);
  await refuseDemoFolder(config);
  const started = await startUnlessEnded(world, { config, env: world, isRestored: given.values['restored'] === true });
  if (started === undefined) return 0;
  announce(world, started.url, started.hub.signInLink(), given.values['json'] === true);
  const signal = await world.ended;
  world.tell(`syncline: ${signal}: ending the cycles that run, and saving.`);
  await started.close();
  return 0;
}

/** `undefined` when the process was asked to end first, which is no failure of a process that serves. */
export async function startUnlessEnded(world: World, options: StartOptions): Promise<Started | undefined> {
  try {
    return await startHub({ ...options, ended: world.ended });
  } catch (error) {
    if (!(error instanceof StartCutOff)) throw error;
    world.tell(`syncline: ${error.message}`);
    return undefined;
  }
}

/** Real people's data does not go between the demo's simulators, nor the other way round. */
export async function refuseDemoFolder({ data }: Config): Promise<void> {
  try {
    await access(join(data, demoFile));
  } catch {
    return;
  }
  throw new Complaint(`${data} is the demo's data folder: set SYNCLINE_DATA (or "data") to another one.`);
}

/** The address, and the link that signs in; `more` is for JSON. */
export function announce(world: World, url: string, link: string, json: boolean, more: object = {}): void {
  if (json) world.say(JSON.stringify({ url, signIn: link, ...more }));
  else {
    world.say(`Syncline is at ${url}`);
    world.say(`Sign in once with ${link}`);
  }
}
