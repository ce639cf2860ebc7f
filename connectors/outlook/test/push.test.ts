import { isPresent, type Mark, type Present, type Written } from '@syncline/connector';
import t from 'tap';
import type { ContactRecord, OutlookRecords } from '../src/index.ts';
import { markId, markOrigin } from '../src/marker.ts';
import { create, entityOf, failureOf, nothingHeld, openMailbox, pullInto, seenIn, start, type Mailbox } from './mailbox.ts';

type Kind = keyof OutlookRecords;

const utc = (dateTime: string): { dateTime: string; timeZone: string } => ({ dateTime, timeZone: 'UTC' });
const named = (properties: { [id: string]: string }): { id: string; value: string }[] => Object.entries(properties).map(([id, value]) => ({ id, value }));
const mark: Mark = { id: '7', origin: 'o1' };

/** The record of a write that was stored. */
function stored<N>(written: Written<N> | undefined): Present<N> {
  if (written?.status !== 'stored' || !isPresent(written.seen)) throw new Error(`not stored: ${JSON.stringify(written)} ${written?.status === 'failed' ? written.failure.message : ''}`);
  return written.seen;
}

async function read<K extends Kind>(mailbox: Mailbox, kind: K, id: string): Promise<Present<OutlookRecords[K]>> {
  const seen = await entityOf(kind).get(mailbox.session, id);
  if (!isPresent(seen)) throw new Error(`not there: ${id}`);
  return seen;
}

async function update<K extends Kind>(mailbox: Mailbox, kind: K, id: string, changes: Partial<OutlookRecords[K]>, more: { ifVersion?: string; mark?: Mark } = {}): Promise<Written<OutlookRecords[K]>> {
  const { record, version } = await read(mailbox, kind, id);
  mailbox.sent.length = 0;
  const write = { op: 'update', key: 'k', id, ifVersion: more.ifVersion ?? version, base: record, record: { ...record, ...changes }, ...(more.mark !== undefined && { mark: more.mark }) } as const;
  const [written] = await entityOf(kind).push(mailbox.session, [write]);
  if (written === undefined) throw new Error('no answer');
  return written;
}

/** The bodies of the writes in the batches that left. */
function bodiesIn(mailbox: Mailbox, method: string): { readonly [member: string]: unknown }[] {
  const batches = mailbox.sent.filter(({ path }) => path.endsWith('/$batch')).map(({ body }) => JSON.parse(body) as { requests: { method: string; body: { [member: string]: unknown } }[] });
  return batches.flatMap(({ requests }) => requests.filter((request) => request.method === method).map(({ body }) => body));
}

