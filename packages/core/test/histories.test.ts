import t from 'tap';
import {
  acknowledgeCreate, acknowledgeWrite, deriveEntityId, hasSeen, linkRecords, mergeUnit, newRecord, planRecord, readView, sameUnit, sawOf,
  type Action, type AnyLens, type BaseRecord, type BaseUnit, type Json, type OpenIntents, type Policy,
} from '../src/index.ts';
import {
  agreed, carryOut, classicLeftWins, classicRightWins, entity, exists, leftToRight, leftWins, merge, origin, owed, pair, pairOf, planned, rightToLeft, rightWins, seen, settle, shows, toldOf, typed,
} from './support.ts';

// The rows of design/histories.md, one test each. O is the left side, X the right one, L1 and L2 are laptops on the right.
const base = { jobTitle: 'O0', description: 'notes' };

/** Merges claims one by one, writing everything back in between: what happens when they arrive over days. */
function oneByOne(record: BaseRecord, claims: readonly Parameters<typeof merge>[1][number][], policy: Policy, write = false): BaseRecord {
  return claims.reduce((before, claim) => {
    const { record: after } = merge(before, [claim], policy);
    return write ? settle(after) : after;
  }, record);
}

t.test('history 1: X2 of a second laptop beats X1, which had replaced O1: no conflict with O1', async (t) => {
  const claims = [seen('left', 2, 'jobTitle', 'O1'), typed(3, 'jobTitle', 'X1', { saw: 2 }), typed(4, 'jobTitle', 'X2', { writer: 'L2' })];
  const atOnce = merge(pair(base), claims, leftWins);
  t.equal(atOnce.conflict, false);
  t.equal(agreed(atOnce.record, 'jobTitle'), 'X2');
  t.strictSame(toldOf(atOnce), ['superseded R9 jobTitle=O1', 'superseded R9 jobTitle=X1']);
  t.strictSame(planned(atOnce.record), ['update right jobTitle=X2', 'update left jobTitle=X2']);
  t.equal(agreed(oneByOne(pair(base), claims, leftWins), 'jobTitle'), 'X2', 'the same when they arrive one by one');
  t.equal(agreed(oneByOne(pair(base), claims, leftWins, true), 'jobTitle'), 'X2', 'and when each was written before the next');
});

for (const [name, policy, winner, loser, rule] of [['OroCRM', leftWins, 'O1', 'X1', 'C7'], ['Outlook', rightWins, 'X1', 'O1', 'C8']] as const) {
  t.test(`history 2: an edit in OroCRM before X1 could be written there is a conflict; ${name} wins`, async (t) => {
    const { record } = merge(pair(base), [seen('right', 2, 'jobTitle', 'X1')], policy);
    const saw = sawOf(record, 'jobTitle', 'left');
    t.equal(saw, 1, 'OroCRM holds a value from before X1');
    const merged = merge(record, [seen('left', 3, 'jobTitle', 'O1', { saw })], policy);
    t.equal(merged.conflict, true);
    t.equal(agreed(merged.record, 'jobTitle'), winner);
    t.strictSame(toldOf(merged), [`lost ${rule} jobTitle=${loser}`], 'the value that lost is told, a value agreed before as well');
    t.strictSame(shows(settle(merged.record), 'left'), { ...base, jobTitle: winner });
    t.strictSame(shows(settle(merged.record), 'right'), { ...base, jobTitle: winner });
  });

  t.test(`history 3: an older edit comes back after O1 beat X1; ${name} wins`, async (t) => {
    const first = merge(pair(base), [seen('left', 2, 'jobTitle', 'O1'), seen('right', 3, 'jobTitle', 'X1')], leftWins);
    const settled = settle(first.record);
    const merged = merge(settled, [typed(9, 'jobTitle', 'X0.5', { writer: 'L2', at: 2 })], policy);
    t.equal(merged.conflict, true, 'it had not seen O1');
    t.equal(agreed(merged.record, 'jobTitle'), policy === leftWins ? 'O1' : 'X0.5');
    t.strictSame(toldOf(merged), [`lost ${rule} jobTitle=${policy === leftWins ? 'X0.5' : 'O1'}`]);
    t.strictSame(planned(merged.record), policy === leftWins ? [] : ['update right jobTitle=X0.5', 'update left jobTitle=X0.5']);
  });
}

