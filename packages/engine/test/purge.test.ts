import t from 'tap';
import { isPresent, type Json } from '@syncline/connector';
import { classicPolicy, parseEntityId, type Policy } from '@syncline/core';
import { MemoryDisk, memoryStore } from '@syncline/store';
import { openSession, readAgain, restore, resync, runCycle, undo, type BoundSide, type HistoryRow, type Session, type UserStore } from '../src/index.ts';
import { unlitFuse, workWith, type Fuse } from './fuse.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

const names = ['Ada', 'Bob', 'Cleo', 'Dora', 'Emil', 'Fay'];

/** Six people and a task, linked; O-made or X-made by the direction. */
async function linkedWorld(policy: Partial<Policy>, store?: UserStore): Promise<TwoSides> {
  const world = await twoSides({ ...classicPolicy, ...policy }, 1, store);
  const source = policy.direction === 'right-to-left' ? world.right : world.left;
  for (const firstName of names) source.create('contact', { firstName, jobTitle: 'Analyst' });
  source.create('task', { subject: 'Call', priority: 'low', status: 'open' });
  await world.settle();
  return world;
}

const open = async (world: TwoSides, wrap?: (side: BoundSide) => BoundSide): Promise<Session> => openSession(await world.bind(wrap), world.store, world.settings, world.env);
const cycle = (session: Session) => runCycle(session, { trigger: 'once', go: true });
const people = (world: TwoSides, side: 'left' | 'right'): readonly string[] => world[side].list('contact').map(({ record }) => `${String(record['firstName'])}=${String(record['jobTitle'])}`).sort();
const all = (job: string): readonly string[] => names.map((name) => `${name}=${job}`);
const itemOf = (world: TwoSides, name: string): string => world.right.list('contact').find(({ record }) => record['firstName'] === name)?.id ?? '';

async function askedFor(session: Session): Promise<string> {
  const answer = await resync(session);
  return answer.status === 'asking' ? answer.purge.approval : '';
}

async function deletedRows(store: UserStore): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for await (const [, row] of store.entries('history')) if ((row as unknown as HistoryRow).op === 'delete') rows.push(row as unknown as HistoryRow);
  return rows;
}

t.test('D8 the number and the name of exactly that set; nothing happens until the name is given back', async (t) => {
  const world = await linkedWorld({});
  const before = world.right.writes();
  const session = await open(world);
  const asked = await resync(session);
  t.match(asked, { status: 'asking', purge: { approval: /./, deletes: { contact: 6, task: 1, event: 0 }, kept: [] } });
  t.strictSame(await resync(session), asked, 'asked twice it is the same');
  t.match(await resync(session, { confirmed: 'another' }), { status: 'void' });
  await cycle(session);
  t.equal(world.right.writes(), before);
  world.left.create('contact', { firstName: 'Gus', jobTitle: 'Analyst' });
  await cycle(session);
  const old = asked.status === 'asking' ? asked.purge.approval : '';
  t.match(await resync(session, { confirmed: old }), { status: 'void', purge: { deletes: { contact: 7, task: 1 } } }, 'one more is another set');
  await cycle(session);
  t.equal(world.right.writes(), before + 1);
  t.match(await resync(session, { confirmed: await askedFor(session) }), { status: 'purging' });
  t.equal(world.right.writes(), before + 1, 'it is a cycle that does it');
});

for (const direction of ['both-ways', 'left-to-right'] as const) {
  t.test(`A6 A3 A4 D2 all marked items go first, then OroCRM's records find an unmarked twin or are created again (${direction})`, async (t) => {
    const world = await linkedWorld({ direction });
    const old = world.right.list('contact').map(({ id }) => id);
    world.right.edit('contact', itemOf(world, 'Bob'), { jobTitle: 'unsynced' });
    world.left.edit('contact', '3', { jobTitle: 'Poet' });
    // Made since the last cycle, with Ada's key.
    const twin = world.right.create('contact', { firstName: 'Ada', jobTitle: 'Nurse' }).id;
    const session = await open(world);
    const confirmed = await askedFor(session);
    await resync(session, { confirmed });
    const preview = await runCycle(session, { trigger: 'preview', preview: true });
    const report = await cycle(session);
    const expected = all('Analyst').map((one) => (one === 'Cleo=Analyst' ? 'Cleo=Poet' : one));
    t.strictSame([people(world, 'left'), people(world, 'right')], [expected, expected]);
    t.notOk(world.right.list('contact').some(({ id }) => old.includes(id)));
    t.ok(world.right.get('contact', twin)?.mark, 'A3 adopted');
    t.strictSame(report.notes.filter(({ rule }) => rule === 'D2' || rule === 'D11'), [], 'confirmed by name, it is not asked about again');
    t.match(report.counts.right, { contact: { deleted: 6, created: 5 }, task: { deleted: 1, created: 1 } });
    t.equal(preview.planned.filter(({ op, rules }) => op === 'delete' && rules.includes('A6')).length, 7, 'R2');
    t.equal(preview.planned.filter(({ op, rules }) => op === 'create' && rules.includes(direction === 'both-ways' ? 'C4' : 'A4')).length, 7);
    t.equal((await cycle(session)).writes.right, 0, 'G2');
    t.match(await resync(session, { confirmed }), { status: 'void' }, 'D8 it was for that run');
    const rows = await deletedRows(world.store);
    t.equal(rows.filter(({ rule }) => rule === 'A6').length, 7);
    t.ok(rows.some(({ native }) => JSON.stringify(native).includes('unsynced')), 'D6 G3');
    world.left.remove('contact', '4');
    world.left.remove('contact', '5');
    const next = await cycle(session);
    t.strictSame([next.notes.filter(({ rule }) => rule === 'D2'), next.counts.right.contact.deleted], [[], direction === 'both-ways' ? 2 : 0], 'nor is it counted against the next day\'s deletions');
  });
}

