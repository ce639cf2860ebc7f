import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createOroCrmSimulator, createStateFile, listen, loadState } from '../src/index.ts';

function simulator(): ReturnType<typeof createOroCrmSimulator> {
  let seed = 1;
  return createOroCrmSimulator({ env: { now: () => Date.UTC(2026, 10, 22), random: () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647 } });
}

void t.test('a simulator behind real HTTP answers as in process, many at once', async (t) => {
  const sim = simulator();
  let changes = 0;
  const server = await listen(sim, { port: 0, onChange: () => (changes += 1) });
  t.teardown(() => server.close());
  const headers = { authorization: `Bearer ${sim.admin.issueToken()}`, accept: 'application/vnd.api+json' };
  const bodies = Array.from({ length: 50 }, (_, index) => JSON.stringify({ data: { type: 'contacts', attributes: { firstName: `N${index}`, description: 'x'.repeat(100_000) } } }));
  const statuses = await Promise.all(
    bodies.map(async (body) => {
      const response = await fetch(`${server.url}/api/contacts`, { method: 'POST', headers: { ...headers, 'content-type': 'application/vnd.api+json' }, body });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  t.strictSame(new Set(statuses), new Set([201]));
  t.strictSame([sim.admin.listContacts().length, changes], [50, 50]);
  const counted = await fetch(`${server.url}/api/contacts?page[size]=0`, { headers: { ...headers, 'x-include': 'totalCount' } });
  t.equal(counted.headers.get('x-include-total-count'), '50');
  t.match(((await counted.json()) as { links: object }).links, { self: `${server.url}/api/contacts` });
  t.equal((await fetch(`${server.url}/api/contacts/1`, { method: 'DELETE', headers })).status, 204);
  t.equal((await fetch(`${server.url}/api/contacts/1`, { method: 'HEAD', headers })).status, 405);
  sim.admin.faults.add({ action: { type: 'drop-after' } });
  await t.rejects(fetch(`${server.url}/api/contacts/2`, { method: 'DELETE', headers }), { name: 'TypeError', message: 'fetch failed' });
  t.equal(sim.admin.contact(2), undefined, 'done before the connection broke');
  await t.rejects(listen(sim, { port: Number(new URL(server.url).port) }), { code: 'EADDRINUSE' });
});

void t.test('the state file: several changes are one write, the last complete state is found again', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'state.json');
  t.equal(await loadState(path), undefined);
  let value = 0;
  let saves = 0;
  const waiting: (() => void)[] = [];
  const errors: unknown[] = [];
  const file = createStateFile({
    path,
    save: () => {
      saves += 1;
      return { value };
    },
    schedule: (_ms, run) => {
      waiting.push(run);
      return () => void waiting.splice(waiting.indexOf(run), 1);
    },
    onError: (error) => errors.push(error),
  });
  for (value = 1; value < 5; value += 1) file.changed();
  t.equal(waiting.length, 1);
  await file.flush();
  t.strictSame([await loadState(path), saves, waiting.length], [{ value: 5 }, 1, 0]);
  await file.flush();
  t.equal(saves, 1, 'nothing new, nothing written');
  await writeFile(path, 'no JSON');
  await t.rejects(loadState(path), { message: /is not JSON/ });
  value = 6;
  file.changed();
  waiting[0]?.();
  await file.flush();
  t.strictSame([JSON.parse(await readFile(path, 'utf8')), errors], [{ value: 6 }, []]);
});
