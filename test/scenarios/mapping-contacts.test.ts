import t from 'tap';
import { classicPolicy, safePolicy } from '@syncline/core';
import { addressesOf, entriesFor, entriesOf, oroContact, outlookContact, slotOf, withSlots, zones } from '../support/contacts.ts';
import { seeded } from '../support/seeded.ts';
import { isQuiet, twoServices, type TwoServices, type WorldOptions } from '../support/two-services.ts';
import { caused, changing, listenTo, setPolicy, staysQuiet } from '../support/watch.ts';

type OroInput = Parameters<TwoServices['oro']['admin']['createContact']>[0];
type TwoServicesAddresses = ReturnType<TwoServices['oro']['admin']['createContact']>['addresses'];
type GraphBody = Parameters<TwoServices['graph']['admin']['createContact']>[0];

/** A world of one contact, made in OroCRM and synced. */
async function fromOro(contact: OroInput, options: WorldOptions = {}): Promise<TwoServices> {
  const world = twoServices(options);
  world.oro.admin.createContact(contact);
  await world.settle();
  return world;
}

/** A world of one contact, made in Outlook and synced. */
async function fromOutlook(contact: GraphBody, options: WorldOptions = {}): Promise<TwoServices> {
  const world = twoServices(options);
  world.graph.admin.createContact(contact);
  await world.settle();
  return world;
}

const editOro = (world: TwoServices, contact: OroInput): unknown => world.oro.admin.updateContact(oroContact(world).id, contact);
const editOutlook = (world: TwoServices, body: GraphBody): unknown => world.graph.admin.updateContact(outlookContact(world).id, body);
const emails = (world: TwoServices): string => entriesOf(oroContact(world).emails);
const phones = (world: TwoServices): string => entriesOf(oroContact(world).phones);
const shown = (world: TwoServices): readonly string[] => addressesOf(outlookContact(world));
const number = (world: TwoServices): string => slotOf(outlookContact(world), 'primaryPhone') ?? '';

const [p, q, r, s, u] = ['p@example.com', 'q@example.com', 'r@example.com', 's@example.com', 't@example.com'] as const;
const [n1, n2, n3, m] = ['+1 555 0101', '+1 555 0102', '+1 555 0103', '+1 555 0199'] as const;
const fiveEmails = { firstName: 'Ada', lastName: 'Byron', emails: [p, q, r, s, u], primaryEmail: p };
const threePhones = { firstName: 'Ada', lastName: 'Byron', phones: [n1, n2, n3], primaryPhone: n1 };

t.test('M1 what Outlook holds is exactly what it held after it went to OroCRM and came back', async (t) => {
  const odd = {
    givenName: ' Ada', surname: 'Byron ', middleName: '', generation: 'II', personalNotes: '\r\nfirst  \r\nsecond\r\n\r\n', jobTitle: 'Analyst  ',
    emailAddresses: [{ name: 'Ada (work)', address: 'ADA@Example.com ' }, { name: 'again', address: 'ada@example.com' }],
    birthday: '1980-07-18T11:59:00Z', businessAddress: { street: '1 Main St\r\nSuite 2', city: 'Boston', state: 'Massachusetts', countryOrRegion: 'United States', postalCode: '02101' },
    ...withSlots({ primaryPhone: '(555) 01-00', gender: '0', fax: '555.0101' }),
  };
  const world = twoServices();
  world.graph.admin.createContact(odd);
  const { '@odata.etag': _etag, changeKey: _key, lastModifiedDateTime: _time, singleValueExtendedProperties: properties, ...before } = outlookContact(world);
  await world.settle();
  world.oro.admin.recalculateActivity();
  await staysQuiet(t, world);
  t.match(outlookContact(world), before, 'nothing but the marker was added');
  t.match(outlookContact(world).singleValueExtendedProperties, properties);
});

t.test('M2 what OroCRM holds and Outlook can show is what is read back; what it cannot show is held, not cut', async (t) => {
  const full = {
    firstName: 'Ada', middleName: 'King', lastName: 'Byron', nameSuffix: 'II', description: 'one\ntwo', jobTitle: 'Analyst', fax: '+1 555 0109', gender: 'female', birthday: '1980-07-18',
    emails: [q, p], primaryEmail: p, phones: [n1], addresses: [{ street: '1 Main St', city: 'Boston', postalCode: '02101', country: 'US', region: 'US-MA', types: ['billing'] as const }],
  };
  const world = await fromOro(full);
  const item = outlookContact(world);
  t.match(item, { givenName: 'Ada', middleName: 'King', surname: 'Byron', generation: 'II', personalNotes: /^one\r?\ntwo$/, jobTitle: 'Analyst', birthday: /^1980-07-18/, businessAddress: { street: '1 Main St', city: 'Boston', postalCode: '02101', state: 'Massachusetts' } });
  t.strictSame([slotOf(item, 'fax'), slotOf(item, 'gender'), slotOf(item, 'primaryPhone'), shown(world)], ['+1 555 0109', '1', n1, [p, q]]);
  await staysQuiet(t, world);

  editOro(world, { birthday: '1580-07-18', jobTitle: 'Countess' });
  const report = await world.cycle();
  t.match(report.notes, [{ what: 'held', field: 'birthday', message: /1601/ }], 'the field is held with the reason');
  t.match(outlookContact(world), { jobTitle: 'Countess', birthday: /^1980-07-18/ }, 'the other field goes on, the value is not bent');
  await staysQuiet(t, world);
});

