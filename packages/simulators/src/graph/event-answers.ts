import { isObject, type Json } from '../shared/json.ts';
import type { Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import { answerDelta, removedRow, type Round } from './delta.ts';
import type { Change } from './change-log.ts';
import { deleteEvent, findCalendar, updateEvent, type Target } from './events.ts';
import { hasOccurrence, instancesIn, occurrenceTimes, shapeOf, type Instance, type Window } from './expand.ts';
import { expandedIds, showExtended } from './extended.ts';
import { expandExtensions } from './extensions.ts';
import { badRequest, notFound } from './failure.ts';
import { occurrenceId, parseOccurrenceId } from './ids.ts';
import { answerList, checkMatch, etagOf, findItem, itemsIn, logOf } from './items.ts';
import { checkSelect, eventProperties, project } from './properties.ts';
import type { Expansion } from './query.ts';
import { escapeHtml } from './rewriting.ts';
import type { Container, Event, EventVersion, Fields } from './state.ts';
import { endMs, showTimes, startMs } from './times.ts';
import { parseInstant, ticksStamp } from './zones.ts';

/** The event or occurrence an id in the path names, in the calendar the path names. */
export function targetOf(call: Call, id = call.params['event'] ?? ''): Target {
  const { mailbox, world } = call;
  const calendar = call.params['calendar'];
  const direct = mailbox.events.get(id) ?? mailbox.events.get(mailbox.aliases.get(id) ?? '');
  const occurrence = direct ? undefined : parseOccurrenceId(id);
  const event = direct ?? findItem(world, mailbox, mailbox.events, occurrence?.masterId ?? id);
  if (calendar !== undefined && event.parent !== findCalendar(mailbox, calendar).key) throw notFound(world.switches.notFoundCode);
  if (!occurrence) return { event };
  if (!hasOccurrence(event, occurrence.day)) throw notFound(world.switches.notFoundCode);
  return { event, day: occurrence.day };
}

export function showEvent(call: Pick<Call, 'world' | 'prefer' | 'zone' | 'mailbox'>, { event, day }: Target, expand: readonly Expansion[], select?: readonly string[]): Fields {
  const exception = day === undefined ? undefined : event.exceptions[day];
  const times = exception?.times ?? (day === undefined ? event.times : occurrenceTimes(event.times, day));
  const fields = exception ? { ...event.fields, ...exception.fields } : event.fields;
  const masterId = call.prefer.immutableIds ? event.key : event.mutableId;
  const id = day === undefined ? masterId : occurrenceId(masterId, day);
  const changeKey = exception?.changeKey ?? event.changeKey;
  const { organizer, isOrganizer, responseStatus, iCalUId, ...plain } = fields;
  const body = showBody(fields['body'], call.prefer.textBody);
  const shown: Fields = {
    '@odata.etag': etagOf(changeKey),
    id,
    createdDateTime: ticksStamp(event.createdMs),
    lastModifiedDateTime: ticksStamp(exception?.modifiedMs ?? event.modifiedMs),
    changeKey,
    originalStartTimeZone: times.startZone,
    originalEndTimeZone: times.endZone,
    iCalUId: day === undefined ? (iCalUId ?? null) : `${String(iCalUId)}${day.replaceAll('-', '')}`,
    hasAttachments: false,
    ...plain,
    bodyPreview: preview(fields['body']),
    isAllDay: times.isAllDay,
    isCancelled: false,
    isDraft: false,
    isOrganizer: isOrganizer ?? true,
    seriesMasterId: day === undefined ? null : masterId,
    transactionId: event.transactionId,
    type: day !== undefined ? (exception ? 'exception' : 'occurrence') : event.recurrence ? 'seriesMaster' : 'singleInstance',
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    onlineMeetingUrl: null,
    onlineMeeting: null,
    responseStatus: responseStatus ?? null,
    body,
    ...showTimes(times, call.zone),
    recurrence: day === undefined ? (event.recurrence as Json) : null,
    organizer: organizer ?? null,
  };
  // Returned only if it was set when the event was created.
  if (event.transactionId === null) delete shown['transactionId'];
  if (day !== undefined) shown['originalStart'] = ticksStamp(startMs(occurrenceTimes(event.times, day)));
  if (select?.includes('cancelledOccurrences')) shown['cancelledOccurrences'] = event.cancelled.map((cancelled) => `OID.${masterId}.${cancelled}`);
  const expanded: string[] = [];
  for (const expansion of expand) {
    if (expansion.name === 'singlevalueextendedproperties') {
      // Exceptions inherit what the series carries.
      const found = showExtended(call.world, { ...event.extended, ...exception?.extended }, expandedIds(call.world, expansion));
      if (found.length > 0) shown['singleValueExtendedProperties'] = found;
      expanded.push('singleValueExtendedProperties');
    } else if (expansion.name === 'extensions') {
      shown['extensions'] = expandExtensions(event.extensions, expansion);
      expanded.push('extensions');
    } else throw badRequest(`Could not find a property named '${expansion.name}' on type 'microsoft.graph.event'.`);
  }
  // Who asks for the location gets the locations too.
  if (select?.includes('location')) expanded.push('locations');
  return project(shown, select, expanded);
}

export function answerEvent(call: Call, status: number, target: Target): Answer {
  checkSelect('event', eventProperties, call.query.select);
  return { status, body: { '@odata.context': contextUrl(call, 'events/$entity'), ...showEvent(call, target, call.query.expand, call.query.select) } };
}

export function patchEvent(call: Call): Answer {
  const target = targetOf(call);
  checkMatch(call, etagOfTarget(target));
  updateEvent(call, target, call.body);
  return answerEvent(call, 200, target);
}

export function removeEvent(call: Call): Answer {
  const target = targetOf(call);
  checkMatch(call, etagOfTarget(target));
  deleteEvent(call, target);
  return { status: 204 };
}

/** Single events and series masters of a calendar. */
export function listEvents(call: Call, calendar: Container): Answer {
  const targets = function* (): Generator<Target> {
    for (const event of itemsIn(call.mailbox, call.mailbox.events, calendar.key)) yield { event };
  };
  return listTargets(call, targets());
}

/** Instances in a window, by start. The window counts in its own offset, whatever zone the answer is asked in. */
export function listView(call: Call, calendar: Container): Answer {
  return listTargets(call, viewOf([...itemsIn(call.mailbox, call.mailbox.events, calendar.key)], windowOf(call)));
}

export function listInstances(call: Call): Answer {
  const { event, day } = targetOf(call);
  if (day !== undefined || !event.recurrence) throw badRequest('Instances are listed of a series master only.', 'ErrorInvalidRequest');
  return listTargets(call, viewOf([event], windowOf(call)));
}

/**
 * Delta of a calendar view. Its window is frozen in the token; what changed outside of it is reported as removed, and so
 * is what left it.
 */
export function viewDelta(call: Call, calendar: Container): Answer {
  const { query, mailbox } = call;
  if (query.select || query.expand.length > 0 || query.filter || query.orderBy) {
    throw badRequest('The query options $select, $expand, $filter and $orderby are not supported on a delta query of a calendar view.', 'ErrorInvalidUrlQuery');
  }
  const begins = query.skipToken === undefined && query.deltaToken === undefined;
  const window: Window = begins ? windowOf(call) : [0, 0];
  const chain = `events:${calendar.key}`;
  return answerDelta(
    call,
    {
      chain: `${mailbox.user.id}/view:${calendar.key}`,
      log: logOf(mailbox, chain),
      typeName: 'event',
      context: 'calendarView/$delta',
      defaultPage: 10,
      rows: (change, round) => viewRows(call, calendar, change, round),
    },
    { expand: [], window, ...(query.top ? { top: query.top } : {}) },
  );
}

function listTargets(call: Call, targets: Iterable<Target>): Answer {
  checkSelect('event', eventProperties, call.query.select);
  for (const expansion of call.query.expand) {
    if (expansion.name === 'singlevalueextendedproperties') showExtended(call.world, {}, expandedIds(call.world, expansion));
    else if (expansion.name !== 'extensions') throw badRequest(`Could not find a property named '${expansion.name}' on type 'microsoft.graph.event'.`);
  }
  return answerList(call, targets, {
    typeName: 'event',
    table: eventProperties,
    context: 'events',
    defaultPage: 10,
    show: (target) => showEvent(call, target, call.query.expand, call.query.select),
    valueOf: eventValue,
    extended: ({ event, day }) => (day === undefined ? event.extended : { ...event.extended, ...event.exceptions[day]?.extended }),
    extensions: ({ event }) => event.extensions,
  });
}

function viewOf(events: readonly Event[], window: Window): Target[] {
  const found: { readonly target: Target; readonly start: number }[] = [];
  for (const event of events) {
    for (const instance of instancesIn(shapeOf(event), window)) found.push({ target: targetFor(event, instance), start: startMs(instance.times) });
  }
  return found.sort((a, b) => a.start - b.start).map(({ target }) => target);
}

function viewRows(call: Call, calendar: Container, change: Change, round: Round): readonly (() => Fields)[] {
  const window = round.window ?? [0, 0];
  const [key = '', day] = change.key.split('|');
  const event = change.gone ? undefined : call.mailbox.events.get(key);
  const idFor = (masterId: string, instanceDay: string | undefined): string => (instanceDay === undefined ? masterId : occurrenceId(masterId, instanceDay));
  // The entries of a moved event's exceptions stay behind in the old calendar; its own entry there says it left.
  if (!event || (day !== undefined && event.parent !== calendar.key)) {
    if (day !== undefined) return [];
    const masterId = call.prefer.immutableIds ? key : (change.gone?.mutableId ?? key);
    const versions = (change.gone?.versions ?? []) as unknown as readonly EventVersion[];
    const days = shownDays(versions, round.after, window);
    return [...new Set([undefined, ...days])].map((gone) => () => removedRow('event', idFor(masterId, gone)));
  }
  const masterId = call.prefer.immutableIds ? event.key : event.mutableId;
  const show = (instance: Instance) => (): Fields => sparse(call, showEvent(call, targetFor(event, instance), []));
  if (day !== undefined) {
    // The first round shows an exception with its series; a moved event's exceptions are told by its new calendar.
    if (round.first) return [];
    const instance = [...instancesIn(shapeOf(event), window)].find((candidate) => candidate.day === day);
    return [instance ? show(instance) : () => removedRow('event', idFor(masterId, day))];
  }
  const now = [...instancesIn(shapeOf(event), window)];
  const rows = now.map(show);
  if (round.first) return rows;
  const shown = new Set(now.map((instance) => instance.day));
  const gone = shownDays(event.versions, round.after, window).filter((earlier) => !shown.has(earlier));
  if (now.length === 0 && gone.length === 0) gone.push(undefined);
  return [...rows, ...[...new Set(gone)].map((earlier) => () => removedRow('event', idFor(masterId, earlier)))];
}

/** What versions replaced since `after` showed in the window. */
function shownDays(versions: readonly EventVersion[], after: number, window: Window): (string | undefined)[] {
  const days: (string | undefined)[] = [];
  for (const version of versions) {
    if (version.untilSeq <= after) continue;
    for (const instance of instancesIn(version, window)) days.push(instance.day);
  }
  return days;
}

function sparse(call: Call, shown: Fields): Fields {
  if (!call.world.switches.deltaSparseOccurrences || shown['type'] !== 'occurrence') return shown;
  const kept = ['@odata.etag', 'id', 'type', 'seriesMasterId', 'start', 'end'];
  return Object.fromEntries(Object.entries(shown).filter(([name]) => kept.includes(name)));
}

function targetFor(event: Event, instance: Instance): Target {
  return instance.day === undefined ? { event } : { event, day: instance.day };
}

function windowOf(call: Call): Window {
  const { startDateTime, endDateTime } = call.query;
  if (startDateTime === undefined || endDateTime === undefined) {
    throw badRequest("This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.", 'ErrorInvalidParameter');
  }
  const [from, to] = [parseInstant(startDateTime), parseInstant(endDateTime)];
  if (from === undefined || to === undefined) throw badRequest('StartDateTime and EndDateTime have to be ISO 8601 times.', 'ErrorInvalidParameter');
  if (to < from) throw badRequest('The end of the window lies before its start.', 'ErrorInvalidParameter');
  // Exchange expands recurring events over at most five years at once.
  if (to - from > 1_825 * 86_400_000) throw badRequest('The requested time window is longer than the maximum of 1825 days.', 'ErrorCalendarViewRangeTooBig');
  return [from, to];
}

function etagOfTarget({ event, day }: Target): string {
  return etagOf((day === undefined ? undefined : event.exceptions[day]?.changeKey) ?? event.changeKey);
}

function eventValue({ event, day }: Target, path: string): Json | undefined {
  const exception = day === undefined ? undefined : event.exceptions[day];
  const times = exception?.times ?? (day === undefined ? event.times : occurrenceTimes(event.times, day));
  switch (path) {
    case 'start/dateTime':
      return ticksStamp(startMs(times));
    case 'end/dateTime':
      return ticksStamp(endMs(times));
    case 'isAllDay':
      return times.isAllDay;
    case 'createdDateTime':
      return ticksStamp(event.createdMs);
    case 'lastModifiedDateTime':
      return ticksStamp(exception?.modifiedMs ?? event.modifiedMs);
    case 'type':
      return day !== undefined ? (exception ? 'exception' : 'occurrence') : event.recurrence ? 'seriesMaster' : 'singleInstance';
    default:
      if (path.includes('/')) throw badRequest(`The property '${path}' cannot be filtered.`);
      return exception?.fields[path] ?? event.fields[path];
  }
}

/** Bodies come back as a whole HTML page, also those sent as text, unless text is preferred. */
function showBody(body: Json | undefined, asText: boolean): Json {
  if (!isObject(body)) return { contentType: 'html', content: '' };
  const content = String(body['content']);
  if (asText) return { contentType: 'text', content: body['contentType'] === 'text' ? content : plainText(content) };
  if (content === '' || /<html/i.test(content)) return { contentType: 'html', content };
  const inner = body['contentType'] === 'text' ? escapeHtml(content) : content;
  return { contentType: 'html', content: `<html><head></head><body>${inner}</body></html>` };
}

function preview(body: Json | undefined): string {
  if (!isObject(body)) return '';
  const content = String(body['content']);
  return (body['contentType'] === 'text' ? content : plainText(content)).slice(0, 255);
}

function plainText(html: string): string {
  return html
    .replace(/<(head|style)[\s\S]*?<\/\1>/gi, '')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
