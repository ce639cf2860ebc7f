import { deriveEntityId, mergeRecord, newRecord, safePolicy, sawOf, unitsOf, type BaseRecord, type Claim, type EntityId, type Units } from '@syncline/core';
import { openReplica, type Replica } from '@syncline/replica';
import { setImmediate as turn } from 'node:timers/promises';
import * as Y from 'yjs';
import { seeded } from '../support/seeded.ts';

const entities = 10_000;
const edits = 20_000;

/**
 * Question: what does a user's document cost, against the figures of the design (open <= 150 ms, heap <= 20 MB, <= 100 bytes
 * beside the value and <= 20 us per edit with conflict detection on) and against the obvious layout on the same library:
 * a nested Y.Map per record with [value, version, time] per field and side?
 */
export default async function run() {
  const world = people();
  const ours = await measureOurs(world);
  const peer = await measureNested(world);
  return {
    question: 'what does a user\'s document cost, beside a nested Y.Map per record and field?',
    world: `${entities} contacts of 12 fields, linked on both sides; ${edits} edits of one random field, seed 1`,
    rows: [ours, peer],
  };
}

function people(): readonly (readonly [EntityId, Units])[] {
  const random = seeded(1);
  const word = (length: number): string => Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  return Array.from({ length: entities }, (_, index) => {
    const email = `${word(8)}@example.com`;
    const units = unitsOf('contact', {
      firstName: word(6), middleName: word(4), lastName: word(8), description: word(50), emails: [email], primaryEmail: email,
      phones: [`+1 555 ${index}`], primaryPhone: `+1 555 ${index}`, jobTitle: word(15), birthday: '1980-07-18', gender: 'female', fax: `+1 556 ${index}`,
    });
    return [deriveEntityId('left', 'bench', 'contact', String(index)), units] as const;
  });
}

async function measureOurs(world: readonly (readonly [EntityId, Units])[]) {
  const random = seeded(2);
  const stored = storeOurs(world, random);
  const opening = await measureOpen(() => openReplica([stored], random));
  const { replica } = opening;
  let number = 1;
  let typed = 0;
  let settled = 0;
  let value = 0;
  const times: number[] = [];
  for (let index = 0; index < edits; index += 1) {
    const entity = world[Math.floor(random() * entities)]?.[0];
    if (entity === undefined) continue;
    const text = `title ${index}`;
    const start = process.hrtime.bigint();
    const before = replica.get(entity);
    if (before === undefined) continue;
    const claim: Claim = { number: (number += 1), unit: 'jobTitle', side: 'right', writer: 'd1', saw: sawOf(before, 'jobTitle', 'right'), at: 1_893_456_000_000 + index, value: text };
    const update = replica.write({ claim: [[entity, claim]] });
    const merged = mergeRecord(before, replica.claimsOf(entity), {}, safePolicy);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
    const verdict = replica.write({ base: [[entity, merged.record]], fold: [[entity, claim]] });
    typed += update?.length ?? 0;
    settled += verdict?.length ?? 0;
    value += text.length;
  }
  return row('settled base + claims, conflicts detected', stored, opening, times, (typed - value) / edits, settled / edits, replica);
}

function storeOurs(world: readonly (readonly [EntityId, Units])[], random: () => number): Uint8Array {
  const author = openReplica([], random);
  const from = { number: 1, side: 'left', writer: 'left', at: 1_893_456_000_000 };
  author.write({ base: world.map(([entity, units], index) => [entity, linked(units, index, from)] as const) });
  return author.encode();
}

function linked(units: Units, index: number, from: BaseRecord['from']): BaseRecord {
  const record = newRecord('contact', 'left', { id: String(index), version: '2030-01-01T00:00:00Z#abcdef', at: from.at }, units, from);
  const right = { id: `AAkALg${String(index).padStart(10, '0')}AAAAAAAAAAAAAAAAAAAAAAA=`, version: 'W/"EQAAABYAAAC1"', at: from.at, mark: String(index) };
  return { ...record, links: { ...record.links, right } };
}

async function measureNested(world: readonly (readonly [EntityId, Units])[]) {
  const random = seeded(2);
  const stored = storeNested(world);
  const opening = await measureOpen(() => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, stored);
    return doc;
  });
  const doc = opening.replica;
  let bytes = 0;
  let value = 0;
  doc.on('update', (update: Uint8Array) => (bytes += update.length));
  const times: number[] = [];
  for (let index = 0; index < edits; index += 1) {
    const entity = world[Math.floor(random() * entities)]?.[0] ?? '';
    const text = `title ${index}`;
    const start = process.hrtime.bigint();
    doc.getMap<Y.Map<Y.Map<unknown>>>('contacts').get(entity)?.get('jobTitle')?.set('right', [text, index, 1_893_456_000_000 + index]);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
    value += text.length;
  }
  return row('nested Y.Map, last writer wins in silence', stored, opening, times, (bytes - value) / edits, 0, doc);
}

function storeNested(world: readonly (readonly [EntityId, Units])[]): Uint8Array {
  const author = new Y.Doc();
  const root = author.getMap<Y.Map<Y.Map<unknown>>>('contacts');
  author.transact(() => {
    for (const [entity, units] of world) {
      const record = new Y.Map<Y.Map<unknown>>();
      root.set(entity, record);
      for (const [unit, value] of Object.entries(units)) {
        const sides = new Y.Map<unknown>();
        record.set(unit, sides);
        for (const side of ['left', 'right']) sides.set(side, [value, 1, 1_893_456_000_000]);
      }
    }
  });
  return Y.encodeStateAsUpdate(author);
}

interface Opening<R> { readonly replica: R; readonly openMs: number; readonly heapMb: number }

/** In a function of its own, so that nothing holds on to what it opened. */
function warmUp(open: () => unknown): void {
  open();
}

async function measureOpen<R>(open: () => R): Promise<Opening<R>> {
  warmUp(open);
  await collect();
  const before = memory();
  const start = process.hrtime.bigint();
  const replica = open();
  const openMs = Number(process.hrtime.bigint() - start) / 1e6;
  await collect();
  return { replica, openMs, heapMb: (memory() - before) / 1e6 };
}

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What was let go of in this turn is free only in the next one. */
async function collect(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await turn();
    globalThis.gc?.();
  }
}

function row(layout: string, stored: Uint8Array, opening: Opening<Replica | Y.Doc>, times: number[], claimBytes: number, foldBytes: number, _keep: unknown) {
  const sorted = times.sort((a, b) => a - b);
  return {
    layout,
    'stored MB': round(stored.length / 1e6),
    'open ms': round(opening.openMs),
    'heap MB': round(opening.heapMb),
    'edit us median': round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    'edit us p99': round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    'bytes beside the value per edit': round(claimBytes),
    'bytes of its verdict': round(foldBytes),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
