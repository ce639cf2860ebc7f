import { isObject, type JsonObject } from '../../shared/json.ts';
import { writeContact, type AddressPlan, type ContactChange, type ContactLinks } from '../records/contacts.ts';
import { formOrder } from '../records/entries.ts';
import { contactTextFields, type ContactRow, type ContactTextField, type EntryRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { rewriteNotes, rewritePhone, rewriteText } from '../rewriting.ts';
import { parseDate } from '../times.ts';
import { readAddress } from './address-form.ts';
import type { WriteBody } from './body.ts';
import {
  checkColumns,
  Form,
  lengthOf,
  readText,
  textAttribute,
  throwErrors,
  toManyRelationship,
  toOneRelationship,
  unknownNames,
} from './form.ts';
import { contactResource } from './contact-resource.ts';
import { methods, sources } from './lookup-resources.ts';
import { refuse } from './refusal.ts';

const known = new Set([...Object.keys(contactResource.attributes), ...Object.keys(contactResource.relations)]);
const lengths: Partial<Record<ContactTextField, number>> = {
  firstName: 100,
  lastName: 100,
  skype: 255,
  twitter: 255,
  facebook: 255,
  googlePlus: 255,
  linkedIn: 255,
};

/** What a write of a contact stored, with the addresses that came in `included`. */
export interface WrittenContact {
  readonly row: ContactRow;
  readonly included: readonly { readonly addressId: number; readonly includeId: string | number }[];
}

/**
 * Creates or changes a contact from a checked body: nothing is stored unless everything is right. Throws a `Refusal`
 * with every mistake. Source: transcripts 04 and 05.
 */
export function saveContact(store: Store, row: ContactRow | undefined, body: WriteBody, userId: number): WrittenContact {
  const form = new Form('/data');
  const { attributes } = body.data;
  const text = readTexts(form, attributes, store);
  const emails = readEntries(form, attributes, emailWords, row?.emails ?? [], (value) => value);
  const phones = readEntries(form, attributes, phoneWords, row?.phones ?? [], (value) => rewritePhone(store.switches, value));
  const links = readLinks(form, body, store);
  const addresses = readAddresses(form, body, row, store);
  form.extra(unknownNames(body.data, known));

  const valueOf = (name: 'firstName' | 'lastName'): string | null => text[name] ?? (name in text ? null : (row?.[name] ?? null));
  const count = (list: Entries | undefined, now: readonly EntryRow[] | undefined): number => list?.values.length ?? now?.length ?? 0;
  if (!valueOf('firstName') && !valueOf('lastName') && count(emails, row?.emails) === 0 && count(phones, row?.phones) === 0) {
    form.entity.unshift({
      status: 400,
      title: 'has contact information constraint',
      detail: 'At least one of the fields First name, Last name, Emails or Phones must be defined.',
    });
  }
  throwErrors([form, ...addresses.forms]);
  checkColumns([text.namePrefix, text.middleName, text.nameSuffix, text.jobTitle, text.fax, ...(phones?.values ?? [])]);

  const change: ContactChange = {
    text,
    links,
    ...(emails === undefined ? {} : { emails }),
    ...(phones === undefined ? {} : { phones }),
    ...(addresses.plans === undefined ? {} : { addresses: addresses.plans }),
  };
  const written = writeContact(store, row, change, userId, 'api');
  const included = addresses.included.flatMap(({ plan, includeId }) =>
    plan.written === undefined ? [] : [{ addressId: plan.written, includeId }],
  );
  return { row: written, included };
}

function readTexts(form: Form, attributes: JsonObject, store: Store): ContactChange['text'] & object {
  const text: Partial<Record<ContactTextField, string | null>> = {};
  for (const name of contactTextFields) {
    const value = textAttribute(form, attributes, name, lengths[name]);
    if (value === undefined) continue;
    if (name === 'gender' && value !== null && value !== 'male' && value !== 'female') {
      form.rule('choice constraint', 'The value you selected is not a valid choice.', form.attribute(name));
    }
    const rewrite = name === 'description' ? rewriteNotes : rewriteText;
    text[name] = name === 'birthday' ? readBirthday(form, value, store) : rewrite(store.switches, value);
  }
  return text;
}

function readBirthday(form: Form, value: string | null, store: Store): string | null {
  if (value === null || value === '') return null;
  const date = parseDate(value);
  if (date === undefined) form.field(`The "${value}" is not valid date.`, form.attribute('birthday'));
  else if (date > new Date(store.env.now()).toISOString().slice(0, 10)) {
    form.rule('less than or equal constraint', 'The birth date cannot be in the future.', form.attribute('birthday'));
  }
  return date ?? null;
}

interface Entries {
  readonly values: readonly string[];
  readonly primary: string | null;
}

interface EntryWords {
  readonly list: 'emails' | 'phones';
  readonly key: 'email' | 'phone';
  readonly primary: 'primaryEmail' | 'primaryPhone';
  readonly unknown: string;
}

const emailWords: EntryWords = { list: 'emails', key: 'email', primary: 'primaryEmail', unknown: 'Unknown primary email address.' };
const phoneWords: EntryWords = { list: 'phones', key: 'phone', primary: 'primaryPhone', unknown: 'Unknown primary phone number.' };

/** The table of e-mails, phones and their primary (contract 6.1): the list is whole, the primary is named by value. */
function readEntries(
  form: Form,
  attributes: JsonObject,
  words: EntryWords,
  current: readonly EntryRow[],
  rewrite: (value: string) => string,
): Entries | undefined {
  const hasList = words.list in attributes;
  const hasPrimary = words.primary in attributes;
  if (!hasList && !hasPrimary) return undefined;
  const given = hasPrimary ? readText(attributes[words.primary]) : undefined;
  if (hasPrimary && given === undefined) form.field('This value is not valid.', form.attribute(words.primary));
  const named = typeof given === 'string' && given !== '' ? rewrite(given) : null;
  const oldPrimary = current.find((entry) => entry.primary)?.value ?? null;
  const primary = hasPrimary ? named : oldPrimary;

  let values: readonly string[];
  let readable = true;
  if (hasList) {
    const list = readList(form, attributes[words.list], words);
    readable = list.readable;
    values = list.values.map(rewrite);
  } else {
    const present = formOrder(current).map((entry) => entry.value);
    const isNew = named !== null && !present.includes(named);
    // A new primary value overwrites the present primary entry; it is not added beside it [05].
    if (isNew && oldPrimary !== null) values = present.map((value) => (value === oldPrimary ? named : value));
    else values = isNew ? [...present, named] : present;
  }
  const primaries = values.filter((value) => value === primary).length;
  if (readable && values.length > 0 && primaries !== 1) {
    // Also for the same value twice: with it there are two primary ones.
    form.rule('contains primary constraint', `One of the ${words.list} must be set as primary.`, form.attribute(words.list));
  }
  if (words.key === 'email' && readable) checkEmails(form, values, hasList);
  if (hasList && named !== null && primaries === 0) {
    form.field(words.unknown, form.attribute(words.primary), 'primary item constraint');
  }
  return { values, primary };
}

function readList(form: Form, value: unknown, words: EntryWords): { readonly values: readonly string[]; readonly readable: boolean } {
  if (value === null) return { values: [], readable: true };
  if (!Array.isArray(value)) {
    form.field('This value is not valid.', form.attribute(words.list));
    return { values: [], readable: false };
  }
  let readable = true;
  const values = value.map((item: unknown, index): string => {
    const at = `${form.attribute(words.list)}/${index}`;
    if (!isObject(item)) {
      form.field('This value is not valid.', at);
      readable = false;
      return '';
    }
    if (Object.keys(item).some((key) => key !== words.key)) {
      form.field('This form should not contain extra fields.', at, 'extra fields constraint');
    }
    const text = readText(item[words.key] ?? null);
    if (text === undefined) form.field('This value is not valid.', `${at}/${words.key}`);
    else if (text === null || text === '') form.rule('not blank constraint', 'This value should not be blank.', `${at}/${words.key}`);
    return text ?? '';
  });
  return { values, readable };
}

function checkEmails(form: Form, values: readonly string[], hasList: boolean): void {
  for (const [index, value] of values.entries()) {
    if (value === '') continue;
    const pointer = hasList ? `${form.attribute('emails')}/${index}/email` : form.attribute('primaryEmail');
    if (lengthOf(value) > 255) form.rule('length constraint', 'This value is too long. It should have 255 characters or less.', pointer);
    else if (!isEmail(value)) form.rule('email constraint', 'This value is not a valid email address.', pointer);
  }
}

/** RFC 5322 without quoting and comments; a domain needs no dot. */
function isEmail(text: string): boolean {
  const atom = "[^\\s@()<>\\[\\]\\\\,;:\"]+";
  const match = new RegExp(`^(${atom})@([\\p{L}\\p{N}](?:[\\p{L}\\p{N}.-]*[\\p{L}\\p{N}])?)$`, 'u').exec(text);
  const local = match?.[1];
  const domain = match?.[2];
  if (local === undefined || domain === undefined) return false;
  return !local.startsWith('.') && !local.endsWith('.') && !local.includes('..') && !domain.includes('..');
}

function readLinks(form: Form, { data }: WriteBody, store: Store): Partial<ContactLinks> {
  const links: Partial<ContactLinks> = {};
  const user = (id: string): boolean => store.users.has(Number(id));
  const toId = (id: string | null): number | null => (id === null ? null : Number(id));
  const source = toOneRelationship(form, data, 'source', 'contactsources', (id) => sources.some((entry) => entry.id === id));
  if (source !== undefined) links.source = source;
  const method = toOneRelationship(form, data, 'method', 'contactmethods', (id) => methods.some((entry) => entry.id === id));
  if (method !== undefined) links.method = method;
  const owner = toOneRelationship(form, data, 'owner', 'users', user);
  if (owner !== undefined) links.ownerId = toId(owner);
  const assignedTo = toOneRelationship(form, data, 'assignedTo', 'users', user);
  if (assignedTo !== undefined) links.assignedToId = toId(assignedTo);
  const reportsTo = toOneRelationship(form, data, 'reportsTo', 'contacts', (id) => store.contacts.has(Number(id)));
  if (reportsTo !== undefined) links.reportsToId = toId(reportsTo);
  for (const [name, key, type] of [
    ['groups', 'groupIds', 'contactgroups'],
    ['accounts', 'accountIds', 'accounts'],
    ['defaultInAccounts', 'defaultInAccountIds', 'accounts'],
  ] as const) {
    const table = type === 'accounts' ? store.accounts : store.contactGroups;
    const refs = toManyRelationship(form, data, name, (ref) => ref.type === type && table.has(Number(ref.id)));
    if (refs !== undefined) links[key] = refs.map((ref) => Number(ref.id));
  }
  const organization = data.relationships['organization'];
  const named = isObject(organization) && isObject(organization['data']) ? String(organization['data']['id']) : '1';
  if (named !== '1') form.rule('organization constraint', 'You have no access to set this value as organization.', form.relationship('organization'));
  return links;
}

interface AddressesRead {
  readonly forms: readonly Form[];
  readonly plans: readonly AddressPlan[] | undefined;
  readonly included: readonly { readonly plan: AddressPlan; readonly includeId: string | number }[];
}

/** `relationships.addresses` is the whole list; new ones and changes of them come in `included`. */
function readAddresses(form: Form, body: WriteBody, row: ContactRow | undefined, store: Store): AddressesRead {
  const byTemporaryId = new Map(body.included.map((item, index) => [item.id, { item, index }]));
  const own = new Map(row === undefined ? [] : store.addressesOf(row.id).map((address) => [String(address.id), address]));
  const refs = toManyRelationship(
    form,
    body.data,
    'addresses',
    (ref) => ref.type === 'contactaddresses' && (byTemporaryId.has(String(ref.id)) || own.has(String(ref.id))),
  );
  const forms: Form[] = [];
  const included: { plan: AddressPlan; includeId: string | number }[] = [];
  const used = new Set<string>();
  const plans = refs?.map((ref, position): AddressPlan => {
    const id = String(ref.id);
    const entry = byTemporaryId.get(id);
    if (entry === undefined) return { id: Number(id) };
    used.add(id);
    const isUpdate = entry.item.meta['update'] === true;
    const present = isUpdate ? own.get(id) : undefined;
    const at = `/included/${entry.index}`;
    if (isUpdate && present === undefined) {
      throw refuse(404, 'not found http exception', 'An entity with the requested identifier does not exist.', { pointer: at });
    }
    const addressForm = new Form(at);
    const twin = { form, pointer: `${form.relationship('addresses')}/${position}` };
    const draft = readAddress(addressForm, entry.item, present, store.switches, twin);
    forms.push(addressForm);
    const plan: AddressPlan = present === undefined ? { draft } : { id: present.id, draft };
    // The service echoes a real id as a number and a temporary one as it came [05].
    included.push({ plan, includeId: present === undefined ? id : present.id });
    return plan;
  });
  for (const [index, item] of body.included.entries()) {
    if (item.id !== undefined && used.has(item.id)) continue;
    throw refuse(
      400,
      'request data constraint',
      'The entity should have a relationship with the primary entity and this should be explicitly specified in the request',
      { pointer: `/included/${index}` },
    );
  }
  return { forms, plans, included };
}
