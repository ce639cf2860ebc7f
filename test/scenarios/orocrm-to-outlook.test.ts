import t from 'tap';
import { resync } from '@syncline/engine';
import { columns, createOnBoth, freshHub, govern, linkedWorld, markerOf, noWrites, rulesNoted, writesDuring, writesTo } from '../support/linked-pair.ts';
import { isQuiet, orocrmConfig, twoServices, type TwoServices } from '../support/two-services.ts';

const direction = columns['OroCRM to Outlook'];
const minutes = (count: number): number => count * 60_000;

t.test('A1 exactly what was created or updated since the last position is examined', async (t) => {
  const world = twoServices({ policy: direction });
  for (let index = 1; index <= 30; index += 1) world.oro.admin.createContact({ firstName: `Person ${index}` });
  const [first] = await world.settle();
  t.equal(first?.counts.left.contact.examined, 30);
  world.clock.now += minutes(10);
  world.oro.admin.updateContact(7, { jobTitle: 'Poet' });
  world.oro.admin.createContact({ firstName: 'Person 31' });
  const report = await world.cycle();
  t.equal(report.counts.left.contact.examined, 2);
  t.strictSame([report.counts.right.contact.updated, report.counts.right.contact.created], [1, 1]);
  world.clock.now += minutes(10);
  t.equal((await world.cycle()).counts.left.contact.examined, 0);
});

t.test('A1 and what cannot be seen by the user is not', async (t) => {
  const world = twoServices({ policy: direction });
  world.oro.admin.createContact({ firstName: 'Ada' });
  world.oro.admin.setVisible('contact', world.oro.admin.createContact({ firstName: 'Secret' }).id, false);
  await world.settle();
  t.strictSame(world.graph.admin.listContacts().map((item) => item['givenName']), ['Ada']);
});

for (const [what, skewMs] of [['an hour fast', minutes(60)], ['an hour slow', -minutes(60)]] as const) {
  t.test(`A1 the position is taken from OroCRM's own clock: a hub whose clock is ${what} misses nothing and reads nothing twice`, async (t) => {
    const { world, left, right } = await linkedWorld(direction);
    const hub = await freshHub(world, direction, skewMs);
    await hub.settle();
    world.clock.now += minutes(10);
    world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
    t.equal((await hub.cycle()).counts.left.contact.examined, 1);
    t.equal(world.graph.admin.getContact(right)?.['jobTitle'], 'Poet');
    world.clock.now += minutes(10);
    t.equal((await hub.cycle()).counts.left.contact.examined, 0);
  });
}

t.test('A1 a record that is changed during a cycle is seen at the latest in the next one', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.oro.admin.updateContact(left, { description: 'first' });
  let changed = false;
  // The same second, after the list was read: while the engine plans.
  await world.cycle({ progress: ({ phase }) => {
    if (phase === 'plan' && !changed) world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
    changed ||= phase === 'plan';
  } });
  t.ok(changed);
  await world.cycle();
  t.match(world.graph.admin.getContact(right), { jobTitle: 'Poet', personalNotes: 'first' });
});

t.test('A2 every mapped field whose view differs gets the value of OroCRM, an empty one erases nothing that it did not hold before', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.graph.admin.updateContact(right, { birthday: '1985-12-10T00:00:00Z', personalNotes: 'Edited', companyName: 'Unmapped' });
  await world.settle();
  world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
  await world.settle();
  t.match(world.graph.admin.getContact(right), { jobTitle: 'Poet', personalNotes: 'Notes', birthday: /^1985-12-10/, companyName: 'Unmapped' });
  world.oro.admin.updateContact(left, { jobTitle: null });
  await world.settle();
  t.equal(world.graph.admin.getContact(right)?.['jobTitle'] ?? '', '', 'a value that was removed is removed (G8)');
});

t.test('A3 an unmarked item with the same key is updated and gets the marker', async (t) => {
  const world = twoServices({ policy: direction });
  const ada = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Poet' });
  await world.settle();
  t.match(world.graph.admin.getContact(item.id), { jobTitle: 'Analyst' });
  t.match(markerOf(world.graph.admin.getContact(item.id)), { id: String(ada.id) });
  t.equal(world.graph.admin.listContacts().length, 1);
});

