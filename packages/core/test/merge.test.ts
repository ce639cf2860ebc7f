import t from 'tap';
import {
  acknowledgeCreate, acknowledgeDelete, acknowledgeWrite, baseUnit, blockUnits, changedUnits, firstMatch, hasSeen, heldBy, later, linkRecords, mayWrite, mergeUnit, planRecord, sawOf, seenBy,
  type BaseRecord, type BaseUnit, type Json, type Policy, type Units,
} from '../src/index.ts';
import {
  agreed, classicLeftWins, classicRightWins, entity, exists, leftToRight, leftWins, merge, origin, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, single, toldOf, typed,
} from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };
const link = { id: 'a', version: '9', at: 9, mark: '7' };
const classicToRight: Policy = { ...classicLeftWins, direction: 'left-to-right' };

t.test('G4 a new version with equal values is no change', async (t) => {
  const merged = merge(pair({ jobTitle: 'Caf\u00e9', description: 'a\nb' }), [seen('left', 2, 'jobTitle', ' Cafe\u0301 '), seen('right', 3, 'description', 'a \r\nb\n')]);
  t.equal(merged.decision, 'nothing');
  t.strictSame(planned(merged.record), []);
});

t.test('C5 C6 the changed values flow, and nothing else is written', async (t) => {
  t.strictSame(planned(merge(pair(base), [seen('left', 2, 'jobTitle', 'B')]).record), ['update right jobTitle=B']);
  t.strictSame(planned(merge(pair(base), [seen('right', 2, 'jobTitle', undefined)]).record), ['update left jobTitle='], 'emptying is a change');
  t.strictSame(planned(merge(pair(base), [seen('left', 2, 'fax', '1')]).record), ['update right fax=1'], 'so is a value where there was none');
});

t.test('C7 C8 a conflict is decided by the setting, and the loser is written back', async (t) => {
  const claims = [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'jobTitle', 'X')];
  const left = merge(pair(base), claims, leftWins);
  t.strictSame([planned(left.record), toldOf(left)], [['update right jobTitle=O'], ['lost C7 jobTitle=X']]);
  t.strictSame(owed(left.record, 'right'), { jobTitle: 'C7' });
  const right = merge(pair(base), claims, rightWins);
  t.strictSame([planned(right.record), toldOf(right)], [['update left jobTitle=X'], ['lost C8 jobTitle=O']]);
  const emptied = merge(pair(base), [seen('left', 2, 'jobTitle', undefined), seen('right', 3, 'jobTitle', 'X')], leftWins);
  t.strictSame(planned(emptied.record), ['update right jobTitle='], 'emptying can win as well');
});

t.test('C9s lists merge entry by entry', async (t) => {
  const record = pair({ 'emails/p': 'p', 'emails/q': 'q', primaryEmail: 'p' });
  const claims = [
    seen('left', 2, 'emails/q', undefined), seen('left', 2, 'emails/q2', 'q2'),
    seen('right', 3, 'emails/q', undefined), seen('right', 3, 'emails/q3', 'q3'),
  ];
  const renamed = merge(record, claims);
  t.equal(renamed.conflict, false, 'q renamed to q2 on one side and q3 on the other leaves both');
  t.strictSame(planned(renamed.record), ['update right emails=["p","q2","q3"]', 'update left emails=["p","q2","q3"]']);
  const both = merge(record, [seen('left', 2, 'emails/q', undefined), seen('right', 3, 'emails/r', 'r'), seen('right', 3, 'primaryEmail', 'r')]);
  t.strictSame(shows(settle(both.record), 'left'), { 'emails/p': 'p', primaryEmail: 'r', 'emails/r': 'r' }, 'removals and additions of both sides apply; the primary flag is a unit of its own');
});

t.test('C9s names and addresses conflict as one', async (t) => {
  const name = { firstName: 'Ada', lastName: 'Byron' };
  const merged = merge(pair({ name }), [seen('left', 2, 'name', { ...name, lastName: 'Lovelace' }), seen('right', 3, 'name', { ...name, middleName: 'King' })]);
  t.equal(merged.conflict, true);
  t.strictSame(planned(merged.record), ['update right firstName=Ada middleName= lastName=Lovelace nameSuffix=']);
});

