import assert from 'node:assert/strict';
import type { Address } from '@syncline/connector';
import fc from 'fast-check';
import t from 'tap';
import { createGeography } from '../src/geography.ts';
import { blankContact, blankEvent, blankTask, contactLens, eventLens, taskLens } from '../src/mapping/index.ts';
import { isFormatted, plainText, storedText } from '../src/mapping/description.ts';
import type { ContactRecord, EventRecord } from '../src/records.ts';
import { contacts, dates, events, fields, home, instants, iso, laws, lensesOf, runs, tasks, valuesOf } from './laws.ts';

const countries = new Map([['US', 'United States'], ['GB', 'United Kingdom'], ['DE', 'Germany'], ['BM', 'Bermuda'], ['CZ', 'Czechia'], ['CI', "Côte d'Ivoire"]]);
const geography = createGeography(countries, 'de-AT', async () => []);
const now = Date.parse('2026-11-22T10:00:00Z');
const contact = contactLens(geography, () => now);

t.test('M1, M2, PutPut: the laws hold for every lens', async (t) => {
  for (const [name, lens] of lensesOf(contact)) {
    t.test(`contact ${name}`, async () => laws(lens, contacts, valuesOf[name] ?? fc.string(), name));
  }
  for (const zone of ['Europe/Vienna', 'Pacific/Honolulu', 'Pacific/Kiritimati', 'America/Sao_Paulo']) {
    for (const [name, lens] of lensesOf(taskLens(zone))) t.test(`task ${name}, ${zone}`, async () => laws(lens, tasks, valuesOf[name] ?? fc.string(), name));
    for (const [name, lens] of lensesOf(eventLens(zone))) t.test(`event ${name}, ${zone}`, async () => laws(lens, events, valuesOf[name] ?? fc.string(), name));
  }
});

t.test('M2: a time unit that is written whole reads as written', async (t) => {
  for (const zone of ['Europe/Vienna', 'Pacific/Honolulu', 'Pacific/Kiritimati', 'America/Sao_Paulo']) {
    const { start, end, allDay } = fields(eventLens(zone));
    const timed = fc.tuple(instants, fc.integer({ min: 0, max: 86_400 * 3 })).map(([from, s]) => ({ start: from, end: iso(Date.parse(from) + s * 1000), allDay: false }));
    const whole = fc.tuple(dates, fc.integer({ min: 1, max: 5 })).map(([from, d]) => ({ start: from, end: iso(Date.parse(`${from}T00:00:00Z`) + d * 86_400_000).slice(0, 10), allDay: true }));
    fc.assert(
      fc.property(events, fc.oneof(timed, whole), (native, wanted) => {
        const written = allDay.write(end.write(start.write(native, wanted.start), wanted.end), wanted.allDay);
        assert.deepEqual({ start: start.read(written), end: end.read(written), allDay: allDay.read(written) ?? false }, wanted, zone);
        assert.ok(Date.parse(written.end ?? '') >= Date.parse(written.start ?? ''), 'M38: the end is not before the start');
      }),
      { ...runs, numRuns: 100 },
    );
  }
});

