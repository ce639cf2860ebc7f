import { sameJson, type Context, type Json } from '@syncline/connector';
import { z } from 'zod';
import { errorOf } from './answer.ts';
import { bodyOf, type Api } from './api.ts';
import { encode, expandProperties, filterProperty, type Collection, type Item, type Place, type Scope } from './collection.ts';
import { choose, isDefaultOnly, listContainers, type Container } from './containers.ts';
import type { Config } from './config.ts';
import { extendedValue, markId, markOf, markOrigin } from './marker.ts';
import { emptyAddress, graphContact, graphPage, instantOf, versionOf, type ContactRecord, type ExtendedValue, type PostalAddress } from './records.ts';
import type { Session } from './session.ts';

/** The members of a contact that Graph itself has. */
const members = ['givenName', 'middleName', 'surname', 'generation', 'personalNotes', 'jobTitle', 'emailAddresses', 'birthday', 'businessAddress', 'homeAddress', 'otherAddress'] as const;

/** The members that are kept as extended properties. */
const roles = ['gender', 'fax', 'primaryPhone'] as const;

/** Contacts of the chosen folders. */
export const contacts: Collection<ContactRecord> = {
  name: 'contacts',
  markBy: 'property',
  open: async (session) => {
    const { contactFolders: words, excludedFolders: excluded } = session.config;
    const home: Container = { id: (await session.defaultFolder()) ?? '', name: '', isDefault: true };
    const wanted = { what: 'contact folder', setting: 'contactFolders', words, excluded };
    const [first, ...others] = isDefaultOnly(wanted) ? [home] : choose(wanted, [home, ...(await session.folders())]);
    return { places: [openFolder(session, first ?? home), ...others.map((folder) => openFolder(session, folder))], home: home.id };
  },
  item: (session, _scope, id) => `${session.api.root}/contacts/${encode(id)}?${expandProperties(expanded(session.config))}`,
  marked: (session, place, mark) => `${place.listing}&${filterProperty(markId, mark.id)}`,
  elsewhere: async (session, _scope, { folder }) => {
    // The default folder is in no list of folders (contract, 2.2).
    if (folder === undefined || folder === (await session.defaultFolder())) return true;
    const answer = await session.api.get(`${session.api.root}/contactFolders/${encode(folder)}`);
    return answer.status !== 404 || errorOf(answer).code === '';
  },
  read: (session, scope, body) => readContact(session.config, scope, body),
  body: (_session, record, base) => {
    const changed = members.filter((member) => !same(record[member], base?.[member] ?? blankContact[member]));
    if (changed.length === 0) return undefined;
    return Object.fromEntries(changed.map((member) => [member, toGraph(record[member])]));
  },
  repeated: keptNames,
  properties: (session, record, base) => {
    const properties: ExtendedValue[] = [];
    for (const role of roles) {
      const id = session.config.propertyIds[role];
      if (id === null || same(record[role], base?.[role] ?? null)) continue;
      // What null does to a property is not documented: an empty text is nothing to us, and 0 is "unspecified".
      properties.push({ id, value: record[role] ?? (role === 'gender' ? '0' : '') });
    }
    return properties;
  },
  withProperties: (stored, sent) => ({ ...stored, gender: sent.gender, fax: sent.fax, primaryPhone: sent.primaryPhone }),
  content: (record) => record,
  alike: (a, b) => same(a.givenName, b.givenName) && same(a.surname, b.surname) && sameJson(a.emailAddresses.map((entry) => entry.address), b.emailAddresses.map((entry) => entry.address)),
};

/** What a create starts from. Names are written as empty, not left open: nothing is to be read into them (see the lenses of names). */
export const blankContact: ContactRecord = {
  givenName: '',
  middleName: null,
  surname: '',
  generation: null,
  displayName: null,
  fileAs: null,
  personalNotes: null,
  jobTitle: null,
  emailAddresses: [],
  birthday: null,
  businessAddress: emptyAddress,
  homeAddress: emptyAddress,
  otherAddress: emptyAddress,
  gender: null,
  fax: null,
  primaryPhone: null,
};

