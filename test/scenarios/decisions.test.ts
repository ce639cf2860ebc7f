import t from 'tap';
import { classicPolicy, safePolicy, type EntityId, type Kind, type Policy } from '@syncline/core';
import { decide, explain, findRecords, lookAtRestore, restore, undo, type Choice, type CycleReport, type Decided, type Note, type Restoring } from '@syncline/engine';
import { entriesFor } from '../support/contacts.ts';
import { desksOf, historyOf, linkedWorld, none, writesDuring, type Desks } from '../support/desks.ts';
import { columns, freshHub, govern, linkedWorld as threePeople, markerOf, type Column } from '../support/linked-pair.ts';
import { isQuiet, twoServices, type TwoServices } from '../support/two-services.ts';
import { listenTo, only, type Sent } from '../support/watch.ts';

// Many small worlds in one file: more than tap's half minute where the machine is busy.
t.setTimeout(120_000);

// What waits for a person, and what becomes of the answer.

const kinds: readonly Kind[] = ['contact', 'task', 'event'];
const notesOf = (reports: readonly CycleReport[], rule: string): readonly Note[] => reports.flatMap(({ notes }) => notes.filter((note) => note.rule === rule));
const shows = (desks: Desks) => [desks.orocrm.show(), desks.outlook.show()];

/** The one record that has an id on a side. */
async function entityOf(world: TwoServices, id: string, kind: Kind): Promise<EntityId> {
  const session = await world.session();
  return only(findRecords(session, id).filter((entity) => session.replica.get(entity)?.kind === kind));
}