for (const [rule, body, first, last] of [
  ['M3', { surname: 'Cher' }, 'Cher', 'Cher'],
  ['M4', { givenName: 'Madonna' }, 'Madonna', 'Madonna'],
] as const) {
  t.test(`${rule} a person with one name has it twice in OroCRM`, async (t) => {
    const world = await fromOutlook(body);
    t.match(oroContact(world), { firstName: first, lastName: last });
  });

  t.test(`M5 after ${rule} the empty Outlook name stays empty, also when another field changes`, async (t) => {
    const world = await fromOutlook(body);
    await staysQuiet(t, world);
    const sent = listenTo(world);
    world.restart();
    editOro(world, { jobTitle: 'Singer' });
    await world.settle();
    t.match(outlookContact(world), { givenName: null, surname: null, ...body, jobTitle: 'Singer' });
    t.strictSame(sent.filter(({ side }) => side === 'outlook').map(({ body }) => body), [{ jobTitle: 'Singer' }], 'no write to the name');
    t.strictSame(sent.filter(({ side }) => side === 'orocrm'), []);
  });
}

t.test('M6 a first name of its own given in OroCRM goes to Outlook, the last name stays', async (t) => {
  const world = await fromOutlook({ surname: 'Cher' });
  editOro(world, { firstName: 'Cherilyn' });
  await world.settle();
  t.match(outlookContact(world), { givenName: 'Cherilyn', surname: 'Cher' });
  t.match(oroContact(world), { firstName: 'Cherilyn', lastName: 'Cher' });
  await staysQuiet(t, world);
});

t.test('M7 a company card is held, told once, and tried again when it changes', async (t) => {
  const world = twoServices();
  world.graph.admin.createContact({ companyName: 'Acme Ltd', jobTitle: 'Switchboard' });
  const first = await world.cycle();
  t.match(first.notes, [{ what: 'held', message: /name|e-mail|phone/i }]);
  t.ok(first.settled, 'a hold counts as settled');
  const before = changing(world);
  for (let round = 0; round < 3; round += 1) t.strictSame((await world.cycle()).notes, [], 'told once');
  t.strictSame(changing(world), before, 'not tried again');
  t.strictSame(world.oro.admin.listContacts(), []);
  editOutlook(world, { emailAddresses: entriesFor('office@example.com') });
  await world.settle();
  t.equal(emails(world), '[office@example.com]');
});

t.test('M8 notes that differ in form only are equal', async (t) => {
  for (const [how, description, personalNotes] of [
    ['line ends', 'one\ntwo', 'one\r\ntwo'],
    ['trailing blanks', 'one\ntwo', 'one  \ntwo\t'],
    ['empty lines around', 'one\ntwo', '\n\none\ntwo\n\n'],
    ['Unicode composition', 'Caf\u00e9', 'Cafe\u0301'],
  ] as const) {
    const world = twoServices();
    world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', description });
    world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', personalNotes });
    const sent = listenTo(world);
    await world.settle();
    t.equal(world.graph.admin.listContacts().length, 1, `${how}: one pair`);
    t.equal(outlookContact(world)['personalNotes'], personalNotes, how);
    t.equal(oroContact(world).description, description, how);
    t.notOk(sent.some(({ body }) => /personalNotes|description/.test(JSON.stringify(body))), `${how}: no write of it`);
  }
});

t.test('M9 formatted text in OroCRM: its plain form in Outlook is equal; a change in Outlook drops the formatting and says so', async (t) => {
  const formatted = '<p>Likes <b>tea</b></p><p>and scones</p>';
  const world = await fromOro({ firstName: 'Ada', lastName: 'Byron', description: formatted });
  t.match(String(outlookContact(world)['personalNotes']).replace(/\r/g, ''), /^Likes tea\n+and scones$/);
  await staysQuiet(t, world);
  t.equal(oroContact(world).description, formatted);
  editOutlook(world, { personalNotes: 'Likes <tea> & scones' });
  const report = await world.cycle();
  t.equal(oroContact(world).description, '<p>Likes &lt;tea&gt; &amp; scones</p>', 'the escaped plain text');
  t.match(report.notes, [{ what: 'alert', field: 'description', message: /formatting/ }], 'the report says that formatting was dropped');
  await staysQuiet(t, world);
});

