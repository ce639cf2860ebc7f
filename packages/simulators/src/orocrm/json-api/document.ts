import type { AnyResource, Ref, Resource, View } from './resource.ts';

/** Finds the resource of a type; `undefined` for types that are only named, such as `organizations`. */
export type Lookup = (type: string) => AnyResource | undefined;

type JsonRecord = Record<string, unknown>;

/** Prints one record as a resource object. */
export function printRecord<Row>(resource: Resource<Row>, row: Row, view: View): JsonRecord {
  const id = String(resource.id(row));
  const self = `${view.base}/api/${resource.type}/${id}`;
  const wanted = view.fields.get(resource.type);
  const record: JsonRecord = { type: resource.type, id };
  if (view.hateoas) record['links'] = { self };
  const attributes: JsonRecord = {};
  let any = false;
  for (const name in resource.attributes) {
    if (wanted !== undefined && !wanted.has(name)) continue;
    attributes[name] = resource.attributes[name]?.(row, view);
    any = true;
  }
  if (any) record['attributes'] = attributes;
  const relationships: JsonRecord = {};
  any = false;
  for (const name in resource.relations) {
    const relation = resource.relations[name];
    if (relation === undefined || (wanted !== undefined && !wanted.has(name))) continue;
    const data = printRefs(relation.of(row, view));
    relationships[name] = view.hateoas
      ? { links: { self: `${self}/relationships/${name}`, related: `${self}/${name}` }, data }
      : { data };
    any = true;
  }
  if (any) record['relationships'] = relationships;
  return record;
}

/** Prints identifiers; related lists are cut at 100 entries. */
export function printRefs(refs: Ref | null | readonly Ref[]): unknown {
  if (refs === null) return null;
  if (isList(refs)) return refs.slice(0, 100).map((ref) => ({ type: ref.type, id: String(ref.id) }));
  return { type: refs.type, id: String(refs.id) };
}

/**
 * The records asked for by `include`, each once: what a record leads to stands before the record itself [03].
 * A relationship left out by `fields` includes nothing.
 */
export function collectIncluded<Row>(resource: Resource<Row>, rows: readonly Row[], view: View, lookup: Lookup): JsonRecord[] {
  if (view.include.size === 0) return [];
  // What is primary data is not repeated, and led through once only [03].
  const seen = new Set(rows.map((row) => `${resource.type}/${resource.id(row)}`));
  const included: JsonRecord[] = [];
  const visit = <R>(from: Resource<R>, row: R, path: string): void => {
    const wanted = view.fields.get(from.type);
    for (const name in from.relations) {
      const relation = from.relations[name];
      const inner = path === '' ? name : `${path}.${name}`;
      if (relation === undefined || !leadsTo(view.include, inner) || (wanted !== undefined && !wanted.has(name))) continue;
      for (const ref of toList(relation.of(row, view))) {
        const target = lookup(ref.type);
        const found = target?.find(view.store, String(ref.id));
        if (target === undefined || found === undefined || !target.visible(view.store, view.actor, found)) continue;
        visit(target, found, inner);
        const key = `${ref.type}/${ref.id}`;
        if (seen.has(key)) continue;
        seen.add(key);
        included.push(printRecord(target, found, view));
      }
    }
  };
  for (const row of rows) visit(resource, row, '');
  return included;
}

function leadsTo(include: ReadonlySet<string>, path: string): boolean {
  if (include.has(path)) return true;
  for (const wanted of include) if (wanted.startsWith(`${path}.`)) return true;
  return false;
}

/** The identifiers of any relationship as a list. */
export function toList(refs: Ref | null | readonly Ref[]): readonly Ref[] {
  if (refs === null) return [];
  return isList(refs) ? refs : [refs];
}

function isList(refs: Ref | readonly Ref[]): refs is readonly Ref[] {
  return Array.isArray(refs);
}
