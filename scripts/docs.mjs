// `npm run docs`: the reference of every package's door, from its doc comments, into docs/api. What is exported and
// not documented is an error. Built first, because typedoc reads each package through the built types of the others.
import { spawnSync } from 'node:child_process';
import { scriptArguments } from './arguments.mjs';
import { bootstrap } from './bootstrap.mjs';
import { binOf, root, stop } from './workspace.mjs';

bootstrap();
const { status } = spawnSync(process.execPath, [binOf('typedoc'), ...scriptArguments()], { cwd: root, stdio: ['ignore', 1, 2] });
if (status !== 0) stop(`the documentation is not complete (typedoc ended with code ${status}; its messages are above).`);
console.log('docs/api/index.html is up to date');
