import { Failure, isPresent, type Seen } from '@syncline/connector';
import t, { type Test } from 'tap';
import { blankContact, blankEvent, blankTask } from '../src/mapping/index.ts';
import { createWorld, entityOf, type World } from './world.ts';

// What a real installation may do and a demo does not: servers in between, limits, other zones, clocks that jump, odd records.

const at = (text: string): number => Date.parse(text);
const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const people = (many: number): { firstName: string; addresses: { country: string; city: string }[] }[] => Array.from({ length: many }, (_, index) => ({ firstName: `P${index + 1}`, addresses: [{ country: 'GB', city: 'London' }] }));
const ids = (seen: readonly Seen<unknown>[]): readonly string[] => seen.map((item) => (isPresent(item) ? item.id : `${item.absent} ${item.id}`));
const meeting = (title: string, on: string): { title: string; start: number; end: number } => ({ title, start: at(`${on}T10:00:00Z`), end: at(`${on}T11:00:00Z`) });
const page = (status: number): Response => new Response('<!DOCTYPE html><html><body>no</body></html>', { status, headers: { 'content-type': 'text/html; charset=UTF-8' } });
const json = (status: number, body: unknown, type = 'application/json'): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });

t.test('Address', async (t) => {
  t.test('S8: with OroCommerce the back office has a prefix, and the token endpoint has none', async (t) => {
    const world = createWorld({ data: { contacts: [{ firstName: 'Ada' }] } });
    const real = world.simulator.handle;
    const asked: string[] = [];
    world.between = async (request) => {
      const url = new URL(request.url);
      asked.push(`${request.method} ${url.pathname}${request.headers.has('authorization') || request.body !== null ? ' with credentials' : ''}`);
      if (url.pathname === '/oauth2-token') return real(request);
      if (!url.pathname.startsWith('/admin/api/')) return page(404);
      const inner = new Request(`${url.origin}${url.pathname.slice('/admin'.length)}${url.search}`, request);
      return real(inner);
    };
    const session = await world.connect({ url: 'https://crm.example.com/admin/' });
    t.same(ids((await world.pull(session, 'contact')).seen), ['1']);
    t.same(asked.slice(0, 3), ['GET /admin/oauth2-token', 'GET /oauth2-token', 'POST /oauth2-token with credentials'], 'credentials go to what is a token endpoint');
    world.now += 2 * 60 * minute;
    asked.length = 0;
    await world.pull(session, 'contact');
    t.same(asked.filter((line) => line.includes('token')), ['POST /oauth2-token with credentials'], 'found once');
  });

  t.test('S8: an OroCRM in a folder has its token endpoint there', async (t) => {
    const world = createWorld();
    const real = world.simulator.handle;
    world.between = async (request) => {
      const url = new URL(request.url);
      if (!url.pathname.startsWith('/crm/')) return page(404);
      return real(new Request(`${url.origin}${url.pathname.slice('/crm'.length)}${url.search}`, request));
    };
    await t.resolves(world.connect({ url: 'https://crm.example.com/crm' }));
  });

  t.test('WSSE: a refusal without a time says that the clocks may be apart', async (t) => {
    const world = createWorld();
    world.skewMs = day;
    world.between = async (_, answer) => {
      const response = await answer();
      response.headers.delete('date');
      return response;
    };
    await fails(t, () => world.connect({ auth: { signIn: 'wsse', user: 'admin', apiKey: 'key-admin' } }), 'auth', /clock/);
  });

  t.test('D10: a redirect is named in full, also when it names no host', async (t) => {
    const world = createWorld();
    world.between = async () => new Response(null, { status: 302, headers: { location: '/user/login' } });
    await fails(t, () => world.connect(), 'config', /https:\/\/crm\.example\.com\/user\/login/);
  });
});

