import { createHash } from 'node:crypto';

/**
 * The headers of one WSSE request (OroCRM 6.0 and older). A nonce works once, so each request needs its own, and a
 * `created` later than OroCRM's clock is refused.
 *
 * `random` is in [0, 1), `created` UTC ms.
 */
export function wsseHeaders(auth: { readonly user: string; readonly apiKey: string }, created: number, random: () => number): { readonly [name: string]: string } {
  const nonce = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  const time = `${new Date(created).toISOString().slice(0, 19)}Z`;
  const digest = createHash('sha1').update(nonce).update(time).update(auth.apiKey).digest('base64');
  const user = auth.user.replace(/["\\]/g, '\\$&');
  return {
    Authorization: 'WSSE profile="UsernameToken"',
    'X-WSSE': `UsernameToken Username="${user}", PasswordDigest="${digest}", Nonce="${nonce.toString('base64')}", Created="${time}"`,
  };
}