t.test('A4 where there is none, an item is created with the marker', async (t) => {
  const world = twoServices({ policy: direction });
  const ada = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const other = world.graph.admin.createContact({ givenName: 'Grace', surname: 'Hopper' });
  await world.settle();
  t.match(world.graph.admin.listContacts().filter(({ id }) => id !== other.id).map((item) => [item['surname'], markerOf(item)?.id]), [['Byron', String(ada.id)]]);
  t.strictSame(world.graph.admin.getContact(other.id), other, 'what was there stays as it is');
  t.equal(world.oro.admin.listContacts().length, 1);
});

t.test('A5s a record that was touched without a change overwrites no edit in Outlook', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
  await world.settle();
  const stamp = world.oro.admin.contact(left)?.updatedAt;
  t.strictSame(await writesDuring(world, async () => {
    // An unmapped field, then the same values saved again.
    world.oro.admin.updateContact(left, { skype: 'ada' });
    await world.settle();
    world.oro.admin.updateContact(left, { jobTitle: 'Analyst', description: 'Notes' });
    await world.settle();
  }), noWrites);
  t.not(world.oro.admin.contact(left)?.updatedAt, stamp, 'the stamp moved');
  t.equal(world.graph.admin.getContact(right)?.['jobTitle'], 'Poet');
});

for (const [what, isLost] of [['of a hub that goes on', false], ['of a hub that knows nothing any more', true]] as const) {
  t.test(`A6s a full pass ${what} deletes nothing: marked items are linked again and compared field by field`, async (t) => {
    const { world, left, right } = await linkedWorld(direction);
    // Not to be matched by key, so that only the marker tells.
    world.graph.admin.updateContact(right, { companyName: 'Unmapped', surname: 'Lovelace', birthday: '1985-12-10T00:00:00Z' });
    world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
    const before = world.graph.admin.listContacts().map(({ id }) => id);
    const written = await writesDuring(world, async () => {
      if (!isLost) await resync(await world.session());
      const reports = isLost ? await (await freshHub(world, direction)).settle() : await world.settle();
      t.equal(reports.reduce((sum, { counts }) => sum + counts.right.contact.deleted + counts.right.contact.created, 0), 0);
    });
    t.strictSame(written, { orocrm: 0, outlook: written.outlook });
    t.strictSame(Object.keys(writesTo(world.graph)).filter((template) => template.includes('DELETE')), []);
    t.strictSame(world.graph.admin.listContacts().map(({ id }) => id), before);
    t.match(world.graph.admin.getContact(right), { jobTitle: 'Poet', surname: 'Byron', birthday: /^1985-12-10/, companyName: 'Unmapped' });
    t.match(markerOf(world.graph.admin.getContact(right)), { id: String(left) });
  });
}

t.test('A6s an item whose record is gone is treated as A11: it stays, marker included', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.oro.admin.deleteContact(left);
  const before = world.graph.admin.getContact(right);
  const hub = await freshHub(world, direction);
  t.strictSame(await writesDuring(world, () => hub.settle()), noWrites);
  t.strictSame(world.graph.admin.getContact(right), before);
});

for (const [rule, emptyOverwrites, jobTitle] of [['A7s an empty value does not erase an Outlook value at the first match, every other replaces', false, 'Poet'], ['A7 (classic) all mapped values are replaced at the first match, empty ones too', true, null]] as const) {
  t.test(rule, async (t) => {
    const world = twoServices({ policy: { ...direction, emptyOverwrites } });
    const ada = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', description: 'Notes' });
    const item = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Poet', personalNotes: 'Mine', companyName: 'Unmapped' });
    const written = await writesDuring(world, () => world.settle());
    t.equal(written.orocrm, 0);
    t.match(world.graph.admin.getContact(item.id), { personalNotes: 'Notes', companyName: 'Unmapped' });
    t.equal(world.graph.admin.getContact(item.id)?.['jobTitle'] || null, jobTitle);
    // After that the pair has a base, and emptying is a change like another.
    world.oro.admin.updateContact(ada.id, { description: null });
    await world.settle();
    t.equal(world.graph.admin.getContact(item.id)?.['personalNotes'] || null, null);
  });
}

