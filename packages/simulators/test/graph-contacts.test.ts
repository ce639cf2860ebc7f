import t from 'tap';
import { codeOf, expandMarker, idOf, immutable, markerId, q, startGraph, valueOf, type Body } from './graph-support.ts';

const marked = (value: string): Body => ({ singleValueExtendedProperties: [{ id: markerId, value }] });

t.test('contract 2.2: a contact is created with its marker in the same call, and comes back as stored', async (t) => {
  const { send, get } = startGraph();
  const made = await send('POST', '/me/contacts', { givenName: 'Ada', surname: 'Byron', emailAddresses: [{ address: 'ada@example.test' }], ...marked('4711') }, immutable);
  t.equal(made.status, 201);
  t.equal(made.body['displayName'], 'Ada Byron');
  t.equal(made.body['fileAs'], 'Byron, Ada');
  t.same(made.body['emailAddresses'], [{ name: 'ada@example.test', address: 'ada@example.test' }]);
  t.notOk('singleValueExtendedProperties' in made.body, 'extended properties only come when they are expanded');
  t.equal(made.body['@odata.etag'], `W/"${String(made.body['changeKey'])}"`);
  const read = await get(`/me/contacts/${idOf(made.body)}?${expandMarker()}`);
  t.same(read.body['singleValueExtendedProperties'], [{ id: markerId, value: '4711' }]);
});

t.test('M26: a changed name part overwrites displayName and fileAs unless the update carries them', async (t) => {
  const { graph, send } = startGraph();
  const { id } = graph.admin.createContact({ givenName: 'Ada', surname: 'Byron', displayName: 'The Countess', fileAs: 'Countess' });
  const path = `/me/contacts/${encodeURIComponent(id)}`;
  t.equal((await send('PATCH', path, { jobTitle: 'Analyst' })).body['displayName'], 'The Countess', 'other properties leave it');
  const kept = await send('PATCH', path, { surname: 'King', displayName: 'The Countess', fileAs: 'Countess' });
  t.match(kept.body, { displayName: 'The Countess', fileAs: 'Countess' });
  const lost = await send('PATCH', path, { surname: 'Lovelace' });
  t.match(lost.body, { displayName: 'Ada Lovelace', fileAs: 'Lovelace, Ada' });
  graph.admin.setSwitch('displayNameRecomputed', 'any-update');
  graph.admin.updateContact(id, { displayName: 'The Countess' });
  t.equal((await send('PATCH', path, { jobTitle: 'Poet' })).body['displayName'], 'Ada Lovelace', 'the other reading of the documentation');
});

t.test('M10: an address too many is refused, it is not dropped', async (t) => {
  const { graph, send } = startGraph();
  const emails = [1, 2, 3, 4].map((number) => ({ address: `a${number}@example.test` }));
  t.equal((await send('POST', '/me/contacts', { emailAddresses: emails })).status, 400);
  t.equal((await send('POST', '/me/contacts', { businessPhones: ['1', '2', '3'] })).status, 400);
  t.equal((await send('POST', '/me/contacts', { emailAddresses: emails.slice(0, 3) })).status, 201);
  graph.admin.setSwitch('maxEmailAddresses', 10);
  t.equal((await send('POST', '/me/contacts', { emailAddresses: emails })).status, 201);
});

t.test('M19: a birthday is an instant; a person may store another hour of the same day', async (t) => {
  const { graph, send, get } = startGraph();
  const made = await send('POST', '/me/contacts', { givenName: 'A', birthday: '1985-12-10' });
  t.equal(made.body['birthday'], '1985-12-10T00:00:00Z');
  graph.admin.updateContact(String(made.body['id']), { birthday: '1985-12-10T11:59:00Z' });
  t.equal((await get(`/me/contacts/${idOf(made.body)}`)).body['birthday'], '1985-12-10T11:59:00Z');
  graph.admin.setSwitch('birthdayTime', '11:59:00');
  t.equal((await send('PATCH', `/me/contacts/${idOf(made.body)}`, { birthday: '1985-12-11T00:00:00Z' })).body['birthday'], '1985-12-11T11:59:00Z');
  t.equal((await send('POST', '/me/contacts', { birthday: 'datetime-value' })).status, 400);
});