t.test('history 4: an observer reports version 5 after version 6 was folded', async (t) => {
  const six = merge(pair(base), [seen('right', 6, 'jobTitle', 'X6')], leftWins).record;
  const linked = settle({ ...six, links: { ...six.links, right: { id: 'a', version: '6', at: 6, mark: '7' } } });
  const merged = merge({ ...linked, links: { ...linked.links, right: { id: 'a', version: '6', at: 6, mark: '7' } } }, [seen('right', 7, 'jobTitle', 'X5', { at: 5, writer: 'laptop', native: { id: 'a', version: '5' } })], leftWins);
  t.strictSame(toldOf(merged), ['stale R9 jobTitle=X5']);
  t.equal(agreed(merged.record, 'jobTitle'), 'X6');
  t.strictSame(planned(merged.record), []);
  t.equal(merged.record.considered, 7, 'it was considered');
});

t.test('history 5: two observers of one new item make one record', async (t) => {
  t.equal(deriveEntityId('right', 'https://graph.test/ada', 'contact', 'b'), deriveEntityId('right', 'https://graph.test/ada', 'contact', 'b'));
  t.not(deriveEntityId('right', 'https://graph.test/ada', 'contact', 'b'), deriveEntityId('right', 'https://graph.test/ada', 'contact', 'b1'));
});

t.test('history 6: a late report that X#a was deleted does not concern X#c', async (t) => {
  const { record, decision } = merge(pair(base), [exists('right', 2, 'deleted')], leftWins);
  t.equal(decision, 'create-right');
  const again = settle(record);
  t.equal(again.links['right']?.id, 'a2', 'made again under another id');
  const late = merge(again, [exists('right', 3, 'deleted', { writer: 'laptop' })], leftWins);
  t.strictSame(toldOf(late), ['stale R9 exists=deleted']);
  t.strictSame(planned(late.record), []);
  t.strictSame(late.record.gone, {});
});

t.test('history 7: what a deletion had not seen is an edit against a deletion; without it the deletion is clean', async (t) => {
  const propagate: Policy = { ...leftWins, rightDeletion: 'propagate' };
  const seenTitle = settle(merge(pair(base), [seen('left', 2, 'jobTitle', 'O1')], leftWins).record);
  const deletion = exists('right', 4, 'deleted');
  t.strictSame(planned(merge(seenTitle, [deletion], propagate).record), ['delete left'], 'jobTitle had been seen');
  t.strictSame(planned(merge(seenTitle, [seen('left', 3, 'description', 'new'), deletion], propagate).record), ['create right'], 'the notes had not');
  t.strictSame(planned(merge(seenTitle, [seen('left', 3, 'description', 'new'), deletion], leftWins).record), ['create right'], 'C11');
});

t.test('history 8: a year of edits against the direction does not flow when it changes', async (t) => {
  let record = pair(base);
  for (let number = 2; number < 302; number += 1) {
    const merged = merge(record, [seen('right', number, 'jobTitle', `X${number}`, { saw: sawOf(record, 'jobTitle', 'right') })], leftToRight);
    t.strictSame(planned(merged.record), []);
    record = merged.record;
  }
  const switched = merge(record, [], leftWins);
  t.strictSame(planned(switched.record), [], 'nothing flows unasked (S14b)');
  t.equal(agreed(switched.record, 'jobTitle'), 'O0');
  t.strictSame(shows(switched.record, 'right'), { ...base, jobTitle: 'X301' }, 'the difference stays known');
});