t.test('A8 an update in OroCRM replaces the values in Outlook, of all kinds', async (t) => {
  const world = twoServices({ policy: direction });
  const contact = world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', emails: ['a@example.com'], phones: ['1'], addresses: [{ street: '1 Main St', city: 'Boston', country: 'US', types: ['billing'] }] });
  const task = world.oro.admin.createTask({ subject: 'Call', dueDate: Date.parse('2030-03-10T12:00:00Z') });
  const event = world.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-03-10T12:00:00Z'), end: Date.parse('2030-03-10T13:00:00Z') });
  await world.settle();
  world.oro.admin.updateContact(contact.id, { lastName: 'Lovelace', emails: ['b@example.com'], addresses: [{ street: '2 Main St', city: 'Boston', country: 'US', types: ['billing'] }] });
  world.oro.admin.updateTask(task.id, { subject: 'Call Ada', priority: 'high' });
  world.oro.admin.updateEvent(event.id, { title: 'Dinner', start: Date.parse('2030-03-10T18:00:00Z'), end: Date.parse('2030-03-10T19:00:00Z') });
  t.equal((await writesDuring(world, () => world.settle())).orocrm, 0);
  t.match(world.graph.admin.listContacts(), [{ surname: 'Lovelace', emailAddresses: [{ address: 'b@example.com' }], businessAddress: { street: '2 Main St' } }]);
  t.match(world.graph.admin.listTasks(), [{ title: 'Call Ada', importance: 'high' }]);
  t.match(world.graph.admin.listEvents(), [{ subject: 'Dinner', start: { dateTime: /18:00:00|19:00:00/ } }]);
});

t.test('A9 an edit in Outlook stays there and is counted as not synced in this direction', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
  let notes: readonly { readonly rule: string; readonly message: string }[] = [];
  t.strictSame(await writesDuring(world, async () => {
    notes = (await world.settle()).flatMap((report) => report.notes);
  }), noWrites);
  t.match(notes, [{ rule: 'A9', message: /not synced in this direction/ }]);
  t.equal(notes.length, 1);
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Analyst');
  t.equal(world.graph.admin.getContact(right)?.['jobTitle'], 'Poet');
});

t.test('A10 deleted in Outlook: created again in the cycle that notices it, edited meanwhile or not', async (t) => {
  for (const edited of [false, true]) {
    const { world, left, right } = await linkedWorld(direction);
    world.graph.admin.deleteContact(right);
    if (edited) world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
    const report = await world.cycle();
    t.equal(report.counts.right.contact.created, 1);
    const again = world.graph.admin.listContacts().filter((item) => item['givenName'] === 'Ada');
    t.match(again.map((item) => [item['jobTitle'], markerOf(item)?.id]), [[edited ? 'Poet' : 'Analyst', String(left)]]);
    t.ok(isQuiet((await world.settle()).at(-1)));
  }
});

t.test('A10 an item that carries the marker and that no link names becomes the link', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  const copy = world.graph.admin.copyContact(right);
  world.graph.admin.deleteContact(right);
  t.equal((await writesDuring(world, () => world.settle())).orocrm, 0);
  t.equal(world.graph.admin.listContacts().length, 3, 'not created again');
  t.match(markerOf(world.graph.admin.getContact(copy.id)), { id: String(left) });
  world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
  await world.settle();
  t.equal(world.graph.admin.getContact(copy.id)?.['jobTitle'], 'Poet');
});

t.test('A10 else an unmarked one with the same key', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  world.graph.admin.deleteContact(right);
  const other = world.graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', jobTitle: 'Other' });
  await world.settle();
  t.equal(world.graph.admin.listContacts().length, 3, 'not created again');
  t.match(markerOf(world.graph.admin.getContact(other.id)), { id: String(left) });
  t.equal(world.graph.admin.getContact(other.id)?.['jobTitle'], 'Analyst');
});

