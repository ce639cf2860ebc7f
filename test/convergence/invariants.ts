import { kindNames, readView, sameUnit, unitsOf, viewOf, type BaseRecord, type EntityId, type Json, type Kind } from '@syncline/core';
import { summarise, type HistoryRow, type Note, type Session } from '@syncline/engine';
import type { AdminRecord, LedgerLine, OroContact } from '@syncline/simulators';
import { markerOf } from '../support/linked-pair.ts';
import type { Hub } from './hub.ts';
import { itemsOf, unitOfField, type People } from './people.ts';
import type { Schedule } from './schedule.ts';
import type { Service, Services } from './services.ts';
import { halves, readEverything, type Shown } from './shown.ts';
import { bare, showsValue } from './values.ts';

/** What a world is judged by when it has come to rest. */
export interface Rest {
  readonly schedule: Schedule;
  readonly services: Services;
  readonly people: People;
  readonly hub: Hub;
  /** What the last cycle said. */
  readonly notes: readonly Note[];
  /** What was reported as a conflict, in any cycle. */
  readonly conflicts: readonly Note[];
  /** OroCRM's contacts as they were at first. */
  readonly planted: readonly OroContact[];
  /** Addresses that Outlook showed after some cycle, in lower case. */
  readonly shownInOutlook: ReadonlySet<string>;
  /** Pairs that were linked before anybody edited. */
  readonly linkedAtFirst: ReadonlySet<EntityId>;
}

/** What everything is looked up in. */
interface Seen extends Rest {
  readonly session: Session;
  readonly shown: { readonly left: Shown; readonly right: Shown };
  readonly records: readonly (readonly [EntityId, BaseRecord])[];
  readonly history: readonly HistoryRow[];
  /** The keys of the rows. */
  readonly historyKeys: readonly string[];
  /** The items as the services have them. */
  readonly items: { readonly [S in Service]: { readonly [K in Kind]: ReadonlyMap<string, AdminRecord | object> } };
  /** By `service/kind/id`, those that records were once among them. */
  readonly entityOf: ReadonlyMap<string, EntityId>;
}

const sides = [['left', 'orocrm'], ['right', 'outlook']] as const;

/** Everything that is not as it has to be, each with the rule it breaks; nothing where all is well. */
export async function judge(rest: Rest): Promise<readonly string[]> {
  const { services, hub, schedule } = rest;
  const session = await hub.session();
  const history: HistoryRow[] = [];
  const historyKeys: string[] = [];
  for await (const [key, row] of session.store.entries('history')) {
    history.push(row as unknown as HistoryRow);
    historyKeys.push(key);
  }
  const records = [...session.replica.records()];
  const entityOf = new Map<string, EntityId>();
  for (const [entity, { kind, former }] of records) for (const [side, service] of sides) for (const id of former[side] ?? []) entityOf.set(`${service}/${kind}/${id}`, entity);
  for (const [entity, { kind, links }] of records) for (const [side, service] of sides) if (links[side] !== undefined) entityOf.set(`${service}/${kind}/${links[side].id}`, entity);
  const all = (service: Service): { readonly [K in Kind]: ReadonlyMap<string, object> } => ({ contact: itemsOf(services, service, 'contact'), task: itemsOf(services, service, 'task'), event: itemsOf(services, service, 'event') });
  const seen: Seen = { ...rest, session, shown: await readEverything(session), records, history, historyKeys, entityOf, items: { orocrm: all('orocrm'), outlook: all('outlook') } };
  const mailed = schedule.policy.meetings === 'write' ? [] : services.graph.admin.outbox().map((mail) => `D7 somebody was mailed: ${JSON.stringify(mail)}`);
  return [...differences(seen), ...strangers(seen), ...doubles(seen), ...lost(seen), ...untold(seen), ...eaten(seen), ...unproven(seen), ...marks(seen), ...overruled(seen), ...againstDirection(rest), ...mailed];
}

