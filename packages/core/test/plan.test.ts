import t from 'tap';
import { acknowledgeWrite, defaultDeleteLimits, defaultGuards, freezeUnit, isEmptySide, isMassDelete, isMassOverwrite, isSettled, planRecord, type BaseRecord } from '../src/index.ts';
import { entity, exists, leftWins, merge, pair, planned, seen, shows, single, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };

t.test('R2 an update names its fields, their rules, what the side should hold and the claims it carries out', async (t) => {
  const name = { firstName: 'Ada', lastName: 'Byron' };
  const { record } = merge(pair({ ...base, name }), [seen('left', 2, 'jobTitle', 'B'), seen('left', 3, 'name', { ...name, lastName: 'Lovelace' }), seen('right', 4, 'description', 'x')]);
  t.strictSame(planRecord(entity, record), [
    {
      type: 'update', side: 'right', entity, kind: 'contact', id: 'a',
      rules: { jobTitle: 'C5', firstName: 'C5', middleName: 'C5', lastName: 'C5', nameSuffix: 'C5' },
      view: { firstName: 'Ada', lastName: 'Lovelace', jobTitle: 'B', description: 'x' },
      fields: ['firstName', 'middleName', 'lastName', 'nameSuffix', 'jobTitle'], numbers: { jobTitle: 2, name: 3 },
    },
    {
      type: 'update', side: 'left', entity, kind: 'contact', id: '7', rules: { description: 'C6' },
      view: { firstName: 'Ada', lastName: 'Lovelace', jobTitle: 'B', description: 'x' }, fields: ['description'], numbers: { description: 4 },
    },
  ], 'OroCRM to Outlook first (C1)');
  t.equal(isSettled(record), false);
  t.equal(isSettled(pair(base)), true);
});

t.test('C4 a creation carries everything that is agreed', async (t) => {
  const record = merge(single('left', base, { todo: { right: { op: 'create', rule: 'C4' } } }), [seen('left', 2, 'description', undefined)]).record;
  t.strictSame(planRecord(entity, record), [{ type: 'create', side: 'right', entity, kind: 'contact', rule: 'C4', view: { jobTitle: 'A' }, numbers: { jobTitle: 1, description: 2 } }]);
  t.strictSame(planned({ ...record, todo: { right: { op: 'create', rule: 'S17', blocked: 'private' } } }), [], 'what is held is not planned');
});

t.test('C12 a deletion names the item', async (t) => {
  const { record } = merge(pair(base), [exists('left', 2, 'deleted')]);
  t.strictSame(planRecord(entity, record), [{ type: 'delete', side: 'right', entity, kind: 'contact', id: 'a', rule: 'C12' }]);
  const unlinked: BaseRecord = { ...record, links: {} };
  t.strictSame(planned(unlinked), [], 'what is not there need not be deleted');
});

t.test('K2 K3 the marker is the id of the OroCRM record', async (t) => {
  const record = pair(base);
  const bare = { ...record, links: { ...record.links, right: { id: 'a', version: '1', at: 1 } } };
  t.strictSame(planRecord(entity, bare), [{ type: 'mark', side: 'right', entity, kind: 'contact', id: 'a', mark: '7' }]);
  t.strictSame(planned({ ...bare, state: 'tombstone' }), [], 'A11: a tombstone is left as it is');
  t.strictSame(planned({ ...bare, gone: { right: 'outside' } }), [], 'D5: so is what was moved away');
  t.strictSame(planned(single('right', base)), [], 'without a record in OroCRM there is nothing to mark with');
  t.strictSame(planned(single('left', base)), []);
  t.strictSame(planRecord(entity, record, 'left').map(({ side }) => side), ['left'], 'the side that carries marks is the caller\'s');
});

t.test('D2 deletions of much of a side wait for a person', async (t) => {
  for (const [deletes, links, waits] of [
    [9, 20, false], [10, 100, false], [10, 99, true], [11, 100, true], [2, 3, false], [3, 6, false], [3, 5, true], [2, 2, true], [1, 1, false], [0, 0, false], [0, 5, false],
  ] as const) t.equal(isMassDelete(deletes, links), waits, `${deletes} of ${links}`);
  t.equal(isMassDelete(1, 4, { ...defaultDeleteLimits, most: { count: 1, share: 0.2 } }), true, 'the limits are settings');
  t.strictSame([isMassDelete(2, 2, { ...defaultDeleteLimits, all: { count: 3 } }), isMassDelete(1, 1, { ...defaultDeleteLimits, all: { count: 1 } })], [false, true]);
  t.match(defaultGuards, { massDelete: 'on', deletes: defaultDeleteLimits, massOverwrite: 'on' }, 'section 10: on in both profiles');
});

