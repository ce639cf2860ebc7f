import type { Actor } from './call.ts';
import * as contacts from './contacts.ts';
import * as containers from './containers.ts';
import { showEvent } from './event-answers.ts';
import * as events from './events.ts';
import type { Fault } from './faults.ts';
import { parseOccurrenceId } from './ids.ts';
import { findItem, itemsIn } from './items.ts';
import { addMailbox, findMailbox } from './mailbox.ts';
import { deliverLifecycle, deliverNotices, type FetchLike } from './notices.ts';
import { issueToken } from './oauth.ts';
import type { Preferences } from './prefer.ts';
import type { Application, Contact, Container, Event, Fields, GraphUser, Mailbox, SentMail, Task, World } from './state.ts';
import type { GraphSwitches } from './switches.ts';
import * as tasks from './tasks.ts';

/** Which mailbox, and where in it. Without `user` the first mailbox, without `in` the default folder, list or calendar. */
export interface Place {
  /** Id or user principal name. */
  readonly user?: string;
  /** Id of the folder, list or calendar. */
  readonly in?: string;
}

/** A folder, list or calendar as the tests see it. */
export interface AdminContainer {
  readonly id: string;
  readonly name: string;
  readonly wellKnown: 'none' | 'default' | 'flaggedEmails';
}

/** A record with everything on it: its API form with immutable id, all extended properties, linked resources, extensions. */
export type AdminRecord = Fields & { readonly id: string };

/** The members of a record to set, as a body of the API names them. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * Direct access, as a person in Outlook acts and as a test arranges. Bodies are those of the API; a person may also set
 * what the API truncates (the hour of a due date) or ignores (`organizer` of an invitation received). Records come back
 * with their immutable id. An `id` is of either form where the kind has two. Throws `GraphFailure` where the service
 * would refuse, also for an id that is not there; `Error` for a user or device code that is not.
 */
export interface GraphAdmin {
  readonly application: Application;
  /** Everybody with a mailbox, in the order in which they were added. */
  users(): readonly GraphUser[];
  /** A person with an empty mailbox; what is not given is made up: names from the user principal name, UTC, `en-US`. */
  addUser(user: Partial<GraphUser>): GraphUser;
  /** A delegated access token with all permissions this slice needs, valid for an hour of the clock. */
  signIn(user?: string, scopes?: readonly string[]): string;
  /** An access token of the application itself. */
  signInApplication(): string;
  /** All access tokens end now: the next request is a 401. */
  expireAccessTokens(): void;
  /** All refresh tokens end now; access tokens live on until they expire. */
  revokeRefreshTokens(): void;
  /** The person enters the code and agrees: the next poll gets tokens. Without `user` the first one does. */
  approveDeviceCode(userCode: string, user?: string): void;
  /** The person refuses: the next poll is told `authorization_declined`. */
  declineDeviceCode(userCode: string): void;
  /** False: every new token is refused with AADSTS65001. */
  consent(given: boolean): void;

  /** `in` is the folder. */
  createContact(body: Body, place?: Place): AdminRecord;
  /** Members the body does not name stay; `in` is not looked at. */
  updateContact(id: string, body: Body, place?: Place): AdminRecord;
  /** For good: there is no folder of deleted items. `in` is not looked at. */
  deleteContact(id: string, place?: Place): void;
  /** The immutable id stays, the other one changes. `in` is the target. */
  moveContact(id: string, place: Place): AdminRecord;
  /** A second contact with the same extended properties: a marker is copied too. */
  copyContact(id: string, place?: Place): AdminRecord;
  /** From any folder; `undefined` when the mailbox has none of this id. */
  getContact(id: string, place?: Place): AdminRecord | undefined;
  /** Of all folders without `in`. */
  listContacts(place?: Place): AdminRecord[];

  /** `in` is the list; a person may also use that of flagged e-mails, which the API refuses. */
  createTask(body: Body, place?: Place): AdminRecord;
  /** Members the body does not name stay. Linked resources and checklist items are refused here, as in the API. */
  updateTask(id: string, body: Body, place?: Place): AdminRecord;
  /** For good; `in` is not looked at. */
  deleteTask(id: string, place?: Place): void;
  /** Another task with another id; the linked resources come along. */
  moveTask(id: string, place: Place): AdminRecord;
  /** A second task with the same linked resources: a marker is copied too. Without `in` in the same list. */
  copyTask(id: string, place?: Place): AdminRecord;
  /** From any list; `undefined` when the mailbox has none of this id. */
  getTask(id: string, place?: Place): AdminRecord | undefined;
  /** Of all lists without `in`. */
  listTasks(place?: Place): AdminRecord[];

