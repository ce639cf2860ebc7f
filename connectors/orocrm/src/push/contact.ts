import type { Write, Written } from '@syncline/connector';
import { provesDeletion } from '../failures.ts';
import { isFormatted } from '../mapping/description.ts';
import { sendAddress, addressResource, changedAddresses, newAddresses, removedAddresses, resolve } from './address.ts';
import { changedMeanwhile, deletedAnswer, isOk, pushEach, refused, resource, type Attempt, type Create, type Delete, type Update } from '../push.ts';
import { contactsOf, readContact } from '../read.ts';
import { addressIds, oneOf, parseContact, parseDocument, trimmed, type ContactRecord, type Resource, type Stored } from '../records.ts';
import type { Session } from '../session.ts';
import { present } from '../version.ts';

/** Writes contacts. */
export function pushContacts(session: Session, writes: readonly Write<ContactRecord>[]): Promise<readonly Written<ContactRecord>[]> {
  return pushEach(session, writes, { create, update, remove });
}

/** One request: the addresses go along, and the answer holds everything. */
async function create(session: Session, write: Create<ContactRecord>, attempt: Attempt): Promise<Written<ContactRecord>> {
  const { record } = write;
  // What is made again from a copy (D6) names addresses that are gone: here an id only ties an address to its contact.
  const addresses = await Promise.all(record.addresses.map((address, index) => resolve(session, { ...address, id: `new-${index + 1}` })));
  // What is created has to stay in sight: a new contact belongs to its maker, but is assigned to nobody.
  const assigned = session.config.contactsScope === 'assigned' && session.me.userId !== null ? { assignedTo: { data: { type: 'users', id: session.me.userId } } } : {};
  const body = {
    data: resource('contacts', undefined, attributesOf(record, undefined), {
      ...assigned,
      ...(addresses.length > 0 && { addresses: { data: addresses.map(({ id }) => ({ type: 'contactaddresses', id })) } }),
    }),
    ...(addresses.length > 0 && { included: addresses.map((address) => addressResource(address)) }),
  };
  const answer = await session.api.send({ method: 'POST', path: '/api/contacts', body });
  if (!isOk(answer)) return refused(answer, undefined, (pointer) => fieldOf(pointer, record));
  attempt.wrote = true;
  session.ownChanges.contact += 1;
  const [stored] = await contactsOf(session, parseDocument(answer.body));
  return { status: 'stored', seen: present(stored ?? missing()) };
}

/**
 * Attributes in one request, each address in one of its own. Sent through the contact, the list of addresses is
 * the whole list: one that somebody added since the read would be deleted. The order matters too: a new address takes
 * its type over from the old one before that is touched, so that a cut leaves no slot empty.
 */
async function update(session: Session, write: Update<ContactRecord>, attempt: Attempt): Promise<Written<ContactRecord>> {
  const found = await readContact(session, write.id);
  if ('absent' in found) return { status: 'gone', seen: found };
  const changed = changedMeanwhile(found, write, present);
  if (changed !== undefined) return changed;
  const attributes = attributesOf(write.record, write.base);
  const cut = (['emails', 'phones'] as const).find((list) => list in attributes && write.base[list].length >= mostRelated);
  if (cut !== undefined) return { status: 'rejected', message: cutOff, fields: { [cut]: cutOff } };
  if ('description' in attributes && isFormatted(write.base.description ?? '')) session.context.log(`The description of contact ${write.id} had formatting in OroCRM; it was dropped with the change of its text (M9).`);
  let stored = found;
  if (Object.keys(attributes).length > 0) {
    const body = { data: resource('contacts', write.id, attributes, {}) };
    const answer = await session.api.send({ method: 'PATCH', path: `/api/contacts/${write.id}`, body });
    if (!isOk(answer)) return refused(answer, write.id, (pointer) => fieldOf(pointer, write.record));
    attempt.wrote = true;
    stored = afterPatch(oneOf(parseDocument(answer.body)), found) ?? (await reread(session, write.id));
  }
  const sent = [
    ...newAddresses(write.record, write.base),
    ...(await changedAddresses(session, write.record, write.base)),
    ...removedAddresses(write.record, write.base),
  ];
  if (sent.length === 0) return { status: 'stored', seen: present(stored) };
  const refusals: Record<string, string> = {};
  for (const change of sent) {
    const reason = await sendAddress(session, write.id, change, attempt);
    if (reason !== undefined) for (const field of change.fields) refusals[field] ??= reason;
  }
  const seen = present(await reread(session, write.id));
  return Object.keys(refusals).length > 0 ? { status: 'partial', seen, fields: refusals } : { status: 'stored', seen };
}

