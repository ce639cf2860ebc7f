import t from 'tap';
import { acknowledgeWrite, baseUnit, changedUnits, mayWrite, type Policy } from '../src/index.ts';
import { agreed, classicLeftWins, exists, leftToRight, leftWins, merge, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, toldOf, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };
const link = { id: 'a', version: '9', at: 9, mark: '7' };

t.test('A2 a change in OroCRM brings every mapped field to its value', async (t) => {
  const edited = merge(pair(base), [seen('right', 2, 'description', 'x')], leftToRight).record;
  const merged = merge(edited, [seen('left', 3, 'jobTitle', 'O')], leftToRight);
  t.strictSame(owed(merged.record, 'right'), { description: 'A2', jobTitle: 'A8' });
  t.strictSame(planned(merged.record), ['update right description=notes jobTitle=O']);
});

t.test('A2 A9 an edit in Outlook that came together with a change in OroCRM is replaced, and not told as left', async (t) => {
  const merged = merge(pair(base), [seen('right', 2, 'description', 'x'), seen('left', 3, 'jobTitle', 'O')], leftToRight);
  t.strictSame(planned(merged.record), ['update right description=notes jobTitle=O']);
  t.strictSame(toldOf(merged), ['superseded A2 description=x']);
});

t.test('A5s a mere touch sweeps nothing', async (t) => {
  const edited = merge(pair(base), [seen('right', 2, 'description', 'x')], leftToRight).record;
  t.strictSame(planned(merge(edited, [], leftToRight).record), []);
  t.strictSame(planned(merge(edited, [seen('left', 3, 'jobTitle', 'A')], leftToRight).record), [], 'nor does a version without a change');
});

t.test('A5 a mere touch sweeps as a change does, where the switch says so', async (t) => {
  const literally: Policy = { ...leftToRight, touchCounts: true };
  const edited = merge(pair(base), [seen('right', 2, 'description', 'x')], literally).record;
  const touched = merge(edited, [exists('left', 3, 'touched')], literally);
  t.strictSame(owed(touched.record, 'right'), { description: 'A5' });
  t.strictSame([touched.rule, planned(touched.record)], ['A5', ['update right description=notes']]);
  t.strictSame(planned(merge(settle(touched.record), [exists('left', 4, 'touched')], literally).record), [], 'and again: nothing left to sweep');
  const together = merge(pair(base), [seen('right', 2, 'description', 'x'), exists('left', 3, 'touched')], literally);
  t.strictSame([planned(together.record), toldOf(together)], [['update right description=notes'], ['superseded A5 description=x']]);
  const untouched = merge(pair(base), [exists('left', 2, 'touched')], literally);
  t.strictSame([planned(untouched.record), untouched.record.units], [[], pair(base).units], 'an item that nobody edited: no write');
});

t.test('A5 a touch means nothing where the switch does not say so, in other directions, or of the item', async (t) => {
  for (const policy of [leftToRight, { ...leftWins, touchCounts: true }, { ...rightToLeft, touchCounts: true }]) {
    const before = { ...pair(base), units: merge(pair(base), [seen('right', 2, 'description', 'x')], leftToRight).record.units };
    t.strictSame(planned(merge(before, [exists('left', 3, 'touched')], policy).record), [], policy.direction);
  }
  const literally: Policy = { ...leftToRight, touchCounts: true };
  const edited = merge(pair(base), [seen('right', 2, 'description', 'x')], literally).record;
  t.strictSame(planned(merge(edited, [exists('right', 3, 'touched')], literally).record), [], 'of the item');
  const given = merge(pair(base), [exists('right', 2, 'deleted')], { ...literally, rightDeletion: 'ignore' }).record;
  t.strictSame(planned(merge(given, [exists('left', 3, 'touched')], { ...literally, rightDeletion: 'ignore' }).record), [], 'A10 ignored until the record changes, and it did not');
  const stale = merge(edited, [exists('left', 3, 'touched', { native: { id: 'another', version: '3' } })], literally);
  t.strictSame([planned(stale.record), toldOf(stale)], [[], []], 'of an item that is not this record');
  const hidden = merge(pair(base), [exists('left', 2, 'hidden')], literally).record;
  t.strictSame(merge(hidden, [exists('left', 3, 'touched')], literally).record.gone, {}, 'what is touched is there (D4)');
});

