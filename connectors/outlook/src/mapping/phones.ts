import { canonicalPhone, type FieldLens } from '@syncline/connector';
import type { ContactRecord } from '../records.ts';

/** Rules M15 to M18: Outlook shows one number of the list, in the slot "Primary Phone"; other slots are not ours. */
export const phones: FieldLens<readonly string[], ContactRecord> = {
  slice: (contact) => contact.primaryPhone,
  read: (contact, last) => {
    const shown = numbersOf(contact);
    const shownBefore = last === undefined ? [] : numbersOf(last.native);
    const hidden = (last?.value ?? []).filter((number) => !includes(shownBefore, number) && !includes(shown, number));
    const all = [...shown, ...hidden];
    return all.length === 0 ? undefined : all;
  },
  // Which number of the list stands in the slot is decided by `primaryPhone`; here only one that left the list is replaced.
  write: (draft, value) => {
    const wanted = (value ?? []).filter((number) => canonicalPhone(number) !== '');
    const [shown] = numbersOf(draft);
    if (shown === undefined ? wanted.length === 0 : includes(wanted, shown)) return draft;
    return { ...draft, primaryPhone: wanted[0] ?? null };
  },
  stored: (value, draft) => {
    const shown = numbersOf(phones.write(draft, value));
    return shown.length === 0 ? undefined : shown;
  },
};

/** The number in the slot. "None" is not written: the number itself goes when it leaves the list, and not before (M15, M17). */
export const primaryPhone: FieldLens<string, ContactRecord> = {
  slice: (contact) => contact.primaryPhone,
  read: (contact) => numbersOf(contact)[0],
  write: (draft, value) => (value === undefined || canonicalPhone(value) === canonicalPhone(draft.primaryPhone) ? draft : { ...draft, primaryPhone: value }),
};

function numbersOf(contact: ContactRecord): readonly string[] {
  return canonicalPhone(contact.primaryPhone) === '' ? [] : [contact.primaryPhone ?? ''];
}

function includes(list: readonly string[], number: string): boolean {
  return list.some((one) => canonicalPhone(one) === canonicalPhone(number));
}