t.test('A10 outlookDeletion ignore: not created again until the OroCRM record changes', async (t) => {
  const { world, left, right } = await linkedWorld({ ...direction, rightDeletion: 'ignore' });
  world.graph.admin.deleteContact(right);
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  world.oro.admin.updateContact(left, { skype: 'touched only' });
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  world.oro.admin.updateContact(left, { jobTitle: 'Poet' });
  await world.settle();
  t.match(world.graph.admin.listContacts().filter((item) => item['givenName'] === 'Ada').map((item) => item['jobTitle']), ['Poet']);
});

t.test('A11 deleted in OroCRM: the item stays exactly as it is, marker included', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  const before = world.graph.admin.getContact(right);
  world.oro.admin.deleteContact(left);
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites);
  t.strictSame(world.graph.admin.getContact(right), before);
  world.restart();
  t.strictSame(await writesDuring(world, () => world.settle()), noWrites, 'nor later');
  t.equal((await world.summary()).linked.contact, 2);
});

for (const next of ['Outlook to OroCRM', 'Bidirectional, OroCRM wins', 'Bidirectional, Outlook wins'] as const) {
  t.test(`A12 the direction becomes ${next}: the item is held for a decision; classic: it is deleted`, async (t) => {
    for (const deleteVsEdit of ['by-policy', 'delete-wins'] as const) {
      const { world, left, right } = await linkedWorld({ ...direction, deleteVsEdit });
      world.oro.admin.deleteContact(left);
      await world.settle();
      govern(world, { policy: columns[next] });
      let noted: readonly string[] = [];
      const written = await writesDuring(world, async () => {
        noted = rulesNoted(await world.settle());
      });
      if (deleteVsEdit === 'by-policy') {
        t.strictSame(written, noWrites);
        t.ok(world.graph.admin.getContact(right));
        t.strictSame(noted, ['A12']);
      } else {
        t.equal(world.graph.admin.getContact(right), undefined);
        t.equal(written.orocrm, 0);
      }
    }
  });
}

t.test('A13 whatever happens, nothing is written to OroCRM', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  const people = world.graph.admin.listContacts().map(({ id }) => id).filter((id) => id !== right);
  const task = world.graph.admin.createTask({ title: 'Only in Outlook' });
  world.graph.admin.createEvent({ subject: 'Only in Outlook', start: { dateTime: '2030-03-10T11:00:00', timeZone: 'UTC' }, end: { dateTime: '2030-03-10T12:00:00', timeZone: 'UTC' } });
  world.graph.admin.createContact({ givenName: 'Only', surname: 'Outlook' });
  createOnBoth(world, { first: 'Emmy', last: 'Noether' });
  const { orocrm } = await writesDuring(world, async () => {
    await world.settle();
    world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
    world.graph.admin.deleteContact(people[0] ?? '');
    world.graph.admin.updateTask(task.id, { status: 'completed' });
    await world.settle();
    world.oro.admin.updateContact(left, { jobTitle: 'Countess' });
    world.graph.admin.updateContact(right, { personalNotes: 'Mine' });
    await world.settle();
    world.oro.admin.deleteContact(left);
    world.graph.admin.updateContact(right, { jobTitle: 'Poet' });
    await world.settle();
    await resync(await world.session());
    await world.settle();
  });
  t.equal(orocrm, 0);
  t.strictSame(writesTo(world.oro), {}, 'nor ever before');
});

t.test('A13 a value a person types in the panel goes to Outlook only', async (t) => {
  const { world, left, right } = await linkedWorld(direction);
  const session = await world.session();
  const entity = session.index.entityOf('left', 'contact', String(left));
  if (entity === undefined) throw new Error('no link');
  const number = session.nextNumber();
  await session.commit({ claim: [[entity, { number, unit: 'jobTitle', side: 'left', writer: 'panel', saw: number - 1, at: world.clock.now, value: 'Typed' }]] });
  t.equal((await writesDuring(world, () => world.settle())).orocrm, 0);
  t.equal(world.graph.admin.getContact(right)?.['jobTitle'], 'Typed');
  t.equal(world.oro.admin.contact(left)?.jobTitle, 'Analyst');
});

