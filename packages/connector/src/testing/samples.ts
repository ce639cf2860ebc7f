import type { AnyView, Kind, Model } from '@syncline/core';
import type { Fields } from './world.ts';

const dayMs = 86_400_000;

/** The `n`-th of a row of records that differ in every name; `1` and `10` begin alike. Events lie in the coming days. */
export function sample(kind: Kind, n: number, now: number): Fields {
  switch (kind) {
    case 'contact':
      return { firstName: `Ada ${n}`, lastName: `Byron ${n}`, jobTitle: `Analyst ${n}`, description: `First line ${n}\nsecond line`, emails: [`ada${n}@example.org`], birthday: '1985-12-10' };
    case 'task':
      return { subject: `Call Ada ${n}`, priority: n % 2 === 0 ? 'low' : 'high', dueDate: dayOf(now + (n + 7) * dayMs), status: n % 2 === 0 ? 'closed' : 'in_progress' };
    case 'event':
      return n % 3 === 2
        ? { title: `Fair ${n}`, start: dayOf(now + n * dayMs), end: dayOf(now + (n + 2) * dayMs), allDay: true }
        : { title: `Lunch ${n}`, start: hourOf(now + n * dayMs, 10), end: hourOf(now + n * dayMs, 11) };
  }
}

/** Two changes that touch different fields, in units of their own. */
export function changes(kind: Kind, now: number): readonly [Fields, Fields] {
  switch (kind) {
    case 'contact':
      return [{ jobTitle: 'Countess' }, { description: 'Something else' }];
    case 'task':
      return [{ subject: 'Ring back' }, { dueDate: dayOf(now + 40 * dayMs) }];
    case 'event':
      return [{ title: 'Dinner' }, { start: hourOf(now + 5 * dayMs, 18), end: hourOf(now + 5 * dayMs, 20) }];
  }
}

/** Text that services, databases and JSON libraries have been seen to break. */
export const awkward: readonly string[] = [
  'Zoë Ångström', 'e\u0301 composed of two', '山田太郎', 'שלום עולם', '🎄', '👩‍👩‍👧 🏳️‍🌈', '𝒜 beyond the basic plane', "O'Brien & Söhne", '<b>bold</b> &amp; <i', '"quoted"', 'a/b\\c', '100 %41 %', '0', 'null', 'a\tb', '{{twig}} ${js}', "'; DROP TABLE contact; --", '+43 (1) 23', '\u00a0hard blanks\u00a0',
];

const several: readonly string[] = [...awkward, 'one\ntwo', 'one\r\ntwo\r\n\r\nfour', '  indented\n    more', '<p>a</p>\n<p>b</p>'];

const days: readonly string[] = ['2024-02-29', '2000-02-29', '1970-01-01', '1969-12-31', '1904-02-29', '2020-12-31', '1999-03-28', '1985-10-27'];

/** Values of every field: what each lens has to hold, or to refuse in words. Long texts come with them. */
export const values: { readonly [K in Kind]: { readonly [F in keyof Model[K]]: readonly Model[K][F][] } } = {
  contact: {
    firstName: [...awkward, long(300)],
    middleName: [...awkward, long(300)],
    lastName: [...awkward, long(300)],
    nameSuffix: [...awkward, long(300)],
    description: [...several, long(10_000)],
    emails: [['a@example.org'], ['a@example.org', 'b@example.org'], ['B@Example.org', 'a@example.org', 'c@example.org', 'd@example.org'], ['zoë@example.org'], ['a.very+tag@sub.example.org']],
    primaryEmail: ['a@example.org', 'b@example.org', 'New@Example.org'],
    phones: [['+43 1 23'], ['+43-1-23', '112'], ['1', '10', '100', '(2)']],
    primaryPhone: ['+43 1 23', '112', '10'],
    jobTitle: [...awkward, long(300)],
    birthday: days,
    gender: ['male', 'female'],
    fax: ['+43 1 24', '1', '10'],
    billingAddress: addresses(),
    shippingAddress: addresses(),
    otherAddress: addresses(),
  },
  task: {
    subject: [...awkward, long(300)],
    priority: ['low', 'normal', 'high'],
    dueDate: [...days, '2038-01-20', '2028-02-29'],
    status: ['open', 'in_progress', 'closed'],
  },
  event: {
    title: [...awkward, long(300)],
    start: ['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-12-31T23:59:00Z', '2026-02-28', '2028-02-29'],
    end: ['2027-03-28T00:30:00Z', '2027-03-28T01:30:00Z', '2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z', '2028-02-29T23:59:00Z', '2028-03-01'],
    allDay: [true, false],
  },
};

/** What may be empty by itself. The others always hold something, or follow another field. */
export const emptiable: Record<Kind, readonly string[]> = {
  contact: ['firstName', 'middleName', 'lastName', 'nameSuffix', 'description', 'emails', 'phones', 'jobTitle', 'birthday', 'gender', 'fax', 'billingAddress', 'shippingAddress', 'otherAddress'],
  task: ['dueDate'],
  event: [],
};

/** The values of a field known only at run time. */
export function valuesOf(kind: Kind, field: string): readonly (NonNullable<AnyView[string]>)[] {
  return (values[kind] as { readonly [field: string]: readonly NonNullable<AnyView[string]>[] })[field] ?? [];
}

/** A small generator of numbers in [0, 1): the same seed gives the same run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function addresses(): readonly Model['contact']['billingAddress'][] {
  const blank = { street: '', city: '', region: '', postalCode: '', country: '' };
  return [
    { ...blank, street: '1 Main St', city: 'Boston', region: 'Massachusetts', postalCode: '02101', country: 'US' },
    { ...blank, street: 'Straße 1\nTop 10', city: 'Wien', postalCode: '1010', country: 'AT' },
    { ...blank, city: '東京', country: 'JP' },
    { ...blank, street: 'a\nb\nc', city: 'Berlin', country: 'DE' },
    { ...blank, city: 'Nowhere', country: 'Ruritania' },
    { ...blank, postalCode: '0' },
  ];
}

function long(length: number): string {
  return 'Lang genug 🎄 '.repeat(Math.ceil(length / 13)).slice(0, length).trim();
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function hourOf(ms: number, hour: number): string {
  return `${dayOf(ms)}T${String(hour).padStart(2, '0')}:30:00Z`;
}
