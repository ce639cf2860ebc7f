import { countries, type Country } from '../countries.ts';
import { regionIdsOf, regions, type Region } from '../regions.ts';
import type { UserRow } from '../rows.ts';
import type { NamedRow, Store } from '../store.ts';
import { toUtc } from '../times.ts';
import { byId, toMany, toOne } from './contact-resource.ts';
import type { Ref, Resource, View } from './resource.ts';

const readOnly = { list: ['OPTIONS', 'GET'], one: ['OPTIONS', 'GET'] } as const;

type Entry = Readonly<Record<string, string | number | boolean>> & { readonly id: string };

/** A dictionary whose ids are names. Rows come in the order of their ids. */
function dictionary(type: string, attributes: readonly string[], entries: readonly Entry[], filters: readonly string[]): Resource<Entry> {
  const rows = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    type,
    idKind: 'string',
    id: (row) => row.id,
    attributes: Object.fromEntries(attributes.map((name) => [name, (row: Entry) => row[name] ?? null])),
    relations: {},
    filters: Object.fromEntries(
      ['id', ...filters].map((name) => [
        name,
        { kind: 'string' as const, takes: name === 'id' ? ('many' as const) : ('one' as const), of: (row: Entry) => String(row[name]) },
      ]),
    ),
    sorts: Object.fromEntries(filters.map((name) => [name, (row: Entry) => String(row[name])])),
    rows: () => rows,
    find: (_, id) => rows.find((row) => row.id === id),
    usable: () => true,
    visible: () => true,
    methods: readOnly,
  };
}

/** Task priorities; `order` 1 is the lowest. */
export const priorities: readonly Entry[] = [
  { id: 'low', label: 'Low', order: 1 },
  { id: 'normal', label: 'Normal', order: 2 },
  { id: 'high', label: 'High', order: 3 },
];

/** Task statuses, as installed. */
export const statuses: readonly Entry[] = [
  { id: 'open', name: 'Open', priority: 1, default: true },
  { id: 'in_progress', name: 'In Progress', priority: 2, default: false },
  { id: 'closed', name: 'Closed', priority: 3, default: false },
];

/** `contact.source` and `contact.method`. */
export const sources: readonly Entry[] = [
  { id: 'call', label: 'Phone Call' },
  { id: 'tv', label: 'TV' },
  { id: 'website', label: 'Website' },
  { id: 'other', label: 'Other Source' },
];
export const methods: readonly Entry[] = [
  { id: 'phone', label: 'Phone' },
  { id: 'email', label: 'Email' },
  { id: 'mail', label: 'Mail' },
];
export const addressTypes: readonly Entry[] = [
  { id: 'billing', label: 'Billing' },
  { id: 'shipping', label: 'Shipping' },
];

const countryResource: Resource<Country> = {
  type: 'countries',
  idKind: 'string',
  id: (row) => row.id,
  attributes: { iso3Code: (row) => row.iso3, name: (row) => row.name },
  relations: { regions: toMany('regions', (row) => regionIdsOf(row.id)) },
  filters: {
    id: { kind: 'string', takes: 'many', of: (row) => row.id },
    iso3Code: { kind: 'string', takes: 'one', of: (row) => row.iso3 },
    regions: { kind: 'string', takes: 'many', of: (row) => regionIdsOf(row.id) },
  },
  sorts: {},
  rows: () => countries.values(),
  find: (_, id) => countries.get(id),
  usable: () => true,
  visible: () => true,
  title: (row) => row.name,
  methods: readOnly,
};

const regionResource: Resource<Region> = {
  type: 'regions',
  idKind: 'string',
  id: (row) => row.id,
  attributes: { code: (row) => row.code, name: (row) => row.name },
  relations: { country: toOne('countries', (row) => row.country) },
  filters: {
    id: { kind: 'string', takes: 'many', of: (row) => row.id },
    name: { kind: 'string', takes: 'one', of: (row) => row.name },
    country: { kind: 'string', takes: 'many', of: (row) => row.country },
  },
  sorts: { name: (row) => row.name, country: (row) => row.country },
  rows: () => regions.values(),
  find: (_, id) => regions.get(id),
  usable: () => true,
  visible: () => true,
  title: (row) => row.name,
  methods: readOnly,
};

function named(type: string, attribute: string, table: (store: Store) => ReadonlyMap<number, NamedRow>): Resource<NamedRow> {
  return {
    type,
    idKind: 'integer',
    id: (row) => row.id,
    attributes: { [attribute]: (row) => row.name },
    relations: {},
    filters: { id: byId((row) => row.id), [attribute]: { kind: 'string', takes: 'one', of: (row) => row.name } },
    sorts: { [attribute]: (row) => row.name },
    rows: (store) => table(store).values(),
    find: (store, id) => table(store).get(Number(id)),
    usable: () => true,
    visible: () => true,
    methods: readOnly,
  };
}

