import { Failure, isPresent, type Write, type Written } from '@syncline/connector';
import t from 'tap';
import { outlook, type OutlookRecords, type Session } from '../src/index.ts';
import { contextOf, create, createSimulator, entityOf, failureOf, nothingHeld, pullInto, settings, start } from './mailbox.ts';

type Simulator = ReturnType<typeof createSimulator>;
type Pass = (request: Request) => Promise<Response>;
type Meddle = (request: Request, pass: Pass) => Promise<Response> | undefined;

interface Service {
  readonly sim: Simulator;
  readonly session: Session;
  /** What stands between the connector and the simulator. */
  meddle: Meddle;
  /** Addresses as they left, not decoded. */
  readonly sent: string[];
}

interface BatchPart {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: unknown;
  readonly dependsOn?: readonly string[];
}

async function openService(switches: Parameters<typeof createSimulator>[0] = {}): Promise<Service> {
  const clock = { now: start };
  const sim = createSimulator(switches, clock);
  const sent: string[] = [];
  const service: { meddle: Meddle } = { meddle: () => undefined };
  const pass: Pass = (request) => sim.handle(request);
  const fetch = (request: Request): Promise<Response> => {
    sent.push(request.url);
    return service.meddle(request.clone(), pass) ?? pass(request);
  };
  const session = await outlook.connect(settings, contextOf(clock, fetch));
  return Object.assign(service, { sim, session, sent });
}

function error(status: number, code: string, inner?: object): Response {
  return Response.json({ error: { code, message: 'Text.', ...(inner !== undefined && { innerError: inner }) } }, { status });
}

function partsIn(text: string): readonly BatchPart[] {
  return (JSON.parse(text) as { requests: readonly BatchPart[] }).requests;
}

/** Answers some parts of each batch, and lets the service answer the rest. */
function answering(answer: (part: BatchPart) => { readonly status: number; readonly body?: unknown } | undefined): Meddle {
  return (request, pass) => {
    if (!request.url.endsWith('/$batch')) return undefined;
    return (async () => {
      const parts = partsIn(await request.clone().text());
      const own = parts.flatMap((part) => {
        const given = answer(part);
        return given === undefined ? [] : [{ id: part.id, headers: {}, ...given }];
      });
      const rest = parts.filter((part) => own.every(({ id }) => id !== part.id));
      const answered = rest.length === 0 ? { responses: [] } : ((await (await pass(new Request(request, { body: JSON.stringify({ requests: rest }) }))).json()) as { responses: unknown[] });
      return Response.json({ responses: [...answered.responses, ...own] });
    })();
  };
}

function statuses(written: readonly Written<unknown>[]): string[] {
  return written.map((one) => (one.status === 'failed' ? `failed ${one.failure.kind}` : one.status));
}

t.test('D9 a token that is not known any more costs a full read, whatever status and code say so', async (t) => {
  const answers: readonly [string, () => Response][] = [
    ['404 syncStateNotFound', () => error(404, 'syncStateNotFound')],
    ['400 ErrorInvalidSyncStateData', () => error(400, 'ErrorInvalidSyncStateData')],
    ['400 SYNCSTATEINVALID', () => error(400, 'SYNCSTATEINVALID')],
    ['400 with a code nobody knows', () => error(400, 'BadRequest')],
    ['403 resyncRequired', () => error(403, 'resyncRequired')],
    ['500 with the code inside', () => error(500, 'generalException', { code: 'resyncChangesApplyDifferences' })],
    ['410 without a body', () => new Response(null, { status: 410 })],
    ['410 HTML', () => new Response('<html>Gone</html>', { status: 410 })],
  ];
  for (const kind of ['contact', 'task', 'event'] as const) {
    for (const [name, answer] of answers) {
      const service = await openService();
      service.sim.admin.createContact({ givenName: 'Ada' });
      const held = nothingHeld<OutlookRecords[typeof kind]>();
      await pullInto(service.session, kind, held);
      service.meddle = (request) => (/deltatoken/.test(request.url) ? Promise.resolve(answer()) : undefined);
      t.equal((await failureOf(() => pullInto(service.session, kind, held))).kind, 'cursor-expired', `${kind}: ${name}`);
      t.equal((await pullInto(service.session, kind, nothingHeld<OutlookRecords[typeof kind]>())).at(-1)?.alive?.length, kind === 'contact' ? 1 : 0, 'and a full read works');
    }
  }
});

