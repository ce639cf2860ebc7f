import t from 'tap';
import { firstError, pick, World } from './support/orocrm-world.ts';

const email = (value: string): object => ({ email: value });
const types = (...ids: string[]): object => ({ data: ids.map((id) => ({ type: 'addresstypes', id })) });
const country = (id: string): object => ({ data: { type: 'countries', id } });
const address = (id: string, relationships: object = {}, attributes: object = { street: id }): object => ({
  type: 'contactaddresses',
  id,
  attributes,
  relationships: { country: country('FR'), ...relationships },
});
const addresses = (...ids: string[]): object => ({ addresses: { data: ids.map((id) => ({ type: 'contactaddresses', id })) } });

void t.test('contract 6.1: e-mails and primaryEmail, row by row', async (t) => {
  const primaryRule = '400 contains primary constraint | One of the emails must be set as primary. | /data/attributes/emails';
  const rows: readonly [title: string, before: readonly string[], change: object, expected: string][] = [
    ['only primaryEmail, none there: added', [], { primaryEmail: 'x@e.com' }, 'x@e.com*'],
    ['only primaryEmail, in the list: becomes primary', ['a@e.com', 'b@e.com'], { primaryEmail: 'b@e.com' }, 'a@e.com b@e.com*'],
    ['only primaryEmail, not in the list: overwrites the primary entry', ['a@e.com', 'b@e.com'], { primaryEmail: 'n@e.com' }, 'b@e.com n@e.com*'],
    ['only primaryEmail null with a list: refused', ['a@e.com'], { primaryEmail: null }, primaryRule],
    ['only emails with the present primary: replaced', ['a@e.com', 'b@e.com'], { emails: [email('a@e.com'), email('c@e.com')] }, 'a@e.com* c@e.com'],
    ['only emails without the present primary: refused', ['a@e.com'], { emails: [email('b@e.com')] }, primaryRule],
    ['emails and primaryEmail in it', ['a@e.com'], { emails: [email('b@e.com'), email('c@e.com')], primaryEmail: 'c@e.com' }, 'b@e.com c@e.com*'],
    ['the same e-mail twice: refused in misleading words', ['a@e.com'], { emails: [email('a@e.com'), email('a@e.com')], primaryEmail: 'a@e.com' }, primaryRule],
    ['differing in case only: taken', ['a@e.com'], { emails: [email('a@e.com'), email('A@e.com')] }, 'A@e.com a@e.com*'],
    ['emails []: all gone', ['a@e.com'], { emails: [] }, ''],
    ['emails null: all gone', ['a@e.com'], { emails: null }, ''],
    ['an entry with another key: refused', [], { emails: [{ email: 'a@e.com', primary: true }], primaryEmail: 'a@e.com' }, '400 extra fields constraint | This form should not contain extra fields. | /data/attributes/emails/0'],
  ];
  for (const [title, before, change, expected] of rows) {
    await t.test(title, async (t) => {
      const world = new World();
      const start = before.length === 0 ? {} : { emails: before.map(email), primaryEmail: before[0] };
      const id = await world.contact({ firstName: 'Ada', ...start });
      const answer = await world.patch('contacts', id, change);
      if (answer.status !== 200) return t.equal(firstError(answer), expected);
      const list = pick(answer, 'data', 'attributes', 'emails') as { email: string }[];
      const primary = pick(answer, 'data', 'attributes', 'primaryEmail');
      return t.equal(list.map((entry) => `${entry.email}${entry.email === primary ? '*' : ''}`).sort().join(' '), expected);
    });
  }
  const world = new World();
  const unknown = await world.api('POST', '/api/contacts', { data: { type: 'contacts', attributes: { firstName: 'A', emails: [email('a@e.com')], primaryEmail: 'b@e.com' } } });
  t.strictSame(
    (pick(unknown, 'errors') as { title: string }[]).map((error) => error.title),
    ['contains primary constraint', 'primary item constraint'],
    'a primary that is not in the list is two errors',
  );
});

