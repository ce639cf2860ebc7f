// `npm start -- [options]`: installs and builds what is missing, then becomes `syncline demo [options]`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { refuseLostOptions, scriptArguments } from './arguments.mjs';
import { bootstrap } from './bootstrap.mjs';
import { endWithNpm } from './orphan.mjs';
import { root, stop } from './workspace.mjs';

refuseLostOptions('start', ['once', 'json', 'fresh', 'users', 'direction', 'wins', 'config', 'orocrm-data', 'seed', 'port']);
bootstrap();

const main = join(root, 'packages/cli/dist/src/main.js');
if (!existsSync(main)) stop('there is nothing to start: packages/cli/src/main.ts is missing, and with it the command line.');

endWithNpm();
// In this very process: signals, exit code and standard streams are the command's own, with nothing between.
process.argv = [process.argv[0], main, 'demo', ...scriptArguments()];
await import(pathToFileURL(main).href);
