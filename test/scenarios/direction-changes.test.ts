import t, { type Test } from 'tap';
import type { Kind } from '@syncline/core';
import { decide, type CycleReport, type Note } from '@syncline/engine';
import { desksOf, historyOf, linkedWorld, markOf, none, writesDuring, type Desks } from '../support/desks.ts';
import { hubWorld, type HubWorld } from '../support/hub-world.ts';
import { loseAnswer } from '../support/services.ts';
import { set } from '../support/settings-api.ts';
import { twoServices, type TwoServices } from '../support/two-services.ts';
import { only, setPolicy, staysQuiet } from '../support/watch.ts';

const kinds: readonly Kind[] = ['contact', 'task', 'event'];

const listNotes = ({ notes }: CycleReport): readonly Note[] => notes.filter(({ rule, approval }) => rule === 'S14b' && approval !== undefined);

/** The name of the list as a preview tells it; a preview changes nothing. */
async function listed(world: TwoServices): Promise<string | undefined> {
  return listNotes(await world.cycle({ preview: true }))[0]?.approval;
}

/** The first cycle after a change of direction: writes nothing, and tells the list. */
async function firstCycle(t: Test, world: TwoServices): Promise<Note> {
  let report: CycleReport | undefined;
  t.strictSame(await writesDuring(world, async () => { report = await world.cycle(); }), none, 'nothing flows unasked');
  const [note, second] = report === undefined ? [] : listNotes(report);
  t.equal(second, undefined, 'one entry');
  if (note?.approval === undefined) throw new Error(`nothing is listed: ${JSON.stringify(report?.notes)}`);
  return note;
}

const value = (desk: Desks['orocrm'], who: number): string => desk.show().find((row) => row.startsWith(`${who}=`))?.slice(2) ?? 'nothing';

for (const kind of kinds) for (const next of ['both-ways', 'right-to-left'] as const) {
  t.test(`S14b A9 ${kind}: what was edited in Outlook is listed once when ${next} begins, and flows to OroCRM once approved`, async (t) => {
    const { world, desks } = await linkedWorld(3, { policy: { direction: 'left-to-right' } }, kind);
    desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
    desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
    await world.settle();
    setPolicy(world, { direction: next });
    const planned = await world.cycle({ preview: true });
    t.equal(listNotes(planned).length, 1, 'a preview tells it too, and does not use it up');
    const note = await firstCycle(t, world);
    t.match(note, { what: 'held', count: 2 });
    t.match(note.message, kind === 'contact' ? /No1: jobTitle/ : /title|subject/, 'with samples');
    t.equal(note.approval, listNotes(planned)[0]?.approval);
    t.match(planned.planned.map(({ side, op, waits, rules }) => [side, op, waits, ...rules]), [1, 2].map(() => ['left', 'update', note.approval, next === 'both-ways' ? 'C6' : 'B8']));
    for (const restarts of [false, true]) {
      if (restarts) world.restart();
      t.strictSame(listNotes(await world.cycle()), [], 'told once, also over a restart');
      await staysQuiet(t, world);
      t.equal(await listed(world), note.approval, 'and not forgotten');
    }
    t.strictSame(await writesDuring(world, () => world.cycle({ approved: ['another name'] })), none);
    const report = await world.cycle({ approved: [note.approval ?? ''] });
    t.strictSame([report.writes, value(desks.orocrm, 1), value(desks.orocrm, 2)], [{ left: 2, right: 0 }, 'Poet', 'Nurse']);
    t.equal((await historyOf(world)).filter(({ op, side, before }) => op === 'update' && side === 'left' && before !== undefined).length, 2, 'G3 what was replaced is in history');
    t.equal(await listed(world), undefined);
    await staysQuiet(t, world);
  });
}

for (const wins of ['left', 'right'] as const) {
  t.test(`S14b C7 C8 one field edited on both sides in two times of one direction (${wins} wins)`, async (t) => {
    const { world, desks } = await linkedWorld(3, { policy: { direction: 'left-to-right', oneWayRevert: 'on-source-change' } });
    desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
    await world.settle();
    setPolicy(world, { direction: 'right-to-left' });
    await world.settle();
    desks.orocrm.edit(desks.orocrm.idOf(1), 'Baker');
    desks.orocrm.edit(desks.orocrm.idOf(2), 'Nurse');
    await world.settle();
    setPolicy(world, { direction: 'both-ways', precedence: wins === 'left' ? ['left', 'right'] : ['right', 'left'] });
    const note = await firstCycle(t, world);
    const report = await world.cycle({ approved: [note.approval ?? ''] });
    const [won, lost] = wins === 'left' ? ['Baker', 'Poet'] : ['Poet', 'Baker'];
    t.strictSame([value(desks.orocrm, 1), value(desks.outlook, 1)], [won, won]);
    t.equal(value(desks.outlook, 2), 'Nurse', 'B7 waited: one side alone is an edit of OroCRM');
    t.match(report.notes.filter(({ what }) => what === 'conflict'), [{ rule: wins === 'left' ? 'C7' : 'C8' }]);
    t.ok((await historyOf(world)).some(({ op, before }) => op === 'told' && before?.['jobTitle'] === lost), 'G3 the other one is in history');
    await staysQuiet(t, world);
  });
}

