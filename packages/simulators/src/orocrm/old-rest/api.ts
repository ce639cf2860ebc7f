import { isObject } from '../../shared/json.ts';
import type { Actor } from '../actor.ts';
import { unauthorized } from '../http.ts';
import type { Store } from '../store.ts';
import { answerAudits } from './audits.ts';
import { answerCalendars, answerEvents } from './events.ts';
import { parseOldQuery } from './query.ts';
import { code } from './reply.ts';
import { answerTasks, answerWorkflow } from './tasks.ts';

/** Answers what is below `/api/rest/latest/` (or `/v1/`), with or without `.json` at the end. */
export async function answerOldRest(store: Store, request: Request, url: URL, actor: Actor | undefined): Promise<Response> {
  if (actor === undefined) return unauthorized('application/json');
  const path = url.pathname.replace(/\.json$/, '').split('/').slice(4).map(decodeURIComponent);
  const query = parseOldQuery(url.search);
  const text = request.method === 'GET' || request.method === 'DELETE' ? '' : await request.text();
  let body: unknown = {};
  if (text !== '') {
    try {
      body = JSON.parse(text);
    } catch {
      return code(400, 'Invalid json message received');
    }
  }
  const [first = '', second, ...rest] = path;
  switch (first) {
    case 'calendarevents':
      return answerEvents({ store, actor, request, query, body }, second);
    case 'calendars':
      return answerCalendars({ store, actor, request, query, body }, path.slice(1));
    case 'tasks':
      return answerTasks(store, actor, request.method, second, query);
    case 'workflow':
      return answerWorkflow(store, actor, request.method, [second ?? '', ...rest], query, isObject(body) ? body : {});
    case 'audits':
      return answerAudits(store, actor, request, query);
    default:
      return code(404);
  }
}
