import { isPresent, type Present } from '@syncline/connector';
import t from 'tap';
import { outlook, type ContactRecord, type EventRecord, type Session, type TaskRecord } from '../src/index.ts';
import { markId, markOrigin } from '../src/marker.ts';
import { create, entityOf, failureOf, nothingHeld, openMailbox, pullInto, seenIn, settings, type Mailbox } from './mailbox.ts';

const utc = (dateTime: string): { dateTime: string; timeZone: string } => ({ dateTime, timeZone: 'UTC' });
const named = (properties: { [id: string]: string }): { id: string; value: string }[] => Object.entries(properties).map(([id, value]) => ({ id, value }));
const requestsIn = async (mailbox: Mailbox, work: () => Promise<unknown>): Promise<string[]> => {
  mailbox.sent.length = 0;
  await work();
  return mailbox.sent.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
};
t.test('contacts', async (t) => {
  t.test('3.1 a full read has every mapped field, the mark and the ids of all', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({
      givenName: 'Ada',
      surname: 'Byron',
      generation: 'I',
      personalNotes: 'Notes',
      jobTitle: 'Analyst',
      emailAddresses: [{ name: 'Ada', address: 'ada@x.test' }],
      birthday: '1985-12-10T00:00:00Z',
      businessAddress: { street: 'Main 1', city: 'Berlin', countryOrRegion: 'Germany' },
      singleValueExtendedProperties: named({ [markId]: '7', [markOrigin]: 'o1', 'Short 0x3A4D': '1', 'String 0x3A24': '555', 'String 0x3A1A': '112' }),
    });
    const held = nothingHeld<ContactRecord>();
    const pages = await pullInto(mailbox.session, 'contact', held);
    const [seen] = seenIn(pages) as [Present<ContactRecord>];
    t.match(seen, { id, mark: { id: '7', origin: 'o1' }, record: { givenName: 'Ada', surname: 'Byron', gender: '1', fax: '555', primaryPhone: '112', birthday: '1985-12-10T00:00:00Z' } });
    t.same(pages.at(-1)?.alive, [id]);
    const { lens } = entityOf('contact');
    const billing = lens(mailbox.session).billingAddress;
    t.match(billing === 'unsupported' ? undefined : billing.read(seen.record), { street: 'Main 1', country: 'DE' });
  });

  t.test('G2 an idle cycle is one request per kind, and sees nothing', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.createContact({ givenName: 'Ada' });
    mailbox.sim.admin.createTask({ title: 'Call' });
    mailbox.sim.admin.createEvent({ subject: 'Lunch', start: utc('2026-03-10T09:00:00'), end: utc('2026-03-10T10:00:00') });
    const held = { contact: nothingHeld<ContactRecord>(), task: nothingHeld<TaskRecord>(), event: nothingHeld<EventRecord>() };
    const all = async (): Promise<number> =>
      seenIn(await pullInto(mailbox.session, 'contact', held.contact)).length +
      seenIn(await pullInto(mailbox.session, 'task', held.task)).length +
      seenIn(await pullInto(mailbox.session, 'event', held.event)).length;
    t.equal(await all(), 3);
    let seen = -1;
    const requests = await requestsIn(mailbox, async () => (seen = await all()));
    t.equal(seen, 0);
    t.equal(requests.length, 3, requests.join(', '));
    t.ok(requests.every((request) => request.endsWith('/delta')));
  });

  t.test('B1 exactly what changed is read; a deletion is only missing (D1)', async (t) => {
    const mailbox = await openMailbox();
    const ids = Array.from({ length: 30 }, (_, at) => mailbox.sim.admin.createContact({ givenName: `Person ${at}` }).id);
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    mailbox.sim.admin.updateContact(ids[3] ?? '', { jobTitle: 'Analyst' });
    mailbox.sim.admin.deleteContact(ids[4] ?? '');
    const late = mailbox.sim.admin.createContact({ givenName: 'Late' }).id;
    const seen = seenIn(await pullInto(mailbox.session, 'contact', held));
    t.same(seen.map(({ id }) => id).sort(), [ids[3], ids[4], late].sort());
    t.same(seen.find(({ id }) => id === ids[4]), { id: ids[4], absent: 'missing' });
    t.same(await entityOf('contact').get(mailbox.session, ids[4] ?? ''), { id: ids[4], absent: 'deleted' });
  });

  t.test('C15 our own write comes back and is not read again', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.createContact({ givenName: 'First' });
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    const [written] = await entityOf('contact').push(mailbox.session, [create('contact', mailbox.session, 'k1', { givenName: 'Ada', fax: '555' }, { id: '7', origin: 'o' })]);
    if (written?.status !== 'stored') throw new Error('not stored');
    held.records.set(written.seen.id, written.seen);
    const requests = await requestsIn(mailbox, async () => t.same(seenIn(await pullInto(mailbox.session, 'contact', held)), []));
    t.equal(requests.length, 1);
  });

  for (const switches of [{ deltaEmptyFirstPage: true, deltaDuplicates: true, deltaReplays: 5 }, { deltaTrailingPage: true, deltaReplays: 5 }]) {
    t.test(`G6 empty pages, repeated rows and replays change nothing: ${Object.keys(switches).join(', ')}`, async (t) => {
      const mailbox = await openMailbox({ switches });
      const ids = Array.from({ length: 450 }, (_, at) => mailbox.sim.admin.createContact({ givenName: `Person ${at}` }).id);
      const held = nothingHeld<ContactRecord>();
      const first = await pullInto(mailbox.session, 'contact', held);
      t.same([...(first.at(-1)?.alive ?? [])].sort(), [...ids].sort());
      t.same(seenIn(await pullInto(mailbox.session, 'contact', held)), []);
      mailbox.sim.admin.updateContact(ids[9] ?? '', { jobTitle: 'X' });
      t.same(seenIn(await pullInto(mailbox.session, 'contact', held)).map(({ id }) => id), [ids[9]]);
    });
  }

  t.test('a chain that never ends is given up', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const { session } = mailbox;
    let pages = 0;
    const get: Session['api']['get'] = (path) => {
      if (!path.includes('delta')) return session.api.get(path);
      pages += 1;
      return Promise.resolve({ status: 200, headers: {}, body: { value: [], '@odata.nextLink': `https://graph.microsoft.com/v1.0/delta?$skiptoken=${pages}` } });
    };
    t.match(await failureOf(() => pullInto({ ...session, api: { ...session.api, get } }, 'contact', nothingHeld())), { kind: 'unavailable' });
    t.ok(pages < 300);
  });

  t.test('A15 many changes at once cost pages, not one request each', async (t) => {
    const mailbox = await openMailbox();
    const ids = Array.from({ length: 400 }, (_, at) => mailbox.sim.admin.createContact({ givenName: `Person ${at}` }).id);
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    for (const id of ids) mailbox.sim.admin.updateContact(id, { jobTitle: 'X' });
    const requests = await requestsIn(mailbox, async () => t.equal(seenIn(await pullInto(mailbox.session, 'contact', held)).length, 400));
    t.ok(requests.length <= 5, requests.join(', '));
  });

  t.test('D9 a forgotten token is an answer of its own, and everything can be read again', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    mailbox.sim.admin.expireDeltaTokens();
    t.equal((await failureOf(() => pullInto(mailbox.session, 'contact', held))).kind, 'cursor-expired');
    t.equal((await failureOf(() => pullInto(mailbox.session, 'contact', { ...held, cursor: '{"v":99}' }))).kind, 'cursor-expired', 'nor is a cursor of another version');
    held.cursor = null;
    t.same((await pullInto(mailbox.session, 'contact', held)).at(-1)?.alive, [id]);
  });

  t.test('D5 moved to another folder: outside, with the same id (K14)', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    mailbox.sim.admin.createContact({ givenName: 'Bob' });
    const folder = mailbox.sim.admin.createFolder('Private');
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    mailbox.sim.admin.moveContact(id, { in: folder.id });
    t.same(seenIn(await pullInto(mailbox.session, 'contact', held)), [{ id, absent: 'missing' }]);
    t.same(await entityOf('contact').get(mailbox.session, id), { id, absent: 'outside' });
    const other = await mailbox.again({ contactFolders: [folder.id] });
    t.same(seenIn(await pullInto(other, 'contact', nothingHeld())).map((seen) => seen.id), [id]);
  });

  t.test('S16 the default folder is found whatever "/me/contacts" lists, also when it is empty at first', async (t) => {
    const mailbox = await openMailbox({ switches: { contactsScope: 'mailbox' } });
    const held = nothingHeld<ContactRecord>();
    t.same((await pullInto(mailbox.session, 'contact', held)).at(-1)?.alive, []);
    const folder = mailbox.sim.admin.createFolder('Private');
    mailbox.sim.admin.createContact({ givenName: 'Hidden' }, { in: folder.id });
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    t.same(seenIn(await pullInto(mailbox.session, 'contact', held)).map((seen) => seen.id), [id]);
    t.equal((await requestsIn(mailbox, () => pullInto(mailbox.session, 'contact', held))).length, 1);
  });

  t.test('C15 a first sync into an empty mailbox is not read back, and what was deleted meanwhile is noticed', async (t) => {
    const mailbox = await openMailbox();
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    const entity = entityOf('contact');
    for (let push = 0; push < 15; push += 1) {
      const writes = Array.from({ length: 20 }, (_, at) => create('contact', mailbox.session, `k${push}/${at}`, { givenName: `P${push * 20 + at}` }, { id: `${push * 20 + at}`, origin: 'o1' }));
      for (const written of await entity.push(mailbox.session, writes)) if (written.status === 'stored') held.records.set(written.seen.id, written.seen);
    }
    const [first] = held.records.keys();
    mailbox.sim.admin.deleteContact(first ?? '');
    let alive: readonly string[] | undefined;
    const requests = await requestsIn(mailbox, async () => {
      const pages = await pullInto(mailbox.session, 'contact', held);
      t.same(seenIn(pages), []);
      alive = pages.at(-1)?.alive;
    });
    t.equal(alive?.length, 299);
    t.notOk(alive?.includes(first ?? ''));
    t.equal(requests.length, 2, 'two pages of its delta');
    t.equal((await requestsIn(mailbox, () => pullInto(mailbox.session, 'contact', held))).length, 1);
  });

  t.test('S17 private contacts and excluded categories are private', async (t) => {
    const mailbox = await openMailbox({ config: { excludedCategories: ['Family'] } });
    mailbox.sim.admin.createContact({ givenName: 'Secret', singleValueExtendedProperties: named({ 'Integer 0x36': '2' }) });
    mailbox.sim.admin.createContact({ givenName: 'Mum', categories: ['Family'] });
    mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const seen = seenIn(await pullInto(mailbox.session, 'contact', nothingHeld())) as Present<ContactRecord>[];
    t.same(seen.map(({ traits }) => traits?.private === true), [true, true, false]);
  });

  t.test('R3 429 of the listing or of a part of a batch stops the pull, and nothing is sent until the time has passed', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    mailbox.sim.admin.updateContact(id, { jobTitle: 'X' });
    mailbox.sim.admin.fault({ kind: 'status', status: 429, retryAfter: '2.128', path: `/contacts/${encodeURIComponent(id)}` });
    const inner = await failureOf(() => pullInto(mailbox.session, 'contact', held));
    t.match(inner, { kind: 'throttle', retryAfterMs: 2128 });
    const requests = await requestsIn(mailbox, async () => t.match(await failureOf(() => pullInto(mailbox.session, 'task', nothingHeld())), { kind: 'throttle', retryAfterMs: 2128 }));
    t.same(requests, []);
    mailbox.pass(2128);
    mailbox.sim.admin.fault({ kind: 'status', status: 429, retryAfter: new Date(Date.parse('2026-03-02T09:00:12Z')).toUTCString(), path: '/delta' });
    t.match(await failureOf(() => pullInto(mailbox.session, 'contact', held)), { kind: 'throttle', retryAfterMs: 9872 });
    mailbox.pass(9872);
    t.equal(seenIn(await pullInto(mailbox.session, 'contact', held)).length, 1, 'and no page was lost');
  });

  t.test('threat 23: a link to another server is not followed', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    const cursor = (held.cursor ?? '').replace('graph.microsoft.com', 'graph.microsoft.com.evil.test');
    const requests = await requestsIn(mailbox, async () => t.equal((await failureOf(() => pullInto(mailbox.session, 'contact', { ...held, cursor }))).kind, 'unsupported'));
    t.same(requests, []);
  });

  t.test('G7 an item that makes no sense is left out, told, and not taken for deleted', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const { session } = mailbox;
    const spoil = <T>(answer: T): T => JSON.parse(JSON.stringify(answer).replace('"givenName":"Ada"', '"givenName":{}')) as T;
    const api: Session['api'] = { ...session.api, get: async (path) => spoil(await session.api.get(path)), batch: async (parts) => spoil(await session.api.batch(parts)) };
    const broken = { ...session, api };
    const pages = await pullInto(broken, 'contact', nothingHeld());
    t.same([seenIn(pages), pages.at(-1)?.alive], [[], [id]]);
    t.match(mailbox.log.join('\n'), /givenName/);
  });
});

