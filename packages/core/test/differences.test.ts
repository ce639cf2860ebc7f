import t from 'tap';
import {
  acknowledgeCreate, answered, baseUnit, decideDifferences, heldBy, isListed, isListedTodo, isListedUnit, leftByDirection, listDifferences, mergeRecord, planRecord, questionOf,
  type BaseRecord, type BaseUnit, type Json, type Policy,
} from '../src/index.ts';
import { agreed, classicLeftWins, entity, exists, leftToRight, leftWins, merge, origin, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, single, toldOf, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'D' };
const ada = { firstName: 'Ada', lastName: 'Byron' };
const middle = { firstName: 'Ada', middleName: 'A.', lastName: 'Byron' };

/** The units that are listed. */
const listedOf = (record: BaseRecord): readonly string[] => Object.keys(record.units).filter((name) => isListedUnit(baseUnit(record, name))).sort();

/** Listed under a policy, and decided under it. */
function decided(record: BaseRecord, policy: Policy, number = 9): ReturnType<typeof decideDifferences> {
  return decideDifferences(listDifferences(record, policy, 1), policy, number, 500);
}

const withUnit = (record: BaseRecord, name: string, change: Partial<BaseUnit>): BaseRecord => ({ ...record, units: { ...record.units, [name]: { ...baseUnit(record, name), ...change } } });

/** Outlook's own edit, left there (A9). */
const leftInOutlook = (value: Json | null = 'X'): BaseRecord => merge(pair(base), [seen('right', 2, 'jobTitle', value ?? undefined)], leftToRight).record;
/** OroCRM's own edit, left there while a revert waits (B7). */
const leftInOroCrm = (record = pair(base)): BaseRecord => merge(record, [seen('left', 3, 'jobTitle', 'O')], { ...rightToLeft, oneWayRevert: 'on-source-change' }).record;

t.test('S14b an edit that stayed on its side is listed where the direction would let it flow, and only there', async (t) => {
  for (const [record, policy, listed] of [
    [leftInOutlook(), leftWins, ['jobTitle']], [leftInOutlook(), rightWins, ['jobTitle']], [leftInOutlook(), rightToLeft, ['jobTitle']], [leftInOutlook(), leftToRight, []],
    [leftInOroCrm(), leftWins, ['jobTitle']], [leftInOroCrm(), leftToRight, ['jobTitle']], [leftInOroCrm(), rightToLeft, []],
    [pair(base), leftWins, []], [pair(base), leftToRight, []], [pair(base), rightToLeft, []],
  ] as const) {
    const next = listDifferences(record, policy, 1);
    t.strictSame([listedOf(next), isListed(next), planned(next)], [listed, listed.length > 0, []]);
    t.strictSame(listDifferences(next, policy, 1), next, 'listing twice is listing once');
    t.strictSame(listedOf(listDifferences(next, leftToRight, 1)), listedOf(listDifferences(record, leftToRight, 1)), 'another direction makes the list anew');
  }
});

t.test('S14b approved, it is its side\'s edit after the last agreement', async (t) => {
  for (const [record, policy, writes] of [
    [leftInOutlook(), leftWins, ['update left jobTitle=X']], [leftInOutlook(), rightToLeft, ['update left jobTitle=X']],
    [leftInOroCrm(), rightWins, ['update right jobTitle=O']], [leftInOroCrm(), leftToRight, ['update right jobTitle=O']],
    [leftInOutlook(null), leftWins, ['update left jobTitle=']],
  ] as const) {
    const merged = decided(record, policy);
    t.strictSame([planned(merged.record), isListed(merged.record)], [writes, false]);
    t.equal(merged.record.considered, 9);
    const next = settle(merged.record);
    t.strictSame(shows(next, 'left'), shows(next, 'right'));
  }
  t.equal(baseUnit(decided(leftInOutlook(), leftWins).record, 'jobTitle').from.at, 1, 'at the time of the version that showed it');
  const untimed = leftInOutlook();
  t.equal(baseUnit(decided({ ...untimed, links: { ...untimed.links, right: { id: 'a', version: '1', at: 0 } } }, leftWins).record, 'jobTitle').from.at, 500, 'or now, where the service tells none');
});

