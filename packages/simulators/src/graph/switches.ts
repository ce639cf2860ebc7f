/**
 * Behaviour that can be chosen. Defaults are the stricter reading where the contract is uncertain; the service-side
 * rewritings and the unruly modes of delta are off. Change one at any time with `admin.setSwitch`.
 */
export interface GraphSwitches {
  /** `If-Match` on PATCH and DELETE: a stale one is 412, or nobody looks at it. Uncertain at the service. */
  readonly ifMatch: 'honoured' | 'ignored';
  /** Code of a 404 for a mail item. */
  readonly notFoundCode: 'ErrorItemNotFound' | 'itemNotFound';
  /** The type word the service takes for the gender tag 0x3A4D; the other one is a 400. */
  readonly genderType: 'Short' | 'Integer';
  /** `String 0x3A1A`. */
  readonly primaryPhoneTag: 'accepted' | 'refused';
  /** `String 0x3A23`, `0x3A24`, `0x3A25`. */
  readonly faxTags: 'accepted' | 'refused';
  /** Several ids in the filter of one `$expand=singleValueExtendedProperties(...)`. */
  readonly expandSeveralIds: 'accepted' | 'refused';
  /** A `null` value of an extended property: refused, or it removes the property. */
  readonly extendedPropertyNull: 'refused' | 'removes';
  readonly contactDeltaExpand: 'accepted' | 'refused';
  readonly taskDeltaExpand: 'accepted' | 'refused';
  /** `GET /me/contacts` and its delta: the default folder, or all folders of the mailbox. */
  readonly contactsScope: 'default-folder' | 'mailbox';
  /** `/me/contacts/delta`, which no page of the documentation lists. */
  readonly contactsDelta: 'accepted' | 'refused';
  /** `/me/events/delta`: 501, or the same as the calendar view's. */
  readonly eventsDelta: 'refused' | 'as-calendar-view';
  /** A POST of an event with a `transactionId` seen before: the first event again, or 409. */
  readonly transactionReplay: 'same-event' | 'conflict';
  /** Adding or removing a linked resource makes the task appear in delta with a new etag. */
  readonly linkedResourceTouchesTask: boolean;
  /** When an update without `displayName` may overwrite it: after a change of a name part, or after any update. */
  readonly displayNameRecomputed: 'name-parts' | 'any-update';
  /** Time of day a birthday is stored with, `HH:mm:ss`, as some clients do; `null` keeps the one that was sent. */
  readonly birthdayTime: string | null;
  /** Slots; more entries are a 400. */
  readonly maxEmailAddresses: number;
  readonly maxBusinessPhones: number;
  readonly maxHomePhones: number;

  /** Requests of one application to one mailbox: 10,000 in 10 minutes and 4 at once. */
  readonly throttling: boolean;
  readonly requestsPerTenMinutes: number;
  readonly inFlight: number;
  /** A limit of its own for To Do, which is not documented; `null` for none beside the mailbox's. */
  readonly todoInFlight: number | null;

  /** Delta: every round begins with an empty page, as an empty collection's first round always does. */
  readonly deltaEmptyFirstPage: boolean;
  /** Delta: the deltaLink comes on an empty page of its own. */
  readonly deltaTrailingPage: boolean;
  /** Delta: the first row of each page is the last row of the page before it. */
  readonly deltaDuplicates: boolean;
  /** Delta: a round repeats so many of the latest rows of the rounds before it. */
  readonly deltaReplays: number;
  /** Delta: the first round also tells, as removed, what was deleted before anybody asked. */
  readonly deltaRemovedAtFirst: boolean;
  /** Delta: occurrences come with `id`, `type`, `seriesMasterId`, `start` and `end` only. */
  readonly deltaSparseOccurrences: boolean;
  /** Delta: the rows of a page come in no order. */
  readonly deltaShuffled: boolean;
  /** Delta: a nextLink of a finished round is dead (410), or may be read again. */
  readonly deltaOldNextLinks: 'expired' | 'readable';

  /** Pages of lists and of delta end after so many rows whatever was asked for, which is a wish to the service; `null` for as many as asked for. */
  readonly largestPage: number | null;

  /** A device code is approved by `admin.approveDeviceCode`, or by the first poll. */
  readonly deviceCode: 'wait' | 'approve';
  /** Whether the app registration lets people sign in without its secret ("allow public client flows"). */
  readonly publicClient: 'allowed' | 'refused';

  /** Service-side rewriting: outer blanks of texts go. */
  readonly trimText: boolean;
  /** Service-side rewriting: phone numbers come back with other separators. */
  readonly reformatPhones: boolean;
  /** Service-side rewriting: event times lose their seconds. */
  readonly roundTimes: boolean;
  /** Service-side rewriting: task notes come back as HTML. */
  readonly htmlNotes: boolean;
}

/** What a simulator does unless told otherwise. */
export const defaultSwitches: GraphSwitches = {
  ifMatch: 'honoured',
  notFoundCode: 'ErrorItemNotFound',
  genderType: 'Short',
  primaryPhoneTag: 'accepted',
  faxTags: 'accepted',
  expandSeveralIds: 'accepted',
  extendedPropertyNull: 'refused',
  contactDeltaExpand: 'refused',
  taskDeltaExpand: 'accepted',
  contactsScope: 'default-folder',
  contactsDelta: 'accepted',
  eventsDelta: 'refused',
  transactionReplay: 'same-event',
  linkedResourceTouchesTask: true,
  displayNameRecomputed: 'name-parts',
  birthdayTime: null,
  maxEmailAddresses: 3,
  maxBusinessPhones: 2,
  maxHomePhones: 2,
  throttling: true,
  requestsPerTenMinutes: 10_000,
  inFlight: 4,
  todoInFlight: null,
  deltaEmptyFirstPage: false,
  deltaTrailingPage: false,
  deltaDuplicates: false,
  deltaReplays: 0,
  deltaRemovedAtFirst: false,
  deltaSparseOccurrences: false,
  deltaShuffled: false,
  largestPage: null,
  deltaOldNextLinks: 'expired',
  deviceCode: 'wait',
  publicClient: 'allowed',
  trimText: false,
  reformatPhones: false,
  roundTimes: false,
  htmlNotes: false,
};
