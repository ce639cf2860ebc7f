import { Counting } from '../shared/counting.ts';
import type { Json } from '../shared/json.ts';
import type { Simulator, SimulatorEnv } from '../shared/simulator.ts';
import { OroAdmin } from './admin.ts';
import { answerToken, authenticate } from './auth.ts';
import { catchUp } from './consumer.ts';
import { connectionLost, Faults, type FaultAction } from './faults.ts';
import { answer, dialectOf, htmlPage, jsonApiMediaType, unauthorized } from './http.ts';
import { answerApi } from './json-api/api.ts';
import { answerOldRest } from './old-rest/api.ts';
import type { OroSeed } from './seed.ts';
import { Store } from './store.ts';
import type { OroSwitches } from './switches.ts';

export { OroAdmin, type OroContact, type OroEvent, type OroTask } from './admin.ts';
export type { Fault as OroFault, FaultAction as OroFaultAction } from './faults.ts';
export { loadOroDemoData, type DemoDataIo as OroDemoDataIo, type OroDemoData } from './demo-data.ts';
export type { AttendeeInput as OroAttendeeInput } from './records/events.ts';
export { addressTextFields as oroAddressTextFields, contactTextFields as oroContactTextFields } from './rows.ts';
export type {
  AddressRow as OroAddress,
  AddressTextField as OroAddressTextField,
  AttendeeRow as OroAttendee,
  AuditRow as OroAudit,
  ContactRow as OroContactRow,
  ContactTextField as OroContactTextField,
  EntryRow as OroEntry,
  EventRow as OroEventRow,
  OAuthClientRow as OroClient,
  RecurrenceRow as OroRecurrence,
  Role as OroRole,
  TargetRef as OroTarget,
  TaskRow as OroTaskRow,
  UserRow as OroUser,
} from './rows.ts';
export type { OroAddressInput, OroContactInput, OroEventInput, OroRuleInput, OroSeed, OroTaskInput } from './seed.ts';
export type { OroKind } from './store.ts';
export { defaultSwitches as defaultOroSwitches, type OroSwitches } from './switches.ts';

/** What an OroCRM simulator is made of. */
export interface OroCrmOptions {
  readonly env: SimulatorEnv;
  /** From `save()`: goes on there; `data` is then ignored. */
  readonly state?: Json;
  readonly version?: '5.1.8';
  readonly switches?: Partial<OroSwitches>;
  /** Records to start with. */
  readonly data?: OroSeed;
}

/** An OroCRM behind fetch shapes, and its back office. */
export interface OroCrmSimulator extends Simulator {
  readonly admin: OroAdmin;
}

/**
 * An OroCRM Community Edition 5.1.8 in memory, as observed, traps included; the README lists them. It starts with four
 * users and five OAuth clients (see `admin.listUsers()`, `admin.listClients()`) and without records.
 * Throws `TypeError` when `state` is not one of this simulator's.
 */
export function createOroCrmSimulator(options: OroCrmOptions): OroCrmSimulator {
  const counting = new Counting();
  const store = new Store(options.env, counting);
  if (options.state !== undefined) store.load(options.state);
  const faults = new Faults();
  const admin = new OroAdmin(store, faults);
  store.switches = { ...store.switches, ...options.switches };
  if (options.state === undefined && options.data !== undefined) admin.load(options.data);
  counting.reset();
  return {
    admin,
    counters: counting,
    resetCounters: () => counting.reset(),
    save: () => store.save(),
    handle: async (request) => {
      const url = new URL(request.url);
      counting.request(`${request.method} ${template(url.pathname)}`);
      const fault = faults.take(request, url.pathname);
      if (fault?.type === 'drop-before') throw connectionLost();
      if (fault?.type === 'status') return faultAnswer(fault, request);
      catchUp(store);
      const response = await route(store, request, url);
      if (fault?.type === 'drop-after') throw connectionLost();
      if (fault?.type === 'hold') await fault.until.catch(() => undefined);
      return response;
    },
  };
}

async function route(store: Store, request: Request, url: URL): Promise<Response> {
  const path = url.pathname;
  if (path === '/oauth2-token') return answerToken(store, request);
  if (!path.startsWith('/api/')) return htmlPage(404, 'Not Found');
  const isOldRest = /^\/api\/rest\/(latest|v1)\//.test(path);
  if (!store.switches.webApiEnabled) return switchedOff(request, isOldRest);
  const actor = authenticate(store, request.headers);
  return isOldRest ? answerOldRest(store, request, url, actor) : answerApi(store, request, url, actor);
}

/** With "Enable API" off everything is 404, signed in or not, and without the detail that means "deleted" [17]. */
function switchedOff(request: Request, isOldRest: boolean): Response {
  if (isOldRest) return answer({ status: 404, body: { code: 404 }, headers: { vary: 'Accept' } });
  const error = { status: '404', title: 'not found http exception' };
  if (dialectOf(request.headers) === 'json-api') return answer({ status: 404, contentType: jsonApiMediaType, body: { errors: [error] } });
  return answer({ status: 404, body: [{ title: error.title }] });
}

function faultAnswer(fault: FaultAction & { readonly type: 'status' }, request: Request): Response {
  const retry: Record<string, string> = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  const isJsonApi = dialectOf(request.headers) === 'json-api';
  if (fault.status === 401) return unauthorized(isJsonApi ? jsonApiMediaType : 'application/json');
  if (fault.body !== undefined) return answer({ status: fault.status, body: fault.body, headers: retry });
  return htmlPage(fault.status, fault.status === 503 ? 'Service Unavailable' : 'Error', retry);
}

/** `/api/contacts/12` counts as `/api/contacts/{id}`. */
function template(path: string): string {
  const parts = path.split('/');
  const isOldRest = parts[2] === 'rest';
  return parts
    .map((part, index) => {
      if (isOldRest) return part.replace(/^\d+(?=\.json$|$)/, '{id}');
      return index === 3 && parts[1] === 'api' ? '{id}' : part;
    })
    .join('/');
}
