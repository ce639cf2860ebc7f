import { property, type EntityLens, type FieldLens } from '@syncline/connector';
import type { EventRecord, ZonedTime } from '../records.ts';
import { instantIn, isDate } from './zone.ts';

/** Calendar events (specification, sections 3.3 and 3.7). */
export const eventLens: EntityLens<'event', EventRecord> = {
  title: property('subject', { empty: '' }),
  start: timeLens('start'),
  end: timeLens('end'),
  allDay: allDay(),
};

function allDay(): FieldLens<boolean, EventRecord> {
  return {
    slice: (event) => event.isAllDay,
    read: (event) => event.isAllDay,
    write: (draft, value) => (draft.isAllDay === (value ?? false) ? draft : { ...draft, isAllDay: value ?? false }),
  };
}

/**
 * An instant, or the date of an all-day event, whose time and zone carry nothing (contract, 4.2); Graph's end is exclusive as ours (M37).
 * The form of a value says whether it is a date: writing one makes the event all-day, so that no order of writes leaves a mixture (M38).
 */
function timeLens(name: 'start' | 'end'): FieldLens<string, EventRecord> {
  const read = (event: EventRecord): string | undefined => (event.isAllDay ? event[name].dateTime.slice(0, 10) : instantIn(event[name])) || undefined;
  return {
    slice: (event) => [event.isAllDay, event[name]],
    read,
    // An event without a start is none: nothing is not written.
    write: (draft, value) => (value === undefined || read(draft) === plain(value) ? draft : { ...draft, isAllDay: isDate(value), [name]: utcTime(value) }),
    refuse: (value) => (isDate(value) || isInstant(value) ? undefined : 'this is neither an instant in UTC nor a date'),
  };
}

function utcTime(value: string): ZonedTime {
  return { dateTime: isDate(value) ? `${value}T00:00:00` : plain(value).slice(0, -1), timeZone: 'UTC' };
}

/** Zero fractions of a second and the spelling of UTC are no difference. */
function plain(value: string): string {
  return value.replace(/\+00:00$/, 'Z').replace(/\.0+Z$/, 'Z');
}

function isInstant(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)$/.test(value) && !Number.isNaN(Date.parse(value));
}
