import t from 'tap';
import { rm } from 'node:fs/promises';
import { site, start, type Site } from './cli-world.ts';

type Says = (...args: string[]) => Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }>;

/** Commands on a site, each to its end. */
function speak(here: Site, file: string): Says {
  return async (...args) => {
    const running = start(here.folder, [...args, '--config', file]);
    const code = await running.code;
    return { code, out: running.out, err: running.err };
  };
}

async function withSite(teardown: (work: () => Promise<void>) => void): Promise<{ readonly here: Site; readonly file: string; readonly says: Says }> {
  const here = await site();
  teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true });
  });
  const file = await here.write({ ...here.config, enableSync: false });
  return { here, file, says: speak(here, file) };
}

t.test('G3 R10 R1 history, why, undo and resync without a hub that runs', async (t) => {
  const { here, says } = await withSite((work) => t.teardown(work));
  const { id } = here.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron', jobTitle: 'Analyst' });
  await says('sync', '--yes');
  here.orocrm.admin.updateContact(id, { jobTitle: 'Poet' });
  await says('sync');
  const { runs } = JSON.parse((await says('history', '--json')).out[0] ?? '') as { runs: readonly { run: string; counts: object }[] };
  t.match(runs, [{ counts: { update: 1 } }, { counts: { create: 1 } }], 'newest first');
  t.match((await says('history', runs[0]?.run ?? '')).out, [/^update contact "Ada Byron" in outlook \(C5\) {"jobTitle":"Analyst"} -> {"jobTitle":"Poet"}$/]);
  t.match((await says('why', String(id))).out, [/^contact "Ada Byron": OroCRM /, /Both sides hold what was agreed/]);
  t.match(await says('why', 'nobody'), { code: 2, err: [/No record has the id "nobody" on either side/] });
  t.match((await says('undo', runs[0]?.run ?? '')).out, [/^1 reversed/]);
  await says('sync');
  t.match(here.graph.admin.listContacts(), [{ jobTitle: 'Analyst' }]);
  t.match(here.orocrm.admin.listContacts(), [{ jobTitle: 'Analyst' }], 'as an edit of the person who undid');
  const before = here.writes();
  t.equal((await says('resync')).code, 0);
  t.equal((await says('sync')).code, 0);
  t.equal(here.writes(), before, 'everything was read again, nothing written');
  for (const command of ['why', 'undo', 'approve']) t.equal((await says(command)).code, 2, `${command} of nothing says what to name`);
});

t.test('A6s D8 resync: refused as a purge under relink; under classic it says what it would delete, and does it under that name', async (t) => {
  const { here, says } = await withSite((work) => t.teardown(work));
  for (const firstName of ['Ada', 'Bob']) here.orocrm.admin.createContact({ firstName });
  await says('sync', '--yes');
  const before = here.graph.admin.listContacts().map(({ id }) => id);
  t.match(await says('resync', '--purge'), { code: 2, err: [/Nothing was done: .*resync\.mode/] });
  await here.write({ ...here.config, enableSync: false, profile: 'classic' });
  const { out } = await says('resync');
  t.match(out, [/^2 contacts, 0 tasks, 0 events marked .*created in Outlook again \(A6\)/, /^Confirm it for this run under the name \S+\.$/]);
  const { purge } = JSON.parse((await says('resync', '--purge', '--json')).out[0] ?? '') as { purge: { approval: string } };
  t.ok(out[1]?.includes(purge.approval));
  await says('sync');
  t.strictSame(here.graph.admin.listContacts().map(({ id }) => id), before, 'asking deletes nothing');
  t.match(await says('resync', '--confirm', 'another'), { code: 2, err: [/the name is not that of what would be deleted now/] });
  t.match((await says('resync', '--purge', '--confirm', purge.approval)).out, [/begins with the deletions/, /2 contacts/]);
  t.equal((await says('sync')).code, 0);
  t.equal(here.graph.admin.listContacts().length, 2);
  t.notOk(here.graph.admin.listContacts().some(({ id }) => before.includes(id)));
});

t.test('D2 what is held can be approved, with a hub that runs and without', async (t) => {
  const { here, file, says } = await withSite((work) => t.teardown(work));
  const ids = ['Ada', 'Bob', 'Cleo', 'Dora', 'Emil'].map((firstName) => here.orocrm.admin.createContact({ firstName }).id);
  await says('sync', '--yes');
  const held = async (): Promise<string> => {
    const { reports } = JSON.parse((await says('sync', '--json')).out[0] ?? '') as { reports: readonly { notes: readonly { rule: string; approval?: string }[] }[] };
    return reports[0]?.notes.find(({ rule }) => rule === 'D2')?.approval ?? '';
  };
  for (const id of ids.slice(0, 3)) here.orocrm.admin.deleteContact(id);
  const first = await held();
  t.equal(here.graph.admin.listContacts().length, 5);
  t.equal((await says('sync', '--approve', first)).code, 0);
  t.equal(here.graph.admin.listContacts().length, 2);
  here.orocrm.admin.deleteContact(ids[3] ?? 0);
  const second = await held();
  const hub = start(here.folder, ['hub', '--config', file]);
  await hub.said(/Sign in once/);
  t.equal((await says('approve', second)).code, 0);
  t.match((await says('sync', '--json')).out[0], /"settled":true/);
  t.equal(here.graph.admin.listContacts().length, 1);
  t.match((await says('history')).out, [/delete/, /delete/, /create/]);
  t.match((await says('sync', '--approve', second)).err, [/syncline approve/]);
  t.equal(await hub.end(), 0);
});
