import { property, type EntityLens, type FieldLens } from '@syncline/connector';
import type { ContactRecord } from '../records.ts';
import { addressLens } from './address.ts';
import type { Countries } from './country.ts';
import { emails, primaryEmail } from './emails.ts';
import { phones, primaryPhone } from './phones.ts';
import { isDate } from './zone.ts';

/** Contacts (specification, sections 3.1 and 3.5). */
export function contactLens(countries: Countries): EntityLens<'contact', ContactRecord> {
  return {
    firstName: nameLens('givenName', 'surname'),
    middleName: property('middleName'),
    lastName: nameLens('surname', 'givenName'),
    nameSuffix: property('generation'),
    description: property('personalNotes'),
    emails,
    primaryEmail,
    phones,
    primaryPhone,
    jobTitle: property('jobTitle'),
    birthday,
    gender,
    fax: property('fax'),
    billingAddress: addressLens('businessAddress', countries),
    shippingAddress: addressLens('homeAddress', countries),
    otherAddress: addressLens('otherAddress', countries),
  };
}

/**
 * Rules M3 to M6: of a person with one name, the missing name reads as the other. `null` is a name nobody wrote; an empty string is one that
 * was written empty on purpose: without that difference OroCRM's "James James" would be made as a person with one name, and a missing first
 * name could never be written. Graph answers `null` for both, and the slice takes them for one, so the difference is gone once it has served.
 */
function nameLens(own: 'givenName' | 'surname', other: 'givenName' | 'surname'): FieldLens<string, ContactRecord> {
  const read = (contact: ContactRecord): string | undefined => {
    const value = contact[own] ?? contact[other] ?? '';
    return value === '' ? undefined : value;
  };
  return {
    slice: (contact) => (contact[own] ? [contact[own]] : [null, contact[other] || null]),
    read,
    write: (draft, value) => (read(draft) === value ? draft : { ...draft, [own]: value ?? '' }),
  };
}

/** Rule M19: the UTC date part is the birthday; the same date is never written again, whatever the hour. */
const birthday: FieldLens<string, ContactRecord> = {
  slice: (contact) => birthDate(contact) ?? null,
  read: birthDate,
  write: (draft, value) => (birthDate(draft) === value ? draft : { ...draft, birthday: value === undefined ? null : `${value}T00:00:00Z` }),
  refuse: (value) => {
    if (!isDate(value)) return 'this is no calendar date';
    // PidTagBirthday is a PT_SYSTIME: it counts from 1601 (contract, 5.2).
    return value < '1601-01-02' ? 'Outlook keeps no dates before 1601' : undefined;
  },
};

function birthDate(contact: ContactRecord): string | undefined {
  if (contact.birthday === null) return undefined;
  const ms = Date.parse(contact.birthday);
  // Year 1 is how .NET writes "no date".
  if (Number.isNaN(ms) || contact.birthday.startsWith('0001-')) return undefined;
  return new Date(ms).toISOString().slice(0, 10);
}

const genderWords: Readonly<Record<string, 'female' | 'male' | undefined>> = { '1': 'female', '2': 'male' };

/** 0 and missing are both nothing (rule M20). */
const gender: FieldLens<'male' | 'female', ContactRecord> = {
  slice: (contact) => contact.gender,
  read: (contact) => genderWords[contact.gender ?? ''],
  write: (draft, value) => {
    if (genderWords[draft.gender ?? ''] === value) return draft;
    return { ...draft, gender: value === undefined ? '0' : value === 'male' ? '2' : '1' };
  },
};
