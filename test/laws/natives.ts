import type { Json, Kind } from '@syncline/core';
import fc from 'fast-check';
import type { SideName } from '@syncline/engine';

// Records as the services hold them, oddities included: what people, imports and other clients have left there.

const blank = fc.constantFrom('', ' ', '  ');
const spoken = fc.constantFrom('Ada', 'Zoë', 'Zoe\u0308', 'Cher', ' Ünal ', '李', 'O\'Brien', '👩‍👩‍👧 Gray', 'a < b', '<b>bold</b>', '&amp;', 'two  blanks', 'x'.repeat(101), 'x'.repeat(256));
const line = fc.oneof(spoken, fc.string({ unit: 'grapheme', maxLength: 12 }), blank);
const lines = fc.oneof(line, fc.array(line, { maxLength: 4 }).chain((list) => fc.constantFrom(list.join('\n'), list.join('\r\n'), `${list.join(' \n')}\n\n`)), fc.constantFrom('<p>Met at <b>fair</b></p>\r\n<p>likes tea &amp; cake</p>', 'Dear <surname>,', 'mail <ada@example.com>'));
const email = fc.oneof(fc.constantFrom('a@example.com', 'A@Example.com', ' b@example.com', 'c@example.net', 'zoë@example.org', 'd@example.com', 'e@example.com'), fc.nat(99).map((n) => `mail${n}@example.com`));
const phone = fc.oneof(fc.constantFrom('+1 555 0100', '+1 (555) 01-00', '030 1', '112', '(0) 30-1', '-'), fc.nat(99).map((n) => `+1 555 02${n}`));
const noTime = fc.date({ min: new Date('1950-01-01'), max: new Date('2039-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
const instant = fc.integer({ min: Date.parse('2024-01-01T00:00:00Z') / 1000, max: Date.parse('2034-01-01T00:00:00Z') / 1000 }).map(iso);
const country = fc.constantFrom('US', 'DE', 'GB', 'AT');
const orNull = <T extends Json>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
/** What a service has stored is never an empty text: it answers null. */
const stored = (values: fc.Arbitrary<string>): fc.Arbitrary<string | null> => orNull(values).map((value) => value || null);

const oroAddress = fc
  .record({
    types: fc.subarray(['billing', 'shipping']), primary: fc.boolean(), street: stored(line), street2: stored(line), city: stored(line), postalCode: stored(line), country,
    region: fc.constantFrom('none', 'dictionary', 'free'),
  })
  .map(({ region, ...rest }) => ({
    id: '0', ...rest,
    region: region === 'dictionary' ? `${rest.country}-NY` : null, regionName: region === 'dictionary' ? 'New York' : null, customRegion: region === 'free' ? 'Somewhere' : null,
  }));

/** OroCRM cuts blanks around what it stores and keeps one entry per spelling; the primary one is in the list, or nobody is. */
const oroContact = fc
  .record({
    firstName: stored(line.map(trim)), middleName: stored(line.map(trim)), lastName: stored(line.map(trim)), nameSuffix: stored(line.map(trim)), description: stored(lines.map(trim)), jobTitle: stored(line.map(trim)), fax: stored(phone),
    gender: fc.constantFrom(null, 'male', 'female'), birthday: orNull(noTime), emails: fc.uniqueArray(email.map(trim), { maxLength: 6 }), phones: fc.uniqueArray(phone, { maxLength: 5 }),
    addresses: fc.array(oroAddress, { maxLength: 4 }).map((list) => list.map((one, at) => ({ ...one, id: String(at + 8) }))),
    firstEmail: fc.nat(5), firstPhone: fc.nat(9),
  })
  .map(({ firstEmail, firstPhone, ...rest }) => ({ ...rest, primaryEmail: rest.emails[firstEmail % Math.max(1, rest.emails.length)] ?? null, primaryPhone: rest.phones[firstPhone] ?? null }));

const oroTask = fc.record({ subject: stored(line.map(trim)), priority: fc.constantFrom('low', 'normal', 'high', 'urgent'), dueDate: orNull(instant), status: fc.constantFrom('open', 'in_progress', 'closed', 'waiting') });

/** All-day events in the forms of M44, of this zone and of others, and timed ones. */
const oroEvent = fc.oneof(
  fc.record({ title: stored(line.map(trim)), start: instant, minutes: fc.nat(4_000) }).map(({ title, start, minutes }) => ({ title, start, end: iso(Date.parse(start) / 1000 + minutes * 60), allDay: false, recurring: false })),
  fc.record({ title: stored(line.map(trim)), day: instant, hour: fc.constantFrom(0, 23, 22, 10, 7), days: fc.nat(4), form: fc.constantFrom('next midnight', '23:59', 'start') }).map(({ title, day, hour, days, form }) => {
    const start = Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / 1000 + hour * 3600;
    const end = form === 'start' ? start : start + (days + 1) * 86_400 - (form === '23:59' ? 60 : 0);
    return { title, start: iso(start), end: iso(end), allDay: true, recurring: false };
  }),
);

const graphAddress = fc.record({ street: lines, city: line, state: line, postalCode: line, countryOrRegion: fc.constantFrom('', 'Germany', 'DE', 'Deutschland', 'Freedonia', 'USA', 'France', 'Österreich') });
const graphContact = fc.record({
  givenName: stored(line), middleName: stored(line), surname: stored(line), generation: stored(line), displayName: stored(line), fileAs: stored(line), personalNotes: stored(lines), jobTitle: stored(line),
  emailAddresses: fc.array(fc.record({ name: stored(line), address: stored(fc.oneof(email, fc.constant('/o=ExchangeLabs/ou=x/cn=ada'))) }), { maxLength: 3 }),
  birthday: orNull(fc.tuple(noTime, fc.constantFrom('00:00:00', '10:00:00', '11:59:00', '23:59:00')).map(([day, time]) => `${day}T${time}Z`)),
  businessAddress: graphAddress, homeAddress: graphAddress, otherAddress: graphAddress,
  gender: fc.constantFrom(null, '0', '1', '2'), fax: stored(phone), primaryPhone: stored(phone),
});

const zone = fc.constantFrom('UTC', 'W. Europe Standard Time', 'America/New_York', 'Pacific/Kiritimati');
const wall = fc.tuple(noTime, fc.constantFrom('00:00:00.0000000', '09:30:00.0000000', '01:30:00', '10:00:00', '23:00:00.0000000'));
const graphTask = fc.record({
  title: line, importance: fc.constantFrom('low', 'normal', 'high'), status: fc.constantFrom('notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'),
  dueDateTime: orNull(fc.record({ dateTime: wall.map(([day, time]) => `${day}T${time}`), timeZone: zone })), markId: orNull(fc.constant('r1')),
});
const graphEvent = fc.oneof(
  fc.record({ subject: line, start: instant, minutes: fc.nat(4_000), zone: orNull(zone) }).map(({ subject, start, minutes, zone: made }) => ({ subject, start: utc(start), end: utc(iso(Date.parse(start) / 1000 + minutes * 60)), isAllDay: false, zone: made })),
  fc.record({ subject: line, day: noTime, days: fc.integer({ min: 1, max: 5 }), zone: orNull(zone) }).map(({ subject, day, days, zone: made }) => ({
    subject, start: midnight(day), end: midnight(iso(Date.parse(`${day}T00:00:00Z`) / 1000 + days * 86_400).slice(0, 10)), isAllDay: true, zone: made,
  })),
);

/** Records of each kind as a side holds them. */
export const natives: { readonly [S in SideName]: { readonly [K in Kind]: fc.Arbitrary<Json> } } = {
  left: { contact: oroContact, task: oroTask, event: oroEvent },
  right: { contact: graphContact, task: graphTask, event: graphEvent },
};

/** Members of a native record that only make sense together; each of the others stands by itself. */
export const together: readonly (readonly string[])[] = [['emails', 'primaryEmail'], ['phones', 'primaryPhone'], ['start', 'end', 'allDay', 'isAllDay']];

function iso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function utc(instantText: string): Json {
  return { dateTime: `${instantText.slice(0, -1)}.0000000`, timeZone: 'UTC' };
}

function midnight(day: string): Json {
  return { dateTime: `${day}T00:00:00.0000000`, timeZone: 'UTC' };
}

function trim(text: string): string {
  return text.trim();
}
