import t, { type Test } from 'tap';
import type { Policy } from '@syncline/core';
import { resync, type CycleReport } from '@syncline/engine';
import type { GraphSwitches, OroSwitches } from '@syncline/simulators';
import { desksOf, linkedWorld, none, writesDuring } from '../support/desks.ts';
import { isQuiet, twoServices, type TwoServices } from '../support/two-services.ts';
import { listenTo, only, staysQuiet } from '../support/watch.ts';

t.setTimeout(120_000);

// C16: a service stores something else than was sent. What a person typed is odd on purpose, so that every rewriting finds something to do.

interface Rewriting {
  readonly oro?: Partial<OroSwitches>;
  readonly graph?: Partial<GraphSwitches>;
}

const rewritings: Readonly<Record<string, Rewriting>> = {
  'OroCRM reformats phones': { oro: { reformatPhones: true } },
  'OroCRM trims texts': { oro: { trimText: true } },
  'OroCRM rounds times': { oro: { roundTimes: true } },
  'OroCRM stores descriptions as HTML': { oro: { htmlNotes: true } },
  'Outlook reformats phones': { graph: { reformatPhones: true } },
  'Outlook trims texts': { graph: { trimText: true } },
  'Outlook rounds times': { graph: { roundTimes: true } },
  'Outlook stores notes as HTML': { graph: { htmlNotes: true } },
  'Outlook stores birthdays at noon': { graph: { birthdayTime: '11:59:00' } },
  'both rewrite everything': {
    oro: { reformatPhones: true, trimText: true, roundTimes: true, htmlNotes: true },
    graph: { reformatPhones: true, trimText: true, roundTimes: true, htmlNotes: true, birthdayTime: '11:59:00' },
  },
};

const directions: Readonly<Record<string, Partial<Policy>>> = {
  'OroCRM to Outlook': { direction: 'left-to-right' },
  'Outlook to OroCRM': { direction: 'right-to-left' },
  'Bidirectional, OroCRM wins': { direction: 'both-ways', precedence: ['left', 'right'] },
  'Bidirectional, Outlook wins': { direction: 'both-ways', precedence: ['right', 'left'] },
};

type Origin = 'orocrm' | 'outlook';

const notes = 'Met in Rome  \nlikes <tea> & cake\n\n';

const typed: Readonly<Record<Origin, (world: TwoServices) => void>> = {
  orocrm: ({ oro }) => {
    oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', phones: ['+1 (555) 555-01.00', '555 / 0101'], fax: '+1 555 555 01 02', jobTitle: 'Chief  analyst ', birthday: '1985-12-10', description: notes });
    oro.admin.createTask({ subject: 'Call  Ada ', description: notes, dueDate: Date.parse('2030-04-02T16:30:42Z') });
    oro.admin.createEvent({ title: 'Team  lunch ', description: notes, start: Date.parse('2030-04-01T11:00:42Z'), end: Date.parse('2030-04-01T12:00:13Z') });
  },
  outlook: ({ graph }) => {
    graph.admin.createContact({
      givenName: 'Ada', surname: 'Byron', jobTitle: 'Chief  analyst ', birthday: '1985-12-10T00:00:00Z', personalNotes: notes,
      singleValueExtendedProperties: [{ id: 'String 0x3A1A', value: '+1 (555) 555-01.00' }, { id: 'String 0x3A24', value: '+1 555 555 01 02' }],
    });
    graph.admin.createTask({ title: 'Call  Ada ', body: { contentType: 'text', content: notes }, dueDateTime: { dateTime: '2030-04-02T00:00:00', timeZone: 'UTC' } });
    graph.admin.createEvent({ subject: 'Team  lunch ', start: { dateTime: '2030-04-01T11:00:42', timeZone: 'UTC' }, end: { dateTime: '2030-04-01T12:00:13', timeZone: 'UTC' } });
  },
};

