import type { ConfigResult } from '@syncline/connector';
import { isTree } from '../settings/tree.ts';

/** Whose certificates one connection believes (S9, S9s). Two connections share nothing of it. */
export type Trust =
  | { readonly mode: 'system' }
  /** Besides the public ones, these authorities: PEM text, or the path of a file that holds it. */
  | { readonly mode: 'ca'; readonly ca: string }
  /** These certificates and no other, whoever issued them: SHA-256 in capital hex without colons. None yet: whatever is shown is told, and refused. */
  | { readonly mode: 'pin'; readonly fingerprints: readonly string[] }
  | { readonly mode: 'ignore' };

const modes = ['system', 'ca', 'pin', 'ignore'] as const;
const members = ['trust', 'ca', 'fingerprint', 'ignoreConfirmed'];

/** Reads the `tls` group of a connection; absent is `system`. `where` is the name that sentences begin with: `orocrm.tls`. */
export function readTrust(given: unknown, where: string): ConfigResult<Trust> {
  if (given === undefined) return { value: { mode: 'system' } };
  if (!isTree(given)) return wrong([], `has to hold settings: ${members.join(', ')}`);
  const unknown = Object.keys(given).find((name) => !members.includes(name));
  if (unknown !== undefined) return wrong([unknown], `is no setting; there are ${members.join(', ')}`);
  const mode = modes.find((one) => one === (given['trust'] ?? 'system'));
  switch (mode) {
    case undefined:
      return wrong(['trust'], `must be one of ${modes.join(', ')}`);
    case 'system':
      return { value: { mode } };
    case 'ca': {
      const ca = given['ca'];
      return typeof ca === 'string' && ca.trim() !== '' ? { value: { mode, ca: ca.trim() } } : wrong(['ca'], 'is missing: the authority\'s certificate as PEM text, or the path of a PEM file');
    }
    case 'pin': {
      const fingerprints = readFingerprints(given['fingerprint']);
      return fingerprints === undefined ? wrong(['fingerprint'], 'must be the SHA-256 fingerprint of a certificate: 64 hexadecimal digits, colons allowed; several are separated by commas') : { value: { mode, fingerprints } };
    }
    case 'ignore':
      return isYes(given['ignoreConfirmed']) ? { value: { mode } } : wrong(['trust'], `"ignore" lets whoever is in between read and change everything, the secret included: set ${where}.ignoreConfirmed to true as well if that is meant; "ca" and "pin" are safe`);
  }
}

/** As people compare it: `AB:CD:...`. */
export function shownFingerprint(fingerprint: string): string {
  return fingerprint.match(/../g)?.join(':') ?? '';
}

function readFingerprints(given: unknown): readonly string[] | undefined {
  if (given === undefined || given === null || given === '') return [];
  const list = (Array.isArray(given) ? given : String(given).split(',')).map((one) => String(one).trim().replace(/^sha-?256[:=]/i, '').replaceAll(/[:\s]/g, '').toUpperCase());
  return list.every((one) => /^[0-9A-F]{64}$/.test(one)) ? list : undefined;
}

/** The environment knows texts only. */
function isYes(given: unknown): boolean {
  return given === true || (typeof given === 'string' && ['true', 'yes', 'on'].includes(given.toLowerCase()));
}

function wrong(path: readonly string[], message: string): ConfigResult<Trust> {
  return { issues: [{ message, path: ['tls', ...path] }] };
}