t.test('history 9: typed in a replica while Outlook is the source: written to Outlook first', async (t) => {
  for (const side of ['right', 'left'] as const) {
    const merged = merge(pair(base), [typed(2, 'jobTitle', 'T', { side })], rightToLeft);
    t.strictSame(planned(merged.record), ['update right jobTitle=T', 'update left jobTitle=T'], `typed on the ${side}`);
    t.strictSame(owed(merged.record, 'right'), { jobTitle: 'B11' });
    const echoed = merge(settle(merged.record), [seen('right', 3, 'jobTitle', 'T', { saw: 2 })], rightToLeft);
    t.strictSame(planned(echoed.record), [], 'and B7 does not take it back');
  }
});

t.test("history 10: a finer word of a service is that side's own (M32, M34)", async (t) => {
  const words: Readonly<Record<string, string>> = { deferred: 'in_progress', waitingOnOthers: 'in_progress', inProgress: 'in_progress', notStarted: 'open' };
  const lens = { status: { slice: (native: Json) => native, read: (native: Json) => words[String(native)], write: (_native: Json, value: Json | undefined) => value ?? null } } satisfies AnyLens;
  const view = readView('task', lens, 'deferred');
  t.strictSame(view, { status: 'in_progress' });
  t.strictSame(readView('task', lens, 'waitingOnOthers', { native: 'deferred', view }), view, 'another word, the same view');
  const record = pairOf('task', { status: 'in_progress' });
  const merged = merge(record, [seen('left', 2, 'status', 'in_progress')], leftWins);
  t.strictSame(planned(merged.record), [], 'Open and In progress again within one interval');
  t.equal(merged.decision, 'nothing');
});

t.test('history 11: first match, a crash before the writes, and an edit: an ordinary change', async (t) => {
  const left = newRecord('contact', 'left', { id: '7', version: '1', at: 1 }, { jobTitle: 'O' }, { ...origin, number: 1 });
  const right = newRecord('contact', 'right', { id: 'a', version: '1', at: 1 }, { jobTitle: 'X' }, { ...origin, side: 'right', number: 2 });
  for (const [first, second] of [[left, right], [{ ...left, units: { jobTitle: { agreed: 'O', from: { ...origin, number: 3 }, held: {}, owed: {} } } }, right]] as const) {
    const linked = linkRecords(first, second, rightWins);
    t.equal(agreed(linked, 'jobTitle'), 'O', 'C2, whatever the setting');
    t.strictSame(owed(linked, 'right'), { jobTitle: 'C2' });
    const edit = seen('right', 4, 'jobTitle', 'X2', { saw: sawOf(linked, 'jobTitle', 'right') });
    const byOutlook = merge(linked, [edit], rightWins);
    t.equal(agreed(byOutlook.record, 'jobTitle'), 'X2');
    t.equal(byOutlook.conflict, true, 'its author had not been shown O');
    t.equal(agreed(merge(linked, [edit], leftWins).record, 'jobTitle'), 'O');
  }
});

t.test('history 12: a laptop returns to a tombstone with an edit', async (t) => {
  for (const [policy, plan] of [[leftWins, []], [rightWins, ['create right', 'create left']], [classicRightWins, []]] as const) {
    const { record } = merge(pair(base), [exists('left', 2, 'deleted')], policy);
    const tombstone = settle(record);
    t.equal(tombstone.state, 'tombstone');
    const merged = merge(tombstone, [typed(400, 'jobTitle', 'L')], policy);
    t.strictSame(planned(merged.record), plan);
    t.match(toldOf(merged), plan.length === 0 ? [/^deleted C14s? jobTitle=L$/] : []);
    if (plan.length === 0) continue;
    const after = settle(merged.record);
    t.strictSame(shows(after, 'left'), { ...base, jobTitle: 'L' });
    t.strictSame(shows(after, 'right'), { ...base, jobTitle: 'L' });
    t.strictSame(after.former, { left: ['7'], right: ['a'] }, 'the items it was are remembered');
  }
});

