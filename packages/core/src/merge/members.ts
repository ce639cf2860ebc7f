import { sameJson, type Json } from '../json.ts';
import type { Kind } from '../model/kinds.ts';
import { fieldsOfUnit, type UnitId } from '../model/units.ts';

type Group = { readonly [field: string]: Json };

/**
 * A group's value with what it lacks from another one: nothing in one field of a name erases nothing in the other side's
 * (A7s, G8). `emptied`: what the group held before; a field that it held and holds no more was emptied, and stays empty.
 * Only a name is filled field by field; other groups are true or false as a whole.
 */
export function fillMembers(kind: Kind, name: UnitId, strong: Json, weak: Json | undefined, emptied?: Json): Json {
  if (name !== 'name' || weak === undefined) return strong;
  const [own, other, before] = [strong as Group, weak as Group, (emptied ?? {}) as Group];
  const filled = Object.fromEntries(fieldsOfUnit(kind, name).flatMap((field) => {
    const value = own[field] ?? (before[field] === undefined ? other[field] : undefined);
    return value === undefined ? [] : [[field, value]];
  }));
  return sameJson(filled, strong) ? strong : filled;
}