async function remove(session: Session, write: Delete<ContactRecord>, attempt: Attempt): Promise<Written<ContactRecord>> {
  const found = await readContact(session, write.id);
  if ('absent' in found) return { status: 'gone', seen: found };
  const changed = changedMeanwhile(found, write, present);
  if (changed !== undefined) return changed;
  const answer = await session.api.send({ method: 'DELETE', path: `/api/contacts/${write.id}` });
  const written = deletedAnswer<ContactRecord>(answer, write.id, provesDeletion(answer));
  if (written.status === 'stored') {
    attempt.wrote = true;
    session.ownChanges.contact -= 1;
  }
  return written;
}

/** OroCRM shows that many entries of a list (`max_related_entities`); a list is written whole, so the rest would be lost. */
const mostRelated = 100;
const cutOff = `OroCRM shows the first ${mostRelated} entries of this list only: it is not changed from outside`;

const texts = ['firstName', 'middleName', 'lastName', 'nameSuffix', 'description', 'jobTitle', 'fax', 'gender', 'birthday'] as const;

/** The attributes that differ from `base`, or all that hold something. Lists go whole, each entry once, with their primary one. */
function attributesOf(record: ContactRecord, base: ContactRecord | undefined): { readonly [name: string]: unknown } {
  const attributes: Record<string, unknown> = {};
  for (const name of texts) {
    if (record[name] !== (base?.[name] ?? null)) attributes[name] = record[name];
  }
  for (const [list, key, primary] of [['emails', 'email', 'primaryEmail'], ['phones', 'phone', 'primaryPhone']] as const) {
    if (sameSet(record[list], base?.[list] ?? []) && record[primary] === (base?.[primary] ?? null)) continue;
    // As OroCRM stores them: two that become one there would be refused, and the primary one has to be in the list.
    const entries = [...new Set(record[list].map(trimmed))].filter((entry) => entry !== '');
    attributes[list] = entries.map((entry) => ({ [key]: entry }));
    if (entries.length > 0) attributes[primary] = trimmed(record[primary] ?? '') || entries[0];
  }
  return attributes;
}

/** OroCRM does not keep the order of a list: another order alone is nothing to send. */
function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const other = new Set(b);
  return new Set(a).size === other.size && a.every((entry) => other.has(entry));
}

/** The answer to a PATCH brings no addresses along; they are those that were read, unless somebody came in between. */
function afterPatch(contact: Resource, found: Stored<ContactRecord>): Stored<ContactRecord> | undefined {
  const known = new Map(found.record.addresses.map((address) => [address.id, address]));
  const ids = addressIds(contact);
  if (ids.length !== known.size || ids.some((id) => !known.has(id))) return undefined;
  return parseContact(contact, (id) => known.get(id));
}

async function reread(session: Session, id: string): Promise<Stored<ContactRecord>> {
  const found = await readContact(session, id);
  return 'absent' in found ? missing() : found;
}

function missing(): never {
  throw new Error('a contact that was just written is not there');
}

/** `/data/attributes/emails/0/email` is about the e-mails; `/included/0` about the address that was sent first. */
function fieldOf(pointer: string, record: ContactRecord): string | undefined {
  const attribute = /^\/data\/attributes\/([A-Za-z]+)/.exec(pointer)?.[1];
  if (attribute !== undefined) return attribute;
  const index = /^\/(?:included|data\/relationships\/addresses\/data)\/(\d+)/.exec(pointer)?.[1];
  const address = index === undefined ? undefined : record.addresses[Number(index)];
  if (address === undefined) return undefined;
  return address.types.includes('billing') ? 'billingAddress' : address.types.includes('shipping') ? 'shippingAddress' : 'otherAddress';
}
