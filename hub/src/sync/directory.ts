import { isChoice, type BaseRecord, type EntityId, type Kind } from '@syncline/core';
import { isLinked, mayWait, type Session } from '@syncline/engine';
import { labelFrom, shownView } from '../live/label.ts';
import { byPlace, type Place } from '../live/names.ts';
import { plain } from '../live/plain.ts';

/** What can be said of a record by the record alone. */
export type Standing = 'linked' | 'private' | 'one-way' | 'only-orocrm' | 'only-outlook' | 'deleted';

/** A record as a list shows it. */
export interface Entry {
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly label: string;
  /** What tells two of one name apart: an e-mail address, a day, a time; may be empty. */
  readonly detail: string;
  /** Its native ids. */
  readonly links: { readonly [P in Place]?: string };
  readonly standing: readonly Standing[];
  /** Whether something of it may wait; what does is asked of the engine. */
  readonly mayWait: boolean;
}

/** Every record of a document, ready to be searched. */
export interface Directory {
  /** Those that fit every word of a text, by name. */
  readonly find: (text: string, fits: (entry: Entry) => boolean) => readonly Entry[];
  /** All, in no promised order. */
  readonly all: () => Iterable<Entry>;
}

/**
 * The directory of a session. Made of the whole document at its first use, and from then on of what was written since: a search looks
 * at one line of text per record, and at no record.
 */
export function directoryOf(session: Session): Directory {
  const known = directories.get(session.replica);
  if (known !== undefined) return known;
  const made = makeDirectory(session);
  directories.set(session.replica, made);
  return made;
}

const directories = new WeakMap<Session['replica'], Directory>();

interface Row extends Entry {
  readonly text: string;
  readonly order: string;
}

function makeDirectory(session: Session): Directory {
  const { replica } = session;
  const rows = new Map<EntityId, Row>();
  const changed = new Set<EntityId>();
  let sorted: readonly Row[] | undefined;
  for (const [entity, record] of replica.records()) rows.set(entity, rowOf(session, entity, record));
  replica.onChange((entity) => void changed.add(entity));

  const refresh = (): void => {
    if (changed.size === 0) return;
    for (const entity of changed) {
      const record = replica.get(entity);
      if (record === undefined) rows.delete(entity);
      else rows.set(entity, rowOf(session, entity, record));
    }
    changed.clear();
    sorted = undefined;
  };
  return {
    find: (text, fits) => {
      refresh();
      sorted ??= [...rows.values()].sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
      const words = folded(text).split(' ').filter(Boolean);
      return sorted.filter((row) => words.every((word) => row.text.includes(word)) && fits(row));
    },
    all: () => {
      refresh();
      return rows.values();
    },
  };
}

function rowOf(session: Session, entity: EntityId, record: BaseRecord): Row {
  const { kind } = record;
  const view = shownView(record);
  const label = labelFrom(kind, view);
  const { left, right } = record.links;
  const links = { ...(left && { orocrm: left.id }), ...(right && { outlook: right.id }) };
  const detail = plain(String(view['primaryEmail'] ?? (view['emails'] as readonly string[] | undefined)?.[0] ?? view['dueDate'] ?? view['start'] ?? ''));
  const texts = [label, detail, ...listed(view['emails']), ...listed(view['phones']), entity, ...Object.values(links)];
  return { entity, kind, label, detail, links, standing: standingOf(session, record), mayWait: mayWait(session, entity, record), text: folded(texts.join(' ')), order: `${folded(label)} ${kind} ${entity}` };
}

function standingOf({ settings: { policy } }: Session, record: BaseRecord): readonly Standing[] {
  if (record.state === 'tombstone') return ['deleted'];
  const there = byPlace({ left: isThere(record, 'left'), right: isThere(record, 'right') });
  const isPrivate = Object.values(record.todo).some(({ rule, blocked }) => rule === 'S17' && blocked !== undefined);
  const differs = policy.direction !== 'both-ways' && Object.entries(record.units).some(([name, { owed }]) => Object.keys(owed).length === 0 && isChoice(record, name));
  const isAlone = there.orocrm !== there.outlook;
  const rows: readonly (readonly [Standing, boolean])[] = [
    ['linked', isLinked(record) && there.orocrm && there.outlook], ['private', isPrivate],
    ['one-way', differs || (isAlone && Object.keys(record.todo).length === 0)],
    ['only-orocrm', there.orocrm && !there.outlook], ['only-outlook', there.outlook && !there.orocrm],
  ];
  return rows.flatMap(([standing, holds]) => (holds ? [standing] : []));
}

function isThere({ links, gone }: BaseRecord, side: 'left' | 'right'): boolean {
  return links[side] !== undefined && gone[side] !== 'deleted';
}

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Letters as a person types them who is in no mood for accents and capitals. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{Mn}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
}
