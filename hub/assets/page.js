// The page: signs in, and shows one view at a time, by the address after `#`. Plain DOM.
import { post } from './api.js';
import { byId, element, say } from './dom.js';
import { drawHistory } from './history.js';
import { follow, statusOf, userNames } from './live.js';
import { drawNext, drawNow } from './now.js';
import { drawRecords, startRecords } from './records.js';
import { drawWaiting, settleDecided } from './waiting.js';

const { URLSearchParams, document, location, history, fetch, addEventListener, setInterval, setTimeout } = globalThis;

const names = { now: 'Now', waiting: 'Needs you', records: 'Records', history: 'History' };
let chosen;
let drawing;
/** What the lists were drawn for: they are asked for again when it changed, not with every beat. */
let listed = '';

const code = new URLSearchParams(location.search).get('code');
if (code !== null) await signIn(code);
follow({ signedIn: show, linked: link, changed });
setInterval(() => chosen !== undefined && drawNext(statusOf(chosen)), 1000);

byId('sync').addEventListener('click', () => start({ user: chosen }));
for (const id of ['go', 'waiting-go-button']) byId(id).addEventListener('click', () => start({ user: chosen, go: true }));
byId('person').addEventListener('change', (event) => {
  chosen = event.target.value;
  if (view().id !== undefined) location.hash = view().name;
  draw();
});
byId('sign-out').addEventListener('click', async () => {
  await fetch('/api/v1/session', { method: 'DELETE' });
  location.assign('/');
});
addEventListener('syncline-changed', () => drawLists());
addEventListener('hashchange', async () => {
  turn();
  const was = document.activeElement;
  await drawLists();
  // Who went on meanwhile, into the search for instance, stays there.
  if (![was, document.body].includes(document.activeElement)) return;
  // Where a reader goes on: the heading of what was asked for.
  const { name, id } = view();
  const head = [...document.querySelectorAll(id === undefined ? `#view-${name} h2` : `#view-${name} article h2, #history-run h2`)].find((one) => one.checkVisibility());
  head?.focus({ preventScroll: true });
  globalThis.scrollTo(0, 0);
});
startRecords(() => drawLists());
turn();

/** The code must not stay in the address: it would be in the history, and in a screenshot. */
async function signIn(code) {
  history.replaceState(null, '', `/${location.hash}`);
  const { failure } = await post('session', { code });
  if (failure !== undefined) byId('why').textContent = failure;
}

async function start(body) {
  const { failure } = await post('sync', body);
  if (failure !== undefined) say('phase', failure);
}

function changed(event) {
  if (event.type === 'state') {
    if (statusOf(chosen) === undefined) chosen = userNames()[0];
    drawPeople();
    listed = '';
  } else if (event.user !== chosen) return;
  if (event.type === 'cycle-ended') settleDecided(statusOf(chosen));
  // Hundreds of records a second are one drawing per frame.
  drawing ??= setTimeout(() => {
    drawing = undefined;
    draw();
  }, 60);
}

function draw() {
  const status = statusOf(chosen);
  if (status === undefined) return;
  drawNow(status);
  say('accounts', [status.accounts.orocrm, status.accounts.outlook].map((name) => name ?? 'not signed in').join('  and  '));
  const { last, records, notes, waitsForGo } = status;
  const now = JSON.stringify([chosen, records, notes, waitsForGo, last !== null && last.writes.orocrm + last.writes.outlook > 0 ? last.run : status.lines[0]?.at]);
  if (now === listed || status.running !== null) return;
  listed = now;
  drawLists();
}

/** The view that is shown; the number of what waits is shown with every one. */
async function drawLists() {
  const status = statusOf(chosen);
  if (status === undefined) return;
  const about = { user: chosen, status };
  const { name, id } = view();
  await Promise.all([
    drawWaiting({ ...about, isShown: name === 'waiting' }),
    name === 'records' ? drawRecords(about, id) : undefined,
    name === 'history' ? drawHistory(about, id) : undefined,
  ]);
}

/** `#records/e_0a1b2c3d4e5f`: the view, and which one in it. */
function view() {
  const [name, id] = location.hash.slice(1).split('/');
  return Object.hasOwn(names, name) ? { name, ...(id !== undefined && id !== '' && { id: decodeURIComponent(id) }) } : { name: 'now' };
}

function turn() {
  const { name } = view();
  for (const one of Object.keys(names)) {
    byId(`view-${one}`).hidden = one !== name;
    const way = document.querySelector(`nav a[href="#${one}"]`);
    if (one === name) way.setAttribute('aria-current', 'page');
    else way.removeAttribute('aria-current');
  }
  document.title = `${names[name]} · Syncline`;
}

function show(signedIn) {
  byId('signed-in').hidden = !signedIn;
  byId('signed-out').hidden = signedIn;
  byId('views').hidden = !signedIn;
  if (!signedIn) link('', 'signed out');
}

function link(state, text) {
  byId('link').className = `link ${state}`;
  byId('link').textContent = text;
}

function drawPeople() {
  byId('people').hidden = userNames().length < 2;
  byId('person').replaceChildren(...userNames().map((name) => element('option', { value: name, selected: name === chosen, textContent: name })));
}
