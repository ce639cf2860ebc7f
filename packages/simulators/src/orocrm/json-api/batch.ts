import { isObject, type JsonObject } from '../../shared/json.ts';
import { answer, jsonApiMediaType, xInclude } from '../http.ts';
import type { AddressRow, OperationErrorRow, OperationRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { toUtc } from '../times.ts';
import { readAddress } from './address-form.ts';
import type { ApiCall } from './api.ts';
import { readJson, readResource, type ResourceBody } from './body.ts';
import { saveContact } from './contact-form.ts';
import { Form, throwErrors, toOneRelationship } from './form.ts';
import { writeAddress } from '../records/contacts.ts';
import { noAccess, noSuchEntity, Refusal, refuse } from './refusal.ts';

const chunkSize = 100;

/** `PATCH /api/contacts`: takes everything and answers 202; the work is the consumer's [07]. */
export async function startOperation(call: ApiCall, entityType: string): Promise<Response> {
  if (!call.actor.role.batch) throw refuse(403, 'access denied exception', 'No access to create the asynchronous operation.');
  const json = await readJson(call.request);
  const { store } = call;
  const now = store.now();
  const operation: OperationRow = {
    id: store.nextId('operation'),
    entityType,
    userId: call.actor.user.id,
    createdAt: now,
    createdAtMs: store.env.now(),
    updatedAt: now,
    status: 'new',
    progress: null,
    stepsDone: 0,
    items: Array.isArray(json['data']) ? (json['data'] as unknown[]) : [],
    included: Array.isArray(json['included']) ? (json['included'] as unknown[]) : [],
    errors: [],
    createCount: 0,
    updateCount: 0,
    errorCount: 0,
  };
  store.operations.set(operation.id, operation);
  const location = `${call.url.origin}/api/asyncoperations/${operation.id}`;
  return answer({
    status: 202,
    contentType: jsonApiMediaType,
    headers: { 'content-location': location },
    body: { data: print(operation, call) },
  });
}

/** `GET /api/asyncoperations/ID` and its `/errors`. */
export function answerOperation(call: ApiCall, id: string | undefined, part: string | undefined): Response {
  if (id === undefined) return answer({ status: 404, contentType: jsonApiMediaType });
  if (call.request.method !== 'GET') {
    return answer({ status: 405, contentType: jsonApiMediaType, headers: { allow: 'OPTIONS, GET' } });
  }
  const operation = call.store.operations.get(Number(id));
  if (operation === undefined) throw noSuchEntity();
  if (operation.userId !== call.actor.user.id && call.actor.role.contacts !== 'all') throw noAccess();
  if (part === undefined) return answer({ status: 200, contentType: jsonApiMediaType, body: { data: print(operation, call) } });
  if (part !== 'errors') throw refuse(404, 'relationship constraint', 'Unsupported subresource.');
  const data = operation.errors.map(({ id: errorId, status, title, detail, pointer }) => ({
    type: 'asyncoperationerrors',
    id: errorId,
    // A number here, a string everywhere else.
    attributes: { status, title, detail, source: { pointer } },
  }));
  const links = { self: `${call.url.origin}${call.url.pathname}` };
  const hateoas = !xInclude(call.request.headers).has('noHateoas');
  return answer({ status: 200, contentType: jsonApiMediaType, body: { data, ...(hateoas ? { links } : {}) } });
}

function print(operation: OperationRow, call: ApiCall): unknown {
  const id = String(operation.id);
  const done = operation.status === 'success' || operation.status === 'failed';
  const hateoas = !xInclude(call.request.headers).has('noHateoas');
  return {
    type: 'asyncoperations',
    id,
    ...(hateoas ? { links: { self: `${call.url.origin}/api/asyncoperations/${id}` } } : {}),
    attributes: {
      status: operation.status,
      progress: operation.progress,
      createdAt: toUtc(operation.createdAt),
      updatedAt: toUtc(operation.updatedAt),
      elapsedTime: 0,
      entityType: operation.entityType,
      summary: done
        ? {
            aggregateTime: (operation.updatedAt - operation.createdAt) * 1000,
            readCount: operation.items.length,
            writeCount: operation.createCount + operation.updateCount,
            errorCount: operation.errorCount,
            createCount: operation.createCount,
            updateCount: operation.updateCount,
          }
        : null,
    },
    relationships: {
      owner: { data: { type: 'users', id: String(operation.userId) } },
      organization: { data: { type: 'organizations', id: '1' } },
    },
  };
}

/** Steps of an operation: one per hundred items, and one to finish. */
export function stepsOf(operation: OperationRow): number {
  return Math.ceil(operation.items.length / chunkSize) + 1;
}

/** Does one step of the consumer's work; true while more is left. */
export function runStep(store: Store, operation: OperationRow): boolean {
  const total = stepsOf(operation);
  if (operation.stepsDone >= total) return false;
  const chunk = operation.stepsDone;
  for (const [offset, item] of operation.items.slice(chunk * chunkSize, (chunk + 1) * chunkSize).entries()) {
    writeItem(store, operation, item, chunk * chunkSize + offset, chunk + 1);
  }
  operation.stepsDone += 1;
  operation.updatedAt = store.now();
  operation.progress = operation.stepsDone / total;
  // Success even when every item failed: look at the counts and the errors.
  operation.status = operation.stepsDone === total ? 'success' : 'running';
  return operation.stepsDone < total;
}

function writeItem(store: Store, operation: OperationRow, item: unknown, index: number, chunk: number): void {
  try {
    if (save(store, operation, item)) operation.updateCount += 1;
    else operation.createCount += 1;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    operation.errorCount += 1;
    for (const { status, title, detail, pointer } of error.errors) {
      const row: OperationErrorRow = {
        id: `${operation.id}-${chunk}-${operation.errors.filter((other) => other.id.startsWith(`${operation.id}-${chunk}-`)).length + 1}`,
        status,
        title,
        detail: detail ?? null,
        pointer: pointer?.startsWith('/included') === true ? pointer : `/data/${index}${(pointer ?? '/data').slice('/data'.length)}`,
      };
      operation.errors.push(row);
    }
  }
}

/** Creates or updates one item; true for an update. */
function save(store: Store, operation: OperationRow, item: unknown): boolean {
  if (!isObject(item) || item['type'] === undefined) {
    throw refuse(400, 'entity type constraint', 'The entity class must be set in the context.');
  }
  if (item['type'] !== operation.entityType) {
    const type = String(item['type']);
    throw refuse(400, 'entity type constraint', `The entity type "${type}" is not supported by this batch operation.`);
  }
  const data = readResource(item, '/data');
  const isUpdate = data.meta['update'] === true;
  if (operation.entityType === 'contacts') {
    const row = isUpdate ? store.contacts.get(Number(data.id)) : undefined;
    if (isUpdate && row === undefined) throw noSuchEntity();
    saveContact(store, row, { data, included: includedFor(data, operation.included) }, operation.userId);
    return isUpdate;
  }
  saveAddress(store, data, isUpdate);
  return isUpdate;
}

function saveAddress(store: Store, data: ResourceBody, isUpdate: boolean): AddressRow {
  const row = isUpdate ? store.addresses.get(Number(data.id)) : undefined;
  if (isUpdate && row === undefined) throw noSuchEntity();
  const form = new Form('/data');
  const owner = toOneRelationship(form, data, 'owner', 'contacts', (id) => store.contacts.has(Number(id)));
  if (row === undefined && owner === undefined) {
    form.rule('not blank constraint', 'This value should not be blank.', form.relationship('owner'));
  }
  const draft = readAddress(form, data, row, store.switches);
  throwErrors([form]);
  return writeAddress(store, row, row?.ownerId ?? Number(owner), draft);
}

/** The included records that one item names. */
function includedFor(data: ResourceBody, included: readonly unknown[]): ResourceBody[] {
  const addresses = data.relationships['addresses'];
  const refs = isObject(addresses) && Array.isArray(addresses['data']) ? (addresses['data'] as unknown[]) : [];
  const named = new Set(refs.map((ref) => (isObject(ref) ? String(ref['id']) : '')));
  return included
    .filter((entry): entry is JsonObject => isObject(entry) && named.has(String(entry['id'])))
    .map((entry, index) => readResource(entry, `/included/${index}`));
}
