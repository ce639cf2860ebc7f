import t from 'tap';
import { asRestored, asUsual, isSettledSinceRestore, relinkRecords, sinceRestore, type Policy } from '../src/index.ts';
import { classicLeftWins, exists, leftToRight, leftWins, merge, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, single, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'D' };

t.test('D9 what was decided before the backup stands, but for deletions', async (t) => {
  const deleting = merge(pair(base), [exists('left', 2, 'deleted')], leftWins).record;
  t.strictSame(planned(deleting), ['delete right']);
  const restored = asRestored(deleting);
  t.strictSame([planned(restored), restored.restored, merge(restored, [], leftWins).rule], [[], true, 'A12']);
  t.strictSame(asRestored({ ...pair(base), todo: { right: { op: 'delete', rule: 'A6' } } }).todo, {}, 'a purge neither');
  const waiting = { right: { op: 'delete', rule: 'C12', blocked: 'refused' }, left: { op: 'create', rule: 'C3' } } as const;
  t.strictSame(asRestored({ ...pair(base), todo: waiting }).todo, waiting, 'what waits, and what is to be made, stay');
  t.strictSame(asUsual(asRestored(pair(base))), pair(base));
});

t.test('D9 nothing is deleted on the word of a backup, in either profile', async (t) => {
  for (const policy of [leftWins, classicLeftWins, rightToLeft, { ...classicLeftWins, direction: 'right-to-left' } as const]) {
    const merged = merge(asRestored(pair(base)), [exists('left', 2, 'deleted')], policy);
    t.strictSame([planned(merged.record), merged.rule], [[], 'A12'], 'a person is asked');
    t.equal(isSettledSinceRestore(merged.record, policy), false);
    t.strictSame(planned(merge(merged.record, [], policy).record), [], 'and asked still');
    t.equal(isSettledSinceRestore(merge(merged.record, [exists('right', 3, 'deleted')], policy).record, policy), true);
  }
  const propagate: Policy = { ...leftWins, rightDeletion: 'propagate' };
  t.strictSame(planned(merge(pair(base), [exists('right', 2, 'deleted')], propagate).record), ['delete left']);
  t.strictSame(planned(merge(asRestored(pair(base)), [exists('right', 2, 'deleted')], propagate).record), []);
});

t.test('D9 a change at the source sweeps nothing away while nobody knows what came when', async (t) => {
  const stays: Policy = { ...rightToLeft, oneWayRevert: 'on-source-change' };
  for (const [policy, from, to] of [[leftToRight, 'left', 'right'], [stays, 'right', 'left']] as const) {
    const own = merge(pair(base), [seen(to, 2, 'description', 'own')], policy).record;
    const claims = [seen(from, 3, 'jobTitle', 'B'), seen(to, 3, 'jobTitle', 'B')];
    t.strictSame(planned(merge(asRestored(own), claims, policy).record), []);
    t.strictSame(planned(merge(own, claims, policy).record), [`update ${to} description=D`]);
  }
});

t.test('D9 the flag goes when everything is seen and nothing is listed', async (t) => {
  t.equal(isSettledSinceRestore(asRestored(pair(base)), leftWins), true);
  t.equal(isSettledSinceRestore({ ...asRestored(pair(base)), gone: { left: 'hidden' } }, leftWins), false);
  const listed = merge(asRestored(pair(base)), [seen('left', 2, 'jobTitle', 'O'), seen('right', 2, 'jobTitle', 'X')], leftWins).record;
  t.equal(isSettledSinceRestore(listed, leftWins), false);
  t.equal(isSettledSinceRestore(merge(listed, [typed(3, 'jobTitle', 'T', { saw: 2 })], leftWins).record, leftWins), true);
  const refused = { ...pair(base), units: { ...pair(base).units, fax: { from: pair(base).from, held: {}, owed: {}, blocked: { left: 'too long' } } } };
  t.equal(isSettledSinceRestore(refused, leftWins), true, 'what a service refuses is no question of the restore');
});

t.test('D9 a pair of after the backup is as it is: what differs was edited since', async (t) => {
  const left = single('left', { jobTitle: 'O', description: 'D', fax: '1' });
  const right = single('right', { jobTitle: 'X', description: 'D', gender: 'male' });
  for (const policy of [leftWins, rightWins]) {
    const linked = relinkRecords(left, right, policy);
    t.strictSame(linked.units['jobTitle']?.blocked, { left: sinceRestore, right: sinceRestore });
    t.strictSame(planned(linked), ['update right fax=1', 'update left gender=male'], 'C2 what one side lacks it gets');
    t.strictSame(shows(settle(merge(linked, [seen('right', 5, 'jobTitle', 'new')], policy).record), 'left')['jobTitle'], 'new', 'the next edit decides');
  }
  for (const [policy, target] of [[leftToRight, 'right'], [rightToLeft, 'left']] as const) {
    const linked = relinkRecords(left, right, policy);
    t.strictSame([owed(linked, target)['jobTitle'], linked.units['jobTitle']?.blocked, linked.units['jobTitle']?.held[target]?.value], [undefined, undefined, target === 'right' ? 'X' : 'O'], 'an edit against the direction stays (A9)');
  }
});
