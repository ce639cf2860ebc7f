import t from 'tap';
import { defaultDeleteLimits, defaultGuards, safePolicy, type Guards, type Policy } from '@syncline/core';
import { resync, type CycleReport } from '@syncline/engine';
import { historyOf, linkedWorld, markOf, none, writesDuring } from '../support/desks.ts';
import { twoServices } from '../support/two-services.ts';

// Section 10 of the specification: each switch by itself, all others as in `safe`.

const alone = (change: Partial<Policy>): Partial<Policy> => ({ ...safePolicy, ...change });
const three = ['2=Analyst', '3=Analyst', '4=Analyst'];

for (const [granularity, expected] of [['field', ['Poet', 'new notes']], ['record', ['Poet', '']]] as const) {
  t.test(`C9 conflict.granularity ${granularity}: job title here, notes there`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: alone({ granularity }) });
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    world.graph.admin.updateContact(desks.outlook.idOf(1), { personalNotes: 'new notes' });
    await world.settle();
    const item = world.graph.admin.getContact(desks.outlook.idOf(1));
    t.strictSame([item?.['jobTitle'], item?.['personalNotes'] ?? ''], expected);
    const record = world.oro.admin.contact(Number(desks.orocrm.idOf(1)));
    t.equal(record?.jobTitle, 'Poet');
    t.equal(record?.description?.includes('new notes') ?? false, granularity === 'field');
    if (granularity === 'record') t.ok((await historyOf(world)).some((row) => JSON.stringify(row.before ?? {}).includes('new notes')), 'the other edit is in history');
  });
}

for (const [deleteVsEdit, direction, precedence, expected] of [
  ['by-policy', 'both-ways', ['right', 'left'], ['1=Nurse', ...three]],
  ['delete-wins', 'both-ways', ['right', 'left'], three],
  ['by-policy', 'both-ways', ['left', 'right'], three],
  ['delete-wins', 'both-ways', ['left', 'right'], three],
  ['by-policy', 'right-to-left', ['left', 'right'], ['1=Nurse', ...three]],
  ['delete-wins', 'right-to-left', ['left', 'right'], three],
] as const) {
  t.test(`C14 B10 deleteVsEdit ${deleteVsEdit} (${direction}, ${precedence[0]} wins): deleted in OroCRM, edited in Outlook`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: alone({ deleteVsEdit, direction, precedence }) });
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    desks.orocrm.remove(desks.orocrm.idOf(1));
    await world.settle();
    t.strictSame([desks.orocrm.show(), desks.outlook.show()], [expected, expected]);
    t.ok(expected.length === 4 || (await historyOf(world)).some((row) => JSON.stringify(row).includes('Nurse')), 'G3 what is deleted is kept');
  });
}

for (const direction of ['left-to-right', 'both-ways'] as const) {
  for (const emptyOverwrites of [false, true]) {
    t.test(`A7 C2 firstMatch.emptyOverwrites ${emptyOverwrites} (${direction}): OroCRM has nothing where Outlook has something`, async (t) => {
      const world = twoServices({ policy: alone({ direction, emptyOverwrites }) });
      const { id } = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
      const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Nurse', personalNotes: 'met in Rome' }).id;
      await world.settle();
      const shown = world.graph.admin.getContact(item);
      t.equal(shown?.['jobTitle'], 'Analyst', 'what is not empty replaces in any case');
      t.equal(shown?.['personalNotes'] ?? '', emptyOverwrites ? '' : 'met in Rome');
      t.equal(world.oro.admin.contact(id)?.description?.includes('met in Rome') ?? false, direction === 'both-ways' && !emptyOverwrites, 'C2 both ways the safe profile fills OroCRM');
      if (emptyOverwrites) t.ok((await historyOf(world)).some((row) => JSON.stringify(row.before ?? {}).includes('met in Rome')), 'G3');
      world.clock.now += 16 * 60_000;
      world.oro.admin.updateContact(id, { jobTitle: null });
      await world.settle();
      t.equal(world.graph.admin.getContact(item)?.['jobTitle'] ?? '', '', 'A7s from then on emptying is a change like any other');
    });
  }
}

