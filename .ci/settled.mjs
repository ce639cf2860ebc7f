// `node .ci/settled.mjs FILE`: FILE is the stdout of `npm start -- --once --json`. Fails unless it is one line of JSON
// whose `settled` is true, with records on both sides: nothing to do because nothing was there proves nothing.
import { readFileSync } from 'node:fs';

const lines = readFileSync(process.argv[2], 'utf8').trim().split('\n');
const summary = parse(lines.at(-1));
const problems = [
  lines.length === 1 ? '' : `stdout has ${lines.length} lines; the summary should be the only one`,
  summary === undefined ? 'the last line of stdout is not a JSON object' : '',
  summary !== undefined && summary.settled !== true ? `settled is ${JSON.stringify(summary.settled)}` : '',
  ...(summary === undefined ? [] : ['orocrm', 'outlook'].map((side) => (linked(side) > 0 ? '' : `no record is linked on the side of ${side}`))),
].filter(Boolean);

for (const problem of problems) console.log(problem);
if (problems.length === 0) console.log(`settled: ${linked('orocrm')} records in OroCRM, ${linked('outlook')} in Outlook, after ${summary.cycles} cycles`);
process.exitCode = problems.length > 0 ? 1 : 0;

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Linked records of a side, all kinds together. */
function linked(side) {
  return Object.values(summary.records?.[side] ?? {}).reduce((sum, count) => sum + count, 0);
}
