import { existsSync } from 'node:fs';
import t from 'tap';
import { classicPolicy, defaultKeys, policyOf, presetOf, safePolicy, settings, type SettingValue, type Values } from '@syncline/core';
import { readText, root } from './checkout.ts';
import { readSpecification, switchRows, taggedRules } from './specification.ts';

const shared = '../shared/spec/sync-rules.md';
const skip = existsSync(`${root}${shared}`) ? false : 'needs ../shared, which is not here';
const ours = switchRows(readText('docs/specification/switches.md'));

// What a person sets elsewhere than among the policy's switches.
const elsewhere = ['tls.trust', 'guards.massDelete'];

t.test('our rules have the numbers and profiles of the agreed text, and our switches its presets', { skip }, async (t) => {
  const theirs = readText(shared);
  t.equal(taggedRules(theirs).length, 169, 'the agreed text is read');
  t.same(taggedRules(readSpecification()), taggedRules(theirs));
  t.same(byName(ours), byName(switchRows(theirs)));
});

t.test('a row that was left out or has another profile would be found', async (t) => {
  t.same(taggedRules('| A5 | classic | x | y |\n| A5s | safe | x | y |\nA6 both\n| Q1 | x |'), ['A5 classic', 'A5s safe']);
  t.same(switchRows('| `a.b` | `on` (also `off`) | off | S9; more |\n| `k.x / y` | as K4 | as K4 | K5 |\n| `title` | title | as it is |'), [
    { name: 'a.b', safe: 'on', classic: 'off' },
    { name: 'k.x', safe: 'as K4', classic: 'as K4' },
    { name: 'k.y', safe: 'as K4', classic: 'as K4' },
  ]);
});

t.test('every switch is a setting with the presets that the page tells', async (t) => {
  for (const { name, safe, classic } of ours) {
    const setting = settings.find((one) => one.name === name || one.name === `switches.${name}`);
    if (setting === undefined) {
      t.ok(elsewhere.includes(name), `${name} is a setting`);
      continue;
    }
    const words = (profile: string): string => (name.startsWith('keys.') && setting.preset === keyOf(name) ? 'as K4' : String(presetOf(setting, profile)));
    t.same([words('safe'), words('classic')], [safe, classic], name);
  }
  const untold = settings.filter(({ name }) => name.startsWith('switches.') && !ours.some((row) => `switches.${row.name}` === name));
  t.same(untold.map(({ name }) => name), [], 'no switch is missing on the page');
});

t.test('the presets that the page tells are the policies of core', async (t) => {
  t.same(policyOf(valuesOf('safe')), safePolicy);
  t.same(policyOf(valuesOf('classic')), classicPolicy);
});

function valuesOf(profile: 'safe' | 'classic'): Values {
  const told = ours.map((row): [string, SettingValue] => [`switches.${row.name}`, row[profile] === 'true' ? true : row[profile] === 'false' ? false : row[profile]]);
  return { direction: 'bidirectional', wins: 'orocrm', ...Object.fromEntries(told) };
}

function keyOf(name: string): string | undefined {
  return new Map<string, string>(Object.entries(defaultKeys).map(([kind, fields]) => [`keys.${kind}`, fields.join(', ')])).get(name);
}

function byName<T extends { readonly name: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));
}
