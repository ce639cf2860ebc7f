import type { Page, PullRequest, Seen } from '@syncline/connector';
import { formatCursor, isDue, parseCursor, wasPutBack, type Cursor, type Reading } from './cursor.ts';
import { countOf, expectOk } from './failures.ts';
import { idsPerRequest, readByIds, readPage } from './lists.ts';
import { parseStamp, parseTask, readable, type ContactRecord, type Document, type Stored, type TaskRecord } from './records.ts';
import { contactQuery, contactsOf, taskQuery } from './read.ts';
import { scopeFilter, tellLeftOut, type Session } from './session.ts';
import { present, stampOf, versionOf } from './version.ts';

/** What differs between the kinds that are read over JSON:API. */
interface Source<R extends ContactRecord | TaskRecord> {
  readonly kind: 'contact' | 'task';
  readonly type: 'contacts' | 'tasks';
  readonly query: { readonly [name: string]: string };
  readonly parse: (session: Session, document: Document) => Promise<readonly Stored<R>[]>;
  /** How often everything is read, because `updatedAt` does not tell of every change (rule A14); absent when it does. */
  readonly contentMinutes?: (session: Session) => number;
}

const contacts: Source<ContactRecord> = {
  kind: 'contact',
  type: 'contacts',
  query: contactQuery,
  parse: contactsOf,
  contentMinutes: (session) => session.config.contentComparisonMinutes,
};

const tasks: Source<TaskRecord> = {
  kind: 'task',
  type: 'tasks',
  query: taskQuery,
  parse: async (session, document) => readable(document.data, parseTask, tellLeftOut(session)),
};

/** Contacts changed since the cursor (rules A1, A14, A15). */
export function pullContacts(session: Session, request: PullRequest): AsyncIterable<Page<ContactRecord>> {
  return pull(session, contacts, request);
}

/** Tasks changed since the cursor. */
export function pullTasks(session: Session, request: PullRequest): AsyncIterable<Page<TaskRecord>> {
  return pull(session, tasks, request);
}

const nothingYet: Cursor = { v: 1, position: 0, count: 0, idsAt: 0, contentAt: 0 };

/**
 * One count, then what changed, then (only when the count does not fit or it is time) the ids of all.
 *
 * Pages go by id: `filter[id][gt]` after the last one. A page number, or a place in the order of `updatedAt`, moves while
 * others write and would skip records; an id does not, and who is changed behind us is found by the next read.
 */
async function* pull<R extends ContactRecord | TaskRecord>(session: Session, source: Source<R>, request: PullRequest): AsyncGenerator<Page<R>> {
  const before = request.cursor === null ? nothingYet : parseCursor(request.cursor);
  const own = session.ownChanges[source.kind];
  const now = session.context.now();
  let reading = before.reading ?? (await begin(session, source, before, now));
  const whole = reading.since === null;
  const delivered = new Map<string, string | null>();
  for (;;) {
    const { document, full } = await changedPage(session, source, reading);
    const records = await source.parse(session, document);
    for (const record of document.data.map(parseStamp)) delivered.set(record.id, record.updatedAt);
    const fresh = document.data.filter(({ id }) => request.known(id) === undefined).length;
    reading = { ...reading, after: document.data.at(-1)?.id ?? reading.after, fresh: reading.fresh + fresh, done: reading.done + document.data.length };
    const page = { seen: unknownTo(request, records), progress: { done: reading.done, ...(whole && reading.count !== null && { total: reading.count }) } };
    if (full) {
      yield { ...page, cursor: formatCursor({ ...before, reading }) };
      continue;
    }
    const end: Cursor = { v: 1, position: reading.position, count: reading.count, idsAt: before.idsAt, contentAt: whole ? now : before.contentAt };
    if (whole && before.reading === undefined) {
      yield { ...page, alive: [...delivered.keys()], cursor: formatCursor({ ...end, idsAt: now }) };
    } else if (whole) {
      // Read in two goes: which of the first pages still are is not known here, so ids are compared next time.
      yield { ...page, cursor: formatCursor({ ...end, idsAt: 0 }) };
    } else if (isDue(now, before.idsAt, session.config.idComparisonMinutes) || wasPutBack(before, reading.position, session.config.overlapSeconds) || !fits(before, reading, own, request)) {
      yield page;
      yield* compareIds(session, source, request, delivered, formatCursor({ ...end, idsAt: now }));
    } else {
      yield { ...page, cursor: formatCursor(end) };
    }
    return;
  }
}

