import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  createGraphSimulator,
  createOroCrmSimulator,
  editWorld,
  generateWorld,
  plantWorld,
  worldCases,
  type GeneratedWorld,
  type GraphSimulator,
  type LedgerLine,
  type OroCrmSimulator,
  type PlantedPerson,
  type WorldOptions,
} from '../src/index.ts';
import { isObject } from '../src/shared/json.ts';
import { seeded } from './graph-support.ts';
import { contactChecks, eventChecks, taskChecks, type Check } from './support/world-checks.ts';
import { entriesOf, readAnswers } from './support/world-views.ts';

const now = Date.parse('2026-03-02T09:00:00Z');
const berlin: WorldOptions = { seed: 1, now, zone: 'Europe/Berlin' };

interface Planted {
  readonly world: GeneratedWorld;
  readonly oro: OroCrmSimulator;
  readonly graph: GraphSimulator;
  readonly person: PlantedPerson;
}

function plant(options: WorldOptions): Planted {
  const world = generateWorld(options);
  const oro = createOroCrmSimulator({ env: { now: () => options.now, random: seeded(2) } });
  const graph = createGraphSimulator({ env: { now: () => options.now, random: seeded(3) }, seed: world.graph });
  return { world, oro, graph, person: plantWorld(world, oro.admin, graph.admin) };
}

t.test('the README lists the cases as the code does', (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.slice(readme.indexOf('## The generated world')).split('\n## ')[0] ?? '';
  const listed = section.split('\n').filter((line) => /^\| (contact|task|event) \|/.test(line));
  const known = Object.entries(worldCases).flatMap(([kind, of]) => Object.entries(of).map(([name, { exercises, rules }]) => `| ${kind} | ${name} | ${exercises} | ${rules} |`));
  t.same(listed, known);
  t.end();
});

t.test('the same options give the same JSON, another seed, person or zone another one', (t) => {
  const text = (options: WorldOptions): string => JSON.stringify(generateWorld(options));
  t.equal(text(berlin), text({ ...berlin }));
  t.same(JSON.parse(text(berlin)), generateWorld(berlin), 'nothing but JSON in it');
  const others = [{ ...berlin, seed: 2 }, { ...berlin, user: 2 }, { ...berlin, zone: 'Asia/Tokyo' }];
  t.equal(new Set([berlin, ...others].map(text)).size, 4);
  t.end();
});

t.test('60 % are in OroCRM only, 25 % in Outlook only, 15 % on both sides', async (t) => {
  const { world, oro, graph, person } = plant(berlin);
  t.same(world.notes.counts, {
    contact: { orocrm: 120, outlook: 50, both: 30, colleague: 0 },
    task: { orocrm: 36, outlook: 15, both: 9, colleague: 1 },
    event: { orocrm: 72, outlook: 30, both: 18, colleague: 1 },
  });
  t.same(world.notes.leftOut, []);
  const { counts } = await readAnswers(oro, graph, person);
  t.same(counts.oro, { contact: 150, task: 45, event: 90 }, 'OroCRM answers them');
  t.same(counts.graph, { contact: 80, task: 24, event: 48 }, 'Graph answers them');
});

t.test('each case is there once and shows through both APIs', async (t) => {
  const { world, oro, graph, person } = plant(berlin);
  const answers = await readAnswers(oro, graph, person);
  const checks: Readonly<Record<'contact' | 'task' | 'event', Readonly<Record<string, Check>>>> = { contact: contactChecks, task: taskChecks, event: eventChecks };
  for (const kind of ['contact', 'task', 'event'] as const) {
    t.same(Object.keys(world.notes.cases[kind]), Object.keys(worldCases[kind]));
    for (const [name, { rules }] of Object.entries(worldCases[kind])) {
      const check = checks[kind][name];
      t.ok(check?.(entriesOf(world, answers, kind, name)), `${rules}: ${kind} ${name}`);
    }
  }
});