/** Rule G1: every pair shows the same on both sides, or the hub's document says why not; and each side what the hub believes. */
function differences({ session, shown, records, hub, notes }: Seen): readonly string[] {
  const found: string[] = [];
  // What waits for a person is settled (G1): a meeting by itself, a kind that is suddenly empty or rewritten as a whole.
  const waits = (entity: EntityId | undefined, kind: Kind): boolean => notes.some((note) => note.approval !== undefined && note.kind === kind && (note.entity === undefined ? note.rule !== 'D2' : note.entity === entity));
  for (const [entity, record] of records) {
    const { kind, links } = record;
    if (record.state !== 'live' || links['left'] === undefined || links['right'] === undefined) continue;
    const views: { [side: string]: { readonly [unit: string]: Json } } = {};
    for (const [side] of sides) {
      const seen = shown[side].get(`${kind}/${links[side]?.id ?? ''}`);
      if (seen === undefined) {
        if (record.gone[side] === undefined && !waits(undefined, kind)) found.push(`G1 ${entity} ${kind} is not on the ${side}, and the hub does not know`);
        continue;
      }
      const held = Object.fromEntries(Object.entries(record.units).flatMap(([name, unit]) => {
        const value = unit.held[side] === undefined ? unit.agreed : unit.held[side].value;
        return value === undefined ? [] : [[name, value]];
      }));
      const view = unitsOf(kind, readView(kind, session.sides[side].entities[kind].lens(), seen.record, { native: seen.record, view: viewOf(kind, held) }));
      views[side] = view;
      for (const unit of new Set([...Object.keys(held), ...Object.keys(view)])) {
        if (record.units[unit]?.frozen === undefined && !sameUnit(kind, unit, held[unit], view[unit])) found.push(`G1 ${entity} ${kind}.${unit} on the ${side}: the hub believes ${JSON.stringify(held[unit])}, it shows ${JSON.stringify(view[unit])}`);
      }
    }
    const { left, right } = views;
    if (waits(entity, kind) || Object.keys(record.gone).length > 0 || left === undefined || right === undefined) continue;
    for (const [unit, { held, owed, blocked, frozen }] of Object.entries(record.units)) {
      if (Object.keys(owed).length > 0) found.push(`G1 ${entity} ${kind}.${unit} is still owed ${JSON.stringify(owed)}`);
      const isOneWay = hub.settings.policy.direction !== 'both-ways';
      const isSaid = frozen !== undefined || Object.values(held).some(({ own }) => own === true || isOneWay) || Object.keys(blocked ?? {}).length > 0;
      if (!isSaid && !sameUnit(kind, unit, left[unit], right[unit])) found.push(`G1 ${entity} ${kind}.${unit}: ${JSON.stringify(left[unit])} on the left, ${JSON.stringify(right[unit])} on the right`);
    }
  }
  return found;
}

/** Rules A1, B1: what is on a side, visible and in scope, the hub knows, and has decided about. */
function strangers({ session, shown, hub }: Seen): readonly string[] {
  const found = sides.flatMap(([side]) => [...shown[side].keys()].filter((key) => session.index.entityOf(side, ...halves(key)) === undefined).map((key) => `G1 ${key} on the ${side} is not known to the hub`));
  const isOneWay = hub.settings.policy.direction !== 'both-ways';
  const undecided = summarise(session).unlinked.filter(({ reason }) => reason === 'not created yet' || (reason === 'not synced in this direction' && !isOneWay));
  return [...found, ...undecided.map(({ kind, side, reason, count }) => `G1 ${count} ${kind} on the ${side}: ${reason}`)];
}

/** Rules R4, K1: of a record that a person made there is one on each side; what the hub made is linked with what a person made. */
function doubles({ people, records, items, entityOf, session }: Seen): readonly string[] {
  const found: string[] = [];
  for (const [entity, { kind, links, former, state }] of records) {
    const ids = sides.flatMap(([side, service]) => [...(former[side] ?? []), ...(links[side] === undefined ? [] : [links[side].id])].map((id) => [service, `${kind}/${id}`] as const));
    const isExcused = ids.some(([service, key]) => people.made[service].has(key) || people.blurred.has(`${service}/${key}`));
    if (state === 'live' && ids.length > 0 && !isExcused) found.push(`R4 ${entity} ${kind}: the hub made both ${links['left']?.id} and ${links['right']?.id}`);
  }
  for (const [side, service] of sides) {
    for (const kind of kindNames) {
      for (const id of items[service][kind].keys()) {
        if (people.made[service].has(`${kind}/${id}`) || people.blurred.has(`${service}/${kind}/${id}`)) continue;
        if (!entityOf.has(`${service}/${kind}/${id}`) || session.index.entityOf(side, kind, id) === undefined) found.push(`R4 ${service} has ${kind} ${id}, which the hub made and does not know`);
      }
    }
  }
  return found;
}

/** Rule G3: what a person typed is where it was typed, was replaced there by a later edit, or is in history. */
function lost({ people, items, history, schedule }: Seen): readonly string[] {
  const found: string[] = [];
  const rows = history.map((row) => JSON.stringify(row));
  const texts = bare(rows.join('\n'));
  for (const [position, line] of people.ledger.entries()) {
    const { side, kind, id, field, value } = line;
    if (field === null || value === null) continue;
    const later = people.ledger.slice(position + 1).filter((other) => other.side === side && other.id === id);
    if (later.some((other) => other.field === null || replaces(kind, other.field, field))) continue;
    if (people.deleted[side].has(`${kind}/${id}`) || people.odd.has(`${side}/${kind}/${id}`)) continue;
    const item = items[side][kind].get(id);
    for (const one of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (item !== undefined && showsValue(item, { side, field, value: one }, schedule.zone)) continue;
      if (!isTold(one, line, rows, texts, item)) found.push(`G3 ${side} ${kind} ${id}.${field} = ${JSON.stringify(one)} is neither there nor in history`);
    }
  }
  return found;
}

