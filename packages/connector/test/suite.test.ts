import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { defineConnector, type Caps, type Connector, type Json, type Kind } from '../src/index.ts';
import { contractChecks, contractSuite, type Service, type World } from '../src/testing/index.ts';

type Records = { readonly [K in Kind]: Json };

const caps: Caps = { precondition: 'version', createOnce: 'find', marks: false, hiddenLooksDeleted: false, writesPerPush: 1, concurrency: 1 };
const nothing = { slice: () => null, read: () => undefined, write: (draft: Json) => draft };

/** A connector that does nothing right: only what is decided before it is asked is of interest here. */
const hollow: Connector<null, null, Records> = defineConnector({
  contract: 1,
  name: 'hollow',
  title: 'Hollow',
  config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: null }) } },
  connect: () => Promise.resolve(null),
  check: () => Promise.resolve({ name: 'nobody', origin: 'nowhere', warnings: [] }),
  entities: { contact: entity(), task: entity(), event: entity() },
} as Connector<null, null, Records>);

function entity(): unknown {
  return {
    caps,
    lens: () => new Proxy({}, { get: () => nothing }),
    blank: () => ({}),
    pull: () => [],
    get: () => Promise.reject(new Error('boo')),
    push: () => Promise.resolve([]),
    find: () => Promise.resolve([]),
  };
}

interface Outcome {
  readonly title: string;
  /** The reason it was skipped, `failed: ` and the words, or empty. */
  readonly came: string;
}

async function run(options: { readonly without?: Record<string, string>; readonly kinds?: readonly Kind[]; readonly service?: Service; readonly canSkip?: boolean } = {}): Promise<readonly Outcome[]> {
  const { without, kinds, service, canSkip = true } = options;
  const tests: { readonly title: string; readonly check: (context?: unknown) => Promise<void> }[] = [];
  const open = (): World<null> => ({ session: null, now: () => 0, ...(service !== undefined && { service }) });
  contractSuite({ test: (title, check) => tests.push({ title, check }), connector: hollow, open, ...(without !== undefined && { without }), ...(kinds !== undefined && { kinds }) });
  const outcomes: Outcome[] = [];
  for (const { title, check } of tests) {
    let came = '';
    const context = canSkip ? { skip: (reason: string) => (came = reason) } : undefined;
    await check(context).catch((error: unknown) => (came = `failed: ${error instanceof Error ? error.message : 'no Error'}`));
    outcomes.push({ title, came });
  }
  return outcomes;
}

const of = (outcomes: readonly Outcome[], id: string): string => outcomes.find(({ title }) => title.startsWith(`${id}:`))?.came ?? 'no such test';

t.test('one test per check and kind, those about the connector once', async (t) => {
  const outcomes = await run();
  const ids = outcomes.map(({ title }) => title.split(':', 1)[0]);
  t.equal(new Set(ids).size, ids.length, 'no title twice');
  t.ok(ids.includes('S1') && ids.includes('W6 task'));
  t.notOk(ids.includes('S1 contact'));
  t.ok((await run({ kinds: ['task'] })).every(({ title }) => !/^\w+ (contact|event):/.test(title)));
});

t.test('what the world does not offer is skipped in words, before the connector is asked', async (t) => {
  t.equal(of(await run(), 'P1 contact'), 'needs service.create, which `open` does not offer');
  t.equal(of(await run(), 'P8 contact'), 'needs service.create, which `open` does not offer');
  t.equal(of(await run({ service: { create: () => '1' } }), 'P8 contact'), 'needs again, which `open` does not offer');
});

t.test('where the runner cannot skip, it fails until somebody says why', async (t) => {
  t.match(of(await run({ canSkip: false }), 'P1 contact'), /^failed: not checked: needs service\.create/);
  t.equal(of(await run({ canSkip: false, without: { P1: 'nobody can make records there' } }), 'P1 contact'), '');
});

t.test('what is not claimed or not held is skipped in its own words', async (t) => {
  const outcomes = await run({ without: { 'W1 task': 'known' } });
  t.equal(of(outcomes, 'W15 contact'), 'this kind carries no marks');
  t.equal(of(outcomes, 'W1 task'), 'known');
  t.match(of(outcomes, 'W1 event'), /^failed: /, 'only the kind that was named');
  await t.rejects(run({ without: { X1: 'a slip' } }), { name: 'TypeError', message: /X1/ });
});

t.test('a mistake is told in words', async (t) => {
  const outcomes = await run();
  t.equal(of(outcomes, 'S2'), 'failed: nothing is taken for a configuration');
  t.match(of(outcomes, 'L2 contact'), /^failed: "firstName": .* reads as nothing$/);
  t.equal(of(outcomes, 'W1 task'), 'failed: 1 writes got 0 answers');
  for (const { came } of outcomes) t.notMatch(came, /undefined|TypeError|no Error/);
});

t.test('the checks are numbered, and the README lists them', (t) => {
  t.equal(new Set(contractChecks.map(({ id }) => id)).size, contractChecks.length);
  for (const letter of 'SLPGWRVF') {
    const ids = contractChecks.map(({ id }) => id).filter((id) => id.startsWith(letter));
    t.same(ids, ids.map((_id, index) => `${letter}${index + 1}`), 'in order, without gaps');
  }
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  const rows = readme.split('\n').filter((line) => /^\| [A-Z]\d+ \|/.test(line));
  t.same(rows, contractChecks.map(({ id, what, why, needs }) => `| ${id} | ${what} | ${why} | ${needs.join(', ')} |`));
  t.end();
});
