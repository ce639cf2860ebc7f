// Fields, kinds and values as people read them.
import { counted } from './dom.js';

export const kinds = { contact: 'contact', task: 'task', event: 'event' };
export const states = { linked: 'linked', held: 'waits', conflict: 'had a conflict', private: 'private', 'one-way': 'not synced in this direction', 'only-orocrm': 'only in OroCRM', 'only-outlook': 'only in Outlook', deleted: 'deleted' };
export const did = { create: 'created', update: 'changed', delete: 'deleted', mark: 'marked', told: 'overruled', decide: 'decided' };
const fields = {
  name: 'Name', description: 'Notes', emails: 'E-mail', primaryEmail: 'Main e-mail', phones: 'Phone', primaryPhone: 'Main phone', jobTitle: 'Job title', birthday: 'Birthday', gender: 'Gender', fax: 'Fax',
  billingAddress: 'Billing address', shippingAddress: 'Shipping address', otherAddress: 'Other address', subject: 'Subject', priority: 'Priority', dueDate: 'Due', status: 'Status', title: 'Title', time: 'Time',
};
const lines = { name: ['firstName', 'middleName', 'lastName', 'nameSuffix'], address: ['street', 'postalCode', 'city', 'region', 'country'] };

/** `emails/ada@example.com` is one of several e-mails. */
export function fieldWords(unit) {
  const [list] = unit.split('/');
  return fields[list] ?? list;
}

/** A value as text; nothing is an empty text. */
export function valueWords(unit, value) {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value).replaceAll('_', unit === 'status' ? ' ' : '_');
  if (unit === 'time') return timeWords(value);
  const parts = value.firstName !== undefined || value.lastName !== undefined || unit === 'name' ? lines.name : lines.address;
  return parts.map((part) => value[part]).filter(Boolean).join(unit === 'name' ? ' ' : ', ');
}

function timeWords({ start, end, allDay }) {
  if (allDay === true) return [start, end].filter(Boolean).map((day) => day.slice(0, 10)).join(' to ').concat(', all day');
  return [start, end].filter(Boolean).map((at) => new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })).join(' to ');
}

/** The second line of a record in a list: an event's time reads as one. */
export function detailWords({ kind, detail }) {
  if (detail === '') return '';
  if (kind === 'task') return `due ${detail}`;
  return kind === 'event' && detail.includes('T') ? timeWords({ start: detail }) : detail;
}

/** `3 created, 1 changed`. */
export function countsWords(counts) {
  return Object.entries(counts).filter(([op]) => op !== 'mark').map(([op, count]) => `${count} ${did[op]}`).join(', ') || counted(counts.mark ?? 0, 'item') + ' marked';
}