t.test('D1, D10 "not found" in other words than Graph\'s proves nothing', async (t) => {
  const service = await openService();
  const { id } = service.sim.admin.createContact({ givenName: 'Ada' });
  const get = () => entityOf('contact').get(service.session, id);
  const words: readonly (() => Response)[] = [
    () => new Response('<html>Not Found</html>', { status: 404 }),
    () => new Response('{"error":{"code":"ErrorIt', { status: 404 }),
    () => new Response(null, { status: 404 }),
  ];
  for (const answer of words) {
    service.meddle = (request) => (/\/contacts\/[^?]/.test(request.url) ? Promise.resolve(answer()) : undefined);
    t.equal((await failureOf(get)).kind, 'unavailable');
  }
  service.meddle = (request) => (/\/contacts\/[^?]/.test(request.url) ? Promise.resolve(error(404, 'ErrorItemNotFound')) : undefined);
  t.same(await get(), { id, absent: 'deleted' });
});

t.test('contract 1: a link is sent as it was given, byte for byte', async (t) => {
  const service = await openService();
  const held = nothingHeld<OutlookRecords['task']>();
  await pullInto(service.session, 'task', held);
  const query = '?zone=UTC&$skiptoken=a%2Fb%3D+c==&$top=5&x=1&x=2&flag&$deltatoken=Q';
  const link = `https://graph.microsoft.com/v1.0/users('ada%40contoso.example')/todo/lists('a%2Fb')/tasks/microsoft.graph.delta()${query}`;
  service.meddle = (request) => (request.url.includes('zone=UTC') ? Promise.resolve(Response.json({ value: [], '@odata.deltaLink': link })) : undefined);
  service.sent.length = 0;
  const { chains } = JSON.parse(held.cursor ?? '') as { chains: object[] };
  const cursor = JSON.stringify({ v: 2, chains: [{ ...chains[0], link }] });
  await pullInto(service.session, 'task', { ...held, cursor });
  t.same(service.sent, [link.replace('https://graph.microsoft.com', settings.graph)]);
});

t.test('R8 a token that ends between the parts of a batch is renewed once, and only what was refused is sent again', async (t) => {
  const service = await openService();
  let refusals = 1;
  const seen: string[] = [];
  service.meddle = answering((part) => {
    seen.push(`${part.method} ${part.id}`);
    if (part.method !== 'POST' || part.id === '0' || refusals === 0) return undefined;
    if (part.id === '2') refusals -= 1;
    return { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed.' } } };
  });
  const writes = ['a', 'b', 'c'].map((key) => create('contact', service.session, key, { givenName: key }));
  t.same(statuses(await entityOf('contact').push(service.session, writes)), ['stored', 'stored', 'stored']);
  t.equal(service.sim.admin.listContacts().length, 3, 'none twice');
  t.same(seen.filter((part) => part.startsWith('POST')), ['POST 0', 'POST 1', 'POST 2', 'POST 0', 'POST 1']);
  t.equal(service.sent.filter((url) => url.endsWith('/token')).length, 2);

  service.meddle = answering((part) => (part.method === 'POST' ? { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } } : undefined));
  t.same(statuses(await entityOf('contact').push(service.session, writes.slice(0, 1))), ['failed auth'], 'and not more than once');
});

