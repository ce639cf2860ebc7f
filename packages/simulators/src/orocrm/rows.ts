/** Whole seconds since 1970 (UTC): OroCRM stores no finer time. */
export type Seconds = number;

/** One row of `contact_email` or `contact_phone`. */
export interface EntryRow {
  readonly id: number;
  value: string;
  primary: boolean;
}

/** Text columns of a contact, in the order in which the service prints them. */
export const contactTextFields = [
  'namePrefix',
  'firstName',
  'middleName',
  'lastName',
  'nameSuffix',
  'gender',
  'birthday',
  'description',
  'jobTitle',
  'fax',
  'skype',
  'twitter',
  'facebook',
  'googlePlus',
  'linkedIn',
] as const;

/** A text column of a contact. `birthday` is `YYYY-MM-DD`, `gender` is `male` or `female`. */
export type ContactTextField = (typeof contactTextFields)[number];

/** A stored contact. `emails` and `phones` stand in the order the database would return them. */
export interface ContactRow extends Record<ContactTextField, string | null> {
  readonly id: number;
  createdAt: Seconds;
  updatedAt: Seconds;
  emails: EntryRow[];
  phones: EntryRow[];
  source: string | null;
  method: string | null;
  ownerId: number | null;
  assignedToId: number | null;
  reportsToId: number | null;
  createdById: number | null;
  updatedById: number | null;
  groupIds: number[];
  accountIds: number[];
  defaultInAccountIds: number[];
}

/** Text columns of an address, in the order in which the service prints them. */
export const addressTextFields = [
  'label',
  'street',
  'street2',
  'city',
  'postalCode',
  'organization',
  'customRegion',
  'namePrefix',
  'firstName',
  'middleName',
  'lastName',
  'nameSuffix',
] as const;

/** A text column of an address. */
export type AddressTextField = (typeof addressTextFields)[number];

/** A stored contact address. */
export interface AddressRow extends Record<AddressTextField, string | null> {
  readonly id: number;
  readonly ownerId: number;
  primary: boolean;
  types: string[];
  country: string;
  region: string | null;
  createdAt: Seconds;
  updatedAt: Seconds;
}

/** A record a task is about. */
export interface TargetRef {
  readonly type: string;
  readonly id: number;
}

/** A stored task. `workflowItem` is null where `task_flow` does not govern it. */
export interface TaskRow {
  readonly id: number;
  subject: string;
  description: string | null;
  dueDate: Seconds | null;
  createdAt: Seconds;
  updatedAt: Seconds;
  priority: string;
  status: string;
  ownerId: number | null;
  createdById: number | null;
  targets: TargetRef[];
  workflowItem: number | null;
}

/** One attendee of an event; `userId` where the address is a user's. */
export interface AttendeeRow {
  displayName: string;
  email: string;
  userId: number | null;
  status: string;
  type: string;
  createdAt: Seconds;
  updatedAt: Seconds;
}

/** The rule of a series. `endTime` and `occurrences` null: no end. */
export interface RecurrenceRow {
  readonly id: number;
  recurrenceType: string;
  interval: number;
  instance: number | null;
  dayOfWeek: string[];
  dayOfMonth: number | null;
  monthOfYear: number | null;
  startTime: Seconds;
  endTime: Seconds | null;
  occurrences: number | null;
  timeZone: string;
}

/** A stored calendar event: a single one, the series itself, or an exception of a series. */
export interface EventRow {
  readonly id: number;
  readonly uid: string;
  title: string;
  description: string | null;
  start: Seconds;
  end: Seconds;
  allDay: boolean;
  backgroundColor: string | null;
  createdAt: Seconds;
  updatedAt: Seconds;
  /** Null: the event is in no calendar and nobody sees it. */
  calendarId: number | null;
  /** The event of which this one is an attendee's copy. */
  parentEventId: number | null;
  recurringEventId: number | null;
  originalStart: Seconds | null;
  isCancelled: boolean;
  organizerEmail: string | null;
  organizerDisplayName: string | null;
  organizerUserId: number | null;
  invitationStatus: string;
  attendees: AttendeeRow[];
  recurrence: RecurrenceRow | null;
}

/** What a role allows. `own`: records whose owner is the user. */
export interface Role {
  readonly id: number;
  readonly label: string;
  readonly contacts: 'none' | 'own' | 'all';
  readonly tasks: 'none' | 'own' | 'all';
  readonly events: 'none' | 'own' | 'all';
  /** See other users and the own profile; without it `owner` reads null. */
  readonly users: boolean;
  /** See the organization; without it `organization` reads null [13]. */
  readonly organizations: boolean;
  readonly audit: boolean;
  /** Create asynchronous operations. */
  readonly batch: boolean;
  /** See workflow items and perform transitions. */
  readonly workflow: boolean;
}

/** A user of the back office. Each has a calendar of the same id. */
export interface UserRow {
  readonly id: number;
  username: string;
  password: string;
  apiKey: string;
  email: string;
  firstName: string;
  lastName: string;
  enabled: boolean;
  roleId: number;
  createdAt: Seconds;
}

/** A registered OAuth application. */
export interface OAuthClientRow {
  readonly id: string;
  readonly secret: string;
  readonly grants: readonly ('client_credentials' | 'password' | 'refresh_token')[];
  /** Whom `client_credentials` acts as. */
  readonly userId: number;
}

/** An issued token, access or refresh. */
export interface TokenRow {
  readonly token: string;
  readonly clientId: string;
  readonly userId: number;
  readonly expiresAt: Seconds;
  revoked: boolean;
  /** On a refresh token: the access token issued with it. */
  readonly accessToken?: string;
}

/** A row of the audit log, as the old REST API prints it (without what follows from the rest). */
export interface AuditRow {
  readonly id: number;
  readonly action: 'create' | 'update' | 'remove';
  readonly loggedAt: Seconds;
  readonly objectId: string;
  readonly objectClass: string;
  readonly objectName: string;
  readonly version: number;
  readonly transactionId: string;
  readonly userId: number | null;
  readonly additionalFields: Readonly<Record<string, string | number | null>> | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An asynchronous operation and what is left of its work. */
export interface OperationRow {
  readonly id: number;
  readonly entityType: string;
  readonly userId: number;
  readonly createdAt: Seconds;
  readonly createdAtMs: number;
  updatedAt: Seconds;
  status: 'new' | 'running' | 'success' | 'failed';
  progress: number | null;
  stepsDone: number;
  readonly items: readonly unknown[];
  readonly included: readonly unknown[];
  errors: OperationErrorRow[];
  createCount: number;
  updateCount: number;
  errorCount: number;
}

/** An error of an asynchronous operation; here the service writes the status as a number. */
export interface OperationErrorRow {
  readonly id: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | null;
  readonly pointer: string;
}
