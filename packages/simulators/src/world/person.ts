import type { OroAddressInput, OroContactInput } from '../orocrm/index.ts';
import { regions } from '../orocrm/regions.ts';
import type { Dice } from './dice.ts';
import { nameLists, toName } from './names.ts';
import { properties, type GraphContactSeed } from './outlook-items.ts';
import { cities, jobTitles, remarks, type City } from './words.ts';

/** Where somebody is. */
export interface Postal {
  readonly street: string;
  readonly place: City;
}

/** A person before a service has put it into its own words; what is absent is empty. */
export interface Person {
  readonly firstName?: string;
  readonly middleName?: string;
  readonly lastName?: string;
  readonly nameSuffix?: string;
  readonly gender?: 'female' | 'male';
  /** `YYYY-MM-DD`. */
  readonly birthday?: string;
  readonly jobTitle?: string;
  /** Plain. */
  readonly description?: string;
  readonly fax?: string;
  /** The first one is primary. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly billing?: Postal;
  readonly shipping?: Postal;
  readonly other?: Postal;
}

/** A number nobody has: blocks set aside for fiction in the US, London and Berlin. */
export function phoneNumber(dice: Dice): string {
  const three = (): string => String(dice.between(0, 999)).padStart(3, '0');
  const kind = dice.between(0, 2);
  if (kind === 0) return `+1 555 01${String(dice.between(0, 99)).padStart(2, '0')}`;
  return kind === 1 ? `+44 20 7946 0${three()}` : `+49 30 23125 ${three()}`;
}

/** A day from 1930 to 2010, `YYYY-MM-DD`. */
export function birthday(dice: Dice): string {
  const day = dice.between(Date.UTC(1930, 0, 1) / 86_400_000, Date.UTC(2010, 11, 31) / 86_400_000);
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** An address in a city, or in the named one. */
export function postal(dice: Dice, country?: string): Postal {
  const place = dice.pick(country === undefined ? cities : cities.filter((city) => city.country === country));
  return { street: `${place.street} ${dice.between(1, 199)}`, place };
}

/** Somebody with first and last name, of a language or of any. */
export function randomPerson(dice: Dice, language?: string): Person {
  const names = nameLists[language ?? dice.pick(Object.keys(nameLists))] ?? dice.pick(Object.values(nameLists));
  const gender = dice.chance(0.5) ? 'female' : 'male';
  const first = toName(dice.pick(names[gender]));
  const last = toName(dice.pick(names.family));
  const domain = `${dice.pick(['sales', 'office', 'mail', 'home'])}.${dice.pick(['example.com', 'example.org', 'example.net'])}`;
  const number = dice.between(1, 9_999);
  const email = (index: number): string => `${first.ascii}.${last.ascii}${number + index}@${domain}`;
  const many = (share: number, most: number): number => (dice.chance(share) ? dice.between(1, most) : 0);
  return {
    firstName: first.text,
    lastName: last.text,
    emails: Array.from({ length: many(0.9, 3) }, (_, index) => email(index)),
    // With one number on each side nothing is left out; several are a case of their own.
    phones: dice.chance(0.7) ? [phoneNumber(dice)] : [],
    ...(dice.chance(0.15) && { middleName: toName(dice.pick(names[gender])).text }),
    ...(dice.chance(0.05) && { nameSuffix: dice.pick(['Jr.', 'PhD', 'III']) }),
    ...(dice.chance(0.7) && { gender }),
    ...(dice.chance(0.5) && { birthday: birthday(dice) }),
    ...(dice.chance(0.6) && { jobTitle: dice.pick(jobTitles) }),
    ...(dice.chance(0.4) && { description: Array.from({ length: dice.between(1, 3) }, () => dice.pick(remarks)).join('\n') }),
    ...(dice.chance(0.15) && { fax: phoneNumber(dice) }),
    ...(dice.chance(0.45) && { billing: postal(dice) }),
    ...(dice.chance(0.2) && { shipping: postal(dice) }),
    ...(dice.chance(0.1) && { other: postal(dice) }),
  };
}

/** What decides whether two contacts are the same (rule K4). */
export function contactKey(person: Person): string {
  return JSON.stringify([person.firstName ?? '', person.lastName ?? '', person.gender ?? '', person.birthday ?? '']);
}

/** A person as OroCRM's form holds it. */
export function toOro(person: Person): OroContactInput {
  const { emails, phones, billing, shipping, other, ...texts } = person;
  const addresses = [oroAddress(billing, ['billing']), oroAddress(shipping, ['shipping']), oroAddress(other, [])].flatMap((address) => address ?? []);
  return { ...texts, emails, phones, addresses };
}

/** An address as OroCRM's form holds it; `undefined` for none. */
export function oroAddress(postal: Postal | undefined, types: readonly ('billing' | 'shipping')[], primary = false): OroAddressInput | undefined {
  if (postal === undefined) return undefined;
  const { city, postalCode, country, region } = postal.place;
  return { street: postal.street, city, postalCode, country, region, types, primary };
}

/** A person as a card of Outlook. Of e-mails the first three, of phones the first one. */
export function toGraph(person: Person): GraphContactSeed {
  const { billing, shipping, other } = person;
  const extended = [
    ...(person.gender === undefined ? [] : [{ id: properties.gender, value: person.gender === 'male' ? '2' : '1' }]),
    ...(person.fax === undefined ? [] : [{ id: properties.fax, value: person.fax }]),
    ...(person.phones[0] === undefined ? [] : [{ id: properties.primaryPhone, value: person.phones[0] }]),
  ];
  return {
    body: {
      ...(person.firstName !== undefined && { givenName: person.firstName }),
      ...(person.middleName !== undefined && { middleName: person.middleName }),
      ...(person.lastName !== undefined && { surname: person.lastName }),
      ...(person.nameSuffix !== undefined && { generation: person.nameSuffix }),
      ...(person.jobTitle !== undefined && { jobTitle: person.jobTitle }),
      ...(person.description !== undefined && { personalNotes: person.description }),
      ...(person.birthday !== undefined && { birthday: `${person.birthday}T00:00:00Z` }),
      emailAddresses: person.emails.slice(0, 3).map((address) => ({ name: address, address })),
      ...(billing !== undefined && { businessAddress: graphAddress(billing) }),
      ...(shipping !== undefined && { homeAddress: graphAddress(shipping) }),
      ...(other !== undefined && { otherAddress: graphAddress(other) }),
      ...(extended.length > 0 && { singleValueExtendedProperties: extended }),
    },
  };
}

/** An address as Outlook holds it, with the country by its English name. */
export function graphAddress({ street, place }: Postal): Record<string, string> {
  const state = place.region === null ? undefined : regions.get(place.region)?.name;
  return { street, city: place.city, postalCode: place.postalCode, countryOrRegion: place.english, ...(state !== undefined && { state }) };
}
