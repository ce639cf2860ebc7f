import { isObject, type Json } from '../shared/json.ts';
import type { Actor } from './call.ts';
import { hasOccurrence, occurrenceTimes, shapeOf } from './expand.ts';
import { readExtensions } from './extensions.ts';
import { writeExtended } from './extended.ts';
import { badProperty, badRequest, GraphFailure, notFound } from './failure.ts';
import { randomText } from './ids.ts';
import { adopt, count, disown, logChange, touch } from './items.ts';
import { eventProperties, readProperties } from './properties.ts';
import { neighbours, readRecurrence } from './recurrence.ts';
import type { Container, Event, EventException, EventVersion, Fields, Mailbox, SentMail } from './state.ts';
import { trimTexts } from './rewriting.ts';
import { readEventTimes } from './times.ts';

/** An event, or one occurrence of it when `day` is set. */
export interface Target {
  readonly event: Event;
  readonly day?: string;
}

const emptyEvent: Fields = {
  categories: [],
  reminderMinutesBeforeStart: 15,
  isReminderOn: true,
  hideAttendees: false,
  subject: '',
  importance: 'normal',
  sensitivity: 'normal',
  responseRequested: true,
  showAs: 'busy',
  isOnlineMeeting: false,
  onlineMeetingProvider: 'unknown',
  allowNewTimeProposals: true,
  body: { contentType: 'html', content: '' },
  location: { displayName: '', locationType: 'default', uniqueIdType: 'unknown', address: {}, coordinates: {} },
  locations: [],
  attendees: [],
};

/** Changes only the owner of the mailbox sees; no attendee is told about them. */
const localProperties = new Set(['categories', 'isReminderOn', 'reminderMinutesBeforeStart', 'showAs', 'sensitivity', 'singleValueExtendedProperties', 'extensions']);

export function defaultCalendar(mailbox: Mailbox): Container {
  for (const calendar of mailbox.calendars.values()) if (calendar.wellKnown === 'default') return calendar;
  throw new Error('a mailbox has a default calendar');
}

export function findCalendar(mailbox: Mailbox, id: string): Container {
  const calendar = mailbox.calendars.get(id);
  if (!calendar) throw notFound('ErrorItemNotFound');
  return calendar;
}

/** Creates an event; a `transactionId` seen before answers the first event instead. Attendees get their invitation. */
export function createEvent(actor: Actor, calendar: Container, body: Readonly<Record<string, unknown>>): Event {
  const { world, mailbox } = actor;
  const replayed = replayOf(actor, body['transactionId']);
  if (replayed) return replayed;
  const fields = withLocations(readEvent(actor, body));
  const times = readEventTimes(body, undefined, world.switches.roundTimes);
  const now = world.env.now();
  const user = { emailAddress: { name: mailbox.user.displayName, address: mailbox.user.mail } };
  const organizer = actor.by === 'person' && isObject(body['organizer']) ? (body['organizer'] as Json) : user;
  const event: Event = {
    key: mailbox.mint.immutable(),
    mutableId: mailbox.mint.mutable(),
    parent: calendar.key,
    changeKey: mailbox.mint.changeKey(),
    createdMs: now,
    modifiedMs: now,
    fields: {
      ...emptyEvent,
      ...fields,
      organizer,
      isOrganizer: organizer === user,
      responseStatus: { response: organizer === user ? 'organizer' : 'notResponded', time: '0001-01-01T00:00:00Z' },
      iCalUId: `040000008200E00074C5B7101A82E008${hexText(randomText(world.env.random, 16))}`,
    },
    times,
    recurrence: body['recurrence'] === undefined || body['recurrence'] === null ? null : readRecurrence(body['recurrence'], times.startWall.slice(0, 10)),
    exceptions: {},
    cancelled: [],
    versions: [],
    transactionId: typeof body['transactionId'] === 'string' ? body['transactionId'] : null,
    extended: 'singleValueExtendedProperties' in body ? writeExtended(actor, {}, body['singleValueExtendedProperties']) : {},
    extensions: 'extensions' in body ? readExtensions(body['extensions']) : {},
  };
  if (event.transactionId !== null) mailbox.transactions.set(event.transactionId, event.key);
  storeEvent(actor, event);
  sendMail(actor, 'invitation', event, attendeesOf(event.fields));
  count(actor, 'event', 'created');
  return event;
}

export function storeEvent(actor: Actor, event: Event): void {
  actor.mailbox.events.set(event.key, event);
  adopt(actor.mailbox, event);
  logChange(actor, `events:${event.parent}`, event.key);
}

/** Changes an event or one occurrence of a series, which then becomes an exception. */
export function updateEvent(actor: Actor, target: Target, body: Readonly<Record<string, unknown>>): void {
  const { event } = target;
  if (body['transactionId'] !== undefined && body['transactionId'] !== event.transactionId) throw badProperty('The transactionId of an event cannot be changed.');
  const before = attendeesOf(event.fields);
  if (target.day === undefined) changeEvent(actor, event, body);
  else changeOccurrence(actor, event, target.day, body);
  count(actor, 'event', 'updated');
  notifyUpdate(actor, event, before, body);
}

