import t from 'tap';
import { lossesOf, property, readDrafted, readView, tooLong, writeView, type AnyLens, type FieldLens, type Json, type Last } from '../src/index.ts';

/** A small native contact: one-name people as in M3, a refused job title, and a field this side does not have. */
interface Card { readonly given: string | null; readonly family: string | null; readonly job: string | null; readonly notes: string | null; readonly photo: string }

const card = (change: Partial<Card> = {}): Json => ({ given: 'Ada', family: 'Lovelace', job: null, notes: null, photo: 'unmapped', ...change });

function nameLens(own: 'given' | 'family', other: 'given' | 'family'): FieldLens<Json, Json> {
  const of = (native: Json): Card => native as unknown as Card;
  return {
    slice: (native) => [of(native)[own], of(native)[own] === null ? of(native)[other] : null],
    read: (native) => of(native)[own] ?? of(native)[other] ?? undefined,
    write: (native, value) => ({ ...(native as object), [own]: value ?? null }),
  };
}

const lens = {
  firstName: nameLens('given', 'family'),
  lastName: nameLens('family', 'given'),
  jobTitle: property<{ job: string | null }, 'job'>('job', { maxLength: 3 }) as unknown as FieldLens<Json, Json>,
  description: {
    slice: (native: Json) => (native as { notes: Json }).notes,
    read: (native: Json, last?: Last<Json, Json>) => (last === undefined ? (native as { notes: Json }).notes ?? undefined : `${String((native as { notes: Json }).notes)} after ${String(last.value)}`),
    write: (native: Json, value: Json | undefined) => ({ ...(native as object), notes: value ?? null }),
  },
  fax: 'unsupported',
} satisfies AnyLens;

t.test('M1 writing back what was read changes nothing', async (t) => {
  for (const native of [card(), card({ given: null }), card({ job: 'CTO', notes: 'a\nb' })]) {
    const view = readView('contact', lens, native);
    const drafted = writeView('contact', lens, { native, view }, view, Object.keys(view));
    t.equal(drafted.native, native, 'the very same record');
    t.strictSame(drafted.refused, {});
  }
});

t.test('M2 what was written is read, and what is not mapped stays (G5)', async (t) => {
  const native = card();
  const { native: written } = writeView('contact', lens, { native, view: readView('contact', lens, native) }, { firstName: 'Augusta', jobTitle: 'CTO', lastName: 'ignored' }, ['firstName', 'jobTitle']);
  t.strictSame(written, card({ given: 'Augusta', job: 'CTO' }), 'only the fields that are named');
});

t.test('M3 M5 M6 fields that show in one another: written until all read as wanted', async (t) => {
  const native = card({ given: null, family: 'Cher' });
  const last = { native, view: readView('contact', lens, native) };
  t.strictSame(last.view, { firstName: 'Cher', lastName: 'Cher' });
  const same = writeView('contact', lens, last, { firstName: 'Cher', lastName: 'Cher', jobTitle: 'CEO' }, ['firstName', 'lastName', 'jobTitle']);
  t.strictSame(same.native, card({ given: null, family: 'Cher', job: 'CEO' }), 'M5: the empty name stays empty');
  const first = writeView('contact', lens, last, { firstName: 'Cherilyn', lastName: 'Cher' }, ['firstName', 'lastName']);
  t.strictSame(first.native, card({ given: 'Cherilyn', family: 'Cher' }), 'M6');
  const family = writeView('contact', lens, last, { firstName: 'Cher', lastName: 'Sarkisian' }, ['firstName', 'lastName']);
  t.strictSame(family.native, card({ given: 'Cher', family: 'Sarkisian' }), 'the first name would read as the new last name, so it is written as well');
  const refusing: AnyLens = { ...lens, firstName: { slice: (record: Json) => record, read: () => 'never', write: (record: Json) => ({ ...(record as object) }) } };
  t.ok(writeView('contact', refusing, last, { firstName: 'x' }, ['firstName']), 'a lens that never reads as wanted ends all the same');
});

t.test('M2 M43 a value a side cannot hold is left out and named, the rest is written', async (t) => {
  const native = card();
  const last = { native, view: readView('contact', lens, native) };
  const drafted = writeView('contact', lens, last, { jobTitle: 'too long', fax: '1', firstName: 'A', gender: 'male' }, ['jobTitle', 'fax', 'gender', 'firstName']);
  t.strictSame(drafted.native, card({ given: 'A' }));
  t.strictSame(drafted.refused, { jobTitle: '8 characters do not fit: at most 3 are allowed there', fax: 'this side has no such field', gender: 'this side has no such field' });
  t.strictSame(writeView('contact', lens, last, {}, ['jobTitle']).refused, {}, 'nothing always fits');
  t.strictSame(writeView('contact', lens, last, { nowhere: 'x' }, ['nowhere']).refused, { nowhere: 'this side has no such field' });
});

