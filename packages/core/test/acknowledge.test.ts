import t from 'tap';
import { acknowledgeCreate, acknowledgeDelete, acknowledgeWrite, baseUnit, blockUnits, changedUnits, firstMatch, hasSeen, later, linkRecords, planRecord, sawOf, seenBy, type Policy } from '../src/index.ts';
import { agreed, classicLeftWins, entity, leftToRight, leftWins, merge, origin, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, single, toldOf, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };
const link = { id: 'a', version: '9', at: 9, mark: '7' };

t.test('G4 what an observation claims', async (t) => {
  t.strictSame(changedUnits('contact', pair(base), 'left', { jobTitle: 'A ', fax: '1' }), [{ unit: 'description', saw: 1 }, { unit: 'fax', saw: 1, value: '1' }]);
});

t.test('C16 what a service stored instead is its own, and no write is caused by it', async (t) => {
  const { record } = merge(pair(base), [seen('left', 2, 'jobTitle', 'a  long title')]);
  const stored = settle(record, (_side, units) => ({ ...units, jobTitle: 'a long title' }));
  t.strictSame(baseUnit(stored, 'jobTitle').held['right'], { value: 'a long title', saw: 2, own: true });
  t.strictSame(planned(merge(stored, [seen('right', 3, 'jobTitle', 'a long title', { saw: 2 })]).record), []);
  t.strictSame(planned(merge(stored, [seen('left', 3, 'description', 'new', { saw: 2 })], leftToRight).record), ['update right description=new'], 'A2 does not sweep it');
  const edited = merge(stored, [seen('right', 3, 'jobTitle', 'another', { saw: 2 })], leftToRight).record;
  t.strictSame(planned(merge(edited, [seen('left', 4, 'description', 'new')], leftToRight).record), ['update right description=new jobTitle=a  long title'], 'but what a person made of it');
});

t.test('M2 a value a side refuses waits in words, until it is edited', async (t) => {
  const { record } = merge(pair(base), [seen('left', 2, 'jobTitle', 'too long')]);
  const blocked = blockUnits(record, 'right', { jobTitle: 'at most 3 characters', fax: 'no such field' });
  t.strictSame(planned(blocked), []);
  t.strictSame(planned(merge(blocked, [seen('left', 3, 'description', 'x', { saw: 2 })], leftToRight).record), ['update right description=x'], 'a sweep does not try it again');
  t.strictSame(planned(merge(blocked, [seen('left', 3, 'jobTitle', 'ok', { saw: 2 })]).record), ['update right jobTitle=ok']);
  const edited = merge(blocked, [seen('right', 3, 'jobTitle', 'X', { saw: 1 })], leftToRight).record;
  t.equal(edited.units['jobTitle']?.blocked, undefined, "the side's person edited it");
  const typedBack = merge(blocked, [typed(3, 'jobTitle', 'A', { saw: 2 })]);
  t.equal(agreed(typedBack.record, 'jobTitle'), 'A', 'typing what the side shows settles it');
  t.strictSame(planned(typedBack.record), ['update left jobTitle=A']);
  const twice = blockUnits(blocked, 'left', { jobTitle: 'read only' });
  const written = acknowledgeWrite(twice, 'right', link, { jobTitle: 'too long' }, { jobTitle: 2 });
  t.strictSame(written.units['jobTitle']?.blocked, { left: 'read only' }, 'a write that succeeded after all ends it');
});

t.test('C2 A3 B2s a first match', async (t) => {
  const left = { units: { jobTitle: 'O', fax: '1' }, from: origin };
  const right = { units: { jobTitle: 'X', description: 'x' }, from: { ...origin, side: 'right', number: 2 } };
  const plan = (policy: Policy): readonly string[] => planned({ ...pair({}), units: firstMatch('contact', left, right, policy) });
  t.strictSame(plan(leftWins), ['update right jobTitle=O fax=1', 'update left description=x'], 'C2: an Outlook value where OroCRM is empty is also written to OroCRM');
  t.strictSame(plan(rightWins), plan(leftWins), 'whatever the conflict setting');
  t.strictSame(plan(leftToRight), ['update right jobTitle=O fax=1'], 'A7s');
  t.strictSame(plan(rightToLeft), ['update left description=x jobTitle=X'], 'B2s');
  t.strictSame(plan(classicLeftWins), ['update right description= jobTitle=O fax=1'], 'A7 classic: all mapped values are replaced');
  t.strictSame(plan({ ...classicLeftWins, direction: 'left-to-right' }), ['update right description= jobTitle=O fax=1']);
});

