import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { nodeEnv, openStore, verifyStore, type UserStore } from '../src/index.ts';
import { all } from './contract.ts';
import { updateOf } from './kill-step.ts';
import { seeded } from './raw.ts';

const rounds = process.env['SYNCLINE_LONG'] === '1' ? 100 : 10;
const seed = 20_260_101;

t.setTimeout(0);

t.test(`killed in ${rounds} seeded moments (seed ${seed}), a writer loses nothing it was told is written`, async (t) => {
  const dir = `${t.testdir()}/store`;
  const random = seeded(seed);
  const acknowledged = new Map<string, number>();
  let steps = 0;
  let lost = 0;
  for (let round = 1; round <= rounds; round++) {
    for (const [user, number] of await writeAndKill(dir, round === 1, 1 + Math.floor(random() * 300))) {
      steps += number - (acknowledged.get(user) ?? 0);
      acknowledged.set(user, number);
    }
    const store = await openStore(dir, { env: nodeEnv() });
    for (const [id, number] of acknowledged) {
      const user = await store.user(id);
      lost += Math.max(0, number - user.latest());
      await checkWhole(t, id, user);
      acknowledged.set(id, user.latest());
    }
    t.same((await verifyStore(store)).damaged, [], `round ${round}`);
    await store.close();
  }
  t.equal(lost, 0);
  t.comment(`${steps} acknowledged, ${lost} lost`);
});

/** Runs the writer, kills it as soon as it has printed so many lines; gives the last number each user was told. */
async function writeAndKill(dir: string, isNew: boolean, lines: number): Promise<Map<string, number>> {
  const writer = spawn(process.execPath, [fileURLToPath(new URL('kill-writer.js', import.meta.url)), dir, ...(isNew ? ['new'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'exit');
  const told = new Map<string, number>();
  let seen = 0;
  // Lines that were on their way when the signal was sent count too: they were acknowledged.
  for await (const line of createInterface({ input: writer.stdout })) {
    const [user = '', number = ''] = line.split(' ');
    told.set(user, Number(number));
    if (++seen === lines) writer.kill('SIGKILL');
  }
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself after ${seen} lines`);
  return told;
}

/** All of the last step is there, and nothing of the next. */
async function checkWhole(t: Test, id: string, user: UserStore): Promise<void> {
  const latest = user.latest();
  const rows = await user.getMany('native', [`left/contact/${latest % 50}`, `left/contact/${(latest + 1) % 50}`]);
  const numbers = rows.map((row) => (row as { number: number } | undefined)?.number ?? 0);
  t.same([await user.get('cursor', 'left'), await all(user.entries('intent'))], [latest, [[`i${latest}`, latest]]], `${id} at ${latest}`);
  t.same(numbers, [latest, Math.max(0, latest - 49)]);
  const first = ((await user.log.snapshot())?.number ?? 0) + 1;
  const log = await all(user.log.read());
  t.same(log.map(({ number }) => number), [...Array(latest - first + 1).keys()].map((index) => first + index));
  t.ok(log.every(({ number, update }) => Buffer.compare(update, updateOf(id, number)) === 0), 'with the bytes that were written');
}