t.test('a field with a lens that the kind does not have is not written', async (t) => {
  const odd: AnyLens = { ...lens, colour: { slice: (record: Json) => record, read: () => undefined, write: () => 'broken' } };
  const native = card();
  t.equal(writeView('contact', odd, { native, view: {} }, { colour: 'red' }, ['colour']).native, native);
});

t.test('M32 C16 the same part of a record has the value it had', async (t) => {
  const last = { native: card({ notes: 'stored by the service' }), view: { description: 'as agreed' } };
  t.strictSame(readView('contact', lens, card({ notes: 'stored by the service', job: 'CTO' }), last), { description: 'as agreed', jobTitle: 'CTO' });
  t.strictSame(readView('contact', lens, card({ notes: 'edited', given: 'Grace' }), last), { firstName: 'Grace', description: 'edited after as agreed' }, 'another part is read, knowing what was there');
});

t.test('M43 a property, and what does not fit it', async (t) => {
  const job = property<{ job: string | null }, 'job'>('job');
  t.equal(job.refuse, undefined);
  t.equal(job.read({ job: '' }), undefined);
  t.equal(job.read({ job: null }), undefined);
  t.equal(job.read({ job: 'x' }), 'x');
  t.strictSame(job.slice({ job: null }), null);
  t.strictSame(job.write({ job: 'x' }, undefined), { job: null });
  t.strictSame(property<{ job: string }, 'job'>('job', { empty: '' }).write({ job: 'x' }, undefined), { job: '' });
  t.equal(tooLong('\u{1F600}\u{1F600}', 2), undefined, 'characters are counted as people count them');
  t.match(tooLong('abc', 2), /^3 characters/);
  const missing = property<{ job?: string }, 'job'>('job');
  t.strictSame(missing.slice({}), null);
});

/** Shows the first of a list; emptying it takes that one away, and the next one shows. */
const slot: FieldLens<Json, Json> = {
  slice: (native) => (native as readonly string[])[0] ?? null,
  read: (native) => (native as readonly string[])[0],
  write: (native, value) => (value === undefined ? (native as readonly string[]).slice(1) : [value as string, ...(native as readonly string[]).slice(1)]),
};

t.test('M23 what a write leaves is not written again: of several that fit one slot one goes', async (t) => {
  const native = ['A', 'B', 'C'];
  t.strictSame(writeView('contact', { jobTitle: slot }, { native, view: { jobTitle: 'A' } }, {}, ['jobTitle']).native, ['B', 'C']);
});

t.test('M13 a draft that reads as wanted shows what was wanted, also where a reader would keep what it read before', async (t) => {
  const keeping: AnyLens = { jobTitle: { ...slot, read: (native, last) => last?.value ?? slot.read(native) } };
  const last = { native: ['A', 'B'], view: { jobTitle: 'A' } };
  t.strictSame(readView('contact', keeping, ['B', 'A'], last), { jobTitle: 'A' }, 'a person moved it');
  t.strictSame(readDrafted('contact', keeping, ['B', 'A'], last, { jobTitle: 'B' }, ['jobTitle', 'fax']), { jobTitle: 'B' }, 'we did');
  t.strictSame(readDrafted('contact', keeping, ['B', 'A'], last, { jobTitle: 'C' }, ['jobTitle', 'nothing we know']), { jobTitle: 'A' }, 'but nobody wrote this');
  const holding: AnyLens = { jobTitle: { ...slot, read: (native, before) => before?.value ?? slot.read(native), stored: () => 'C, as it is held there' } };
  t.strictSame(readDrafted('contact', holding, ['C, as it is held there'], last, { jobTitle: 'C' }, ['jobTitle']), { jobTitle: 'C, as it is held there' }, 'nor of what the side holds instead, where it says so itself');
  t.strictSame(readDrafted('contact', holding, ['D'], last, { jobTitle: 'C' }, ['jobTitle']), { jobTitle: 'A' });
  t.strictSame(readDrafted('contact', { ...keeping, fax: 'unsupported' }, ['B'], last, { fax: '1' }, ['fax']), { jobTitle: 'A' });
});

t.test('M9 M10 M42 what a write cost is told by field', async (t) => {
  const costly: AnyLens = { jobTitle: { ...slot, loses: (value, before, after) => (value === 'dear' ? `${JSON.stringify(before)} to ${JSON.stringify(after)}` : undefined) }, gender: slot, fax: 'unsupported' };
  t.strictSame(lossesOf(costly, { jobTitle: 'dear', gender: 'x', fax: '1' }, ['jobTitle', 'gender', 'fax', 'birthday'], 'a', 'b'), { jobTitle: '"a" to "b"' });
  t.strictSame(lossesOf(costly, { jobTitle: 'cheap' }, ['jobTitle'], 'a', 'b'), {});
});