t.test('Servers in between', async (t) => {
  t.test('A14: without the header that counts, nothing is taken for gone, and the comparison by time goes on', async (t) => {
    const world = createWorld({ data: { contacts: people(3), events: [meeting('A', '2026-11-24'), meeting('B', '2026-11-25')] } });
    world.between = async (_, answer) => {
      const response = await answer();
      response.headers.delete('x-include-total-count');
      return response;
    };
    const session = await world.connect();
    const first = await world.pull(session, 'contact');
    t.same(first.pages.map(({ progress }) => progress), [{ done: 3 }], 'no total of nothing');
    await world.pull(session, 'event');
    world.now += minute;
    await world.push(session, 'contact', { op: 'create', key: 'k', record: { ...blankContact, firstName: 'Ada' } });
    world.simulator.admin.deleteContact(2);
    world.simulator.admin.deleteEvent(1);
    world.simulator.resetCounters();
    t.same([(await world.pull(session, 'contact')).alive, (await world.pull(session, 'event')).alive], [undefined, undefined]);
    t.same(world.simulator.counters.requests, { 'GET /api/contacts': 2, 'GET /api/rest/latest/calendarevents.json': 2 });
    world.now += 15 * minute;
    t.same((await world.pull(session, 'contact')).alive, ['1', '3', '4']);
    t.same((await world.pull(session, 'event')).alive, ['2']);
  });

  t.test('G7: what a web server refuses of one record does not keep the others', async (t) => {
    for (const status of [403, 406, 413]) {
      const world = createWorld();
      const session = await world.connect();
      world.between = async (request, answer) => (request.method === 'POST' && (await request.clone().text()).includes('<script>') ? page(status) : answer());
      const create = (description: string) => ({ op: 'create', key: description, record: { ...blankContact, firstName: 'A', description } }) as const;
      const written = await entityOf('contact').push(session, [create('<script>'), create('fine')]);
      t.match(written, [{ status: 'failed', failure: { kind: 'bug', maybeDone: false, message: new RegExp(`web server in front of OroCRM.*${status}`) } }, { status: 'stored' }], String(status));
    }
  });

  t.test('G7: a record at which OroCRM itself fails does not keep the others; five in a row are OroCRM being down', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    let poison = (text: string): boolean => text.includes('poison');
    world.between = async (request, answer) => (request.method === 'POST' && poison(await request.clone().text()) ? json(500, { errors: [{ status: '500', title: 'type error' }] }, 'application/vnd.api+json') : answer());
    const create = (firstName: string) => ({ op: 'create', key: firstName, record: { ...blankContact, firstName } }) as const;
    const written = await entityOf('contact').push(session, ['poison', 'B', 'poison 2'].map(create));
    t.match(written, [{ status: 'failed', failure: { kind: 'bug', maybeDone: true, message: /type error/ } }, { status: 'stored' }, { status: 'failed', failure: { kind: 'bug' } }]);
    poison = () => true;
    const all = await entityOf('contact').push(session, ['1', '2', '3', '4', '5'].map(create));
    t.match(all.at(-1), { status: 'failed', failure: { kind: 'unavailable', maybeDone: true } });
  });

  t.test('A failure of the database at a read is no defect of ours', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    world.between = async () => json(500, { errors: [{ status: '500', title: 'driver exception' }] }, 'application/vnd.api+json');
    await fails(t, () => world.pull(session, 'contact'), 'unavailable', /does not work at the moment/);
  });
});

t.test('Limits an administrator may set', async (t) => {
  const limited = (world: World, most: number, detail: string): void => {
    world.between = async (request, answer) => {
      const size = Number(new URL(request.url).searchParams.get('page[size]') ?? '0');
      return size > most ? json(400, { errors: [{ status: '400', title: 'filter constraint', detail, source: { parameter: 'page[size]' } }] }, 'application/vnd.api+json') : answer();
    };
  };

  t.test('A14: answers of at most so many records, in every list', async (t) => {
    for (const detail of ['The value should be less than or equals to 3.', 'Der Wert darf nicht so groß sein.']) {
      const world = createWorld({ data: { contacts: people(8), tasks: Array.from({ length: 5 }, (_, index) => ({ subject: `T${index}` })) } });
      for (const id of [1, 2, 4, 5, 7]) world.simulator.admin.setVisible('contact', id, false);
      limited(world, 3, detail);
      const session = await world.connect();
      t.same(ids((await world.pull(session, 'contact')).seen), ['3', '6', '8']);
      t.equal((await world.pull(session, 'task')).seen.length, 5);
      // These appear without a change of their own: they are asked for by id.
      for (const id of [1, 2, 4, 5, 7]) world.simulator.admin.setVisible('contact', id, true);
      world.now += 15 * minute;
      t.same(ids((await world.pull(session, 'contact')).seen).toSorted(), ['1', '2', '4', '5', '7'], detail);
    }
  });

  t.test('Addresses that an answer leaves out are asked for in as many answers as it takes', async (t) => {
    const world = createWorld({ data: { contacts: people(3) } });
    limited(world, 2, 'The value should be less than or equals to 2.');
    const session = await world.connect();
    const through = world.between;
    world.between = async (request, answer) => {
      const response = await (through?.(request, answer) ?? answer());
      if (new URL(request.url).pathname !== '/api/contacts' || !response.ok) return response;
      const body = (await response.json()) as object;
      return json(200, { ...body, included: [] }, 'application/vnd.api+json');
    };
    const { seen } = await world.pull(session, 'contact');
    t.equal(seen.length, 3);
    for (const item of seen) t.match(item, { record: { addresses: [{ city: 'London' }] } });
  });

  t.test('M11: of a list that is shown in part, nothing is lost', async (t) => {
    const world = createWorld({ data: { contacts: [{ firstName: 'Ada', phones: Array.from({ length: 100 }, (_, index) => String(1000 + index)) }] } });
    const session = await world.connect();
    const [seen] = (await world.pull(session, 'contact')).seen;
    if (seen === undefined || !isPresent(seen)) throw new Error('not seen');
    const write = { op: 'update', key: 'k', id: '1', ifVersion: seen.version, base: seen.record, record: { ...seen.record, phones: ['1'], primaryPhone: '1' } } as const;
    t.match(await world.push(session, 'contact', write), { status: 'rejected', fields: { phones: /first 100/ } });
    t.equal(world.simulator.admin.contact(1)?.phones.length, 100);
    t.match(await world.push(session, 'contact', { ...write, record: { ...seen.record, jobTitle: 'x' } }), { status: 'stored' });
  });
});

