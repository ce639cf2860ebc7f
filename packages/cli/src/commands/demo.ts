import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectors, readConfig, readRunningFile, startHub, StartError, type Config, type Started } from '@syncline/hub';
import { loadOroDemoData, type OroSeed } from '@syncline/simulators';
import type { Command } from '../command.ts';
import { readDemoFile, refuseOtherData, removeDemo, writeDemoFile, type DemoData, type DemoFile } from '../demo/demo-file.ts';
import { describeOnce, syncOnce } from '../demo/once.ts';
import { progressOf } from '../demo/progress.ts';
import { sectionsOf, startServices, zone, type Services } from '../demo/simulators.ts';
import { isRunning } from '../is-running.ts';
import { pathOf } from '../load-config.ts';
import { oneOf, textOf, wholeNumber, type Given } from '../options.ts';
import { Complaint, type World } from '../world.ts';
import { announce, runHub, startUnlessEnded } from './hub.ts';

const defaults: DemoData = { seed: 1, users: 1, orocrmData: null };

/** `syncline demo`: what `npm start` runs. */
export const demo: Command = {
  summary: 'an OroCRM and an Outlook simulator with people in them, and the hub between them',
  options: {
    once: { help: 'sync until nothing is left to do, print a summary, keep nothing' },
    direction: { value: 'D', help: 'orocrm-to-outlook, outlook-to-orocrm or bidirectional (default)' },
    wins: { value: 'W', help: 'whose value wins a conflict: orocrm (default) or outlook' },
    'orocrm-data': { value: 'DIR', help: 'OroCRM\'s own demo data instead of generated data' },
    users: { value: 'N', help: 'how many people, each with a mailbox and an OroCRM user (default 1)' },
    seed: { value: 'N', help: 'of the generated data (default 1)' },
    fresh: { help: 'forget what an earlier start left' },
    port: { value: 'N', help: 'of the page (default 7420, or SYNCLINE_PORT)' },
    config: { value: 'FILE', help: 'real systems instead of the simulators: the same as "syncline hub"' },
  },
  examples: ['npm start', 'npm start --silent -- --once --json', 'npm start -- --direction orocrm-to-outlook --wins outlook', 'npm start -- --users 3 --fresh', 'npm start -- --config syncline.yaml'],
  run: async (given, world) => {
    if (given.words.length > 0) throw new Complaint(`"${given.words[0] ?? ''}" is no option; "npm start -- --help" lists them.`);
    if (given.values['config'] !== undefined) {
      const others = Object.keys(given.values).filter((name) => name !== 'config' && name !== 'json');
      if (others.length > 0) throw new Complaint(`--config is for real systems, --${others[0] ?? ''} for the demo: leave one of them out.`);
      return runHub(given, world);
    }
    const asked = readAsked(given, world);
    return given.values['once'] === true ? runOnce(given, world, asked) : runOn(given, world, asked);
  },
};

