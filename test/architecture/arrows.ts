// Which package may see which, and the checks that hold package.json and the sources to it.
import { posix } from 'node:path';
import { isTest } from './checkout.ts';
import type { Manifest, Package, Source } from './checkout.ts';
import { importsOf } from './imports.ts';

/**
 * The arrows of docs/architecture.md. Left: a package by its folder; right: the packages it may import, nothing else of
 * ours. `core` stands alone; a connector sees only the SDK; the two sides and the engine meet in `hub` for the first time.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/replica': ['packages/core'],
  'packages/store': ['packages/core'],
  'packages/connector': ['packages/core'],
  'packages/engine': ['packages/core', 'packages/replica', 'packages/connector'],
  'packages/simulators': [],
  'connectors/memory': ['packages/connector'],
  'connectors/orocrm': ['packages/connector'],
  'connectors/outlook': ['packages/connector'],
  hub: [
    'packages/core', 'packages/engine', 'packages/replica', 'packages/store', 'packages/connector',
    'connectors/orocrm', 'connectors/outlook',
  ],
  'packages/cli': ['packages/core', 'hub', 'packages/engine', 'packages/simulators', 'packages/connector'],
};

/** Packages that only tests use. `connector/testing` is the suite that a connector's tests run, so it may. */
const forTestsOnly = new Set(['tap', 'fast-check', '@syncline/tests', '@syncline/connector/testing']);
const testingDoor = 'packages/connector/src/testing/';

/** One sentence per arrow in a package.json that the table does not have, and per package that the table does not know. */
export function undeclaredArrows(packages: readonly Package[], table = arrows): string[] {
  const folders = foldersByName(packages);
  const strangers = packages.filter(({ folder }) => folder !== 'test' && !table[folder]);
  const ghosts = Object.keys(table).filter((folder) => !packages.some((one) => one.folder === folder));
  return [
    ...strangers.map(({ folder }) => `${folder} has no line in the table of arrows`),
    ...ghosts.map((folder) => `${folder} has a line in the table of arrows and does not exist`),
    ...packages.flatMap(({ folder, manifest }) =>
      declared(manifest)
        .filter((name) => folders.has(name) && folder !== 'test')
        .filter((name) => !table[folder]?.includes(folders.get(name) ?? ''))
        .map((name) => `${folder}/package.json depends on ${name}: no such arrow`),
    ),
  ];
}

/** One sentence per import in `src` of something that the package's own `dependencies` do not list. */
export function undeclaredImports(packages: readonly Package[]): string[] {
  return packages.flatMap(({ folder, manifest, sources }) =>
    sources
      .filter((source) => folder !== 'test' && !isTest(source) && !source.path.startsWith(testingDoor))
      .flatMap((source) =>
        outside(source)
          .filter(({ name }) => !declared(manifest).includes(name) && name !== manifest.name)
          .map(({ name, line }) => `${source.path}:${line} imports ${name}, which is not among its dependencies`),
      ),
  );
}

/** One sentence per import, anywhere, that goes around a package's doors: a deep path, or a relative one out of the package. */
export function sideEntrances(packages: readonly Package[]): string[] {
  const doors = new Set(packages.flatMap(({ manifest }) => doorsOf(manifest)));
  const ours = foldersByName(packages);
  return packages.flatMap(({ folder, sources }) =>
    sources.flatMap((source) =>
      importsOf(source).flatMap(({ specifier, line }) => {
        if (specifier.startsWith('.')) {
          const target = posix.join(posix.dirname(source.path), specifier);
          return target.startsWith(`${folder}/`) ? [] : [`${source.path}:${line} reaches out of its package: ${specifier}`];
        }
        const isDoor = doors.has(specifier) || !ours.has(packageName(specifier));
        return isDoor ? [] : [`${source.path}:${line} goes around the door: ${specifier}`];
      }),
    ),
  );
}

/** One sentence per import of a test's tool in `src`. */
export function testToolsInSources(packages: readonly Package[]): string[] {
  return packages.flatMap(({ folder, sources }) =>
    sources
      .filter((source) => folder !== 'test' && !isTest(source) && !source.path.startsWith(testingDoor))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ specifier }) => forTestsOnly.has(specifier) || forTestsOnly.has(packageName(specifier)))
          .map(({ specifier, line }) => `${source.path}:${line} imports ${specifier}, which is for tests`),
      ),
  );
}

/** Dependencies on packages of ours that no source uses. Nothing wrong with the build, but an arrow drawn for nothing. */
export function unusedArrows(packages: readonly Package[]): string[] {
  const ours = foldersByName(packages);
  return packages
    .filter(({ folder }) => folder !== 'test')
    .flatMap(({ folder, manifest, sources }) => {
      const used = new Set(sources.flatMap((source) => outside(source).map(({ name }) => name)));
      return declared(manifest).filter((name) => ours.has(name) && !used.has(name)).map((name) => `${folder} -> ${name}`);
    });
}

function outside(source: Source): { readonly name: string; readonly line: number }[] {
  return importsOf(source)
    .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map(({ specifier, line }) => ({ name: packageName(specifier), line }));
}

function declared(manifest: Manifest): string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
}

function doorsOf(manifest: Manifest): string[] {
  return Object.keys(manifest.exports ?? {}).map((door) => manifest.name + door.slice(1));
}

function foldersByName(packages: readonly Package[]): Map<string, string> {
  return new Map(packages.map(({ folder, manifest }) => [manifest.name, folder]));
}

/** `@scope/name/inside` and `name/inside` without what is inside. */
function packageName(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