t.test('R8 the mark of a task waits for its task when both are sent again', async (t) => {
  const service = await openService();
  const task = service.sim.admin.createTask({ title: 'Call' });
  const seen = await entityOf('task').get(service.session, task.id);
  if (!isPresent(seen)) throw new Error('not there');
  let first = true;
  const dependencies: unknown[] = [];
  service.meddle = answering((part) => {
    if (part.method === 'GET') return undefined;
    dependencies.push(part.dependsOn);
    if (!first) return undefined;
    if (part.method === 'POST') {
      first = false;
      return { status: 424 };
    }
    return { status: 401 };
  });
  const write: Write<OutlookRecords['task']> = { op: 'update', key: 'k', id: task.id, ifVersion: seen.version, base: seen.record, record: { ...seen.record, title: 'Ring' }, mark: { id: '7' } };
  t.match(await entityOf('task').push(service.session, [write]), [{ status: 'stored', seen: { record: { title: 'Ring' }, mark: { id: '7' } } }]);
  t.same(dependencies, [undefined, ['0'], undefined, ['0']]);
});

t.test('R4 what a lost create made is looked for by id where nothing can be listed; never is "not found" guessed', async (t) => {
  for (const kind of ['contact', 'task', 'event'] as const) {
    const service = await openService();
    const write = {
      contact: () => create('contact', service.session, 'k', { givenName: 'Ada' }, { id: '7' }),
      task: () => create('task', service.session, 'k', { title: 'Call' }, { id: '7' }),
      event: () => create('event', service.session, 'k', { subject: 'Talk', start: { dateTime: '2026-03-03T09:00:00', timeZone: 'UTC' }, end: { dateTime: '2026-03-03T10:00:00', timeZone: 'UTC' } }, { id: '7' }),
    }[kind]() as never;
    // In a folder with a contact the default folder can be named.
    if (kind === 'contact') service.sim.admin.createContact({ givenName: 'Other' });
    await entityOf(kind).push(service.session, [write]);
    service.meddle = (request) => (request.method === 'GET' && /expand/.test(request.url) ? Promise.resolve(error(400, 'BadRequest')) : undefined);
    t.match(await entityOf(kind).find?.(service.session, write, start), [{ mark: { id: '7' } }], kind);
  }
  const empty = await openService();
  empty.meddle = (request) => (request.method === 'GET' && /expand/.test(request.url) ? Promise.resolve(error(400, 'BadRequest')) : undefined);
  t.equal((await failureOf(async () => entityOf('contact').find?.(empty.session, create('contact', empty.session, 'k', {}, { id: '7' }), start))).kind, 'unavailable');
  t.equal((await failureOf(() => pullInto(empty.session, 'contact', nothingHeld()))).kind, 'unavailable', 'and nothing counts as all there is');
});

t.test('R11 an item that may not be changed holds up nothing else', async (t) => {
  const service = await openService();
  const ids = ['Ada', 'Bob'].map((givenName) => service.sim.admin.createContact({ givenName }).id);
  const seen = await Promise.all(ids.map((id) => entityOf('contact').get(service.session, id)));
  const updates = seen.flatMap((one): Write<OutlookRecords['contact']>[] => (isPresent(one) ? [{ op: 'update', key: one.id, id: one.id, ifVersion: one.version, base: one.record, record: { ...one.record, jobTitle: 'Poet' } }] : []));
  service.meddle = answering((part) => (part.method === 'PATCH' && part.url.endsWith(encodeURIComponent(ids[0] ?? '')) ? { status: 403, body: { error: { code: 'ErrorAccessDenied', message: 'No.' } } } : undefined));
  t.same(statuses(await entityOf('contact').push(service.session, updates)), ['rejected', 'stored']);

  service.meddle = answering((part) => (part.method === 'DELETE' ? { status: 403, body: { error: { code: 'ErrorCannotDeleteObject', message: 'Object cannot be deleted.' } } } : undefined));
  const [one] = seen;
  if (one === undefined || !isPresent(one)) throw new Error('not there');
  const deletion: Write<OutlookRecords['contact']> = { op: 'delete', key: 'd', id: one.id, ifVersion: one.version };
  t.match(await entityOf('contact').push(service.session, [deletion]), [{ status: 'gone', seen: { absent: 'missing' } }], 'what Graph says of an immutable id that is gone');
});

