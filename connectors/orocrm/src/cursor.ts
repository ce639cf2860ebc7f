import { Failure } from '@syncline/connector';
import { z } from 'zod';

/**
 * Where a pull stands. Times called `...At` are the hub's clock, UTC ms; `position` is OroCRM's (rule A1).
 * `reading` is there between the pages of a read and tells where it goes on.
 */
const cursor = z.object({
  v: z.literal(1),
  /** Everything changed before this is known. */
  position: z.number(),
  /** How many records OroCRM counted then; null when it did not say (a server in between drops the header). */
  count: z.number().nullable(),
  /** When ids were compared last, and when contents were; 0 is never. */
  idsAt: z.number(),
  contentAt: z.number(),
  reading: z
    .object({
      /** Changed since, OroCRM's clock; null reads everything. */
      since: z.number().nullable(),
      /** All up to this id have been delivered. */
      after: z.string(),
      /** What `position` and `count` become at the end. */
      position: z.number(),
      count: z.number().nullable(),
      /** How many of the delivered the hub had not known. */
      fresh: z.number(),
      done: z.number(),
    })
    .optional(),
});

export type Cursor = z.output<typeof cursor>;
export type Reading = NonNullable<Cursor['reading']>;

/** Throws `cursor-expired` for text of another generation: then everything is read again (rule D9). */
export function parseCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('cursor-expired', 'This position in OroCRM cannot be read any more; everything is read again.', { cause });
  }
}

export function formatCursor(value: Cursor): string {
  return JSON.stringify(value);
}

/** Whether so many minutes have passed. When the hub's clock was put back since, nobody knows: then they have. */
export function isDue(now: number, at: number, minutes: number): boolean {
  return now < at || now - at >= minutes * 60_000;
}

/** OroCRM's clock was put back: what changed since lies before the position, and only a comparison shows it (rule A1). */
export function wasPutBack(before: Cursor, position: number, overlapSeconds: number): boolean {
  return position < before.position - overlapSeconds * 1000;
}
