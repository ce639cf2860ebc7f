import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import { defaultKeys, safePolicy } from '@syncline/core';
import { bindSide, openSession, runCycle, summarise, type CycleReport } from '@syncline/engine';
import type { OroContactInput } from '@syncline/simulators';
import { initStore, nodeEnv } from '@syncline/store';
import { seeded } from './seeded.ts';
import { isQuiet, orocrmConfig, outlookConfig } from './two-services.ts';

/** How many contacts a first synchronisation is measured with. */
export const firstSyncContacts = 10_000;

/**
 * Syncs until a cycle writes nothing, then once more, and counts. The services run in a process of their own behind real
 * HTTP with their limits on; where they ask to wait, the clock of both processes is moved. Processor time and memory are of the hub's process alone, its store on disk.
 */
export async function measureFirstSync(source: 'orocrm' | 'outlook') {
  const target = source === 'orocrm' ? 'outlook' : 'orocrm';
  const services = fork(new URL('./simulators-process.js', import.meta.url), [source]);
  const urls = await answer(services);
  let ahead = 0;
  const env = { now: () => Date.now() + ahead, random: seeded(3) };
  const advance = async (ms: number): Promise<void> => {
    ahead += ms;
    services.send({ advanceMs: ms });
    await answer(services);
  };
  const context = { ...env, fetch: (request: Request) => fetch(request), zone: 'Europe/Berlin', language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined };
  const left = await bindSide('left', orocrm, { ...orocrmConfig, url: urls['orocrm'] }, context);
  const right = await bindSide('right', outlook, { ...outlookConfig, authority: urls['outlook'], graph: urls['outlook'] }, context);
  const folder = await mkdtemp(join(tmpdir(), 'syncline-bench-'));
  const disk = await initStore(join(folder, 'data'), { hubId: 'bench', env: nodeEnv() });
  const store = await disk.user('u');
  const session = await openSession({ left, right }, store, { policy: safePolicy, keys: defaultKeys, kinds: ['contact', 'task', 'event'] }, env);

  const start = { cpu: process.cpuUsage(), at: Date.now() };
  let report: CycleReport | undefined;
  let cycles = 0;
  for (; !isQuiet(report) && cycles < 20; cycles += 1) {
    report = await runCycle(session, { trigger: 'once', go: true });
    await advance(Math.max(0, ...report.stopped.map(({ retryAt }) => (retryAt ?? 0) - env.now())));
  }
  const cpu = process.cpuUsage(start.cpu);
  const seconds = (Date.now() - start.at) / 1000;
  const requests = await counts(services);
  // OroCRM is read with an overlap of ten seconds: what was just written would be listed again.
  await advance(11_000);
  const idleFrom = process.cpuUsage();
  await runCycle(session, { trigger: 'once', go: true });
  const idleCpu = process.cpuUsage(idleFrom);
  const idle = await counts(services);
  services.kill();
  await disk.close();
  await rm(folder, { recursive: true });
  const { contact } = summarise(session).linked;
  return {
    direction: `${source} to ${target}`,
    created: contact,
    cycles,
    [`requests per record, ${target}`]: round((requests[target] ?? 0) / contact),
    [`requests per record, ${source}`]: round((requests[source] ?? 0) / contact),
    'one write and one read each': 2,
    'records per CPU second': Math.round(contact / ((cpu.user + cpu.system) / 1e6)),
    seconds: round(seconds),
    'peak MB': Math.round(process.resourceUsage().maxRSS / 1024),
    'idle requests OroCRM': idle['orocrm'] ?? 0,
    'idle requests Outlook': idle['outlook'] ?? 0,
    'idle CPU ms': Math.round((idleCpu.user + idleCpu.system) / 1000),
  };
}

/** The measurement in a process of its own; `heapMb` bounds its heap, as an administrator may. */
export async function measureInProcess(source: 'orocrm' | 'outlook', heapMb?: number) {
  const child = fork(new URL('./first-sync-process.js', import.meta.url), [source], { execArgv: heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`] });
  const row = await answer(child);
  return { ...row, heap: heapMb === undefined ? 'as Node takes it' : `at most ${heapMb} MB` };
}

async function counts(services: ChildProcess): Promise<Record<string, number>> {
  services.send({});
  return (await answer(services)) as unknown as Record<string, number>;
}

async function answer(services: ChildProcess): Promise<Record<string, string>> {
  const [message] = (await once(services, 'message')) as [Record<string, string>];
  return message;
}

/** A contact with the fields most people have, the same for the same dice. */
export function person(random: () => number, index: number): OroContactInput & { readonly firstName: string; readonly lastName: string; readonly jobTitle: string } {
  const word = (length: number): string => Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  const email = `${word(8)}.${index}@example.com`;
  return {
    firstName: word(6), lastName: word(8), jobTitle: word(12), description: word(60), emails: [email], phones: [`+1 555 0100 ${index}`],
    gender: 'female', birthday: '1980-07-18', addresses: [{ street: `${index} Main St`, city: 'Boston', country: 'US', region: 'US-MA', types: ['billing'] }],
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