t.test('A9 an edit in Outlook stays there', async (t) => {
  const merged = merge(pair(base), [seen('right', 2, 'jobTitle', 'X')], leftToRight);
  t.strictSame([planned(merged.record), toldOf(merged)], [[], ['left A9 jobTitle=X']]);
  t.equal(agreed(merged.record, 'jobTitle'), 'A');
  t.strictSame(changedUnits('contact', merged.record, 'right', { ...base, jobTitle: 'X' }), [], 'and is no change any more');
  const back = merge(merged.record, [seen('right', 3, 'jobTitle', 'A')], leftToRight);
  t.strictSame(back.record.units['jobTitle']?.held, {}, 'taken back, it is as if it had never been');
});

t.test('A10 deleted in Outlook: created again, unless the switch says otherwise', async (t) => {
  const deleted = [exists('right', 2, 'deleted')];
  t.strictSame(planned(merge(pair(base), deleted, leftToRight).record), ['create right']);
  for (const policy of [{ ...leftToRight, rightDeletion: 'ignore' }, { ...leftWins, rightDeletion: 'ignore' }, { ...leftToRight, rightDeletion: 'propagate' }] as const) {
    const ignored = merge(pair(base), deleted, policy);
    t.strictSame(planned(ignored.record), [], 'A13: nothing is deleted in OroCRM in this direction');
    const idle = merge(ignored.record, [], policy);
    t.strictSame([planned(idle.record), idle.decision], [[], 'leave']);
    t.equal(idle.rule, policy.direction === 'both-ways' ? 'C11' : 'A10');
    const edited = merge(idle.record, [seen('left', 3, 'jobTitle', 'B')], policy);
    t.strictSame(planned(edited.record), ['create right'], 'until the OroCRM record changes');
    t.strictSame(shows(settle(edited.record), 'right'), { ...base, jobTitle: 'B' });
  }
  const propagate: Policy = { ...leftWins, rightDeletion: 'propagate' };
  const gone = merge(pair(base), deleted, propagate);
  t.strictSame(planned(gone.record), ['delete left']);
  t.strictSame(planned(merge(pair(base), [...deleted, seen('left', 3, 'jobTitle', 'B')], { ...propagate, deleteVsEdit: 'delete-wins' }).record), ['delete left']);
  t.strictSame(planned(settle(gone.record)), []);
});

t.test('A12 an item whose record is gone waits for a decision when the direction changes', async (t) => {
  const tombstone = merge(pair(base), [exists('left', 2, 'deleted')], leftToRight).record;
  t.strictSame(planned(tombstone), []);
  for (const policy of [leftWins, rightWins, rightToLeft]) {
    const held = merge(tombstone, [], policy);
    t.strictSame([planned(held.record), held.decision, held.rule], [[], 'leave', 'A12']);
  }
  t.strictSame(planned(merge(tombstone, [], classicLeftWins).record), ['delete right'], 'classic: B6 applies');
  t.equal(merge(tombstone, [], leftToRight).decision, 'tombstone');
});

t.test('A13 what a person types goes to Outlook only', async (t) => {
  for (const side of ['right', 'left'] as const) {
    const merged = merge(pair(base), [typed(2, 'jobTitle', 'T', { side })], leftToRight);
    t.strictSame([planned(merged.record), toldOf(merged)], [['update right jobTitle=T'], ['left A13 jobTitle=T']]);
    t.equal(agreed(merged.record, 'jobTitle'), 'A');
    const settled = settle(merged.record);
    t.strictSame([shows(settled, 'left'), shows(settled, 'right')], [base, { ...base, jobTitle: 'T' }]);
    t.strictSame(settled.units['jobTitle']?.only, undefined);
    t.strictSame(planned(merge(settled, [seen('left', 3, 'description', 'new')], leftToRight).record), ['update right description=new jobTitle=A'], 'until OroCRM changes (A2)');
  }
  const emptied = merge(pair(base), [typed(2, 'jobTitle', undefined)], leftToRight).record;
  t.strictSame(planned(emptied), ['update right jobTitle=']);
  t.strictSame(shows(settle(emptied), 'right'), { description: 'notes' });
});

