import { maySee, mayUse } from '../actor.ts';
import { addressTextFields, contactTextFields, type AddressRow, type ContactRow, type EntryRow } from '../rows.ts';
import { toUtc } from '../times.ts';
import type { FilterField, Ref, Relation, Resource, View } from './resource.ts';

type Get<Row> = (row: Row, view: View) => unknown;

const nothing = (): null => null;
const none = (): readonly Ref[] => [];

/** One relationship to a single record, by id. */
export function toOne<Row>(type: string, id: (row: Row) => number | string | null): Relation<Row> {
  return {
    types: [type],
    many: false,
    of: (row, view) => {
      const found = id(row);
      // A role without rights on users sees no owner, not even of its own records [20]; likewise the organization [13].
      if (found === null || (type === 'users' && !view.actor.role.users)) return null;
      if (type === 'organizations' && !view.actor.role.organizations) return null;
      return { type, id: found };
    },
  };
}

/** A relationship to many records of one type, by ids. */
export function toMany<Row>(type: string, ids: (row: Row, view: View) => readonly (number | string)[]): Relation<Row> {
  return { types: [type], many: true, of: (row, view) => ids(row, view).map((id) => ({ type, id })) };
}

/** A filter by the id of a related record. */
export function byId<Row>(of: FilterField<Row>['of']): FilterField<Row> {
  return { kind: 'integer', takes: 'range', of };
}

const primaryOf = (entries: readonly EntryRow[]): string | null => entries.find((entry) => entry.primary)?.value ?? null;
const valuesOf = (entries: readonly EntryRow[]): readonly string[] => entries.map((entry) => entry.value);

function entries(list: 'emails' | 'phones', key: 'email' | 'phone'): Get<ContactRow> {
  // `include=emails` is undocumented and turns the entries into rows of the table [03].
  return (row, view) =>
    row[list].map((entry) =>
      view.include.has(list)
        ? { id: entry.id, [key]: entry.value, primary: entry.primary, owner: row.id }
        : { [key]: entry.value },
    );
}

