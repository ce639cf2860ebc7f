import { readView, type Json } from '@syncline/core';
import type { Present } from '../../record.ts';
import type { Bench } from '../bench.ts';
import { Skipped, type Check } from '../check.ts';
import { ensure, ensurePlain, ensureShows, failureOf, show } from '../expect.ts';
import { changes } from '../samples.ts';

/** Enough for more than one page where a connector is opened with small pages. */
const many = 12;

/** Reading: everything, what changed since, and what is gone. */
export const pullChecks: readonly Check[] = [
  {
    id: 'P1',
    what: 'a first pull shows every record once, ends with a cursor, and calls exactly these alive if it calls any so',
    why: 'what a first pull leaves out is never synced; what `alive` leaves out is looked up and may be deleted',
    needs: ['create'],
    run: async (bench) => {
      const ids = await bench.people(many);
      const { pages, news, alive } = await bench.pull();
      ensureSameIds(news.map(({ id }) => id), ids, 'the first pull');
      ensure(pages.at(-1)?.cursor !== undefined, 'the last page has no cursor');
      if (alive !== undefined) ensureSameIds(alive, ids, '`alive`');
    },
  },
  {
    id: 'P2',
    what: 'what people typed is what is read, with a time in UTC ms where it has one',
    why: 'two fields that are swapped both ways pass every law: only somebody outside sees it',
    needs: ['create'],
    run: async (bench) => {
      const ids = await bench.people(5);
      await bench.pull();
      for (const [index, id] of ids.entries()) {
        const found = bench.held.get(id);
        ensureShows(bench.kind, found && bench.view(found.record), bench.sample(index + 1), `record ${index + 1} as it was pulled`);
        const days = Math.abs((found?.at ?? bench.world.now()) - bench.world.now()) / 86_400_000;
        ensure(days < 2, `\`at\` of a record that was just made is ${show(found?.at)}, which is ${Math.round(days)} days away`);
      }
    },
  },
  {
    id: 'P3',
    what: 'the next pull shows what was made since, all of it, and nothing else',
    why: 'a cursor that skips loses a record for good',
    needs: ['create'],
    run: async (bench) => {
      await bench.people(3);
      await bench.pull();
      for (const round of [1, 2]) {
        bench.wait();
        const fresh: string[] = [];
        for (let n = 1; n <= 4; n += 1) fresh.push(await bench.service.create(bench.kind, bench.sample(round * 10 + n)));
        ensureSameIds((await bench.pull()).news.map(({ id }) => id), fresh, `the pull of round ${round}`);
      }
    },
  },
  {
    id: 'P4',
    what: 'when nothing changed nothing is seen, all are alive, and the cursor goes on',
    why: 'the hub would compare everything with every cycle',
    needs: ['create'],
    run: async (bench) => {
      const ids = await bench.people(3);
      await bench.pull();
      for (let times = 0; times < 3; times += 1) {
        bench.wait();
        const { news, gone, pages, alive } = await bench.pull();
        if (alive !== undefined) ensureSameIds(alive, ids, '`alive`');
        ensure(news.length === 0 && gone.length === 0, `${news.length} records are news, ${gone.length} are gone, and nothing happened`);
        ensure(pages.at(-1)?.cursor !== undefined, 'a pull without news has no cursor');
      }
    },
  },
  {
    id: 'P5',
    what: 'our own write is not news where `known` says so: the version in the answer is the one in the next pull',
    why: 'an echo would be taken for an edit and travel back (C15)',
    run: async (bench) => {
      const { id } = await bench.create(bench.sample(1));
      await bench.pull();
      const [first, second] = changes(bench.kind, bench.world.now());
      for (const change of [first, second]) {
        await bench.update(id, change);
        const { news, gone } = await bench.pull();
        ensure(news.length === 0, `our own write comes back: ${show(news.map(({ version }) => version))}, and the answer to it said ${show(bench.held.get(id)?.version)}`);
        ensure(gone.length === 0, 'a record is gone after our own write');
      }
      const other = await bench.create(bench.sample(2));
      const { news } = await bench.pull();
      ensure(!news.some((seen) => seen.id === other.id), 'our own new record comes back');
      bench.wait();
      ensure((await bench.pull()).news.length === 0, 'our own write comes back a pull later');
    },
  },
  {
    id: 'P6',
    what: 'an edit by people is seen, under another version, and shows as one through the lens',
    why: 'an edit that is not seen is overwritten by the next one from the other side',
    needs: ['create', 'edit'],
    run: async (bench) => {
      const [id = ''] = await bench.people(3);
      await bench.pull();
      for (const change of changes(bench.kind, bench.world.now())) {
        bench.wait();
        const before = held(bench, id);
        await bench.service.edit(bench.kind, id, bench.only(change));
        const { news } = await bench.pull();
        ensureSameIds([...new Set(news.map((seen) => seen.id))], [id], 'the pull after an edit');
        const after = held(bench, id);
        ensure(after.version !== before.version, 'an edited record has the version it had');
        // As the hub reads it: beside what it was.
        const view = readView(bench.kind, bench.lens, after.record, { native: before.record, view: bench.view(before.record) });
        ensureShows(bench.kind, view, bench.only(change), 'the edited record');
      }
    },
  },
  {
    id: 'P7',
    what: 'a deletion shows in the next pull, as absent or missing from `alive`, also where another record was made meanwhile',
    why: 'the other side would keep it, or put it back; counting alone does not see an exchange',
    needs: ['create', 'remove'],
    run: async (bench) => {
      const [first = '', second = ''] = await bench.people(4);
      await bench.pull();
      bench.wait();
      await bench.service.remove(bench.kind, first);
      ensureSameIds((await bench.pull()).gone, [first], 'what is gone');
      bench.wait();
      await bench.service.remove(bench.kind, second);
      const added = await bench.service.create(bench.kind, bench.sample(9));
      const pulled = await bench.pull();
      ensureSameIds(pulled.gone, [second], 'what is gone while another record was made');
      ensureSameIds(pulled.news.map(({ id }) => id), [added], 'what is new while another record was deleted');
      bench.wait();
      ensure((await bench.pull()).gone.length === 0, 'a deletion is told again');
    },
  },
  {
    id: 'P8',
    what: 'a cursor is text that another session goes on from',
    why: 'the hub keeps it on disk; what a connector remembers itself is gone after a restart',
    needs: ['create', 'again'],
    run: async (bench) => {
      await bench.people(3);
      await bench.pull();
      ensure(typeof bench.cursor === 'string', 'the cursor is no text');
      bench.wait();
      const added = await bench.service.create(bench.kind, bench.sample(4));
      const { news, gone } = await bench.pull({ session: await bench.world.again?.() });
      ensureSameIds(news.map(({ id }) => id), [added], 'the pull after a restart');
      ensure(gone.length === 0, 'records are gone after a restart');
    },
  },
  {
    id: 'P9',
    what: 'the same cursor handed in again shows the same again',
    why: 'a hub that died before it stored a page asks for it once more',
    needs: ['create', 'remove'],
    run: async (bench) => {
      const [first = ''] = await bench.people(3);
      await bench.pull();
      const { cursor } = bench;
      const before = new Map(bench.held);
      bench.wait();
      const added = await bench.service.create(bench.kind, bench.sample(4));
      await bench.service.remove(bench.kind, first);
      for (const time of ['first', 'second']) {
        bench.cursor = cursor;
        bench.held.clear();
        for (const [id, one] of before) bench.held.set(id, one);
        const { news, gone } = await bench.pull();
        ensureSameIds(news.map(({ id }) => id), [added], `the ${time} pull from one cursor`);
        ensureSameIds(gone, [first], `what is gone in the ${time} pull from one cursor`);
      }
    },
  },
  {
    id: 'P10',
    what: 'a cursor that is none of ours is `cursor-expired`, not an empty page',
    why: 'read as "nothing new" it stops the sync without a word; read as "everything" without `alive` it loses deletions',
    needs: ['create'],
    run: async (bench) => {
      await bench.people(2);
      for (const garbage of ['garbage', '', '{}', 'null', '{"v":999}']) {
        bench.cursor = garbage;
        const failure = await failureOf(`a pull from ${show(garbage)}`, () => bench.pull());
        ensure(failure.kind === 'cursor-expired', `a pull from ${show(garbage)} is "${failure.kind}": the hub would not read everything again`);
      }
      bench.cursor = null;
      ensure((await bench.pull()).news.length === 2, 'everything cannot be read again after a bad cursor');
    },
  },
  {
    id: 'P11',
    what: 'a pull that dies after any page goes on from its cursor without loss',
    why: 'the hub stores page and cursor in one step and may be stopped between any two',
    needs: ['create'],
    run: async (bench) => {
      const ids = await bench.people(many);
      const whole = (await bench.readAll()).pages.length;
      if (whole < 2) throw new Skipped('everything comes in one page');
      for (let pages = 1; pages < whole; pages += 1) {
        bench.cursor = null;
        bench.held.clear();
        await bench.pull({ stopAfter: pages });
        await bench.pull();
        ensureSameIds([...bench.held.keys()], ids, `a pull that died after page ${pages} of ${whole}, and the next one,`);
      }
    },
  },
  {
    id: 'P12',
    what: 'what is edited or made while a pull is under way is seen in it or in the next one',
    why: 'a page number or a place in an order moves under the reader',
    needs: ['create', 'edit'],
    run: async (bench) => {
      const ids = await bench.people(many);
      const [first = '', last = ''] = [ids[0], ids.at(-1)];
      const [change] = changes(bench.kind, bench.world.now());
      let made: string | undefined;
      const pages = bench.entity.pull(bench.session, { cursor: null, known: () => undefined, knownCount: 0 });
      for await (const page of pages) {
        for (const seen of page.seen) if ('record' in seen) bench.held.set(seen.id, seen);
        if (page.cursor !== undefined) bench.cursor = page.cursor;
        if (made !== undefined) continue;
        bench.wait();
        for (const id of [first, last]) await bench.service.edit(bench.kind, id, bench.only(change));
        made = await bench.service.create(bench.kind, bench.sample(20));
      }
      bench.wait();
      await bench.pull();
      for (const id of [first, last]) ensureShows(bench.kind, bench.view(held(bench, id).record), bench.only(change), 'a record edited while it was read');
      ensureSameIds([...bench.held.keys()], [...ids, made ?? ''], 'a pull under way and the next one');
    },
  },
  {
    id: 'P13',
    what: 'ids that begin alike are different records',
    why: '1 is not 10',
    needs: ['create', 'edit', 'remove'],
    run: async (bench) => {
      const ids = await bench.people(11);
      const [first = ''] = ids;
      await bench.pull();
      bench.wait();
      await bench.service.edit(bench.kind, first, bench.only(changes(bench.kind, bench.world.now())[0]));
      ensureSameIds((await bench.pull()).news.map(({ id }) => id), [first], 'the pull after an edit of the first of eleven');
      bench.wait();
      await bench.service.remove(bench.kind, first);
      ensureSameIds((await bench.pull()).gone, [first], 'what is gone of eleven');
      for (const [index, id] of ids.entries()) if (id !== first) ensureShows(bench.kind, bench.view((await bench.present(id)).record), bench.sample(index + 1), `record ${index + 1}`);
    },
  },
  {
    id: 'P14',
    what: 'what was made and deleted between two pulls is not shown as there',
    why: 'the hub would make it on the other side',
    needs: ['create', 'remove'],
    run: async (bench) => {
      await bench.people(2);
      await bench.pull();
      bench.wait();
      const id = await bench.service.create(bench.kind, bench.sample(3));
      await bench.service.remove(bench.kind, id);
      const { news, gone } = await bench.pull();
      ensure(news.length === 0, 'a record that is deleted is shown as there');
      ensure(gone.length === 0, 'a record that is there is called gone');
    },
  },
  {
    id: 'P15',
    what: 'pages are plain JSON, and cursors text',
    why: 'the hub stores records and hands them to another process',
    needs: ['create', 'remove'],
    run: async (bench) => {
      const [first = ''] = await bench.people(3);
      const full = await bench.pull();
      await bench.service.remove(bench.kind, first);
      for (const { seen, cursor, alive, progress } of [...full.pages, ...(await bench.pull()).pages]) {
        ensurePlain(seen, 'seen');
        ensure(cursor === undefined || typeof cursor === 'string', 'a cursor is no text');
        if (alive !== undefined) ensurePlain(alive, 'alive');
        if (progress !== undefined) ensurePlain(progress, 'progress');
        for (const one of seen) ensure(typeof one.id === 'string' && one.id !== '', `an id is ${show(one.id)}`);
      }
    },
  },
  {
    id: 'G1',
    what: '`get` reads a record as the pull does',
    why: 'two ways to read one record would take turns at being an edit',
    needs: ['create'],
    run: async (bench) => {
      await bench.people(3);
      const { news } = await bench.pull();
      for (const pulled of news) {
        const { id, version, record } = await bench.present(pulled.id);
        ensure(version === pulled.version, `get shows version ${show(version)} and the pull ${show(pulled.version)} of ${show(id)}`);
        ensure(JSON.stringify(record) === JSON.stringify(pulled.record), `get shows ${show(record)} and the pull ${show(pulled.record)}`);
      }
    },
  },
  {
    id: 'G2',
    what: '`get` of what is not there says `deleted`, and never shows a record whose id begins alike',
    why: 'only this answer lets the hub delete on the other side (D1)',
    needs: ['create', 'remove'],
    run: async (bench) => {
      const [first = '', second = ''] = await bench.people(2);
      await bench.service.remove(bench.kind, first);
      const seen = await bench.get(first);
      ensure('absent' in seen && seen.absent === 'deleted', `get of a deleted record says ${'absent' in seen ? show(seen.absent) : 'that it is there'}`);
      for (const near of [`${second}0`, second.slice(0, -1)]) {
        if (near === '') continue;
        // A service may refuse an id that cannot be one.
        const other = await bench.entity.get(bench.session, near).catch(() => undefined);
        ensure(other === undefined || 'absent' in other, `get of ${show(near)} shows a record, and only ${show(second)} is there`);
      }
    },
  },
];

function held(bench: Bench, id: string): Present<Json> {
  const found = bench.held.get(id);
  ensure(found !== undefined, `the hub does not hold ${show(id)}`);
  return found;
}

/** Each id once, no other. */
export function ensureSameIds(found: readonly string[], wanted: readonly string[], what: string): void {
  const twice = found.find((id, index) => found.indexOf(id) !== index);
  ensure(twice === undefined, `${what} names ${show(twice)} twice`);
  const missing = wanted.filter((id) => !found.includes(id));
  const extra = found.filter((id) => !wanted.includes(id));
  ensure(missing.length === 0, `${what} leaves out ${missing.length} of ${wanted.length} records`);
  ensure(extra.length === 0, `${what} names ${extra.length} too many: ${show(extra)}`);
}

