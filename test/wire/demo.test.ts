// The demo as a person starts it: a process of its own, real sockets, real signals; intervals of a second.
import type { StatusEvent, UserStatus } from '@syncline/hub';
import t, { type Test } from 'tap';
import { WebSocket } from 'ws';
import { graphApi, newLink, oroApi, ownToken, startDemo, type Demo } from './demo-process.ts';

interface Page {
  readonly first: UserStatus;
  /** Resolves with the first event from now on that fits. */
  readonly until: (fits: (event: StatusEvent) => boolean) => Promise<StatusEvent>;
}

/** What the page does: turns the link into a cookie and opens the socket with it. */
async function openPage(t: Test, { url, signIn }: Demo): Promise<Page> {
  const code = new URL(signIn).searchParams.get('code');
  const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', headers: { origin: url, 'content-type': 'application/json' }, body: JSON.stringify({ code }) });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/status`, ['syncline.v1'], { headers: { cookie, origin: url } });
  t.teardown(() => socket.terminate());
  const waiting = new Set<{ readonly fits: (event: StatusEvent) => boolean; readonly found: (event: StatusEvent) => void }>();
  const first = await new Promise<UserStatus>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as StatusEvent | { readonly type: 'state'; readonly users: readonly UserStatus[] };
      if (message.type === 'state') {
        const [user] = message.users;
        if (user !== undefined) resolve(user);
        return;
      }
      for (const one of waiting) {
        if (!one.fits(message)) continue;
        waiting.delete(one);
        one.found(message);
      }
    });
  });
  return { first, until: (fits) => new Promise((found) => void waiting.add({ fits, found })) };
}

const isQuiet = (event: StatusEvent): boolean => event.type === 'cycle-ended' && event.last?.settled === true && event.last.writes.orocrm + event.last.writes.outlook === 0;

t.test('S5 a change through either API shows on the other side and on the page; stopped and started again, nothing is written', async (t) => {
  const folder = t.testdir();
  const demo = await startDemo(t, folder);
  const page = await openPage(t, demo);
  await page.until(isQuiet);

  await t.test('OroCRM to Outlook', async (t) => {
    const told = page.until((event) => event.type === 'record' && event.line.label === 'Zoe Wirewright' && event.line.side === 'outlook');
    const oro = await oroApi(demo);
    await oro('POST', '/api/contacts', { data: { type: 'contacts', attributes: { firstName: 'Zoe', lastName: 'Wirewright' } } });
    t.match(await told, { line: { op: 'create', kind: 'contact', rules: [/^[A-Z]\d+/] } });
    const graph = await graphApi(demo);
    t.match((await graph('GET', `/contacts?$filter=surname eq 'Wirewright'`)).value, [{ givenName: 'Zoe' }]);
  });

  await t.test('Outlook to OroCRM', async (t) => {
    const told = page.until((event) => event.type === 'record' && event.line.label === 'Call Zoe Wirewright' && event.line.side === 'orocrm');
    const graph = await graphApi(demo);
    const [list] = (await graph('GET', '/todo/lists')).value;
    await graph('POST', `/todo/lists/${list?.id ?? ''}/tasks`, { title: 'Call Zoe Wirewright', importance: 'high' });
    t.match(await told, { line: { op: 'create', kind: 'task' } });
    const oro = await oroApi(demo);
    t.match((await oro('GET', '/api/tasks?sort=-id&page[size]=1')).data, [{ attributes: { subject: 'Call Zoe Wirewright' } }]);
  });

  await page.until(isQuiet);
  const before = await everything(demo);
  const stopped = Date.now();
  t.equal(await demo.end('SIGTERM'), 0, 'a clean end');
  t.ok(Date.now() - stopped < 10_000, 'within ten seconds');

  const again = await startDemo(t, folder);
  const secondPage = await openPage(t, again);
  // The first cycle may have ended before the page was there; every one that ends counts.
  const last = secondPage.first.last ?? (await secondPage.until((event) => event.type === 'cycle-ended'));
  t.match('last' in last ? last.last : last, { settled: true, writes: { orocrm: 0, outlook: 0 } });
  await secondPage.until(isQuiet);
  t.strictSame(await everything(again), before, 'not a record was touched');
  t.equal(await again.end('SIGINT'), 0);

  const fresh = await startDemo(t, folder, ['--fresh', '--seed', '2']);
  const freshPage = await openPage(t, fresh);
  await freshPage.until(isQuiet);
  const oro = await oroApi(fresh);
  t.strictSame((await oro('GET', `/api/contacts?filter[lastName]=Wirewright`)).data, [], '--fresh begins anew');
  t.equal(await fresh.end('SIGTERM'), 0);
});

t.test('R4 R5 killed in the middle of the first sync: the next start finishes it, without a duplicate or a loss', async (t) => {
  const folder = t.testdir();
  const demo = await startDemo(t, folder);
  const page = await openPage(t, demo);
  let written = page.first.lines.length;
  await page.until((event) => event.type === 'record' && (written += 1) >= 60);
  await demo.end('SIGKILL');

  const again = await startDemo(t, folder);
  const secondPage = await openPage(t, again);
  await secondPage.until(isQuiet);
  const thirdPage = await openPage(t, { ...again, signIn: await newLink(again, await ownToken(folder)) });
  t.strictSame(thirdPage.first.records?.linked, { contact: 197, task: 60, event: 112 }, 'as many as without the kill');
  const { contacts, people } = await everything(again);
  t.equal(contacts.length, 197, 'OroCRM has nobody twice and nobody less');
  t.equal(people.length, 200);
  t.equal(await again.end('SIGTERM'), 0);
});

/** Every record of both services with its time of change. */
async function everything(demo: Demo): Promise<{ readonly contacts: readonly object[]; readonly tasks: readonly object[]; readonly people: readonly object[]; readonly meetings: readonly object[] }> {
  const [oro, graph] = [await oroApi(demo), await graphApi(demo)];
  const [contacts, tasks] = await Promise.all([oro('GET', '/api/contacts?page[size]=-1&sort=id&fields[contacts]=updatedAt'), oro('GET', '/api/tasks?page[size]=-1&sort=id&fields[tasks]=updatedAt')]);
  const [people, meetings] = await Promise.all([graph('GET', '/contacts?$top=999&$select=lastModifiedDateTime'), graph('GET', '/events?$top=999&$select=lastModifiedDateTime')]);
  return { contacts: contacts.data, tasks: tasks.data, people: people.value, meetings: meetings.value };
}