t.test('Clocks', async (t) => {
  t.test('A14: when the hub\'s clock is put back a day, comparisons do not wait for a day', async (t) => {
    const world = createWorld({ data: { contacts: people(3), events: [meeting('A', '2026-11-24'), meeting('B', '2026-11-25')] } });
    world.skewMs = day;
    const session = await world.connect();
    for (const kind of ['contact', 'event'] as const) await world.pull(session, kind);
    world.skewMs = 0;
    world.now += minute;
    t.ok((await world.pull(session, 'contact')).alive);
    t.ok((await world.pull(session, 'event')).alive);
    world.now += minute;
    t.same([(await world.pull(session, 'contact')).alive, (await world.pull(session, 'event')).alive], [undefined, undefined], 'once');
  });

  t.test('A1: when OroCRM\'s clock is put back, what changed meanwhile is found by comparing', async (t) => {
    const world = createWorld({ data: { contacts: people(2), tasks: [{ subject: 'T' }], events: [meeting('A', '2026-12-24')] } });
    const session = await world.connect();
    for (const kind of ['contact', 'task', 'event'] as const) await world.pull(session, kind);
    world.now -= day;
    world.skewMs = day + minute;
    world.simulator.admin.updateContact(2, { jobTitle: 'Boss' });
    world.simulator.admin.updateTask(1, { subject: 'T2' });
    world.simulator.admin.updateEvent(1, { title: 'A2' });
    world.now += minute;
    t.same(ids((await world.pull(session, 'contact')).seen), ['2']);
    t.same(ids((await world.pull(session, 'task')).seen), ['1']);
    t.same(ids((await world.pull(session, 'event')).seen), ['1']);
  });

  t.test('R3: "wait until" is a time of OroCRM\'s clock; and a clock put back does not make it longer', async (t) => {
    for (const skewMs of [-day, day]) {
      const world = createWorld();
      world.skewMs = skewMs;
      const session = await world.connect();
      world.between = async () => new Response(null, { status: 503, headers: { 'retry-after': new Date(world.now + 30 * second).toUTCString(), date: new Date(world.now).toUTCString() } });
      const failure = await fails(t, () => world.pull(session, 'contact'), 'throttle', /wait/);
      t.ok((failure.retryAfterMs ?? 0) > 28 * second && (failure.retryAfterMs ?? 0) <= 31 * second, `${failure.retryAfterMs} ms`);
      world.between = undefined;
      world.skewMs -= day;
      await t.resolves(world.pull(session, 'contact'));
    }
  });
});

