import { errorsOf, expectOk, type Answer } from '../failures.ts';
import { isOk, type Attempt } from '../push.ts';
import { fields } from '../records.ts';
import type { Session } from '../session.ts';

/** What came of it. */
export interface StatusOutcome {
  /** Why the status stays, in words; absent when it moved. */
  readonly refused?: string;
  /** Whether anything was sent that may have changed the task. */
  readonly sent: boolean;
}

type Status = 'open' | 'in_progress' | 'closed';

/** The transitions of OroCRM's workflow `task_flow` that lead from one status to another. */
const transitions: Record<Status, Record<Status, readonly string[]>> = {
  open: { open: [], in_progress: ['start_progress'], closed: ['close'] },
  in_progress: { open: ['stop_progress'], in_progress: [], closed: ['close'] },
  closed: { open: ['reopen'], in_progress: ['reopen', 'start_progress'], closed: [] },
};

const denied = 'OroCRM does not let this user change the status of tasks: the role lacks the permission for the transitions of the workflow "Task Flow"';

/** After a refusal for lack of permission the next attempt waits this long: an administrator may have helped meanwhile. */
const askAgainMs = 60 * 60_000;

/** Moves a task to another status, by its workflow if it has one, else directly (rule M35). */
export async function moveStatus(session: Session, id: string, from: string, to: string, attempt: Attempt): Promise<StatusOutcome> {
  const { statusRefusedAt } = session;
  if (statusRefusedAt !== undefined && session.context.now() - statusRefusedAt < askAgainMs) return { refused: denied, sent: false };
  const answer = await session.api.send({ method: 'GET', path: `/api/rest/latest/tasks/${id}.json` });
  if (answer.status === 403) return deny(session, 'OroCRM does not let this connection change the status of tasks: the OAuth application has to allow all APIs', false);
  const item = fields(expectOk(answer, 'view tasks'), 'a task')['workflowItem'];
  return typeof item === 'number' ? transit(session, item, from, to, attempt) : patch(session, id, to, attempt);
}

async function transit(session: Session, item: number, from: string, to: string, attempt: Attempt): Promise<StatusOutcome> {
  const steps = isStatus(from) && isStatus(to) ? transitions[from][to] : undefined;
  if (steps === undefined) return { refused: `OroCRM's workflow has no known way from "${from}" to "${to}"`, sent: false };
  for (const step of steps) {
    const answer = await session.api.send({ method: 'POST', path: `/api/rest/latest/workflow/transit/${item}/${step}.json` });
    if (answer.status === 403) return deny(session, denied, true);
    if (answer.status === 400 || answer.status === 404) return { refused: `OroCRM's workflow does not allow it now: ${messageOf(answer)}`, sent: true };
    expectOk(answer, 'change the status of tasks');
    attempt.wrote = true;
  }
  return { sent: true };
}

/** A task made while the workflow was off takes a plain PATCH; for a role that may not see the workflow it looks the same, and is refused. */
async function patch(session: Session, id: string, to: string, attempt: Attempt): Promise<StatusOutcome> {
  const body = { data: { type: 'tasks', id, relationships: { status: { data: { type: 'taskstatuses', id: to } } } } };
  const answer = await session.api.send({ method: 'PATCH', path: `/api/tasks/${id}`, body });
  if (isOk(answer)) {
    attempt.wrote = true;
    return { sent: true };
  }
  if (answer.status === 403 || errorsOf(answer.body).some((error) => error.title === 'workflow entity constraint')) return deny(session, denied, false);
  if (answer.status === 400) return { refused: `OroCRM refuses the status: ${errorsOf(answer.body)[0]?.detail ?? 'no reason given'}`, sent: false };
  expectOk(answer, 'change the status of tasks');
  return { sent: true };
}

function deny(session: Session, reason: string, sent: boolean): StatusOutcome {
  session.statusRefusedAt = session.context.now();
  return { refused: reason, sent };
}

function messageOf(answer: Answer): string {
  const { body } = answer;
  const message: unknown = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof message === 'string' ? message : `status ${answer.status}`;
}

function isStatus(word: string): word is Status {
  return word in transitions;
}
