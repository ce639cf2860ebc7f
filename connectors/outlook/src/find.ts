import { Failure, type Json, type Mark, type Present, type Write } from '@syncline/connector';
import type { Collection, Item, Place, Scope } from './collection.ts';
import { readRound } from './delta.ts';
import { sameMark } from './marker.ts';
import { readAllItems, readListing } from './reading.ts';
import type { Session } from './session.ts';

/** How far the hub's clock and Graph's may differ. */
const clockSkewMs = 10 * 60_000;

/**
 * What a create whose answer was lost has made: found by its mark, which nobody else writes, else among what is new with the same content.
 * Contacts and events are searched for by the mark's property; where that search is refused, and for tasks, everything is listed;
 * where the listing is refused too, everything is read by id.
 */
export async function find<N extends Json>(session: Session, collection: Collection<N>, create: Extract<Write<N>, { op: 'create' }>, since: number): Promise<readonly Present<N>[]> {
  const scope = await collection.open(session);
  const { mark, record } = create;
  const isMade = ({ present }: Item<N>): boolean =>
    mark !== undefined ? sameMark(present.mark, mark) : (present.createdAt ?? since) >= since - clockSkewMs && collection.alike(present.record, record);
  // It went into the first place; which that is may have been set otherwise since.
  const made: Present<N>[] = [];
  for (const place of scope.places) made.push(...(await findIn(session, collection, scope, place, mark, isMade)));
  return made;
}

async function findIn<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, place: Place, mark: Mark | undefined, isMade: (item: Item<N>) => boolean): Promise<readonly Present<N>[]> {
  const addresses = [...(mark !== undefined && collection.marked !== undefined ? [collection.marked(session, place, mark)] : []), place.listing];
  for (const address of addresses) {
    const found: Present<N>[] = [];
    let refused = false;
    for await (const items of readListing(session, collection, scope, address, place.key)) {
      if (items === undefined) refused = true;
      else found.push(...items.filter(isMade).map((item) => item.present));
    }
    if (!refused) return found;
  }
  // "Nothing" would make it a second time: what cannot be listed is read by id.
  const round = place.delta === undefined ? undefined : await readRound(session, place.delta, collection.name, (id) => collection.idIn?.(scope, place.key, id) ?? id);
  if (round === undefined) throw new Failure('unavailable', `Outlook does not list ${collection.name}: whether one was made is not known.`);
  const read = await readAllItems(session, collection, scope, [...round.changed.keys()]);
  return [...read.values()].flatMap((one) => ('item' in one && isMade(one.item) ? [one.item.present] : []));
}