/** A suffix, a priority, a title: none of them a field that `formsOf` looks at. */
const editOthers: Readonly<Record<Origin, (world: TwoServices) => void>> = {
  orocrm: ({ oro }) => {
    oro.admin.updateContact(only(oro.admin.listContacts()).id, { nameSuffix: 'Jr.' });
    oro.admin.updateTask(only(oro.admin.listTasks()).id, { priority: 'high' });
    oro.admin.updateEvent(only(oro.admin.listEvents()).id, { title: 'Dinner' });
  },
  outlook: ({ graph }) => {
    graph.admin.updateContact(only(graph.admin.listContacts()).id, { generation: 'Sr.' });
    graph.admin.updateTask(only(graph.admin.listTasks()).id, { importance: 'low' });
    graph.admin.updateEvent(only(graph.admin.listEvents()).id, { subject: 'Supper' });
  },
};

const editForms: Readonly<Record<Origin, (world: TwoServices) => void>> = {
  orocrm: (world) => {
    world.oro.admin.updateContact(oneContact(world).id, { phones: ['+1 (555) 555-01.99'], jobTitle: ' Poet  laureate', description: '<p>now <b>bold</b></p>' });
    world.oro.admin.updateTask(only(world.oro.admin.listTasks()).id, { subject: ' Call  Grace', dueDate: Date.parse('2030-04-03T16:31:43Z') });
    world.oro.admin.updateEvent(only(world.oro.admin.listEvents()).id, { title: ' Late  lunch', start: Date.parse('2030-04-01T13:00:42Z'), end: Date.parse('2030-04-01T14:00:13Z') });
  },
  outlook: ({ graph }) => {
    graph.admin.updateContact(only(graph.admin.listContacts()).id, { jobTitle: ' Poet  laureate', personalNotes: 'now\r\n  two lines ', singleValueExtendedProperties: [{ id: 'String 0x3A1A', value: '+1 (555) 555-01.99' }] });
    graph.admin.updateTask(only(graph.admin.listTasks()).id, { title: ' Call  Grace', dueDateTime: { dateTime: '2030-04-03T00:00:00', timeZone: 'UTC' } });
    graph.admin.updateEvent(only(graph.admin.listEvents()).id, { subject: ' Late  lunch', start: { dateTime: '2030-04-01T13:00:42', timeZone: 'UTC' }, end: { dateTime: '2030-04-01T14:00:13', timeZone: 'UTC' } });
  },
};

for (const [name, { oro = {}, graph = {} }] of Object.entries(rewritings)) {
  for (const [direction, policy] of Object.entries(directions)) {
    t.test(`C16 G1 ${name}, ${direction}: quiet after two cycles, and later edits leave the stored form alone`, async (t) => {
      const origins: readonly Origin[] = policy.direction === 'both-ways' ? ['orocrm', 'outlook'] : policy.direction === 'left-to-right' ? ['orocrm'] : ['outlook'];
      for (const origin of origins) {
        const world = twoServices({ policy, oro: { switches: oro }, graph: { switches: graph } });
        typed[origin](world);
        const made = formsOf(world)[origin];
        settles(t, await world.settle(), `made in ${origin}`);
        t.strictSame(formsOf(world)[origin], made, 'what the person typed stands as it was typed');
        t.equal((await world.summary()).linked.event, 1);
        await staysQuiet(t, world);
        world.restart();
        await resync(await world.session());
        await staysQuiet(t, world, 'reading everything again is no news', 2);

        // Where both sides may be written, the person at the other service edits as well.
        for (const editor of origins.length === 2 ? (['orocrm', 'outlook'] as const) : [origin]) {
          const before = formsOf(world);
          const sent = listenTo(world);
          world.restart();
          editOthers[editor](world);
          settles(t, await world.settle(), `other fields edited in ${editor}`);
          t.ok(sent.length > 0, 'they flow');
          t.strictSame(formsOf(world), before, `made in ${origin}, other fields edited in ${editor}: every stored form is what it was`);
          t.strictSame(sent.filter(({ body }) => /phone|3A1A|"start"|"end"|birthday|description|personalNotes|jobTitle/i.test(JSON.stringify(body ?? ''))), [], 'no write names a field that was rewritten');
          await staysQuiet(t, world, 'quiet again', 2);
        }

        editForms[origin](world);
        settles(t, await world.settle(), 'the rewritten fields edited once more');
        const now = formsOf(world);
        t.match(now.orocrm.map(digits).join(), /5550199/, 'the new phone arrived');
        t.match(now.outlook.map(digits).join(), /5550199/);
        await staysQuiet(t, world, 'quiet at the end', 2);
      }
    });
  }
}

