import type { Json } from '../shared/json.ts';
import type { Actor, Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import { answerDelta, removedRow } from './delta.ts';
import { expandedIds, showExtended, writeExtended } from './extended.ts';
import { expandExtensions, readExtensions } from './extensions.ts';
import { badProperty, badRequest, notFound } from './failure.ts';
import { adopt, answerList, checkMatch, count, disown, etagOf, findItem, itemsIn, logChange, logOf, touch, type Listing } from './items.ts';
import { checkSelect, contactProperties, project, readProperties } from './properties.ts';
import type { Expansion } from './query.ts';
import type { Contact, Container, Fields, Mailbox } from './state.ts';
import { reformatPhone, trimTexts } from './rewriting.ts';
import { secondsStamp } from './zones.ts';

const emptyContact: Fields = Object.fromEntries(
  Object.entries(contactProperties)
    .filter(([, type]) => type !== 'readOnly' && type !== 'apart')
    .map(([name, type]): [string, Json] => [name, type === 'texts' || type === 'emails' ? [] : type === 'address' ? {} : null]),
);

const nameParts = ['givenName', 'middleName', 'surname', 'generation'];

export function defaultFolder(mailbox: Mailbox): Container {
  for (const folder of mailbox.folders.values()) if (folder.wellKnown === 'default') return folder;
  throw new Error('a mailbox has a default contact folder');
}

export function findFolder(mailbox: Mailbox, id: string): Container {
  const folder = mailbox.folders.get(id);
  if (!folder) throw notFound('ErrorItemNotFound');
  return folder;
}

/** Creates a contact as a body of the API describes it. */
export function createContact(actor: Actor, folder: Container, body: Readonly<Record<string, unknown>>): Contact {
  const { world, mailbox } = actor;
  const given = rewriteContact(actor, readProperties('contact', contactProperties, body));
  const now = world.env.now();
  const contact: Contact = {
    key: mailbox.mint.immutable(),
    mutableId: mailbox.mint.mutable(),
    parent: folder.key,
    changeKey: mailbox.mint.changeKey(),
    createdMs: now,
    modifiedMs: now,
    fields: { ...emptyContact, ...given },
    extended: 'singleValueExtendedProperties' in body ? writeExtended(actor, {}, body['singleValueExtendedProperties']) : {},
    extensions: 'extensions' in body ? readExtensions(body['extensions']) : {},
  };
  if (given['displayName'] === undefined || given['displayName'] === null) contact.fields['displayName'] = displayName(contact.fields);
  if (given['fileAs'] === undefined || given['fileAs'] === null) contact.fields['fileAs'] = fileAs(contact.fields);
  storeContact(actor, contact);
  count(actor, 'contact', 'created');
  return contact;
}

/** Puts a finished contact into the store: also the copies a person makes. */
export function storeContact(actor: Actor, contact: Contact): void {
  actor.mailbox.contacts.set(contact.key, contact);
  adopt(actor.mailbox, contact);
  logContact(actor, contact);
}

export function updateContact(actor: Actor, contact: Contact, body: Readonly<Record<string, unknown>>): void {
  const given = rewriteContact(actor, readProperties('contact', contactProperties, body));
  const extended = 'singleValueExtendedProperties' in body ? writeExtended(actor, contact.extended, body['singleValueExtendedProperties']) : contact.extended;
  const named = nameParts.some((name) => given[name] !== undefined && given[name] !== contact.fields[name]);
  contact.fields = { ...contact.fields, ...given };
  contact.extended = extended;
  const anyUpdate = actor.world.switches.displayNameRecomputed === 'any-update';
  if ((named || anyUpdate) && given['displayName'] === undefined) contact.fields['displayName'] = displayName(contact.fields);
  if (named && given['fileAs'] === undefined) contact.fields['fileAs'] = fileAs(contact.fields);
  touch(actor, contact);
  logContact(actor, contact);
  count(actor, 'contact', 'updated');
}

export function deleteContact(actor: Actor, contact: Contact): void {
  actor.mailbox.contacts.delete(contact.key);
  disown(actor.mailbox, contact);
  logChange(actor, `contacts:${contact.parent}`, contact.key, { mutableId: contact.mutableId });
  logChange(actor, 'contacts', contact.key, { mutableId: contact.mutableId });
  count(actor, 'contact', 'deleted');
}

/** Another folder: gone from one chain, new in the other; only the immutable id stays. */
export function moveContact(actor: Actor, contact: Contact, folder: Container): void {
  disown(actor.mailbox, contact);
  logChange(actor, `contacts:${contact.parent}`, contact.key, { mutableId: contact.mutableId });
  contact.parent = folder.key;
  contact.mutableId = actor.mailbox.mint.mutable();
  touch(actor, contact);
  adopt(actor.mailbox, contact);
  logContact(actor, contact);
}

export function showContact(call: Pick<Call, 'world' | 'prefer'>, contact: Contact, expand: readonly Expansion[], select?: readonly string[]): Fields {
  const emails = contact.fields['emailAddresses'];
  const email = (index: number): Json => (Array.isArray(emails) ? ((emails[index] as Json | undefined) ?? null) : null);
  const shown: Fields = {
    '@odata.etag': etagOf(contact.changeKey),
    id: call.prefer.immutableIds ? contact.key : contact.mutableId,
    createdDateTime: secondsStamp(contact.createdMs),
    lastModifiedDateTime: secondsStamp(contact.modifiedMs),
    changeKey: contact.changeKey,
    parentFolderId: contact.parent,
    ...contact.fields,
    primaryEmailAddress: email(0),
    secondaryEmailAddress: email(1),
    tertiaryEmailAddress: email(2),
  };
  if (expand.length === 0 && !select) return shown;
  const expanded: string[] = [];
  for (const expansion of expand) {
    if (expansion.name === 'singlevalueextendedproperties') {
      const found = showExtended(call.world, contact.extended, expandedIds(call.world, expansion));
      if (found.length > 0) shown['singleValueExtendedProperties'] = found;
      expanded.push('singleValueExtendedProperties');
    } else if (expansion.name === 'extensions') {
      shown['extensions'] = expandExtensions(contact.extensions, expansion);
      expanded.push('extensions');
    } else throw badRequest(`Could not find a property named '${expansion.name}' on type 'microsoft.graph.contact'.`);
  }
  return project(shown, select, expanded);
}

/** GET of the contacts of the default folder, of the mailbox, or of one folder. */
export function listContacts(call: Call, items: Iterable<Contact>): Answer {
  checkSelect('contact', contactProperties, call.query.select);
  checkExpansions(call, call.query.expand);
  const listing: Listing<Contact> = {
    typeName: 'contact',
    table: contactProperties,
    context: 'contacts',
    defaultPage: 10,
    show: (contact) => showContact(call, contact, call.query.expand, call.query.select),
    valueOf: (contact, path) => contactValue(contact, path),
    extended: (contact) => contact.extended,
    extensions: (contact) => contact.extensions,
  };
  return answerList(call, items, listing);
}

export function contactsOf(call: Call, folder: Container): Iterable<Contact> {
  return itemsIn(call.mailbox, call.mailbox.contacts, folder.key);
}

export function contactDelta(call: Call, chain: string): Answer {
  const { query, world, mailbox } = call;
  checkSelect('contact', contactProperties, query.select);
  if (query.expand.length > 0 && world.switches.contactDeltaExpand === 'refused') {
    throw badRequest("The query option '$expand' is not supported on a delta query of contacts.", 'ErrorInvalidUrlQuery');
  }
  checkExpansions(call, query.expand);
  return answerDelta(
    call,
    {
      chain: `${mailbox.user.id}/${chain}`,
      log: logOf(mailbox, chain),
      typeName: 'contact',
      context: 'contacts/$delta',
      defaultPage: 50,
      rows: (change, round) => {
        const contact = change.gone ? undefined : mailbox.contacts.get(change.key);
        if (contact) return [() => showContact(call, contact, round.expand, round.select)];
        const id = call.prefer.immutableIds ? change.key : (change.gone?.mutableId ?? change.key);
        return [() => removedRow('contact', id)];
      },
    },
    { expand: query.expand, ...(query.select ? { select: query.select } : {}), ...(query.top ? { top: query.top } : {}) },
  );
}

export function answerContact(call: Call, status: number, contact: Contact): Answer {
  checkSelect('contact', contactProperties, call.query.select);
  const body = showContact(call, contact, call.query.expand, call.query.select);
  return { status, body: { '@odata.context': contextUrl(call, 'contacts/$entity'), ...body } };
}

export function contactOf(call: Call): Contact {
  const contact = findItem(call.world, call.mailbox, call.mailbox.contacts, call.params['contact'] ?? '');
  const folder = call.params['folder'];
  if (folder !== undefined && contact.parent !== findFolder(call.mailbox, folder).key) throw notFound(call.world.switches.notFoundCode);
  return contact;
}

export function patchContact(call: Call): Answer {
  const contact = contactOf(call);
  checkMatch(call, etagOf(contact.changeKey));
  updateContact(call, contact, call.body);
  return answerContact(call, 200, contact);
}

export function removeContact(call: Call): Answer {
  const contact = contactOf(call);
  checkMatch(call, etagOf(contact.changeKey));
  deleteContact(call, contact);
  return { status: 204 };
}

function logContact(actor: Actor, contact: Contact): void {
  logChange(actor, `contacts:${contact.parent}`, contact.key);
  logChange(actor, 'contacts', contact.key);
}

function checkExpansions(call: Call, expand: readonly Expansion[]): void {
  for (const expansion of expand) {
    if (expansion.name === 'singlevalueextendedproperties') showExtended(call.world, {}, expandedIds(call.world, expansion));
    else if (expansion.name !== 'extensions') throw badRequest(`Could not find a property named '${expansion.name}' on type 'microsoft.graph.contact'.`);
  }
}

function contactValue(contact: Contact, path: string): Json | undefined {
  if (path === 'id') return contact.mutableId;
  if (path === 'createdDateTime') return secondsStamp(contact.createdMs);
  if (path === 'lastModifiedDateTime') return secondsStamp(contact.modifiedMs);
  if (path === 'parentFolderId') return contact.parent;
  if (contactProperties[path] === undefined || path.includes('/')) throw badRequest(`The property '${path}' cannot be filtered.`);
  return contact.fields[path];
}

function displayName(fields: Fields): string | null {
  const name = nameParts.map((part) => fields[part]).filter((part) => typeof part === 'string' && part !== '').join(' ');
  if (name !== '') return name;
  if (typeof fields['companyName'] === 'string' && fields['companyName'] !== '') return fields['companyName'];
  const emails = fields['emailAddresses'];
  const first: unknown = Array.isArray(emails) ? (emails[0] as { address?: unknown } | undefined)?.address : undefined;
  return typeof first === 'string' ? first : null;
}

function fileAs(fields: Fields): string | null {
  const front = [fields['givenName'], fields['middleName']].filter((part) => typeof part === 'string' && part !== '').join(' ');
  const { surname } = fields;
  if (typeof surname !== 'string' || surname === '') return front === '' ? displayName(fields) : front;
  return front === '' ? surname : `${surname}, ${front}`;
}

/** Limits of the slots, and the rewritings that are switched on. */
function rewriteContact(actor: Actor, fields: Fields): Fields {
  const { switches } = actor.world;
  const limits: readonly [string, number][] = [
    ['emailAddresses', switches.maxEmailAddresses],
    ['businessPhones', switches.maxBusinessPhones],
    ['homePhones', switches.maxHomePhones],
  ];
  for (const [name, limit] of limits) {
    const value = fields[name];
    if (Array.isArray(value) && value.length > limit) throw badProperty(`The property '${name}' holds at most ${limit} entries.`);
  }
  const birthday = fields['birthday'];
  if (typeof birthday === 'string' && switches.birthdayTime !== null && actor.by === 'api') fields['birthday'] = `${birthday.slice(0, 10)}T${switches.birthdayTime}Z`;
  if (switches.reformatPhones) {
    for (const name of ['businessPhones', 'homePhones']) {
      const value = fields[name];
      if (Array.isArray(value)) fields[name] = value.map((phone: Json) => (typeof phone === 'string' ? reformatPhone(phone) : phone));
    }
    if (typeof fields['mobilePhone'] === 'string') fields['mobilePhone'] = reformatPhone(fields['mobilePhone']);
  }
  return switches.trimText ? trimTexts(fields) : fields;
}
