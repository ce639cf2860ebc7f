import type { Account, Caps, Connector, Context, Json, Kind, Page, Present, PullRequest, Seen, Write, Written } from '@syncline/connector';
import { Failure } from '@syncline/connector';
import type { AnyLens } from '@syncline/core';

/** The two sides of a sync. Left is OroCRM, right is Outlook by configuration. */
export type SideName = 'left' | 'right';

/** The other one. */
export const otherSide = { left: 'right', right: 'left' } as const;

/** One kind of record on one side, its session and its types closed over. */
export interface BoundEntity {
  readonly caps: Caps;
  /** The lens as the session knows it now; dictionaries may have grown since the last call. */
  readonly lens: () => AnyLens;
  /** The native skeleton a create starts from. */
  readonly blank: () => Json;
  /** What changed since the cursor. Throws the connector's `Failure` when the attempt fails; the pages before it count. */
  readonly pull: (request: PullRequest) => AsyncIterable<Page<Json>>;
  /** One record by id; what is not there comes as `absent` with its reason. */
  readonly get: (id: string) => Promise<Seen<Json>>;
  /** At most `caps.writesPerPush` writes; answers in their order. Throws only when nothing at all was sent. */
  readonly push: (writes: readonly Write<Json>[]) => Promise<readonly Written<Json>[]>;
  /** Records a create whose answer was lost may have made since (UTC ms, the hub's clock), linked ones among them. */
  readonly find: (create: Extract<Write<Json>, { op: 'create' }>, since: number) => Promise<readonly Present<Json>[]>;
}

/** A signed-in side. */
export interface BoundSide {
  readonly side: SideName;
  /** The connector's name, for people. */
  readonly name: string;
  readonly account: Account;
  readonly entities: { readonly [K in Kind]: BoundEntity };
  /** What was read since the last call and could not be understood, one line each (G7). */
  readonly leftOut: () => readonly string[];
}

/**
 * Reads the configuration, signs in and checks the account. Throws a {@link Failure}: `config` names each setting that is wrong,
 * the others come from the connector.
 */
export async function bindSide<C, S, N extends { readonly [K in Kind]: Json }>(
  side: SideName,
  connector: Connector<C, S, N>,
  config: unknown,
  context: Context,
): Promise<BoundSide> {
  const read = await connector.config['~standard'].validate(config);
  if (read.issues !== undefined) {
    throw new Failure('config', `${connector.title}: ${read.issues.map((issue) => `${pathOf(issue.path)}${issue.message}`).join('; ')}`);
  }
  const unread: string[] = [];
  const leftOut = (message: string): void => {
    unread.push(message);
    context.log(message);
  };
  const session = await connector.connect(read.value, { ...context, leftOut });
  const account = await connector.check(session);
  const bind = <K extends Kind>(kind: K): BoundEntity => {
    // The one place where a connector's own types end: past it records are plain data, read only through its lenses.
    const entity = connector.entities[kind] as unknown as Connector<C, S, { readonly [K in Kind]: Json }>['entities'][K];
    return {
      caps: entity.caps,
      lens: () => entity.lens(session) as unknown as AnyLens,
      blank: () => entity.blank(session),
      pull: (request) => entity.pull(session, request),
      get: (id) => entity.get(session, id),
      push: (writes) => entity.push(session, writes),
      find: (create, since) => entity.find(session, create, since),
    };
  };
  return { side, name: connector.title, account, entities: { contact: bind('contact'), task: bind('task'), event: bind('event') }, leftOut: () => unread.splice(0) };
}

function pathOf(path: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined): string {
  if (path === undefined || path.length === 0) return '';
  return `${path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')}: `;
}
