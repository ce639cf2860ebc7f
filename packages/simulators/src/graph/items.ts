import type { Json } from '../shared/json.ts';
import type { Actor, Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import { ChangeLog, type Gone } from './change-log.ts';
import { extendedTest } from './extended.ts';
import { badRequest, GraphFailure, notFound } from './failure.ts';
import { compare, matches, type Filter } from './filter.ts';
import type { PropertyTable } from './properties.ts';
import { nextSequence, type Fields, type Item, type Mailbox, type World } from './state.ts';
import { isWellFormedId } from './ids.ts';
import { notice } from './notices.ts';

/** Writes a change into the log of a collection; answers its number. */
export function logChange(actor: Actor, chain: string, key: string, gone?: Gone): number {
  const seq = nextSequence(actor.world);
  if (actor.world.subscriptions.size > 0) notice(actor, chain, key, gone);
  logOf(actor.mailbox, chain).record(gone ? { seq, key, gone } : { seq, key });
  return seq;
}

export function logOf(mailbox: Mailbox, chain: string): ChangeLog {
  let log = mailbox.logs.get(chain);
  if (!log) {
    log = new ChangeLog();
    mailbox.logs.set(chain, log);
  }
  return log;
}

/** A new version of an item: other change key, other time. */
export function touch(actor: Actor, item: Item): void {
  item.changeKey = actor.mailbox.mint.changeKey();
  item.modifiedMs = actor.world.env.now();
}

export function count(actor: Actor, kind: string, what: 'created' | 'updated' | 'deleted'): void {
  if (actor.by === 'api') actor.world.counting.record(kind, what);
}

/** Finds an item by either of its ids. A malformed id is a 400, an unknown one a 404. */
export function findItem<Found extends Item>(world: World, mailbox: Mailbox, items: ReadonlyMap<string, Found>, id: string): Found {
  const found = items.get(id) ?? items.get(mailbox.aliases.get(id) ?? '');
  if (found) return found;
  if (!isWellFormedId(id)) throw badRequest('Id is malformed.', 'ErrorInvalidIdMalformed');
  throw notFound(world.switches.notFoundCode);
}

/** Puts an item into the index of its container and makes both its ids known. */
export function adopt(mailbox: Mailbox, item: Item): void {
  mailbox.aliases.set(item.mutableId, item.key);
  membersOf(mailbox, item.parent).add(item.key);
}

export function disown(mailbox: Mailbox, item: Item): void {
  mailbox.aliases.delete(item.mutableId);
  membersOf(mailbox, item.parent).delete(item.key);
}

export function membersOf(mailbox: Mailbox, container: string): Set<string> {
  let members = mailbox.members.get(container);
  if (!members) {
    members = new Set();
    mailbox.members.set(container, members);
  }
  return members;
}

export function* itemsIn<Found extends Item>(mailbox: Mailbox, items: ReadonlyMap<string, Found>, container: string): Generator<Found> {
  for (const key of membersOf(mailbox, container)) {
    const item = items.get(key);
    if (item) yield item;
  }
}

export function etagOf(changeKey: string): string {
  return `W/"${changeKey}"`;
}

/** `If-Match` against the etag of what is stored. */
export function checkMatch(call: Call, etag: string): void {
  if (call.ifMatch === undefined || call.ifMatch === '*' || call.world.switches.ifMatch === 'ignored') return;
  if (call.ifMatch !== etag) {
    throw new GraphFailure(412, 'ErrorIrresolvableConflict', 'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.');
  }
}

/** How a collection of items is filtered, sorted and cut into pages. */
export interface Listing<Found> {
  readonly typeName: string;
  readonly table: PropertyTable;
  /** Below `users('…')/`, for the context. */
  readonly context: string;
  readonly show: (item: Found) => Fields;
  /** Stored value of a property path that exists; `undefined` for a path that cannot be filtered. */
  readonly valueOf: (item: Found, path: string) => Json | undefined;
  readonly extended?: (item: Found) => Item['extended'];
  readonly extensions?: (item: Found) => Item['extensions'];
  readonly defaultPage: number;
}

/** The answer of a GET of a collection, with `@odata.nextLink` by `$skip` as Outlook's collections have it. */
export function answerList<Found>(call: Call, items: Iterable<Found>, listing: Listing<Found>): Answer {
  const { query } = call;
  let chosen: Iterable<Found> = items;
  if (query.filter) {
    const test = itemTest(call.world, query.filter, listing);
    chosen = [...items].filter(test);
  }
  if (query.orderBy) {
    const { path, descending } = query.orderBy;
    checkPath(path, listing);
    const sign = descending ? -1 : 1;
    chosen = [...chosen].sort((a, b) => {
      const [left, right] = [listing.valueOf(a, path) ?? null, listing.valueOf(b, path) ?? null];
      return compare(left, 'eq', right as string) ? 0 : compare(left, 'lt', right as string) ? -sign : sign;
    });
  }
  const size = Math.min(query.top ?? call.prefer.maxPageSize ?? listing.defaultPage, call.world.switches.largestPage ?? 1_000);
  const page: Found[] = [];
  let index = 0;
  let more = false;
  for (const item of chosen) {
    if (index >= query.skip) {
      if (page.length === size) {
        more = true;
        if (!query.count) break;
      } else page.push(item);
    }
    index += 1;
  }
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(call, listing.context),
      ...(query.count ? { '@odata.count': index } : {}),
      ...(more ? { '@odata.nextLink': skipLink(call, query.skip + size) } : {}),
      value: page.map((item) => listing.show(item)),
    },
  };
}

