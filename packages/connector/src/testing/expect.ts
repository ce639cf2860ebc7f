import { fieldsOf, sameField, type AnyView, type Json, type Kind } from '@syncline/core';
import { Failure, type FailureKind } from '../failure.ts';

/** Throws an `Error` with these words unless it holds. */
export function ensure(holds: boolean, words: string): asserts holds {
  if (!holds) throw new Error(words);
}

/** Every wanted field is found with an equal value; an absent, null and empty one are the same thing. */
export function ensureShows(kind: Kind, found: AnyView | undefined, wanted: AnyView, where: string): void {
  ensure(found !== undefined, `${where}: the record is not there`);
  for (const [field, value] of Object.entries(wanted)) {
    ensure(sameValue(kind, field, found[field], value), `${where}: "${field}" is ${show(found[field])} and should be ${show(value)}`);
  }
}

/** Equality of two values of a field, as the hub compares them. */
export function sameValue(kind: Kind, field: string, a: Json | undefined, b: Json | undefined): boolean {
  const spec = fieldsOf(kind)[field];
  return spec !== undefined && sameField(spec, a ?? undefined, b ?? undefined);
}

/** The failure an attempt ends with; anything else that is thrown, or nothing, is a mistake of the connector. */
export async function failureOf(doing: string, attempt: () => Promise<unknown>): Promise<Failure> {
  try {
    await attempt();
  } catch (error) {
    ensureFailure(doing, error);
    return error;
  }
  throw new Error(`${doing} did not fail`);
}

const kinds: Record<FailureKind, true> = { auth: true, config: true, throttle: true, unavailable: true, 'cursor-expired': true, unsupported: true, bug: true };

/** A `Failure` of a known kind, with a sentence. */
export function ensureFailure(doing: string, error: unknown): asserts error is Failure {
  ensure(error instanceof Failure, `${doing} throws ${String(error)}, which is not a Failure`);
  ensure(Object.hasOwn(kinds, error.kind), `${doing}: "${error.kind}" is no kind of failure`);
  ensure(error.message.trim() !== '', `${doing}: the failure says nothing`);
}

/** Plain data that survives JSON and `structuredClone` as it is: no `undefined`, dates, not-a-numbers, classes. */
export function ensurePlain(value: unknown, at: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    ensure(Number.isFinite(value), `${at} is ${value}, which JSON cannot hold`);
    return;
  }
  ensure(typeof value === 'object', `${at} is ${typeof value}, which JSON cannot hold`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) ensurePlain(item, `${at}[${index}]`);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  ensure(prototype === Object.prototype || prototype === null, `${at} is an object of a class, which JSON cannot hold`);
  for (const [name, member] of Object.entries(value)) ensurePlain(member, `${at}.${name}`);
}

/** For messages: short, and with what cannot be seen made visible. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}... (${text.length} characters)` : text;
}
