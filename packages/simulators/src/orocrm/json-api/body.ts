import { isObject, type JsonObject } from '../../shared/json.ts';
import { jsonApiMediaType } from '../http.ts';
import { refuse } from './refusal.ts';

/** The primary data of a write, or an entry of `included`. */
export interface ResourceBody {
  readonly type: string;
  readonly id: string | undefined;
  readonly attributes: JsonObject;
  readonly relationships: JsonObject;
  readonly meta: JsonObject;
}

/** A body whose frame is right. */
export interface WriteBody {
  readonly data: ResourceBody;
  readonly included: readonly ResourceBody[];
}

/** Reads the body's JSON. Throws a `Refusal`: 415, malformed, or empty (also with a Content-Type that is no JSON [04]). */
export async function readJson(request: Request): Promise<JsonObject> {
  const contentType = request.headers.get('content-type');
  if (contentType !== null && contentType.startsWith(`${jsonApiMediaType};`)) {
    throw refuse(415, 'unsupported media type http exception', 'The "Content-Type" request header should not contain media type parameters.');
  }
  const text = await request.text();
  const isJson = contentType === null || contentType === '' || /^application\/(vnd\.api\+)?json/.test(contentType);
  // fetch adds text/plain to a string body when no Content-Type is named; the service then sees no data at all.
  if (text === '' || !isJson) throw refuse(400, 'request data constraint', 'The request data should not be empty');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse(400, 'bad request http exception', 'Invalid json message received.');
  }
  if (!isObject(json) || Object.keys(json).length === 0) {
    throw refuse(400, 'request data constraint', 'The request data should not be empty');
  }
  return json;
}

/** Checks the frame of a POST (`id` undefined) or PATCH. Throws a `Refusal`. */
export function checkBody(json: JsonObject, type: string, id: string | undefined): WriteBody {
  const data = json['data'];
  if (data === undefined) throw bad('The primary data object should exist', '/data');
  if (!isObject(data)) throw bad('The primary data object should not be empty', '/data');
  if (id !== undefined) {
    if (data['id'] === undefined) throw bad("The 'id' property is required", '/data/id');
    if (String(data['id']) !== id) {
      throw conflict("The 'id' property of the primary data object should match 'id' parameter of the query string", '/data/id');
    }
  }
  if (data['type'] === undefined) throw bad("The 'type' property is required", '/data/type');
  if (data['type'] !== type) {
    throw conflict("The 'type' property of the primary data object should match the requested resource", '/data/type');
  }
  const body = readResource(data, '/data');
  checkMeta(body.meta, id !== undefined);
  const included = json['included'] ?? [];
  if (!Array.isArray(included)) throw bad("The 'included' property should be an array", '/included');
  return { data: body, included: included.map((item: unknown, index) => readIncluded(item, `/included/${index}`)) };
}

/** Checks one resource object without comparing type and id. */
export function readResource(data: JsonObject, pointer: string): ResourceBody {
  for (const part of ['attributes', 'relationships'] as const) {
    const value = data[part];
    if (value === undefined) continue;
    if (!isObject(value)) throw bad(`The '${part}' property should be an array`, `${pointer}/${part}`);
    if (Object.keys(value).length === 0) throw bad(`The '${part}' property should not be empty`, `${pointer}/${part}`);
  }
  const relationships = isObject(data['relationships']) ? data['relationships'] : {};
  for (const [name, value] of Object.entries(relationships)) {
    if (!isObject(value) || value['data'] === undefined) {
      throw bad('The relationship should have \'data\' property', `${pointer}/relationships/${name}`);
    }
  }
  return {
    type: String(data['type']),
    id: data['id'] === undefined || data['id'] === null ? undefined : String(data['id']),
    attributes: isObject(data['attributes']) ? data['attributes'] : {},
    relationships,
    meta: isObject(data['meta']) ? data['meta'] : {},
  };
}

function readIncluded(item: unknown, pointer: string): ResourceBody {
  if (!isObject(item)) throw bad('The related object should be an object', pointer);
  if (item['type'] === undefined) throw bad("The 'type' property is required", `${pointer}/type`);
  if (item['id'] === undefined) throw bad("The 'id' property is required", `${pointer}/id`);
  return readResource(item, pointer);
}

function checkMeta(meta: JsonObject, isUpdate: boolean): void {
  if (meta['upsert'] !== undefined) {
    const detail = isUpdate
      ? 'The upsert operation is not supported for resources with auto-generated identifier value.'
      : 'The upsert operation is not allowed.';
    throw refuse(400, 'value constraint', detail, { pointer: '/meta/upsert' });
  }
  if (meta['update'] !== undefined && !isUpdate) {
    throw refuse(400, 'value constraint', 'The option is not supported.', { pointer: '/meta/update' });
  }
}

const bad = (detail: string, pointer: string): Error => refuse(400, 'request data constraint', detail, { pointer });
const conflict = (detail: string, pointer: string): Error => refuse(409, 'conflict constraint', detail, { pointer });
