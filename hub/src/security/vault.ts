import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { MasterKey } from './master-key.ts';

/** Why a secret can be neither sealed nor opened: a sentence that names what to bring back. */
export class VaultError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VaultError';
  }
}

/** Seals secrets for the disk, and opens them again. */
export interface Vault {
  /** `place` names where it will stand: sealed for one place it does not open at another. Makes the key where there is none. */
  readonly seal: (place: string, secret: string) => Promise<string>;
  /** Throws a {@link VaultError} when the key is missing or another one, or the text was changed. */
  readonly open: (place: string, sealed: string) => Promise<string>;
}

/** AES-256-GCM: `v1.<nonce>.<tag>.<bytes>`, each in base64url. `token` makes random text of 256 bits, of which a nonce has 96. */
export function createVault(master: MasterKey, token: () => string): Vault {
  return {
    seal: async (place, secret) => {
      const nonce = createHash('sha256').update(token()).digest().subarray(0, 12);
      const cipher = createCipheriv('aes-256-gcm', (await readKey(master)) ?? (await makeKey(master)), nonce).setAAD(Buffer.from(place));
      const bytes = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return ['v1', ...[nonce, cipher.getAuthTag(), bytes].map((part) => part.toString('base64url'))].join('.');
    },
    open: async (place, sealed) => {
      const key = await readKey(master);
      if (key === undefined) throw new VaultError(`The secrets in the data folder need their key: bring back ${master.place}, or set SYNCLINE_MASTER_KEY.`);
      const [version, nonce = '', tag = '', bytes = ''] = sealed.split('.');
      if (version !== 'v1') throw new VaultError('A secret in the data folder was sealed by a newer version of Syncline: use that one.');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 }).setAAD(Buffer.from(place)).setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(bytes, 'base64url')), decipher.final()]).toString();
      } catch (cause) {
        throw new VaultError(`The secrets in the data folder were sealed with another key than that of ${master.place}: bring that key back.`, { cause });
      }
    },
  };
}

async function readKey(master: MasterKey): Promise<Buffer | undefined> {
  return master.read().catch((cause: unknown) => refuse('cannot be read', cause));
}

async function makeKey(master: MasterKey): Promise<Buffer> {
  return master.make().catch((cause: unknown) => refuse('cannot be made', cause));
}

function refuse(what: string, cause: unknown): never {
  throw new VaultError(`The key for the secrets in the data folder ${what}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
}
