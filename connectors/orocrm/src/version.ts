import { createHash } from 'node:crypto';
import type { Json, Present, Traits } from '@syncline/connector';
import type { ContactRecord, EventRecord, Stored, TaskRecord } from './records.ts';

type Content = ContactRecord | TaskRecord | EventRecord;

/**
 * A fingerprint of a record's content. Lists count as sets: OroCRM gives e-mails and phones in another order
 * after a change than it does when it is asked again.
 */
export function contentHash(record: Content): string {
  const canonical = 'emails' in record ? canonicalContact(record) : record;
  return createHash('sha256').update(stableText(canonical)).digest('base64url').slice(0, 12);
}

/** The name of a region follows from its id, and is not in every answer. */
function canonicalContact(record: ContactRecord): Json {
  return {
    ...record,
    emails: record.emails.toSorted(),
    phones: record.phones.toSorted(),
    addresses: record.addresses.map((address) => (address.region === null ? address : { ...address, regionName: null })),
  };
}

/** JSON whose members stand in one order: records come back from the hub's store in any. */
function stableText(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stableText).join()}]`;
  return `{${Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => `${JSON.stringify(name)}:${stableText(member)}`).join()}}`;
}

/**
 * OroCRM has no version, and `updatedAt` has whole seconds and stands still when another API client changes e-mails,
 * phones or addresses (rule A14): so both count, `2026-11-22T10:28:42Z/k3Jd0f-a81Qx`.
 */
export function versionOf(stored: Stored<Content>): string {
  return `${stored.updatedAt}/${contentHash(stored.record)}`;
}

/** The `updatedAt` part of a version. */
export function stampOf(version: string): string {
  return version.split('/', 1)[0] ?? '';
}

/** Whether a version says the same content as this record, whatever the stamp (rule A15). */
export function sameContent(version: string, record: Content): boolean {
  return version.slice(version.indexOf('/') + 1) === contentHash(record);
}

/** An observation of a record. */
export function present<R extends Content>(stored: Stored<R>, traits?: Traits): Present<R> {
  const at = Date.parse(stored.updatedAt);
  const createdAt = Date.parse(stored.createdAt);
  return { id: stored.id, version: versionOf(stored), at, createdAt, record: stored.record, ...(traits !== undefined && { traits }) };
}
