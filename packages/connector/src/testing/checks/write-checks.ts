import { sameJson, type AnyView, type Json } from '@syncline/core';
import { isPresent, type Mark } from '../../record.ts';
import { explain, kept, storedIn, type Bench } from '../bench.ts';
import { Skipped, type Check } from '../check.ts';
import { ensure, ensurePlain, ensureShows, show } from '../expect.ts';
import { changes, sample } from '../samples.ts';
import { ensureSameIds } from './pull-checks.ts';

const noMarks: Check['notClaimed'] = ({ marks }) => (marks ? undefined : 'this kind carries no marks');

/** Writing: what is stored, what is left alone, what is answered. */
export const writeChecks: readonly Check[] = [
  {
    id: 'W1',
    what: 'a create is answered with the record as stored: it reads as sent, `get` and people see the same',
    why: 'the answer becomes the base; what it does not show is taken for an edit, or never noticed',
    run: async (bench) => {
      for (const n of [1, 2, 3]) {
        const stored = await bench.create(bench.sample(n));
        ensurePlain(stored, 'the answer');
        ensureShows(bench.kind, bench.view(stored.record), bench.sample(n), 'the answer to a create');
        ensureShows(bench.kind, await bench.look(stored.id), bench.sample(n), 'what people see of it');
        const read = await bench.present(stored.id);
        ensure(read.version === stored.version, `the answer to a create has version ${show(stored.version)}, and get ${show(read.version)}`);
        ensure(sameJson(read.record, stored.record), `the answer to a create shows ${show(stored.record)}, and get ${show(read.record)}`);
      }
    },
  },
  {
    id: 'W2',
    what: 'two creates with two keys make two records, even of the same content',
    why: 'two people have one name; the key names the intent, not the content',
    run: async (bench) => {
      const first = await bench.create(bench.sample(1));
      const second = await bench.create(bench.sample(1));
      ensure(first.id !== second.id, 'the second record is the first');
      ensureSameIds((await bench.readAll()).news.map(({ id }) => id), [first.id, second.id], 'everything');
    },
  },
  {
    id: 'W3',
    what: 'an update is answered with the record as stored: the change is in it, and nothing else has changed',
    why: 'the answer becomes the base',
    run: async (bench) => {
      const { id } = await bench.create(bench.sample(1));
      let wanted: AnyView = bench.sample(1) as AnyView;
      for (const change of changes(bench.kind, bench.world.now())) {
        wanted = { ...wanted, ...(bench.only(change) as AnyView) };
        const stored = await bench.update(id, change);
        ensure(stored.id === id, 'the answer to an update is about another record');
        ensureShows(bench.kind, bench.view(stored.record), wanted, 'the answer to an update');
        ensureShows(bench.kind, await bench.look(id), wanted, 'what people see after an update');
        const read = await bench.present(id);
        ensure(read.version === stored.version, `the answer to an update has version ${show(stored.version)}, and get ${show(read.version)}`);
        ensure(sameJson(read.record, stored.record), `the answer to an update shows ${show(stored.record)}, and get ${show(read.record)}`);
      }
    },
  },
  {
    id: 'W4',
    what: 'what no field is mapped to survives an update',
    why: 'a person keeps more on a record than a sync knows of',
    needs: ['create', 'aside'],
    run: async (bench) => {
      const [id = ''] = await bench.people(1);
      await bench.service.aside.put(bench.kind, id, 'kept by hand');
      await bench.pull();
      for (const change of changes(bench.kind, bench.world.now())) await bench.update(id, change);
      const found = await bench.service.aside.read(bench.kind, id);
      ensure(found === 'kept by hand', `a part that is not mapped was "kept by hand" and is ${show(found)}`);
    },
  },
  {
    id: 'W5',
    what: 'an update sends only what differs from its base',
    why: 'a value somebody changed a moment ago would be put back (G5)',
    needs: ['create', 'edit'],
    run: async (bench) => {
      const [id = ''] = await bench.people(1);
      await bench.pull();
      const [ours, theirs] = changes(bench.kind, bench.world.now());
      const write = bench.updateWrite(id, ours);
      bench.wait();
      await bench.service.edit(bench.kind, id, bench.only(theirs));
      // The version is the new one, the base is not: as where a read comes between.
      const { version } = await bench.present(id);
      const [written] = await bench.push([{ ...write, ifVersion: version }]);
      ensure(written?.status === 'stored' || written?.status === 'conflict', `an update is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      ensureShows(bench.kind, await bench.look(id), bench.only(written.status === 'stored' ? { ...theirs, ...ours } : theirs), 'a record that was changed twice');
    },
  },
  {
    id: 'W6',
    what: 'a stale `ifVersion` of an update is a conflict, and nothing is written',
    why: 'the other edit would be lost (R6)',
    needs: ['create', 'edit'],
    run: async (bench) => {
      const [id = ''] = await bench.people(2);
      await bench.pull();
      const [ours, theirs] = changes(bench.kind, bench.world.now());
      const write = bench.updateWrite(id, ours);
      bench.wait();
      await bench.service.edit(bench.kind, id, bench.only(theirs));
      const [written] = await bench.push([write]);
      ensure(written?.status === 'conflict', `an update with a stale version is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      const wanted = { ...bench.sample(1), ...bench.only(theirs) };
      ensureShows(bench.kind, await bench.look(id), wanted, 'the record after a conflict');
      if (written.seen === undefined) return;
      ensure(isPresent(written.seen) && written.seen.version === (await bench.present(id)).version, 'a conflict shows another record than get');
      ensureShows(bench.kind, bench.view(written.seen.record), wanted, 'the record in the conflict');
    },
  },
  {
    id: 'W7',
    what: 'a stale `ifVersion` of a deletion is a conflict, and nothing is deleted',
    why: 'somebody who edits a record wants it to live',
    needs: ['create', 'edit'],
    run: async (bench) => {
      const [id = ''] = await bench.people(2);
      await bench.pull();
      const write = bench.deleteWrite(id);
      bench.wait();
      await bench.service.edit(bench.kind, id, bench.only(changes(bench.kind, bench.world.now())[0]));
      const [written] = await bench.push([write]);
      ensure(written?.status === 'conflict', `a deletion with a stale version is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      ensure((await bench.look(id)) !== undefined, 'the record is gone after a conflict');
    },
  },
  {
    id: 'W8',
    what: 'a deletion is stored as absent, and the record is gone afterwards; others stay',
    why: 'it would come back with the next pull',
    run: async (bench) => {
      const { id } = await bench.create(bench.sample(1));
      const other = await bench.create(bench.sample(10));
      const [written] = await bench.push([bench.deleteWrite(id)]);
      ensure(written?.status === 'stored', `a deletion is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      ensure(!isPresent(written.seen) && written.seen.id === id, 'the answer to a deletion shows a record');
      ensure((await bench.look(id)) === undefined, 'people still see what was deleted');
      const seen = await bench.get(id);
      ensure(!isPresent(seen) && seen.absent === 'deleted', 'get does not say that it is deleted');
      ensureSameIds((await bench.readAll()).news.map((one) => one.id), [other.id], 'everything after a deletion');
    },
  },
  {
    id: 'W9',
    what: 'a second deletion is `gone`, and so is an update of what was deleted: nothing is made again',
    why: 'a deletion whose answer was lost is repeated; an update must not raise the dead',
    needs: ['remove'],
    run: async (bench) => {
      const { id } = await bench.create(bench.sample(1));
      const write = bench.deleteWrite(id);
      await bench.push([write]);
      const [again] = await bench.push([write]);
      ensure(again?.status === 'gone', `a second deletion is answered with ${again === undefined ? 'nothing' : explain(again)}`);
      const other = await bench.create(bench.sample(2));
      const update = bench.updateWrite(other.id, changes(bench.kind, bench.world.now())[0]);
      await bench.service.remove(bench.kind, other.id);
      const [written] = await bench.push([update]);
      ensure(written?.status === 'gone', `an update of a deleted record is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      ensureSameIds((await bench.readAll()).news.map((one) => one.id), [], 'everything');
    },
  },
  {
    id: 'W10',
    what: 'a full push is answered one by one, in order',
    why: 'an answer that is taken for another record\'s links the wrong two people',
    run: async (bench) => {
      const size = Math.min(bench.entity.caps.writesPerPush, 20);
      const written = await bench.push(Array.from({ length: size }, (_, index) => bench.createWrite(bench.sample(index + 1))));
      const made = written.map((one, index) => {
        const stored = storedIn(one, `create ${index + 1} of ${size}`);
        ensureShows(bench.kind, bench.view(stored.record), bench.sample(index + 1), `answer ${index + 1} of ${size}`);
        return stored.id;
      });
      ensureSameIds((await bench.readAll()).news.map(({ id }) => id), made, 'everything');
      const [change] = changes(bench.kind, bench.world.now());
      const mixed = made.map((id, index) => (index % 3 === 0 ? bench.deleteWrite(id) : index % 3 === 1 ? bench.updateWrite(id, change) : bench.createWrite(bench.sample(100 + index))));
      for (const [index, one] of (await bench.push(mixed)).entries()) {
        const write = mixed[index];
        ensure(one.status === 'stored', `write ${index + 1} of ${size} is answered with ${explain(one)}`);
        if (write?.op !== 'create') ensure(one.seen.id === write?.id, `answer ${index + 1} of ${size} is about another record`);
        else ensureShows(bench.kind, isPresent(one.seen) ? bench.view(one.seen.record) : undefined, bench.sample(100 + index), `answer ${index + 1} of ${size}`);
      }
    },
  },
  {
    id: 'W11',
    what: 'a conflict or a missing record among good writes stops none of them',
    why: 'one record would hold up a thousand',
    needs: ['create', 'edit', 'remove'],
    run: async (bench) => {
      const [edited = '', removed = '', good = ''] = await bench.people(3);
      await bench.pull();
      const [ours, theirs] = changes(bench.kind, bench.world.now());
      const writes = [bench.updateWrite(edited, ours), bench.updateWrite(removed, ours), bench.updateWrite(good, ours), bench.createWrite(bench.sample(10))];
      bench.wait();
      await bench.service.edit(bench.kind, edited, bench.only(theirs));
      await bench.service.remove(bench.kind, removed);
      const found = (await inTurn(bench, writes)).map(({ status }) => status).join();
      ensure(found === 'conflict,gone,stored,stored', `conflict, gone, stored, stored are expected, and the answers are ${found}`);
      ensureShows(bench.kind, await bench.look(good), bench.only(ours), 'the good update');
    },
  },
  {
    id: 'W12',
    what: 'a record the service refuses is `rejected` with a reason, and its neighbours are stored',
    why: 'a person has to look at one record, not at all',
    needs: ['spoil'],
    run: async (bench) => {
      const writes = [1, 2, 3].map((n) => bench.createWrite(bench.sample(n)));
      const bad = bench.service.spoil(bench.kind, kept(writes[1]?.record) as never) as Json | undefined;
      if (bad === undefined) throw new Skipped('the service takes everything of this kind');
      const found = await inTurn(bench, writes.map((write, index) => (index === 1 ? { ...write, record: bad } : write)));
      const words = found.map(({ status }) => status).join();
      ensure(words === 'stored,rejected,stored', `stored, rejected, stored are expected, and the answers are ${found.map(explain).join()}`);
      ensure(found[1]?.status === 'rejected' && found[1].message.trim() !== '', 'a record is rejected without a word');
      ensure((await bench.readAll()).news.length === 2, 'a rejected record was made, or a good one was not');
    },
  },
  {
    id: 'W13',
    what: 'an update without a difference is stored and is no news',
    why: 'it happens after a conflict that settled by itself',
    run: async (bench) => {
      const { id, record } = await bench.create(bench.sample(1));
      await bench.pull();
      const [written] = await bench.push([bench.updateWrite(id, {})]);
      const stored = storedIn(written, 'an update without a difference');
      ensure(sameJson(stored.record, record), 'a record changed without a change');
      ensure((await bench.pull()).news.length === 0, 'an update without a difference is news');
    },
  },
  {
    id: 'W14',
    what: 'as many pushes as promised run at once without disturbing each other',
    why: 'the hub runs them so',
    notClaimed: ({ concurrency }) => (concurrency > 1 ? undefined : 'one push at a time is promised'),
    run: async (bench) => {
      const count = Math.min(bench.entity.caps.concurrency, 4);
      const writes = Array.from({ length: count }, (_, index) => bench.createWrite(bench.sample(index + 1)));
      const found = await Promise.all(writes.map((write) => bench.push([write])));
      const ids = found.map(([written], index) => {
        const stored = storedIn(written, `push ${index + 1} of ${count}`);
        ensureShows(bench.kind, bench.view(stored.record), bench.sample(index + 1), `the answer to push ${index + 1} of ${count}`);
        return stored.id;
      });
      ensureSameIds((await bench.readAll()).news.map(({ id }) => id), ids, 'everything');
    },
  },
  {
    id: 'W15',
    what: 'a mark is stored with a create, comes back with get and pull, and survives updates by us and by people',
    why: 'a record without its mark is linked by guessing (K1, K2)',
    needs: ['edit'],
    notClaimed: noMarks,
    run: async (bench) => {
      const mark: Mark = { id: '1', origin: 'here' };
      const { id, mark: answered } = await bench.create(bench.sample(1), { mark });
      ensureMark(answered, mark, 'the answer to a create');
      ensureMark((await bench.present(id)).mark, mark, 'get');
      ensureMark((await bench.readAll()).news.find((seen) => seen.id === id)?.mark, mark, 'a full pull');
      const [ours, theirs] = changes(bench.kind, bench.world.now());
      ensureMark((await bench.update(id, ours)).mark, mark, 'the answer to an update');
      bench.wait();
      await bench.service.edit(bench.kind, id, bench.only(theirs));
      await bench.pull();
      ensureMark(bench.held.get(id)?.mark, mark, 'a pull after an edit by people');
    },
  },
  {
    id: 'W16',
    what: 'an update sets a mark, alone or with a change, and replaces another one',
    why: 'records that were there before the first sync get theirs so (K2, K13)',
    needs: ['create'],
    notClaimed: noMarks,
    run: async (bench) => {
      const [id = ''] = await bench.people(1);
      await bench.pull();
      const [change] = changes(bench.kind, bench.world.now());
      ensureMark((await bench.update(id, {}, { mark: { id: '1', origin: 'there' } })).mark, { id: '1', origin: 'there' }, 'the answer to an update with nothing but a mark');
      ensureShows(bench.kind, await bench.look(id), bench.sample(1), 'a record that only got a mark');
      ensureMark((await bench.update(id, change, { mark: { id: '10', origin: 'here' } })).mark, { id: '10', origin: 'here' }, 'the answer to an update with a mark');
      ensureShows(bench.kind, await bench.look(id), bench.only(change), 'a record that got a mark and a change');
      ensureMark((await bench.present(id)).mark, { id: '10', origin: 'here' }, 'get');
      ensure((await bench.pull()).news.length === 0, 'setting a mark is news');
    },
  },
  {
    id: 'W17',
    what: 'writing A, B and A again ends with A, as often as one likes',
    why: 'escaping, trimming and appending grow a record with every write',
    run: async (bench) => {
      const [a, b] = [1, 10].map((n) => withoutUnit(bench, sample(bench.kind, n, bench.world.now())));
      const { id } = await bench.create(bench.sample(1));
      const first = bench.view((await bench.present(id)).record);
      for (const fields of [b, a, b, a]) await bench.update(id, fields ?? {});
      const last = bench.view((await bench.present(id)).record);
      ensureShows(bench.kind, last, first, 'after two rounds');
    },
  },
];

/** One after the other as far as one push does not take them all. */
async function inTurn(bench: Bench, writes: Parameters<Bench['push']>[0]): ReturnType<Bench['push']> {
  const { writesPerPush } = bench.entity.caps;
  const answers: Awaited<ReturnType<Bench['push']>>[number][] = [];
  for (let at = 0; at < writes.length; at += writesPerPush) answers.push(...(await bench.push(writes.slice(at, at + writesPerPush))));
  return answers;
}

/** Times are left alone: the two samples lie on different days, and a service may refuse an end before a start on the way. */
function withoutUnit(bench: Bench, fields: AnyView | object): object {
  const { start: _start, end: _end, allDay: _allDay, ...rest } = fields as AnyView;
  return bench.only(rest as object);
}

function ensureMark(found: Mark | undefined, wanted: Mark, where: string): void {
  ensure(found?.id === wanted.id && found.origin === wanted.origin, `${where} shows the mark ${show(found)}, and it is ${show(wanted)}`);
}
