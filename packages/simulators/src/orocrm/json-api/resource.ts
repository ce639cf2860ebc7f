import type { Actor } from '../actor.ts';
import type { Store } from '../store.ts';

/** A resource identifier, before its id is printed. */
export interface Ref {
  readonly type: string;
  readonly id: number | string;
}

/** How a field can be filtered. `one` takes one value, `many` a comma list, `range` a list or `a..b`. */
export interface FilterField<Row> {
  readonly kind: 'integer' | 'string' | 'datetime' | 'search';
  readonly takes: 'one' | 'many' | 'range';
  /** The value or values of a row; a row matches when one of its values does. */
  readonly of: (row: Row, store: Store) => number | string | null | readonly (number | string)[];
}

/** A relationship as it is read. */
export interface Relation<Row> {
  /** The types it may lead to, for `fields[type]`. */
  readonly types: readonly string[];
  readonly many: boolean;
  readonly of: (row: Row, view: View) => Ref | null | readonly Ref[];
}

/** For whom and how records are printed. */
export interface View {
  readonly store: Store;
  readonly actor: Actor;
  /** `http://host`, without a path. */
  readonly base: string;
  readonly hateoas: boolean;
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  /** Paths of `include`, `addresses.country` as it stands. */
  readonly include: ReadonlySet<string>;
}

/** A type of the JSON:API, as far as reading goes. */
export interface Resource<Row> {
  readonly type: string;
  readonly idKind: 'integer' | 'string';
  readonly id: (row: Row) => number | string;
  /** Names in printed order, with their values. */
  readonly attributes: Readonly<Record<string, (row: Row, view: View) => unknown>>;
  readonly relations: Readonly<Record<string, Relation<Row>>>;
  readonly filters: Readonly<Record<string, FilterField<Row>>>;
  readonly sorts: Readonly<Record<string, (row: Row, store: Store) => number | string | null>>;
  /** Rows in the order of their ids. */
  readonly rows: (store: Store) => Iterable<Row>;
  readonly find: (store: Store, id: string) => Row | undefined;
  /** May this actor use the type at all? */
  readonly usable: (actor: Actor) => boolean;
  readonly visible: (store: Store, actor: Actor, row: Row) => boolean;
  /** `meta.title`. */
  readonly title?: (row: Row) => string;
  /** Methods of the list and of one record, for 405 and OPTIONS. */
  readonly methods: { readonly list: readonly string[]; readonly one: readonly string[] };
}

/** What every row has. */
export interface AnyRow {
  readonly id: number | string;
}

/** A resource whose row type does not matter to the caller. */
export type AnyResource = Resource<AnyRow>;