/** Rules C7 to C9, C14: what was reported as a conflict is in history under its field, with the rule that decided. */
function untold({ conflicts, historyKeys }: Seen): readonly string[] {
  return conflicts
    .filter(({ entity, field }) => !historyKeys.some((key) => key.includes(`/${entity ?? ''}/told/${field ?? ''}/`)))
    .map(({ rule, kind, field }) => `G3 a conflict about ${kind}.${field} was decided by ${rule}, and history does not say what lost`);
}

/** Rules M11, M12: an address that Outlook never had room for is nobody's to take away but OroCRM's. */
function eaten({ planted, shownInOutlook, items, people, hub, entityOf }: Seen): readonly string[] {
  if (hub.settings.policy.direction === 'right-to-left') return [];
  const spoilt = new Set([...people.odd].map((key) => entityOf.get(key)));
  const found: string[] = [];
  for (const { id, emails } of planted) {
    const now = items.orocrm.contact.get(String(id)) as OroContact | undefined;
    if (now === undefined || people.odd.has(`orocrm/contact/${id}`) || spoilt.has(entityOf.get(`orocrm/contact/${id}`))) continue;
    const left = new Set(now.emails.map(({ value }) => value.toLowerCase()));
    for (const { value } of emails) {
      if (!left.has(value.toLowerCase()) && !shownInOutlook.has(value.toLowerCase())) found.push(`M11 ${value} of OroCRM's contact ${id} is gone, which Outlook never showed`);
    }
  }
  return found;
}

/** The e-mail addresses of a contact in Outlook, in lower case. */
export function addressesOf(item: object): readonly string[] {
  const emails = (item as { readonly emailAddresses?: readonly { readonly address?: string }[] }).emailAddresses ?? [];
  return emails.map(({ address }) => (address ?? '').toLowerCase());
}

/** Whether a later edit of the same item takes the place of an earlier one. A new primary number replaces one of the list. */
function replaces(kind: Kind, later: string, earlier: string): boolean {
  const lists = [['emails', 'primaryEmail'], ['phones', 'primaryPhone']];
  return unitOfField(kind, later) === unitOfField(kind, earlier) || lists.some((list) => list.includes(later) && list.includes(earlier));
}

/** Fields whose few words each service spells in its own way. */
const words = ['status', 'priority', 'gender', 'allDay'];

function isTold(value: Json, { kind, id, field }: LedgerLine, rows: readonly string[], texts: string, item: object | undefined): boolean {
  if (!words.includes(field ?? '')) return texts.includes(bare(String(value).replace(/(:\d\d)?(\.000)?Z$/, '')));
  // Of what was deleted the complete copy is kept, in its service's words.
  if (item === undefined) return rows.some((row) => row.includes('"op":"delete"') && row.includes(`"id":${JSON.stringify(id)}`));
  return rows.some((row) => row.includes(`"${unitOfField(kind, field ?? '')}"`) && row.includes(JSON.stringify(value)));
}

/** Rules D1, D6: what the hub deleted, a person had deleted on the other side, and a complete copy is in history. */
function unproven({ people, items, history, entityOf, records }: Seen): readonly string[] {
  const found: string[] = [];
  const byEntity = new Map(records);
  const known = new Set([...[...people.made.orocrm].map((key) => `orocrm/${key}`), ...[...people.made.outlook].map((key) => `outlook/${key}`), ...entityOf.keys()]);
  for (const key of known) {
    const [service, kind, ...rest] = key.split('/') as [Service, Kind, ...string[]];
    const id = rest.join('/');
    if (items[service][kind].has(id) || people.deleted[service].has(`${kind}/${id}`)) continue;
    const [side, other, there] = service === 'orocrm' ? (['left', 'right', 'outlook'] as const) : (['right', 'left', 'orocrm'] as const);
    const rows = history.filter((row) => row.op === 'delete' && row.side === side && row.kind === kind && row.id === id);
    if (rows.length === 0) found.push(`D6 ${key} was deleted by the hub, and history does not say so`);
    if (rows.some(({ native }) => native === undefined)) found.push(`D6 of ${key}, which the hub deleted, no copy was kept`);
    const record = byEntity.get(entityOf.get(key) ?? rows[0]?.entity ?? ('' as EntityId));
    const twins = record === undefined ? [] : [...(record.former[other] ?? []), ...(record.links[other] === undefined ? [] : [record.links[other].id])];
    if (record !== undefined && !twins.some((twin) => people.deleted[there].has(`${kind}/${twin}`))) found.push(`D1 ${key} was deleted by the hub, though nobody deleted ${twins.join(' or ')}`);
  }
  return found;
}

