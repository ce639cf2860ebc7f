import type { Space } from './types.ts';

/*
 * Keys of format 1. The first byte says what a row is; a user id is preceded by its length in bytes, so that no id is
 * the beginning of another (`u1`, `u10`, `u1/x`); the rest of the key comes last and keeps its order.
 *
 *   00                                   store head
 *   01 step(8)                           one row per write: proof that no write is missing
 *   02 length(4) user                    user head
 *   03 length(4) user 01                 snapshot
 *   03 length(4) user 02 number(8)       log
 *   03 length(4) user 10..14 key         rows of a space
 */
const partOfSpace: Record<Space, number> = { native: 0x10, cursor: 0x11, intent: 0x12, history: 0x13, state: 0x14 };

/** The spaces, by name. */
export const spaces = Object.keys(partOfSpace) as readonly Space[];

/** Tells a space from any other text. */
export function isSpace(text: string): text is Space {
  return Object.hasOwn(partOfSpace, text);
}

/** A range of keys, from `gte` up to but without `lt`. */
export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

export const storeHeadKey: Uint8Array = Uint8Array.of(0x00);
export const stepRange: KeyRange = { gte: Uint8Array.of(0x01), lt: Uint8Array.of(0x02) };
export const userHeadRange: KeyRange = { gte: Uint8Array.of(0x02), lt: Uint8Array.of(0x03) };

export function stepKey(step: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x01), numberBytes(step)]);
}

export function userHeadKey(userId: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x02), userBytes(userId)]);
}

export function userIdOfHeadKey(key: Uint8Array): string {
  return textOf(key.subarray(5));
}

export function snapshotKey(userId: string): Uint8Array {
  return partKey(userId, 0x01);
}

export function logKey(userId: string, number: number): Uint8Array {
  return Buffer.concat([partKey(userId, 0x02), numberBytes(number)]);
}

/** The number in a log or step key: its last eight bytes. */
export function numberOfKey(key: Uint8Array): number {
  return Number(Buffer.from(key.buffer, key.byteOffset, key.byteLength).readBigUInt64BE(key.byteLength - 8));
}

/** Log rows from one number to another, both included. */
export function logRange(userId: string, first: number, last: number): KeyRange {
  return { gte: logKey(userId, first), lt: logKey(userId, last + 1) };
}

export function spaceKey(userId: string, space: Space, key: string): Uint8Array {
  return Buffer.concat([partKey(userId, partOfSpace[space]), bytesOf(key)]);
}

/** Every row of a space whose key starts with `prefix`. 0xFF is higher than any byte `bytesOf` makes. */
export function prefixRange(userId: string, space: Space, prefix: string): KeyRange {
  const gte = spaceKey(userId, space, prefix);
  return { gte, lt: Buffer.concat([gte, Uint8Array.of(0xff)]) };
}

/** Reads the key of a space's row back. */
export function textOfSpaceKey(userId: string, key: Uint8Array): string {
  return textOf(key.subarray(partKey(userId, 0).length));
}

/** Eight bytes, highest first, so that bytes compare as numbers do. */
export function numberBytes(number: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
}

/** A key as text: for maps, and for a person who has to find the row. */
export function hex(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('hex');
}

function partKey(userId: string, part: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x03), userBytes(userId), Uint8Array.of(part)]);
}

function userBytes(userId: string): Uint8Array {
  const id = bytesOf(userId);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(id.length);
  return Buffer.concat([length, id]);
}

/**
 * Text as bytes, one UTF-16 code unit after the other, each in the form UTF-8 would give it (known as CESU-8).
 * Plain UTF-8 would not do: it turns every lone surrogate into the same replacement character, so two keys would
 * become one, and it sorts differently from `<`.
 */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * 3);
  let end = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes[end++] = unit;
    } else if (unit < 0x800) {
      bytes[end++] = 0xc0 | (unit >> 6);
      bytes[end++] = 0x80 | (unit & 0x3f);
    } else {
      bytes[end++] = 0xe0 | (unit >> 12);
      bytes[end++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[end++] = 0x80 | (unit & 0x3f);
    }
  }
  return bytes.subarray(0, end);
}

/** The inverse of `bytesOf`; only ever given keys whose row has passed its checksum. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const first = bytes[index++] ?? 0;
    if (first < 0x80) {
      text += String.fromCharCode(first);
    } else if (first < 0xe0) {
      text += String.fromCharCode(((first & 0x1f) << 6) | ((bytes[index++] ?? 0) & 0x3f));
    } else {
      const second = (bytes[index++] ?? 0) & 0x3f;
      text += String.fromCharCode(((first & 0x0f) << 12) | (second << 6) | ((bytes[index++] ?? 0) & 0x3f));
    }
  }
  return text;
}