  /** `in` is the calendar. Attendees get their invitation (`outbox`); a `transactionId` seen before answers as the switch says. */
  createEvent(body: Body, place?: Place): AdminRecord;
  /** Also of an occurrence, by its id. */
  updateEvent(id: string, body: Body, place?: Place): AdminRecord;
  /** A series with all its occurrences, or one occurrence by its id. Attendees of an own meeting get a cancellation. */
  deleteEvent(id: string, place?: Place): void;
  /** The immutable id stays, the other one changes. `in` is the target. */
  moveEvent(id: string, place: Place): AdminRecord;
  /** A second event with the same extended properties and exceptions; nobody is invited. Without `in` in the same calendar. */
  copyEvent(id: string, place?: Place): AdminRecord;
  /** A single event or a series, from any calendar; `undefined` when there is none of this id, and for an occurrence. */
  getEvent(id: string, place?: Place): AdminRecord | undefined;
  /** Single events and series masters. */
  listEvents(place?: Place): AdminRecord[];

  /** `in` is the folder around it. */
  createFolder(name: string, place?: Place): AdminContainer;
  /** With the folders and contacts in it. */
  deleteFolder(id: string, place?: Place): void;
  /** All contact folders, the default one among them; `in` is not looked at. */
  folders(place?: Place): AdminContainer[];
  /** A task list; `in` is not looked at. */
  createList(name: string, place?: Place): AdminContainer;
  /** With the tasks in it. Nothing protects the lists that came with the mailbox here. */
  deleteList(id: string, place?: Place): void;
  /** All task lists, that of flagged e-mails among them. */
  lists(place?: Place): AdminContainer[];
  /** Refused (409) when the mailbox has a calendar of this name. */
  createCalendar(name: string, place?: Place): AdminContainer;
  /** With the events in it; attendees of own meetings get cancellations. */
  deleteCalendar(id: string, place?: Place): void;
  /** All calendars, the default one among them. */
  calendars(place?: Place): AdminContainer[];

  /** Mails that left the mailbox, oldest first. */
  outbox(place?: Place): readonly SentMail[];
  /** Forgets the mails of one mailbox, so that `outbox` shows what comes next. */
  clearOutbox(place?: Place): void;

