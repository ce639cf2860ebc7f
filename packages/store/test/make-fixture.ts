/*
 * Writes the fixture of the present format: `node dist/test/make-fixture.js test/fixtures/format-<n>`. Once per format;
 * a fixture that is committed stays as it is, because it stands for what is on people's disks.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { initStore, nodeEnv } from '../src/index.ts';
import { bytes, put } from './contract.ts';

const dir = process.argv[2];
if (dir === undefined) throw new Error('which folder?');
const store = await initStore(dir, { hubId: 'hub-fixture', env: nodeEnv() });
const user = await store.user('u1');
await user.commit({
  updates: [bytes(1), bytes(2), bytes(3), bytes()],
  put: [
    put('native', 'left/contact/1', { name: 'Ada', phones: ['1', null] }),
    put('native', 'right/contact/AAMk', { name: 'Ada' }),
    put('native', 'right/contact/gone', {}),
    put('cursor', 'left', '2026-01-01T00:00:00Z'),
    put('cursor', 'right', 'https://graph.example/delta?token=1'),
    put('intent', '', 'empty key'),
    put('history', '0001', [1, 2.5, true]),
    put('state', 'generation', 2),
    put('state', '\ud800', 'lone surrogate'),
  ],
});
await user.commit({ put: [put('state', 'generation', 3)], del: [{ space: 'native', key: 'right/contact/gone' }] });
await user.log.compact({ number: 2, update: bytes(10, 11) });
await (await store.user('u10')).commit({ updates: [bytes(1)] });
await (await store.user('ü/😀')).commit({ put: [put('state', 'k', 'v')] });
await store.close();
for (const name of ['LOG', 'LOG.old', 'LOCK']) await rm(join(dir, 'level', name), { force: true });