t.test('B3 B4 from Outlook to OroCRM the marked items go, the records stay, and what is unmarked is created in OroCRM', async (t) => {
  const world = await linkedWorld({ direction: 'right-to-left' });
  world.right.create('contact', { firstName: 'Gus', jobTitle: 'Nurse' });
  world.right.create('contact', { firstName: 'Ada', jobTitle: 'Nurse' });
  const session = await open(world);
  t.match(await resync(session, { confirmed: await askedFor(session) }), { status: 'purging', purge: { deletes: { contact: 6, task: 1 } } });
  await cycle(session);
  t.strictSame(people(world, 'left'), [...all('Analyst'), 'Ada=Nurse', 'Gus=Nurse'].sort(), 'B2 read literally, the other Ada is new');
  t.strictSame(people(world, 'right'), ['Ada=Nurse', 'Gus=Nurse']);
  t.strictSame((await deletedRows(world.store)).map(({ rule }) => rule), Array.from({ length: 7 }, () => 'B3'));
  const writes = world.right.writes();
  for (let round = 0; round < 3; round += 1) await cycle(session);
  await readAgain(session);
  await cycle(session);
  t.equal(world.right.writes(), writes);
  t.strictSame(people(world, 'left').length, 8);
});

t.test('B3 B2s where a key is looked up first, an unmarked item takes the place of the purged one', async (t) => {
  const world = await linkedWorld({ direction: 'right-to-left', matchBeforeCreate: true });
  world.right.create('contact', { firstName: 'Ada', jobTitle: 'Nurse' });
  const session = await open(world);
  await resync(session, { confirmed: await askedFor(session) });
  await cycle(session);
  t.strictSame(people(world, 'left'), ['Ada=Nurse', ...all('Analyst').slice(1)]);
});

t.test('A6s D8 D9 under relink nothing is purged, whatever is asked; nor by any reading again under purge', async (t) => {
  const world = await linkedWorld({ resync: 'relink' });
  const before = world.right.writes();
  const session = await open(world);
  t.match(await resync(session, { purge: true, confirmed: 'x' }), { status: 'refused', reason: /resync\.mode/ });
  t.strictSame(await resync(session), { status: 'reading' });
  const report = await cycle(session);
  t.equal(report.counts.right.contact.examined, 6);
  t.equal(world.right.writes(), before);
  const literally = await linkedWorld({});
  const writes = literally.right.writes();
  const other = await open(literally);
  await readAgain(other);
  await cycle(other);
  t.strictSame(await resync(other, { purge: false }), { status: 'reading' }, 'who asks for no purge gets none');
  await cycle(other);
  t.equal(literally.right.writes(), writes);
});

t.test('D8 a switch that is on relink again when the cycle runs stops a confirmed purge', async (t) => {
  const world = await linkedWorld({});
  const before = world.right.writes();
  const session = await open(world);
  await resync(session, { confirmed: await askedFor(session) });
  const again = await world.reopen(world.store, { resync: 'relink' });
  await again.settle();
  t.equal(world.right.writes(), before);
});

t.test('S7 D8 a kind that is switched off before the cycle runs is not purged, nor when it is on again', async (t) => {
  const world = await linkedWorld({});
  await resync(await open(world), { confirmed: await askedFor(await open(world)) });
  const before = world.right.list('contact').map(({ id }) => id);
  await cycle(await openSession(await world.bind(), world.store, { ...world.settings, kinds: ['task', 'event'] }, world.env));
  await cycle(await open(world));
  t.strictSame(world.right.list('contact').map(({ id }) => id), before);
  t.strictSame((await deletedRows(world.store)).map(({ kind }) => kind), ['task']);
});