t.test('A13 beside a change in OroCRM', async (t) => {
  const unseen = merge(pair(base), [seen('left', 2, 'jobTitle', 'O'), typed(3, 'jobTitle', 'T')], leftToRight);
  t.strictSame(planned(unseen.record), ['update right jobTitle=O'], 'typed without having seen it: replaced');
  t.match(toldOf(unseen), ['left A13 jobTitle=T']);
  const upon = merge(pair(base), [seen('left', 2, 'jobTitle', 'O'), typed(3, 'jobTitle', 'T', { saw: 2 })], leftToRight);
  t.strictSame(planned(upon.record), ['update right jobTitle=T'], 'typed on top of it');
  t.equal(agreed(upon.record, 'jobTitle'), 'O');
  const two = merge(pair(base), [typed(2, 'jobTitle', 'T1', { writer: 'L2', at: 9 }), typed(3, 'jobTitle', 'T2')], leftToRight);
  t.strictSame(planned(two.record), ['update right jobTitle=T1'], 'the latest of two');
});

t.test('A13 a value for Outlook alone survives lost answers and a new item', async (t) => {
  const waiting = merge(pair(base), [typed(2, 'jobTitle', 'T1')], leftToRight).record;
  const open = { jobTitle: [{ side: 'right', value: 'T1', number: 0 }] };
  const read = merge(waiting, [seen('right', 3, 'jobTitle', 'T1')], leftToRight, open);
  t.strictSame([planned(read.record), shows(read.record, 'right')], [[], { ...base, jobTitle: 'T1' }]);
  const newer = merge(waiting, [typed(3, 'jobTitle', 'T2', { saw: 2 })], leftToRight).record;
  const older = merge(newer, [seen('right', 4, 'jobTitle', 'T1')], leftToRight, open);
  t.strictSame(planned(older.record), ['update right jobTitle=T2'], 'the older write was found, the newer value is still to be written');
  const again = merge(waiting, [exists('right', 3, 'deleted')], leftToRight).record;
  t.strictSame(planned(again), ['create right']);
  t.strictSame(shows(settle(again), 'right'), { ...base, jobTitle: 'T1' });
  const late = acknowledgeWrite(waiting, 'right', link, { ...base, jobTitle: 'A' }, { jobTitle: 1 });
  t.strictSame(planned(late), ['update right jobTitle=T1'], 'nor does an older write end it');
  const other = acknowledgeWrite(waiting, 'right', link, { ...base, jobTitle: 'a' }, { jobTitle: 1 });
  t.strictSame(planned(other), ['update right jobTitle=T1']);
  const both = { ...baseUnit(waiting, 'jobTitle'), only: { right: 'T1', left: 'T3' } };
  const one = acknowledgeWrite({ ...waiting, units: { jobTitle: both } }, 'right', link, { jobTitle: 'T1' }, { jobTitle: 0 });
  t.strictSame(one.units['jobTitle']?.only, { left: 'T3' });
  const equal = acknowledgeWrite(waiting, 'right', link, { jobTitle: 'A' }, { jobTitle: 0 });
  t.strictSame(equal.units['jobTitle']?.held, {}, 'a service that stored the agreed value instead holds that');
});

t.test('R10 what is undone one way from Outlook goes to OroCRM alone, and stays until Outlook changes it', async (t) => {
  const undone = (number: number, more: Parameters<typeof typed>[3] = {}) => typed(number, 'jobTitle', 'before', { side: 'left', writer: 'undo', saw: number - 1, ...more });
  const merged = merge(pair(base), [undone(2)], rightToLeft);
  t.strictSame([planned(merged.record), toldOf(merged)], [['update left jobTitle=before'], ['left R10 jobTitle=before']]);
  const settled = settle(merged.record);
  t.strictSame([shows(settled, 'left'), shows(settled, 'right')], [{ ...base, jobTitle: 'before' }, base]);
  t.strictSame(planned(merge(settled, [], rightToLeft).record), [], 'no revert (B7): nobody edited OroCRM');
  t.strictSame(planned(merge(settled, [seen('right', 3, 'jobTitle', 'B')], rightToLeft).record), ['update left jobTitle=B']);
  t.strictSame(planned(merge(pair(base), [undone(2, { side: 'right' })], rightToLeft).record), ['update right jobTitle=before', 'update left jobTitle=before'], 'what was typed and undone went to both (B11)');
  t.strictSame(planned(merge(pair(base), [undone(2)], leftWins).record), ['update right jobTitle=before', 'update left jobTitle=before'], 'both ways it is an edit like any other');
});

