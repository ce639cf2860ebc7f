// Now: what happens while it happens.
import { byId, clock, element, list, quoted, say, tag, titles } from './dom.js';
import { did } from './words.js';

const kinds = { contact: 'contacts', task: 'tasks', event: 'events' };
const phases = { resolve: 'Looking up what was left open', observe: 'Reading both sides', merge: 'Merging', plan: 'Planning', perform: 'Writing' };
const modes = { 'orocrm-to-outlook': 'OroCRM to Outlook', 'outlook-to-orocrm': 'Outlook to OroCRM' };

/** Draws everything a status tells. */
export function drawNow(user) {
  drawFlow(user);
  drawState(user);
  drawNext(user);
  drawBars(user);
  byId('alerts-card').hidden = user.alerts.length === 0;
  byId('alerts').replaceChildren(...user.alerts.slice(0, 5).map(({ at, what, message }) => element('li', {}, tag(what, what), `${clock(at)} `, quoted(message))));
  list('notes', user.notes, 'Nothing waits for you.', noteItem);
  list('lines', user.lines, 'Nothing was written since the hub started.', lineItem);
}

function drawFlow({ records, running, direction, wins, last }) {
  const linked = records === null ? null : Object.values(records.linked).reduce((sum, one) => sum + one, 0);
  say('count-document', linked ?? '-');
  for (const side of ['orocrm', 'outlook']) {
    const alone = records === null ? 0 : records.unlinked.filter((row) => row.side === side).reduce((sum, row) => sum + row.count, 0);
    say(`count-${side}`, linked === null ? '-' : linked + alone);
    const wrote = last?.writes[side] ?? 0;
    say(`delta-${side}`, wrote > 0 ? `+${wrote} written` : '');
    byId(`wire-${side}`).classList.toggle('busy', running !== null && running.bars.some((bar) => bar.side === side));
  }
  say('flow-mode', modes[direction] ?? `Both ways, ${titles[wins]} wins`);
}

function drawState({ running, last, waitsForGo }) {
  say('phase', running === null ? 'Waiting for the next check' : phases[running.phase]);
  say('sentence', last === null ? '' : `${clock(last.endedAt)}: ${last.sentence}`);
  byId('sync').disabled = running !== null;
  byId('go').hidden = waitsForGo === null;
  byId('plan-card').hidden = waitsForGo === null;
  if (waitsForGo === null) return;
  say('go', `Go: do the ${waitsForGo.planned} planned writes`);
  list('plan', waitsForGo.parts, 'Nothing to write.', ({ op, kind, side, count }) => element('li', { textContent: `${count} ${kind}${count === 1 ? '' : 's'} to be ${did[op]} in ${titles[side]}` }));
  list('samples', waitsForGo.samples, '', ({ op, kind, side, label }) => element('li', {}, element('span', { className: 'who', textContent: label }), `: ${kind} to be ${did[op]} in ${titles[side]}`));
}

/** When the next checks are; by the second. */
export function drawNext({ next, enableSync, showAlerts }) {
  const parts = ['orocrm', 'outlook'].filter((side) => next[side] !== undefined).map((side) => `${titles[side]} ${until(next[side])}`);
  const waits = next.notBefore === undefined ? '' : ` A service asked to wait until ${clock(next.notBefore)}.`;
  const quiet = showAlerts ? '' : ' Show Alerts is off.';
  say('next', enableSync ? `Next check: ${parts.join(', ') || 'soon'}.${waits}${quiet}` : `Enable Sync is off: only "Start sync now" starts a cycle.${waits}${quiet}`);
}

/** One bar per side and kind: of the cycle that runs, else what is linked. */
function drawBars({ running, records }) {
  const bars = Object.keys(kinds).flatMap((kind) => ['orocrm', 'outlook'].map((side) => {
    const bar = running?.bars.find((one) => one.kind === kind && one.side === side);
    const linked = records?.linked[kind] ?? 0;
    const alone = records?.unlinked.filter((row) => row.kind === kind && row.side === side).reduce((sum, row) => sum + row.count, 0) ?? 0;
    const words = bar === undefined
      ? `${linked} linked${alone > 0 ? ` + ${alone} alone` : ''}`
      : `${bar.phase === 'perform' ? 'written' : 'read'} ${bar.done}${bar.total === undefined ? '' : ` of ${bar.total}`}`;
    const [value, max] = bar === undefined ? [linked, linked + alone] : [bar.done, bar.total ?? Math.max(bar.done, 1)];
    const name = `${titles[side]} ${kinds[kind]}`;
    return element('div', { className: side },
      element('div', { className: 'bar-name' }, element('span', { textContent: name }), element('span', { textContent: words })),
      element('progress', { max: Math.max(max, 1), value, ariaLabel: name }));
  }));
  byId('bars').replaceChildren(...bars);
  byId('unlinked').replaceChildren(...(records?.unlinked ?? []).map(({ kind, side, reason, count }) => element('li', { textContent: `${count} ${kind}${count === 1 ? '' : 's'} only in ${titles[side]}: ${reason}` })));
}

function noteItem({ at, what, rule, message, label, entity, side, field, kind }) {
  const where = [side && titles[side], kind, field].filter(Boolean).join(', ');
  return element('li', {}, tag(what, what), named(entity, label), label === '' ? '' : ': ', quoted(message),
    element('span', { className: 'where' }, `${clock(at)}${where === '' ? '' : `, ${where}`} `, tag('rule', rule)));
}

function lineItem({ at, entity, kind, side, op, label, rules, fields }) {
  const what = op === 'update' && fields.length > 0 ? `: ${fields.join(', ')}` : '';
  return element('li', {}, named(entity, label || kind), ` ${did[op]} in `, element('span', { className: side, textContent: titles[side] }), what,
    element('span', { className: 'where' }, `${clock(at)}, ${kind} `, ...rules.map((rule) => tag('rule', rule))));
}

/** A record by its name, with the way to it. */
function named(entity, textContent) {
  return entity === undefined ? element('span', { className: 'who', textContent }) : element('a', { href: `#records/${entity}`, className: 'who', textContent });
}

function until(ms) {
  const seconds = Math.max(0, Math.round((ms - Date.now()) / 1000));
  if (seconds < 1) return 'now';
  return seconds < 60 ? `in ${seconds} s` : `in ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
