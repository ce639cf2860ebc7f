// Follows `/ws/status`, and keeps what it says of each user.
const { location, fetch, WebSocket, setTimeout } = globalThis;

const kept = { lines: 50, alerts: 20 };
/** By user, in the order of the first message. */
const users = new Map();

export const userNames = () => [...users.keys()];
export const statusOf = (name) => users.get(name);

/** `signedIn` is told whether somebody is, `linked` how the link is, `changed` each event after it was taken in. */
export async function follow({ signedIn, linked, changed }, failures = 0) {
  const again = (more) => {
    linked('lost', 'the hub is away');
    setTimeout(() => follow({ signedIn, linked, changed }, more), Math.min(30_000, 500 * 2 ** (more - 1)));
  };
  // Comes back ever more slowly while the hub is away, or takes no further socket; a hub that knows us no more says 401.
  const known = await fetch('/api/v1/status').catch(() => undefined);
  if (known?.status === 401) return signedIn(false);
  if (known === undefined || !known.ok) return again(failures + 1);
  signedIn(true);
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/status`, ['syncline.v1']);
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    linked('live', 'live');
  });
  socket.addEventListener('message', ({ data }) => {
    const event = JSON.parse(data);
    if (take(event)) changed(event);
  });
  socket.addEventListener('close', () => again(opened ? 1 : failures + 1));
  return undefined;
}

function take(event) {
  if (event.type === 'state') {
    users.clear();
    for (const user of event.users) users.set(user.user, user);
    return true;
  }
  const before = users.get(event.user);
  if (before === undefined) return false;
  users.set(event.user, applied(before, event));
  return true;
}

/** The same as `applyEvent` of the hub. */
function applied(user, event) {
  if (event.type === 'record') return { ...user, lines: [event.line, ...user.lines].slice(0, kept.lines) };
  if (event.type === 'alert') return { ...user, alerts: [event.alert, ...user.alerts].slice(0, kept.alerts) };
  const { type, at, user: name, ...changed } = event;
  return type === undefined || at === undefined || name === undefined ? user : { ...user, ...changed };
}
