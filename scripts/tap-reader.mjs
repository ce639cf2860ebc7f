// Reads the stream of `tap --reporter=tap` line by line: a test point is `ok 1 - title # time=3ms`, four blanks deeper
// for each test around it; YAML between `---` and `...` says why it failed; the stream ends with the totals.

const point = /^(not )?ok\b(?: \d+)?(?: - (.*?))?(?: # (?:time=\S+|(SKIP|TODO)\b ?(.*)))?$/i;
const subtest = /^# Subtest: (.*)$/;
const totals = /^# \{ (.*) \}$/;
// What a test says of how much of its kind it went through: `# syncline: cells 56`.
const counted = /^# syncline: (\w+) (\d+)$/;
// The rule numbers a title begins with; test/architecture/rule-ids.ts knows them with all their separators, and that they exist.
const ruleAtHead = /^\s*(?:,|\/|\+|&|and\b)?\s*([ABCDGKMRS]\d{1,2}[a-z]?)(?![\w.-])/;
const noise = /^(# time=|# No coverage|\d+\.\.\d+|TAP version)/;

/**
 * Collects `failures`, `skips` and `totals`, and hands each line worth showing to `show`: one per file, each failure
 * with its diagnosis, comments, and what the tests printed. A parent that failed only through its children is not repeated.
 *
 * `rules` are those at the head of titles that passed; `counts` what tests said they went through, summed by word.
 *
 * `skips` are `{ file, title, reason }`, todos among them: neither has proved anything. `totals` stays undefined when tap
 * ended before its summary.
 */
export class TapReader {
  skips = [];
  failures = [];
  totals = undefined;
  rules = new Set();
  counts = {};
  #show;
  #names = []; // of the tests around the current line, the file first
  #failedInside = []; // failures at each depth since its parent began
  #diagnosis; // depth of the YAML block being read, and whether it is shown
  #lastShown = false; // whether the point just read was, so that its diagnosis follows

  constructor(show) {
    this.#show = show;
  }

  line(text) {
    const depth = Math.floor((text.length - text.trimStart().length) / 4);
    const content = text.slice(depth * 4);
    if (this.#diagnosis !== undefined) return this.#inDiagnosis(text);
    if (content.startsWith('  ---')) return this.#beginDiagnosis(depth);
    const found = point.exec(content.trimEnd());
    if (found) return this.#point(depth, found);
    const named = subtest.exec(content);
    if (named) return this.#enter(depth, unescape(named[1]));
    const count = counted.exec(content);
    if (count) return void (this.counts[count[1]] = (this.counts[count[1]] ?? 0) + Number(count[2]));
    const summed = depth === 0 ? totals.exec(content) : null;
    if (summed) return this.#total(summed[1]);
    if (content.trim() !== '' && !noise.test(content)) this.#show(text);
  }

  #enter(depth, name) {
    this.#names.length = depth;
    this.#names[depth] = name;
    this.#failedInside[depth + 1] = 0;
  }

  #point(depth, [, not, rawTitle = '', directive, reason = '']) {
    const title = unescape(rawTitle);
    const path = [...this.#names.slice(0, depth), title];
    const isParent = this.#names[depth] === title;
    const failedInside = isParent ? (this.#failedInside[depth + 1] ?? 0) : 0;
    this.#names.length = depth;
    if (directive) return this.#skip(path, directive.toUpperCase(), unescape(reason));
    if (!not) {
      if (isParent) for (const rule of rulesOf(title)) this.rules.add(rule);
      return depth === 0 ? this.#show(`ok ${title}`) : undefined;
    }
    this.#failedInside[depth] = (this.#failedInside[depth] ?? 0) + 1;
    const shown = failedInside === 0;
    if (shown) this.failures.push(path.join(' > '));
    if (shown || depth === 0) this.#show(`not ok ${path.join(' > ')}`);
    this.#lastShown = shown;
  }

  #skip([file, ...titles], directive, reason) {
    const title = titles.join(' > ');
    this.skips.push({ file, title: title || file, reason: [directive === 'TODO' ? 'todo' : '', reason].filter(Boolean).join(': ') });
  }

  #beginDiagnosis(depth) {
    this.#diagnosis = { depth, shown: this.#lastShown, inSource: false };
  }

  // `source` and `args` repeat what the file and line number say; everything else is the reason.
  #inDiagnosis(text) {
    const block = this.#diagnosis;
    const content = text.slice(block.depth * 4);
    if (content.startsWith('  ...')) return void (this.#diagnosis = undefined);
    const key = /^ {2}(\w+):/.exec(content);
    if (key) block.inSource = ['source', 'args', 'command', 'externalID', 'stdio', 'cwd', 'jobId'].includes(key[1]);
    if (block.shown && !block.inSource && content.trim() !== '') this.#show(`    ${content}`);
  }

  #total(text) {
    const counts = Object.fromEntries(text.split(', ').map((pair) => pair.split(': ')));
    const count = (key) => Number(counts[key] ?? 0); // keys at 0 are left out
    this.totals = { total: count('total'), passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') };
  }
}

function unescape(text) {
  return text.replace(/\\([#\\])/g, '$1');
}

function rulesOf(title) {
  const rules = [];
  for (let found = ruleAtHead.exec(title); found; found = ruleAtHead.exec(title)) {
    rules.push(found[1]);
    title = title.slice(found[0].length);
  }
  return rules;
}