t.test('tasks', async (t) => {
  t.test('3.2 tasks of the default list with their mark', async (t) => {
    const mailbox = await openMailbox();
    const one = mailbox.sim.admin.createTask({ title: 'Call Ada', importance: 'high', status: 'deferred', dueDateTime: utc('2026-03-10T00:00:00'), linkedResources: [{ applicationName: 'OroCRM', externalId: 'o1/88', displayName: 'Call Ada' }] });
    mailbox.sim.admin.createTask({ title: 'Old', linkedResources: [{ applicationName: 'Planner', externalId: '1' }, { applicationName: 'OroCRM', externalId: '12' }] });
    mailbox.sim.admin.createTask({ title: 'Elsewhere' }, { in: mailbox.sim.admin.createList('Other').id });
    const held = nothingHeld<TaskRecord>();
    const seen = seenIn(await pullInto(mailbox.session, 'task', held)) as Present<TaskRecord>[];
    t.match(seen.find(({ id }) => id === one.id), { mark: { id: '88', origin: 'o1' }, record: { title: 'Call Ada', importance: 'high', status: 'deferred' } });
    t.same(seen.find(({ record }) => record.title === 'Old')?.mark, { id: '12' });
    t.equal(seen.length, 2);
    mailbox.sim.admin.updateTask(one.id, { status: 'waitingOnOthers' });
    t.match(seenIn(await pullInto(mailbox.session, 'task', held)), [{ id: one.id, record: { status: 'waitingOnOthers' }, mark: { id: '88' } }]);
  });

  t.test('D1 a task that is gone is deleted; a list that is gone makes nothing deleted (D3)', async (t) => {
    const mailbox = await openMailbox();
    const list = mailbox.sim.admin.createList('Work');
    const session = await mailbox.again({ taskLists: [list.id] });
    const one = mailbox.sim.admin.createTask({ title: 'One' }, { in: list.id });
    const two = mailbox.sim.admin.createTask({ title: 'Two' }, { in: list.id });
    await pullInto(session, 'task', nothingHeld());
    mailbox.sim.admin.deleteTask(one.id);
    const ours = (id: string): string => `${list.id}/${id}`;
    t.same(await entityOf('task').get(session, ours(one.id)), { id: ours(one.id), absent: 'deleted' });
    mailbox.sim.admin.deleteList(list.id);
    t.match(await failureOf(() => entityOf('task').get(session, ours(two.id))), { kind: 'config', message: /Nothing counts as deleted/ });
  });
});

