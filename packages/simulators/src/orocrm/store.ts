import { isObject, type Json } from '../shared/json.ts';
import type { Counting } from '../shared/counting.ts';
import type { SimulatorEnv } from '../shared/simulator.ts';
import { defaultClients, defaultRoles, defaultUsers } from './people.ts';
import type {
  AddressRow,
  AuditRow,
  ContactRow,
  EventRow,
  OAuthClientRow,
  OperationRow,
  Role,
  Seconds,
  TaskRow,
  TokenRow,
  UserRow,
} from './rows.ts';
import { defaultSwitches, type OroSwitches } from './switches.ts';

/** The kinds of records an administrator can hide from the API's users. */
export type OroKind = 'contact' | 'task' | 'event';

/** Names of the id sequences; each table counts by itself, as in the database. */
export type Sequence =
  | 'contact'
  | 'address'
  | 'email'
  | 'phone'
  | 'task'
  | 'workflowItem'
  | 'event'
  | 'recurrence'
  | 'audit'
  | 'operation'
  | 'user'
  | 'role';

/** A named row of a small dictionary (accounts, contact groups). */
export interface NamedRow {
  readonly id: number;
  readonly name: string;
}

const format = 1;

/**
 * All tables of the simulated OroCRM, in memory, with the few indexes the API needs. Nothing here knows about
 * requests or validation.
 */
export class Store {
  readonly contacts = new Map<number, ContactRow>();
  readonly addresses = new Map<number, AddressRow>();
  readonly tasks = new Map<number, TaskRow>();
  readonly events = new Map<number, EventRow>();
  readonly users = new Map<number, UserRow>();
  readonly roles = new Map<number, Role>();
  readonly clients = new Map<string, OAuthClientRow>();
  readonly accessTokens = new Map<string, TokenRow>();
  readonly refreshTokens = new Map<string, TokenRow>();
  readonly operations = new Map<number, OperationRow>();
  readonly accounts = new Map<number, NamedRow>();
  readonly contactGroups = new Map<number, NamedRow>();
  readonly hidden: Readonly<Record<OroKind, Set<number>>> = { contact: new Set(), task: new Set(), event: new Set() };
  /** Nonce -> the second after which it may be forgotten. */
  readonly nonces = new Map<string, Seconds>();
  readonly audits: AuditRow[] = [];
  /** Rows the message queue has not written yet. */
  pendingAudits: { readonly row: AuditRow; readonly atMs: number }[] = [];
  switches: OroSwitches = { ...defaultSwitches };

  readonly env: SimulatorEnv;
  readonly counting: Counting;
  readonly #next: Partial<Record<Sequence, number>> = {};
  readonly #addressesOf = new Map<number, number[]>();
  readonly #tasksAbout = new Map<number, Set<number>>();
  readonly #taskOfItem = new Map<number, number>();
  readonly #copiesOf = new Map<number, number[]>();
  readonly #exceptionsOf = new Map<number, number[]>();
  readonly #versions = new Map<string, number>();

  constructor(env: SimulatorEnv, counting: Counting) {
    this.env = env;
    this.counting = counting;
    for (const role of defaultRoles) this.roles.set(role.id, role);
    for (const user of defaultUsers(this.now())) this.users.set(user.id, user);
    for (const client of defaultClients) this.clients.set(client.id, client);
    this.#next.user = this.users.size + 1;
    this.#next.role = Math.max(...this.roles.keys()) + 1;
    for (const [index, name] of ['Sales Group', 'Marketing Group'].entries()) {
      this.contactGroups.set(index + 1, { id: index + 1, name });
    }
  }

  /** The service's clock in whole seconds. */
  now(): Seconds {
    return Math.floor(this.env.now() / 1000);
  }

  nextId(sequence: Sequence): number {
    const id = this.#next[sequence] ?? 1;
    this.#next[sequence] = id + 1;
    return id;
  }

  /** A version 4 UUID from the injected dice. */
  uuid(): string {
    const hex = Array.from({ length: 31 }, () => Math.floor(this.env.random() * 16).toString(16)).join('');
    const variant = '89ab'[Math.floor(this.env.random() * 4)] ?? '8';
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }

  user(id: number): UserRow {
    const user = this.users.get(id);
    if (user === undefined) throw new TypeError(`no user ${id}`);
    return user;
  }

  userByName(username: string): UserRow | undefined {
    return [...this.users.values()].find((user) => user.username === username);
  }

  role(user: UserRow): Role {
    const role = this.roles.get(user.roleId);
    if (role === undefined) throw new TypeError(`no role ${user.roleId}`);
    return role;
  }