async function decided(world: TwoServices, entity: EntityId, choice: Choice, field?: string): Promise<Decided> {
  const answer = await decide(await world.session(), entity, choice, field);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

// D7

const at = (hour: string) => ({ dateTime: `2030-04-10T${hour}:00:00`, timeZone: 'UTC' });
const guests = (count: number) => Array.from({ length: count }, (_, index) => ({ type: 'required', emailAddress: { name: `Guest ${index + 1}`, address: `guest${index + 1}@example.org` } }));

interface Meeting {
  readonly world: TwoServices;
  readonly sent: readonly Sent[];
  /** OroCRM's id. */
  readonly id: number;
  readonly item: string;
  readonly title: () => unknown;
}

/** A meeting with three guests, organised by the user, and three ordinary events beside it; all linked. */
async function meeting(policy: Partial<Policy> = {}): Promise<Meeting> {
  const world = twoServices({ policy });
  const sent = listenTo(world);
  const desks = desksOf(world, 'event');
  for (const who of [1, 2, 3]) desks.orocrm.make(who, 'Lunch');
  const item = world.graph.admin.createEvent({ subject: 'Board', start: at('09'), end: at('10'), attendees: guests(3) }).id;
  world.graph.admin.clearOutbox();
  await world.settle();
  return { world, sent, item, id: Number(desks.orocrm.idOf(10)), title: () => world.graph.admin.getEvent(item)?.['subject'] };
}

/** The approval the report of a cycle asks for. */
async function askedFor({ world }: Meeting, approved: readonly string[] = []): Promise<string> {
  const note = only(notesOf([await world.cycle({ approved })], 'D7'));
  return note.approval ?? 'no approval is named';
}

const named = (sent: readonly Sent[]): readonly Sent[] => sent.filter(({ body }) => /attendees/.test(JSON.stringify(body ?? null)));

t.test('D7 meetings.notify hold: a change waits under a name, in every report, and is done once when that name is given back', async (t) => {
  const one = await meeting();
  one.world.oro.admin.updateEvent(one.id, { title: 'Board meeting' });
  const [report] = await one.world.settle();
  t.match(notesOf([report as CycleReport], 'D7'), [{ what: 'held', side: 'right', kind: 'event', message: /^3 people would be notified of the change: waits for approval under the name \w{12}$/ }]);
  const name = await askedFor(one);
  t.match(report?.notes, [{ approval: name }], 'the same plan has the same name');
  t.equal(await askedFor(one, ['another']), name, 'another name approves nothing');
  t.strictSame([one.title(), one.world.graph.admin.outbox()], ['Board', []], 'nobody is mailed meanwhile');
  const preview = await one.world.cycle({ preview: true });
  t.strictSame([notesOf([preview], 'D7')[0]?.approval, preview.planned], [name, []], 'R2 a preview says so');
  t.strictSame(await writesDuring(one.world, () => one.world.cycle({ approved: [name] })), { orocrm: 0, outlook: 1 });
  t.equal(one.title(), 'Board meeting');
  t.strictSame(named(one.sent), [], 'no request body contains attendees');
  t.equal((one.world.graph.admin.getEvent(one.item)?.['attendees'] as readonly unknown[]).length, 3, 'and they are all there');
  t.ok(isQuiet(await one.world.cycle()));
  one.world.oro.admin.updateEvent(one.id, { title: 'Board' });
  await one.world.cycle({ approved: [name] });
  t.equal(one.title(), 'Board meeting', 'an approval holds for one write');
});

t.test('D7 an approval is void when the plan for that record changed: another value, or another number of recipients', async (t) => {
  const one = await meeting();
  one.world.oro.admin.updateEvent(one.id, { title: 'Board meeting' });
  const first = await askedFor(one);
  one.world.oro.admin.updateEvent(one.id, { title: 'Board dinner' });
  const second = await askedFor(one, [first]);
  t.not(second, first);
  one.world.graph.admin.updateEvent(one.item, { attendees: guests(4) });
  const note = only(notesOf([await one.world.cycle({ approved: [second] })], 'D7'));
  t.match(note.message, /^4 people/);
  t.not(note.approval, second);
  t.equal(one.title(), 'Board', 'nothing was written');
  await one.world.cycle({ approved: [note.approval ?? ''] });
  t.equal(one.title(), 'Board dinner');
});

t.test('D7 the deletion of a meeting waits likewise; approved, it is deleted with a copy; changed meanwhile, it is another one', async (t) => {
  const one = await meeting();
  one.world.oro.admin.deleteEvent(one.id);
  const first = await askedFor(one);
  one.world.graph.admin.updateEvent(one.item, { subject: 'Board, with cake' });
  const second = await askedFor(one, [first]);
  t.not(second, first);
  t.equal(one.title(), 'Board, with cake');
  t.strictSame(await writesDuring(one.world, () => one.world.cycle({ approved: [second] })), { orocrm: 0, outlook: 1 });
  t.equal(one.title(), undefined);
  t.match((await historyOf(one.world)).find(({ op }) => op === 'delete'), { id: one.item, native: { record: { subject: 'Board, with cake' } } }, 'D6');
  t.strictSame(named(one.sent), []);
});

t.test('D7 one of two meetings is approved, the other one goes on waiting', async (t) => {
  const one = await meeting();
  const other = one.world.graph.admin.createEvent({ subject: 'Audit', start: { dateTime: '2030-04-11T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-04-11T10:00:00', timeZone: 'UTC' }, attendees: guests(1) }).id;
  await one.world.settle();
  one.world.oro.admin.updateEvent(one.id, { title: 'Board meeting' });
  one.world.oro.admin.updateEvent(Number(desksOf(one.world, 'event').orocrm.idOf(11)), { title: 'Audit talk' });
  const notes = notesOf([await one.world.cycle()], 'D7');
  t.strictSame(notes.map(({ message }) => message.slice(0, 8)).sort(), ['1 person', '3 people']);
  await one.world.cycle({ approved: [notes.find(({ message }) => message.startsWith('1'))?.approval ?? ''] });
  t.strictSame([one.title(), one.world.graph.admin.getEvent(other)?.['subject']], ['Board', 'Audit talk']);
});

t.test('D7 what waits for approval can be refused: the meeting keeps its title, and OroCRM gets it back', async (t) => {
  const one = await meeting();
  one.world.oro.admin.updateEvent(one.id, { title: 'Board meeting' });
  await one.world.settle();
  const entity = await entityOf(one.world, one.item, 'event');
  const { holds } = (await explain(await one.world.session(), entity)) ?? { holds: [] };
  t.match(holds, [{ rule: 'D7', field: 'title', choices: ['right'], approval: await askedFor(one) }]);
  await decided(one.world, entity, 'right', 'title');
  t.strictSame(await writesDuring(one.world, one.world.settle), { orocrm: 1, outlook: 0 });
  t.strictSame([one.world.oro.admin.event(one.id)?.title, one.title()], ['Board', 'Board']);
});

t.test('D7 C12 a deletion that waits can be refused: the meeting stays, with a new record in OroCRM', async (t) => {
  const one = await meeting();
  one.world.oro.admin.deleteEvent(one.id);
  await one.world.settle();
  await decided(one.world, await entityOf(one.world, one.item, 'event'), 'keep');
  await one.world.settle();
  t.equal(one.title(), 'Board');
  const again = Number(desksOf(one.world, 'event').orocrm.idOf(10));
  t.match(one.world.oro.admin.event(again), { title: 'Board' });
  t.match(markerOf(one.world.graph.admin.getEvent(one.item)), { id: String(again) });
});

for (const [what, policy] of [['the switch alone', { meetings: 'write' }], ['profile classic', classicPolicy]] as const) {
  t.test(`D7 meetings.notify write (${what}): changes and deletions of meetings are done at once, still without attendees`, async (t) => {
    const one = await meeting(policy);
    one.world.oro.admin.updateEvent(one.id, { title: 'Board meeting' });
    let reports: readonly CycleReport[] = [];
    t.strictSame(await writesDuring(one.world, async () => { reports = await one.world.settle(); }), { orocrm: 0, outlook: 1 });
    t.strictSame([one.title(), notesOf(reports, 'D7')], ['Board meeting', []]);
    one.world.oro.admin.deleteEvent(one.id);
    t.strictSame(await writesDuring(one.world, one.world.settle), { orocrm: 0, outlook: 1 });
    t.equal(one.title(), undefined);
    t.strictSame(named(one.sent), []);
  });
}

// A12, B3s

for (const column of ['Bidirectional, OroCRM wins', 'Bidirectional, Outlook wins', 'Outlook to OroCRM'] as const) {
  for (const answer of ['keep', 'delete'] as const) {
    t.test(`A12 (${column}) the item whose record was deleted is decided: ${answer}`, async (t) => {
      const { world, left, right } = await threePeople(columns['OroCRM to Outlook']);
      world.oro.admin.deleteContact(left);
      await world.settle();
      govern(world, { policy: columns[column] });
      await world.settle();
      const entity = await entityOf(world, right, 'contact');
      t.match((await explain(await world.session(), entity))?.holds, [{ rule: 'A12', choices: ['keep', 'delete'] }]);
      t.match(await decided(world, entity, answer), { rule: 'A12', sentence: answer === 'keep' ? /OroCRM as a new record/ : /copy/ });
      t.match((await explain(await world.session(), entity))?.holds, [], 'it waits no more');
      await world.settle();
      if (answer === 'delete') {
        t.strictSame([world.graph.admin.getContact(right), world.oro.admin.listContacts().length], [undefined, 2]);
        t.match((await historyOf(world)).find(({ op }) => op === 'delete'), { rule: 'A12', id: right, native: { record: { surname: 'Byron' } } }, 'D6');
      } else {
        const made = only(world.oro.admin.listContacts().filter(({ lastName }) => lastName === 'Byron'));
        t.not(made.id, left);
        t.match(markerOf(world.graph.admin.getContact(right)), { id: String(made.id) });
        world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
        await world.settle();
        t.equal(world.oro.admin.contact(made.id)?.jobTitle, 'Poet', 'one link again');
      }
      t.match((await historyOf(world)).filter(({ op }) => op === 'decide'), [{ entity, rule: 'A12', choice: answer }], 'the decision is in history');
      t.ok(isQuiet(await world.cycle()));
    });
  }
}

t.test('A11 A13 from OroCRM to Outlook nothing is asked, and nothing can be kept in OroCRM', async (t) => {
  const { world, left, right } = await threePeople(columns['OroCRM to Outlook']);
  world.oro.admin.deleteContact(left);
  await world.settle();
  const entity = await entityOf(world, right, 'contact');
  for (const answer of ['keep', 'delete'] as const) t.equal(await decide(await world.session(), entity, answer), 'nothing about it waits for a person');
  const hub = await freshHub(world, columns['OroCRM to Outlook']);
  await hub.settle();
  const marked = only(findRecords(hub.session, right));
  t.match((await explain(hub.session, marked))?.holds, [{ rule: 'B3s', choices: ['delete'] }]);
  t.match(await decide(hub.session, marked, 'keep'), /^in this direction nothing is created in OroCRM$/);
});

for (const column of ['Bidirectional, OroCRM wins', 'Outlook to OroCRM'] as const satisfies readonly Column[]) {
  for (const answer of ['keep', 'delete'] as const) {
    t.test(`B3s (${column}) after a full pass a marked item without its record is decided: ${answer}`, async (t) => {
      const { world, left, right } = await threePeople(columns[column]);
      world.oro.admin.deleteContact(left);
      const hub = await freshHub(world, columns[column]);
      await hub.settle();
      const entity = only(findRecords(hub.session, right));
      t.match((await explain(hub.session, entity))?.holds, [{ rule: 'B3s', choices: ['keep', 'delete'] }]);
      t.match(await decide(hub.session, entity, answer), { rule: 'B3s' });
      const writes = await writesDuring(world, hub.settle);
      if (answer === 'keep') {
        t.strictSame(writes, { orocrm: 1, outlook: 1 }, 'a record, and its mark');
        t.match(markerOf(world.graph.admin.getContact(right)), { id: String(only(world.oro.admin.listContacts().filter(({ lastName }) => lastName === 'Byron')).id) });
      } else {
        t.strictSame(writes, { orocrm: 0, outlook: 1 });
        t.equal(world.graph.admin.getContact(right), undefined);
      }
      t.equal(world.oro.admin.listContacts().length, answer === 'keep' ? 3 : 2);
      t.ok(isQuiet(await hub.cycle()));
    });
  }
}

t.test('A12 B3s D2 who decides one by one is not asked again about their number', async (t) => {
  const { world, desks } = await linkedWorld(5, { policy: { ...safePolicy, direction: 'left-to-right' } });
  for (const who of [1, 2, 3, 4]) desks.orocrm.remove(desks.orocrm.idOf(who));
  await world.settle();
  govern(world, { policy: { direction: 'both-ways' } });
  await world.settle();
  for (const who of [1, 2, 3, 4]) await decided(world, await entityOf(world, desks.outlook.idOf(who), 'contact'), 'delete');
  const reports = await world.settle();
  t.strictSame([notesOf(reports, 'D2'), shows(desks)], [[], [['5=Analyst'], ['5=Analyst']]]);
});

t.test('S17 D12 what nobody can decide here says why, and what ends it', async (t) => {
  const world = twoServices();
  const series = world.graph.admin.createEvent({ subject: 'Daily', start: at('09'), end: at('10'), recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', startDate: '2030-04-10', numberOfOccurrences: 3 } } });
  const secret = world.graph.admin.createEvent({ subject: 'Doctor', start: at('11'), end: at('12'), sensitivity: 'private' });
  await world.settle();
  for (const [id, rule, words] of [[series.id, 'D12', /series are not synced yet, so there is nothing to decide/], [secret.id, 'S17', /private; only what its owner does to it there/]] as const) {
    const entity = await entityOf(world, id, 'event');
    t.match((await explain(await world.session(), entity))?.holds, [{ rule, choices: [], reason: words }]);
    for (const answer of ['keep', 'delete', 'left', 'right'] as const) t.match(await decide(await world.session(), entity, answer), words, `${rule} ${answer}`);
  }
  t.strictSame(await writesDuring(world, world.settle), none);
});

t.test('D2 D4 D5 D7 D13 M43 what waits says why, and what fits: a name to approve, a value to take, or what ends it', async (t) => {
  const { world, desks } = await linkedWorld(12);
  const of = async (id: string, kind: Kind = 'contact') => (await explain(await world.session(), await entityOf(world, id, kind)))?.holds;
  const mailbox = world.graph.admin;
  const items = new Map(Array.from({ length: 12 }, (_, index) => [index + 1, desks.outlook.idOf(index + 1)]));
  const item = (who: number): string => items.get(who) ?? '';
  mailbox.updateContact(item(1), { jobTitle: 'x'.repeat(256) });
  world.oro.admin.setVisible('contact', Number(desks.orocrm.idOf(2)), false);
  mailbox.moveContact(item(3), { in: mailbox.createFolder('Archive').id });
  for (const who of [4, 5, 6, 7, 8, 9, 10, 11]) desks.orocrm.remove(desks.orocrm.idOf(who));
  world.oro.admin.createEvent({ title: 'Invitation', start: Date.parse('2030-04-12T09:00:00Z'), end: Date.parse('2030-04-12T10:00:00Z'), calendarId: 2, attendees: [{ displayName: 'John', email: 'admin@example.com', status: 'none', type: 'required' }] }, 2);
  world.clock.now += 16 * 60_000;
  const reports = await world.settle();
  const invitation = only(mailbox.listEvents()).id;
  mailbox.updateEvent(invitation, { subject: 'My name for it' });
  await world.settle();
  t.match(await of(item(1)), [{ rule: 'M2', field: 'jobTitle', reason: /256 characters/, choices: ['left'] }], 'M43 the value OroCRM can hold');
  t.match(await of(item(2)), [{ rule: 'D4', choices: [], reason: /goes on when/ }]);
  t.match(await of(item(3)), [{ rule: 'D5', choices: [], reason: /goes on when/ }]);
  t.match(await of(item(4)), [{ rule: 'D2', choices: ['keep'], approval: notesOf(reports, 'D2')[0]?.approval }]);
  t.match(await of(invitation, 'event'), [{ rule: 'D13', field: 'title', choices: ['left'] }]);
  t.strictSame(await of(item(12)), []);
  await decided(world, await entityOf(world, item(1), 'contact'), 'left');
  await decided(world, await entityOf(world, invitation, 'event'), 'left');
  await decided(world, await entityOf(world, item(4), 'contact'), 'keep');
  await world.settle();
  t.match([mailbox.getContact(item(1))?.['jobTitle'], only(mailbox.listEvents())['subject']], ['Analyst', 'Invitation']);
  t.ok(desks.orocrm.show().includes('4=Analyst'), 'one of many deletions is taken back');
  t.equal(desks.outlook.show().filter((row) => /^[5-9]=|^1[01]=/.test(row)).length, 7, 'the others go on waiting');
});

// R7

/** A field that an integration of OroCRM and a rule of Outlook have set to and fro until it was frozen. */
async function frozenField(policy: Partial<Policy> = {}): Promise<{ readonly world: TwoServices; readonly desks: Desks; readonly entity: EntityId }> {
  const { world, desks } = await linkedWorld(4, { policy });
  const id = desks.orocrm.idOf(1);
  const item = desks.outlook.idOf(1);
  for (let round = 0; round < 10; round += 1) {
    if (desks.orocrm.show()[0] !== '1=ERP') desks.orocrm.edit(id, 'ERP');
    if (round % 2 === 1 && desks.outlook.show()[0] !== '1=rule') desks.outlook.edit(item, 'rule');
    await world.cycle();
  }
  desks.orocrm.edit(id, 'ERP');
  desks.outlook.edit(item, 'rule');
  await world.settle();
  return { world, desks, entity: await entityOf(world, item, 'contact') };
}

for (const [choice, value, writes] of [['left', 'ERP', { orocrm: 0, outlook: 1 }], ['right', 'rule', { orocrm: 1, outlook: 0 }]] as const) {
  t.test(`R7 a frozen field is decided: the value of the ${choice}; from then on it is synced again`, async (t) => {
    const { world, desks, entity } = await frozenField();
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], ['1=ERP', '1=rule'], 'frozen');
    const before = await explain(await world.session(), entity);
    t.match(before?.holds, [{ rule: 'R7', field: 'jobTitle', choices: ['left', 'right'] }]);
    t.equal(before?.fields.find(({ unit }) => unit === 'jobTitle')?.rule, 'R7');
    t.match(await decided(world, entity, choice), { rule: 'R7', field: 'jobTitle', sentence: new RegExp(`"${value}"`) });
    t.strictSame(await writesDuring(world, world.settle), writes);
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], [`1=${value}`, `1=${value}`]);
    t.match((await historyOf(world)).find(({ op }) => op === 'decide'), { rule: 'R7', choice, after: { jobTitle: value }, before: { jobTitle: value === 'ERP' ? 'rule' : 'ERP' } }, 'G3');
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    await world.settle();
    t.equal(desks.orocrm.show()[0], '1=Nurse');
  });
}