t.test('S14b history 28 a verdict that waited for OroCRM: given up while nothing may be written there, offered when it may', async (t) => {
  const { world, desks } = await linkedWorld(3);
  desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
  world.oro.admin.faults.add({ match: { method: 'PATCH' }, action: { type: 'status', status: 503, retryAfterSeconds: 20 } });
  await world.cycle();
  setPolicy(world, { direction: 'left-to-right' });
  const forbidden = await firstCycle(t, world);
  t.match((await world.cycle({ preview: true })).planned.map(({ side, waits }) => [side, waits]), [['right', forbidden.approval]], 'one way OroCRM\'s value would count');
  setPolicy(world, { direction: 'both-ways' });
  const note = await firstCycle(t, world);
  t.strictSame(await writesDuring(world, () => world.cycle({ approved: [forbidden.approval ?? ''] })), none, 'the other list was another plan');
  await world.cycle({ approved: [note.approval ?? ''] });
  t.strictSame([value(desks.orocrm, 1), value(desks.outlook, 1)], ['Poet', 'Poet']);
});

t.test('S14b an edit takes its field off the list and flows; the rest stays, under another name', async (t) => {
  const { world, desks } = await linkedWorld(3, { policy: { direction: 'left-to-right' } });
  desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
  desks.outlook.edit(desks.outlook.idOf(2), 'Nurse');
  await world.settle();
  setPolicy(world, { direction: 'both-ways' });
  const both = await firstCycle(t, world);
  desks.orocrm.edit(desks.orocrm.idOf(1), 'Baker');
  const [again] = listNotes(await world.cycle());
  t.strictSame([value(desks.orocrm, 1), value(desks.outlook, 1)], ['Baker', 'Baker'], 'an ordinary change');
  t.match(again, { count: 1 });
  t.not(again?.approval, both.approval);
  world.oro.admin.updateContact(Number(desks.orocrm.idOf(2)), { description: 'another field' });
  await world.settle();
  t.equal(await listed(world), again?.approval, 'an edit of another field leaves it');
  t.strictSame(await writesDuring(world, () => world.cycle({ approved: [both.approval ?? ''] })), none, 'history 19 the name of before is void');
  await world.cycle({ approved: [again?.approval ?? ''] });
  t.equal(value(desks.orocrm, 2), 'Nurse');
});

t.test('S14b the direction of before empties the list, and everything is as it was', async (t) => {
  const { world, desks } = await linkedWorld(3, { policy: { direction: 'left-to-right' } });
  desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
  desks.outlook.make(4, 'Miller');
  await world.settle();
  setPolicy(world, { direction: 'both-ways' });
  t.match(await firstCycle(t, world), { count: 2 });
  setPolicy(world, { direction: 'left-to-right' });
  t.strictSame(await writesDuring(world, () => world.cycle()), none);
  t.equal(await listed(world), undefined);
  t.strictSame((await world.cycle({ preview: true })).planned, []);
  await staysQuiet(t, world);
  setPolicy(world, { direction: 'both-ways' });
  t.match(await firstCycle(t, world), { count: 2 }, 'and the next change lists it again');
});