  /**
   * Posts the notifications that wait, one request per subscription; answers how many were taken (2xx). Those not taken
   * are lost. Nothing is sent by itself: when notifications arrive, and late, is the test's choice.
   */
  deliverNotifications(): Promise<number>;
  /** The waiting notifications never arrive. Answers how many there were. */
  dropNotifications(): number;
  /** Tells a subscription's lifecycle URL; false when there is none or it does not answer 2xx. */
  sendLifecycle(subscriptionId: string, event: 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed'): Promise<boolean>;

  /** Every delta token given out so far answers 410 from now on. */
  expireDeltaTokens(): void;
  /** Takes effect at once. */
  setSwitch<Name extends keyof GraphSwitches>(name: Name, value: GraphSwitches[Name]): void;
  /** All switches as they stand, the defaults among them. */
  switches(): GraphSwitches;
  /** Queues something that goes wrong. */
  fault(fault: Fault): void;
  /** Faults not used up yet. */
  faults(): readonly Fault[];
  /** Takes back what was queued with `fault` and not used up. */
  clearFaults(): void;
}

const allScopes = ['Contacts.ReadWrite', 'Calendars.ReadWrite', 'Tasks.ReadWrite', 'User.Read', 'MailboxSettings.ReadWrite', 'offline_access'];
const prefer: Preferences = { immutableIds: true, textBody: false };
const zone = { name: 'UTC', iana: 'UTC' };

export function createAdmin(world: World, fetchLike: FetchLike | undefined): GraphAdmin {
  const actorOf = (place?: Place): Actor => ({ world, mailbox: findMailbox(world, place?.user), by: 'person' });
  const folderOf = (actor: Actor, place?: Place): Container => (place?.in === undefined ? contacts.defaultFolder(actor.mailbox) : contacts.findFolder(actor.mailbox, place.in));
  const listOf = (actor: Actor, place?: Place): Container => (place?.in === undefined ? defaultList(actor.mailbox) : tasks.findList(actor.mailbox, place.in));
  const calendarOf = (actor: Actor, place?: Place): Container => (place?.in === undefined ? events.defaultCalendar(actor.mailbox) : events.findCalendar(actor.mailbox, place.in));
  const contactIn = (actor: Actor, id: string): Contact => findItem(world, actor.mailbox, actor.mailbox.contacts, id);
  const taskIn = (actor: Actor, id: string): Task => findItem(world, actor.mailbox, actor.mailbox.tasks, id);
  const targetIn = (actor: Actor, id: string): events.Target => {
    const direct = actor.mailbox.events.get(id) ?? actor.mailbox.events.get(actor.mailbox.aliases.get(id) ?? '');
    if (direct) return { event: direct };
    const occurrence = parseOccurrenceId(id);
    const event = findItem(world, actor.mailbox, actor.mailbox.events, occurrence?.masterId ?? id);
    return occurrence ? { event, day: occurrence.day } : { event };
  };
  const eventIn = (actor: Actor, id: string): Event => targetIn(actor, id).event;

  const showContact = (contact: Contact): AdminRecord => whole(contacts.showContact({ world, prefer }, contact, []), contact);
  const showTask = (task: Task): AdminRecord => ({ ...whole(tasks.showTask({ world, zone }, task, []), task), linkedResources: task.linked.map(tasks.showLinked), parentFolderId: task.parent });
  const showTarget = (actor: Actor, target: events.Target): AdminRecord => whole(showEvent({ world, prefer, zone, mailbox: actor.mailbox }, target, []), target.event);

  return {
    application: world.application,
    users: () => [...world.mailboxes.values()].map(({ user }) => user),
    addUser: (user) => addMailbox(world, user).user,
    signIn: (user, scopes = allScopes) => issueToken(world, scopes, findMailbox(world, user).user.id),
    signInApplication: () => issueToken(world, world.application.roles),
    expireAccessTokens: () => world.tokens.clear(),
    revokeRefreshTokens: () => world.refreshTokens.clear(),
    approveDeviceCode: (userCode, user) => {
      deviceOf(world, userCode).userId = findMailbox(world, user).user.id;
    },
    declineDeviceCode: (userCode) => {
      deviceOf(world, userCode).declined = true;
    },
    consent: (given) => {
      world.consented = given;
    },

    createContact: (body, place) => {
      const actor = actorOf(place);
      return showContact(contacts.createContact(actor, folderOf(actor, place), body));
    },
    updateContact: (id, body, place) => {
      const actor = actorOf(place);
      const contact = contactIn(actor, id);
      contacts.updateContact(actor, contact, body);
      return showContact(contact);
    },
    deleteContact: (id, place) => {
      const actor = actorOf(place);
      contacts.deleteContact(actor, contactIn(actor, id));
    },
    moveContact: (id, place) => {
      const actor = actorOf(place);
      const contact = contactIn(actor, id);
      contacts.moveContact(actor, contact, folderOf(actor, place));
      return showContact(contact);
    },
    copyContact: (id, place) => {
      const actor = actorOf(place);
      const original = contactIn(actor, id);
      const parent = place?.in === undefined ? original.parent : folderOf(actor, place).key;
      const copy: Contact = { ...original, ...fresh(actor), parent };
      contacts.storeContact(actor, copy);
      return showContact(copy);
    },
    getContact: (id, place) => {
      const { mailbox } = actorOf(place);
      const contact = mailbox.contacts.get(id) ?? mailbox.contacts.get(mailbox.aliases.get(id) ?? '');
      return contact && showContact(contact);
    },
    listContacts: (place) => {
      const { mailbox } = actorOf(place);
      return [...(place?.in === undefined ? mailbox.contacts.values() : itemsIn(mailbox, mailbox.contacts, place.in))].map(showContact);
    },

    createTask: (body, place) => {
      const actor = actorOf(place);
      return showTask(tasks.createTask(actor, listOf(actor, place), body));
    },
    updateTask: (id, body, place) => {
      const actor = actorOf(place);
      const task = taskIn(actor, id);
      tasks.updateTask(actor, task, body);
      return showTask(task);
    },
    deleteTask: (id, place) => {
      const actor = actorOf(place);
      tasks.deleteTask(actor, taskIn(actor, id));
    },
    moveTask: (id, place) => {
      const actor = actorOf(place);
      const original = taskIn(actor, id);
      const { key, mutableId, ...rest } = original;
      const moved = copyOfTask(actor, { ...rest, key, mutableId }, listOf(actor, place).key);
      tasks.deleteTask(actor, original);
      tasks.storeTask(actor, moved);
      return showTask(moved);
    },
    copyTask: (id, place) => {
      const actor = actorOf(place);
      const original = taskIn(actor, id);
      const copy = copyOfTask(actor, original, place?.in ?? original.parent);
      tasks.storeTask(actor, copy);
      return showTask(copy);
    },
    getTask: (id, place) => {
      const task = actorOf(place).mailbox.tasks.get(id);
      return task && showTask(task);
    },
    listTasks: (place) => {
      const { mailbox } = actorOf(place);
      return [...(place?.in === undefined ? mailbox.tasks.values() : itemsIn(mailbox, mailbox.tasks, place.in))].map(showTask);
    },

    createEvent: (body, place) => {
      const actor = actorOf(place);
      return showTarget(actor, { event: events.createEvent(actor, calendarOf(actor, place), body) });
    },
    updateEvent: (id, body, place) => {
      const actor = actorOf(place);
      const target = targetIn(actor, id);
      events.updateEvent(actor, target, body);
      return showTarget(actor, target);
    },
    deleteEvent: (id, place) => {
      const actor = actorOf(place);
      events.deleteEvent(actor, targetIn(actor, id));
    },
    moveEvent: (id, place) => {
      const actor = actorOf(place);
      const event = eventIn(actor, id);
      events.moveEvent(actor, event, calendarOf(actor, place));
      return showTarget(actor, { event });
    },
    copyEvent: (id, place) => {
      const actor = actorOf(place);
      const original = eventIn(actor, id);
      const parent = place?.in === undefined ? original.parent : calendarOf(actor, place).key;
      const copy: Event = { ...original, ...fresh(actor), parent, exceptions: { ...original.exceptions }, versions: [], transactionId: null };
      events.storeEvent(actor, copy);
      return showTarget(actor, { event: copy });
    },
    getEvent: (id, place) => {
      const actor = actorOf(place);
      const event = actor.mailbox.events.get(id) ?? actor.mailbox.events.get(actor.mailbox.aliases.get(id) ?? '');
      return event && showTarget(actor, { event });
    },
    listEvents: (place) => {
      const actor = actorOf(place);
      const { mailbox } = actor;
      return [...(place?.in === undefined ? mailbox.events.values() : itemsIn(mailbox, mailbox.events, place.in))].map((event) => showTarget(actor, { event }));
    },

    createFolder: (name, place) => {
      const actor = actorOf(place);
      return showContainer(containers.createFolder(actor, { displayName: name }, folderOf(actor, place).key));
    },
    deleteFolder: (id, place) => {
      const actor = actorOf(place);
      containers.removeFolder(actor, contacts.findFolder(actor.mailbox, id));
    },
    folders: (place) => [...actorOf(place).mailbox.folders.values()].map(showContainer),
    createList: (name, place) => showContainer(containers.createList(actorOf(place), { displayName: name })),
    deleteList: (id, place) => {
      const actor = actorOf(place);
      containers.removeList(actor, tasks.findList(actor.mailbox, id));
    },
    lists: (place) => [...actorOf(place).mailbox.lists.values()].map(showContainer),
    createCalendar: (name, place) => showContainer(containers.createCalendar(actorOf(place), { name })),
    deleteCalendar: (id, place) => {
      const actor = actorOf(place);
      containers.removeCalendar(actor, events.findCalendar(actor.mailbox, id));
    },
    calendars: (place) => [...actorOf(place).mailbox.calendars.values()].map(showContainer),

    outbox: (place) => [...actorOf(place).mailbox.outbox],
    clearOutbox: (place) => {
      actorOf(place).mailbox.outbox.length = 0;
    },

    deliverNotifications: () => deliverNotices(world, fetchLike),
    dropNotifications: () => world.notices.splice(0).length,
    sendLifecycle: (subscriptionId, event) => deliverLifecycle(world, fetchLike, subscriptionId, event),

    expireDeltaTokens: () => {
      world.deltaGeneration += 1;
    },
    setSwitch: (name, value) => {
      world.switches = { ...world.switches, [name]: value };
    },
    switches: () => world.switches,
    fault: (fault) => {
      world.faults.push({ ...fault });
    },
    faults: () => [...world.faults],
    clearFaults: () => {
      world.faults.length = 0;
    },
  };
}

function whole(shown: Fields, item: Contact): AdminRecord {
  return { ...shown, id: String(shown['id']), singleValueExtendedProperties: Object.values(item.extended).map(({ id, value }) => ({ id, value })), extensions: Object.values(item.extensions) };
}

/** Ids, change key and times of a copy. */
function fresh(actor: Actor): { key: string; mutableId: string; changeKey: string; createdMs: number; modifiedMs: number; extensions: Contact['extensions'] } {
  const { mint } = actor.mailbox;
  const now = actor.world.env.now();
  return { key: mint.immutable(), mutableId: mint.mutable(), changeKey: mint.changeKey(), createdMs: now, modifiedMs: now, extensions: {} };
}

function copyOfTask(actor: Actor, original: Task, parent: string): Task {
  const copy = fresh(actor);
  return { ...original, ...copy, mutableId: copy.key, parent };
}

function defaultList(mailbox: Mailbox): Container {
  for (const list of mailbox.lists.values()) if (list.wellKnown === 'default') return list;
  throw new Error('a mailbox has a default task list');
}

function showContainer(container: Container): AdminContainer {
  return { id: container.key, name: container.name, wellKnown: container.wellKnown };
}

function deviceOf(world: World, userCode: string): { userId?: string; declined?: boolean } {
  for (const device of world.deviceCodes.values()) if (device.userCode === userCode) return device;
  throw new Error(`no such device code: ${userCode}`);
}