t.test('history 13: numbers go on after a restore, and a claim cannot have seen what came later', async (t) => {
  const merged = merge(pair(base, { considered: 900 }), [seen('left', 5, 'jobTitle', 'O1')], leftWins);
  t.equal(merged.record.considered, 900, 'never lower');
  const returned = typed(5, 'jobTitle', 'L', { saw: 2000 });
  t.equal(hasSeen(returned, { ...origin, number: 5 }), false);
  t.equal(hasSeen(returned, { ...origin, number: 6 }), false, 'it says so, but the log had no such number then');
});

t.test('history 14: a verdict is final, also when the setting changes before the answer comes', async (t) => {
  const { record } = merge(pair(base), [seen('left', 2, 'jobTitle', 'O1'), seen('right', 3, 'jobTitle', 'X1')], leftWins);
  const changed = merge(record, [], rightWins);
  t.strictSame(planned(changed.record), ['update right jobTitle=O1']);
  const intents: OpenIntents = { jobTitle: [{ side: 'right', value: 'O1', number: 2 }] };
  const read = merge(changed.record, [seen('right', 4, 'jobTitle', 'O1')], rightWins, intents);
  t.strictSame(planned(read.record), []);
  t.strictSame(shows(read.record, 'right'), { ...base, jobTitle: 'O1' });
  t.equal(read.conflict, false);
});

t.test('history 15: classic, an edit of another field that had not seen the folded one is a conflict of the record', async (t) => {
  for (const written of [false, true]) {
    const folded = merge(pair(base), [seen('left', 2, 'jobTitle', 'O1')], classicLeftWins).record;
    const before = written ? settle(folded) : folded;
    const claim = typed(4, 'description', 'L', { saw: 1 });
    const byLeft = merge(before, [claim], classicLeftWins);
    t.equal(byLeft.rule, 'C9');
    t.equal(byLeft.conflict, true);
    t.strictSame(toldOf(byLeft), ['lost C9 description=L']);
    t.strictSame(shows(settle(byLeft.record), 'right'), { jobTitle: 'O1', description: 'notes' });
    const byRight = merge(before, [claim], classicRightWins);
    t.strictSame(toldOf(byRight), written ? [] : ['lost C9 jobTitle=O1'], 'what Outlook holds already is its own value');
    t.strictSame(shows(settle(byRight.record), 'left'), { jobTitle: written ? 'O1' : 'O0', description: 'L' });
    t.strictSame(shows(settle(byRight.record), 'right'), { jobTitle: written ? 'O1' : 'O0', description: 'L' });
    t.equal(merge(before, [{ ...claim, saw: 2 }], classicLeftWins).conflict, false, 'one that had seen it is no conflict');
  }
});

t.test('history 16: start and end are one unit', async (t) => {
  const time = (start: number, end: number): Json => ({ start: `2030-01-01T0${start}:00:00Z`, end: `2030-01-01T0${end}:00:00Z` });
  const merged = merge(pairOf('event', { title: 'Call', time: time(1, 2) }), [seen('left', 2, 'time', time(3, 4)), seen('right', 3, 'time', time(1, 5))], leftWins);
  t.equal(merged.conflict, true);
  t.strictSame(agreed(merged.record, 'time'), time(3, 4));
  t.strictSame(planned(merged.record), ['update right start=2030-01-01T03:00:00Z end=2030-01-01T04:00:00Z allDay=']);
});

t.test('history 17: an answer that was lost means not held: an edit on top of it is a conflict, and told', async (t) => {
  const { record } = merge(pair(base), [seen('left', 2, 'jobTitle', 'O1')], leftWins);
  const intents: OpenIntents = { jobTitle: [{ side: 'right', value: 'O1', number: 2 }] };
  const merged = merge(record, [seen('right', 3, 'jobTitle', 'X2', { saw: sawOf(record, 'jobTitle', 'right') })], leftWins, intents);
  t.equal(merged.conflict, true);
  t.strictSame(toldOf(merged), ['lost C7 jobTitle=X2']);
  t.strictSame(planned(merged.record), ['update right jobTitle=O1']);
});

