import { fieldsOf, readView, writeView, type AnyLens, type AnyView, type Json, type Kind } from '@syncline/core';
import type { Connector, Entity, Page, Write, Written } from '../connector.ts';
import { isPresent, type Mark, type Present, type Seen } from '../record.ts';
import { ensure, ensureFailure, show } from './expect.ts';
import { sample } from './samples.ts';
import type { Fields, Service, World } from './world.ts';

/** An entity of a kind known only at run time. */
export type AnyEntity = Omit<Entity<unknown, Kind, Json>, 'lens'> & { readonly lens: (session: unknown) => AnyLens };

/** A connector of unknown types. */
export type AnyConnector = Omit<Connector<unknown, unknown, { readonly [K in Kind]: Json }>, 'entities'> & { readonly entities: { readonly [K in Kind]: AnyEntity } };

/** What a pull brought, as a hub understands it. */
export interface Pulled {
  readonly pages: readonly Page<Json>[];
  /** Records that were there, in order, and as often as they were named. */
  readonly news: readonly Present<Json>[];
  /** Ids of records the hub knew, that were reported or not listed any more, and that `get` says are deleted (rule D1). */
  readonly gone: readonly string[];
  readonly alive: readonly string[] | undefined;
}

type Create = Extract<Write<Json>, { op: 'create' }>;
type Update = Extract<Write<Json>, { op: 'update' }>;
type Delete = Extract<Write<Json>, { op: 'delete' }>;

/** A hub for one check and one kind: it pulls, remembers and pushes as the real one does, and keeps everything as JSON. */
export interface Bench {
  readonly kind: Kind;
  readonly connector: AnyConnector;
  readonly entity: AnyEntity;
  readonly lens: AnyLens;
  readonly world: World<unknown>;
  readonly session: unknown;
  /** The hooks of the world; a check declares those it uses. */
  readonly service: Required<Service>;
  /** What the hub holds; versions are told to the connector as `known`. */
  readonly held: Map<string, Present<Json>>;
  cursor: string | null;
  /** Native records the connector's author handed in, for the laws. */
  readonly given: readonly Json[];
  readonly random: () => number;
  /** The `n`-th sample, without the fields this side does not have. */
  readonly sample: (n: number) => Fields;
  /** Leaves out the fields this side does not have. */
  readonly only: (fields: Fields) => Fields;
  /** Makes the first `count` samples by the hands of people; their ids. */
  readonly people: (count: number) => Promise<readonly string[]>;
  /** Goes on from the cursor, remembers what came, asks for what is missing. `stopAfter` pages the hub dies. */
  readonly pull: (options?: { readonly stopAfter?: number; readonly session?: unknown }) => Promise<Pulled>;
  /** Everything, as a hub that knows nothing reads it. Changes nothing in what is held. */
  readonly readAll: (session?: unknown) => Promise<Pulled>;
  readonly get: (id: string) => Promise<Seen<Json>>;
  /** A record that has to be there. */
  readonly present: (id: string) => Promise<Present<Json>>;
  readonly view: (record: Json) => AnyView;
  /** What a person sees: by the world's own eyes where it has them, else through the connector. */
  readonly look: (id: string) => Promise<AnyView | undefined>;
  readonly draft: (fields: Fields) => Json;
  readonly createWrite: (fields: Fields, more?: { readonly mark?: Mark }) => Create;
  /** An update of a held record. */
  readonly updateWrite: (id: string, fields: Fields, more?: { readonly mark?: Mark; readonly ifVersion?: string }) => Update;
  readonly deleteWrite: (id: string) => Delete;
  /** In one call; at most `writesPerPush`. Remembers what was stored. */
  readonly push: (writes: readonly Write<Json>[]) => Promise<readonly Written<Json>[]>;
  /** Creates, and the record as stored. */
  readonly create: (fields: Fields, more?: { readonly mark?: Mark }) => Promise<Present<Json>>;
  readonly update: (id: string, fields: Fields, more?: { readonly mark?: Mark }) => Promise<Present<Json>>;
  /** Lets a little time pass where the world can: services have clocks of whole seconds. */
  readonly wait: () => void;
}

