import type { Kind, View } from '@syncline/core';

/** A kind's fields by name, as people see them, under the canonical names. */
export type Fields = View<'contact'> & View<'task'> & View<'event'>;

/**
 * What the service's people do and see, past the connector: its web page, an admin interface of a simulator, another client.
 * Written without the connector's own mapping it is a witness: two fields that are swapped both ways pass every law, and are
 * seen here. Only these fields are used: of contacts `firstName`, `lastName`, `jobTitle`, `description`, `emails` (one),
 * `birthday`; of tasks and events all.
 */
export interface Service {
  /** A person makes a record; answers its id. */
  readonly create?: (kind: Kind, fields: Fields) => string | Promise<string>;
  /** A person changes these fields and no others. */
  readonly edit?: (kind: Kind, id: string, fields: Fields) => unknown;
  /** A person deletes it for good. */
  readonly remove?: (kind: Kind, id: string) => unknown;
  /** What a person sees; `undefined` when there is no such record. */
  readonly look?: (kind: Kind, id: string) => Fields | undefined | Promise<Fields | undefined>;
  /** A part of the record that no field is mapped to: a second phone, a category. */
  readonly aside?: {
    /** A person writes this text there. */
    readonly put: (kind: Kind, id: string, text: string) => unknown;
    /** What a person reads there; `undefined` for nothing. */
    readonly read: (kind: Kind, id: string) => string | undefined | Promise<string | undefined>;
  };
  /** The same native record with something the service will refuse; `undefined` when it takes everything of this kind. */
  readonly spoil?: (kind: Kind, record: never) => unknown;
  /** The next write is carried out, and its answer never arrives. */
  readonly loseNextAnswer?: () => void;
  /** From now on nothing answers, or everything again. */
  readonly setDown?: (down: boolean) => void;
}

/** A fresh world for one check: an account with nothing in it, signed in to. */
export interface World<S> {
  readonly session: S;
  /** UTC ms, as the connector's context tells it. */
  readonly now: () => number;
  /** Signs in to the same account anew, as after a restart. */
  readonly again?: () => Promise<S>;
  /** Moves the clock of hub and service. */
  readonly pass?: (ms: number) => void;
  /** Signs in with a wrong secret. */
  readonly signInWrongly?: () => Promise<unknown>;
  /** What must never be read in a message or a log. */
  readonly secrets?: readonly string[];
  /** What the connector has logged so far. */
  readonly logs?: readonly string[];
  readonly service?: Service;
}

/** What a check may need and `open` may leave out. */
export type Hook = Exclude<keyof World<unknown>, 'session' | 'now' | 'service'> | keyof Service;
