import t from 'tap';
import { readPackages, readText } from './checkout.ts';
import { rulesIn } from './rule-ids.ts';
import { readSpecification } from './specification.ts';

/** The rules that the page has words for: the keys of its table. */
const worded = [...readText('hub/assets/rules.js').matchAll(/(?:^ {2}|', )([A-Z]\d+[a-z]?): '/gm)].map(([, rule]) => rule ?? '');

t.test('the page has words for every rule that a report, a hold or history can name', async (t) => {
  const sources = readPackages().filter(({ folder }) => folder === 'packages/core' || folder === 'packages/engine').flatMap((one) => one.sources).filter(({ path }) => path.includes('/src/'));
  const named = new Set(sources.flatMap(({ text }) => [...text.matchAll(/'([ABCDGKMRS]\d{1,2}[a-z]?)'/g)].map(([, rule]) => rule ?? '')));
  t.ok(named.size > 50, 'the rules in the code are found');
  t.same([...named].filter((rule) => !worded.includes(rule)), []);
});

t.test('what the page has words for is a rule of the specification', async (t) => {
  const rules = rulesIn(readSpecification());
  t.same(worded.filter((rule) => !rules.includes(rule)), []);
});