export function createBench(connector: AnyConnector, kind: Kind, world: World<unknown>, given: readonly Json[], random: () => number): Bench {
  const { session } = world;
  const entity = connector.entities[kind];
  const lens = entity.lens(session);
  const held = new Map<string, Present<Json>>();
  let keys = 0;
  const key = (): string => `contract/${kind}/${(keys += 1)}`;
  const view = (record: Json): AnyView => readView(kind, lens, record);
  const only = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([name]) => lens[name] !== undefined && lens[name] !== 'unsupported'));

  const get = async (id: string): Promise<Seen<Json>> => {
    const seen = await entity.get(session, id);
    ensure(seen.id === id, `get of ${show(id)} answers about ${show(seen.id)}`);
    return seen;
  };
  const present = async (id: string): Promise<Present<Json>> => {
    const seen = await get(id);
    ensure(isPresent(seen), `get of ${show(id)} says "${isPresent(seen) ? '' : seen.absent}" of a record that is there`);
    return seen;
  };
  const draft = (fields: Fields): Json => {
    const wanted = only(fields) as AnyView;
    const drafted = writeView(kind, lens, { native: kept(entity.blank(session)), view: {} }, wanted, Object.keys(wanted));
    ensure(Object.keys(drafted.refused).length === 0, `an ordinary record is refused: ${show(drafted.refused)}`);
    return drafted.native;
  };
  const read = async (from: string | null, as: unknown, known: ReadonlyMap<string, Present<Json>>, take: (page: Page<Json>) => void, stopAfter = Number.POSITIVE_INFINITY): Promise<readonly Page<Json>[]> => {
    const pages: Page<Json>[] = [];
    if (stopAfter === 0) return pages;
    const versions = new Map([...known].map(([id, { version }]) => [id, version]));
    for await (const page of entity.pull(as, { cursor: from, known: (id) => versions.get(id), knownCount: versions.size })) {
      pages.push(page);
      take(page);
      if (pages.length >= stopAfter) break;
    }
    return pages;
  };

  const bench: Bench = {
    kind,
    connector,
    entity,
    lens,
    world,
    session,
    service: hooksOf(world.service ?? {}),
    held,
    cursor: null,
    given,
    random,
    only,
    sample: (n) => only(sample(kind, n, world.now())),
    people: async (count) => {
      const ids: string[] = [];
      for (let n = 1; n <= count; n += 1) ids.push(await bench.service.create(kind, bench.sample(n)));
      return ids;
    },
    pull: async ({ stopAfter, session: as = session } = {}) => {
      const before = [...held.keys()];
      const absent = new Set<string>();
      const take = (page: Page<Json>): void => {
        for (const seen of page.seen) {
          if (isPresent(seen)) held.set(seen.id, kept(seen));
          else absent.add(seen.id);
        }
        if (page.cursor !== undefined) bench.cursor = page.cursor;
      };
      const pages = await read(bench.cursor, as, held, take, stopAfter);
      const alive = pages.at(-1)?.alive;
      if (alive !== undefined) for (const id of before) if (!alive.includes(id)) absent.add(id);
      const gone: string[] = [];
      for (const id of absent) {
        const seen = await entity.get(as, id);
        if (isPresent(seen) || seen.absent !== 'deleted') continue;
        if (held.delete(id)) gone.push(id);
      }
      return { pages, news: newsIn(pages), gone, alive };
    },
    readAll: async (as = session) => {
      const known = new Map<string, Present<Json>>();
      const take = ({ seen }: Page<Json>): void => seen.filter(isPresent).forEach((one) => known.set(one.id, one));
      const pages = await read(null, as, known, take);
      return { pages, news: newsIn(pages), gone: [], alive: pages.at(-1)?.alive };
    },
    get,
    present,
    view,
    look: async (id) => {
      if (world.service?.look !== undefined) return (await world.service.look(kind, id)) as AnyView | undefined;
      const seen = await get(id);
      return isPresent(seen) ? view(seen.record) : undefined;
    },
    draft,
    createWrite: (fields, more = {}) => ({ op: 'create', key: key(), record: draft(fields), ...more }),
    updateWrite: (id, fields, more = {}) => {
      const { record, version } = heldOf(held, id);
      const wanted = only(fields) as AnyView;
      const drafted = writeView(kind, lens, { native: record, view: view(record) }, wanted, Object.keys(wanted));
      ensure(Object.keys(drafted.refused).length === 0, `an ordinary change is refused: ${show(drafted.refused)}`);
      return { op: 'update', key: key(), id, ifVersion: version, base: record, record: drafted.native, ...more };
    },
    deleteWrite: (id) => ({ op: 'delete', key: key(), id, ifVersion: heldOf(held, id).version }),
    push: async (writes) => {
      ensure(writes.length <= entity.caps.writesPerPush, 'this suite pushes more than the connector takes');
      const written = await entity.push(session, writes.map(kept));
      ensure(written.length === writes.length, `${writes.length} writes got ${written.length} answers`);
      for (const one of written) {
        if (one.status === 'failed') ensureFailure('a failed write', one.failure);
        if ((one.status === 'stored' || one.status === 'partial') && isPresent(one.seen)) held.set(one.seen.id, kept(one.seen));
      }
      return written;
    },
    create: async (fields, more) => storedIn((await bench.push([bench.createWrite(fields, more)]))[0], 'a create'),
    update: async (id, fields, more) => storedIn((await bench.push([bench.updateWrite(id, fields, more)]))[0], 'an update'),
    wait: () => world.pass?.(3000),
  };
  return bench;
}