t.test('D12 the edited occurrences of a series are there on both sides', (t) => {
  const { world, oro, graph, person } = plant(berlin);
  const at = world.notes.cases.event;
  const seriesId = person.ids.oro.event[at['series-orocrm']?.[0]?.oro ?? -1];
  const exceptions = oro.admin.listEvents().filter(({ recurringEventId }) => recurringEventId === seriesId);
  t.same(exceptions.map(({ isCancelled, calendarId }) => [isCancelled, calendarId]), [[false, 1], [true, 1]]);
  const masterId = person.ids.graph.event[at['series-outlook']?.[0]?.graph ?? -1] ?? '';
  t.equal(graph.admin.getEvent(masterId, { user: person.mailbox })?.['type'], 'seriesMaster');
  const token = graph.admin.signIn(person.mailbox);
  const url = `https://graph.microsoft.com/v1.0/me/events/${encodeURIComponent(masterId)}/instances?startDateTime=2026-02-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z`;
  return graph.handle(new Request(url, { headers: { authorization: `Bearer ${token}`, prefer: 'IdType="ImmutableId"' } })).then(async (response) => {
    const body: unknown = await response.json();
    const value = isObject(body) && Array.isArray(body['value']) ? (body['value'] as readonly { readonly type: string; readonly start: { readonly dateTime: string } }[]) : [];
    const starts = value.map(({ type, start }) => `${type} ${start.dateTime.slice(0, 16)}`);
    // From Thursday 12 February at 9 in Berlin; 12 March was moved to the afternoon, 19 March cancelled; summer time from 29 March.
    t.same(starts.filter((start) => !start.startsWith('occurrence')), ['exception 2026-03-12T13:00']);
    t.notOk(starts.some((start) => start.includes('2026-03-19')));
    t.ok(starts.includes('occurrence 2026-03-26T08:00'));
  });
});

t.test('M39 S16 a colleague\'s records are there and are not the person\'s', (t) => {
  const { world, oro, person } = plant(berlin);
  const task = oro.admin.task(person.ids.oro.task[world.notes.cases.task['colleague']?.[0]?.oro ?? -1] ?? 0);
  const event = oro.admin.event(person.ids.oro.event[world.notes.cases.event['colleague-calendar']?.[0]?.oro ?? -1] ?? 0);
  t.equal(task?.ownerId, 2);
  t.equal(event?.calendarId, 2);
  t.end();
});

t.test('nobody is mailed, nothing is in the audit log, nobody real is in it', (t) => {
  const { world, oro, graph, person } = plant(berlin);
  oro.admin.runConsumer();
  t.same(graph.admin.outbox({ user: person.mailbox }), []);
  t.same(oro.admin.listAudits(), []);
  const text = JSON.stringify(world);
  const domains = new Set([...text.matchAll(/@([A-Za-z0-9.-]+)/g)].map(([, domain = '']) => domain.toLowerCase()));
  t.same([...domains].filter((domain) => !/(^|\.)example\.(com|org|net)$/.test(domain)), []);
  const numbers = [...text.matchAll(/"(\+[\d ()-]+)"/g)].map(([, number = '']) => number.replace(/[^\d+]/g, ''));
  t.ok(numbers.length > 100);
  t.same(numbers.filter((number) => !/^(\+155501\d\d|\+442079460\d{3}|\+493023125\d{3})$/.test(number)), []);
  t.end();
});

t.test('K4 outside the cases no key is there twice by chance', (t) => {
  const { contacts } = generateWorld({ ...berlin, contacts: 2_000 }).oro;
  const keys = contacts.map(({ firstName, lastName, gender, birthday }) => JSON.stringify([firstName, lastName, gender, birthday]));
  // One case is two of one key.
  t.equal(keys.length - new Set(keys).size, 1);
  t.end();
});

t.test('M36 M37 every zone has its changes of the clocks, inside the window of events', (t) => {
  for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Australia/Lord_Howe', 'Africa/Casablanca']) {
    for (const day of ['2026-03-02', '2026-10-20', '2026-11-03', '2028-02-29']) {
      const options = { seed: 5, now: Date.parse(`${day}T23:30:00Z`), zone };
      const { world, graph, person } = plant(options);
      t.same(world.notes.leftOut, [], `${zone} from ${day}`);
      const events = graph.admin.listEvents({ user: person.mailbox }).filter(({ subject }) => subject === 'Clocks go forward' || subject === 'Clocks go back');
      t.equal(events.length, 2);
      for (const { start } of events) {
        const away = (Date.parse(`${String(isObject(start) ? start['dateTime'] : '').slice(0, 10)}T00:00:00Z`) - options.now) / 86_400_000;
        t.ok(away > -30 && away < 365, `${Math.round(away)} days from now`);
      }
    }
  }
  t.end();
});

