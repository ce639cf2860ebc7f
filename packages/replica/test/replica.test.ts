import t from 'tap';
import { deriveEntityId, newRecord, type BaseRecord, type Claim, type EntityId } from '@syncline/core';
import fc from 'fast-check';
import { openReplica, packClaim, packRecord, unpackClaim, unpackRecord } from '../src/index.ts';

const from = { number: 7, side: 'left', writer: 'left', at: 1_893_456_000_000 };
const entity = deriveEntityId('left', 'a', 'contact', '1');
const record = newRecord('contact', 'left', { id: '1', version: 'v1', at: 5 }, { name: { firstName: 'Ada' }, 'emails/__proto__': '__proto__' }, from);
const claim: Claim = { number: 9, unit: 'emails/a/b@example.com', side: 'right', writer: 'd1', saw: 7, at: 11, value: 'a/b@example.com' };
let drawn = 0;
// Each replica is a Yjs client of its own.
const random = (): number => (drawn += 0.001);

t.test('design 3: a record is read back as it was packed, whatever it holds', async (t) => {
  const rich: BaseRecord = {
    ...record,
    links: { ...record.links, right: { id: 'x', version: 'w', at: 6, mark: '1' } },
    former: { right: ['gone'] },
    units: {
      ...record.units,
      jobTitle: { from: { ...from, number: 8 }, held: { right: { value: 'Poet', saw: 8, own: true } }, owed: { left: 'C6' }, blocked: { right: 'too long' }, only: { right: null }, frozen: 'two systems disagree' },
    },
    todo: { right: { op: 'create', rule: 'C4', blocked: 'private' } },
    gone: { left: 'hidden' },
    state: 'tombstone',
    restored: true,
  };
  for (const one of [record, rich]) t.strictSame(unpackRecord(packRecord(one)), one);
});

t.test('design 3: a claim is read back as it was packed, with any value, unit and native version', async (t) => {
  fc.assert(fc.property(fc.jsonValue(), fc.string(), fc.option(fc.string()), fc.nat(), (value, unit, version, number) => {
    const given: Claim = {
      number, unit, side: 'right', writer: 'w', saw: 1, at: 2, ...(value !== null && { value: JSON.parse(JSON.stringify(value)) as NonNullable<Claim['value']> }),
      ...(version !== null && { native: { id: 'x', version } }),
    };
    t.strictSame(unpackClaim(packClaim(given), unit, 'w'), given);
  }), { seed: 1, numRuns: 300 });
});

t.test('design 3: a step is one update, and replaying the updates gives the same document', async (t) => {
  const one = openReplica([], random);
  const updates = [one.write({ base: [[entity, record]], claim: [[entity, claim]] }), one.write({ fold: [[entity, claim]] })];
  t.equal(one.write({}), undefined, 'an empty step is no update');
  t.strictSame([...one.claimed()], []);
  const other = openReplica(updates.flatMap((update) => update ?? []), random);
  t.strictSame([...other.records()], [[entity, record]]);
  const first = openReplica([updates[0] ?? new Uint8Array()], random);
  t.strictSame(first.claimsOf(entity), [claim]);
  t.strictSame([...first.claimed()], [entity]);
  const copy = openReplica([one.encode()], random);
  t.strictSame(copy.get(entity), record);
  t.equal(copy.size, 1);
});

t.test('design 3: claims of several writers on one unit live side by side, a writer replaces only its own', async (t) => {
  const replica = openReplica([], random);
  const near = deriveEntityId('left', 'a', 'contact', '10');
  const later: Claim = { ...claim, number: 12, value: 'later' };
  const others: [EntityId, Claim][] = [[entity, { ...claim, writer: 'd2' }], [entity, { ...claim, unit: 'emails/a' }], [near, claim]];
  replica.write({ claim: [[entity, claim], ...others] });
  replica.write({ claim: [[entity, later]] });
  t.equal(replica.claimsOf(entity).length, 3);
  t.strictSame(replica.claimsOf(entity).find(({ writer, unit }) => writer === 'd1' && unit === claim.unit), later);
  t.strictSame(replica.claimsOf(near), [claim]);
  replica.write({ base: [[entity, record]] });
  replica.write({ forget: [entity] });
  t.equal(replica.get(entity), undefined);
});

t.test('design 3: two replicas that write apart and exchange updates in any order hold the same', async (t) => {
  const base = openReplica([], () => 0.1);
  const start = base.write({ base: [[entity, record]] }) ?? new Uint8Array();
  const a = openReplica([start], () => 0.2);
  const b = openReplica([start], () => 0.3);
  const fromA = a.write({ claim: [[entity, { ...claim, writer: 'd1' }]] }) ?? new Uint8Array();
  const fromB = b.write({ claim: [[entity, { ...claim, writer: 'd2' }]] }) ?? new Uint8Array();
  a.apply(fromB);
  b.apply(fromA);
  b.apply(fromA);
  const sorted = (claims: readonly Claim[]): readonly Claim[] => [...claims].sort((x, y) => (x.writer < y.writer ? -1 : 1));
  t.strictSame(sorted(a.claimsOf(entity)), sorted(b.claimsOf(entity)));
  t.equal(a.claimsOf(entity).length, 2);
});