/** The side, whose items have these traits by first name. */
function withTraits(traits: (name: Json | undefined) => object | undefined): (side: BoundSide) => BoundSide {
  return (side) => {
    if (side.side !== 'right') return side;
    const { contact } = side.entities;
    const dress = <S extends Parameters<typeof isPresent>[0]>(seen: S): S => {
      const own = isPresent(seen) ? traits((seen.record as { readonly firstName?: Json }).firstName) : undefined;
      return own === undefined ? seen : { ...seen, traits: own, version: `${(seen as unknown as { version: string }).version}!` };
    };
    return {
      ...side,
      entities: {
        ...side.entities,
        contact: {
          ...contact,
          get: async (id) => dress(await contact.get(id)),
          async *pull(request) {
            for await (const page of contact.pull({ ...request, known: () => undefined })) yield { ...page, seen: page.seen.map(dress) };
          },
        },
      },
    };
  };
}

t.test('D7 D8 D12 what has attendees, is somebody else\'s or recurs is in no purge, and stays if it becomes so before it is done', async (t) => {
  const own = (name: Json | undefined): object | undefined =>
    name === 'Ada' ? { notifies: 3 } : name === 'Bob' ? { readOnly: 'this meeting is organised by Zoe' } : name === 'Cleo' ? { recurring: true } : undefined;
  const world = await linkedWorld({});
  const session = await open(world, withTraits(own));
  await readAgain(session);
  await cycle(session);
  t.match(await resync(session), {
    purge: {
      deletes: { contact: 3, task: 1 },
      kept: [{ rule: 'D8', reason: 'the event has attendees', count: 1 }, { rule: 'D8', reason: /organised by Zoe/, count: 1 }, { rule: 'D12', count: 1 }],
    },
  });
  const late = await linkedWorld({});
  await resync(await open(late), { confirmed: await askedFor(await open(late)) });
  const before = itemOf(late, 'Ada');
  const dressed = await open(late, withTraits(own));
  const report = await cycle(dressed);
  t.equal(itemOf(late, 'Ada'), before);
  t.match(report.notes.filter(({ rule }) => rule === 'D8'), [{ what: 'held', message: /attendees/ }, { what: 'held', message: /Zoe/ }]);
  t.equal(report.counts.right.contact.deleted, 3);
  const writes = late.right.writes();
  await cycle(await open(late));
  t.equal(late.right.writes(), writes, 'and is not done when it could be: it was for that run');
});

t.test('D6 K12 K13 what has no copy at hand, a copy\'s mark and another instance\'s are not in it', async (t) => {
  const world = await linkedWorld({});
  const [ada] = world.right.list('contact');
  world.right.create('contact', { firstName: 'Foreign', jobTitle: 'Nurse' }, { id: '1', origin: 'another' });
  world.right.create('contact', { firstName: 'Bare', jobTitle: 'Nurse' }, { id: '1' });
  world.right.create('contact', { firstName: 'Copy', jobTitle: 'Nurse' }, ada?.mark);
  const lost = world.right.create('contact', { firstName: 'Lost', jobTitle: 'Nurse' }, { id: '99', origin: 'left' }).id;
  const session = await open(world);
  await runCycle(session, { trigger: 'preview', preview: true });
  t.match(await resync(session), { purge: { deletes: { contact: 7, task: 1 } } }, 'of the four the lost one, whose record is gone');
  await world.store.commit({ del: [{ space: 'native', key: `right/contact/${itemOf(world, 'Bob')}` }] });
  t.match(await resync(session), { purge: { deletes: { contact: 6 }, kept: [{ kind: 'contact', rule: 'D6', count: 1 }] } });
  await resync(session, { confirmed: await askedFor(session) });
  await cycle(session);
  t.equal(world.right.get('contact', lost), undefined);
  t.ok(['Foreign', 'Bare', 'Copy'].every((name) => itemOf(world, name) !== ''), 'C3 they are new people');
});

