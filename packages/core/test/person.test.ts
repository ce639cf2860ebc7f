import t from 'tap';
import { answered, blockUnits, deletionOf, freezeUnit, isChoice, mayAnswer, mayCreate, questionOf, releaseUnit, type BaseRecord } from '../src/index.ts';
import { agreed, classicLeftWins, exists, leftToRight, leftWins, merge, origin, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, single, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };
/** Deleted in OroCRM in a time when Outlook was not to follow (A11). */
const leftBehind = merge(pair(base), [exists('left', 2, 'deleted')], leftToRight).record;
/** Deleted in Outlook in a time when OroCRM was not to follow (B9). */
const givenUp = merge(pair(base), [exists('right', 2, 'deleted')], rightToLeft).record;
const marked: BaseRecord = single('right', base, { todo: { left: { op: 'create', rule: 'B3s', blocked: 'marked with OroCRM id 7' } } });

t.test('A12 an item whose record is gone asks: kept, it becomes a new record and takes its mark; deleted, it goes', async (t) => {
  for (const policy of [leftWins, rightWins, rightToLeft]) {
    const question = questionOf(leftBehind, policy);
    if (question === undefined) throw new Error(`no question in ${policy.direction}`);
    t.strictSame(question, { rule: 'A12', there: 'right', missing: 'left' });
    const kept = answered(leftBehind, question, 'keep');
    t.strictSame(planned(kept), ['create left']);
    t.strictSame(kept.former, { left: ['7'] });
    const done = settle(kept);
    t.strictSame([shows(done, 'left'), done.links['right']?.mark, done.state], [base, '72', 'live']);
    const ended = answered(leftBehind, question, 'delete');
    t.strictSame(planned(ended), ['delete right']);
    t.strictSame(planned(merge(ended, [], policy).record), ['delete right'], 'and a merge meanwhile does not change that');
    t.strictSame(planned(settle(ended)), []);
  }
});

t.test('A11 A12 C14 no question where the direction or the switch has the answer', async (t) => {
  t.equal(questionOf(leftBehind, leftToRight), undefined, 'A11: it stays as it is');
  t.equal(questionOf(leftBehind, classicLeftWins), undefined, 'classic: a deletion wins');
  t.equal(questionOf(pair(base), leftWins), undefined);
  t.equal(questionOf({ ...leftBehind, gone: { left: 'deleted', right: 'deleted' } }, leftWins), undefined, 'both are gone');
  t.equal(questionOf({ ...leftBehind, gone: { left: 'deleted', right: 'outside' } }, leftWins), undefined, 'it cannot be seen');
  t.equal(questionOf({ ...leftBehind, gone: { left: 'outside' } }, leftWins), undefined);
  t.equal(questionOf({ ...leftBehind, gone: { right: 'hidden' } }, leftWins), undefined);
  t.equal(questionOf(single('right', base, { state: 'tombstone' }), leftWins), undefined, 'it was never linked');
  t.equal(questionOf(single('left', base, { state: 'tombstone' }), leftWins), undefined);
  t.equal(questionOf(givenUp, { ...leftWins, rightDeletion: 'ignore' }), undefined, 'the switch says to ignore it');
  t.equal(questionOf(givenUp, rightToLeft), undefined, 'B9');
});

t.test('S14b a record whose item was deleted asks likewise', async (t) => {
  const question = questionOf(givenUp, leftWins);
  if (question === undefined) throw new Error('no question');
  t.strictSame(question, { rule: 'S14b', there: 'left', missing: 'right' });
  t.strictSame(planned(answered(givenUp, question, 'keep')), ['create right']);
  t.strictSame(planned(answered(givenUp, question, 'delete')), ['delete left']);
  t.equal(mayAnswer(question, 'delete', leftWins), true);
  t.equal(mayAnswer(question, 'delete', leftToRight), false, 'A13: nothing is deleted in OroCRM');
  t.equal(mayAnswer(question, 'keep', leftToRight), true);
});

t.test('B3s a marked item without its record asks likewise', async (t) => {
  const question = questionOf(marked, leftWins);
  if (question === undefined) throw new Error('no question');
  const done = settle(answered(marked, question, 'keep'));
  t.strictSame([shows(done, 'left'), done.links['right']?.mark], [base, '7']);
  const ended = answered(marked, question, 'delete');
  t.strictSame([planned(ended), ended.state], [['delete right'], 'tombstone']);
  t.strictSame(['keep', 'delete'].map((answer) => mayAnswer(question, answer as 'keep' | 'delete', leftToRight)), [false, true], 'A13: nothing is made in OroCRM');
  t.equal(questionOf(answered(marked, question, 'keep'), leftWins), undefined, 'asked once');
});

