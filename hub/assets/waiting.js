// Needs you: everything that waits for a person, with what can be answered.
import { post } from './api.js';
import { button, byId, careful, clock, counted, element, isAsking, link, quoted, say, tag, titles } from './dom.js';
import { ruleWords } from './rules.js';
import { fieldWords, valueWords } from './words.js';

const { setTimeout } = globalThis;

/** What each kind of waiting is called, and what it means. */
const groups = {
  D1: ['Deletions that may be none', 'The service says "deleted" also of what you may only not see any more. Nothing is deleted on the other side before you say so.'],
  D2: ['Many deletions at once', 'More was deleted on one side than is usual. Nothing is deleted on the other side before you say so.'],
  D3: ['One side shows nothing at all', 'It may be a wrong folder or a lost right. Nothing is deleted or made again before you say so.'],
  D7: ['Guests of a meeting would be told', 'Outlook sends mail to everybody invited when this is written.'],
  D11: ['Many changes at once', 'Values in many records would be replaced. Nothing is replaced before you say so.'],
  D13: ['Somebody else\'s meeting', 'OroCRM only has a copy of it and does not let it be changed.'],
  S14b: ['Left different by an earlier direction', 'While values went one way only, the two sides grew apart. Nothing of that flows before you say so.'],
  A12: ['Deleted in OroCRM, still in Outlook', 'Keep it as a new record, or delete it in Outlook too.'],
  B3s: ['The OroCRM record cannot be found', 'Nobody can tell whether it was deleted or lost. Keep the item as a new record, or delete it.'],
  R7: ['Set to and fro', 'Two systems keep changing this value. Choose the one that is right.'],
  M2: ['A value that one side cannot hold', 'Change it where it was typed, or take the other side\'s value.'],
  M43: ['Refused by the service', 'Change it where it was typed, or take the other side\'s value.'],
  M7: ['Could not be made', 'The service refused it. It is tried again when the record changes.'],
  S17: ['Private items', 'They stay in Outlook. Take the privacy, or the excluded category, off the item to sync it.'],
  D12: ['Recurring series', 'Series are not synced yet; single events are.'],
  D4: ['Not to be read any more', 'It goes on when the record may be read again.'],
  D5: ['Outside what is synced', 'It goes on when the item is back in the folder and time that is synced.'],
};
const choices = { keep: 'Keep it', delete: 'Delete it', orocrm: 'Take OroCRM\'s', outlook: 'Take Outlook\'s' };
const many = { keep: 'Keep all', delete: 'Delete all', orocrm: 'Take OroCRM\'s in all', outlook: 'Take Outlook\'s in all' };
const first = 5;
const pageSize = 20;

/** What was decided since the page was opened, newest first. */
const decided = [];
let drawn = '';
/** How many of a group a person has asked to see. */
const shown = new Map();

/** Asks again, and draws what changed. */
export async function drawWaiting({ user, status, isShown }) {
  if (user === undefined) return;
  const { answer, failure } = await post('waiting', { user, limit: 1 });
  if (failure !== undefined) {
    if (isShown) say('waiting-sentence', failure);
    return;
  }
  const open = answer.groups.filter(canAnswer).reduce((sum, { count }) => sum + count, 0) + (status.waitsForGo === null ? 0 : 1);
  say('waiting-count', open === 0 ? '' : open > 999 ? '999+' : open);
  byId('waiting-count').setAttribute('aria-label', `${open} waiting`);
  if (!isShown) return;
  const pages = await Promise.all(answer.groups.filter(({ reason }) => reason === undefined).map(async ({ rule }) => [rule, (await post('waiting', { user, rule, limit: Math.max(first, shown.get(rule) ?? 0) })).answer?.items ?? []]));
  const items = new Map(pages);
  const told = status.notes.filter(({ rule, what }) => what === 'conflict' || rule === 'K10' || rule === 'B2s' || rule === 'D9');
  say('waiting-sentence', open === 0 ? 'Nothing waits for you.' : open === 1 ? 'One thing waits for you.' : `${open} things wait for you.`);
  const now = JSON.stringify([user, answer.groups, pages, told, status.waitsForGo]);
  if (now === drawn || isAsking('waiting-groups')) return;
  drawn = now;
  const about = { user, status };
  byId('waiting-go').hidden = status.waitsForGo === null;
  byId('waiting-groups').replaceChildren(...answer.groups.filter(canAnswer).map((group) => groupCard(about, group, items.get(group.rule) ?? [])));
  const rest = answer.groups.filter((group) => !canAnswer(group));
  byId('waiting-rest').replaceChildren(...rest.map((group) => restOf(about, group, items.get(group.rule) ?? [])));
  byId('waiting-rest-card').hidden = rest.length === 0;
  byId('waiting-told').replaceChildren(...told.map(toldItem));
  byId('waiting-told-card').hidden = told.length === 0;
}

