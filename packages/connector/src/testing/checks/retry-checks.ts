import type { Written } from '../../connector.ts';
import type { Mark } from '../../record.ts';
import { isPresent } from '../../record.ts';
import { explain, storedIn, type Bench } from '../bench.ts';
import type { Check } from '../check.ts';
import { ensure, ensureFailure, ensureShows } from '../expect.ts';
import { changes } from '../samples.ts';
import type { Fields } from '../world.ts';
import { ensureSameIds } from './pull-checks.ts';

const marked: Mark = { id: '1', origin: 'here' };

/** Answers that never arrive: what was done is found again, and nothing is done twice (rule R4). */
export const retryChecks: readonly Check[] = [
  {
    id: 'R1',
    what: 'a create whose answer was lost says that it may be done, and is done once',
    why: 'the hub looks it up instead of repeating it; a connector that repeats by itself makes two',
    needs: ['loseNextAnswer'],
    run: async (bench) => {
      ensureMaybeDone(await lose(bench, bench.createWrite(bench.sample(1), markOf(bench))));
      ensure((await bench.readAll()).news.length === 1, 'a create whose answer was lost was not carried out once');
    },
  },
  {
    id: 'R2',
    what: '`find` finds a create whose answer was lost, and only that: no neighbour, no mark that begins alike or has another origin',
    why: 'what it does not find is made a second time; what it finds too much is linked to the wrong record',
    needs: ['loseNextAnswer'],
    run: async (bench) => {
      const near: readonly (Mark | undefined)[] = bench.entity.caps.marks ? [{ id: '10', origin: 'here' }, { id: '1', origin: 'elsewhere' }, { id: '11', origin: 'here' }, undefined] : [undefined, undefined];
      const others: string[] = [];
      for (const [index, mark] of near.entries()) others.push((await bench.create(bench.sample(10 + index), mark && { mark })).id);
      const since = bench.world.now();
      const write = bench.createWrite(lost(bench), markOf(bench));
      ensureSameIds((await bench.entity.find(bench.session, write, since)).map(({ id }) => id), [], 'find, before anything was sent,');
      ensureMaybeDone(await lose(bench, write));
      const [found, ...more] = await bench.entity.find(bench.session, write, since);
      ensure(found !== undefined, 'find does not find a create whose answer was lost');
      ensure(more.length === 0, `find finds ${more.length} records too many`);
      ensure(!others.includes(found.id), 'find finds another record');
      ensureShows(bench.kind, bench.view(found.record), lost(bench), 'the record that was found');
      const read = await bench.present(found.id);
      ensure(read.version === found.version, `find shows version ${found.version}, and get ${read.version}`);
      if (!bench.entity.caps.marks) return;
      const other = { ...bench.createWrite(bench.sample(1)), mark: { id: '2', origin: 'here' } };
      ensureSameIds((await bench.entity.find(bench.session, other, since)).map(({ id }) => id), [], 'find, asked for another mark,');
    },
  },
  {
    id: 'R3',
    what: 'without a mark, `find` finds a lost create by key or content, and none of the same content that was there long before',
    why: 'a namesake from last year is not the outcome of this create',
    needs: ['create', 'loseNextAnswer', 'pass'],
    run: async (bench) => {
      const wanted = lost(bench);
      const old = await bench.service.create(bench.kind, wanted);
      bench.world.pass?.(20 * 60_000);
      const since = bench.world.now();
      const write = bench.createWrite(wanted);
      ensureSameIds((await bench.entity.find(bench.session, write, since)).map(({ id }) => id), [], 'find, before anything was sent,');
      ensureMaybeDone(await lose(bench, write));
      const found = await bench.entity.find(bench.session, write, since);
      ensure(found.length === 1, `find finds ${found.length} records where one was made`);
      ensure(found[0]?.id !== old, 'find finds the old record');
    },
  },
  {
    id: 'R4',
    what: 'a repeated create with the same key makes no second record, where the connector promises so',
    why: 'it is repeated after a restart without looking first',
    needs: ['loseNextAnswer'],
    notClaimed: ({ createOnce }) => (createOnce === 'request-key' ? undefined : 'the hub looks with `find` first'),
    run: async (bench) => {
      const write = bench.createWrite(lost(bench), markOf(bench));
      await lose(bench, write);
      const stored = storedIn((await bench.push([write]))[0], 'the repeated create');
      ensureSameIds((await bench.readAll()).news.map(({ id }) => id), [stored.id], 'everything');
    },
  },
  {
    id: 'R5',
    what: 'an update whose answer was lost, repeated, is stored or a conflict that shows our own value',
    why: 'the hub must be able to tell its own write from somebody else\'s edit',
    needs: ['loseNextAnswer'],
    run: async (bench) => {
      const { id } = await bench.create(bench.sample(1));
      const [change] = changes(bench.kind, bench.world.now());
      const write = bench.updateWrite(id, change);
      ensureMaybeDone(await lose(bench, write));
      const [written] = await bench.push([write]);
      ensure(written?.status === 'stored' || written?.status === 'conflict', `a repeated update is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      const seen = written.seen ?? (await bench.get(id));
      ensure(isPresent(seen), 'a repeated update shows no record');
      ensureShows(bench.kind, bench.view(seen.record), bench.only(change), 'the answer to a repeated update');
      ensureShows(bench.kind, await bench.look(id), bench.only(change), 'what people see after a repeated update');
    },
  },
];

/** Pushes a write whose answer is lost. */
async function lose(bench: Bench, write: Parameters<Bench['push']>[0][number]): Promise<Written<never> | undefined> {
  bench.service.loseNextAnswer();
  try {
    const [written] = await bench.push([write]);
    return written as Written<never> | undefined;
  } catch (error) {
    ensureFailure('a write whose answer was lost', error);
    throw new Error('a push throws although something was sent: the answers to the writes before it are lost with it', { cause: error });
  }
}

function ensureMaybeDone(written: Written<never> | undefined): void {
  ensure(written?.status === 'failed', `a write whose answer was lost is answered with ${written === undefined ? 'nothing' : explain(written)}`);
  ensure(written.failure.maybeDone, 'a write whose answer was lost is said not to be done');
}

function markOf({ entity }: Bench): { readonly mark?: Mark } {
  return entity.caps.marks ? { mark: marked } : {};
}

/** The first sample. A new task is open: a service may take its status in a second request, which is never sent when the first answer is lost. */
function lost(bench: Bench): Fields {
  const { status: _status, ...rest } = bench.sample(1);
  return rest;
}