t.test('C9 classic: the winner gets all mapped fields', async (t) => {
  const claims = [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'description', 'x'), seen('right', 3, 'fax', '1')];
  const left = merge(pair(base), claims, classicLeftWins);
  t.strictSame(planned(left.record), ['update right description=notes jobTitle=O fax=']);
  t.strictSame(toldOf(left).slice().sort(), ['lost C9 description=x', 'lost C9 fax=1']);
  t.equal(left.rule, 'C9');
  const right = merge(pair(base), claims, classicRightWins);
  t.strictSame(planned(right.record), ['update left description=x jobTitle=A fax=1']);
  const settled = settle(right.record);
  t.strictSame(shows(settled, 'left'), { ...base, description: 'x', fax: '1' });
  const again = merge(settled, [seen('right', 4, 'description', 'y', { saw: sawOf(settled, 'description', 'right') })], classicRightWins);
  t.equal(again.conflict, false, 'and then it is settled');
});

t.test('C9 classic: an edit before the loser was written back is a conflict again', async (t) => {
  const first = merge(pair(base), [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'description', 'x')], classicLeftWins).record;
  t.strictSame(shows(first, 'right'), { jobTitle: 'A', description: 'x' });
  const second = merge(first, [seen('right', 4, 'description', 'x2', { saw: sawOf(first, 'description', 'right') })], classicLeftWins);
  t.equal(second.conflict, true);
  t.strictSame(shows(settle(second.record), 'right'), { jobTitle: 'O', description: 'notes' });
});

t.test('C9 classic: what the winner itself agreed to before stays', async (t) => {
  const first = merge(pair(base), [typed(2, 'jobTitle', 'X')], classicRightWins).record;
  const second = merge(first, [seen('left', 3, 'jobTitle', 'O'), typed(4, 'description', 'x', { saw: 2 })], classicRightWins);
  t.strictSame(shows(settle(second.record), 'left'), { jobTitle: 'X', description: 'x' });
  const typedBoth = merge(pair(base), [typed(2, 'jobTitle', 'P', { side: 'left', writer: 'P' }), typed(3, 'description', 'x', { saw: 2 })], classicLeftWins);
  t.equal(typedBoth.conflict, false, 'who had seen the other edit is in no conflict with it');
});

t.test('C9 classic: with three sides, only who is in conflict with the winner loses', async (t) => {
  const three: Policy = { ...classicLeftWins, precedence: ['left', 'right', 'dav'] };
  const record = pair(base, { links: { ...pair(base).links, dav: { id: 'dav', version: '1', at: 1 } } });
  const merged = merge(record, [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'description', 'x'), seen('dav', 4, 'fax', '1')], three);
  t.strictSame(toldOf(merged).slice().sort(), ['lost C9 description=x', 'lost C9 fax=1']);
  t.strictSame([shows(merged.record, 'left'), agreed(merged.record, 'description'), agreed(merged.record, 'fax')], [{ ...base, jobTitle: 'O' }, 'notes', undefined]);
});

t.test('C9 classic: who had seen the winner, and edited on, does not lose with what was there before', async (t) => {
  const claims = [typed(2, 'fax', '1', { saw: 0 }), typed(3, 'jobTitle', 'P', { side: 'left', writer: 'P', saw: 2 })];
  const merged = merge(pair(base), claims, classicRightWins);
  t.equal(agreed(merged.record, 'jobTitle'), 'P');
  t.equal(agreed(merged.record, 'fax'), '1');
});

t.test('C9 does not apply in one direction', async (t) => {
  t.equal(merge(pair(base), [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'description', 'x')], classicToRight).conflict, false);
});

t.test('C10 both sides made the same edit: base advances, nothing is written or told', async (t) => {
  for (const policy of [leftWins, rightWins, classicLeftWins]) {
    const merged = merge(pair(base), [seen('left', 2, 'jobTitle', 'B'), seen('right', 3, 'jobTitle', 'B ')], policy);
    t.strictSame([planned(merged.record), toldOf(merged), merged.conflict], [[], [], false]);
    const next = merge(merged.record, [seen('right', 4, 'jobTitle', 'C', { saw: sawOf(merged.record, 'jobTitle', 'right') })], policy);
    t.equal(next.conflict, false, 'and an edit on top of it is an edit');
  }
  const later_ = merge(merge(pair(base), [seen('left', 2, 'jobTitle', 'B')], rightWins).record, [seen('right', 3, 'jobTitle', 'B')], leftWins);
  t.strictSame(planned(later_.record), [], 'also where the other one was to be written it');
});