t.test('M10 five addresses in OroCRM: Outlook shows the primary and the next two, the report notes the rest', async (t) => {
  const world = twoServices();
  world.oro.admin.createContact({ ...fiveEmails, emails: [q, p, r, s, u] });
  const report = await world.cycle();
  t.strictSame(shown(world), [p, q, r], 'primary first, then the rest in order');
  t.match(report.notes, [{ what: 'alert', field: 'emails', message: new RegExp(`${s}.*${u}`) }]);
  await staysQuiet(t, world, 'what does not fit is no reason to write', 5);
  t.equal(emails(world), `${q} [${p}] ${r} ${s} ${u}`);
});

t.test('M10 another primary in OroCRM, shown or not: it comes first, the one that makes room for it is not lost', async (t) => {
  for (const [primary, expected] of [[r, [r, p, q]], [u, [u, p, q]]] as const) {
    const world = await fromOro(fiveEmails);
    editOro(world, { primaryEmail: primary });
    await world.settle();
    t.strictSame(shown(world), expected);
    t.strictSame(emails(world).split(' ').sort(), [p, q, r, s, u].map((address) => (address === primary ? `[${address}]` : address)).sort(), 'OroCRM keeps all five');
    await staysQuiet(t, world, 'and nothing more', 5);
    editOro(world, { primaryEmail: p });
    await world.settle();
    t.equal(shown(world)[0], p, 'and back');
    await staysQuiet(t, world, 'back: nothing more', 5);
    t.equal(oroContact(world).emails.length, 5);
  }
});

t.test('M11 an address changed in Outlook changes in OroCRM, what Outlook does not show stays', async (t) => {
  const world = await fromOro(fiveEmails);
  editOutlook(world, { emailAddresses: entriesFor(p, 'q2@example.com', r) });
  await world.settle();
  t.strictSame([...oroContact(world).emails].map(({ value }) => value).sort(), [p, 'q2@example.com', r, s, u].sort());
  t.equal(oroContact(world).emails.find(({ primary }) => primary)?.value, p);
  t.strictSame(shown(world), [p, 'q2@example.com', r]);
  await staysQuiet(t, world, 'hidden addresses are not eaten', 5);
  t.equal(oroContact(world).emails.length, 5);
});

t.test('M12 an address deleted in Outlook, both ways: it goes, and the next one takes the free slot', async (t) => {
  const world = await fromOro(fiveEmails);
  editOutlook(world, { emailAddresses: entriesFor(p, r) });
  await world.settle();
  t.equal(emails(world), `[${p}] ${r} ${s} ${u}`);
  t.strictSame(shown(world), [p, r, s]);
  await staysQuiet(t, world, 'and nothing more', 5);
  editOutlook(world, { emailAddresses: entriesFor(p, r) });
  await world.settle();
  t.equal(emails(world), `[${p}] ${r} ${u}`, 'deleting the one that moved up deletes that one');
  t.strictSame(shown(world), [p, r, u]);
  editOutlook(world, { emailAddresses: entriesFor(p, r) });
  await world.settle();
  t.equal(emails(world), `[${p}] ${r}`);
  await staysQuiet(t, world, 'the rest stays', 5);
  t.strictSame(shown(world), [p, r]);
});

t.test('M12 an address deleted in Outlook, Outlook to OroCRM: nothing is written to Outlook, what it did not show stays', async (t) => {
  const world = await fromOro(fiveEmails);
  setPolicy(world, { direction: 'right-to-left' });
  await staysQuiet(t, world);
  const writes = await caused(world, () => editOutlook(world, { emailAddresses: entriesFor(p, r) }));
  t.equal(writes.outlook, 0);
  t.equal(emails(world), `[${p}] ${r} ${s} ${u}`);
  t.strictSame(shown(world), [p, r]);
  await staysQuiet(t, world, 'the free slot eats nothing', 5);
  t.equal(emails(world), `[${p}] ${r} ${s} ${u}`);
});

t.test('M13 the order in Outlook is nobody\'s decision; the primary goes when its address goes or OroCRM says so', async (t) => {
  const world = await fromOro({ ...fiveEmails, emails: [p, q, r] });
  const writes = await caused(world, () => editOutlook(world, { emailAddresses: entriesFor(r, q, p) }));
  t.equal(writes.orocrm, 0);
  t.equal(oroContact(world).emails.find(({ primary }) => primary)?.value, p, 'reordered: the primary stays');
  await staysQuiet(t, world);
  editOutlook(world, { emailAddresses: entriesFor(r, q) });
  await world.settle();
  t.equal(emails(world), `${q} [${r}]`, 'the primary disappeared: Outlook\'s first is the primary');
  await staysQuiet(t, world);
  editOro(world, { primaryEmail: q });
  await world.settle();
  t.equal(oroContact(world).emails.find(({ primary }) => primary)?.value, q, 'OroCRM changes it');
  t.equal(shown(world)[0], q);
  await staysQuiet(t, world);
});

