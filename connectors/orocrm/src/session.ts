import { createHash } from 'node:crypto';
import { Failure, type Account, type Context, type Kind } from '@syncline/connector';
import { createApi, type Api } from './api.ts';
import { baseOf, type Config } from './config.ts';
import { countOf, expectOk, type Answer } from './failures.ts';
import { createGeography, isoCountries, type Geography, type Region } from './geography.ts';
import { factsOf, zoneOf } from './facts.ts';
import { readWhole, type PageSize } from './lists.ts';
import { fields, idOf, oneOf, parseDocument } from './records.ts';

/** Who signed in. What a role may not see is null. */
export interface Me {
  readonly userId: string | null;
  readonly name: string;
  readonly organizationId: string | null;
}

/** What a signed-in connection knows. */
export interface Session {
  readonly api: Api;
  readonly config: Config;
  readonly context: Context;
  readonly me: Me;
  /** Id of the user's own calendar, the only one that is synced (rule M39); null when the role or the application may not use the old REST API. */
  readonly calendar: string | null;
  /** What OroCRM calls it; null where it does not say. */
  readonly calendarName: string | null;
  readonly geography: Geography;
  /** Records per answer, and ids per answer where only ids are compared. */
  readonly pageSizes: { readonly records: PageSize; readonly ids: PageSize };
  /** What this session did since the last count, per kind: created minus deleted. */
  readonly ownChanges: Record<Kind, number>;
  /** When OroCRM refused to move a task's status for lack of permission, UTC ms: it is not asked again with every cycle (rule R11). */
  statusRefusedAt: number | undefined;
}

/** Signs in and reads who it is, the calendar and the names of countries. Throws one sentence that names what to change. */
export async function openSession(config: Config, context: Context): Promise<Session> {
  const api = createApi(config, context);
  const profile = await api.send({ method: 'GET', path: '/api/userprofile', query: { 'fields[userprofile]': 'username,firstName,lastName,organization' } });
  const calendar = await api.send({ method: 'GET', path: '/api/rest/latest/calendars/default.json' });
  const own = calendar.status === 200 ? fields(calendar.body, 'the default calendar') : {};
  const me = readMe(profile, own['owner'], config);
  const names = await countries(api);
  return {
    api,
    config,
    context,
    me,
    calendar: typeof own['calendar'] === 'number' ? String(own['calendar']) : null,
    calendarName: typeof own['calendarName'] === 'string' && own['calendarName'] !== '' ? own['calendarName'] : null,
    geography: createGeography(names, context.language, (country) => regionsOf(api, country)),
    pageSizes: { records: { value: config.pageSize }, ids: { value: Math.max(config.pageSize, 5000) } },
    ownChanges: { contact: 0, task: 0, event: 0 },
    statusRefusedAt: undefined,
  };
}

/** Names the account and what does not work. */
export async function checkSession(session: Session): Promise<Account> {
  const { me, config } = session;
  const base = baseOf(config.url);
  // A restored backup of the same instance keeps its origin; another organisation behind the same address does not (D14).
  const origin = createHash('sha256').update(`${base.toLowerCase()}|${me.organizationId ?? ''}`).digest('hex').slice(0, 16);
  const warnings = [
    me.organizationId === null ? 'This user may not see its own profile in OroCRM (permission "View" on users): records of another owner or organisation cannot be told apart.' : undefined,
    session.calendar === null ? 'Calendar events cannot be synced: the OAuth application has to allow all APIs, and the role needs the permission to view calendar events.' : undefined,
    config.auth.signIn === 'wsse' ? 'Signing in with user and API key ends with OroCRM 6.1: OAuth 2.0 goes on working.' : undefined,
    await scopeWarning(session, 'contacts', config.contactsScope),
    await scopeWarning(session, 'tasks', config.tasksScope),
    await workflowWarning(session),
  ];
  const zone = await zoneOf(session);
  return { name: `${me.name} at ${base.replace(/^https?:\/\//, '')}`, origin, warnings: warnings.filter((warning) => warning !== undefined), facts: await factsOf(session), ...(zone !== undefined && { zone }) };
}

function readMe(answer: Answer, calendarOwner: unknown, config: Config): Me {
  if (answer.status === 403) {
    // A role without rights on users does not see itself; the owner of its calendar is this user.
    const name = config.auth.signIn === 'client-credentials' ? 'a user' : config.auth.user;
    return { userId: typeof calendarOwner === 'number' ? String(calendarOwner) : null, name, organizationId: null };
  }
  const profile = oneOf(parseDocument(expectOk(answer, 'see its own profile')));
  const text = (name: string): string => (typeof profile.attributes[name] === 'string' ? profile.attributes[name] : '');
  const full = `${text('firstName')} ${text('lastName')}`.trim();
  return { userId: profile.id, name: full === '' ? text('username') : `${full} (${text('username')})`, organizationId: idOf(profile, 'organization') };
}

