import t from 'tap';
import { initStore, MemoryDisk, memoryStore, nodeEnv, openStore, type Store } from '../src/index.ts';
import { bytes, put, refused, storeContract } from './contract.ts';

t.test('on disk', async (t) => {
  const folders = new WeakMap<Store, string>();
  const opened = (store: Store, dir: string): Store => {
    folders.set(store, dir);
    t.teardown(() => store.close());
    return store;
  };
  storeContract(t, {
    create: async (t) => {
      const dir = `${t.testdir()}/store`;
      return opened(await initStore(dir, { hubId: 'hub-1', env: nodeEnv() }), dir);
    },
    reopen: async (store) => {
      const dir = folders.get(store) ?? '';
      await store.close();
      return opened(await openStore(dir, { env: nodeEnv(), expectHubId: 'hub-1' }), dir);
    },
  });
});

t.test('in memory', async (t) => {
  const disks = new WeakMap<Store, MemoryDisk>();
  const opened = (disk: MemoryDisk): Store => {
    const store = memoryStore({ hubId: 'hub-1', disk });
    disks.set(store, disk);
    return store;
  };
  storeContract(t, {
    create: async () => opened(new MemoryDisk()),
    reopen: async (store) => {
      await store.close();
      return opened(disks.get(store) ?? new MemoryDisk());
    },
  });

  t.test('the store opened last has the disk; the one before it is as good as dead', async (t) => {
    const disk = new MemoryDisk();
    const before = await memoryStore({ disk }).user('u');
    await before.commit({ updates: [bytes(1)] });
    const pending = before.commit({ updates: [bytes(2)], put: [put('state', 'k', 1)] });
    const after = await memoryStore({ disk }).user('u');
    await refused(t, pending, 'store-closed');
    await refused(t, before.get('state', 'k'), 'store-closed');
    t.equal(after.latest(), 1);
    t.equal(await after.commit({ updates: [bytes(3)] }), 2);
  });

  t.test('after a write that failed nothing is written any more, and reading goes on', async (t) => {
    const disk = new MemoryDisk();
    let full = false;
    const store = memoryStore({ disk, beforeWrite: () => (full ? Promise.reject(new Error('disk full')) : Promise.resolve()) });
    const user = await store.user('u');
    await user.commit({ updates: [bytes(1)] });
    full = true;
    await refused(t, user.commit({ updates: [bytes(2)] }), 'store-write-failed');
    full = false;
    await refused(t, user.commit({ updates: [bytes(2)] }), 'store-write-failed');
    t.equal(user.latest(), 1);
    await store.close();
    t.equal(await (await memoryStore({ disk }).user('u')).commit({ updates: [bytes(2)] }), 2);
  });
});
