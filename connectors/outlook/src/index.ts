import { defineConnector, type Caps, type Connector, type Entity, type Json, type Kind } from '@syncline/connector';
import { batchSize } from './batch.ts';
import type { Collection } from './collection.ts';
import { config, type Config } from './config.ts';
import { blankContact, contacts } from './contacts.ts';
import { blankEvent, events } from './events.ts';
import { find } from './find.ts';
import { get } from './get.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import type { ContactRecord, EventRecord, TaskRecord } from './records.ts';
import { signIn } from './person-sign-in.ts';
import { check, connect, type Session } from './session.ts';
import { blankTask, tasks } from './tasks.ts';

export type { Config } from './config.ts';
export type { Container } from './containers.ts';
export type { ContactRecord, EmailEntry, EventRecord, PostalAddress, TaskRecord, ZonedTime } from './records.ts';
export type { Session } from './session.ts';

/** Native records of Outlook by kind. */
export type OutlookRecords = { readonly contact: ContactRecord; readonly task: TaskRecord; readonly event: EventRecord };

const caps: Caps = {
  precondition: 'version',
  createOnce: 'find',
  marks: true,
  hiddenLooksDeleted: false,
  writesPerPush: batchSize,
  // A batch keeps all four places of a mailbox busy (contract, 7 and 8).
  concurrency: 1,
};

/** Outlook over Microsoft Graph v1.0: contacts, To Do tasks and calendar events of one mailbox. */
export const outlook: Connector<Config, Session, OutlookRecords> = defineConnector({
  contract: 1,
  name: 'outlook',
  title: 'Outlook (Microsoft Graph)',
  config,
  connect,
  check,
  signIn,
  entities: {
    contact: entity(contacts, { ...caps, restoredWithout: 'its photo, categories and attachments, and every field that is not mapped, such as the company and further numbers' }, (session) => session.lenses.contact, () => blankContact),
    task: entity(tasks, { ...caps, restoredWithout: 'its text, steps, categories, reminder, attachments and recurrence' }, (session) => session.lenses.task, () => blankTask),
    event: entity(events, { ...caps, createOnce: 'request-key', restoredWithout: 'its attendees, text, place, categories, reminder, attachments and online meeting' }, (session) => session.lenses.event, (session) => blankEvent(session.context.zone)),
  },
});

function entity<K extends Kind, N extends Json>(
  collection: Collection<N>,
  promised: Caps,
  lens: Entity<Session, K, N>['lens'],
  blank: Entity<Session, K, N>['blank'],
): Entity<Session, K, N> {
  return {
    caps: promised,
    lens,
    blank,
    pull: (session, request) => pull(session, collection, request),
    get: (session, id) => get(session, collection, id),
    push: (session, writes) => push(session, collection, writes),
    find: (session, create, since) => find(session, collection, create, since),
  };
}