/** Deletes an event or cancels one occurrence; the organizer's attendees are told. */
export function deleteEvent(actor: Actor, target: Target): void {
  const { event, day } = target;
  sendMail(actor, 'cancellation', event, attendeesOf(event.fields));
  count(actor, 'event', 'deleted');
  if (day === undefined) {
    actor.mailbox.events.delete(event.key);
    disown(actor.mailbox, event);
    const versions = event.recurrence || event.versions.length > 0 ? [...event.versions, versionOf(actor, event)] : [];
    logChange(actor, `events:${event.parent}`, event.key, { mutableId: event.mutableId, versions: versions as unknown as Json });
    return;
  }
  event.cancelled = [...event.cancelled, day];
  const { [day]: _cancelled, ...left } = event.exceptions;
  event.exceptions = left;
  event.changeKey = actor.mailbox.mint.changeKey();
  logChange(actor, `events:${event.parent}`, `${event.key}|${day}`);
}

export function moveEvent(actor: Actor, event: Event, calendar: Container): void {
  disown(actor.mailbox, event);
  const versions = event.recurrence ? [...event.versions, versionOf(actor, event)] : [];
  logChange(actor, `events:${event.parent}`, event.key, { mutableId: event.mutableId, versions: versions as unknown as Json });
  event.parent = calendar.key;
  event.mutableId = actor.mailbox.mint.mutable();
  event.versions = [];
  touch(actor, event);
  storeEvent(actor, event);
}

/** `accept`, `tentativelyAccept`, `decline`: an answer to somebody else's meeting. */
export function respond(actor: Actor, event: Event, response: 'accepted' | 'tentativelyAccepted' | 'declined', send: boolean): void {
  if (event.fields['isOrganizer'] === true) throw new GraphFailure(400, 'ErrorInvalidRequest', "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.");
  const organizer = addressOf(event.fields['organizer']);
  if (send && organizer !== undefined) push(actor, 'response', event, [organizer]);
  if (response === 'declined') {
    deleteEvent(actor, { event });
    return;
  }
  event.fields = { ...event.fields, responseStatus: { response, time: new Date(actor.world.env.now()).toISOString() } };
  touch(actor, event);
  logChange(actor, `events:${event.parent}`, event.key);
}

/** `cancel`: the organizer's way to delete with a comment. */
export function cancelEvent(actor: Actor, target: Target): void {
  if (target.event.fields['isOrganizer'] !== true) throw new GraphFailure(400, 'ErrorInvalidRequest', "Your request can't be completed. You need to be an organizer to cancel a meeting.");
  deleteEvent(actor, target);
}

export function attendeesOf(fields: Fields): string[] {
  const attendees = fields['attendees'];
  if (!Array.isArray(attendees)) return [];
  return attendees.map((attendee: Json) => addressOf(attendee)).filter((address) => address !== undefined);
}

function replayOf(actor: Actor, transactionId: unknown): Event | undefined {
  if (transactionId === undefined || transactionId === null) return undefined;
  if (typeof transactionId !== 'string') throw badRequest("Cannot read the value of property 'transactionId': it has an unexpected type.");
  const key = actor.mailbox.transactions.get(transactionId);
  if (key === undefined) return undefined;
  const first = actor.mailbox.events.get(key);
  if (first && actor.world.switches.transactionReplay === 'same-event') return first;
  throw new GraphFailure(409, 'ErrorDuplicateTransactionId', "Your request can't be completed. The TransactionId value in the request has already been used to create a meeting.");
}

function changeEvent(actor: Actor, event: Event, body: Readonly<Record<string, unknown>>): void {
  const fields = withLocations(readEvent(actor, body));
  const times = readEventTimes(body, event.times, actor.world.switches.roundTimes);
  const moved = ['startWall', 'startZone', 'endWall', 'endZone', 'isAllDay'].some((name) => times[name as keyof typeof times] !== event.times[name as keyof typeof times]);
  const given = body['recurrence'];
  let { recurrence } = event;
  if (given === null) recurrence = null;
  else if (given !== undefined) recurrence = readRecurrence(given, times.startWall.slice(0, 10));
  else if (recurrence && times.startWall.slice(0, 10) !== recurrence.range.startDate) {
    throw badProperty('The start date of the recurrence has to be the date of the start of the item.');
  }
  const extended = 'singleValueExtendedProperties' in body ? writeExtended(actor, event.extended, body['singleValueExtendedProperties']) : event.extended;
  if ((event.recurrence || recurrence) && (moved || given !== undefined)) {
    // A new pattern or time makes new occurrences; edits of the old ones are gone, as in Exchange.
    event.versions = [...event.versions, versionOf(actor, event)].slice(-20);
    event.exceptions = {};
    event.cancelled = [];
  }
  event.fields = { ...event.fields, ...fields };
  if (moved) event.times = times;
  event.recurrence = recurrence;
  event.extended = extended;
  touch(actor, event);
  logChange(actor, `events:${event.parent}`, event.key);
}