t.test('M2 notes too large for one request share none, and one too large for any is told', async (t) => {
  const service = await openService();
  const sizes: number[] = [];
  service.meddle = (request) => {
    if (!request.url.endsWith('/$batch')) return undefined;
    return (async () => {
      const text = await request.clone().text();
      sizes.push(Buffer.byteLength(text));
      return Buffer.byteLength(text) > 4_000_000 ? error(413, 'RequestEntityTooLarge') : service.sim.handle(request);
    })();
  };
  const notes = (length: number): string => '\u20ac'.repeat(length);
  const writes = Array.from({ length: 8 }, (_, index) => create('contact', service.session, `k${index}`, { givenName: `P${index}`, personalNotes: notes(index === 3 ? 1_500_000 : 300_000) }));
  t.same(statuses(await entityOf('contact').push(service.session, writes)), ['stored', 'stored', 'stored', 'rejected', 'stored', 'stored', 'stored', 'stored']);
  t.equal(sizes.filter((size) => size > 4_000_000).length, 1);
});

t.test('contract 2.4: a change key is no etag, and what has no etag is looked at before it is changed', async (t) => {
  const service = await openService();
  const { id } = service.sim.admin.createContact({ givenName: 'Ada' });
  const seen = await entityOf('contact').get(service.session, id);
  if (!isPresent(seen)) throw new Error('not there');
  const sent: BatchPart[] = [];
  service.meddle = answering((part) => {
    sent.push(part);
    return undefined;
  });
  const write: Write<OutlookRecords['contact']> = { op: 'update', key: 'k', id, ifVersion: 'EQAAABYAAAC1', base: seen.record, record: { ...seen.record, jobTitle: 'Poet' } };
  t.same(statuses(await entityOf('contact').push(service.session, [write])), ['stored']);
  t.same(sent.map(({ method, headers }) => [method, headers['If-Match']]), [['GET', undefined], ['PATCH', seen.version], ['GET', undefined]]);
});

t.test('G7 answers that are no JSON, broken or empty are failures with a word, never an error of ours', async (t) => {
  const page = '<html><body>Bad gateway</body></html>';
  const answers: readonly (() => Response)[] = [
    ...[502, 503, 504].map((status) => () => new Response(page, { status, headers: { 'content-type': 'text/html' } })),
    () => new Response('{"value":[{"id":"a', { status: 200 }),
    () => new Response('', { status: 200 }),
    () => new Response(page, { status: 200 }),
    () => Response.json({ value: null }),
    () => Response.json([]),
    () => new Response(null, { status: 302, headers: { location: 'https://login.example.test/' } }),
  ];
  for (const answer of answers) {
    const service = await openService();
    service.meddle = (request) => (request.url.includes('/v1.0/') ? Promise.resolve(answer()) : undefined);
    const expected = answer().status === 302 ? 'bug' : 'unavailable';
    t.equal((await failureOf(() => pullInto(service.session, 'task', nothingHeld()))).kind, expected, String(answer().status));
    const written = await entityOf('event').push(service.session, [create('event', service.session, 'k', { subject: 'Talk' })]).catch((cause: unknown) => cause);
    if (written instanceof Failure) t.equal(expected, 'bug');
    else t.match(written, [{ status: 'failed', failure: { kind: 'unavailable', maybeDone: true } }], String(answer().status));
  }
});

t.test('G7 a record the service chokes on is open, and the others are done', async (t) => {
  const service = await openService();
  service.meddle = answering((part) => (part.method === 'POST' && /"Bad"/.test(JSON.stringify(part.body)) ? { status: 500, body: { error: { code: 'ErrorInternalServerError', message: 'An internal server error occurred.' } } } : undefined));
  const writes = ['Bad', 'Good'].map((title) => create('task', service.session, title, { title }));
  const written = await entityOf('task').push(service.session, writes);
  t.same(statuses(written), ['failed bug', 'stored'], 'a kind of failure that does not stop the side');
  t.match(written[0], { failure: { maybeDone: true } });
});

t.test('G7 one that cannot be understood is a failure in words also when it is asked for by id', async (t) => {
  const service = await openService();
  const { id } = service.sim.admin.createTask({ title: 'Call' });
  service.meddle = (request) => (request.url.includes('/tasks/') ? Promise.resolve(Response.json({ id, title: 'Call', importance: 7, status: 'notStarted' })) : undefined);
  t.equal((await failureOf(() => entityOf('task').get(service.session, id))).kind, 'bug');
});

