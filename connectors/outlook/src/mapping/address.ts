import { type Address, type FieldLens, sameJson } from '@syncline/connector';
import { emptyAddress, type ContactRecord, type PostalAddress } from '../records.ts';
import type { Countries } from './country.ts';

/** Rule M24: one of the three addresses, part by part. A part that already means the same stays as it is spelt. */
export function addressLens(name: 'businessAddress' | 'homeAddress' | 'otherAddress', countries: Countries): FieldLens<Address, ContactRecord> {
  const read = (contact: ContactRecord): Address | undefined => toCanonical(contact[name], countries);
  const write = (draft: ContactRecord, value: Address | undefined): ContactRecord => {
    const next = toNative(draft[name], value, countries);
    return sameJson(next, draft[name]) ? draft : { ...draft, [name]: next };
  };
  return {
    slice: (contact) => contact[name],
    read,
    write,
    stored: (value, draft) => read(write(draft, value)),
  };
}

function toCanonical(native: PostalAddress, countries: Countries): Address | undefined {
  const address: Address = {
    street: native.street,
    city: native.city,
    region: native.state,
    postalCode: native.postalCode,
    country: countries.codeOf(native.countryOrRegion) ?? native.countryOrRegion,
  };
  return Object.values(address).every((part) => part.trim() === '') ? undefined : address;
}

function toNative(native: PostalAddress, value: Address | undefined, countries: Countries): PostalAddress {
  if (value === undefined) return toCanonical(native, countries) === undefined ? native : emptyAddress;
  const code = countries.codeOf(value.country);
  const sameCountry = code !== undefined && code === countries.codeOf(native.countryOrRegion);
  return {
    street: keep(native.street, value.street),
    city: keep(native.city, value.city),
    state: keep(native.state, value.region),
    postalCode: keep(native.postalCode, value.postalCode),
    countryOrRegion: sameCountry ? native.countryOrRegion : keep(native.countryOrRegion, (code && countries.nameOf(code)) ?? value.country),
  };
}

/** Line ends, blanks at the ends and Unicode composition are no difference. */
function keep(native: string, wanted: string): string {
  return plain(native) === plain(wanted) ? native : wanted;
}

function plain(text: string): string {
  const lines = text.normalize('NFC').replace(/\r\n?/g, '\n').split('\n').map((line) => line.trimEnd());
  return lines.join('\n').replace(/^\n+|\n+$/g, '');
}
