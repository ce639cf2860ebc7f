import { isPresent, type Json, type Kind } from '@syncline/connector';
import t from 'tap';
import type { ContactRecord, EventRecord, Session, TaskRecord } from '../src/index.ts';
import { config, type Config } from '../src/config.ts';
import { create, entityOf, failureOf, nothingHeld, openMailbox, pullInto, seenIn, settings, type Held, type Mailbox } from './mailbox.ts';

const lunch = { subject: 'Lunch', start: { dateTime: '2026-03-10T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2026-03-10T10:00:00', timeZone: 'UTC' } };

async function openWith(mailbox: Mailbox, changes: { readonly [setting: string]: string | readonly string[] }): Promise<Session> {
  return mailbox.again(config.parse({ ...settings, ...changes }));
}

/** What a hub would show of one kind: alive records by id. */
function shown<N>(held: Held<N>): string[] {
  return [...held.records.values()].filter(isPresent).map(({ id }) => id).sort();
}

async function stored<K extends Kind>(kind: K, session: Session, key: string, changes: Json): Promise<string> {
  const [written] = await entityOf(kind).push(session, [create(kind, session, key, changes as never)]);
  if (written?.status !== 'stored') throw new Error(`not stored: ${written?.status}`);
  return written.seen.id;
}

t.test('S16 several contact folders by name, at any depth, are read together; new contacts go into the first', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  const clients = admin.createFolder('Clients');
  const vip = admin.createFolder('VIP', { in: clients.id });
  const family = admin.createFolder('Family');
  const [own, inClients, inVip, aside] = [{}, { in: clients.id }, { in: vip.id }, { in: family.id }].map((place, at) => admin.createContact({ givenName: `Person ${at}` }, place).id);
  const session = await openWith(mailbox, { contactFolders: 'vip, default, Clients' });
  const held = nothingHeld<ContactRecord>();
  const first = await pullInto(session, 'contact', held);
  t.same([...(first.at(-1)?.alive ?? [])].sort(), [own, inClients, inVip].sort());
  t.same(await entityOf('contact').get(session, aside ?? ''), { id: aside, absent: 'outside' });
  const made = await stored('contact', session, 'k1', { givenName: 'New' });
  t.same(admin.listContacts({ in: vip.id }).map(({ id }) => id).sort(), [inVip, made].sort());
  await pullInto(session, 'contact', held);
  mailbox.sent.length = 0;
  t.same(seenIn(await pullInto(session, 'contact', held)), [], 'G2');
  t.same(mailbox.sent.map(({ path }) => path.includes('/delta')), [true, true, true], 'a request for each folder');
  t.same(shown(held), [own, inClients, inVip, made].sort());
});

t.test('K14, D5 a contact moved between synced folders is the same contact; moved out of them it is outside', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  const work = admin.createFolder('Work');
  const private_ = admin.createFolder('Private');
  const { id } = admin.createContact({ givenName: 'Ada' });
  for (const order of ['default, Work', 'Work, default']) {
    const session = await openWith(mailbox, { contactFolders: order });
    const held = nothingHeld<ContactRecord>();
    await pullInto(session, 'contact', held);
    admin.moveContact(id, { in: work.id });
    await pullInto(session, 'contact', held);
    t.same(shown(held), [id], `${order}: never missing`);
    admin.moveContact(id, { in: private_.id });
    const seen = seenIn(await pullInto(session, 'contact', held));
    t.match(seen, [{ id, absent: 'missing' }]);
    t.same(await entityOf('contact').get(session, id), { id, absent: 'outside' });
    const folder = order.startsWith('default') ? work.id : undefined;
    if (folder !== undefined) admin.moveContact(id, { in: folder });
  }
});