for (const kind of kinds) for (const [direction, next, there, missing] of [
  ['left-to-right', 'both-ways', 'outlook', 'orocrm'], ['left-to-right', 'right-to-left', 'outlook', 'orocrm'],
  ['right-to-left', 'both-ways', 'orocrm', 'outlook'], ['right-to-left', 'left-to-right', 'orocrm', 'outlook'],
] as const) {
  t.test(`S14b ${kind}: what ${direction} never made in ${missing} is not made unasked when ${next} begins`, async (t) => {
    const { world, desks } = await linkedWorld(3, { policy: { direction } }, kind);
    desks[there].make(4, 'Miller');
    desks[there].make(5, 'Baker');
    await world.settle();
    setPolicy(world, { direction: next });
    desks[there].make(6, 'Cook');
    const report = await world.cycle();
    t.strictSame(desks[missing].show().length, 4, 'one that is new is an ordinary one');
    t.equal(value(desks[missing], 6), 'Cook');
    t.match(listNotes(report), [{ count: 2, message: /on one side only/ }]);
    if (there === 'orocrm') world.oro.admin.recalculateActivity();
    await staysQuiet(t, world, 'A15 a touch takes nothing off the list');
    desks[there].edit(desks[there].idOf(5), 'Singer');
    await world.settle();
    t.equal(value(desks[missing], 5), 'Singer', 'an edit does');
    t.equal(value(desks[missing], 4), 'nothing');
    const approved = [(await listed(world)) ?? ''];
    await world.cycle({ approved });
    t.equal(value(desks[missing], 4), 'Miller');
    t.strictSame(desks.orocrm.show(), desks.outlook.show());
    if (kind !== 'task') t.equal(markOf((kind === 'contact' ? world.graph.admin.listContacts() : world.graph.admin.listEvents()).find(({ id }) => id === desks.outlook.idOf(4))), desks.orocrm.idOf(4), 'K2 with its marker');
    await staysQuiet(t, world);
  });
}

for (const next of ['both-ways', 'left-to-right'] as const) for (const answer of ['approve', 'delete', 'edit'] as const) {
  t.test(`S14b B9 deleted in Outlook while OroCRM was not to follow, then ${next}: offered, and ${answer}`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { direction: 'right-to-left' } });
    desks.outlook.remove(desks.outlook.idOf(1));
    await world.settle();
    setPolicy(world, { direction: next });
    const note = await firstCycle(t, world);
    await staysQuiet(t, world);
    t.match((await world.cycle({ preview: true })).planned, [{ op: 'create', side: 'right', rules: ['S14b'], waits: note.approval }]);
    const session = await world.session();
    const [entity] = session.index.listed;
    if (answer === 'approve') await world.cycle({ approved: [note.approval ?? ''] });
    else if (answer === 'edit') desks.orocrm.edit(desks.orocrm.idOf(1), 'Poet');
    else if (entity !== undefined) await decide(session, entity, 'delete');
    await world.settle();
    if (answer === 'delete' && next === 'both-ways') t.strictSame([value(desks.orocrm, 1), value(desks.outlook, 1)], ['nothing', 'nothing'], 'one by one it can be ended too');
    else if (answer === 'delete') t.strictSame([value(desks.orocrm, 1), value(desks.outlook, 1)], ['Analyst', 'nothing'], 'A13 nothing is deleted in OroCRM');
    else t.strictSame([value(desks.orocrm, 1), value(desks.outlook, 1)], answer === 'edit' ? ['Poet', 'Poet'] : ['Analyst', 'Analyst']);
    await staysQuiet(t, world);
  });
}

for (const next of ['both-ways', 'right-to-left'] as const) {
  t.test(`S14b A12 deleted in OroCRM while Outlook was not to follow, then ${next}: no list deletes it, a person is asked by itself`, async (t) => {
    const { world, desks } = await linkedWorld(4, { policy: { direction: 'left-to-right' } });
    desks.orocrm.remove(desks.orocrm.idOf(1));
    desks.outlook.edit(desks.outlook.idOf(2), 'Poet');
    world.clock.now += 20 * 60_000;
    await world.settle();
    setPolicy(world, { direction: next });
    const note = await firstCycle(t, world);
    t.match(note, { count: 1 });
    await world.cycle({ approved: [note.approval ?? ''] });
    await world.settle();
    t.strictSame([value(desks.outlook, 1), value(desks.orocrm, 1), value(desks.orocrm, 2)], ['Analyst', 'nothing', 'Poet']);
  });
}

t.test('S14b G8 nothing that never was erases nothing; what a person emptied is emptied', async (t) => {
  const world = twoServices({ policy: { direction: 'left-to-right' } });
  const never = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const emptied = world.oro.admin.createContact({ firstName: 'Grace', lastName: 'Hopper', jobTitle: 'Admiral' });
  world.graph.admin.createContact({ givenName: 'Ada', middleName: 'A.', surname: 'Byron', jobTitle: 'Poet' });
  await world.settle();
  const grace = world.graph.admin.listContacts().find(({ surname }) => surname === 'Hopper');
  world.graph.admin.updateContact(grace?.id ?? '', { jobTitle: '' });
  await world.settle();
  setPolicy(world, { direction: 'both-ways' });
  const note = await firstCycle(t, world);
  await world.cycle({ approved: [note.approval ?? ''] });
  await world.settle();
  t.match(world.oro.admin.listContacts().find(({ id }) => id === never.id), { jobTitle: 'Poet', firstName: 'Ada' });
  t.match(world.graph.admin.listContacts().find(({ surname }) => surname === 'Byron'), { jobTitle: 'Poet', middleName: 'A.' });
  t.equal(world.oro.admin.listContacts().find(({ id }) => id === emptied.id)?.jobTitle ?? '', '');
  await staysQuiet(t, world);
});

