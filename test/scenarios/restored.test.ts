import t from 'tap';
import { classicPolicy, safePolicy, type Kind, type Policy } from '@syncline/core';
import { decide, resync, type CycleReport } from '@syncline/engine';
import { none, writesDuring, type Desks } from '../support/desks.ts';
import { backedUpWorld, restoredOn } from '../support/restored.ts';
import { loseAnswer } from '../support/services.ts';
import { isQuiet, type TwoServices } from '../support/two-services.ts';
import { changing, staysQuiet } from '../support/watch.ts';

const kinds: readonly Kind[] = ['contact', 'task', 'event'];

const shows = ({ orocrm, outlook }: Desks): readonly (readonly string[])[] => [orocrm.show(), outlook.show()];

/** What a person does to the desks in a day: changes, new records and deletions on both sides. */
function aDay({ orocrm, outlook }: Desks): void {
  orocrm.edit(orocrm.idOf(1), 'Poet');
  outlook.edit(outlook.idOf(2), 'Nurse');
  orocrm.remove(orocrm.idOf(3));
  outlook.remove(outlook.idOf(4));
  orocrm.make(8, 'Baker');
  outlook.make(9, 'Miller');
}

const rulesOf = (reports: readonly CycleReport[]): readonly string[] => [...new Set(reports.flatMap(({ notes }) => notes.map(({ rule }) => rule)))].sort();

async function restoredCount(hub: TwoServices): Promise<number> {
  return (await hub.session()).index.restored.size;
}

/** After a day of the hub's own work (edits carried, records made, deleted and made again), by direction: what both desks show. */
const afterADay: readonly [direction: Policy['direction'], orocrm: string, outlook: string, linked: number][] = [
  ['both-ways', '1=Poet 2=Nurse 4=Analyst 5=Analyst 6=Analyst 7=Analyst 8=Baker 9=Miller', '1=Poet 2=Nurse 4=Analyst 5=Analyst 6=Analyst 7=Analyst 8=Baker 9=Miller', 8],
  ['left-to-right', '1=Poet 2=Analyst 4=Analyst 5=Analyst 6=Analyst 7=Analyst 8=Baker', '1=Poet 2=Nurse 3=Analyst 4=Analyst 5=Analyst 6=Analyst 7=Analyst 8=Baker 9=Miller', 7],
  ['right-to-left', '1=Analyst 2=Nurse 4=Analyst 5=Analyst 6=Analyst 7=Analyst 8=Baker 9=Miller', '1=Analyst 2=Nurse 5=Analyst 6=Analyst 7=Analyst 9=Miller', 6],
];

for (const kind of kinds) for (const [direction, orocrm, outlook, linked] of afterADay) {
  t.test(`D9 A10 C11 B9 history 13 ${kind}, ${direction}: a hub restored to yesterday links what happened since, and writes nothing`, async (t) => {
    const { world, desks, disk } = await backedUpWorld(7, { policy: { direction } }, kind);
    const backup = disk.copy();
    const logged = (await world.session()).store.latest();
    aDay(desks);
    world.clock.now += 20 * 60_000;
    await world.settle();
    t.strictSame(shows(desks), [orocrm.split(' '), outlook.split(' ')], 'the day as the hub leaves it');
    t.equal((await world.summary()).linked[kind], linked);

    const hub = restoredOn(world, backup);
    let reports: readonly CycleReport[] = [];
    t.strictSame(await writesDuring(world, async () => { reports = await hub.settle(); }), none, 'no write, not even a mark');
    t.ok(isQuiet(reports.at(-1)));
    t.strictSame(reports.map(({ notes }) => notes.filter(({ rule }) => rule === 'D9').length), [1, ...reports.slice(1).map(() => 0)], 'said once');
    t.strictSame(shows(desks), [orocrm.split(' '), outlook.split(' ')]);
    t.equal((await hub.summary()).linked[kind], linked, 'as many links as the lost hub had');
    t.ok((await hub.session()).store.latest() >= logged, 'numbers go on');
    t.equal(await restoredCount(hub), 0, 'everything was read, nothing waits');

    const source = direction === 'right-to-left' ? desks.outlook : desks.orocrm;
    const target = direction === 'right-to-left' ? desks.orocrm : desks.outlook;
    const made = direction === 'right-to-left' ? 9 : 8;
    source.edit(source.idOf(made), 'Singer');
    await hub.settle();
    t.ok(target.show().includes(`${made}=Singer`), 'and it goes on');
  });
}

