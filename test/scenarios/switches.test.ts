import t from 'tap';
import { safePolicy, type Policy } from '@syncline/core';
import type { CycleReport } from '@syncline/engine';
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
