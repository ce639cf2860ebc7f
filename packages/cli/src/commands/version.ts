import { readFile } from 'node:fs/promises';
import type { Command } from '../command.ts';

/** `syncline version`. */
export const version: Command = {
  summary: 'which version this is',
  options: {},
  examples: ['npx syncline version --json'],
  run: async ({ values }, world) => {
    // The package lies two folders up from dist/src/commands, and so does the source.
    const folder = import.meta.url.includes('/dist/') ? '../../../package.json' : '../../package.json';
    const { version } = JSON.parse(await readFile(new URL(folder, import.meta.url), 'utf8')) as { version: string };
    world.say(values['json'] === true ? JSON.stringify({ version, node: process.versions.node }) : `syncline ${version}`);
    return 0;
  },
};
