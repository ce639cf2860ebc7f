import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The key that opens secrets at rest: 32 bytes. */
export interface MasterKey {
  /** `undefined` where there is none yet. Rejects with the system's error, or an `Error` for what is no key. */
  readonly read: () => Promise<Buffer | undefined>;
  /** Makes one where there is none. Rejects with the system's error. */
  readonly make: () => Promise<Buffer>;
  /** Where it is, or has to be, for a person. */
  readonly place: string;
}

/** The key of the setting `masterKey`: 64 hexadecimal digits, or base64. */
export function givenKey(text: string): MasterKey {
  const key = /^[\da-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  const give = async (): Promise<Buffer> => key;
  return { read: give, make: give, place: 'SYNCLINE_MASTER_KEY (or "masterKey")' };
}

/** A key in a file of its own, which only its owner may read. `token` makes random text of 256 bits. */
export function fileKey(path: string, token: () => string): MasterKey {
  return {
    place: path,
    read: async () => {
      try {
        const key = Buffer.from(await readFile(path, 'utf8'), 'hex');
        if (key.byteLength !== 32) throw new Error(`${path} holds no key: bring back a copy of it`);
        return key;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    make: async () => {
      const key = createHash('sha256').update(token()).digest();
      await mkdir(dirname(path), { recursive: true });
      // Never over one that is there: what it sealed would be lost.
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(key.toString('hex'));
        await file.sync();
      } catch (error) {
        // Half a key is in the way of the next attempt.
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
      return key;
    },
  };
}
