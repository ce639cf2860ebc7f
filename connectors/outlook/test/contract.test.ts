import type { Kind } from '@syncline/connector';
import { contractSuite, type Fields, type Service, type World } from '@syncline/connector/testing';
import type { AdminRecord, GraphSwitches } from '@syncline/simulators';
import t from 'tap';
import { outlook, type ContactRecord, type EventRecord, type Session, type TaskRecord } from '../src/index.ts';
import { openMailbox, settings, start, user, type Mailbox } from './mailbox.ts';

const clientSecret = settings.signIn.method === 'client-credentials' ? settings.signIn.clientSecret : '';
const utc = (dateTime: string): { readonly dateTime: string; readonly timeZone: string } => ({ dateTime, timeZone: 'UTC' });

/** What To Do calls a status and its own page shows. */
const words = { open: 'notStarted', in_progress: 'inProgress', closed: 'completed' } as const;

/** What a person does in Outlook, in Graph's own words. */
function people({ sim: { admin } }: Mailbox): Required<Pick<Service, 'create' | 'edit' | 'remove' | 'look' | 'aside'>> {
  const on = {
    contact: { create: admin.createContact, edit: admin.updateContact, remove: admin.deleteContact, get: admin.getContact, aside: 'mobilePhone' },
    task: { create: admin.createTask, edit: admin.updateTask, remove: admin.deleteTask, get: admin.getTask, aside: 'body' },
    event: { create: admin.createEvent, edit: admin.updateEvent, remove: admin.deleteEvent, get: admin.getEvent, aside: 'location' },
  };
  return {
    create: (kind, fields) => on[kind].create(bodies[kind](fields)).id,
    edit: (kind, id, fields) => on[kind].edit(id, bodies[kind](fields)),
    remove: (kind, id) => on[kind].remove(id),
    look: (kind, id) => {
      const found = on[kind].get(id);
      return found === undefined ? undefined : looks[kind](found);
    },
    aside: {
      put: (kind, id, text) => on[kind].edit(id, { contact: { mobilePhone: text }, task: { body: { content: text, contentType: 'text' } }, event: { location: { displayName: text } } }[kind]),
      read: (kind, id) => {
        const found = on[kind].get(id)?.[on[kind].aside];
        return typeof found === 'string' ? found : ((found as { content?: string; displayName?: string } | undefined)?.content ?? (found as { displayName?: string } | undefined)?.displayName);
      },
    },
  };
}

const bodies: Record<Kind, (fields: Fields) => { readonly [member: string]: unknown }> = {
  contact: ({ firstName, lastName, jobTitle, description, emails, birthday }) => given({ givenName: firstName, surname: lastName, jobTitle, personalNotes: description, emailAddresses: emails?.map((address) => ({ address })), birthday: birthday && `${birthday}T00:00:00Z` }),
  task: ({ subject, priority, status, dueDate }) => given({ title: subject, importance: priority, status: status && words[status], dueDateTime: dueDate && utc(`${dueDate}T00:00:00`) }),
  event: ({ title, start: from, end, allDay }) => given({ subject: title, start: from && time(from), end: end && time(end), isAllDay: from && allDay === true }),
};

const looks: Record<Kind, (found: AdminRecord) => Fields> = {
  contact: (found) => given({ firstName: textIn(found, 'givenName'), lastName: textIn(found, 'surname'), jobTitle: textIn(found, 'jobTitle'), description: textIn(found, 'personalNotes'), emails: (found['emailAddresses'] as { address: string }[]).map(({ address }) => address), birthday: textIn(found, 'birthday')?.slice(0, 10) }),
  task: (found) => given({ subject: textIn(found, 'title'), priority: found['importance'], status: Object.entries(words).find(([, word]) => word === found['status'])?.[0], dueDate: (found['dueDateTime'] as { dateTime: string } | null | undefined)?.dateTime.slice(0, 10) }),
  event: (found) => {
    const [from, to] = [found['start'], found['end']].map((zoned) => (zoned as { dateTime: string }).dateTime);
    const shown = (text = ''): string => (found['isAllDay'] === true ? text.slice(0, 10) : `${text.slice(0, 19)}Z`);
    return given({ title: textIn(found, 'subject'), start: shown(from), end: shown(to), allDay: found['isAllDay'] });
  },
};

