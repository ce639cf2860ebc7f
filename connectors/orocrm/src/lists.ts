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
  const limit = largestPage(answer);
  if (limit !== undefined && limit > 0 && limit < asked) {
    size.value = limit;
    return readPage(api, path, query, size, doing);
  }
  const document = parseDocument(expectOk(answer, doing));
  return { document, full: document.data.length >= asked };
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

export function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}

/** The largest page an administrator allows, when that is what an answer complains about. */
function largestPage(answer: Answer): number | undefined {
  const error = answer.status === 400 ? errorsOf(answer.body).find((item) => item.parameter === 'page[size]') : undefined;
  const limit = /less than or equals? to (\d+)/.exec(error?.detail ?? '')?.[1];
  return limit === undefined ? undefined : Number(limit);
}