for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
  t.test(`D9 R4 ${direction}: a creation that was under way at the backup, done and renamed since, is found, not repeated`, async (t) => {
    const [source, target] = direction === 'right-to-left' ? (['outlook', 'orocrm'] as const) : (['orocrm', 'outlook'] as const);
    const { world, desks, disk } = await backedUpWorld(3, { policy: { direction } });
    desks[source].make(4, 'Baker');
    const lost = loseAnswer(world, target, (_method, text) => text.includes('Baker'));
    await world.cycle();
    t.equal(lost(), 1);
    const backup = disk.copy();
    await world.settle();
    desks[source].edit(desks[source].idOf(4), 'Miller');
    await world.settle();
    const before = shows(desks);
    t.ok(before.every((desk) => desk.length === 4 && desk.includes('4=Miller')));
    const hub = restoredOn(world, backup);
    t.strictSame(await writesDuring(world, hub.settle), none);
    t.strictSame(shows(desks), before);
    t.equal((await hub.summary()).linked.contact, 4);
  });
}

// Read literally, no key is looked up from there (B2): only the marker tells.
for (const policy of [{ ...safePolicy, direction: 'both-ways' }, { ...classicPolicy, direction: 'right-to-left' }] as const) {
  t.test(`D9 K2 ${policy.direction}: a record that OroCRM refused at the backup, made and renamed since, is known by its marker`, async (t) => {
    const { world, desks, disk } = await backedUpWorld(3, { policy });
    desks.outlook.make(4, 'Baker');
    world.oro.admin.faults.add({ match: { method: 'POST', path: '/api/contacts' }, action: { type: 'status', status: 503, retryAfterSeconds: 20 } });
    await world.cycle();
    t.equal(desks.orocrm.show().length, 3, 'refused');
    const backup = disk.copy();
    await world.settle();
    world.oro.admin.updateContact(Number(desks.orocrm.idOf(4)), { firstName: 'Robin' });
    world.graph.admin.updateContact(desks.outlook.idOf(4), { givenName: 'Robin' });
    await world.settle();
    const hub = restoredOn(world, backup);
    t.strictSame(await writesDuring(world, hub.settle), none);
    t.strictSame(shows(desks).map(({ length }) => length), [4, 4]);
    t.equal((await hub.summary()).linked.contact, 4);
  });
}

for (const profile of [safePolicy, classicPolicy]) for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
  t.test(`D9 A12 ${direction}, ${profile.granularity}: deleted in OroCRM after the backup, and nobody knows more: nothing is deleted`, async (t) => {
    const { world, desks, disk } = await backedUpWorld(5, { policy: { ...profile, direction } });
    const hub = restoredOn(world, disk.copy());
    desks.orocrm.remove(desks.orocrm.idOf(1));
    world.clock.now += 20 * 60_000;
    let reports: readonly CycleReport[] = [];
    t.strictSame(await writesDuring(world, async () => { reports = await hub.settle(); }), none);
    t.equal(desks.outlook.show().length, 5);
    if (direction === 'left-to-right') return;
    t.ok(rulesOf(reports).includes('A12'), 'a person is asked');
    t.equal(await restoredCount(hub), 1, 'and that is what waits');
    hub.restart();
    await staysQuiet(t, hub);
    const session = await hub.session();
    const [entity] = session.index.restored;
    t.notOk(entity === undefined || typeof (await decide(session, entity, 'delete')) === 'string');
    await hub.settle();
    t.equal(desks.outlook.show().length, 4, 'and answers');
    t.equal(await restoredCount(hub), 0);
  });
}

t.test('D9 outlookDeletion propagate: deleted in Outlook after the backup, nothing is deleted in OroCRM', async (t) => {
  const { world, desks, disk } = await backedUpWorld(5, { policy: { rightDeletion: 'propagate' } });
  const hub = restoredOn(world, disk.copy());
  desks.outlook.remove(desks.outlook.idOf(1));
  t.strictSame(await writesDuring(world, hub.settle), none);
  t.equal(desks.orocrm.show().length, 5);
});

t.test('D9 C14s made again in OroCRM after the backup, under a new id: its marker tells, and the item stays', async (t) => {
  const { world, desks, disk } = await backedUpWorld(5, { policy: { precedence: ['right', 'left'] } });
  const backup = disk.copy();
  desks.orocrm.remove(desks.orocrm.idOf(1));
  desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
  world.clock.now += 20 * 60_000;
  await world.settle();
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Analyst');
  await world.settle();
  const before = shows(desks);
  t.ok(before.every((desk) => desk.length === 5 && desk.includes('1=Analyst')), 'a new record, with the values of the backup again');
  const hub = restoredOn(world, backup);
  t.strictSame(await writesDuring(world, hub.settle), none);
  t.strictSame(shows(desks), before);
  t.equal((await hub.summary()).linked.contact, 5);
});