t.test('D2 D7 a deletion that waits is taken back by keeping the record', async (t) => {
  const waiting = merge(pair(base), [exists('left', 2, 'deleted')], leftWins).record;
  const deletion = deletionOf(waiting);
  if (deletion === undefined) throw new Error('no deletion');
  t.strictSame(deletion, { rule: 'C12', there: 'right', missing: 'left' });
  t.strictSame(planned(answered(waiting, deletion, 'keep')), ['create left']);
  const propagated = merge(pair(base), [exists('right', 2, 'deleted')], { ...leftWins, rightDeletion: 'propagate' }).record;
  t.match(deletionOf(propagated), { there: 'left', missing: 'right' });
  t.equal(deletionOf(pair(base)), undefined);
  t.equal(deletionOf(pair(base, { state: 'tombstone', todo: { right: { op: 'delete', rule: 'R10' } } })), undefined, 'undoing a creation deletes what has its source still');
});

t.test('R7 a frozen unit is decided by the value of one side, which the other one gets', async (t) => {
  const differing = merge(freezeUnit(pair(base), 'jobTitle', 'two systems disagree'), [seen('right', 2, 'jobTitle', 'B')]).record;
  t.ok(isChoice(differing, 'jobTitle'));
  t.notOk(isChoice(differing, 'description'), 'both hold the same');
  const choose = (side: string, value: string, policy = leftWins): BaseRecord =>
    merge(releaseUnit(differing, 'jobTitle'), [typed(3, 'jobTitle', value, { side, saw: 2 })], policy).record;
  const right = choose('left', 'B');
  t.strictSame([agreed(right, 'jobTitle'), owed(right, 'left'), owed(right, 'right')], ['B', { jobTitle: 'C5' }, {}]);
  const left = choose('right', 'A');
  t.strictSame([agreed(left, 'jobTitle'), owed(left, 'left'), owed(left, 'right')], ['A', {}, { jobTitle: 'C6' }]);
  t.strictSame(planned(choose('left', 'B', leftToRight)), ['update right jobTitle=B'], 'A13: what is Outlook\'s stays there');
  t.strictSame(planned(choose('right', 'A', rightToLeft)), ['update right jobTitle=A'], 'B11: written to Outlook first');
  t.strictSame(settle(left).units['jobTitle']?.held, {});
  const same = merge(differing, [seen('left', 3, 'jobTitle', 'B')]).record;
  t.strictSame(releaseUnit(same, 'jobTitle').units['jobTitle'], { agreed: 'B', from: origin, held: {}, owed: {} }, 'C10: both came to the same meanwhile');
  const empty = merge(same, [seen('left', 4, 'jobTitle', undefined), seen('right', 4, 'jobTitle', undefined)]).record;
  t.strictSame(releaseUnit(empty, 'jobTitle').units['jobTitle'], { from: origin, held: {}, owed: {} });
});

t.test('M43 a unit that a side refused is held back no more when a person has decided about it', async (t) => {
  const differing = merge(pair(base), [seen('right', 2, 'jobTitle', 'B')], leftToRight).record;
  const refused = blockUnits(differing, 'left', { jobTitle: 'too long' });
  const chosen = merge(releaseUnit(refused, 'jobTitle'), [typed(3, 'jobTitle', 'B', { side: 'left', saw: 2 })], leftToRight).record;
  t.strictSame([chosen.units['jobTitle']?.blocked, planned(chosen)], [undefined, ['update right jobTitle=B']]);
});

t.test('M10 D4 no choice where a side holds its own for want of room, or is not there', async (t) => {
  const record = pair(base);
  const own = { ...record, units: { ...record.units, 'emails/s': { agreed: 's', from: { number: 4, side: 'left', writer: 'left', at: 4 }, held: { right: { saw: 4, own: true as const } }, owed: {} } } };
  t.notOk(isChoice(own, 'emails/s'));
  const differing = merge(record, [seen('right', 2, 'jobTitle', 'B')], leftToRight).record;
  t.ok(isChoice(differing, 'jobTitle'));
  t.notOk(isChoice({ ...differing, gone: { left: 'hidden' } }, 'jobTitle'));
  t.notOk(isChoice(single('right', base), 'jobTitle'));
});

t.test('D6 B10s B11 A13 what a person wants back is made in Outlook in any direction, in OroCRM where it may be written', async (t) => {
  t.strictSame(['D6', 'B10s', 'B2'].map((rule) => mayCreate('right-to-left', 'right', rule)), [true, true, false]);
  t.strictSame(['D6', 'B10s', 'A4'].map((rule) => mayCreate('left-to-right', 'left', rule)), [false, false, false]);
  t.ok(mayCreate('both-ways', 'left', 'C3'));
  const todo = { right: { op: 'create' as const, rule: 'D6' } };
  const { right: _right, ...links } = pair(base).links;
  t.strictSame(planned(merge(pair(base, { links, todo }), [], rightToLeft).record), ['create right']);
});