t.test('creating', async (t) => {
  t.test('K1 the mark and what Graph has no member for travel in the create itself', async (t) => {
    const mailbox = await openMailbox();
    const record = { givenName: 'Ada', surname: 'Byron', emailAddresses: [{ name: null, address: 'ada@x.test' }], gender: '1', fax: '555', primaryPhone: '112', birthday: '1985-12-10T00:00:00Z' };
    const [written] = await entityOf('contact').push(mailbox.session, [create('contact', mailbox.session, 'k1', record, mark)]);
    const seen = stored(written);
    t.match(seen, { mark, record: { givenName: 'Ada', gender: '1', fax: '555', primaryPhone: '112' } });
    t.match(mailbox.sim.admin.getContact(seen.id), { givenName: 'Ada', displayName: 'Ada Byron', fileAs: 'Byron, Ada' });
    t.same(await read(mailbox, 'contact', seen.id), seen, 'as the service now holds it');
    t.equal(bodiesIn(mailbox, 'POST').length, 1);
  });

  t.test('K1 a task is created with its linked resource', async (t) => {
    const mailbox = await openMailbox();
    const [written] = await entityOf('task').push(mailbox.session, [create('task', mailbox.session, 'k1', { title: 'Call Ada', dueDateTime: utc('2030-03-10T00:00:00') }, mark)]);
    const seen = stored(written);
    t.match(seen.mark, mark);
    t.match(mailbox.sim.admin.getTask(seen.id)?.['linkedResources'], [{ applicationName: 'OroCRM', externalId: 'o1/7', displayName: 'Call Ada' }]);
    t.same(await read(mailbox, 'task', seen.id), seen);
  });

  t.test('M36, M37, D7 an event is created in the user\'s zone, without attendees', async (t) => {
    const mailbox = await openMailbox();
    const [timed, allDay, repeated] = await entityOf('event').push(mailbox.session, [
      create('event', mailbox.session, 'k1', { subject: 'Lunch', start: utc('2026-07-10T10:00:00'), end: utc('2026-07-10T11:00:00') }, mark),
      create('event', mailbox.session, 'k2', { subject: 'Fair', isAllDay: true, start: utc('2026-05-05T00:00:00'), end: utc('2026-05-08T00:00:00') }, { id: '8', origin: 'o1' }),
      create('event', mailbox.session, 'k3', { subject: 'Night', start: utc('2026-10-25T00:30:00'), end: utc('2026-10-25T01:30:00') }, { id: '9', origin: 'o1' }),
    ]);
    t.match(stored(timed), { mark, record: { zone: 'W. Europe Standard Time', start: utc('2026-07-10T10:00:00.0000000') } });
    t.match(stored(allDay).record, { isAllDay: true, start: utc('2026-05-05T00:00:00.0000000'), end: utc('2026-05-08T00:00:00.0000000') });
    t.match(stored(repeated).record, { start: utc('2026-10-25T00:30:00.0000000'), end: utc('2026-10-25T01:30:00.0000000') }, 'the hour that comes twice is the right one of the two');
    for (const body of bodiesIn(mailbox, 'POST')) t.notOk('attendees' in body);
    t.same(mailbox.sim.admin.outbox(), []);
  });

  t.test('R4 a repeated event is the first one, whether Graph answers it or refuses the key', async (t) => {
    for (const transactionReplay of ['same-event', 'conflict'] as const) {
      const mailbox = await openMailbox({ switches: { transactionReplay } });
      const write = create('event', mailbox.session, 'k1', { subject: 'Lunch', start: utc('2026-07-10T10:00:00'), end: utc('2026-07-10T11:00:00') }, mark);
      mailbox.sim.admin.fault({ kind: 'drop-after', path: '/$batch' });
      const [lost] = await entityOf('event').push(mailbox.session, [write]);
      t.match(lost, { status: 'failed', failure: { kind: 'unavailable', maybeDone: true } });
      const [again] = await entityOf('event').push(mailbox.session, [write]);
      t.equal(mailbox.sim.admin.listEvents().length, 1);
      t.equal(stored(again).id, mailbox.sim.admin.listEvents()[0]?.id);
    }
  });

  t.test('R4 a create whose answer was lost is found: by mark, without one by content', async (t) => {
    const rows = {
      contact: { givenName: 'Ada' },
      task: { title: 'Call' },
      event: { subject: 'Lunch', start: utc('2026-07-10T10:00:00'), end: utc('2026-07-10T11:00:00') },
    };
    for (const kind of ['contact', 'task', 'event'] as const) {
      const entity = entityOf(kind);
      for (const marked of [true, false]) {
        const mailbox = await openMailbox();
        const write = create(kind, mailbox.session, 'k1', rows[kind] as Partial<OutlookRecords[typeof kind]>, marked ? mark : undefined);
        t.same(await entity.find(mailbox.session, write as never, start), []);
        mailbox.sim.admin.fault({ kind: 'drop-after', path: '/$batch' });
        const [lost] = await entity.push(mailbox.session, [write as never]);
        t.match(lost, { status: 'failed', failure: { maybeDone: true } }, `${kind}: nothing is sent again by itself`);
        t.equal((await entity.find(mailbox.session, write as never, start)).length, 1, `${kind}, marked ${marked}`);
        t.equal((await entity.find(mailbox.session, { ...write, mark: { id: '77', origin: 'o1' } } as never, start)).length, 0);
      }
    }
  });

  t.test('R4 where a mailbox cannot be searched by mark, it is listed', async (t) => {
    const mailbox = await openMailbox();
    const write = create('contact', mailbox.session, 'k1', { givenName: 'Ada' }, mark);
    await entityOf('contact').push(mailbox.session, [write]);
    const { session } = mailbox;
    const get: typeof session.api.get = (path) => (path.includes('$filter=') ? Promise.resolve({ status: 400, headers: {}, body: { error: { code: 'ErrorInvalidUrlQueryFilter' } } }) : session.api.get(path));
    t.equal((await entityOf('contact').find({ ...session, api: { ...session.api, get } }, write, start)).length, 1);
  });

  t.test('7 of the contract: many creates take a twentieth of a request each, and a property the mailbox drops is noticed', async (t) => {
    const mailbox = await openMailbox();
    const entity = entityOf('contact');
    const before = mailbox.sent.length;
    let created = 0;
    for (let push = 0; push < 25; push += 1) {
      const writes = Array.from({ length: 20 }, (_, at) => create('contact', mailbox.session, `k${push}/${at}`, { givenName: `P${push}`, surname: `Q${at}`, gender: '2', primaryPhone: '112' }, { id: `${push * 20 + at}`, origin: 'o1' }));
      created += (await entity.push(mailbox.session, writes)).filter((written) => stored(written).mark !== undefined).length;
    }
    t.equal(created, 500);
    t.ok((mailbox.sent.length - before) / created < 0.07, `${mailbox.sent.length - before} requests`);
    const held = nothingHeld<ContactRecord>();
    t.equal(seenIn(await pullInto(mailbox.session, 'contact', held)).length, 500);
    for (const seen of held.records.values()) if (isPresent(seen)) t.match(seen.record, { gender: '2', primaryPhone: '112' });

    const dropping = await openMailbox();
    const { session } = dropping;
    // Under another id it is not the one that was asked for.
    const batch: typeof session.api.batch = async (parts) => JSON.parse(JSON.stringify(await session.api.batch(parts)).replace('String 0x3A1A', 'String 0x3A1B')) as Awaited<ReturnType<typeof batch>>;
    const [written] = await entity.push({ ...session, api: { ...session.api, batch } }, [create('contact', session, 'k', { givenName: 'Ada', primaryPhone: '112' }, mark)]);
    t.equal(stored(written).record.primaryPhone, null, 'never more than what was read');
    t.match(dropping.log.join('\n'), /propertyIds/);
  });
});