t.test('S14b C7 C8 C9 an edit on each side is a conflict like another', async (t) => {
  const both = leftInOroCrm(leftInOutlook());
  t.strictSame([decided(both, leftWins), decided(both, rightWins)].map((merged) => [planned(merged.record), toldOf(merged), merged.conflict]), [
    [['update right jobTitle=O'], ['lost C7 jobTitle=X'], true], [['update left jobTitle=X'], ['lost C8 jobTitle=O'], true],
  ]);
  t.strictSame([planned(decided(both, leftToRight).record), planned(decided(both, rightToLeft).record)], [['update right jobTitle=O'], ['update left jobTitle=X']]);
  const other = merge(leftInOutlook(), [seen('left', 3, 'description', 'O')], { ...rightToLeft, oneWayRevert: 'on-source-change' }).record;
  t.strictSame(planned(decided(other, leftWins).record), ['update right description=O', 'update left jobTitle=X'], 'two fields, both survive');
  t.strictSame(planned(decided(other, classicLeftWins).record), ['update right description=O jobTitle=A'], 'read literally, one wins as a whole');
});

t.test('S14b history 28 what a side was never given is no edit of it', async (t) => {
  const waits = merge(pair(base), [seen('right', 2, 'jobTitle', 'X')], leftWins).record;
  const givenUp = merge(waits, [], leftToRight).record;
  for (const policy of [leftWins, rightWins]) t.strictSame(planned(decided(givenUp, policy).record), ['update left jobTitle=X'], 'the verdict is owed again');
  t.strictSame(owed(decided(givenUp, leftWins).record, 'left'), { jobTitle: 'C6' });
  t.strictSame(planned(decided(givenUp, leftToRight).record), ['update right jobTitle=A'], 'one way the source\'s value counts');
  t.strictSame(planned(decided(givenUp, rightToLeft).record), ['update left jobTitle=X']);
  const other = merge(merge(pair(base), [seen('left', 2, 'jobTitle', 'O')], leftWins).record, [], rightToLeft).record;
  t.strictSame([owed(decided(other, leftWins).record, 'right'), owed(decided(other, leftToRight).record, 'right')], [{ jobTitle: 'C5' }, { jobTitle: 'A8' }]);
  t.strictSame(owed(decided(withUnit(pair(base), 'jobTitle', { from: { ...origin, number: 2, side: 'right' }, held: { left: { value: 'old', saw: 1 } } }), rightToLeft).record, 'left'), { jobTitle: 'B8' });
  const added = merge(merge(pair({}), [seen('right', 2, 'jobTitle', 'X')], leftWins).record, [], leftToRight).record;
  t.strictSame(listedOf(listDifferences(added, leftToRight, 1)), [], 'G8 an empty source that was never anything else erases nothing');
});

t.test('S14b G8 a value beside nothing that never was flows, and is not erased', async (t) => {
  const first = withUnit(pair({}), 'jobTitle', { held: { right: { value: 'X', saw: 0 } } });
  t.strictSame([leftWins, rightToLeft].map((policy) => planned(decided(first, policy).record)), [['update left jobTitle=X'], ['update left jobTitle=X']]);
  t.strictSame(listedOf(listDifferences(first, leftToRight, 1)), []);
  const behind = withUnit(pair({}), 'jobTitle', { held: { left: { value: 'O', saw: 0 } } });
  t.strictSame(listedOf(listDifferences(behind, rightToLeft, 1)), []);
});

t.test('S14b G8 a part of a name that one side never had is filled, not erased', async (t) => {
  const kept = withUnit(pair({ name: middle }), 'name', { held: { right: { value: ada, saw: 1 } } });
  t.strictSame(planRecord(entity, decided(kept, leftWins).record).map(({ side, type }) => [type, side]), [['update', 'right']]);
  t.strictSame(shows(settle(decided(kept, leftWins).record), 'right')['name'], middle);
  t.strictSame(listedOf(listDifferences(kept, rightToLeft, 1)), [], 'a source that lacks it says nothing');
  const literal: Policy = { ...leftWins, emptyOverwrites: true };
  t.strictSame(shows(settle(decided(kept, literal).record), 'left')['name'], ada, 'read literally it is erased');
  const renamed = withUnit(pair({ name: middle }), 'name', { held: { right: { value: { firstName: 'Ada', lastName: 'King' }, saw: 1 } } });
  for (const policy of [leftWins, rightToLeft]) {
    const next = settle(decided(renamed, policy).record);
    t.strictSame(shows(next, 'left')['name'], { ...middle, lastName: 'King' });
    t.strictSame(shows(next, 'right')['name'], policy === leftWins ? { ...middle, lastName: 'King' } : { firstName: 'Ada', lastName: 'King' });
  }
});