t.test('R7 a choice that does not fit is answered in words, and changes nothing', async (t) => {
  const { world, entity } = await frozenField();
  t.match(await decide(await world.session(), entity, 'keep'), /jobTitle: two systems disagree.*what fits: the value in OroCRM, or the value in Outlook/);
  t.equal(await decide(await world.session(), entity, 'left', 'shoeSize'), 'it has no field "shoeSize"');
  t.match(await decide(await world.session(), entity, 'left', 'lastName'), /^name is not a matter of choice/);
  t.strictSame(await writesDuring(world, world.settle), none);
});

t.test('A9 A13 a difference that a direction left is decided in that direction: only Outlook is written', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: { direction: 'left-to-right' } });
  desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
  desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
  await world.settle();
  await decided(world, await entityOf(world, desks.outlook.idOf(1), 'contact'), 'left', 'jobTitle');
  await decided(world, await entityOf(world, desks.outlook.idOf(2), 'contact'), 'right', 'jobTitle');
  t.strictSame(await writesDuring(world, world.settle), { orocrm: 0, outlook: 1 });
  t.strictSame(desks.outlook.show(), ['1=Analyst', '2=Nurse', '3=Analyst', '4=Analyst']);
});

t.test('S14b what a direction left different is decided one by one, or approved as a whole', async (t) => {
  const { world, desks } = await linkedWorld(5, { policy: { direction: 'left-to-right' } });
  for (const who of [1, 2, 3]) desks.outlook.edit(desks.outlook.idOf(who), 'Nurse');
  for (const who of [7, 8]) desks.outlook.make(who, 'Baker');
  await world.settle();
  govern(world, { policy: { direction: 'both-ways' } });
  t.strictSame(await writesDuring(world, world.settle), none, 'none flows unasked');
  const entities = new Map(await Promise.all([1, 2, 3, 7, 8].map(async (who) => [who, await entityOf(world, desks.outlook.idOf(who), 'contact')] as const)));
  const holdsOf = async (who: number) => (await explain(await world.session(), entities.get(who) as EntityId))?.holds;
  t.match([await holdsOf(1), await holdsOf(7)], [[{ rule: 'S14b', field: 'jobTitle', choices: ['left', 'right'], approval: String }], [{ rule: 'S14b', choices: ['keep', 'delete'], approval: String }]]);
  const choices = [[1, 'left'], [2, 'right'], [7, 'keep'], [8, 'delete']] as const;
  for (const [who, choice] of choices) await decided(world, entities.get(who) as EntityId, choice);
  await world.settle();
  t.strictSame(desks.orocrm.show(), ['1=Analyst', '2=Nurse', '3=Analyst', '4=Analyst', '5=Analyst', '7=Baker']);
  t.strictSame(desks.outlook.show(), ['1=Analyst', '2=Nurse', '3=Nurse', '4=Analyst', '5=Analyst', '7=Baker']);
  t.strictSame([await holdsOf(1), await holdsOf(2), await holdsOf(7)], [[], [], []]);
  const [hold] = (await holdsOf(3)) ?? [];
  await world.cycle({ approved: [hold?.approval ?? ''] });
  t.strictSame(desks.orocrm.show()[2], '3=Nurse', 'the rest is approved');
});

