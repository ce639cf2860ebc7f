import { Failure, isPresent, type Json, type Page, type PullRequest, type Seen } from '@syncline/connector';
import { z } from 'zod';
import type { Collection, Item, Place, Scope } from './collection.ts';
import { readRound, type Round } from './delta.ts';
import { readItems, readListing, toSeen } from './reading.ts';
import type { Session } from './session.ts';

/** Where reading goes on in one folder, list or calendar. */
const chainShape = z.object({
  place: z.string(),
  /** Absent while the place cannot be named: then it is listed each time. */
  link: z.string().optional(),
  /** Of calendars: the window the chain was made for, which is frozen in it. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Of calendars: the series seen in the window. Delta names their occurrences, also when it is the series that goes. */
  masters: z.array(z.string()).optional(),
});

/** Where reading goes on: a chain for each place that is synced. */
const cursorShape = z.object({ v: z.literal(2), chains: z.array(chainShape).min(1) });

type Chain = z.output<typeof chainShape>;

/** A place, and where reading it goes on. */
interface Resumed {
  readonly place: Place;
  readonly chain: Chain;
  readonly link: string;
}

/** Everything, or what changed since the cursor. */
export async function* pull<N extends Json>(session: Session, collection: Collection<N>, request: PullRequest): AsyncGenerator<Page<N>> {
  const scope = await collection.open(session);
  const resumed = request.cursor === null ? undefined : resume(scope, readCursor(request.cursor));
  if (resumed === undefined) yield* pullAll(session, collection, scope);
  else yield* pullChanges(session, collection, scope, request, resumed);
}

/** `undefined` where other places were chosen: a full read, not a deletion (D4, S16). */
function resume({ places }: Scope, chains: readonly Chain[]): readonly Resumed[] | undefined {
  const resumed = places.flatMap((place): Resumed[] => {
    // A place that had no name: it has one at last, or is listed once more. The first round of its chain names all there is, most of it
    // our own writes of a first sync; beside other places that would tell nothing about what was deleted in it.
    const chain = chains.find((one) => one.place === place.key) ?? (places.length === 1 ? chains.find(({ link }) => link === undefined) : undefined);
    const link = chain?.link ?? (places.length === 1 ? place.delta : undefined);
    return chain === undefined || link === undefined ? [] : [{ place, chain, link }];
  });
  return resumed.length === places.length && chains.length === places.length ? resumed : undefined;
}

/**
 * Starts the chains first and lists afterwards: what changes in between is in the next round at the latest. The listing carries what delta
 * leaves out (extended properties, linked resources); what it misses because it moves while it is read, the chains have named.
 */
async function* pullAll<N extends Json>(session: Session, collection: Collection<N>, scope: Scope): AsyncGenerator<Page<N>> {
  const rounds: { readonly place: Place; readonly round: Round | undefined; readonly masters: Set<string> }[] = [];
  for (const place of scope.places) {
    const round = place.delta === undefined ? undefined : await readPlace(session, collection, scope, place, place.delta);
    rounds.push({ place, round, masters: new Set(round?.masters) });
  }
  const alive = new Set<string>();
  let done = 0;
  for (const { place, round, masters } of rounds) {
    for await (const items of readListing(session, collection, scope, place.listing, place.key)) {
      // Refused as such: everything is read by id below, as far as there is a chain to name it.
      if (items === undefined && round === undefined) throw new Failure('unavailable', `Outlook does not list ${collection.name}.`);
      if (items === undefined) break;
      for (const { masterId } of items) if (masterId !== undefined) masters.add(masterId);
      const single = items.filter((item) => item.masterId === undefined && !item.outside);
      for (const { present } of single) alive.add(present.id);
      done += single.length;
      yield { seen: single.map((item) => item.present), progress: { done } };
    }
  }
  const rest = new Set(rounds.flatMap(({ round, masters }) => [...(round?.changed.keys() ?? []), ...masters]).filter((id) => !alive.has(id)));
  for await (const found of readItems(session, collection, scope, [...rest])) {
    // What cannot be understood is alive all the same.
    for (const one of found) if (!('absent' in one) && !('item' in one && one.item.outside)) alive.add(one.id);
    const present = found.flatMap((one) => ('item' in one && !one.item.outside ? [one.item.present] : []));
    done += present.length;
    yield { seen: present, progress: { done } };
  }
  const cursor = writeCursor(rounds.map(({ place, round, masters }) => chainOf(place, round?.link, masters)));
  yield { seen: [], cursor, alive: [...alive], progress: { done, total: done } };
}