t.test('Contact rules', async (t) => {
  const { emails, primaryEmail, phones, primaryPhone, description, birthday, gender, firstName, jobTitle, billingAddress, shippingAddress, otherAddress } = fields(contact);

  t.test('M9: a formatted description reads as plain text, and is kept while the text is the same', async (t) => {
    const formatted = { ...blankContact, description: '<p>Met at <b>fair</b></p>\r\n<p>likes tea &amp; cake</p>' };
    t.equal(description.read(formatted), 'Met at fair\nlikes tea & cake');
    t.equal(description.write(formatted, 'Met at fair\nlikes tea & cake'), formatted, 'no write');
    const edited = description.write(formatted, 'a < b\n  & c');
    t.equal(edited.description, '<p>a &lt; b<br />&#32;&#32;&amp; c</p>');
    t.equal(description.read(edited), 'a < b\n  & c');
    t.match(description.loses?.('a', formatted, edited), /formatting/);
    t.equal(description.loses?.('a', edited, formatted), undefined, 'escaped plain text has none to lose');
  });

  t.test('M9: text that was never formatted is stored as it is', async (t) => {
    t.equal(description.write(blankContact, 'x < y & z\nin <b>bold</b>').description, '<p>x &lt; y &amp; z<br />in &lt;b&gt;bold&lt;/b&gt;</p>', 'what would be taken for formatting has to be escaped');
    t.equal(description.read({ ...blankContact, description: 'Dear <surname>,' }), 'Dear <surname>,');
    t.equal(description.write(blankContact, 'x < y & z\nsecond line').description, 'x < y & z\nsecond line');
    t.equal(isFormatted('mail <ada@example.com> or 3 < 4'), false);
    t.equal(plainText('<ul><li>one</li><li>two</li></ul><script>alert(1)</script><div>end</div>'), '- one\n- two\nend');
  });

  t.test('M9: every text comes back from its stored form', async (t) => {
    const line = fc.string({ unit: fc.constantFrom(' ', '\t', '<', '>', '&', 'b', '/', 'é', '\u00a0', '😀', ';', '#', '-') });
    fc.assert(
      fc.property(fc.array(line).map((list) => list.join('\n')), fc.constantFrom('', '<p>old</p>'), (text, before) => {
        assert.equal(plainText(storedText(text, before)), text);
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  const five = { ...blankContact, emails: ['p@x.org', 'q@x.org', 'r@x.org', 's@x.org', 't@x.org'], primaryEmail: 'p@x.org' };
  t.test('M10, M11, M12: all e-mails are shown and each can be replaced or removed', async (t) => {
    t.same(emails.read(five), five.emails);
    t.same(emails.write(five, ['p@x.org', 'q2@x.org', 'r@x.org', 's@x.org', 't@x.org']).emails, ['p@x.org', 'q2@x.org', 'r@x.org', 's@x.org', 't@x.org']);
    t.same(emails.write(five, ['p@x.org', 'r@x.org']), { ...five, emails: ['p@x.org', 'r@x.org'] });
  });

  t.test('M13: the primary changes only when it goes or when it is changed', async (t) => {
    t.equal(emails.write(five, ['t@x.org', 'p@x.org']).primaryEmail, 'p@x.org');
    t.equal(emails.write(five, ['t@x.org', 's@x.org']).primaryEmail, 't@x.org', 'it went: the first follows');
    t.equal(primaryEmail.write(five, 's@x.org').primaryEmail, 's@x.org');
    t.equal(primaryEmail.write(five, 'nobody@x.org'), five, 'the primary one has to be in the list');
    t.equal(primaryEmail.stored?.('nobody@x.org', five), 'p@x.org');
    t.same(emails.write(five, undefined), { ...five, emails: [], primaryEmail: null }, 'OroCRM takes no primary one without a list');
  });

  t.test('M14: letter case, blanks and repetitions change nothing', async (t) => {
    t.equal(emails.write(five, ['P@X.org ', 'q@x.org', 'R@x.org', 's@x.org', 't@x.org', 'p@x.org']), five);
    const spelled = { ...blankContact, emails: ['Ada@X.org', 'ada@x.org'], primaryEmail: 'ada@x.org' };
    t.same(emails.write(spelled, ['ada@x.org', 'b@x.org']).emails, ['Ada@X.org', 'ada@x.org', 'b@x.org'], 'a second spelling stays');
    t.same(emails.write(blankContact, ['a@x.org', 'a@x.org']).emails, ['a@x.org'], 'OroCRM refuses the same entry twice');
    t.match(emails.refuse?.(['fine@x.org', 'not an address']), /not an e-mail address/);
  });

  t.test('M15: without a primary phone the first one counts', async (t) => {
    const native = { ...blankContact, phones: ['111', '222'] };
    t.equal(primaryPhone.read(native), '111');
    t.equal(primaryPhone.write(native, '111'), native);
  });

  t.test('M16, M17: the first phone is replaced or removed, the others stay', async (t) => {
    const native = { ...blankContact, phones: ['111', '222', '333'], primaryPhone: '111' };
    t.same(primaryPhone.write(phones.write(native, ['999', '222', '333']), '999'), { ...native, phones: ['999', '222', '333'], primaryPhone: '999' });
    t.same(phones.write(native, ['222', '333']), { ...native, phones: ['222', '333'], primaryPhone: '222' });
  });

  t.test('M18: punctuation of numbers changes nothing', async (t) => {
    const native = { ...blankContact, phones: ['+43 (1) 234-56'], primaryPhone: '+43 (1) 234-56' };
    t.equal(phones.write(native, ['+43 1 23456']), native);
  });

  t.test('M19, M43: what OroCRM does not take is named', async (t) => {
    t.equal(birthday.refuse?.('1604-02-29'), undefined);
    t.match(birthday.refuse?.('2026-11-23'), /future/);
    t.match(birthday.refuse?.('1981-02-29'), /not a date/);
    t.match(gender.refuse?.('other' as 'male'), /male and female/);
    t.match(firstName.refuse?.('x'.repeat(101)), /at most 100/);
    t.equal(firstName.refuse?.('ä'.repeat(100)), undefined);
    t.match(jobTitle.refuse?.('x'.repeat(256)), /at most 255/);
    t.match(phones.refuse?.(['1'.repeat(256)]), /at most 255/);
  });

  t.test('M20: no gender is no gender', async (t) => {
    t.equal(gender.read({ ...blankContact, gender: '' }), undefined);
    t.equal(gender.write(blankContact, undefined), blankContact);
  });

  const both: ContactRecord = { ...blankContact, addresses: [home({ id: '7', types: ['billing', 'shipping'], primary: true })] };
  const elsewhere: Address = { street: '2 Elm Rd', city: 'Boston', region: 'MA', postalCode: '02101', country: 'US' };

  t.test('M21: an address with both types is shown twice', async (t) => {
    t.same(billingAddress.read(both), shippingAddress.read(both));
    t.equal(otherAddress.read(both), undefined);
  });

  t.test('M22: one of the two is edited: the old address keeps the other type', async (t) => {
    const written = shippingAddress.write(both, elsewhere);
    t.same(written.addresses.map(({ id, types, primary, street }) => ({ id, types, primary, street })), [
      { id: '7', types: ['billing'], primary: true, street: '1 Main St' },
      { id: 'new-1', types: ['shipping'], primary: false, street: '2 Elm Rd' },
    ]);
    t.same(billingAddress.read(written), billingAddress.read(both));
    t.same(shippingAddress.write(written, elsewhere), written);
  });

  t.test('M23: the primary one is mapped, else the lowest id; the others are not touched', async (t) => {
    const two = { ...blankContact, addresses: [home({ id: '9', types: [], street: 'nine' }), home({ id: '10', types: [], street: 'ten' })] };
    t.equal(otherAddress.read(two)?.street, 'nine');
    const flagged = { ...two, addresses: two.addresses.map((address) => ({ ...address, primary: address.id === '10' })) };
    t.equal(otherAddress.read(flagged)?.street, 'ten');
    t.equal(otherAddress.write(flagged, elsewhere).addresses[0], flagged.addresses[0]);
  });

  t.test('M24: countries are recognised by code and by name; without one the address is held', async (t) => {
    const rows: readonly [text: string, code: string | undefined][] = [
      ['us', 'US'], ['USA', 'US'], ['U.S.A.', 'US'], ['United States of America', 'US'], ['Vereinigte Staaten', 'US'],
      ['Deutschland', 'DE'], ['Germany', 'DE'], ['cote d\'ivoire', 'CI'], ['Czech Republic', 'CZ'], ['Ruritania', undefined], ['FR', undefined],
    ];
    for (const [text, code] of rows) t.equal(geography.country(text), code, text);
    t.match(billingAddress.refuse?.({ ...elsewhere, country: '' }), /demands a country/);
    t.match(billingAddress.refuse?.({ ...elsewhere, country: 'Ruritania' }), /does not know the country "Ruritania"/);
    t.equal(billingAddress.refuse?.({ street: '', city: '', region: '', postalCode: '', country: '' }), undefined, 'emptied is not held');
    t.equal(billingAddress.write(blankContact, { ...elsewhere, country: 'Deutschland' }).addresses[0]?.country, 'DE');
    t.match(billingAddress.refuse?.({ ...elsewhere, street: 'x'.repeat(501) }), /at most 500/);
  });

  t.test('M24: two lines of a street; a third joins the second, and is no edit afterwards', async (t) => {
    const written = billingAddress.write(blankContact, { ...elsewhere, street: '1 Main St\r\nFloor 2 \n\nDoor 3' });
    t.same([written.addresses[0]?.street, written.addresses[0]?.street2], ['1 Main St', 'Floor 2, Door 3']);
    const three = { ...elsewhere, street: '1 Main St\nFloor 2\nDoor 3' };
    t.equal(billingAddress.read(written, { native: blankContact, value: three })?.street, three.street);
  });

  t.test('M25: emptied: the type or the address goes, never an untyped one stays', async (t) => {
    t.same(billingAddress.write(both, undefined).addresses.map(({ types }) => types), [['shipping']]);
    const only = { ...blankContact, addresses: [home({ id: '7', types: ['billing'] }), home({ id: '8', types: [] })] };
    t.same(billingAddress.write(only, undefined).addresses.map(({ id }) => id), ['8']);
    t.same(otherAddress.write(only, undefined).addresses.map(({ id }) => id), ['7']);
    t.equal(shippingAddress.write(only, undefined), only);
  });

  t.test('M42: a region that OroCRM does not know is never emptied by it', async (t) => {
    const wanted = { ...elsewhere, region: 'Old Massachusetts' };
    const draft = billingAddress.write(blankContact, wanted);
    t.equal(draft.addresses[0]?.regionName, 'Old Massachusetts');
    // OroCRM stored it without a region; later somebody there edits the city.
    const stored = { ...draft, addresses: draft.addresses.map((address) => ({ ...address, id: '3', regionName: null })) };
    t.same(billingAddress.read(stored, { native: draft, value: wanted }), wanted);
    t.match(billingAddress.loses?.(wanted, blankContact, stored), /no region "Old Massachusetts"/);
    t.equal(billingAddress.loses?.({ ...wanted, region: '' }, blankContact, stored), undefined);
    const moved = { ...stored, addresses: stored.addresses.map((address) => ({ ...address, city: 'Salem' })) };
    t.same(billingAddress.read(moved, { native: stored, value: wanted }), { ...wanted, city: 'Salem' });
    t.equal(billingAddress.read(moved)?.region, '', 'without the memory there is none');
  });

  t.test('M42: a region removed in OroCRM is removed; a code is the name of its region', async (t) => {
    const native = { ...blankContact, addresses: [home({ types: ['billing'], region: 'US-MA', regionName: 'Massachusetts' })] };
    const without = { ...blankContact, addresses: [home({ types: ['billing'], region: null, regionName: null })] };
    const last = billingAddress.read(native);
    t.equal(billingAddress.read(without, { native, value: last })?.region, '');
    t.equal(billingAddress.write(native, { ...last!, region: 'Massachusetts', city: 'Salem' }).addresses[0]?.region, 'US-MA', 'stays as it is');
    t.equal(billingAddress.read({ ...native, addresses: native.addresses.map((a) => ({ ...a, city: 'Salem' })) }, { native, value: { ...last!, region: 'MA' } })?.region, 'MA');
  });
});

t.test('Task rules', async (t) => {
  const { priority, status, dueDate, subject } = fields(taskLens('Europe/Vienna'));

  t.test('M27: another priority shows as normal and stays', async (t) => {
    const urgent = { ...blankTask, priority: 'urgent' };
    t.equal(priority.read(urgent), 'normal');
    t.equal(priority.write(urgent, 'normal'), urgent);
    t.equal(priority.write(urgent, 'high').priority, 'high');
  });

  t.test('M28: a moved due date keeps its time of day in the user\'s zone, also across daylight saving', async (t) => {
    const native = { ...blankTask, dueDate: '2030-03-10T16:30:00Z' };
    t.equal(dueDate.read(native), '2030-03-10');
    t.equal(dueDate.write(native, '2030-03-10'), native);
    t.equal(dueDate.write(native, '2030-03-12').dueDate, '2030-03-12T16:30:00Z');
    t.equal(dueDate.write(native, '2030-04-12').dueDate, '2030-04-12T15:30:00Z');
    t.equal(dueDate.write(blankTask, '2030-03-10').dueDate, '2030-03-10T11:00:00Z', 'noon');
    t.equal(dueDate.write(native, undefined).dueDate, null);
    t.match(dueDate.refuse?.('soon'), /not a date/);
  });

  t.test('M28, M29: the date is that of the user\'s zone, whatever the hour in UTC', async (t) => {
    t.equal(dueDate.read({ ...blankTask, dueDate: '2026-06-30T22:30:00Z' }), '2026-07-01');
    t.equal(fields(taskLens('Pacific/Pago_Pago')).dueDate.read({ ...blankTask, dueDate: '2026-07-01T10:30:00Z' }), '2026-06-30');
    t.equal(fields(taskLens('Pacific/Kiritimati')).dueDate.read({ ...blankTask, dueDate: '2024-10-23T10:00:00Z' }), '2024-10-24');
  });

  t.test('M30: the three statuses; another one shows as in progress and stays', async (t) => {
    for (const word of ['open', 'in_progress', 'closed'] as const) t.equal(status.read({ ...blankTask, status: word }), word);
    const waiting = { ...blankTask, status: 'waiting' };
    t.equal(status.read(waiting), 'in_progress');
    t.equal(status.write(waiting, 'in_progress'), waiting);
    t.equal(status.write(waiting, 'closed').status, 'closed');
  });

  t.test('M43: a subject of more than 255 characters is held', async (t) => t.match(subject.refuse?.('x'.repeat(256)), /at most 255/));
});

t.test('Event rules', async (t) => {
  const vienna = fields(eventLens('Europe/Vienna'));
  const allDay = (start: string, end: string): EventRecord => ({ ...blankEvent, start, end, allDay: true });

  t.test('M36: an instant is an instant', async (t) => {
    const native: EventRecord = { ...blankEvent, start: '2026-05-05T10:00:00Z', end: '2026-05-05T11:00:00Z' };
    t.equal(vienna.start.read(native), '2026-05-05T10:00:00Z');
    t.equal(vienna.start.write(native, '2026-05-05T10:00:00Z'), native);
    t.equal(vienna.allDay.read(native), undefined);
    t.match(vienna.start.refuse?.('2026-05-05T10:00:00+02:00'), /neither a date nor a time in UTC/);
  });

  t.test('M37, M44: three forms of an all-day event are the same days, and none is rewritten', async (t) => {
    const rows: readonly [form: string, start: string, end: string, from: string, to: string][] = [
      ['to the next midnight', '2026-05-04T22:00:00Z', '2026-05-05T22:00:00Z', '2026-05-05', '2026-05-06'],
      ['to 23:59', '2026-05-04T22:00:00Z', '2026-05-05T21:59:00Z', '2026-05-05', '2026-05-06'],
      ['start = end', '2026-05-04T22:00:00Z', '2026-05-04T22:00:00Z', '2026-05-05', '2026-05-06'],
      ['three days', '2026-05-04T22:00:00Z', '2026-05-07T21:59:00Z', '2026-05-05', '2026-05-08'],
      ['midnight of UTC, as other clients send it', '2026-05-05T00:00:00Z', '2026-05-06T00:00:00Z', '2026-05-05', '2026-05-06'],
      ['midnight of UTC to 23:59', '2026-05-05T00:00:00Z', '2026-05-05T23:59:00Z', '2026-05-05', '2026-05-06'],
      ['over the change of the clocks', '2026-03-27T23:00:00Z', '2026-03-29T21:59:00Z', '2026-03-28', '2026-03-30'],
    ];
    for (const [form, start, end, from, to] of rows) {
      const native = allDay(start, end);
      t.same([vienna.start.read(native), vienna.end.read(native)], [from, to], form);
      t.equal(vienna.allDay.write(vienna.end.write(vienna.start.write(native, from), to), true), native, `${form}: no write`);
    }
  });

  t.test('M37: in no zone does a day of UTC move', async (t) => {
    for (const zone of ['Pacific/Pago_Pago', 'America/New_York', 'Asia/Tokyo', 'Pacific/Kiritimati']) {
      const { start, end } = fields(eventLens(zone));
      const native = allDay('2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z');
      t.same([start.read(native), end.read(native)], ['2026-12-01', '2026-12-02'], zone);
    }
  });

  t.test('M37: days of the zone set in OroCRM are the same days in the user\'s', async (t) => {
    const rows: readonly [oro: string, start: string, end: string][] = [
      ['America/Los_Angeles', '2026-05-05T07:00:00Z', '2026-05-07T06:59:00Z'],
      ['America/New_York', '2026-05-05T04:00:00Z', '2026-05-07T04:00:00Z'],
      ['Asia/Kolkata', '2026-05-04T18:30:00Z', '2026-05-06T18:29:00Z'],
      ['Asia/Tokyo', '2026-05-04T15:00:00Z', '2026-05-06T14:59:00Z'],
      ['Pacific/Honolulu', '2026-05-05T10:00:00Z', '2026-05-07T09:59:00Z'],
      ['Pacific/Auckland', '2026-05-04T12:00:00Z', '2026-05-06T11:59:00Z'],
    ];
    for (const [oro, start, end] of rows) {
      for (const zone of ['Europe/Vienna', 'America/Chicago', 'Australia/Sydney']) {
        const lens = fields(eventLens(zone));
        const native = allDay(start, end);
        t.same([lens.start.read(native), lens.end.read(native)], ['2026-05-05', '2026-05-07'], `${oro}, read in ${zone}`);
        t.equal(lens.allDay.write(lens.end.write(lens.start.write(native, '2026-05-05'), '2026-05-07'), true), native, 'no write');
      }
    }
    const overnight = allDay('2026-05-05T09:30:00Z', '2026-05-05T11:00:00Z');
    t.same([vienna.start.read(overnight), vienna.end.read(overnight)], ['2026-05-05', '2026-05-06'], 'only the flag was set');
    const spring = allDay('2026-03-08T08:00:00Z', '2026-03-09T06:59:00Z');
    t.same([vienna.start.read(spring), vienna.end.read(spring)], ['2026-03-08', '2026-03-09'], 'a day of 23 hours in Los Angeles');
  });

  t.test('M44: written as 00:00 to 23:59 of the user\'s zone', async (t) => {
    const written = vienna.end.write(vienna.start.write(blankEvent, '2026-05-05'), '2026-05-08');
    t.same(written, allDay('2026-05-04T22:00:00Z', '2026-05-07T21:59:00Z'));
  });

  t.test('M38: switched to all-day and back, end stays after start', async (t) => {
    const native: EventRecord = { ...blankEvent, start: '2026-05-05T10:00:00Z', end: '2026-05-05T11:00:00Z' };
    const whole = vienna.allDay.write(native, true);
    t.same(whole, allDay('2026-05-04T22:00:00Z', '2026-05-05T21:59:00Z'));
    t.same(vienna.allDay.write(whole, false), { ...native, start: '2026-05-04T22:00:00Z', end: '2026-05-05T22:00:00Z' });
  });
});
