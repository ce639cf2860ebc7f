// docs/specification as these tests read it: its rules, their profiles and its table of switches.
import { readdirSync } from 'node:fs';
import { readText, root } from './checkout.ts';

/** A switch's row: its name and what it is in each profile, as the page writes it. */
export interface SwitchRow {
  readonly name: string;
  readonly safe: string;
  readonly classic: string;
}

const folder = 'docs/specification';

/** All pages of docs/specification, one after the other. */
export function readSpecification(): string {
  return readdirSync(`${root}${folder}`).filter((name) => name.endsWith('.md')).sort().map((name) => readText(`${folder}/${name}`)).join('\n');
}

/** `A5 classic` for every rule: the first two cells of each row that begins with a number. */
export function taggedRules(text: string): string[] {
  return [...text.matchAll(/^\| ([ABCDGKMRS]\d{1,2}[a-z]?) \| (\w+) \|/gm)].map(([, rule, profile]) => `${rule} ${profile}`).sort();
}

/** The rows that have names in code style in their first cell and three cells more: the switches, one for each name. */
export function switchRows(text: string): SwitchRow[] {
  const rows = [...text.matchAll(/^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \| [A-Z]\d[^|]*\|$/gm)];
  return rows.flatMap(([, names = '', safe = '', classic = '']) => namesIn(names).map((name) => ({ name, safe: firstWord(safe), classic: firstWord(classic) })));
}

// Three keys stand in one row, as `keys.contact`, `keys.event` or, shorter, as `keys.contact / event`.
function namesIn(cell: string): string[] {
  const [first = '', ...others] = cell.replaceAll('`', '').split(/\s*[,/]\s*/);
  return [first, ...others.map((name) => (name.includes('.') ? name : `${first.slice(0, first.lastIndexOf('.'))}.${name}`))];
}

// What follows says which other values there are.
function firstWord(cell: string): string {
  return cell.replaceAll('`', '').replace(/\s*\(.*$/, '').trim();
}