t.test('M14 letter case, outer blanks and repetition are no difference; the display name is kept', async (t) => {
  const world = twoServices();
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', emails: [p, q] });
  const emailAddresses = [{ name: 'Ada at work', address: 'P@Example.com' }, { name: 'Home', address: ` ${q} ` }, { name: 'again', address: p }];
  world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', emailAddresses });
  const sent = listenTo(world);
  await world.settle();
  t.equal(emails(world), `[${p}] ${q}`);
  t.notOk(sent.some(({ body }) => /emails|emailAddresses/.test(JSON.stringify(body))), 'no write');
  editOro(world, { emails: [p, r], primaryEmail: p });
  await world.settle();
  t.match(outlookContact(world)['emailAddresses'], [{ name: 'Ada at work', address: 'P@Example.com' }], 'where another address changes too');
  t.ok(shown(world).some((address) => address === r));
  await staysQuiet(t, world);
});

t.test('M15 Outlook\'s Primary Phone is the primary number only; other slots are not touched', async (t) => {
  const world = await fromOro({ ...threePhones, primaryPhone: n2 });
  t.equal(number(world), n2);
  t.match(outlookContact(world), { businessPhones: [], homePhones: [], mobilePhone: null });
  await staysQuiet(t, world, 'what is not shown is no reason to write', 5);
  editOutlook(world, { businessPhones: ['+1 555 0001'], homePhones: ['+1 555 0002'], mobilePhone: '+1 555 0003' });
  editOro(world, { primaryPhone: n3 });
  await world.settle();
  t.equal(number(world), n3, 'OroCRM changes the primary');
  t.match(outlookContact(world), { businessPhones: ['+1 555 0001'], homePhones: ['+1 555 0002'], mobilePhone: '+1 555 0003' });
  t.equal(phones(world), `${n1} ${n2} [${n3}]`);
  await staysQuiet(t, world, 'and nothing more', 5);
});

t.test('M16 Primary Phone changed in Outlook takes the place of the primary number, the others stay', async (t) => {
  const world = await fromOro(threePhones);
  editOutlook(world, withSlots({ primaryPhone: m }));
  await world.settle();
  t.strictSame([...oroContact(world).phones].map(({ value }) => value).sort(), [n2, n3, m].sort());
  t.equal(oroContact(world).phones.find(({ primary }) => primary)?.value, m);
  t.equal(number(world), m);
  await staysQuiet(t, world, 'hidden numbers are not eaten', 5);
  t.equal(oroContact(world).phones.length, 3);
});

t.test('M17 Primary Phone cleared in Outlook, both ways: the number goes, the next one takes the slot in the same cycle', async (t) => {
  const world = await fromOro(threePhones);
  editOutlook(world, withSlots({ primaryPhone: '' }));
  await world.cycle();
  t.equal(phones(world), `[${n2}] ${n3}`);
  t.equal(number(world), n2, 'in the same cycle');
  await staysQuiet(t, world, 'and nothing more', 5);
  t.equal(phones(world), `[${n2}] ${n3}`);
  editOutlook(world, withSlots({ primaryPhone: '' }));
  await world.cycle();
  t.strictSame([phones(world), number(world)], [`[${n3}]`, n3], 'a second time');
  editOutlook(world, withSlots({ primaryPhone: '' }));
  await world.cycle();
  t.strictSame([phones(world), number(world)], ['', ''], 'until there is none');
  await staysQuiet(t, world);
});

t.test('M17 Primary Phone cleared in Outlook, Outlook to OroCRM: the slot stays empty and eats nothing more', async (t) => {
  const world = await fromOro(threePhones);
  setPolicy(world, { direction: 'right-to-left' });
  await staysQuiet(t, world);
  const writes = await caused(world, () => editOutlook(world, withSlots({ primaryPhone: '' })));
  t.equal(writes.outlook, 0);
  t.strictSame([phones(world), number(world)], [`[${n2}] ${n3}`, '']);
  await staysQuiet(t, world, 'the unchanged empty slot removes nothing', 5);
  editOutlook(world, { jobTitle: 'Analyst' });
  await world.settle();
  t.equal(phones(world), `[${n2}] ${n3}`, 'also when another field of the item changes');
  editOutlook(world, withSlots({ primaryPhone: m }));
  await world.settle();
  t.strictSame([...oroContact(world).phones].map(({ value }) => value).sort(), [n2, n3, m].sort(), 'a new number is added');
});

t.test('M18 numbers that differ in punctuation only are equal, also where a server writes its own', async (t) => {
  for (const [oroNumber, outlookNumber] of [['+1 (555) 01-00', '+1.555/0100'], ['0305550100', '030 555-01 00']] as const) {
    const world = twoServices();
    world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', phones: [oroNumber], fax: oroNumber });
    world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', ...withSlots({ primaryPhone: outlookNumber, fax: outlookNumber }) });
    await world.settle();
    t.strictSame([phones(world), number(world), slotOf(outlookContact(world), 'fax')], [`[${oroNumber}]`, outlookNumber, outlookNumber]);
    await staysQuiet(t, world);
  }
  const world = await fromOro({ ...threePhones, fax: '+1 555 0109' }, { graph: { switches: { reformatPhones: true } }, oro: { switches: { reformatPhones: true } } });
  editOutlook(world, withSlots({ primaryPhone: m }));
  t.ok((await world.settle()).length <= 2, 'G1 within two cycles');
  await staysQuiet(t, world, 'a server that rewrites numbers causes nothing');
});