t.test('Records', async (t) => {
  const odd = (world: World, from: string, to: string): void => {
    world.between = async (_, answer) => {
      const response = await answer();
      const text = (await response.text()).replaceAll(from, to);
      return new Response(response.status === 204 ? null : text, { status: response.status, headers: response.headers });
    };
  };

  t.test('G7: what cannot be read is alive, frozen and told, and nothing else stops', async (t) => {
    const world = createWorld({ data: { contacts: [{ firstName: 'P1' }, { firstName: 'Odd' }], tasks: [{ subject: 'Odd' }, { subject: 'T' }], events: [meeting('Odd', '2026-11-24'), meeting('E', '2026-11-25')] } });
    const session = await world.connect();
    odd(world, '"Odd"', '{}');
    const rows = [['contact', '2', '1'], ['task', '1', '2'], ['event', '1', '2']] as const;
    for (const [kind, broken, fine] of rows) {
      const { seen, alive } = await world.pull(session, kind);
      t.same([ids(seen), alive?.toSorted()], [[fine], ['1', '2']], kind);
      t.same(await entityOf(kind).get(session, broken), { id: broken, absent: 'hidden' }, `${kind}: a direct read is no failure`);
      t.match(await world.push(session, kind, { op: 'delete', key: 'k', id: broken, ifVersion: 'x' }), { status: 'gone', seen: { absent: 'hidden' } }, kind);
    }
    t.match(world.logs.join('\n'), /contact 2, firstName[^]*task 1, subject[^]*event 1, title/);
  });

  t.test('G7: a time that cannot be read stops nothing either', async (t) => {
    const world = createWorld({ data: { contacts: people(3) } });
    world.simulator.admin.setVisible('contact', 2, false);
    const session = await world.connect();
    await world.pull(session, 'contact');
    world.simulator.admin.setVisible('contact', 2, true);
    world.now += 20 * minute;
    world.simulator.admin.updateContact(2, { jobTitle: 'x' });
    const stamp = new Date(world.now).toISOString().slice(0, 19);
    odd(world, `"updatedAt":"${stamp}Z"`, '"updatedAt":"0000-00-00"');
    const { seen, alive } = await world.pull(session, 'contact');
    t.same([ids(seen), alive], [[], ['1', '2', '3']]);
  });

  t.test('D10: another sentence than the exact one proves nothing, and stops nothing', async (t) => {
    const world = createWorld({ data: { contacts: people(2), tasks: [{ subject: 'T' }], events: [meeting('E', '2026-11-24')] } });
    const session = await world.connect();
    for (const kind of ['contact', 'task', 'event'] as const) await world.pull(session, kind);
    const german = { errors: [{ status: '404', title: 'not found http exception', detail: 'Es gibt keinen Eintrag mit dieser Kennung.' }] };
    world.between = async (request, answer) => (/\/(contacts|tasks|calendarevents)\/1(\.json)?$/.test(new URL(request.url).pathname) ? json(404, german) : answer());
    for (const kind of ['contact', 'task', 'event'] as const) t.same(await entityOf(kind).get(session, '1'), { id: '1', absent: 'hidden' }, kind);
    t.match(world.logs.join('\n'), /contacts 1[^]*tasks 1[^]*event 1/);
  });

  t.test('K13: what is no id of OroCRM\'s is not asked for', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    const sent = world.requests.length;
    for (const kind of ['contact', 'task', 'event'] as const) {
      for (const id of ['abc', '', '1/../2', '7 OR 1']) t.same(await entityOf(kind).get(session, id), { id, absent: 'hidden' });
    }
    t.equal(world.requests.length, sent);
    t.same(await entityOf('contact').get(session, '99999999999'), { id: '99999999999', absent: 'deleted' });
  });

  t.test('D3: a list of events that is a text of no length is a list of none', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    world.between = async (request, answer) => (new URL(request.url).pathname.endsWith('calendarevents.json') ? json(200, '') : answer());
    const { seen, alive } = await world.pull(session, 'event');
    t.same([seen, alive], [[], []]);
    world.between = async (request, answer) => (new URL(request.url).pathname.endsWith('calendarevents.json') ? new Response('', { status: 200 }) : answer());
    world.forget('event');
    await fails(t, () => world.pull(session, 'event'), 'unavailable', /not a list/);
  });

  t.test('R4: a lost creation is found by what OroCRM made of it, among however many', async (t) => {
    const world = createWorld({ data: { contacts: Array.from({ length: 5 }, () => ({ firstName: 'Ada', phones: ['1'] })) } });
    const session = await world.connect({ pageSize: 2 });
    world.simulator.admin.recalculateActivity();
    const since = world.now;
    const marked = { ...blankContact, firstName: 'Ada\u200e', lastName: '\u200fByron', phones: ['\u202a+43 1\u202c', ' \u200b'], primaryPhone: '\u202a+43 1\u202c' };
    const nameless = { ...blankContact, phones: ['555-1, ext. 2'], primaryPhone: '555-1, ext. 2' };
    const same = { ...blankContact, firstName: 'Ada', phones: ['7'], primaryPhone: '7' };
    for (const [index, record] of [marked, nameless, same].entries()) {
      const create = { op: 'create', key: `k${index}`, record } as const;
      world.simulator.admin.faults.add({ match: { method: 'POST', path: '/api/contacts' }, action: { type: 'drop-after' } });
      t.match(await world.push(session, 'contact', create), { status: 'failed', failure: { maybeDone: true } });
      t.match(await entityOf('contact').find(session, create, since), [{ id: String(6 + index) }], `${index}`);
    }
    const call = { op: 'create', key: 'k', record: { ...blankTask, subject: 'Call\u200e' } } as const;
    world.simulator.admin.faults.add({ match: { method: 'POST', path: '/api/tasks' }, action: { type: 'drop-after' } });
    await world.push(session, 'task', call);
    t.match(await entityOf('task').find(session, call, since), [{ id: '1' }]);
  });

  t.test('M2: texts of any length and alphabet arrive', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    const record = { ...blankContact, firstName: '\u{1f600}'.repeat(100), lastName: '\u{20000}\u00e9e\u0301', description: `${'\u{1f600}x'.repeat(50_000)}.` };
    const written = await world.push(session, 'contact', { op: 'create', key: 'k', record });
    t.match(written, { status: 'stored', seen: { record: { firstName: record.firstName, lastName: record.lastName } } });
    t.equal(written.status === 'stored' && isPresent(written.seen) && written.seen.record.description === record.description, true);
  });

  t.test('D10: an event that is not found when it is deleted is asked for once more', async (t) => {
    const world = createWorld({ data: { events: [meeting('E', '2026-11-24')] } });
    const session = await world.connect();
    const [seen] = (await world.pull(session, 'event')).seen;
    if (seen === undefined || !isPresent(seen)) throw new Error('not seen');
    const write = { op: 'delete', key: 'k', id: '1', ifVersion: seen.version } as const;
    world.between = async (request, answer) => {
      if (request.method !== 'DELETE') return answer();
      world.simulator.admin.setSwitch('webApiEnabled', false);
      return answer();
    };
    t.match(await world.push(session, 'event', write), { status: 'failed', failure: { kind: 'config' } });
    world.simulator.admin.setSwitch('webApiEnabled', true);
    t.equal(world.simulator.admin.listEvents().length, 1);
  });

  t.test('G7: what is wrong with an event is said, also when it is about no field', async (t) => {
    const world = createWorld();
    const session = await world.connect();
    const bodies: readonly [body: unknown, message: RegExp][] = [
      [{ code: 400, message: 'Validation Failed', errors: { errors: ['This form should not contain extra fields: "x".'], children: { title: [] } } }, /extra fields/],
      [{ error: 'Only events of a user calendar' }, /Only events/],
      [{ code: 400, message: 'Invalid json message received' }, /Invalid json/],
    ];
    for (const [body, message] of bodies) {
      world.between = async (request, answer) => (request.method === 'POST' ? json(400, body) : answer());
      const record = { ...blankEvent, title: 'E', start: '2026-11-24T10:00:00Z', end: '2026-11-24T11:00:00Z' };
      t.match(await world.push(session, 'event', { op: 'create', key: 'k', record }), { status: 'rejected', message });
    }
  });
});

