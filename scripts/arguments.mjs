// What reaches a root script from the command line. npm and pnpm differ in what they do with `--`.
import { stop } from './workspace.mjs';

/** The arguments after the script's name. `pnpm start -- --once` passes the `--` on, npm does not: a leading one is dropped. */
export function scriptArguments() {
  const args = process.argv.slice(2);
  return args[0] === '--' ? args.slice(1) : args;
}

/**
 * `npm start --once` gives the option to npm, which keeps it and leaves only `npm_config_once=true` behind. Ends the
 * process with code 2 and one sentence when one of our options went that way; npm's own options are not asked about.
 */
export function refuseLostOptions(command, names, env = process.env) {
  const lost = names.filter((name) => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined);
  if (lost.length === 0) return;
  const options = lost.map((name) => `--${name}`).join(' ');
  stop(`npm kept ${options} for itself; put -- before our options: npm ${command} -- ${options} ...`, 2);
}
