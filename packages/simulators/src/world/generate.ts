import type { OroSeed } from '../orocrm/index.ts';
import type { GraphSeed } from '../graph/mailbox.ts';
import type { GraphUser } from '../graph/state.ts';
import { userCalendar } from './calendar.ts';
import { cases, type WorldKind } from './cases.ts';
import { contactCases, freshPerson } from './contact-cases.ts';
import { seededDice, shuffled, type Dice } from './dice.ts';
import { placeOf, type Entry, type OroContactSeed, type OroEventSeed, type OroTaskSeed, type Place } from './entries.ts';
import { eventCases, type EventPeople } from './event-cases.ts';
import { ordinaryContact, ordinaryEvent, ordinaryTask, type Used } from './ordinary.ts';
import type { BareMarker, GraphContactSeed, GraphEventSeed, GraphTaskSeed } from './outlook-items.ts';
import { taskCases } from './task-cases.ts';

/** What a world is made from. */
export interface WorldOptions {
  readonly seed: number;
  /** Things of each kind, on whichever side; defaults 200, 60, 120. */
  readonly contacts?: number;
  readonly tasks?: number;
  readonly events?: number;
  /** Which of several people, from 1; each has other records. Default 1, who is OroCRM's first user. */
  readonly user?: number;
  /** UTC ms; the days of tasks and events count from here. */
  readonly now: number;
  /** The person's zone, an IANA name. */
  readonly zone: string;
  /** The cases in an order of the dice instead of the table's: where only some have room, each seed has others. Default false. */
  readonly mixed?: boolean;
  /** Language of the mailbox, BCP 47. Default `de-DE`, in which a country by its German name is known. */
  readonly language?: string;
}

/** OroCRM's half: a seed, with the occurrences of series that were edited. */
export interface OroWorldSeed extends OroSeed {
  readonly contacts: readonly OroContactSeed[];
  readonly tasks: readonly OroTaskSeed[];
  readonly events: readonly OroEventSeed[];
}

/** Outlook's half: a seed that makes the mailbox, and its items, which `plantWorld` puts in. */
export interface GraphWorldSeed extends GraphSeed {
  readonly users: readonly [Pick<GraphUser, 'userPrincipalName' | 'displayName' | 'timeZone' | 'language'>];
  readonly contacts: readonly GraphContactSeed[];
  readonly tasks: readonly GraphTaskSeed[];
  readonly events: readonly GraphEventSeed[];
}

/** Where one entry of a case lies: its place in the OroCRM and in the Outlook list of its kind. */
export interface CaseAt {
  readonly oro?: number;
  readonly graph?: number;
}

/** What a world consists of, for tests and for the demo's first lines. */
export interface WorldNotes {
  readonly user: number;
  readonly zone: string;
  /** Entries by place; colleagues' records in OroCRM are beside them. */
  readonly counts: Readonly<Record<WorldKind, Readonly<Record<Place | 'colleague', number>>>>;
  readonly cases: Readonly<Record<WorldKind, Readonly<Record<string, readonly CaseAt[]>>>>;
  /** Cases for which so few entries left no room, as `kind/case`. */
  readonly leftOut: readonly string[];
}

/** A generated world: plain JSON, the same for the same options. */
export interface GeneratedWorld {
  readonly oro: OroWorldSeed;
  readonly graph: GraphWorldSeed;
  readonly notes: WorldNotes;
}

/**
 * People, tasks and meetings of one person, all invented: every case of `cases`, then ordinary ones. About 60 % of each kind
 * are in OroCRM only, 25 % in Outlook only, 15 % on both sides.
 * Throws `RangeError` for a zone that is not an IANA name.
 */
export function generateWorld(options: WorldOptions): GeneratedWorld {
  const user = options.user ?? 1;
  const dice = seededDice(Math.imul(options.seed, 31) + user);
  const calendar = userCalendar(options.zone, options.now);
  const people = peopleOf(user);
  const order = options.mixed === true ? dice : undefined;
  const names: Used = new Set();
  const fresh = (language?: string): ReturnType<typeof freshPerson> => freshPerson(dice, names, language);
  const contacts = fill('contact', options.contacts ?? 200, (name) => contactCases[name](dice, fresh), (place) => ordinaryContact(dice, place, names), order);
  const taskNames: Used = new Set();
  const tasks = fill('task', options.tasks ?? 60, (name) => taskCases[name](calendar), (place) => ordinaryTask(dice, calendar, place, taskNames), order);
  const titles: Used = new Set();
  const events = fill('event', options.events ?? 120, (name) => eventCases[name](calendar, people), (place) => ordinaryEvent(dice, calendar, place, titles), order);
  const colleague = people.colleague.id;
  return {
    oro: {
      contacts: contacts.oro,
      tasks: tasks.oro.map((task, index) => (tasks.colleagues.has(index) ? { ...task, ownerId: colleague } : task)),
      events: events.oro,
    },
    graph: {
      users: [{ userPrincipalName: mailboxOf(user), displayName: people.user.name, timeZone: calendar.outlookZone, language: options.language ?? 'de-DE' }],
      contacts: contacts.graph,
      tasks: tasks.graph,
      events: events.graph,
    },
    notes: {
      user,
      zone: options.zone,
      counts: { contact: contacts.counts, task: tasks.counts, event: events.counts },
      cases: { contact: contacts.cases, task: tasks.cases, event: events.cases },
      leftOut: [...contacts.leftOut, ...tasks.leftOut, ...events.leftOut],
    },
  };
}