t.test('A7s a name is filled member by member, in every direction', async (t) => {
  const left = { units: { name: { firstName: 'Ada', lastName: 'Lovelace' } }, from: origin };
  const right = { units: { name: { firstName: 'A.', middleName: 'King' } }, from: { ...origin, side: 'right' } };
  const plan = (policy: Policy): readonly string[] => planned({ ...pair({}), units: firstMatch('contact', left, right, policy) });
  t.strictSame(plan(leftWins), ['update right firstName=Ada middleName=King lastName=Lovelace nameSuffix=', 'update left firstName=Ada middleName=King lastName=Lovelace nameSuffix=']);
  t.strictSame(plan(leftToRight), ['update right firstName=Ada middleName=King lastName=Lovelace nameSuffix=']);
  t.strictSame(plan(rightToLeft), ['update left firstName=A. middleName=King lastName=Lovelace nameSuffix=']);
  t.strictSame(plan(classicLeftWins), ['update right firstName=Ada middleName= lastName=Lovelace nameSuffix=']);
  t.strictSame(firstMatch('contact', left, left, leftWins)['name']?.held, {}, 'the same on both sides');
});

t.test('C17 linking takes what each side showed last, and where that came from', async (t) => {
  const edited = merge(single('left', base), [seen('left', 20, 'jobTitle', 'B')]).record;
  const linked = linkRecords({ ...edited, former: { right: ['z'] } }, single('right', { ...base, jobTitle: 'X' }, { former: { right: ['y'], left: ['6'] }, gone: {} }), leftWins);
  t.equal(agreed(linked, 'jobTitle'), 'B');
  t.equal(baseUnit(linked, 'jobTitle').from.number, 20, 'so that a laptop that had not seen it is in conflict with it');
  t.strictSame(linked.former, { right: ['z', 'y'], left: ['6'] });
  t.strictSame(linkRecords(single('left', base, { former: { left: ['5'] }, from: { ...origin, number: 3 } }), single('right', base), leftWins).former, { left: ['5'] });
  t.equal(linked.considered, 20);
  t.strictSame(planned(linked), ['update right jobTitle=B']);
  t.strictSame(seenBy(linked, 'right').units, { ...base, jobTitle: 'X' });
  const younger = linkRecords(single('left', {}), single('right', { fax: '1' }, { from: { ...origin, side: 'right', number: 5 } }), leftWins);
  t.equal(younger.from.number, 5);
});

t.test('history 24 acknowledgements', async (t) => {
  const record = merge(pair(base), [seen('left', 2, 'jobTitle', 'O')]).record;
  const done = acknowledgeWrite(record, 'right', link, { ...base, jobTitle: 'O' }, { jobTitle: 2 });
  t.strictSame(planned(done), []);
  t.strictSame(done.units['jobTitle']?.held, {});
  const changedBack = merge(record, [seen('left', 3, 'jobTitle', 'A', { saw: 2 })]).record;
  t.strictSame(planned(changedBack), [], 'nothing to write: the side holds it still');
  const late = acknowledgeWrite(changedBack, 'right', link, { ...base, jobTitle: 'O' }, { jobTitle: 2 });
  t.strictSame(planned(late), ['update right jobTitle=A'], 'it did not: the older write had been done');
  t.strictSame(owed(late, 'right'), { jobTitle: 'R4' });
  t.equal(sawOf(late, 'jobTitle', 'right'), 2);
  const same = acknowledgeWrite(merge(record, [seen('left', 3, 'jobTitle', 'P', { saw: 2 })]).record, 'right', link, { ...base, jobTitle: 'P' }, { jobTitle: 2 });
  t.strictSame(planned(same), [], 'whatever it was written for, it holds the agreed value');
  t.strictSame(acknowledgeDelete(record, 'right').gone, { right: 'deleted' });
});

t.test('R4 several open writes: the newest that the side shows', async (t) => {
  const one = merge(pair(base), [seen('left', 2, 'jobTitle', 'O')]).record;
  const two = merge(one, [seen('left', 3, 'jobTitle', 'P', { saw: 2 })]).record;
  const three = merge(two, [seen('left', 4, 'jobTitle', 'O', { saw: 3 })]).record;
  const intents = [{ side: 'right', value: 'O', number: 2 }, { side: 'right', value: 'O', number: 4 }, { side: 'left', value: 'O', number: 9 }, { side: 'right', value: 'P', number: 3 }];
  for (const jobTitle of [intents, [...intents].reverse()]) {
    const merged = merge(three, [seen('right', 5, 'jobTitle', 'O')], leftWins, { jobTitle });
    t.strictSame(planned(merged.record), []);
    t.strictSame(merged.record.units['jobTitle']?.held, {});
  }
  const edited = merge(three, [seen('right', 5, 'jobTitle', 'O', { writer: 'laptop' }), seen('right', 6, 'jobTitle', 'Q')], leftWins, { jobTitle: intents });
  t.equal(edited.conflict, false, 'an edit on top of what was found there has seen it');
  t.equal(agreed(edited.record, 'jobTitle'), 'Q');
  const overwritten = merge(one, [seen('right', 3, 'jobTitle', 'mine', { writer: 'laptop' }), seen('right', 4, 'jobTitle', 'O')], leftWins, { jobTitle: [{ side: 'right', value: 'O', number: 2 }] });
  t.strictSame(toldOf(overwritten), ['superseded R9 jobTitle=mine'], 'an edit that our write went over is told');
});