t.test('M23: collections and addresses are replaced as a whole', async (t) => {
  const { graph, send } = startGraph();
  const { id } = graph.admin.createContact({ businessAddress: { street: 'A 1', city: 'Berlin' }, emailAddresses: [{ address: 'a@x.test' }, { address: 'b@x.test' }] });
  const changed = await send('PATCH', `/me/contacts/${encodeURIComponent(id)}`, { businessAddress: { city: 'Bonn' }, emailAddresses: [{ address: 'b@x.test' }] });
  t.same(changed.body['businessAddress'], { city: 'Bonn' });
  t.same(changed.body['emailAddresses'], [{ name: 'b@x.test', address: 'b@x.test' }]);
  t.same(changed.body['homeAddress'], {}, 'an empty address is an empty object');
});

t.test('contract 12.12: an unknown property or query option is a 400', async (t) => {
  const { send, get } = startGraph();
  t.equal(codeOf(await send('POST', '/me/contacts', { givenName: 'A', gender: 'male' })), 'BadRequest');
  t.equal(codeOf(await send('POST', '/me/contacts', { GivenName: 'A' })), 'BadRequest', 'names are case-sensitive');
  t.equal((await send('POST', '/me/contacts', { givenName: 7 })).status, 400);
  t.equal(codeOf(await get('/me/contacts?$slect=id')), 'BadRequest');
  t.equal((await get('/me/contacts?$select=gender')).status, 400);
  t.equal((await get('/me/contacts?$search=ada')).status, 400);
  t.equal((await get('/me/contacts?$top=1001')).status, 400);
  for (const path of ['/me', '/me/contactFolders', '/me/calendars', '/me/calendar', '/me/contactFolders/delta', '/me/todo/lists/delta']) t.equal((await get(`${path}?$expand=extensions`)).status, 400, `${path} has nothing to expand`);
  t.equal((await get('/me/todo/lists?$expand=tasks')).status, 400);
  t.equal((await get('/me/calendarView?startDateTime=2026-03-01T00:00:00+01:00&endDateTime=2026-03-02T00:00:00Z')).status, 400, 'an unencoded plus is a blank');
  t.equal((await get('/me/contacts?$filter=gender eq 1')).status, 400);
  t.equal(codeOf(await get('/me/contatcs')), 'BadRequest');
  t.equal((await send('POST', '/me/contacts', 'text')).status, 400);
});

t.test('contract 2.2: default folder, other folders, and paging', async (t) => {
  const { graph, get } = startGraph();
  const folder = graph.admin.createFolder('Friends');
  const child = graph.admin.createFolder('Close', { in: folder.id });
  for (let index = 0; index < 25; index += 1) graph.admin.createContact({ givenName: `N${index}` });
  graph.admin.createContact({ givenName: 'Friend' }, { in: folder.id });
  const folders = await get('/me/contactfolders');
  t.same(valueOf(folders).map((entry) => entry['displayName']), ['Friends'], 'the default folder is not listed');
  t.same(valueOf(await get(`/me/contactFolders/${folder.id}/childFolders`)).map((entry) => entry['id']), [child.id]);
  const first = await get('/me/contacts?$select=givenName&$count=true');
  t.equal(valueOf(first).length, 10, 'ten to a page');
  t.equal(first.body['@odata.count'], 25, 'friends are not part of the default folder');
  t.same(Object.keys(valueOf(first)[0] ?? {}), ['@odata.etag', 'id', 'givenName']);
  const second = await get(String(first.body['@odata.nextLink']));
  t.equal(valueOf(second)[0]?.['givenName'], 'N10');
  const third = await get(String(second.body['@odata.nextLink']));
  t.equal(valueOf(third).length, 5);
  t.notOk('@odata.nextLink' in third.body);
  t.equal((await get('/me/contacts/$count')).text, '25');
  graph.admin.setSwitch('contactsScope', 'mailbox');
  t.equal((await get('/me/contacts/$count')).text, '26', 'the other reading: the whole mailbox');
});

