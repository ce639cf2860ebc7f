import { equal, fail, ok } from 'node:assert/strict';
import { fieldsOf, kindNames, lossesOf, readDrafted, readStored, readView, sameField, sameJson, writeView, type AnyLens, type AnyView, type FieldSpec, type Json, type Kind } from '@syncline/core';
import type { SideName } from '@syncline/engine';
import fc from 'fast-check';
import t from 'tap';
import { twoServices } from '../support/two-services.ts';
import { natives, together } from './natives.ts';
import { changes } from './values.ts';

// M1 and M2 for every field of both connectors, over several cycles: the hub writes, the service stores it as it likes, a
// person edits, the hub writes another field. `SYNCLINE_LONG=1` tries a million values; what came of it stands in results/lens-laws.json.

const isLong = process.env['SYNCLINE_LONG'] === '1';
const seed = 20301125;
const numRuns = isLong ? 6_500 : 40;
t.setTimeout(isLong ? 3_600_000 : 120_000);

/** One thing that happens to a record. */
type Step =
  | { readonly do: 'write'; readonly change: AnyView; readonly service: Service }
  | { readonly do: 'edit'; readonly native: Json; readonly members: number };

/** What a service makes of what it is sent. */
type Service = 'keeps it' | 'trims texts' | 'spells entries otherwise' | 'spells entries otherwise and turns them around';
const services = ['keeps it', 'keeps it', 'trims texts', 'spells entries otherwise', 'spells entries otherwise and turns them around'] as const;

/** A record as the hub knows it. `meaning`: per list, what each entry there stands for, as the test knows it. */
interface State {
  readonly native: Json;
  readonly view: AnyView;
  readonly meaning: { readonly [field: string]: ReadonlyMap<string, string> };
}

interface Side {
  readonly side: SideName;
  readonly kind: Kind;
  readonly lens: AnyLens;
}

let tried = 0;
const zones = ['Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Honolulu', 'America/St_Johns'];

for (const side of ['left', 'right'] as const) {
  for (const kind of kindNames) {
    for (const field of Object.keys(fieldsOf(kind))) {
      t.test(`M1 M2 C16 ${side === 'left' ? 'OroCRM' : 'Outlook'} ${kind}.${field}: read, written, stored otherwise and edited over several cycles`, async () => {
        // A contact knows no zone.
        for (const zone of kind === 'contact' ? zones.slice(0, 1) : zones) {
          const world: Side = { side, kind, lens: await lensIn(zone, side, kind) };
          const shareOfRuns = Math.ceil(numRuns / (kind === 'contact' ? 1 : zones.length));
          fc.assert(fc.property(natives[side][kind], fc.array(steps(side, kind, field), { minLength: 1, maxLength: 6 }), (native, happened) => live(world, native, happened)), { seed, numRuns: shareOfRuns, includeErrorInReport: true });
        }
      });
    }
  }
}

t.test('M1 M2 how many values were tried', async (t) => {
  t.comment(`syncline: values ${tried}`);
  t.ok(tried >= (isLong ? 1_000_000 : 4_000), `${tried} values, seed ${seed}`);
});

async function lensIn(zone: string, side: SideName, kind: Kind): Promise<AnyLens> {
  return (await twoServices({ zone }).session()).sides[side].entities[kind].lens();
}

/** Mostly about the field at hand; others in between. */
function steps(side: SideName, kind: Kind, field: string): fc.Arbitrary<Step> {
  const about = changes[kind][field] ?? fail(`no values for ${field}`);
  const others = Object.values(changes[kind]);
  const service = fc.constantFrom(...services);
  const write = (change: fc.Arbitrary<AnyView>): fc.Arbitrary<Step> => fc.record({ do: fc.constant('write' as const), change, service });
  return fc.oneof(
    { weight: 4, arbitrary: write(about) },
    { weight: 2, arbitrary: write(fc.oneof(...others)) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), native: natives[side][kind], members: fc.nat() }) },
  );
}

