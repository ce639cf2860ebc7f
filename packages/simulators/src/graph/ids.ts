const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** `length` characters of base64url, from the injected randomness. */
export function randomText(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) {
    let bits = Math.floor(random() * 0x40000000);
    for (let i = 0; i < 5 && text.length < length; i += 1) {
      text += alphabet[bits & 63];
      bits >>>= 6;
    }
  }
  return text;
}

export function randomGuid(random: () => number): string {
  let digits = '';
  while (digits.length < 32) digits += Math.floor(random() * 0x10000000).toString(16).padStart(7, '0');
  const variant = '89ab'[Math.floor(random() * 4)];
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/**
 * Mints the ids of one mailbox. They look like Exchange's: opaque, case-sensitive, with `-`, `_` and `=` in each, so a
 * client that does not encode them fails here too.
 */
export interface IdMint {
  /** Stable for the life of the item, also across folders (`Prefer: IdType="ImmutableId"`). */
  immutable(): string;
  /** Changes when the item moves. */
  mutable(): string;
  /** Folders, lists and calendars: constant. */
  container(): string;
  /** A new change key; no two are ever equal. */
  changeKey(): string;
}

export function createIdMint(random: () => number, tag: string, next: () => number): IdMint {
  const body = (): string => `${tag}-${randomText(random, 14)}_${next().toString(36).padStart(6, '0')}`;
  return {
    immutable: () => `AAkALg${body()}AAA=`,
    mutable: () => `AAMkAD${body()}AAA=`,
    container: () => `AQMkAD${body()}AAAA==`,
    changeKey: () => `EQAAABYAAAC${randomText(random, 6)}AAD${next().toString(36).padStart(6, '0')}`,
  };
}

/** What Exchange could have made. Anything else is "malformed", which is not the same answer as "not found". */
export function isWellFormedId(id: string): boolean {
  return /^(AAkALg|AAMkA|AQMkA)[A-Za-z0-9_/+-]{8,}={0,2}$/.test(id) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}

const occurrencePattern = /^(.*)Oc(\d{4})(\d{2})(\d{2})(={0,2})$/;

/** The id of the occurrence of a series on one day (the day of the pattern, not the day it was moved to). */
export function occurrenceId(masterId: string, day: string): string {
  const end = masterId.indexOf('=');
  const stem = end < 0 ? masterId : masterId.slice(0, end);
  return `${stem}Oc${day.replaceAll('-', '')}${masterId.slice(stem.length)}`;
}

export function parseOccurrenceId(id: string): { readonly masterId: string; readonly day: string } | undefined {
  const found = occurrencePattern.exec(id);
  if (!found) return undefined;
  return { masterId: `${found[1]}${found[5]}`, day: `${found[2]}-${found[3]}-${found[4]}` };
}
