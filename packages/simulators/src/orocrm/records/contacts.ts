import {
  addressTextFields,
  contactTextFields,
  type AddressRow,
  type AddressTextField,
  type ContactRow,
  type ContactTextField,
  type EntryRow,
} from '../rows.ts';
import type { Store } from '../store.ts';
import { audit, change } from './audit.ts';
import { changedEntries, planEntries } from './entries.ts';

/** The related records of a contact that are columns of it: changing one moves `updatedAt`. */
export interface ContactLinks {
  source: string | null;
  method: string | null;
  ownerId: number | null;
  assignedToId: number | null;
  reportsToId: number | null;
  groupIds: number[];
  accountIds: number[];
  defaultInAccountIds: number[];
}

/** What an address shall be. */
export interface AddressDraft extends Record<AddressTextField, string | null> {
  primary: boolean;
  types: string[];
  country: string;
  region: string | null;
}

/** One entry of the list of addresses a contact shall have; an absent address of an id keeps it as it is. */
export interface AddressPlan {
  readonly id?: number;
  readonly draft?: AddressDraft;
  /** Set when written: the id the address has. */
  written?: number;
}

/** A change of a contact, already valid. Absent members stay. */
export interface ContactChange {
  readonly text?: Partial<Record<ContactTextField, string | null>>;
  readonly links?: Partial<ContactLinks>;
  readonly createdById?: number | null;
  /** All of them; the primary one by value. */
  readonly emails?: { readonly values: readonly string[]; readonly primary: string | null };
  readonly phones?: { readonly values: readonly string[]; readonly primary: string | null };
  /** The whole list: an address left out is deleted. */
  readonly addresses?: readonly AddressPlan[];
}

/** Through which door a change comes: the back office moves `updatedAt` for collections too [14], the API does not [06]. */
export type Door = 'api' | 'back-office';

/** Creates or changes a contact and returns the stored row. */
export function writeContact(store: Store, row: ContactRow | undefined, input: ContactChange, userId: number | null, door: Door): ContactRow {
  const now = store.now();
  const transactionId = store.uuid();
  const target: ContactRow = row ?? blankContact(store.nextId('contact'), now, userId);
  const data: Record<string, unknown> = {};
  let moved = applyColumns(target, input, data);
  if (row === undefined && input.createdById !== undefined) target.createdById = input.createdById;

  let collections = false;
  for (const list of ['emails', 'phones'] as const) {
    const wanted = input[list];
    if (wanted === undefined) continue;
    const before = target[list];
    const after = planEntries(before, wanted.values, wanted.primary, () => store.nextId(list === 'emails' ? 'email' : 'phone'));
    if (noteEntries(store, list, before, after, userId, transactionId, data)) collections = true;
    target[list] = after;
  }
  if (input.addresses !== undefined && writeAddressList(store, target.id, input.addresses)) collections = true;

  if (row === undefined) {
    store.contacts.set(target.id, target);
    store.counting.record('contact', 'created');
  } else if (moved || collections) store.counting.record('contact', 'updated');
  if (row !== undefined && collections && door === 'back-office') moved = true;
  if (row !== undefined && moved) {
    target.updatedAt = now;
    target.updatedById = userId;
  }
  if (row === undefined || Object.keys(data).length > 0) {
    const action = row === undefined ? 'create' : 'update';
    audit(store, { action, of: 'contact', id: target.id, name: contactName(target), userId, transactionId, data });
  }
  return target;
}

/** Deletes a contact with its e-mails, phones and addresses; tasks about it stay. */
export function deleteContact(store: Store, row: ContactRow, userId: number | null): void {
  const transactionId = store.uuid();
  noteEntries(store, 'emails', row.emails, [], userId, transactionId, {});
  noteEntries(store, 'phones', row.phones, [], userId, transactionId, {});
  const data: Record<string, unknown> = {};
  for (const name of contactTextFields) if (row[name] !== null) data[name] = change(row[name], null);
  audit(store, { action: 'remove', of: 'contact', id: row.id, name: contactName(row), userId, transactionId, data });
  for (const address of store.addressesOf(row.id)) store.removeAddress(address);
  for (const taskId of store.tasksAbout(row.id)) {
    const task = store.tasks.get(taskId);
    if (task !== undefined) store.setTargets(task, task.targets.filter((ref) => ref.type !== 'contacts' || ref.id !== row.id));
  }
  for (const other of store.contacts.values()) if (other.reportsToId === row.id) other.reportsToId = null;
  store.contacts.delete(row.id);
  store.counting.record('contact', 'deleted');
}

/** Creates an address of a contact, or changes one. The contact's own `updatedAt` stays. */
export function writeAddress(store: Store, row: AddressRow | undefined, contactId: number, draft: AddressDraft): AddressRow {
  if (row === undefined) return createAddress(store, contactId, draft, 'taker');
  applyAddress(store, row, draft);
  return row;
}

/** Deletes an address. When it was the primary one, none is primary until one is set [21]. */
export function deleteAddress(store: Store, row: AddressRow): void {
  store.removeAddress(row);
}

/** What the back office shows as the contact's name. */
export function contactName(row: ContactRow): string {
  const name = [row.firstName, row.lastName].filter((part) => part !== null && part !== '').join(' ');
  return name !== '' ? name : (row.emails[0]?.value ?? row.phones[0]?.value ?? `Contact::${row.id}`);
}