t.test('B5 a change in Outlook brings every mapped field to its value, but nothing erases nothing (G8)', async (t) => {
  const edited = merge(pair(base), [seen('left', 2, 'fax', '1')], { ...rightToLeft, oneWayRevert: 'on-source-change' }).record;
  const merged = merge(edited, [seen('right', 3, 'jobTitle', 'X')], rightToLeft);
  t.strictSame(planned(merged.record), ['update left jobTitle=X'], 'Outlook never had a fax');
  t.strictSame(planned(merge(edited, [seen('right', 3, 'jobTitle', 'X')], { ...rightToLeft, emptyOverwrites: true }).record), ['update left jobTitle=X fax=']);
});

t.test('B7 an edit in OroCRM is reverted, or stays until Outlook changes', async (t) => {
  const claim = seen('left', 2, 'jobTitle', 'O');
  const now = merge(pair(base), [claim], rightToLeft);
  t.strictSame([planned(now.record), toldOf(now)], [['update left jobTitle=A'], ['reverted B7 jobTitle=O']]);
  const waits: Policy = { ...rightToLeft, oneWayRevert: 'on-source-change' };
  const waiting = merge(pair(base), [claim], waits);
  t.strictSame([planned(waiting.record), toldOf(waiting)], [[], ['left B7 jobTitle=O']]);
  t.strictSame(planned(merge(waiting.record, [seen('right', 3, 'description', 'x')], waits).record), ['update left description=x jobTitle=A']);
  const back = merge(now.record, [seen('left', 3, 'jobTitle', 'A')], rightToLeft);
  t.strictSame(planned(back.record), [], 'taken back by the person, nothing is left to revert');
});

t.test('G8 a value in OroCRM where Outlook has none stays', async (t) => {
  const merged = merge(pair(base), [seen('left', 2, 'fax', '1')], rightToLeft);
  t.strictSame([planned(merged.record), toldOf(merged)], [[], ['left G8 fax=1']]);
  t.strictSame(planned(merge(pair(base), [seen('left', 2, 'fax', '1')], { ...rightToLeft, emptyOverwrites: true }).record), ['update left fax=']);
});

t.test('B11 what a person typed goes to Outlook first, concurrent edits in order of time', async (t) => {
  const typedLater = merge(pair(base), [seen('right', 2, 'jobTitle', 'X', { at: 20 }), typed(3, 'jobTitle', 'T', { at: 30, side: 'left' })], rightToLeft);
  t.strictSame(planned(typedLater.record), ['update right jobTitle=T', 'update left jobTitle=T']);
  const typedEarlier = merge(pair(base), [seen('right', 2, 'jobTitle', 'X', { at: 20 }), typed(3, 'jobTitle', 'T', { at: 10, side: 'left' })], rightToLeft);
  t.strictSame([planned(typedEarlier.record), toldOf(typedEarlier)], [['update left jobTitle=X'], ['superseded R9 jobTitle=T']]);
  t.equal(typedEarlier.conflict, false, 'one direction knows no conflicts');
  const again = merge(typedLater.record, [seen('right', 4, 'jobTitle', 'X2', { at: 25 })], rightToLeft);
  t.strictSame(planned(again.record), ['update right jobTitle=T', 'update left jobTitle=T'], 'an older edit in Outlook does not undo it');
});

t.test('B9 deleted in Outlook: OroCRM keeps it, and nothing comes back unasked (S14b)', async (t) => {
  const merged = merge(pair(base), [exists('right', 2, 'deleted')], rightToLeft);
  t.strictSame([planned(merged.record), merged.record.state], [[], 'tombstone']);
  for (const policy of [leftWins, leftToRight]) {
    const switched = merge(merged.record, [], policy);
    t.strictSame([planned(switched.record), switched.rule], [[], 'S14b']);
    t.strictSame(planned(merge(switched.record, [seen('left', 3, 'jobTitle', 'B')], policy).record), ['create right'], 'until the record changes');
  }
  t.strictSame(planned(merge(merged.record, [seen('left', 3, 'jobTitle', 'B')], rightToLeft).record), []);
  const back = merge(merged.record, [exists('right', 3, 'present')], rightToLeft);
  t.equal(back.record.state, 'live', 'taken out of the bin again, it is the record it was');
  t.strictSame(planned(merge(back.record, [seen('right', 4, 'jobTitle', 'X')], rightToLeft).record), ['update left jobTitle=X']);
});

