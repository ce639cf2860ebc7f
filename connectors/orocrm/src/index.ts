import { defineConnector, type Caps, type Connector, type Present, type Seen } from '@syncline/connector';
import { configSchema, type Config } from './config.ts';
import { findContacts, findEvents, findTasks } from './find.ts';
import { blankContact, blankEvent, blankTask, contactLens, eventLens, taskLens } from './mapping/index.ts';
import { pullEvents } from './pull-events.ts';
import { pullContacts, pullTasks } from './pull.ts';
import { pushContacts } from './push/contact.ts';
import { pushEvents } from './push/event.ts';
import { pushTasks } from './push/task.ts';
import { presentEvent, readContact, readEvent, readTask } from './read.ts';
import type { ContactRecord, EventRecord, Stored, TaskRecord } from './records.ts';
import { checkSession, openSession, type Session } from './session.ts';
import { present } from './version.ts';

export type { Config } from './config.ts';
export type { AddressRecord, ContactRecord, EventRecord, TaskRecord } from './records.ts';
export type { Session } from './session.ts';

/** What OroCRM deletes with a record, and no API gives back (D6). */
const activities = 'its activities (calls, e-mails, notes, attachments)';

/** Contacts, tasks and the events of the user's own calendar in OroCRM 5.1 and later. */
export const orocrm: Connector<Config, Session, { contact: ContactRecord; task: TaskRecord; event: EventRecord }> = defineConnector({
  contract: 1,
  name: 'orocrm',
  title: 'OroCRM',
  config: configSchema,
  connect: openSession,
  check: checkSession,
  entities: {
    contact: {
      caps: caps(`${activities}, its accounts and other relations, and every field that is not mapped`),
      lens: (session: Session) => contactLens(session.geography, session.context.now),
      blank: () => blankContact,
      pull: pullContacts,
      get: async (session: Session, id: string) => seen(await readContact(session, id), present),
      push: pushContacts,
      find: findContacts,
    },
    task: {
      caps: caps(`${activities}, its comments and relations, and every field that is not mapped`),
      lens: (session: Session) => taskLens(session.context.zone),
      blank: () => blankTask,
      pull: pullTasks,
      get: async (session: Session, id: string) => seen(await readTask(session, id), present),
      push: pushTasks,
      find: findTasks,
    },
    event: {
      caps: caps('its attendees, reminders and relations, and every field that is not mapped'),
      lens: (session: Session) => eventLens(session.context.zone),
      blank: () => blankEvent,
      pull: pullEvents,
      get: async (session: Session, id: string) => seen(await readEvent(session, id), presentEvent),
      push: pushEvents,
      find: findEvents,
    },
  },
});

/**
 * OroCRM has neither versions nor idempotency keys. Batches report no ids, so each record is a request of its own;
 * four at a time are as fast as two cores of OroCRM get.
 */
function caps(restoredWithout: string): Caps {
  return { precondition: 'read-before-write', createOnce: 'find', marks: false, hiddenLooksDeleted: false, restoredWithout, writesPerPush: 1, concurrency: 4 };
}


function seen<S extends Stored<R>, R>(found: S | Exclude<Seen<R>, Present<R>>, observe: (found: S) => Seen<R>): Seen<R> {
  return 'absent' in found ? found : observe(found);
}
