// `npm test -- [--long] [--report FILE] [files]`: every test of the tree, or those named. The last line of stdout is
// `N passed, N failed, N skipped`; the exit code is not 0 unless everything passed.
import { spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { refuseLostOptions, scriptArguments } from './arguments.mjs';
import { bootstrap } from './bootstrap.mjs';
import { endWithNpm } from './orphan.mjs';
import { TapReader } from './tap-reader.mjs';
import { binOf, projects, root, stop } from './workspace.mjs';

const usage = 'npm test -- [--long] [--report FILE] [test file, folder or glob ...]';

refuseLostOptions('test', ['long', 'report']);
const options = parse(scriptArguments());
bootstrap();

const tap = spawn(process.execPath, [binOf('tap'), 'run', '--reporter=tap', ...options.files.map(compiled)], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, ...(options.long ? { SYNCLINE_LONG: '1' } : {}) },
});
endWithNpm();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tap.kill(signal));

const ended = new Promise((done) => tap.on('close', (code, signal) => done({ code, signal })));
const reader = new TapReader((line) => console.log(line));
for await (const line of createInterface({ input: tap.stdout })) reader.line(line);
report(await ended);

function parse(args) {
  const options = { long: false, report: undefined, files: [] };
  const rest = [...args];
  while (rest.length > 0) {
    const arg = rest.shift();
    if (arg === '--long') options.long = true;
    else if (arg === '--report' && rest.length > 0) options.report = rest.shift();
    else if (arg === '--help' || arg.startsWith('-')) stop(`${arg === '--help' ? 'usage' : `unknown option ${arg}`}: ${usage}`, 2);
    else options.files.push(arg);
  }
  return options;
}

/** What tap has to be given for a source file, a folder or a glob as a person types it. */
function compiled(argument) {
  const path = relative(root, resolve(argument)).split(sep).join('/');
  const project = projects().find((folder) => path === folder || path.startsWith(`${folder}/`));
  if (project === undefined || path.startsWith(`${project}/dist`)) return path;
  const inside = path.slice(project.length + 1).replace(/\.tsx?$/, '.js');
  const target = [project, 'dist', inside].filter(Boolean).join('/');
  if (!existsSync(join(root, path)) || !statSync(join(root, path)).isDirectory()) return target;
  return `${target}/**/*.test.js`;
}

function report({ code, signal }) {
  const { skips, failures, totals } = reader;
  if (failures.length > 0) console.log(`\nfailed:\n${failures.map((path) => `  ${path}`).join('\n')}`);
  if (skips.length > 0) console.log(`\nskipped:\n${skips.map(({ file, title, reason }) => `  ${title}${reason && ` (${reason})`}, in ${file}`).join('\n')}`);
  const { total, passed, failed, skipped } = totals ?? { total: 0, passed: 0, failed: failures.length, skipped: skips.length };
  const trouble = reasonToFail({ code, signal, totals, total, failed });
  if (trouble) console.log(`\n${trouble}`);
  const ran = { rules: reader.rules.size, ...reader.counts };
  if (options.report) writeFileSync(options.report, `${JSON.stringify({ passed, failed, skipped, skips, ran }, null, 2)}\n`);
  console.log(`\nran: ${Object.entries(ran).map(([word, count]) => `${count} ${word}`).join(', ')}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || trouble ? 1 : 0;
}

/** Why the run does not count although no test failed; undefined when it does, or when the failures speak for themselves. */
function reasonToFail({ code, signal, totals, total, failed }) {
  if (totals === undefined) return `tap ended early, before its summary (${signal ?? `code ${code}`}); its last words are above.`;
  if (total === 0) return 'no tests were found.';
  if (failed === 0 && code !== 0) return `no test failed, but tap ended with ${signal ?? `code ${code}`}; its last words are above.`;
  return undefined;
}