for (const zone of zones) {
  t.test(`M19 a birthday is a calendar date for a person in ${zone}`, async (t) => {
    for (const hour of ['00:00:00', '04:00:00', '11:59:00', '12:00:00', '23:59:59']) {
      const world = await fromOutlook({ givenName: 'Ada', surname: hour, birthday: `1980-07-18T${hour}Z` }, { zone });
      t.equal(oroContact(world).birthday, '1980-07-18', `from Outlook, ${hour}`);
      await staysQuiet(t, world, `${hour}: no write after the first`, 1);
      world.clock.now = Date.parse('2030-07-01T08:00:00Z');
      editOro(world, { jobTitle: 'in summer time' });
      await world.settle();
      t.strictSame([oroContact(world).birthday, outlookContact(world)['birthday']], ['1980-07-18', `1980-07-18T${hour}Z`], `across the clock change, ${hour}`);
    }
    for (const birthdayTime of [null, '11:59:00', '23:00:00']) {
      const world = await fromOro({ firstName: 'Ada', birthday: '1980-07-18' }, { zone, graph: { switches: { birthdayTime } } });
      t.match(outlookContact(world)['birthday'], /^1980-07-18T/, `from OroCRM, kept at ${String(birthdayTime)}`);
      await staysQuiet(t, world, 'no write after the first', 1);
      editOro(world, { birthday: '1980-07-19' });
      await world.settle();
      t.match(outlookContact(world)['birthday'], /^1980-07-19T/);
      t.equal(oroContact(world).birthday, '1980-07-19');
    }
  });
}

t.test('M20 no gender is no gender: missing and 0', async (t) => {
  for (const property of [{}, withSlots({ gender: '0' })]) {
    const world = twoServices();
    world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
    world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', ...property });
    const sent = listenTo(world);
    await world.settle();
    t.equal(world.oro.admin.listContacts().length, 1);
    t.notOk(sent.some(({ body }) => /gender|0x3A4D/i.test(JSON.stringify(body))), 'no write');
    await staysQuiet(t, world);
  }
});