/** `contacts`. */
export const contactResource: Resource<ContactRow> = {
  type: 'contacts',
  idKind: 'integer',
  id: (row) => row.id,
  attributes: {
    ...Object.fromEntries(contactTextFields.map((name): [string, Get<ContactRow>] => [name, (row) => row[name]])),
    createdAt: (row) => toUtc(row.createdAt),
    updatedAt: (row) => toUtc(row.updatedAt),
    lastContactedDate: nothing,
    lastContactedDateIn: nothing,
    lastContactedDateOut: nothing,
    timesContacted: nothing,
    timesContactedIn: nothing,
    timesContactedOut: nothing,
    primaryPhone: (row) => primaryOf(row.phones),
    primaryEmail: (row) => primaryOf(row.emails),
    emails: entries('emails', 'email'),
    phones: entries('phones', 'phone'),
  },
  relations: {
    source: toOne('contactsources', (row) => row.source),
    method: toOne('contactmethods', (row) => row.method),
    owner: toOne('users', (row) => row.ownerId),
    assignedTo: toOne('users', (row) => row.assignedToId),
    reportsTo: toOne('contacts', (row) => row.reportsToId),
    addresses: toMany('contactaddresses', (row, view) => view.store.addressesOf(row.id).map((address) => address.id)),
    groups: toMany('contactgroups', (row) => row.groupIds),
    accounts: toMany('accounts', (row) => row.accountIds),
    createdBy: toOne('users', (row) => row.createdById),
    updatedBy: toOne('users', (row) => row.updatedById),
    organization: toOne('organizations', () => 1),
    defaultInAccounts: toMany('accounts', (row) => row.defaultInAccountIds),
    picture: { types: ['files'], many: false, of: nothing },
    activityEmails: { types: ['emails'], many: true, of: none },
    activityNotes: { types: ['notes'], many: true, of: none },
    activityCalls: { types: ['calls'], many: true, of: none },
    activityTasks: toMany('tasks', (row, view) => view.store.tasksAbout(row.id)),
    tags: { types: ['tags'], many: true, of: none },
  },
  filters: {
    id: byId((row) => row.id),
    firstName: { kind: 'string', takes: 'one', of: (row) => row.firstName },
    lastName: { kind: 'string', takes: 'one', of: (row) => row.lastName },
    emails: { kind: 'string', takes: 'many', of: (row) => valuesOf(row.emails) },
    primaryEmail: { kind: 'string', takes: 'one', of: (row) => primaryOf(row.emails) },
    phones: { kind: 'string', takes: 'many', of: (row) => valuesOf(row.phones) },
    primaryPhone: { kind: 'string', takes: 'one', of: (row) => primaryOf(row.phones) },
    updatedAt: { kind: 'datetime', takes: 'range', of: (row) => row.updatedAt },
    owner: byId((row) => row.ownerId),
    assignedTo: byId((row) => row.assignedToId),
    reportsTo: byId((row) => row.reportsToId),
    createdBy: byId((row) => row.createdById),
    updatedBy: byId((row) => row.updatedById),
    organization: byId(() => 1),
    source: { kind: 'string', takes: 'one', of: (row) => row.source },
    method: { kind: 'string', takes: 'one', of: (row) => row.method },
    addresses: byId((row, store) => store.addressesOf(row.id).map((address) => address.id)),
    groups: byId((row) => row.groupIds),
    accounts: byId((row) => row.accountIds),
    defaultInAccounts: byId((row) => row.defaultInAccountIds),
    picture: byId(nothing),
    searchText: {
      kind: 'search',
      takes: 'one',
      of: (row) => [row.firstName, row.middleName, row.lastName, ...valuesOf(row.emails), ...valuesOf(row.phones)].filter(isText),
    },
  },
  sorts: {
    firstName: (row) => row.firstName,
    lastName: (row) => row.lastName,
    updatedAt: (row) => row.updatedAt,
    emails: (row) => row.emails[0]?.value ?? null,
    phones: (row) => row.phones[0]?.value ?? null,
    owner: (row) => row.ownerId,
    assignedTo: (row) => row.assignedToId,
    reportsTo: (row) => row.reportsToId,
    createdBy: (row) => row.createdById,
    updatedBy: (row) => row.updatedById,
    source: (row) => row.source,
    method: (row) => row.method,
  },
  rows: (store) => store.contacts.values(),
  find: (store, id) => store.contacts.get(Number(id)),
  usable: (actor) => mayUse(actor, 'contact'),
  visible: (store, actor, row) => maySee(store, actor, 'contact', row.id, row.ownerId),
  title: (row) => [row.firstName, row.lastName].filter(isText).join(' '),
  methods: { list: ['OPTIONS', 'GET', 'PATCH', 'POST', 'DELETE'], one: ['OPTIONS', 'GET', 'PATCH', 'DELETE'] },
};

/** `contactaddresses`. Neither filter nor sort by `updatedAt` exists [09]. */
export const addressResource: Resource<AddressRow> = {
  type: 'contactaddresses',
  idKind: 'integer',
  id: (row) => row.id,
  attributes: {
    primary: (row) => row.primary,
    ...Object.fromEntries(addressTextFields.map((name): [string, Get<AddressRow>] => [name, (row) => row[name]])),
    createdAt: (row) => toUtc(row.createdAt),
    updatedAt: (row) => toUtc(row.updatedAt),
  },
  relations: {
    owner: toOne('contacts', (row) => row.ownerId),
    types: toMany('addresstypes', (row) => row.types),
    country: toOne('countries', (row) => row.country),
    region: toOne('regions', (row) => row.region),
  },
  filters: {
    id: byId((row) => row.id),
    owner: byId((row) => row.ownerId),
    country: { kind: 'string', takes: 'many', of: (row) => row.country },
    region: { kind: 'string', takes: 'many', of: (row) => row.region },
    types: { kind: 'string', takes: 'many', of: (row) => row.types },
  },
  sorts: { owner: (row) => row.ownerId, country: (row) => row.country, region: (row) => row.region },
  rows: (store) => store.addresses.values(),
  find: (store, id) => store.addresses.get(Number(id)),
  usable: (actor) => mayUse(actor, 'contact'),
  visible: (store, actor, row) => {
    const contact = store.contacts.get(row.ownerId);
    return contact !== undefined && contactResource.visible(store, actor, contact);
  },
  methods: { list: ['OPTIONS', 'GET', 'PATCH', 'POST', 'DELETE'], one: ['OPTIONS', 'GET', 'PATCH', 'DELETE'] },
};

function isText(text: string | null): text is string {
  return text !== null && text !== '';
}
