import type { CaseName } from './cases.ts';
import type { Dice } from './dice.ts';
import { withBody, type Entry, type OroContactSeed } from './entries.ts';
import { nameLists } from './names.ts';
import { markedElsewhere, properties, withProperties, type GraphContactSeed } from './outlook-items.ts';
import { graphAddress, oroAddress, phoneNumber, postal, randomPerson, toGraph, toOro, type Person } from './person.ts';

/** A contact on one side or on both. */
export type ContactEntry = Entry<OroContactSeed, GraphContactSeed>;

/** Makes the entries of a case. `fresh` is somebody with both names whom nobody else is called like, without texts and addresses. */
type Maker = (dice: Dice, fresh: (language?: string) => Person) => readonly ContactEntry[];

const o = (person: Person, more: OroContactSeed = {}): ContactEntry => ({ oro: { ...toOro(person), ...more } });
const x = (person: Person, more: GraphContactSeed['body'] = {}): ContactEntry => ({ graph: withBody(toGraph(person), more) });
const both = (left: Person, right: Person, more: GraphContactSeed['body'] = {}): ContactEntry => ({ ...o(left), ...x(right, more) });

/** A name that stands alone: with the key of its other half nobody else may be found. */
const alone = (person: Person, part: 'firstName' | 'lastName'): Person => {
  const { firstName: _first, lastName: _last, ...rest } = person;
  return { ...rest, [part]: person[part] ?? '' };
};

const inCountry = (person: Person, dice: Dice, countryOrRegion: string | undefined, country = 'DE'): ContactEntry => {
  const { countryOrRegion: _english, ...parts } = graphAddress(postal(dice, country));
  return x(person, { businessAddress: { ...parts, ...(countryOrRegion !== undefined && { countryOrRegion }) } });
};

const fiveEmails = (person: Person): readonly string[] => {
  const local = person.emails[0]?.split('@')[0] ?? 'somebody';
  return ['work.example.com', 'office.example.org', 'home.example.net', 'old.example.com', 'club.example.org'].map((domain) => `${local}@${domain}`);
};

const decorated = (person: Person, mark: string, description: string): Person => ({ ...person, lastName: `${person.lastName ?? ''} ${mark}`, description });

