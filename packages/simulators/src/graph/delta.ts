import { isObject } from '../shared/json.ts';
import type { Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import type { Change, ChangeLog } from './change-log.ts';
import { badRequest, GraphFailure } from './failure.ts';
import type { Expansion } from './query.ts';
import type { Fields, World } from './state.ts';
import { nextSequence } from './state.ts';

/** What was asked for on the first call of a chain; it travels inside the tokens. */
export interface DeltaOptions {
  readonly select?: readonly string[];
  readonly expand: readonly Expansion[];
  readonly top?: number;
  /** UTC ms, end exclusive; calendar views only. Frozen for the life of the chain. */
  readonly window?: readonly [startMs: number, endMs: number];
}

/** A round of a chain, as the rows of a change need to know it. */
export interface Round extends DeltaOptions {
  /** The first round shows what is there; later ones show what changed after `after`. */
  readonly first: boolean;
  readonly after: number;
}

export interface DeltaSource {
  /** Unique in the mailbox. */
  readonly chain: string;
  readonly log: ChangeLog;
  readonly typeName: string;
  readonly context: string;
  readonly defaultPage: number;
  /** What one change shows: usually one row, for a series one per occurrence. Made only when the page has room. */
  readonly rows: (change: Change, round: Round) => readonly (() => Fields)[];
}

interface Token {
  readonly kind: 'next' | 'delta';
  readonly chain: string;
  readonly generation: number;
  readonly options: DeltaOptions;
  /** Changes up to here were delivered. */
  readonly at: number;
  /** The rest is of kind `next` only. */
  readonly round?: string;
  readonly first?: boolean;
  readonly after?: number;
  readonly upTo?: number;
  /** Rows of the next change that were delivered already, and that change's number. */
  readonly inside?: readonly [seq: number, rows: number];
  /** The last row delivered, for the duplicates mode. */
  readonly last?: readonly [seq: number, row: number];
  readonly pages?: number;
}

/**
 * One page of a delta chain. The chain is a token that says how far the log of changes was read, so that a round costs
 * what changed and not what exists.
 */
export function answerDelta(call: Call, source: DeltaSource, options: DeltaOptions): Answer {
  const { world } = call;
  const token = readToken(call, source);
  const chainOptions = token?.options ?? options;
  const from = token?.kind === 'next' ? token : startRound(world, source, token);
  const round: Round = { ...chainOptions, first: from.first ?? false, after: from.after ?? 0 };
  const upTo = from.upTo ?? world.sequence;
  const size = Math.min(call.prefer.maxPageSize ?? chainOptions.top ?? source.defaultPage, world.switches.largestPage ?? 1_000);

  const values: Fields[] = [];
  if (world.switches.deltaDuplicates && from.last) {
    const [seq, row] = from.last;
    const again = [...source.log.between(seq - 1, seq)][0];
    const rows = again ? source.rows(again, round) : [];
    const repeated = rows[row];
    if (repeated) values.push(repeated());
  }

  const reached: { at: number; inside: readonly [number, number] | undefined; last: readonly [number, number] | undefined } = {
    at: from.at,
    inside: from.inside,
    last: from.last,
  };
  const told = values.length;
  const more = fillPage(world, source, round, upTo, size, values, reached);
  if (world.switches.deltaShuffled) shuffle(values, world.env.random);
  const pages = (from.pages ?? 0) + 1;
  const emptyFirst = pages === 1 && (world.switches.deltaEmptyFirstPage || (round.first && values.length === 0));
  const trailing = world.switches.deltaTrailingPage && !more && values.length > told;

  const context = { '@odata.context': contextUrl(call, source.context) };
  const go = more || emptyFirst || trailing;
  if (!go) {
    if (from.round !== undefined && world.switches.deltaOldNextLinks === 'expired') world.openRounds.delete(from.round);
    const link = linkOf(call, { kind: 'delta', chain: source.chain, generation: world.deltaGeneration, options: chainOptions, at: upTo });
    return { status: 200, body: { ...context, '@odata.deltaLink': link, value: values } };
  }
  const keep = emptyFirst && world.switches.deltaEmptyFirstPage;
  const position = keep ? { at: from.at, inside: from.inside, last: undefined } : reached;
  const next: Token = {
    kind: 'next',
    chain: source.chain,
    generation: world.deltaGeneration,
    options: chainOptions,
    at: position.at,
    round: from.round ?? openRound(world),
    first: round.first,
    after: round.after,
    upTo,
    pages,
    ...(position.inside ? { inside: position.inside } : {}),
    ...(position.last ? { last: position.last } : {}),
  };
  return { status: 200, body: { ...context, '@odata.nextLink': linkOf(call, next), value: keep ? [] : values } };
}

/** Adds rows until the page is full; true when there is more in this round. */
function fillPage(
  world: World,
  source: DeltaSource,
  round: Round,
  upTo: number,
  size: number,
  values: Fields[],
  reached: { at: number; inside: readonly [number, number] | undefined; last: readonly [number, number] | undefined },
): boolean {
  const room = Math.max(size, values.length + 1);
  for (const change of source.log.between(reached.at, upTo)) {
    if (round.first && change.gone && !world.switches.deltaRemovedAtFirst) {
      reached.at = change.seq;
      continue;
    }
    const rows = source.rows(change, round);
    const skipped = reached.inside?.[0] === change.seq ? reached.inside[1] : 0;
    for (let index = skipped; index < rows.length; index += 1) {
      if (values.length === room) {
        reached.inside = [change.seq, index];
        return true;
      }
      const row = rows[index];
      if (row) values.push(row());
      reached.last = [change.seq, index];
    }
    reached.at = change.seq;
    reached.inside = undefined;
  }
  return false;
}

function shuffle(rows: Fields[], random: () => number): void {
  for (let left = rows.length - 1; left > 0; left -= 1) {
    const other = Math.floor(random() * (left + 1));
    const [a, b] = [rows[left], rows[other]];
    if (a && b) [rows[left], rows[other]] = [b, a];
  }
}

function startRound(world: World, source: DeltaSource, token: Token | undefined): Partial<Token> & { readonly at: number } {
  const upTo = world.sequence;
  if (!token) return { at: 0, first: true, after: 0, upTo };
  const replayed = world.switches.deltaReplays > 0 ? source.log.before(token.at, world.switches.deltaReplays) : token.at;
  const after = Math.min(token.at, replayed);
  return { at: after, first: false, after, upTo };
}

function openRound(world: World): string {
  const name = nextSequence(world).toString(36);
  world.openRounds.add(name);
  // The service keeps a cache of a certain size, no longer than that.
  if (world.openRounds.size > 10_000) {
    for (const oldest of world.openRounds) {
      world.openRounds.delete(oldest);
      break;
    }
  }
  return name;
}

function readToken(call: Call, source: DeltaSource): Token | undefined {
  const text = call.query.skipToken ?? call.query.deltaToken;
  if (text === undefined) return undefined;
  if ([...call.search.keys()].length > 1) throw badRequest('The options of a delta query are part of its token; no others may be added.');
  const token = parseToken(text);
  const kind = call.query.skipToken === undefined ? 'delta' : 'next';
  if (!token || token.kind !== kind || token.chain !== source.chain) {
    throw new GraphFailure(400, 'SyncStateInvalid', 'The sync state format is invalid or does not belong to this collection.');
  }
  const finished = token.round !== undefined && !call.world.openRounds.has(token.round);
  if (token.generation !== call.world.deltaGeneration || finished) {
    const generation = token.generation;
    throw new GraphFailure(
      410,
      'SyncStateNotFound',
      `The sync state generation is not found; generation=${generation};[highest=${call.world.deltaGeneration}].`,
      { location: `${call.world.origin}${call.path}?$deltatoken=` },
    );
  }
  return token;
}

function linkOf(call: Call, token: Token): string {
  const name = token.kind === 'next' ? '$skiptoken' : '$deltatoken';
  return `${call.world.origin}${call.path}?${name}=${Buffer.from(JSON.stringify(token)).toString('base64url')}`;
}

function parseToken(text: string): Token | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return isObject(value) && typeof value['chain'] === 'string' ? (value as unknown as Token) : undefined;
  } catch {
    return undefined;
  }
}

/** A row that says an item left the collection. */
export function removedRow(typeName: string, id: string): Fields {
  return { '@odata.type': `#microsoft.graph.${typeName}`, id, '@removed': { reason: 'deleted' } };
}