t.test('history 18: typing the old value again starts no conflict', async (t) => {
  const merged = merge(pair(base), [typed(3, 'jobTitle', 'O0'), seen('left', 2, 'jobTitle', 'O1')], rightWins);
  t.equal(merged.conflict, false);
  t.equal(agreed(merged.record, 'jobTitle'), 'O1');
  const waiting = merge(pair(base), [typed(2, 'jobTitle', 'B')], leftWins).record;
  t.equal(agreed(merge(waiting, [typed(3, 'jobTitle', 'O0', { saw: 2 })], leftWins).record, 'jobTitle'), 'O0', 'where another value is still to be written it is an edit');
});

t.test('history 19: a plan names the claims it carries out, so that a newer one voids an approval', async (t) => {
  const numbersOf = (record: BaseRecord): unknown => planRecord(entity, record).map((action) => (action.type === 'update' ? action.numbers : action.type));
  const { record } = merge(pair(base), [seen('left', 2, 'jobTitle', 'O1')], leftWins);
  t.strictSame(numbersOf(record), [{ jobTitle: 2 }]);
  t.strictSame(numbersOf(merge(record, [seen('left', 3, 'jobTitle', 'O1b', { saw: 2 })], leftWins).record), [{ jobTitle: 3 }]);
});

t.test('history 20: undo is a typed edit that has seen everything', async (t) => {
  const changed = settle(merge(pair(base), [seen('left', 2, 'jobTitle', 'O1')], leftWins).record);
  const undo = typed(9, 'jobTitle', 'O0', { saw: changed.considered, writer: 'panel' });
  const both = merge(changed, [undo], leftWins);
  t.equal(both.conflict, false);
  t.strictSame(planned(both.record), ['update right jobTitle=O0', 'update left jobTitle=O0']);
  const oneWay = merge(changed, [undo], leftToRight);
  t.strictSame(planned(oneWay.record), ['update right jobTitle=O0'], 'on the side that was written (A13)');
  t.strictSame(shows(settle(oneWay.record), 'left'), { ...base, jobTitle: 'O1' });
});

t.test('history 21: three sides, D1 has seen X1 only: the frontier is O1 and D1', async (t) => {
  const unit: BaseUnit = { agreed: 'O0', from: origin, held: {}, owed: {} };
  const claims = [seen('right', 3, 'jobTitle', 'X1'), seen('left', 4, 'jobTitle', 'O1'), typed(5, 'jobTitle', 'D1', { side: 'dav', writer: 'D', saw: 3 })];
  for (const [precedence, value] of [[['left', 'right', 'dav'], 'O1'], [['right', 'left', 'dav'], 'O1'], [['right', 'dav', 'left'], 'D1']] as const) {
    const merged = mergeUnit('contact', 'jobTitle', unit, claims, [], { ...leftWins, precedence });
    t.equal(merged.unit.agreed, value, precedence.join());
    t.equal(merged.conflict, true);
    t.match(merged.told, [{ outcome: 'superseded', value: 'X1' }, { outcome: 'lost' }]);
    t.strictSame(Object.keys(merged.unit.owed).sort(), ['dav', 'left', 'right'].filter((side) => !(side === 'left' && value === 'O1')));
  }
});

t.test("history 22: an older value typed offline does not replace X's newer one in silence", async (t) => {
  const { record } = merge(pair(base), [seen('right', 3, 'jobTitle', 'X', { at: 30 })], leftWins);
  for (const before of [record, settle(record)]) {
    const merged = merge(before, [typed(4, 'jobTitle', 'L', { at: 20 })], leftWins);
    t.equal(agreed(merged.record, 'jobTitle'), 'X');
    t.equal(merged.conflict, false);
    t.strictSame(toldOf(merged), ['superseded R9 jobTitle=L']);
  }
});