t.test('G6 members that are null, missing or of no use to anybody are read as nothing', async (t) => {
  const service = await openService();
  const { id } = service.sim.admin.createContact({ givenName: 'Ada' });
  const bare = { id, '@odata.etag': 'W/"1"', givenName: null, surname: '', categories: [null, 'Red'], emailAddresses: [{}, { name: 'Only a name' }, { name: '', address: '' }, { name: 'B', address: '/o=ExchangeLabs/ou=Exchange/cn=Recipients/cn=b' }, { address: 'a@x.test' }], businessAddress: {}, homeAddress: null, singleValueExtendedProperties: null };
  service.meddle = answering((part) => (part.method === 'GET' ? { status: 200, body: bare } : undefined));
  const delta = service.meddle;
  service.meddle = (request, pass) => (/\/contacts\/delta/.test(request.url) ? Promise.resolve(Response.json({ value: [{ id, '@removed': null }, { id: 'x' }], '@odata.nextLink': null, '@odata.deltaLink': 'https://graph.microsoft.com/v1.0/me/contacts/delta?$deltatoken=1' })) : /contacts\?/.test(request.url) && /expand/.test(request.url) ? Promise.resolve(Response.json({ value: [], '@odata.nextLink': null })) : delta(request, pass));
  const held = nothingHeld<OutlookRecords['contact']>();
  await pullInto(service.session, 'contact', held);
  const seen = held.records.get(id);
  if (seen === undefined || !isPresent(seen)) throw new Error('not read');
  const { emails, firstName, billingAddress } = service.session.lenses.contact;
  if (emails === 'unsupported' || firstName === 'unsupported' || billingAddress === 'unsupported') throw new Error('unsupported');
  t.same([emails.read(seen.record), firstName.read(seen.record), billingAddress.read(seen.record)], [['a@x.test'], undefined, undefined]);
  t.equal(emails.write(seen.record, ['A@x.test']), seen.record, 'nothing to write');
  t.same(emails.write(seen.record, ['b@x.test']).emailAddresses, [{ name: 'Only a name', address: null }, seen.record.emailAddresses[3], { name: null, address: 'b@x.test' }], 'empty slots take no room');
});

t.test('D1, D5 what lies in Deleted Items is deleted, although its immutable id still finds it', async (t) => {
  const service = await openService();
  const { admin } = service.sim;
  admin.createContact({ givenName: 'Bob' });
  const contact = admin.createContact({ givenName: 'Ada' }).id;
  const event = admin.createEvent({ subject: 'Lunch', start: { dateTime: '2026-03-03T12:00:00', timeZone: 'UTC' }, end: { dateTime: '2026-03-03T13:00:00', timeZone: 'UTC' } }).id;
  const held = nothingHeld<OutlookRecords['contact']>();
  await pullInto(service.session, 'contact', held);
  const before: Record<string, unknown> = {};
  for (const [kind, id] of [['contact', contact], ['event', event]] as const) {
    const seen = await entityOf(kind).get(service.session, id);
    if (!isPresent(seen)) throw new Error('not there');
    before[id] = { ...(seen.record as object), id, '@odata.etag': 'W/"9"', ...(kind === 'contact' && { parentFolderId: 'AAMkDeletedItems=' }) };
  }
  admin.deleteContact(contact);
  admin.deleteEvent(event);
  service.meddle = (request) => {
    const { pathname } = new URL(request.url);
    const id = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    return before[id] === undefined ? undefined : Promise.resolve(Response.json(before[id]));
  };
  t.same(await entityOf('contact').get(service.session, contact), { id: contact, absent: 'deleted' });
  t.same(await entityOf('event').get(service.session, event), { id: event, absent: 'deleted' });
  t.match((await pullInto(service.session, 'contact', held)).flatMap((page) => page.seen), [{ id: contact, absent: 'missing' }]);
  const byId = service.meddle;
  service.meddle = (request, pass) => (/\/(calendars|contactFolders\/AAMk)/.test(request.url) ? Promise.resolve(error(403, 'ErrorAccessDenied')) : byId(request, pass));
  t.same(await entityOf('contact').get(service.session, contact), { id: contact, absent: 'outside' }, 'in doubt it is elsewhere');
  t.same(await entityOf('event').get(service.session, event), { id: event, absent: 'outside' });
});

