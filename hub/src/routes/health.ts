import type { FastifyInstance } from 'fastify';

/** `/healthz`: the process answers. `/readyz`: the data folder is open and cycles can run; not before the start is over, nor while the disk refuses to be written. */
export function healthRoutes(app: FastifyInstance, isReady: () => boolean): void {
  app.get('/healthz', { config: { access: 'any-host' } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config: { access: 'any-host' } }, async (_request, reply) =>
    isReady() ? { status: 'ready' } : reply.code(503).send({ status: 'not ready' }));
}
