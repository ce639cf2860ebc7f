import t from 'tap';
import { isTest, readPackages, readText } from './checkout.ts';
import type { TitledRule } from './rule-ids.ts';
import { cellsIn, cellsTested, rulesIn, rulesTested } from './rule-ids.ts';
import { readSpecification } from './specification.ts';

const rules = rulesIn(readSpecification());
const titles = readPackages().flatMap(({ sources }) => sources.filter(isOwnTest).flatMap(rulesTested));

t.test('the specification numbers each rule once', async (t) => {
  t.ok(rules.length > 150, 'its tables are read');
  t.same(repeated(rules), []);
  t.same(repeated(['A1', 'A2', 'A1']), ['A1'], 'a repeated number would be found');
});

t.test('every rule number at the head of a test title exists', async (t) => {
  t.same(unknown(titles, rules), []);
});

// What cannot be seen through both services, and where it is proved instead.
const elsewhere: Readonly<Record<string, string>> = {};

t.test('every rule has a scenario through both services', async (t) => {
  const tested = new Set(titles.filter(({ path }) => path.startsWith('test/scenarios/')).map(({ rule }) => rule));
  const open = rules.filter((rule) => !tested.has(rule) && elsewhere[rule] === undefined);
  t.comment(`rules with a scenario: ${rules.length - open.length} of ${rules.length}`);
  t.same(open, []);
  if (open.length > 0) t.comment(`without: ${open.join(' ')}`);
  const proved = new Set(titles.map(({ rule }) => rule));
  t.same(Object.keys(elsewhere).filter((rule) => tested.has(rule) || !proved.has(rule)), [], 'who is excused has a test somewhere, and none here');
});

t.test('every cell of the decision matrix has a test', async (t) => {
  const cells = cellsIn(readText('docs/specification/decision-matrix.md'));
  t.equal(cells.length, 2 * 56, 'the table is read, for both profiles');
  const tested = cellsTested({ path: 'matrix.test.ts', text: readText('test/scenarios/matrix.test.ts') });
  t.same(cells.filter((cell) => !tested.includes(cell)), []);
  t.same(tested.filter((cell) => !cells.includes(cell)), [], 'and no row is about a cell that does not exist');
});

t.test('numbers are read from calls, rows and properties, lists and ranges; other words are not numbers', async (t) => {
  const text = `
    t.test('A9 edited in Outlook stays there', f); t.skip(\`C9s later\`, f); test("M17/M18, B2s + G4: many", f);
    for (const [rule] of [['C11 deleted', 1], ['D2', 2]]) t.test(rule, f);
    const cases = [{ rule: 'S13b', on: true }, { title: 'M10–M12 e-mails' }]; t.test(\`K4 \${kind}\`, f);
    t.equal(x, 'A1 not a title'); t.test('A4-sized paper', f); t.test('the A5 rule', f); t.test('B2B sales', f); t.test('K5 K6 and S1 keys', f); t.test('G2 and quiet', f); // t.test('A6 no')
  `;
  const found = rulesTested({ path: 'x.test.ts', text }).map(({ rule }) => rule);
  t.same(found, ['A9', 'C9s', 'M17', 'M18', 'B2s', 'G4', 'C11', 'D2', 'S13b', 'M10', 'M11', 'M12', 'K4', 'K5', 'K6', 'S1', 'G2']);
});

t.test('a title with a number that does not exist is found', async (t) => {
  const titles = rulesTested({ path: 'x.test.ts', text: "\nt.test('A99 nothing', f); t.test('A1 fine', f); t.test('A1s no variant', f);" });
  t.same(unknown(titles, rules), ['x.test.ts:2 A99', 'x.test.ts:2 A1s']);
});

// The examples of this folder are made of wrong numbers on purpose.
function isOwnTest(source: { readonly path: string; readonly text: string }): boolean {
  return isTest(source) && source.path.endsWith('.test.ts') && !source.path.startsWith('test/architecture/');
}

function unknown(titles: readonly TitledRule[], known: readonly string[]): string[] {
  return titles.filter(({ rule }) => !known.includes(rule)).map(({ rule, path, line }) => `${path}:${line} ${rule}`);
}

function repeated(list: readonly string[]): string[] {
  return list.filter((one, at) => list.indexOf(one) !== at);
}
