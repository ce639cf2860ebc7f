import { isUnfit, type Session } from '@syncline/hub';
import { configOption, loadConfig } from '../load-config.ts';
import { textOf, type Given } from '../options.ts';
import { Complaint, type World } from '../world.ts';
import { alone, ask, findRunning } from './remote.ts';

/** What every command about one user's records takes. */
export const userOptions = { ...configOption, user: { value: 'NAME', help: 'whose records; needed where there are several users' } };

/** Asks the hub that runs, or opens the data folder itself. */
export async function onUser(given: Given, world: World, path: string, asked: object, work: (session: Session) => Promise<object | undefined>): Promise<unknown> {
  const config = await loadConfig(given, world, false);
  const user = oneUser(given, config.users.map(({ id }) => id));
  const hub = await findRunning(config, world);
  if (hub !== undefined) return ask(hub, world, 'POST', `/api/v1/${path}`, { user, ...asked });
  const [answer] = await alone({ ...given, values: { ...given.values, user } }, world, async (started) => started.hub.users.get(user)?.sync.look(work));
  return answer;
}

/** As {@link onUser}, about one record. Throws a `Complaint` for an id nobody has, and for what does not fit the record. */
export async function onRecord<A extends object>(given: Given, world: World, path: string, asked: { readonly record: string; readonly [more: string]: unknown }, work: (session: Session) => Promise<object | undefined>): Promise<A> {
  const answer = (await onUser(given, world, path, asked, work)) as A | undefined;
  if (answer === undefined) throw new Complaint(`No record has the id "${asked.record}" on either side.`);
  if (isUnfit(answer)) throw new Complaint(answer.unfit);
  return answer;
}

/** The user a command is about. Throws a `Complaint` where there are several and none is named. */
export function oneUser(given: Given, users: readonly string[]): string {
  const named = textOf(given.values['user']);
  if (named !== undefined) return named;
  const [only, second] = users;
  if (only === undefined || second !== undefined) throw new Complaint(`Whose? Name one with --user: ${users.join(', ')}.`);
  return only;
}
