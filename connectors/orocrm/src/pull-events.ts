import type { Page, PullRequest, Seen } from '@syncline/connector';
import { formatCursor, isDue, parseCursor, wasPutBack, type Cursor } from './cursor.ts';
import { countOf, expectOk } from './failures.ts';
import { inWindow, ownCalendar, presentEvent } from './read.ts';
import { parseEvents, type EventList, type EventRecord, type StoredEvent } from './records.ts';
import { tellLeftOut, type Session } from './session.ts';
import { versionOf } from './version.ts';

const path = '/api/rest/latest/calendarevents.json';

/**
 * Events of the user's own calendar changed since the cursor. The old API pages in no order, so a list is one answer.
 *
 * Everything is listed as often as ids of other kinds are compared: the window moves, and an event that enters it has
 * not changed (rule S19).
 */
export async function* pullEvents(session: Session, request: PullRequest): AsyncGenerator<Page<EventRecord>> {
  const before = request.cursor === null ? undefined : parseCursor(request.cursor);
  const now = session.context.now();
  const own = session.ownChanges.event;
  const count = await countEvents(session);
  session.ownChanges.event = 0;
  const end: Cursor = { v: 1, position: session.api.serverTime(), count, idsAt: now, contentAt: now };
  if (before !== undefined && !isDue(now, before.idsAt, session.config.idComparisonMinutes) && !wasPutBack(before, end.position, session.config.overlapSeconds)) {
    const { events: changed } = await listEvents(session, { 'updatedAt>': time(before.position - session.config.overlapSeconds * 1000) });
    const fresh = changed.filter((event) => request.known(event.id) === undefined && Date.parse(event.createdAt) >= before.position).length;
    if (count === null || before.count === null || count === before.count + own + fresh) {
      yield { seen: seenOf(session, request, changed), cursor: formatCursor({ ...end, idsAt: before.idsAt, contentAt: before.contentAt }) };
      return;
    }
  }
  const { events, unread } = await listEvents(session, {});
  // What cannot be read is alive all the same, or it would be asked for by id as if it were gone (G7).
  const alive = [...events.filter((event) => !event.exception).map((event) => event.id), ...unread];
  yield { seen: seenOf(session, request, events), alive, cursor: formatCursor(end), progress: { done: events.length, total: events.length } };
}

/** Lists events of the user's calendar by a filter of the old API: the operator belongs to the name (`updatedAt>` and `=`). */
export async function listEvents(session: Session, filter: { readonly [name: string]: string }): Promise<EventList> {
  for (let limit = 2000; ; limit *= 4) {
    const query = { calendar: ownCalendar(session), page: '1', limit: String(limit), ...filter };
    const body = expectOk(await session.api.send({ method: 'GET', path, query }), 'view calendar events');
    // A second page could repeat and skip: when this one is full, one larger answer is asked for.
    if (!Array.isArray(body) || body.length < limit) return parseEvents(body, tellLeftOut(session));
  }
}

async function countEvents(session: Session): Promise<number | null> {
  const query = { calendar: ownCalendar(session), page: '1', limit: '1' };
  const answer = await session.api.send({ method: 'GET', path, query, count: true });
  expectOk(answer, 'view calendar events');
  return countOf(answer);
}

/** D12: changed occurrences of a series are left alone. D5: what left the window is said where the hub knows it. */
function seenOf(session: Session, request: PullRequest, events: readonly StoredEvent[]): readonly Seen<EventRecord>[] {
  return events
    .filter((event) => !event.exception)
    .flatMap((event): readonly Seen<EventRecord>[] => {
      const known = request.known(event.id);
      if (!inWindow(session, event)) return known === undefined ? [] : [{ id: event.id, absent: 'outside' }];
      return known === versionOf(event) ? [] : [presentEvent(event)];
    });
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
