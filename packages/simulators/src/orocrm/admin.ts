import { issueToken } from './auth.ts';
import { runConsumer, runOperationStep } from './consumer.ts';
import type { Fault, Faults } from './faults.ts';
import { draftOf } from './json-api/address-form.ts';
import { deleteContact, writeContact, type AddressDraft, type AddressPlan, type ContactChange, type ContactLinks } from './records/contacts.ts';
import { createEvent, deleteEvent, updateEvent, type EventChange, type RuleInput } from './records/events.ts';
import { createTask, deleteTask, setWorkflowActive, transit, updateTask, type TaskChange } from './records/tasks.ts';
import {
  addressTextFields,
  contactTextFields,
  type AddressRow,
  type AuditRow,
  type ContactRow,
  type EntryRow,
  type EventRow,
  type OAuthClientRow,
  type Role,
  type TaskRow,
  type UserRow,
} from './rows.ts';
import type { OroAddressInput, OroContactInput, OroEventInput, OroRuleInput, OroSeed, OroTaskInput } from './seed.ts';
import type { OroKind, Store } from './store.ts';
import type { OroSwitches } from './switches.ts';

/** A stored contact with its addresses. Times are whole seconds since 1970. A snapshot: changing it changes nothing. */
export type OroContact = Readonly<ContactRow> & { readonly addresses: readonly Readonly<AddressRow>[] };

/** A stored task. Times are whole seconds since 1970. */
export type OroTask = Readonly<TaskRow>;

/** A stored event. Times are whole seconds since 1970. */
export type OroEvent = Readonly<EventRow>;

/**
 * Direct access as the back office has it: no HTTP, no rights, user 1 unless told otherwise. Other than through the
 * API, a change of e-mails, phones or addresses moves the contact's `updatedAt` here [14].
 * Methods throw `TypeError` for records that do not exist: a mistake of the test, not an answer of the service.
 */
export class OroAdmin {
  readonly #store: Store;
  /** Faults for requests to come. */
  readonly faults: {
    /** Orders one; of several that match a request the one ordered first hits it. */
    add(fault: Fault): void;
    /** Takes back all that are left. */
    clear(): void;
    /** How many requests are still to be hit. */
    readonly left: number;
  };

  /** @internal Only a simulator has a store to be administered; it offers this as `admin`. */
  constructor(store: Store, faults: Faults) {
    this.#store = store;
    this.faults = faults;
  }

  /** A user creates a contact. */
  createContact(input: OroContactInput, userId = 1): OroContact {
    return this.#contact(writeContact(this.#store, undefined, this.#contactChange(undefined, { ownerId: userId, ...input }), userId, 'back-office'));
  }