t.test('S14b a change of direction lets nothing flow', async (t) => {
  const left = merge(pair(base), [seen('right', 2, 'jobTitle', 'X')], leftToRight).record;
  for (const policy of [leftWins, rightWins, rightToLeft]) t.strictSame(planned(merge(left, [], policy).record), []);
  const only = merge(pair(base), [typed(2, 'jobTitle', 'T')], rightToLeft).record;
  t.strictSame(planned(merge(only, [], leftToRight).record), ['update right jobTitle=T'], 'typed values still reach Outlook');
  const alone = merge(pair(base), [typed(2, 'jobTitle', 'T')], leftToRight).record;
  t.strictSame(planned(merge(alone, [], rightToLeft).record), ['update right jobTitle=T']);
  const fromRight = merge(pair(base), [seen('right', 2, 'jobTitle', 'X')]).record;
  t.strictSame(planned(merge(fromRight, [seen('left', 3, 'jobTitle', 'O', { at: 1 })], leftToRight).record), ['update right jobTitle=O'], "from then on the source's value counts, whatever was agreed");
});

t.test('S14 which side a direction may write to', async (t) => {
  t.strictSame(['left', 'right'].map((side) => mayWrite('both-ways', side)), [true, true]);
  t.strictSame(['left', 'right'].map((side) => mayWrite('left-to-right', side)), [false, true]);
  t.strictSame(['left', 'right'].map((side) => mayWrite('right-to-left', side)), [true, false]);
});

t.test('G8 a part of a name that the source never had stays on the other side, whatever else of the record changes', async (t) => {
  const [ada, middle] = [{ firstName: 'Ada', lastName: 'Byron' }, { firstName: 'Ada', middleName: 'A.', lastName: 'Byron' }];
  for (const [policy, from, to] of [[leftToRight, 'left', 'right'], [rightToLeft, 'right', 'left']] as const) {
    const stays = { ...policy, oneWayRevert: 'on-source-change' } as const;
    const typedThere = merge(pair({ name: ada, jobTitle: 'A' }), [seen(to, 2, 'name', middle)], stays).record;
    const renamed = merge(typedThere, [seen(from, 3, 'name', { firstName: 'Ada', lastName: 'King' })], stays);
    t.strictSame(shows(settle(renamed.record), to)['name'], { ...middle, lastName: 'King' }, 'the name is changed');
    t.strictSame(shows(settle(renamed.record), from)['name'], { firstName: 'Ada', lastName: 'King' });
    const retitled = merge(typedThere, [seen(from, 3, 'jobTitle', 'B')], stays);
    t.strictSame(Object.keys(owed(retitled.record, to)), ['jobTitle'], 'another field is');
    const both = merge(merge(typedThere, [seen(to, 3, 'name', { ...middle, firstName: 'Augusta' })], stays).record, [seen(from, 4, 'jobTitle', 'B')], stays);
    t.strictSame(shows(settle(both.record), to)['name'], middle, 'the parts that both have are the source\'s');
    const literal = merge(typedThere, [seen(from, 3, 'jobTitle', 'B')], { ...stays, emptyOverwrites: true });
    t.strictSame(shows(settle(literal.record), to)['name'], ada, 'read literally, nothing erases something');
    const had = merge(pair({ name: middle }), [seen(from, 2, 'name', ada)], stays);
    t.strictSame(shows(settle(had.record), to)['name'], ada, 'what was emptied at the source goes');
  }
});

t.test('G8 B7 a part of a name that Outlook never had is not reverted in OroCRM, the others are', async (t) => {
  const [ada, middle] = [{ firstName: 'Ada', lastName: 'Byron' }, { firstName: 'Ada', middleName: 'A.', lastName: 'Byron' }];
  const added = merge(pair({ name: ada }), [seen('left', 2, 'name', middle)], rightToLeft);
  t.strictSame([planned(added.record), toldOf(added).length], [[], 1]);
  t.match(toldOf(added)[0], /left G8/);
  t.strictSame(changedUnits('contact', added.record, 'left', { name: middle }), [], 'and is no change any more');
  t.strictSame(changedUnits('contact', added.record, 'right', { name: ada }), []);
  const renamed = merge(pair({ name: ada }), [seen('left', 2, 'name', { ...middle, lastName: 'King' })], rightToLeft);
  t.match(toldOf(renamed)[0], /reverted B7/);
  t.strictSame([shows(settle(renamed.record), 'left')['name'], shows(settle(renamed.record), 'right')['name']], [middle, ada]);
});
