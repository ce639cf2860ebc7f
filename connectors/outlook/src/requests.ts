import type { Json, Write } from '@syncline/connector';
import { batchSize, type Part } from './batch.ts';
import type { Collection, Scope } from './collection.ts';
import { isNoMark, markProperties, markResource } from './marker.ts';
import type { Session } from './session.ts';

/** The requests one write takes. */
export interface WriteRequest {
  readonly parts: readonly Part[];
  /** Whether the first answer shows the item. */
  readonly showsItem: boolean;
}

/** One part for most writes; a mark on an existing task takes one more, and a change of nothing takes none. */
export function requestOf<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, write: Write<N>): WriteRequest {
  if (write.op === 'create') {
    const body = { ...createBody(session, collection, write), ...collection.createOnly?.(session, write.key) };
    return { parts: [{ method: 'POST', url: scope.places[0].create, body }], showsItem: true };
  }
  const url = collection.item(session, scope, write.id).replace(/\?.*$/, '');
  if (write.op === 'delete') return { parts: [{ method: 'DELETE', url, ifMatch: write.ifVersion }], showsItem: false };
  const body = updateBody(session, collection, write);
  const patch: readonly Part[] = body === undefined ? [] : [{ method: 'PATCH', url, ifMatch: write.ifVersion, body }];
  return { parts: [...patch, ...linkParts(collection, url, write, patch.length)], showsItem: patch.length > 0 };
}

/** The properties a create carries. */
export function createProperties<N extends Json>(session: Session, collection: Collection<N>, write: Create<N>): readonly { readonly id: string; readonly value: string | null }[] {
  const mark = write.mark !== undefined && collection.markBy === 'property' ? markProperties(write.mark) : [];
  return [...mark, ...collection.properties(session, write.record, undefined)];
}

/** Most characters of a batch's bodies. Graph takes about 4 MB a request; a character is up to three bytes, and some are escaped. */
const batchText = 800_000;

/** Requests in batches of at most twenty parts and of a size Graph takes; the parts of one write stay together. */
export function packRequests<Job extends { readonly request: WriteRequest }>(jobs: readonly Job[]): readonly (readonly Job[])[] {
  const batches: Job[][] = [];
  let size = batchSize;
  let text = 0;
  for (const job of jobs) {
    const { parts } = job.request;
    const own = JSON.stringify(parts).length;
    if (size + parts.length > batchSize || text + own > batchText) {
      batches.push([]);
      size = 0;
      text = 0;
    }
    batches.at(-1)?.push(job);
    size += parts.length;
    text += own;
  }
  return batches;
}

type Create<N> = Extract<Write<N>, { op: 'create' }>;
type Update<N> = Extract<Write<N>, { op: 'update' }>;
type Body = { readonly [member: string]: unknown };

function createBody<N extends Json>(session: Session, collection: Collection<N>, write: Create<N>): Body {
  const properties = createProperties(session, collection, write);
  return {
    ...collection.body(session, write.record, undefined),
    // What is made again from a copy keeps what a person made by hand (D6, M26).
    ...collection.repeated?.(write.record),
    ...(properties.length > 0 && { singleValueExtendedProperties: properties }),
    ...(collection.markBy === 'resource' && write.mark !== undefined && { linkedResources: [markResource(write.mark, titleOf(write.record))] }),
  };
}

function updateBody<N extends Json>(session: Session, collection: Collection<N>, write: Update<N>): Body | undefined {
  const mark = write.mark !== undefined && collection.markBy === 'property' ? markProperties(write.mark) : [];
  const properties = [...mark, ...collection.properties(session, write.record, write.base)];
  const body = { ...collection.body(session, write.record, write.base), ...(properties.length > 0 && { singleValueExtendedProperties: properties }) };
  return Object.keys(body).length === 0 ? undefined : { ...body, ...collection.repeated?.(write.base) };
}

/** A task's mark is a resource of its own: written after the task, and only when that was written. */
function linkParts<N extends Json>(collection: Collection<N>, url: string, write: Update<N>, before: number): readonly Part[] {
  if (collection.markBy !== 'resource' || write.mark === undefined) return [];
  const resource = textOf(write.base, 'markId');
  const after = before > 0 ? { after: before - 1 } : {};
  const address = `${url}/linkedResources${resource === null ? '' : `/${encodeURIComponent(resource)}`}`;
  if (isNoMark(write.mark)) return resource === null ? [] : [{ method: 'DELETE', url: address, ...after }];
  return [{ method: resource === null ? 'POST' : 'PATCH', url: address, body: markResource(write.mark, titleOf(write.record)), ...after }];
}

function titleOf(record: Json): string | null {
  return textOf(record, 'title');
}

/** A text member of a native record; `null` where there is none. */
export function textOf(record: Json, member: string): string | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  const value = (record as { readonly [member: string]: Json | undefined })[member];
  return typeof value === 'string' ? value : null;
}