for (const wins of ['left', 'right'] as const) {
  t.test(`D9 history 23 changed on both sides since the backup, differently: listed, not decided, whoever wins (${wins})`, async (t) => {
    const { world, desks, disk } = await backedUpWorld(5, { policy: { precedence: wins === 'left' ? ['left', 'right'] : ['right', 'left'] } });
    const backup = disk.copy();
    desks.orocrm.edit(desks.orocrm.idOf(1), 'synced after the backup');
    desks.orocrm.make(6, 'Baker');
    await world.settle();
    desks.outlook.edit(desks.outlook.idOf(1), 'edited on top of it');
    desks.outlook.edit(desks.outlook.idOf(6), 'Miller');
    const before = shows(desks);
    const hub = restoredOn(world, backup);
    let reports: readonly CycleReport[] = [];
    t.strictSame(await writesDuring(world, async () => { reports = await hub.settle(); }), none);
    t.strictSame(shows(desks), before);
    t.strictSame(reports.flatMap(({ notes }) => notes.filter(({ rule }) => rule === 'S14b').map(({ field }) => field)).length, 3, 'two values of the known pair, one entry for the new one');
    t.equal(await restoredCount(hub), 1, 'the known record waits; the new pair was never in the backup');
    hub.restart();
    await staysQuiet(t, hub);
    const session = await hub.session();
    const [entity = ''] = session.index.restored;
    t.type(await decide(session, entity as never, 'right', 'jobTitle'), 'object');
    await hub.settle();
    t.ok(shows(desks).every((desk) => desk.includes('1=edited on top of it')));
    t.equal(await restoredCount(hub), 0);
    desks.orocrm.edit(desks.orocrm.idOf(6), 'Cook');
    await hub.settle();
    t.ok(desks.outlook.show().includes('6=Cook'), 'an edit decides as well');
  });
}

t.test('D9 A9 one way: an edit that stays in Outlook is not swept away because a backup knows the source\'s last change as new', async (t) => {
  const { world, desks, disk } = await backedUpWorld(5, { policy: { direction: 'left-to-right' } });
  world.oro.admin.updateContact(Number(desks.orocrm.idOf(1)), { description: 'of OroCRM' });
  await world.settle();
  const backup = disk.copy();
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  desks.orocrm.make(6, 'Baker');
  await world.settle();
  world.graph.admin.updateContact(desks.outlook.idOf(1), { personalNotes: 'mine' });
  desks.outlook.edit(desks.outlook.idOf(6), 'Miller');
  await world.settle();
  const hub = restoredOn(world, backup);
  t.strictSame(await writesDuring(world, hub.settle), none);
  t.match(world.graph.admin.listContacts().find(({ id }) => id === desks.outlook.idOf(1)), { personalNotes: 'mine', jobTitle: 'Poet' });
  t.ok(desks.outlook.show().includes('6=Miller'));
});

t.test('D9 two restores in a row, of the same backup and of what came of it', async (t) => {
  const { world, desks, disk } = await backedUpWorld(7);
  const backup = disk.copy();
  const again = disk.copy();
  aDay(desks);
  world.clock.now += 20 * 60_000;
  await world.settle();
  const before = shows(desks);
  const first = restoredOn(world, backup);
  t.strictSame(await writesDuring(world, async () => { await first.cycle(); }), none);
  for (const disk of [again, backup.copy()]) {
    const hub = restoredOn(world, disk);
    t.strictSame(await writesDuring(world, hub.settle), none);
    t.strictSame(shows(desks), before);
    t.equal((await hub.summary()).linked.contact, 8);
    t.equal(await restoredCount(hub), 0);
  }
  t.equal((await (await restoredOn(world, backup.copy().copy()).session()).store.get('state', 'generation')), 4);
});

t.test('D9 a data folder that was merely moved: one complete read, one alert, no write, and nothing waits', async (t) => {
  for (const direction of ['both-ways', 'left-to-right', 'right-to-left'] as const) {
    const { world, desks, disk } = await backedUpWorld(5, { policy: { direction } });
    const hub = restoredOn(world, disk.copy());
    const before = changing(world);
    const preview = await hub.cycle({ preview: true });
    t.strictSame([preview.planned, preview.notes], [[], []], 'a preview changes nothing');
    const [first] = await hub.settle();
    t.strictSame(first?.notes.map(({ what, rule }) => [what, rule]), [['alert', 'D9']]);
    t.strictSame(changing(world), before);
    hub.restart();
    await staysQuiet(t, hub);
    t.equal(await restoredCount(hub), 0);
    t.equal(desks.outlook.show().length, 5);
  }
});

t.test('D9 D8 a purge that was confirmed before the backup is not done after it, in the literal profile', async (t) => {
  const { world, desks, disk } = await backedUpWorld(5, { policy: classicPolicy });
  const asked = await resync(await world.session());
  t.equal(asked.status, 'asking');
  const confirmed = asked.status === 'asking' ? await resync(await world.session(), { confirmed: asked.purge.approval }) : asked;
  t.equal(confirmed.status, 'purging');
  const hub = restoredOn(world, disk.copy());
  t.strictSame(await writesDuring(world, hub.settle), none);
  t.strictSame(shows(desks).map(({ length }) => length), [5, 5]);
});
