import { isObject, type Json } from '../shared/json.ts';
import { Counting } from '../shared/counting.ts';
import type { SimulatorEnv } from '../shared/simulator.ts';
import { ChangeLog, type Change } from './change-log.ts';
import { createIdMint, randomGuid, randomText } from './ids.ts';
import type { Application, Contact, Container, Event, GraphUser, Item, Mailbox, Task, World } from './state.ts';
import { nextSequence } from './state.ts';
import { defaultSwitches, type GraphSwitches } from './switches.ts';

/** What a new simulator begins with; everything else is made through `admin`. */
export interface GraphSeed {
  /** One mailbox each. Default: one user. */
  readonly users?: readonly Partial<GraphUser>[];
  readonly application?: Partial<Application>;
}

/** The application a fresh simulator knows when the seed names none. */
export const defaultApplication: Application = {
  tenant: 'contoso.example',
  clientId: 'b1f0c3d2-5a4e-4f6b-8c7d-9e0f1a2b3c4d',
  clientSecret: 'simulated-secret',
  roles: ['Contacts.ReadWrite', 'Calendars.ReadWrite', 'Tasks.ReadWrite.All', 'User.Read.All', 'MailboxSettings.Read'],
};

export function createWorld(options: { readonly env: SimulatorEnv; readonly origin: string; readonly state?: Json; readonly switches?: Partial<GraphSwitches>; readonly seed?: GraphSeed }): World {
  const saved = options.state === undefined ? undefined : (structuredClone(options.state) as unknown as SavedWorld);
  if (saved !== undefined && (!isObject(saved) || saved.format !== 1)) throw new TypeError('The saved state is not one of the Graph simulator, or of another version.');
  const world: World = {
    env: options.env,
    origin: options.origin,
    switches: { ...defaultSwitches, ...saved?.switches, ...options.switches },
    application: saved?.application ?? { ...defaultApplication, ...options.seed?.application },
    counting: new Counting(),
    mailboxes: new Map(),
    tokens: new Map(saved?.tokens),
    refreshTokens: new Map(saved?.refreshTokens),
    deviceCodes: new Map(saved?.deviceCodes),
    authorizationCodes: new Map(),
    subscriptions: new Map(saved?.subscriptions),
    openRounds: new Set(saved?.openRounds),
    faults: [],
    notices: [],
    consented: saved?.consented ?? true,
    deltaGeneration: saved?.deltaGeneration ?? 1,
    sequence: saved?.sequence ?? 0,
  };
  if (saved) for (const mailbox of saved.mailboxes) world.mailboxes.set(mailbox.user.id, restoreMailbox(world, mailbox));
  else for (const user of options.seed?.users ?? [{}]) addMailbox(world, user);
  return world;
}

/** A mailbox as it is on its first day: default folder, default list, flagged e-mails, default calendar. */
export function addMailbox(world: World, given: Partial<GraphUser>): Mailbox {
  const { random } = world.env;
  const userPrincipalName = given.userPrincipalName ?? `person${world.mailboxes.size + 1}@contoso.example`;
  const user: GraphUser = {
    id: given.id ?? randomGuid(random),
    userPrincipalName,
    displayName: given.displayName ?? userPrincipalName.split('@')[0] ?? '',
    mail: given.mail ?? userPrincipalName,
    timeZone: given.timeZone ?? 'UTC',
    language: given.language ?? 'en-US',
  };
  const mailbox = emptyMailbox(world, user, randomText(random, 6));
  world.mailboxes.set(user.id, mailbox);
  const add = (containers: Map<string, Container>, name: string, wellKnown: Container['wellKnown'], chain?: string): void => {
    const container = newContainer(mailbox, name, wellKnown, null);
    containers.set(container.key, container);
    if (chain !== undefined) {
      const log = new ChangeLog();
      const known = mailbox.logs.get(chain) ?? log;
      known.record({ seq: nextSequence(world), key: container.key });
      mailbox.logs.set(chain, known);
    }
  };
  add(mailbox.folders, 'Contacts', 'default');
  add(mailbox.lists, 'Tasks', 'default', 'lists');
  add(mailbox.lists, 'Flagged Emails', 'flaggedEmails', 'lists');
  add(mailbox.calendars, 'Calendar', 'default');
  return mailbox;
}

export function newContainer(mailbox: Mailbox, name: string, wellKnown: Container['wellKnown'], parent: string | null): Container {
  return { key: mailbox.mint.container(), name, parent, changeKey: mailbox.mint.changeKey(), wellKnown, extensions: {} };
}

/** By id or user principal name, in any case; without one the first. */
export function findMailbox(world: World, user?: string): Mailbox {
  const lower = user?.toLowerCase();
  for (const mailbox of world.mailboxes.values()) {
    if (lower === undefined || mailbox.user.id.toLowerCase() === lower || mailbox.user.userPrincipalName.toLowerCase() === lower) return mailbox;
  }
  throw new Error(`no such user: ${user ?? '(none at all)'}`);
}

