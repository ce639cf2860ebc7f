import t from 'tap';
import { twoSides } from './two-sides.ts';

t.test('C4 C3 K1 K2 a record on one side is created on the other, marked, and then nothing more is written', async (t) => {
  const world = await twoSides();
  world.left.create('contact', { firstName: 'Ada', lastName: 'Byron', emails: ['ada@example.com'], primaryEmail: 'ada@example.com' });
  const right = world.right.create('task', { subject: 'Call Ada', priority: 'high', status: 'open' });
  const reports = await world.settle();
  t.equal(reports.length, 2);
  t.match(world.right.list('contact'), [{ record: { firstName: 'Ada' }, mark: { id: '1', origin: 'left' } }]);
  t.match(world.left.list('task'), [{ record: { subject: 'Call Ada' } }]);
  t.match(world.right.get('task', right.id)?.mark, { id: '2' });
  t.equal(reports[0]?.settled, true);
});

t.test('C5 C6 C9s edits of both sides flow, both survive', async (t) => {
  const world = await twoSides();
  const one = world.left.create('contact', { firstName: 'Ada', lastName: 'Byron' });
  await world.settle();
  const twin = world.right.list('contact')[0];
  world.left.edit('contact', one.id, { jobTitle: 'Analyst' });
  world.right.edit('contact', twin?.id ?? '', { description: 'met in London' });
  const [report] = await world.settle();
  t.strictSame(world.left.get('contact', one.id)?.record, world.right.get('contact', twin?.id ?? '')?.record);
  t.match(world.left.get('contact', one.id)?.record, { jobTitle: 'Analyst', description: 'met in London' });
  t.strictSame(report?.notes, []);
});

for (const [wins, expected] of [['left', 'Analyst'], ['right', 'Poet']] as const) {
  t.test(`C7 C8 both changed one field: ${wins} wins, the other value is in history`, async (t) => {
    const world = await twoSides({ precedence: wins === 'left' ? ['left', 'right'] : ['right', 'left'] });
    const one = world.left.create('contact', { firstName: 'Ada' });
    await world.settle();
    const twin = world.right.list('contact')[0]?.id ?? '';
    world.left.edit('contact', one.id, { jobTitle: 'Analyst' });
    world.right.edit('contact', twin, { jobTitle: 'Poet' });
    const [report] = await world.settle();
    t.equal(world.left.get('contact', one.id)?.record['jobTitle'], expected);
    t.equal(world.right.get('contact', twin)?.record['jobTitle'], expected);
    t.equal(report?.notes.filter(({ what }) => what === 'conflict').length, 1);
    const lost = wins === 'left' ? 'Poet' : 'Analyst';
    const rows = [];
    for await (const [, row] of world.store.entries('history')) rows.push(row);
    t.ok(rows.some((row) => JSON.stringify(row).includes(lost)), 'the losing value is retrievable');
  });
}

t.test('C12 deleted in OroCRM: deleted in Outlook', async (t) => {
  const world = await twoSides();
  const ids = ['Ada', 'Bob', 'Cleo', 'Dora'].map((firstName) => world.left.create('contact', { firstName }).id);
  await world.settle();
  world.left.remove('contact', ids[0] ?? '');
  await world.settle();
  t.equal(world.right.list('contact').length, 3);
  t.equal((await world.settle()).length, 1, 'and then nothing more');
});

t.test('C11 deleted in Outlook: created again', async (t) => {
  const world = await twoSides();
  ['Ada', 'Bob'].map((firstName) => world.left.create('contact', { firstName }));
  await world.settle();
  world.right.remove('contact', world.right.list('contact')[0]?.id ?? '');
  await world.settle();
  t.equal(world.right.list('contact').length, 2);
  t.equal(world.left.list('contact').length, 2);
});
