import { isObject, type Json } from '../shared/json.ts';
import type { Answer } from './call.ts';
import { perform, recognise, templateOf, type Inquiry } from './dispatch.ts';
import { badRequest, GraphFailure } from './failure.ts';
import { partFaults, takeFault } from './faults.ts';
import { faultAnswer, failureBody } from './wire.ts';
import type { Found } from './router.ts';
import type { Mailbox, World } from './state.ts';
import { countRequest, enter, leave, overConcurrency } from './throttle.ts';

interface Part {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Json | undefined;
  readonly dependsOn: readonly string[];
}

interface PartAnswer {
  readonly part: Part;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/**
 * `POST /v1.0/$batch`. The batch itself is 200 when it could be read; each part is throttled and fails by itself, and the
 * answers come in no particular order.
 */
export async function answerBatch(world: World, outer: Inquiry, find: (segments: readonly string[]) => Found | undefined): Promise<Answer> {
  const parts = readParts(outer.body);
  // Up to four parts run at once; a chain of dependencies runs one after the other.
  const width = parts.slice(1).every((part) => part.dependsOn.length > 0) ? 1 : Math.min(4, parts.length);
  const slots = new Map<Mailbox, number>();
  const answers = new Map<string, PartAnswer>();
  try {
    for (const [index, part] of parts.entries()) answers.set(part.id.toLowerCase(), await answerPart(world, outer, part, { index, width, slots, answers }, find));
  } finally {
    for (const [mailbox, taken] of slots) leave(mailbox, taken);
  }
  const responses = shuffle([...answers.values()], world.env.random).map(({ part, status, headers, body }) => ({
    id: part.id,
    status,
    headers,
    ...(body === undefined ? {} : { body }),
  }));
  return { status: 200, body: { responses } };
}

async function answerPart(
  world: World,
  outer: Inquiry,
  part: Part,
  batch: { readonly index: number; readonly width: number; readonly slots: Map<Mailbox, number>; readonly answers: ReadonlyMap<string, PartAnswer> },
  find: (segments: readonly string[]) => Found | undefined,
): Promise<PartAnswer> {
  const failed = part.dependsOn.some((id) => (batch.answers.get(id.toLowerCase())?.status ?? 500) >= 400);
  if (failed) return refusal(world, part, new GraphFailure(424, 'FailedDependency', 'A request this one depends on has failed.'));
  try {
    const inquiry = inquiryOf(outer, part);
    const template = templateOf(inquiry, find);
    const counted = `$batch ${template}`;
    world.counting.requests[counted] = (world.counting.requests[counted] ?? 0) + 1;
    const recognised = recognise(world, inquiry, find);
    const { mailbox } = recognised;
    countRequest(world, mailbox);
    let free = batch.slots.get(mailbox);
    if (free === undefined) {
      free = enter(world, mailbox, batch.width);
      batch.slots.set(mailbox, free);
    }
    if (batch.index % batch.width >= free) throw overConcurrency(world);
    const fault = takeFault(world.faults, inquiry.method, inquiry.path, partFaults);
    if (fault) return withJson(part, faultAnswer(world, fault));
    return withJson(part, await perform(world, recognised));
  } catch (error) {
    if (error instanceof GraphFailure) return refusal(world, part, error);
    throw error;
  }
}

function readParts(body: Json | undefined): Part[] {
  const requests = isObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) throw badRequest('Invalid batch payload format.');
  if (requests.length > 20) throw badRequest(`Number of batch request steps exceeds the maximum value of 20.`);
  const parts = requests.map(readPart);
  const ids = new Set<string>();
  for (const part of parts) {
    const lower = part.id.toLowerCase();
    if (ids.has(lower)) throw badRequest(`Duplicate request id '${part.id}' in batch.`);
    // Only what stands before can be depended on.
    for (const needed of part.dependsOn) if (!ids.has(needed.toLowerCase())) throw badRequest(`Request '${part.id}' depends on '${needed}', which is not an earlier request.`);
    ids.add(lower);
  }
  return parts;
}

function readPart(given: Json): Part {
  if (!isObject(given) || typeof given['id'] !== 'string' || given['id'] === '' || typeof given['method'] !== 'string' || typeof given['url'] !== 'string') {
    throw badRequest('Each request of a batch needs id, method and url.');
  }
  const headers = new Map<string, string>();
  if (isObject(given['headers'])) for (const [name, value] of Object.entries(given['headers'])) headers.set(name.toLowerCase(), String(value));
  const dependsOn = given['dependsOn'] ?? [];
  if (!Array.isArray(dependsOn) || dependsOn.some((id) => typeof id !== 'string')) throw badRequest('dependsOn is a list of ids.');
  const body = given['body'] as Json | undefined;
  if (body !== undefined && body !== null && !(headers.get('content-type') ?? '').toLowerCase().startsWith('application/json')) {
    throw badRequest(`Request '${given['id']}' has a body but no Content-Type header.`);
  }
  return { id: given['id'], method: given['method'].toUpperCase(), url: given['url'], headers, body: body ?? undefined, dependsOn: dependsOn as string[] };
}

/** The url is relative to the version: `/v1.0/me/…` and absolute ones are not found. */
function inquiryOf(outer: Inquiry, part: Part): Inquiry {
  if (/^https?:/i.test(part.url)) throw badRequest('Invalid request URL in batch: it has to be relative.');
  const [path = '', search = ''] = splitAt(part.url.startsWith('/') ? part.url : `/${part.url}`, '?');
  const headers = part.headers;
  return {
    method: part.method,
    path: `/v1.0${path}`,
    search: new URLSearchParams(search),
    // Parts do not inherit preferences of the batch; they do inherit its sign-in.
    header: (name) => headers.get(name) ?? (name === 'authorization' ? outer.header(name) : null),
    body: part.body,
  };
}

function withJson(part: Part, answer: Answer): PartAnswer {
  const headers: Record<string, string> = { ...answer.headers };
  if (answer.body !== undefined) headers['Content-Type'] = 'application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8';
  const renamed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name === 'retry-after' ? 'Retry-After' : name, value]));
  const body = answer.body ?? answer.text;
  return { part, status: answer.status, headers: renamed, ...(body === undefined ? {} : { body }) };
}

function refusal(world: World, part: Part, failure: GraphFailure): PartAnswer {
  return withJson(part, { status: failure.status, body: failureBody(world, failure), headers: failure.headers });
}

function shuffle<Value>(values: Value[], random: () => number): Value[] {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [values[last], values[other]];
    if (a === undefined || b === undefined) continue;
    values[last] = b;
    values[other] = a;
  }
  return values;
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
