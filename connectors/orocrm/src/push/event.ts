import { createHash } from 'node:crypto';
import type { Write, Written } from '@syncline/connector';
import { failureOf, type Answer } from '../failures.ts';
import { listEvents } from '../pull-events.ts';
import { changedMeanwhile, deletedAnswer, isOk, pushEach, type Attempt, type Create, type Delete, type Update } from '../push.ts';
import { ownCalendar, presentEvent, readAnyEvent, readEvent } from '../read.ts';
import { fields, type EventRecord, type StoredEvent } from '../records.ts';
import type { Session } from '../session.ts';

/** Writes events of the user's own calendar. */
export function pushEvents(session: Session, writes: readonly Write<EventRecord>[]): Promise<readonly Written<EventRecord>[]> {
  return pushEach(session, writes, { create, update, remove });
}

/**
 * The identity an event gets when it is created: a UUID made of the intent's key, so that it is found again when the
 * answer was lost (rule R4). OroCRM takes at most 36 characters.
 */
export function uidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** The calendar has to be named: without it OroCRM answers 201 and makes an event that nobody sees (rule M39). */
async function create(session: Session, write: Create<EventRecord>, attempt: Attempt): Promise<Written<EventRecord>> {
  const uid = uidOf(write.key);
  const { title, start, end, allDay } = write.record;
  const body = { calendar: Number(ownCalendar(session)), uid, title, start, end, allDay };
  const answer = await session.api.send({ method: 'POST', path: '/api/rest/latest/calendarevents.json', body });
  if (!isOk(answer)) {
    // Refused perhaps because it is there: an earlier attempt was carried out and its answer lost.
    const [present] = answer.status === 400 ? (await listEvents(session, { uid })).events : [];
    return present === undefined ? refused(answer, undefined) : { status: 'stored', seen: presentEvent(present) };
  }
  attempt.wrote = true;
  session.ownChanges.event += 1;
  // The answer names the id and little else.
  return afterWrite(session, String(fields(answer.body, 'the answer to a new event')['id']));
}

async function update(session: Session, write: Update<EventRecord>, attempt: Attempt): Promise<Written<EventRecord>> {
  const found = await readEvent(session, write.id);
  if ('absent' in found) return { status: 'gone', seen: found };
  const changed = changedMeanwhile(found, write, () => presentEvent(found));
  if (changed !== undefined) return changed;
  const held = whyHeld(found, write);
  if (held !== undefined) return held;
  const { record, base } = write;
  const moved = record.start !== base.start || record.end !== base.end || record.allDay !== base.allDay;
  // M38: start, end and all-day in one go, never half of them. M41: nothing else.
  const body = { ...(record.title !== base.title && { title: record.title }), ...(moved && { start: record.start, end: record.end, allDay: record.allDay }) };
  if (Object.keys(body).length === 0) return { status: 'stored', seen: presentEvent(found) };
  const answer = await session.api.send({ method: 'PUT', path: `/api/rest/latest/calendarevents/${write.id}.json`, body });
  if (!isOk(answer)) return refused(answer, { session, id: write.id });
  attempt.wrote = true;
  return afterWrite(session, write.id);
}

async function remove(session: Session, write: Delete<EventRecord>, attempt: Attempt): Promise<Written<EventRecord>> {
  const found = await readAnyEvent(session, write.id);
  if ('absent' in found) return { status: 'gone', seen: found };
  const changed = changedMeanwhile(found, write, () => presentEvent(found));
  if (changed !== undefined) return changed;
  // D7: deleting the copy of an invitation takes this user off the organizer's list of attendees.
  const readOnly = presentEvent(found).traits?.readOnly;
  if (readOnly !== undefined) return { status: 'rejected', message: readOnly };
  const answer = await session.api.send({ method: 'DELETE', path: `/api/rest/latest/calendarevents/${write.id}.json` });
  if (answer.status === 404) {
    const again = await readAnyEvent(session, write.id);
    if ('absent' in again) return { status: 'gone', seen: again };
  }
  const written = deletedAnswer<EventRecord>(answer, write.id, false);
  if (written.status === 'stored') {
    attempt.wrote = true;
    session.ownChanges.event -= 1;
  }
  return written;
}

/** D13: OroCRM would refuse it. D12: the times of a series are not ours to change. */
function whyHeld(found: StoredEvent, { record, base }: Update<EventRecord>): Written<EventRecord> | undefined {
  const readOnly = presentEvent(found).traits?.readOnly;
  if (readOnly !== undefined) return { status: 'rejected', message: readOnly };
  const moved = record.start !== base.start || record.end !== base.end || record.allDay !== base.allDay;
  if (!found.record.recurring || !moved) return undefined;
  const reason = 'This is a recurring series: its times are not changed from outside';
  return { status: 'rejected', message: reason, fields: { start: reason, end: reason, allDay: reason } };
}

/** A write may have moved the event out of the window: it is stored all the same, and the next pull says where it is. */
async function afterWrite(session: Session, id: string): Promise<Written<EventRecord>> {
  const found = await readAnyEvent(session, id);
  return 'absent' in found ? { status: 'gone', seen: found } : { status: 'stored', seen: presentEvent(found) };
}

async function refused(answer: Answer, of: { readonly session: Session; readonly id: string } | undefined): Promise<Written<EventRecord>> {
  if (answer.status === 403) return { status: 'rejected', message: 'In OroCRM this user may not write this event.' };
  if (answer.status === 404 && of !== undefined) {
    const found = await readEvent(of.session, of.id);
    if ('absent' in found) return { status: 'gone', seen: found };
  }
  if (answer.status !== 400) throw failureOf(answer, 'write calendar events');
  const errors = errorsIn(answer);
  const message = reasonsIn(answer.body).join(' ') || 'no reason given.';
  return { status: 'rejected', message: `OroCRM refuses this event: ${message}`, fields: errors };
}

/** The first error of each member: `{"errors": {"children": {"title": {"errors": ["..."]}, "end": []}}}`. */
function errorsIn(answer: Answer): { readonly [field: string]: string } {
  const found: Record<string, string> = {};
  const tree = memberOf(memberOf(answer.body, 'errors'), 'children');
  if (typeof tree !== 'object' || tree === null) return found;
  for (const [name, child] of Object.entries(tree)) {
    const list: unknown = memberOf(child, 'errors');
    const first: unknown = Array.isArray(list) ? list[0] : undefined;
    if (typeof first === 'string') found[name] = first;
  }
  return found;
}

/** Every error of the tree, also those about no member or about a member of a member; else the one sentence there is. */
function reasonsIn(body: unknown): readonly string[] {
  const tree = memberOf(body, 'errors');
  if (tree === undefined) return [memberOf(body, 'message') ?? memberOf(body, 'error')].filter((text) => typeof text === 'string');
  const list = memberOf(tree, 'errors');
  const children = memberOf(tree, 'children');
  return [
    ...(Array.isArray(list) ? (list as unknown[]).filter((text) => typeof text === 'string') : []),
    ...(typeof children === 'object' && children !== null ? Object.values(children).flatMap((child) => reasonsIn({ errors: child as unknown })) : []),
  ];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [name: string]: unknown })[name] : undefined;
}
