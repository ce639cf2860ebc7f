import { join } from 'node:path';
import { readRunningFile, sentenceOf, startHub, titleOf, type Config, type CycleReport, type RunningFile, type Started, type UserStatus } from '@syncline/hub';
import type { Command } from '../command.ts';
import { isRunning } from '../is-running.ts';
import { configOption, loadConfig } from '../load-config.ts';
import { textOf, type Given } from '../options.ts';
import { Complaint, type World } from '../world.ts';
import { refuseDemoFolder } from './hub.ts';

const userOption = { user: { value: 'NAME', help: 'only this user' } };

/** `syncline status`: of the hub that runs. */
export const status: Command = {
  summary: 'what the hub that runs is doing',
  options: configOption,
  examples: ['npx syncline status', 'npx syncline status --config syncline.yaml --json'],
  run: async (given, world) => {
    const config = await loadConfig(given, world, false);
    const { users } = (await ask(await running(config, world), world, 'GET', '/api/v1/status')) as { users: readonly UserStatus[] };
    if (given.values['json'] === true) world.say(JSON.stringify({ users }));
    else for (const user of users) for (const line of describe(user)) world.say(line);
    return users.every(({ last }) => last === null || last.settled) ? 0 : 1;
  },
};

/** `syncline sign-in`: a link for another browser. */
export const signIn: Command = {
  summary: 'a new link that signs a browser in to the hub that runs, once',
  options: configOption,
  examples: ['npx syncline sign-in --config syncline.yaml'],
  run: async (given, world) => {
    const { url } = (await ask(await running(await loadConfig(given, world, false), world), world, 'POST', '/api/v1/sign-in-link')) as { url: string };
    world.say(given.values['json'] === true ? JSON.stringify({ signIn: url }) : url);
    return 0;
  },
};

/** `syncline plan`: the cycle without its writes (R2). */
export const plan: Command = {
  summary: 'what a sync would write now; writes nothing to either side',
  options: { ...configOption, ...userOption },
  examples: ['npx syncline plan --config syncline.yaml', 'npx syncline plan --user ada --json'],
  run: async (given, world) => {
    const config = await loadConfig(given, world, false);
    const hub = await findRunning(config, world);
    const plans = hub === undefined
      ? await alone(given, world, async (started, user) => {
          const report = await started.hub.users.get(user)?.sync.run({ trigger: 'preview', preview: true });
          return { user, sentence: report === undefined ? '' : sentenceOf(report), planned: (report?.planned ?? []).map((line) => ({ ...line, side: titleOf[line.side], label: started.hub.users.get(user)?.sync.label(line.entity) ?? '' })) };
        })
      : ((await ask(hub, world, 'POST', '/api/v1/preview', userOf(given))) as { plans: readonly Plan[] }).plans;
    if (given.values['json'] === true) world.say(JSON.stringify({ plans }));
    else {
      for (const { user, sentence, planned } of plans) {
        world.say(`${user}: ${sentence}`);
        for (const { op, kind, label, side, rules, fields, waits } of planned) {
          const approval = waits === undefined ? '' : ` (only once approved: syncline approve ${waits})`;
          world.say(`  ${op} ${kind} "${label}" in ${side} (${rules.join(', ')}) ${fields.join(', ')}`.trimEnd() + approval);
        }
      }
    }
    return 0;
  },
};

/** `syncline sync`: start sync now. */
export const sync: Command = {
  summary: 'starts a sync now and waits for it; --yes says Go to the first plan',
  options: { ...configOption, ...userOption, yes: { help: 'write although nobody has seen the first plan yet (S20)' }, approve: { value: 'NAME', help: 'do what waits under this name (D2, D3, D7, D11), with no hub running' } },
  examples: ['npx syncline sync --config syncline.yaml', 'npx syncline sync --yes --json'],
  run: async (given, world) => {
    const config = await loadConfig(given, world, false);
    const hub = await findRunning(config, world);
    const go = given.values['yes'] === true;
    const approved = textOf(given.values['approve']);
    if (hub !== undefined && approved !== undefined) throw new Complaint('A hub is running: "syncline approve NAME" tells it.');
    if (hub !== undefined) {
      const { users } = (await ask(hub, world, 'POST', '/api/v1/sync', { ...userOf(given), wait: true, go })) as { users: readonly UserStatus[] };
      if (given.values['json'] === true) world.say(JSON.stringify({ users }));
      else for (const { user, last } of users) world.say(`${user}: ${last?.sentence ?? ''}`);
      return users.every(({ last }) => last?.settled === true) ? 0 : 1;
    }
    const reports = await alone(given, world, async (started, user) => {
      const report = await started.hub.users.get(user)?.sync.run({ trigger: 'person', go, ...(approved !== undefined && { approved: [approved] }) });
      return { user, report };
    });
    if (given.values['json'] === true) world.say(JSON.stringify({ reports: reports.map(({ user, report }) => ({ user, ...report })) }));
    else for (const { user, report } of reports) world.say(`${user}: ${report === undefined ? '' : sentenceOf(report)}`);
    return reports.every(({ report }) => isFine(report)) ? 0 : 1;
  },
};

