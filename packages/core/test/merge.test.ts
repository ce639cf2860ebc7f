import t from 'tap';
import { baseUnit, changedUnits, heldBy, mergeUnit, planRecord, sawOf, type BaseRecord, type BaseUnit, type Json, type Policy, type Units } from '../src/index.ts';
import { agreed, classicLeftWins, classicRightWins, entity, exists, leftToRight, leftWins, merge, origin, owed, pair, planned, rightToLeft, rightWins, seen, settle, shows, single, toldOf, typed } from './support.ts';

const base = { jobTitle: 'A', description: 'notes' };
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
  const second = merge(merge(pair(base), [seen('left', 2, 'jobTitle', 'B')], rightWins).record, [seen('right', 3, 'jobTitle', 'B')], leftWins);
  t.strictSame(planned(second.record), [], 'also where the other one was to be written it');
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
  const emptied = merge(record, [seen('left', 2, 'emails/p', undefined), seen('left', 2, 'emails/q', undefined), seen('left', 2, 'primaryEmail', undefined)]);
  t.strictSame(planned(emptied.record), ['update right emails= primaryEmail=']);
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

t.test('C9s a unit of its own: mergeUnit', async (t) => {
  const unit: BaseUnit = { agreed: 'A', from: origin, held: {}, owed: {} };
  const merged = mergeUnit('contact', 'jobTitle', unit, [seen('left', 2, 'jobTitle', 'B')], [], leftWins);
  t.strictSame(merged.changed, ['left']);
  t.equal(merged.decided, true);
  t.strictSame(heldBy(merged.unit, 'right'), { value: 'A', saw: 1 });
  t.strictSame(heldBy(merged.unit, 'left'), { value: 'B', saw: 2 });
  t.equal(mergeUnit('contact', 'jobTitle', unit, [], [], leftWins).decided, false);
});
