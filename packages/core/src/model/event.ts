import { flag, text, time, type ValuesOf } from './field.ts';

/** The mapped fields of a calendar event (specification, sections 3.3 and 3.8). Start, end and all-day conflict as one (M38). */
export const event = {
  title: text('title'),
  start: time('time'),
  end: time('time'),
  allDay: flag('time'),
};

/** An event's values; in a view each of them may be absent. */
export type Event = ValuesOf<typeof event>;
