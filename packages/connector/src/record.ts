/** Names what a record on the other side is the same thing as: OroCRM's id, stored on the Outlook item (rules K1 to K3, K13). */
export interface Mark {
  /** Native id of the record on the marking side. */
  readonly id: string;
  /** Fingerprint of the instance and organisation the id belongs to; absent on items the old add-in marked: then only a hint. */
  readonly origin?: string;
}

/** What a record is besides its fields, where that decides what may be done with it. */
export interface Traits {
  /** Marked private or confidential by its owner (rule S17): not sent to the other side. */
  readonly private?: true;
  /** A recurring series (rule D12). */
  readonly recurring?: true;
  /** Why the service would refuse a change, in words: a copy of somebody's invitation (rule D13). */
  readonly readOnly?: string;
  /** How many people the service would notify of a change (rule D7). */
  readonly notifies?: number;
}

/** One record as the service holds it now. */
export interface Present<N> {
  readonly id: string;
  /** What the service uses as a precondition or shows as a version; opaque. Equal versions mean equal content, no more. */
  readonly version: string;
  /** The service's own time of the last change, UTC ms; absent where it tells none. Orders edits of one side only. */
  readonly at?: number;
  /** The service's own time of the creation, UTC ms; absent where it tells none. Of several that match, the oldest is taken (rule K10). */
  readonly createdAt?: number;
  readonly record: N;
  readonly mark?: Mark;
  readonly traits?: Traits;
}

/**
 * A record that is not there to be read:
 * `deleted` the service says it does not exist (rules D1, D10); `hidden` it exists and this account may not read it (D4);
 * `outside` it left the synced folder, list or window (D5); `missing` it was not in a listing and has to be asked for by id.
 */
export interface Absent {
  readonly id: string;
  readonly absent: 'deleted' | 'hidden' | 'outside' | 'missing';
}

/** One observation of a record. */
export type Seen<N> = Present<N> | Absent;

/** Whether an observation found the record. */
export function isPresent<N>(seen: Seen<N>): seen is Present<N> {
  return !('absent' in seen);
}
