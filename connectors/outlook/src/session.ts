import { createHash } from 'node:crypto';
import { Failure, type Account, type Context } from '@syncline/connector';
import { z } from 'zod';
import { errorOf, failureOf } from './answer.ts';
import { openApi, type Api } from './api.ts';
import type { Config } from './config.ts';
import type { Container } from './containers.ts';
import { contacts, findDefaultFolder, listFolders } from './contacts.ts';
import { events, listCalendars } from './events.ts';
import { buildLenses, type Lenses } from './mapping/index.ts';
import { ianaOf } from './mapping/zone.ts';
import { deviceInvitation } from './person-sign-in.ts';
import { refreshTokensOf } from './refresh-tokens.ts';
import { listTaskLists, tasks } from './tasks.ts';

/** One signed-in mailbox. */
export interface Session {
  readonly api: Api;
  readonly config: Config;
  readonly context: Context;
  readonly lenses: Lenses;
  readonly account: { readonly id: string; readonly name: string };
  /** Id of the default contact folder; `undefined` while it cannot be told. */
  readonly defaultFolder: () => Promise<string | undefined>;
  /** Contact folders below the default one, at any depth. */
  readonly folders: () => Promise<readonly Container[]>;
  /** The mailbox's To Do lists, read when they are needed. */
  readonly taskLists: () => Promise<readonly Container[]>;
  /** Its calendars likewise. */
  readonly calendars: () => Promise<readonly Container[]>;
  /** Extended properties, with what carries them, that were read back as they were written in this session. */
  readonly provenProperties: Set<string>;
}

const mailboxSettings = z.object({ timeZone: z.string() });

const person = z.object({
  id: z.string().nullish(),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
});

/** Signs in and finds the mailbox. */
export async function connect(config: Config, context: Context): Promise<Session> {
  const api = await openForPerson(config, context);
  const account = await findAccount(api, config, context);
  return {
    api,
    config,
    context,
    account,
    lenses: buildLenses(context),
    defaultFolder: remember(() => findDefaultFolder(api, context), context.now),
    folders: remember(() => listFolders(api, context), context.now, changing(config.contactFolders)),
    taskLists: remember(() => listTaskLists(api, context), context.now, changing(config.taskLists)),
    calendars: remember(() => listCalendars(api, context), context.now, changing(config.calendars)),
    provenProperties: new Set(),
  };
}

/** Rule R8: where a person signs in with a code, the sentence says which, as long as nobody has or when it is over. */
async function openForPerson(config: Config, context: Context): Promise<Api> {
  if (config.signIn.method !== 'device-code' || context.secrets === undefined) return openApi(config, context);
  const tokens = refreshTokensOf(config, context);
  if ((await tokens.newest()) !== undefined) {
    try {
      return await openApi(config, context);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'auth') throw error;
      await tokens.forget();
    }
  }
  const invitation = await deviceInvitation(config, context);
  if (invitation !== undefined) throw invitation;
  return openApi(config, context);
}

/** Tries each kind once: what may not be read, or is not there, comes as a warning that says what to change. */
export async function check(session: Session): Promise<Account> {
  const warnings: string[] = [];
  for (const collection of [contacts, tasks, events]) {
    try {
      const { places } = await collection.open(session);
      for (const place of places) {
        const answer = await session.api.get(place.self);
        if (answer.status !== 200) warnings.push(failureOf(answer, { what: `reading ${collection.name}`, writes: false, now: session.context.now() }).message);
      }
    } catch (error) {
      if (!(error instanceof Failure) || (error.kind !== 'config' && error.kind !== 'unsupported')) throw error;
      warnings.push(error.message);
    }
  }
  const origin = createHash('sha256').update(`outlook ${session.account.id}`).digest('hex').slice(0, 16);
  const zone = await zoneOf(session);
  return { name: session.account.name, origin, warnings, ...(zone !== undefined && { zone }) };
}

/** The zone the person chose in Outlook (rule S18). Its permission (MailboxSettings.Read) is none that syncing needs: without it nothing is told. */
async function zoneOf({ api }: Session): Promise<string | undefined> {
  const answer = await api.get(`${api.root}/mailboxSettings?$select=timeZone`);
  const read = mailboxSettings.safeParse(answer.body);
  return answer.status === 200 && read.success ? ianaOf(read.data.timeZone) : undefined;
}

async function findAccount(api: Api, config: Config, context: Context): Promise<Session['account']> {
  const user = config.signIn.method === 'client-credentials' ? config.signIn.user : undefined;
  const answer = await api.get(`${api.root}?$select=id,displayName,mail,userPrincipalName`);
  // Without User.Read the mailbox works all the same; it only has no name.
  if (answer.status === 403 && user !== undefined) return { id: user.toLowerCase(), name: user };
  if (answer.status === 404) throw new Failure('config', `The tenant "${config.tenant}" has no user "${user ?? 'me'}" with a mailbox: correct "signIn.user".`, { cause: errorOf(answer).code });
  if (answer.status !== 200) throw failureOf(answer, { what: 'reading the profile', writes: false, now: context.now() });
  const found = person.parse(answer.body);
  const address = found.mail ?? found.userPrincipalName ?? user ?? '';
  const name = found.displayName == null ? address : `${found.displayName} <${address}>`;
  return { id: found.id ?? address.toLowerCase(), name };
}

/** Who syncs all of them gets a new one within this time. */
function changing(words: readonly string[]): number {
  return words.includes('all') ? 15 * 60_000 : Infinity;
}

/** Asks until there is an answer, then not again for so long. */
function remember<T>(find: () => Promise<T>, now: () => number, ms = Infinity): () => Promise<T> {
  let found: { readonly value: T; readonly at: number } | undefined;
  return async () => {
    if (found?.value === undefined || now() - found.at >= ms) found = { value: await find(), at: now() };
    return found.value;
  };
}
