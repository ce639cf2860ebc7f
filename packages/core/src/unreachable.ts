/** Ends an exhaustive switch: a case that was forgotten does not compile. Throws if bad data gets here all the same. */
export function unreachable(value: never): never {
  throw new TypeError(`not a known case: ${JSON.stringify(value)}`);
}
