import { answer } from '../http.ts';
import type { ApiCall } from './api.ts';
import { noAccess, noAccessToType, noSuchEntity, Refusal, refuse, type ApiError } from './refusal.ts';
import type { Ref, Resource, View } from './resource.ts';

/** The plain API writes its errors as a bare list, without status, and `source` is a string [03]. */
export function plainErrors(errors: readonly ApiError[]): unknown {
  return errors.map(({ title, detail, pointer, parameter }) => ({
    title,
    ...(detail === undefined ? {} : { detail }),
    ...(parameter === undefined ? (pointer === undefined ? {} : { source: pointer }) : { source: parameter }),
  }));
}

/**
 * The other API at the same address, for requests whose Accept does not name the JSON:API. Reading is there as far as
 * a client that forgot the header notices; a JSON:API document sent to it is an unknown field `data`.
 */
export async function answerPlain<Row>(call: ApiCall, resource: Resource<Row>, path: readonly string[]): Promise<Response> {
  const { store, actor, request, url } = call;
  if (!resource.usable(actor)) throw noAccessToType();
  if (request.method !== 'GET') {
    await request.text();
    throw refuse(400, 'extra fields constraint', 'This form should not contain extra fields: "data".');
  }
  const view: View = { store, actor, base: url.origin, hateoas: false, fields: new Map(), include: new Set() };
  const id = path[1];
  if (id !== undefined) {
    const row = resource.find(store, id);
    if (row === undefined) throw noSuchEntity();
    if (!resource.visible(store, actor, row)) throw noAccess();
    return answer({ status: 200, body: flat(resource, row, view) });
  }
  const errors: ApiError[] = [];
  let limit = 10;
  let page = 1;
  for (const [name, value] of [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (name === 'limit' && /^-?\d+$/.test(value)) limit = Number(value);
    else if (name === 'page' && /^\d+$/.test(value)) page = Number(value);
    else errors.push({ status: 400, title: 'filter constraint', detail: 'The filter is not supported.', parameter: name });
  }
  if (errors.length > 0) throw new Refusal(errors);
  const rows = [...resource.rows(store)].filter((row) => resource.visible(store, actor, row));
  const chosen = limit === -1 ? rows : rows.slice((page - 1) * limit, page * limit);
  return answer({ status: 200, body: chosen.map((row) => flat(resource, row, view)) });
}

function flat<Row>(resource: Resource<Row>, row: Row, view: View): Record<string, unknown> {
  const record: Record<string, unknown> = { id: resource.id(row) };
  for (const [name, value] of Object.entries(resource.attributes)) record[name] = value(row, view);
  for (const [name, relation] of Object.entries(resource.relations)) record[name] = ids(relation.of(row, view));
  return record;
}

function ids(refs: Ref | null | readonly Ref[]): unknown {
  if (refs === null) return null;
  return 'id' in refs ? refs.id : refs.map((ref) => ref.id);
}