t.test('history 23: after a restore, sides that differ from what was agreed and from each other are listed', async (t) => {
  const restored = pair(base, { restored: true });
  const ours = seen('left', 12, 'jobTitle', 'synced after the backup');
  const edit = seen('right', 13, 'jobTitle', 'edited on top of it');
  for (const policy of [leftWins, rightWins]) {
    const merged = merge(restored, [ours, edit], policy);
    t.strictSame(planned(merged.record), []);
    t.strictSame(toldOf(merged), ['listed S14b jobTitle=synced after the backup', 'listed S14b jobTitle=edited on top of it']);
    t.equal(agreed(merged.record, 'jobTitle'), 'O0');
    t.strictSame(Object.keys(merged.record.units['jobTitle']?.blocked ?? {}).sort(), ['left', 'right'], 'it waits for a person');
    const again = merge(merged.record, [seen('right', 14, 'jobTitle', 'edited again', { saw: sawOf(merged.record, 'jobTitle', 'right') })], policy);
    t.strictSame(planned(again.record), [], 'also after a further edit');
    const decided = merge(again.record, [typed(15, 'jobTitle', 'a person decided', { saw: 14 })], policy);
    t.strictSame(planned(decided.record), ['update right jobTitle=a person decided', 'update left jobTitle=a person decided']);
    t.equal(decided.record.units['jobTitle']?.blocked, undefined);
  }
  const same = merge(restored, [ours, seen('right', 13, 'jobTitle', 'synced after the backup')], leftWins);
  t.equal(agreed(same.record, 'jobTitle'), 'synced after the backup', 'where both sides show the same nothing is to be asked');
  t.strictSame(planned(same.record), []);
  t.strictSame(planned(merge(restored, [edit], leftWins).record), ['update left jobTitle=edited on top of it'], 'one side alone is an edit');
});

t.test('history 24: X shows an older value of ours: acknowledged, and the newer one is written', async (t) => {
  const one = merge(pair(base), [seen('left', 2, 'jobTitle', 'O1')], rightWins).record;
  const two = merge(one, [seen('left', 3, 'jobTitle', 'O2', { saw: 2 })], rightWins).record;
  const intents: OpenIntents = { jobTitle: [{ side: 'right', value: 'O1', number: 2 }] };
  const read = merge(two, [seen('right', 4, 'jobTitle', 'O1')], rightWins, intents);
  t.equal(read.conflict, false, 'it is no edit');
  t.equal(agreed(read.record, 'jobTitle'), 'O2');
  t.strictSame(planned(read.record), ['update right jobTitle=O2']);
  t.equal(sawOf(read.record, 'jobTitle', 'right'), 2, 'an edit on top of it has seen O1');
  t.equal(merge(read.record, [seen('right', 5, 'jobTitle', 'X', { saw: 2 })], rightWins).conflict, true, 'but not O2');
  const direct = acknowledgeWrite(two, 'right', { id: 'a', version: '4', at: 4 }, { ...base, jobTitle: 'O1' }, { jobTitle: 2 });
  t.strictSame(planned(direct), ['update right jobTitle=O2', 'mark right 7'], 'the same for a late answer');
});

t.test('history 25: a creation whose answer was lost is found after the record was deleted in OroCRM', async (t) => {
  const creating: BaseRecord = { ...pair(base), links: { left: { id: '7', version: '1', at: 1 } }, todo: { right: { op: 'create', rule: 'C4' } } };
  const [create] = planRecord(entity, creating);
  const gone = merge(creating, [exists('left', 2, 'deleted')], leftWins);
  t.equal(gone.record.state, 'tombstone');
  t.strictSame(planned(gone.record), []);
  const found = carryOut(gone.record, create as Action);
  for (const [policy, plan] of [[leftWins, ['delete right']], [rightToLeft, ['delete right']], [leftToRight, []]] as const) {
    t.strictSame(planned(merge(found, [], policy).record), plan, 'the same verdict as for a linked one');
  }
});

