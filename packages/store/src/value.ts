import { crc32 } from 'node:zlib';
import { StoreError } from './errors.ts';
import { hex } from './keys.ts';

/*
 * Every value on disk: one byte with the number of its form, four bytes of CRC-32, the payload. The checksum covers form
 * (as the start value) and key too, so that a row found under a damaged key is not taken for another row. LevelDB itself
 * does not check: a flipped bit in a table file comes back as a wrong value without any error.
 */
const form = 1;
const headLength = 5;

/** A value as it goes to disk, and its checksum, which the heads add up. */
export interface Sealed {
  readonly bytes: Uint8Array;
  readonly checksum: number;
}

/** Puts form and checksum before a payload. */
export function seal(key: Uint8Array, payload: Uint8Array): Sealed {
  const bytes = Buffer.allocUnsafe(headLength + payload.length);
  bytes[0] = form;
  bytes.set(payload, headLength);
  const checksum = crc32(payload, crc32(key, form));
  bytes.writeUInt32BE(checksum, 1);
  return { bytes, checksum };
}

/** A value's payload and checksum. Throws `store-damaged` if it is not what was written under this key. */
export function unseal(key: Uint8Array, bytes: Uint8Array): { readonly payload: Uint8Array; readonly checksum: number } {
  const payload = bytes.subarray(headLength);
  if (bytes[0] !== form || bytes.length < headLength) {
    throw new StoreError('store-damaged', `row ${hex(key)}: not a value of form ${form}`);
  }
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32BE(1);
  if (stored !== crc32(payload, crc32(key, form))) {
    throw new StoreError('store-damaged', `row ${hex(key)}: the checksum does not match`);
  }
  return { payload, checksum: stored };
}

