import type { FastifyInstance } from 'fastify';
import type { Served } from '../hub.ts';
import type { Place } from '../live/names.ts';
import { checkConnection } from '../sync/check-connection.ts';

/** `POST /api/v1/check`: signs in with one connection, and tells what works and what is missing. */
export function checkRoutes(app: FastifyInstance, served: ReadonlyMap<string, Served>): void {
  const properties = { user: { type: 'string', maxLength: 256 }, connection: { enum: ['orocrm', 'outlook'] } };
  app.post<{ Body: { readonly user: string; readonly connection: Place } }>('/api/v1/check', { schema: { body: { type: 'object', required: ['user', 'connection'], properties, additionalProperties: false } } }, async (request, reply) => {
    const one = served.get(request.body.user);
    if (one === undefined) return reply.code(404).send({ error: `There is no user "${request.body.user}" here.` });
    return checkConnection(one.sync, request.body.connection);
  });
}