t.test('S14b what is under way, waits for something else, or is as much as a side can hold is no difference', async (t) => {
  const held = { right: { value: 'X', saw: 1 } };
  for (const change of [{ owed: { left: 'C6' } }, { blocked: { left: 'refused' } }, { frozen: 'two systems' }, { only: { right: 'T' } }, { held: { right: { value: 'X', saw: 1, own: true as const } } }]) {
    t.strictSame(listedOf(listDifferences(withUnit(pair(base), 'jobTitle', { held, ...change }), leftWins, 1)), []);
  }
  t.strictSame(listedOf(listDifferences({ ...leftInOutlook(), gone: { left: 'deleted' } }, leftWins, 1)), []);
  t.equal(isListed({ ...listDifferences(leftInOutlook(), leftWins, 1), state: 'tombstone' }), false);
});

t.test('S14b an edit of a listed field, on either side or typed, takes it off the list and is an ordinary change', async (t) => {
  const listed = listDifferences(leftInOutlook(), leftWins, 1);
  for (const claim of [seen('left', 5, 'jobTitle', 'new'), seen('right', 5, 'jobTitle', 'new'), typed(5, 'jobTitle', 'new', { saw: 4 })]) {
    const next = merge(listed, [claim], leftWins).record;
    t.strictSame([listedOf(next), agreed(next, 'jobTitle')], [[], 'new']);
  }
  const other = merge(listed, [seen('left', 5, 'description', 'new')], leftWins).record;
  t.strictSame([listedOf(other), planned(other)], [['jobTitle'], ['update right description=new']], 'another field does not');
  const again = merge(listDifferences(leftInOroCrm(), leftToRight, 1), [seen('right', 6, 'jobTitle', 'Y')], leftToRight);
  t.strictSame([listedOf(again.record), planned(again.record), toldOf(again)], [[], [], ['left A9 jobTitle=Y']], 'also one that stays where it is');
});

t.test('S14b a listed record that is made again is made as the other side has it', async (t) => {
  const deleted = merge(listDifferences(leftInOroCrm(), leftWins, 1), [exists('right', 5, 'deleted')], leftWins).record;
  t.strictSame([listedOf(deleted), planRecord(entity, deleted).map((action) => action.type === 'create' && action.view['jobTitle'])], [[], ['O']], 'C11 with the current OroCRM values');
  const emptied = merge(pair(base), [seen('left', 3, 'jobTitle', undefined)], { ...rightToLeft, oneWayRevert: 'on-source-change' }).record;
  const again = merge(listDifferences(emptied, leftWins, 1), [exists('right', 5, 'deleted')], leftWins).record;
  t.strictSame(planRecord(entity, again).map((action) => action.type === 'create' && Object.keys(action.view)), [['description']]);
  const ended = merge(listDifferences(leftInOutlook(), rightToLeft, 1), [exists('right', 5, 'deleted')], rightToLeft).record;
  t.strictSame([ended.state, listedOf(ended)], ['tombstone', []], 'given up, it is off the list');
  const gone = merge(listDifferences(leftInOutlook(), rightWins, 1), [exists('left', 5, 'deleted'), exists('right', 5, 'deleted'), typed(6, 'description', 'T')], rightWins).record;
  t.strictSame([gone.state, listedOf(gone)], ['live', []], 'made again on both sides as it was agreed');
});

