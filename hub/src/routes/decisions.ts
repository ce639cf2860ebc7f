import type { FastifyInstance } from 'fastify';
import type { Served } from '../hub.ts';
import { decideOn, restoreOn } from '../sync/one-record.ts';
import { decideAll } from '../sync/waiting.ts';
import { userRoute } from './on-user.ts';

/**
 * What a person decides about one record: `POST /api/v1/decide` (`choice`: keep or delete a record that waits, or the side whose value a
 * field is to have; A12, B3s, R7, S14b), `/decide-all` (the same for everything that waits under one rule, if it is `count`) and `/restore` (a deleted record; without `yes` it only tells what would come back and what
 * cannot, D6). A choice that does not fit is 409, with a sentence that says what does. The next cycle writes.
 */
export function decisionRoutes(app: FastifyInstance, served: ReadonlyMap<string, Served>): void {
  userRoute(app, served, {
    path: 'decide', needs: ['record', 'choice'], takes: ['field'], startsSync: () => true,
    work: async (session, { record, choice, field }) => (record === undefined || choice === undefined ? undefined : decideOn(session, record, choice, field)),
  });
  userRoute(app, served, {
    path: 'decide-all', needs: ['rule', 'choice', 'count'], startsSync: () => true,
    work: async (session, { rule, choice, count }, { live }) => (rule === undefined || choice === undefined || count === undefined ? undefined : decideAll(session, live.status, { rule, choice, count })),
  });
  userRoute(app, served, {
    path: 'restore', needs: ['record'], takes: ['yes'], startsSync: ({ yes }) => yes === true,
    work: (session, { record = '', yes = false }) => restoreOn(session, record, yes),
  });
}
