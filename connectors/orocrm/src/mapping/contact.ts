import type { EntityLens, FieldLens } from '@syncline/connector';
import type { Geography } from '../geography.ts';
import type { ContactRecord } from '../records.ts';
import { address } from './address.ts';
import { isFormatted, plainText, storedText } from './description.ts';
import { emails, phones, primaryEmail, primaryPhone } from './entries.ts';
import { lens, line, notADate } from './field.ts';

/** What a new contact starts from. */
export const blankContact: ContactRecord = {
  firstName: null,
  middleName: null,
  lastName: null,
  nameSuffix: null,
  description: null,
  jobTitle: null,
  fax: null,
  gender: null,
  birthday: null,
  emails: [],
  primaryEmail: null,
  phones: [],
  primaryPhone: null,
  addresses: [],
};

/** The mapping of a contact (specification, section 3.1). `now` is UTC ms. */
export function contactLens(geography: Geography, now: () => number): EntityLens<'contact', ContactRecord> {
  return {
    firstName: line('firstName', 100),
    middleName: line('middleName', 255),
    lastName: line('lastName', 100),
    nameSuffix: line('nameSuffix', 255),
    description,
    emails,
    primaryEmail,
    phones,
    primaryPhone,
    jobTitle: line('jobTitle', 255),
    birthday: birthday(now),
    gender,
    fax: line('fax', 255),
    billingAddress: address('billing', geography),
    shippingAddress: address('shipping', geography),
    otherAddress: address('none', geography),
  };
}

/** M8, M9: the view is plain text; formatting goes only when the text itself changes. */
const description = lens<string, ContactRecord>({
  slice: (native) => native.description,
  read: (native) => (native.description === null ? undefined : plainText(native.description) || undefined),
  write: (draft, value) => ({ ...draft, description: value === undefined ? null : storedText(value, draft.description ?? '') }),
  // Line ends become those of OroCRM's own form only where the text has to be escaped; they never count (M8).
  stored: (value, draft) => (isFormatted(draft.description ?? '') || isFormatted(value) ? value.replace(/\r\n?/g, '\n') : value),
  loses: (value, { description: before }) => (value !== undefined && before !== null && isFormatted(before) && storedText(plainText(before), before) !== before ? 'the formatting of the text in OroCRM was dropped' : undefined),
});

const gender = lens<'male' | 'female', ContactRecord>({
  slice: (native) => native.gender,
  read: (native) => (native.gender === 'male' || native.gender === 'female' ? native.gender : undefined),
  write: (draft, value) => ({ ...draft, gender: value ?? null }),
  refuse: (value) => (value === 'male' || value === 'female' ? undefined : `OroCRM knows male and female, not "${String(value)}"`),
});

function birthday(now: () => number): FieldLens<string, ContactRecord> {
  return lens({
    slice: (native) => native.birthday,
    read: (native) => native.birthday || undefined,
    write: (draft, value) => ({ ...draft, birthday: value ?? null }),
    // OroCRM compares with its own clock, in UTC.
    refuse: (value) => notADate(value) ?? (Date.parse(`${value}T00:00:00Z`) > now() ? 'OroCRM takes no birthday in the future' : undefined),
  });
}
