import { Failure, type Json, type Seen } from '@syncline/connector';
import { failureOf } from './answer.ts';
import type { Collection, Place } from './collection.ts';
import { toSeen } from './reading.ts';
import type { Session } from './session.ts';

/**
 * One item by id. "Not found" counts as deleted only while its folder, list or calendar can be read: when the mailbox or the
 * list is gone, Graph says the same of everything in it (rules D1, D10).
 */
export async function get<N extends Json>(session: Session, collection: Collection<N>, id: string): Promise<Seen<N>> {
  const place = await collection.open(session);
  const now = session.context.now();
  const answer = await session.api.get(collection.item(session, place, id));
  if (answer.status === 404) {
    await confirmPlace(session, collection, place);
    return { id, absent: 'deleted' };
  }
  if (answer.status === 403) return { id, absent: 'hidden' };
  if (answer.status !== 200) throw failureOf(answer, { what: `reading ${collection.name}`, writes: false, now });
  const item = collection.read(session, place, answer.body);
  if (item.outside || collection.itemInPlace === undefined) return toSeen(item);
  // An event does not tell its calendar.
  const here = await session.api.get(collection.itemInPlace(session, place, id));
  return here.status === 404 ? { id, absent: 'outside' } : item.present;
}

async function confirmPlace<N extends Json>(session: Session, collection: Collection<N>, place: Place): Promise<void> {
  const answer = await session.api.get(place.self);
  if (answer.status === 200) return;
  if (answer.status === 404) throw new Failure('config', `Outlook does not find the folder, list or calendar of ${collection.name} any more: choose another one, or none for the default. Nothing counts as deleted.`);
  throw failureOf(answer, { what: `reading ${collection.name}`, writes: false, now: session.context.now() });
}
