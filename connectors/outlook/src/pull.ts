import { Failure, isPresent, type Json, type Page, type PullRequest, type Seen } from '@syncline/connector';
import { z } from 'zod';
import type { Collection, Item, Place } from './collection.ts';
import { readRound, type Round } from './delta.ts';
import { readItems, readListing, toSeen } from './reading.ts';
import type { Session } from './session.ts';

/** Where reading goes on: the chain of the synced folder, list or calendar. */
const cursorShape = z.object({
  v: z.literal(1),
  place: z.string(),
  /** Absent while the place cannot be named: then it is listed each time. */
  link: z.string().optional(),
  /** Of calendars: the window the chain was made for, which is frozen in it. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Of calendars: the series seen in the window. Delta names their occurrences, also when it is the series that goes. */
  masters: z.array(z.string()).optional(),
});

type Cursor = z.output<typeof cursorShape>;

/** Everything, or what changed since the cursor. */
export async function* pull<N extends Json>(session: Session, collection: Collection<N>, request: PullRequest): AsyncGenerator<Page<N>> {
  const place = await collection.open(session);
  const cursor = request.cursor === null ? undefined : readCursor(request.cursor);
  const link = cursor?.link ?? place.delta;
  // Another folder was chosen: a full read, not a deletion (D4, S16).
  if (cursor === undefined || link === undefined || (cursor.link !== undefined && cursor.place !== place.key)) yield* pullAll(session, collection, place);
  // The place can be named at last: the first round of its chain names all there is, most of it our own writes of a first sync.
  else yield* pullChanges(session, collection, place, request, { ...cursor, link });
}

/**
 * Starts the chain first and lists afterwards: what changes in between is in the next round at the latest. The listing carries what delta
 * leaves out (extended properties, linked resources); what it misses because it moves while it is read, the chain has named.
 */
async function* pullAll<N extends Json>(session: Session, collection: Collection<N>, place: Place): AsyncGenerator<Page<N>> {
  const round = place.delta === undefined ? undefined : await readRound(session, place.delta, collection.name);
  const masters = new Set(round?.masters);
  const alive = new Set<string>();
  let done = 0;
  for await (const items of readListing(session, collection, place, place.listing)) {
    // Refused as such: everything is read by id below, as far as there is a chain to name it.
    if (items === undefined && round === undefined) throw new Failure('unavailable', `Outlook does not list ${collection.name}.`);
    if (items === undefined) break;
    for (const { masterId } of items) if (masterId !== undefined) masters.add(masterId);
    const single = items.filter((item) => item.masterId === undefined && !item.outside);
    for (const { present } of single) alive.add(present.id);
    done += single.length;
    yield { seen: single.map((item) => item.present), progress: { done } };
  }
  const rest = [...(round?.changed.keys() ?? []), ...masters].filter((id) => !alive.has(id));
  for await (const found of readItems(session, collection, place, rest)) {
    // What cannot be understood is alive all the same.
    for (const one of found) if (!('absent' in one) && !('item' in one && one.item.outside)) alive.add(one.id);
    const present = found.flatMap((one) => ('item' in one && !one.item.outside ? [one.item.present] : []));
    done += present.length;
    yield { seen: present, progress: { done } };
  }
  yield { seen: [], cursor: writeCursor(place, round?.link, masters), alive: [...alive], progress: { done, total: done } };
}