void t.test('contract: lists are replaced whole and their order is not kept', async (t) => {
  const world = new World();
  const id = await world.contact({ firstName: 'Ada', phones: [{ phone: '111' }, { phone: '222' }], primaryPhone: '111' });
  const answer = await world.patch('contacts', id, { phones: [{ phone: '333' }, { phone: '222' }], primaryPhone: '333' });
  t.strictSame(pick(answer, 'data', 'attributes', 'phones'), [{ phone: '222' }, { phone: '333' }], 'the changed first phone comes last');
});

void t.test('contract: what moves updatedAt, and what does not', async (t) => {
  const world = new World();
  const id = await world.contact(
    { firstName: 'Ada', emails: [email('a@e.com')], primaryEmail: 'a@e.com' },
    { relationships: addresses('x'), included: [address('x')] },
  );
  const contact = world.sim.admin.contact(Number(id));
  const addressId = contact?.addresses[0]?.id ?? 0;
  const moved = async (change: () => Promise<unknown> | void): Promise<boolean> => {
    const before = world.sim.admin.contact(Number(id))?.updatedAt;
    world.tick(2);
    await change();
    return world.sim.admin.contact(Number(id))?.updatedAt !== before;
  };
  t.notOk(await moved(() => world.patch('contacts', id, { firstName: 'Ada' })), 'the same value');
  t.notOk(await moved(() => world.patch('contacts', id, undefined)), 'no attributes');
  t.ok(await moved(() => world.patch('contacts', id, { firstName: 'Ada2' })), 'an attribute');
  t.ok(await moved(() => world.patch('contacts', id, undefined, { owner: { data: { type: 'users', id: '2' } } })), 'the owner');
  t.notOk(await moved(() => world.patch('contacts', id, { emails: [email('a@e.com'), email('b@e.com')] })), 'an e-mail through the API');
  t.notOk(await moved(() => world.patch('contactaddresses', String(addressId), { street: 'new' })), 'an address through the API');
  t.equal(world.sim.admin.contact(Number(id))?.addresses[0]?.updatedAt, world.nowMs / 1000, "the address's own updatedAt moves");
  t.ok(await moved(() => void world.sim.admin.updateContact(Number(id), { phones: ['1'] })), 'a phone in the back office');
  t.ok(await moved(() => void world.sim.admin.updateContact(Number(id), { addresses: [{ id: addressId, country: 'FR', street: 'ui' }] })), 'an address in the back office');
  t.notOk(await moved(() => void world.sim.admin.updateContact(Number(id), {})), 'a save without a change');
  t.ok(await moved(() => world.sim.admin.recalculateActivity()), 'the background job, without any change');
});

void t.test('contract: whole seconds, sent times ignored, no ETag, If-Match ignored', async (t) => {
  const world = new World();
  const id = await world.contact({ firstName: 'A', createdAt: '2001-01-01T00:00:00Z', updatedAt: '2001-01-01T00:00:00Z' });
  world.nowMs += 400;
  const first = await world.patch('contacts', id, { firstName: 'B' });
  world.nowMs += 400;
  const second = await world.api('PATCH', `/api/contacts/${id}`, { data: { type: 'contacts', id, attributes: { firstName: 'C' } } }, { 'if-match': '"wrong"' });
  t.equal(second.status, 200);
  t.equal(pick(first, 'data', 'attributes', 'updatedAt'), '2026-11-22T10:00:00Z');
  t.equal(pick(second, 'data', 'attributes', 'updatedAt'), '2026-11-22T10:00:00Z', 'two writes of one second share it');
  t.equal(second.headers.get('etag'), null);
  t.equal(second.headers.get('last-modified'), null);
});