t.test('contract 2.2: filters', async (t) => {
  const { graph, get } = startGraph();
  graph.admin.createContact({ givenName: "D'Arcy", emailAddresses: [{ address: 'X@Y.test' }] });
  graph.admin.createContact({ givenName: 'Bob', companyName: 'B & B #1' });
  const names = async (filter: string): Promise<unknown[]> => valueOf(await get(`/me/contacts?$filter=${q(filter)}`)).map((contact) => contact['givenName']);
  t.same(await names("emailAddresses/any(a:a/address eq 'x@y.test')"), ["D'Arcy"]);
  t.same(await names("givenName eq 'D''Arcy' or companyName eq 'B & B #1'"), ["D'Arcy", 'Bob']);
  t.same(await names("startswith(givenName,'b') and not (companyName eq null)"), ['Bob']);
  t.equal((await get(`/me/contacts?$filter=${q("emailAddresses/any(a:startswith(a/address,'x'))")}`)).status, 400);
  t.equal((await get("/me/contacts?$filter=companyName eq 'B & B #1'")).status, 400, 'an unencoded & and # cut the filter, as at the service');
});

t.test('K6: a contact is found by its marker, name case-sensitive, value not', async (t) => {
  const { graph, get } = startGraph();
  graph.admin.createContact({ givenName: 'Ada', ...marked('AbC') });
  graph.admin.createContact({ givenName: 'Near miss', ...marked('AbC1') });
  const find = async (id: string, test: string): Promise<unknown> => {
    const reply = await get(`/me/contacts?$filter=${q(`singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ${test})`)}`);
    return reply.status === 200 ? valueOf(reply).map((contact) => contact['givenName']) : reply.status;
  };
  t.same(await find(markerId, "ep/value eq 'abc'"), ['Ada']);
  t.same(await find(markerId.replace('OroCRM_id', 'orocrm_id'), "ep/value eq 'AbC'"), []);
  t.same(await find(markerId.toUpperCase().replace('STRING', 'String').replace('NAME OROCRM_ID', 'Name OroCRM_id'), "ep/value eq 'AbC'"), ['Ada'], 'the GUID in any case');
  t.equal(await find(markerId, "contains(ep/value,'b')"), 400, 'only eq for contacts');
  t.equal(await find('Short 0x3A4D', "ep/value eq '2'"), 400, 'numbers need a cast');
  t.same(await find('Short 0x3A4D', 'cast(ep/value, Edm.Int32) eq 2'), []);
});

t.test('contract 5.1: formats of extended property ids', async (t) => {
  const { send, get } = startGraph();
  const create = async (id: string, value: unknown = '1'): Promise<number> => (await send('POST', '/me/contacts', { singleValueExtendedProperties: [{ id, value }] })).status;
  const rows: readonly [id: string, status: number][] = [
    [markerId, 201],
    ['Integer {6f1c0f5e-3f0a-4d0a-9a55-0c7f5a2d9b11} Id 0x8001', 201],
    ['String 0x3A24', 201],
    ['String 0x3A24001F', 201],
    ['Short 0x3A4D', 201],
    ['Integer 0x3A4D', 400],
    ['String 0x8001', 400],
    ['Integer {6f1c0f5e-3f0a-4d0a-9a55-0c7f5a2d9b11} Id 0x1234', 400],
    ['string {6f1c0f5e-3f0a-4d0a-9a55-0c7f5a2d9b11} Name OroCRM_id', 400],
    ['String 6f1c0f5e-3f0a-4d0a-9a55-0c7f5a2d9b11 Name OroCRM_id', 400],
    ['String {6f1c0f5e} Name OroCRM_id', 400],
    ['OroCRM_id', 400],
  ];
  for (const [id, status] of rows) t.equal(await create(id), status, id);
  t.equal(await create(markerId, 7), 400, 'values are strings');
  t.equal(await create(markerId, null), 400, 'null is refused');
  t.equal(await create('Short 0x3A4D', 'male'), 400);
  t.equal((await get('/me/contacts?$expand=singleValueExtendedProperties')).status, 400, 'there is no way to list all');
});