t.test('history 26: an edit that ends with the record is told once', async (t) => {
  const first = merge(pair(base), [seen('right', 2, 'jobTitle', 'X1'), exists('left', 3, 'deleted')], leftWins);
  t.strictSame(toldOf(first), ['deleted C14s jobTitle=X1']);
  t.strictSame(planned(first.record), ['delete right']);
  const second = merge(first.record, [seen('right', 4, 'jobTitle', 'X2', { saw: 2 })], leftWins);
  t.strictSame(toldOf(second), ['deleted C14s jobTitle=X2']);
  t.strictSame(planned(second.record), ['delete right']);
  t.strictSame(toldOf(merge(second.record, [], leftWins)), []);
  const waiting = merge(pair(base), [seen('right', 2, 'jobTitle', 'X1')], leftWins).record;
  t.strictSame(toldOf(merge(waiting, [exists('left', 3, 'deleted')], leftWins)), ['deleted C14s jobTitle=X1'], 'an edit that was agreed but not written is told as well');
});

t.test('history 27: two observers report the same version of one item', async (t) => {
  const twice = [seen('right', 2, 'jobTitle', 'X1'), seen('right', 3, 'jobTitle', 'X1', { writer: 'laptop', at: 2, native: { id: 'a', version: '2' } })];
  const merged = merge(pair(base), twice, leftWins);
  t.strictSame(toldOf(merged), []);
  t.strictSame(planned(merged.record), ['update left jobTitle=X1']);
  const lost = merge(pair(base), [...twice, seen('left', 4, 'jobTitle', 'O1')], leftWins);
  t.strictSame(toldOf(lost), ['lost C7 jobTitle=X1'], 'one entry for one edit');
});

t.test('history 28: a verdict that waits for OroCRM is not written once the direction forbids it', async (t) => {
  const { record } = merge(pair(base), [seen('right', 2, 'jobTitle', 'X1')], leftWins);
  t.strictSame(planned(record), ['update left jobTitle=X1']);
  const switched = merge(record, [], leftToRight);
  t.strictSame(planned(switched.record), []);
  t.strictSame(shows(switched.record, 'left'), base, "the difference stays as OroCRM's own value");
  t.strictSame(planned(merge(switched.record, [], leftWins).record), [], 'and does not flow later either (S14b)');
});

t.test('history 29: both sides delete while a laptop edits, unseen', async (t) => {
  const claims = [exists('left', 2, 'deleted'), exists('right', 3, 'deleted'), typed(4, 'jobTitle', 'L')];
  const byLeft = merge(pair(base), claims, leftWins);
  t.strictSame(planned(byLeft.record), []);
  t.strictSame(toldOf(byLeft), ['deleted C14s jobTitle=L']);
  const byRight = merge(pair(base), claims, rightWins);
  t.strictSame(planned(byRight.record), ['create right', 'create left']);
  t.strictSame(shows(settle(byRight.record), 'left'), { ...base, jobTitle: 'L' });
  const native = merge(pair(base), [seen('right', 2, 'jobTitle', 'X'), exists('left', 3, 'deleted'), exists('right', 4, 'deleted')], rightWins);
  t.strictSame(planned(native.record), [], 'edited and then deleted in Outlook itself is a deletion (C13)');
  t.equal(native.rule, 'C13');
});

t.test('R4 a creation found late is owed what was agreed since', async (t) => {
  const creating: BaseRecord = { ...pair(base), links: { left: { id: '7', version: '1', at: 1 } }, todo: { right: { op: 'create', rule: 'C4' } } };
  const numbers = { jobTitle: 1, description: 1 };
  const edited = merge(creating, [seen('left', 2, 'jobTitle', 'O1'), seen('left', 2, 'fax', '1')], leftWins).record;
  const found = acknowledgeCreate(edited, 'right', { id: 'a', version: '1', at: 2, mark: '7' }, base, numbers);
  t.strictSame(owed(found, 'right'), { jobTitle: 'R4', fax: 'R4' });
  t.strictSame(planned(found), ['update right jobTitle=O1 fax=1']);
  t.ok(sameUnit('contact', 'fax', shows(settle(found), 'right')['fax'], '1'));
});
