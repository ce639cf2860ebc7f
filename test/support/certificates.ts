import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A certificate with its key, as a TLS server takes them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, `AB:CD:...`, as browsers and openssl show it. */
  readonly fingerprint: string;
  readonly signs: { readonly name: string; readonly key: KeyObject };
}

/** What is written into one. */
export interface Wanted {
  readonly name: string;
  /** Host names it is made out to. Default: localhost. */
  readonly hosts?: readonly string[];
  readonly isAuthority?: boolean;
  /** Who signs it. Default: itself. */
  readonly issuer?: Certificate;
  /** `YYMMDD`. */
  readonly notAfter?: string;
}

/** Makes a certificate (X.509 v3, P-256), made for one test and known to nobody. */
export function makeCertificate({ name, hosts = ['localhost'], isAuthority = false, issuer, notAfter = '491231' }: Wanted): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signs = issuer?.signs ?? { name, key: privateKey };
  const extensions = [
    extension('551d13', sequence(isAuthority ? der(0x01, Buffer.from([0xff])) : Buffer.alloc(0))),
    extension('551d11', sequence(...hosts.map((host) => der(0x82, Buffer.from(host))))),
  ];
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), createHash('sha1').update(publicKey.export({ type: 'spki', format: 'der' })).digest().subarray(0, 8)])),
    ecdsaWithSha256,
    distinguishedName(signs.name),
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from(`${notAfter}000000Z`))),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, signs.key)])));
  const text = whole.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: createHash('sha256').update(whole).digest('hex').toUpperCase().match(/../g)?.join(':') ?? '',
    signs: { name, key: privateKey },
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function identifier(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(identifier('550403'), der(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), der(0x04, value));
}

const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
