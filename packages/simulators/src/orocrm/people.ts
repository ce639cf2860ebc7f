import type { OAuthClientRow, Role, Seconds, UserRow } from './rows.ts';

/** The roles a new simulator has. */
export const defaultRoles: readonly Role[] = [
  { id: 1, label: 'Nothing', contacts: 'none', tasks: 'none', events: 'none', users: false, organizations: false, audit: false, batch: false, workflow: false },
  { id: 2, label: 'Own records', contacts: 'own', tasks: 'own', events: 'own', users: false, organizations: false, audit: false, batch: false, workflow: false },
  { id: 3, label: 'Administrator', contacts: 'all', tasks: 'all', events: 'all', users: true, organizations: true, audit: true, batch: true, workflow: true },
  { id: 4, label: 'Sales Rep', contacts: 'all', tasks: 'all', events: 'all', users: true, organizations: false, audit: true, batch: true, workflow: true },
];

/**
 * The users a new simulator has: `admin` (1), `sale` (2, may do nearly everything, as in the demo data of the
 * service), `limited` (3, own records only, no workflow, no audit log, no view of users) and `nobody` (4, a role
 * without any permission). Password = user name, API key = `key-` + user name.
 */
export function defaultUsers(now: Seconds): UserRow[] {
  const rows: readonly [string, string, string, number][] = [
    ['admin', 'John', 'Doe', 3],
    ['sale', 'Ellen', 'Rowell', 4],
    ['limited', 'Lim', 'Ited', 2],
    ['nobody', 'No', 'Rights', 1],
  ];
  return rows.map(([username, firstName, lastName, roleId], index) => ({
    id: index + 1,
    username,
    password: username,
    apiKey: `key-${username}`,
    email: `${username}@example.com`,
    firstName,
    lastName,
    enabled: true,
    roleId,
    createdAt: now,
  }));
}

/** One client per way of signing in; the secret of each is `secret-` + its id. */
export const defaultClients: readonly OAuthClientRow[] = [
  { id: 'syncline-admin', secret: 'secret-syncline-admin', grants: ['client_credentials'], userId: 1 },
  { id: 'syncline-sale', secret: 'secret-syncline-sale', grants: ['client_credentials'], userId: 2 },
  { id: 'syncline-limited', secret: 'secret-syncline-limited', grants: ['client_credentials'], userId: 3 },
  { id: 'syncline-nobody', secret: 'secret-syncline-nobody', grants: ['client_credentials'], userId: 4 },
  { id: 'syncline-password', secret: 'secret-syncline-password', grants: ['password', 'refresh_token'], userId: 1 },
];
