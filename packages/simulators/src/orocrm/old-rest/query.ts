/** One parameter of an old REST address. The operator is part of the name: `updatedAt>=2026-01-01`. */
export interface OldParameter {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
}

/** Reads a query string; a `+` is a blank, operators are `= <> < > <= >=`. */
export function parseOldQuery(search: string): OldParameter[] {
  return search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const text = decodeURIComponent(part.replaceAll('+', ' '));
      const [, name = text, operator = '=', value = ''] = /^([^<>=]+)(<=|>=|<>|<|>|=)(.*)$/s.exec(text) ?? [];
      return { name, operator, value };
    });
}

/** The value of a plain parameter. */
export function valueOf(query: readonly OldParameter[], name: string): string | undefined {
  return query.find((parameter) => parameter.name === name && parameter.operator === '=')?.value;
}

/** Does a value stand in this relation to the wanted one? */
export function holds(value: number | string, operator: string, wanted: number | string): boolean {
  switch (operator) {
    case '>=':
      return value >= wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '<':
      return value < wanted;
    case '<>':
      return value !== wanted;
    default:
      return value === wanted;
  }
}
