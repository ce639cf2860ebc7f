// The first page: shows what `/ws/status` says, as it says it. Plain DOM, text only: nothing from a record is ever markup.
const { URLSearchParams, document, location, history, fetch, WebSocket, setInterval, setTimeout } = globalThis;

const titles = { orocrm: 'OroCRM', outlook: 'Outlook' };
const kinds = { contact: 'contacts', task: 'tasks', event: 'events' };
const phases = { resolve: 'Looking up what was left open', observe: 'Reading both sides', merge: 'Merging', plan: 'Planning', perform: 'Writing' };
const modes = { 'orocrm-to-outlook': 'OroCRM to Outlook', 'outlook-to-orocrm': 'Outlook to OroCRM' };
const kept = { lines: 50, alerts: 20 };

const byId = (id) => document.getElementById(id);
/** By user, in the order of the first message. */
let users = new Map();
let chosen;
let drawing;

const code = new URLSearchParams(location.search).get('code');
if (code !== null) await signIn(code);
connect(0);
setInterval(drawNext, 1000);

byId('sync').addEventListener('click', () => post('/api/v1/sync', { user: chosen }));
byId('go').addEventListener('click', () => post('/api/v1/sync', { user: chosen, go: true }));
byId('person').addEventListener('change', (event) => {
  chosen = event.target.value;
  draw();
});
byId('sign-out').addEventListener('click', async () => {
  await fetch('/api/v1/session', { method: 'DELETE' });
  location.assign('/');
});

/** The code must not stay in the address: it would be in the history, and in a screenshot. */
async function signIn(code) {
  history.replaceState(null, '', '/');
  const failure = await send('/api/v1/session', { code });
  if (failure !== undefined) byId('why').textContent = failure;
}

async function post(path, body) {
  const failure = await send(path, body);
  if (failure !== undefined) say('phase', failure);
}

/** What went wrong, in words; undefined when nothing did. A proxy's own error page is no JSON. */
async function send(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).catch(() => undefined);
  if (answer === undefined) return 'The hub does not answer.';
  if (answer.ok) return undefined;
  return (await answer.json().catch(() => undefined))?.error ?? `The hub answers ${answer.status}.`;
}

/** Comes back ever more slowly while the hub is away, or takes no further socket; a hub that knows us no more says 401. */
async function connect(failures) {
  const known = await fetch('/api/v1/status').catch(() => undefined);
  if (known?.status === 401) return show(false);
  if (known === undefined || !known.ok) return again(failures);
  show(true);
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/status`, ['syncline.v1']);
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    link('live', 'live');
  });
  socket.addEventListener('message', ({ data }) => take(JSON.parse(data)));
  socket.addEventListener('close', () => again(opened ? 0 : failures));
  return undefined;
}

function again(failures) {
  link('lost', 'the hub is away');
  setTimeout(() => connect(failures + 1), Math.min(30_000, 500 * 2 ** failures));
}

function take(event) {
  if (event.type === 'state') {
    users = new Map(event.users.map((user) => [user.user, user]));
    if (!users.has(chosen)) chosen = event.users[0]?.user;
    drawPeople();
  } else {
    const before = users.get(event.user);
    if (before === undefined) return;
    users.set(event.user, applied(before, event));
    if (event.user !== chosen) return;
  }
  // Hundreds of records a second are one drawing per frame.
  drawing ??= setTimeout(() => {
    drawing = undefined;
    draw();
  }, 60);
}

/** The same as `applyEvent` of the hub. */
function applied(user, event) {
  if (event.type === 'record') return { ...user, lines: [event.line, ...user.lines].slice(0, kept.lines) };
  if (event.type === 'alert') return { ...user, alerts: [event.alert, ...user.alerts].slice(0, kept.alerts) };
  const { type, at, user: name, ...changed } = event;
  return type === undefined || at === undefined || name === undefined ? user : { ...user, ...changed };
}

function show(signedIn) {
  byId('signed-in').hidden = !signedIn;
  byId('signed-out').hidden = signedIn;
  if (!signedIn) link('', 'signed out');
}

function link(state, text) {
  byId('link').className = `link ${state}`;
  byId('link').textContent = text;
}

function drawPeople() {
  byId('people').hidden = users.size < 2;
  byId('person').replaceChildren(...[...users.keys()].map((name) => element('option', { value: name, selected: name === chosen, textContent: name })));
}

function draw() {
  const user = users.get(chosen);
  if (user === undefined) return;
  drawFlow(user);
  drawState(user);
  drawNext();
  drawBars(user);
  byId('alerts-card').hidden = user.alerts.length === 0;
  byId('alerts').replaceChildren(...user.alerts.slice(0, 5).map(({ at, what, message }) => element('li', {}, tag(what, what), `${clock(at)} `, quoted(message))));
  list('notes', user.notes, 'Nothing waits for you.', noteItem);
  list('lines', user.lines, 'Nothing was written since the hub started.', lineItem);
  say('accounts', [user.accounts.orocrm, user.accounts.outlook].map((name) => name ?? 'not signed in').join('  and  '));
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

function drawNext() {
  const user = users.get(chosen);
  if (user === undefined) return;
  const { next, enableSync, showAlerts } = user;
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

function noteItem({ at, what, rule, message, label, side, field, kind }) {
  const where = [side && titles[side], kind, field].filter(Boolean).join(', ');
  return element('li', {}, tag(what, what), element('span', { className: 'who', textContent: label }), label === '' ? '' : ': ', quoted(message),
    element('span', { className: 'where' }, `${clock(at)}${where === '' ? '' : `, ${where}`} `, tag('rule', rule)));
}

const did = { create: 'created', update: 'changed', delete: 'deleted', mark: 'marked' };

function lineItem({ at, kind, side, op, label, rules, fields }) {
  const what = op === 'update' && fields.length > 0 ? `: ${fields.join(', ')}` : '';
  return element('li', {}, element('span', { className: 'who', textContent: label || kind }), ` ${did[op]} in `, element('span', { className: side, textContent: titles[side] }), what,
    element('span', { className: 'where' }, `${clock(at)}, ${kind} `, ...rules.map((rule) => tag('rule', rule))));
}

/** Redrawn only when it changed: a reader's place in the list stays. */
function list(id, rows, empty, item) {
  const place = byId(id);
  const now = JSON.stringify(rows);
  if (place.dataset.rows === now) return;
  place.dataset.rows = now;
  place.replaceChildren(...(rows.length === 0 ? [element('li', { className: 'quiet', textContent: empty })] : rows.map(item)));
}

/** Somebody else's words: what they are written in turns nothing around them. */
function quoted(text) {
  return element('span', { className: 'words', textContent: text });
}

function tag(className, text) {
  return element('span', { className: `tag ${className}`, textContent: text });
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A screen reader hears a status only when it changed. */
function say(id, text) {
  const place = byId(id);
  if (place.textContent !== String(text)) place.textContent = String(text);
}

function clock(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

function until(ms) {
  const seconds = Math.max(0, Math.round((ms - Date.now()) / 1000));
  if (seconds < 1) return 'now';
  return seconds < 60 ? `in ${seconds} s` : `in ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
