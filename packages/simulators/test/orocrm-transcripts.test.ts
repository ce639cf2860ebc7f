import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { exceptions, valueExceptions } from './support/orocrm-exceptions.ts';
import { compareBodies, type Comparison } from './support/orocrm-compare.ts';
import { Replay, type Exchange, type Transcript } from './support/orocrm-replay.ts';

// Replays every recorded exchange with a real OroCRM 5.1.8 and compares the answers. What the service had before is
// arranged from the recorded answers of the same file; times may differ by the second in which a request ended.

const folder = fileURLToPath(new URL('../../../../../shared/contracts/orocrm/transcripts/', import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

void t.test('contract: the recorded answers of OroCRM 5.1.8', { skip: files.length === 0 && 'needs ../shared, which is not here' }, async (t) => {
  let total = 0;
  let covered = 0;
  let shapes = 0;
  const used = new Set<string>();
  for (const name of files.sort()) {
    const transcript = JSON.parse(readFileSync(folder + name, 'utf8')) as Transcript;
    if (transcript.exchanges === undefined) continue; // 14: rows of a table, no exchanges; see orocrm-contacts.test.ts
    const replay = new Replay(transcript);
    await t.test(transcript.scenario, async (t) => {
      for (const [index, exchange] of transcript.exchanges?.entries() ?? []) {
        const key = `${transcript.scenario.split('-')[0] ?? ''}#${index}`;
        const title = `${key} ${exchange.note}`;
        total += 1;
        const reason = exceptions[key];
        if (reason !== undefined) {
          used.add(key);
          replay.skip(exchange);
          continue;
        }
        const response = await replay.send(exchange);
        const problems = await differences(exchange, response, replay, valueExceptions[key] === undefined ? 'values' : 'shape');
        t.strictSame(problems, [], title);
        covered += 1;
        if (valueExceptions[key] !== undefined) {
          used.add(key);
          shapes += 1;
        }
      }
    });
  }
  const listed = Object.keys(exceptions).length;
  t.comment(`covered ${covered} (${shapes} of them without values), excepted ${listed} of ${total}`);
  t.equal(covered + listed, total, 'every exchange is covered or excepted');
  t.ok(covered / total > 0.9, 'more than nine tenths are covered');
  t.strictSame([...Object.keys(exceptions), ...Object.keys(valueExceptions)].filter((key) => !used.has(key)), [], 'no exception is idle');
});

const comparedHeaders = ['content-type', 'www-authenticate', 'allow'];

async function differences(exchange: Exchange, response: Response, replay: Replay, how: Comparison): Promise<string[]> {
  const recorded = exchange.response;
  const text = await response.text();
  replay.learn(exchange, text);
  if (recorded.status !== response.status) return [`status ${response.status} instead of ${recorded.status}: ${text.slice(0, 300)}`];
  const problems: string[] = [];
  for (const name of comparedHeaders) {
    const expected = recorded.headers?.[name];
    if (expected !== undefined && response.headers.get(name) !== expected) problems.push(`${name}: ${response.headers.get(name) ?? '(none)'} instead of ${expected}`);
  }
  for (const name of ['x-include-total-count', 'x-include-deleted-count']) {
    const expected = recorded.headers?.[name];
    const actual = response.headers.get(name);
    if ((expected === undefined) !== (actual === null)) problems.push(`${name}: ${actual ?? '(none)'} instead of ${expected ?? '(none)'}`);
    else if (how === 'values' && expected !== undefined && actual !== expected) problems.push(`${name}: ${actual ?? ''} instead of ${expected}`);
  }
  for (const name of ['location', 'content-location']) {
    const expected = recorded.headers?.[name];
    const actual = response.headers.get(name);
    if ((expected ?? null) !== actual) problems.push(`${name}: ${actual ?? '(none)'} instead of ${expected ?? '(none)'}`);
  }
  if (typeof recorded.body === 'string' && recorded.body.includes('<!DOCTYPE html>')) {
    return text.startsWith('<!DOCTYPE html>') ? problems : [...problems, 'no HTML page'];
  }
  const body: unknown = text === '' ? null : JSON.parse(text);
  // Errors are compared word for word, whatever else is excused.
  problems.push(...compareBodies(recorded.body ?? null, body, recorded.status >= 400 ? 'values' : how, exchange.request.path));
  return problems;
}
