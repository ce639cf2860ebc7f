import type { Api } from './api.ts';
import { errorsOf, expectOk, type Answer } from './failures.ts';
import { parseDocument, type Document, type Resource } from './records.ts';

/** How many ids go into one `filter[id]`: an address of 8 KB is all that many servers take. */
export const idsPerRequest = 400;

/** Records per answer; becomes smaller when an administrator has set a limit. */
export interface PageSize {
  value: number;
}

/** One page of a JSON:API list. */
export interface ListPage {
  readonly document: Document;
  /** There may be more. */
  readonly full: boolean;
}

/** Reads one page of at most `size` records. `doing` completes "may not ..." for a role that lacks the permission. */
export async function readPage(api: Api, path: string, query: { readonly [name: string]: string }, size: PageSize, doing: string): Promise<ListPage> {
  const asked = size.value;
  const answer = await api.send({ method: 'GET', path, query: { ...query, 'page[size]': String(asked) } });
  const limit = asked > 1 ? largestPage(answer, asked) : undefined;
  if (limit !== undefined) {
    size.value = limit;
    return readPage(api, path, query, size, doing);
  }
  const document = parseDocument(expectOk(answer, doing));
  return { document, full: document.data.length >= asked };
}

/** The records with these ids that are to be seen. */
export async function readByIds(api: Api, path: string, query: { readonly [name: string]: string }, ids: readonly string[], size: PageSize, doing: string): Promise<Document> {
  const data: Resource[] = [];
  const included = new Map<string, Resource>();
  for (let rest = ids; rest.length > 0; ) {
    const some = rest.slice(0, Math.min(idsPerRequest, size.value));
    const { document } = await readPage(api, path, { ...query, 'filter[id]': some.join() }, size, doing);
    // The limit has just been learned: what was asked for did not fit into the answer.
    if (size.value < some.length) continue;
    data.push(...document.data);
    for (const [key, resource] of document.included) included.set(key, resource);
    rest = rest.slice(some.length);
  }
  return { data, included };
}

/** Every resource of a list that does not change meanwhile. */
export async function readWhole(api: Api, path: string, query: { readonly [name: string]: string }, doing: string): Promise<readonly Resource[]> {
  const size: PageSize = { value: 1000 };
  const all: Resource[] = [];
  for (let number = 1; ; number += 1) {
    const { document, full } = await readPage(api, path, { ...query, 'page[number]': String(number) }, size, doing);
    all.push(...document.data);
    if (!full) return all;
  }
}

/** The largest page an administrator allows, when that is what an answer complains about; below what was asked for. */
function largestPage(answer: Answer, asked: number): number | undefined {
  const error = answer.status === 400 ? errorsOf(answer.body).find((item) => item.parameter === 'page[size]') : undefined;
  if (error === undefined) return undefined;
  const limit = Number(/(\d+)\D*$/.exec(error.detail)?.[1]);
  // In words that name no limit (a translation, another version): by trial.
  return limit > 0 && limit < asked ? limit : Math.floor(asked / 2);
}
