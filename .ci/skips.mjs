// `node .ci/skips.mjs REPORT LIST`: REPORT is what `npm test -- --report` wrote, LIST the file `.ci/skips`. Fails when a
// test was skipped that the list does not allow.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Titles of skips without a line `title :: reason` in the list, and the lines of the list that lack title or reason. */
export function unlisted(skips, list) {
  const lines = list.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const wellFormed = /^(.+?) :: \S/;
  const allowed = new Set(lines.map((line) => wellFormed.exec(line)?.[1]));
  return {
    missing: skips.map(({ title }) => title).filter((title) => !allowed.has(title)),
    malformed: lines.filter((line) => !wellFormed.test(line)),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [report, list] = process.argv.slice(2).map((path) => readFileSync(path, 'utf8'));
  const { skips } = JSON.parse(report);
  const { missing, malformed } = unlisted(skips, list);
  for (const title of missing) console.log(`skipped and not in .ci/skips: ${title}`);
  for (const line of malformed) console.log(`.ci/skips wants "title :: reason", not: ${line}`);
  console.log(`${skips.length} skipped, ${missing.length} of them not listed`);
  process.exitCode = missing.length + malformed.length > 0 ? 1 : 0;
}
