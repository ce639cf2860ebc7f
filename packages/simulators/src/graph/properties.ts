import type { Json } from '../shared/json.ts';
import { isObject } from '../shared/json.ts';
import { badRequest } from './failure.ts';
import type { Fields } from './state.ts';
import { parseInstant, secondsStamp } from './zones.ts';

/**
 * How a property is read from a request. `readOnly` is taken and ignored, as the documentation's own samples need it;
 * `apart` is handled by the code of its kind; an array lists the words of an enumeration.
 */
export type PropertyType =
  | 'text'
  | 'texts'
  | 'flag'
  | 'whole'
  | 'instant'
  | 'address'
  | 'emails'
  | 'body'
  | 'location'
  | 'locations'
  | 'attendees'
  | 'readOnly'
  | 'apart'
  | readonly string[];

export type PropertyTable = Readonly<Record<string, PropertyType>>;

const item: PropertyTable = {
  id: 'readOnly',
  changeKey: 'readOnly',
  createdDateTime: 'readOnly',
  lastModifiedDateTime: 'readOnly',
  categories: 'texts',
};

/** `microsoft.graph.contact`. */
export const contactProperties: PropertyTable = {
  ...item,
  parentFolderId: 'readOnly',
  birthday: 'instant',
  fileAs: 'text',
  displayName: 'text',
  givenName: 'text',
  initials: 'text',
  middleName: 'text',
  nickName: 'text',
  surname: 'text',
  title: 'text',
  yomiGivenName: 'text',
  yomiSurname: 'text',
  yomiCompanyName: 'text',
  generation: 'text',
  imAddresses: 'texts',
  jobTitle: 'text',
  companyName: 'text',
  department: 'text',
  officeLocation: 'text',
  profession: 'text',
  businessHomePage: 'text',
  assistantName: 'text',
  manager: 'text',
  homePhones: 'texts',
  mobilePhone: 'text',
  businessPhones: 'texts',
  spouseName: 'text',
  personalNotes: 'text',
  children: 'texts',
  emailAddresses: 'emails',
  primaryEmailAddress: 'readOnly',
  secondaryEmailAddress: 'readOnly',
  tertiaryEmailAddress: 'readOnly',
  homeAddress: 'address',
  businessAddress: 'address',
  otherAddress: 'address',
  singleValueExtendedProperties: 'apart',
  extensions: 'apart',
};

/** `microsoft.graph.todoTask`. */
export const taskProperties: PropertyTable = {
  id: 'readOnly',
  importance: ['low', 'normal', 'high'],
  isReminderOn: 'flag',
  status: ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'],
  title: 'text',
  createdDateTime: 'readOnly',
  lastModifiedDateTime: 'readOnly',
  bodyLastModifiedDateTime: 'readOnly',
  hasAttachments: 'readOnly',
  categories: 'texts',
  body: 'body',
  dueDateTime: 'apart',
  startDateTime: 'apart',
  reminderDateTime: 'apart',
  completedDateTime: 'apart',
  recurrence: 'apart',
  linkedResources: 'apart',
  checklistItems: 'apart',
  extensions: 'apart',
};

/** `microsoft.graph.event`. */
export const eventProperties: PropertyTable = {
  ...item,
  transactionId: 'apart',
  originalStartTimeZone: 'readOnly',
  originalEndTimeZone: 'readOnly',
  originalStart: 'readOnly',
  iCalUId: 'readOnly',
  reminderMinutesBeforeStart: 'whole',
  isReminderOn: 'flag',
  hasAttachments: 'readOnly',
  hideAttendees: 'flag',
  subject: 'text',
  bodyPreview: 'readOnly',
  importance: ['low', 'normal', 'high'],
  sensitivity: ['normal', 'personal', 'private', 'confidential'],
  isAllDay: 'apart',
  isCancelled: 'readOnly',
  isDraft: 'readOnly',
  isOrganizer: 'readOnly',
  responseRequested: 'flag',
  seriesMasterId: 'readOnly',
  showAs: ['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown'],
  type: 'readOnly',
  webLink: 'readOnly',
  onlineMeetingUrl: 'readOnly',
  isOnlineMeeting: 'flag',
  onlineMeetingProvider: ['unknown', 'skypeForBusiness', 'skypeForConsumer', 'teamsForBusiness'],
  onlineMeeting: 'readOnly',
  allowNewTimeProposals: 'flag',
  cancelledOccurrences: 'readOnly',
  responseStatus: 'readOnly',
  body: 'body',
  start: 'apart',
  end: 'apart',
  location: 'location',
  locations: 'locations',
  recurrence: 'apart',
  attendees: 'attendees',
  organizer: 'readOnly',
  singleValueExtendedProperties: 'apart',
  extensions: 'apart',
};