const home = { street: '1 Main St', city: 'Boston', postalCode: '02101', country: 'US', region: 'US-MA' };
const emptied = { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' };
const native = { street: '1 Main St', city: 'Boston', postalCode: '02101', state: 'Massachusetts' };
const addresses = (world: TwoServices): TwoServicesAddresses => oroContact(world).addresses.toSorted((a, b) => a.id - b.id);
const typed = (world: TwoServices): readonly unknown[] => addresses(world).map(({ street, types }) => [street, [...types].sort().join('+')]);

t.test('M21 one address for billing and shipping is both businessAddress and homeAddress', async (t) => {
  const world = await fromOro({ firstName: 'Ada', addresses: [{ ...home, types: ['billing', 'shipping'] }] });
  t.match(outlookContact(world), { businessAddress: native, homeAddress: native, otherAddress: {} });
  await staysQuiet(t, world);
});

t.test('M22 after M21 an edit of homeAddress alone makes a shipping address of its own', async (t) => {
  const world = await fromOro({ firstName: 'Ada', addresses: [{ ...home, types: ['billing', 'shipping'] }] });
  editOutlook(world, { homeAddress: { ...native, street: '2 Elm St', countryOrRegion: 'United States' } });
  await world.settle();
  t.strictSame(typed(world), [['1 Main St', 'billing'], ['2 Elm St', 'shipping']]);
  t.match(outlookContact(world), { businessAddress: native, homeAddress: { street: '2 Elm St' }, otherAddress: {} });
  await staysQuiet(t, world);
});

t.test('M23 of several untyped addresses the primary one is mapped, else the lowest id; the others are never changed', async (t) => {
  for (const [how, primary, mapped] of [['the second flagged primary', 1, 'B'], ['none of them flagged: another one is', 3, 'A']] as const) {
    const world = twoServices();
    const { id, addresses: made } = world.oro.admin.createContact({ firstName: 'Ada', addresses: [{ ...home, street: 'A' }, { ...home, street: 'B' }, { ...home, street: 'C' }, { ...home, street: 'billed', types: ['billing'] }] });
    world.oro.admin.updateContact(id, { addresses: made.toSorted((a, b) => a.id - b.id).map((address, index) => ({ id: address.id, country: 'US', primary: index === primary })) });
    t.strictSame(addresses(world).map((address) => address.primary), [0, 1, 2, 3].map((index) => index === primary), `${how}: as ordered`);
    await world.settle();
    t.match(outlookContact(world)['otherAddress'], { street: mapped }, how);
    editOutlook(world, { otherAddress: { ...native, street: 'D', countryOrRegion: 'United States' } });
    await world.settle();
    t.strictSame(addresses(world).map(({ street }) => street), ['A', 'B', 'C', 'billed'].map((street) => (street === mapped ? 'D' : street)), `${how}: edited`);
    await staysQuiet(t, world);
    editOutlook(world, { otherAddress: { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' } });
    await world.settle();
    t.strictSame(addresses(world).map(({ street }) => street), ['A', 'B', 'C', 'billed'].filter((street) => street !== mapped), `${how}: emptied, the others stay`);
    await staysQuiet(t, world);
    const next = mapped === 'A' ? 'B' : 'A';
    t.match(outlookContact(world)['otherAddress'], { street: next }, `${how}: the next one is shown, as with e-mails and phones`);
    editOutlook(world, { otherAddress: { ...native, street: 'E', countryOrRegion: 'United States' } });
    await world.settle();
    t.strictSame(addresses(world).map(({ street }) => street), ['A', 'B', 'C', 'billed'].flatMap((street) => (street === mapped ? [] : [street === next ? 'E' : street])), `${how}: and is what an edit changes`);
    await staysQuiet(t, world);
  }
});

t.test('M23 one way from Outlook an address that moved up stays in OroCRM, cycle after cycle', async (t) => {
  for (const policy of [safePolicy, classicPolicy]) {
    const world = await fromOro({ firstName: 'Ada', addresses: [{ ...home, street: 'A' }, { ...home, street: 'B' }, { ...home, street: 'C' }] }, { policy });
    setPolicy(world, { direction: 'right-to-left' });
    const writes = await caused(world, () => editOutlook(world, { otherAddress: emptied }));
    t.equal(writes.outlook, 0);
    t.strictSame(addresses(world).map(({ street }) => street), ['B', 'C']);
    await staysQuiet(t, world, 'the empty slot eats nothing', 5);
    t.strictSame(addresses(world).map(({ street }) => street), ['B', 'C']);
  }
});

t.test('M24 addresses part by part; a country is recognised by code, English name or the user\'s own', async (t) => {
  for (const [text, code] of [['DE', 'DE'], ['Germany', 'DE'], ['germany ', 'DE'], ['United States', 'US'], ['US', 'US'], ['France', 'FR']] as const) {
    const world = await fromOutlook({ givenName: 'Ada', businessAddress: { street: 'Hauptstr. 1\r\nHinterhaus', city: 'Berlin', postalCode: '10115', state: '', countryOrRegion: text } });
    t.match(oroContact(world).addresses, [{ street: 'Hauptstr. 1', street2: 'Hinterhaus', city: 'Berlin', postalCode: '10115', country: code, types: ['billing'] }], text);
    await staysQuiet(t, world, `${text}: no write`, 1);
    t.equal((outlookContact(world)['businessAddress'] as { countryOrRegion: string }).countryOrRegion, text, 'as it is spelt');
  }
});

t.test('M24 a country by the name it has in the user\'s language, in both directions', async (t) => {
  for (const [text, code] of [['Deutschland', 'DE'], ['\u00d6sterreich', 'AT'], ['Frankreich', 'FR'], ['Germany', 'DE'], ['CH', 'CH']] as const) {
    const world = await fromOutlook({ givenName: 'Ada', homeAddress: { street: 'Hauptstr. 1', city: 'Wien', postalCode: '1010', state: '', countryOrRegion: text } }, { language: 'de' });
    t.match(oroContact(world).addresses, [{ country: code, types: ['shipping'] }], text);
    editOro(world, { jobTitle: 'Analyst' });
    await world.settle();
    t.equal((outlookContact(world)['homeAddress'] as { countryOrRegion: string }).countryOrRegion, text, 'as it is spelt');
    await staysQuiet(t, world, `${text}: no write`, 1);
  }
  const world = await fromOro({ firstName: 'Ada', addresses: [{ street: 'Hauptstr. 1', city: 'Wien', country: 'AT', types: ['billing'] }] }, { language: 'de-AT' });
  t.match(outlookContact(world)['businessAddress'], { street: 'Hauptstr. 1', countryOrRegion: '\u00d6sterreich' }, 'a new one is named as the user names it');
  await staysQuiet(t, world);
});

t.test('M24 an address without a country, or with an unknown one, is held; the other fields are synced', async (t) => {
  for (const countryOrRegion of ['', 'Atlantis']) {
    const world = twoServices();
    world.graph.admin.createContact({ givenName: 'Ada', jobTitle: 'Analyst', homeAddress: { street: '1 Main St', city: 'Poseidonis', countryOrRegion } });
    const report = await world.cycle();
    t.match(report.notes, [{ what: 'held', field: 'shippingAddress', message: /country/ }]);
    t.match(oroContact(world), { firstName: 'Ada', jobTitle: 'Analyst', addresses: [] });
    await staysQuiet(t, world);
    t.match(outlookContact(world)['homeAddress'], { street: '1 Main St', city: 'Poseidonis' }, 'and stays in Outlook');
    editOutlook(world, { jobTitle: 'Poet' });
    await world.settle();
    t.equal(oroContact(world).jobTitle, 'Poet');
    editOutlook(world, { homeAddress: { street: '1 Main St', city: 'Athens', state: '', postalCode: '', countryOrRegion: 'Greece' } });
    await world.settle();
    t.match(oroContact(world).addresses, [{ city: 'Athens', country: 'GR', types: ['shipping'] }], 'once it has one');
  }
});

for (const [slot, type, other] of [['businessAddress', 'billing', 'shipping'], ['homeAddress', 'shipping', 'billing']] as const) {
  t.test(`M25 ${slot} emptied: an address that is ${type} only goes, one with both types keeps the other`, async (t) => {
    const alone = await fromOro({ firstName: 'Ada', addresses: [{ ...home, types: [type] }] });
    editOutlook(alone, { [slot]: emptied });
    await alone.settle();
    t.strictSame(typed(alone), [], 'removed');
    await staysQuiet(t, alone);
    t.match(outlookContact(alone)['otherAddress'], {}, 'and does not come back untyped');

    const both = await fromOro({ firstName: 'Ada', addresses: [{ ...home, types: ['billing', 'shipping'] }] });
    editOutlook(both, { [slot]: emptied });
    await both.settle();
    t.strictSame(typed(both), [['1 Main St', other]]);
    await staysQuiet(t, both);
    t.notOk((outlookContact(both)[slot] as { street?: string }).street, 'the slot stays empty');
  });
}

t.test('M25 otherAddress emptied removes the mapped untyped address', async (t) => {
  const world = await fromOro({ firstName: 'Ada', addresses: [{ ...home, types: ['billing'] }, { ...home, street: '3 Oak St' }] });
  t.match(outlookContact(world)['otherAddress'], { street: '3 Oak St' });
  editOutlook(world, { otherAddress: emptied });
  await world.settle();
  t.strictSame(typed(world), [['1 Main St', 'billing']]);
  await staysQuiet(t, world);
});

t.test('M26 a display name and a filing name made by hand survive writes of name, phone and address', async (t) => {
  for (const displayNameRecomputed of ['name-parts', 'any-update'] as const) {
    const world = await fromOro({ ...threePhones, addresses: [{ ...home, types: ['billing'] }] }, { graph: { switches: { displayNameRecomputed } } });
    editOutlook(world, { displayName: 'The Countess', fileAs: 'Lovelace' });
    await world.settle();
    for (const change of [{ firstName: 'Augusta' }, { phones: [m] }, { addresses: [{ ...home, street: '9 New St', types: ['billing'] as const }] }, { jobTitle: 'Poet' }]) {
      editOro(world, change);
      await world.settle();
      t.match(outlookContact(world), { displayName: 'The Countess', fileAs: 'Lovelace' }, `${displayNameRecomputed}: ${Object.keys(change)[0]}`);
    }
    t.match(outlookContact(world), { givenName: 'Augusta', businessAddress: { street: '9 New St' } });
    await staysQuiet(t, world);
  }
});

t.test('M42 a state OroCRM\'s dictionary lacks: the address goes without region, Outlook keeps its text, told once', async (t) => {
  const world = twoServices();
  world.graph.admin.createContact({ givenName: 'Ada', businessAddress: { street: '1 Main St', city: 'Boston', state: 'New Atlantis', postalCode: '02101', countryOrRegion: 'United States' } });
  const first = await world.cycle();
  t.match(oroContact(world).addresses, [{ street: '1 Main St', region: null, types: ['billing'] }]);
  t.equal(first.notes.filter(({ message }) => /New Atlantis/.test(message)).length, 1, 'the report says so');
  const before = changing(world);
  for (let round = 0; round < 4; round += 1) {
    const report = await world.cycle();
    t.ok(isQuiet(report));
    t.strictSame(report.notes, [], 'once');
  }
  editOro(world, { jobTitle: 'Poet' });
  await world.settle();
  t.match(outlookContact(world), { jobTitle: 'Poet', businessAddress: { state: 'New Atlantis' } }, 'and is never emptied by it');
  t.equal(changing(world).orocrm, before.orocrm, 'no write to OroCRM');
  await staysQuiet(t, world);
});

t.test('M43 a text longer than OroCRM\'s field is held with the limit, everything else is synced, nothing is cut', async (t) => {
  for (const [field, unit, limit] of [['givenName', 'firstName', 100], ['surname', 'lastName', 100], ['jobTitle', 'jobTitle', 255], ['middleName', 'middleName', 255], ['generation', 'nameSuffix', 255]] as const) {
    const fits = await fromOutlook({ givenName: 'Ada', surname: 'Byron', [field]: 'x'.repeat(limit) });
    t.equal(oroContact(fits)[unit], 'x'.repeat(limit), `${field}: ${limit} fit`);
    const world = await fromOutlook({ givenName: 'Ada', surname: 'Byron', personalNotes: 'old' });
    editOutlook(world, { [field]: 'x'.repeat(limit + 1), personalNotes: 'new' });
    const report = await world.cycle();
    t.ok(report.notes.some(({ what, message }) => what === 'held' && message.includes(String(limit))), `${field}: the limit is named`);
    t.match(oroContact(world), { firstName: 'Ada', lastName: 'Byron', description: 'new' }, `${field}: the rest is synced`);
    t.equal(outlookContact(world)[field], 'x'.repeat(limit + 1), 'nothing is cut');
    await staysQuiet(t, world, `${field}: held without writes`, 2);
  }
  const world = await fromOutlook({ givenName: 'Ada', ...withSlots({ primaryPhone: n1, fax: n1 }) });
  editOutlook(world, withSlots({ primaryPhone: '1'.repeat(256), fax: '2'.repeat(256) }));
  const report = await world.cycle();
  for (const field of ['primaryPhone', 'fax']) t.ok(report.notes.some((note) => note.field === field && note.what === 'held' && note.message.includes('255')), field);
  t.strictSame([phones(world), oroContact(world).fax], [`[${n1}]`, n1]);
  await staysQuiet(t, world);
});

const seeds = Array.from({ length: process.env['SYNCLINE_LONG'] === '1' ? 40 : 8 }, (_, index) => index + 1);
for (const list of ['emails', 'phones'] as const) {
  const rule = list === 'emails' ? 'M10 M11 M12 M13' : 'M15 M16 M17';
  const room = list === 'emails' ? 3 : 1;
  for (const seed of seeds) {
    t.test(`${rule} seed ${seed}: ${list} come and go on both sides for many cycles, and exactly those that a person took away are gone`, async (t) => {
      const random = seeded(seed);
      const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
      let made = 0;
      const fresh = (): string => (list === 'emails' ? `mail${(made += 1)}@example.com` : `+1 555 01${String((made += 1)).padStart(2, '0')}`);
      const start = Array.from({ length: 5 }, fresh);
      const world = await fromOro({ firstName: 'Ada', [list]: start });
      const wanted = new Set(start);
      const inOro = (): readonly string[] => oroContact(world)[list].map(({ value }) => value);
      const inOutlook = (): readonly string[] => (list === 'emails' ? shown(world) : [number(world)].filter((value) => value !== ''));
      const primary = (): string | undefined => oroContact(world)[list].find((entry) => entry.primary)?.value;
      const saveOutlook = (values: readonly string[]): unknown => editOutlook(world, list === 'emails' ? { emailAddresses: entriesFor(...values) } : withSlots({ primaryPhone: values[0] ?? '' }));
      const remove = (value: string | undefined): void => void wanted.delete(value ?? '');
      const steps: Readonly<Record<string, () => void>> = {
        'OroCRM adds one': () => {
          const one = fresh();
          wanted.add(one);
          editOro(world, { [list]: [...inOro(), one] });
        },
        'OroCRM removes one': () => {
          const one = pick(inOro());
          remove(one);
          editOro(world, { [list]: inOro().filter((value) => value !== one) });
        },
        'OroCRM makes another one primary': () => {
          const one = pick(inOro());
          if (one !== undefined) editOro(world, list === 'emails' ? { primaryEmail: one } : { primaryPhone: one });
        },
        'Outlook replaces one': () => {
          const before = pick(inOutlook());
          const one = fresh();
          remove(before);
          wanted.add(one);
          saveOutlook(before === undefined ? [one] : inOutlook().map((value) => (value === before ? one : value)));
        },
        'Outlook removes one': () => {
          const one = pick(inOutlook());
          remove(one);
          saveOutlook(inOutlook().filter((value) => value !== one));
        },
        'Outlook turns the order around': () => void saveOutlook([...inOutlook()].reverse()),
        'both merely touched': () => {
          world.oro.admin.recalculateActivity();
          editOutlook(world, { nickName: fresh() });
        },
        'the hub starts again': () => world.restart(),
        'everything is read again': () => {
          world.graph.admin.expireDeltaTokens();
          world.clock.now += 61 * 60_000;
        },
      };
      for (let round = 0; round < 14; round += 1) {
        // Now and then both sides are edited between two cycles: removals and additions of both apply (C9s).
        const names = Array.from({ length: random() < 0.4 ? 2 : 1 }, () => pick(Object.keys(steps)) ?? '');
        for (const each of names) steps[each]?.();
        const name = names.join(', ');
        const reports = await world.settle();
        t.ok(reports.length <= 3, `${round} ${name}: settled in two cycles`);
        t.strictSame([...inOro()].sort(), [...wanted].sort(), `${round} ${name}: OroCRM has what is left`);
        t.equal(inOutlook().length, Math.min(room, wanted.size), `${round} ${name}: Outlook shows what fits`);
        t.ok(inOutlook().every((value) => wanted.has(value)), `${round} ${name}: and nothing else`);
        if (wanted.size > 0) t.ok(inOutlook().includes(primary() ?? ''), `${round} ${name}: the primary one among them`);
      }
      await staysQuiet(t, world, 'and then nothing more', 4);
    });
  }
}
