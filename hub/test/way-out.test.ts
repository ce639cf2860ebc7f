import t from 'tap';
import { wayOut } from '../src/way-out.ts';

const request = new Request('http://crm.test/api/contacts');

/** An answer that has begun: `more` adds to its body, which never ends by itself. */
function begun(): { readonly answer: Response; readonly more: (bytes: number) => void } {
  let more = (_bytes: number): void => undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (more = (bytes) => void controller.enqueue(new Uint8Array(bytes))) });
  return { answer: new Response(body, { status: 200 }), more: (bytes) => more(bytes) };
}

t.test('an answer comes through with status, headers and body, and one without a body too', async (t) => {
  const answers = [new Response('{"a":1}', { status: 201, statusText: 'Created', headers: { date: 'today' } }), new Response(null, { status: 204 })];
  const { fetch } = wayOut({ fetch: async () => answers.shift() ?? Response.error(), log: () => undefined });
  const first = await fetch(request);
  t.strictSame([first.status, first.statusText, first.headers.get('date'), await first.json()], [201, 'Created', 'today', { a: 1 }]);
  const second = await fetch(request);
  t.strictSame([second.status, second.body], [204, null]);
});

t.test('cutting off reaches an answer whose headers came and whose body does not', async (t) => {
  const { answer, more } = begun();
  const { fetch, cut } = wayOut({ fetch: async () => answer, log: () => undefined });
  const asked = fetch(request);
  more(10);
  await new Promise((resolve) => void setImmediate(resolve));
  cut();
  await t.rejects(asked);
  await t.rejects(fetch(request), /ending/, 'nothing is sent any more');
});

t.test('an answer without end is cut off at the limit, and the log says whose it was', async (t) => {
  const { answer, more } = begun();
  const logs: string[] = [];
  let signal: AbortSignal | undefined;
  const { fetch } = wayOut({ fetch: async (sent) => ((signal = sent.signal), answer), log: (line) => void logs.push(line) }, 100);
  const asked = fetch(request);
  more(100);
  more(1);
  await t.rejects(asked, /too large/);
  t.equal(signal?.aborted, true, 'the connection is not read any further');
  t.match(logs, [/crm\.test was cut off: it is larger than 100 bytes/]);
});

t.test('S15 a refusal that quotes our token comes without it', async (t) => {
  const asked = new Request(request, { headers: { authorization: 'Bearer abc.def-123' } });
  const answers = [Response.json({ errors: [{ detail: 'got Bearer abc.def-123, twice abc.def-123' }] }, { status: 400 }), new Response(null, { status: 401 })];
  const { fetch } = wayOut({ fetch: async () => answers.shift() ?? Response.error(), log: () => undefined });
  t.strictSame(await (await fetch(asked)).json(), { errors: [{ detail: 'got Bearer (hidden), twice (hidden)' }] });
  t.equal((await fetch(asked)).status, 401);
});

t.test('a body that breaks off is no answer', async (t) => {
  const broken = new Response(new ReadableStream({ start: (controller) => void controller.error(new TypeError('terminated')) }));
  const { fetch } = wayOut({ fetch: async () => broken, log: () => undefined });
  await t.rejects(fetch(request), /terminated/);
});