async function begin(session: Session, source: Source<ContactRecord | TaskRecord>, before: Cursor, now: number): Promise<Reading> {
  const answer = await session.api.send({ method: 'GET', path: `/api/${source.type}`, query: { ...scopeFilter(session, source.kind), 'page[size]': '0' }, count: true });
  expectOk(answer, `view ${source.type}`);
  session.ownChanges[source.kind] = 0;
  const contentMinutes = source.contentMinutes?.(session);
  const contentDue = contentMinutes !== undefined && isDue(now, before.contentAt, contentMinutes);
  return {
    since: before.position === 0 || contentDue ? null : before.position - session.config.overlapSeconds * 1000,
    after: '0',
    // The answer to the count was given before the list is asked for: nothing can be changed between this time and the list.
    position: session.api.serverTime(),
    count: countOf(answer),
    fresh: 0,
    done: 0,
  };
}

function changedPage(session: Session, source: Source<ContactRecord | TaskRecord>, reading: Reading): ReturnType<typeof readPage> {
  const query = {
    ...source.query,
    ...scopeFilter(session, source.kind),
    ...(reading.since !== null && { 'filter[updatedAt][gte]': filterTime(reading.since) }),
    'filter[id][gt]': reading.after,
    sort: 'id',
  };
  return readPage(session.api, `/api/${source.type}`, query, session.pageSizes.records, `view ${source.type}`);
}

/** A filter takes whole seconds, or two digits, but not three. */
function filterTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/**
 * Whether the count is what it should be: that of last time with what came since, or that of the hub. When it is not,
 * something was deleted, hidden, or has appeared without a change of its own (rule A14).
 */
function fits(before: Cursor, reading: Reading, own: number, request: PullRequest): boolean {
  // Not told: the comparison that goes by time has to do.
  if (reading.count === null || before.count === null) return true;
  return reading.count === before.count + own + reading.fresh || reading.count === request.knownCount + reading.fresh;
}

/** Every id with its stamp; what the hub does not know at that stamp is read. */
async function* compareIds<R extends ContactRecord | TaskRecord>(
  session: Session,
  source: Source<R>,
  request: PullRequest,
  delivered: ReadonlyMap<string, string | null>,
  cursor: string,
): AsyncGenerator<Page<R>> {
  const alive: string[] = [];
  const stale: string[] = [];
  for (let after = '0', more = true; more; ) {
    const query = { ...scopeFilter(session, source.kind), 'filter[id][gt]': after, sort: 'id', [`fields[${source.type}]`]: 'updatedAt' };
    const page = await readPage(session.api, `/api/${source.type}`, query, session.pageSizes.ids, `view ${source.type}`);
    for (const { id, updatedAt } of page.document.data.map(parseStamp)) {
      alive.push(id);
      const version = request.known(id);
      if (updatedAt !== null && delivered.get(id) !== updatedAt && (version === undefined || stampOf(version) !== updatedAt)) stale.push(id);
    }
    after = alive.at(-1) ?? after;
    more = page.full;
  }
  for (let rest = stale; rest.length > 0; rest = rest.slice(idsPerRequest)) {
    const document = await readByIds(session.api, `/api/${source.type}`, source.query, rest.slice(0, idsPerRequest), session.pageSizes.records, `view ${source.type}`);
    yield { seen: unknownTo(request, await source.parse(session, document)) };
  }
  yield { seen: [], alive, cursor };
}

/** Our own writes come back in the next read; the hub holds them already (rule C15). */
function unknownTo<R extends ContactRecord | TaskRecord>(request: PullRequest, records: readonly Stored<R>[]): readonly Seen<R>[] {
  return records.filter((record) => request.known(record.id) !== versionOf(record)).map((record) => present(record));
}
