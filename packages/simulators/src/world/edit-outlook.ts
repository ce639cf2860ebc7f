import type { AdminRecord, GraphAdmin, Place } from '../graph/admin.ts';
import { isObject, type Json } from '../shared/json.ts';
import { wallAt } from './calendar.ts';
import type { Dice } from './dice.ts';
import { contactValues, eventTitle, newPerson, personValues, shiftMs, taskValues } from './edit-values.ts';
import { different, gone, pickOne, times, type Edited, type Editor } from './editor.ts';
import { properties, type GraphBody } from './outlook-items.ts';
import { toGraph } from './person.ts';
import { dueDay } from './task-cases.ts';

/** What a person does in Outlook and To Do. */
export function outlookEditor(graph: GraphAdmin, mailbox: string | undefined, zone: string): Editor {
  const place: Place = mailbox === undefined ? {} : { user: mailbox };
  const contacts = (): AdminRecord[] => graph.listContacts(place).filter(isOpenContact);
  const tasks = (): AdminRecord[] => graph.listTasks(place);
  const events = (): AdminRecord[] => graph.listEvents(place).filter(isPlainEvent);
  const update: Editor['update'] = {
    contact: (dice) =>
      pickOne(dice, contacts(), (contact) => {
        const { values, body } = contactChange(contact, dice);
        graph.updateContact(contact.id, body, place);
        return { id: contact.id, values };
      }),
    task: (dice) =>
      pickOne(dice, tasks(), (task) => {
        const { values, body } = taskChange(task, dice, zone);
        graph.updateTask(task.id, body, place);
        return { id: task.id, values };
      }),
    event: (dice) =>
      pickOne(dice, events(), (event) => {
        const { values, body } = eventChange(event, dice);
        graph.updateEvent(event.id, body, place);
        return { id: event.id, values };
      }),
  };
  const create: Editor['create'] = {
    contact: (dice) => {
      const person = newPerson(dice);
      return { id: graph.createContact(toGraph(person).body, place).id, values: personValues(person) };
    },
    task: (dice) => {
      const subject = taskValues.subject(dice, '');
      const priority = dice.pick(['low', 'normal', 'high']);
      return { id: graph.createTask({ title: subject, importance: priority }, place).id, values: { subject, priority, status: 'open' } };
    },
    event: (dice) =>
      pickOne(dice, events().filter((event) => event['isAllDay'] !== true), (beside) => {
        const title = eventTitle(dice);
        const shift = shiftMs(dice);
        const [start, end] = [instantOf(beside['start']) + shift, instantOf(beside['end']) + shift];
        return { id: graph.createEvent({ subject: title, ...utc(start, end) }, place).id, values: { title, ...times(start, end), allDay: false } };
      }),
  };
  const remove: Editor['remove'] = {
    contact: (dice) => pickOne(dice, contacts(), ({ id }) => gone(id, () => graph.deleteContact(id, place))),
    task: (dice) => pickOne(dice, tasks(), ({ id }) => gone(id, () => graph.deleteTask(id, place))),
    event: (dice) => pickOne(dice, events(), ({ id }) => gone(id, () => graph.deleteEvent(id, place))),
  };
  return { create, update, remove };
}

interface Change {
  readonly values: Readonly<Record<string, Json>>;
  readonly body: GraphBody;
}

/** Not private, and with something OroCRM takes for a contact. */
function isOpenContact(contact: AdminRecord): boolean {
  const isPrivate = ['2', '3'].includes(extended(contact, properties.sensitivity) ?? '');
  const named = [contact['givenName'], contact['surname'], extended(contact, properties.primaryPhone)].some((part) => typeof part === 'string' && part !== '');
  return !isPrivate && (named || emailsOf(contact).length > 0);
}

/** Neither a series nor a meeting, and nothing private. */
function isPlainEvent(event: AdminRecord): boolean {
  const { attendees, sensitivity } = event;
  return event['type'] === 'singleInstance' && event['isOrganizer'] === true && Array.isArray(attendees) && attendees.length === 0 && (sensitivity === 'normal' || sensitivity === 'personal');
}

const contactNames = { jobTitle: 'jobTitle', description: 'personalNotes', lastName: 'surname', birthday: 'birthday', emails: 'emailAddresses' } as const;
const tags = { fax: properties.fax, gender: properties.gender, primaryPhone: properties.primaryPhone } as const;