function readContact(config: Config, { places }: Scope, body: unknown): Item<ContactRecord> {
  const contact = graphContact.parse(body);
  const { id, '@odata.etag': _etag, changeKey: _changeKey, createdDateTime, lastModifiedDateTime, categories, parentFolderId, singleValueExtendedProperties: extended, ...rest } = contact;
  const property = (name: keyof Config['propertyIds']): string | null => {
    const propertyId = config.propertyIds[name];
    return propertyId === null ? null : extendedValue(extended, propertyId);
  };
  const mark = markOf(extended);
  const at = instantOf(lastModifiedDateTime);
  const createdAt = instantOf(createdDateTime);
  // PidTagSensitivity: 2 private, 3 confidential.
  const isPrivate = ['2', '3'].includes(property('sensitivity') ?? '') || categories.some((category) => config.excludedCategories.includes(category));
  return {
    present: {
      id,
      version: versionOf(contact),
      ...(at !== undefined && { at }),
      ...(createdAt !== undefined && { createdAt }),
      record: { ...rest, gender: property('gender'), fax: property('fax'), primaryPhone: property('primaryPhone') },
      ...(mark !== undefined && { mark }),
      ...(isPrivate && { traits: { private: true } }),
    },
    ...(parentFolderId != null && { folder: parentFolderId }),
    // While the default folder cannot be told, nothing is known to be elsewhere.
    outside: parentFolderId != null && !places.some(({ key }) => key === '' || key === parentFolderId),
  };
}

function openFolder(session: Session, { id, isDefault }: Container): Place {
  const { root } = session.api;
  const expand = expandProperties(expanded(session.config));
  // Only the form with the folder is documented for delta (contract, 2.3).
  const base = id === '' ? root : `${root}/contactFolders/${encode(id)}`;
  return {
    key: id,
    ...(id !== '' && { delta: `${base}/contacts/delta` }),
    listing: `${base}/contacts?$top=200&${expand}`,
    create: isDefault ? `${root}/contacts` : `${base}/contacts`,
    self: `${base}/contacts?$top=1&${expand}`,
  };
}

/** The folders below the default one and below each other; Graph lists one level at a time (contract, 2.2). */
export async function listFolders(api: Api, context: Context): Promise<readonly Container[]> {
  const found: Container[] = [];
  for (let level = [`${api.root}/contactFolders?$top=100`]; level.length > 0; ) {
    const below: string[] = [];
    for (const address of level) {
      for (const { id, displayName } of await listContainers(api, address, 'contact folders', context.now)) {
        // A folder that contains itself would be listed for ever.
        if (found.some((one) => one.id === id)) continue;
        found.push({ id, name: displayName ?? '', isDefault: false });
        below.push(`${api.root}/contactFolders/${encode(id)}/childFolders?$top=100`);
      }
    }
    level = below;
  }
  return found;
}

/**
 * Graph has no name for the default contact folder and does not list it (contract, 2.2): its id is the parent of any folder below it, or,
 * where there is none, of any contact. `undefined` while there is neither.
 */
export async function findDefaultFolder(api: Api, context: Context): Promise<string | undefined> {
  const parents = z.object({ parentFolderId: z.string().nullish() });
  for (const address of [`${api.root}/contactFolders?$top=1`, `${api.root}/contacts?$top=1&$select=id,parentFolderId`]) {
    const page = bodyOf(await api.get(address), graphPage, 'contacts', context.now());
    const found = parents.safeParse(page.value[0]).data?.parentFolderId;
    if (found != null) return found;
  }
  return undefined;
}

function expanded(config: Config): readonly string[] {
  const { gender, fax, primaryPhone, sensitivity } = config.propertyIds;
  return [markId, markOrigin, ...[gender, fax, primaryPhone, sensitivity].filter((id) => id !== null)];
}

/** Rule M26: Graph makes display names anew unless they are sent along (contract, 2.1). One it made itself may follow the name. */
function keptNames(base: ContactRecord): { readonly displayName?: string; readonly fileAs?: string } {
  const { givenName, middleName, surname, generation, displayName, fileAs } = base;
  const words = (...parts: readonly (string | null)[]): string => parts.filter((part) => part).join(' ');
  const generated = [words(givenName, surname), words(givenName, middleName, surname), words(givenName, middleName, surname, generation), words(givenName, surname, generation)];
  const filed = [givenName, words(givenName, middleName)].flatMap((first) => [[surname, first].filter((part) => part).join(', '), words(first, surname)]);
  return {
    ...(displayName !== null && !generated.includes(displayName) && { displayName }),
    ...(fileAs !== null && ![...filed, ...generated].includes(fileAs) && { fileAs }),
  };
}

function toGraph(value: Json): Json {
  if (value === '') return null;
  if (Array.isArray(value)) {
    return (value as ContactRecord['emailAddresses']).map(({ name, address }) => ({ ...(name !== null && { name }), ...(address !== null && { address }) }));
  }
  if (typeof value !== 'object' || value === null) return value;
  // Every part is named: a part that is left out might stay.
  return Object.fromEntries(Object.entries(value as PostalAddress).map(([part, text]) => [part, text === '' ? null : text]));
}

function same(a: Json, b: Json): boolean {
  return sameJson(a === '' ? null : a, b === '' ? null : b);
}