t.test('updating', async (t) => {
  t.test('G5, M41 only what differs is sent; the rest of the item stays', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada', mobilePhone: '1', categories: ['Blue'], singleValueExtendedProperties: named({ [markId]: '7', [markOrigin]: 'o1', 'String 0x3A24': '555' }) });
    const written = await update(mailbox, 'contact', id, { jobTitle: 'Analyst' });
    t.match(stored(written), { mark: { id: '7', origin: 'o1' }, record: { jobTitle: 'Analyst', fax: '555' } });
    t.same(bodiesIn(mailbox, 'PATCH'), [{ jobTitle: 'Analyst' }]);
    t.match(mailbox.sim.admin.getContact(id), { mobilePhone: '1', categories: ['Blue'] });
    t.same(await read(mailbox, 'contact', id), stored(written));
  });

  t.test('M20, M17, M25 emptied values are emptied', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada', jobTitle: 'X', birthday: '1985-12-10T00:00:00Z', emailAddresses: [{ address: 'a@x.test' }], businessAddress: { city: 'Berlin' }, singleValueExtendedProperties: named({ 'Short 0x3A4D': '1', 'String 0x3A24': '555', 'String 0x3A1A': '112' }) });
    const none = { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' };
    const record = stored(await update(mailbox, 'contact', id, { jobTitle: null, birthday: null, emailAddresses: [], businessAddress: none, gender: '0', fax: null, primaryPhone: null })).record;
    t.match(record, { jobTitle: null, birthday: null, emailAddresses: [], businessAddress: none, gender: '0', fax: null, primaryPhone: null });
  });

  for (const displayNameRecomputed of ['name-parts', 'any-update'] as const) {
    t.test(`M26 a hand-made display name and file-as stay, a made one follows the name (${displayNameRecomputed})`, async (t) => {
      const mailbox = await openMailbox({ switches: { displayNameRecomputed } });
      const hand = mailbox.sim.admin.createContact({ givenName: 'Ada', surname: 'Byron', displayName: 'The Countess', fileAs: 'Countess' });
      const made = mailbox.sim.admin.createContact({ givenName: 'Ada', surname: 'Byron' });
      for (const { id } of [hand, made]) {
        stored(await update(mailbox, 'contact', id, { surname: 'Lovelace' }));
        stored(await update(mailbox, 'contact', id, { primaryPhone: '112' }));
      }
      t.match(mailbox.sim.admin.getContact(hand.id), { displayName: 'The Countess', fileAs: 'Countess' });
      t.match(mailbox.sim.admin.getContact(made.id), { displayName: 'Ada Lovelace', fileAs: 'Lovelace, Ada' });
    });
  }

  t.test('K2 adoption: mark and fields in one request; a contact that only gets a mark keeps everything', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    t.same(stored(await update(mailbox, 'contact', id, {}, { mark })).mark, mark);
    t.equal(bodiesIn(mailbox, 'PATCH').length, 1);
  });

  t.test('K12 the mark of a copy is taken away, the copy stays', async (t) => {
    const mailbox = await openMailbox();
    const contact = mailbox.sim.admin.createContact({ givenName: 'Ada', singleValueExtendedProperties: named({ [markId]: '7', [markOrigin]: 'o1' }) });
    const task = mailbox.sim.admin.createTask({ title: 'Call', linkedResources: [{ applicationName: 'OroCRM', externalId: 'o1/7' }] });
    for (const [kind, id] of [['contact', contact.id], ['task', task.id]] as const) {
      t.same((await read(mailbox, kind, id)).mark, mark);
      t.equal(stored(await update(mailbox, kind, id, {}, { mark: { id: '' } })).mark, undefined);
      t.equal((await read(mailbox, kind, id)).mark, undefined);
    }
    t.same(mailbox.sim.admin.getTask(task.id)?.['linkedResources'], []);
  });

  for (const linkedResourceTouchesTask of [true, false]) {
    t.test(`K2, K13 a task gets its mark, and a foreign one is replaced, not joined (touches the task: ${linkedResourceTouchesTask})`, async (t) => {
      const mailbox = await openMailbox({ switches: { linkedResourceTouchesTask } });
      const { id } = mailbox.sim.admin.createTask({ title: 'Call' });
      t.same(stored(await update(mailbox, 'task', id, { importance: 'high' }, { mark: { id: '5', origin: 'foreign' } })).mark, { id: '5', origin: 'foreign' });
      const second = stored(await update(mailbox, 'task', id, {}, { mark }));
      t.same(second.mark, mark);
      t.equal((mailbox.sim.admin.getTask(id)?.['linkedResources'] as unknown[]).length, 1);
      t.same(await read(mailbox, 'task', id), second);
      t.equal(stored(await update(mailbox, 'task', id, { title: 'Ring' }, { ifVersion: second.version })).record.title, 'Ring', 'its version is good for the next write');
    });
  }

  t.test('K3 a person removed the linked resource: the task is not taken for gone, and gets a new one', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createTask({ title: 'Call', linkedResources: [{ applicationName: 'OroCRM', externalId: 'o1/5' }] });
    const { record } = await read(mailbox, 'task', id);
    stored(await update(mailbox, 'task', id, {}, { mark: { id: '' } }));
    const { version } = await read(mailbox, 'task', id);
    const [stale] = await entityOf('task').push(mailbox.session, [{ op: 'update', key: 'k', id, ifVersion: version, base: record, record, mark }]);
    t.match(stale, { status: 'conflict', seen: { id, record: { markId: null } } });
    t.same(stored(await update(mailbox, 'task', id, {}, { mark })).mark, mark);
  });

  t.test('M38, M36 times travel together, in the zone the event was made in, and only when they differ', async (t) => {
    const mailbox = await openMailbox();
    const tokyo = (dateTime: string): { dateTime: string; timeZone: string } => ({ dateTime, timeZone: 'Tokyo Standard Time' });
    const { id } = mailbox.sim.admin.createEvent({ subject: 'Talk', start: tokyo('2026-03-10T18:00:00'), end: tokyo('2026-03-10T19:00:00'), attendees: [] });
    stored(await update(mailbox, 'event', id, { subject: 'Chat' }));
    t.same(bodiesIn(mailbox, 'PATCH'), [{ subject: 'Chat' }]);
    const moved = stored(await update(mailbox, 'event', id, { end: utc('2026-03-10T11:00:00') }));
    t.same(bodiesIn(mailbox, 'PATCH'), [{ start: tokyo('2026-03-10T18:00:00'), end: tokyo('2026-03-10T20:00:00'), isAllDay: false }]);
    t.match(moved.record, { zone: 'Tokyo Standard Time', end: utc('2026-03-10T11:00:00.0000000') });
    stored(await update(mailbox, 'event', id, { isAllDay: true, start: utc('2026-03-10T00:00:00'), end: utc('2026-03-11T00:00:00') }));
    t.match(mailbox.sim.admin.getEvent(id), { isAllDay: true });
  });

  t.test('M36 an instant that Outlook understands otherwise is told, not passed over', async (t) => {
    const mailbox = await openMailbox();
    const { session } = mailbox;
    const batch: typeof session.api.batch = async (parts) => JSON.parse(JSON.stringify(await session.api.batch(parts)).replaceAll('2026-07-10T10:00', '2026-07-10T09:00')) as Awaited<ReturnType<typeof batch>>;
    const write = create('event', session, 'k1', { subject: 'Lunch', start: utc('2026-07-10T10:00:00'), end: utc('2026-07-10T11:00:00') }, mark);
    const [written] = await entityOf('event').push({ ...session, api: { ...session.api, batch } }, [write]);
    t.match(written, { status: 'partial', fields: { start: /W\. Europe Standard Time/ } });
    t.notMatch(written, { fields: { end: String } });
  });

  t.test('M19 a birthday that is stored with another hour is the same day', async (t) => {
    const mailbox = await openMailbox({ switches: { birthdayTime: '11:59:00' } });
    const [written] = await entityOf('contact').push(mailbox.session, [create('contact', mailbox.session, 'k1', { givenName: 'Ada', birthday: '1980-07-18T00:00:00Z' })]);
    const { birthday } = entityOf('contact').lens(mailbox.session);
    if (birthday === 'unsupported') throw new Error('mapped');
    t.equal(birthday.read(stored(written).record), '1980-07-18');
    t.equal(birthday.write(stored(written).record, '1980-07-18'), stored(written).record);
  });

  t.test('R6 an update without a version looks first: the same content is updated, another one is a conflict', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const { record } = await read(mailbox, 'contact', id);
    const write = { op: 'update', key: 'k', id, ifVersion: '', base: record, record: { ...record, jobTitle: 'Analyst' } } as const;
    const [first] = await entityOf('contact').push(mailbox.session, [write]);
    t.equal(stored(first).record.jobTitle, 'Analyst');
    mailbox.sim.admin.updateContact(id, { jobTitle: 'Typed by a person' });
    const [second] = await entityOf('contact').push(mailbox.session, [write]);
    t.match(second, { status: 'conflict', seen: { record: { jobTitle: 'Typed by a person' } } });
  });

  t.test('R6 changed meanwhile: a conflict with the record as it is, nothing is overwritten', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const { version } = await read(mailbox, 'contact', id);
    mailbox.sim.admin.updateContact(id, { jobTitle: 'Typed by a person' });
    const written = await update(mailbox, 'contact', id, { jobTitle: 'Analyst' }, { ifVersion: version });
    t.match(written, { status: 'conflict', seen: { id, record: { jobTitle: 'Typed by a person' } } });
  });

  t.test('R6 an edit between our write and the second look stays an edit', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const held = nothingHeld<ContactRecord>();
    await pullInto(mailbox.session, 'contact', held);
    const { session } = mailbox;
    let batches = 0;
    const batch: typeof session.api.batch = async (parts) => {
      batches += 1;
      if (batches === 2) mailbox.sim.admin.updateContact(id, { personalNotes: 'Typed by a person' });
      return session.api.batch(parts);
    };
    const { record, version } = await read(mailbox, 'contact', id);
    const [written] = await entityOf('contact').push({ ...session, api: { ...session.api, batch } }, [{ op: 'update', key: 'k', id, ifVersion: version, base: record, record: { ...record, fax: '555' } }]);
    const seen = stored(written);
    t.match(seen.record, { fax: '555', personalNotes: null });
    held.records.set(id, seen);
    t.match(seenIn(await pullInto(session, 'contact', held)), [{ id, record: { personalNotes: 'Typed by a person', fax: '555' } }]);
  });

  t.test('G4 a change of nothing sends nothing', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createTask({ title: 'Call' });
    t.equal(stored(await update(mailbox, 'task', id, {})).record.title, 'Call');
    t.same(bodiesIn(mailbox, 'PATCH'), []);
  });

  t.test('D1, D10 what is gone is only missing until it is asked for', async (t) => {
    const mailbox = await openMailbox();
    const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
    const { record, version } = await read(mailbox, 'contact', id);
    mailbox.sim.admin.deleteContact(id);
    const [written] = await entityOf('contact').push(mailbox.session, [{ op: 'update', key: 'k', id, ifVersion: version, base: record, record: { ...record, jobTitle: 'X' } }]);
    t.same(written, { status: 'gone', seen: { id, absent: 'missing' } });
  });
});

