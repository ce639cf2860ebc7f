import type { Json } from '../shared/json.ts';
import type { Dice } from './dice.ts';
import { birthday, phoneNumber, randomPerson, type Person } from './person.ts';
import { companies, jobTitles, meetings, remarks, verbs } from './words.ts';

const dayMs = 86_400_000;

// Texts carry a number, so that an edit is a change.
const numbered = (dice: Dice, text: string): string => `${text} ${dice.between(1, 999_999)}`;

/** Fields of a contact a person changes, with a new value for each. */
export const contactValues: Readonly<Record<'jobTitle' | 'description' | 'lastName' | 'fax' | 'birthday' | 'gender' | 'primaryPhone' | 'emails', (dice: Dice) => Json>> = {
  jobTitle: (dice) => numbered(dice, dice.pick(jobTitles)),
  description: (dice) => `${dice.pick(remarks)}\n${numbered(dice, 'Note')}`,
  lastName: (dice) => randomPerson(dice).lastName ?? '',
  fax: phoneNumber,
  birthday,
  gender: (dice) => dice.pick(['female', 'male']),
  primaryPhone: phoneNumber,
  emails: (dice) => [`new${dice.between(1, 999_999)}@mail.example.com`],
};

/** Somebody new, with at least a phone or an e-mail and no addresses: those are a long story for a quick note. */
export function newPerson(dice: Dice): Person {
  const { billing: _billing, shipping: _shipping, other: _other, nameSuffix: _suffix, ...person } = randomPerson(dice);
  return person.emails.length + person.phones.length > 0 ? person : { ...person, phones: [phoneNumber(dice)] };
}

/** A person in canonical words; what is empty is absent. */
export function personValues(person: Person): Record<string, Json> {
  const { emails, phones, ...texts } = person;
  return {
    ...(texts as Record<string, Json>),
    ...(emails.length > 0 && { emails, primaryEmail: emails[0] ?? null }),
    ...(phones.length > 0 && { phones, primaryPhone: phones[0] ?? null }),
  };
}

/** Fields of a task, with a new value for each. `dueDate` is a day. */
export const taskValues: Readonly<Record<'subject' | 'priority' | 'dueDate' | 'status', (dice: Dice, now: string) => string>> = {
  subject: (dice) => numbered(dice, `${dice.pick(verbs)} ${dice.pick(companies)}`),
  priority: (dice) => dice.pick(['low', 'normal', 'high']),
  dueDate: (dice, now) => new Date(Date.parse(`${now.slice(0, 10)}T00:00:00Z`) + dice.between(1, 60) * dayMs).toISOString().slice(0, 10),
  status: (dice) => dice.pick(['open', 'in_progress', 'closed']),
};

/** A new title of an event. */
export function eventTitle(dice: Dice): string {
  return numbered(dice, `${dice.pick(meetings)} ${dice.pick(companies)}`);
}

/** How far an event moves: by quarters of an hour or whole days, never nowhere. */
export function shiftMs(dice: Dice): number {
  return dice.chance(0.5) ? dice.between(1, 12) * 900_000 : dice.between(1, 10) * dayMs;
}
