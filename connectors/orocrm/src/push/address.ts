import type { Call } from '../api.ts';
import { failureOf, provesDeletion } from '../failures.ts';
import { findRegion } from '../geography.ts';
import { isOk, refusal, resource, type Attempt } from '../push.ts';
import type { AddressRecord, ContactRecord } from '../records.ts';
import type { Session } from '../session.ts';

/** One request about one address, and the canonical fields it is for. */
export interface AddressChange {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly id: string;
  readonly patch?: { readonly [name: string]: unknown };
  readonly address?: AddressRecord;
  readonly fields: readonly string[];
}

/** Addresses that are in a draft and not in what it was made from. */
export function newAddresses(record: ContactRecord, base: ContactRecord): readonly AddressChange[] {
  return record.addresses
    .filter((address) => !base.addresses.some((other) => other.id === address.id))
    .map((address) => ({ method: 'POST', id: address.id, address, fields: fieldsOf(address) }));
}

/** Addresses that differ, each with only what differs. */
export async function changedAddresses(session: Session, record: ContactRecord, base: ContactRecord): Promise<readonly AddressChange[]> {
  const changes = await Promise.all(
    record.addresses.map(async (address) => {
      const before = base.addresses.find((other) => other.id === address.id);
      return before === undefined ? undefined : change(await resolve(session, address), before);
    }),
  );
  return changes.filter((item) => item !== undefined);
}

/** Addresses that are no longer in a draft. Those the draft never knew are not among them. */
export function removedAddresses(record: ContactRecord, base: ContactRecord): readonly AddressChange[] {
  return base.addresses
    .filter((address) => !record.addresses.some((other) => other.id === address.id))
    .map((address) => ({ method: 'DELETE', id: address.id, fields: fieldsOf(address) }));
}

/** Sends one. The reason when OroCRM refuses it. */
export async function sendAddress(session: Session, contact: string, change: AddressChange, attempt: Attempt): Promise<string | undefined> {
  const answer = await session.api.send(await callOf(session, contact, change));
  if (isOk(answer)) {
    attempt.wrote = true;
    return undefined;
  }
  // Somebody else has removed it: what was wanted of it is void, the next read shows what is left.
  if (provesDeletion(answer)) return undefined;
  const reason = refusal(answer, () => undefined);
  if (reason === undefined) throw failureOf(answer, 'write addresses');
  return reason.message;
}

/**
 * The region as OroCRM takes it (rule M42): an id of the country's dictionary; free text only for countries without one.
 * A region that is not in the dictionary is left out, and the address is stored all the same.
 */
export async function resolve(session: Session, address: AddressRecord): Promise<AddressRecord> {
  if (address.region !== null || address.regionName === null || address.country === null) return address;
  const regions = await session.geography.regions(address.country);
  if (regions.length === 0) return { ...address, regionName: null, customRegion: address.regionName };
  const region = findRegion(regions, address.regionName);
  if (region === undefined) session.context.log(`OroCRM has no region "${address.regionName}" in ${address.country}: the address is stored without one.`);
  return { ...address, region: region?.id ?? null, regionName: region?.name ?? null, customRegion: null };
}

/** An address as a resource of a request. */
export function addressResource(address: AddressRecord): { readonly [name: string]: unknown } {
  return resource('contactaddresses', address.id, attributesOf(address), relationshipsOf(address));
}

async function callOf(session: Session, contact: string, { method, id, patch, address }: AddressChange): Promise<Call> {
  if (method === 'DELETE') return { method, path: `/api/contactaddresses/${id}` };
  if (method === 'PATCH') return { method, path: `/api/contactaddresses/${id}`, body: { data: patch } };
  if (address === undefined) throw new Error('a new address has to be there');
  const resolved = await resolve(session, address);
  const owner = { data: { type: 'contacts', id: contact } };
  return { method, path: '/api/contactaddresses', body: { data: resource('contactaddresses', undefined, attributesOf(resolved), { ...relationshipsOf(resolved), owner }) } };
}

function attributesOf({ street, street2, city, postalCode, customRegion }: AddressRecord): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries({ street, street2, city, postalCode, customRegion }).filter(([, value]) => value !== null));
}

/** An address without types, or without a region, says so by leaving it out. */
function relationshipsOf(address: AddressRecord): { readonly [name: string]: unknown } {
  const { country, region } = placeOf(address);
  return { country, ...(address.region !== null && { region }), ...(address.types.length > 0 && { types: typesOf(address) }) };
}

function change(address: AddressRecord, before: AddressRecord): AddressChange | undefined {
  const attributes: Record<string, string | null> = {};
  for (const name of ['street', 'street2', 'city', 'postalCode'] as const) {
    if (address[name] !== before[name]) attributes[name] = address[name];
  }
  const moved = address.country !== before.country || address.region !== before.region || address.customRegion !== before.customRegion;
  // Country, region and free text go together: the old region would be refused with the new country.
  if (moved) attributes['customRegion'] = address.customRegion;
  const retyped = address.types.join() !== before.types.join();
  if (Object.keys(attributes).length === 0 && !retyped) return undefined;
  const relationships = { ...(moved && placeOf(address)), ...(retyped && { types: typesOf(address) }) };
  return { method: 'PATCH', id: address.id, patch: resource('contactaddresses', address.id, attributes, relationships), fields: fieldsOf(before) };
}

function placeOf({ country, region }: AddressRecord): { readonly country: unknown; readonly region: unknown } {
  return {
    country: { data: country === null ? null : { type: 'countries', id: country } },
    region: { data: region === null ? null : { type: 'regions', id: region } },
  };
}

function typesOf({ types }: AddressRecord): unknown {
  return { data: types.map((id) => ({ type: 'addresstypes', id })) };
}

function fieldsOf({ types }: AddressRecord): readonly string[] {
  const fields = [...(types.includes('billing') ? ['billingAddress'] : []), ...(types.includes('shipping') ? ['shippingAddress'] : [])];
  return fields.length > 0 ? fields : ['otherAddress'];
}