/** The record of an answer that has to be `stored` and there. */
export function storedIn(written: Written<Json> | undefined, what: string): Present<Json> {
  ensure(written !== undefined, `${what} was not answered`);
  ensure(written.status === 'stored', `${what} is answered with ${explain(written)}`);
  ensure(isPresent(written.seen), `${what} is stored, and its record absent`);
  return written.seen;
}

/** An answer in words. */
export function explain(written: Written<Json>): string {
  switch (written.status) {
    case 'failed':
      return `"failed" (${written.failure.kind}: ${written.failure.message})`;
    case 'rejected':
      return `"rejected" (${written.message}, ${show(written.fields)})`;
    case 'partial':
      return `"partial" (${show(written.fields)})`;
    case 'stored':
    case 'conflict':
    case 'gone':
      return `"${written.status}"`;
  }
}

/** Names of the fields of a kind that this side has. */
export function supported({ kind, lens }: Pick<Bench, 'kind' | 'lens'>): readonly string[] {
  return Object.keys(fieldsOf(kind)).filter((field) => lens[field] !== undefined && lens[field] !== 'unsupported');
}

/** As it comes back from the hub's store: JSON, its members in another order. */
export function kept<T>(value: T): T {
  return turned(JSON.parse(JSON.stringify(value))) as T;
}

function turned(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, turned(member)]));
}

function newsIn(pages: readonly Page<Json>[]): readonly Present<Json>[] {
  return pages.flatMap(({ seen }) => seen.filter(isPresent));
}

function heldOf(held: ReadonlyMap<string, Present<Json>>, id: string): Present<Json> {
  const found = held.get(id);
  ensure(found !== undefined, `the hub does not hold ${show(id)}: it was neither pulled nor stored`);
  return found;
}

function hooksOf(service: Service): Required<Service> {
  const missing = (name: string) => (): never => {
    throw new Error(`this check uses service.${name} without saying that it needs it`);
  };
  return {
    create: service.create ?? missing('create'),
    edit: service.edit ?? missing('edit'),
    remove: service.remove ?? missing('remove'),
    look: service.look ?? missing('look'),
    aside: service.aside ?? { put: missing('aside'), read: missing('aside') },
    spoil: service.spoil ?? missing('spoil'),
    loseNextAnswer: service.loseNextAnswer ?? missing('loseNextAnswer'),
    setDown: service.setDown ?? missing('setDown'),
  };
}
