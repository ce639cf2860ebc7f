/*
 * The writer that kill.test.ts kills: opens the store in the folder given, or creates it, and writes steps of three users
 * at once until it dies. After each acknowledged step it prints `<user> <number>`.
 */
import { writeSync } from 'node:fs';
import { initStore, nodeEnv, openStore, type UserStore } from '../src/index.ts';
import { stepOf } from './kill-step.ts';

const dir = process.argv[2] ?? '';
const env = nodeEnv();
const isNew = process.argv[3] === 'new';
const store = isNew ? await initStore(dir, { hubId: 'hub-1', env }) : await openStore(dir, { env });

async function write(id: string, user: UserStore): Promise<never> {
  for (;;) {
    const number = await user.commit(stepOf(id, user.latest() + 1));
    writeSync(1, `${id} ${number}\n`);
    if (number % 10 === 0) await user.log.compact({ number: number - 3, update: Uint8Array.of(number % 256) });
  }
}

await Promise.all(['u1', 'u10', 'u2'].map(async (id) => write(id, await store.user(id))));
