import { xInclude } from '../http.ts';
import type { Store } from '../store.ts';
import type { ApiCall } from './api.ts';
import { collectIncluded, printRecord, type Lookup } from './document.ts';
import type { Query } from './query.ts';
import type { AnyResource as Any, AnyRow, View } from './resource.ts';

/** For whom and how the answer of a call is printed. */
export function viewOf(call: ApiCall, query: Pick<Query<never>, 'fields' | 'include'>): View {
  return {
    store: call.store,
    actor: call.actor,
    base: call.url.origin,
    hateoas: !xInclude(call.request.headers).has('noHateoas'),
    fields: query.fields,
    include: query.include,
  };
}

/** `X-Include: totalCount` counts what the filters leave, whatever the page. */
export function totals(call: ApiCall, total: number): Record<string, string> {
  return xInclude(call.request.headers).has('totalCount') ? { 'x-include-total-count': String(total) } : {};
}

/** A page of records with its links and what they include. */
export function listDocument(call: ApiCall, resource: Any, rows: readonly AnyRow[], query: Query<AnyRow>, more: boolean, lookup: Lookup): unknown {
  const view = viewOf(call, query);
  const data = rows.map((row) => withTitle(printRecord(resource, row, view), resource, row, query));
  const included = collectIncluded(resource, rows, view, lookup);
  const self = `${view.base}${call.url.pathname}`;
  const links: Record<string, string> = { self };
  if (query.pageSize !== -1 && query.pageNumber > 1) {
    links['first'] = pageLink(self, query, 1);
    links['prev'] = pageLink(self, query, query.pageNumber - 1);
  }
  if (more) links['next'] = pageLink(self, query, query.pageNumber + 1);
  return { data, ...(view.hateoas ? { links } : {}), ...(included.length > 0 ? { included } : {}) };
}

/** Parameters come back sorted; the page number stands after the page size where the request did not name it [03]. */
function pageLink(self: string, query: Query<AnyRow>, page: number): string {
  const parts: [string, string][] = [];
  let placed = page === 1;
  const had = query.canonical.some(([key]) => key === 'page[number]');
  for (const [key, value] of query.canonical) {
    if (key === 'page[number]') {
      if (page > 1) parts.push([key, String(page)]);
      placed = true;
      continue;
    }
    if (!placed && !had && key > 'page[size]') {
      parts.push(['page[number]', String(page)]);
      placed = true;
    }
    parts.push([key, value]);
  }
  if (!placed) parts.push(['page[number]', String(page)]);
  const text = parts.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  return text === '' ? self : `${self}?${text}`;
}

/** The visible rows that pass every filter, in the order of their ids. */
export function select(call: ApiCall, resource: Any, query: Query<AnyRow>): AnyRow[] {
  const { store, actor } = call;
  const candidates =
    query.ids === undefined
      ? resource.rows(store)
      : [...new Set(query.ids)].flatMap((id) => resource.find(store, id) ?? []).sort((a, b) => compare(a.id, b.id));
  const found: AnyRow[] = [];
  for (const row of candidates) {
    if (query.tests.every((test) => test(row)) && resource.visible(store, actor, row)) found.push(row);
  }
  return found;
}

/** Sorts in place as the query says. */
export function sort(rows: AnyRow[], resource: Any, query: Query<AnyRow>, store: Store): void {
  const [first] = query.order;
  if (query.order.length === 1 && first?.field === 'id') {
    if (first.descending) rows.reverse();
    return;
  }
  const keys = query.order.map(({ field, descending }) => ({
    of: field === 'id' ? (row: AnyRow) => row.id : (row: AnyRow) => resource.sorts[field]?.(row, store) ?? null,
    sign: descending ? -1 : 1,
  }));
  // Rows that sort alike come in no particular order from the service: shuffle before, so that nobody relies on it.
  if (!query.order.some(({ field }) => field === 'id')) shuffle(rows, store.env.random);
  rows.sort((a, b) => {
    for (const { of, sign } of keys) {
      const result = compare(of(a), of(b));
      if (result !== 0) return result * sign;
    }
    return 0;
  });
}

/** PostgreSQL sorts null after everything. */
export function compare(a: number | string | null, b: number | string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** Fisher and Yates, in place. */
export function shuffle<T>(items: T[], random: () => number): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [items[index], items[other]] = [items[other] as T, items[index] as T];
  }
}

/** Adds `meta.title` where the query asks for it. */
export function withTitle(record: Record<string, unknown>, resource: Any, row: AnyRow, query: Pick<Query<AnyRow>, 'title'>): Record<string, unknown> {
  if (!query.title || resource.title === undefined) return record;
  return { type: record['type'], id: record['id'], meta: { title: resource.title(row) }, ...record };
}