t.test('a small world leaves cases out and says which', (t) => {
  const laidBy = (seed: number): readonly string[] => Object.keys(generateWorld({ ...berlin, seed, contacts: 6, mixed: true }).notes.cases.contact);
  t.not(laidBy(1).join(), laidBy(2).join(), 'mixed: each seed has room for others');
  t.same(laidBy(1), laidBy(1));
  const world = generateWorld({ ...berlin, contacts: 20, tasks: 4, events: 0 });
  t.same(world.notes.counts.contact, { orocrm: 12, outlook: 5, both: 3, colleague: 0 });
  t.equal(world.oro.contacts.length, 15);
  t.equal(world.graph.events.length, 0);
  t.ok(world.notes.leftOut.includes('contact/scripts'));
  t.notOk('scripts' in world.notes.cases.contact);
  t.end();
});

t.test('several people share the simulators: own mailbox, own user, own records', async (t) => {
  const { oro, graph, person: first } = plant(berlin);
  const second = plantWorld(generateWorld({ ...berlin, user: 2 }), oro.admin, graph.admin);
  t.equal(first.oroClientId, 'syncline-admin');
  t.same([second.oroClientId, second.mailbox], ['syncline-person2', 'person2@example.org']);
  const { counts } = await readAnswers(oro, graph, second);
  t.same(counts, { oro: { contact: 150, task: 45, event: 90 }, graph: { contact: 80, task: 24, event: 48 } });
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: second.oroClientId, client_secret: second.oroClientSecret });
  const response = await oro.handle(new Request('http://oro.test/oauth2-token', { method: 'POST', body: form }));
  t.equal(response.status, 200, 'its OAuth client signs in');
});

t.test('the seeds alone load with the simulators\' own options', (t) => {
  const world = generateWorld(berlin);
  const env = { now: () => now, random: seeded(1) };
  const oro = createOroCrmSimulator({ env, data: world.oro });
  t.equal(oro.admin.listContacts().length, 150);
  t.match(createGraphSimulator({ env, seed: world.graph }).admin.users(), [{ userPrincipalName: 'person1@example.org', language: 'de-DE', timeZone: 'W. Europe Standard Time' }]);
  t.end();
});

/** The newest line of each field of each record that is still there, and the records that are gone. */
function lastOf(ledger: readonly LedgerLine[]): { readonly fields: readonly LedgerLine[]; readonly gone: readonly LedgerLine[] } {
  const fields = new Map(ledger.map((line) => [`${line.side} ${line.kind} ${line.id} ${String(line.field)}`, line]));
  const gone = ledger.filter(({ action }) => action === 'delete');
  const ids = new Set(gone.map(({ id }) => id));
  return { fields: [...fields.values()].filter(({ id, field }) => field !== null && !ids.has(id)), gone };
}

t.test('editWorld does what its ledger says, and nothing that a rule holds', (t) => {
  const { oro, graph, person } = plant(berlin);
  const place = { user: person.mailbox };
  const heldBefore = held(oro, graph, person);
  const ledger = editWorld(seeded(11), oro.admin, graph.admin, 400, { ...person, zone: berlin.zone, deletes: 0.15 });
  t.equal(new Set(ledger.map(({ edit }) => edit)).size, 400);
  for (const side of ['orocrm', 'outlook']) {
    for (const kind of ['contact', 'task', 'event']) {
      for (const action of ['create', 'update', 'delete']) t.ok(ledger.some((line) => line.side === side && line.kind === kind && line.action === action), `${side} ${kind} ${action}`);
    }
  }
  const { fields, gone } = lastOf(ledger);
  t.ok(fields.length > 300);
  for (const line of fields) {
    const shown = line.side === 'orocrm' ? oroValue(oro, line) : graphValue(graph, place, line);
    if (JSON.stringify(shown) !== JSON.stringify(line.value)) t.same(shown, line.value, `${line.side} ${line.kind} ${String(line.field)}`);
  }
  for (const { side, kind, id } of gone) {
    const { admin } = graph;
    const found = side === 'orocrm' ? oro.admin[kind](Number(id)) : kind === 'contact' ? admin.getContact(id, place) : kind === 'task' ? admin.getTask(id, place) : admin.getEvent(id, place);
    t.equal(found, undefined);
  }
  t.same(held(oro, graph, person), heldBefore, 'series, meetings, invitations and private items are as they were');
  t.same(graph.admin.outbox(place), []);
  t.end();
});

t.test('editWorld: the same dice make the same edits', (t) => {
  const run = (seed: number): readonly LedgerLine[] => {
    const { oro, graph, person } = plant(berlin);
    return editWorld(seeded(seed), oro.admin, graph.admin, 60, { ...person, zone: berlin.zone });
  };
  t.same(run(4), run(4));
  t.notSame(run(4), run(5));
  t.end();
});

