import type { Route } from './call.ts';
import { accessDenied, badRequest, GraphFailure } from './failure.ts';
import type { Mailbox, Token, World } from './state.ts';

interface AreaPermissions {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly applicationRead: readonly string[];
  readonly applicationWrite: readonly string[];
}

/** The permissions of the official table that concern this slice; the application column of To Do has names of its own. */
const permissions: Readonly<Record<Exclude<Route['area'], 'none'>, AreaPermissions>> = {
  contacts: both('Contacts'),
  calendar: both('Calendars'),
  settings: both('MailboxSettings'),
  tasks: {
    read: ['Tasks.Read', 'Tasks.ReadWrite'],
    write: ['Tasks.ReadWrite'],
    applicationRead: ['Tasks.Read.All', 'Tasks.ReadWrite.All'],
    applicationWrite: ['Tasks.ReadWrite.All'],
  },
  profile: {
    read: ['User.Read', 'User.ReadWrite', 'User.Read.All', 'User.ReadBasic.All'],
    write: ['User.Read', 'User.ReadWrite', 'User.Read.All', 'User.ReadBasic.All'],
    applicationRead: ['User.Read.All', 'User.ReadBasic.All'],
    applicationWrite: ['User.Read.All', 'User.ReadBasic.All'],
  },
};

/** The token of a request; 401 without a bearer token, with an unknown one, and with one past its hour. */
export function readToken(world: World, authorization: string | null): Token {
  const found = /^Bearer (\S+)$/i.exec(authorization ?? '');
  if (!found) throw unauthorized('Access token is empty.');
  const token = world.tokens.get(found[1] ?? '');
  if (!token) throw unauthorized('IDX14100: JWT is not well formed.');
  if (token.expiresMs <= world.env.now()) throw unauthorized('Lifetime validation failed, the token is expired.');
  return token;
}

/** The mailbox a path is about: `/me` of a delegated token, or `/users/{id or name}`. */
export function mailboxOf(world: World, token: Token, user: string | undefined): Mailbox {
  if (user === undefined) {
    const own = token.userId === undefined ? undefined : world.mailboxes.get(token.userId);
    if (!own) throw badRequest('/me request is only valid with delegated authentication flow.');
    return own;
  }
  const lower = user.toLowerCase();
  for (const mailbox of world.mailboxes.values()) {
    if (mailbox.user.id.toLowerCase() !== lower && mailbox.user.userPrincipalName.toLowerCase() !== lower) continue;
    if (token.userId !== undefined && token.userId !== mailbox.user.id) throw accessDenied();
    return mailbox;
  }
  throw new GraphFailure(404, 'ErrorInvalidUser', `The requested user '${user}' is invalid.`);
}

export function checkPermission(token: Token, route: Route): void {
  if (route.area === 'none') return;
  const needed = permissions[route.area];
  const reads = route.method === 'GET';
  const application = token.userId === undefined;
  const list = application ? (reads ? needed.applicationRead : needed.applicationWrite) : reads ? needed.read : needed.write;
  if (!list.some((permission) => token.scopes.includes(permission))) throw accessDenied();
}

function both(name: string): AreaPermissions {
  const read = [`${name}.Read`, `${name}.ReadWrite`];
  const write = [`${name}.ReadWrite`];
  return { read, write, applicationRead: read, applicationWrite: write };
}

function unauthorized(message: string): GraphFailure {
  return new GraphFailure(401, 'InvalidAuthenticationToken', message, { 'www-authenticate': 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"' });
}
