// Every module a source names, found in its syntax tree, so that comments and strings do not count.
import ts from 'typescript';
import type { Source } from './checkout.ts';

/** A module named by a source: `import`, `import type`, `export from`, `import()`, `import('x').T`, `import x = require()`. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** In the order of the text. An `import()` of a computed name is not listed: what it loads is known only when it runs. */
export function importsOf(source: Source): Import[] {
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const name = moduleNamedBy(node);
    if (name) found.push({ specifier: name.text, line: tree.getLineAndCharacterOfPosition(name.getStart()).line + 1 });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function moduleNamedBy(node: ts.Node): ts.StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return literal(node.expression);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return literal(node.arguments[0]);
  return undefined;
}

function literal(node: ts.Node | undefined): ts.StringLiteralLike | undefined {
  return node && ts.isStringLiteralLike(node) ? node : undefined;
}