void t.test('contract: rules of a contact', async (t) => {
  const long = 'j'.repeat(256);
  const rows: readonly [title: string, attributes: object, expected: string][] = [
    ['nothing to tell it by', { description: 'x' }, '400 has contact information constraint | At least one of the fields First name, Last name, Emails or Phones must be defined. | '],
    ['firstName of 101', { firstName: 'x'.repeat(101) }, '400 length constraint | This value is too long. It should have 100 characters or less. | /data/attributes/firstName'],
    ['overlong without a rule: 500 from the database', { firstName: 'A', jobTitle: long }, '500 driver exception |  | '],
    ['an overlong phone: 500 too', { firstName: 'A', phones: [{ phone: long }], primaryPhone: long }, '500 driver exception |  | '],
    ['gender', { firstName: 'A', gender: 'x' }, '400 choice constraint | The value you selected is not a valid choice. | /data/attributes/gender'],
    ['birthday in the future', { firstName: 'A', birthday: '2026-11-23' }, '400 less than or equal constraint | The birth date cannot be in the future. | /data/attributes/birthday'],
    ['birthday with a time', { firstName: 'A', birthday: '1985-02-03T00:00:00Z' }, '400 form constraint | The "1985-02-03T00:00:00Z" is not valid date. | /data/attributes/birthday'],
    ['unknown attribute', { firstName: 'A', shoeSize: 7 }, '400 extra fields constraint | This form should not contain extra fields: "shoeSize". | '],
  ];
  for (const [title, attributes, expected] of rows) {
    await t.test(title, async (t) => {
      const world = new World();
      t.equal(firstError(await world.api('POST', '/api/contacts', { data: { type: 'contacts', attributes } })), expected);
      t.equal(world.sim.admin.listContacts().length, 0, 'all or nothing');
    });
  }
  const world = new World();
  const id = await world.contact({ firstName: '  Zoë ', middleName: '', lastName: 5, birthday: '1604-05-06' });
  const contact = world.sim.admin.contact(Number(id));
  t.match(contact, { firstName: 'Zoë', middleName: '', lastName: '5', birthday: '1604-05-06' }, 'white space cut, "" kept, a number as text');
  await world.contact({ firstName: 'Zoë', lastName: '5' });
  t.equal(world.sim.admin.listContacts().length, 2, 'a repeated POST makes a duplicate');
});

void t.test('contract: addresses', async (t) => {
  const world = new World();
  const id = await world.contact(
    { firstName: 'A' },
    { relationships: addresses('a', 'b'), included: [address('a', { types: types('billing') }), address('b', { types: types('billing', 'shipping') })] },
  );
  const now = (): unknown => world.sim.admin.contact(Number(id))?.addresses.map((row) => `${row.street}${row.primary ? '*' : ''}:${row.types.join('+')}`).sort();
  t.strictSame(now(), ['a*:billing', 'b:shipping'], 'the first is primary by itself and keeps its type');
  await world.patch('contactaddresses', '2', { primary: true }, { types: types('billing') });
  t.strictSame(now(), ['a:', 'b*:billing'], 'type and primary move silently');
  t.equal((await world.api('DELETE', '/api/contactaddresses/2')).status, 204);
  t.strictSame(now(), ['a:'], 'after the primary one is gone none is primary');
  const refused: readonly [string, object, string][] = [
    ['no country', { country: { data: null } }, '400 not blank constraint | This value should not be blank. | /included/0/relationships/country/data'],
    ['region of another country', { region: { data: { type: 'regions', id: 'US-CA' } } }, '400 valid region constraint | Region California does not belong to country France | /data/relationships/addresses/data/0'],
  ];
  for (const [title, relationships, expected] of refused) {
    const body = { data: { type: 'contacts', id, relationships: addresses('n') }, included: [address('n', relationships)] };
    t.equal(firstError(await world.api('PATCH', `/api/contacts/${id}`, body)), expected, title);
  }
  const custom = { data: { type: 'contacts', id, relationships: addresses('n') }, included: [address('n', {}, { customRegion: 'Bretagne' })] };
  t.match(firstError(await world.api('PATCH', `/api/contacts/${id}`, custom)), 'region text constraint', 'customRegion where the country has regions');
  const street = { data: { type: 'contacts', id, relationships: addresses('n') }, included: [address('n', {}, { street: 's'.repeat(501) })] };
  t.match(firstError(await world.api('PATCH', `/api/contacts/${id}`, street)), 'length constraint');
  const whole = await world.api('PATCH', `/api/contacts/${id}`, { data: { type: 'contacts', id, relationships: addresses('n') }, included: [address('n')] });
  t.strictSame([whole.status, now()], [200, ['n*:']], 'the list is whole: what is left out is deleted');
  t.equal(pick(whole, 'included', 0, 'meta', 'includeId'), 'n', 'a temporary id comes back');
  const owner = await world.patch('contactaddresses', String(pick(whole, 'included', 0, 'id')), undefined, { owner: { data: { type: 'contacts', id: '999' } } });
  t.equal(pick(owner, 'data', 'relationships', 'owner', 'data', 'id'), id, 'another owner is ignored');
  t.match(firstError(await world.api('GET', '/api/contactaddresses?filter[updatedAt][gte]=2026-01-01')), 'The filter is not supported.');
});

