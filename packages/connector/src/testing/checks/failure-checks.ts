import type { Failure } from '../../failure.ts';
import type { Bench } from '../bench.ts';
import { Skipped, type Check } from '../check.ts';
import { ensure, ensureFailure, ensureShows, failureOf } from '../expect.ts';
import { changes } from '../samples.ts';
import { ensureSameIds } from './pull-checks.ts';

/** A service that does not answer, and what is told about it. */
export const failureChecks: readonly Check[] = [
  {
    id: 'F1',
    what: 'no answer is a failure of kind `unavailable`: no empty page, no `deleted`, nothing found',
    why: 'a service that is down for an hour would be emptied on the other side (D10)',
    needs: ['create', 'setDown'],
    run: async (bench) => {
      const [id = ''] = await bench.people(3);
      await bench.pull();
      bench.service.setDown(true);
      for (const [doing, failure] of Object.entries(await failuresOf(bench, id))) ensure(failure.kind === 'unavailable', `${doing} without an answer is "${failure.kind}"`);
      bench.service.setDown(false);
      bench.wait();
      const { news, gone } = await bench.pull();
      ensure(news.length === 0 && gone.length === 0, 'after the service came back there is news, and nothing happened');
    },
  },
  {
    id: 'F2',
    what: 'a pull that fails on its way loses nothing: the next one shows it all',
    why: 'the cursor of a page that was not delivered must not count',
    needs: ['create', 'setDown'],
    run: async (bench) => {
      await bench.people(2);
      await bench.pull();
      bench.wait();
      const fresh = await bench.service.create(bench.kind, bench.sample(5));
      bench.service.setDown(true);
      await failureOf('a pull without an answer', () => bench.pull());
      bench.service.setDown(false);
      ensureSameIds((await bench.pull()).news.map(({ id }) => id), [fresh], 'the pull after one that failed');
    },
  },
  {
    id: 'F3',
    what: 'writes without an answer fail, each by itself or all together, and work when they are repeated',
    why: 'an answer that was made up would be taken for a base',
    needs: ['create', 'setDown'],
    run: async (bench) => {
      const [id = ''] = await bench.people(1);
      await bench.pull();
      const [change] = changes(bench.kind, bench.world.now());
      const write = bench.updateWrite(id, change);
      bench.service.setDown(true);
      await pushFailure(bench, write);
      bench.service.setDown(false);
      const [written] = await bench.push([write]);
      ensure(written?.status === 'stored', `a repeated update is "${String(written?.status)}"`);
      ensureShows(bench.kind, await bench.look(id), bench.only(change), 'what people see after the repeated update');
    },
  },
  {
    id: 'F4',
    what: 'no message and no line of the log holds a secret, plain or encoded',
    why: 'logs are sent to people who help (S15)',
    needs: ['secrets'],
    run: async (bench) => {
      const { world } = bench;
      const messages: string[] = [];
      if (world.signInWrongly !== undefined) messages.push((await failureOf('signing in with a wrong secret', async () => world.signInWrongly?.())).message);
      await bench.create(bench.sample(1));
      bench.cursor = 'garbage';
      messages.push((await failureOf('a pull from "garbage"', () => bench.pull())).message);
      if (world.service?.setDown !== undefined) {
        bench.service.setDown(true);
        const [id = ''] = [...bench.held.keys()];
        messages.push(...Object.values(await failuresOf(bench, id)).map((failure) => failure.message));
      }
      if (messages.length === 0) throw new Skipped('there is no way to make it fail here');
      for (const secret of world.secrets ?? []) {
        const spellings = [secret, btoa(secret), encodeURIComponent(secret)];
        for (const text of [...messages, ...(world.logs ?? [])]) ensure(!spellings.some((spelling) => text.includes(spelling)), `a secret is in "${text.replaceAll(secret, '...')}"`);
      }
    },
  },
];

/** What every way to ask comes to while nothing answers. */
async function failuresOf(bench: Bench, id: string): Promise<{ readonly [doing: string]: Failure }> {
  const { entity, session } = bench;
  const create = bench.createWrite(bench.sample(9), entity.caps.marks ? { mark: { id: '9', origin: 'here' } } : {});
  return {
    'a pull': await failureOf('a pull', () => bench.pull()),
    'a first pull': await failureOf('a first pull', () => bench.readAll()),
    'a get': await failureOf('a get', () => entity.get(session, id)),
    'a find': await failureOf('a find', () => entity.find(session, create, bench.world.now())),
    'a create': await pushFailure(bench, create),
    'an update': await pushFailure(bench, bench.updateWrite(id, changes(bench.kind, bench.world.now())[0])),
    'a deletion': await pushFailure(bench, bench.deleteWrite(id)),
  };
}

async function pushFailure(bench: Bench, write: Parameters<Bench['push']>[0][number]): Promise<Failure> {
  let written: Awaited<ReturnType<Bench['push']>>[number] | undefined;
  try {
    [written] = await bench.push([write]);
  } catch (error) {
    ensureFailure(`a push (${write.op})`, error);
    return error;
  }
  ensure(written?.status === 'failed', `a ${write.op} without an answer is "${String(written?.status)}"`);
  return written.failure;
}

