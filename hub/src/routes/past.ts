import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '@syncline/connector';
import type { Session } from '@syncline/engine';
import { StoreError } from '@syncline/store';
import type { Served } from '../hub.ts';
import { pastRows, pastRuns, readAgain, undoPast, why } from '../sync/past.ts';

interface Asked {
  readonly user: string;
  readonly run?: string;
  readonly record?: string;
  readonly approved?: readonly string[];
}

const text = { type: 'string', maxLength: 256 };
const body = (required: readonly string[]): object => ({
  type: 'object',
  required: ['user', ...required],
  properties: { user: text, run: text, record: text, approved: { type: 'array', items: text, maxItems: 100 } },
  additionalProperties: false,
});

/**
 * What was done and why: `POST /api/v1/history` (runs, or one run's rows), `/why` (a record by any of its ids), `/undo` (a run),
 * `/resync` (read everything again) and `/approve` (held deletions and overwrites, by the names they were shown under; D2, D11).
 * They take a body because a native id may hold anything; nothing is written to either side before the next cycle.
 */
export function pastRoutes(app: FastifyInstance, served: ReadonlyMap<string, Served>): void {
  const route = (path: string, required: readonly string[], work: (session: Session, asked: Asked) => Promise<object | undefined>, then?: (one: Served) => void): void => {
    app.post<{ Body: Asked }>(`/api/v1/${path}`, { schema: { body: body(required) } }, async (request, reply) => {
      const one = served.get(request.body.user);
      if (one === undefined) return reply.code(404).send({ error: `There is no user "${request.body.user}" here.` });
      try {
        const answer = await one.sync.look((session) => work(session, request.body));
        if (answer === undefined) return await reply.code(404).send({ error: `No record has the id "${request.body.record ?? ''}" on either side.` });
        then?.(one);
        return await reply.send(answer);
      } catch (error) {
        return refuse(reply, error);
      }
    });
  };
  route('history', [], async (session, { run }) => (run === undefined ? { runs: await pastRuns(session, 50) } : { rows: await pastRows(session, run) }));
  route('why', ['record'], async (session, { record = '' }) => {
    const records = await why(session, record);
    return records.length === 0 ? undefined : { records };
  });
  route('undo', ['run'], (session, { run = '' }) => undoPast(session, run), startSoon);
  route('resync', [], async (session) => {
    await readAgain(session);
    return {};
  }, startSoon);
  app.post<{ Body: Asked }>('/api/v1/approve', { schema: { body: body(['approved']) } }, async (request, reply) => {
    const one = served.get(request.body.user);
    if (one === undefined) return reply.code(404).send({ error: `There is no user "${request.body.user}" here.` });
    one.sync.approve(request.body.approved ?? []);
    startSoon(one);
    return reply.code(202).send({});
  });
}

/** What was asked for shows on both sides as soon as a cycle can run. */
function startSoon({ scheduler }: Served): void {
  void scheduler.syncNow();
}

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof StoreError) return reply.code(503).send({ error: `The data folder is out of use: ${error.message}.` });
  if (error instanceof Failure) return reply.code(502).send({ error: error.message });
  throw error;
}