t.test('R11: a kind the role may not view is left alone; the others go on', async (t) => {
  const world = createWorld({ data: { contacts: people(1), tasks: [{ subject: 'T' }] } });
  const session = await world.connect();
  const denied = { errors: [{ status: '403', title: 'access denied exception', detail: 'No access to this type of entities.' }] };
  world.between = async (request, answer) => (new URL(request.url).pathname === '/api/tasks' ? json(403, denied, 'application/vnd.api+json') : answer());
  await fails(t, () => world.pull(session, 'task'), 'unsupported', /may not view tasks/);
  t.same(ids((await world.pull(session, 'contact')).seen), ['1']);
});

t.test('R11: a role that may not read the list of countries has those of ISO', async (t) => {
  const world = createWorld();
  world.between = async (request, answer) => (new URL(request.url).pathname === '/api/countries' ? json(403, { errors: [{ status: '403', title: 'access denied exception' }] }, 'application/vnd.api+json') : answer());
  const { geography } = await world.connect();
  t.same(['Österreich', 'Austria', 'at', 'USA', 'Nowhere'].map(geography.country), ['AT', 'AT', 'AT', 'US', undefined]);
});

t.test('R8: a user that was disabled is a matter of signing in, in OroCRM\'s words', async (t) => {
  const world = createWorld();
  world.between = async (request, answer) => (new URL(request.url).pathname === '/oauth2-token' ? json(400, { error: 'invalid_grant', error_description: 'The user credentials were incorrect.', hint: 'Account is disabled.' }) : answer());
  await fails(t, () => world.connect(), 'auth', /Account is disabled/);
});

async function fails(t: Test, run: () => Promise<unknown>, kind: Failure['kind'], message: RegExp): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    t.equal(error.kind, kind, error.message);
    t.match(error.message, message);
    return error;
  }
  throw new Error(`expected a failure of kind ${kind}`);
}
