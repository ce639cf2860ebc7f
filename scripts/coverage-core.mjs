// `packages/core` decides, so every line and branch of it is tested by its own tests: 100 %, in a tap run of its own.
// tap's thresholds count loaded files only; a source that no test imports would pass unseen, so the sources are listed here.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { sourcesOf } from './stale.mjs';
import { binOf, readJson, root, stop } from './workspace.mjs';

const core = 'packages/core';
const summaryFile = '.tap/report/coverage-summary.json';
const measures = ['statements', 'branches', 'functions', 'lines'];

bootstrap();
rmSync(join(root, summaryFile), { force: true });
const run = ['run', '--no-disable-coverage', '--allow-incomplete-coverage', '--coverage-report=json-summary', '--coverage-report=text', '--reporter=silent'];
const { status } = spawnSync(process.execPath, [binOf('tap'), ...run, `${core}/dist/test/**/*.test.js`], { cwd: root, stdio: ['ignore', 2, 2] });
if (status !== 0) stop(`the tests of ${core} do not pass (tap ended with code ${status}): npm test -- ${core}`);
if (!existsSync(join(root, summaryFile))) stop(`tap wrote no ${summaryFile}, so there is nothing to judge.`);
judge(readJson(summaryFile));

function judge(summary) {
  const sources = sourcesOf(core).filter((path) => path.startsWith('src/'));
  const covered = new Map(Object.entries(summary).map(([path, counts]) => [path.replaceAll('\\', '/'), counts]));
  const find = (source) => [...covered].find(([path]) => path.endsWith(`/${core}/${source}`))?.[1];
  const missing = sources.filter((source) => !find(source) && hasCode(source));
  const incomplete = sources.filter((source) => find(source) && measures.some((name) => find(source)[name].pct < 100));
  for (const source of missing) console.log(`  no test loads  ${source}`);
  for (const source of incomplete) console.log(`  ${measures.map((name) => `${find(source)[name].pct}% ${name}`).join(', ')}  ${source}`);
  const measured = sources.filter(find).length;
  console.log(`core coverage: ${measured} of ${sources.length} sources loaded, ${total(sources.map(find).filter(Boolean))}`);
  if (missing.length + incomplete.length > 0) stop(`${core} is not covered completely: ${missing.length} sources not loaded, ${incomplete.length} below 100 %.`);
}

/** A source of types alone compiles to nothing, and nothing can load it. */
function hasCode(source) {
  const compiled = readFileSync(join(root, core, 'dist', source.replace(/\.ts$/, '.js')), 'utf8');
  const code = compiled.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').replace(/export \{\};/g, '').trim();
  return code !== '';
}

function total(all) {
  const sum = (name, key) => all.reduce((count, counts) => count + counts[name][key], 0);
  return measures.map((name) => `${sum(name, 'covered')}/${sum(name, 'total')} ${name}`).join(', ');
}