for (const matchBeforeCreate of [true, false]) {
  t.test(`B2 outlookToOro.matchBeforeCreate ${matchBeforeCreate}: an unmarked item of the same key`, async (t) => {
    for (const direction of ['right-to-left', 'left-to-right', 'both-ways'] as const) {
      const world = twoServices({ policy: alone({ direction, matchBeforeCreate }) });
      world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
      world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Nurse' });
      await world.settle();
      const isDoubled = direction === 'right-to-left' && !matchBeforeCreate;
      t.equal(world.oro.admin.listContacts().length, isDoubled ? 2 : 1, direction);
      t.equal(world.graph.admin.listContacts().length, 1, direction);
      t.equal((await world.summary()).linked.contact, 1, direction);
    }
  });
}

for (const matchWithoutName of [true, false]) {
  t.test(`K7 keys.matchWithoutName ${matchWithoutName}: no name on either side, the rest of the key agrees`, async (t) => {
    const world = twoServices({ policy: alone({ matchWithoutName }) });
    world.oro.admin.createContact({ emails: ['info@example.com'], birthday: '1985-12-10' });
    world.graph.admin.createContact({ emailAddresses: [{ name: '', address: 'office@example.com' }], birthday: '1985-12-10T11:59:00Z' });
    await world.settle();
    t.strictSame([world.oro.admin.listContacts().length, world.graph.admin.listContacts().length], matchWithoutName ? [1, 1] : [2, 2]);
  });
}

for (const direction of ['left-to-right', 'both-ways'] as const) {
  t.test(`A10 C11 outlookDeletion recreate (${direction}): created again in the cycle that notices it`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: alone({ direction, rightDeletion: 'recreate' }) });
    desks.outlook.remove(desks.outlook.idOf(1));
    t.strictSame(await writesDuring(world, world.cycle), { orocrm: 0, outlook: 1 });
    t.strictSame(desks.outlook.show(), ['1=Analyst', ...three]);
    t.equal(markOf(world.graph.admin.getContact(desks.outlook.idOf(1))), desks.orocrm.idOf(1));
  });

  t.test(`A10 C11 outlookDeletion ignore (${direction}): not created again until OroCRM's record changes`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: alone({ direction, rightDeletion: 'ignore' }) });
    desks.outlook.remove(desks.outlook.idOf(1));
    t.strictSame(await writesDuring(world, world.settle), none);
    world.clock.now += 60 * 60_000;
    world.restart();
    t.strictSame(await writesDuring(world, world.settle), none, 'nor later');
    t.strictSame([desks.orocrm.show(), desks.outlook.show()], [['1=Analyst', ...three], three]);
    world.oro.admin.recalculateActivity();
    t.strictSame(await writesDuring(world, world.settle), none, 'nor when it is merely touched (G4)');
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    await world.settle();
    t.strictSame([desks.orocrm.show()[0], desks.outlook.show()[0]], ['1=Poet', '1=Poet']);
    desks.outlook.edit(desks.outlook.idOf(1), 'Nurse');
    await world.settle();
    t.equal(desks.orocrm.show()[0], direction === 'both-ways' ? '1=Nurse' : '1=Poet', 'linked again');
    t.equal(desks.orocrm.show().length, 4);
  });
}

t.test('C11 outlookDeletion propagate: deleted in OroCRM, with a copy (D6)', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: alone({ rightDeletion: 'propagate' }) });
  const id = desks.orocrm.idOf(1);
  desks.outlook.remove(desks.outlook.idOf(1));
  t.strictSame(await writesDuring(world, world.settle), { orocrm: 1, outlook: 0 });
  t.strictSame([desks.orocrm.show(), desks.outlook.show()], [three, three]);
  t.match((await historyOf(world)).find(({ op }) => op === 'delete'), { side: 'left', id, native: { record: { jobTitle: 'Analyst' } } });
});

t.test('C11 D2 outlookDeletion propagate is guarded: 3 of 4 wait for approval', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: alone({ rightDeletion: 'propagate' }) });
  for (const who of [1, 2, 3]) desks.outlook.remove(desks.outlook.idOf(who));
  let reports: readonly CycleReport[] = [];
  t.strictSame(await writesDuring(world, async () => { reports = await world.settle(); }), none);
  t.match(reports[0]?.notes.find(({ rule }) => rule === 'D2'), { side: 'left', message: /3 of 4/ });
  t.equal(desks.orocrm.show().length, 4);
});

t.test('C11 outlookDeletion propagate: what OroCRM changed meanwhile is not lost', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: alone({ rightDeletion: 'propagate' }) });
  desks.outlook.remove(desks.outlook.idOf(1));
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  await world.settle();
  const kept = desks.orocrm.show().includes('1=Poet') || (await historyOf(world)).some((row) => JSON.stringify(row).includes('Poet'));
  t.ok(kept, desks.orocrm.show().join());
});

