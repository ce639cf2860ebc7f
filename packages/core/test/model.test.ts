import fc from 'fast-check';
import t from 'tap';
import {
  canonicalEmail, canonicalPhone, canonicalUnit, deriveEntityId, fieldsOf, fieldsOfUnit, isUnit, kindNames, parseEntityId, sameField, sameJson, sameUnit, unitsOf, unreachable, viewOf,
  type AnyView, type Json, type Kind,
} from '../src/index.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const name = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toString', 'a/b@example.com', ' A@B ', ''));
const address = fc.record({ street: text, city: text, region: text, postalCode: text, country: text });
const views: Readonly<Record<Kind, fc.Arbitrary<AnyView>>> = {
  contact: fc.record({
    firstName: text, middleName: text, lastName: text, nameSuffix: text, description: text,
    emails: fc.array(name, { maxLength: 5 }), primaryEmail: name, phones: fc.array(name, { maxLength: 5 }), primaryPhone: name,
    jobTitle: text, birthday: fc.constantFrom('1980-07-18', ''), gender: fc.constantFrom('male', 'female'), fax: name,
    billingAddress: address, shippingAddress: address, otherAddress: address,
  }, { requiredKeys: [] }),
  task: fc.record({ subject: text, priority: fc.constantFrom('low', 'normal', 'high'), dueDate: fc.constantFrom('2030-01-01', ''), status: fc.constantFrom('open', 'in_progress', 'closed') }, { requiredKeys: [] }),
  event: fc.record({ title: text, start: fc.constantFrom('2030-01-01T00:00:00Z', '2030-01-01'), end: fc.constantFrom('2030-01-02T00:00:00Z', ''), allDay: fc.boolean() }, { requiredKeys: [] }),
};

for (const kind of kindNames) {
  t.test(`3.8 a ${kind} comes together again as it was taken apart`, async (t) => {
    fc.assert(fc.property(views[kind], (view) => {
      const units = unitsOf(kind, view);
      const again = viewOf(kind, units);
      for (const [field, spec] of Object.entries(fieldsOf(kind))) {
        if (!sameField(spec, again[field], view[field])) throw new Error(`${field}: ${JSON.stringify(view[field])} became ${JSON.stringify(again[field])}`);
      }
      const twice = unitsOf(kind, again);
      if (!sameJson(twice, units)) throw new Error(`${JSON.stringify(twice)} is not ${JSON.stringify(units)}`);
      for (const unit of Object.keys(units)) {
        if (!isUnit(kind, unit)) throw new Error(`${unit} is no unit`);
        if (canonicalUnit(kind, unit, units[unit]) === '') throw new Error(`${unit} holds nothing`);
      }
    }));
    t.pass('for every view');
  });
}

