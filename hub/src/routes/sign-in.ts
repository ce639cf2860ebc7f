import type { FastifyInstance } from 'fastify';
import { cookieName, tokenOf, type Reach } from '../security/guard.ts';

/** `/api/v1/session`: a one-time code becomes a session cookie that no script can read; DELETE signs out. */
export function signInRoutes(app: FastifyInstance, reach: Reach): void {
  const attributes = (): string => `Path=/; HttpOnly; SameSite=Strict${reach.origins()[0]?.startsWith('https:') === true ? '; Secure' : ''}`;
  const body = { type: 'object', properties: { code: { type: 'string', maxLength: 200 } }, required: ['code'], additionalProperties: false };

  app.post<{ Body: { code: string } }>('/api/v1/session', { config: { access: 'public' }, schema: { body } }, async (request, reply) => {
    const token = reach.sessions.redeem(request.body.code);
    if (token === undefined) return reply.code(403).send({ error: 'This link was used already, or is too old. "npx syncline sign-in" prints a new one.' });
    return reply.code(204).header('set-cookie', `${cookieName(reach.origins())}=${token}; Max-Age=2592000; ${attributes()}`).send();
  });

  app.delete('/api/v1/session', async (request, reply) => {
    const found = tokenOf(request, reach.origins());
    if (found !== undefined) reach.sessions.end(found.token);
    return reply.code(204).header('set-cookie', `${cookieName(reach.origins())}=; Max-Age=0; ${attributes()}`).send();
  });

  app.post('/api/v1/sign-in-link', async () => ({ url: `${reach.origins()[0] ?? ''}/?code=${reach.sessions.issueCode()}` }));
}