t.test('A14 an address changed by another API client, updatedAt stands still: noticed after an hour at the latest', async (t) => {
  const world = twoServices({ policy: direction });
  const { id, addresses } = world.oro.admin.createContact({ firstName: 'Ada', addresses: [{ street: '1 Main St', city: 'Boston', country: 'US', types: ['billing'] }] });
  await world.settle();
  world.clock.now += minutes(10);
  const stamp = world.oro.admin.contact(id)?.updatedAt;
  await otherClient(world, `contactaddresses/${addresses[0]?.id ?? 0}`, 'contactaddresses', { street: '2 Elm St' });
  t.equal(world.oro.admin.contact(id)?.updatedAt, stamp);
  const street = (): unknown => (world.graph.admin.listContacts()[0]?.['businessAddress'] as { readonly street?: string }).street;
  await world.settle();
  t.equal(street(), '1 Main St', 'not before');
  world.clock.now += minutes(60);
  await world.settle();
  t.equal(street(), '2 Elm St');
});

/** Another client of OroCRM's API, through which a change of collections leaves `updatedAt` as it is. */
async function otherClient(world: TwoServices, path: string, type: string, attributes: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await world.oro.handle(new Request(`${orocrmConfig.url}/api/${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${world.oro.admin.issueToken()}`, 'content-type': 'application/vnd.api+json', accept: 'application/vnd.api+json' },
    body: JSON.stringify({ data: { type, id: path.split('/')[1], attributes } }),
  }));
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
}

for (const [what, attributes, shown] of [
  ['e-mails', { emails: [{ email: 'new@example.com' }], primaryEmail: 'new@example.com' }, { emailAddresses: [{ address: 'new@example.com' }] }],
  ['phones', { phones: [{ phone: '5550199' }], primaryPhone: '5550199' }, { singleValueExtendedProperties: [{}, {}, { id: 'String 0x3A1A', value: '5550199' }] }],
] as const) {
  t.test(`A14 ${what} changed by another API client, updatedAt stands still: noticed after an hour at the latest`, async (t) => {
    const { world, left, right } = await linkedWorld(direction);
    world.clock.now += minutes(10);
    const stamp = world.oro.admin.contact(left)?.updatedAt;
    await otherClient(world, `contacts/${left}`, 'contacts', attributes);
    t.equal(world.oro.admin.contact(left)?.updatedAt, stamp);
    await world.settle();
    t.notMatch(world.graph.admin.getContact(right), shown, 'not before');
    world.clock.now += minutes(60);
    await world.settle();
    t.match(world.graph.admin.getContact(right), shown);
  });
}

t.test('A14 a deletion shows at once, because the count does not fit; one that a new record hides, after 15 minutes', async (t) => {
  const { world, left, right } = await linkedWorld({ ...columns['Bidirectional, OroCRM wins'] });
  world.oro.admin.deleteContact(left);
  await world.cycle();
  t.equal(world.graph.admin.getContact(right), undefined, 'the count does not fit');
  const again = await linkedWorld({ ...columns['Bidirectional, OroCRM wins'] });
  again.world.oro.admin.deleteContact(again.left);
  again.world.clock.now += minutes(16);
  again.world.oro.admin.createContact({ firstName: 'Emmy', lastName: 'Noether' });
  await again.world.settle();
  t.equal(again.world.graph.admin.getContact(again.right), undefined);
});

t.test('A14 lost access shows likewise', async (t) => {
  const { world, left } = await linkedWorld(direction);
  world.oro.admin.setVisible('contact', left, false);
  t.strictSame(rulesNoted([await world.cycle()]), ['D4']);
});

t.test('A15 a job that moves updatedAt of every record costs pages, and no write', async (t) => {
  const world = twoServices({ policy: direction });
  for (let index = 1; index <= 250; index += 1) world.oro.admin.createContact({ firstName: `Person ${index}` });
  await world.settle();
  world.clock.now += minutes(5);
  world.oro.admin.recalculateActivity();
  const before = world.requests().orocrm;
  t.strictSame(await writesDuring(world, () => world.cycle()), noWrites);
  const cost = world.requests().orocrm - before;
  t.ok(cost <= 15, `${cost} requests for 250 records`);
});