t.test('S14b a record on one side only waits as a creation, and a person may answer about it alone', async (t) => {
  for (const [there, missing, policies] of [['right', 'left', [leftWins, rightToLeft]], ['left', 'right', [leftWins, leftToRight]]] as const) for (const policy of policies) {
    const listed = listDifferences(single(there, base), policy, 1);
    t.strictSame([listed.todo, planned(listed), isListed(listed)], [{ [missing]: { op: 'create', rule: 'S14b', blocked: leftByDirection } }, [], true]);
    t.strictSame(questionOf(listed, policy), { rule: 'S14b', there, missing });
    t.strictSame(planned(answered(listed, { rule: 'S14b', there, missing }, 'keep')), [`create ${missing}`]);
    t.strictSame(planned(answered(listed, { rule: 'S14b', there, missing }, 'delete')), [`delete ${there}`]);
    t.strictSame(planned(decideDifferences(listed, policy, 9, 500).record), [`create ${missing}`]);
    t.equal(isListed(listDifferences(single(there, base), policy, 0)), false, 'one that is new is an ordinary one');
    t.equal(isListed(listDifferences(listed, there === 'right' ? leftToRight : rightToLeft, 1)), false);
    t.equal(isListed(listDifferences({ ...single(there, base), gone: { [there]: 'hidden' } }, policy, 1)), false);
    t.equal(isListed(listDifferences({ ...single(there, base), state: 'tombstone' }, policy, 1)), false);
  }
  const waits = { ...single('right', base), todo: { left: { op: 'create', rule: 'B3s', blocked: 'marked' } } } as const;
  t.strictSame(listDifferences(waits, leftWins, 1), waits, 'what waits for another answer goes on waiting');
  const copy = { ...single('right', base), todo: { right: { op: 'unmark', rule: 'K12' } } } as const;
  t.strictSame(Object.keys(listDifferences(copy, leftWins, 1).todo), ['right', 'left']);
});

t.test('S14b B9 A11 a record that was given up: its creation is offered, its deletion never', async (t) => {
  const inOroCrm = merge(pair(base), [exists('right', 2, 'deleted')], rightToLeft).record;
  const listed = listDifferences(inOroCrm, leftWins, 1);
  t.strictSame([listed.todo['right']?.blocked, planned(listed), listed.state], [leftByDirection, [], 'tombstone']);
  t.strictSame([mergeRecord(listed, [], {}, leftWins).rule, planned(mergeRecord(listed, [], {}, leftWins).record)], ['S14b', []], 'and goes on waiting');
  const made = decideDifferences(listed, leftWins, 9, 500).record;
  t.strictSame([planned(made), made.state], [['create right'], 'live']);
  t.strictSame(shows(acknowledgeCreate(made, 'right', { id: 'b', version: '1', at: 9 }, base, { jobTitle: 1, description: 1 }), 'right'), base);
  t.strictSame(planned(merge(listed, [seen('left', 5, 'jobTitle', 'new')], leftWins).record), ['create right'], 'an edit makes it as well');
  const back = merge(listed, [exists('right', 5, 'present')], leftWins).record;
  t.strictSame([back.state, back.todo], ['live', {}], 'taken out of the bin it is the record it was');
  t.equal(isListed(listDifferences(inOroCrm, { ...leftWins, rightDeletion: 'ignore' }, 1)), false, 'the switch has the answer');
  const inOutlook = merge(pair(base), [exists('left', 2, 'deleted')], leftToRight).record;
  t.strictSame(listDifferences(inOutlook, leftWins, 1), inOutlook, 'A12 asks one by one');
  const unmade = merge(merge(pair(base), [exists('right', 2, 'deleted')], leftWins).record, [], rightToLeft).record;
  t.equal(unmade.state, 'tombstone', 'a creation that the direction forbade');
  t.strictSame(planned(decided(unmade, leftWins).record), ['create right']);
});

t.test('S14b a list made under one policy and decided under another does what that one says', async (t) => {
  const listed = listDifferences(leftInOutlook(), leftWins, 1);
  const merged = decideDifferences(listed, leftToRight, 9, 500);
  t.strictSame([planned(merged.record), isListed(merged.record), heldBy(baseUnit(merged.record, 'jobTitle'), 'right').value], [[], false, 'X']);
  t.equal(isListedTodo(undefined), false);
  for (const side of ['left', 'right'] as const) {
    const alone = withUnit(single(side, base), 'jobTitle', { blocked: { left: leftByDirection, right: leftByDirection } });
    t.strictSame(planned(decideDifferences(alone, leftWins, 9, 500).record), [], 'nothing flows to where there is no item');
  }
});
