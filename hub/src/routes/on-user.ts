import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '@syncline/connector';
import type { Session } from '@syncline/engine';
import { kindNames, type Kind } from '@syncline/core';
import { StoreError } from '@syncline/store';
import type { Served } from '../hub.ts';
import { isUnfit } from '../sync/one-record.ts';
import type { Chosen } from '../sync/past.ts';
import { recordStates, type RecordState } from '../sync/records.ts';

/** What any of these routes may be asked for; a route names those it takes. */
export interface Asked {
  readonly user: string;
  readonly run?: string;
  readonly record?: string;
  readonly field?: string;
  readonly choice?: Chosen;
  readonly yes?: boolean;
  readonly purge?: boolean;
  readonly confirm?: string;
  readonly text?: string;
  readonly kind?: Kind;
  readonly state?: RecordState;
  readonly rule?: string;
  /** How many a person has seen. */
  readonly count?: number;
  /** Which page of a list. */
  readonly skip?: number;
  readonly limit?: number;
  /** Of runs: those older than this one. */
  readonly before?: string;
}

const text = { type: 'string', maxLength: 256 };
const whole = { type: 'integer', minimum: 0, maximum: 1_000_000 };
const members: { readonly [M in keyof Asked]-?: object } = {
  user: text, run: text, record: text, field: text, choice: { enum: ['keep', 'delete', 'orocrm', 'outlook'] }, yes: { type: 'boolean' }, purge: { type: 'boolean' }, confirm: text,
  text, kind: { enum: kindNames }, state: { enum: recordStates }, rule: text, count: whole, skip: whole, limit: { type: 'integer', minimum: 1, maximum: 500 }, before: text,
};

/** One route about one user's document. */
export interface UserRoute {
  readonly path: string;
  readonly needs: readonly (keyof Asked)[];
  readonly takes?: readonly (keyof Asked)[];
  /** `undefined`: no record has the id that was asked for. What does not fit is told with 409. */
  readonly work: (session: Session, asked: Asked, one: Served) => Promise<object | undefined>;
  /** Changes nothing, so it need not wait for the cycle that runs. */
  readonly reads?: true;
  /** Whether a sync starts when it is done: what was asked for is to show on both sides. */
  readonly startsSync?: (asked: Asked, answer: object) => boolean;
}

/** Adds `POST /api/v1/<path>`. It takes a body because a native id may hold anything. */
export function userRoute(app: FastifyInstance, served: ReadonlyMap<string, Served>, { path, needs, takes = [], work, reads, startsSync }: UserRoute): void {
  const required = ['user', ...needs];
  const properties = Object.fromEntries((['user', ...needs, ...takes] as const).map((name) => [name, members[name]]));
  app.post<{ Body: Asked }>(`/api/v1/${path}`, { schema: { body: { type: 'object', required, properties, additionalProperties: false } } }, async (request, reply) => {
    const one = served.get(request.body.user);
    if (one === undefined) return reply.code(404).send({ error: `There is no user "${request.body.user}" here.` });
    try {
      const ask = (session: Session): Promise<object | undefined> => work(session, request.body, one);
      const answer = await (reads === true ? one.sync.read(ask) : one.sync.look(ask));
      if (answer === undefined) return await reply.code(404).send({ error: `No record has the id "${request.body.record ?? ''}" on either side.` });
      if (isUnfit(answer)) return await reply.code(409).send({ error: answer.unfit });
      if (startsSync?.(request.body, answer) === true) startSoon(one);
      return await reply.send(answer);
    } catch (error) {
      return refuse(reply, error);
    }
  });
}

/** What was asked for shows on both sides as soon as a cycle can run. */
export function startSoon({ scheduler }: Served): void {
  void scheduler.syncNow();
}

/** What became of a request that a side or the disk refused. */
export function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof StoreError) return reply.code(503).send({ error: `The data folder is out of use: ${error.message}.` });
  if (error instanceof Failure) return reply.code(502).send({ error: error.message });
  throw error;
}