function contactChange(contact: AdminRecord, dice: Dice): Change {
  const field = dice.pick(Object.keys(contactValues) as (keyof typeof contactValues)[]);
  if (field === 'fax' || field === 'gender' || field === 'primaryPhone') {
    const code = (value: Json): string => (field !== 'gender' ? String(value) : value === 'male' ? '2' : '1');
    const present = extended(contact, tags[field]) ?? null;
    const value = different(dice, (own) => contactValues[field](own), field === 'gender' ? ({ '1': 'female', '2': 'male' }[present ?? ''] ?? null) : present);
    return { values: { [field]: value }, body: { singleValueExtendedProperties: [{ id: tags[field], value: code(value) }] } };
  }
  if (field === 'emails') {
    // Three fit: a fourth one takes the place of the last.
    const kept = emailsOf(contact).slice(0, 2);
    const [added = ''] = contactValues.emails(dice) as readonly string[];
    const list = [...kept, { name: added, address: added }];
    return { values: { emails: list.map((entry) => entry['address'] ?? null) }, body: { emailAddresses: list } };
  }
  const name = contactNames[field];
  const present = contact[name] ?? null;
  const value = different(dice, contactValues[field], field === 'birthday' && typeof present === 'string' ? present.slice(0, 10) : present);
  return { values: { [field]: value }, body: { [name]: field === 'birthday' ? `${String(value)}T00:00:00Z` : value } };
}

const words = { open: 'notStarted', in_progress: 'inProgress', closed: 'completed' } as const;
const meanings: Readonly<Record<string, string>> = { notStarted: 'open', inProgress: 'in_progress', waitingOnOthers: 'in_progress', deferred: 'in_progress', completed: 'closed' };

function taskChange(task: AdminRecord, dice: Dice, zone: string): Change {
  const field = dice.pick(['subject', 'priority', 'dueDate', 'status'] as const);
  const made = String(task['createdDateTime']);
  const due = task['dueDateTime'];
  const present = {
    subject: task['title'] ?? null,
    priority: task['importance'] ?? null,
    dueDate: isObject(due) ? shownDay(instantOf(due), zone) : null,
    status: meanings[String(task['status'])] ?? null,
  };
  const value = different(dice, (own) => taskValues[field](own, made), present[field]);
  const body: Readonly<Record<typeof field, GraphBody>> = {
    subject: { title: value },
    priority: { importance: value },
    dueDate: { dueDateTime: dueDay(value) ?? null },
    status: { status: words[value as keyof typeof words] },
  };
  return { values: { [field]: value }, body: body[field] };
}

/** A due day was set as midnight of UTC, or of the user's zone (rule M29). */
function shownDay(due: number, zone: string): string {
  return due % 86_400_000 === 0 ? new Date(due).toISOString().slice(0, 10) : wallAt(due, zone).slice(0, 10);
}

function eventChange(event: AdminRecord, dice: Dice): Change {
  if (event['isAllDay'] === true || dice.chance(0.5)) {
    const title = eventTitle(dice);
    return { values: { title }, body: { subject: title } };
  }
  const shift = shiftMs(dice);
  const [start, end] = [instantOf(event['start']) + shift, instantOf(event['end']) + shift];
  return { values: times(start, end), body: utc(start, end) };
}

function utc(start: number, end: number): GraphBody {
  const wall = (ms: number): Json => ({ dateTime: new Date(ms).toISOString().slice(0, 19), timeZone: 'UTC' });
  return { start: wall(start), end: wall(end) };
}

/** The admin shows times in UTC. */
function instantOf(time: unknown): number {
  return isObject(time) ? Date.parse(`${String(time['dateTime']).slice(0, 19)}Z`) : Number.NaN;
}

function emailsOf(contact: AdminRecord): readonly Readonly<Record<string, Json>>[] {
  const emails = contact['emailAddresses'];
  return Array.isArray(emails) ? (emails as readonly Readonly<Record<string, Json>>[]) : [];
}

function extended(record: AdminRecord, id: string): string | undefined {
  const list = record['singleValueExtendedProperties'];
  const found: unknown = Array.isArray(list) ? list.find((entry: Json) => isObject(entry) && entry['id'] === id) : undefined;
  return isObject(found) && typeof found['value'] === 'string' ? found['value'] : undefined;
}
