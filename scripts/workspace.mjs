// What lies where in this checkout, for the scripts. Plain Node: it runs before anything is installed.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders of the workspace relative to the root, sorted: each has a package.json and a tsconfig.json. */
export function projects(top = root) {
  const grouped = ['packages', 'connectors'].flatMap((group) =>
    existsSync(join(top, group)) ? readdirSync(join(top, group)).map((name) => `${group}/${name}`) : [],
  );
  return [...grouped, 'hub', 'test'].filter((folder) => existsSync(join(top, folder, 'package.json'))).sort();
}

/** A parsed JSON file of the checkout. Throws when it is missing or is not JSON. */
export function readJson(path, top = root) {
  return JSON.parse(readFileSync(join(top, path), 'utf8'));
}

/** Every file below a folder, relative to it with `/`; nothing for a folder that is not there. */
export function filesBelow(folder, skip = ['node_modules']) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skip.includes(entry.name)) return [];
    if (!entry.isDirectory()) return [entry.name];
    return filesBelow(join(folder, entry.name), skip).map((below) => `${entry.name}/${below}`);
  });
}

/** Path of the script behind a command of an installed package of the root, to be run with Node itself. */
export function binOf(name, command = name) {
  return join(root, 'node_modules', name, readJson(`node_modules/${name}/package.json`).bin[command]);
}

/** Prints one sentence for a person and ends the process. Nothing of ours writes to stdout before the command does. */
export function stop(sentence, code = 1) {
  process.stderr.write(`syncline: ${sentence}\n`);
  process.exit(code);
}
