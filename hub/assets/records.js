// Records: a search, and one record side by side.
import { post } from './api.js';
import { byId, element, isAsking, link, quoted, say, tag, titles, when } from './dom.js';
import { rowItem } from './history.js';
import { ruleWords } from './rules.js';
import { holdItem, valueOr } from './waiting.js';
import { detailWords, fieldWords, states } from './words.js';

const { clearTimeout, setTimeout } = globalThis;
const pageSize = 50;
let skip = 0;
let asked = 0;
let typing;
let drawn = '';

/** The list, or with an id one record. */
export async function drawRecords(about, id) {
  byId('records-list').hidden = id !== undefined;
  byId('record').hidden = id === undefined;
  await (id === undefined ? drawList(about) : drawRecord(about, id));
}

/** Listens to the form; `again` draws. */
export function startRecords(again) {
  const anew = () => {
    skip = 0;
    again();
  };
  byId('records-form').addEventListener('submit', (event) => event.preventDefault());
  byId('records-text').addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(anew, 120);
  });
  for (const name of ['kind', 'state']) byId(`records-${name}`).addEventListener('change', anew);
  byId('records-back').addEventListener('click', () => { skip = Math.max(0, skip - pageSize); again(); });
  byId('records-on').addEventListener('click', () => { skip += pageSize; again(); });
}

async function drawList({ user }) {
  const [text, kind, state] = ['text', 'kind', 'state'].map((name) => byId(`records-${name}`).value.trim());
  const mine = (asked += 1);
  const { answer, failure } = await post('records', { user, text: text.slice(0, 200), ...(kind !== '' && { kind }), ...(state !== '' && { state }), skip, limit: pageSize });
  // Answers may overtake each other; the last question counts.
  if (mine !== asked) return;
  if (failure !== undefined) return say('records-count', failure);
  const { total, records } = answer;
  if (records.length === 0 && skip > 0) {
    skip = 0;
    return drawList({ user });
  }
  say('records-count', total === 0 ? 'No record fits.' : `${skip + 1} to ${skip + records.length} of ${total}`);
  byId('records-back').disabled = skip === 0;
  byId('records-on').disabled = skip + records.length >= total;
  byId('records-pager').hidden = total <= pageSize;
  const now = JSON.stringify(records);
  if (now !== drawn) byId('records-rows').replaceChildren(...records.map(recordRow));
  drawn = now;
  return undefined;
}

function recordRow(record) {
  const { entity, kind, label, states: some } = record;
  return element('li', {}, link(`#records/${entity}`, label, 'who'), ' ', element('span', { className: 'quiet words', textContent: detailWords(record) }),
    element('span', { className: 'where' }, tag('kind', kind), ...some.filter((state) => !(state === 'linked' && some.length > 1)).map((state) => tag(state, states[state]))));
}

let shownRecord = '';
let shownFor;

async function drawRecord(about, id) {
  const { answer, failure } = await post('record', { user: about.user, record: id });
  const now = JSON.stringify(failure ?? [about.user, id, answer.records]);
  if (now === shownRecord || (isAsking('record') && shownFor === id)) return;
  shownFor = id;
  shownRecord = now;
  const back = element('p', {}, link('#records', 'All records'));
  if (failure !== undefined) byId('record').replaceChildren(back, element('p', { textContent: failure }));
  else byId('record').replaceChildren(back, ...answer.records.map((one) => recordCard(about, one)));
}

function recordCard(about, { entity, kind, label, links, sentences, holds, fields, history }) {
  const ids = ['orocrm', 'outlook'].map((side) => element('span', {}, element('span', { className: side, textContent: titles[side] }), ' ', links[side] === undefined ? 'not there' : element('code', { textContent: links[side] })));
  return element('article', { className: 'card' }, element('h2', { className: 'words', textContent: label, tabIndex: -1 }), element('p', { className: 'ids quiet' }, tag('kind', kind), ...ids),
    element('ul', { className: 'sentences' }, ...sentences.map((sentence) => element('li', {}, quoted(sentence)))),
    holds.length === 0 ? undefined : element('div', {}, element('h3', { textContent: 'Waits' }), element('ul', { className: 'holds' }, ...holds.map((hold) => holdItem(about, { ...hold, entity, kind, label })))),
    element('h3', { textContent: 'Side by side' }), fields.length === 0 ? element('p', { className: 'quiet', textContent: 'It holds no values.' }) : compareTable(fields),
    element('h3', { textContent: 'What happened' }), history.length === 0 ? element('p', { className: 'quiet', textContent: 'Nothing was written since history is kept.' }) : element('ul', { className: 'rows' }, ...history.map((row) => rowItem(about, row, true))));
}

/** The roles are said: narrow, the rows are blocks, and a block is no row by itself. */
function compareTable(fields) {
  const heads = ['Field', 'OroCRM', 'Agreed', 'Outlook', 'Why'].map((head) => element('th', { role: 'columnheader', scope: 'col', textContent: head }));
  return element('table', { className: 'compare', role: 'table' }, element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads)),
    element('tbody', { role: 'rowgroup' }, ...fields.map((field) => element('tr', { role: 'row' },
      element('th', { role: 'rowheader', scope: 'row', textContent: fieldWords(field.unit) }), sideCell(field, 'orocrm'), cell('document', 'Agreed', valueOr(field.unit, field.agreed)), sideCell(field, 'outlook'), whyCell(field)))));
}

function sideCell(field, side) {
  const value = field[side];
  if (value === undefined) return cell(side, titles[side], element('span', { className: 'quiet', textContent: 'not there' }));
  const differs = JSON.stringify(value) !== JSON.stringify(field.agreed);
  return cell(`${side}${differs ? ' differs' : ''}`, titles[side], valueOr(field.unit, value), differs ? tag('differs', 'differs') : undefined);
}

function cell(className, head, ...children) {
  const caption = element('span', { className: 'caption', textContent: head });
  return element('td', { role: 'cell', className }, caption, element('span', {}, ...children));
}

function whyCell({ rule, from, notes }) {
  return cell('why quiet', 'Why', `${titles[from.side]}, ${when(from.at)}: ${ruleWords(rule)} `, tag('rule', rule), ...notes.map((note) => element('span', { className: 'where' }, quoted(note))));
}