const same: readonly (readonly [rule: string, unit: string, a: Json | undefined, b: Json | undefined, equal: boolean])[] = [
  ['0 missing, null and empty are one', 'jobTitle', undefined, '', true],
  ['0 missing, null and empty are one', 'jobTitle', null, '  ', true],
  ['0 an empty entry is none', 'emails/a@b.c', '', undefined, true],
  ['K6 letter case counts, blanks at the ends do not', 'jobTitle', ' CTO ', 'CTO', true],
  ['K6 letter case counts, blanks at the ends do not', 'jobTitle', 'cto', 'CTO', false],
  ['K6 Unicode composition does not count', 'jobTitle', 'Caf\u00e9', 'Cafe\u0301', true],
  ['K6 a name is compared member by member', 'name', { firstName: 'Ada', lastName: ' Lovelace' }, { lastName: 'Lovelace', firstName: 'Ada', middleName: '' }, true],
  ['K6 a name is compared member by member', 'name', { firstName: 'Ada' }, { lastName: 'Ada' }, false],
  ['K6 a name of nothing is nothing', 'name', { firstName: '', lastName: null }, undefined, true],
  ['K6 what is no name is nothing', 'name', 'Ada', undefined, true],
  ['K6 what is no name is nothing', 'name', ['Ada'], undefined, true],
  ['M8 line ends', 'description', 'a\r\nb\rc', 'a\nb\nc', true],
  ['M8 trailing blanks', 'description', 'a  \nb\t', 'a\nb', true],
  ['M8 leading blanks count', 'description', '  a', 'a', false],
  ['M8 empty lines at the ends', 'description', '\n\na\n\n', 'a', true],
  ['M8 empty lines within count', 'description', 'a\n\nb', 'a\nb', false],
  ['M8 Unicode composition', 'description', '\u00e9', 'e\u0301', true],
  ['M8 what is no text is nothing', 'description', 7, undefined, true],
  ['M14 letter case and outer blanks', 'primaryEmail', ' Ada@Example.COM ', 'ada@example.com', true],
  ['M14 another address', 'primaryEmail', 'doc1@example.com', 'doc10@example.com', false],
  ['M18 blanks, brackets, dots, slashes, hyphens', 'primaryPhone', '+49 (30) 12.34/56-78\u201390', '+493012345678 90', true],
  ['M18 a plus sign counts', 'primaryPhone', '+4930', '4930', false],
  ['M18 what is no text is nothing', 'primaryPhone', 4930, undefined, true],
  ['M14 what is no text is nothing', 'primaryEmail', {}, undefined, true],
  ['M24 an address part by part', 'billingAddress', { street: 'a\r\nb', city: 'c', region: '', postalCode: '', country: 'DE' }, { street: 'a\nb ', city: 'c', country: 'DE' }, true],
  ['M24 an address part by part', 'billingAddress', { street: 'a', city: 'b' }, { street: 'a b' }, false],
  ['M24 an address of nothing is nothing', 'billingAddress', { street: ' ', city: '' }, undefined, true],
  ['M24 what is no address is nothing', 'billingAddress', 'Main Street', undefined, true],
  ['M24 what is no address is nothing', 'billingAddress', ['Main Street'], undefined, true],
  ['M20 gender', 'gender', 'male', 'female', false],
];
for (const [rule, unit, a, b, equal] of same) {
  t.test(`${rule}: ${JSON.stringify(a)}, ${JSON.stringify(b)}`, async (t) => {
    t.equal(sameUnit('contact', unit, a, b), equal);
    t.equal(sameUnit('contact', unit, b, a), equal);
  });
}

t.test('M36 the spelling of an instant does not count, M38 nor does a flag that is off', async (t) => {
  const time = (start: Json, allDay?: Json): Json => ({ start, end: '2030-01-02', ...(allDay !== undefined && { allDay }) });
  t.equal(sameUnit('event', 'time', time('2030-01-01T10:00:00.000Z'), time('2030-01-01T10:00:00+00:00')), true);
  t.equal(sameUnit('event', 'time', time('2030-01-01T10:00:00.0000000'), time('2030-01-01T10:00:00')), true);
  t.equal(sameUnit('event', 'time', time('2030-01-01T10:00:00.500Z'), time('2030-01-01T10:00:00Z')), false);
  t.equal(sameUnit('event', 'time', time('2030-01-01', false), time('2030-01-01')), true);
  t.equal(sameUnit('event', 'time', time('2030-01-01', true), time('2030-01-01')), false);
  t.equal(sameUnit('event', 'time', time(7), time('')), true);
});

t.test('M14 the same address twice is one entry, in its first spelling and place', async (t) => {
  t.strictSame(unitsOf('contact', { emails: ['B@x.org', 'a@x.org', 'b@X.org', '', 7, null] }), { 'emails/b@x.org': 'B@x.org', 'emails/a@x.org': 'a@x.org' });
  t.strictSame(unitsOf('contact', { emails: 'no list', allDay: true }), {});
  t.strictSame(viewOf('contact', { 'emails/b@x.org': 'B@x.org', 'emails/a@x.org': 'a@x.org' }), { emails: ['B@x.org', 'a@x.org'] });
});

