import { parseTime } from '../times.ts';
import { Refusal, type ApiError } from './refusal.ts';
import type { FilterField, Resource, View } from './resource.ts';

/** What a kind of request may say in its query. */
export type QueryUse = 'list' | 'one' | 'delete-list';

/** A parsed query. */
export interface Query<Row> {
  readonly fields: View['fields'];
  readonly include: ReadonlySet<string>;
  readonly tests: readonly ((row: Row) => boolean)[];
  /** Ids of `filter[id]=...`, to be looked up instead of scanned. */
  readonly ids: readonly string[] | undefined;
  readonly order: readonly { readonly field: string; readonly descending: boolean }[];
  /** -1: everything. */
  readonly pageSize: number;
  readonly pageNumber: number;
  readonly title: boolean;
  /** The parameters as the service repeats them in its links: sorted, operators in brackets. */
  readonly canonical: readonly (readonly [key: string, value: string])[];
}

interface Parameter {
  /** `filter[updatedAt]`, without operator. */
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  readonly key: string;
}

const symbols: Readonly<Record<string, string>> = {
  '=': 'eq',
  '!=': 'neq',
  '<>': 'neq',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
  '*': 'exists',
  '!*': 'neq_or_null',
};

/**
 * Reads a query string for one resource. Throws a `Refusal` with every mistake, sorted by parameter as the service
 * does [03].
 */
export function parseQuery<Row>(search: string, resource: Resource<Row>, use: QueryUse, context: QueryContext): Query<Row> {
  const parameters = split(search);
  const errors: ApiError[] = [];
  const fail = (parameter: string, detail: string, title = 'filter constraint'): void => {
    errors.push({ status: 400, title, detail, parameter });
  };
  const fields = new Map<string, ReadonlySet<string>>();
  const tests: ((row: Row) => boolean)[] = [];
  let include: ReadonlySet<string> = new Set();
  let ids: readonly string[] | undefined;
  let order: { field: string; descending: boolean }[] = [{ field: 'id', descending: false }];
  let pageSize = 10;
  let pageNumber = 1;
  let title = false;
  let filtered = false;

  for (const parameter of parameters) {
    const { name, value } = parameter;
    const filter = /^filter\[([^\]]+)\]$/.exec(name)?.[1];
    const type = /^fields\[([^\]]+)\]$/.exec(name)?.[1];
    if (filter !== undefined && use !== 'one') {
      const field = resource.filters[filter];
      if (field === undefined) fail(name, 'The filter is not supported.');
      else {
        const test = toTest(field, parameter, context, (detail) => fail(name, detail));
        if (test !== undefined) tests.push(test);
        if (filter === 'id' && parameter.operator === 'eq' && !value.includes('..')) ids = value.split(',');
        filtered = true;
      }
    } else if (use === 'delete-list') fail(parameter.key, 'The filter is not supported.');
    else if (type !== undefined && context.types.has(type)) fields.set(type, new Set(value.split(',')));
    else if (name === 'include') include = new Set(value.split(','));
    else if (name === 'meta') {
      if (value === 'title') title = true;
      else fail(name, `The "${value}" is not known meta property. Known properties: title.`);
    } else if (name === 'page[size]' && use === 'list') {
      if (!/^-?\d+$/.test(value)) fail(name, `Expected integer value. Given "${value}".`);
      else if (Number(value) < -1) fail(name, 'The value should be greater than or equals to -1.');
      else pageSize = Number(value);
    } else if (name === 'page[number]' && use === 'list') {
      if (!/^\d+$/.test(value)) fail(name, `Expected unsigned integer value. Given "${value}".`);
      else if (Number(value) < 1) fail(name, 'The value should be greater than or equals to 1.');
      else pageNumber = Number(value);
    } else if (name === 'sort' && use === 'list') {
      order = [];
      for (const part of value.split(',')) {
        const field = part.replace(/^-/, '');
        if (field !== 'id' && resource.sorts[field] === undefined) {
          fail(name, `Sorting by "${field}" field is not supported.`, 'sort constraint');
        } else order.push({ field, descending: part.startsWith('-') });
      }
    } else fail(parameter.key, 'The filter is not supported.');
  }
  if (use === 'delete-list' && errors.length === 0 && !filtered) {
    errors.push({ status: 400, title: 'filter constraint', detail: 'At least one filter must be provided.' });
  }
  if (errors.length > 0) throw new Refusal(errors);
  const canonical = parameters.map(({ key, value }) => [key, value] as const);
  return { fields, include, tests, ids, order, pageSize, pageNumber, title, canonical };
}

/** What filters need besides the row. */
export interface QueryContext {
  readonly store: View['store'];
  /** Types that `fields[...]` may name. */
  readonly types: ReadonlySet<string>;
}