const none = (): readonly Ref[] => [];

/** `users`; `userprofile` prints the same record under another type. */
export const userResource: Resource<UserRow> = {
  type: 'users',
  idKind: 'integer',
  id: (row) => row.id,
  attributes: {
    username: (row) => row.username,
    email: (row) => row.email,
    namePrefix: () => null,
    firstName: (row) => row.firstName,
    middleName: () => null,
    lastName: (row) => row.lastName,
    nameSuffix: () => null,
    birthday: () => null,
    enabled: (row) => row.enabled,
    lastLogin: () => null,
    createdAt: (row) => toUtc(row.createdAt),
    updatedAt: (row) => toUtc(row.createdAt),
    loginCount: () => 0,
    passwordRequestedAt: () => null,
    passwordChangedAt: () => null,
    phone: () => null,
    title: () => null,
    googleId: () => null,
    emails: () => [],
  },
  relations: {
    groups: { types: ['usergroups'], many: true, of: none },
    owner: { types: ['businessunits'], many: false, of: () => ({ type: 'businessunits', id: 1 }) },
    businessUnits: { types: ['businessunits'], many: true, of: () => [{ type: 'businessunits', id: 1 }] },
    organizations: { types: ['organizations'], many: true, of: () => [{ type: 'organizations', id: 1 }] },
    userRoles: { types: ['userroles'], many: true, of: (row) => [{ type: 'userroles', id: row.roleId }] },
    organization: { types: ['organizations'], many: false, of: () => ({ type: 'organizations', id: 1 }) },
    avatar: { types: ['files'], many: false, of: () => null },
    auth_status: { types: ['userauthstatuses'], many: false, of: () => ({ type: 'userauthstatuses', id: 'active' }) },
    activityEmails: { types: ['emails'], many: true, of: none },
    activityCalls: { types: ['calls'], many: true, of: none },
    tags: { types: ['tags'], many: true, of: none },
  },
  filters: {
    id: byId((row) => row.id),
    username: { kind: 'string', takes: 'many', of: (row) => row.username },
    email: { kind: 'string', takes: 'many', of: (row) => row.email },
    enabled: { kind: 'string', takes: 'one', of: (row) => String(row.enabled) },
    firstName: { kind: 'string', takes: 'one', of: (row) => row.firstName },
    lastName: { kind: 'string', takes: 'one', of: (row) => row.lastName },
  },
  sorts: { username: (row) => row.username, email: (row) => row.email },
  rows: (store) => store.users.values(),
  find: (store, id) => store.users.get(Number(id)),
  usable: (actor) => actor.role.users,
  visible: () => true,
  methods: readOnly,
};

interface ConfigurationOption {
  readonly id: string;
  readonly value: (view: View) => unknown;
}

const optionRows: readonly ConfigurationOption[] = [
  { id: 'oro_locale.timezone', value: (view) => view.store.switches.timezone },
];

const optionResource: Resource<ConfigurationOption> = {
  type: 'configurationoptions',
  idKind: 'string',
  id: (row) => row.id,
  attributes: { scope: () => 'global', dataType: () => 'string', value: (row, view) => row.value(view) },
  relations: {},
  filters: {},
  sorts: {},
  rows: () => optionRows,
  find: (_, id) => optionRows.find((row) => row.id === id),
  usable: () => true,
  visible: () => true,
  methods: readOnly,
};

const configurationResource: Resource<{ readonly id: string }> = {
  type: 'configuration',
  idKind: 'string',
  id: (row) => row.id,
  attributes: {},
  relations: { options: toMany('configurationoptions', () => optionRows.map((row) => row.id)) },
  filters: {},
  sorts: {},
  rows: () => [{ id: 'localization' }],
  find: (_, id) => (id === 'localization' ? { id } : undefined),
  usable: () => true,
  visible: () => true,
  methods: readOnly,
};

/** Everything that is only read. */
export const lookupResources = [
  dictionary('taskpriorities', ['label', 'order'], priorities, ['label']),
  dictionary('taskstatuses', ['name', 'priority', 'default'], statuses, []),
  dictionary('addresstypes', ['label'], addressTypes, ['label']),
  dictionary('contactsources', ['label'], sources, ['label']),
  dictionary('contactmethods', ['label'], methods, ['label']),
  countryResource,
  regionResource,
  named('contactgroups', 'label', (store) => store.contactGroups),
  named('accounts', 'name', (store) => store.accounts),
  userResource,
  configurationResource,
  optionResource,
] as const;