// What has another canonical form: with the country's plus gone it is another number to M18, and yet nobody dialled it.
for (const [direction, policy] of Object.entries(directions).filter(([, { direction }]) => direction !== 'right-to-left')) {
  t.test(`C16 M15 M16 M17 Outlook stores a number that is not even the same digits and signs, ${direction}: no second number comes of it, and it is replaced and removed like any other`, async (t) => {
    const world = twoServices({ policy, graph: { switches: { reformatPhones: true } } });
    const { id } = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', phones: ['+1 555 01000', '112'] });
    const item = (): string => only(world.graph.admin.listContacts()).id;
    const numbers = (): string => world.oro.admin.contact(id)?.phones.map(({ value, primary }) => (primary ? `[${value}]` : value)).toSorted().join(' ') ?? '';
    const slot = (): string => String((slotsOf(only(world.graph.admin.listContacts())) as readonly { readonly value: string }[])[0]?.value ?? '');
    const then = async (phones: readonly string[], shown: string, writes: number): Promise<void> => {
      world.clock.now += 3_600_000;
      const caused = await writesDuring(world, async () => {
        world.oro.admin.updateContact(id, { phones: [...phones] });
        settles(t, await world.settle(), phones.join());
      });
      t.strictSame(caused, { orocrm: 0, outlook: writes }, `${phones.join()} in OroCRM`);
      t.equal(slot(), shown);
    };
    await world.settle();
    t.equal(slot(), '(15) 550-1000');
    for (const digit of [2, 3, 2, 4]) await then([`+1 555 0${digit}000`, '112'], `(15) 550-${digit}000`, 1);
    await then(['+1 555 04000', '112', '113'], '(15) 550-4000', 0);
    await then(['112', '113'], '112', 1);
    await then(['+1 555 05000', '113'], '(15) 550-5000', 1);
    if (policy.direction === 'both-ways') {
      world.graph.admin.updateContact(item(), { jobTitle: 'Poet' });
      t.strictSame(await writesDuring(world, world.settle), { orocrm: 1, outlook: 0 });
      t.equal(numbers(), '113 [+1 555 05000]', 'an edit of another field in Outlook');
      world.graph.admin.updateContact(item(), { singleValueExtendedProperties: [{ id: 'String 0x3A1A', value: '777' }] });
      await world.settle();
      t.equal(numbers(), '113 [777]', 'M16 replaced in Outlook');
      await then(['+1 555 06000', '113'], '(15) 550-6000', 1);
      world.graph.admin.updateContact(item(), { singleValueExtendedProperties: [{ id: 'String 0x3A1A', value: '' }] });
      await world.settle();
      t.equal(numbers(), '[113]', 'M17 removed in Outlook');
    }
    await staysQuiet(t, world);
  });
}

