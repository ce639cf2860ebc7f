import t from 'tap';
import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryDisk, memoryStore } from '@syncline/store';
import { createKeptSecrets } from '../src/security/kept-secrets.ts';
import { fileKey, givenKey } from '../src/security/master-key.ts';
import { createVault } from '../src/security/vault.ts';

let made = 0;
const token = (): string => `random-${(made += 1)}`;

t.test('S15 what is sealed shows nothing, opens with its key at its place, and is never sealed twice alike', async (t) => {
  const vault = createVault(givenKey('ab'.repeat(32)), token);
  const sealed = await vault.seal('ada/orocrm.auth.apiKey', 'hush, ünïcode');
  t.match(sealed, /^v1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
  t.notOk(sealed.includes('hush') || Buffer.from(sealed, 'base64url').includes('hush'));
  t.equal(await vault.open('ada/orocrm.auth.apiKey', sealed), 'hush, ünïcode');
  t.not(await vault.seal('ada/orocrm.auth.apiKey', 'hush, ünïcode'), sealed);
  await t.rejects(vault.open('bob/orocrm.auth.apiKey', sealed), { name: 'VaultError' }, 'moved to another person');
  const [version, nonce, , bytes] = sealed.split('.');
  await t.rejects(vault.open('ada/orocrm.auth.apiKey', [version, nonce, 'A'.repeat(22), bytes].join('.')), { name: 'VaultError' }, 'another tag');
  await t.rejects(vault.open('ada/orocrm.auth.apiKey', [version, nonce, 'AAAA', bytes].join('.')), { name: 'VaultError' }, 'a short tag');
  await t.rejects(vault.open('ada/orocrm.auth.apiKey', sealed.replace('v1', 'v2')), { message: /newer version/ });
});

t.test('the key: in hexadecimal or base64, the same 32 bytes', async (t) => {
  const bytes = Buffer.alloc(32, 7);
  const sealed = await createVault(givenKey(bytes.toString('hex')), token).seal('a', 'b');
  for (const text of [bytes.toString('base64'), bytes.toString('base64url')]) t.equal(await createVault(givenKey(text), token).open('a', sealed), 'b');
});

t.test('the key file is made with the first secret, for its owner only; missing, broken or another one is refused in words', async (t) => {
  const path = join(await mkdtemp(join(tmpdir(), 'syncline-key-')), 'data', 'master.key');
  const key = fileKey(path, token);
  t.equal(await key.read(), undefined);
  const vault = createVault(key, token);
  await t.rejects(vault.open('a', 'v1.a.b.c'), { message: `The secrets in the data folder need their key: bring back ${path}, or set SYNCLINE_MASTER_KEY.` });
  const sealed = await vault.seal('a', 'b');
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.match(await readFile(path, 'utf8'), /^[\da-f]{64}$/);
  t.equal(await createVault(fileKey(path, token), token).open('a', sealed), 'b', 'after a restart');
  await t.rejects(key.make(), { code: 'EEXIST' }, 'never over one that is there');
  await writeFile(path, 'cd'.repeat(32));
  await t.rejects(vault.open('a', sealed), { message: `The secrets in the data folder were sealed with another key than that of ${path}: bring that key back.` });
  await writeFile(path, 'no key');
  await t.rejects(vault.open('a', sealed), { message: /holds no key: bring back a copy of it\.$/ });
  await t.rejects(vault.seal('a', 'b'), { name: 'VaultError' }, 'nor is anything sealed beside it');
});

t.test('a folder that cannot be written is said so', { skip: process.getuid?.() === 0 && 'the superuser may write anywhere' }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-key-'));
  await chmod(folder, 0o500);
  await t.rejects(createVault(fileKey(join(folder, 'master.key'), token), token).seal('a', 'b'), { message: /^The key for the secrets in the data folder cannot be made: EACCES/ });
});

t.test('S15 a refresh token that a renewal replaced is kept sealed, of its user and side, and read again after a restart', async (t) => {
  const vault = createVault(givenKey('ab'.repeat(32)), token);
  const disk = new MemoryDisk();
  const store = memoryStore({ disk });
  const secrets = createKeptSecrets('ada', vault);
  await secrets.of('right').keep('refreshToken', 'hush-first');
  t.equal(await secrets.of('right').kept('refreshToken'), 'hush-first', 'before there is a folder: in memory');
  await secrets.open(await store.user('ada'));
  t.equal(await secrets.of('left').kept('refreshToken'), undefined);

  const trial = secrets.trial('right');
  await trial.secrets.keep('refreshToken', 'hush-tried');
  t.strictSame([await trial.secrets.kept('refreshToken'), await secrets.of('right').kept('refreshToken')], ['hush-tried', 'hush-first'], 'one that is only tried takes nothing from the one in use');
  await trial.take();

  t.notOk(JSON.stringify([...(disk.users.get('ada')?.cells ?? [])]).includes('hush'));
  const again = createKeptSecrets('ada', vault);
  await again.open(await memoryStore({ disk }).user('ada'));
  t.equal(await again.of('right').kept('refreshToken'), 'hush-tried');
  const other = createKeptSecrets('ada', createVault(givenKey('cd'.repeat(32)), token));
  await other.open(await memoryStore({ disk }).user('ada'));
  await t.rejects(other.of('right').kept('refreshToken'), { name: 'Failure', kind: 'config', message: /sealed with another key/ });
});
