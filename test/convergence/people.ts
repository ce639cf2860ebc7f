import { fieldsOf, kindNames, type Json, type Kind } from '@syncline/core';
import { editWorld, type AdminRecord, type LedgerLine } from '@syncline/simulators';
import { marked } from '../support/linked-pair.ts';
import type { Service, Services } from './services.ts';
import type { Trace } from './trace.ts';

/** The people of a world: they edit in both systems, and remember what they did. Items are named `service/kind/id` or, by service, `kind/id`. */
export interface People {
  /** Every value that was typed and every deletion, in the order of doing. */
  readonly ledger: readonly LedgerLine[];
  /** Items that people made, as opposed to the hub. */
  readonly made: { readonly [S in Service]: ReadonlySet<string> };
  /** Items that people deleted, or that left with a move. */
  readonly deleted: { readonly [S in Service]: ReadonlySet<string> };
  /** Items with which something out of the ordinary was done: moved, copied, hidden, unmarked. */
  readonly odd: ReadonlySet<string>;
  /**
   * Records of the hub's making that were edited while it did not know yet whether it had made them: OroCRM has no place for a mark,
   * so what does not look any more as it was sent is made again.
   */
  readonly blurred: ReadonlySet<string>;
  /** One edit, mostly of an ordinary kind. */
  readonly edit: () => void;
  /** Takes note of what is there now as made by people. */
  readonly claimAll: () => void;
}

/** Items of a kind as a service shows them to its people, by id. */
export function itemsOf({ oro, graph }: Services, service: Service, kind: Kind): ReadonlyMap<string, AdminRecord | object> {
  const { admin } = graph;
  const list = {
    orocrm: { contact: () => oro.admin.listContacts(), task: () => oro.admin.listTasks(), event: () => oro.admin.listEvents() },
    outlook: { contact: () => admin.listContacts(), task: () => admin.listTasks(), event: () => admin.listEvents() },
  }[service][kind];
  return new Map(list().map((item) => [String(item.id), item]));
}

/** The unit a canonical field belongs to; of a list, the list's. */
export function unitOfField(kind: Kind, field: string): string {
  return (fieldsOf(kind) as { readonly [name: string]: { readonly unit: string } })[field]?.unit ?? field;
}