/** The awkward contacts, by case; total, so that a case without entries does not compile. */
export const contactCases: Readonly<Record<CaseName<'contact'>, Maker>> = {
  'first-name-only-orocrm': (_dice, fresh) => [o(alone(fresh('en'), 'firstName'))],
  'last-name-only-orocrm': (_dice, fresh) => [o(alone(fresh('de'), 'lastName'))],
  'first-name-only-outlook': (_dice, fresh) => [x(alone(fresh('fr'), 'firstName'))],
  'last-name-only-outlook': (_dice, fresh) => [x(alone(fresh('pl'), 'lastName'))],
  'one-name-both': (_dice, fresh) => {
    const person = fresh('es');
    return [both({ ...person, firstName: person.lastName ?? '' }, alone(person, 'lastName'))];
  },
  'nameless-both': (_dice, fresh) => {
    const { firstName: _first, lastName: _last, ...person } = { ...fresh('en'), gender: 'female', birthday: '1975-05-17' } as const;
    return [o({ ...person, emails: ['info@example.com'] }), x({ ...person, emails: ['post@example.org'] })];
  },
  'five-emails': (_dice, fresh) => {
    const person = fresh('en');
    const emails = fiveEmails(person);
    return [o({ ...person, emails }, { primaryEmail: emails[1] ?? '' })];
  },
  'five-emails-both': (_dice, fresh) => {
    const person = fresh('de');
    return [both({ ...person, emails: fiveEmails(person) }, { ...person, emails: fiveEmails(person) })];
  },
  'several-phones': (dice, fresh) => {
    const phones = ['+1 555 0171', '+44 20 7946 0171', '+49 30 23125 171', `+1 555 01${dice.between(10, 69)}`];
    return [o({ ...fresh('fr'), phones }, { primaryPhone: phones[2] ?? '' })];
  },
  'leap-day-orocrm': (_dice, fresh) => [o({ ...fresh('en'), birthday: '1996-02-29' })],
  'leap-day-outlook': (_dice, fresh) => [x({ ...fresh('de'), birthday: '2000-02-29' }, { birthday: '2000-02-29T11:59:00Z' })],
  'birthday-hours': (_dice, fresh) =>
    ['1984-12-31T00:00:00Z', '1972-01-01T10:00:00Z', '1991-03-31T11:59:00Z', '1968-10-01T14:00:00Z', '1999-11-30T23:59:59Z'].map((birthday) => x(fresh(), { birthday })),
  'birthday-hour-both': (_dice, fresh) => {
    const person = { ...fresh('es'), birthday: '1980-07-18' };
    return [both(person, person, { birthday: '1980-07-18T11:59:00Z' })];
  },
  'formatted-text': (_dice, fresh) => [o(fresh('fr'), { description: '<p>Wants <strong>two</strong> offers:</p>\r\n<ul>\r\n<li>with &amp; without delivery</li>\r\n<li>by <em>Friday</em></li>\r\n</ul>' })],
  'formatted-text-both': (_dice, fresh) => {
    const person = fresh('en');
    return [{ ...both(person, { ...person, description: 'Likes tea & cake.\nCalls back.' }), oro: { ...toOro(person), description: '<p>Likes <b>tea</b> &amp; cake.</p>\n<p>Calls back.</p>' } }];
  },
  'notes-like-tags': (_dice, fresh) => [x({ ...fresh('de'), description: 'a < b && c > d\nwrites <b>bold</b> in plain text\nmail to <info@example.com> & wait' })],
  'notes-crlf': (_dice, fresh) => [x({ ...fresh('pl'), description: '\r\n\r\nFirst line   \r\nSecond line\t\r\n\r\nlast line  \r\n\r\n' })],
  'billing-and-shipping': (dice, fresh) => {
    const address = oroAddress(postal(dice), ['billing', 'shipping'], true);
    return [o(fresh('en'), { addresses: address === undefined ? [] : [address] })];
  },
  'untyped-address': (dice, fresh) => [o({ ...fresh('de'), other: postal(dice, 'DE') })],
  'untyped-addresses': (dice, fresh) => {
    const addresses = [1, 2, 3].flatMap(() => oroAddress(postal(dice), []) ?? []);
    return [o(fresh('es'), { addresses, primaryLater: 1 })];
  },
  'country-english': (dice, fresh) => [inCountry(fresh('en'), dice, 'Germany')],
  'country-german': (dice, fresh) => [inCountry(fresh('de'), dice, 'Österreich', 'AT')],
  'country-code': (dice, fresh) => [inCountry(fresh('fr'), dice, 'FR', 'FR')],
  'country-unknown': (dice, fresh) => [inCountry(fresh('en'), dice, 'Atlantis', 'ES')],
  'country-missing': (dice, fresh) => [inCountry(fresh('en'), dice, undefined, 'CH')],
  'state-unknown': (dice, fresh) => [x(fresh('en'), { homeAddress: { ...graphAddress(postal(dice, 'US')), state: 'Bay Area' } })],
  'long-texts': (_dice, fresh) => [o({ ...fresh('en'), jobTitle: 'Director of everything '.repeat(12).slice(0, 255), description: paragraphs(5_000) })],
  'too-long-texts': (_dice, fresh) => [x({ ...fresh('en'), firstName: 'Wolfeschlegel'.repeat(8).slice(0, 101), jobTitle: 'Keeper of the long title '.repeat(11).slice(0, 256) })],
  emoji: (_dice, fresh) => [o(decorated(fresh('en'), '🎉', 'Birthday 🎂, ✈️ often, 👍🏽.'), { jobTitle: 'Chief 🚀 officer' })],
  'emoji-outlook': (_dice, fresh) => [x(decorated(fresh('es'), '👩‍🚀', 'Family: 👨‍👩‍👧‍👦 🇩🇪 ❤️'))],
  scripts: (_dice, fresh) => Object.keys(nameLists).filter((language) => nameLists[language]?.script !== 'Latin').map((language) => o(fresh(language))),
  'composed-and-decomposed': (_dice, fresh) => {
    const vietnamese = { ...fresh('vi'), firstName: 'Phượng', description: 'Gặp ở Huế, café à la crème, Ǻ' };
    const german = { ...fresh('de'), lastName: 'Großmüller-Łącki', jobTitle: 'Geschäftsführerin' };
    return [vietnamese, german].map((person) => both(composed(person, 'NFC'), composed(person, 'NFD')));
  },
  'company-card': () => [{ graph: { body: { companyName: 'Sample & Sons', businessHomePage: 'https://www.example.com', businessAddress: { street: '1 Sample Street', city: 'San Francisco', state: 'California', postalCode: '94103', countryOrRegion: 'United States' } } } }],
  private: (_dice, fresh) => ['2', '3'].map((value) => {
    const { graph = { body: {} } } = x(fresh());
    return { graph: { ...graph, body: withProperties(graph.body, [{ id: properties.sensitivity, value }]) } };
  }),
  'by-hand-names': (_dice, fresh) => [x(fresh('pl'), { fileAs: 'Neighbour, the tall one', displayName: 'The tall neighbour' })],
  'email-names': (_dice, fresh) => [x(fresh('en'), { emailAddresses: [{ name: 'Desk, second floor', address: 'Second.Floor@Example.com' }, { name: 'same desk', address: 'second.floor@example.com' }] })],
  unmapped: (dice, fresh) => [x(fresh('de'), { mobilePhone: phoneNumber(dice), businessPhones: [phoneNumber(dice)], homePhones: [phoneNumber(dice)], categories: ['Friends'], spouseName: 'Kim', businessHomePage: 'https://www.example.org', nickName: 'Ace', department: 'Purchasing' })],
  'same-on-both': (dice, fresh) => {
    const person = { ...fresh('fr'), jobTitle: 'Engineer', description: 'One line.', birthday: '1979-08-08', billing: postal(dice, 'DE') };
    return [both(person, person)];
  },
  'form-differs': (_dice, fresh) => {
    const person = { ...fresh('tr'), description: 'First line\nsecond line', phones: ['+49 30 23125 100'], emails: ['mixed.case@example.com'] };
    return [both(person, { ...person, description: 'First line  \r\nsecond line\r\n\r\n', phones: ['+49 (30) 23125-100'], emails: ['Mixed.Case@EXAMPLE.com'] })];
  },
  'gender-zero': (_dice, fresh) => {
    const { gender: _gender, ...person } = fresh('en');
    const entry = both(person, person);
    return [{ ...entry, graph: { body: withProperties(entry.graph?.body ?? {}, [{ id: properties.gender, value: '0' }]) } }];
  },
  'values-differ': (_dice, fresh) => {
    const person = { ...fresh('en'), jobTitle: 'Buyer', description: 'Old remark.', phones: ['+1 555 0180'] };
    return [both(person, { ...person, jobTitle: 'Head of purchasing', description: 'New remark.', phones: ['+1 555 0181'] })];
  },
  'empty-in-orocrm': (_dice, fresh) => {
    const person = { ...fresh('de'), emails: [], phones: [] };
    return [both(person, { ...person, jobTitle: 'Einkäufer', description: 'Nur in Outlook.', emails: ['nur.outlook@example.org'], phones: ['+49 30 23125 555'] })];
  },
  'empty-in-outlook': (_dice, fresh) => {
    const person = { ...fresh('de'), emails: [], phones: [] };
    return [both({ ...person, jobTitle: 'Einkäuferin', description: 'Nur in OroCRM.', emails: ['nur.orocrm@example.org'], phones: ['+49 30 23125 556'] }, person)];
  },
  'twice-in-orocrm': (_dice, fresh) => {
    const person = fresh('ru');
    return [both(person, person), o({ ...person, jobTitle: 'Consultant' })];
  },
  'three-in-outlook': (_dice, fresh) => {
    const person = fresh('el');
    return [both(person, person), x({ ...person, jobTitle: 'Support' }), x({ ...person, description: 'Third card.' })];
  },
  'old-marker': (_dice, fresh) => {
    const person = fresh('en');
    return [{ ...both(person, person), marks: 'itself' }];
  },
  'wrong-marker': (_dice, fresh) => [{ ...x(fresh('en')), marks: 'neighbour' }],
  'foreign-marker': (_dice, fresh) => {
    const { graph = { body: {} } } = x(fresh('pl'));
    return [{ graph: { ...graph, body: markedElsewhere(graph.body, '4711') } }];
  },
};

/** Somebody whose pair of names is not in `used` yet, and then is; with an e-mail, nothing else. */
export function freshPerson(dice: Dice, used: Set<string>, language?: string): Person {
  for (;;) {
    const { firstName = '', lastName = '', emails } = randomPerson(dice, language);
    const pair = `${firstName} ${lastName}`;
    if (used.has(pair) || emails.length === 0) continue;
    used.add(pair);
    return { firstName, lastName, emails: emails.slice(0, 1), phones: [] };
  }
}

function composed(person: Person, form: 'NFC' | 'NFD'): Person {
  return Object.fromEntries(Object.entries(person).map(([name, value]) => [name, typeof value === 'string' ? value.normalize(form) : (value as unknown)])) as unknown as Person;
}

/** Text of exactly so many characters, in lines. */
function paragraphs(length: number): string {
  const line = 'This remark grew over many years, and nobody has ever cut it.';
  return Array.from({ length: Math.ceil(length / (line.length + 1)) }, () => line).join('\n').slice(0, length - 1) + '.';
}