t.test('M15, M20: tags of phone, fax and gender can be refused', async (t) => {
  const { graph, send, get } = startGraph();
  const create = async (id: string): Promise<number> => (await send('POST', '/me/contacts', { singleValueExtendedProperties: [{ id, value: '1' }] })).status;
  graph.admin.setSwitch('genderType', 'Integer');
  graph.admin.setSwitch('primaryPhoneTag', 'refused');
  graph.admin.setSwitch('faxTags', 'refused');
  graph.admin.setSwitch('expandSeveralIds', 'refused');
  t.same([await create('Short 0x3A4D'), await create('Integer 0x3A4D'), await create('String 0x3A1A'), await create('String 0x3A24')], [400, 201, 400, 400]);
  t.equal((await get(`/me/contacts?$expand=${q(`singleValueExtendedProperties($filter=id eq '${markerId}' or id eq 'Integer 0x3A4D')`)}`)).status, 400);
});

t.test('K1: several extended properties in one expand, only the ones asked for, spelt as asked', async (t) => {
  const { graph, get } = startGraph();
  graph.admin.createContact({ givenName: 'Ada', singleValueExtendedProperties: [{ id: markerId, value: '1' }, { id: 'String 0x3A1A', value: '+1 555' }, { id: 'String 0x3A24', value: '+1 556' }] });
  const reply = await get(`/me/contacts?$select=id&$expand=${q(`singleValueExtendedProperties($filter=id eq '${markerId}' or id eq 'String 0x3A1A001F' or id eq 'Short 0x3A4D')`)}`);
  t.same(valueOf(reply)[0]?.['singleValueExtendedProperties'], [{ id: markerId, value: '1' }, { id: 'String 0x3A1A001F', value: '+1 555' }]);
  t.notOk('singleValueExtendedProperties' in (valueOf(await get('/me/contacts'))[0] ?? {}));
});

t.test('K12: a copy carries the marker of the original', async (t) => {
  const { graph } = startGraph();
  const original = graph.admin.createContact({ givenName: 'Ada', ...marked('7') });
  const copy = graph.admin.copyContact(original.id);
  t.not(copy.id, original.id);
  t.same(copy['singleValueExtendedProperties'], original['singleValueExtendedProperties']);
  t.equal(graph.admin.listContacts().length, 2);
  graph.admin.updateContact(copy.id, { singleValueExtendedProperties: [{ id: markerId, value: null }] });
  t.same(graph.admin.getContact(copy.id)?.['singleValueExtendedProperties'], [], "a person's client can take a marker away");
});

t.test('K14: two ids; a move keeps the immutable one', async (t) => {
  const { graph, send, get } = startGraph();
  const folder = graph.admin.createFolder('Friends');
  const made = await send('POST', '/me/contacts', { givenName: 'Ada' });
  const stable = String((await get(`/me/contacts/${idOf(made.body)}`, immutable)).body['id']);
  t.not(stable, made.body['id']);
  t.match(stable, /-.*_.*=/, 'ids hold what a URL has to encode');
  graph.admin.moveContact(stable, { in: folder.id });
  t.equal((await get(`/me/contacts/${idOf(made.body)}`)).status, 404, 'the old id is gone');
  const moved = await get(`/me/contacts/${encodeURIComponent(stable)}`, immutable);
  t.match(moved.body, { id: stable, parentFolderId: folder.id });
  t.equal((await get(`/me/contacts/${encodeURIComponent(stable.toLowerCase())}`)).status, 400, 'ids are case-sensitive');
  const translated = await send('POST', '/me/translateExchangeIds', { inputIds: [stable], sourceIdType: 'restImmutableEntryId', targetIdType: 'restId' });
  t.not(valueOf(translated)[0]?.['targetId'], stable);
});