function live(on: Side, native: Json, happened: readonly Step[]): void {
  let state: State = { native, view: readView(on.kind, on.lens, native), meaning: {} };
  getPut(on, state);
  for (const step of happened) {
    tried += 1;
    state = step.do === 'write' ? write(on, state, step) : edit(on, state, step);
    getPut(on, state);
  }
}

/** M1: what was read is written back over it, and nothing is written. */
function getPut({ kind, lens }: Side, { native, view }: State): void {
  const all = Object.keys(fieldsOf(kind));
  same(writeView(kind, lens, { native, view }, view, all).native, native, 'M1 nothing is written where nothing changed');
  same(readView(kind, lens, native, { native, view }), view, 'M1 read again it is the same');
}

function write(on: Side, before: State, { change, service }: Extract<Step, { do: 'write' }>): State {
  const { kind, lens } = on;
  const specs = fieldsOf(kind);
  const units = new Set(Object.keys(change).map((field) => specs[field]?.unit));
  const fields = Object.keys(specs).filter((field) => units.has(specs[field]?.unit));
  const wanted = { ...before.view, ...change };
  const { native, refused } = writeView(kind, lens, before, wanted, fields);
  const shows = readDrafted(kind, lens, native, before, wanted, fields);
  const stored = inDictionary(rewritten(service, native, before.native));
  const view = readStored(kind, lens, stored, { native, view: shows }, fields);
  const losses = lossesOf(lens, wanted, fields, before.native, stored);

  for (const [field, spec] of Object.entries(specs)) {
    const isSame = sameField(spec, view[field], wanted[field]);
    if (!fields.includes(field)) ok(isSame, `G5 writing ${fields.join()} turns ${field} from ${show(before.view[field])} into ${show(view[field])}`);
    else if (refused[field] !== undefined) {
      ok(refused[field].trim() !== '', 'M2 refused in words');
      ok(sameField(spec, view[field], before.view[field]), `M2 ${field} is refused and yet changed`);
    } else if (service === 'keeps it') putGet(on, field, { before, wanted, view, isSame, loss: losses[field] });
  }
  // Written once more it is no write: an unsettled value would be written for ever (G2).
  const again = writeView(kind, lens, { native: stored, view }, view, fields);
  same(again.native, stored, 'G2 what is held is not written again');
  return { native: stored, view, meaning: meanings(on, before, { native, stored, shows, view, service, fields }) };
}

/** M2: what was written is read, or the nearest value that a rule names, and somebody is told what is not shown. */
function putGet(on: Side, field: string, { before, wanted, view, isSame, loss }: { readonly before: State; readonly wanted: AnyView; readonly view: AnyView; readonly isSame: boolean; readonly loss: string | undefined }): void {
  const lens = on.lens[field];
  const spec = fieldsOf(on.kind)[field];
  if (isSame || spec === undefined || lens === undefined || lens === 'unsupported') return;
  const problem = `M2 ${field}: ${show(wanted[field])} reads as ${show(view[field])}`;
  if (on.side === 'right' && spec.shape === 'list') return fits(on, field, { before, wanted, view, loss, problem });
  // An address that was emptied lets the next one of its type be seen (M23); one that is written is fitted to OroCRM's two lines and to its dictionary (M24).
  if (lens.movesUp === true && wanted[field] === undefined) return;
  const value = wanted[field];
  // One of two names stays what the other is read as (M3, M4): an item whose only name is "Cher" cannot say that she has no first name.
  const other = field === 'firstName' ? 'lastName' : field === 'lastName' ? 'firstName' : undefined;
  if (on.side === 'right' && other !== undefined && value === undefined && view[field] === view[other]) return;
  // Where other entries take all the room (a colleague of the address list three times) no address is shown, so none is the primary one.
  if (on.side === 'right' && field === 'primaryEmail' && view['emails'] === undefined) return;
  ok(/Address$|^dueDate$/.test(field) && value !== undefined && sameField(spec, view[field], lens.stored?.(value, before.native)), problem);
}