// D6

async function told(world: TwoServices, entity: EntityId): Promise<Restoring> {
  const answer = await lookAtRestore(await world.session(), entity);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

for (const kind of kinds) {
  for (const from of ['outlook', 'orocrm'] as const) {
    t.test(`D6 ${kind}: one record the hub deleted in ${from} is restored there, with its link; what cannot come back is said before`, async (t) => {
      const { world, desks } = await linkedWorld(4, { policy: from === 'orocrm' ? { rightDeletion: 'propagate' } : {} }, kind);
      const [left, right] = [desks.orocrm.idOf(1), desks.outlook.idOf(1)];
      if (from === 'outlook') desks.orocrm.remove(left);
      else desks.outlook.remove(right);
      await world.settle();
      t.strictSame(shows(desks).map(({ length }) => length), [3, 3]);
      const entity = await entityOf(world, left, kind);
      const { sides, sentences } = await told(world, entity);
      t.strictSame(sides, ['left', 'right']);
      t.match(sentences, [/^In OroCRM, .* under a new id; what cannot come back: .*(activities|attendees).*relations/, /^In Outlook.*what cannot come back: .*categories/]);
      t.strictSame(await writesDuring(world, world.settle), none, 'telling does nothing');
      t.match(await restore(await world.session(), entity), { sides: ['left', 'right'] });
      await world.cycle();
      t.strictSame(shows(desks).map(([first]) => first), ['1=Analyst', '1=Analyst'], 'by the next cycle');
      t.not(desks.orocrm.idOf(1), left, 'OroCRM gives a new id');
      const item = only([...world.graph.admin.listContacts(), ...world.graph.admin.listTasks(), ...world.graph.admin.listEvents()].filter(({ id }) => id === desks.outlook.idOf(1)));
      t.match(markerOf(item), { id: desks.orocrm.idOf(1) }, 'its mark');
      desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
      await world.settle();
      desks.orocrm.edit(desks.orocrm.idOf(2), 'Poet');
      await world.settle();
      t.strictSame(shows(desks), [['1=Nurse', '2=Poet', '3=Analyst', '4=Analyst'], ['1=Nurse', '2=Poet', '3=Analyst', '4=Analyst']], 'its link: edits flow again');
      t.equal(await lookAtRestore(await world.session(), entity), 'it was made again since');
      t.ok(isQuiet(await world.cycle()));
    });
  }
}

t.test('D6 what comes back is all that the connectors read: further addresses, formatting, names of addresses, finer states', async (t) => {
  const { world, desks } = await linkedWorld(3);
  const contact = Number(desks.orocrm.idOf(1));
  const item = desks.outlook.idOf(1);
  const address = { street: 'Main Street 1', city: 'Springfield', postalCode: '62701', country: 'US' };
  world.oro.admin.updateContact(contact, {
    description: '<p>Met in <b>London</b></p>', emails: ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'],
    addresses: [{ ...address, types: ['billing'] }, { ...address, street: 'Side Street 2', types: [] }, { ...address, street: 'Third Street 3', types: [] }],
  });
  world.clock.now += 61 * 60_000;
  await world.settle();
  world.graph.admin.updateContact(item, { emailAddresses: ['a', 'b', 'c'].map((name) => ({ name: `Ada (${name})`, address: `${name}@example.com` })), displayName: 'Ada by hand' });
  const task = world.graph.admin.createTask({ title: 'Call', status: 'waitingOnOthers' }).id;
  await world.settle();
  const before = world.oro.admin.contact(contact);
  desks.orocrm.remove(String(contact));
  world.oro.admin.deleteTask(only(world.oro.admin.listTasks()).id);
  await world.settle();
  t.strictSame([desks.outlook.show().length, world.graph.admin.listTasks()], [2, []]);
  await restore(await world.session(), await entityOf(world, item, 'contact'));
  await restore(await world.session(), await entityOf(world, task, 'task'));
  await world.settle();
  const again = world.oro.admin.contact(Number(desks.orocrm.idOf(1)));
  t.equal(again?.description, before?.description, 'formatting');
  t.strictSame(again?.emails.map(({ value }) => value).sort(), ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com']);
  t.strictSame(again?.addresses.map(({ street }) => street).sort(), ['Main Street 1', 'Side Street 2', 'Third Street 3'], 'the third one has no place in Outlook');
  const back = only(world.graph.admin.listContacts().filter(({ id }) => id === desks.outlook.idOf(1)));
  t.match(back, { displayName: 'Ada by hand', emailAddresses: ['a', 'b', 'c'].map((name) => ({ name: `Ada (${name})`, address: `${name}@example.com` })) });
  t.match(world.graph.admin.listTasks(), [{ title: 'Call', status: 'waitingOnOthers' }]);
  t.match(world.oro.admin.listTasks(), [{ subject: 'Call' }]);
  t.ok(isQuiet(await world.cycle()));
});

t.test('D6 B6 B11 from Outlook to OroCRM too: what was deleted from Outlook comes back there, and in OroCRM from it', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: { direction: 'right-to-left' } });
  const item = desks.outlook.idOf(1);
  desks.orocrm.remove(desks.orocrm.idOf(1));
  await world.settle();
  t.strictSame(shows(desks).map(({ length }) => length), [3, 3]);
  const entity = await entityOf(world, item, 'contact');
  t.match(await restore(await world.session(), entity), { sides: ['left', 'right'], rule: 'B6' });
  await world.settle();
  t.strictSame(shows(desks).map(([first]) => first), ['1=Analyst', '1=Analyst']);
  desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
  await world.settle();
  t.equal(desks.orocrm.show()[0], '1=Nurse');
});

