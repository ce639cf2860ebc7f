import t from 'tap';
import { differencesOf, openSession, runCycle, type CycleReport, type Session } from '../src/index.ts';
import { twoSides, type TwoSides } from './two-sides.ts';

/** People linked from left to right, whose items some edited and one made in Outlook; then both ways. */
async function opened(count = 3): Promise<{ readonly world: TwoSides; readonly session: Session }> {
  const world = await twoSides({ direction: 'left-to-right' });
  for (let who = 1; who <= count; who += 1) world.left.create('contact', { firstName: `Person ${who}`, jobTitle: 'Analyst' });
  await world.settle();
  for (const { id } of world.right.list('contact')) world.right.edit('contact', id, { jobTitle: 'Poet' });
  world.right.create('contact', { firstName: 'Zoe' });
  await world.settle();
  return { world, session: await bothWays(world) };
}

async function bothWays(world: TwoSides): Promise<Session> {
  return openSession(await world.bind(), world.store, { ...world.settings, policy: { ...world.settings.policy, direction: 'both-ways' } }, world.env);
}

const cycle = (session: Session, approved: readonly string[] = [], preview = false): Promise<CycleReport> => runCycle(session, { trigger: 'once', go: false, approved, ...(preview && { preview }) });
const listNotes = ({ notes }: CycleReport) => notes.filter(({ rule }) => rule === 'S14b');

t.test('S14b the list is in the document: what waits, by name, count and samples, and what an approval would write', async (t) => {
  const { session } = await opened();
  t.equal(differencesOf(session), undefined, 'nothing before the first cycle');
  const report = await cycle(session);
  const found = differencesOf(session);
  t.match(listNotes(report), [{ what: 'held', count: 4, approval: found?.approval ?? '', message: /^since the direction changed, 4 records differ .*; \.\.\.\)/ }]);
  t.strictSame(found?.lines.map(({ side, op, fields }) => [side, op, ...fields]).sort(), [['left', 'create', 'firstName'], ...[1, 2, 3].map(() => ['left', 'update', 'jobTitle']), ['right', 'mark']].sort(), 'with the mark that follows a creation (K2)');
  t.ok(report.settled, 'G1 what waits counts as settled');
});

t.test('S14b R2 a preview with the approval shows it as done without asking, and the cycle does exactly that', async (t) => {
  const { world, session } = await opened();
  await cycle(session);
  const approval = differencesOf(session)?.approval ?? '';
  const preview = await cycle(session, [approval], true);
  t.strictSame([preview.planned.filter(({ waits }) => waits !== undefined), listNotes(preview)], [[], []]);
  const writes = world.left.writes();
  const report = await cycle(session, [approval]);
  const named = (lines: CycleReport['lines']): readonly string[] => lines.map(({ side, op, entity }) => `${side} ${op} ${entity}`).sort();
  t.strictSame(named(report.lines), named(preview.planned));
  t.equal(world.left.writes() - writes, 4);
  t.strictSame([differencesOf(session), await session.store.get('state', 'differences')], [undefined, undefined]);
});

t.test('S14b the log goes on and nothing is edited: the name stays the same', async (t) => {
  const { world, session } = await opened();
  await cycle(session);
  const before = differencesOf(session)?.approval;
  world.left.create('task', { subject: 'Call', priority: 'low', status: 'open' });
  world.left.edit('contact', '1', { description: 'other field' });
  const report = await cycle(session);
  t.strictSame([differencesOf(session)?.approval, listNotes(report)], [before, []]);
  t.equal(differencesOf(await bothWays(world))?.approval, before, 'also when it is opened again');
});

t.test('S14b an edit ends the whole list: nothing is left of it, and that is told to nobody', async (t) => {
  const { world, session } = await opened(1);
  await cycle(session);
  world.left.edit('contact', '1', { jobTitle: 'Baker' });
  world.right.edit('contact', world.right.list('contact').find(({ record }) => record['firstName'] === 'Zoe')?.id ?? '', { jobTitle: 'Nurse' });
  const report = await cycle(session);
  t.strictSame([differencesOf(session), listNotes(report), await session.store.get('state', 'differences')], [undefined, [], undefined]);
  t.strictSame(world.left.list('contact').map(({ record }) => record['jobTitle']), ['Baker', 'Nurse']);
});

t.test('S14b what cannot be seen waits until it can', async (t) => {
  const { world } = await opened(1);
  const hidden = await world.bind((side) => ({ ...side, entities: { ...side.entities, contact: { ...side.entities.contact, ...(side.side === 'left' && {
    async *pull() { yield await Promise.resolve({ seen: [{ id: '1', absent: 'hidden' as const }] }); },
  }) } } }));
  const session = await openSession(hidden, world.store, { ...world.settings, policy: { ...world.settings.policy, direction: 'both-ways' } }, world.env);
  t.match(listNotes(await cycle(session)), [{ count: 1, message: /Zoe, on one side only/ }]);
  t.equal(session.index.listed.size, 2, 'it is on the list all the same');
});
