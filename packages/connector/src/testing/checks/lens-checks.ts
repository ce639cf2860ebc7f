import { fieldsOf, sameJson, type AnyView, type FieldLens, type Json } from '@syncline/core';
import { explain, kept, supported, type Bench } from '../bench.ts';
import type { Check } from '../check.ts';
import { ensure, ensurePlain, sameValue, show } from '../expect.ts';
import { emptiable, valuesOf } from '../samples.ts';

type Lens = FieldLens<Json, Json>;

/** The laws of every field's lens (rules M1, M2), on given records and on records that were made up. */
export const lensChecks: readonly Check[] = [
  {
    id: 'L1',
    what: 'GetPut: writing back what was read changes nothing',
    why: 'a sync without an edit must not write',
    run: (bench) =>
      each(bench, (lens, field) => {
        for (const native of natives(bench)) {
          const written = lens.write(native, lens.read(native));
          ensure(sameJson(written, native), `"${field}": ${show(native)} becomes ${show(written)}`);
        }
      }),
  },
  {
    id: 'L2',
    what: 'PutGet: what was written is read, unless `refuse` or `stored` say otherwise',
    why: 'the difference would travel back as an edit nobody made',
    run: (bench) =>
      each(bench, (lens, field) => {
        let held = 0;
        forEachWrite({ bench, lens, field }, (native, value) => {
          held += 1;
          const expected = lens.stored === undefined ? value : lens.stored(value, native);
          const found = lens.read(lens.write(native, value));
          ensure(sameValue(bench.kind, field, found, expected), `"${field}": ${show(value)} reads as ${show(found)}`);
        });
        ensure(held > 0, `"${field}" refuses everything: then it is unsupported`);
      }),
  },
  {
    id: 'L3',
    what: 'PutPut: writing twice is writing once',
    why: 'a repeated write must not grow a record',
    run: (bench) =>
      each(bench, (lens, field) =>
        forEachWrite({ bench, lens, field }, (native, value) => {
          const once = lens.write(native, value);
          ensure(sameJson(lens.write(once, value), once), `"${field}": ${show(value)} written twice is not the same as written once`);
        }),
      ),
  },
  {
    id: 'L4',
    what: 'the slice of a field decides its value: records that differ in the field differ in the slice',
    why: 'the hub compares slices; a change it does not show is never seen (M5, M32)',
    run: async (bench) => {
      const records = await storedRecords(bench);
      each(bench, (lens, field) => {
        const seen = new Map<string, Json | undefined>();
        for (const record of records) {
          const slice = JSON.stringify(lens.slice(record));
          ensure(slice !== undefined, `"${field}": its slice is not JSON`);
          const value = lens.read(record);
          if (seen.has(slice)) ensure(sameValue(bench.kind, field, seen.get(slice), value), `"${field}": ${show(seen.get(slice))} and ${show(value)} have the same slice ${slice}`);
          seen.set(slice, value);
        }
      });
    },
  },
  {
    id: 'L5',
    what: 'writing a field leaves what other fields read',
    why: 'an edit of one field would overwrite an edit of another',
    run: (bench) =>
      each(bench, (lens, field) => {
        const others = supported(bench).filter((other) => !belongTogether(bench.kind, field, other));
        // Every value over a few records: all over all would take longer than the other checks together.
        forEachWrite({ bench, lens, field, atMost: 6 }, (native, value) => {
          const written = lens.write(native, value);
          for (const other of others) {
            const before = lensOf(bench, other).read(native);
            const after = lensOf(bench, other).read(written);
            ensure(sameValue(bench.kind, other, before, after), `writing "${field}" turns "${other}" from ${show(before)} into ${show(after)}`);
          }
        });
      }),
  },
  {
    id: 'L6',
    what: 'an emptied field reads as nothing',
    why: 'a value that was removed would come back',
    kinds: ['contact', 'task'],
    run: (bench) =>
      each(bench, (lens, field) => {
        if (!emptiable[bench.kind].includes(field)) return;
        for (const native of natives(bench)) {
          const found = lens.read(lens.write(native, undefined));
          ensure(sameValue(bench.kind, field, found, undefined), `"${field}", emptied, reads as ${show(found)}`);
        }
      }),
  },
  {
    id: 'L7',
    what: 'lenses leave the draft they are given alone, and make plain JSON',
    why: 'the hub compares the draft with what came of it',
    run: (bench) =>
      each(bench, (lens, field) => {
        for (const value of [...valuesOf(bench.kind, field), undefined]) {
          for (const native of natives(bench).slice(0, 6)) {
            if (value !== undefined && lens.refuse?.(value) !== undefined) continue;
            const before = JSON.stringify(native);
            const written = lens.write(native, value);
            ensure(JSON.stringify(native) === before, `writing "${field}" changes the draft itself`);
            ensurePlain(written, `the record with "${field}"`);
            const read = lens.read(written);
            if (read !== undefined) ensurePlain(read, `the value of "${field}"`);
            ensurePlain(lens.slice(written), `the slice of "${field}"`);
          }
        }
      }),
  },
];