// R7: two systems that each put their own value back.
for (const kind of ['contact', 'task', 'event'] as const) {
  t.test(`R7 two services that keep setting the same field of a ${kind}: frozen with the fourth cycle that writes it, said once with both values; everything else goes on`, async (t) => {
    const { world, desks } = await linkedWorld(4, {}, kind);
    const [left, right] = [desks.orocrm.idOf(1), desks.outlook.idOf(1)];
    const said: string[] = [];
    const written: boolean[] = [];
    for (let round = 0; round < 8; round += 1) {
      if (desks.orocrm.show()[0] !== '1=ERP') desks.orocrm.edit(left, 'ERP');
      else if (desks.outlook.show()[0] !== '1=Rule') desks.outlook.edit(right, 'Rule');
      let report: CycleReport | undefined;
      const writes = await writesDuring(world, async () => {
        report = await world.cycle();
      });
      written.push(writes.orocrm + writes.outlook > 0);
      said.push(...(report?.notes ?? []).filter(({ rule, message }) => rule === 'R7' && message.startsWith('two systems disagree')).map(({ message }) => message));
    }
    t.strictSame(written, [true, true, true, true, false, false, false, false], 'four cycles wrote, none after');
    t.equal(said.length, 1, 'said once');
    t.match(said[0], /two systems disagree about this field: (?=.*"ERP")(?=.*"Rule")/);
    desks.orocrm.edit(desks.orocrm.idOf(2), 'Poet');
    desks.outlook.make(5, 'Nurse');
    await world.settle();
    t.equal(desks.outlook.show()[1], '2=Poet', 'the same field of another pair');
    t.equal(desks.orocrm.show()[4], '5=Nurse', 'a new record');
    desks.outlook.remove(right);
    await world.settle();
    t.equal(desks.outlook.show().length, 5, 'the pair itself: deleted in Outlook, it is made again');
    t.strictSame(await writesDuring(world, world.cycle), none);
  });
}

t.test('R7 C16 a service that rewrites what it is sent is no second system: nothing is frozen, however often a person edits', async (t) => {
  const { oro = {}, graph = {} } = rewritings['both rewrite everything'] ?? {};
  const world = twoServices({ oro: { switches: oro }, graph: { switches: graph } });
  typed.orocrm(world);
  await world.settle();
  const reports: CycleReport[] = [];
  for (let round = 0; round < 8; round += 1) {
    world.oro.admin.updateContact(oneContact(world).id, { phones: [`+1 (555) 010-${String(round)}0`], jobTitle: `Chief  analyst ${round % 2}` });
    reports.push(await world.cycle());
  }
  t.strictSame(reports.flatMap(({ notes }) => notes), []);
  await staysQuiet(t, world);
});

/** What each service stores of the fields a rewriting may touch, as it is stored, to the letter. */
function formsOf({ oro, graph }: TwoServices): Readonly<Record<Origin, readonly string[]>> {
  const contacts = oro.admin.listContacts().map(({ phones, fax, jobTitle, birthday, description }) => ({ phones, fax, jobTitle, birthday, description }));
  const tasks = oro.admin.listTasks().map(({ subject, description, dueDate }) => ({ subject, description, dueDate }));
  const events = oro.admin.listEvents().map(({ description, start, end }) => ({ description, start, end }));
  const cards = graph.admin.listContacts().map((item) => ({ slots: slotsOf(item), ...pick(item, ['jobTitle', 'birthday', 'personalNotes']) }));
  const todos = graph.admin.listTasks().map((item) => pick(item, ['title', 'body', 'dueDateTime']));
  const meetings = graph.admin.listEvents().map((item) => pick(item, ['start', 'end']));
  return { orocrm: [...contacts, ...tasks, ...events].map((one) => JSON.stringify(one)), outlook: [...cards, ...todos, ...meetings].map((one) => JSON.stringify(one)) };
}

/** Phone and fax, not the marker, which is the hub's. */
function slotsOf(item: Readonly<Record<string, unknown>>): unknown {
  return (item['singleValueExtendedProperties'] as readonly { readonly id: string; readonly value: string }[]).filter(({ id }) => /0x3A(1A|24)/i.test(id)).toSorted((a, b) => a.id.localeCompare(b.id));
}

function pick(item: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

function digits(text: string): string {
  return text.replace(/[^\d"]/g, '');
}

function oneContact(world: TwoServices) {
  return only(world.oro.admin.listContacts());
}

/** G1: at most two cycles write, the third has nothing to do. */
function settles(t: Test, reports: readonly CycleReport[], why: string): void {
  t.ok(isQuiet(reports.at(-1)) && reports.length <= 3, `${why}: ${reports.length} cycles`);
}
