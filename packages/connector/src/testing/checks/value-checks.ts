import type { AnyView } from '@syncline/core';
import { explain, supported, type Bench } from '../bench.ts';
import type { Check } from '../check.ts';
import { ensure, ensureShows, show } from '../expect.ts';
import { awkward, emptiable, valuesOf } from '../samples.ts';
import type { Fields } from '../world.ts';

/** Values on their way through the service and back. */
export const valueChecks: readonly Check[] = [
  {
    id: 'V1',
    what: 'text of any script, emoji of four bytes and what looks like markup come back as they were written, or are refused in words',
    why: 'databases cut at the first emoji; pages escape twice',
    run: (bench) => throughTheService(bench, ['firstName', 'lastName', 'jobTitle', 'description', 'subject', 'title'], () => awkward.filter((text) => text.trim() === text)),
  },
  {
    id: 'V2',
    what: 'leap days and dates before 1970 are the same day afterwards',
    why: 'a date that becomes a time becomes another day',
    kinds: ['contact', 'task'],
    run: (bench) => throughTheService(bench, ['birthday', 'dueDate'], (field) => valuesOf(bench.kind, field) as readonly string[]),
  },
  {
    id: 'V3',
    what: 'a long text comes back whole, or is refused in words',
    why: 'nothing is cut without a word (M43)',
    run: (bench) => throughTheService(bench, ['firstName', 'jobTitle', 'description', 'subject', 'title'], () => ['x'.repeat(256), 'Ö🎄'.repeat(150), 'line\n'.repeat(2000).trim()].filter((_, index) => bench.kind === 'contact' || index < 2)),
  },
  {
    id: 'V4',
    what: 'an emptied value is empty at the service, and stays so',
    why: 'what was removed would come back from the other side',
    kinds: ['contact', 'task'],
    run: async (bench) => {
      const filled = bench.sample(1) as AnyView;
      for (const field of emptiable[bench.kind].filter((name) => filled[name] !== undefined)) {
        const { id } = await bench.create(bench.sample(1));
        const stored = await bench.update(id, { [field]: undefined } as Fields);
        const before = bench.view(stored.record);
        ensureShows(bench.kind, before, { [field]: emptyOf(bench, field, before) }, 'the answer to emptying');
        if (before[field] === undefined) ensureShows(bench.kind, await bench.look(id), { [field]: undefined }, 'what people see of an emptied field');
        ensureShows(bench.kind, bench.view((await bench.present(id)).record), { ...filled, [field]: before[field] }, `the record with "${field}" emptied`);
      }
    },
  },
  {
    id: 'V5',
    what: 'events at night and over several days are at the same time afterwards',
    why: 'a zone that is read one way and written another moves them by hours or by a day',
    kinds: ['event'],
    run: async (bench) => {
      const day = (days: number): string => new Date(bench.world.now() + days * 86_400_000).toISOString().slice(0, 10);
      const rows: readonly Fields[] = [
        { start: `${day(1)}T22:45:00Z`, end: `${day(2)}T01:15:00Z` },
        { start: `${day(3)}T00:00:00Z`, end: `${day(4)}T00:00:00Z` },
        { start: day(5), end: day(6), allDay: true },
        { start: day(5), end: day(9), allDay: true },
      ];
      for (const row of rows) {
        const stored = await bench.create({ title: 'Night', ...row });
        ensureShows(bench.kind, bench.view(stored.record), bench.only(row), 'the answer to a create');
        ensureShows(bench.kind, await bench.look(stored.id), bench.only(row), 'what people see');
      }
    },
  },
];

/** Creates a record with each value, and changes another one to it; what a lens refuses is left out. */
async function throughTheService(bench: Bench, names: readonly string[], valuesFor: (field: string) => readonly string[]): Promise<void> {
  for (const field of names.filter((name) => supported(bench).includes(name))) {
    const lens = bench.lens[field];
    const { id } = await bench.create(bench.sample(1));
    for (const value of valuesFor(field)) {
      if (lens === undefined || lens === 'unsupported' || lens.refuse?.(value) !== undefined) continue;
      const fields = { [field]: value } as Fields;
      for (const write of [bench.createWrite({ ...bench.sample(2), ...fields }), bench.updateWrite(id, fields)]) {
        const [written] = await bench.push([write]);
        if (written?.status === 'rejected' && written.message.trim() !== '') continue;
        ensure(written?.status === 'stored' && 'record' in written.seen, `${write.op} with "${field}" ${show(value)} is answered with ${written === undefined ? 'nothing' : explain(written)}`);
        ensureShows(bench.kind, bench.view(written.seen.record), fields as AnyView, `the answer to ${write.op}`);
        ensureShows(bench.kind, bench.view((await bench.present(written.seen.id)).record), fields as AnyView, `get after ${write.op}`);
        if (bench.world.service?.look !== undefined) ensureShows(bench.kind, await bench.look(written.seen.id), fields as AnyView, `what people see after ${write.op}`);
      }
    }
  }
}

/** Where a service fills an empty name from the other one (M4), that is what it reads as. */
function emptyOf(bench: Bench, field: string, found: AnyView): AnyView[string] {
  const { firstName, lastName } = bench.sample(1);
  const other = field === 'firstName' ? lastName : field === 'lastName' ? firstName : undefined;
  return found[field] === other ? other : undefined;
}