async function countries(api: Api): Promise<ReadonlyMap<string, string>> {
  try {
    const list = await readWhole(api, '/api/countries', { 'fields[countries]': 'name' }, 'read the list of countries');
    return new Map(list.map((country) => [country.id, nameOf(country.attributes)]));
  } catch (error) {
    // R11: a role that may not read the list can still write addresses, by ISO's codes and names.
    if (error instanceof Failure && error.kind === 'unsupported') return isoCountries();
    throw error;
  }
}

async function regionsOf(api: Api, country: string): Promise<readonly Region[]> {
  const list = await readWhole(api, '/api/regions', { 'filter[country]': country, 'fields[regions]': 'code,name' }, 'read the list of regions');
  return list.map((region) => ({ id: region.id, name: nameOf(region.attributes), code: typeof region.attributes['code'] === 'string' ? region.attributes['code'] : '' }));
}

function nameOf(attributes: { readonly [name: string]: unknown }): string {
  return typeof attributes['name'] === 'string' ? attributes['name'] : '';
}

/** Rule S16: one count, no records. A kind that may not be viewed is told of by whoever reads it. */
async function scopeWarning({ api }: Session, type: 'contacts' | 'tasks', scope: string): Promise<string | undefined> {
  if (scope !== 'all' && type === 'tasks') return undefined;
  const answer = await api.send({ method: 'GET', path: `/api/${type}`, query: { 'page[size]': '0' }, count: true });
  if (answer.status === 403) return type === 'contacts' ? 'Contacts cannot be synced: the role lacks the permission to view contacts.' : undefined;
  expectOk(answer, `view ${type}`);
  const count = countOf(answer) ?? 0;
  const fewer = type === 'contacts' ? 'Choose "owned by me" or "assigned to me"' : 'Choose "owned by me"';
  return scope === 'all' && count > 5000 ? `This user may see ${count} ${type} in OroCRM. ${fewer} to sync fewer.` : undefined;
}

/** Rule R11: which of the two it is cannot be seen from outside. */
async function workflowWarning(session: Session): Promise<string | undefined> {
  const list = await session.api.send({ method: 'GET', path: '/api/tasks', query: { 'page[size]': '1', sort: '-id', 'fields[tasks]': 'updatedAt' } });
  if (list.status === 403) return 'Tasks cannot be synced: the role lacks the permission to view tasks.';
  const [task] = parseDocument(expectOk(list, 'view tasks')).data;
  if (task === undefined) return undefined;
  const answer = await session.api.send({ method: 'GET', path: `/api/rest/latest/tasks/${task.id}.json` });
  if (answer.status === 403) return 'The status of tasks cannot be changed: the OAuth application has to allow all APIs.';
  if (answer.status !== 200 || fields(answer.body, 'a task')['workflowItem'] !== undefined) return undefined;
  return 'OroCRM shows no workflow for its newest task. If the workflow "Task Flow" is active, the role lacks the permission for its transitions, and the status of tasks cannot be changed.';
}

/** The query part that limits a list to what is synced (rule S16). Throws `unsupported` when OroCRM does not tell who the user is: other kinds go on. */
export function scopeFilter(session: Session, kind: 'contact' | 'task'): { readonly [name: string]: string } {
  const scope = kind === 'contact' ? session.config.contactsScope : session.config.tasksScope;
  if (scope === 'all') return {};
  if (session.me.userId === null) {
    throw new Failure('unsupported', `OroCRM does not tell who this user is, so "${scope}" cannot be applied: give the role the permission "View" on users, or choose all records.`);
  }
  return { [scope === 'owned' ? 'filter[owner]' : 'filter[assignedTo]']: session.me.userId };
}

/** Whether a record that was read by id is one that is synced; what the role may not see counts as it was listed. */
export function inScope(session: Session, kind: 'contact' | 'task', record: { readonly owner: string | null; readonly assignedTo: string | null }): boolean {
  const scope = kind === 'contact' ? session.config.contactsScope : session.config.tasksScope;
  if (scope === 'all' || session.me.userId === null) return true;
  if (scope === 'owned') return record.owner === null || record.owner === session.me.userId;
  return record.assignedTo === session.me.userId;
}

/** Where it goes when a record is there and cannot be understood (rule G7). */
export function tellLeftOut({ context }: Session): (message: string) => void {
  return context.leftOut ?? context.log;
}