t.test('D6 A13 what was deleted in OroCRM does not come back there while nothing is written to it', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: { rightDeletion: 'propagate' } });
  const left = desks.orocrm.idOf(1);
  desks.outlook.remove(desks.outlook.idOf(1));
  await world.settle();
  govern(world, { policy: { direction: 'left-to-right' } });
  await world.settle();
  t.match(await restore(await world.session(), await entityOf(world, left, 'contact')), /^nothing is written to OroCRM in this direction$/);
  t.strictSame(await writesDuring(world, world.settle), none);
});

t.test('D6 G3 within the retention period, and of what the hub deleted only', async (t) => {
  const { world, desks } = await linkedWorld(4);
  const [left, other] = [desks.orocrm.idOf(1), await entityOf(world, desks.orocrm.idOf(2), 'contact')];
  desks.orocrm.remove(left);
  await world.settle();
  const entity = await entityOf(world, left, 'contact');
  t.equal(await lookAtRestore(await world.session(), other), 'the hub deleted nothing of it in the last 30 days');
  world.clock.now += 29 * 24 * 60 * 60_000;
  t.match(await lookAtRestore(await world.session(), entity), { sides: ['left', 'right'] });
  world.clock.now += 2 * 24 * 60 * 60_000;
  t.equal(await lookAtRestore(await world.session(), entity), 'the hub deleted nothing of it in the last 30 days', 'also before the rows are gone');
});