/** People who throw dice. `isCreating`: whether the hub has a creation under way. */
export function openPeople(services: Services, zone: string, random: () => number, trace: Trace, isCreating: (service: Service, kind: Kind) => boolean): People {
  const { oro: { admin: oro }, graph: { admin: graph } } = services;
  const ledger: LedgerLine[] = [];
  const made = { orocrm: new Set<string>(), outlook: new Set<string>() };
  const deleted = { orocrm: new Set<string>(), outlook: new Set<string>() };
  const odd = new Set<string>();
  const blurred = new Set<string>();
  const hidden = new Set<string>();
  const away = { contact: graph.createFolder('Away').id, task: graph.createList('Away').id, event: graph.createCalendar('Away').id };
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const noteMade = (service: Service, kind: Kind, id: string): void => void made[service].add(`${kind}/${id}`);
  const blur = (service: Service, kind: Kind, id: string): void => {
    if (!made[service].has(`${kind}/${id}`) && isCreating(service, kind)) blurred.add(`${service}/${kind}/${id}`);
  };
  const note = (service: Service, kind: Kind, what: string, id: string): void => {
    blur(service, kind, id);
    odd.add(`${service}/${kind}/${id}`);
    trace.note(`a person ${what} ${service} ${kind} ${id}`);
  };

  const ordinary = (): void => {
    for (const line of editWorld(random, oro, graph, 1, { zone, creates: 0.2, deletes: 0.12 })) {
      ledger.push({ ...line, edit: ledger.length + 1 });
      if (line.action === 'create') noteMade(line.side, line.kind, line.id);
      blur(line.side, line.kind, line.id);
      if (line.action === 'delete') deleted[line.side].add(`${line.kind}/${line.id}`);
      trace.note(`a person ${line.action}s ${line.side} ${line.kind} ${line.id} ${line.field ?? ''} ${JSON.stringify(line.value)}`);
    }
  };
  const oddities: readonly (() => void)[] = [
    () => move('contact'), () => move('event'), () => move('task'),
    () => copy('contact'), () => copy('task'), () => copy('event'),
    () => unmark('contact'), () => unmark('event'),
    hide, hide, writeDownTwice, clear, clear,
  ];

  function move(kind: Kind): void {
    const item = pick(plain(kind));
    if (item === undefined) return;
    const isAway = inAway(kind).has(item.id);
    const place = isAway ? {} : { in: away[kind] };
    note('outlook', kind, isAway ? 'moves back' : 'moves away', item.id);
    if (kind === 'contact') graph.moveContact(item.id, place);
    if (kind === 'event') graph.moveEvent(item.id, place);
    if (kind === 'task') {
      const moved = graph.moveTask(item.id, place);
      noteMade('outlook', 'task', moved.id);
      deleted.outlook.add(`task/${item.id}`);
      note('outlook', 'task', 'moved to', moved.id);
    }
  }

  function copy(kind: Kind): void {
    const item = pick(plain(kind));
    if (item === undefined) return;
    const copied = kind === 'contact' ? graph.copyContact(item.id) : kind === 'task' ? graph.copyTask(item.id) : graph.copyEvent(item.id);
    noteMade('outlook', kind, copied.id);
    note('outlook', kind, 'copies', item.id);
    note('outlook', kind, 'copied to', copied.id);
  }

  function unmark(kind: 'contact' | 'event'): void {
    const item = pick(plain(kind));
    if (item === undefined) return;
    const body = marked('', '');
    if (kind === 'contact') graph.updateContact(item.id, body);
    else graph.updateEvent(item.id, body);
    note('outlook', kind, 'strips the mark of', item.id);
  }

  function hide(): void {
    const shown = pick([...hidden]);
    if (shown !== undefined && random() < 0.6) {
      const [kind, id] = shown.split('/') as [Kind, string];
      hidden.delete(shown);
      oro.setVisible(kind, Number(id), true);
      note('orocrm', kind, 'is shown again', id);
      return;
    }
    const kind = random() < 0.5 ? 'contact' : 'task';
    const id = pick([...itemsOf(services, 'orocrm', kind).keys()]);
    if (id === undefined) return;
    hidden.add(`${kind}/${id}`);
    oro.setVisible(kind, Number(id), false);
    note('orocrm', kind, 'is hidden', id);
  }

  /** The same person is written down on both sides between two cycles (C17). */
  function writeDownTwice(): void {
    const number = Math.floor(random() * 1_000_000);
    const left = oro.createContact({ firstName: 'Twin', lastName: `No ${number}`, jobTitle: 'Left' });
    const right = graph.createContact({ givenName: 'Twin', surname: `No ${number}`, personalNotes: `met in ${number}` });
    noteMade('orocrm', 'contact', String(left.id));
    noteMade('outlook', 'contact', right.id);
    note('orocrm', 'contact', 'writes down twice', String(left.id));
    note('outlook', 'contact', 'writes down twice', right.id);
  }

  /** Takes a value away. */
  function clear(): void {
    if (random() < 0.5) {
      const contact = pick(oro.listContacts());
      if (contact === undefined) return;
      const [first, ...rest] = contact.emails;
      if (first !== undefined && random() < 0.5) oro.updateContact(contact.id, { emails: rest.map(({ value }) => value) });
      else oro.updateContact(contact.id, { jobTitle: '', description: '' });
      note('orocrm', 'contact', 'clears a value of', String(contact.id));
      return;
    }
    const item = pick(plain('contact'));
    if (item === undefined) return;
    const emails = item['emailAddresses'] as readonly Json[];
    if (emails.length > 0 && random() < 0.5) graph.updateContact(item.id, { emailAddresses: emails.slice(1) });
    else graph.updateContact(item.id, { jobTitle: '', personalNotes: '' });
    note('outlook', 'contact', 'clears a value of', item.id);
  }

  function inAway(kind: Kind): ReadonlySet<string> {
    const place = { in: away[kind] };
    const items = kind === 'contact' ? graph.listContacts(place) : kind === 'task' ? graph.listTasks(place) : graph.listEvents(place);
    return new Set(items.map(({ id }) => id));
  }

  /** Of events those that are nobody else's business: no series, no meeting. */
  function plain(kind: Kind): readonly AdminRecord[] {
    const items = [...itemsOf(services, 'outlook', kind).values()] as readonly AdminRecord[];
    if (kind !== 'event') return items;
    return items.filter((item) => item['type'] === 'singleInstance' && item['isOrganizer'] === true && (item['attendees'] as readonly unknown[]).length === 0);
  }

  return {
    ledger, made, deleted, odd, blurred,
    edit: () => (random() < 0.2 ? pick(oddities)?.() : ordinary()),
    claimAll: () => {
      for (const service of ['orocrm', 'outlook'] as const) for (const kind of kindNames) for (const id of itemsOf(services, service, kind).keys()) noteMade(service, kind, id);
    },
  };
}
