import type { Json, Mark, Present } from '@syncline/connector';
import type { ExtendedValue } from './records.ts';
import type { Session } from './session.ts';

/** A folder, list or calendar that is synced. */
export interface Place {
  /** Names its chain in the cursor. */
  readonly key: string;
  /** Where a delta chain starts; absent while the place cannot be named (an empty default contact folder). */
  readonly delta?: string;
  /** Lists everything in it with what delta leaves out; may be refused (400), then items are read one by one. */
  readonly listing: string;
  /** Where an item of this place is made. */
  readonly create: string;
  /** Reading this shows that the place itself is there. */
  readonly self: string;
  /** Of calendars: the window of events, UTC days, end exclusive. */
  readonly window?: { readonly from: string; readonly to: string };
}

/** All of a kind that is synced. */
export interface Scope {
  /** At least one; new items go into the first. */
  readonly places: readonly [Place, ...Place[]];
  /** Key of the mailbox's own place, synced or not; empty where it is not known or not needed. */
  readonly home: string;
}

/** An item as read, with what decides whether it belongs here. */
export interface Item<N> {
  readonly present: Present<N>;
  /** In a place that is not synced, or outside the window of events (rule D5). */
  readonly outside: boolean;
  /** The folder it is in, where the item tells. */
  readonly folder?: string;
  /** Of an occurrence or exception: its series. */
  readonly masterId?: string;
}

/** What differs between contacts, tasks and events for reading and writing them. */
export interface Collection<N extends Json> {
  /** For sentences. */
  readonly name: string;
  readonly open: (session: Session) => Promise<Scope>;
  /** Address of one item, with everything that is mapped. */
  readonly item: (session: Session, scope: Scope, id: string) => string;
  /** Of kinds whose items are found in their place only: our id of an item there, which says so. */
  readonly idIn?: (scope: Scope, place: string, id: string) => string;
  /** The place that such an id says. */
  readonly placeOf?: (scope: Scope, id: string) => string;
  /** Lists what lies in the place where this item should; absent where the item itself tells its place. */
  readonly around?: (place: Place, item: Item<N>) => string;
  /**
   * Whether an item that is in none of the places is in another one of its kind. What Outlook's clients delete lies in Deleted Items, and an
   * immutable id finds it there (contract, 6: it outlives moves between folders). In doubt it is.
   */
  readonly elsewhere?: (session: Session, scope: Scope, item: Item<N>) => Promise<boolean>;
  /** Reads an item; `place` is where it was asked for, as far as that is known. Throws a `ZodError` that says where it is wrong. */
  readonly read: (session: Session, scope: Scope, body: unknown, place?: string) => Item<N>;
  /** Address of items that carry a mark; absent where they cannot be searched for. */
  readonly marked?: (session: Session, place: Place, mark: Mark) => string;
  /** The members to send: all that hold something for a create, those that differ from `base` for an update; `undefined` for none. */
  readonly body: (session: Session, record: N, base: N | undefined) => { readonly [member: string]: unknown } | undefined;
  /** What every write has to repeat of the record it begins with, or the service makes it anew. */
  readonly repeated?: (base: N) => { readonly [member: string]: unknown };
  /** The extended properties to send beside them. */
  readonly properties: (session: Session, record: N, base: N | undefined) => readonly ExtendedValue[];
  /** How a mark travels: with the extended properties, or as a linked resource. */
  readonly markBy: 'property' | 'resource';
  /** Members only a create carries. */
  readonly createOnly?: (session: Session, key: string) => { readonly [member: string]: unknown };
  /** What the answer to a write leaves out, taken from the record that was sent. */
  readonly withProperties: (stored: N, sent: N) => N;
  /** Fields that mean something else as stored than as sent, each with a sentence. */
  readonly misunderstood?: (sent: N, stored: N, base: N | undefined) => { readonly [field: string]: string };
  /** The part of a record whose change is a change of the item, without what only serves the mark. */
  readonly content: (record: N) => Json;
  /** Same content by which a person would recognise it: to find a create whose answer was lost and that carried no mark. */
  readonly alike: (a: N, b: N) => boolean;
}

/** An OData expression or id as it goes into an address. */
export function encode(text: string): string {
  return encodeURIComponent(text);
}

/** `$expand` of the named extended properties; several in one filter (contract, 5.1). */
export function expandProperties(ids: readonly string[]): string {
  const filter = ids.map((id) => `id eq '${id.replace(/'/g, "''")}'`).join(' or ');
  return `$expand=${encode(`singleValueExtendedProperties($filter=${filter})`)}`;
}

/** `$filter` for a value of an extended property. */
export function filterProperty(id: string, value: string): string {
  const literal = (text: string): string => `'${text.replace(/'/g, "''")}'`;
  return `$filter=${encode(`singleValueExtendedProperties/Any(ep: ep/id eq ${literal(id)} and ep/value eq ${literal(value)})`)}`;
}