async function* pullChanges<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, request: PullRequest, resumed: readonly Resumed[]): AsyncGenerator<Page<N>> {
  const read: { readonly resumed: Resumed; readonly round: Round; readonly rolled: Round | undefined; readonly series: Set<string> }[] = [];
  for (const one of resumed) {
    const { place, chain, link } = one;
    const round = await readPlace(session, collection, scope, place, link);
    const rolled = hasRolled(place, chain) && place.delta !== undefined ? await readPlace(session, collection, scope, place, place.delta) : undefined;
    read.push({ resumed: one, round, rolled, series: new Set([...(chain.masters ?? []), ...round.masters, ...(rolled?.masters ?? [])]) });
  }
  // What left one place may have come into another (K14): only together the rounds say what is gone.
  const round = together(read.map((one) => one.round));
  const rolled = together(read.flatMap((one) => one.rolled ?? []));
  const { gone, changed, masters } = sortRound(round, rolled, request, resumed.flatMap(({ chain }) => chain.masters ?? []));

  const total = gone.length + changed.length;
  let done = gone.length;
  if (gone.length > 0) yield { seen: gone.map((id): Seen<N> => ({ id, absent: 'missing' })), progress: { done, total } };
  for await (const seen of readChanged(session, collection, scope, request, changed, masters)) {
    done += seen.length;
    for (const one of seen) if (!isPresent(one)) for (const { series } of read) series.delete(one.id);
    // Removed and still found somewhere: whether it is elsewhere or in Deleted Items, a look by id tells.
    yield { seen: seen.map((one): Seen<N> => (!isPresent(one) && one.absent === 'outside' && round.removed.has(one.id) ? { id: one.id, absent: 'missing' } : one)), progress: { done: Math.min(done, total), total } };
  }
  const isWhole = resumed.every(({ place, link }) => link === place.delta);
  const cursor = writeCursor(read.map(({ resumed: { place }, round: own, rolled: other, series }) => chainOf(place, other?.link ?? own.link, series)));
  yield { seen: [], cursor, ...(isWhole && { alive: [...round.changed.keys()] }), progress: { done: total, total } };
}

/** A round of one place, by our ids. */
function readPlace<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, place: Place, link: string): Promise<Round> {
  return readRound(session, link, collection.name, (id) => collection.idIn?.(scope, place.key, id) ?? id);
}

/** Several rounds as one; of its links only the places' own go on. */
function together(rounds: readonly Round[]): Omit<Round, 'link'> {
  return {
    changed: new Map(rounds.flatMap(({ changed }) => [...changed])),
    removed: new Set(rounds.flatMap(({ removed }) => [...removed])),
    masters: new Set(rounds.flatMap(({ masters }) => [...masters])),
  };
}

/** What of a round has to be reported as gone, and what has to be read. What the hub holds in that version already, our own writes above all, is neither. */
function sortRound(round: Omit<Round, 'link'>, rolled: Omit<Round, 'link'>, request: PullRequest, knownMasters: readonly string[]): { gone: string[]; changed: string[]; masters: string[] } {
  const { known } = request;
  const both = (id: string): boolean => round.changed.has(id) && round.removed.has(id);
  // Graph also calls "removed" what was never inside the window, and the occurrences of a series (contract, 4.5).
  const gone = [...round.removed].filter((id) => known(id) !== undefined && !round.changed.has(id));
  const unknownRemoved = [...round.removed].some((id) => known(id) === undefined);
  const isNew = (id: string, version: string): boolean => version === '' || known(id) !== version;
  const changed = new Set([...round.changed].filter(([id, version]) => both(id) || isNew(id, version)).map(([id]) => id));
  for (const [id, version] of rolled.changed) if (isNew(id, version)) changed.add(id);
  const masters = new Set(round.masters);
  for (const id of rolled.masters) if (known(id) === undefined) masters.add(id);
  if (unknownRemoved) for (const id of knownMasters) masters.add(id);
  return { gone, changed: [...changed], masters: [...masters].filter((id) => !gone.includes(id)) };
}

/** By id, twenty in a request, or by listing everything again where that takes fewer requests. */
async function* readChanged<N extends Json>(
  session: Session,
  collection: Collection<N>,
  scope: Scope,
  request: PullRequest,
  changed: readonly string[],
  masters: readonly string[],
): AsyncGenerator<readonly Seen<N>[]> {
  const { known } = request;
  const wanted = new Set(changed);
  const { places } = scope;
  if (places[0].window === undefined && changed.length / 20 > Math.max(request.knownCount, changed.length) / 200 + places.length) {
    for (const place of places) {
      for await (const items of readListing(session, collection, scope, place.listing, place.key)) {
        if (items === undefined) break;
        for (const { present } of items) wanted.delete(present.id);
        yield news(items, known);
      }
    }
  }
  for await (const found of readItems(session, collection, scope, [...wanted, ...masters])) {
    const items = found.flatMap((one) => ('item' in one ? [one.item] : []));
    const absent = found.flatMap((one): Seen<N>[] => ('absent' in one && known(one.id) !== undefined ? [{ id: one.id, absent: one.absent }] : []));
    yield [...news(items, known), ...absent];
  }
}

function news<N extends Json>(items: readonly Item<N>[], known: PullRequest['known']): readonly Seen<N>[] {
  const isNews = ({ present, outside }: Item<N>): boolean => (outside ? known(present.id) !== undefined : known(present.id) !== present.version);
  return items.filter(isNews).map(toSeen);
}

/** The window follows the days; a chain is good until it is more than a day behind, or the setting has changed. */
function hasRolled({ window }: Place, chain: Chain): boolean {
  if (window === undefined || chain.from === undefined || chain.to === undefined) return false;
  const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return Math.abs(days(chain.from, window.from)) > 1 || days(chain.from, chain.to) !== days(window.from, window.to);
}

function chainOf({ key, window }: Place, link: string | undefined, masters: ReadonlySet<string>): Chain {
  return { place: key, ...(link !== undefined && { link }), ...(window !== undefined && { ...window, masters: [...masters].sort() }) };
}

function writeCursor(chains: readonly Chain[]): string {
  return JSON.stringify({ v: 2, chains });
}

function readCursor(text: string): readonly Chain[] {
  try {
    return cursorShape.parse(JSON.parse(text)).chains;
  } catch (cause) {
    throw new Failure('cursor-expired', 'The note of how far Outlook was read cannot be understood: everything is read again.', { cause });
  }
}