/** The mailbox of one of several people. */
export function mailboxOf(user: number): string {
  return `person${user}@example.org`;
}

/** The OroCRM user of one of several people: the first is the simulator's first user, the others are made by `plantWorld`. */
export function oroUserOf(user: number): { readonly username: string; readonly email: string; readonly firstName: string; readonly lastName: string } {
  if (user === 1) return { username: 'admin', email: 'admin@example.com', firstName: 'John', lastName: 'Doe' };
  return { username: `person${user}`, email: `person${user}@example.com`, firstName: 'Person', lastName: String(user) };
}

function peopleOf(user: number): EventPeople {
  const { email, firstName, lastName } = oroUserOf(user);
  return { user: { name: `${firstName} ${lastName}`, email }, colleague: { id: 2, name: 'Ellen Rowell', email: 'sale@example.com' } };
}

interface Filled<Oro, Graph> {
  readonly oro: readonly Oro[];
  readonly graph: readonly Graph[];
  readonly counts: Readonly<Record<Place | 'colleague', number>>;
  readonly cases: Readonly<Record<string, readonly CaseAt[]>>;
  readonly leftOut: readonly string[];
  /** Places in `oro`. */
  readonly colleagues: ReadonlySet<number>;
}

/** Lays the cases, as far as the shares have room for all entries of one, then ordinary entries up to the shares. */
function fill<Kind extends WorldKind, Oro, Graph extends { readonly marker?: BareMarker }>(
  kind: Kind,
  total: number,
  awkward: (name: keyof (typeof cases)[Kind] & string) => readonly Entry<Oro, Graph>[],
  ordinary: (place: Place) => Entry<Oro, Graph>,
  order?: Dice,
): Filled<Oro, Graph> {
  const shares = sharesOf(total);
  const counts = { orocrm: 0, outlook: 0, both: 0, colleague: 0 };
  const oro: Oro[] = [];
  const graph: Graph[] = [];
  const colleagues = new Set<number>();
  const laid: Record<string, readonly CaseAt[]> = {};
  const leftOut: string[] = [];
  const lay = (entry: Entry<Oro, Graph>): CaseAt => {
    counts[placeOf(entry) ?? 'colleague'] += 1;
    if (entry.colleague === true) colleagues.add(oro.length);
    const at = { ...(entry.oro !== undefined && { oro: oro.length }), ...(entry.graph !== undefined && { graph: graph.length }) };
    if (entry.graph !== undefined) graph.push(entry.marks === undefined ? entry.graph : { ...entry.graph, marker: { of: entry.marks === 'itself' ? oro.length : 0 } });
    if (entry.oro !== undefined) oro.push(entry.oro);
    return at;
  };
  const names = Object.keys(cases[kind]) as (keyof (typeof cases)[Kind] & string)[];
  const isFull = (): boolean => (Object.keys(shares) as Place[]).every((place) => counts[place] >= shares[place]);
  for (const name of order === undefined ? names : shuffled(names, order)) {
    // Without an order of its own every case throws its dice, so that a world keeps its values whatever its size.
    if (order !== undefined && isFull()) {
      leftOut.push(`${kind}/${name}`);
      continue;
    }
    const entries = awkward(name);
    const fits = (Object.keys(shares) as Place[]).every((place) => counts[place] + entries.filter((entry) => placeOf(entry) === place).length <= shares[place]);
    if (fits) laid[name] = entries.map(lay);
    else leftOut.push(`${kind}/${name}`);
  }
  for (const place of Object.keys(shares) as Place[]) while (counts[place] < shares[place]) lay(ordinary(place));
  return { oro, graph, counts, cases: laid, leftOut, colleagues };
}

function sharesOf(total: number): Record<Place, number> {
  const outlook = Math.round(total * 0.25);
  const both = Math.round(total * 0.15);
  return { orocrm: total - outlook - both, outlook, both };
}
