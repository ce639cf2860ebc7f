import type { Json } from '../shared/json.ts';
import type { Counting } from '../shared/counting.ts';
import type { SimulatorEnv } from '../shared/simulator.ts';
import type { ChangeLog } from './change-log.ts';
import type { Fault } from './faults.ts';
import type { IdMint } from './ids.ts';
import type { GraphSwitches } from './switches.ts';

/** Stored values as the API shows them. */
export type Fields = Record<string, Json>;

/** What contacts, tasks and events have in common in the store. */
export interface Item {
  /** The immutable id, and the name of the item in every index here. */
  readonly key: string;
  mutableId: string;
  /** Key of the folder, list or calendar. */
  parent: string;
  changeKey: string;
  readonly createdMs: number;
  modifiedMs: number;
  fields: Fields;
  /** By canonical id. */
  extended: Record<string, ExtendedProperty>;
  /** Open extensions by lower-case name. */
  extensions: Record<string, Fields>;
}

export interface ExtendedProperty {
  readonly id: string;
  readonly value: string;
}

export type Contact = Item;

export interface Task extends Item {
  linked: LinkedResource[];
  checklist: ChecklistItem[];
  bodyModifiedMs: number;
}

export interface LinkedResource {
  readonly id: string;
  webUrl: string | null;
  applicationName: string | null;
  displayName: string | null;
  externalId: string | null;
}

export interface ChecklistItem {
  readonly id: string;
  displayName: string;
  isChecked: boolean;
  readonly createdMs: number;
  checkedMs: number | null;
}

/** When an event is: wall times in the zones they were given in. */
export interface EventTimes {
  readonly startWall: string;
  readonly startZone: string;
  readonly endWall: string;
  readonly endZone: string;
  readonly isAllDay: boolean;
}

export interface Event extends Item {
  times: EventTimes;
  recurrence: Recurrence | null;
  /** Edited occurrences by the day of the pattern. */
  exceptions: Record<string, EventException>;
  /** Cancelled or deleted occurrences, days of the pattern. */
  cancelled: string[];
  /** What the calendar view showed before a change of pattern or time: delta reports what is no longer there. */
  versions: EventVersion[];
  readonly transactionId: string | null;
}

export interface EventException {
  fields: Fields;
  times: EventTimes;
  changeKey: string;
  modifiedMs: number;
  extended: Record<string, ExtendedProperty>;
}

export interface EventVersion {
  /** Sequence number of the change that replaced this version. */
  readonly untilSeq: number;
  readonly times: EventTimes;
  readonly recurrence: Recurrence | null;
  readonly exceptions: Record<string, EventTimes>;
  readonly cancelled: readonly string[];
}

export interface Recurrence {
  readonly pattern: {
    readonly type: 'daily' | 'weekly' | 'absoluteMonthly' | 'relativeMonthly' | 'absoluteYearly' | 'relativeYearly';
    readonly interval: number;
    readonly month: number;
    readonly dayOfMonth: number;
    readonly daysOfWeek: readonly string[];
    readonly firstDayOfWeek: string;
    readonly index: string;
  };
  readonly range: {
    readonly type: 'endDate' | 'noEnd' | 'numbered';
    readonly startDate: string;
    readonly endDate: string;
    readonly recurrenceTimeZone: string;
    readonly numberOfOccurrences: number;
  };
}

/** A contact folder, a task list or a calendar. */
export interface Container {
  readonly key: string;
  name: string;
  /** Contact folders only. */
  readonly parent: string | null;
  changeKey: string;
  readonly wellKnown: 'none' | 'default' | 'flaggedEmails';
  extensions: Record<string, Fields>;
}

/** A mail that left the mailbox, so that tests can assert that none did. */
export interface SentMail {
  readonly type: 'invitation' | 'update' | 'cancellation' | 'response';
  readonly to: readonly string[];
  readonly subject: string;
  readonly eventId: string;
  readonly atMs: number;
  /** Sent because of an API request, or because a person acted in Outlook. */
  readonly by: 'api' | 'person';
}

/** A person with a mailbox. */
export interface GraphUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly mail: string;
  /** Windows or IANA name, as in the mailbox settings. */
  timeZone: string;
  readonly language: string;
}

export interface Mailbox {
  readonly user: GraphUser;
  readonly tag: string;
  readonly mint: IdMint;
  readonly folders: Map<string, Container>;
  readonly lists: Map<string, Container>;
  readonly calendars: Map<string, Container>;
  readonly contacts: Map<string, Contact>;
  readonly tasks: Map<string, Task>;
  readonly events: Map<string, Event>;
  /** Mutable id to key. */
  readonly aliases: Map<string, string>;
  /** Keys by container. */
  readonly members: Map<string, Set<string>>;
  readonly logs: Map<string, ChangeLog>;
  /** Transaction id to key of the event, also of one deleted since. */
  readonly transactions: Map<string, string>;
  readonly categories: Fields[];
  readonly outbox: SentMail[];
  /** Requests by second since 1970, of the last ten minutes. */
  readonly requestSeconds: Map<number, number>;
  inFlight: number;
  todoInFlight: number;
}

export interface Token {
  /** `undefined` for an application without a user. */
  readonly userId?: string;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
}

export interface RefreshToken {
  readonly userId: string;
  readonly scopes: readonly string[];
  /** The token this one replaces: dead as soon as this one is used. */
  readonly replaces?: string;
}

export interface DeviceCode {
  readonly userCode: string;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
  userId?: string;
  declined?: boolean;
}

export interface AuthorizationCode {
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly challenge?: string;
  /** The challenge is the verifier's SHA-256. */
  readonly hashed?: boolean;
  readonly expiresMs: number;
}

export interface Subscription {
  readonly id: string;
  readonly fields: Fields;
  expiresMs: number;
  readonly userId: string;
  /** The change log it listens to. */
  readonly chain: string;
  /** The `Prefer` of its creation decides which ids its notifications carry. */
  readonly immutableIds: boolean;
}

/** A notification that was not delivered yet. */
export interface Notice {
  readonly subscriptionId: string;
  readonly changeType: 'created' | 'updated' | 'deleted';
  readonly itemId: string;
  readonly changeKey: string | null;
}

/** The one registered application: what `client_id` and `client_secret` have to be. */
export interface Application {
  /** Any name of it is taken in the path of the token endpoint. */
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Application permissions that were consented to. */
  readonly roles: readonly string[];
  /** Where browsers may be sent back to; anywhere when absent. */
  readonly redirectUris?: readonly string[];
}

/** Everything a running simulator holds. */
export interface World {
  readonly env: SimulatorEnv;
  /** Origin of the links in answers, without a trailing slash and without `/v1.0`. */
  readonly origin: string;
  switches: GraphSwitches;
  readonly application: Application;
  readonly counting: Counting;
  readonly mailboxes: Map<string, Mailbox>;
  readonly tokens: Map<string, Token>;
  readonly refreshTokens: Map<string, RefreshToken>;
  readonly deviceCodes: Map<string, DeviceCode>;
  readonly authorizationCodes: Map<string, AuthorizationCode>;
  readonly subscriptions: Map<string, Subscription>;
  /** Rounds of delta whose nextLinks may still be read. */
  readonly openRounds: Set<string>;
  readonly faults: Fault[];
  /** Waiting to be delivered; not part of the saved state. */
  readonly notices: Notice[];
  consented: boolean;
  /** Delta tokens of an older generation have expired. */
  deltaGeneration: number;
  /** Last number given to a change, an id or a change key. */
  sequence: number;
}

export function nextSequence(world: World): number {
  world.sequence += 1;
  return world.sequence;
}
