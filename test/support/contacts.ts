import type { AdminRecord, OroContact } from '@syncline/simulators';
import type { TwoServices } from './two-services.ts';
import { only } from './watch.ts';

/** The world's only contact in OroCRM. */
export function oroContact(world: TwoServices): OroContact {
  return only(world.oro.admin.listContacts());
}

/** The world's only contact in Outlook. */
export function outlookContact(world: TwoServices): AdminRecord {
  return only(world.graph.admin.listContacts());
}

/** Addresses or numbers of an OroCRM contact in their order, the primary one in brackets. */
export function entriesOf(list: OroContact['emails']): string {
  return list.map(({ value, primary }) => (primary ? `[${value}]` : value)).join(' ');
}

/** An Outlook contact's e-mail addresses in their order. */
export function addressesOf(contact: AdminRecord): readonly string[] {
  return (contact['emailAddresses'] as readonly { readonly address: string }[]).map(({ address }) => address);
}

/** MAPI ids of the extended properties of section 3.1. */
export const slots = { primaryPhone: 'String 0x3A1A', gender: 'Short 0x3A4D', fax: 'String 0x3A24' };

/** The value of an extended property; `undefined` where the contact has none. */
export function slotOf(contact: AdminRecord, slot: keyof typeof slots): string | undefined {
  return (contact['singleValueExtendedProperties'] as readonly { readonly id: string; readonly value: string }[]).find(({ id }) => id === slots[slot])?.value;
}

/** A body that sets extended properties. */
export function withSlots(values: { readonly [Slot in keyof typeof slots]?: string }): { readonly singleValueExtendedProperties: readonly object[] } {
  return { singleValueExtendedProperties: Object.entries(values).map(([slot, value]) => ({ id: slots[slot as keyof typeof slots], value })) };
}

/** A mailbox's e-mail entries for a body. */
export function entriesFor(...addresses: readonly string[]): readonly { readonly name: string; readonly address: string }[] {
  return addresses.map((address) => ({ name: address, address }));
}

/** Zones from UTC-11 to UTC+14, with and without daylight-saving time, of whole, half and quarter hours. */
export const zones = ['Pacific/Midway', 'America/Los_Angeles', 'America/St_Johns', 'UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Pacific/Chatham', 'Pacific/Kiritimati'] as const;