t.test('K1 where the answer to a new task leaves its linked resources out, it is read again, and the mark is never made twice', async (t) => {
  const service = await openService();
  service.meddle = (request, pass) => {
    if (!request.url.endsWith('/$batch')) return undefined;
    return (async () => {
      const posted = partsIn(await request.clone().text()).some(({ method }) => method === 'POST');
      const answer = (await (await pass(request)).json()) as { responses: { body?: { linkedResources?: unknown } }[] };
      if (posted) for (const { body } of answer.responses) delete body?.linkedResources;
      return Response.json(answer);
    })();
  };
  const [written] = await entityOf('task').push(service.session, [create('task', service.session, 'k', { title: 'Call' }, { id: '7', origin: 'o1' })]);
  if (written?.status !== 'stored' || !isPresent(written.seen)) throw new Error('not stored');
  const { id, version, record } = written.seen;
  t.type(record.markId, 'string');
  await entityOf('task').push(service.session, [{ op: 'update', key: 'u', id, ifVersion: version, base: record, record, mark: { id: '8', origin: 'o1' } }]);
  t.match(service.sim.admin.getTask(id)?.['linkedResources'], [{ externalId: 'o1/8' }]);
  t.equal((service.sim.admin.getTask(id)?.['linkedResources'] as unknown[]).length, 1);
});

t.test('R8 a late refusal of an old token does not throw the new one away', async (t) => {
  const service = await openService();
  let release = (): void => undefined;
  const late = new Promise<void>((resolve) => (release = resolve));
  let first = true;
  service.meddle = (request, pass) => {
    if (!first || !request.url.includes('/calendarView/delta')) return undefined;
    first = false;
    return late.then(() => pass(request));
  };
  const events = pullInto(service.session, 'event', nothingHeld());
  await new Promise((resolve) => setImmediate(resolve));
  service.sim.admin.expireAccessTokens();
  await pullInto(service.session, 'task', nothingHeld());
  release();
  await events;
  t.equal(service.sent.filter((url) => url.endsWith('/token')).length, 2);
});

t.test('D3 an id of another mailbox is no deletion, and stops nothing', async (t) => {
  for (const [status, code] of [[400, 'ErrorInvalidIdMalformed'], [404, 'ErrorInvalidMailboxItemId']] as const) {
    const service = await openService();
    const { id } = service.sim.admin.createTask({ title: 'Call' });
    const seen = await entityOf('task').get(service.session, id);
    if (!isPresent(seen)) throw new Error('not there');
    service.meddle = answering((part) => (part.method === 'GET' ? { status, body: { error: { code, message: 'Text.' } } } : undefined));
    t.match(await entityOf('task').push(service.session, [{ op: 'delete', key: 'd', id, ifVersion: seen.version }]), [{ status: 'gone', seen: { absent: 'hidden' } }]);
    service.meddle = (request) => (request.url.includes('/tasks/') ? Promise.resolve(error(status, code)) : undefined);
    t.same(await entityOf('task').get(service.session, id), { id, absent: 'hidden' });
  }
});

t.test('404 of a mailbox that is not there is a setting, in words, and makes nothing deleted', async (t) => {
  const service = await openService();
  const { id } = service.sim.admin.createTask({ title: 'Call' });
  const held = nothingHeld<OutlookRecords['task']>();
  await pullInto(service.session, 'task', held);
  service.meddle = (request) => (/\/todo\//.test(request.url) ? Promise.resolve(error(404, 'MailboxNotEnabledForRESTAPI')) : undefined);
  t.match(await failureOf(() => pullInto(service.session, 'task', held)), { kind: 'config', message: /MailboxNotEnabledForRESTAPI/ });
  t.equal((await failureOf(() => entityOf('task').get(service.session, id))).kind, 'config');
});
