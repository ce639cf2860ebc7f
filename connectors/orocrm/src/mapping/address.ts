import { addressParts, tooLong, type Address, type FieldLens, type Last } from '@syncline/connector';
import { meansRegion, regionText, type Geography } from '../geography.ts';
import { byNumber, type AddressRecord, type ContactRecord } from '../records.ts';
import { lens } from './field.ts';

/** Which of a contact's addresses a field shows: one with this type, or one without any. */
export type Slot = 'billing' | 'shipping' | 'none';

/** The lens of one address field (rules M21 to M25, M42). */
export function address(slot: Slot, geography: Geography): FieldLens<Address, ContactRecord> {
  const write = (draft: ContactRecord, value: Address | undefined): ContactRecord => {
    const wanted = value === undefined ? undefined : normal(value, geography);
    const present = inSlot(draft, slot);
    if (wanted === undefined || isEmpty(wanted)) return present === undefined ? draft : emptied(draft, present, slot);
    if (present === undefined) return added(draft, filled(blankAddress(newId(draft), slot), wanted));
    if (sameParts(shown(present), wanted)) return draft;
    // M22: the other field goes on showing the old address; the edit gets one of its own.
    if (present.types.length > 1) return added(replaced(draft, withoutType(present, slot)), filled({ ...present, id: newId(draft), types: [slot], primary: false }, wanted));
    return replaced(draft, filled(present, wanted));
  };
  const read = (native: ContactRecord, last?: Last<Address, ContactRecord>): Address | undefined => {
    const found = inSlot(native, slot);
    if (found === undefined || isEmpty(shown(found))) return undefined;
    return last?.value === undefined ? shown(found) : kept(found, last.value, inSlot(last.native, slot), geography);
  };
  return lens<Address, ContactRecord>({
    slice: (native) => contentOf(inSlot(native, slot)),
    read,
    write,
    refuse: (value) => refuse(value, geography),
    stored: (value, draft) => read(write(draft, value)),
    movesUp: true,
    loses: (value, _before, after) => {
      const found = inSlot(after, slot);
      const isLost = value !== undefined && value.region.trim() !== '' && found?.region === null && regionText(found) === '';
      return isLost ? `OroCRM has no region "${value.region}" in ${value.country}: the address is stored without one` : undefined;
    },
  });
}

/** M23: of several that fit, the one flagged primary, else the lowest id; in a draft a new one, which takes the type over. */
export function inSlot(contact: ContactRecord, slot: Slot): AddressRecord | undefined {
  const fitting = contact.addresses.filter((item) => (slot === 'none' ? item.types.length === 0 : item.types.includes(slot)));
  return fitting.find((item) => item.id.startsWith('new-')) ?? fitting.find((item) => item.primary) ?? fitting.toSorted((a, b) => byNumber(a.id, b.id))[0];
}

function shown(record: AddressRecord): Address {
  return {
    street: joined(record),
    city: record.city ?? '',
    region: regionText(record),
    postalCode: record.postalCode ?? '',
    country: record.country ?? '',
  };
}

/**
 * What OroCRM cannot hold is not an edit: a region its dictionary lacks (M42) or names otherwise, a third street line,
 * a country in the user's words. As long as it holds what it would hold for the last value, the last value stands.
 */
function kept(found: AddressRecord, last: Address, before: AddressRecord | undefined, geography: Geography): Address {
  const now = shown(found);
  const sameCountry = (geography.country(last.country) ?? last.country) === now.country;
  const neverHeld = before === undefined || (before.region === null && before.customRegion === null);
  const sameRegion = now.region === '' ? neverHeld : meansRegion(found, last.region);
  const [street, street2] = split(last.street);
  return {
    ...now,
    street: joined({ street, street2 }) === now.street ? last.street : now.street,
    region: sameCountry && sameRegion ? last.region : now.region,
    country: sameCountry ? last.country : now.country,
  };
}

