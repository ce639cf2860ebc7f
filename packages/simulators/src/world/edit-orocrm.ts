import type { OroAdmin, OroContact, OroEvent, OroTask } from '../orocrm/index.ts';
import type { Json } from '../shared/json.ts';
import { instantAt, wallAt } from './calendar.ts';
import type { Dice } from './dice.ts';
import { contactValues, eventTitle, newPerson, personValues, shiftMs, taskValues } from './edit-values.ts';
import { different, gone, pickOne, times, type Edited, type Editor } from './editor.ts';
import { toOro } from './person.ts';

/** What a person does in OroCRM's back office. */
export function orocrmEditor(oro: OroAdmin, userId: number, zone: string): Editor {
  const contacts = (): OroContact[] => oro.listContacts().filter(({ ownerId }) => ownerId === userId);
  const tasks = (): OroTask[] => oro.listTasks().filter(({ ownerId }) => ownerId === userId);
  const events = (): OroEvent[] => oro.listEvents().filter((event) => isPlain(event, userId));
  const update: Editor['update'] = {
    contact: (dice) => pickOne(dice, contacts(), (contact) => ({ id: String(contact.id), values: changeContact(oro, userId, contact, dice) })),
    task: (dice) => pickOne(dice, tasks(), (task) => ({ id: String(task.id), values: changeTask(oro, userId, task, dice, zone) })),
    event: (dice) => pickOne(dice, events(), (event) => ({ id: String(event.id), values: changeEvent(oro, userId, event, dice) })),
  };
  const create: Editor['create'] = {
    contact: (dice) => {
      const person = newPerson(dice);
      return { id: String(oro.createContact(toOro(person), userId).id), values: personValues(person) };
    },
    task: (dice) => {
      const subject = taskValues.subject(dice, '');
      const priority = dice.pick(['low', 'normal', 'high'] as const);
      return { id: String(oro.createTask({ subject, priority }, userId).id), values: { subject, priority, status: 'open' } };
    },
    event: (dice) =>
      pickOne(dice, events().filter(({ allDay }) => !allDay), (beside) => {
        const title = eventTitle(dice);
        const shift = shiftMs(dice);
        const [start, end] = [beside.start * 1000 + shift, beside.end * 1000 + shift];
        return { id: String(oro.createEvent({ title, start, end }, userId).id), values: { title, ...times(start, end), allDay: false } };
      }),
  };
  const remove: Editor['remove'] = {
    contact: (dice) => pickOne(dice, contacts(), ({ id }) => gone(id, () => oro.deleteContact(id, userId))),
    task: (dice) => pickOne(dice, tasks(), ({ id }) => gone(id, () => oro.deleteTask(id, userId))),
    event: (dice) => pickOne(dice, events(), ({ id }) => gone(id, () => oro.deleteEvent(id, userId))),
  };
  return { create, update, remove };
}

/** Neither in a series nor a meeting, and the user's own. */
function isPlain(event: OroEvent, userId: number): boolean {
  return event.calendarId === userId && event.recurrence === null && event.recurringEventId === null && event.parentEventId === null && event.attendees.length === 0;
}

function changeContact(oro: OroAdmin, userId: number, contact: OroContact, dice: Dice): Record<string, Json> {
  const field = dice.pick(Object.keys(contactValues) as (keyof typeof contactValues)[]);
  const value = different(dice, contactValues[field], valueOf(contact, field));
  if (field === 'primaryPhone') {
    const phone = String(value);
    const phones = [phone, ...contact.phones.filter((entry) => !entry.primary && entry.value !== phone).map((entry) => entry.value)];
    oro.updateContact(contact.id, { phones, primaryPhone: phone }, userId);
    return { primaryPhone: phone };
  }
  if (field === 'emails') {
    const emails = [...contact.emails.map((entry) => entry.value), ...(value as readonly string[])];
    oro.updateContact(contact.id, { emails }, userId);
    return { emails };
  }
  oro.updateContact(contact.id, { [field]: String(value) }, userId);
  return { [field]: value };
}

function valueOf(contact: OroContact, field: keyof typeof contactValues): Json {
  if (field === 'emails') return contact.emails.map((entry) => entry.value);
  return field === 'primaryPhone' ? (contact.phones.find((entry) => entry.primary)?.value ?? null) : contact[field];
}

/** From one status to the next, as the buttons of the workflow allow it. */
const steps = {
  open: [['start_progress', 'in_progress'], ['close', 'closed']],
  in_progress: [['stop_progress', 'open'], ['close', 'closed']],
  closed: [['reopen', 'open']],
} as const;

function changeTask(oro: OroAdmin, userId: number, task: OroTask, dice: Dice, zone: string): Record<string, Json> {
  const field = dice.pick(['subject', 'priority', 'dueDate', 'status'] as const);
  if (field === 'status') {
    const [transition, status] = dice.pick<readonly ['start_progress' | 'stop_progress' | 'close' | 'reopen', string]>(steps[task.status as keyof typeof steps]);
    oro.transitionTask(task.id, transition, userId);
    return { status };
  }
  const made = new Date(task.createdAt * 1000).toISOString();
  if (field === 'dueDate') {
    const day = different(dice, (own) => taskValues.dueDate(own, made), task.dueDate === null ? null : wallAt(task.dueDate * 1000, zone).slice(0, 10));
    oro.updateTask(task.id, { dueDate: instantAt(day, '12:00', zone) }, userId);
    return { dueDate: day };
  }
  const value = different(dice, (own) => taskValues[field](own, made), task[field]);
  oro.updateTask(task.id, { [field]: value }, userId);
  return { [field]: value };
}

function changeEvent(oro: OroAdmin, userId: number, event: OroEvent, dice: Dice): Record<string, Json> {
  // The days of an all-day event depend on the form it is stored in: only its title is changed here.
  if (event.allDay || dice.chance(0.5)) {
    const title = eventTitle(dice);
    oro.updateEvent(event.id, { title }, userId);
    return { title };
  }
  const shift = shiftMs(dice);
  const [start, end] = [event.start * 1000 + shift, event.end * 1000 + shift];
  oro.updateEvent(event.id, { start, end }, userId);
  return times(start, end);
}
