import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { planted } from './planted.ts';
import { runWorld } from './world.ts';

// node test/dist/convergence/find-planted.js: plants each bug by itself, runs worlds until one of them fails, and writes down which.
const root = new URL('../../../', import.meta.url);
const most = 2_000;

/** In the child: the first world that fails. */
async function firstFailure(): Promise<object> {
  for (let seed = 1; seed <= most; seed += 1) {
    const { failures: [what] } = await runWorld(seed);
    if (what !== undefined) return { worlds: seed, what: what.split('\n')[0]?.slice(0, 160) };
  }
  return { worlds: most };
}

function findAll(): void {
  const rows = planted.map(({ name, file, text, instead }) => {
    const bug = JSON.stringify({ url: new URL(file, root).href, text, instead });
    const child = spawnSync(process.execPath, ['--import', new URL('./plant.js', import.meta.url).href, fileURLToPath(import.meta.url), 'child'], { env: { ...process.env, SYNCLINE_PLANT: bug }, encoding: 'utf8', maxBuffer: 1 << 26 });
    const found: unknown = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
    const row = { name, file, ...(found as { readonly worlds: number; readonly what?: string }) };
    console.log(`${row.what === undefined ? 'NOT FOUND' : `found in world ${row.worlds}`}: ${name}${row.what === undefined ? '' : `: ${row.what}`}`);
    return row;
  });
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: fileURLToPath(root), encoding: 'utf8' }).trim();
  const folder = new URL('test/convergence/results/', root);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('planted-bugs.json', folder), `${JSON.stringify({ commit, date: new Date().toISOString(), rows }, null, 2)}\n`);
  process.exitCode = rows.every(({ what }) => what !== undefined) ? 0 : 1;
}

if (process.argv[2] === 'child') console.log(JSON.stringify(await firstFailure()));
else findAll();
