import t from 'tap';
import { compareIds, defaultKeys, keyOf, matchRecords, parseEntityId, type AnyView, type Candidate, type EntityId } from '../src/index.ts';

const id = (number: number): EntityId => parseEntityId(`e_${String(number).padStart(12, '0')}`);
const candidate = (number: number, native: string, key = 'k', at = 0): Candidate => ({ entity: id(number), id: native, key, at });
const none = (): number => 0;

t.test('K4 the keys of the default configuration', async (t) => {
  const key = (view: AnyView): string | undefined => keyOf('contact', view, defaultKeys);
  t.equal(key({ firstName: 'Ada', lastName: 'Byron', gender: 'female', birthday: '1815-12-10', jobTitle: 'x' }), 'Ada\u0000Byron\u0000female\u00001815-12-10');
  t.not(key({ firstName: 'Ada', lastName: 'Byron' }), key({ firstName: 'Ada', lastName: 'Byron', gender: 'female' }));
  t.equal(keyOf('task', { subject: 'Call', priority: 'high', status: 'open' }, defaultKeys), 'Call\u0000high');
  t.equal(keyOf('event', { title: 'Call', start: '2030-01-01T10:00:00.000Z', end: '2030-01-01T11:00:00Z', allDay: false }, defaultKeys), 'Call\u00002030-01-01T10:00:00Z\u00002030-01-01T11:00:00Z\u0000');
});

t.test('K5 another key', async (t) => {
  const keys = { ...defaultKeys, task: ['subject', 'dueDate', 'constructor', 'nowhere'] };
  t.equal(keyOf('task', { subject: 'Call', dueDate: '2030-01-01', nowhere: 'x', constructor: 'y' }, keys), 'Call\u00002030-01-01\u0000\u0000');
  const byEmail = { ...defaultKeys, contact: ['emails'] };
  const key = (...emails: readonly string[]): string | undefined => keyOf('contact', { lastName: 'x', emails }, byEmail);
  t.equal(key('B@x.org', 'a@x.org'), key('a@x.org', 'b@x.org ', 'B@x.org'), 'a list is the same in any order');
  t.not(key('a@x.org'), key('b@x.org'));
});

t.test('K6 views are compared, with canonical equality', async (t) => {
  const oroCrm = { firstName: 'Cher', lastName: 'Cher ' };
  t.equal(keyOf('contact', oroCrm, defaultKeys), keyOf('contact', { firstName: 'Cher', lastName: 'Cher' }, defaultKeys));
  t.not(keyOf('contact', oroCrm, defaultKeys), keyOf('contact', { firstName: 'cher', lastName: 'Cher' }, defaultKeys));
});

t.test('K7 K7s records without a name', async (t) => {
  for (const [kind, view] of [['contact', { gender: 'male' }], ['contact', { firstName: ' ', lastName: '' }], ['task', { priority: 'high' }], ['event', { start: '2030-01-01' }]] as const) {
    t.equal(keyOf(kind, view, defaultKeys), undefined, 'match nothing');
    t.type(keyOf(kind, view, defaultKeys, true), 'string', 'classic: match each other');
  }
  t.equal(keyOf('contact', {}, defaultKeys, true), keyOf('contact', {}, defaultKeys, true));
  t.type(keyOf('contact', { lastName: 'Cher' }, defaultKeys), 'string');
});

t.test('K9 the lower id adopts the item, and no item is adopted twice', async (t) => {
  const left = [candidate(8, '10'), candidate(7, '9')];
  const right = [candidate(1, 'a')];
  t.strictSame(matchRecords(left, right, none).pairs, [{ left: id(7), right: id(1), others: [] }]);
  t.strictSame(matchRecords([...left].reverse(), right, none), matchRecords(left, right, none));
});

t.test('K10 most equal fields, then oldest, then smallest id; the others are named', async (t) => {
  const right = [candidate(1, 'c', 'k', 30), candidate(2, 'b', 'k', 20), candidate(3, 'a', 'k', 20)];
  const left = [candidate(7, '7')];
  t.strictSame(matchRecords(left, right, (_left, one) => (one === id(1) ? 5 : 4)).pairs, [{ left: id(7), right: id(1), others: [id(3), id(2)] }]);
  t.strictSame(matchRecords(left, right, none).pairs, [{ left: id(7), right: id(3), others: [id(2), id(1)] }]);
  t.strictSame(matchRecords(left, [...right].reverse(), none), matchRecords(left, right, none), 'in any order (G6)');
  const two = matchRecords([...left, candidate(8, '8')], right, none);
  t.strictSame(two.pairs.map((pair) => pair.right), [id(3), id(2)]);
});

t.test('K8 only records with the same key, and near misses are none', async (t) => {
  t.strictSame(matchRecords([candidate(7, '7', 'doc1')], [candidate(1, 'a', 'doc10'), candidate(2, 'b', 'doc')], none).pairs, []);
  t.strictSame(matchRecords([candidate(7, '7', '__proto__')], [candidate(1, 'a', '__proto__')], none).pairs.length, 1);
  t.strictSame(matchRecords([], [candidate(1, 'a')], none).pairs, []);
});

t.test('K9 ids in order: numbers by value, others by text', async (t) => {
  t.strictSame(['10', '9', '100', '9'].sort(compareIds), ['9', '9', '10', '100']);
  t.strictSame(['b', 'a10', 'a9', '7', 'B'].sort(compareIds), ['7', 'B', 'a10', 'a9', 'b']);
});
