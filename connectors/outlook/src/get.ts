import { Failure, type Json, type Seen } from '@syncline/connector';
import { errorOf, failureOf, isHidden } from './answer.ts';
import type { Collection, Item, Place, Scope } from './collection.ts';
import { readItem, readListing, toSeen } from './reading.ts';
import type { Session } from './session.ts';

/**
 * One item by id. "Not found" counts as deleted only while its folder, list or calendar can be read: when the mailbox or the
 * list is gone, Graph says the same of everything in it (rules D1, D10).
 */
export async function get<N extends Json>(session: Session, collection: Collection<N>, id: string): Promise<Seen<N>> {
  const scope = await collection.open(session);
  const now = session.context.now();
  const answer = await session.api.get(collection.item(session, scope, id));
  // Not in Graph's own words it proves nothing: somebody in between says it, or the answer broke off (D1, D10).
  if (answer.status === 404 && errorOf(answer).code === '') throw failureOf({ ...answer, broken: true }, { what: `reading ${collection.name}`, writes: false, now });
  if (isHidden(answer)) return { id, absent: 'hidden' };
  if (answer.status === 404) {
    const places = placesOf(collection, scope, id);
    // In a list that is not synced any more, and may be gone as a whole: that is no deletion (S16).
    if (places.length === 0) return { id, absent: 'outside' };
    for (const place of places) await confirmPlace(session, collection, place);
    return { id, absent: 'deleted' };
  }
  if (answer.status !== 200) throw failureOf(answer, { what: `reading ${collection.name}`, writes: false, now });
  const item = readItem(session, collection, scope, answer.body, collection.placeOf?.(scope, id));
  if (item === undefined) throw new Failure('bug', `One of the ${collection.name} cannot be read: the log says what is wrong with it.`);
  // An event outside the window says nothing about its calendar, and needs not.
  if (item.outside && item.folder === undefined) return toSeen(item);
  if (!item.outside && (await isInPlace(session, collection, scope, item))) return item.present;
  return { id, absent: collection.elsewhere === undefined || (await collection.elsewhere(session, scope, item)) ? 'outside' : 'deleted' };
}

/** An event does not tell its calendar, and Graph may find it by id under any of them. */
async function isInPlace<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, item: Item<N>): Promise<boolean> {
  if (collection.around === undefined || item.present.traits?.recurring === true) return true;
  for (const place of scope.places) {
    for await (const others of readListing(session, collection, scope, collection.around(place, item), place.key)) {
      if (others === undefined || others.some((other) => other.present.id === item.present.id)) return true;
    }
  }
  return false;
}

/** Where an item has to be looked for before "not found" counts. */
function placesOf<N extends Json>(collection: Collection<N>, scope: Scope, id: string): readonly Place[] {
  const key = collection.placeOf?.(scope, id);
  return key === undefined ? scope.places : scope.places.filter((place) => place.key === key);
}

async function confirmPlace<N extends Json>(session: Session, collection: Collection<N>, place: Place): Promise<void> {
  const answer = await session.api.get(place.self);
  if (answer.status === 200) return;
  if (answer.status === 404) throw new Failure('config', `Outlook does not find the folder, list or calendar of ${collection.name} any more: choose another one, or none for the default. Nothing counts as deleted.`);
  throw failureOf(answer, { what: `reading ${collection.name}`, writes: false, now: session.context.now() });
}
