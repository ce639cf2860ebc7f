import type { AnyView, Json, Kind } from '@syncline/core';
import fc from 'fast-check';

// What the hub may be told to write: by unit, since a unit is written whole.

const awkward = fc.constantFrom('Zoë Ångström', 'e\u0301 composed', '山田太郎', 'שלום', '👩‍👩‍👧 🏳️‍🌈', '𝒜', "O'Brien & Söhne", '<b>bold</b> &amp; <i', '"quoted"', 'a/b\\c', '0', 'null', 'a\tb', '{{twig}}', '\u00a0hard\u00a0', ' outer ', 'two  blanks', 'x'.repeat(100), 'x'.repeat(101), 'ä'.repeat(255), 'y'.repeat(256));
const line = fc.oneof(awkward, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 16 }).filter((text) => text.trim() !== ''));
const lines = fc.oneof(line, fc.array(line, { minLength: 1, maxLength: 5 }).chain((list) => fc.constantFrom(list.join('\n'), list.join('\r\n'), `  ${list.join('\n\n')}`)), fc.constantFrom('<p>a</p>\n<p>b</p>', 'Dear <surname>,\n3 < 4 & 5'));
const email = fc.oneof(fc.constantFrom('a@example.com', 'B@Example.com', 'c@example.net', 'zoë@example.org'), fc.nat(99).map((n) => `new${n}@example.com`));
const phone = fc.oneof(fc.constantFrom('+1 555 0100', '(030) 1', '112', '+43-1-23'), fc.nat(99).map((n) => `+1 555 03${n}`));
const day = fc.date({ min: new Date('1602-01-01'), max: new Date('2029-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
const instant = fc.integer({ min: Date.parse('2024-01-01T00:00:00Z') / 1000, max: Date.parse('2034-01-01T00:00:00Z') / 1000 }).map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`);
const address = fc
  .record({ street: fc.oneof(lines, fc.constant('')), city: fc.oneof(line, fc.constant('')), region: fc.constantFrom('', 'New York', 'NY', 'New Atlantis', 'Bayern'), postalCode: fc.constantFrom('', '10001', ' 10 '), country: fc.constantFrom('US', 'DE', 'GB', 'Germany', '', 'Ruritania') })
  .filter((value) => Object.values(value).some((part) => part.trim() !== ''));

const one = (field: string, values: fc.Arbitrary<Json>): fc.Arbitrary<AnyView> => values.map((value) => ({ [field]: value }));
const orNothing = (field: string, values: fc.Arbitrary<Json>): fc.Arbitrary<AnyView> => fc.option(values, { nil: undefined }).map((value) => ({ [field]: value }));

/** A list and which of its entries is the primary one: whoever has entries has a primary one, and it is one of them. */
const listed = (list: string, primary: string, values: fc.Arbitrary<string>): fc.Arbitrary<AnyView> =>
  fc.tuple(fc.array(values, { maxLength: 6 }), fc.nat(9)).map(([entries, at]) => (entries.length === 0 ? { [list]: undefined, [primary]: undefined } : { [list]: entries, [primary]: entries[at % entries.length] }));

/** One part of a name changes; the others are as they are. */
const named = fc.constantFrom('firstName', 'middleName', 'lastName', 'nameSuffix').chain((field) => orNothing(field, line));

const times = fc.oneof(
  fc.tuple(instant, fc.nat(4_000)).map(([start, minutes]) => ({ start, end: `${new Date(Date.parse(start) + minutes * 60_000).toISOString().slice(0, 19)}Z`, allDay: undefined })),
  fc.tuple(instant, fc.integer({ min: 1, max: 5 })).map(([start, days]) => ({ start: start.slice(0, 10), end: new Date(Date.parse(`${start.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10), allDay: true })),
);

/** New values by the field the test is about; fields of the same unit come with it. */
export const changes: { readonly [K in Kind]: { readonly [field: string]: fc.Arbitrary<AnyView> } } = {
  contact: {
    firstName: orNothing('firstName', line), middleName: orNothing('middleName', line), lastName: orNothing('lastName', line), nameSuffix: orNothing('nameSuffix', line), name: named,
    description: orNothing('description', lines), emails: listed('emails', 'primaryEmail', email), primaryEmail: listed('emails', 'primaryEmail', email),
    phones: listed('phones', 'primaryPhone', phone), primaryPhone: listed('phones', 'primaryPhone', phone),
    jobTitle: orNothing('jobTitle', line), birthday: orNothing('birthday', day), gender: orNothing('gender', fc.constantFrom('male', 'female')), fax: orNothing('fax', phone),
    billingAddress: orNothing('billingAddress', address), shippingAddress: orNothing('shippingAddress', address), otherAddress: orNothing('otherAddress', address),
  },
  task: {
    subject: one('subject', line), priority: one('priority', fc.constantFrom('low', 'normal', 'high')), dueDate: orNothing('dueDate', day), status: one('status', fc.constantFrom('open', 'in_progress', 'closed')),
  },
  event: { title: one('title', line), start: times, end: times, allDay: times },
};
