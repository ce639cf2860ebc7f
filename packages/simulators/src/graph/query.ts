import { badRequest } from './failure.ts';
import { parseFilter, type Filter } from './filter.ts';

/** The query options of one request, names in lower case, each known to the route it went to. */
export interface Query {
  readonly select?: readonly string[];
  readonly filter?: Filter;
  readonly expand: readonly Expansion[];
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
  readonly orderBy?: { readonly path: string; readonly descending: boolean };
  readonly startDateTime?: string;
  readonly endDateTime?: string;
  readonly skipToken?: string;
  readonly deltaToken?: string;
}

export interface Expansion {
  /** In lower case: the documentation itself writes `extensions` and `Extensions`. */
  readonly name: string;
  readonly filter?: Filter;
}

export type QueryOption =
  | '$select'
  | '$filter'
  | '$expand'
  | '$top'
  | '$skip'
  | '$count'
  | '$orderby'
  | 'startdatetime'
  | 'enddatetime'
  | '$skiptoken'
  | '$deltatoken';

/** Reads the options a route allows. An unknown or repeated one is a 400: a mistyped `$slect` must not read everything. */
export function parseQuery(search: URLSearchParams, allowed: readonly QueryOption[]): Query {
  const given = new Map<string, string>();
  for (const [rawName, value] of search) {
    const name = rawName.toLowerCase();
    if (!allowed.some((option) => option === name)) throw badRequest(`The query parameter '${rawName}' is not supported.`);
    if (given.has(name)) throw badRequest(`Query option '${rawName}' was specified more than once, but it must be specified at most once.`);
    given.set(name, value);
  }
  if (given.size === 0) return { expand: [], skip: 0, count: false };
  const select = given.get('$select');
  const filter = given.get('$filter');
  const top = whole(given.get('$top'), '$top');
  const orderBy = given.get('$orderby');
  const query: { -readonly [Name in keyof Query]: Query[Name] } = {
    expand: splitTop(given.get('$expand') ?? '').map(parseExpansion),
    skip: whole(given.get('$skip'), '$skip') ?? 0,
    count: flag(given.get('$count')),
  };
  if (select !== undefined) query.select = select.split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (filter !== undefined) query.filter = parseFilter(filter);
  if (top !== undefined) query.top = top;
  if (orderBy !== undefined) query.orderBy = parseOrderBy(orderBy);
  const start = given.get('startdatetime');
  const end = given.get('enddatetime');
  const skipToken = given.get('$skiptoken');
  const deltaToken = given.get('$deltatoken');
  if (start !== undefined) query.startDateTime = start;
  if (end !== undefined) query.endDateTime = end;
  if (skipToken !== undefined) query.skipToken = skipToken;
  if (deltaToken !== undefined) query.deltaToken = deltaToken;
  // Outlook refuses more than 1000 with this sentence instead of capping.
  if (top !== undefined && top > 1000) throw badRequest(`The limit of '1000' for Top query has been exceeded. The value from the incoming request is '${top}'.`);
  if (top === 0) throw badRequest("Invalid value '0' for $top query option found. The $top query option requires a positive integer value.");
  return query;
}

function parseExpansion(text: string): Expansion {
  const open = text.indexOf('(');
  if (open < 0) return { name: text.toLowerCase() };
  if (!text.endsWith(')')) throw badRequest(`Invalid $expand clause: ${text}`);
  const inner = text.slice(open + 1, -1);
  const name = text.slice(0, open).trim().toLowerCase();
  const found = /^\s*\$filter\s*=(.*)$/is.exec(inner);
  if (!found) throw badRequest(`Only $filter is supported inside $expand=${name}(...).`);
  return { name, filter: parseFilter((found[1] ?? '').trim()) };
}

function parseOrderBy(text: string): { readonly path: string; readonly descending: boolean } {
  const found = /^\s*([A-Za-z/]+)(?:\s+(asc|desc))?\s*$/i.exec(text);
  if (!found) throw badRequest(`Invalid $orderby clause: ${text}`);
  return { path: found[1] ?? '', descending: found[2]?.toLowerCase() === 'desc' };
}

/** Splits at commas outside parentheses and quotes. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text[at];
    if (char === "'") quoted = !quoted;
    else if (!quoted && char === '(') depth += 1;
    else if (!quoted && char === ')') depth -= 1;
    if (char === undefined || (char === ',' && depth === 0 && !quoted)) {
      const part = text.slice(start, at).trim();
      if (part !== '') parts.push(part);
      start = at + 1;
    }
  }
  if (depth !== 0 || quoted) throw badRequest(`Invalid $expand clause: ${text}`);
  return parts;
}

function whole(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`Invalid value '${text}' for ${name} query option found. The ${name} query option requires a non-negative integer value.`);
  return Number(text);
}

function flag(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (text !== 'true' && text !== 'false') throw badRequest(`Invalid value '${text}' for $count query option found.`);
  return text === 'true';
}
