import t from 'tap';
import { readDrafted, readStored, readView, writeView, type AnyLens, type FieldLens, type Json } from '../src/index.ts';

/** A record with a list of numbers, of which it shows all, one of them first, and a job title. */
interface Card { readonly numbers: readonly string[]; readonly first: string | null; readonly job: string | null }

const of = (native: Json): Card => native as unknown as Card;
const card = (...numbers: readonly string[]): Json => ({ numbers, first: null, job: null });
const phones: FieldLens<Json, Json> = {
  slice: (native) => of(native).numbers,
  read: (native) => (of(native).numbers.length === 0 ? undefined : of(native).numbers),
  write: (native, value) => ({ ...(native as object), numbers: value ?? [] }),
};
const jobTitle: FieldLens<Json, Json> = {
  slice: (native) => of(native).job,
  read: (native) => of(native).job ?? undefined,
  write: (native, value) => ({ ...(native as object), job: value ?? null }),
};
const primaryPhone: FieldLens<Json, Json> = {
  slice: (native) => of(native).first,
  read: (native) => of(native).first ?? undefined,
  write: (native, value) => (of(native).numbers.includes(value as string) ? { ...(native as object), first: value ?? null } : native),
};
const lens: AnyLens = { phones, primaryPhone, jobTitle };

const meant = { phones: ['030 1', '112'] };
const stored = card('+49 30 1', '112');
const last = { native: stored, view: meant };

t.test('C16 a number that comes back in other letters is the one that was sent', async (t) => {
  const sent = { native: card('030 1', '112'), view: meant };
  t.strictSame(readStored('contact', lens, stored, sent, ['phones', 'jobTitle']), meant);
  t.strictSame(readStored('contact', lens, stored, sent, ['jobTitle']), { phones: ['+49 30 1', '112'] }, 'of a list that was not written it is news');
  t.strictSame(readStored('contact', lens, card('112'), sent, ['phones']), { phones: ['112'] }, 'one that is missing is missing');
  t.strictSame(readStored('contact', lens, card('030 1', '112', '5'), sent, ['phones']), { phones: ['030 1', '112', '5'] }, 'one too many is somebody\'s');
  t.strictSame(readStored('contact', lens, card(), sent, ['phones']), {}, 'and none are none');
});

t.test('C16 later edits of the list are told from the spelling, whichever entry they are about', async (t) => {
  const read = (...numbers: readonly string[]): Json | undefined => readView('contact', lens, card(...numbers), last)['phones'];
  t.strictSame(read('+49 30 1', '112', '5'), ['030 1', '112', '5'], 'added');
  t.strictSame(read('112'), ['112'], 'the respelt one removed');
  t.strictSame(read('+49 30 1'), ['030 1'], 'the other one removed');
  t.strictSame(read('7', '112'), ['7', '112'], 'the respelt one replaced');
  t.strictSame(read(), undefined, 'all removed');
  t.strictSame(readView('contact', lens, card('1'), { native: card('2'), view: {} }), { phones: ['1'] }, 'where nothing is known nothing is renamed');
});

t.test('C16 a write of the list leaves the spelling where it is', async (t) => {
  const write = (...numbers: readonly string[]): Json => writeView('contact', lens, last, { phones: numbers }, ['phones']).native;
  t.equal(write('030 1', '112'), stored, 'the same list: no write');
  t.strictSame(write('030 1', '112', '5'), card('+49 30 1', '112', '5'));
  t.strictSame(write('112'), card('112'));
  t.strictSame(writeView('contact', lens, last, {}, ['phones']).native, card());
});

t.test('C16 a service that turns the order around as well: each number is the one it looks most like', async (t) => {
  const view = { phones: ['030 1', '030 2', '0664 3'] };
  const sent = { native: card(...view.phones), view };
  t.strictSame(readStored('contact', lens, card('+43 664 3', '+49 30 2', '+49 30 1'), sent, ['phones']), { phones: ['0664 3', '030 2', '030 1'] });
  t.strictSame(readStored('contact', lens, card('x', '030 2', 'y'), sent, ['phones']), { phones: ['030 1', '030 2', '0664 3'] }, 'where nothing is alike the order decides');
  t.strictSame(readStored('contact', lens, card('302', '301', '300'), { native: card('0301', '0302', '0300'), view: { phones: ['0301', '0302', '0300'] } }, ['phones']), { phones: ['0302', '0301', '0300'] }, 'one is the end of the other');
});

t.test('C16 which entry is the primary one is told and written by the same names', async (t) => {
  const view = { phones: ['030 1', '112'], primaryPhone: '030 1' };
  const native = { numbers: ['+49 30 1', '112'], first: '+49 30 1', job: null };
  const sent = { native: { numbers: ['030 1', '112'], first: '030 1', job: null }, view };
  t.strictSame(readStored('contact', lens, native, sent, ['phones']), view);
  t.strictSame(readStored('contact', lens, native, sent, ['primaryPhone']), view, 'who writes the primary one writes the list');
  const other = { native: { ...native, first: '112' }, view: { ...view, primaryPhone: '112' } };
  t.strictSame(readView('contact', lens, native, other), view, 'a person chose it');
  const wanted = { ...view, primaryPhone: '030 1' };
  const drafted = writeView('contact', lens, other, wanted, ['primaryPhone']);
  t.strictSame(drafted.native, native, 'the hub chooses it');
  t.strictSame(readDrafted('contact', lens, drafted.native, other, wanted, ['primaryPhone']), wanted);
  t.strictSame(readView('contact', { primaryPhone }, native, other), { primaryPhone: '+49 30 1' }, 'where a side has no list there are no names');
});
