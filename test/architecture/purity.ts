// What a pure source may not do, found with the compiler's own idea of what each name means: a parameter called
// `process`, a field called `crypto` and a word in a comment are fine; a global is fine only when it is listed here.
import ts from 'typescript';
import { root } from './checkout.ts';
import type { Source } from './checkout.ts';

/** Globals whose result depends on their arguments alone. `Math` is here, `Math.random` is not. */
const pureGlobals = new Set([
  'undefined', 'NaN', 'Infinity', 'isNaN', 'isFinite', 'parseInt', 'parseFloat',
  'Object', 'Array', 'String', 'Number', 'Boolean', 'BigInt', 'Symbol', 'Math', 'JSON', 'RegExp', 'Reflect',
  'Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'DataView', 'Uint8Array', 'Uint16Array', 'Uint32Array', 'Int32Array',
  'Float64Array', 'BigInt64Array', 'BigUint64Array', 'TextEncoder', 'TextDecoder',
  'Error', 'TypeError', 'RangeError', 'SyntaxError', 'AggregateError',
  'encodeURIComponent', 'decodeURIComponent', 'structuredClone',
]);

/** Types of values that arrive later or tell the time. */
const lateTypes = new Set([
  'Promise', 'PromiseLike', 'Awaited', 'AsyncIterable', 'AsyncIterator', 'AsyncIterableIterator', 'AsyncGenerator',
  'Date', 'PromiseConstructor', 'DateConstructor',
]);

/** They ask the machine for its language, so that two hubs could sort or fold the same names differently (rule G6). */
const localeMethods = new Set([
  'localeCompare', 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString', 'toLocaleLowerCase', 'toLocaleUpperCase',
]);

/**
 * One sentence per impurity of the sources, in the order of files and lines: anything async, an import from outside,
 * a global that is not known to be pure, `Math.random`, `import.meta`, a method that depends on the machine's locale.
 */
export function impuritiesOf(sources: readonly Source[]): string[] {
  const program = compile(sources);
  const checker = program.getTypeChecker();
  const own = new Set(sources.map(({ path }) => root + path));
  return sources.flatMap(({ path }) => {
    const tree = program.getSourceFile(root + path);
    if (!tree) return [`${path} could not be read`];
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const reason = impurity(node, checker, own);
      if (reason) found.push(`${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${reason}`);
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

function impurity(node: ts.Node, checker: ts.TypeChecker, own: ReadonlySet<string>): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'is async';
  if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) return 'awaits';
  if (node.kind === ts.SyntaxKind.ImportKeyword && node.parent.kind === ts.SyntaxKind.CallExpression) return 'imports while running';
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return 'reads import.meta';
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    const name = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
    return name.startsWith('.') ? undefined : `imports ${name}`;
  }
  if (ts.isStringLiteralLike(node) && ts.isElementAccessExpression(node.parent) && localeMethods.has(node.text)) return `uses ${node.text}`;
  if (!ts.isIdentifier(node)) return undefined;
  if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) {
    return localeMethods.has(node.text) ? `uses ${node.text}` : undefined;
  }
  return impureName(node, checker, own);
}

function impureName(node: ts.Identifier, checker: ts.TypeChecker, own: ReadonlySet<string>): string | undefined {
  // `{ process }` means both a property and the variable; the variable counts.
  const shorthand = ts.isShorthandPropertyAssignment(node.parent) ? checker.getShorthandAssignmentValueSymbol(node.parent) : undefined;
  const symbol = shorthand ?? checker.getSymbolAtLocation(node);
  // A name the compiler cannot place is not known to be pure; the build would refuse it anyway.
  if (!symbol) return isReference(node) ? `uses ${node.text}, which is not declared` : undefined;
  const declarations = symbol.declarations ?? [];
  if (declarations.some((declaration) => own.has(declaration.getSourceFile().fileName))) return undefined;
  if (declarations.some((declaration) => isMember(declaration))) return undefined;
  if (ts.isTypeReferenceNode(node.parent) || ts.isExpressionWithTypeArguments(node.parent) || ts.isQualifiedName(node.parent)) {
    return lateTypes.has(node.text) || ts.isQualifiedName(node.parent) ? `uses the type ${node.text}` : undefined;
  }
  if (!pureGlobals.has(node.text)) return `uses ${node.text}`;
  return node.text === 'Math' && !isMathExceptRandom(node) ? 'uses Math.random, or Math as a value that could be asked for it' : undefined;
}

function isReference(node: ts.Identifier): boolean {
  return ts.isExpression(node.parent) || ts.isTypeReferenceNode(node.parent);
}

function isMember(declaration: ts.Declaration): boolean {
  return ts.isTypeElement(declaration) || ts.isClassElement(declaration) || ts.isParameter(declaration) || ts.isTypeParameterDeclaration(declaration);
}

function isMathExceptRandom(node: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node && node.parent.name.text !== 'random';
}

/** The sources as one program under the repository's own compiler options; what they do not contain is read from disk. */
function compile(sources: readonly Source[]): ts.Program {
  const base = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile).config as { compilerOptions: object };
  const { options } = ts.parseJsonConfigFileContent({ compilerOptions: base.compilerOptions, files: [] }, ts.sys, root);
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const texts = new Map(sources.map(({ path, text }) => [root + path, text]));
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  return ts.createProgram([...texts.keys()], { ...options, noEmit: true, composite: false, incremental: false }, host);
}
