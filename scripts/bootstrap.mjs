// Makes a checkout ready to run with nothing but Node and npm: the packages of the lock file installed, everything
// built. Costs well under a second when there is nothing to do. All output goes to stderr: stdout is the command's.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeStale } from './stale.mjs';
import { binOf, projects, readJson, root, stop } from './workspace.mjs';

const oldestNode = [20, 19];
const stampFile = join(root, 'node_modules/.syncline-stamp');

/** Checks Node, installs, builds; each only where needed. Ends the process with one sentence when a step fails. */
export function bootstrap() {
  checkNode();
  install();
  build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  stop(`Node ${oldestNode.join('.')} or newer is needed and this is ${process.versions.node}: install it from https://nodejs.org and try again.`);
}

function install() {
  const stamp = stampOfInputs();
  if (isInstalled(stamp)) return;
  // Removed first: an installation that was cut off must not look finished.
  rmSync(stampFile, { force: true });
  process.stderr.write('syncline: installing packages (about half a minute the first time)\n');
  const { packageManager } = readJson('package.json');
  // --yes: a user's npm may have yes=false. --prefer-offline: without a network npm would retry for over a minute.
  // --loglevel: the committed .npmrc silences npm for the sake of stdout, and that level would be inherited.
  const npm = ['exec', '--yes', '--prefer-offline', '--loglevel=error', `--package=${packageManager}`];
  const result = runNpm([...npm, '--', 'pnpm', 'install', '--frozen-lockfile', '--prefer-offline']);
  if (result.error) stop(`installing packages failed: npm could not be started (${result.error.message}). Is npm in the PATH?`);
  if (result.status !== 0) {
    stop(
      `installing packages failed (pnpm ended with ${ending(result)}; its messages are above). ` +
        'Check the network and `npm config get registry`, then try again.',
    );
  }
  writeFileSync(stampFile, stamp);
}

function runNpm(args) {
  // CI: pnpm asks before it replaces node_modules, and there is nobody to answer.
  const options = { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, CI: 'true' } };
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.[cm]?js$/.test(cli)) return spawnSync(process.execPath, [cli, ...args], options);
  const windows = process.platform === 'win32';
  return spawnSync(windows ? 'npm.cmd' : 'npm', args, { ...options, shell: windows });
}

function isInstalled(stamp) {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) return false;
  if (!existsSync(join(root, 'node_modules/typescript/bin/tsc'))) return false;
  return projects().every((project) => isLinked(project));
}

function isLinked(project) {
  const { dependencies, devDependencies } = readJson(`${project}/package.json`);
  const needsNothing = Object.keys({ ...dependencies, ...devDependencies }).length === 0;
  return needsNothing || existsSync(join(root, project, 'node_modules'));
}

/** Whatever decides what an installation contains. Scripts and descriptions in a manifest do not. */
function stampOfInputs() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  for (const folder of ['.', ...projects()]) {
    const { packageManager, dependencies, devDependencies, optionalDependencies, bin } = readJson(`${folder}/package.json`);
    hash.update(JSON.stringify([folder, packageManager, dependencies, devDependencies, optionalDependencies, bin]));
  }
  return `${hash.digest('hex')}\n`;
}

function build() {
  removeStale();
  // The packages are linked to each other's dist folders; the first build is the one worth announcing.
  if (!existsSync(join(root, 'packages/core/dist'))) process.stderr.write('syncline: building\n');
  const result = spawnSync(process.execPath, [binOf('typescript', 'tsc'), '-b'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status === 0) return;
  stop(
    `building failed (tsc -b ended with ${ending(result)}; its messages are above). Correct what they name; ` +
      'in a checkout without changes of your own, delete node_modules and try again.',
  );
}

function ending({ status, signal }) {
  return signal ? `signal ${signal}` : `code ${status}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) bootstrap();