interface SavedMailbox {
  readonly user: GraphUser;
  readonly tag: string;
  readonly folders: readonly Container[];
  readonly lists: readonly Container[];
  readonly calendars: readonly Container[];
  readonly contacts: readonly Contact[];
  readonly tasks: readonly Task[];
  readonly events: readonly Event[];
  readonly logs: readonly (readonly [string, readonly Change[]])[];
  readonly transactions: readonly (readonly [string, string])[];
  readonly categories: Mailbox['categories'];
  readonly outbox: Mailbox['outbox'];
  readonly requestSeconds: readonly (readonly [number, number])[];
}

interface SavedWorld {
  readonly format: 1;
  readonly switches: GraphSwitches;
  readonly application: Application;
  readonly consented: boolean;
  readonly deltaGeneration: number;
  readonly sequence: number;
  readonly tokens: readonly (readonly [string, World['tokens'] extends Map<string, infer Value> ? Value : never])[];
  readonly refreshTokens: readonly (readonly [string, World['refreshTokens'] extends Map<string, infer Value> ? Value : never])[];
  readonly deviceCodes: readonly (readonly [string, World['deviceCodes'] extends Map<string, infer Value> ? Value : never])[];
  readonly subscriptions: readonly (readonly [string, World['subscriptions'] extends Map<string, infer Value> ? Value : never])[];
  readonly openRounds: readonly string[];
  readonly mailboxes: readonly SavedMailbox[];
}

/** The whole state. Faults that were ordered and authorization codes under way are not part of it. */
export function saveWorld(world: World): Json {
  const saved: SavedWorld = {
    format: 1,
    switches: world.switches,
    application: world.application,
    consented: world.consented,
    deltaGeneration: world.deltaGeneration,
    sequence: world.sequence,
    tokens: [...world.tokens],
    refreshTokens: [...world.refreshTokens],
    deviceCodes: [...world.deviceCodes].map(([code, device]) => [code, { ...device }]),
    subscriptions: [...world.subscriptions].map(([id, subscription]) => [id, { ...subscription }]),
    openRounds: [...world.openRounds],
    mailboxes: [...world.mailboxes.values()].map((mailbox) => ({
      user: { ...mailbox.user },
      tag: mailbox.tag,
      folders: copies(mailbox.folders),
      lists: copies(mailbox.lists),
      calendars: copies(mailbox.calendars),
      contacts: copies(mailbox.contacts),
      tasks: copies(mailbox.tasks),
      events: copies(mailbox.events),
      logs: [...mailbox.logs].map(([name, log]) => [name, log.all()] as const),
      transactions: [...mailbox.transactions],
      categories: [...mailbox.categories],
      outbox: [...mailbox.outbox],
      requestSeconds: [...mailbox.requestSeconds],
    })),
  };
  return saved as unknown as Json;
}

function copies<Record extends Container | Item>(records: ReadonlyMap<string, Record>): Record[] {
  return [...records.values()].map((record) => ({ ...record, extensions: { ...record.extensions } }));
}

function restoreMailbox(world: World, saved: SavedMailbox): Mailbox {
  const mailbox = emptyMailbox(world, saved.user, saved.tag);
  for (const folder of saved.folders) mailbox.folders.set(folder.key, folder);
  for (const list of saved.lists) mailbox.lists.set(list.key, list);
  for (const calendar of saved.calendars) mailbox.calendars.set(calendar.key, calendar);
  for (const contact of saved.contacts) mailbox.contacts.set(contact.key, contact);
  for (const task of saved.tasks) mailbox.tasks.set(task.key, task);
  for (const event of saved.events) mailbox.events.set(event.key, event);
  for (const item of [...saved.contacts, ...saved.tasks, ...saved.events]) {
    mailbox.aliases.set(item.mutableId, item.key);
    const members = mailbox.members.get(item.parent) ?? new Set();
    members.add(item.key);
    mailbox.members.set(item.parent, members);
  }
  for (const [name, changes] of saved.logs) mailbox.logs.set(name, ChangeLog.restore(changes));
  for (const [id, key] of saved.transactions) mailbox.transactions.set(id, key);
  mailbox.categories.push(...saved.categories);
  mailbox.outbox.push(...saved.outbox);
  for (const [second, requests] of saved.requestSeconds) mailbox.requestSeconds.set(second, requests);
  return mailbox;
}

function emptyMailbox(world: World, user: GraphUser, tag: string): Mailbox {
  return {
    user,
    tag,
    mint: createIdMint(world.env.random, tag, () => nextSequence(world)),
    folders: new Map(),
    lists: new Map(),
    calendars: new Map(),
    contacts: new Map(),
    tasks: new Map(),
    events: new Map(),
    aliases: new Map(),
    members: new Map(),
    logs: new Map(),
    transactions: new Map(),
    categories: [],
    outbox: [],
    requestSeconds: new Map(),
    inFlight: 0,
    todoInFlight: 0,
  };
}