function blankContact(id: number, now: number, userId: number | null): ContactRow {
  const text = Object.fromEntries(contactTextFields.map((name) => [name, null])) as Record<ContactTextField, null>;
  return {
    id,
    ...text,
    createdAt: now,
    updatedAt: now,
    emails: [],
    phones: [],
    source: null,
    method: null,
    ownerId: userId,
    assignedToId: null,
    reportsToId: null,
    createdById: userId,
    updatedById: userId,
    groupIds: [],
    accountIds: [],
    defaultInAccountIds: [],
  };
}

function applyColumns(target: ContactRow, input: ContactChange, data: Record<string, unknown>): boolean {
  let moved = false;
  for (const name of contactTextFields) {
    const value = input.text?.[name];
    if (value === undefined || value === target[name]) continue;
    data[name] = change(target[name], value);
    target[name] = value;
    moved = true;
  }
  const links = input.links ?? {};
  for (const name in links) {
    const key = name as keyof ContactLinks;
    const value = links[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(target[key])) continue;
    if (key === 'ownerId') data['owner'] = change(target.ownerId, value);
    Object.assign(target, { [key]: value });
    moved = true;
  }
  return moved;
}

/** Writes the audit rows of one list; true where anything changed. */
function noteEntries(
  store: Store,
  list: 'emails' | 'phones',
  before: readonly EntryRow[],
  after: readonly EntryRow[],
  userId: number | null,
  transactionId: string,
  data: Record<string, unknown>,
): boolean {
  const of = list === 'emails' ? 'email' : 'phone';
  const changes = changedEntries(before, after);
  const words: string[] = [];
  for (const { entry, was, action } of changes.values) {
    const values = { [of]: change(was, action === 'remove' ? null : entry.value) };
    audit(store, { action, of, id: entry.id, name: entry.value, userId, transactionId, data: values });
    words.push(`${{ create: 'Added', update: 'Changed', remove: 'Removed' }[action]}: ${entry.value}`);
  }
  if (changes.values.length > 0) data[list] = { old: null, new: words.join('\n'), collectionDiffs: diffs(of, changes.values) };
  return changes.any;
}

function diffs(of: string, changes: ReturnType<typeof changedEntries>['values']): Record<string, unknown> {
  const pick = (action: string): unknown => {
    const picked = changes.filter((item) => item.action === action);
    // PHP writes an empty map as an empty list.
    if (picked.length === 0) return [];
    return Object.fromEntries(
      picked.map(({ entry, was }) => [
        `${of}${entry.id}`,
        { entity_id: entry.id, entity_name: entry.value, change_set: { [of]: [was, action === 'remove' ? null : entry.value] } },
      ]),
    );
  };
  return { added: pick('create'), removed: pick('remove'), changed: pick('update') };
}

function writeAddressList(store: Store, contactId: number, plans: readonly AddressPlan[]): boolean {
  let changed = false;
  const kept = new Set(plans.map((plan) => plan.id));
  for (const address of store.addressesOf(contactId)) {
    if (kept.has(address.id)) continue;
    store.removeAddress(address);
    changed = true;
  }
  for (const plan of plans) {
    const row = plan.id === undefined ? undefined : store.addresses.get(plan.id);
    if (row === undefined && plan.draft !== undefined) {
      // Of two new addresses of one request that want the same type, the first keeps it [04].
      const newOnes = plans.flatMap((other) => (other.written === undefined || other.id !== undefined ? [] : [other.written]));
      plan.written = createAddress(store, contactId, plan.draft, newOnes.length > 0 ? new Set(newOnes) : 'taker').id;
      changed = true;
    } else if (row !== undefined) {
      if (plan.draft !== undefined && applyAddress(store, row, plan.draft)) changed = true;
      plan.written = row.id;
    }
  }
  return changed;
}

function createAddress(store: Store, contactId: number, draft: AddressDraft, earlier: ReadonlySet<number> | 'taker'): AddressRow {
  const now = store.now();
  const others = store.addressesOf(contactId);
  const sisters = earlier === 'taker' ? [] : others.filter((other) => earlier.has(other.id));
  const types = draft.types.filter((type) => !sisters.some((sister) => sister.types.includes(type)));
  const primary = others.length === 0 || (draft.primary && !sisters.some((sister) => sister.primary));
  const row: AddressRow = { id: store.nextId('address'), ownerId: contactId, ...draft, types, primary, createdAt: now, updatedAt: now };
  store.addAddress(row);
  takeFromOthers(store, row);
  return row;
}

function applyAddress(store: Store, row: AddressRow, draft: AddressDraft): boolean {
  const before = JSON.stringify(row);
  for (const name of addressTextFields) row[name] = draft[name];
  row.country = draft.country;
  row.region = draft.region;
  row.types = [...draft.types];
  row.primary = draft.primary || store.addressesOf(row.ownerId).length === 1;
  const changed = JSON.stringify(row) !== before;
  if (changed) {
    row.updatedAt = store.now();
    store.moveAddress(row);
  }
  takeFromOthers(store, row);
  return changed;
}

/** A type, and being primary, belong to one address of a contact: the others lose it silently [05]. */
function takeFromOthers(store: Store, row: AddressRow): void {
  for (const other of store.addressesOf(row.ownerId)) {
    if (other.id === row.id) continue;
    const types = other.types.filter((type) => !row.types.includes(type));
    const primary = other.primary && !row.primary;
    if (types.length === other.types.length && primary === other.primary) continue;
    other.types = types;
    other.primary = primary;
    other.updatedAt = store.now();
    store.moveAddress(other);
  }
}
