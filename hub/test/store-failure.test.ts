// What the hub does while the disk refuses: nothing is written anywhere, it says so, and it goes on by itself.
import t from 'tap';
import { MemoryDisk, memoryStore, StoreError, type Store } from '@syncline/store';
import { turn } from './fake-clock.ts';
import { ended, host, hubWorld, type HubWorld } from './hub-world.ts';

/** A disk that can be full, and the store on it. */
function fullable(): { readonly open: () => Store; readonly disk: { isFull: boolean; opened: number } } {
  const memory = new MemoryDisk();
  const disk = { isFull: false, opened: 0 };
  return {
    disk,
    open: () => {
      disk.opened += 1;
      return memoryStore({ hubId: 'test', disk: memory, beforeWrite: async () => { if (disk.isFull) throw new Error('No space left on device'); } });
    },
  };
}

async function readiness({ hub }: HubWorld): Promise<number> {
  return (await hub.app.inject({ url: '/readyz', headers: host })).statusCode;
}

t.test('R4 R5 a full disk: not ready, no further request to a service; room again: it goes on, without a duplicate', async (t) => {
  const world = await hubWorld();
  t.teardown(() => world.hub.close());
  const { open, disk } = fullable();
  await world.start({ store: open(), reopen: async () => {
    if (disk.isFull) throw new StoreError('store-write-failed', 'the file OWNER cannot be written: No space left on device');
    return open();
  } });
  t.equal(await readiness(world), 200);
  world.orocrm.admin.createContact({ firstName: 'Ada', lastName: 'Byron' });
  disk.isFull = true;
  const broken = ended(world);
  await world.clock.advance(30_000);
  await broken;
  t.equal(await readiness(world), 503);
  t.equal(world.graph.admin.listContacts().length, 0, 'no native write before its intent is on disk');
  const { live } = world.hub.users.get('me') ?? {};
  t.match(live?.status.last?.sentence, /^The cycle broke off; the next one goes on where it was: a write failed/);

  const sent = world.sent();
  await world.clock.advance(300_000);
  t.equal(world.sent(), sent, 'cycles rest');
  t.match(live?.status.last?.sentence, /^The data folder is out of use: .*goes on by itself.*: nothing was written\.$/);
  t.equal(world.logs.filter((line) => line.includes('The data folder')).length, 2, 'each cause is logged once, not once an attempt');
  const preview = await world.hub.app.inject({ method: 'POST', url: '/api/v1/preview', headers: { ...host, authorization: `Bearer ${world.hub.ownToken}` } });
  t.match([preview.statusCode, preview.json()], [502, { error: /out of use/ }]);

  disk.isFull = false;
  const back = ended(world);
  await world.clock.advance(15_000);
  await back;
  t.equal(await readiness(world), 200, 'within fifteen seconds');
  t.equal(disk.opened, 2);
  t.match(world.graph.admin.listContacts(), [{ givenName: 'Ada' }]);
  t.match(live?.status.last, { settled: true, trigger: 'start' });
});

t.test('a folder that is damaged is not tried again: a person has to look', async (t) => {
  const world = await hubWorld();
  const { open, disk } = fullable();
  let tried = 0;
  await world.start({ store: open(), reopen: async () => {
    tried += 1;
    throw new StoreError('store-damaged', 'the log ends at 3');
  } });
  disk.isFull = true;
  world.orocrm.admin.createTask({ subject: 'Call Ada' });
  const broken = ended(world);
  await world.clock.advance(30_000);
  await broken;
  await world.clock.advance(3_600_000);
  t.equal(tried, 1);
  t.equal(await readiness(world), 503);
  await world.hub.close();
  await world.clock.advance(3_600_000);
  await turn();
  t.equal(tried, 1, 'and not after the end');
});
