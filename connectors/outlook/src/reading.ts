import { Failure, type Json, type Seen } from '@syncline/connector';
import { ZodError } from 'zod';
import { failureOf, isHidden, type Answer } from './answer.ts';
import { bodyOf } from './api.ts';
import { batchSize } from './batch.ts';
import type { Collection, Item, Scope } from './collection.ts';
import { graphPage } from './records.ts';
import type { Session } from './session.ts';

/** What reading one item by id came to. */
export type Found<N> =
  | { readonly id: string; readonly item: Item<N> }
  | { readonly id: string; readonly absent: 'missing' | 'hidden' }
  /** It is there, and cannot be understood; told in the log (rule G7). */
  | { readonly id: string; readonly unreadable: true };

/** Items by id, twenty in a request, in the order of the ids. Throws when the service wants no more, or fails. */
export async function* readItems<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, ids: readonly string[]): AsyncGenerator<readonly Found<N>[]> {
  for (let at = 0; at < ids.length; at += batchSize) {
    const group = ids.slice(at, at + batchSize);
    const answers = await session.api.batch(group.map((id) => ({ method: 'GET', url: collection.item(session, scope, id) })));
    yield group.map((id, index) => readAnswer(session, collection, scope, id, answers[index]));
  }
}

/** All of `readItems` by id. */
export async function readAllItems<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Found<N>>> {
  const found = new Map<string, Found<N>>();
  for await (const group of readItems(session, collection, scope, ids)) for (const one of group) found.set(one.id, one);
  return found;
}

/** The pages of a listing, of `place` where its items do not say so themselves; `undefined` instead of the first one when the service refuses the listing as such (400). */
export async function* readListing<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, address: string, place?: string): AsyncGenerator<readonly Item<N>[] | undefined> {
  let next: string | undefined = address;
  while (next !== undefined) {
    const answer = await session.api.get(next);
    if (answer.status === 400 && next === address) {
      yield undefined;
      return;
    }
    const page = bodyOf(answer, graphPage, collection.name, session.context.now());
    yield page.value.map((body) => readItem(session, collection, scope, body, place)).filter((item) => item !== undefined);
    if (page['@odata.nextLink'] === next) throw new Failure('unavailable', `Microsoft Graph does not get on with listing ${collection.name}.`);
    next = page['@odata.nextLink'];
  }
}

/** An item from an answer; `undefined`, told in the log, when it is not what it should be. */
export function readItem<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, body: unknown, place?: string): Item<N> | undefined {
  try {
    return collection.read(session, scope, body, place);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const { context } = session;
    (context.leftOut ?? context.log)(`One of the ${collection.name} cannot be read and is left out: ${error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
    return undefined;
  }
}

/** How an item is reported. */
export function toSeen<N>(item: Item<N>): Seen<N> {
  return item.outside ? { id: item.present.id, absent: 'outside' } : item.present;
}

function readAnswer<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, id: string, answer: Answer | undefined): Found<N> {
  if (answer !== undefined && isHidden(answer)) return { id, absent: 'hidden' };
  if (answer?.status === 404) return { id, absent: 'missing' };
  if (answer?.status !== 200) throw failureOf(answer ?? { status: 0, headers: {}, body: undefined, broken: true }, { what: `reading ${collection.name}`, writes: false, now: session.context.now() });
  const item = readItem(session, collection, scope, answer.body, collection.placeOf?.(scope, id));
  return item === undefined ? { id, unreadable: true } : { id, item };
}
