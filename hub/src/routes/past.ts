import type { FastifyInstance } from 'fastify';
import type { Served } from '../hub.ts';
import { undoOn } from '../sync/one-record.ts';
import { pastRows, pastRuns, undoPast, why } from '../sync/past.ts';
import { resyncOn } from '../sync/resync.ts';
import { startSoon, userRoute } from './on-user.ts';

interface Approved {
  readonly user: string;
  readonly approved: readonly string[];
}

const name = { type: 'string', maxLength: 256 };
const approval = { type: 'object', required: ['user', 'approved'], properties: { user: name, approved: { type: 'array', items: name, maxItems: 100 } }, additionalProperties: false };

/**
 * What was done and why: `POST /api/v1/history` (runs, or one run's rows; `before`, `skip` and `limit` page through them), `/why` (a record by any of its ids), `/undo` (a run, or of
 * it one record or one field), `/resync` (read everything again; where the switch says `purge`,
 * what would be deleted and under which name it is confirmed, D8) and `/approve` (held writes, by the names they were shown under; D2,
 * D3, D7, D11). Nothing is written to either side before the next cycle.
 */
export function pastRoutes(app: FastifyInstance, served: ReadonlyMap<string, Served>): void {
  userRoute(app, served, {
    path: 'history', needs: [], takes: ['run', 'before', 'skip', 'limit'], reads: true,
    work: async (session, { run, before, ...page }) => (run === undefined ? { runs: await pastRuns(session, page.limit ?? 50, before) } : { rows: await pastRows(session, run, page) }),
  });
  userRoute(app, served, {
    path: 'why', needs: ['record'], reads: true,
    work: async (session, { record = '' }) => {
      const records = await why(session, record);
      return records.length === 0 ? undefined : { records };
    },
  });
  userRoute(app, served, {
    path: 'undo', needs: ['run'], takes: ['record', 'field'], startsSync: () => true,
    work: (session, { run = '', record, field }) => (record === undefined ? undoPast(session, run) : undoOn(session, run, record, field)),
  });
  userRoute(app, served, {
    path: 'resync', needs: [], takes: ['purge', 'confirm'], startsSync: (_asked, answer) => !('status' in answer && answer.status === 'asking'),
    work: (session, asked) => resyncOn(session, asked),
  });
  app.post<{ Body: Approved }>('/api/v1/approve', { schema: { body: approval } }, async (request, reply) => {
    const one = served.get(request.body.user);
    if (one === undefined) return reply.code(404).send({ error: `There is no user "${request.body.user}" here.` });
    one.sync.approve(request.body.approved);
    startSoon(one);
    return reply.code(202).send({});
  });
}
