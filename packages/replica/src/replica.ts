import { parseEntityId, type BaseRecord, type Claim, type EntityId } from '@syncline/core';
import * as Y from 'yjs';
import { packClaim, packRecord, unpackClaim, unpackRecord } from './pack.ts';

/** One step of the document: becomes one Yjs update. */
export interface Step {
  /** Settled records to write. */
  readonly base?: Iterable<readonly [EntityId, BaseRecord]>;
  /** Records to forget altogether: they became part of another one. */
  readonly forget?: Iterable<EntityId>;
  /** New claims. A writer's claim on a unit takes the place of its earlier one. */
  readonly claim?: Iterable<readonly [EntityId, Claim]>;
  /** Claims that were considered and are now part of `base` or of history. */
  readonly fold?: Iterable<readonly [EntityId, Claim]>;
}

/** A user's document, in memory. Nothing in it is merged by Yjs: each key has one writer, what claims mean is decided in core. */
export interface Replica {
  readonly doc: Y.Doc;
  /** The settled record, or `undefined`. */
  get(entity: EntityId): BaseRecord | undefined;
  /** How many settled records there are, tombstones included. */
  readonly size: number;
  /** Every settled record, tombstones included, in no promised order. */
  records(): IterableIterator<[EntityId, BaseRecord]>;
  /** Claims that were not considered yet. */
  claimsOf(entity: EntityId): readonly Claim[];
  /** The records that have such claims. */
  claimed(): IterableIterator<EntityId>;
  /** Is told of every settled record that was written or forgotten, from now on; must not throw. For what is kept in memory beside the document. */
  onChange(listener: (entity: EntityId) => void): void;
  /** Applies a step and returns it as a Yjs update (V1), to be stored before anybody is told. An empty step gives no update. */
  write(step: Step): Uint8Array | undefined;
  /** Applies an update from the log or from another replica. */
  apply(update: Uint8Array): void;
  /** The whole document as one update. */
  encode(): Uint8Array;
}

/**
 * Opens a replica from stored updates, oldest first. The Yjs client id is new each time and drawn from `random` ([0, 1)):
 * a stored one would diverge for good after a restored backup.
 */
export function openReplica(updates: Iterable<Uint8Array>, random: () => number): Replica {
  const doc = new Y.Doc({ gc: true });
  doc.clientID = 1 + Math.floor(random() * 0xffff_fffe);
  const base = doc.getMap<string>('base');
  const claims = doc.getMap<string>('claims');
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  const index = indexClaims(claims);
  let written: Uint8Array | undefined;
  doc.on('update', (bytes: Uint8Array) => void (written = bytes));

  return {
    doc,
    get: (entity) => {
      const text = base.get(entity);
      return text === undefined ? undefined : unpackRecord(text);
    },
    get size() {
      return base.size;
    },
    *records() {
      for (const [key, text] of base.entries()) yield [parseEntityId(key), unpackRecord(text)];
    },
    claimsOf: (entity) => [...(index.get(entity) ?? [])].flatMap((key) => {
      const text = claims.get(key);
      return text === undefined ? [] : [readClaim(key, text)];
    }),
    claimed: () => index.keys(),
    onChange: (listener) => base.observe(({ keysChanged }) => {
      for (const key of keysChanged) if (typeof key === 'string') listener(parseEntityId(key));
    }),
    write: (step) => {
      written = undefined;
      doc.transact(() => apply(step, base, claims));
      return written;
    },
    apply: (update) => Y.applyUpdate(doc, update),
    encode: () => Y.encodeStateAsUpdate(doc),
  };
}

function apply(step: Step, base: Y.Map<string>, claims: Y.Map<string>): void {
  for (const [entity, claim] of step.claim ?? []) claims.set(claimKey(entity, claim), packClaim(claim));
  for (const [entity, claim] of step.fold ?? []) claims.delete(claimKey(entity, claim));
  for (const [entity, record] of step.base ?? []) base.set(entity, packRecord(record));
  for (const entity of step.forget ?? []) base.delete(entity);
}

function claimKey(entity: EntityId, claim: Claim): string {
  return `${entity}/${claim.unit}/${claim.writer}`;
}

function readClaim(key: string, text: string): Claim {
  // An entity id has a fixed length and a writer no slash; whatever stands between them is the unit.
  const writerAt = key.lastIndexOf('/');
  return unpackClaim(text, key.slice(entityLength + 1, writerAt), key.slice(writerAt + 1));
}

const entityLength = 'e_'.length + 12;

/** Keeps the keys of each record's claims at hand, so that an idle document costs nothing to look through. */
function indexClaims(claims: Y.Map<string>): Map<EntityId, Set<string>> {
  const index = new Map<EntityId, Set<string>>();
  const update = (key: string): void => {
    const entity = parseEntityId(key.slice(0, entityLength));
    const keys = index.get(entity) ?? new Set<string>();
    if (claims.has(key)) keys.add(key);
    else keys.delete(key);
    if (keys.size > 0) index.set(entity, keys);
    else index.delete(entity);
  };
  for (const key of claims.keys()) update(key);
  claims.observe((event) => {
    for (const key of event.keysChanged) if (typeof key === 'string') update(key);
  });
  return index;
}