/** Rules K1 to K3: each linked item in Outlook carries the id of its record in OroCRM, and no two records are one. */
function marks({ records, shown, items, session }: Seen): readonly string[] {
  const found: string[] = [];
  const { origin } = session.sides.left.account;
  const owners = new Map<string, EntityId>();
  for (const [entity, { kind, links: { left, right }, state, gone }] of records) {
    if (state !== 'live' || left === undefined || right === undefined || Object.keys(gone).length > 0 || !shown.right.has(`${kind}/${right.id}`)) continue;
    const mark = markerOf(items.outlook[kind].get(right.id) as AdminRecord | undefined);
    // A bare mark that an older add-in left is right as it is, where it names the right record.
    if (mark?.id !== left.id || (mark.origin ?? origin) !== origin) found.push(`K2 ${kind} ${right.id} is marked ${JSON.stringify(mark)}, not ${left.id}`);
    const owner = owners.get(`${kind}/${left.id}`);
    if (owner !== undefined) found.push(`K12 ${entity} and ${owner} are both ${kind} ${left.id}`);
    owners.set(`${kind}/${left.id}`, entity);
  }
  return found;
}

/**
 * Rules C5, C6, A8, B8: a unit of a pair that was edited on one side only, where edits of that side flow from, ends as it was edited
 * last. Lists, and records to which something out of the ordinary was done, are left out.
 */
function overruled({ people, items, hub, entityOf, linkedAtFirst, records, schedule: { zone, oro, graph } }: Seen): readonly string[] {
  const { direction, granularity } = hub.settings.policy;
  const isRewritten = Object.keys(oro).length > 0 || graph.trimText === true || graph.htmlNotes === true || graph.reformatPhones === true;
  if (granularity === 'record' || isRewritten) return [];
  const source = direction === 'both-ways' ? undefined : direction === 'left-to-right' ? 'orocrm' : 'outlook';
  const byEntity = new Map(records);
  const spoilt = new Set([...people.odd].map((key) => entityOf.get(key)));
  const units = new Map<string, { readonly entity: EntityId; readonly unit: string; readonly lines: LedgerLine[] }>();
  for (const line of people.ledger) {
    const entity = entityOf.get(`${line.side}/${line.kind}/${line.id}`);
    if (entity === undefined || !linkedAtFirst.has(entity)) continue;
    if (line.field === null) spoilt.add(entity);
    else {
      const unit = unitOfField(line.kind, line.field);
      const known = units.get(`${entity} ${unit}`) ?? { entity, unit, lines: [] };
      known.lines.push(line);
      units.set(`${entity} ${unit}`, known);
    }
  }
  const found: string[] = [];
  for (const { entity, unit, lines } of units.values()) {
    const last = lines.at(-1);
    const record = byEntity.get(entity);
    if (last === undefined || record?.state !== 'live' || spoilt.has(entity) || Object.keys(record.gone).length > 0 || Object.keys(record.todo).length > 0) continue;
    if (new Set(lines.map(({ side }) => side)).size > 1 || (source !== undefined && last.side !== source)) continue;
    const { blocked, frozen } = record.units[unit] ?? {};
    if (/^(emails|phones|primary)/.test(unit) || frozen !== undefined || Object.keys(blocked ?? {}).length > 0) continue;
    const item = items[last.side][last.kind].get(last.id);
    if (item !== undefined && !showsValue(item, last, zone)) found.push(`C5 ${last.side} ${last.kind} ${last.id}.${last.field ?? ''} was edited there only, to ${JSON.stringify(last.value)}, and does not show it`);
  }
  return found;
}

/** Rules A13, B11: against the direction nothing is written but marks and deletions. */
function againstDirection({ hub, services }: Rest): readonly string[] {
  const { direction } = hub.settings.policy;
  if (direction === 'both-ways') return [];
  if (direction === 'left-to-right') return services.writes.filter(({ service }) => service === 'orocrm').map(({ method, path }) => `A13 ${method} ${path}`);
  // Names are repeated beside a mark, or Graph would make them anew (M26).
  const harmless = ['singleValueExtendedProperties', 'displayName', 'fileAs'];
  const isMark = (body: unknown): boolean => typeof body === 'object' && body !== null && Object.keys(body).every((name) => harmless.includes(name));
  const isAllowed = ({ method, path, body }: Services['writes'][number]): boolean => method === 'DELETE' || /linkedResources/i.test(path) || (method === 'PATCH' && isMark(body));
  return services.writes.filter((sent) => sent.service === 'outlook' && !isAllowed(sent)).map(({ method, path, body }) => `B11 ${method} ${path} ${JSON.stringify(body)}`);
}
