import t from 'tap';
import { acknowledgeDelete, isPurge, linkRecords, purgeItem, stopPurge, type BaseRecord, type Policy } from '../src/index.ts';
import { classicLeftWins, classicRightWins, exists, leftToRight, merge, pair, planned, rightToLeft, seen, settle, shows, single, toldOf, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };
const purge: Policy = classicLeftWins;
const oneWay: Policy = { ...leftToRight, resync: 'purge' };
const confirmed = (record: BaseRecord): BaseRecord => purgeItem(record, 'right', 'A6');

t.test('A6 the item goes before anything else is done with the record, which then is OroCRM\'s alone', async (t) => {
  const edited = merge(pair(base), [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'description', 'x')], oneWay).record;
  const asked = confirmed(edited);
  t.strictSame(planned(asked), ['delete right'], 'not the update it was owed');
  const left = acknowledgeDelete(asked, 'right');
  t.match(left, { links: { left: { id: '7' } }, former: { right: ['a'] }, todo: {}, gone: {}, state: 'live' });
  t.strictSame(Object.keys(left.links), ['left']);
  t.strictSame([planned(left), shows(left, 'left')], [[], { jobTitle: 'O', description: 'notes' }]);
  const again = settle({ ...left, todo: { right: { op: 'create', rule: 'A4' } } });
  t.strictSame([shows(again, 'right'), again.links['right']?.mark], [{ jobTitle: 'O', description: 'notes' }, '7'], 'A4');
  const twin = linkRecords(left, single('right', { jobTitle: 'X' }, { links: { right: { id: 'b', version: '1', at: 1 } } }), oneWay);
  t.strictSame(shows(settle(twin), 'right'), { jobTitle: 'O', description: 'notes' }, 'A3');
});

t.test('A6 what OroCRM holds counts, not what was agreed and it could not hold', async (t) => {
  const own = pair(base, { units: { ...pair(base).units, jobTitle: { agreed: 'Very long', from: { number: 1, side: 'right', writer: 'right', at: 1 }, held: { left: { value: 'Very', saw: 1, own: true } }, owed: {} } } });
  t.strictSame(shows(acknowledgeDelete(confirmed(own), 'right'), 'left'), { jobTitle: 'Very', description: 'notes' });
});

t.test('A6 a verdict is final: what was decided before the pass, and is not written yet, is still written', async (t) => {
  const owing = merge(pair(base), [seen('right', 2, 'jobTitle', 'X')], purge).record;
  t.strictSame(planned(owing), ['update left jobTitle=X']);
  const left = acknowledgeDelete(confirmed(owing), 'right');
  t.strictSame(planned(left), ['update left jobTitle=X']);
  const again = settle({ ...left, todo: { right: { op: 'create', rule: 'C4' } } });
  t.strictSame([shows(again, 'left'), shows(again, 'right')], [{ jobTitle: 'X', description: 'notes' }, { jobTitle: 'X', description: 'notes' }]);
  const alone = acknowledgeDelete(confirmed(merge(pair(base), [typed(2, 'jobTitle', 'T')], oneWay).record), 'right');
  const shown = settle({ ...alone, todo: { right: { op: 'create', rule: 'A4' } } });
  t.strictSame([shows(shown, 'left'), shows(shown, 'right')], [base, { jobTitle: 'T', description: 'notes' }], 'A13');
});

t.test('A6 G3 what was edited in Outlook meanwhile goes with the item, and is kept in history under the rule', async (t) => {
  for (const policy of [purge, classicRightWins, oneWay]) {
    const merged = merge(confirmed(pair(base)), [seen('right', 2, 'jobTitle', 'X')], policy);
    t.strictSame([planned(merged.record), toldOf(merged)], [['delete right'], ['stale A6 jobTitle=X']]);
    const both = merge(confirmed(pair(base)), [seen('left', 2, 'jobTitle', 'O'), seen('right', 3, 'jobTitle', 'X')], policy);
    t.strictSame(shows(acknowledgeDelete(both.record, 'right'), 'left'), { jobTitle: 'O', description: 'notes' });
  }
  const person = merge(confirmed(pair(base)), [typed(2, 'jobTitle', 'T')], purge);
  t.strictSame(planned(person.record), ['delete right']);
  t.strictSame(planned(acknowledgeDelete(person.record, 'right')), ['update left jobTitle=T'], 'what is typed is not in the item');
});

t.test('A6 A11 an item whose record was deleted in OroCRM goes as well, and nothing comes of it', async (t) => {
  const left = acknowledgeDelete(confirmed(merge(pair(base), [exists('left', 2, 'deleted')], oneWay).record), 'right');
  t.match(left, { state: 'tombstone', gone: { left: 'deleted' }, former: { right: ['a'] } });
  t.strictSame(planned(left), []);
  for (const policy of [oneWay, purge, { ...rightToLeft, resync: 'purge' }] as const) {
    const meanwhile = merge(confirmed(pair(base)), [exists('left', 2, 'deleted'), seen('left', 2, 'jobTitle', 'O')], policy);
    t.strictSame(planned(meanwhile.record), ['delete right'], `deleted meanwhile, ${policy.direction}`);
    t.equal(meanwhile.record.todo['right']?.rule, 'A6', 'and asked for by the pass, not by a mass of deletions (D2)');
  }
  const alone = acknowledgeDelete(confirmed(single('right', base, { todo: { left: { op: 'create', rule: 'B3s', blocked: 'keep or delete?' } } })), 'right');
  t.match(alone, { links: {}, todo: {}, state: 'tombstone' });
  t.strictSame(planned(alone), []);
});

t.test('A6 an item that its person deletes meanwhile is gone already', async (t) => {
  const deleted = [exists('right', 2, 'deleted')];
  t.strictSame(planned(merge(confirmed(pair(base)), deleted, purge).record), ['create right']);
  t.strictSame(planned(merge(confirmed(pair(base)), deleted, { ...oneWay, rightDeletion: 'ignore' }).record), []);
  t.strictSame(planned(merge(confirmed(pair(base)), [...deleted, exists('left', 3, 'deleted')], purge).record), [], 'C13');
});

t.test('D4 D5 D8 what cannot be seen is not purged, now or when it is seen again, and nothing is where the switch is off', async (t) => {
  for (const claim of [exists('left', 2, 'hidden'), exists('right', 2, 'outside')]) {
    const frozen = merge(confirmed(pair(base)), [claim], purge).record;
    t.strictSame(planned(merge(frozen, [exists(claim.side, 3, 'present')], purge).record), []);
  }
  t.strictSame(planned(merge(confirmed(pair(base)), [], { ...purge, resync: 'relink' }).record), []);
  t.strictSame(planned(merge(confirmed(pair(base)), [], purge).record), ['delete right']);
  const kept = pair(base, { todo: { left: { op: 'create', rule: 'B3s', blocked: 'keep or delete?' } } });
  t.strictSame(stopPurge(confirmed(kept)), kept, 'what else is to be done stays');
  t.strictSame([isPurge('A6'), isPurge('B3'), isPurge('B3s'), isPurge(undefined)], [true, true, false, false]);
});