t.test('D6 R10 what a run purged is brought back from its copies: made again, or given back to the new items', async (t) => {
  const world = await linkedWorld({ direction: 'right-to-left' });
  world.right.edit('contact', itemOf(world, 'Bob'), { jobTitle: 'unsynced' });
  const session = await open(world);
  await resync(session, { confirmed: await askedFor(session) });
  const { run } = await cycle(session);
  t.strictSame([people(world, 'right'), people(world, 'left')], [[], all('Analyst')]);
  t.strictSame(await undo(session, run), { reversed: 7, left: [] });
  await cycle(session);
  const bob = all('Analyst').map((one) => (one === 'Bob=Analyst' ? 'Bob=unsynced' : one));
  t.strictSame([people(world, 'right'), people(world, 'left')], [bob, bob], 'the source is back, with what was edited there');
  t.ok(world.right.list('contact').every(({ mark }) => mark !== undefined));
  world.right.edit('contact', itemOf(world, 'Ada'), { jobTitle: 'Countess' });
  await cycle(session);
  t.equal(world.left.get('contact', world.right.list('contact').find(({ record }) => record['firstName'] === 'Ada')?.mark?.id ?? '')?.record['jobTitle'], 'Countess', 'and linked');
  t.strictSame((await undo(session, run)).reversed, 0, 'once');

  const both = await linkedWorld({});
  both.right.edit('contact', itemOf(both, 'Bob'), { jobTitle: 'unsynced' });
  both.left.remove('contact', '4');
  const other = await open(both);
  await resync(other, { confirmed: await askedFor(other) });
  const purge = await cycle(other);
  t.strictSame(people(both, 'right'), all('Analyst').filter((one) => !one.startsWith('Dora')));
  both.right.edit('contact', itemOf(both, 'Ada'), { jobTitle: 'Countess' });
  await cycle(other);
  t.match(await undo(other, purge.run), { reversed: 2, left: [{ field: 'jobTitle', reason: /edited since/ }] });
  await cycle(other);
  t.strictSame(people(both, 'right'), ['Ada=Countess', 'Bob=unsynced', 'Cleo=Analyst', 'Dora=Analyst', 'Emil=Analyst', 'Fay=Analyst']);
  t.strictSame(people(both, 'left'), people(both, 'right'));
});

t.test('D6 one purged item is restored by itself, and what is there again is not', async (t) => {
  const world = await linkedWorld({ direction: 'right-to-left' });
  world.right.edit('contact', itemOf(world, 'Bob'), { jobTitle: 'unsynced' });
  const session = await open(world);
  const bob = session.index.entityOf('right', 'contact', itemOf(world, 'Bob')) ?? parseEntityId('e_000000000000');
  await resync(session, { confirmed: await askedFor(session) });
  await cycle(session);
  t.match(await restore(session, bob), { rule: 'B3', sides: ['right'] });
  await cycle(session);
  t.strictSame(people(world, 'right'), ['Bob=unsynced']);
  t.equal(await restore(session, bob), 'it was made again since');
});

/** A purge with something of everything: an edit, a deletion, an unmarked twin, a lost item. */
async function purgeWorld(disk: MemoryDisk): Promise<TwoSides> {
  const world = await linkedWorld({}, await memoryStore({ hubId: 'test', disk }).user('u'));
  world.right.edit('contact', itemOf(world, 'Bob'), { jobTitle: 'unsynced' });
  world.left.edit('contact', '3', { jobTitle: 'Poet' });
  world.left.remove('contact', '4');
  world.right.create('contact', { firstName: 'Ada', jobTitle: 'Nurse' });
  return world;
}

t.test('R4 R5 D6 crash before and after every call of a purge: all of it or nothing, each copy once, nothing doubled', async (t) => {
  const work = async (session: Session): Promise<void> => {
    await resync(session, { confirmed: await askedFor(session) });
    await cycle(session);
  };
  const endOf = async (world: TwoSides, store: UserStore): Promise<Json> => [people(world, 'left'), people(world, 'right'), world.right.list('task').length, (await deletedRows(store)).map(({ rule }) => rule).sort()] as Json;
  const calm = await purgeWorld(new MemoryDisk());
  const unlit = unlitFuse();
  await workWith(unlit, calm, calm.store, work);
  calm.restart();
  await calm.settle();
  const purged = await endOf(calm, calm.store);
  t.match(purged, [['Ada=Analyst', 'Bob=Analyst', 'Cleo=Poet', 'Emil=Analyst', 'Fay=Analyst']]);
  const never = await purgeWorld(new MemoryDisk());
  await never.settle();
  const unpurged = await endOf(never, never.store);
  for (let at = 1; at <= unlit.calls; at += 1) {
    for (const when of ['before', 'after'] as const) {
      const disk = new MemoryDisk();
      const world = await purgeWorld(disk);
      const fuse: Fuse = { at, when, calls: 0, dead: false };
      await workWith(fuse, world, world.store, work);
      const store = await memoryStore({ hubId: 'test', disk }).user('u');
      await (await world.reopen(store)).settle();
      const end = JSON.stringify(await endOf(world, store));
      if (end !== JSON.stringify(purged) && end !== JSON.stringify(unpurged)) t.strictSame(JSON.parse(end), purged, `crash ${when} call ${at}`);
    }
  }
  t.ok(unlit.calls > 60, `${unlit.calls * 2} crash points`);
});