/** M10, M15: so many entries as there is room for, the primary one among them, and of the others somebody is told. */
function fits(on: Side, field: string, { before, wanted, view, loss, problem }: { readonly before: State; readonly wanted: AnyView; readonly view: AnyView; readonly loss: string | undefined; readonly problem: string }): void {
  const spec = fieldsOf(on.kind)[field] ?? fail(field);
  const all = canonicalEntries(spec, wanted[field]);
  const shown = canonicalEntries(spec, view[field]);
  const primary = wanted[field === 'emails' ? 'primaryEmail' : 'primaryPhone'];
  const taken = field === 'emails' ? (before.native as unknown as { readonly emailAddresses: readonly { readonly name: string | null; readonly address: string | null }[] }).emailAddresses.filter(({ name, address }) => (address ?? '').startsWith('/o=') || ((address ?? '').trim() === '' && (name ?? '') !== '')).length : 0;
  // An address that is listed twice may take two places, as long as it stays (M14).
  const entries = field === 'emails' ? (before.native as unknown as { readonly emailAddresses: readonly { readonly address: string | null }[] }).emailAddresses.map(({ address }) => spec.canonical(address)).filter((entry) => all.includes(entry)) : [];
  const room = field === 'emails' ? 3 - taken : 1;
  const twice = entries.length - new Set(entries).size;
  ok(shown.every((entry) => all.includes(entry)), problem);
  ok(shown.length <= room && shown.length >= Math.min(all.length, room - twice), `${problem}: as many as fit`);
  if (shown.length > 0) ok(shown.includes(spec.canonical(primary ?? null)), `${problem}: the primary one, ${show(primary)}, is not shown`);
  if (field === 'emails' && shown.length < all.length) ok(loss !== undefined && loss !== '', `M10 ${problem}: nobody is told`);
}

/** A person edits some members of the item; the others stay as they were. */
function edit(on: Side, before: State, { native: other, members }: Extract<Step, { do: 'edit' }>): State {
  const { kind, lens } = on;
  const names = Object.keys(before.native as object);
  const chosen = names.filter((_, at) => ((members >> at % 24) & 1) === 1 && ((members >> (at + 7) % 24) & 1) === 1);
  const touched = new Set([...chosen, ...together.filter((group) => group.some((name) => chosen.includes(name))).flat()]);
  const native = Object.fromEntries(names.map((name) => [name, member(touched.has(name) ? other : before.native, name)]));
  const view = readView(kind, lens, native, before);
  for (const [field, spec] of Object.entries(fieldsOf(kind))) {
    const one = lens[field];
    if (one === undefined || one === 'unsupported') continue;
    if (sameJson(one.slice(native), one.slice(before.native))) same(view[field], before.view[field], `M5 M32 ${field} was not edited`);
    else if (spec.shape === 'list') {
      const meant = canonicalEntries(spec, one.read(native)).map((entry) => before.meaning[field]?.get(entry) ?? entry);
      same(canonicalEntries(spec, view[field]).toSorted(), [...new Set(meant)].toSorted(), `C16 M11 M16 ${field}: entries that stayed mean what they meant`);
    }
  }
  return { ...before, native, view };
}