t.test('C9s which units there are', async (t) => {
  for (const unit of ['name', 'jobTitle', 'emails/a@b.c', 'emails/a/b@c.d', 'emails/__proto__', 'phones/+4930', 'primaryEmail', 'otherAddress']) t.equal(isUnit('contact', unit), true, unit);
  for (const unit of ['firstName', 'emails', 'emails/', 'emails/A@b.c', 'phones/+49 30', 'jobTitle/x', 'exists', '', '/', '__proto__', 'constructor', 'time']) t.equal(isUnit('contact', unit), false, unit);
  t.equal(isUnit('event', 'time'), true);
  t.equal(isUnit('task', 'status'), true);
  t.strictSame(fieldsOfUnit('contact', 'name'), ['firstName', 'middleName', 'lastName', 'nameSuffix']);
  t.strictSame(fieldsOfUnit('contact', 'emails/a@b.c'), ['emails']);
  t.strictSame(fieldsOfUnit('event', 'time'), ['start', 'end', 'allDay']);
  t.strictSame(fieldsOfUnit('event', '__proto__'), []);
});

t.test('3.8 the kinds, in the order in which they are synced', async (t) => {
  t.strictSame(kindNames, ['contact', 'task', 'event']);
  t.strictSame(Object.keys(fieldsOf('contact')), ['firstName', 'middleName', 'lastName', 'nameSuffix', 'description', 'emails', 'primaryEmail', 'phones', 'primaryPhone', 'jobTitle', 'birthday', 'gender', 'fax', 'billingAddress', 'shippingAddress', 'otherAddress']);
  t.strictSame(Object.keys(fieldsOf('task')), ['subject', 'priority', 'dueDate', 'status']);
  t.strictSame(Object.keys(fieldsOf('event')), ['title', 'start', 'end', 'allDay']);
  t.equal(canonicalEmail(' A@B.c '), 'a@b.c');
  t.equal(canonicalPhone('(030) 1'), '0301');
});

t.test('K6 sameField: lists are equal with the same entries in the same order', async (t) => {
  const spec = fieldsOf('contact')['emails'];
  if (spec === undefined) throw new Error('no emails');
  t.equal(sameField(spec, ['A@x', 'b@x'], ['a@x', 'B@x ', 'a@X']), true);
  t.equal(sameField(spec, ['b@x', 'a@x'], ['a@x', 'b@x']), false);
  t.equal(sameField(spec, undefined, []), true);
  t.equal(sameField(spec, ['a@x'], undefined), false);
});

t.test('G6 plain data is equal whatever the order of its keys', async (t) => {
  t.equal(sameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }), true);
  for (const [a, b] of [[[1, 2], [2, 1]], [[1], [1, 2]], [{ a: 1 }, { a: 1, b: 1 }], [{ a: 1 }, { b: 1 }], [[], {}], [{}, []], [null, {}], [{}, null], ['1', 1], [undefined, null]] as const) {
    t.equal(sameJson(a, b), false, `${JSON.stringify(a)} ${JSON.stringify(b)}`);
  }
  fc.assert(fc.property(fc.jsonValue(), (value) => sameJson(value as Json, JSON.parse(JSON.stringify(value)) as Json)));
});

t.test('history 5 entity ids', async (t) => {
  t.equal(parseEntityId('e_0123456789az'), 'e_0123456789az');
  for (const bad of ['e_0123456789aZ', 'e_0123456789a', 'e_0123456789azb', 'x_0123456789az', '']) t.throws(() => parseEntityId(bad), TypeError, bad);
  const ids = new Set(Array.from({ length: 20_000 }, (_, index) => deriveEntityId('right', 'account', 'contact', `id${index}`)));
  t.equal(ids.size, 20_000);
  const near = [deriveEntityId('right', 'a', 'task', 'doc1'), deriveEntityId('right', 'a', 'task', 'doc10'), deriveEntityId('left', 'a', 'task', 'doc1'), deriveEntityId('right', 'b', 'task', 'doc1'), deriveEntityId('right', 'a', 'event', 'doc1')];
  t.equal(new Set(near).size, near.length);
});

t.test('a case that was forgotten is said to be one', async (t) => {
  t.throws(() => unreachable('maybe' as never), new TypeError('not a known case: "maybe"'));
});