// R10, G3

t.test('R10 G3 one value of a run is taken back, the others stay; what it replaced is in history', async (t) => {
  const { world, desks } = await linkedWorld(3);
  const id = Number(desks.orocrm.idOf(1));
  world.oro.admin.updateContact(id, { jobTitle: 'Poet', fax: '5', firstName: 'Augusta' });
  desks.orocrm.edit(desks.orocrm.idOf(2), 'Poet');
  const { run } = await world.cycle();
  const entity = await entityOf(world, String(id), 'contact');
  const [row] = (await historyOf(world)).filter((one) => one.run === run && one.entity === entity);
  t.match(row, { op: 'update', side: 'right', rule: 'C5', before: { jobTitle: 'Analyst', name: { firstName: 'Person' } }, after: { jobTitle: 'Poet', fax: '5' } }, 'G3');
  t.match(await undo(await world.session(), run, { entity, field: 'jobTitle' }), { reversed: 1, left: [] });
  await world.settle();
  t.match(world.oro.admin.contact(id), { jobTitle: 'Analyst', fax: '5', firstName: 'Augusta' });
  t.equal(desks.outlook.show()[0], '1=Analyst');
  t.equal(desks.outlook.show()[1], '2=Poet', 'another record of the run');
  t.match(await undo(await world.session(), run, { entity, field: 'firstName' }), { reversed: 1 }, 'by the name of a field of the unit');
  await world.settle();
  t.match(world.oro.admin.contact(id), { firstName: 'Person', fax: '5' });
  desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
  await world.settle();
  t.match(await undo(await world.session(), run, { entity: await entityOf(world, desks.orocrm.idOf(2), 'contact') }), { reversed: 0, left: [{ field: 'jobTitle', reason: 'it was edited since' }] });
  t.match(await undo(await world.session(), run, { entity, field: 'birthday' }), { reversed: 0, left: [] });
});