t.test('K14 a task moved between synced lists is gone from one and new in the other, in one pull, with its mark', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  const work = admin.createList('Work');
  const session = await openWith(mailbox, { taskLists: 'default, Work' });
  const [written] = await entityOf('task').push(session, [create('task', session, 'k1', { title: 'Call' }, { id: '7', origin: 'o' })]);
  if (written?.status !== 'stored' || !isPresent(written.seen)) throw new Error('not stored');
  const { id } = written.seen;
  const held = nothingHeld<TaskRecord>();
  await pullInto(session, 'task', held);
  const moved = admin.moveTask(id, { in: work.id }).id;
  const seen = seenIn(await pullInto(session, 'task', held));
  t.match(seen.find((one) => one.id === id), { absent: 'missing' });
  t.match(seen.find(isPresent), { id: `${work.id}/${moved}`, mark: { id: '7', origin: 'o' }, record: { title: 'Call' } });
  t.same(await entityOf('task').get(session, id), { id, absent: 'deleted' });
});

t.test('S16 a task of another list is read, changed, marked and deleted where it is', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  const work = admin.createList('Work');
  const session = await openWith(mailbox, { taskLists: 'Work, default' });
  const id = await stored('task', session, 'k1', { title: 'Call' });
  t.equal(id.split('/')[0], work.id, 'new tasks go into the first list');
  const held = nothingHeld<TaskRecord>();
  await pullInto(session, 'task', held);
  t.same(shown(held), [id]);
  const seen = held.records.get(id);
  if (seen === undefined || !isPresent(seen)) throw new Error('not seen');
  const base = seen.record;
  const [updated] = await entityOf('task').push(session, [{ op: 'update', key: 'k2', id, ifVersion: seen.version, base, record: { ...base, title: 'Call back' }, mark: { id: '9', origin: 'o' } }]);
  t.match(updated, { status: 'stored', seen: { id, record: { title: 'Call back' }, mark: { id: '9' } } });
  t.match(admin.listTasks({ in: work.id }), [{ title: 'Call back' }]);
  if (updated?.status !== 'stored' || !isPresent(updated.seen)) throw new Error('not updated');
  const alone = await openWith(mailbox, { taskLists: 'default' });
  t.same(await entityOf('task').get(alone, id), { id, absent: 'outside' }, 'S16 left out later: outside, not deleted');
  const [gone] = await entityOf('task').push(session, [{ op: 'delete', key: 'k3', id, ifVersion: updated.seen.version }]);
  t.match(gone, { status: 'stored', seen: { id, absent: 'deleted' } });
  admin.deleteList(work.id);
  t.same(await entityOf('task').get(alone, id), { id, absent: 'outside' }, 'a whole list that went away proves nothing');
});

t.test('S16, S19 several calendars, each with its own window; an event moved between them stays the same (K14)', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  const team = admin.createCalendar('Team');
  const other = admin.createCalendar('Other');
  const session = await openWith(mailbox, { calendars: 'default, team' });
  const [own, inTeam] = [admin.createEvent(lunch).id, admin.createEvent({ ...lunch, subject: 'Review' }, { in: team.id }).id];
  admin.createEvent({ ...lunch, subject: 'Elsewhere' }, { in: other.id });
  const held = nothingHeld<EventRecord>();
  await pullInto(session, 'event', held);
  t.same(shown(held), [own, inTeam].sort());
  admin.moveEvent(own ?? '', { in: team.id });
  await pullInto(session, 'event', held);
  t.same(shown(held), [own, inTeam].sort());
  t.ok(isPresent(await entityOf('event').get(session, own ?? '')));
  mailbox.pass(40 * 86_400_000);
  const late = admin.createEvent({ ...lunch, start: { dateTime: '2027-04-01T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2027-04-01T10:00:00', timeZone: 'UTC' } }, { in: team.id }).id;
  await pullInto(session, 'event', held);
  t.ok(shown(held).includes(late), 'both windows have moved on');
  admin.moveEvent(inTeam ?? '', { in: other.id });
  await pullInto(session, 'event', held);
  t.same(await entityOf('event').get(session, inTeam ?? ''), { id: inTeam, absent: 'outside' });
});