/** Folders, lists, calendars and what hangs on tasks. */
export const folderProperties: PropertyTable = { id: 'readOnly', displayName: 'text', parentFolderId: 'readOnly' };
export const listProperties: PropertyTable = {
  id: 'readOnly',
  displayName: 'text',
  isOwner: 'readOnly',
  isShared: 'readOnly',
  wellknownListName: 'readOnly',
  extensions: 'apart',
};
export const calendarProperties: PropertyTable = {
  id: 'readOnly',
  name: 'text',
  color: 'readOnly',
  hexColor: 'readOnly',
  isDefaultCalendar: 'readOnly',
  changeKey: 'readOnly',
  canShare: 'readOnly',
  canViewPrivateItems: 'readOnly',
  canEdit: 'readOnly',
  allowedOnlineMeetingProviders: 'readOnly',
  defaultOnlineMeetingProvider: 'readOnly',
  isTallyingResponses: 'readOnly',
  isRemovable: 'readOnly',
  owner: 'readOnly',
};
export const linkedResourceProperties: PropertyTable = {
  id: 'readOnly',
  webUrl: 'text',
  applicationName: 'text',
  displayName: 'text',
  externalId: 'text',
};
export const checklistProperties: PropertyTable = {
  id: 'readOnly',
  displayName: 'text',
  isChecked: 'flag',
  createdDateTime: 'readOnly',
  checkedDateTime: 'readOnly',
};

/**
 * Reads what a body sets, checked and in the service's own form; properties `apart` are checked to exist and left to the
 * caller. Throws a 400 for a property the type does not have and for a value of the wrong type.
 */
export function readProperties(typeName: string, table: PropertyTable, body: Readonly<Record<string, unknown>>): Fields {
  const fields: Fields = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.includes('@odata.')) continue;
    const type = Object.hasOwn(table, name) ? table[name] : undefined;
    if (type === undefined) {
      throw badRequest(`The property '${name}' does not exist on type 'microsoft.graph.${typeName}'. Make sure to only use property names that are defined by the type.`);
    }
    if (type !== 'readOnly' && type !== 'apart') fields[name] = readValue(name, type, value);
  }
  return fields;
}

/** Throws a 400 for a `$select` of something the type does not have. */
export function checkSelect(typeName: string, table: PropertyTable, select: readonly string[] | undefined): void {
  for (const name of select ?? []) {
    if (!Object.hasOwn(table, name)) throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${typeName}'.`);
  }
}

/** Keeps `id`, annotations, what was selected, and what was expanded. */
export function project(record: Fields, select: readonly string[] | undefined, expanded: readonly string[]): Fields {
  if (!select) return record;
  const kept: Fields = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'id' || name.startsWith('@odata.') || select.includes(name) || expanded.includes(name)) kept[name] = value;
  }
  return kept;
}

function readValue(name: string, type: PropertyType, value: unknown): Json {
  switch (type) {
    case 'text':
      return value === null ? null : text(name, value);
    case 'texts':
      return value === null ? [] : list(name, value).map((entry) => text(name, entry));
    case 'flag':
      if (typeof value !== 'boolean') throw wrongType(name);
      return value;
    case 'whole':
      if (!Number.isInteger(value)) throw wrongType(name);
      return value as number;
    case 'instant':
      return value === null ? null : instant(name, value);
    case 'address':
      return value === null ? {} : address(name, value);
    case 'emails':
      return value === null ? [] : list(name, value).map((entry) => email(name, entry));
    case 'body':
      return value === null ? { contentType: 'text', content: '' } : itemBody(name, value);
    case 'location':
      return value === null ? { displayName: '' } : location(name, value);
    case 'locations':
      return value === null ? [] : list(name, value).map((entry) => location(name, entry));
    case 'attendees':
      return value === null ? [] : list(name, value).map((entry) => attendee(name, entry));
    case 'readOnly':
    case 'apart':
      return null;
    default:
      return word(name, type, value);
  }
}

