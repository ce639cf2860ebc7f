import assert from 'node:assert/strict';
import { canonicalEmail, canonicalPhone, type Address, type FieldLens } from '@syncline/connector';
import fc from 'fast-check';
import type { AddressRecord, ContactRecord, EventRecord, TaskRecord } from '../src/records.ts';

export const runs = { numRuns: 300, seed: 20261122 };

// What the properties draw from.

const words = fc.string({ unit: fc.constantFrom('a', 'B', ' ', 'é', '1', '-', '<b>', '\n'), maxLength: 6 });
const orNull = (values: fc.Arbitrary<string>): fc.Arbitrary<string | null> => fc.option(values, { nil: null });
const emailValues = fc.constantFrom('a@x.org', 'A@x.org', 'b@x.org', 'c@y.net', ' d@y.net');
const phoneValues = fc.constantFrom('1', '+43 1 23', '+43-1-23', '-', '(2)');
export const instants = fc.integer({ min: Date.parse('2000-01-01T00:00:00Z') / 1000, max: Date.parse('2040-01-01T00:00:00Z') / 1000 }).map((s) => iso(s * 1000));
export const dates = instants.map((text) => text.slice(0, 10));
const addressValues: fc.Arbitrary<Address> = fc.record({ street: words, city: words, region: fc.constantFrom('', 'MA', 'Massachusetts', 'Foo'), postalCode: words, country: fc.constantFrom('US', 'DE', 'Germany', '', 'Ruritania') });

const addressRecords: fc.Arbitrary<AddressRecord> = fc
  .record({ types: fc.subarray(['billing', 'shipping']), primary: fc.boolean(), street: orNull(words), street2: orNull(words), city: orNull(words), postalCode: orNull(words), country: fc.constantFrom('US', 'DE'), kind: fc.constantFrom('none', 'region', 'custom') })
  .map(({ kind, ...rest }) => ({ id: '0', ...rest, region: kind === 'region' ? `${rest.country}-MA` : null, regionName: kind === 'region' ? 'Massachusetts' : null, customRegion: kind === 'custom' ? 'Somewhere' : null }));

export const contacts: fc.Arbitrary<ContactRecord> = fc
  .record({
    firstName: orNull(words), middleName: orNull(words), lastName: orNull(words), nameSuffix: orNull(words), description: orNull(words), jobTitle: orNull(words), fax: orNull(phoneValues),
    gender: fc.constantFrom(null, 'male', 'female', ''), birthday: orNull(dates), emails: fc.uniqueArray(emailValues, { maxLength: 4 }), phones: fc.uniqueArray(phoneValues, { maxLength: 4 }),
    addresses: fc.array(addressRecords, { maxLength: 3 }).map((list) => list.map((address, index) => ({ ...address, id: String(index + 8) }))),
    flagged: fc.boolean(),
  })
  .map(({ flagged, ...rest }) => ({ ...rest, primaryEmail: rest.emails[0] ?? null, primaryPhone: flagged ? (rest.phones.at(-1) ?? null) : null }));
export const tasks: fc.Arbitrary<TaskRecord> = fc.record({ subject: orNull(words), priority: fc.constantFrom('low', 'normal', 'high', 'urgent'), dueDate: orNull(instants), status: fc.constantFrom('open', 'in_progress', 'closed', 'waiting') });
export const events: fc.Arbitrary<EventRecord> = fc
  .record({ title: orNull(words), start: instants, length: fc.integer({ min: 0, max: 400_000 }), allDay: fc.boolean(), midnight: fc.boolean() })
  .map(({ length, midnight, start, ...rest }) => {
    const from = midnight ? `${start.slice(0, 10)}T00:00:00Z` : start;
    return { ...rest, start: from, end: iso(Date.parse(from) + length * 1000), recurring: false };
  });

export const valuesOf: { readonly [field: string]: fc.Arbitrary<unknown> } = {
  emails: fc.array(emailValues, { minLength: 1, maxLength: 4 }),
  phones: fc.array(phoneValues.filter((value) => value !== '-'), { minLength: 1, maxLength: 4 }),
  primaryEmail: emailValues,
  primaryPhone: phoneValues.filter((value) => value !== '-'),
  birthday: dates,
  dueDate: dates,
  gender: fc.constantFrom('male', 'female'),
  priority: fc.constantFrom('low', 'normal', 'high'),
  status: fc.constantFrom('open', 'in_progress', 'closed'),
  billingAddress: addressValues,
  shippingAddress: addressValues,
  otherAddress: addressValues,
  start: fc.oneof(dates, instants),
  end: fc.oneof(dates, instants),
  allDay: fc.boolean(),
  fax: phoneValues,
};

/** How two values of a field are compared (specification, section 3); empty text is nothing. */
function canonical(field: string, value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return [...new Set((value as string[]).map((entry) => canonical(field, entry)))].filter((entry) => entry !== '').join('|');
  if (typeof value === 'object') return Object.values(value as Address).every((part) => part === '') ? '' : JSON.stringify(value);
  const text = String(value);
  if (/email/i.test(field)) return canonicalEmail(text);
  if (/phone|fax/i.test(field)) return canonicalPhone(text);
  return text.normalize('NFC').trim();
}

/** GetPut, PutGet and PutPut of one lens (rules M1, M2). Throws with the smallest example that breaks one. */
export function laws(lens: FieldLens<unknown, unknown>, natives: fc.Arbitrary<unknown>, values: fc.Arbitrary<unknown>, field: string): void {
  fc.assert(
    fc.property(natives, (native) => {
      assert.deepEqual(lens.write(native, lens.read(native)), native, 'GetPut');
      const emptied = lens.write(native, undefined);
      assert.deepEqual(lens.write(emptied, lens.read(emptied)), emptied, 'GetPut, emptied');
    }),
    runs,
  );
  fc.assert(
    fc.property(natives, values, (native, value) => {
      if (lens.refuse?.(value) !== undefined) return;
      const written = lens.write(native, value);
      const expected = lens.stored === undefined ? value : lens.stored(value, native);
      assert.equal(canonical(field, lens.read(written)), canonical(field, expected), 'PutGet');
      assert.deepEqual(lens.write(written, value), written, 'PutPut');
      assert.equal(JSON.stringify(lens.slice(written)), JSON.stringify(lens.slice(lens.write(written, lens.read(written)))), 'the part a field lives in stands still');
    }),
    runs,
  );
}

type Lenses<L> = { readonly [Field in keyof L]: Exclude<L[Field], 'unsupported'> };

/** All of OroCRM's fields are supported. */
export function fields<L extends object>(lenses: L): Lenses<L> {
  return lenses as Lenses<L>;
}

export function lensesOf(lenses: object): readonly [string, FieldLens<unknown, unknown>][] {
  return Object.entries(lenses) as [string, FieldLens<unknown, unknown>][];
}

export function home(parts: Partial<AddressRecord>): AddressRecord {
  return { id: '1', types: [], primary: false, street: '1 Main St', street2: null, city: 'Boston', postalCode: '02101', country: 'US', region: null, regionName: null, customRegion: null, ...parts };
}

export function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