function changeOccurrence(actor: Actor, event: Event, day: string, body: Readonly<Record<string, unknown>>): void {
  if (!hasOccurrence(event, day)) throw notFound(actor.world.switches.notFoundCode);
  if (body['recurrence'] !== undefined && body['recurrence'] !== null) throw badRequest('An occurrence has no recurrence of its own.', 'ErrorInvalidRequest');
  const current: EventException | undefined = event.exceptions[day];
  const times = readEventTimes(body, current?.times ?? occurrenceTimes(event.times, day), actor.world.switches.roundTimes);
  checkNeighbours(event, day, times.startWall.slice(0, 10));
  const exception: EventException = {
    fields: { ...current?.fields, ...withLocations(readEvent(actor, body)) },
    times,
    changeKey: actor.mailbox.mint.changeKey(),
    modifiedMs: actor.world.env.now(),
    extended: 'singleValueExtendedProperties' in body ? writeExtended(actor, current?.extended ?? {}, body['singleValueExtendedProperties']) : (current?.extended ?? {}),
  };
  event.exceptions = { ...event.exceptions, [day]: exception };
  logChange(actor, `events:${event.parent}`, `${event.key}|${day}`);
}

function checkNeighbours(event: Event, day: string, newDay: string): void {
  if (!event.recurrence) return;
  const { before, after } = neighbours(event.recurrence, day);
  const startDay = (neighbour: string): string => event.exceptions[neighbour]?.times.startWall.slice(0, 10) ?? neighbour;
  if ((before !== undefined && newDay <= startDay(before)) || (after !== undefined && newDay >= startDay(after))) {
    throw new GraphFailure(400, 'ErrorOccurrenceCrossingBoundary', 'Modified occurrence is crossing or overlapping adjacent occurrence.');
  }
}

function notifyUpdate(actor: Actor, event: Event, before: readonly string[], body: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(body).filter((name) => !name.includes('@odata.') && !localProperties.has(name));
  if (names.length === 0) return;
  const now = attendeesOf(event.fields);
  const gone = before.filter((address) => !now.includes(address));
  const added = now.filter((address) => !before.includes(address));
  sendMail(actor, 'cancellation', event, gone);
  sendMail(actor, 'invitation', event, added);
  if (!(names.length === 1 && names[0] === 'attendees')) sendMail(actor, 'update', event, now.filter((address) => !added.includes(address)));
}

/** Only the organizer's copy sends mail. */
function sendMail(actor: Actor, type: SentMail['type'], event: Event, to: readonly string[]): void {
  if (event.fields['isOrganizer'] === true) push(actor, type, event, to);
}

function push(actor: Actor, type: SentMail['type'], event: Event, to: readonly string[]): void {
  if (to.length === 0) return;
  const subject = event.fields['subject'];
  actor.mailbox.outbox.push({ type, to, subject: typeof subject === 'string' ? subject : '', eventId: event.key, atMs: actor.world.env.now(), by: actor.by });
}

function versionOf(actor: Actor, event: Event): EventVersion {
  // The change that replaces this version gets the next number.
  return { untilSeq: actor.world.sequence + 1, ...shapeOf(event) };
}

function readEvent(actor: Actor, body: Readonly<Record<string, unknown>>): Fields {
  const fields = readProperties('event', eventProperties, body);
  const attendees = fields['attendees'];
  if (Array.isArray(attendees) && attendees.length > 500) throw badProperty('A meeting has at most 500 attendees.');
  return actor.world.switches.trimText ? trimTexts(fields) : fields;
}

/** `location` and `locations` say the same thing twice; the service keeps them in step. */
function withLocations(fields: Fields): Fields {
  if (fields['locations'] === undefined && isObject(fields['location'])) {
    return { ...fields, locations: fields['location']['displayName'] === '' ? [] : [fields['location'] as Json] };
  }
  if (fields['location'] === undefined && Array.isArray(fields['locations'])) {
    const names = fields['locations'].map((location: Json) => (isObject(location) ? String(location['displayName']) : ''));
    return { ...fields, location: { displayName: names.join('; '), locationType: 'default', uniqueIdType: 'unknown' } };
  }
  return fields;
}

function addressOf(recipient: unknown): string | undefined {
  if (!isObject(recipient) || !isObject(recipient['emailAddress'])) return undefined;
  const { address } = recipient['emailAddress'];
  return typeof address === 'string' ? address : undefined;
}

function hexText(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase();
}
