import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '@syncline/connector';
import { StoreError } from '@syncline/store';
import type { Served } from '../hub.ts';
import { placeOf } from '../live/names.ts';
import { sentenceOf } from '../live/sentence.ts';

interface Asked {
  readonly user?: string;
  readonly go?: boolean;
  readonly wait?: boolean;
}

const body = {
  type: ['object', 'null'],
  properties: { user: { type: 'string', maxLength: 64 }, go: { type: 'boolean' }, wait: { type: 'boolean' } },
  additionalProperties: false,
};

/**
 * `/api/v1/status`: what `/ws/status` sends first. `POST /api/v1/sync`: start sync now, for one user or all (S11, S12); `go`
 * says yes to the first plan (S20), `wait` answers when the cycle has ended. `POST /api/v1/preview`: the plan (R2).
 */
export function syncRoutes(app: FastifyInstance, served: ReadonlyMap<string, Served>): void {
  const chosen = (user: string | undefined): readonly Served[] => [...served.values()].filter(({ sync }) => user === undefined || sync.id === user);

  app.get('/api/v1/status', async (_request, reply) => reply.header('cache-control', 'no-store').send({ users: [...served.values()].map(({ live }) => live.status) }));

  app.post<{ Body: Asked | null }>('/api/v1/sync', { schema: { body } }, async (request, reply) => {
    const { user, go, wait } = request.body ?? {};
    const some = chosen(user);
    if (some.length === 0) return unknownUser(reply, user);
    if (go === true) for (const { sync } of some) sync.go();
    const cycles = Promise.all(some.map(({ scheduler }) => scheduler.syncNow()));
    if (wait === true) await cycles;
    return reply.code(wait === true ? 200 : 202).send({ users: some.map(({ live }) => live.status) });
  });

  app.post<{ Body: Asked | null }>('/api/v1/preview', { schema: { body } }, async (request, reply) => {
    const some = chosen(request.body?.user);
    if (some.length === 0) return unknownUser(reply, request.body?.user);
    try {
      const plans = await Promise.all(some.map(async ({ sync }) => {
        const report = await sync.run({ trigger: 'preview', preview: true });
        const planned = report.planned.map((line) => ({ ...line, side: placeOf[line.side], label: sync.label(line.entity) }));
        return { user: sync.id, sentence: sentenceOf(report), planned, notes: report.notes, stopped: report.stopped };
      }));
      return reply.send({ plans });
    } catch (error) {
      if (error instanceof StoreError) return reply.code(503).send({ error: `The data folder is out of use: ${error.message}.` });
      if (!(error instanceof Failure)) throw error;
      return reply.code(502).send({ error: error.message });
    }
  });
}

function unknownUser(reply: FastifyReply, user: string | undefined): FastifyReply {
  return reply.code(404).send({ error: `There is no user "${user ?? ''}" here.` });
}