void t.test('contract: lists, filters, counts', async (t) => {
  const world = new World();
  for (let index = 0; index < 25; index += 1) await world.contact({ firstName: `N${index}`, phones: [{ phone: `${index}` }], primaryPhone: `${index}` });
  const ids = async (path: string, headers = {}): Promise<string> => {
    const answer = await world.api('GET', path, undefined, headers);
    return answer.status === 200 ? (pick(answer, 'data') as { id: string }[]).map((item) => item.id).join(',') : firstError(answer);
  };
  t.equal(await ids('/api/contacts'), '1,2,3,4,5,6,7,8,9,10', 'ten by default, by id');
  t.equal((await ids('/api/contacts?page[size]=-1')).split(',').length, 25, '-1 is everything');
  t.equal(await ids('/api/contacts?page[size]=3&page[number]=9'), '25');
  t.equal(await ids('/api/contacts?page[size]=3&page[number]=10'), '', 'past the end: empty');
  t.equal(await ids('/api/contacts?filter[id]=3,1,99'), '1,3');
  t.equal(await ids('/api/contacts?filter[id][gt]=22&filter[id][lt]=25'), '23,24', 'two operators on one field both count');
  t.equal(await ids('/api/contacts?filter[phones]=7,9'), '8,10');
  t.equal(await ids('/api/contacts?sort=-updatedAt,-id&page[size]=2'), '25,24');
  const whole = (list: string): string => list.split(',').sort().join();
  t.not(await ids('/api/contacts?sort=updatedAt&page[size]=-1'), await ids('/api/contacts?sort=updatedAt&page[size]=-1'), 'ties come in no order');
  t.equal(whole(await ids('/api/contacts?sort=updatedAt&page[size]=-1')), whole(await ids('/api/contacts?page[size]=-1')));
  t.match(await ids('/api/contacts?filter[firstName][contains]=N'), 'The operator "contains" is not supported. | filter[firstName]');
  t.match(await ids('/api/contacts?filter[createdAt][gte]=2026-01-01'), 'The filter is not supported. | filter[createdAt]');
  t.match(await ids('/api/contacts?foo=1'), '400 filter constraint');
  t.match(await ids('/api/contacts?filter[updatedAt][gte]=2026-11-22T10:00:00+00:00'), 'Given "2026-11-22T10:00:00 00:00"', 'a bare + is a blank');
  t.equal((await ids('/api/contacts?filter[updatedAt][gte]=2026-11-22T10:00:00.900Z&page[size]=-1')).split(',').length, 25, 'a fraction is cut off');
  t.equal(await ids('/api/contacts?filter[updatedAt][gt]=2026-11-22T10:00:00Z'), '');
  const counted = await world.api('GET', '/api/contacts?page[size]=0', undefined, { 'x-include': 'totalCount;noHateoas' });
  t.strictSame([counted.headers.get('x-include-total-count'), counted.body], ['25', { data: [] }], 'a cheap count');
  const removed = await world.api('DELETE', '/api/contacts?filter[id]=1,2', undefined, { 'x-include': 'deletedCount' });
  t.strictSame([removed.status, removed.headers.get('x-include-deleted-count')], [204, '2']);
  t.match(firstError(await world.api('DELETE', '/api/contacts')), 'At least one filter must be provided.');
});

