import { classicPolicy, safePolicy, type Direction, type Policy } from '@syncline/core';
import type { GraphSwitches, OroSwitches } from '@syncline/simulators';
import { seeded } from '../support/seeded.ts';

/** What a seed stands for: a world, who decides in it, and how much happens. */
export interface Schedule {
  readonly seed: number;
  readonly contacts: number;
  readonly tasks: number;
  readonly events: number;
  readonly rounds: number;
  readonly editsPerRound: number;
  readonly zone: string;
  readonly policy: Policy;
  readonly graph: Partial<GraphSwitches>;
  readonly oro: Partial<OroSwitches>;
  /** Records in one answer of OroCRM. */
  readonly pageSize: number;
  /** How far each clock is off at first, ms. */
  readonly skews: Skews;
  /** How likely a round has what it is named after. */
  readonly chances: { readonly crash: number; readonly storeError: number; readonly clockStep: number; readonly editDuring: number; readonly restart: number };
}

/** How far the clocks of the three parties are from the true time, ms. */
export interface Skews {
  readonly hub: number;
  readonly orocrm: number;
  readonly outlook: number;
}

/** Reads a seed. Most worlds are small, so that there are many; one of forty has a bit of everything. */
export function scheduleOf(seed: number): Schedule {
  const random = seeded(Math.imul(seed, 0x9e3779b1));
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const chance = (share: number): boolean => random() < share;
  const pick = <T>(list: readonly [T, ...T[]]): T => list[upTo(list.length - 1)] ?? list[0];
  const isLarge = seed % 40 === 0;
  const direction: Direction = pick(['both-ways', 'both-ways', 'both-ways', 'left-to-right', 'right-to-left']);
  const isCalm = chance(0.25);
  return {
    seed,
    contacts: isLarge ? 30 : 2 + upTo(4),
    tasks: isLarge ? 10 : upTo(3),
    events: isLarge ? 12 : upTo(3),
    rounds: 2 + upTo(2),
    editsPerRound: isLarge ? 10 : 1 + upTo(3),
    zone: pick(['Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kolkata']),
    policy: {
      ...(chance(0.2) ? classicPolicy : safePolicy),
      direction,
      precedence: chance(0.5) ? ['left', 'right'] : ['right', 'left'],
      ...(chance(0.1) && { rightDeletion: pick(['ignore', 'propagate']) }),
      ...(chance(0.1) && { oneWayRevert: 'on-source-change' }),
      ...(chance(0.1) && { granularity: pick(['field', 'record']) }),
      ...(chance(0.1) && { deleteVsEdit: pick(['by-policy', 'delete-wins']) }),
    },
    graph: {
      ...(chance(0.3) && { largestPage: 1 + upTo(2) }),
      ...(chance(0.3) && { deltaShuffled: true }),
      ...(chance(0.3) && { deltaDuplicates: true }),
      ...(chance(0.3) && { deltaReplays: 1 + upTo(4) }),
      ...(chance(0.2) && { deltaEmptyFirstPage: true }),
      ...(chance(0.2) && { deltaTrailingPage: true }),
      ...(chance(0.2) && { deltaRemovedAtFirst: true }),
      ...(chance(0.2) && { transactionReplay: 'conflict' }),
      ...(chance(0.2) && { displayNameRecomputed: 'any-update' }),
      ...(chance(0.1) && { birthdayTime: '11:59:00' }),
      ...(chance(0.05) && { trimText: true }),
      ...(chance(0.05) && { reformatPhones: true }),
      ...(chance(0.05) && { htmlNotes: true }),
    },
    oro: {
      ...(chance(0.05) && { trimText: true }),
      ...(chance(0.05) && { reformatPhones: true }),
      ...(chance(0.05) && { roundTimes: true }),
    },
    pageSize: chance(0.4) ? 1 + upTo(2) : 500,
    skews: chance(0.5) ? { hub: 0, orocrm: 0, outlook: 0 } : { hub: skew(random), orocrm: skew(random), outlook: skew(random) },
    chances: isCalm
      ? { crash: 0, storeError: 0, clockStep: 0, editDuring: 0.3, restart: 0.1 }
      : { crash: 0.35, storeError: 0.12, clockStep: 0.1, editDuring: 0.35, restart: 0.15 },
  };
}

/** Seconds, minutes, or up to a day, either way. */
export function skew(random: () => number): number {
  const most = [10_000, 600_000, 86_400_000][Math.floor(random() * 3)] ?? 0;
  return Math.round((random() * 2 - 1) * most);
}
