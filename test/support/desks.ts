import type { Kind } from '@syncline/core';
import type { HistoryRow } from '@syncline/engine';
import { twoServices, type TwoServices, type WorldOptions } from './two-services.ts';
import { changing, type Changing } from './watch.ts';

/** What a person does with records of one kind in one of the two systems. */
export interface Desk {
  /** Makes the record number `who` (1 to 28) with this value, and answers its id. */
  readonly make: (who: number, value: string) => string;
  readonly edit: (id: string, value: string) => void;
  readonly remove: (id: string) => void;
  /** Every record there is, as `who=value`, sorted by number. */
  readonly show: () => readonly string[];
  readonly idOf: (who: number) => string;
}

/** Both desks of a kind. */
export interface Desks {
  readonly orocrm: Desk;
  readonly outlook: Desk;
}

interface Row {
  readonly who: number;
  readonly id: string;
  readonly value: string;
}

/**
 * Desks of a kind. Records are told apart by a field that no scenario edits (a name, a due day, a start day), and the value
 * is another field: job title, subject, title.
 */
export function desksOf(world: TwoServices, kind: Kind): Desks {
  const { admin: oro } = world.oro;
  const { admin: graph } = world.graph;
  switch (kind) {
    case 'contact':
      return {
        orocrm: desk(
          () => oro.listContacts().map((row) => ({ who: numberIn(row.lastName), id: String(row.id), value: row.jobTitle ?? '' })),
          (who, jobTitle) => String(oro.createContact({ firstName: 'Person', lastName: `No${who}`, jobTitle }).id),
          (id, jobTitle) => void oro.updateContact(Number(id), { jobTitle }),
          (id) => oro.deleteContact(Number(id)),
        ),
        outlook: desk(
          () => graph.listContacts().map((item) => ({ who: numberIn(item['surname']), id: item.id, value: text(item['jobTitle']) })),
          (who, jobTitle) => graph.createContact({ givenName: 'Person', surname: `No${who}`, jobTitle }).id,
          (id, jobTitle) => void graph.updateContact(id, { jobTitle }),
          (id) => graph.deleteContact(id),
        ),
      };
    case 'task':
      return {
        orocrm: desk(
          () => oro.listTasks().map((row) => ({ who: row.dueDate === null ? 0 : new Date(row.dueDate * 1000).getUTCDate(), id: String(row.id), value: row.subject })),
          (who, subject) => String(oro.createTask({ subject, dueDate: dayMs(who) + 15 * hourMs }).id),
          (id, subject) => void oro.updateTask(Number(id), { subject }),
          (id) => oro.deleteTask(Number(id)),
        ),
        outlook: desk(
          () => graph.listTasks().map((item) => ({ who: Number(text((item['dueDateTime'] as { dateTime?: string } | null)?.dateTime).slice(8, 10)), id: item.id, value: text(item['title']) })),
          (who, title) => graph.createTask({ title, dueDateTime: { dateTime: `${dayText(who)}T00:00:00`, timeZone: 'UTC' } }).id,
          (id, title) => void graph.updateTask(id, { title }),
          (id) => graph.deleteTask(id),
        ),
      };
    case 'event':
      return {
        orocrm: desk(
          () => oro.listEvents().map((row) => ({ who: new Date(row.start * 1000).getUTCDate(), id: String(row.id), value: row.title })),
          (who, title) => String(oro.createEvent({ title, start: dayMs(who) + 9 * hourMs, end: dayMs(who) + 10 * hourMs }).id),
          (id, title) => void oro.updateEvent(Number(id), { title }),
          (id) => oro.deleteEvent(Number(id)),
        ),
        outlook: desk(
          () => graph.listEvents().map((item) => ({ who: Number(text((item['start'] as { dateTime?: string } | null)?.dateTime).slice(8, 10)), id: item.id, value: text(item['subject']) })),
          (who, subject) => graph.createEvent({ subject, start: { dateTime: `${dayText(who)}T09:00:00`, timeZone: 'UTC' }, end: { dateTime: `${dayText(who)}T10:00:00`, timeZone: 'UTC' } }).id,
          (id, subject) => void graph.updateEvent(id, { subject }),
          (id) => graph.deleteEvent(id),
        ),
      };
  }
}

/** A world with records 1 to `count` linked, made on the side the direction flows from. */
export async function linkedWorld(count: number, options: WorldOptions = {}, kind: Kind = 'contact'): Promise<{ readonly world: TwoServices; readonly desks: Desks }> {
  const world = twoServices(options);
  const desks = desksOf(world, kind);
  const source = options.policy?.direction === 'right-to-left' ? desks.outlook : desks.orocrm;
  for (let who = 1; who <= count; who += 1) source.make(who, 'Analyst');
  await world.settle();
  return { world, desks };
}

/** Does something and tells which writes it led to. */
export async function writesDuring(world: TwoServices, act: () => Promise<unknown>): Promise<Changing> {
  const before = changing(world);
  await act();
  const after = changing(world);
  return { orocrm: after.orocrm - before.orocrm, outlook: after.outlook - before.outlook };
}

export const none: Changing = { orocrm: 0, outlook: 0 };

/** Every row of history, oldest first. */
export async function historyOf(world: TwoServices): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for await (const [, row] of (await world.session()).store.entries('history')) rows.push(row as unknown as HistoryRow);
  return rows;
}

/** The OroCRM id an Outlook item says it belongs to; empty when it says nothing. */
export function markOf(item: { readonly [member: string]: unknown } | undefined): string {
  const properties = (item?.['singleValueExtendedProperties'] ?? []) as readonly { readonly id: string; readonly value: string }[];
  return properties.find(({ id }) => id.endsWith('OroCRM_id'))?.value ?? '';
}

const hourMs = 60 * 60_000;

function desk(rows: () => readonly Row[], make: Desk['make'], edit: Desk['edit'], remove: Desk['remove']): Desk {
  return {
    make, edit, remove,
    show: () => rows().map(({ who, value }) => `${who}=${value}`).sort(),
    idOf: (who) => rows().find((row) => row.who === who)?.id ?? `no record ${who}`,
  };
}

/** Day `who` of the April after the clock's start. */
function dayText(who: number): string {
  return `2030-04-${String(who).padStart(2, '0')}`;
}

function dayMs(who: number): number {
  return Date.parse(`${dayText(who)}T00:00:00Z`);
}

function numberIn(value: unknown): number {
  return Number(text(value).replace('No', ''));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