t.test('contract 2.4: If-Match is honoured, or not looked at', async (t) => {
  const { graph, send } = startGraph();
  const made = await send('POST', '/me/contacts', { givenName: 'Ada' });
  const path = `/me/contacts/${idOf(made.body)}`;
  const match = { 'if-match': String(made.body['@odata.etag']) };
  const marking = await send('PATCH', path, marked('1'), match);
  t.equal(marking.status, 200);
  t.not(marking.body['changeKey'], made.body['changeKey'], 'a marker is a change too');
  t.equal(codeOf(await send('PATCH', path, { jobTitle: 'x' }, match)), 'ErrorIrresolvableConflict');
  t.equal((await send('DELETE', path, undefined, match)).status, 412);
  graph.admin.setSwitch('ifMatch', 'ignored');
  t.equal((await send('DELETE', path, undefined, match)).status, 204);
});

t.test('D1: gone is 404, malformed is 400', async (t) => {
  const { graph, send, get } = startGraph();
  const made = await send('POST', '/me/contacts', { givenName: 'Ada' });
  const path = `/me/contacts/${idOf(made.body)}`;
  t.equal((await send('DELETE', path)).text, '');
  t.equal(codeOf(await get(path)), 'ErrorItemNotFound');
  t.equal((await send('DELETE', path)).status, 404);
  t.equal(codeOf(await get('/me/contacts/nonsense')), 'ErrorInvalidIdMalformed');
  graph.admin.setSwitch('notFoundCode', 'itemNotFound');
  t.equal(codeOf(await get(path)), 'itemNotFound');
});

t.test('M18: the service may store numbers and texts in another dress', async (t) => {
  const { send } = startGraph({ switches: { reformatPhones: true, trimText: true } });
  const made = await send('POST', '/me/contacts', { givenName: ' Ada ', businessPhones: ['+1 732 555 0102'], homeAddress: { city: ' Bonn ' } });
  t.match(made.body, { givenName: 'Ada', businessPhones: ['+1 (732) 555-0102'], homeAddress: { city: 'Bonn' } });
});

t.test('contract 5.3: open extensions are there, and delta does not know of them', async (t) => {
  const { send, get, round } = startGraph();
  const made = await send('POST', '/me/contacts', { givenName: 'Ada' });
  const path = `/me/contacts/${idOf(made.body)}`;
  const { link } = await round('/me/contacts/delta');
  const extension = { '@odata.type': 'microsoft.graph.openTypeExtension', extensionName: 'com.example.sync', oroId: '7' };
  t.equal((await send('POST', `${path}/extensions`, extension)).body['id'], 'microsoft.graph.openTypeExtension.com.example.sync');
  t.equal((await send('POST', `${path}/extensions`, { ...extension, extensionName: 'com.microsoft.x' })).status, 400);
  t.equal((await send('PATCH', `${path}/extensions/com.example.sync`, { ...extension, oroId: '8' })).body['oroId'], '8');
  t.equal((await get(`${path}?$expand=${q("extensions($filter=id eq 'com.example.sync')")}`)).body['changeKey'], made.body['changeKey']);
  t.equal(valueOf(await get(`/me/contacts?$filter=${q("Extensions/any(f:f/id eq 'com.example.sync')")}`)).length, 1);
  t.same((await round(link)).rows, []);
  t.equal((await send('DELETE', `${path}/extensions/com.example.sync`)).status, 204);
  t.equal((await get(`${path}/extensions/com.example.sync`)).status, 404);
});