  /** A user saves the form of a contact. */
  updateContact(id: number, input: OroContactInput, userId = 1): OroContact {
    const row = found(this.#store.contacts, id, 'contact');
    return this.#contact(writeContact(this.#store, row, this.#contactChange(row, input), userId, 'back-office'));
  }

  /** A user deletes a contact, with its addresses. */
  deleteContact(id: number, userId = 1): void {
    deleteContact(this.#store, found(this.#store.contacts, id, 'contact'), userId);
  }

  /** A stored contact; `undefined` when there is none. */
  contact(id: number): OroContact | undefined {
    const row = this.#store.contacts.get(id);
    return row === undefined ? undefined : this.#contact(row);
  }

  /** Every stored contact, hidden ones included, by id. */
  listContacts(): OroContact[] {
    return [...this.#store.contacts.values()].map((row) => this.#contact(row));
  }

  /** A user creates a task; the workflow starts for it while it is active. */
  createTask(input: OroTaskInput & { readonly subject: string }, userId = 1): OroTask {
    const row = createTask(this.#store, { ...taskChange(input), subject: input.subject }, userId);
    return copyOfTask(row);
  }

  /** A user saves the form of a task. A status given here is set without the workflow. */
  updateTask(id: number, input: OroTaskInput, userId = 1): OroTask {
    return copyOfTask(updateTask(this.#store, found(this.#store.tasks, id, 'task'), taskChange(input), userId));
  }

  /** Throws `Error` with the service's words when the step has no such transition. */
  transitionTask(id: number, transition: 'start_progress' | 'stop_progress' | 'close' | 'reopen', userId = 1): OroTask {
    const row = found(this.#store.tasks, id, 'task');
    const problem = transit(this.#store, row, transition, userId);
    if (problem !== undefined) throw new Error(problem.message);
    return copyOfTask(row);
  }

  /** A user deletes a task. */
  deleteTask(id: number, userId = 1): void {
    deleteTask(this.#store, found(this.#store.tasks, id, 'task'), userId);
  }

  /** A stored task; `undefined` when there is none. */
  task(id: number): OroTask | undefined {
    const row = this.#store.tasks.get(id);
    return row === undefined ? undefined : copyOfTask(row);
  }

  /** Every stored task, hidden ones included, by id. */
  listTasks(): OroTask[] {
    return [...this.#store.tasks.values()].map(copyOfTask);
  }

  /** A user creates an event, by default in the own calendar. */
  createEvent(input: OroEventInput & { readonly title: string; readonly start: number; readonly end: number }, userId = 1): OroEvent {
    const change = { calendarId: userId, ...eventChange(input) };
    return structuredClone(createEvent(this.#store, { ...change, title: input.title, start: seconds(input.start), end: seconds(input.end) }, userId));
  }

  /** A user saves the form of an event. */
  updateEvent(id: number, input: OroEventInput, userId = 1): OroEvent {
    return structuredClone(updateEvent(this.#store, found(this.#store.events, id, 'event'), eventChange(input), userId));
  }

  /** A user deletes an event; a series takes its exceptions along. */
  deleteEvent(id: number, userId = 1): void {
    deleteEvent(this.#store, found(this.#store.events, id, 'event'), userId);
  }

  /** A stored event; `undefined` when there is none. */
  event(id: number): OroEvent | undefined {
    return structuredClone(this.#store.events.get(id));
  }

  /** Stored rows: single events, series, exceptions and attendees' copies. */
  listEvents(): OroEvent[] {
    return structuredClone([...this.#store.events.values()]);
  }

  /** Hides a record from every user of the API: gone from lists and counts, 403 by id, never 404. */
  setVisible(kind: OroKind, id: number, visible: boolean): void {
    if (visible) this.#store.hidden[kind].delete(id);
    else this.#store.hidden[kind].add(id);
  }

  /** How the installation is set up now. */
  get switches(): OroSwitches {
    return this.#store.switches;
  }

  /** Sets one switch. Switching the workflow off deletes every workflow item, as in the service. */
  setSwitch<Name extends keyof OroSwitches>(name: Name, value: OroSwitches[Name]): void {
    if (name === 'workflowActive') setWorkflowActive(this.#store, value === true);
    else this.#store.switches = { ...this.#store.switches, [name]: value };
  }

  /** The background job `oro:activity-contact:recalculate`: moves `updatedAt` of every contact without any change. */
  recalculateActivity(): void {
    const now = this.#store.now();
    for (const row of this.#store.contacts.values()) row.updatedAt = now;
  }

  /** Lets the message-queue consumer do everything that waits: audit log and asynchronous operations. */
  runConsumer(): void {
    runConsumer(this.#store);
  }

  /** One step of one asynchronous operation; false when it is finished. */
  runOperationStep(id: number): boolean {
    return runOperationStep(this.#store, id);
  }

  /** The audit log as far as the consumer has written it. */
  listAudits(): readonly AuditRow[] {
    return [...this.#store.audits];
  }

  /** Every user, disabled ones included. */
  listUsers(): readonly Readonly<UserRow>[] {
    return [...this.#store.users.values()].map((user) => ({ ...user }));
  }

  /** A new user, with a calendar of the same id; `roleId` 1 nothing, 2 own records, 3 administrator, 4 sales. */
  createUser(input: { readonly username: string; readonly firstName?: string; readonly lastName?: string; readonly email?: string; readonly roleId?: number }): Readonly<UserRow> {
    const { username } = input;
    const row: UserRow = {
      id: this.#store.nextId('user'),
      username,
      password: username,
      apiKey: `key-${username}`,
      email: input.email ?? `${username}@example.com`,
      firstName: input.firstName ?? username,
      lastName: input.lastName ?? 'User',
      enabled: true,
      roleId: input.roleId ?? 2,
      createdAt: this.#store.now(),
    };
    this.#store.users.set(row.id, row);
    return { ...row };
  }

  /** Changes a user; `enabled: false` ends every sign-in at once. */
  updateUser(id: number, input: Partial<Omit<UserRow, 'id' | 'createdAt'>>): Readonly<UserRow> {
    return { ...Object.assign(found(this.#store.users, id, 'user'), input) };
  }

  /** A new role. */
  createRole(input: Omit<Role, 'id'>): Role {
    const role = { id: this.#store.nextId('role'), ...input };
    this.#store.roles.set(role.id, role);
    return role;
  }

  /** Every OAuth application, with its secret. */
  listClients(): readonly OAuthClientRow[] {
    return [...this.#store.clients.values()];
  }

  /** A new OAuth application, or another secret for a known id. */
  createClient(client: OAuthClientRow): void {
    this.#store.clients.set(client.id, client);
  }

  /** A valid access token without a request. */
  issueToken(userId = 1): string {
    const client = this.#store.clients.values().next().value;
    if (client === undefined) throw new TypeError('no OAuth client');
    return issueToken(this.#store, client, userId);
  }

  /** Adds records as loading demo data does: as the back office, and without a trace in the audit log. */
  load(seed: OroSeed): void {
    const { audit } = this.#store.switches;
    this.setSwitch('audit', false);
    for (const contact of seed.contacts ?? []) this.createContact(contact);
    for (const task of seed.tasks ?? []) this.createTask(task);
    for (const event of seed.events ?? []) this.createEvent(event);
    this.setSwitch('audit', audit);
  }

  #contact(row: ContactRow): OroContact {
    const addresses = this.#store.addressesOf(row.id).map((address) => ({ ...address, types: [...address.types] }));
    return { ...row, emails: row.emails.map((entry) => ({ ...entry })), phones: row.phones.map((entry) => ({ ...entry })), addresses };
  }

  #contactChange(row: ContactRow | undefined, input: OroContactInput): ContactChange {
    const text: Partial<Record<(typeof contactTextFields)[number], string | null>> = {};
    for (const name of contactTextFields) {
      const value = input[name];
      if (value !== undefined) text[name] = value;
    }
    const links: Partial<ContactLinks> = {};
    for (const name of ['ownerId', 'assignedToId', 'source', 'method'] as const) {
      if (input[name] !== undefined) Object.assign(links, { [name]: input[name] });
    }
    const emails = entriesOf(row?.emails, input.emails, input.primaryEmail);
    const phones = entriesOf(row?.phones, input.phones, input.primaryPhone);
    return {
      text,
      links,
      ...(emails === undefined ? {} : { emails }),
      ...(phones === undefined ? {} : { phones }),
      ...(input.addresses === undefined ? {} : { addresses: input.addresses.map((address) => this.#addressPlan(address)) }),
    };
  }

  #addressPlan(input: OroAddressInput): AddressPlan {
    const present = input.id === undefined ? undefined : found(this.#store.addresses, input.id, 'address');
    const blank = Object.fromEntries(addressTextFields.map((name) => [name, null])) as Record<(typeof addressTextFields)[number], null>;
    const { id, types, ...given } = input;
    const draft: AddressDraft = {
      ...(present === undefined ? { ...blank, primary: false, region: null, types: [] } : draftOf(present)),
      ...given,
      ...(types === undefined ? {} : { types: [...types] }),
    };
    return id === undefined ? { draft } : { id, draft };
  }
}

function found<Row>(rows: ReadonlyMap<number, Row>, id: number, kind: string): Row {
  const row = rows.get(id);
  if (row === undefined) throw new TypeError(`no ${kind} ${id}`);
  return row;
}

function entriesOf(
  current: readonly EntryRow[] | undefined,
  values: readonly string[] | undefined,
  named: string | undefined,
): ContactChange['emails'] | undefined {
  if (values === undefined && named === undefined) return undefined;
  const list = values ?? current?.map((entry) => entry.value) ?? (named === undefined ? [] : [named]);
  const old = current?.find((entry) => entry.primary)?.value;
  return { values: list, primary: named ?? (old !== undefined && list.includes(old) ? old : (list[0] ?? null)) };
}

function taskChange({ dueDate, ...rest }: OroTaskInput): TaskChange {
  return { ...rest, ...(dueDate === undefined ? {} : { dueDate: dueDate === null ? null : seconds(dueDate) }) };
}

function copyOfTask(row: TaskRow): OroTask {
  return { ...row, targets: [...row.targets] };
}

function eventChange({ start, end, originalStart, recurrence, ...rest }: OroEventInput): EventChange {
  return {
    ...rest,
    ...(start === undefined ? {} : { start: seconds(start) }),
    ...(end === undefined ? {} : { end: seconds(end) }),
    ...(originalStart === undefined ? {} : { originalStart: seconds(originalStart) }),
    ...(recurrence === undefined ? {} : { recurrence: recurrence === null ? null : toRule(recurrence) }),
  };
}

function toRule(input: OroRuleInput): RuleInput {
  return {
    recurrenceType: input.recurrenceType,
    interval: input.interval,
    instance: input.instance ?? null,
    dayOfWeek: [...(input.dayOfWeek ?? [])],
    dayOfMonth: input.dayOfMonth ?? null,
    monthOfYear: input.monthOfYear ?? null,
    startTime: seconds(input.startTime),
    endTime: input.endTime === undefined ? null : seconds(input.endTime),
    occurrences: input.occurrences ?? null,
    timeZone: input.timeZone,
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
