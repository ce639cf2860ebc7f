import { Failure } from '@syncline/connector';
import { shownFingerprint, type Trust } from './trust.ts';
import { TrustError } from './trusting-fetch.ts';

/** What a connection is called: `OroCRM`, and `orocrm.tls` where its settings are. */
export interface Named {
  readonly title: string;
  readonly settings: string;
}

/** The failure behind an attempt that ended at a certificate; `undefined` for any other. Nothing was sent then, so nothing was done. */
export function certificateFailure(error: unknown, host: string, trust: Trust, { title, settings }: Named): Failure | undefined {
  const who = `${title} at ${host}`;
  const failure = (message: string): Failure => new Failure('config', `${message} Nothing was sent.`, { cause: error, maybeDone: false });
  const [refused] = causesOf(error).filter((one) => one instanceof TrustError);
  if (refused !== undefined) {
    const shown = shownFingerprint(refused.shown);
    switch (refused.reason) {
      case 'no-authority':
        return failure(`${settings}.ca is no certificate in PEM form, and no file that can be read and holds one.`);
      case 'not-pinned':
        return failure(`${who} shows a certificate with the SHA-256 fingerprint ${shown}. Compare it with what its administrator says, and if it is the same, set ${settings}.fingerprint to it.`);
      case 'other-pin':
        return failure(`${who} shows another certificate than the pinned one: pinned is ${pinned(trust)}, shown is ${shown}. Somebody may be in between. If its administrator says that it was renewed, set ${settings}.fingerprint to the new one.`);
    }
  }
  const code = causesOf(error).map(codeOf).find((one) => one !== undefined && (certificateCodes.has(one) || unknownIssuer.has(one)));
  if (code === undefined) return undefined;
  if (code === 'CERT_HAS_EXPIRED') return failure(`The certificate of ${who} has expired: it has to be renewed there.`);
  if (code === 'CERT_NOT_YET_VALID') return failure(`The certificate of ${who} is not valid yet: check the clocks of both machines.`);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failure(`The certificate of ${who} is made out to another name: use that name as the address, or set ${settings}.trust to "pin".`);
  if (!unknownIssuer.has(code)) return failure(`The certificate of ${who} cannot be verified (${code}).`);
  const issuer = code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? 'is self-signed' : 'was issued by nobody this hub knows';
  return failure(`The certificate of ${who} ${issuer}. Set ${settings}.trust to "ca" and ${settings}.ca to the certificate of its authority, or ${settings}.trust to "pin": then the fingerprint is shown for you to compare.`);
}

/** The banner of a connection whose certificate nobody checks; `undefined` for the others. */
export function trustWarning({ mode }: Trust, { title, settings }: Named): string | undefined {
  return mode === 'ignore' ? `The certificate of ${title} is not checked (${settings}.trust is "ignore"): whoever is between it and this hub can read and change everything, the secret included. "ca" or "pin" ends that.` : undefined;
}

const unknownIssuer: ReadonlySet<string> = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);

/** Node's names for what OpenSSL has against a certificate. */
const certificateCodes: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_CHAIN_TOO_LONG', 'CERT_REVOKED', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_SIGNATURE_FAILURE', 'HOSTNAME_MISMATCH',
]);

function pinned(trust: Trust): string {
  return trust.mode === 'pin' ? trust.fingerprints.map(shownFingerprint).join(' or ') : '';
}

/** An error and what is behind it: `fetch` says "fetch failed", and why as its cause. */
function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
