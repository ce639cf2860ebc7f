import t from 'tap';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { site, start } from './cli-world.ts';

t.test('D9 a data folder that was copied is said in the log and writes nothing; --restored says it where nothing shows it', async (t) => {
  const here = await site();
  t.teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true, force: true });
  });
  here.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  const config = await here.write(here.config);
  t.equal(await start(here.folder, ['sync', '--config', config, '--yes']).code, 0);
  t.equal(here.graph.admin.listContacts().length, 1);

  await cp(join(here.folder, 'data'), join(here.folder, 'restored'), { recursive: true });
  await here.write({ ...here.config, data: join(here.folder, 'restored') });
  const before = here.writes();
  const first = start(here.folder, ['sync', '--config', config]);
  t.equal(await first.code, 0);
  t.match(first.err.join('\n'), /restored is a copy: .*Generation 2 begins/);
  const second = start(here.folder, ['sync', '--config', config]);
  t.equal(await second.code, 0);
  t.notMatch(second.err.join('\n'), /Generation/);
  const hub = start(here.folder, ['hub', '--config', config, '--restored']);
  await hub.said(/Syncline is at/);
  t.equal(await hub.end(), 0);
  t.match(hub.err.join('\n'), /was said to be restored\. Generation 3 begins/);
  t.equal(here.writes(), before, 'no write');
});