function filled(record: AddressRecord, wanted: Address): AddressRecord {
  const [street, street2] = joined(record) === wanted.street ? [record.street, record.street2] : split(wanted.street);
  const sameRegion = record.country === wanted.country && meansRegion(record, wanted.region);
  return {
    ...record,
    street,
    street2,
    city: textOr(record.city, wanted.city),
    postalCode: textOr(record.postalCode, wanted.postalCode),
    country: wanted.country,
    // Looked up in the country's dictionary when it is sent: the dictionaries are too many to hold them all.
    ...(sameRegion ? {} : { region: null, regionName: wanted.region === '' ? null : wanted.region, customRegion: null }),
  };
}

/** M25: an address whose only type this was goes; one with both types loses this one; never one without a type. */
function emptied(draft: ContactRecord, present: AddressRecord, slot: Slot): ContactRecord {
  if (present.types.length > 1) return replaced(draft, withoutType(present, slot));
  return { ...draft, addresses: draft.addresses.filter((item) => item.id !== present.id) };
}

function refuse(value: Address, geography: Geography): string | undefined {
  const wanted = normal(value, geography);
  if (isEmpty(wanted)) return undefined;
  if (wanted.country === '') return 'OroCRM demands a country, and this address has none';
  if (geography.country(wanted.country) === undefined) return `OroCRM does not know the country "${value.country}"`;
  const [street, street2] = split(wanted.street);
  return (
    tooLong(street ?? '', 500) ?? tooLong(street2 ?? '', 500) ?? tooLong(wanted.city, 255) ?? tooLong(wanted.postalCode, 255) ?? tooLong(wanted.region, 255)
  );
}

function normal(value: Address, geography: Geography): Address {
  const country = value.country.trim();
  return {
    street: joined({ street: value.street, street2: null }),
    city: value.city.trim(),
    region: value.region.trim(),
    postalCode: value.postalCode.trim(),
    country: geography.country(country) ?? country,
  };
}

/** The lines that hold something, without blanks at their ends: OroCRM cuts these off. */
function joined(record: Pick<AddressRecord, 'street' | 'street2'>): string {
  return lines(`${record.street ?? ''}\n${record.street2 ?? ''}`).join('\n');
}

/** OroCRM has two lines, each a one-line input: further ones go into the second, with commas. */
function split(street: string): readonly [street: string | null, street2: string | null] {
  const [first, ...rest] = lines(street);
  return [first ?? null, rest.length === 0 ? null : rest.join(', ')];
}

function lines(text: string): readonly string[] {
  return text
    .split(/\r\n?|\n/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isEmpty(value: Address): boolean {
  return addressParts.every((part) => value[part] === '');
}

function sameParts(a: Address, b: Address): boolean {
  return addressParts.every((part) => a[part] === b[part]);
}

function contentOf(record: AddressRecord | undefined): readonly (string | null)[] | null {
  if (record === undefined) return null;
  return [record.street, record.street2, record.city, record.postalCode, record.country, record.region, record.regionName, record.customRegion];
}

function blankAddress(id: string, slot: Slot): AddressRecord {
  return { id, types: slot === 'none' ? [] : [slot], primary: false, street: null, street2: null, city: null, postalCode: null, country: null, region: null, regionName: null, customRegion: null };
}

function newId(draft: ContactRecord): string {
  const taken = draft.addresses.filter((item) => item.id.startsWith('new-')).map((item) => Number(item.id.slice(4)));
  return `new-${Math.max(0, ...taken) + 1}`;
}

function withoutType(record: AddressRecord, slot: Slot): AddressRecord {
  return { ...record, types: record.types.filter((type) => type !== slot) };
}

function added(draft: ContactRecord, record: AddressRecord): ContactRecord {
  return { ...draft, addresses: [...draft.addresses, record] };
}

function replaced(draft: ContactRecord, record: AddressRecord): ContactRecord {
  return { ...draft, addresses: draft.addresses.map((item) => (item.id === record.id ? record : item)) };
}

function textOr(present: string | null, wanted: string): string | null {
  return (present ?? '') === wanted ? present : wanted || null;
}