/** A cycle ended: what was decided before it has been written, or not. */
export function settleDecided({ last, lines }) {
  for (const one of decided) {
    if (one.run !== undefined || last === null || last.run === '') continue;
    const wrote = one.entity === undefined ? last.endedAt > one.after && last.writes.orocrm + last.writes.outlook > 0 : lines.some((line) => line.entity === one.entity && line.at > one.after);
    if (wrote) one.run = last.run;
  }
  drawDecided();
}

/** One hold with its buttons; a record's own page has the same. `told`: the reason that stands above the whole list, if they share one. */
export function holdItem({ user, status }, item, told) {
  const { entity, kind, label, field, reason, rule, values, approval } = item;
  const buttons = element('p', { className: 'actions' });
  const failed = element('p', { className: 'failure', role: 'alert' });
  const decide = async (choice) => {
    const { answer, failure } = await post('decide', { user, record: entity, choice, ...(field !== undefined && { field }) });
    if (failure !== undefined) failed.textContent = failure;
    else done({ user, status, entity, label, field: answer.field, sentence: answer.sentence, back: choice === 'delete' ? 'restore' : 'undo' });
  };
  if (approval !== undefined && ['D7'].includes(rule)) buttons.append(careful('Let it happen', `Really? ${reason}.`, 'Yes, let it happen', async () => {
    const { failure } = await post('approve', { user, approved: [approval] });
    if (failure !== undefined) failed.textContent = failure;
    else done({ user, status, entity, label, field, sentence: 'Approved: the next sync writes it.', back: 'undo' });
  }));
  for (const choice of item.choices) {
    buttons.append(choice === 'delete' ? careful(choices.delete, 'A complete copy is kept for a while.', 'Yes, delete it', () => decide(choice)) : button(choices[choice], () => decide(choice)));
  }
  return element('li', { className: reason === told && values === undefined ? 'hold short' : 'hold' },
    element('p', {}, tag('kind', kind), ' ', element('a', { href: `#records/${entity}`, className: 'who', textContent: label }), field === undefined ? undefined : element('span', { className: 'quiet', textContent: ` ${fieldWords(field)}` })),
    reason === told ? undefined : element('p', {}, quoted(reason), ' ', element('span', { className: 'quiet', textContent: told === undefined ? `(${ruleWords(rule)}) ` : '' }), tag('rule', rule)),
    values === undefined ? undefined : element('dl', { className: 'versus' }, ...['orocrm', 'outlook'].flatMap((side) => [element('dt', { className: side, textContent: titles[side] }), element('dd', {}, valueOr(field, values[side]))])),
    buttons.childElementCount === 0 ? undefined : buttons, failed);
}

/** A value, or the word that there is none. */
export function valueOr(unit, value) {
  const text = valueWords(unit, value);
  return text === '' ? element('span', { className: 'quiet', textContent: 'nothing' }) : quoted(text);
}

function canAnswer({ choices: some, approvals }) {
  return approvals.length > 0 || Object.keys(some).length > 0;
}

function groupCard(about, group, items) {
  const { rule, count, approvals, reason, side, kind } = group;
  const [title, meaning] = groups[rule] ?? [ruleWords(rule), ''];
  const failed = element('p', { className: 'failure', role: 'alert' });
  const after = ({ failure, answer }, sentence) => {
    if (failure !== undefined) failed.textContent = failure;
    else done({ ...about, label: title, sentence: answer.decided === undefined ? sentence : `${answer.decided} decided; the next sync writes it.${answer.left.map(({ label, reason: why }) => ` Left: ${label}, ${why}.`).join('')}`, back: 'run' });
  };
  const approve = approvals.length === 0 ? [] : [careful(count === 1 ? 'Let it happen' : `Let all ${count} happen`, 'This holds for exactly what is shown here.', 'Yes, let it happen', async () => after(await post('approve', { user: about.user, approved: approvals }), 'Approved: the next sync writes it.'))];
  const alike = count < 2 ? [] : Object.entries(group.choices).filter(([, fits]) => fits > 1).map(([choice, fits]) =>
    careful(`${many[choice]} ${fits}`, `All ${fits}, alike?`, `Yes, ${many[choice].toLowerCase().replace('orocrm', 'OroCRM').replace('outlook', 'Outlook')} ${fits}`, async () => after(await post('decide-all', { user: about.user, rule, choice, count: fits }), '')));
  const shared = reason ?? (new Set(items.map((item) => item.reason)).size === 1 && count > 1 ? items[0].reason : undefined);
  const head = element('h3', { textContent: title });
  return element('section', { className: 'card group', ariaLabel: title }, element('div', { className: 'head' }, head, tag('held', reason === undefined ? count : `${titles[side]}, ${kind}s`)),
    element('p', { className: 'quiet', textContent: meaning }), shared === undefined ? undefined : element('p', {}, quoted(shared), ' ', tag('rule', rule)),
    approve.length + alike.length === 0 || (count === 1 && reason === undefined && rule === 'D7') ? undefined : element('p', { className: 'actions' }, ...approve, ...alike), failed, ...(items.length === 0 ? [] : [itemList(about, group, items, shared ?? '')]));
}

