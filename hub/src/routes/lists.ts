import type { FastifyInstance } from 'fastify';
import type { Served } from '../hub.ts';
import { exportHistory, type ExportFormat } from '../sync/export.ts';
import { compared, recordsOn } from '../sync/records.ts';
import { waitingOn } from '../sync/waiting.ts';
import { refuse, userRoute } from './on-user.ts';

/**
 * What people look through: `POST /api/v1/waiting` (what waits for a person, in groups and one by one), `/records` (a search), `/record`
 * (side by side, by any of its ids), and `GET /api/v1/export` (history as a file). They change nothing and wait for no cycle.
 */
export function listRoutes(app: FastifyInstance, served: ReadonlyMap<string, Served>): void {
  userRoute(app, served, { path: 'waiting', needs: [], takes: ['rule', 'skip', 'limit'], reads: true, work: (session, asked, { live }) => waitingOn(session, live.status, asked) });
  userRoute(app, served, { path: 'records', needs: [], takes: ['text', 'kind', 'state', 'skip', 'limit'], reads: true, work: (session, asked, { live }) => recordsOn(session, live.status, asked) });
  userRoute(app, served, {
    path: 'record', needs: ['record'], reads: true,
    work: async (session, { record = '' }) => {
      const records = await compared(session, record);
      return records.length === 0 ? undefined : { records };
    },
  });
  app.get<{ Querystring: { readonly user: string; readonly format: ExportFormat; readonly run?: string } }>('/api/v1/export', { schema: { querystring: exported } }, async (request, reply) => {
    const { user, format, run } = request.query;
    const one = served.get(user);
    if (one === undefined) return reply.code(404).send({ error: `There is no user "${user}" here.` });
    try {
      const text = await one.sync.read((session) => exportHistory(session, format, run));
      return await reply.type(types[format]).header('content-disposition', `attachment; filename="syncline-history${run === undefined ? '' : `-${run.replace(/[^\w-]/g, '')}`}.${format}"`).header('cache-control', 'no-store').send(text);
    } catch (error) {
      return refuse(reply, error);
    }
  });
}

const text = { type: 'string', maxLength: 256 };
const exported = { type: 'object', required: ['user', 'format'], properties: { user: text, format: { enum: ['csv', 'json'] }, run: text }, additionalProperties: false };
const types: { readonly [F in ExportFormat]: string } = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' };
