// Rule numbers: those the specification defines, and those that test titles begin with.
import ts from 'typescript';
import type { Source } from './checkout.ts';

/** A rule number at the head of a test title, and where that title stands. */
export interface TitledRule {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
}

// `A9`, `C9s`, `S13b`; the letters are those of the specification's sections. What follows must not make it another word.
const id = String.raw`[ABCDGKMRS]\d{1,2}[a-z]?`;
const head = new RegExp(String.raw`^${id}(?![\w.-])(?:(?:\s*(?:,|/|\+|&|–)\s*|\s+(?:and\s+)?)${id}(?![\w.-]))*`);

/** The rules of the specification in its order: the first cell of each table row, `withdrawn` ones included. */
export function rulesIn(specification: string): string[] {
  return [...specification.matchAll(new RegExp(String.raw`^\| (${id}) \|`, 'gm'))].map(([, rule]) => rule ?? '');
}

/**
 * The rules at the head of every test title of a source. A title is the first argument of `test`, `skip`, `todo` or
 * `only`, the first member of a row in a list, or a property called `rule`, `rules`, `title` or `name`. A range (`M10–M12`) gives its two
 * ends and what lies between.
 */
export function rulesTested(source: Source): TitledRule[] {
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  const found: TitledRule[] = [];
  const visit = (node: ts.Node): void => {
    const title = isTitle(node) ? headOf(node) : undefined;
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    for (const rule of title ? rulesAtHead(title) : []) found.push({ rule, path: source.path, line });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function headOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text : undefined;
}

function isTitle(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isCallExpression(parent)) return parent.arguments[0] === node && /^(test|skip|todo|only)$/.test(calledName(parent));
  if (ts.isArrayLiteralExpression(parent)) return parent.elements[0] === node;
  return ts.isPropertyAssignment(parent) && parent.initializer === node && /^(rules?|title|name)$/.test(parent.name.getText());
}

function calledName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function rulesAtHead(title: string): string[] {
  const named = head.exec(title)?.[0] ?? '';
  return named.split(/\s*(?:,|\/|\+|&|\band\b|(?<!–)\s(?!\s*–))\s*/).filter(Boolean).flatMap(expand);
}

function expand(text: string): string[] {
  const [from = '', to] = text.split(/\s*–\s*/);
  if (to === undefined || from[0] !== to[0]) return [from, to ?? ''].filter(Boolean);
  const [first, last] = [from, to].map((rule) => Number.parseInt(rule.slice(1), 10)) as [number, number];
  const between = Array.from({ length: Math.max(0, last - first - 1) }, (_, step) => `${from[0]}${first + step + 1}`);
  return [from, ...between, to];
}

/** A cell of the decision matrix in one profile, `D/C in both, OroCRM wins, safe`. */
export type Cell = string;

const profiles: readonly string[] = ['safe', 'classic'];

/** The cells of the specification's matrix: a row begins with the states of both sides, the columns are the header's. */
export function cellsIn(specification: string): Cell[] {
  const header = /^\| record \| item \|(.*)\|$/m.exec(specification)?.[1] ?? '';
  const columns = header.split('|').map((name) => name.trim()).filter(Boolean);
  const rows = [...specification.matchAll(/^\| ([UCDH]|U or C) \| ((?:[UCDV]|any)(?: [a-z ]+)?) \|(?:[^|]+\|){4}$/gm)];
  return rows.flatMap(([, record, item]) => columns.flatMap((column) => profiles.map((profile) => `${record}/${item} in ${column}, ${profile}`)));
}

/** The cells that the rows of a test name: a rule, the states, the constant that holds the column, and a profile or `both`. */
export function cellsTested(source: Source): Cell[] {
  const columns: Readonly<Record<string, string>> = { toOutlook: 'OroCRM to Outlook', toOroCrm: 'Outlook to OroCRM', oroWins: 'both, OroCRM wins', outlookWins: 'both, Outlook wins' };
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  const found = new Set<Cell>();
  const visit = (node: ts.Node): void => {
    const [rule, states, column, profile] = ts.isArrayLiteralExpression(node) ? node.elements : [];
    if (rule !== undefined && states !== undefined && column !== undefined && profile !== undefined && [rule, states, profile].every(ts.isStringLiteralLike) && ts.isIdentifier(column)) {
      const cell = `${textOf(states).replace(/^[UC](?=\/V)/, 'U or C')} in ${columns[column.text] ?? column.text}`;
      for (const one of textOf(profile) === 'both' ? profiles : [textOf(profile)]) found.add(`${cell}, ${one}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return [...found];
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : '';
}
