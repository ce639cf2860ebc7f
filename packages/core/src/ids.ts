import type { Kind } from './model/kinds.ts';

/** A record of the replicated document: the same thing on both sides. */
export type EntityId = string & { readonly __brand: 'EntityId' };

/** Reads an entity id from the wire or the disk. Throws `TypeError`: a bad one means corruption. */
export function parseEntityId(text: string): EntityId {
  if (!/^e_[0-9a-z]{12}$/.test(text)) throw new TypeError(`not an entity id: ${text}`);
  return text as EntityId;
}

/**
 * The entity id of an item that is observed for the first time. Derived from where it was seen, so that two
 * observers of one item make one record (history 5). 62 bits: among a million items a collision is one in a million.
 */
export function deriveEntityId(side: string, account: string, kind: Kind, nativeId: string): EntityId {
  return parseEntityId(`e_${fingerprint(JSON.stringify([side, account, kind, nativeId]))}`);
}

/** A short name for a text: twelve letters and digits, the same for the same text. Not for secrets. */
export function fingerprint(text: string): string {
  const bits = (BigInt(hash32(text, 0x9e3779b9)) << 32n) | BigInt(hash32(text, 0x85ebca6b));
  return (bits % 36n ** 12n).toString(36).padStart(12, '0');
}

/** The 32-bit mixing function of MurmurHash3, one UTF-16 unit at a time. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0xcc9e2d51);
    hash = Math.imul((hash << 15) | (hash >>> 17), 0x1b873593);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