t.test('S16, D4 another choice of folders reads everything and calls nothing deleted', async (t) => {
  const mailbox = await openMailbox();
  const work = mailbox.sim.admin.createFolder('Work');
  const own = mailbox.sim.admin.createContact({ givenName: 'Ada' }).id;
  const inWork = mailbox.sim.admin.createContact({ givenName: 'Bea' }, { in: work.id }).id;
  const held = nothingHeld<ContactRecord>();
  await pullInto(await openWith(mailbox, { contactFolders: 'default' }), 'contact', held);
  t.same(shown(held), [own]);
  const both = await pullInto(await openWith(mailbox, { contactFolders: 'default, Work' }), 'contact', held);
  t.same([...(both.at(-1)?.alive ?? [])].sort(), [own, inWork].sort());
  const narrow = await openWith(mailbox, { contactFolders: 'Work' });
  await pullInto(narrow, 'contact', held);
  t.same(await entityOf('contact').get(narrow, own), { id: own, absent: 'outside' });
});

t.test('S16, S17 "all" is every folder, list and calendar but those excluded, and never flagged mail; a new one is found in time', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  const family = admin.createFolder('Family');
  const work = admin.createFolder('Work');
  admin.createList('Family');
  admin.createList('Work');
  const session = await openWith(mailbox, { contactFolders: 'all', taskLists: 'all', calendars: 'all', excludedFolders: 'family' });
  const own = admin.createContact({ givenName: 'Ada' }).id;
  admin.createContact({ givenName: 'Child' }, { in: family.id });
  const inWork = admin.createContact({ givenName: 'Bea' }, { in: work.id }).id;
  const held = nothingHeld<ContactRecord>();
  await pullInto(session, 'contact', held);
  t.same(shown(held), [own, inWork].sort(), 'the excluded folder is not read');
  mailbox.sent.length = 0;
  await pullInto(session, 'task', nothingHeld());
  t.equal(mailbox.sent.filter(({ path }) => path.endsWith('/tasks/delta')).length, 2, 'the default list and "Work"');
  const made = await stored('contact', session, 'k1', { givenName: 'New' });
  t.ok(admin.getContact(made));
  t.equal(admin.listContacts({ in: work.id }).length, 1, 'new ones go into the mailbox\'s own');
  const late = admin.createFolder('Late');
  const inLate = admin.createContact({ givenName: 'Cleo' }, { in: late.id }).id;
  mailbox.pass(15 * 60_000);
  await pullInto(session, 'contact', held);
  t.ok(shown(held).includes(inLate));
});

t.test('S16 a name that is not there, or there twice, is said with what there is', async (t) => {
  const mailbox = await openMailbox();
  const { admin } = mailbox.sim;
  admin.createFolder('Work');
  admin.createFolder('Twice');
  admin.createFolder('twice', { in: admin.folders()[0]?.id ?? '' });
  const rows: readonly [{ readonly [setting: string]: string }, Kind, RegExp][] = [
    [{ contactFolders: 'Wrok' }, 'contact', /no contact folder "Wrok": correct "contactFolders"; there are default, .*"Work"/],
    [{ contactFolders: 'Twice' }, 'contact', /more than one contact folder "Twice"/],
    [{ taskLists: 'Wrok' }, 'task', /no task list "Wrok"/],
    [{ calendars: 'Wrok' }, 'event', /no calendar "Wrok"/],
  ];
  for (const [changes, kind, sentence] of rows) {
    const session = await openWith(mailbox, changes);
    t.match(await failureOf(() => pullInto(session, kind, nothingHeld())), { kind: 'config', message: sentence });
  }
  for (const wrong of [{ contactFolders: [] }, { taskLists: '' }, { calendars: ' , ' }]) t.notOk(config.safeParse({ ...settings, ...wrong }).success, JSON.stringify(wrong));
  const parsed: Config = config.parse({ ...settings, contactFolders: ['Work', 'default'] });
  t.same([parsed.contactFolders, parsed.taskLists, parsed.excludedFolders], [['Work', 'default'], ['default'], []]);
});