/** In a folder that is gone afterwards. */
async function runOnce(given: Given, world: World, asked: Partial<DemoData>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-'));
  try {
    const services = await start(world, { ...defaults, ...asked }, undefined, undefined);
    try {
      const config = await configOf(given, world, services, join(folder, 'data'));
      const started = await startHub({ config, env: world, listens: false, schedules: false, onEvent: progressOf(world), ended: world.ended });
      try {
        const summary = await syncOnce(world, started, services);
        if (given.values['json'] === true) world.say(JSON.stringify(summary));
        else for (const line of describeOnce(summary)) world.say(line);
        return summary.settled ? 0 : 1;
      } finally {
        await started.close();
      }
    } finally {
      await stop(services);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Beside what an earlier start left, until the process is asked to end. */
async function runOn(given: Given, world: World, asked: Partial<DemoData>): Promise<number> {
  const folder = join(pathOf(world, world.environment['SYNCLINE_DATA'] ?? 'data'), 'demo');
  await probePort(given, world);
  await refuseRunning(world, folder);
  if (given.values['fresh'] === true) await removeDemo(folder);
  const made = await readDemoFile(folder);
  if (made !== undefined) refuseOtherData(folder, made, asked);
  const data = made ?? { ...defaults, ...asked };
  const services = await start(world, data, folder, made);
  let started: Started | undefined;
  try {
    const config = await configOf(given, world, services, folder);
    started = await startUnlessEnded(world, { config, env: world, schedules: false, onEvent: progressOf(world) });
    if (started === undefined) return 0;
    await keep(folder, data, services);
    announce(world, started.url, started.hub.signInLink(), given.values['json'] === true, { orocrm: services.orocrm.url, graph: services.outlook.url, data: folder });
    if (given.values['json'] !== true) {
      world.say(`OroCRM is simulated at ${services.orocrm.url}, Microsoft Graph at ${services.outlook.url}; data in ${folder}`);
    }
    for (const { scheduler } of started.hub.users.values()) scheduler.start();
    const signal = await world.ended;
    world.tell(`syncline: ${signal}: ending the cycle that runs, and saving.`);
    return 0;
  } finally {
    // The hub first: while it ends its cycle it still needs the services.
    await started?.close();
    await stop(services);
  }
}

function readAsked(given: Given, world: World): Partial<DemoData> {
  const seed = wholeNumber(given, 'seed', 0, 4_294_967_295);
  const users = wholeNumber(given, 'users', 1, 50);
  const orocrmData = textOf(given.values['orocrm-data']);
  if (orocrmData !== undefined && (users ?? 1) > 1) throw new Complaint('OroCRM\'s demo data is one person\'s: leave --users or --orocrm-data out.');
  return {
    ...(seed !== undefined && { seed }),
    ...(users !== undefined && { users }),
    ...(orocrmData !== undefined && { orocrmData: pathOf(world, orocrmData) }),
  };
}

/** Starts the services; nothing is on disk yet. */
async function start(world: World, data: DemoData, folder: string | undefined, made: DemoFile | undefined): Promise<Services> {
  const seed = data.orocrmData === null || made !== undefined ? undefined : await readOroData(world, data.orocrmData);
  return startServices(world, {
    data,
    ...(seed !== undefined && { seed }),
    ...(folder !== undefined && { folder }),
    orocrmPorts: made !== undefined ? [made.orocrmPort] : folder === undefined ? [0] : randomPorts(world),
  });
}

/** An address that is to be the same at the next start keeps away from the ports that systems hand out by themselves. */
function randomPorts(world: World): readonly number[] {
  return Array.from({ length: 20 }, () => 20_000 + Math.floor(world.random() * 12_000));
}

async function readOroData(world: World, folder: string): Promise<OroSeed> {
  try {
    const { seed, notes } = await loadOroDemoData(folder, world.now());
    for (const note of notes) world.tell(`syncline: ${note}`);
    return seed;
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function keep(folder: string, data: DemoData, { orocrm, outlook }: Services): Promise<void> {
  const { seed, users, orocrmData } = data;
  // The whole state is one file, written with each change: with many people that takes longer than the sync itself.
  const isSmall = users <= 5;
  await Promise.all([orocrm.keep(isSmall), outlook.keep(isSmall)]);
  // Last: a folder without it was never finished.
  await writeDemoFile(folder, { format: 1, seed, users, orocrmData, orocrmPort: orocrm.port });
}

async function stop({ orocrm, outlook }: Services): Promise<void> {
  await Promise.all([orocrm.close(), outlook.close()]);
}

/** The same settings as anybody's, from the environment and the options; the first synchronisation needs no Go (S20). */
async function configOf(given: Given, world: World, services: Services, data: string): Promise<Config> {
  const direction = oneOf(given, 'direction', ['orocrm-to-outlook', 'outlook-to-orocrm', 'bidirectional']);
  const wins = oneOf(given, 'wins', ['orocrm', 'outlook']);
  const port = wholeNumber(given, 'port', 0, 65_535);
  const chosen = Object.fromEntries(Object.entries({ direction, wins, port }).filter(([, value]) => value !== undefined));
  // What was typed on the command line is nearer than the environment.
  const env = Object.fromEntries(Object.entries(world.environment).filter(([name]) => !['SYNCLINE_DATA', 'SYNCLINE_NAME', ...Object.keys(chosen).map((one) => `SYNCLINE_${one.toUpperCase()}`)].includes(name)));
  const config = await readConfig({ text: JSON.stringify({ name: 'demo', zone, language: 'de', ...chosen, ...sectionsOf(services) }), file: 'the demo', env, zone: world.zone, connectors });
  return { ...config, data, users: config.users.map((user) => ({ ...user, go: true as const })) };
}

/** Two demos in one folder would overwrite each other's services. */
async function refuseRunning(world: World, folder: string): Promise<void> {
  const running = await readRunningFile(folder);
  if (running === undefined) return;
  if (await isRunning(world, running)) throw new Complaint(`The demo in ${folder} is running at ${running.url}: stop it first, or set SYNCLINE_DATA to another folder.`);
}

/** Before anything is removed or started: a taken port is one sentence. */
async function probePort(given: Given, world: World): Promise<void> {
  const { port, host } = await readConfig({ env: world.environment, zone: world.zone });
  const wanted = wholeNumber(given, 'port', 0, 65_535) ?? port;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: Error & { readonly code?: string }) => {
      if (error.code === 'EADDRINUSE') reject(new StartError(`Port ${wanted} on ${host} is taken: set SYNCLINE_PORT (or --port) to another one, or stop the program that uses it.`));
      else resolve(); // The hub itself says what is wrong with it.
    });
    probe.listen(wanted, host, () => probe.close(() => resolve()));
  });
}