function split(search: string): Parameter[] {
  const parameters: Parameter[] = [];
  for (const part of search.replace(/^\?/, '').split('&')) {
    if (part === '') continue;
    const text = decode(part);
    const matched = /^([^=<>!*[\]]+(?:\[[^\]]*\])*)(<=|>=|<>|!=|!\*|=|<|>|\*)(.*)$/s.exec(text);
    const [, key = text, symbol = '=', value = ''] = matched ?? [];
    const inBrackets = /^(filter\[[^\]]+\])\[([^\]]+)\]$/.exec(key);
    const name = inBrackets?.[1] ?? key;
    const operator = inBrackets?.[2] ?? symbols[symbol] ?? 'eq';
    const canonicalKey = operator === 'eq' || !name.startsWith('filter[') ? name : `${name}[${operator}]`;
    parameters.push({ name, operator, value, key: canonicalKey });
  }
  return parameters.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** A `+` in a query is a blank [06]. */
function decode(text: string): string {
  const plain = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

type Test<Row> = (row: Row) => boolean;

function toTest<Row>(
  field: FilterField<Row>,
  parameter: Parameter,
  { store }: QueryContext,
  fail: (detail: string) => void,
): Test<Row> | undefined {
  const { operator, value } = parameter;
  const valuesOf = (row: Row): readonly (number | string)[] => {
    const found = field.of(row, store);
    return found === null ? [] : Array.isArray(found) ? (found as readonly (number | string)[]) : [found as number | string];
  };
  const known = field.kind === 'search' ? ['eq'] : operatorsOf[field.kind];
  if (!known.includes(operator)) {
    fail(`The operator "${operator}" is not supported.`);
    return undefined;
  }
  if (field.kind === 'search') {
    const words = value.toLowerCase().split(/\s+/);
    return (row) => words.every((word) => valuesOf(row).some((text) => String(text).toLowerCase().includes(word)));
  }
  if (operator === 'exists') {
    const wanted = { yes: true, true: true, 1: true, no: false, false: false, 0: false }[value];
    if (wanted === undefined) fail(`Expected boolean value. Given "${value}".`);
    return (row) => valuesOf(row).length > 0 === wanted;
  }
  const spans = toSpans(field, value);
  if (typeof spans === 'string') {
    fail(spans);
    return undefined;
  }
  const hits = (row: Row): boolean => valuesOf(row).some((v) => spans.some((span) => v >= span.from && v <= span.to));
  const first = spans[0];
  if (first === undefined) return () => false;
  switch (operator) {
    case 'neq':
      return (row) => valuesOf(row).length > 0 && !hits(row);
    case 'neq_or_null':
      return (row) => !hits(row);
    case 'gt':
      return (row) => valuesOf(row).some((v) => v > first.from);
    case 'gte':
      return (row) => valuesOf(row).some((v) => v >= first.from);
    case 'lt':
      return (row) => valuesOf(row).some((v) => v < first.from);
    case 'lte':
      return (row) => valuesOf(row).some((v) => v <= first.from);
    default:
      return hits;
  }
}

const ordered = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'exists', 'neq_or_null'];
const operatorsOf: Readonly<Record<'integer' | 'string' | 'datetime', readonly string[]>> = {
  integer: ordered,
  datetime: ordered,
  string: ['eq', 'neq', 'exists', 'neq_or_null'],
};

interface Span {
  readonly from: number | string;
  readonly to: number | string;
}

/** The values meant, as inclusive spans; a string says what is wrong. */
function toSpans<Row>(field: FilterField<Row>, text: string): Span[] | string {
  const bounds = field.takes === 'range' ? text.split('..') : [text];
  if (bounds.length === 2) {
    const from = toSpan(field.kind, bounds[0] ?? '');
    const to = toSpan(field.kind, bounds[1] ?? '');
    if (typeof from === 'string') return from;
    return typeof to === 'string' ? to : [{ from: from.from, to: to.to }];
  }
  const spans: Span[] = [];
  for (const part of field.takes === 'one' ? [text] : text.split(',')) {
    const span = toSpan(field.kind, part);
    if (typeof span === 'string') return span;
    spans.push(span);
  }
  return spans;
}

function toSpan(kind: FilterField<never>['kind'], text: string): Span | string {
  if (kind === 'integer') {
    return /^-?\d+$/.test(text) ? { from: Number(text), to: Number(text) } : `Expected integer value. Given "${text}".`;
  }
  if (kind === 'datetime') {
    const time = parseTime(text);
    return time === undefined ? `Expected datetime value. Given "${text}".` : { from: time.start, to: time.next - 1 };
  }
  return { from: text, to: text };
}