function itemList(about, { rule, count }, items, told = '') {
  const place = element('ul', { className: 'holds' }, ...items.map((item) => holdItem(about, item, told)));
  if (items.length >= count) return place;
  const more = element('li', {}, button(`Show more of ${count}`, async () => {
    const { answer } = await post('waiting', { user: about.user, rule, skip: items.length, limit: pageSize });
    shown.set(rule, items.length + pageSize);
    items = [...items, ...(answer?.items ?? [])];
    more.before(...(answer?.items ?? []).map((item) => holdItem(about, item, told)));
    if (items.length >= count || answer === undefined) more.remove();
  }));
  place.append(more);
  return place;
}

function restOf(about, group, items) {
  const [title, meaning] = groups[group.rule] ?? [ruleWords(group.rule), ''];
  return element('details', {}, element('summary', {}, title, ' ', tag('rule', group.count)), element('p', { className: 'quiet', textContent: meaning }), itemList(about, group, items));
}

function toldItem({ at, rule, message, label, entity, field }) {
  return element('li', {}, entity === undefined ? element('span', { className: 'who', textContent: label }) : link(`#records/${entity}`, label || 'a record', 'who'), field === undefined ? '' : ` ${fieldWords(field)}`, ': ', quoted(message),
    element('span', { className: 'where' }, `${clock(at)}, ${ruleWords(rule)} `, tag('rule', rule)));
}

function done({ user, status, entity, label, field, sentence, back }) {
  decided.unshift({ user, entity, label, field, sentence, back, after: status.last?.endedAt ?? 0 });
  decided.splice(20);
  drawDecided();
  byId('decided').firstElementChild?.focus();
  drawn = '';
  setTimeout(() => globalThis.dispatchEvent(new globalThis.Event('syncline-changed')), 0);
}

function drawDecided() {
  byId('decided-card').hidden = decided.length === 0;
  // Redrawn only when it changed: a button keeps its focus.
  const now = JSON.stringify(decided);
  if (byId('decided').dataset.rows === now) return;
  byId('decided').dataset.rows = now;
  byId('decided').replaceChildren(...decided.map((one) => element('li', { tabIndex: -1 }, element('span', { className: 'who', textContent: one.label }), one.field === undefined ? '' : ` ${fieldWords(one.field)}`, ': ', quoted(one.sentence),
    one.run === undefined || one.isUndone ? undefined : element('span', {}, ' Done. ', undoButton(one)))));
}

function undoButton(one) {
  const work = async () => {
    const { user, entity, field, run } = one;
    const { answer, failure } = one.back === 'restore'
      ? await post('restore', { user, record: entity, yes: true })
      : await post('undo', { user, run, ...(entity !== undefined && { record: entity }), ...(entity !== undefined && field !== undefined && { field }) });
    one.sentence = failure ?? (one.back === 'restore' ? `It comes back with the next sync. ${answer.sentences.join(' ')}` : undoneWords(answer));
    one.isUndone = true;
    drawDecided();
  };
  return one.back === 'run' ? careful('Undo', 'Everything this run wrote is taken back.', 'Yes, undo the run', work) : button('Undo', work);
}

/** What undoing came to. */
export function undoneWords({ reversed, left }) {
  const rest = left.map(({ label, field, reason }) => ` Left as it is: ${label}${field === undefined ? '' : ` (${fieldWords(field)})`}, ${reason}.`).slice(0, 5).join('');
  return `${reversed === 0 ? 'Nothing was taken back.' : `${counted(reversed, 'change')} taken back; the next sync writes it.`}${rest}${left.length > 5 ? ` And ${left.length - 5} more.` : ''}`;
}
