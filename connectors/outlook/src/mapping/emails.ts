import { canonicalEmail, type FieldLens } from '@syncline/connector';
import type { ContactRecord, EmailEntry } from '../records.ts';

/** Outlook's contact form has three e-mail fields (contract, 2.1). */
const slots = 3;

/** Rules M10 to M14. What does not fit stays hidden: `read` adds what the last record did not show either. */
export const emails: FieldLens<readonly string[], ContactRecord> = {
  slice: (contact) => addressesOf(contact),
  read: (contact, last) => {
    const shown = addressesOf(contact);
    const shownBefore = last === undefined ? [] : addressesOf(last.native);
    const hidden = (last?.value ?? []).filter((address) => !includes(shownBefore, address) && !includes(shown, address));
    const all = [...shown, ...hidden];
    return all.length === 0 ? undefined : all;
  },
  write: (draft, value) => {
    const wanted = value ?? [];
    const entries = fill(draft.emailAddresses, wanted);
    return entries === draft.emailAddresses ? draft : { ...draft, emailAddresses: entries };
  },
  stored: (value, draft) => {
    const shown = addressesOf(emails.write(draft, value));
    return shown.length === 0 ? undefined : shown;
  },
  loses: (value, _before, after) => {
    // As long as there is room, what is not shown as it was written is only spelt otherwise (C16).
    if (after.emailAddresses.filter((entry) => !isEmpty(entry)).length < slots) return undefined;
    const left = (value ?? []).filter((address) => canonicalEmail(address) !== '' && !includes(addressesOf(after), address));
    return left.length === 0 ? undefined : `Outlook has room for ${slots} e-mail addresses; not shown there: ${left.join(', ')}`;
  },
};

/**
 * Rule M13: the first address is the primary one to Outlook, but its order is nobody's decision. The primary changes only when
 * its address disappears. Writing one puts it first; "none" is not written, since some address is always the first.
 */
export const primaryEmail: FieldLens<string, ContactRecord> = {
  slice: (contact) => addressesOf(contact),
  read: (contact, last) => {
    const shown = addressesOf(contact);
    const disappeared = last?.value !== undefined && includes(addressesOf(last.native), last.value) && !includes(shown, last.value);
    return last?.value === undefined || disappeared ? shown[0] : last.value;
  },
  write: (draft, value) => {
    const wanted = canonicalEmail(value ?? '');
    if (value === undefined || wanted === '' || canonicalEmail(addressesOf(draft)[0] ?? '') === wanted) return draft;
    const present = draft.emailAddresses.find((entry) => canonicalEmail(entry.address) === wanted);
    const others = draft.emailAddresses.filter((entry) => entry !== present && !isEmpty(entry));
    const first = present ?? { name: null, address: value };
    if (present !== undefined || others.length < slots) return { ...draft, emailAddresses: [first, ...others] };
    // An address that was not shown takes the place of the last one (M10), which stays on the other side; what is none of ours makes no room.
    const last = others.findLast(isOurs);
    return last === undefined ? draft : { ...draft, emailAddresses: [first, ...others.filter((entry) => entry !== last)] };
  },
  // Where names of the address list take all the room there is no address, and so no primary one.
  stored: (value, draft) => addressesOf(primaryEmail.write(draft, value))[0],
};

/** Each address once, in Outlook's order and spelling. */
function addressesOf(contact: ContactRecord): readonly string[] {
  const found = new Map<string, string>();
  for (const { address } of contact.emailAddresses) {
    const canonical = canonicalEmail(address);
    if (address !== null && isOurs({ address }) && !found.has(canonical)) found.set(canonical, address);
  }
  return [...found.values()];
}

/** Entries that stay keep their place and display name; the places of those that go are taken by new ones, in the order of the list. */
function fill(entries: readonly EmailEntry[], wanted: readonly string[]): readonly EmailEntry[] {
  const stays = (entry: EmailEntry): boolean => !isOurs(entry) || includes(wanted, entry.address ?? '');
  const used = entries.filter((entry) => !isEmpty(entry));
  const shown = entries.map((entry) => entry.address ?? '');
  const fresh = wanted.filter((address, at) => canonicalEmail(address) !== '' && !includes(shown, address) && !includes(wanted.slice(0, at), address));
  const filled: EmailEntry[] = [];
  for (const entry of used) {
    if (stays(entry)) filled.push(entry);
    else {
      const next = fresh.shift();
      if (next !== undefined) filled.push({ name: null, address: next });
    }
  }
  while (filled.length < slots && fresh.length > 0) filled.push({ name: null, address: fresh.shift() ?? '' });
  const same = filled.length === used.length && filled.every((entry, at) => entry === used[at]);
  return same ? entries : filled;
}

/** Whether an entry holds an address. Of a name without one nobody but Outlook knows anything. */
function isOurs({ address }: Pick<EmailEntry, 'address'>): boolean {
  return canonicalEmail(address) !== '' && !isDirectoryName(address ?? '');
}

/** A slot nobody filled: Graph shows it as an entry all the same, and it takes no room. */
function isEmpty({ name, address }: EmailEntry): boolean {
  return (name ?? '') === '' && (address ?? '').trim() === '';
}

/** Exchange's own name of a colleague taken from the address list (`/o=ExchangeLabs/ou=...`): no address to anybody else, and not ours to change. */
function isDirectoryName(address: string): boolean {
  return /^\s*\/o=/i.test(address);
}

function includes(list: readonly string[], address: string): boolean {
  const wanted = canonicalEmail(address);
  return list.some((one) => canonicalEmail(one) === wanted);
}
