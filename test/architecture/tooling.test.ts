// The scripts decide whether everything else counts as tested, so they are tested too.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { root } from './checkout.ts';

interface Skip {
  readonly file: string;
  readonly title: string;
  readonly reason: string;
}

interface Reader {
  readonly skips: Skip[];
  readonly failures: string[];
  readonly totals: { readonly passed: number; readonly failed: number; readonly skipped: number; readonly total: number } | undefined;
  readonly rules: Set<string>;
  readonly counts: Readonly<Record<string, number>>;
  line(text: string): void;
}

const scripts = pathToFileURL(`${root}scripts/`).href;
const { TapReader } = (await import(`${scripts}tap-reader.mjs`)) as { TapReader: new (show: (line: string) => void) => Reader };
const { removeStale } = (await import(`${scripts}stale.mjs`)) as { removeStale: (top: string) => string[] };
const { unlisted } = (await import(`${pathToFileURL(root).href}.ci/skips.mjs`)) as {
  unlisted: (skips: readonly Skip[], list: string) => { missing: string[]; malformed: string[] };
};

// As tap 21 prints it: a file with a nested failure and every kind of skip, a file that is skipped, one that crashes.
const stream = `TAP version 14
1..3
# Subtest: hub/dist/test/a.test.js
    # Subtest: outer \\# one
        ok 1 - fine
        not ok 2 - inner
          ---
          at:
            lineNumber: 5
          diff: |
            -2
            +1
          source: |
            t.equal(1, 2, 'inner');
          ...
        ok 3 - needs ../shared, which is not here # SKIP
        # a comment
        1..3
    not ok 1 - outer \\# one # time=26.833ms
      ---
      source: >
        t.test('outer')
      ...
    
    ok 2 - later # TODO someday
    ok 3 - here # SKIP because of x
    1..3
not ok 1 - hub/dist/test/a.test.js # time=55.379ms
  ---
  command: /usr/bin/node
  ...

# Subtest: hub/dist/test/b.test.js
    1..0 # no tests found
ok 2 - hub/dist/test/b.test.js # SKIP no tests found

# Subtest: hub/dist/test/c.test.js
    1..0
not ok 3 - hub/dist/test/c.test.js # time=891.649ms
  ---
  exitCode: 7
  ...

# { total: 8, pass: 1, fail: 2, todo: 1, skip: 3 }
# time=5947.388ms`;

t.test('tap stream: totals, the failures that count, every skip with its reason', async (t) => {
  const shown: string[] = [];
  const reader = new TapReader((line) => shown.push(line));
  for (const line of stream.split('\n')) reader.line(line);
  t.same(reader.totals, { total: 8, passed: 1, failed: 2, skipped: 4 }, 'a todo has proved as little as a skip');
  t.same(reader.failures, ['hub/dist/test/a.test.js > outer # one > inner', 'hub/dist/test/c.test.js']);
  t.same(reader.skips, [
    { file: 'hub/dist/test/a.test.js', title: 'outer # one > needs ../shared, which is not here', reason: '' },
    { file: 'hub/dist/test/a.test.js', title: 'later', reason: 'todo: someday' },
    { file: 'hub/dist/test/a.test.js', title: 'here', reason: 'because of x' },
    { file: 'hub/dist/test/b.test.js', title: 'hub/dist/test/b.test.js', reason: 'no tests found' },
  ]);
  const text = shown.join('\n');
  for (const wanted of [/\+1/, /a comment/, /exitCode: 7/]) t.match(text, wanted);
  for (const noise of [/t\.equal/, /usr\/bin/, /time=/]) t.notMatch(text, noise);
});

t.test('tap stream: the rules and cells that ran are counted; what failed, was skipped or is only an assertion is not', async (t) => {
  const shown: string[] = [];
  const reader = new TapReader((line) => shown.push(line));
  const lines = `
# Subtest: test/dist/scenarios/x.test.js
    # Subtest: A9 edited in Outlook stays there
        ok 1 - A10 an assertion
        # syncline: cells 3
        # Subtest: D5 inside
            ok 1 - fine
            1..1
        ok 2 - D5 inside # time=1ms
        1..2
    ok 1 - A9 edited in Outlook stays there # time=2ms
    # Subtest: M17/M18, B2s + G4 and R1 C16 many, A4-sized
        ok 1 - fine
    ok 2 - M17/M18, B2s + G4 and R1 C16 many, A4-sized # time=2ms
    # Subtest: C7 fails
        not ok 1 - no
    not ok 3 - C7 fails # time=2ms
    ok 4 - C8 later # SKIP not yet
    # syncline: cells 4
    # syncline: schedules 1000
    # syncline: is a word
    1..4
not ok 1 - test/dist/scenarios/x.test.js # time=9ms`;
  for (const line of lines.split('\n')) reader.line(line);
  t.same([...reader.rules], ['D5', 'A9', 'M17', 'M18', 'B2s', 'G4', 'R1', 'C16']);
  t.same(reader.counts, { cells: 7, schedules: 1000 });
  t.match(shown.join('\n'), 'syncline: is a word');
  t.notMatch(shown.join('\n'), 'cells');
});

t.test('tap stream: cut off, it has no totals', async (t) => {
  const reader = new TapReader(() => undefined);
  for (const line of stream.split('\n').slice(0, -3)) reader.line(line);
  t.equal(reader.totals, undefined);
});

t.test('build: the output of a deleted source goes, and an incomplete build is not trusted', async (t) => {
  const tsconfig = '{ "include": ["${configDir}/src", "${configDir}/test"] }';
  const project = () => ({ 'package.json': '{}', 'tsconfig.json': tsconfig, src: { 'kept.ts': '' } });
  const output = (name: string): Record<string, string> => ({ [`${name}.js`]: '', [`${name}.d.ts`]: '', [`${name}.js.map`]: '' });
  const top = t.testdir({
    packages: { one: { ...project(), dist: { src: output('kept'), test: output('gone.test'), 'tsconfig.tsbuildinfo': '' } } },
    hub: { ...project(), dist: { 'tsconfig.tsbuildinfo': '' } },
  });
  const removed = removeStale(top).sort();
  t.same(removed, [
    'hub/dist/tsconfig.tsbuildinfo',
    ...['d.ts', 'js', 'js.map'].map((end) => `packages/one/dist/test/gone.test.${end}`),
  ]);
  t.ok(existsSync(`${top}/packages/one/dist/src/kept.js`));
  t.notOk(existsSync(`${top}/packages/one/dist/test/gone.test.js`));
});

t.test('start: an option that npm kept for itself is named, with code 2', async (t) => {
  const env = { ...process.env, npm_config_once: 'true', npm_config_orocrm_data: 'true' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}scripts/start.mjs`, 'DIR'], { env, encoding: 'utf8' });
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, 'npm start -- --once --orocrm-data');
});

t.test('ci: a skip needs a line with a reason', async (t) => {
  const skips = [
    { file: 'a', title: 'outer > needs ../shared', reason: '' },
    { file: 'a', title: 'other', reason: 'x' },
  ];
  t.same(unlisted(skips, '# comment\n\nouter > needs ../shared :: only beside ../shared\nother :: \n'), {
    missing: ['other'],
    malformed: ['other ::'],
  });
  t.same(unlisted(skips.slice(0, 1), 'outer > needs ../shared :: only beside ../shared'), { missing: [], malformed: [] });
  t.same(unlisted(skips.slice(0, 1), 'outer :: a prefix is not the title').missing, ['outer > needs ../shared']);
});