t.test('deleting', async (t) => {
  t.test('C12 of each kind', async (t) => {
    const mailbox = await openMailbox();
    const ids = { contact: mailbox.sim.admin.createContact({ givenName: 'Ada' }).id, task: mailbox.sim.admin.createTask({ title: 'Call' }).id, event: mailbox.sim.admin.createEvent({ subject: 'Lunch', start: utc('2026-03-10T09:00:00'), end: utc('2026-03-10T10:00:00') }).id };
    for (const kind of ['contact', 'task', 'event'] as const) {
      const { version } = await read(mailbox, kind, ids[kind]);
      t.same(await entityOf(kind).push(mailbox.session, [{ op: 'delete', key: 'k', id: ids[kind], ifVersion: version }]), [{ status: 'stored', seen: { id: ids[kind], absent: 'deleted' } }]);
      t.same(await entityOf(kind).push(mailbox.session, [{ op: 'delete', key: 'k', id: ids[kind], ifVersion: version }]), [{ status: 'gone', seen: { id: ids[kind], absent: 'missing' } }]);
    }
  });

  for (const ifMatch of ['honoured', 'ignored'] as const) {
    t.test(`R6 a person's newer edit is not deleted, also where If-Match is ${ifMatch}`, async (t) => {
      const mailbox = await openMailbox({ switches: { ifMatch } });
      const { id } = mailbox.sim.admin.createContact({ givenName: 'Ada' });
      const { version } = await read(mailbox, 'contact', id);
      mailbox.sim.admin.updateContact(id, { jobTitle: 'Typed by a person' });
      const [written] = await entityOf('contact').push(mailbox.session, [{ op: 'delete', key: 'k', id, ifVersion: version }]);
      t.match(written, { status: 'conflict', seen: { record: { jobTitle: 'Typed by a person' } } });
      t.ok(mailbox.sim.admin.getContact(id));
    });
  }
});

