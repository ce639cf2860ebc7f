import type { Test } from 'tap';
import { StoreError, type EntriesOptions, type Json, type LogEntry, type Space, type Store, type StoreErrorCode, type UserStore } from '../src/index.ts';

/** How the suite gets stores of one kind. */
export interface StoreWorld {
  /** A new, empty store of hub `hub-1`; closed by whoever runs the suite. */
  create(t: Test): Promise<Store>;
  /** Closes the store and opens what it left behind. */
  reopen(store: Store): Promise<Store>;
}

/** Texts that are near misses of each other, in the order in which keys must come. */
const awkward = [
  '', '\u0000', '\u0000\u0000', '\u0001', ' ', '/', 'a', 'a\u0000', 'a\u0000b', 'a/', 'a/b', 'aa', 'ab', 'b', 'u1', 'u1/', 'u1/x', 'u10', 'u1\u00ff',
  '__proto__', 'constructor', 'é', 'ÿ', 'Ā', '\u07ff', '\u0800', '日本', '\ud800', '\ud800a', '\ud83d', '😀', '😀/', '\udc00', '\ue000', '\uffff', '\uffff\uffff',
].sort();

/** Holds every implementation to one behaviour. */
export function storeContract(t: Test, world: StoreWorld): void {
  t.test('knows its hub and its users', async (t) => {
    const store = await world.create(t);
    t.equal(store.hubId, 'hub-1');
    t.same(await store.users(), []);
    const [first, again] = await Promise.all([store.user('u1'), store.user('u1')]);
    t.equal(first, again, 'the same object while open');
    await store.user('u10');
    t.same(await store.users(), ['u1', 'u10']);
    const reopened = await world.reopen(store);
    t.equal(reopened.hubId, 'hub-1');
    t.same(await reopened.users(), ['u1', 'u10'], 'also users who never wrote');
  });

  t.test('numbers updates from 1 and keeps them over a reopening', async (t) => {
    const store = await world.create(t);
    const user = await store.user('u');
    t.equal(user.latest(), 0);
    t.same(await all(user.log.read()), []);
    t.equal(await user.log.append([bytes(1), bytes(2)]), 2);
    t.equal(await user.commit({ updates: [bytes(), bytes(3)] }), 4, 'an empty update is one too');
    t.equal(await user.commit({}), 4, 'an empty batch changes nothing');
    t.equal(user.latest(), 4);
    const expected = [entry(1, 1), entry(2, 2), entry(3), entry(4, 3)];
    t.same(await all(user.log.read()), expected);
    t.same(await all(user.log.read(3)), expected.slice(2));
    t.same(await all(user.log.read(4)), expected.slice(3));
    t.same(await all(user.log.read(5)), []);
    t.same(await all(user.log.read(99)), []);
    t.same(await all(user.log.read(-1)), expected);

    const back = await (await world.reopen(store)).user('u');
    t.equal(back.latest(), 4);
    t.same(await all(back.log.read()), expected);
    t.equal(await back.log.append([bytes(4)]), 5);
  });

  t.test('keeps rows by space and key', async (t) => {
    const store = await world.create(t);
    const user = await store.user('u');
    const values: Json[] = [null, true, 0, -1.5, '', 'text \ud800 😀', [], [1, [null]], {}, { a: { b: ['c'] } }, JSON.parse('{"__proto__":{"x":1}}') as Json];
    await user.commit({ put: values.map((value, index) => ({ space: 'native', key: `k${index}`, value })) });
    await user.commit({ put: [{ space: 'cursor', key: 'k1', value: 'other space' }] });
    const back = await (await world.reopen(store)).user('u');
    for (const [index, value] of values.entries()) t.same(await back.get('native', `k${index}`), value);
    t.ok(Object.hasOwn((await back.get('native', 'k10')) as object, '__proto__'), 'a key of data, not a prototype');
    t.equal(await back.get('cursor', 'k1'), 'other space');
    t.equal(await back.get('cursor', 'k2'), undefined);
    t.equal(await back.get('intent', 'k1'), undefined);
    t.same(await back.getMany('native', ['k1', 'none', 'k4', 'k1']), [true, undefined, '', true]);
    t.same(await back.getMany('native', []), []);
  });

  t.test('a step is one step: updates, rows set, rows removed', async (t) => {
    const user = await (await world.create(t)).user('u');
    await user.commit({ put: [put('state', 'a', 1), put('state', 'b', 1)] });
    const number = await user.commit({
      updates: [bytes(7)],
      put: [put('state', 'b', 2), put('state', 'b', 3), put('state', 'c', 4)],
      del: [{ space: 'state', key: 'a' }, { space: 'state', key: 'c' }, { space: 'state', key: 'never there' }],
    });
    t.equal(number, 1);
    t.same(await all(user.entries('state')), [['b', 3], ['c', 4]], 'the later put counts; put wins over del');
  });

  t.test('what cannot be read back as it was given is refused, wholly', async (t) => {
    const user = await (await world.create(t)).user('u');
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const wrong: unknown[] = [undefined, () => 1, Symbol('s'), Number.NaN, Infinity, 1n, [undefined], { a: [Number.NaN] }, cyclic];
    for (const value of wrong) {
      const batch = { updates: [bytes(1)], put: [put('state', 'good', 1), put('state', 'bad', value as Json)] };
      await refused(t, user.commit(batch), 'store-bad-batch');
    }
    await refused(t, user.commit({ put: [put('toString' as Space, 'k', 1)] }), 'store-bad-batch');
    await refused(t, user.commit({ updates: ['text' as unknown as Uint8Array] }), 'store-bad-batch');
    await refused(t, user.get('nowhere' as Space, 'k'), 'store-bad-batch');
    await refused(t, all(user.entries('nowhere' as Space)), 'store-bad-batch');
    t.equal(user.latest(), 0);
    t.same(await all(user.entries('state')), []);
    t.equal(await user.commit({ updates: [bytes(1)], put: [put('state', 'k', { a: undefined } as unknown as Json)] }), 1, 'the store is fine; an absent property may be absent');
    t.same(await user.get('state', 'k'), {});
  });

  t.test('takes a copy of what it is given, and gives copies', async (t) => {
    const user = await (await world.create(t)).user('u');
    const update = bytes(1, 2);
    const value = { list: [1] };
    const done = user.commit({ updates: [update], put: [put('state', 'k', value)] });
    update.fill(9);
    value.list.push(2);
    await done;
    for await (const read of user.log.read()) {
      t.same(read, entry(1, 1, 2));
      read.update.fill(8);
    }
    t.same(await all(user.log.read()), [entry(1, 1, 2)]);
    ((await user.get('state', 'k')) as { list: number[] }).list.push(3);
    t.same(await user.get('state', 'k'), { list: [1] });
  });

  t.test('awkward keys stay apart and come in order', async (t) => {
    const store = await world.create(t);
    const user = await store.user('u');
    await user.commit({ put: [...awkward].reverse().map((key) => put('intent', key, key)) });
    await user.commit({ put: [put('cursor', 'before', 0), put('history', 'after', 0)] });
    const back = await (await world.reopen(store)).user('u');
    t.same(await keys(back), awkward);
    t.same(await keys(back, { reverse: true }), [...awkward].reverse());
    for (const key of awkward) {
      t.equal(await back.get('intent', key), key);
      const starting = awkward.filter((other) => other.startsWith(key));
      t.same(await keys(back, { prefix: key }), starting);
      t.same(await keys(back, { prefix: key, reverse: true, limit: 2 }), [...starting].reverse().slice(0, 2));
      t.same(await keys(back, { from: key }), awkward.filter((other) => other >= key));
      t.same(await keys(back, { from: key, reverse: true }), awkward.filter((other) => other <= key).reverse());
      t.same(await keys(back, { from: key, prefix: 'u1' }), awkward.filter((other) => other >= key && other.startsWith('u1')));
      t.same(await keys(back, { from: key, prefix: 'u1', reverse: true }), awkward.filter((other) => other <= key && other.startsWith('u1')).reverse());
    }
    t.same(await keys(back, { limit: 3 }), awkward.slice(0, 3));
    t.same(await keys(back, { limit: 0 }), []);
    await back.commit({ del: awkward.map((key) => ({ space: 'intent', key })) });
    t.same(await keys(back), []);
    t.same(await all(back.entries('cursor')), [['before', 0]]);
  });

  t.test('awkward users see nothing of each other', async (t) => {
    const store = await world.create(t);
    for (const id of awkward) {
      const user = await store.user(id);
      await user.commit({ updates: [Buffer.from(id, 'utf16le')], put: [put('native', id, id), put('native', 'same', id)] });
    }
    const back = await world.reopen(store);
    t.same(await back.users(), awkward);
    for (const id of awkward) {
      const user = await back.user(id);
      t.equal(user.latest(), 1);
      t.same(await all(user.log.read()), [{ number: 1, update: Uint8Array.from(Buffer.from(id, 'utf16le')) }]);
      t.same(await all(user.entries('native')), [[id, id], ['same', id]].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
    }
  });

  t.test('compaction replaces the beginning of the log', async (t) => {
    const store = await world.create(t);
    const user = await store.user('u');
    const neighbour = await store.user('u1');
    await neighbour.log.append([bytes(50), bytes(51), bytes(52)]);
    t.equal(await user.log.snapshot(), undefined);
    await refused(t, user.log.compact(entry(1)), 'store-bad-batch');
    await user.log.append([bytes(1), bytes(2), bytes(3), bytes(4)]);
    await user.log.compact(entry(2, 10));
    t.same(await user.log.snapshot(), entry(2, 10));
    t.same(await all(user.log.read()), [entry(3, 3), entry(4, 4)]);
    t.same(await all(user.log.read(4)), [entry(4, 4)]);
    for (const number of [0, 1, 5, 2.5, -1, Number.NaN]) await refused(t, user.log.compact(entry(number)), 'store-bad-batch');
    await user.log.compact(entry(2, 11));
    t.same(await user.log.snapshot(), entry(2, 11), 'the same point again');
    await user.log.compact(entry(4, 12));
    t.equal(user.latest(), 4, 'the number survives');
    t.same(await all(user.log.read()), []);
    const back = await (await world.reopen(store)).user('u');
    t.equal(back.latest(), 4);
    t.same(await back.log.snapshot(), entry(4, 12));
    t.equal(await back.log.append([bytes(5)]), 5);
    t.same(await all(back.log.read()), [entry(5, 5)]);
  });

  t.test('steps handed over at once take effect in their order', async (t) => {
    const store = await world.create(t);
    const users = await Promise.all(['u1', 'u10', 'u2'].map((id) => store.user(id)));
    const numbers = await Promise.all(
      [...Array(60).keys()].map((index) => pick(users, index).commit({ updates: [bytes(index)], put: [put('state', 'last', index)] })),
    );
    t.same(numbers, [...Array(60).keys()].map((index) => Math.floor(index / 3) + 1));
    for (const [place, user] of users.entries()) {
      t.same((await all(user.log.read())).map(({ update }) => update[0]), [...Array(20).keys()].map((index) => index * 3 + place));
      t.equal(await user.get('state', 'last'), 57 + place);
    }
    const user = pick(users, 0);
    const mixed = await Promise.allSettled([
      user.commit({ put: [put('state', 'last', 'a')] }),
      user.log.compact(entry(20, 99)),
      user.log.compact(entry(19, 98)),
      user.commit({ updates: [bytes(1)], del: [{ space: 'state', key: 'last' }] }),
    ]);
    t.same(mixed.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'], 'one that is refused does not harm its neighbours');
    t.same([user.latest(), await user.get('state', 'last'), await all(user.entries('state'))], [21, undefined, []]);
  });

  t.test('a read sees one moment', async (t) => {
    const user = await (await world.create(t)).user('u');
    await user.commit({ updates: [bytes(1), bytes(2), bytes(3)], put: [put('state', 'a', 1), put('state', 'b', 1)] });
    const log = user.log.read()[Symbol.asyncIterator]();
    const rows = user.entries('state')[Symbol.asyncIterator]();
    t.same((await log.next()).value, entry(1, 1));
    t.same((await rows.next()).value, ['a', 1]);
    await user.commit({ updates: [bytes(4)], put: [put('state', 'b', 2), put('state', 'c', 2)] });
    await user.log.compact(entry(3, 9));
    t.same([await rest(log), await rest(rows)], [[entry(2, 2), entry(3, 3)], [['b', 1]]]);
  });

  t.test('values of many sizes', async (t) => {
    const store = await world.create(t);
    const user = await store.user('u');
    const sizes = [0, 1, 100, 10_000, 100_000, 3_000_000];
    await user.commit({ updates: sizes.map((size) => new Uint8Array(size).fill(7)), put: sizes.map((size) => put('native', `s${size}`, 'é'.repeat(size))) });
    const back = await (await world.reopen(store)).user('u');
    t.same((await all(back.log.read())).map(({ update }) => update.length), sizes);
    for (const size of sizes) t.equal(await back.get('native', `s${size}`), 'é'.repeat(size));
  });

  t.test('closing finishes what was handed over, and refuses what comes later', async (t) => {
    const store = await world.create(t);
    const user = await store.user('u');
    const pending = [user.commit({ updates: [bytes(1)] }), user.commit({ updates: [bytes(2)] })];
    const closing = store.close();
    const late = user.commit({ updates: [bytes(3)] });
    await refused(t, late, 'store-closed');
    t.same(await Promise.all(pending), [1, 2]);
    await closing;
    await store.close();
    for (const attempt of [
      () => user.commit({ updates: [bytes(3)] }), () => user.get('state', 'k'), () => all(user.entries('state')), () => all(user.log.read()),
      () => user.log.snapshot(), () => user.log.compact(entry(1)), () => store.user('u'), () => store.users(),
    ]) {
      await refused(t, attempt(), 'store-closed');
    }
    t.equal((await (await world.reopen(store)).user('u')).latest(), 2);
  });
}

/** Asserts that an attempt fails with a `StoreError` of this code; gives its message. */
export async function refused(t: Test, attempt: Promise<unknown>, code: StoreErrorCode): Promise<string> {
  const error: unknown = await attempt.then(() => undefined, (reason: unknown) => reason);
  t.ok(error instanceof StoreError, `refused with ${code}`);
  t.equal(error instanceof StoreError ? error.code : error, code);
  return error instanceof Error ? error.message : '';
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of source) found.push(item);
  return found;
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function put(space: Space, key: string, value: Json): { space: Space; key: string; value: Json } {
  return { space, key, value };
}

export function entry(number: number, ...values: number[]): LogEntry {
  return { number, update: bytes(...values) };
}

async function keys(user: UserStore, options?: EntriesOptions): Promise<string[]> {
  const found = await all(user.entries('intent', options));
  return found.map(([key, value]) => {
    if (key !== value) throw new Error(`key ${JSON.stringify(key)} came with the value of ${JSON.stringify(value)}`);
    return key;
  });
}

async function rest<T>(iterator: AsyncIterator<T>): Promise<T[]> {
  const found: T[] = [];
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) found.push(next.value);
  return found;
}

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
