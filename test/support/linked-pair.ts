import type { Context } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import type { Keys, Kind, Policy } from '@syncline/core';
import { bindSide, openSession, runCycle, type CycleReport, type Session } from '@syncline/engine';
import type { AdminRecord, OroContactInput, Simulator } from '@syncline/simulators';
import { memoryStore } from '@syncline/store';
import { seeded } from './seeded.ts';
import { isQuiet, orocrmConfig, outlookConfig, twoServices, type TwoServices, type WorldOptions } from './two-services.ts';

/** The columns of the decision matrix (section 11), as policies. */
export const columns = {
  'OroCRM to Outlook': { direction: 'left-to-right' },
  'Outlook to OroCRM': { direction: 'right-to-left' },
  'Bidirectional, OroCRM wins': { direction: 'both-ways', precedence: ['left', 'right'] },
  'Bidirectional, Outlook wins': { direction: 'both-ways', precedence: ['right', 'left'] },
} as const satisfies Readonly<Record<string, Partial<Policy>>>;

/** A column's name. */
export type Column = keyof typeof columns;

/** The requests that asked a service to change something: all but reads, sign-in and the envelope of a batch, whose parts count by themselves. */
export function writesTo({ counters }: Simulator): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counters.requests).filter(([template]) => !/^(\$batch )?GET |token|^POST \/\$batch$/.test(template)));
}

/** How many there were. */
export function writeCount(simulator: Simulator): number {
  return Object.values(writesTo(simulator)).reduce((sum, count) => sum + count, 0);
}

/** What both services were asked to change by `act`. */
export async function writesDuring(world: TwoServices, act: () => Promise<unknown>): Promise<{ readonly orocrm: number; readonly outlook: number }> {
  const before = { orocrm: writeCount(world.oro), outlook: writeCount(world.graph) };
  await act();
  return { orocrm: writeCount(world.oro) - before.orocrm, outlook: writeCount(world.graph) - before.outlook };
}

/** Nothing was asked for. */
export const noWrites = { orocrm: 0, outlook: 0 };

const markId = 'String {00020329-0000-0000-C000-000000000046} Name OroCRM_id';
const originId = 'String {00020329-0000-0000-C000-000000000046} Name Syncline_origin';

/** The marker of an item as it is stored, of a task in its linked resource: the OroCRM id, and the origin where there is one. Nothing: no marker. */
export function markerOf(item: AdminRecord | undefined): { readonly id: string; readonly origin?: string } | undefined {
  const resource = rows(item, 'linkedResources').find((one) => one['applicationName'] === 'OroCRM')?.['externalId'];
  if (typeof resource === 'string') {
    const slash = resource.lastIndexOf('/');
    return slash < 0 ? { id: resource } : { id: resource.slice(slash + 1), origin: resource.slice(0, slash) };
  }
  const property = (id: string): string => String(rows(item, 'singleValueExtendedProperties').find((one) => one['id'] === id)?.['value'] ?? '');
  const [id, origin] = [property(markId), property(originId)];
  return id === '' ? undefined : { id, ...(origin !== '' && { origin }) };
}

function rows(item: AdminRecord | undefined, member: string): readonly Readonly<Record<string, unknown>>[] {
  const value = item?.[member];
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : [];
}

/** The members of a contact or event that carry a marker, as a client would copy or strip them. */
export function marked(id: string | null, origin: string | null): { readonly singleValueExtendedProperties: readonly { readonly id: string; readonly value: string | null }[] } {
  return { singleValueExtendedProperties: [{ id: markId, value: id }, { id: originId, value: origin }] };
}

/** The same person on both services, so that a pair comes of it in every direction. */
export function createOnBoth(world: TwoServices, person: { readonly first: string; readonly last: string; readonly job?: string; readonly notes?: string }): { readonly left: number; readonly right: string } {
  const { first, last, job = 'Analyst', notes = 'Notes' } = person;
  const oro: OroContactInput = { firstName: first, lastName: last, jobTitle: job, description: notes };
  return {
    left: world.oro.admin.createContact(oro).id,
    right: world.graph.admin.createContact({ givenName: first, surname: last, jobTitle: job, personalNotes: notes }).id,
  };
}

/** A world with Ada (O#1) and two more people, linked and settled: one deletion among three is no mass deletion. */
export async function linkedWorld(policy: Partial<Policy> = {}, options: WorldOptions = {}): Promise<{ readonly world: TwoServices; readonly left: number; readonly right: string }> {
  const world = twoServices({ ...options, policy });
  const ada = createOnBoth(world, { first: 'Ada', last: 'Byron' });
  createOnBoth(world, { first: 'Grace', last: 'Hopper' });
  createOnBoth(world, { first: 'Joan', last: 'Clarke' });
  const reports = await world.settle();
  const { contact } = (await world.summary()).linked;
  if (contact !== 3 || !isQuiet(reports.at(-1))) throw new Error(`three linked pairs were expected, not ${contact}: ${JSON.stringify(reports.at(-1)?.notes)}`);
  return { world, ...ada };
}

/** Other settings from the next cycle on, as after a change by the administrator (S14). */
export function govern(world: TwoServices, change: { readonly policy?: Partial<Policy>; readonly keys?: Partial<Keys>; readonly kinds?: readonly Kind[] }): void {
  const { policy, keys } = world.settings;
  Object.assign(world.settings, { ...change, policy: { ...policy, ...change.policy }, keys: { ...keys, ...change.keys } });
  world.restart();
}

/** The rules of a report's entries, without repetition. */
export function rulesNoted(reports: readonly CycleReport[]): readonly string[] {
  return [...new Set(reports.flatMap(({ notes }) => notes.map(({ rule }) => rule)))].sort();
}

/** A hub that knows nothing, on the services of a world: a full pass, with what earlier ones left behind. `skewMs`: how fast its clock is. */
export async function freshHub(world: TwoServices, policy: Partial<Policy>, skewMs = 0): Promise<{ readonly session: Session; readonly cycle: () => Promise<CycleReport>; readonly settle: () => Promise<readonly CycleReport[]> }> {
  const env = { now: () => world.clock.now + skewMs, random: seeded(99) };
  const context = ({ handle }: Simulator): Context => ({
    fetch: async (request) => {
      const response = await handle(request);
      if (!response.headers.has('date')) response.headers.set('date', new Date(world.clock.now).toUTCString());
      return response;
    },
    now: env.now, random: env.random, zone: 'Europe/Berlin', language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined,
  });
  const left = await bindSide('left', orocrm, orocrmConfig, context(world.oro));
  const right = await bindSide('right', outlook, outlookConfig, context(world.graph));
  const store = await memoryStore({ hubId: 'fresh' }).user('u');
  const session = await openSession({ left, right }, store, { ...world.settings, policy: { ...world.settings.policy, ...policy } }, env);
  const cycle = async (): Promise<CycleReport> => {
    const report = await runCycle(session, { trigger: 'once', go: true });
    world.clock.now += 60_000;
    return report;
  };
  const settle = async (): Promise<readonly CycleReport[]> => {
    const reports: CycleReport[] = [];
    do reports.push(await cycle());
    while (reports.length < 10 && !isQuiet(reports.at(-1)));
    return reports;
  };
  return { session, cycle, settle };
}
