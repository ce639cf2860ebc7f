/** Plain data: what travels, what is stored, what is compared. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Equality of plain data. The order of object keys does not count, the order of list entries does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

function isList(value: { readonly [key: string]: Json } | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value);
}
