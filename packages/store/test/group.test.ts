import t from 'tap';
import { initStore, nodeEnv, openStore, type LevelDb, type StoreEnv } from '../src/index.ts';
import { all, bytes, entry, put, refused } from './contract.ts';

/** LevelDB with its batches counted, and failing when told to. */
function watched(): { env: StoreEnv; batches: { size: number; flushed: boolean }[]; fail: { next: boolean } } {
  const batches: { size: number; flushed: boolean }[] = [];
  const fail = { next: false };
  const wrapLevel = (level: LevelDb): LevelDb =>
    new Proxy(level, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name !== 'batch') return member.bind(target) as unknown;
        return (operations: unknown[], options?: { sync?: boolean }): unknown => {
          if (fail.next) return Promise.reject(Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' }));
          batches.push({ size: operations.length, flushed: options?.sync === true });
          return member.call(target, operations, options) as unknown;
        };
      },
    });
  return { env: { ...nodeEnv(), wrapLevel }, batches, fail };
}

t.test('steps of all users that wait together go to disk in one flushed batch', async (t) => {
  const { env, batches } = watched();
  const store = await initStore(`${t.testdir()}/store`, { hubId: 'hub-1', env });
  const users = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => store.user(id)));
  t.equal(batches.length, 1, 'five users created in one');
  batches.length = 0;
  await Promise.all(users.flatMap((user) => [...Array(20).keys()].map((index) => user.commit({ updates: [bytes(index)], put: [put('state', 'k', index)] }))));
  t.equal(batches.length, 1, 'a hundred steps in one');

  batches.length = 0;
  const [user] = users;
  if (user === undefined) throw new Error('no user');
  const first = user.commit({ updates: [bytes(1)] });
  await Promise.resolve();
  await Promise.resolve();
  const later = [...Array(50).keys()].map((index) => user.commit({ updates: [bytes(index)] }));
  await Promise.all([first, ...later]);
  t.equal(batches.length, 2, 'what comes while a write is under way waits for the next one');

  batches.length = 0;
  for (let index = 0; index < 5; index++) await user.commit({ updates: [bytes(index)] });
  t.equal(batches.length, 5, 'nobody waits for company');
  await Promise.all(users.map((each) => each.commit({})));
  t.equal(batches.length, 5, 'an empty step writes nothing');
  t.ok(batches.every(({ flushed }) => flushed));
  await store.close();
});

t.test('a group is bounded', async (t) => {
  const { env, batches } = watched();
  const store = await initStore(`${t.testdir()}/store`, { hubId: 'hub-1', env });
  const user = await store.user('u');
  batches.length = 0;
  await Promise.all([...Array(600).keys()].map((index) => user.commit({ updates: [bytes(index % 256)] })));
  t.equal(batches.length, 3);
  t.equal(user.latest(), 600);
  await store.close();
});

t.test('after a write that failed nothing is written any more, reading goes on, and a new opening writes again', async (t) => {
  const dir = `${t.testdir()}/store`;
  const { env, fail, batches } = watched();
  const store = await initStore(dir, { hubId: 'hub-1', env });
  const [user, other] = [await store.user('u'), await store.user('v')];
  await user.commit({ updates: [bytes(1)], put: [put('state', 'k', 1)] });
  fail.next = true;
  const group = [user.commit({ updates: [bytes(2)], put: [put('state', 'k', 2)] }), other.commit({ updates: [bytes(1)] })];
  for (const step of group) t.match(await refused(t, step, 'store-write-failed'), 'No space left');
  fail.next = false; // Space again: LevelDB itself would go on failing.
  const before = batches.length;
  await refused(t, user.commit({ updates: [bytes(2)] }), 'store-write-failed');
  await refused(t, user.log.compact(entry(1)), 'store-write-failed');
  await refused(t, store.user('new'), 'store-write-failed');
  t.equal(batches.length, before, 'not even tried');
  t.same([user.latest(), await user.get('state', 'k'), await all(user.log.read()), other.latest()], [1, 1, [entry(1, 1)], 0]);
  await store.close();

  const again = await openStore(dir, { env });
  t.same(await again.users(), ['u', 'v']);
  t.equal(await (await again.user('u')).commit({ updates: [bytes(2)] }), 2);
  await again.close();
});
