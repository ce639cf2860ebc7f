// `tsc -b` never removes the output of a deleted source, so a deleted test would go on running from dist;
// and it trusts its build info, so an output somebody removed by hand would stay away. Both are put right here.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, projects, readJson, root } from './workspace.mjs';

const output = /\.(d\.ts|js|d\.mts|mjs)(\.map)?$/;
const source = /(?<!\.d)\.(tsx?|mts)$/;

/** Removes outputs without a source, and the build info of a project whose outputs are incomplete. Returns the paths removed. */
export function removeStale(top = root) {
  return projects(top).flatMap((project) => staleIn(project, top));
}

function staleIn(project, top) {
  const folder = join(top, project);
  if (!existsSync(join(folder, 'tsconfig.json'))) return [];
  const outputs = filesBelow(join(folder, 'dist'));
  const stems = new Set(sourcesOf(project, top).map((path) => path.replace(source, '')));
  const stale = outputs.filter((path) => output.test(path) && !stems.has(path.replace(output, '')));
  const built = new Set(outputs);
  const complete = [...stems].every((stem) => built.has(`${stem}.js`) || built.has(`${stem}.mjs`));
  if (!complete) stale.push(...outputs.filter((path) => path.endsWith('.tsbuildinfo')));
  for (const path of stale) rmSync(join(folder, 'dist', path));
  return stale.map((path) => `${project}/dist/${path}`);
}

/** TypeScript sources of a project relative to its folder, those its tsconfig includes. */
export function sourcesOf(project, top = root) {
  const { include = ['src', 'test'] } = readJson(`${project}/tsconfig.json`, top);
  return include
    .map((path) => path.replace('${configDir}/', ''))
    .flatMap((path) => filesBelow(join(top, project, path), ['node_modules', 'dist']).map((below) => `${path}/${below}`))
    .filter((path) => source.test(path));
}
