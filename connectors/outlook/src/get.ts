import { Failure, type Json, type Seen } from '@syncline/connector';
import { errorOf, failureOf, isHidden } from './answer.ts';
import type { Collection, Item, Place } from './collection.ts';
import { readItem, readListing, toSeen } from './reading.ts';
import type { Session } from './session.ts';

/**
 * One item by id. "Not found" counts as deleted only while its folder, list or calendar can be read: when the mailbox or the
 * list is gone, Graph says the same of everything in it (rules D1, D10).
 */
export async function get<N extends Json>(session: Session, collection: Collection<N>, id: string): Promise<Seen<N>> {
  const place = await collection.open(session);
  const now = session.context.now();
  const answer = await session.api.get(collection.item(session, place, id));
  // Not in Graph's own words it proves nothing: somebody in between says it, or the answer broke off (D1, D10).
  if (answer.status === 404 && errorOf(answer).code === '') throw failureOf({ ...answer, broken: true }, { what: `reading ${collection.name}`, writes: false, now });
  if (isHidden(answer)) return { id, absent: 'hidden' };
  if (answer.status === 404) {
    await confirmPlace(session, collection, place);
    return { id, absent: 'deleted' };
  }
  if (answer.status !== 200) throw failureOf(answer, { what: `reading ${collection.name}`, writes: false, now });
  const item = readItem(session, collection, place, answer.body);
  if (item === undefined) throw new Failure('bug', `One of the ${collection.name} cannot be read: the log says what is wrong with it.`);
  // An event outside the window says nothing about its calendar, and needs not.
  if (item.outside && item.folder === undefined) return toSeen(item);
  if (!item.outside && (await isInPlace(session, collection, place, item))) return item.present;
  return { id, absent: collection.elsewhere === undefined || (await collection.elsewhere(session, place, item)) ? 'outside' : 'deleted' };
}

/** An event does not tell its calendar, and Graph may find it by id under any of them. */
async function isInPlace<N extends Json>(session: Session, collection: Collection<N>, place: Place, item: Item<N>): Promise<boolean> {
  if (collection.around === undefined || item.present.traits?.recurring === true) return true;
  for await (const others of readListing(session, collection, place, collection.around(place, item))) {
    if (others === undefined || others.some((other) => other.present.id === item.present.id)) return true;
  }
  return false;
}

async function confirmPlace<N extends Json>(session: Session, collection: Collection<N>, place: Place): Promise<void> {
  const answer = await session.api.get(place.self);
  if (answer.status === 200) return;
  if (answer.status === 404) throw new Failure('config', `Outlook does not find the folder, list or calendar of ${collection.name} any more: choose another one, or none for the default. Nothing counts as deleted.`);
  throw failureOf(answer, { what: `reading ${collection.name}`, writes: false, now: session.context.now() });
}