/** Calls back with the lens of each field this side has. */
function each(bench: Bench, check: (lens: Lens, field: string) => void): void {
  for (const field of supported(bench)) check(lensOf(bench, field), field);
}

function lensOf({ lens }: Bench, field: string): Lens {
  const one = lens[field];
  ensure(one !== undefined && one !== 'unsupported', `"${field}" has no lens`);
  return one;
}

/** Every value of a field that the lens does not refuse, over every record, or over so many of them. */
function forEachWrite({ bench, lens, field, atMost }: { readonly bench: Bench; readonly lens: Lens; readonly field: string; readonly atMost?: number }, check: (native: Json, value: Json) => void): void {
  const pool = natives(bench).slice(0, atMost);
  for (const value of valuesOf(bench.kind, field)) {
    const refused = lens.refuse?.(value);
    if (refused !== undefined) {
      ensure(refused.trim() !== '', `"${field}": ${show(value)} is refused without a word`);
      continue;
    }
    for (const native of pool) check(native, value);
  }
}

const pools = new WeakMap<Bench, readonly Json[]>();

/** Records to try the laws on: a blank one, samples, those that were given, and what comes of random writes over them. */
function natives(bench: Bench): readonly Json[] {
  const found = pools.get(bench);
  if (found !== undefined) return found;
  const pool: Json[] = [...bench.given, ...[1, 2, 3].map((n) => bench.draft(bench.sample(n)))];
  const fields = supported(bench);
  for (let made = 0; made < 24; made += 1) {
    let native = pick(bench, pool) ?? null;
    for (let write = 0; write < 6; write += 1) {
      const field = pick(bench, fields);
      const value = field === undefined ? undefined : pick(bench, valuesOf(bench.kind, field));
      if (field === undefined || value === undefined || lensOf(bench, field).refuse?.(value) !== undefined) continue;
      native = lensOf(bench, field).write(native, value);
    }
    pool.push(kept(native));
  }
  pools.set(bench, pool);
  return pool;
}

/** Records as the service gives them, each field with several values: what a draft holds need not be what a service tells apart. */
async function storedRecords(bench: Bench): Promise<readonly Json[]> {
  const records: Json[] = [...bench.given];
  for (let n = 1; n <= 4; n += 1) records.push((await bench.create(bench.sample(n))).record);
  for (const field of supported(bench)) {
    const lens = lensOf(bench, field);
    const taken = valuesOf(bench.kind, field).filter((value) => lens.refuse?.(value) === undefined).slice(0, 3);
    // Start, end and all-day only make sense together: the samples hold these.
    for (const value of bench.kind === 'event' ? [] : taken) {
      const [written] = await bench.push([bench.createWrite({ ...bench.sample(1), [field]: value } as AnyView)]);
      ensure(written?.status === 'stored' || written?.status === 'rejected' || written?.status === 'partial', `a create with "${field}" is answered with ${written === undefined ? 'nothing' : explain(written)}`);
      if (written.status === 'stored' && 'record' in written.seen) records.push(written.seen.record);
    }
  }
  return records;
}

function pick<T>({ random }: Bench, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** One unit (C9s), or a list and the field that names its primary entry. */
function belongTogether(kind: Bench['kind'], a: string, b: string): boolean {
  const units = [fieldsOf(kind)[a]?.unit, fieldsOf(kind)[b]?.unit].toSorted().join();
  return a === b || fieldsOf(kind)[a]?.unit === fieldsOf(kind)[b]?.unit || units === 'emails,primaryEmail' || units === 'phones,primaryPhone';
}
