import t from 'tap';
import { sideEntrances, testToolsInSources, undeclaredArrows, undeclaredImports, unusedArrows } from './arrows.ts';
import { readPackages } from './checkout.ts';
import type { Package } from './checkout.ts';
import { importsOf } from './imports.ts';

const packages = readPackages();

t.test('this checkout', async (t) => {
  t.ok(packages.length >= 12, 'the packages are found');
  t.same(undeclaredArrows(packages), [], 'every package.json follows the arrows');
  t.same(undeclaredImports(packages), [], 'every source imports only what its package.json lists as dependency');
  t.same(sideEntrances(packages), [], 'every import enters through a door');
  t.same(testToolsInSources(packages), [], 'no source needs a tool of the tests');
  const unused = unusedArrows(packages);
  if (unused.length > 0) t.comment(`dependencies on our own packages that no source uses yet: ${unused.join(', ')}`);
});

t.test('every way to name a module is seen, and nothing else', async (t) => {
  const text = `
    import a from 'a'; import type { B } from 'b'; import { type C } from 'c'; import 'd';
    export * from 'e'; export type { F } from 'f'; export { g } from 'g';
    const h = await import('h'); type I = import('i').I; import j = require('j'); const k = import(\`k\`);
    // import 'no1'
    /* export * from 'no2' */ const text = "import 'no3'"; const no = import(text); from('no4');
  `;
  const names = importsOf({ path: 'x.ts', text }).map(({ specifier }) => specifier);
  t.same(names, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']);
});

// A small checkout with one mistake at a time: each check has to find its own, with file and line.
const core: Package = {
  folder: 'packages/core',
  manifest: { name: '@syncline/core', exports: { '.': {} } },
  sources: [{ path: 'packages/core/src/index.ts', text: 'export const one = 1;' }],
};
const table = { 'packages/core': [], 'packages/store': ['packages/core'] };

function withStore(text: string, manifest: object = {}, path = 'src/log.ts'): Package[] {
  const name = '@syncline/store';
  const dependencies = { '@syncline/core': 'workspace:*', level: '10.0.0' };
  const sources = [{ path: `packages/store/${path}`, text }];
  return [core, { folder: 'packages/store', manifest: { name, dependencies, ...manifest }, sources }];
}

t.test('what is allowed is not complained about', async (t) => {
  const good = withStore("import { one } from '@syncline/core';\nimport { Level } from 'level';\nimport 'node:fs';\nimport './a.ts';");
  for (const check of [undeclaredImports, sideEntrances, testToolsInSources]) t.same(check(good), [], check.name);
  t.same(undeclaredArrows(good, table), []);
  t.same(unusedArrows(good), []);
  const test = withStore("import t from 'tap';\nimport '../src/log.ts';", {}, 'test/log.test.ts');
  for (const check of [undeclaredImports, sideEntrances, testToolsInSources]) t.same(check(test), [], `${check.name} in a test`);
});

t.test('an arrow that the table does not have is found in package.json', async (t) => {
  t.same(undeclaredArrows(withStore(''), { 'packages/core': [], 'packages/store': [] }), [
    'packages/store/package.json depends on @syncline/core: no such arrow',
  ]);
  t.same(undeclaredArrows(withStore(''), { 'packages/core': [] }), [
    'packages/store has no line in the table of arrows',
    'packages/store/package.json depends on @syncline/core: no such arrow',
  ]);
  t.same(undeclaredArrows([core], { 'packages/core': [], 'packages/gone': [] }), [
    'packages/gone has a line in the table of arrows and does not exist',
  ]);
});

t.test('an import without a dependency is found, type imports included', async (t) => {
  t.same(undeclaredImports(withStore("import type { One } from '@syncline/core';", { dependencies: {} })), [
    'packages/store/src/log.ts:1 imports @syncline/core, which is not among its dependencies',
  ]);
  t.same(undeclaredImports(withStore("\nconst yjs = await import('yjs');", { devDependencies: { yjs: '13' } })), [
    'packages/store/src/log.ts:2 imports yjs, which is not among its dependencies',
  ]);
});

t.test('a deep import and a relative one out of the package are found, in tests too', async (t) => {
  t.same(sideEntrances(withStore("export * from '@syncline/core/dist/src/index.js';")), [
    'packages/store/src/log.ts:1 goes around the door: @syncline/core/dist/src/index.js',
  ]);
  t.same(sideEntrances(withStore("import '../../core/src/index.ts';", {}, 'test/log.test.ts')), [
    'packages/store/test/log.test.ts:1 reaches out of its package: ../../core/src/index.ts',
  ]);
});

t.test('a tool of the tests is found in src, and left alone in the contract suite', async (t) => {
  const text = "import fc from 'fast-check';";
  t.same(testToolsInSources(withStore(text)), ['packages/store/src/log.ts:1 imports fast-check, which is for tests']);
  const suite = { path: 'packages/connector/src/testing/laws.ts', text };
  const connector: Package = { folder: 'packages/connector', manifest: { name: '@syncline/connector' }, sources: [suite] };
  t.same(testToolsInSources([connector]), []);
  t.same(testToolsInSources(withStore("import { contract } from '@syncline/connector/testing';")), [
    'packages/store/src/log.ts:1 imports @syncline/connector/testing, which is for tests',
  ]);
});
