import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { buildHub, checkConnection, startHub, type CheckedConnection, type Config, type Hub } from '@syncline/hub';
import type { Command } from '../command.ts';
import { configOption, loadConfig } from '../load-config.ts';
import { Complaint, type World } from '../world.ts';
import { refuseDemoFolder } from './hub.ts';
import { oneUser } from './on-user.ts';
import { ask, findRunning } from './remote.ts';

const places = ['orocrm', 'outlook'] as const;

/** `syncline connector check`: one screen about one connection (R11). */
export const connector: Command = {
  summary: 'signs in with one connection, and says what works and what is missing; writes nothing',
  words: 'check orocrm|outlook',
  options: { ...configOption, user: { value: 'NAME', help: 'whose connection; needed where there are several users' } },
  examples: ['npx syncline connector check orocrm --config syncline.yaml', 'npx syncline connector check outlook --user ada --json'],
  run: async (given, world) => {
    const [what, word, ...more] = given.words;
    const place = places.find((one) => one === word);
    if (what !== 'check' || place === undefined || more.length > 0) throw new Complaint('It is "syncline connector check orocrm" or "syncline connector check outlook".');
    const config = await loadConfig(given, world, false);
    const user = oneUser(given, config.users.map(({ id }) => id));
    const running = await findRunning(config, world);
    const checked = running === undefined
      ? await checkHere(config, world, user, place)
      : ((await ask(running, world, 'POST', '/api/v1/check', { user, connection: place })) as CheckedConnection);
    if (given.values['json'] === true) world.say(JSON.stringify(checked));
    else for (const line of screen(checked)) world.say(line);
    return checked.missing.length === 0 ? 0 : 1;
  },
};

/** With no hub running: with what was set in the data folder, if there is one; none is made. */
async function checkHere(config: Config, world: World, user: string, place: CheckedConnection['connection']): Promise<CheckedConnection> {
  await refuseDemoFolder(config);
  if (config.users.find(({ id }) => id === user)?.sections[place === 'orocrm' ? 'left' : 'right'] === undefined && !(await hasRun(config))) throw new Complaint(`${place} is missing in the configuration: how to sign in there.`);
  // Its own lines repeat what the screen says.
  const env = { ...world, log: () => undefined };
  const { hub, close } = (await hasRun(config)) ? await startHub({ config, env, listens: false, schedules: false, signsIn: false, ended: world.ended }) : await folderless(config, env);
  void world.ended.then(hub.cut);
  try {
    const sync = hub.users.get(user)?.sync;
    if (sync === undefined) throw new Complaint(`There is no user "${user}" in the configuration.`);
    return await checkConnection(sync, place);
  } finally {
    await close();
  }
}

async function folderless(config: Config, env: World): Promise<{ readonly hub: Hub; readonly close: () => Promise<void> }> {
  const hub = await buildHub({ config, env });
  return { hub, close: hub.close };
}

async function hasRun({ data }: Config): Promise<boolean> {
  return access(join(data, 'store')).then(() => true, () => false);
}

function screen({ title, account, missing }: CheckedConnection): readonly string[] {
  const facts = [...Object.entries(account?.facts ?? {}), ...(account?.zone === undefined ? [] : [['time zone', account.zone] as const])];
  const width = Math.max('signed in as'.length, ...facts.map(([what]) => what.length));
  const row = (what: string, value: string): string => `  ${what.padEnd(width)}  ${value}`;
  return [
    account === null ? `${title}: cannot be signed in to.` : `${title}: works${missing.length > 0 ? ', in part' : ''}.`,
    ...(account === null ? [] : [row('signed in as', account.name), ...facts.map(([what, value]) => row(what, value))]),
    ...missing.map((sentence) => `  ! ${sentence}`),
  ];
}
