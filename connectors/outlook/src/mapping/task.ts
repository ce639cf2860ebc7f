import { property, type EntityLens, type FieldLens } from '@syncline/connector';
import type { TaskRecord } from '../records.ts';
import { dateIn, instantIn, isDate } from './zone.ts';

/** To Do tasks (specification, sections 3.2 and 3.6). @param zone the user's, IANA. */
export function taskLens(zone: string): EntityLens<'task', TaskRecord> {
  return {
    subject: property('title', { empty: '' }),
    priority: importance,
    dueDate: dueDate(zone),
    status,
  };
}

const importances: readonly string[] = ['low', 'normal', 'high'];

/** Rule M27: a priority Outlook does not know is shown as `normal`. Graph allows no empty importance. */
const importance: FieldLens<'low' | 'normal' | 'high', TaskRecord> = {
  slice: (task) => task.importance,
  read: (task) => (task.importance === 'low' || task.importance === 'high' ? task.importance : 'normal'),
  write: (draft, value) => {
    const word = value !== undefined && importances.includes(value) ? value : 'normal';
    return draft.importance === word ? draft : { ...draft, importance: word };
  },
  stored: (value) => (importances.includes(value) ? value : 'normal'),
};

type Status = 'open' | 'in_progress' | 'closed';

// Three of Graph's words read as "in progress".
const statusOf: Readonly<Record<string, Status | undefined>> = {
  notStarted: 'open',
  inProgress: 'in_progress',
  waitingOnOthers: 'in_progress',
  deferred: 'in_progress',
  completed: 'closed',
};
const wordOf: Readonly<Record<Status, string>> = { open: 'notStarted', in_progress: 'inProgress', closed: 'completed' };

/** Rules M30 to M34: a word that already means the status stays, so that "deferred" is never rewritten as "in progress". */
const status: FieldLens<Status, TaskRecord> = {
  slice: (task) => task.status,
  read: (task) => statusOf[task.status],
  write: (draft, value) => (statusOf[draft.status] === (value ?? 'open') ? draft : { ...draft, status: wordOf[value ?? 'open'] }),
};

/**
 * Rule M29: To Do keeps a date and spells it as a time. Midnight in the zone it is spelt in is that date; any other time is
 * midnight of the zone it was set in, so its date is read in the user's zone.
 */
function dueDate(zone: string): FieldLens<string, TaskRecord> {
  const read = ({ dueDateTime }: TaskRecord): string | undefined => {
    if (dueDateTime === null) return undefined;
    const found = /^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?)?Z?$/.exec(dueDateTime.dateTime);
    if (found !== null) return found[1];
    const instant = instantIn(dueDateTime);
    return instant === undefined ? undefined : dateIn(instant, zone);
  };
  return {
    slice: (task) => task.dueDateTime,
    read,
    write: (draft, value) => {
      if (read(draft) === value) return draft;
      return { ...draft, dueDateTime: value === undefined ? null : { dateTime: `${value}T00:00:00`, timeZone: 'UTC' } };
    },
    refuse: (value) => (isDate(value) ? undefined : 'this is no calendar date'),
  };
}
