import { Failure } from '@syncline/connector';
import type { Call } from './api.ts';
import type { Answer } from './failures.ts';
import { oneOf, parseDocument } from './records.ts';
import type { Session } from './session.ts';

/** What `check` tells beside the account: nothing of it is needed for syncing, so what cannot be told is left out. */
export async function factsOf(session: Session): Promise<{ readonly [what: string]: string }> {
  const organization = await organizationOf(session);
  const version = await versionOf(session);
  return {
    ...(organization !== undefined && { organisation: organization }),
    ...(version !== undefined && { version }),
    ...(session.calendar !== null && { calendar: session.calendarName ?? `number ${session.calendar}` }),
  };
}

/** The instance's time zone (rule S18). Its own, not the user's: OroCRM's API shows no more. */
export async function zoneOf(session: Session): Promise<string | undefined> {
  const answer = await ask(session, { method: 'GET', path: '/api/configuration/localization', query: { include: 'options' } });
  if (answer?.status !== 200) return undefined;
  const { included } = parseDocument(answer.body);
  const zone = [...included.values()].find(({ id }) => id === 'oro_locale.timezone')?.attributes['value'];
  return typeof zone === 'string' && isZone(zone) ? zone : undefined;
}

async function organizationOf(session: Session): Promise<string | undefined> {
  const { organizationId: id } = session.me;
  if (id === null) return undefined;
  const answer = await ask(session, { method: 'GET', path: `/api/organizations/${id}`, query: { 'fields[organizations]': 'name' } });
  const name = answer?.status === 200 ? oneOf(parseDocument(answer.body)).attributes['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : `number ${id}`;
}

/**
 * OroCRM tells its version nowhere. What can be told apart by reading: 7.0 describes its sign-in, and user and API key work up to 6.0
 * (contract, 2 and 3.1). Which methods a list of tasks takes would tell 5.1 from 6.0, but a web server in between may block that question.
 */
async function versionOf(session: Session): Promise<string | undefined> {
  if (session.config.auth.signIn === 'wsse') return '6.0 or older';
  const answer = await ask(session, { method: 'GET', path: '/.well-known/oauth-authorization-server/oauth2-server' });
  const described: unknown = answer?.status === 200 ? answer.body : undefined;
  return typeof described === 'object' && described !== null && 'token_endpoint' in described ? '7.0 or later' : undefined;
}

/** An answer, or none: what somebody in between makes of a request nothing depends on is no reason to stop. */
async function ask({ api }: Session, call: Call): Promise<Answer | undefined> {
  try {
    return await api.send(call);
  } catch (error) {
    if (error instanceof Failure && (error.kind === 'config' || error.kind === 'unsupported' || error.kind === 'bug')) return undefined;
    throw error;
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
