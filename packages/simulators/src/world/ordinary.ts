import type { UserCalendar } from './calendar.ts';
import type { ContactEntry } from './contact-cases.ts';
import type { Dice } from './dice.ts';
import type { Place } from './entries.ts';
import type { EventEntry } from './event-cases.ts';
import { allDayInOro, allDayInOutlook, timedInOutlook } from './event-forms.ts';
import { contactKey, randomPerson, toGraph, toOro } from './person.ts';
import { dueDay, type TaskEntry } from './task-cases.ts';
import { companies, days, meetings, verbs } from './words.ts';

/** Keys in use: nobody ordinary has a twin by chance. */
export type Used = Set<string>;

/** An ordinary contact; on both sides the values are the same. */
export function ordinaryContact(dice: Dice, place: Place, used: Used): ContactEntry {
  for (;;) {
    const person = randomPerson(dice);
    // Pairs of names belong to the awkward ones, whose case may be that another part of the key differs.
    const taken = used.has(`${person.firstName ?? ''} ${person.lastName ?? ''}`) || used.has(contactKey(person));
    if (taken) continue;
    used.add(contactKey(person));
    return onSides(place, { oro: toOro(person), graph: toGraph(person) });
  }
}

const importances = ['low', 'normal', 'normal', 'normal', 'high'] as const;
const graphStatus = { open: 'notStarted', in_progress: 'inProgress', closed: 'completed' } as const;

/** An ordinary task. */
export function ordinaryTask(dice: Dice, calendar: UserCalendar, place: Place, used: Used): TaskEntry {
  const subject = unused(used, () => `${dice.pick(verbs)} ${somebody(dice)}`);
  const priority = dice.pick(importances);
  const status = dice.pick(['open', 'open', 'open', 'in_progress', 'closed'] as const);
  const day = dice.chance(0.6) ? calendar.day(dice.between(-20, 120)) : undefined;
  return onSides(place, {
    oro: { subject, priority, status, ...(day !== undefined && { dueDate: calendar.at(day, dice.pick(['09:00', '12:00', '16:30'])) }) },
    graph: { body: { title: subject, importance: priority, status: graphStatus[status], ...(day !== undefined && { dueDateTime: dueDay(day) }) } },
  });
}

/** An ordinary event inside the window, one in seven of them all-day. */
export function ordinaryEvent(dice: Dice, calendar: UserCalendar, place: Place, used: Used): EventEntry {
  const day = calendar.day(dice.between(-25, 180));
  if (dice.chance(0.15)) {
    const title = unused(used, () => `${dice.pick(days)} ${somebody(dice)}`);
    const length = dice.between(1, 3);
    return onSides(place, {
      oro: { title, ...allDayInOro(calendar, day, length, '2359') },
      graph: { body: { subject: title, ...allDayInOutlook(calendar, day, length) } },
    });
  }
  const title = unused(used, () => `${dice.pick(meetings)} ${somebody(dice)}`);
  const start = calendar.at(day, `${String(dice.between(8, 17)).padStart(2, '0')}:${dice.pick(['00', '15', '30'])}`);
  const end = start + dice.pick([30, 45, 60, 90]) * 60_000;
  return onSides(place, { oro: { title, start, end }, graph: { body: { subject: title, ...timedInOutlook(calendar, start, end) } } });
}

function somebody(dice: Dice): string {
  if (dice.chance(0.3)) return `${dice.pick(companies)} ${dice.between(1, 99)}`;
  const { firstName = '', lastName = '' } = randomPerson(dice);
  return `${firstName} ${lastName}`;
}

function unused(used: Used, make: () => string): string {
  for (;;) {
    const text = make();
    if (used.has(text)) continue;
    used.add(text);
    return text;
  }
}

function onSides<Oro, Graph>(place: Place, { oro, graph }: { readonly oro: Oro; readonly graph: Graph }): { readonly oro?: Oro; readonly graph?: Graph } {
  switch (place) {
    case 'orocrm':
      return { oro };
    case 'outlook':
      return { graph };
    case 'both':
      return { oro, graph };
  }
}