t.test('A2 a change in OroCRM brings every mapped field to its value', async (t) => {
  const edited = merge(pair(base), [seen('right', 2, 'description', 'x')], leftToRight).record;
  const merged = merge(edited, [seen('left', 3, 'jobTitle', 'O')], leftToRight);
  t.strictSame(owed(merged.record, 'right'), { description: 'A2', jobTitle: 'A8' });
  t.strictSame(planned(merged.record), ['update right description=notes jobTitle=O']);
});

t.test('A5s a mere touch sweeps nothing', async (t) => {
  const edited = merge(pair(base), [seen('right', 2, 'description', 'x')], leftToRight).record;
  t.strictSame(planned(merge(edited, [], leftToRight).record), []);
  t.strictSame(planned(merge(edited, [seen('left', 3, 'jobTitle', 'A')], leftToRight).record), [], 'nor does a version without a change');
});

t.test('G4 what an observation claims', async (t) => {
  t.strictSame(changedUnits('contact', pair(base), 'left', { jobTitle: 'A ', fax: '1' }), [{ unit: 'description', saw: 1 }, { unit: 'fax', saw: 1, value: '1' }]);
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
  const later_ = merge(pair(base), [claim], waits);
  t.strictSame([planned(later_.record), toldOf(later_)], [[], ['left B7 jobTitle=O']]);
  t.strictSame(planned(merge(later_.record, [seen('right', 3, 'description', 'x')], waits).record), ['update left description=x jobTitle=A']);
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

t.test('C13 deleted on both sides', async (t) => {
  const merged = merge(pair(base), [exists('left', 2, 'deleted'), exists('right', 3, 'deleted')]);
  t.strictSame([planned(merged.record), merged.record.state, toldOf(merged)], [[], 'tombstone', []]);
  t.equal(merge(merged.record, [], leftWins).decision, 'drop');
});

t.test('C14 C14s an edit in Outlook against a deletion in OroCRM', async (t) => {
  const claims = [exists('left', 2, 'deleted'), seen('right', 3, 'jobTitle', 'X')];
  t.strictSame(toldOf(merge(pair(base), claims, classicRightWins)), ['deleted C14 jobTitle=X']);
  const kept = merge(pair(base), claims, rightWins);
  t.strictSame(planned(kept.record), ['create left']);
  const settled = settle(kept.record);
  t.strictSame(shows(settled, 'left'), { ...base, jobTitle: 'X' });
  t.equal(settled.links['left']?.id, '72');
  t.equal(settled.links['right']?.mark, '72', 'the marker becomes the new id');
  t.strictSame(settled.former, { left: ['7'] });
});

t.test('D2 a deletion that waits for a person goes on waiting, until somebody edits', async (t) => {
  const { record } = merge(pair(base), [exists('left', 2, 'deleted')]);
  const blocked: BaseRecord = { ...record, todo: { right: { op: 'delete', rule: 'C12', blocked: 'many at once' } } };
  t.strictSame(planned(blocked), []);
  t.strictSame(merge(blocked, []).record.todo, blocked.todo);
  t.strictSame(merge(blocked, [seen('right', 3, 'jobTitle', 'X')]).record.todo, { right: { op: 'delete', rule: 'C14s' } });
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

t.test('M11 M12 entries that a side does not show are not removed, and take a place that is free', async (t) => {
  const lists = Object.fromEntries(['p', 'q', 'r', 's', 't'].map((entry) => [`emails/${entry}`, entry]));
  const creating = single('left', { ...lists, primaryEmail: 'p' }, { todo: { right: { op: 'create', rule: 'C4' } } });
  const firstThree = (side: string, units: Units): Units => {
    const kept = side === 'left' ? Object.keys(units) : Object.keys(units).filter((name) => !name.startsWith('emails/')).concat(Object.keys(units).filter((name) => name.startsWith('emails/')).slice(0, 3));
    return Object.fromEntries(kept.map((name) => [name, units[name] as Json]));
  };
  const record = settle(creating, firstThree);
  const emailsOf = (one: BaseRecord, side: string): string => Object.keys(shows(one, side)).filter((name) => name.startsWith('emails/')).map((name) => name.slice(7)).join();
  t.equal(emailsOf(record, 'right'), 'p,q,r');
  t.strictSame(changedUnits('contact', record, 'right', shows(record, 'right')), []);

  const renamed = merge(record, [seen('right', 2, 'emails/q', undefined), seen('right', 2, 'emails/q2', 'q2')]);
  t.strictSame(planned(renamed.record), ['update left emails=["p","r","s","t","q2"]'], 'M11: no place is free');
  const removed = [seen('right', 2, 'emails/q', undefined)];
  const both = merge(record, removed);
  t.strictSame(owed(both.record, 'right'), { 'emails/s': 'M12', 'emails/t': 'M12' });
  const settled = settle(both.record, firstThree);
  t.equal(emailsOf(settled, 'left'), 'p,r,s,t');
  t.equal(emailsOf(settled, 'right'), 'p,r,s');
  t.strictSame(planned(merge(settled, [], leftWins).record), []);
  const oneWay = merge(record, removed, rightToLeft);
  t.strictSame(planned(oneWay.record), ['update left emails=["p","r","s","t"]'], 'in Outlook to OroCRM nothing is written to Outlook');
  const byLeft = settle(merge(record, [seen('left', 2, 'emails/q', undefined)]).record, firstThree);
  t.equal(emailsOf(byLeft, 'right'), 'p,r,s', 'where OroCRM removes one, the next comes with the same write');
});

t.test('M13 the primary address changes when it leaves the list', async (t) => {
  const record = pair({ 'emails/p': 'p', 'emails/q': 'q', primaryEmail: 'p' });
  const gone = merge(record, [seen('left', 2, 'emails/p', undefined)]);
  t.equal(agreed(gone.record, 'primaryEmail'), 'q');
  t.strictSame(owed(gone.record, 'left'), { primaryEmail: 'M13' });
  t.strictSame(shows(settle(gone.record), 'right'), { 'emails/q': 'q', primaryEmail: 'q' });
  const named = merge(record, [seen('left', 2, 'emails/p', undefined), seen('left', 2, 'primaryEmail', 'q')]);
  t.strictSame(planned(named.record), ['update right emails=["q"] primaryEmail=q'], 'who names another one is heard');
  const none = merge(record, [seen('left', 2, 'emails/p', undefined), seen('left', 2, 'emails/q', undefined)]);
  t.equal(agreed(none.record, 'primaryEmail'), undefined);
  const cleared_ = merge(record, [seen('left', 2, 'emails/p', undefined), seen('left', 2, 'emails/q', undefined), seen('left', 2, 'primaryEmail', undefined)]);
  t.strictSame(planned(cleared_.record), ['update right emails= primaryEmail=']);
  const ahead = merge({ ...record, units: { ...record.units, primaryEmail: { agreed: 'p', from: origin, held: { right: { value: 'q', saw: 1 } }, owed: {} } } }, [seen('left', 2, 'emails/p', undefined)]);
  t.strictSame(owed(ahead.record, 'right'), { 'emails/p': 'C5' }, 'a side that shows the next one as its primary already is not written');
  const unnamed = merge(pair({ 'emails/p': 'p' }), [seen('left', 2, 'emails/q', 'q')]);
  t.equal(agreed(unnamed.record, 'primaryEmail'), undefined, 'nobody need name one (M15)');
  t.strictSame(planned(unnamed.record), ['update right emails=["p","q"]']);
  const cleared = merge(record, [seen('left', 2, 'primaryEmail', undefined)]);
  t.equal(agreed(cleared.record, 'primaryEmail'), undefined, 'nor keep one');
  const lost = merge(gone.record, [], leftWins, { primaryEmail: [{ side: 'right', value: 'p', number: 1 }] });
  t.equal(agreed(lost.record, 'primaryEmail'), 'q');
});

for (const [title, policy, plan] of [
  ['bidirectional', leftWins, ['update right primaryPhone=2', 'update left phones=["2","3"] primaryPhone=2']],
  ['Outlook to OroCRM', rightToLeft, ['update left phones=["2","3"] primaryPhone=2']],
  ['OroCRM to Outlook', leftToRight, []],
] as const) {
  t.test(`M17 Outlook's only number is cleared, ${title}`, async (t) => {
    const own = (value: string): BaseUnit => ({ agreed: value, from: origin, held: { right: { saw: 1, own: true } }, owed: {} });
    const before = pair({ 'phones/1': '1', primaryPhone: '1' });
    const record = { ...before, units: { ...before.units, 'phones/2': own('2'), 'phones/3': own('3') } };
    const merged = merge(record, [seen('right', 2, 'phones/1', undefined), seen('right', 2, 'primaryPhone', undefined)], policy);
    const updates = planRecord(entity, merged.record).map((action) => (action.type === 'update' ? `update ${action.side} ${action.fields.filter((field) => action.side === 'left' || field === 'primaryPhone').map((field) => `${field}=${typeof action.view[field] === 'string' ? action.view[field] : JSON.stringify(action.view[field])}`).join(' ')}` : action.type));
    t.strictSame(updates, plan);
    const oneNumber = (side: string, units: Units): Units => (side === 'left' ? units : Object.fromEntries(Object.entries(units).filter(([name]) => name === 'primaryPhone' || name === `phones/${String(units['primaryPhone'])}`)));
    const settled = settle(merged.record, oneNumber);
    t.strictSame(shows(settled, 'right'), policy === leftWins ? { primaryPhone: '2', 'phones/2': '2' } : {}, 'what Outlook shows then');
    t.strictSame(shows(settled, 'left'), policy === leftToRight ? { 'phones/1': '1', primaryPhone: '1', 'phones/2': '2', 'phones/3': '3' } : { primaryPhone: '2', 'phones/2': '2', 'phones/3': '3' });
    const idle = merge(settled, changedUnits('contact', settled, 'right', shows(settled, 'right')).map((one) => ({ ...seen('right', 4, one.unit, one.value), saw: one.saw })), policy);
    t.strictSame(planned(idle.record), [], 'the unchanged slot removes nothing in later cycles');
  });
}

t.test('M16 another number in the slot replaces that number only', async (t) => {
  const own = (value: string): BaseUnit => ({ agreed: value, from: origin, held: { right: { saw: 1, own: true } }, owed: {} });
  const before = pair({ 'phones/1': '1', primaryPhone: '1' });
  const record = { ...before, units: { ...before.units, 'phones/2': own('2') } };
  const merged = merge(record, [seen('right', 2, 'phones/1', undefined), seen('right', 2, 'phones/9', '9'), seen('right', 2, 'primaryPhone', '9')]);
  t.strictSame(planned(merged.record), ['update left phones=["2","9"] primaryPhone=9']);
});

t.test('M32 a write of another field leaves a finer word alone', async (t) => {
  const record = pair({ subject: 'Call', status: 'in_progress' }, { kind: 'task' });
  t.strictSame(planned(merge(record, [seen('left', 2, 'subject', 'Call Ada')]).record), ['update right subject=Call Ada']);
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

t.test('D4 D5 what cannot be seen is left alone, and its claims wait', async (t) => {
  const edit = seen('right', 3, 'jobTitle', 'X');
  const frozen = merge(pair(base), [exists('left', 2, 'hidden'), edit]);
  t.strictSame([frozen.kept, frozen.rule, frozen.told, planned(frozen.record)], [true, 'D4', [], []]);
  t.equal(frozen.record.considered, 1);
  const further = { ...frozen.record, links: { ...frozen.record.links, right: { id: 'a', version: '8', at: 8, mark: '7' } } };
  const back = merge(further, [exists('left', 9, 'present'), edit]);
  t.strictSame(planned(back.record), ['update left jobTitle=X'], 'also where the item has gone on to another version meanwhile');
  t.strictSame(merge(single('left', base), [exists('left', 2, 'hidden')]).rule, 'D4');
  t.strictSame(merge(single('right', base), [exists('right', 2, 'outside')]).rule, 'D5');
  t.strictSame(merge(pair(base), [exists('left', 2, 'outside')]).rule, 'D4', 'out of the filter is hidden');
  t.strictSame(merge(pair(base), [exists('right', 2, 'hidden')]).rule, 'D5');
  const due = merge(pair(base), [exists('left', 2, 'deleted')]).record;
  t.strictSame(planned(merge(due, [exists('right', 3, 'outside')]).record), [], 'an item that moved away is not deleted after all');
});

t.test('K2 a record on one side only', async (t) => {
  const left = single('left', base);
  t.strictSame(planned(merge(left, [seen('left', 2, 'jobTitle', 'B')]).record), []);
  t.equal(agreed(merge(left, [seen('left', 2, 'jobTitle', 'B')]).record, 'jobTitle'), 'B');
  t.equal(merge(left, []).decision, 'nothing');
  const right = merge(single('right', base), [seen('right', 2, 'jobTitle', 'B')], leftToRight);
  t.equal(agreed(right.record, 'jobTitle'), 'B', 'without a twin each side is its own source, in every direction');
  t.strictSame(toldOf(right), []);
  t.strictSame(planned(merge(single('right', base), [typed(2, 'jobTitle', 'T')], leftToRight).record), ['update right jobTitle=T']);
  t.equal(agreed(merge(left, [seen('left', 2, 'jobTitle', 'B')], rightToLeft).record, 'jobTitle'), 'B');
  t.equal(merge(left, [exists('left', 2, 'deleted')]).record.state, 'tombstone');
  t.strictSame(planned(merge(left, [exists('left', 2, 'deleted'), typed(3, 'jobTitle', 'T')], rightWins).record), ['create right', 'create left'], 'deleted while somebody edits it (C14s)');
  t.strictSame(toldOf(merge(left, [seen('right', 2, 'jobTitle', 'B')])), ['stale R9 jobTitle=B'], 'an item it is not linked with says nothing');
  t.strictSame(toldOf(merge(left, [exists('right', 2, 'present')])), []);
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

t.test('restored: only conflicts of both sides are listed, and only in both ways', async (t) => {
  const record = pair(base, { restored: true });
  const both = [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'jobTitle', 'X')];
  t.strictSame(planned(merge(record, both, leftToRight).record), ['update right jobTitle=O']);
  t.strictSame(toldOf(merge(record, [typed(2, 'jobTitle', 'L'), seen('left', 3, 'jobTitle', 'O')])), ['listed S14b jobTitle=O', 'listed S14b jobTitle=L']);
});

t.test('a name that is no unit does no harm', async (t) => {
  const record = pair({ ...base, 'emails/__proto__': '__proto__', 'emails/constructor': 'constructor' });
  const merged = merge(record, [seen('right', 2, 'emails/__proto__', undefined), seen('left', 2, 'emails/toString', 'toString')]);
  t.strictSame(planned(merged.record), ['update right emails=["constructor","toString"]', 'update left emails=["constructor","toString"]']);
  t.strictSame(baseUnit(record, '__proto__'), { from: origin, held: {}, owed: {} });
  t.strictSame(baseUnit(record, 'constructor').agreed, undefined);
});

t.test('S14 which side a direction may write to', async (t) => {
  t.strictSame(['left', 'right'].map((side) => mayWrite('both-ways', side)), [true, true]);
  t.strictSame(['left', 'right'].map((side) => mayWrite('left-to-right', side)), [false, true]);
  t.strictSame(['left', 'right'].map((side) => mayWrite('right-to-left', side)), [true, false]);
});

t.test('C9s a unit of its own: mergeUnit', async (t) => {
  const unit: BaseUnit = { agreed: 'A', from: origin, held: {}, owed: {} };
  const merged = mergeUnit('contact', 'jobTitle', unit, [seen('left', 2, 'jobTitle', 'B')], [], leftWins);
  t.strictSame(merged.changed, ['left']);
  t.equal(merged.decided, true);
  t.strictSame(heldBy(merged.unit, 'right'), { value: 'A', saw: 1 });
  t.strictSame(heldBy(merged.unit, 'left'), { value: 'B', saw: 2 });
  t.equal(mergeUnit('contact', 'jobTitle', unit, [], [], leftWins).decided, false);
});