function time(value: string): object {
  return utc(value.includes('T') ? value.slice(0, -1) : `${value}T00:00:00`);
}

function given<T extends object>(members: T): { readonly [Name in keyof T]: never } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { readonly [Name in keyof T]: never };
}

function textIn(found: AdminRecord, name: string): string | undefined {
  const value: unknown = found[name];
  return typeof value === 'string' ? value : undefined;
}

async function open(switches: Partial<GraphSwitches> = {}): Promise<World<Session>> {
  let now = start;
  const mailbox = await openMailbox({ switches });
  const { admin } = mailbox.sim;
  return {
    session: mailbox.session,
    now: () => now,
    again: () => mailbox.again(),
    pass: (ms) => (now = mailbox.pass(ms) ?? now + ms),
    signInWrongly: () => mailbox.again({ signIn: { method: 'client-credentials', clientSecret: 'a wrong secret', user } }),
    secrets: [clientSecret, 'a wrong secret'],
    logs: mailbox.log,
    service: {
      ...people(mailbox),
      spoil: (kind: Kind, record: object) => ({ contact: { ...record, birthday: 'no date' }, task: { ...record, importance: 'urgent' }, event: { ...record, end: utc('2020-01-01T00:00:00') } })[kind],
      loseNextAnswer: () => admin.fault({ kind: 'drop-after', path: '/$batch' }),
      setDown: (down) => (down ? admin.fault({ kind: 'drop-before', times: Number.POSITIVE_INFINITY }) : admin.clearFaults()),
    },
  };
}

const address = { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' };
const contact: ContactRecord = {
  givenName: null, middleName: null, surname: 'Byron', generation: null, displayName: 'The Countess', fileAs: 'Countess', personalNotes: 'one\r\ntwo ', jobTitle: null,
  emailAddresses: [{ name: 'Ada', address: 'B@x.org' }, { name: null, address: 'b@x.org' }, { name: 'nobody', address: null }], birthday: '1904-02-29T11:59:00Z',
  businessAddress: { ...address, countryOrRegion: 'Deutschland', city: 'Berlin' }, homeAddress: { ...address, countryOrRegion: 'Ruritania' }, otherAddress: address, gender: '0', fax: null, primaryPhone: '-',
};
const tasks: readonly TaskRecord[] = ['waitingOnOthers', 'deferred'].map((status) => ({ title: 'Wait', importance: 'normal', status, dueDateTime: { dateTime: '2026-03-28T23:00:00.0000000', timeZone: 'UTC' }, markId: null }));
const events: readonly EventRecord[] = [
  { subject: 'Away', start: utc('2026-03-10T00:00:00.0000000'), end: utc('2026-03-12T00:00:00.0000000'), isAllDay: true, zone: 'Pacific Standard Time' },
  { subject: 'Late', start: utc('2026-03-29T00:30:00.0000000'), end: utc('2026-03-29T00:30:00.0000000'), isAllDay: false, zone: 'tzone://Microsoft/Custom' },
];

const samples = { contact: [contact], task: tasks, event: events };

contractSuite({ test: (title, check) => t.test(title, check), connector: outlook, open: () => open(), samples });

// What the documentation leaves open, at its worst. (A last page of its own beside repeated rows never ends in the simulator.)
const unruly: Partial<GraphSwitches> = { deltaEmptyFirstPage: true, deltaDuplicates: true, deltaReplays: 3, deltaRemovedAtFirst: true, transactionReplay: 'conflict', displayNameRecomputed: 'any-update', birthdayTime: '11:59:00' };

contractSuite({ test: (title, check) => t.test(`unruly: ${title}`, check), connector: outlook, open: () => open(unruly), samples });
