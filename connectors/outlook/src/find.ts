import type { Json, Present, Write } from '@syncline/connector';
import type { Collection, Item } from './collection.ts';
import { sameMark } from './marker.ts';
import { readListing } from './reading.ts';
import type { Session } from './session.ts';

/** How far the hub's clock and Graph's may differ. */
const clockSkewMs = 10 * 60_000;

/**
 * What a create whose answer was lost has made: found by its mark, which nobody else writes, else among what is new with the same content.
 * Contacts and events are searched for by the mark's property; where that search is refused, and for tasks, everything is listed.
 */
export async function find<N extends Json>(session: Session, collection: Collection<N>, create: Extract<Write<N>, { op: 'create' }>, since: number): Promise<readonly Present<N>[]> {
  const place = await collection.open(session);
  const { mark, record } = create;
  const isMade = ({ present, createdAt }: Item<N>): boolean =>
    mark !== undefined ? sameMark(present.mark, mark) : (createdAt ?? since) >= since - clockSkewMs && collection.alike(present.record, record);
  const addresses = [...(mark !== undefined && collection.marked !== undefined ? [collection.marked(session, place, mark)] : []), place.listing];
  for (const address of addresses) {
    const found: Present<N>[] = [];
    let refused = false;
    for await (const items of readListing(session, collection, place, address)) {
      if (items === undefined) refused = true;
      else found.push(...items.filter(isMade).map((item) => item.present));
    }
    if (!refused) return found;
  }
  return [];
}
