import t from 'tap';
import { defaultGuards, existence, safePolicy, type Guards, type Policy } from '@syncline/core';
import { openSession, runCycle, type Session } from '../src/index.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

const names = ['Ada', 'Bob', 'Cleo', 'Dora', 'Emil', 'Fay'];
const cycle = (session: Session) => runCycle(session, { trigger: 'interval' });
const jobs = (world: TwoSides): readonly unknown[] => world.right.list('contact').map(({ record }) => record['jobTitle']);

/** Six people, made in OroCRM and linked, and the session that goes on with them. */
async function sixPeople(policy: Partial<Policy>, guards?: Partial<Guards>): Promise<{ readonly world: TwoSides; readonly session: Session }> {
  const world = await twoSides(policy);
  for (const firstName of names) world.left.create('contact', { firstName, jobTitle: 'Analyst' });
  await world.settle();
  const settings = { ...world.settings, ...(guards !== undefined && { guards: { ...defaultGuards, ...guards } }) };
  return { world, session: await openSession(await world.bind(), world.store, settings, world.env) };
}

t.test('A5 A5s a touch is said only where it counts, and once; what it means survives a cycle that ends before it is decided', async (t) => {
  for (const [policy, counts] of [
    [{ direction: 'left-to-right', touchCounts: true }, true],
    [{ direction: 'left-to-right' }, false],
    [{ direction: 'both-ways', touchCounts: true }, false],
    [{ direction: 'right-to-left', touchCounts: true }, false],
  ] as const) {
    const { world, session } = await sixPeople({ ...safePolicy, ...policy, oneWayRevert: 'on-source-change' });
    const [item] = world.right.list('contact');
    if (policy.direction !== 'right-to-left') world.right.edit('contact', item?.id ?? '', { description: 'mine', jobTitle: 'Nurse' });
    await cycle(session);
    world.left.edit('contact', '1', { unmapped: 'x' });
    // OroCRM is read, and Outlook fails: nothing is decided yet.
    const broken = await openSession(await world.bind((side) => (side.side === 'left' ? side : { ...side, entities: { ...side.entities, contact: { ...side.entities.contact, pull: () => { throw new Error('the process is gone'); } } } })), world.store, session.settings, world.env);
    await t.rejects(cycle(broken), /the process is gone/);
    const again = await openSession(await world.bind(), world.store, session.settings, world.env);
    const claims = [...again.replica.claimed()].flatMap((entity) => again.replica.claimsOf(entity).map(({ unit, value }) => [unit, value]));
    t.strictSame(claims, counts ? [[existence, 'touched']] : [], policy.direction);
    const writes = world.right.writes();
    await cycle(again);
    t.equal(world.right.writes() - writes, counts ? 1 : 0);
    if (policy.direction === 'left-to-right') t.equal(jobs(world)[0], counts ? 'Analyst' : 'Nurse');
    t.equal((await cycle(again)).writes.right, 0);
  }
});

t.test('D2 D11 guards with other limits, and off: one line says what nobody was asked about', async (t) => {
  const removeFive = (world: TwoSides): void => ['1', '2', '3', '4', '5'].forEach((id) => world.left.remove('contact', id));
  for (const [guards, left, note] of [
    [{}, 6, { what: 'held', rule: 'D2', count: 5, approval: /./ }],
    [{ massDelete: 'off' }, 1, { what: 'alert', rule: 'D2', count: 5, message: /5 of 6 .*\(Ada, Bob, Cleo, \.\.\.\): nobody is asked, since guards\.massDelete is off/ }],
    [{ deletes: { many: { count: 10, share: 0.1 }, most: { count: 6, share: 0.5 }, all: { count: 2 } } }, 1, undefined],
  ] as const) {
    const { world, session } = await sixPeople({}, guards);
    removeFive(world);
    const { notes } = await cycle(session);
    t.equal(world.right.list('contact').length, left);
    t.match(notes.filter(({ rule }) => rule === 'D2'), note === undefined ? [] : [note]);
    t.equal(notes.filter(({ rule }) => rule === 'D2').length, note === undefined ? 0 : 1);
  }
  for (const [guards, changed, what] of [
    [{ overwrites: { count: 3, share: 0.3 } }, 0, 'held'],
    [{ overwrites: { count: 3, share: 0.3 }, massOverwrite: 'off' }, 4, 'alert'],
    [{}, 4, undefined],
  ] as const) {
    const { world, session } = await sixPeople({}, guards);
    for (const id of ['1', '2', '3', '4']) world.left.edit('contact', id, { jobTitle: 'Poet' });
    const { notes } = await cycle(session);
    t.equal(jobs(world).filter((job) => job === 'Poet').length, changed);
    t.strictSame(notes.filter(({ rule }) => rule === 'D11').map((note) => note.what), what === undefined ? [] : [what]);
  }
});
