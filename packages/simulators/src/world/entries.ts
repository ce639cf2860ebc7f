import type { OroContactInput, OroEventInput, OroTaskInput } from '../orocrm/index.ts';
import type { GraphBody, GraphContactSeed, GraphEventSeed, GraphTaskSeed } from './outlook-items.ts';

/** A contact as OroCRM's form holds it. Of several new addresses the first is primary, whatever was asked: `primaryLater` is the place of the one made so afterwards. */
export type OroContactSeed = OroContactInput & { readonly primaryLater?: number };

/** A task as OroCRM's form holds it. */
export type OroTaskSeed = OroTaskInput & { readonly subject: string };

/** An event as OroCRM's form holds it, and what became of single occurrences of a series, by their first start. */
export type OroEventSeed = OroEventInput & { readonly title: string; readonly start: number; readonly end: number } & {
  readonly occurrences?: readonly OroOccurrence[];
};

/** One occurrence that is no longer what its series says. Times in UTC ms. */
export interface OroOccurrence {
  readonly originalStart: number;
  readonly start: number;
  readonly end: number;
  readonly isCancelled?: boolean;
}

/** One thing of a world, on one side or on both. */
export interface Entry<Oro, Graph> {
  readonly oro?: Oro;
  readonly graph?: Graph;
  /** The Outlook item carries the bare OroCRM id of this entry, as the old add-in left it. */
  readonly marks?: 'itself' | 'neighbour';
  /** A record of somebody else in OroCRM: beside the person's own, and not counted. */
  readonly colleague?: boolean;
}

/** Where an entry stands; colleagues' records are nobody's share. */
export type Place = 'orocrm' | 'outlook' | 'both';

/** Which share an entry takes; `undefined` for a colleague's record. */
export function placeOf(entry: Entry<unknown, unknown>): Place | undefined {
  if (entry.colleague === true) return undefined;
  return entry.graph === undefined ? 'orocrm' : entry.oro === undefined ? 'outlook' : 'both';
}

/** An Outlook record with some members of its body set. */
export function withBody<Seed extends { readonly body: GraphBody }>(seed: Seed, more: GraphBody): Seed {
  return { ...seed, body: { ...seed.body, ...more } };
}