t.test('S14b D11 who approved the list is not asked once more about how much it overwrites', async (t) => {
  const { world, desks } = await linkedWorld(28, { policy: { direction: 'left-to-right' } });
  for (let who = 1; who <= 25; who += 1) desks.outlook.edit(desks.outlook.idOf(who), 'Poet');
  await world.settle();
  setPolicy(world, { direction: 'both-ways' });
  const note = await firstCycle(t, world);
  const report = await world.cycle({ go: false, approved: [note.approval ?? ''] });
  t.strictSame([report.writes.left, report.notes.filter(({ rule }) => rule === 'D11')], [25, []]);
  t.equal(desks.orocrm.show().filter((row) => row.endsWith('=Poet')).length, 25);
});

t.test('S14b S7 a kind that is switched off stays listed until it is switched on', async (t) => {
  const { world, desks } = await linkedWorld(3, { policy: { direction: 'left-to-right' } }, 'task');
  desks.outlook.edit(desks.outlook.idOf(1), 'Call');
  await world.settle();
  Object.assign(world.settings, { kinds: ['contact', 'event'] });
  setPolicy(world, { direction: 'both-ways' });
  t.strictSame(listNotes(await world.cycle()), []);
  Object.assign(world.settings, { kinds: ['contact', 'task', 'event'] });
  world.restart();
  const note = await firstCycle(t, world);
  await world.cycle({ approved: [note.approval ?? ''] });
  t.equal(value(desks.orocrm, 1), 'Call');
});

t.test('S14b R4 the hub dies while it carries out what was approved: it is done, once', async (t) => {
  const { world, desks } = await linkedWorld(3, { policy: { direction: 'left-to-right' } });
  desks.outlook.edit(desks.outlook.idOf(1), 'Poet');
  desks.outlook.make(4, 'Miller');
  await world.settle();
  setPolicy(world, { direction: 'both-ways' });
  const note = await firstCycle(t, world);
  const lost = loseAnswer(world, 'orocrm', (method) => method === 'POST');
  await world.cycle({ approved: [note.approval ?? ''] });
  t.equal(lost(), 1);
  world.restart();
  await world.settle();
  t.strictSame(desks.orocrm.show(), desks.outlook.show());
  t.equal(desksOf(world, 'contact').orocrm.show().length, 4);
});

t.test('S14b through the hub: one alert, the plan on request, and the approval over the API', async (t) => {
  const world = await hubWorld({ direction: 'orocrm-to-outlook' });
  t.teardown(() => world.hub.close());
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  await world.start();
  world.graph.admin.updateContact(only(world.graph.admin.listContacts()).id, { jobTitle: 'Poet' });
  await world.pass(40);
  const alerts = (): number => world.events.filter((event) => event.type === 'alert' && event.alert.message.includes('since the direction changed')).length;
  t.equal((await set(world, { direction: 'bidirectional' })).status, 200);
  await world.pass(300);
  t.equal(alerts(), 1);
  t.equal(only(world.oro.admin.listContacts()).jobTitle, 'Analyst');
  const { plans } = await post<{ readonly plans: readonly { readonly sentence: string; readonly planned: readonly { readonly waits?: string; readonly label: string; readonly side: string }[] }[] }>(world, 'preview', {});
  t.match(plans, [{ sentence: 'A preview: 0 writes planned, 1 more only once approved, nothing was written.', planned: [{ label: 'Ada Byron', side: 'orocrm', waits: /^[0-9a-z]{12}$/ }] }]);
  await post(world, 'approve', { user: world.status().user, approved: [plans[0]?.planned[0]?.waits] });
  await world.rest();
  t.equal(only(world.oro.admin.listContacts()).jobTitle, 'Poet');
});

async function post<T>({ hub }: HubWorld, path: string, payload: object): Promise<T> {
  const answer = await hub.app.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: { host: '127.0.0.1:7420', authorization: `Bearer ${hub.ownToken}` } });
  return answer.json<T>();
}