function word(name: string, words: readonly string[], value: unknown): string {
  const given = text(name, value);
  // The documentation sends capitalised words and gets lower-case ones back.
  const found = words.find((candidate) => candidate === given || candidate === given.charAt(0).toLowerCase() + given.slice(1));
  if (found === undefined) throw badRequest(`Requested value '${given}' was not found for property '${name}'.`);
  return found;
}

function instant(name: string, value: unknown): string {
  const ms = parseInstant(text(name, value));
  if (ms === undefined) throw badRequest(`Cannot convert the literal '${String(value)}' of property '${name}' to the expected type 'Edm.DateTimeOffset'.`);
  return secondsStamp(ms);
}

function address(name: string, value: unknown): Json {
  return members(name, value, ['street', 'city', 'state', 'countryOrRegion', 'postalCode']);
}

function email(name: string, value: unknown): Json {
  const given = members(name, value, ['name', 'address']);
  const where = given['address'] ?? null;
  return { name: given['name'] ?? where, address: where };
}

function itemBody(name: string, value: unknown): Json {
  if (!isObject(value)) throw wrongType(name);
  const contentType = value['contentType'] === undefined ? 'text' : word(name, ['text', 'html'], lowerFirst(value['contentType']));
  const content = value['content'] === undefined || value['content'] === null ? '' : text(name, value['content']);
  return { contentType, content };
}

function location(name: string, value: unknown): Json {
  if (!isObject(value)) throw wrongType(name);
  const known = ['displayName', 'locationUri', 'locationType', 'uniqueId', 'uniqueIdType', 'locationEmailAddress', 'address', 'coordinates'];
  const kept: Fields = { displayName: '', locationType: 'default', uniqueIdType: 'unknown' };
  for (const [member, given] of Object.entries(value)) {
    if (member.includes('@odata.')) continue;
    if (!known.includes(member)) throw badRequest(`The property '${member}' does not exist on type 'microsoft.graph.location'.`);
    if (member === 'address') kept[member] = address(name, given);
    else if (member === 'coordinates') kept[member] = given as Json;
    else kept[member] = text(name, lowerFirst(member.endsWith('Type') ? given : String(given), member));
  }
  // A place the service does not know is known by its name.
  if (kept['displayName'] !== '' && kept['uniqueId'] === undefined) {
    kept['uniqueId'] = kept['displayName'] ?? '';
    kept['uniqueIdType'] = 'private';
  }
  return kept;
}

function attendee(name: string, value: unknown): Json {
  if (!isObject(value)) throw wrongType(name);
  const type = value['type'] === undefined ? 'required' : word(name, ['required', 'optional', 'resource'], value['type']);
  return {
    type,
    status: { response: 'none', time: '0001-01-01T00:00:00Z' },
    emailAddress: email(name, value['emailAddress']),
  };
}

function members(name: string, value: unknown, known: readonly string[]): Record<string, string> {
  if (!isObject(value)) throw wrongType(name);
  const kept: Record<string, string> = {};
  for (const [member, given] of Object.entries(value)) {
    if (member.includes('@odata.')) continue;
    if (!known.includes(member)) throw badRequest(`The property '${member}' does not exist in '${name}'.`);
    if (given !== null) kept[member] = text(name, given);
  }
  return kept;
}

function lowerFirst(value: unknown, member = 'Type'): unknown {
  return typeof value === 'string' && member.endsWith('Type') ? value.charAt(0).toLowerCase() + value.slice(1).replace(/^TML$/, 'tml') : value;
}

function list(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(name);
  return value;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(name);
  return value;
}

function wrongType(name: string): Error {
  return badRequest(`Cannot read the value of property '${name}': it has an unexpected type.`);
}