t.test('R4 a creation, and what the service filled in by itself', async (t) => {
  const creating = single('left', { jobTitle: 'A', fax: '1' }, { todo: { right: { op: 'create', rule: 'C4' } } });
  const stored = acknowledgeCreate(creating, 'right', link, { jobTitle: 'A', description: 'made by a template' }, { jobTitle: 1, fax: 1 });
  t.strictSame(planned(stored), []);
  t.strictSame(shows(stored, 'right'), { jobTitle: 'A', description: 'made by a template' });
  t.strictSame(stored.units['fax']?.held['right'], { saw: 1, own: true }, 'what it did not take is its own difference (C16)');
  const held = acknowledgeCreate(merge(creating, [seen('left', 2, 'gender', 'male')]).record, 'right', link, { jobTitle: 'A', fax: '1', gender: 'male' }, { jobTitle: 1, fax: 1 });
  const refused = blockUnits(creating, 'right', { fax: 'not there' });
  const [create] = planRecord(entity, refused);
  t.strictSame(create?.type === 'create' && create.numbers, { jobTitle: 1 }, 'what the side refuses is not part of it');
  t.strictSame(planned(acknowledgeCreate(refused, 'right', link, { jobTitle: 'A' }, { jobTitle: 1 })), [], 'nor owed afterwards');
  t.strictSame(planned(held), [], 'a value agreed since that the side shows anyway is not written');
});

t.test('R9 what a claim has seen, and which of two is later', async (t) => {
  const b = { ...origin, number: 4, side: 'right', writer: 'L1' };
  t.equal(hasSeen(typed(6, 'jobTitle', 'x', { writer: 'L2', saw: 4 }), b), true);
  t.equal(hasSeen(typed(6, 'jobTitle', 'x', { writer: 'L2', saw: 3 }), b), false);
  t.equal(hasSeen(typed(6, 'jobTitle', 'x', { saw: 3 }), b), true, 'of one writer the earlier');
  t.equal(hasSeen(typed(6, 'jobTitle', 'x', { saw: 3, side: 'left' }), b), false);
  const one = { number: 1, side: 'left', writer: 'a', at: 5 };
  t.equal(later(one, { ...one, at: 6 }).at, 6);
  t.equal(later(one, { ...one, number: 2 }).number, 2);
  t.equal(later({ ...one, writer: 'b' }, one).writer, 'b', 'the order in which they are compared does not matter');
  t.equal(later(one, { ...one, writer: 'b' }).writer, 'b');
});

t.test('R9 two edits of one update and one time are decided alike whatever their order (G6)', async (t) => {
  const claims = [typed(2, 'jobTitle', 'one', { writer: 'a' }), typed(2, 'jobTitle', 'two', { writer: 'b', at: 2 }), seen('right', 2, 'fax', '1'), seen('left', 2, 'fax', '2'), typed(2, 'fax', '3', { writer: 'a' })];
  t.strictSame(merge(pair(base), claims), merge(pair(base), [...claims].reverse()));
});

t.test('R9 an observer that had not heard of a write does not make a conflict of an edit on top of it', async (t) => {
  const written = acknowledgeWrite(merge(pair(base), [seen('left', 2, 'jobTitle', 'O')]).record, 'right', { ...link, at: 5 }, { ...base, jobTitle: 'O' }, { jobTitle: 2 });
  const edit = seen('right', 3, 'jobTitle', 'X', { writer: 'laptop', saw: 1, at: 6 });
  t.equal(merge(written, [edit]).conflict, false);
  const timeless = { ...written, links: { ...written.links, right: { ...link, at: 0 } } };
  t.equal(merge(timeless, [edit]).conflict, true, 'a service without times cannot tell: not seen');
});

t.test('K12 the mark of a copy is taken away, and then nothing is left to do', async (t) => {
  const marked = single('right', base);
  const copy = { ...marked, todo: { right: { op: 'unmark', rule: 'K12' } as const } };
  const id = copy.links['right']?.id ?? '';
  t.strictSame(planRecord(entity, copy), [{ type: 'mark', side: 'right', entity, kind: 'contact', id, mark: '' }]);
  t.strictSame(planRecord(entity, { ...copy, gone: { right: 'deleted' } }), [], 'it is gone itself');
  t.strictSame(planRecord(entity, { ...copy, links: {} }), []);
  const still = acknowledgeWrite(copy, 'right', { id, version: '2', at: 2, mark: '7' }, base, {});
  t.strictSame(still.todo, copy.todo, 'the service kept it');
  for (const mark of [{}, { mark: '' }]) {
    const done = acknowledgeWrite(copy, 'right', { id, version: '2', at: 2, ...mark }, base, {});
    t.strictSame([done.todo, planRecord(entity, done)], [{}, []]);
  }
});
