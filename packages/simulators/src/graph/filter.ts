import { badRequest } from './failure.ts';

/** A parsed `$filter`. Only what Outlook's collections document is there; anything else is a 400, as it is at the service. */
export type Filter =
  | { readonly type: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'not'; readonly of: Filter }
  | { readonly type: 'compare'; readonly path: string; readonly cast?: string; readonly op: Comparison; readonly value: Literal }
  | { readonly type: 'call'; readonly name: 'startswith' | 'endswith' | 'contains'; readonly path: string; readonly value: string }
  | { readonly type: 'any'; readonly path: string; readonly variable: string; readonly of: Filter };

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type Literal = string | number | boolean | null;

export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const take = (): Token => {
    const token = tokens[at];
    if (!token) throw invalid(text);
    at += 1;
    return token;
  };
  const expect = (symbol: string): void => {
    const token = take();
    if (token.kind !== 'symbol' || token.text !== symbol) throw invalid(text);
  };
  const isWord = (word: string): boolean => {
    const token = peek();
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  };
  const parseOr = (): Filter => {
    let left = parseAnd();
    while (isWord('or')) {
      take();
      left = { type: 'or', left, right: parseAnd() };
    }
    return left;
  };
  const parseAnd = (): Filter => {
    let left = parseOne();
    while (isWord('and')) {
      take();
      left = { type: 'and', left, right: parseOne() };
    }
    return left;
  };
  const parseOne = (): Filter => {
    if (isWord('not')) {
      take();
      return { type: 'not', of: parseOne() };
    }
    const token = take();
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = parseOr();
      expect(')');
      return inner;
    }
    if (token.kind !== 'word') throw invalid(text);
    const lower = token.text.toLowerCase();
    if (lower === 'startswith' || lower === 'endswith' || lower === 'contains') {
      expect('(');
      const path = word(take());
      expect(',');
      const value = literal(take());
      expect(')');
      if (typeof value !== 'string') throw invalid(text);
      return { type: 'call', name: lower, path, value };
    }
    if (lower.endsWith('/any')) {
      expect('(');
      const variable = word(take());
      expect(':');
      const of = parseOr();
      expect(')');
      return { type: 'any', path: token.text.slice(0, -4), variable, of };
    }
    let path = token.text;
    let cast: string | undefined;
    if (lower === 'cast') {
      expect('(');
      path = word(take());
      expect(',');
      cast = word(take());
      expect(')');
    }
    const op = word(take()).toLowerCase();
    if (op !== 'eq' && op !== 'ne' && op !== 'gt' && op !== 'ge' && op !== 'lt' && op !== 'le') throw invalid(text);
    return { type: 'compare', path, op, value: literal(take()), ...(cast === undefined ? {} : { cast }) };
  };
  const word = (token: Token): string => {
    if (token.kind !== 'word') throw invalid(text);
    return token.text;
  };
  const literal = (token: Token): Literal => {
    if (token.kind === 'string') return token.text;
    if (token.kind !== 'word') throw invalid(text);
    if (token.text === 'true' || token.text === 'false') return token.text === 'true';
    if (token.text === 'null') return null;
    if (/^-?\d+(\.\d+)?$/.test(token.text)) return Number(token.text);
    if (/^\d{4}-\d{2}-\d{2}/.test(token.text)) return token.text;
    throw invalid(text);
  };
  const filter = parseOr();
  if (at < tokens.length) throw invalid(text);
  return filter;
}

/** Whether a record passes. `valueOf` finds a property by path and throws for one that does not exist. */
export function matches(filter: Filter, valueOf: (path: string) => unknown, any: (filter: Filter & { type: 'any' }) => boolean): boolean {
  switch (filter.type) {
    case 'and':
      return matches(filter.left, valueOf, any) && matches(filter.right, valueOf, any);
    case 'or':
      return matches(filter.left, valueOf, any) || matches(filter.right, valueOf, any);
    case 'not':
      return !matches(filter.of, valueOf, any);
    case 'any':
      return any(filter);
    case 'call': {
      const value = valueOf(filter.path);
      if (typeof value !== 'string') return false;
      const [text, part] = [value.toLowerCase(), filter.value.toLowerCase()];
      if (filter.name === 'startswith') return text.startsWith(part);
      return filter.name === 'endswith' ? text.endsWith(part) : text.includes(part);
    }
    case 'compare':
      return compare(valueOf(filter.path), filter.op, filter.value);
  }
}

/** Strings compare without regard to case, as Exchange's restrictions do; what cannot be ordered only equals. */
export function compare(value: unknown, op: Comparison, wanted: Literal): boolean {
  const left = comparable(value);
  const right = comparable(wanted);
  if (op === 'eq') return left === right;
  if (op === 'ne') return left !== right;
  if (left === null || right === null || typeof left !== typeof right) return false;
  if (op === 'gt') return left > right;
  if (op === 'ge') return left >= right;
  return op === 'lt' ? left < right : left <= right;
}

function comparable(value: unknown): Literal {
  if (typeof value === 'string') {
    // Times are written with and without fractions and Z; as text they would differ.
    const time = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?Z?$/.exec(value);
    return time ? `${time[1]}.${(time[2] ?? '').padEnd(7, '0')}` : value.toLowerCase();
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

interface Token {
  readonly kind: 'word' | 'string' | 'symbol';
  readonly text: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:'((?:[^']|'')*)'|([(),:])|([^\s(),:']+(?::[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?))/gy;
  let end = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    end = pattern.lastIndex;
    if (found[1] !== undefined) tokens.push({ kind: 'string', text: found[1].replaceAll("''", "'") });
    else if (found[2] !== undefined) tokens.push({ kind: 'symbol', text: found[2] });
    else tokens.push({ kind: 'word', text: found[3] ?? '' });
  }
  if (text.slice(end).trim() !== '') throw invalid(text);
  return tokens;
}

function invalid(text: string): Error {
  return badRequest(`Invalid filter clause: ${text}`);
}