t.test('A13 outlookDeletion propagate never writes to OroCRM where the direction forbids it', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: alone({ direction: 'left-to-right', rightDeletion: 'propagate' }) });
  desks.outlook.remove(desks.outlook.idOf(1));
  const writes = await writesDuring(world, world.settle);
  t.equal(writes.orocrm, 0);
  t.equal(desks.orocrm.show().length, 4);
});

t.test('B7 oneWayRevert immediately: an edit in OroCRM is reverted in the cycle that notices it, kept and reported', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: alone({ direction: 'right-to-left', oneWayRevert: 'immediately' }) });
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  const report = await world.cycle();
  t.equal(desks.orocrm.show()[0], '1=Analyst');
  t.match(report.notes, [{ rule: 'B7', message: /reverted by direction/ }]);
  t.ok((await historyOf(world)).some((row) => row.before?.['jobTitle'] === 'Poet'), 'G3');
});

t.test('B7 oneWayRevert onSourceChange: it stands until the Outlook item is examined again', async (t) => {
  const { world, desks } = await linkedWorld(4, { policy: alone({ direction: 'right-to-left', oneWayRevert: 'on-source-change' }) });
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
  t.strictSame(await writesDuring(world, world.settle), none);
  t.equal(desks.orocrm.show()[0], '1=Poet');
  world.graph.admin.updateContact(desks.outlook.idOf(1), { personalNotes: 'new notes' });
  await world.settle();
  const record = world.oro.admin.contact(Number(desks.orocrm.idOf(1)));
  t.equal(record?.jobTitle, 'Analyst', 'reverted with the change of the source');
  t.match(record?.description, /new notes/);
  t.ok((await historyOf(world)).some((row) => row.before?.['jobTitle'] === 'Poet'), 'G3');
});

for (const touchCounts of [true, false]) {
  t.test(`A5 oroToOutlook.touchCounts ${touchCounts}: touched in OroCRM, edited in Outlook`, async (t) => {
    for (const direction of ['left-to-right', 'both-ways', 'right-to-left'] as const) {
      const { world, desks } = await linkedWorld(4, { policy: alone({ direction, touchCounts }) });
      world.graph.admin.updateContact(desks.outlook.idOf(1), { personalNotes: 'met in Rome', jobTitle: 'Nurse' });
      await world.settle();
      const others = direction === 'left-to-right' ? 'Analyst' : 'Nurse';
      t.equal(desks.orocrm.show()[0], `1=${others}`, direction);
      world.clock.now += 60_000;
      world.oro.admin.updateContact(Number(desks.orocrm.idOf(1)), { skype: 'ada' });
      const counts = touchCounts && direction === 'left-to-right';
      t.strictSame(await writesDuring(world, world.settle), { orocrm: 0, outlook: counts ? 1 : 0 }, direction);
      const item = world.graph.admin.getContact(desks.outlook.idOf(1));
      t.equal(item?.['jobTitle'], counts ? 'Analyst' : 'Nurse', direction);
      t.equal(item?.['personalNotes'], 'met in Rome', 'G8 where OroCRM has nothing it erases nothing');
      if (counts) t.ok((await historyOf(world)).some(({ rule, before }) => rule === 'A5' && before?.['jobTitle'] === 'Nurse'), 'G3');
    }
  });
}

for (const mode of ['relink', 'purge'] as const) {
  t.test(`A6 B3 D8 resync.mode ${mode}: what a person who asks for a resynchronization is told, and gets`, async (t) => {
    for (const direction of ['left-to-right', 'both-ways', 'right-to-left'] as const) {
      const { world, desks } = await linkedWorld(4, { policy: alone({ direction, resync: mode }) });
      const before = world.graph.admin.listContacts().map(({ id }) => id).sort();
      const answer = await resync(await world.session());
      t.equal(answer.status, mode === 'purge' ? 'asking' : 'reading');
      await world.settle();
      t.strictSame(world.graph.admin.listContacts().map(({ id }) => id).sort(), before, 'asking deletes nothing');
      if (!('purge' in answer)) continue;
      await resync(await world.session(), { confirmed: answer.purge.approval });
      await world.settle();
      t.notOk(world.graph.admin.listContacts().some(({ id }) => before.includes(id)));
      t.strictSame([desks.orocrm.show(), desks.outlook.show()], [['1=Analyst', ...three], direction === 'right-to-left' ? [] : ['1=Analyst', ...three]]);
    }
  });
}