function skipLink(call: Call, skip: number): string {
  const parts: string[] = [];
  for (const [name, value] of call.search) {
    if (name.toLowerCase() !== '$skip') parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  return `${call.world.origin}${call.path}?${[...parts, `$skip=${skip}`].join('&')}`;
}

function itemTest<Found>(world: World, filter: Filter, listing: Listing<Found>): (item: Found) => boolean {
  const anyTests = new Map<Filter, (item: Found) => boolean>();
  prepare(world, filter, listing, anyTests);
  return (item) =>
    matches(
      filter,
      (path) => listing.valueOf(item, path),
      (any) => anyTests.get(any)?.(item) ?? false,
    );
}

/** Checks the paths of a filter before any item is looked at: an empty collection refuses it too. */
function prepare<Found>(world: World, filter: Filter, listing: Listing<Found>, tests: Map<Filter, (item: Found) => boolean>): void {
  switch (filter.type) {
    case 'and':
    case 'or':
      prepare(world, filter.left, listing, tests);
      prepare(world, filter.right, listing, tests);
      return;
    case 'not':
      prepare(world, filter.of, listing, tests);
      return;
    case 'any':
      tests.set(filter, anyTest(world, filter, listing));
      return;
    case 'call':
    case 'compare':
      checkPath(filter.path, listing);
  }
}

function anyTest<Found>(world: World, filter: Filter & { type: 'any' }, listing: Listing<Found>): (item: Found) => boolean {
  const path = filter.path.toLowerCase();
  const { extended, extensions } = listing;
  if (path === 'singlevalueextendedproperties' && extended) {
    const test = extendedTest(world, filter, listing.typeName === 'contact');
    return (item) => test(extended(item));
  }
  if (path === 'extensions' && extensions) {
    const inner = filter.of;
    if (inner.type !== 'compare' || inner.path !== `${filter.variable}/id` || inner.op !== 'eq' || typeof inner.value !== 'string') throw unsupported();
    const name = inner.value.toLowerCase().replace(/^microsoft\.(graph|outlookservices)\.opentypeextension\./, '');
    return (item) => extensions(item)[name] !== undefined;
  }
  if (path === 'emailaddresses' && listing.typeName === 'contact') {
    const inner = filter.of;
    if (inner.type !== 'compare' || inner.path !== `${filter.variable}/address` || inner.op !== 'eq') throw unsupported();
    const wanted = inner.value;
    return (item) => {
      const entries = listing.valueOf(item, 'emailAddresses');
      return Array.isArray(entries) && entries.some((entry: { address?: unknown }) => compare(entry.address, 'eq', wanted));
    };
  }
  throw unsupported();
}

function checkPath<Found>(path: string, listing: Listing<Found>): void {
  const root = path.split('/')[0] ?? '';
  if (!Object.hasOwn(listing.table, root)) throw badRequest(`Could not find a property named '${root}' on type 'microsoft.graph.${listing.typeName}'.`);
}

function unsupported(): Error {
  return badRequest('The query filter contains an unsupported any() clause.', 'ErrorInvalidUrlQueryFilter');
}
