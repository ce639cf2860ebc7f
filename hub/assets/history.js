// History: runs, what a run did with before and after, and how it is taken back.
import { post } from './api.js';
import { asks, button, byId, careful, element, isAsking, link, say, tag, titles, when } from './dom.js';
import { ruleWords } from './rules.js';
import { undoneWords } from './waiting.js';
import { countsWords, did, fieldWords, valueWords } from './words.js';

const { URLSearchParams } = globalThis;
const pageSize = 50;
let drawn = '';
/** How many rows of the run, or how many runs, a person has asked for. */
let wanted = { of: '', count: pageSize };

/** The runs, or with its name what one did. */
export async function drawHistory(about, run) {
  byId('history-runs').hidden = run !== undefined;
  byId('history-run').hidden = run === undefined;
  const of = `${about.user}/${run ?? ''}`;
  if (wanted.of !== of) wanted = { of, count: pageSize };
  const { answer, failure } = await post('history', { user: about.user, ...(run !== undefined && { run }), limit: Math.min(wanted.count + 1, 500) });
  if (failure !== undefined) return say('history-sentence', failure);
  const now = JSON.stringify([of, answer]);
  if (now === drawn || isAsking('view-history')) return undefined;
  drawn = now;
  if (run === undefined) drawRuns(about, answer.runs);
  else drawRun(about, run, answer.rows);
  return undefined;
}

function drawRuns(about, runs) {
  say('history-sentence', runs.length === 0 ? 'Nothing was written yet.' : 'What was written, replaced and overruled, newest first.');
  byId('history-export').replaceChildren(...exports(about.user));
  const most = Math.max(1, ...runs.map(({ counts }) => sum(counts)));
  const rows = runs.slice(0, wanted.count).map(({ run, at, counts }) => element('li', {}, link(`#history/${run}`, when(at, 'medium'), 'who'), ` ${countsWords(counts)}`,
    element('meter', { min: 0, max: most, value: sum(counts), ariaLabel: `${sum(counts)} rows` })));
  byId('history-rows').replaceChildren(...rows, ...more(about, runs.length));
}

function drawRun(about, run, rows) {
  const place = byId('history-run');
  if (rows.length === 0) return place.replaceChildren(element('p', {}, link('#history', 'All runs')), element('p', { textContent: 'There is no such run in history.' }));
  const outcome = element('p', { role: 'status' });
  const undo = careful('Undo this run', 'What nobody has edited since is taken back.', 'Yes, undo it', async () => {
    const { answer, failure } = await post('undo', { user: about.user, run });
    outcome.textContent = failure ?? undoneWords(answer);
  });
  return place.replaceChildren(element('p', {}, link('#history', 'All runs')), element('section', { className: 'card' },
    element('h2', { textContent: `Run of ${when(Math.min(...rows.map(({ at }) => at)), 'medium')}`, tabIndex: -1 }), element('p', { className: 'actions' }, undo, ...exports(about.user, run)), outcome,
    element('ul', { className: 'rows' }, ...rows.slice(0, wanted.count).map((row) => rowItem(about, row, false)), ...more(about, rows.length, run))));
}

/** One row of history, with what takes it back. */
export function rowItem({ user }, row, isOnRecord) {
  const { at, run, entity, kind, label, side, op, rule, rules, before = {}, after = {}, choice } = row;
  const outcome = element('p', { role: 'status', className: 'outcome' });
  const undo = async (field) => {
    const { answer, failure } = await post('undo', { user, run, record: entity, ...(field !== undefined && { field }) });
    outcome.textContent = failure ?? undoneWords(answer);
  };
  const units = op === 'create' ? [] : [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changes = units.map((unit) => element('li', { className: 'change' }, element('span', { className: 'field', textContent: fieldWords(unit) }), difference(unit, before[unit], after[unit], op),
    op === 'update' ? withName(button('Undo', () => undo(unit), 'plain'), `Undo ${fieldWords(unit)} of ${label}`) : undefined,
    rules?.[unit] === undefined || rules[unit] === rule ? undefined : element('span', { className: 'where' }, `${ruleWords(rules[unit])} `, tag('rule', rules[unit]))));
  const what = choice === undefined ? did[op] : `decided: ${titles[choice] ?? choice}`;
  return element('li', { className: 'row' }, element('p', {}, tag(op, what), ' ', isOnRecord ? undefined : link(`#records/${entity}`, label || kind, 'who'), isOnRecord ? '' : ' ', 'in ', element('span', { className: side, textContent: titles[side] }),
    element('span', { className: 'where' }, isOnRecord ? link(`#history/${run}`, when(at)) : when(at), `, ${ruleWords(rule)} `, tag('rule', rule))),
    changes.length === 0 ? undefined : element('ul', { className: 'changes' }, ...changes),
    op === 'create' ? element('p', { className: 'actions' }, careful('Undo', `It is deleted in ${titles[side]} again.`, 'Yes, undo it', () => undo(), 'plain')) : undefined,
    op === 'delete' ? element('p', { className: 'actions' }, restoreButton(user, entity, outcome)) : undefined, outcome);
}

/** Says first what comes back and what cannot, then asks (D6). */
function restoreButton(user, entity, outcome) {
  const place = element('span', { className: 'careful' });
  const first = button('Restore…', async () => {
    const { answer, failure } = await post('restore', { user, record: entity });
    if (failure !== undefined) {
      outcome.textContent = failure;
      return;
    }
    asks(place, first, answer.sentences.join(' '), button('Restore it', async () => {
      const done = await post('restore', { user, record: entity, yes: true });
      outcome.textContent = done.failure ?? 'It comes back with the next sync.';
    }, 'main'));
  });
  place.append(first);
  return place;
}

/** What was there struck out, what is there now marked; what lost only was. */
function difference(unit, before, after, op) {
  const [was, is] = [valueWords(unit, before), valueWords(unit, after)];
  return element('span', { className: 'diff' }, was === '' ? undefined : element('del', { className: 'words', textContent: was }), ' ',
    is === '' ? element('span', { className: 'quiet', textContent: op === 'told' ? 'did not become the value' : op === 'update' ? 'now nothing' : '' }) : element('ins', { className: 'words', textContent: is }));
}

function exports(user, run) {
  return ['csv', 'json'].map((format) => Object.assign(link(`/api/v1/export?${new URLSearchParams({ user, format, ...(run !== undefined && { run }) })}`, `Save as ${format.toUpperCase()}`, 'button'), { download: '' }));
}

function more(about, there, run) {
  if (there <= wanted.count) return [];
  if (wanted.count >= 499) return [element('li', { className: 'quiet', textContent: 'There is more: save it as a file to see all of it.' })];
  return [element('li', {}, button('Show more', () => {
    wanted.count = Math.min(499, wanted.count + 2 * pageSize);
    drawn = '';
    return drawHistory(about, run);
  }))];
}

function withName(made, ariaLabel) {
  return Object.assign(made, { ariaLabel });
}

function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
