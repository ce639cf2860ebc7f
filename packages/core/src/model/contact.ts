import { address, date, email, list, notes, phone, text, word, type ValuesOf } from './field.ts';

/** The mapped fields of a contact, in OroCRM's terms (specification, sections 3.1 and 3.8). */
export const contact = {
  firstName: text('name'),
  middleName: text('name'),
  lastName: text('name'),
  nameSuffix: text('name'),
  description: notes('description'),
  emails: list(email('emails')),
  primaryEmail: email('primaryEmail'),
  phones: list(phone('phones')),
  primaryPhone: phone('primaryPhone'),
  jobTitle: text('jobTitle'),
  birthday: date('birthday'),
  gender: word<'male' | 'female'>('gender'),
  fax: phone('fax'),
  billingAddress: address('billingAddress'),
  shippingAddress: address('shippingAddress'),
  otherAddress: address('otherAddress'),
};

/** A contact's values; in a view each of them may be absent. */
export type Contact = ValuesOf<typeof contact>;