function meanings(on: Side, before: State, { native, stored, shows, view, service, fields }: { readonly native: Json; readonly stored: Json; readonly shows: AnyView; readonly view: AnyView; readonly service: Service; readonly fields: readonly string[] }): State['meaning'] {
  const next: Record<string, ReadonlyMap<string, string>> = { ...before.meaning };
  for (const field of fields) {
    const spec = fieldsOf(on.kind)[field];
    const lens = on.lens[field];
    if (spec?.shape !== 'list' || lens === undefined || lens === 'unsupported' || sameJson(native, before.native)) continue;
    // The draft holds spellings of before; each becomes what the service makes of it now.
    const known = new Map(canonicalEntries(spec, lens.read(native)).map((entry) => [canonicalEntries(spec, [otherwise(service, entry)])[0] ?? '', before.meaning[field]?.get(entry) ?? entry]));
    const there = canonicalEntries(spec, lens.read(stored));
    next[field] = new Map(there.map((entry) => [entry, known.get(entry) ?? entry]));
    const meant = [...new Set(there.map((entry) => known.get(entry) ?? entry))];
    same(canonicalEntries(spec, view[field]).toSorted(), meant.toSorted(), `C16 ${field}: ${show(lens.read(stored))} was stored of ${show(shows[field])}`);
  }
  return next;
}

const dictionary: Readonly<Record<string, readonly [id: string, name: string]>> = { 'US New York': ['US-NY', 'New York'], 'US NY': ['US-NY', 'New York'], 'DE Bayern': ['DE-BY', 'Bayern'] };

/** OroCRM keeps a region of its dictionary, and none where it has no such (M42). */
function inDictionary(native: Json): Json {
  const { addresses } = native as { readonly addresses?: readonly { readonly country: string; readonly region: string | null; readonly regionName: string | null }[] };
  if (addresses === undefined) return native;
  return {
    ...(native as object),
    addresses: addresses.map((one) => {
      const found = dictionary[`${one.country} ${one.regionName ?? ''}`];
      return one.region !== null || one.regionName === null ? one : { ...one, region: found?.[0] ?? null, regionName: found?.[1] ?? null };
    }),
  };
}

/** What the service makes of the members that were written. */
function rewritten(service: Service, native: Json, before: Json): Json {
  if (service === 'keeps it' || sameJson(native, before)) return native;
  const names = Object.keys(native as object);
  const changed = names.filter((name) => !sameJson(member(native, name), member(before, name)));
  const sent = new Set([...changed, ...together.filter((group) => group.some((name) => changed.includes(name))).flat()]);
  return Object.fromEntries(names.map((name) => [name, sent.has(name) ? stored(service, name, member(native, name)) : member(native, name)]));
}

function stored(service: Service, name: string, value: Json): Json {
  if (service === 'trims texts') return typeof value === 'string' && !/birthday|dueDate|start|end|gender/i.test(name) ? value.replace(/\s+/g, ' ').trim() || null : value;
  if (!/email|phone/i.test(name)) return value;
  const one = (entry: Json): Json => (typeof entry === 'string' ? otherwise(service, entry) : entry !== null && typeof entry === 'object' && !Array.isArray(entry) ? { ...entry, address: one((entry as { readonly address: Json }).address) } : entry);
  if (!Array.isArray(value)) return one(value);
  const list = (value as readonly Json[]).map(one);
  // OroCRM does not keep the order of its lists; in Outlook the first address is the primary one, so there it counts.
  return service === 'spells entries otherwise and turns them around' && list.every((entry) => typeof entry === 'string') ? list.toReversed() : list;
}

/** Another spelling, that no rule takes for the same: the plus of a number is gone, an address is another host's. */
function otherwise(service: Service, entry: string): string {
  if (service === 'keeps it' || service === 'trims texts' || entry.startsWith('/o=')) return entry;
  return entry.includes('@') ? entry.replace(/@(?!mx\.)/, '@mx.') : entry.replace('+', '');
}

/** A list's entries as they are compared, each once (M14). */
function canonicalEntries(spec: FieldSpec<Json>, value: Json | undefined): readonly string[] {
  const entries = Array.isArray(value) ? (value as readonly Json[]) : [];
  return [...new Set(entries.map((entry) => spec.canonical(entry)))].filter((entry) => entry !== '');
}

function member(native: Json, name: string): Json {
  return (native as { readonly [name: string]: Json })[name] ?? null;
}

function same(a: unknown, b: unknown, why: string): void {
  equal(JSON.stringify(a), JSON.stringify(b), why);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