void t.test('contract: the Accept header chooses the API; Content-Type text/plain is no data', async (t) => {
  const world = new World();
  const plain = await world.raw('GET', '/api/contacts?page[size]=1', undefined, { accept: '*/*' });
  t.strictSame([plain.status, plain.body], [400, [{ title: 'filter constraint', detail: 'The filter is not supported.', source: 'page[size]' }]]);
  t.equal((await world.raw('GET', '/api/contacts', undefined, { accept: 'application/vnd.api+json; charset=utf-8' })).status, 406);
  const body = { data: { type: 'contacts', attributes: { firstName: 'A' } } };
  t.match(firstError(await world.api('POST', '/api/contacts', body, { 'content-type': 'text/plain' })), 'The request data should not be empty');
  t.equal((await world.api('POST', '/api/contacts', body, { 'content-type': 'application/vnd.api+json; charset=utf-8' })).status, 415);
});

void t.test('contract: 404 exactly means deleted, 403 hidden, and vanishing from a list means neither', async (t) => {
  const world = new World();
  const id = await world.contact({ firstName: 'A' });
  world.sim.admin.setVisible('contact', Number(id), false);
  t.equal(firstError(await world.api('GET', `/api/contacts/${id}`)), '403 access denied exception | No access to the entity. | ');
  t.strictSame(pick(await world.api('GET', '/api/contacts'), 'data'), []);
  world.sim.admin.setVisible('contact', Number(id), true);
  t.equal((await world.api('DELETE', `/api/contacts/${id}`)).status, 204);
  t.equal(firstError(await world.api('GET', `/api/contacts/${id}`)), '404 not found http exception | An entity with the requested identifier does not exist. | ');
  const own = await world.contact({ firstName: 'B' });
  world.as(3);
  t.equal((await world.api('GET', `/api/contacts/${own}`)).status, 403, 'another owner, a role limited to own records');
  const mine = await world.contact({ firstName: 'C' });
  t.equal(pick(await world.api('GET', `/api/contacts/${mine}`), 'data', 'relationships', 'owner', 'data'), null, 'no right on users: no owner');
  t.match(firstError(await world.as(4).api('GET', '/api/contacts')), 'No access to this type of entities.');
});

void t.test('contract: a customised installation rewrites what it stores (switches)', async (t) => {
  const world = new World({ switches: { trimText: true, reformatPhones: true, htmlNotes: true } });
  const id = await world.contact({ firstName: 'Ada  King', description: 'a < b', phones: [{ phone: '+44 (20) 7946-0001' }], primaryPhone: '+44 (20) 7946-0001' });
  t.match(world.sim.admin.contact(Number(id)), { firstName: 'Ada King', description: '<p>a &lt; b</p>', phones: [{ value: '+442079460001', primary: true }] });
  await world.api('PATCH', `/api/contacts/${id}`, { data: { type: 'contacts', id, attributes: { description: '<p>c</p>' } } });
  t.equal(world.sim.admin.contact(Number(id))?.description, '<p>c</p>', 'what is HTML already stays');
});

