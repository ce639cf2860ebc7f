// `npm run bench -- [--date YYYY-MM-DD] [NAME ...]`: each bench in a process of its own, a table on stdout, and the
// result in test/bench/results/NAME.json, where git shows what changed since the last run.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scriptArguments } from './arguments.mjs';
import { bootstrap } from './bootstrap.mjs';
import { filesBelow, root, stop } from './workspace.mjs';

const compiled = join(root, 'test/dist/bench');
const results = join(root, 'test/bench/results');
const measuring = process.env.SYNCLINE_BENCH_FILE;

if (measuring) await measure(measuring);
else await runAll(parse(scriptArguments()));

async function runAll({ date, names }) {
  bootstrap();
  const found = filesBelow(compiled).filter((path) => path.endsWith('.bench.js')).map((path) => basename(path, '.bench.js')).sort();
  const unknown = names.filter((name) => !found.includes(name));
  if (unknown.length > 0) stop(`there is no bench ${unknown.join(', ')}; there are: ${found.join(', ') || 'none yet'}`, 2);
  if (found.length === 0) stop('there are no benches yet: each is a file test/bench/NAME.bench.ts.');
  let failed = 0;
  for (const name of names.length > 0 ? names : found) {
    const result = await inItsOwnProcess(name);
    if (result === undefined) failed += 1;
    else publish(name, date, result);
  }
  process.exitCode = failed > 0 ? 1 : 0;
}

/** The value `run()` of a bench resolves to, or undefined when it threw; its stack is on stderr then. */
function inItsOwnProcess(name) {
  // A heap of its own, and `gc()` for benches that ask how much of it is in use.
  const child = fork(new URL(import.meta.url), [], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, SYNCLINE_BENCH_FILE: join(compiled, `${name}.bench.js`) },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  let result;
  child.on('message', (message) => (result = message));
  return new Promise((done) => {
    child.on('close', (code) => {
      if (code !== 0 || result === undefined) process.stderr.write(`syncline: bench ${name} failed (code ${code})\n`);
      done(code === 0 ? result : undefined);
    });
  });
}

async function measure(file) {
  const { default: run } = await import(pathToFileURL(file).href);
  const result = await run();
  process.send(result, () => process.disconnect());
}

function publish(name, date, { question, world, rows }) {
  console.log(`\n${name}: ${question}\n${world}`);
  console.table(rows);
  const cpu = cpus();
  const machine = { node: process.versions.node, cpu: cpu[0]?.model.trim() ?? 'unknown', cpus: cpu.length, platform: process.platform };
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify({ name, date, ...machine, question, world, rows }, null, 2)}\n`);
}

function parse(args) {
  const at = args.indexOf('--date');
  const [, given] = at < 0 ? [] : args.splice(at, 2);
  if (at >= 0 && !/^\d{4}-\d\d-\d\d$/.test(given ?? '')) stop('--date wants a day such as 2030-03-10', 2);
  const unknown = args.find((arg) => arg.startsWith('-'));
  if (unknown) stop(`unknown option ${unknown}: npm run bench -- [--date YYYY-MM-DD] [NAME ...]`, 2);
  return { date: given ?? new Date().toISOString().slice(0, 10), names: args };
}