  addressesOf(contactId: number): AddressRow[] {
    return (this.#addressesOf.get(contactId) ?? []).flatMap((id) => this.addresses.get(id) ?? []);
  }

  addAddress(row: AddressRow): void {
    this.addresses.set(row.id, row);
    const ids = this.#addressesOf.get(row.ownerId);
    if (ids === undefined) this.#addressesOf.set(row.ownerId, [row.id]);
    else ids.push(row.id);
  }

  /** A changed row moves to the end of its table: the order in which a contact names its addresses is that one [05]. */
  moveAddress(row: AddressRow): void {
    const ids = this.#addressesOf.get(row.ownerId) ?? [];
    this.#addressesOf.set(row.ownerId, [...ids.filter((id) => id !== row.id), row.id]);
  }

  removeAddress(row: AddressRow): void {
    this.addresses.delete(row.id);
    const left = (this.#addressesOf.get(row.ownerId) ?? []).filter((id) => id !== row.id);
    if (left.length > 0) this.#addressesOf.set(row.ownerId, left);
    else this.#addressesOf.delete(row.ownerId);
  }

  tasksAbout(contactId: number): number[] {
    return [...(this.#tasksAbout.get(contactId) ?? [])].sort((a, b) => a - b);
  }

  setTargets(row: TaskRow, targets: TaskRow['targets']): void {
    for (const target of row.targets) if (target.type === 'contacts') this.#tasksAbout.get(target.id)?.delete(row.id);
    row.targets = targets;
    for (const target of targets) {
      if (target.type !== 'contacts') continue;
      const tasks = this.#tasksAbout.get(target.id) ?? new Set();
      this.#tasksAbout.set(target.id, tasks.add(row.id));
    }
  }

  taskOfItem(item: number): TaskRow | undefined {
    const id = this.#taskOfItem.get(item);
    return id === undefined ? undefined : this.tasks.get(id);
  }

  setWorkflowItem(row: TaskRow, item: number | null): void {
    if (row.workflowItem !== null) this.#taskOfItem.delete(row.workflowItem);
    row.workflowItem = item;
    if (item !== null) this.#taskOfItem.set(item, row.id);
  }

  /** Adds an event; children are found again by `copiesOf` and `exceptionsOf`. */
  addEvent(row: EventRow): void {
    this.events.set(row.id, row);
    if (row.parentEventId !== null) append(this.#copiesOf, row.parentEventId, row.id);
    if (row.recurringEventId !== null) append(this.#exceptionsOf, row.recurringEventId, row.id);
  }

  removeEvent(row: EventRow): void {
    this.events.delete(row.id);
    this.#copiesOf.delete(row.id);
    this.#exceptionsOf.delete(row.id);
  }

  /** Attendees' copies of an event. */
  copiesOf(id: number): EventRow[] {
    return (this.#copiesOf.get(id) ?? []).flatMap((copy) => this.events.get(copy) ?? []);
  }

  /** Exceptions of a series, cancelled ones included. */
  exceptionsOf(id: number): EventRow[] {
    return (this.#exceptionsOf.get(id) ?? []).flatMap((exception) => this.events.get(exception) ?? []);
  }

  /** The next audit version of one record. */
  nextVersion(objectClass: string, objectId: string): number {
    const key = `${objectClass} ${objectId}`;
    const version = (this.#versions.get(key) ?? 0) + 1;
    this.#versions.set(key, version);
    return version;
  }

  save(): Json {
    const maps = Object.fromEntries(mapNames.map((name) => [name, [...this[name].values()]]));
    // A copy: what happens later does not reach into a state somebody keeps. Somewhat faster than structuredClone here.
    const text = JSON.stringify({
      format,
      ...maps,
      next: { ...this.#next },
      switches: { ...this.switches },
      nonces: [...this.nonces],
      versions: [...this.#versions],
      hidden: { contact: [...this.hidden.contact], task: [...this.hidden.task], event: [...this.hidden.event] },
      audits: this.audits,
      pendingAudits: this.pendingAudits,
    });
    return JSON.parse(text) as Json;
  }

  /** Takes over a saved state. Throws `TypeError` when it is not one of ours. */
  load(state: Json): void {
    if (!isObject(state) || state['format'] !== format) {
      throw new TypeError(`This is no saved state of the OroCRM simulator of format ${format}.`);
    }
    const saved = structuredClone(state) as unknown as SavedState;
    for (const name of mapNames) {
      const map = this[name] as Map<number | string, SavedRow>;
      map.clear();
      for (const row of saved[name]) map.set(row.token ?? row.id, row);
    }
    Object.assign(this.#next, saved.next);
    this.switches = { ...defaultSwitches, ...saved.switches };
    for (const [nonce, until] of saved.nonces) this.nonces.set(nonce, until);
    for (const [key, version] of saved.versions) this.#versions.set(key, version);
    for (const kind of ['contact', 'task', 'event'] as const) for (const id of saved.hidden[kind]) this.hidden[kind].add(id);
    this.audits.push(...saved.audits);
    this.pendingAudits = saved.pendingAudits;
    this.#index();
  }

  #index(): void {
    for (const row of this.addresses.values()) append(this.#addressesOf, row.ownerId, row.id);
    for (const row of this.tasks.values()) {
      this.setTargets(row, row.targets);
      if (row.workflowItem !== null) this.#taskOfItem.set(row.workflowItem, row.id);
    }
    for (const row of this.events.values()) this.addEvent(row);
  }
}

const mapNames = [
  'contacts',
  'addresses',
  'tasks',
  'events',
  'users',
  'roles',
  'clients',
  'accessTokens',
  'refreshTokens',
  'operations',
  'accounts',
  'contactGroups',
] as const;

interface SavedRow {
  readonly id: number | string;
  /** Tokens are found by themselves. */
  readonly token?: string;
}

interface SavedState extends Readonly<Record<(typeof mapNames)[number], readonly SavedRow[]>> {
  readonly next: Partial<Record<Sequence, number>>;
  readonly switches: OroSwitches;
  readonly nonces: readonly (readonly [string, Seconds])[];
  readonly versions: readonly (readonly [string, number])[];
  readonly hidden: Readonly<Record<OroKind, readonly number[]>>;
  readonly audits: readonly AuditRow[];
  readonly pendingAudits: { readonly row: AuditRow; readonly atMs: number }[];
}

function append(index: Map<number, number[]>, key: number, id: number): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, [id]);
  else ids.push(id);
}