/** So many people linked, with guards other than the usual ones. */
async function guardedWorld(links: number, guards: Partial<Guards>): Promise<Awaited<ReturnType<typeof linkedWorld>>> {
  const { world, desks } = await linkedWorld(links, { policy: alone({}) });
  Object.assign(world.settings, { guards: { ...defaultGuards, ...guards } });
  world.restart();
  return { world, desks };
}

const notesOf = (reports: readonly CycleReport[], rule: string) => reports.flatMap(({ notes }) => notes.filter((note) => note.rule === rule));
const who = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

for (const [removed, links, deletes, waits] of [
  [4, 6, { ...defaultDeleteLimits, most: { count: 5, share: 0.5 } }, false],
  [4, 6, defaultDeleteLimits, true],
  [1, 6, { ...defaultDeleteLimits, many: { count: 1, share: 0.1 } }, true],
] as const) {
  t.test(`D2 with limits ${JSON.stringify(deletes)}: ${removed} of ${links} deletions ${waits ? 'wait' : 'are done'}`, async (t) => {
    const { world, desks } = await guardedWorld(links, { deletes });
    for (const number of who(removed)) desks.orocrm.remove(desks.orocrm.idOf(number));
    const [report] = await world.settle();
    t.equal(notesOf([report as CycleReport], 'D2').length, waits ? 1 : 0);
    t.equal(desks.outlook.show().length, links - (waits ? 0 : removed));
  });
}

for (const [all, waits] of [[{ count: 3 }, false], [{ count: 2 }, true]] as const) {
  t.test(`D2 where deleting all waits from ${all.count} on: the last of two ${waits ? 'waits' : 'is deleted'}`, async (t) => {
    const { world, desks } = await guardedWorld(2, { deletes: { ...defaultDeleteLimits, all } });
    for (const number of [1, 2]) {
      desks.orocrm.remove(desks.orocrm.idOf(number));
      await world.settle();
    }
    t.equal(desks.outlook.show().length, waits ? 1 : 0);
  });
}

t.test('D2 guards.massDelete off: done in the cycle that notices it, with one line of the report; D3 stands all the same', async (t) => {
  const { world, desks } = await guardedWorld(6, { massDelete: 'off' });
  for (const number of who(5)) desks.orocrm.remove(desks.orocrm.idOf(number));
  const reports = await world.settle();
  t.equal(desks.outlook.show().length, 1);
  t.match(notesOf(reports, 'D2'), [{ what: 'alert', count: 5, message: /5 of 6 .*guards\.massDelete is off/ }]);
  t.equal((await historyOf(world)).filter(({ op, native }) => op === 'delete' && native !== undefined).length, 5, 'D6');
  const empty = await guardedWorld(4, { massDelete: 'off' });
  for (const number of who(4)) empty.desks.orocrm.remove(empty.desks.orocrm.idOf(number));
  t.match(notesOf(await empty.world.settle(), 'D3')[0], { what: 'alert' });
  t.equal(empty.desks.outlook.show().length, 4);
});

for (const [changed, links, guards, done] of [
  [20, 28, {}, 0],
  [20, 28, { massOverwrite: 'off' }, 20],
  [20, 28, { overwrites: { count: 21, share: 0.3 } }, 20],
  [20, 28, { overwrites: { count: 20, share: 0.8 } }, 20],
  [2, 4, { overwrites: { count: 2, share: 0.3 } }, 0],
  [2, 4, {}, 2],
] as const) {
  t.test(`D11 with ${JSON.stringify(guards)}: values of ${changed} of ${links} records ${done === 0 ? 'wait' : 'are replaced'}`, async (t) => {
    const { world, desks } = await guardedWorld(links, guards);
    for (const number of who(changed)) desks.orocrm.edit(desks.orocrm.idOf(number), 'Migrated');
    const report = await world.cycle({ trigger: 'interval', go: false });
    t.equal(desks.outlook.show().filter((row) => row.endsWith('=Migrated')).length, done);
    const isOff = 'massOverwrite' in guards;
    t.match(notesOf([report], 'D11'), isOff ? [{ what: 'alert', message: /guards\.massOverwrite is off/ }] : done === 0 ? [{ what: 'held', approval: /./ }] : []);
    t.equal(notesOf([report], 'D11').length, isOff || done === 0 ? 1 : 0);
  });
}