void t.test('contract: batch is taken at once, done later, and succeeds with errors in it', async (t) => {
  const world = new World();
  const data = [
    { type: 'contacts', attributes: { firstName: 'Good' } },
    { type: 'contacts', attributes: { firstName: 'B', gender: 'x' } },
    { type: 'contacts', id: '999', meta: { update: true }, attributes: { firstName: 'x' } },
  ];
  const started = await world.api('PATCH', '/api/contacts', { data }, { 'x-mode': 'sync' });
  t.strictSame([started.status, started.headers.get('content-location')], [202, 'http://oro.test/api/asyncoperations/1'], 'X-Mode: sync does nothing');
  const state = async (): Promise<string> => {
    const attributes = pick(await world.api('GET', '/api/asyncoperations/1'), 'data', 'attributes') as Record<string, unknown>;
    return `${String(attributes['status'])} ${String(attributes['progress'])}`;
  };
  t.equal(await state(), 'new null');
  t.equal(world.sim.admin.listContacts().length, 0);
  world.sim.admin.runOperationStep(1);
  t.equal(await state(), 'running 0.5');
  world.sim.admin.runConsumer();
  t.equal(await state(), 'success 1');
  t.match(pick(await world.api('GET', '/api/asyncoperations/1'), 'data', 'attributes', 'summary'), { readCount: 3, writeCount: 1, errorCount: 2, createCount: 1 });
  t.match(pick(await world.api('GET', '/api/asyncoperations/1/errors'), 'data'), [
    { id: '1-1-1', attributes: { status: 400, source: { pointer: '/data/1/attributes/gender' } } },
    { id: '1-1-2', attributes: { status: 404, source: { pointer: '/data/2' } } },
  ]);
  world.sim.admin.setSwitch('consumer', false);
  await world.api('PATCH', '/api/contacts', { data });
  world.tick(3_000);
  t.equal(pick(await world.api('GET', '/api/asyncoperations/2'), 'data', 'attributes', 'status'), 'new', 'without a consumer for ever');
  t.equal((await world.api('PATCH', '/api/tasks', { data: [] })).status, 405, 'no batch of tasks in 5.1');
});

void t.test('contract: localization tells the time zone', async (t) => {
  const world = new World({ switches: { timezone: 'America/New_York' } });
  const answer = await world.api('GET', '/api/configuration/localization?include=options');
  t.match(pick(answer, 'included'), [{ type: 'configurationoptions', id: 'oro_locale.timezone', attributes: { value: 'America/New_York' } }]);
});

void t.test('contract 4: a hundred is the end of a related list, and of one DELETE of a list', async (t) => {
  const world = new World();
  for (let index = 0; index < 120; index += 1) world.sim.admin.createTask({ subject: 'T', targets: [{ type: 'contacts', id: 1 }] });
  await world.contact({ firstName: 'A' });
  const related = pick(await world.api('GET', '/api/contacts/1'), 'data', 'relationships', 'activityTasks', 'data') as unknown[];
  t.equal(related.length, 100);
  const removed = await world.api('DELETE', '/api/tasks?filter[owner]=1', undefined, { 'x-include': 'totalCount;deletedCount' });
  t.strictSame([removed.headers.get('x-include-total-count'), removed.headers.get('x-include-deleted-count')], ['120', '100']);
  t.equal(world.sim.admin.listTasks().length, 20);
});

void t.test('contract 4: relationships have addresses of their own', async (t) => {
  const world = new World();
  const id = await world.contact({ firstName: 'A' }, { relationships: addresses('x'), included: [address('x')] });
  t.match((await world.api('GET', `/api/contacts/${id}/relationships/owner`)).body, { data: { type: 'users', id: '1' } });
  t.match(pick(await world.api('GET', `/api/contacts/${id}/addresses`), 'data'), [{ type: 'contactaddresses', attributes: { street: 'x' } }]);
  t.equal((await world.api('PATCH', `/api/contacts/${id}/relationships/owner`, { data: { type: 'users', id: '2' } })).status, 204);
  t.equal(world.sim.admin.contact(Number(id))?.ownerId, 2);
  t.equal((await world.api('PATCH', `/api/contacts/${id}/relationships/addresses`, { data: [] })).status, 405, 'only through the contact');
  t.match(firstError(await world.api('GET', `/api/contacts/${id}/pets`)), 'Unsupported subresource.');
});
