// The checkout as these tests see it: its packages, their manifests and their sources, read once.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. This file runs from `test/dist/architecture`. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A source file: its path from the repository's root, with `/`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace with every TypeScript source in it, tests included. `folder` is relative to the root. */
export interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sources: readonly Source[];
}

const skipped = new Set(['node_modules', 'dist', '.tap']);

/** All packages, those of `test/` last. */
export function readPackages(): Package[] {
  const grouped = ['packages', 'connectors'].flatMap((group) => namesIn(group).map((name) => `${group}/${name}`));
  return [...grouped, 'hub', 'test']
    .filter((folder) => existsSync(`${root}${folder}/package.json`))
    .map((folder) => ({ folder, manifest: readManifest(folder), sources: sourcesBelow(folder) }));
}

/** The text of a file of the checkout, its path relative to the root. Throws when it is not there. */
export function readText(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

/** Whether a source is one of a package's tests, which may use what only development needs. */
export function isTest(source: Source): boolean {
  return /^test\/|^(packages|connectors)\/[^/]+\/test\/|^hub\/test\//.test(source.path);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readText(`${folder}/package.json`)) as Manifest;
}

function namesIn(folder: string): string[] {
  return existsSync(`${root}${folder}`) ? readdirSync(`${root}${folder}`).sort() : [];
}

function sourcesBelow(folder: string): Source[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourcesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [{ path, text: readText(path) }] : [];
  });
}