t.test('editWorld begins in an empty world, with creations', (t) => {
  const env = { now: () => now, random: seeded(1) };
  const ledger = editWorld(seeded(8), createOroCrmSimulator({ env }).admin, createGraphSimulator({ env }).admin, 20, { deletes: 0 });
  t.equal(ledger[0]?.action, 'create');
  t.ok(ledger.some(({ kind }) => kind === 'contact'));
  t.end();
});

/** What `editWorld` leaves alone, as it is stored. */
function held(oro: OroCrmSimulator, graph: GraphSimulator, person: PlantedPerson): unknown {
  const place = { user: person.mailbox };
  const count = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
  return {
    oro: oro.admin.listEvents().filter((event) => event.recurrence !== null || event.recurringEventId !== null || event.attendees.length > 0 || event.calendarId !== person.oroUserId),
    tasks: oro.admin.listTasks().filter(({ ownerId }) => ownerId !== person.oroUserId),
    graph: graph.admin.listEvents(place).filter((event) => event['type'] !== 'singleInstance' || count(event['attendees']) > 0 || event['sensitivity'] === 'private' || event['sensitivity'] === 'confidential'),
    contacts: graph.admin.listContacts(place).filter((contact) => JSON.stringify(contact['singleValueExtendedProperties']).includes('Integer 0x36')),
  };
}

function oroValue(oro: OroCrmSimulator, { kind, id, field }: LedgerLine): unknown {
  if (kind === 'task') {
    const task = oro.admin.task(Number(id));
    return field === 'dueDate' ? berlinDay((task?.dueDate ?? 0) * 1000) : task?.[field as 'subject'];
  }
  if (kind === 'event') {
    const event = oro.admin.event(Number(id));
    return field === 'start' || field === 'end' ? new Date((event?.[field] ?? 0) * 1000).toISOString() : event?.[field as 'title'];
  }
  const contact = oro.admin.contact(Number(id));
  const valuesOf = (list: 'emails' | 'phones'): readonly string[] => contact?.[list].map(({ value }) => value) ?? [];
  if (field === 'emails' || field === 'phones') return valuesOf(field);
  if (field === 'primaryEmail') return contact?.emails.find(({ primary }) => primary)?.value;
  if (field === 'primaryPhone') return contact?.phones.find(({ primary }) => primary)?.value;
  return contact?.[field as 'jobTitle'];
}

const graphNames: Readonly<Record<string, string>> = { firstName: 'givenName', lastName: 'surname', description: 'personalNotes', subject: 'title', priority: 'importance', dueDate: 'dueDateTime', title: 'subject', allDay: 'isAllDay' };
const words: Readonly<Record<string, string>> = { notStarted: 'open', inProgress: 'in_progress', completed: 'closed' };
const tags: Readonly<Record<string, string>> = { fax: 'String 0x3A24', primaryPhone: 'String 0x3A1A', phones: 'String 0x3A1A', gender: 'Short 0x3A4D' };

function graphValue(graph: GraphSimulator, place: { readonly user: string }, line: LedgerLine): unknown {
  const { admin } = graph;
  const field = line.field ?? '';
  const record = line.kind === 'contact' ? admin.getContact(line.id, place) : line.kind === 'task' ? admin.getTask(line.id, place) : admin.getEvent(line.id, place);
  const value = record?.[graphNames[field] ?? field];
  const time = isObject(value) ? String(value['dateTime']).slice(0, 19) : '';
  if (field === 'start' || field === 'end') return `${time}.000Z`;
  if (field === 'dueDate') return time.slice(0, 10);
  if (field === 'status') return words[String(value)];
  if (field === 'birthday') return String(value).slice(0, 10);
  const emails = Array.isArray(record?.['emailAddresses']) ? (record['emailAddresses'] as readonly { readonly address: string }[]).map(({ address }) => address) : [];
  if (field === 'emails') return emails;
  if (field === 'primaryEmail') return emails[0];
  const tag = tags[field];
  if (tag === undefined) return value;
  const properties = record?.['singleValueExtendedProperties'];
  const found = Array.isArray(properties) ? (properties as readonly { readonly id: string; readonly value: string }[]).find(({ id }) => id === tag)?.value : undefined;
  if (field === 'gender') return found === '2' ? 'male' : 'female';
  return field === 'phones' ? [found] : found;
}

function berlinDay(ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(ms);
}