interface Plan {
  readonly user: string;
  readonly sentence: string;
  readonly planned: readonly { readonly op: string; readonly kind: string; readonly label: string; readonly side: string; readonly rules: readonly string[]; readonly fields: readonly string[]; readonly waits?: string }[];
}

function isFine(report: CycleReport | undefined): boolean {
  return report !== undefined && report.settled;
}

function userOf({ values }: Given): { readonly user?: string } {
  const user = textOf(values['user']);
  return user === undefined ? {} : { user };
}

/** With no hub running: opens the data folder in this process, does the work, and lets go of it. */
export async function alone<T>(given: Given, world: World, work: (started: Started, user: string) => Promise<T>): Promise<readonly T[]> {
  const config = await loadConfig(given, world, true);
  await refuseDemoFolder(config);
  const wanted = textOf(given.values['user']);
  const users = config.users.filter(({ id }) => wanted === undefined || id === wanted);
  if (users.length === 0) throw new Complaint(`There is no user "${wanted ?? ''}" in the configuration.`);
  const started = await startHub({ config, env: world, listens: false, schedules: false, ended: world.ended });
  void world.ended.then(started.hub.cut);
  try {
    const done: T[] = [];
    for (const { id } of users) done.push(await work(started, id));
    return done;
  } finally {
    await started.close();
  }
}

async function running(config: Config, world: World): Promise<RunningFile> {
  const found = await findRunning(config, world);
  if (found === undefined) throw new Complaint(`No hub runs with the data folder ${config.data}: start one, or name its settings with --config FILE or SYNCLINE_DATA.`);
  return found;
}

/** The hub of the data folder, or of the demo in it, if it answers. */
export async function findRunning(config: Config, world: World): Promise<RunningFile | undefined> {
  const file = (await readRunningFile(config.data)) ?? (await readRunningFile(join(config.data, 'demo')));
  if (file === undefined) return undefined;
  return (await isRunning(world, file)) ? file : undefined;
}

/** One question to the hub that runs. Throws a `Complaint` with its words when it refuses. */
export async function ask({ url, token }: RunningFile, world: World, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const answer = await world.fetch(new Request(`${url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }));
  const value: unknown = await answer.json();
  if (answer.ok) return value;
  const error = typeof value === 'object' && value !== null && 'error' in value ? String(value.error) : `status ${answer.status}`;
  throw new Complaint(`The hub at ${url} says: ${error}`);
}

function describe({ user, accounts, warnings, running: now, last, records, notes, next }: UserStatus): readonly string[] {
  const kinds = records === null ? 'nothing counted yet' : Object.entries(records.linked).map(([kind, linked]) => `${linked} ${kind}s`).join(', ');
  const due = [['OroCRM', next.orocrm], ['Outlook', next.outlook]] as const;
  return [
    `${user}: ${accounts.orocrm ?? 'not signed in'} and ${accounts.outlook ?? 'not signed in'}`,
    ...[...warnings.orocrm, ...warnings.outlook].map((warning) => `  ! ${warning}`),
    `  linked: ${kinds}; on one side only: ${records?.unlinked.reduce((sum, one) => sum + one.count, 0) ?? 0}`,
    `  ${now === null ? (last?.sentence ?? 'has not synced yet') : `syncing: ${now.phase}`}`,
    `  waiting for a person: ${notes.filter(({ what }) => what === 'held').length}; next check ${due.map(([side, at]) => `${side} ${at === undefined ? 'by hand' : new Date(at).toISOString()}`).join(', ')}`,
  ];
}