t.test('R10 D6 one record of a run is taken back: its creation or its deletion', async (t) => {
  const { world, desks } = await linkedWorld(4);
  desks.orocrm.make(7, 'Baker');
  desks.orocrm.make(8, 'Miller');
  desks.orocrm.remove(desks.orocrm.idOf(1));
  const left = await entityOf(world, desks.outlook.idOf(1), 'contact');
  const { run } = await world.cycle();
  t.match(await undo(await world.session(), run, { entity: await entityOf(world, desks.orocrm.idOf(7), 'contact') }), { reversed: 1, left: [] });
  t.match(await undo(await world.session(), run, { entity: left }), { reversed: 1, left: [] });
  await world.settle();
  t.strictSame(desks.outlook.show(), ['1=Analyst', '2=Analyst', '3=Analyst', '4=Analyst', '8=Miller']);
});

t.test('R1 G3 every field says by which rule it is what it is', async (t) => {
  const { world, desks } = await linkedWorld(3, { policy: { precedence: ['right', 'left'] } });
  const [id, item] = [Number(desks.orocrm.idOf(1)), desks.outlook.idOf(1)];
  world.oro.admin.updateContact(id, { jobTitle: 'Poet', fax: '5' });
  world.graph.admin.updateContact(item, { jobTitle: 'Nurse', personalNotes: 'met in London', emailAddresses: entriesFor('ada@example.com') });
  await world.settle();
  const { fields = [] } = (await explain(await world.session(), await entityOf(world, item, 'contact'))) ?? {};
  t.match(Object.fromEntries(fields.map(({ unit, rule }) => [unit, rule])), { name: 'C4', jobTitle: 'C8', fax: 'C5', description: 'C6', 'emails/ada@example.com': 'C6' });
});
