import type { Actor } from '../actor.ts';
import { answer, dialectOf, jsonApiMediaType, unauthorized, xInclude } from '../http.ts';
import { deleteAddress, deleteContact, writeAddress } from '../records/contacts.ts';
import { deleteTask } from '../records/tasks.ts';
import type { AddressRow, ContactRow, TaskRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { readAddress } from './address-form.ts';
import { answerOperation, startOperation } from './batch.ts';
import { checkBody, readJson } from './body.ts';
import { addressResource, contactResource } from './contact-resource.ts';
import { saveContact } from './contact-form.ts';
import { collectIncluded, printRecord, printRefs, toList, type Lookup } from './document.ts';
import { Form, throwErrors, toOneRelationship } from './form.ts';
import { lookupResources, userResource } from './lookup-resources.ts';
import { compare, listDocument, select, sort, totals, viewOf, withTitle } from './list.ts';
import { answerPlain, plainErrors } from './plain.ts';
import { parseQuery, type Query, type QueryUse } from './query.ts';
import { noAccess, noAccessToType, noSuchEntity, Refusal, refuse } from './refusal.ts';
import type { AnyResource as Any, AnyRow, View } from './resource.ts';
import { saveTask, statusRefusal } from './task-form.ts';
import { taskResource } from './task-resource.ts';

/** A request of the JSON:API on its way. */
export interface ApiCall {
  readonly store: Store;
  readonly request: Request;
  readonly url: URL;
  readonly actor: Actor;
}


const resources = new Map<string, Any>(
  [contactResource, addressResource, taskResource, ...lookupResources].map((resource) => [resource.type, resource as unknown as Any]),
);

const lookup: Lookup = (type) => resources.get(type);

/** Known to OroCRM, and not offered by its JSON:API in the Community Edition [09]. */
const inaccessible = new Set(
  'calendars calendarevents audits contactemails contactphones attendees workflowitems'.split(' '),
);

const allTypes = new Set<string>(
  [...resources.values()].flatMap((resource) => [resource.type, ...Object.values(resource.relations).flatMap((relation) => relation.types)]),
);

/** Answers what is below `/api/` and not the old REST API. `actor` is absent where nobody is signed in. */
export async function answerApi(store: Store, request: Request, url: URL, actor: Actor | undefined): Promise<Response> {
  const dialect = dialectOf(request.headers);
  const contentType = dialect === 'json-api' ? jsonApiMediaType : 'application/json';
  const path = url.pathname.split('/').slice(2).map(decodeURIComponent);
  try {
    if (request.method === 'OPTIONS') return options(path, contentType);
    if (actor === undefined) return unauthorized(contentType);
    if (dialect === 'not-acceptable') {
      throw refuse(
        406,
        'not acceptable http exception',
        'The "Accept" request header should contains at least one instance of JSON:API media type without any parameters.',
      );
    }
    const call: ApiCall = { store, request, url, actor };
    if (dialect === 'plain') return await answerPlain(call, resourceOf(path[0] ?? ''), path);
    return await route(call, path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const status = error.errors[0]?.status ?? 500;
    if (dialect !== 'json-api') return answer({ status, contentType, body: plainErrors(error.errors) });
    return answer({ status, contentType, body: { errors: error.errors.map(printError) } });
  }
}

function printError({ status, title, detail, pointer, parameter }: Refusal['errors'][number]): unknown {
  const source = pointer !== undefined ? { pointer } : parameter !== undefined ? { parameter } : undefined;
  return { status: String(status), title, ...(detail === undefined ? {} : { detail }), ...(source === undefined ? {} : { source }) };
}

function resourceOf(type: string): Any {
  const resource = resources.get(type);
  if (resource !== undefined) return resource;
  if (inaccessible.has(type)) throw refuse(404, 'resource not accessible exception', 'The resource is not accessible.');
  throw refuse(404, 'entity type constraint', `Unknown entity type: ${type}.`);
}

function options(path: readonly string[], contentType: string): Response {
  const resource = resourceOf(path[0] ?? '');
  const allow = (path.length === 1 ? resource.methods.list : resource.methods.one).join(', ');
  return answer({ status: 200, contentType, headers: { allow, 'content-length': '0' } });
}

async function route(call: ApiCall, path: readonly string[]): Promise<Response> {
  const [type = '', id, part, association] = path;
  if (type === 'userprofile' && id === undefined) return userProfile(call);
  if (type === 'asyncoperations') return answerOperation(call, id, part);
  const resource = resourceOf(type);
  const { method } = call.request;
  if (id === undefined) {
    if (!resource.methods.list.includes(method)) return notAllowed(resource.methods.list);
    if (method === 'PATCH') return startOperation(call, resource.type);
    if (!resource.usable(call.actor)) throw noAccessToType();
    if (method === 'POST') return create(call, resource.type);
    return method === 'DELETE' ? removeList(call, resource) : list(call, resource);
  }
  if (part === undefined && !resource.methods.one.includes(method)) return notAllowed(resource.methods.one);
  if (!resource.usable(call.actor)) throw noAccessToType();
  if (part !== undefined) return related(call, resource, id, part, association);
  if (method === 'PATCH') return update(call, resource, id);
  const row = visibleRow(call, resource, id);
  if (method === 'DELETE') {
    remove(call, resource.type, row);
    return answer({ status: 204 });
  }
  const query = parseQuery(call.url.search, resource, 'one', { store: call.store, types: allTypes });
  return single(call, resource, row, query, 200);
}

function notAllowed(allowed: readonly string[]): Response {
  return answer({ status: 405, contentType: jsonApiMediaType, headers: { allow: allowed.join(', ') } });
}

function visibleRow(call: ApiCall, resource: Any, id: string): AnyRow {
  if (resource.idKind === 'integer' && !/^-?\d+$/.test(id)) {
    throw refuse(400, 'entity identifier constraint', `Expected integer value. Given "${id}".`);
  }
  const row = resource.find(call.store, id);
  if (row === undefined) throw noSuchEntity();
  if (!resource.visible(call.store, call.actor, row)) throw noAccess();
  return row;
}

function list(call: ApiCall, resource: Any): Response {
  const query = parseQuery(call.url.search, resource, 'list', { store: call.store, types: allTypes });
  const found = select(call, resource, query);
  sort(found, resource, query, call.store);
  const { pageSize: size, pageNumber: number } = query;
  const page = size === -1 ? found : found.slice((number - 1) * size, number * size);
  return answer({
    status: 200,
    contentType: jsonApiMediaType,
    headers: totals(call, found.length),
    body: listDocument(call, resource, page, query, size !== -1 && found.length > number * size, lookup),
  });
}

function single(
  call: ApiCall,
  resource: Any,
  row: AnyRow,
  query: Query<AnyRow>,
  status: number,
  included?: readonly Record<string, unknown>[],
): Response {
  const view = viewOf(call, query);
  const base = `${view.base}/api/${resource.type}`;
  const more = [...(included ?? []), ...collectIncluded(resource, [row], view, lookup)];
  const body = {
    data: withTitle(printRecord(resource, row, view), resource, row, query),
    ...(view.hateoas ? { links: { self: base } } : {}),
    ...(more.length > 0 ? { included: more } : {}),
  };
  const headers: Record<string, string> = status === 201 ? { location: `${base}/${row.id}` } : {};
  return answer({ status, contentType: jsonApiMediaType, body, headers });
}

async function create(call: ApiCall, type: string): Promise<Response> {
  const { store, actor } = call;
  const json = await readJson(call.request);
  const resource = resourceOf(type);
  const query = parseQuery(call.url.search, resource, 'one', { store, types: allTypes });
  const body = checkBody(json, type, undefined);
  switch (type) {
    case 'contacts': {
      const written = saveContact(store, undefined, body, actor.user.id);
      return single(call, resource, written.row, query, 201, printWritten(call, query, written.included));
    }
    case 'tasks':
      return single(call, resource, saveTask(store, undefined, body, actor.user.id), query, 201);
    default: {
      const form = new Form('/data');
      const owner = toOneRelationship(form, body.data, 'owner', 'contacts', (id) => store.contacts.has(Number(id)));
      if (owner === undefined) form.rule('not blank constraint', 'This value should not be blank.', form.relationship('owner'));
      const draft = readAddress(form, body.data, undefined, store.switches);
      throwErrors([form]);
      const contact = visibleRow(call, resourceOf('contacts'), String(owner)) as ContactRow;
      return single(call, resource, writeAddress(store, undefined, contact.id, draft), query, 201);
    }
  }
}

function printWritten(
  call: ApiCall,
  query: Query<AnyRow>,
  written: readonly { readonly addressId: number; readonly includeId: string | number }[],
): Record<string, unknown>[] {
  const view = viewOf(call, query);
  return written.flatMap(({ addressId, includeId }) => {
    const row = call.store.addresses.get(addressId);
    if (row === undefined) return [];
    const { type, id, ...rest } = printRecord(addressResource, row, view);
    return [{ type, id, meta: { includeId }, ...rest }];
  });
}

async function update(call: ApiCall, resource: Any, id: string): Promise<Response> {
  const { store, actor } = call;
  const json = await readJson(call.request);
  const query = parseQuery(call.url.search, resource, 'one', { store, types: allTypes });
  const body = checkBody(json, resource.type, id);
  const row = visibleRow(call, resource, id);
  switch (resource.type) {
    case 'contacts': {
      const written = saveContact(store, row as ContactRow, body, actor.user.id);
      return single(call, resource, written.row, query, 200, printWritten(call, query, written.included));
    }
    case 'tasks':
      return single(call, resource, saveTask(store, row as TaskRow, body, actor.user.id), query, 200);
    default: {
      // The owner of an address cannot be changed: what is sent for it is ignored.
      const form = new Form('/data');
      const draft = readAddress(form, body.data, row as AddressRow, store.switches);
      throwErrors([form]);
      writeAddress(store, row as AddressRow, (row as AddressRow).ownerId, draft);
      return single(call, resource, row, query, 200);
    }
  }
}

function remove(call: ApiCall, type: string, row: AnyRow): void {
  if (type === 'contacts') deleteContact(call.store, row as ContactRow, call.actor.user.id);
  else if (type === 'tasks') deleteTask(call.store, row as TaskRow, call.actor.user.id);
  else deleteAddress(call.store, row as AddressRow);
}

function removeList(call: ApiCall, resource: Any): Response {
  const query = parseQuery(call.url.search, resource, 'delete-list', { store: call.store, types: allTypes });
  const found = select(call, resource, query);
  const chosen = found.slice(0, 100);
  for (const row of chosen) remove(call, resource.type, row);
  const deleted = xInclude(call.request.headers).has('deletedCount') ? { 'x-include-deleted-count': String(chosen.length) } : {};
  return answer({ status: 204, headers: { ...totals(call, found.length), ...deleted } });
}

function userProfile(call: ApiCall): Response {
  if (call.request.method !== 'GET') return notAllowed(['OPTIONS', 'GET']);
  if (!call.actor.role.users) throw noAccessToType();
  const asProfile = { ...userResource, type: 'userprofile' };
  const query = parseQuery(call.url.search, asProfile, 'one', { store: call.store, types: new Set([...allTypes, 'userprofile']) });
  const view = viewOf(call, query);
  const { user } = call.actor;
  const printed = printRecord(userResource, user, { ...view, fields: renamed(view.fields) });
  const { type: _type, id, links: _links, ...rest } = printed;
  const links = { self: `${view.base}/api/userprofile`, related: `${view.base}/api/users/${user.id}` };
  const data = { type: 'userprofile', id, ...(view.hateoas ? { links } : {}), ...rest };
  return answer({ status: 200, contentType: jsonApiMediaType, body: { data } });
}

function renamed(fields: View['fields']): View['fields'] {
  const profile = fields.get('userprofile');
  return profile === undefined ? fields : new Map([...fields, ['users', profile]]);
}

/** `/contacts/1/addresses` (records) and `/contacts/1/relationships/addresses` (identifiers). */
async function related(call: ApiCall, resource: Any, id: string, part: string, association: string | undefined): Promise<Response> {
  const isRelationship = part === 'relationships';
  const name = isRelationship ? (association ?? '') : part;
  const relation = resource.relations[name];
  if (relation === undefined) {
    throw refuse(404, 'relationship constraint', isRelationship ? 'Unsupported relationship.' : 'Unsupported subresource.');
  }
  const { method } = call.request;
  const row = visibleRow(call, resource, id);
  if (isRelationship && method === 'PATCH') return changeRelationship(call, resource, id, row, name);
  if (method !== 'GET') return notAllowed(['OPTIONS', 'GET']);
  const noQuery = { fields: new Map<string, ReadonlySet<string>>(), include: new Set<string>() };
  const refs = relation.of(row, viewOf(call, noQuery));
  const links = { self: `${call.url.origin}${call.url.pathname}` };
  if (isRelationship) {
    return answer({ status: 200, contentType: jsonApiMediaType, body: { data: printRefs(refs), links } });
  }
  const target = resourceOf(relation.types[0] ?? '');
  const rows = toList(refs).flatMap((ref) => resources.get(ref.type)?.find(call.store, String(ref.id)) ?? []);
  const use: QueryUse = relation.many ? 'list' : 'one';
  const query = parseQuery(call.url.search, target, use, { store: call.store, types: allTypes });
  if (!relation.many) {
    const view = viewOf(call, query);
    const data = rows[0] === undefined ? null : printRecord(target, rows[0], view);
    return answer({ status: 200, contentType: jsonApiMediaType, body: { data, ...(view.hateoas ? { links } : {}) } });
  }
  const found = rows.filter((item) => query.tests.every((test) => test(item))).sort((a, b) => compare(a.id, b.id));
  sort(found, target, query, call.store);
  const { pageSize: size, pageNumber: number } = query;
  const page = size === -1 ? found : found.slice((number - 1) * size, number * size);
  const body = listDocument(call, target, page, query, size !== -1 && found.length > number * size, lookup);
  return answer({ status: 200, contentType: jsonApiMediaType, body, headers: totals(call, found.length) });
}

async function changeRelationship(call: ApiCall, resource: Any, id: string, row: AnyRow, name: string): Promise<Response> {
  // Read-only there: addresses are replaced through the contact, an address keeps its owner, createdBy is the server's.
  const fixed = new Set(['addresses', 'createdBy']);
  if (!resource.methods.one.includes('PATCH') || fixed.has(name) || (resource.type === 'contactaddresses' && name === 'owner')) {
    return notAllowed(['OPTIONS', 'GET']);
  }
  const json = await readJson(call.request);
  if (resource.type === 'tasks' && name === 'status') {
    const words = statusRefusal(call.store, row as TaskRow, json);
    if (words !== undefined) throw refuse(400, 'workflow entity constraint', words);
  }
  const document = { data: { type: resource.type, id, relationships: { [name]: { data: json['data'] } } } };
  const body = checkBody(document, resource.type, id);
  if (resource.type === 'contacts') saveContact(call.store, row as ContactRow, body, call.actor.user.id);
  else if (resource.type === 'tasks') saveTask(call.store, row as TaskRow, body, call.actor.user.id);
  else {
    const form = new Form('/data');
    const draft = readAddress(form, body.data, row as AddressRow, call.store.switches);
    throwErrors([form]);
    writeAddress(call.store, row as AddressRow, (row as AddressRow).ownerId, draft);
  }
  return answer({ status: 204 });
}