async function* pullChanges<N extends Json>(session: Session, collection: Collection<N>, place: Place, request: PullRequest, cursor: Cursor & { readonly link: string }): AsyncGenerator<Page<N>> {
  const round = await readRound(session, cursor.link, collection.name);
  const rolled = hasRolled(place, cursor) && place.delta !== undefined ? await readRound(session, place.delta, collection.name) : undefined;
  const { gone, changed, masters } = sortRound(round, rolled, request, cursor.masters ?? []);
  const series = new Set([...(cursor.masters ?? []), ...round.masters, ...(rolled?.masters ?? [])]);

  const total = gone.length + changed.length;
  let done = gone.length;
  if (gone.length > 0) yield { seen: gone.map((id): Seen<N> => ({ id, absent: 'missing' })), progress: { done, total } };
  for await (const seen of readChanged(session, collection, place, request, changed, masters)) {
    done += seen.length;
    for (const one of seen) if (!isPresent(one)) series.delete(one.id);
    // Removed and still found somewhere: whether it is elsewhere or in Deleted Items, a look by id tells.
    yield { seen: seen.map((one): Seen<N> => (!isPresent(one) && one.absent === 'outside' && round.removed.has(one.id) ? { id: one.id, absent: 'missing' } : one)), progress: { done: Math.min(done, total), total } };
  }
  const alive = cursor.link === place.delta ? { alive: [...round.changed.keys()] } : {};
  yield { seen: [], cursor: writeCursor(place, rolled?.link ?? round.link, series), ...alive, progress: { done: total, total } };
}

/** What of a round has to be reported as gone, and what has to be read. What the hub holds in that version already, our own writes above all, is neither. */
function sortRound(round: Round, rolled: Round | undefined, request: PullRequest, knownMasters: readonly string[]): { gone: string[]; changed: string[]; masters: string[] } {
  const { known } = request;
  const both = (id: string): boolean => round.changed.has(id) && round.removed.has(id);
  // Graph also calls "removed" what was never inside the window, and the occurrences of a series (contract, 4.5).
  const gone = [...round.removed].filter((id) => known(id) !== undefined && !round.changed.has(id));
  const unknownRemoved = [...round.removed].some((id) => known(id) === undefined);
  const isNew = (id: string, version: string): boolean => version === '' || known(id) !== version;
  const changed = new Set([...round.changed].filter(([id, version]) => both(id) || isNew(id, version)).map(([id]) => id));
  for (const [id, version] of rolled?.changed ?? []) if (isNew(id, version)) changed.add(id);
  const masters = new Set(round.masters);
  for (const id of rolled?.masters ?? []) if (known(id) === undefined) masters.add(id);
  if (unknownRemoved) for (const id of knownMasters) masters.add(id);
  return { gone, changed: [...changed], masters: [...masters].filter((id) => !gone.includes(id)) };
}

/** By id, twenty in a request, or by listing everything again where that takes fewer requests. */
async function* readChanged<N extends Json>(
  session: Session,
  collection: Collection<N>,
  place: Place,
  request: PullRequest,
  changed: readonly string[],
  masters: readonly string[],
): AsyncGenerator<readonly Seen<N>[]> {
  const { known } = request;
  const wanted = new Set(changed);
  if (place.window === undefined && changed.length / 20 > Math.max(request.knownCount, changed.length) / 200 + 1) {
    for await (const items of readListing(session, collection, place, place.listing)) {
      if (items === undefined) break;
      for (const { present } of items) wanted.delete(present.id);
      yield news(items, known);
    }
  }
  for await (const found of readItems(session, collection, place, [...wanted, ...masters])) {
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
function hasRolled({ window }: Place, cursor: Cursor): boolean {
  if (window === undefined || cursor.from === undefined || cursor.to === undefined) return false;
  const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return Math.abs(days(cursor.from, window.from)) > 1 || days(cursor.from, cursor.to) !== days(window.from, window.to);
}

function writeCursor({ key, window }: Place, link: string | undefined, masters: ReadonlySet<string>): string {
  const cursor: Cursor = { v: 1, place: key, ...(link !== undefined && { link }), ...(window !== undefined && { ...window, masters: [...masters].sort() }) };
  return JSON.stringify(cursor);
}

function readCursor(text: string): Cursor {
  try {
    return cursorShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('cursor-expired', 'The note of how far Outlook was read cannot be understood: everything is read again.', { cause });
  }
}
