import t from 'tap';
import type { OroContact } from '@syncline/simulators';
import { oroContact, outlookContact } from '../support/contacts.ts';
import { seeded } from '../support/seeded.ts';
import { twoServices, type TwoServices } from '../support/two-services.ts';
import { staysQuiet } from '../support/watch.ts';

t.setTimeout(process.env['SYNCLINE_LONG'] === '1' ? 3_600_000 : 120_000);

// Addresses that Outlook does not show must not be eaten one by one, as with e-mails and phones (mapping-contacts.test.ts). Each address has
// a street of its own, by which it is followed; what is left of them is what people left.

type OroAddress = OroContact['addresses'][number];
type Type = 'billing' | 'shipping';
const slots = ['businessAddress', 'homeAddress', 'otherAddress'] as const;
type Slot = (typeof slots)[number];
const typeOf: Readonly<Record<Slot, Type | undefined>> = { businessAddress: 'billing', homeAddress: 'shipping', otherAddress: undefined };
const emptied = { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' };

/** Which address a slot shows: the one flagged primary, else the lowest id (M23). */
function mapped(addresses: readonly OroAddress[], slot: Slot): OroAddress | undefined {
  const type = typeOf[slot];
  const fitting = addresses.filter(({ types }) => (type === undefined ? types.length === 0 : types.includes(type))).toSorted((a, b) => a.id - b.id);
  return fitting.find(({ primary }) => primary) ?? fitting[0];
}

const streetIn = (world: TwoServices, slot: Slot): string => (outlookContact(world)[slot] as { readonly street?: string } | undefined)?.street ?? '';
const inOro = (world: TwoServices): readonly OroAddress[] => oroContact(world).addresses.toSorted((a, b) => a.id - b.id);
/** The list as a form of the back office saves it: whole. */
const saved = (list: readonly Partial<OroAddress>[]) =>
  list.map(({ id, street, city, country, types, primary }) => ({ ...(id !== undefined && { id }), street: street ?? '', city: city ?? '', country: country ?? 'US', types: (types ?? []) as readonly Type[], ...(primary !== undefined && { primary }) }));

const seeds = Array.from({ length: process.env['SYNCLINE_LONG'] === '1' ? 60 : 8 }, (_, index) => index + 1);
for (const seed of seeds) {
  t.test(`M21 M22 M23 M25 seed ${seed}: addresses come and go on both sides for many cycles, and exactly those that a person took away are gone`, async (t) => {
    const random = seeded(seed);
    const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
    let made = 0;
    const fresh = (): string => `${(made += 1)} Main St`;
    const world = twoServices({ policy: { precedence: seed % 2 === 0 ? ['left', 'right'] : ['right', 'left'] } });
    const begin = [{ street: fresh(), types: ['billing', 'shipping'] as const }, { street: fresh() }, { street: fresh() }, { street: fresh() }];
    world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', addresses: begin.map((one) => ({ city: 'Boston', country: 'US', ...one })) });
    await world.settle();
    const wanted = new Set(begin.map(({ street }) => street));
    const save = (list: readonly Partial<OroAddress>[]): unknown => world.oro.admin.updateContact(oroContact(world).id, { addresses: saved(list) });
    const steps: Readonly<Record<string, () => void>> = {
      'OroCRM adds an untyped one': () => {
        const street = fresh();
        wanted.add(street);
        save([...inOro(world), { street, city: 'Boston' }]);
      },
      'OroCRM edits one': () => {
        const one = pick(inOro(world));
        if (one === undefined) return;
        const street = fresh();
        wanted.delete(one.street ?? '');
        wanted.add(street);
        save(inOro(world).map((each) => (each.id === one.id ? { ...each, street } : each)));
      },
      'OroCRM removes one': () => {
        const one = pick(inOro(world));
        wanted.delete(one?.street ?? '');
        save(inOro(world).filter(({ id }) => id !== one?.id));
      },
      'Outlook edits one': () => {
        const slot = pick(slots.filter((name) => streetIn(world, name) !== ''));
        if (slot === undefined) return;
        const street = fresh();
        // An address that two slots show goes on in the other one (M22).
        if ((mapped(inOro(world), slot)?.types.length ?? 0) < 2) wanted.delete(streetIn(world, slot));
        wanted.add(street);
        world.graph.admin.updateContact(outlookContact(world).id, { [slot]: { ...(outlookContact(world)[slot] as object), street } });
      },
      'Outlook empties one': () => {
        const slot = pick(slots.filter((name) => streetIn(world, name) !== ''));
        if (slot === undefined) return;
        if ((mapped(inOro(world), slot)?.types.length ?? 0) < 2) wanted.delete(streetIn(world, slot));
        world.graph.admin.updateContact(outlookContact(world).id, { [slot]: emptied });
      },
      'Outlook fills an empty one': () => {
        const slot = pick(slots.filter((name) => streetIn(world, name) === ''));
        if (slot === undefined) return;
        const street = fresh();
        wanted.add(street);
        world.graph.admin.updateContact(outlookContact(world).id, { [slot]: { ...emptied, street, city: 'Berlin', countryOrRegion: 'Germany' } });
      },
      'another field changes, in Outlook': () => void world.graph.admin.updateContact(outlookContact(world).id, { jobTitle: fresh() }),
      'another field changes, in OroCRM': () => void world.oro.admin.updateContact(oroContact(world).id, { fax: fresh() }),
      'the hub starts again': () => world.restart(),
      'everything is read again': () => {
        world.graph.admin.expireDeltaTokens();
        world.clock.now += 61 * 60_000;
      },
    };
    for (let round = 0; round < 16; round += 1) {
      // Past the time in which a form that was open counts as concurrent (C18).
      world.clock.now += 16 * 60_000;
      const name = pick(Object.keys(steps)) ?? '';
      const before = inOro(world);
      steps[name]?.();
      const edited = inOro(world);
      const reports = await world.settle();
      t.ok(reports.length <= 3, `${round} ${name}: settled in two cycles`);
      t.strictSame(inOro(world).map(({ street }) => street).toSorted(), [...wanted].toSorted(), `${round} ${name}: OroCRM has what is left`);
      for (const slot of slots) t.equal(streetIn(world, slot), mapped(inOro(world), slot)?.street ?? '', `${round} ${name}: ${slot} shows what is mapped`);
      const hidden = edited.filter(({ id }) => before.some((one) => one.id === id) && !slots.some((slot) => mapped(edited, slot)?.id === id || mapped(before, slot)?.id === id));
      for (const one of hidden) t.strictSame(inOro(world).find(({ id }) => id === one.id), one, `${round} ${name}: ${one.street} was not shown and is not touched`);
    }
    await staysQuiet(t, world, 'and then nothing more', 3);
  });
}
