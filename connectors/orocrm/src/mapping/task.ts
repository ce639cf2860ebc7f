import type { EntityLens, FieldLens } from '@syncline/connector';
import { Temporal } from 'temporal-polyfill';
import type { TaskRecord } from '../records.ts';
import { lens, line, notADate } from './field.ts';

/** What a new task starts from. OroCRM has no defaults for the two that are required. */
export const blankTask: TaskRecord = { subject: null, priority: 'normal', dueDate: null, status: 'open' };

/** The mapping of a task (specification, section 3.2). `zone` is the user's, an IANA name. */
export function taskLens(zone: string): EntityLens<'task', TaskRecord> {
  return { subject: line('subject', 255), priority, dueDate: dueDate(zone), status };
}

type Priority = 'low' | 'normal' | 'high';
type Status = 'open' | 'in_progress' | 'closed';

/** M27: a priority an administrator added shows as normal, and stays until another one is picked. */
const priority = lens<Priority, TaskRecord>({
  slice: (native) => native.priority,
  read: (native) => (isPriority(native.priority) ? native.priority : 'normal'),
  write: (draft, value) => ({ ...draft, priority: value ?? draft.priority }),
  refuse: (value) => (isPriority(value) ? undefined : `OroCRM knows low, normal and high, not "${String(value)}"`),
});

/** A status an administrator added is neither new nor done: it shows as in progress, and stays until another one is picked. */
const status = lens<Status, TaskRecord>({
  slice: (native) => native.status,
  read: (native) => (isStatus(native.status) ? native.status : 'in_progress'),
  write: (draft, value) => ({ ...draft, status: value ?? draft.status }),
  refuse: (value) => (isStatus(value) ? undefined : `OroCRM knows open, in_progress and closed, not "${String(value)}"`),
});

/**
 * M28: the view is a calendar date in the user's zone; a date that is moved keeps its time of day.
 *
 * A date that had no time gets noon: it is the same calendar day for every reader less than twelve hours away, and
 * stays so when the user's zone is corrected later. Midnight shows the day before to everybody further west.
 */
function dueDate(zone: string): FieldLens<string, TaskRecord> {
  const read = (native: TaskRecord): string | undefined => (native.dueDate === null ? undefined : local(native.dueDate, zone).toPlainDate().toString());
  const write = (draft: TaskRecord, value: string | undefined): TaskRecord => {
    if (value === undefined) return { ...draft, dueDate: null };
    const time = draft.dueDate === null ? noon : local(draft.dueDate, zone).toPlainTime();
    const moved = Temporal.PlainDate.from(value).toZonedDateTime({ timeZone: zone, plainTime: time });
    return { ...draft, dueDate: moved.toInstant().toString({ smallestUnit: 'second' }) };
  };
  return lens({
    slice: (native) => native.dueDate,
    read,
    write,
    refuse: notADate,
    // A day that a zone skipped (Samoa, 30 December 2011) is stored as the next one.
    stored: (value, draft) => read(write(draft, value)),
  });
}

const noon = Temporal.PlainTime.from('12:00');

function local(instant: string, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
}

function isPriority(word: string): word is Priority {
  return word === 'low' || word === 'normal' || word === 'high';
}

function isStatus(word: string): word is Status {
  return word === 'open' || word === 'in_progress' || word === 'closed';
}
