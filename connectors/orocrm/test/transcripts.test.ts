import t from 'tap';
import { failureOf, provesDeletion } from '../src/failures.ts';
import { parseAddress, parseContact, parseDocument, parseEvent, parseTask, type AddressRecord, type Document } from '../src/records.ts';
import { contentHash } from '../src/version.ts';
import { exchanges, isHere, type Exchange } from './recorded.ts';

const blank: AddressRecord = { id: '1', types: [], primary: false, street: null, street2: null, city: null, postalCode: null, country: null, region: null, regionName: null, customRegion: null };

t.test('What a real OroCRM answered is read', { skip: isHere ? false : 'needs ../shared, which is not here' }, async (t) => {
  const all = exchanges();
  const fine = all.filter(({ answer }) => answer.status === 200 || answer.status === 201);

  t.test('contacts, with their addresses', async (t) => {
    const documents = fine.filter((exchange) => exchange.accept === 'application/vnd.api+json' && exchange.method !== 'DELETE' && /^\/api\/contacts(\/\d+)?(\?|$)/.test(exchange.path) && isWhole(exchange, 'contacts', 'createdAt')).map(({ answer }) => parseDocument(answer.body));
    const contacts = documents.flatMap((document) => document.data.filter(({ type }) => type === 'contacts').map((contact) => parseContact(contact, addressOf(document))));
    t.ok(contacts.length > 40, `${contacts.length} contacts`);
    for (const { id, record, updatedAt } of contacts) {
      t.match(updatedAt, /^2026-11-22T\d\d:\d\d:\d\dZ$/, id);
      if (record.primaryEmail !== null) t.ok(record.emails.includes(record.primaryEmail), 'the primary e-mail is in the list');
    }
    const ada = contacts.find(({ record }) => record.lastName === 'Lovelace' && record.addresses.length === 3);
    t.match(ada?.record, { firstName: 'Ada', middleName: 'King', gender: 'female', birthday: '1985-12-10', phones: ['+44 20 7946 0001', '+44 20 7946 0002'], addresses: [{ types: ['billing'], region: 'US-CA', primary: true }, { types: ['shipping'], country: 'GB' }, { types: [], country: 'FR' }] });
  });

  t.test('A14: another order of e-mails is the same content', async (t) => {
    const rows = fine.filter(({ file, method, path }) => file.startsWith('05') && path === '/api/contacts/101' && method === 'PATCH').flatMap(({ answer }) => parseDocument(answer.body).data.map((contact) => parseContact(contact, () => blank)));
    const [first] = rows;
    if (first === undefined) throw new Error('no rows');
    t.equal(contentHash({ ...first.record, emails: first.record.emails.toReversed() }), contentHash(first.record));
  });

  t.test('tasks', async (t) => {
    const tasks = fine.filter((exchange) => exchange.accept === 'application/vnd.api+json' && /^\/api\/tasks(\/\d+)?(\?|$)/.test(exchange.path) && isWhole(exchange, 'tasks', 'createdAt')).flatMap(({ answer }) => parseDocument(answer.body).data.map(parseTask));
    t.ok(tasks.length > 20, `${tasks.length} tasks`);
    t.same([...new Set(tasks.map(({ record }) => record.status))].toSorted(), ['closed', 'in_progress', 'open']);
  });

  t.test('events, series and exceptions', async (t) => {
    const bodies = fine.filter(({ method, path }) => method === 'GET' && /calendarevents/.test(path)).flatMap(({ answer }) => (Array.isArray(answer.body) ? (answer.body as unknown[]) : [answer.body]));
    const events = bodies.filter((body) => typeof body === 'object').map(parseEvent);
    t.ok(events.length > 30, `${events.length} events`);
    t.ok(events.some(({ record }) => record.recurring), 'a series');
    t.ok(events.some(({ exception }) => exception), 'a changed occurrence');
    t.ok(events.every(({ record }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(record.start ?? '')));
  });

  t.test('D10: only the exact sentence proves a deletion', async (t) => {
    const missing = all.filter(({ answer, accept }) => answer.status === 404 && accept === 'application/vnd.api+json');
    const proven = missing.filter(({ answer }) => provesDeletion(answer));
    t.ok(proven.length >= 3 && proven.length < missing.length, `${proven.length} of ${missing.length}`);
    for (const { path } of proven) t.match(path, /^\/api\/(contacts|tasks|contactaddresses|asyncoperations)\/\d+/);
    for (const { file, answer, path } of all.filter(({ answer }) => answer.status === 404)) {
      if (file.startsWith('17')) t.match([provesDeletion(answer), failureOf(answer, 'look').kind], [false, 'config'], path);
    }
  });
});

/** Answers of a transcript are cut: what is not there counts as a blank address. */
function addressOf(document: Document): (id: string) => AddressRecord {
  return (id) => {
    const address = document.included.get(`contactaddresses/${id}`);
    return address === undefined ? { ...blank, id } : parseAddress(address, document.included, () => undefined);
  };
}

/** Whether an answer is of the type, and holds what every read of ours asks for. */
function isWhole({ answer }: Exchange, type: string, attribute: string): boolean {
  const { data } = (answer.body ?? {}) as { data?: unknown };
  const list = (Array.isArray(data) ? data : [data]) as readonly ({ type?: string; attributes?: { [name: string]: unknown } } | null | undefined)[];
  return list.length > 0 && list.every((item) => item?.type === type && item.attributes?.[attribute] !== undefined && item.attributes['updatedAt'] !== undefined);
}