t.test('events', async (t) => {
  const lunch = { subject: 'Lunch', start: utc('2026-03-10T09:00:00'), end: utc('2026-03-10T10:00:00') };
  const weekly = { subject: 'Weekly', start: utc('2026-03-03T09:00:00'), end: utc('2026-03-03T10:00:00'), recurrence: { pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'] }, range: { type: 'noEnd', startDate: '2026-03-03' } } };

  t.test('3.3, S17, D7, Q24 events and what they are', async (t) => {
    const mailbox = await openMailbox();
    const { admin } = mailbox.sim;
    const plain = admin.createEvent({ ...lunch, singleValueExtendedProperties: named({ [markId]: '9', [markOrigin]: 'o1' }) });
    const secret = admin.createEvent({ ...lunch, subject: 'Secret', sensitivity: 'private' });
    const meeting = admin.createEvent({ ...lunch, subject: 'Meeting', attendees: [{ emailAddress: { address: 'bob@x.test' }, type: 'required' }] });
    const invited = admin.createEvent({ ...lunch, subject: 'Invited', organizer: { emailAddress: { name: 'Bob', address: 'bob@x.test' } }, attendees: [{ emailAddress: { address: 'ada@contoso.example' }, type: 'required' }] });
    const seen = new Map((seenIn(await pullInto(mailbox.session, 'event', nothingHeld())) as Present<EventRecord>[]).map((one) => [one.id, one]));
    t.match(seen.get(plain.id), { mark: { id: '9', origin: 'o1' }, record: { subject: 'Lunch', isAllDay: false, zone: 'UTC' } });
    t.notOk(seen.get(plain.id)?.traits);
    t.same(seen.get(secret.id)?.traits, { private: true });
    t.same(seen.get(meeting.id)?.traits, { notifies: 1 });
    t.same(seen.get(invited.id)?.traits, { readOnly: 'this meeting is organised by Bob' });
  });

  for (const deltaSparseOccurrences of [false, true]) {
    t.test(`D12 a series is one record, reported once, and its end is noticed (sparse rows: ${deltaSparseOccurrences})`, async (t) => {
      const mailbox = await openMailbox({ switches: { deltaSparseOccurrences } });
      const { id } = mailbox.sim.admin.createEvent(weekly);
      const held = nothingHeld<EventRecord>();
      const first = await pullInto(mailbox.session, 'event', held);
      t.match(seenIn(first), [{ id, traits: { recurring: true } }]);
      t.equal(seenIn(first).length, 1);
      t.same(first.at(-1)?.alive, [id]);
      mailbox.sim.admin.updateEvent(id, { subject: 'Weekly talk' });
      t.match(seenIn(await pullInto(mailbox.session, 'event', held)), [{ id, record: { subject: 'Weekly talk' } }]);
      t.same(seenIn(await pullInto(mailbox.session, 'event', held)), []);
      mailbox.sim.admin.deleteEvent(id);
      t.same(seenIn(await pullInto(mailbox.session, 'event', held)), [{ id, absent: 'missing' }]);
      t.same(await entityOf('event').get(mailbox.session, id), { id, absent: 'deleted' });
    });
  }

  t.test('15 of the contract: where a calendar view shows no extended properties, events are read one by one', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createEvent({ ...lunch, singleValueExtendedProperties: named({ [markId]: '9' }) });
    mailbox.sim.admin.createEvent(weekly);
    const { session } = mailbox;
    const get: Session['api']['get'] = (path) => (path.includes('/calendarView?') ? Promise.resolve({ status: 400, headers: {}, body: { error: { code: 'BadRequest' } } }) : session.api.get(path));
    const pages = await pullInto({ ...session, api: { ...session.api, get } }, 'event', nothingHeld());
    t.equal(pages.at(-1)?.alive?.length, 2);
    t.match(seenIn(pages).find((seen) => seen.id === id), { mark: { id: '9' } });
  });

  t.test('S19, D5 outside the window: not read; moved out: outside; moved in: read', async (t) => {
    const mailbox = await openMailbox();
    const { admin } = mailbox.sim;
    const far = admin.createEvent({ ...lunch, start: utc('2028-03-10T09:00:00'), end: utc('2028-03-10T10:00:00') });
    const near = admin.createEvent(lunch);
    const held = nothingHeld<EventRecord>();
    t.same(seenIn(await pullInto(mailbox.session, 'event', held)).map(({ id }) => id), [near.id]);
    admin.updateEvent(near.id, { start: utc('2020-03-10T09:00:00'), end: utc('2020-03-10T10:00:00') });
    admin.updateEvent(far.id, { start: utc('2026-04-10T09:00:00'), end: utc('2026-04-10T10:00:00') });
    const seen = seenIn(await pullInto(mailbox.session, 'event', held));
    t.same(seen.map(({ id }) => id).sort(), [far.id, near.id].sort());
    t.same(seen.find(({ id }) => id === near.id), { id: near.id, absent: 'missing' });
    t.same(await entityOf('event').get(mailbox.session, near.id), { id: near.id, absent: 'outside' });
  });

  t.test('S19 the window moves on with the days, and what comes into it is read', async (t) => {
    const mailbox = await openMailbox();
    const { admin } = mailbox.sim;
    const near = admin.createEvent(lunch);
    const soon = admin.createEvent({ ...lunch, start: utc('2027-03-12T09:00:00'), end: utc('2027-03-12T10:00:00') });
    const held = nothingHeld<EventRecord>();
    t.same(seenIn(await pullInto(mailbox.session, 'event', held)).map(({ id }) => id), [near.id]);
    mailbox.pass(15 * 86_400_000);
    admin.updateEvent(near.id, { subject: 'Brunch' });
    const seen = seenIn(await pullInto(mailbox.session, 'event', held));
    t.same(seen.map(({ id }) => id).sort(), [near.id, soon.id].sort());
    t.equal((await requestsIn(mailbox, () => pullInto(mailbox.session, 'event', held))).length, 1, 'and the new chain goes on');
  });

  t.test('D5 moved to another calendar: outside', async (t) => {
    const mailbox = await openMailbox();
    const { admin } = mailbox.sim;
    const { id } = admin.createEvent(lunch);
    const held = nothingHeld<EventRecord>();
    await pullInto(mailbox.session, 'event', held);
    const calendar = admin.createCalendar('Private');
    admin.moveEvent(id, { in: calendar.id });
    t.same(seenIn(await pullInto(mailbox.session, 'event', held)), [{ id, absent: 'missing' }]);
    t.same(await entityOf('event').get(mailbox.session, id), { id, absent: 'outside' });
    const other = await mailbox.again({ calendars: [calendar.id] });
    t.same(seenIn(await pullInto(other, 'event', nothingHeld())).map((seen) => seen.id), [id]);
    t.ok(isPresent(await entityOf('event').get(other, id)));
  });

  t.test('M37 all-day events keep their days, whatever zone they were made in', async (t) => {
    const mailbox = await openMailbox();
    const zone = 'Tokyo Standard Time';
    mailbox.sim.admin.createEvent({ subject: 'Fair', isAllDay: true, start: { dateTime: '2026-05-05T00:00:00', timeZone: zone }, end: { dateTime: '2026-05-08T00:00:00', timeZone: zone } });
    const [seen] = seenIn(await pullInto(mailbox.session, 'event', nothingHeld())) as [Present<EventRecord>];
    const { start, end } = entityOf('event').lens(mailbox.session);
    if (start === 'unsupported' || end === 'unsupported') throw new Error('mapped');
    t.same([start.read(seen.record), end.read(seen.record)], ['2026-05-05', '2026-05-08']);
  });
});

t.test('contract 1 and 6: each request says which ids and zone it wants, nextLinks included', async (t) => {
  const mailbox = await openMailbox();
  for (let at = 0; at < 250; at += 1) mailbox.sim.admin.createContact({ givenName: `Person ${at}` });
  await pullInto(mailbox.session, 'contact', nothingHeld());
  const graph = mailbox.sent.filter(({ path }) => path.startsWith('/v1.0/'));
  t.ok(graph.some(({ path }) => path.includes('$skip')));
  for (const { headers } of graph) t.match(headers.get('prefer'), /IdType="ImmutableId".*outlook\.timezone="UTC".*odata\.maxpagesize=/);
  t.equal(new Set(graph.map(({ headers }) => headers.get('client-request-id'))).size, graph.length);
  t.equal(settings.graph, 'http://127.0.0.1:4010');
  t.equal(outlook.name, 'outlook');
});