t.test('failing', async (t) => {
  const writes = (mailbox: Mailbox, count: number): ReturnType<typeof create<'contact'>>[] => Array.from({ length: count }, (_, at) => create('contact', mailbox.session, `k${at}`, { givenName: `P${at}` }, { id: `${at}`, origin: 'o1' }));

  t.test('R3, R5 a throttled part fails alone, the others are done, and no more is sent', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.fault({ kind: 'status', status: 429, retryAfter: '30', path: '/contacts', method: 'POST', skip: 2 });
    const written = await entityOf('contact').push(mailbox.session, writes(mailbox, 25));
    const failures = written.flatMap((one) => (one.status === 'failed' ? [one.failure] : []));
    t.equal(mailbox.sim.admin.listContacts().length, 19);
    t.equal(failures.length, 6);
    for (const failure of failures) t.match(failure, { kind: 'throttle', retryAfterMs: 30_000, maybeDone: false });
    t.ok(written.filter((one) => one.status === 'stored').every((one) => isPresent(one.seen) && one.seen.version === ''), 'what could not be looked at again is read by the next pull');
  });

  t.test('R3 a throttled batch: nothing was sent, the attempt fails', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.fault({ kind: 'status', status: 429, path: '/$batch' });
    t.match(await failureOf(() => entityOf('contact').push(mailbox.session, writes(mailbox, 2))), { kind: 'throttle', maybeDone: false });
    t.equal(mailbox.sim.admin.listContacts().length, 0);
  });

  t.test('R4 an answer that breaks off, or never comes, leaves every write of it open', async (t) => {
    for (const kind of ['truncate', 'drop-after', 'drop-before', 'html'] as const) {
      const mailbox = await openMailbox();
      mailbox.sim.admin.fault({ kind, path: '/$batch' });
      const written = await entityOf('contact').push(mailbox.session, writes(mailbox, 2));
      t.match(written, [{ status: 'failed', failure: { kind: 'unavailable', maybeDone: true } }, { status: 'failed' }], kind);
      t.equal(mailbox.sent.filter(({ path }) => path.endsWith('/$batch')).length, 1, 'and is not sent again');
    }
  });

  t.test('M2 what Outlook refuses is said, and the others are done', async (t) => {
    const mailbox = await openMailbox();
    const task = (key: string, title: string): ReturnType<typeof create<'task'>> => create('task', mailbox.session, key, { title });
    const [bad, good] = await entityOf('task').push(mailbox.session, [task('k1', ''), task('k2', 'Call')]);
    t.match(bad, { status: 'rejected', message: /title/ });
    t.equal(stored(good).record.title, 'Call');
  });

  t.test('R11 a permission to read only is named', async (t) => {
    const mailbox = await openMailbox();
    mailbox.sim.admin.fault({ kind: 'status', status: 403, path: '/contacts', method: 'POST' });
    const [written] = await entityOf('contact').push(mailbox.session, writes(mailbox, 1));
    t.match(written, { status: 'failed', failure: { kind: 'config', message: /Contacts\.ReadWrite/ } });
  });
});