t.test('D3 a side that shows nothing is not trusted', async (t) => {
  t.strictSame([isEmptySide(0, 2), isEmptySide(0, 1), isEmptySide(1, 9)], [true, false, false]);
});

t.test('D11 replacing values in much of a side waits for a person', async (t) => {
  t.strictSame([isMassOverwrite(20, 66), isMassOverwrite(20, 67), isMassOverwrite(19, 20), isMassOverwrite(30, 100), isMassOverwrite(31, 100)], [true, false, false, false, true]);
  t.strictSame([isMassOverwrite(3, 4, { count: 3, share: 0.5 }), isMassOverwrite(2, 4, { count: 2, share: 0.5 }), isMassOverwrite(2, 2, { count: 3, share: 0.5 })], [true, false, false], 'the limits are settings');
});

t.test('M12 a list that is written shows what did not fit before', async (t) => {
  const record = pair({ 'emails/p': 'p', 'emails/q': 'q' });
  const hidden = { ...record, units: { ...record.units, 'emails/s': { agreed: 's', from: { number: 4, side: 'left', writer: 'left', at: 4 }, held: { right: { saw: 4, own: true as const } }, owed: {} } } };
  t.strictSame(planned(hidden), [], 'for itself it is no reason to write');
  const [update] = planRecord(entity, merge(hidden, [seen('left', 5, 'emails/q', undefined)], leftWins).record);
  t.match(update, { view: { emails: ['p', 's'] }, numbers: { 'emails/q': 5, 'emails/s': 4 } });
  const [other] = planRecord(entity, merge(hidden, [seen('left', 5, 'jobTitle', 'B')], leftWins).record);
  t.strictSame(other?.type === 'update' && other.numbers, { jobTitle: 5 }, 'another field does not touch the list');
});

t.test('R7 a frozen unit is owed to nobody, is told and not decided, and everything else goes on', async (t) => {
  const owing = merge(pair(base), [seen('left', 2, 'jobTitle', 'B'), seen('left', 3, 'description', 'x')]).record;
  const frozen = freezeUnit(owing, 'jobTitle', 'two systems disagree');
  t.strictSame(planRecord(entity, frozen).map((action) => action.type === 'update' && action.fields), [['description']]);
  const later = merge(frozen, [seen('right', 4, 'jobTitle', 'C'), typed(5, 'jobTitle', 'D')]);
  t.strictSame(later.told.map(({ rule, outcome, value }) => [rule, outcome, value]), [['R7', 'listed', 'C'], ['R7', 'listed', 'D']]);
  t.equal(later.conflict, false);
  t.equal(shows(later.record, 'right')['jobTitle'], 'C', 'what a side shows is known all the same');
  t.strictSame(planRecord(entity, later.record).map((action) => action.type === 'update' && action.fields), [['description']]);
});

t.test('K12 the mark of a copy that nothing is created for is taken away, once, and only where the item is', async (t) => {
  const copy = single('right', base, { todo: { right: { op: 'unmark', rule: 'K12' } } });
  t.strictSame(planRecord(entity, copy).filter(({ type }) => type === 'mark').map((action) => action.type === 'mark' && [action.side, action.mark]), [['right', '']]);
  t.strictSame(planned({ ...copy, gone: { right: 'deleted' } }), []);
  t.strictSame(planned({ ...copy, links: {} }), []);
  const link = { id: 'a', version: '2', at: 2 };
  t.strictSame(acknowledgeWrite(copy, 'right', { ...link, mark: '7' }, {}, {}).todo, copy.todo, 'a mark that is still there');
  t.strictSame(acknowledgeWrite(copy, 'right', link, {}, {}).todo, {});
  t.strictSame(acknowledgeWrite(copy, 'right', { ...link, mark: '' }, {}, {}).todo, {});
});
