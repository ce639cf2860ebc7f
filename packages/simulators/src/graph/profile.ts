import { isObject, type Json } from '../shared/json.ts';
import type { Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import { badRequest } from './failure.ts';
import { isWellFormedId, occurrenceId, parseOccurrenceId, randomGuid } from './ids.ts';
import { count } from './items.ts';
import { project } from './properties.ts';
import type { Fields, Mailbox } from './state.ts';
import { resolveZone, windowsZoneOf } from './zones.ts';

export function answerUser(call: Call): Answer {
  const { user } = call.mailbox;
  const names = user.displayName.split(' ');
  const shown: Fields = {
    businessPhones: [],
    displayName: user.displayName,
    givenName: names[0] ?? null,
    jobTitle: null,
    mail: user.mail,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: user.language,
    surname: names.at(-1) ?? null,
    userPrincipalName: user.userPrincipalName,
    id: user.id,
  };
  for (const name of call.query.select ?? []) {
    if (name === 'mailboxSettings') shown['mailboxSettings'] = settingsOf(call.mailbox);
    else if (!Object.hasOwn(shown, name)) throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.user'.`);
  }
  return { status: 200, body: { '@odata.context': `${call.world.origin}/v1.0/$metadata#users/$entity`, ...project(shown, call.query.select, []) } };
}

export function answerSettings(call: Call): Answer {
  return { status: 200, body: { '@odata.context': contextUrl(call, 'mailboxSettings'), ...project(settingsOf(call.mailbox), call.query.select, []) } };
}

export function patchSettings(call: Call): Answer {
  for (const name of Object.keys(call.body)) if (name !== 'timeZone' && !name.includes('@odata.')) throw badRequest(`The property '${name}' cannot be changed here.`);
  const zone = call.body['timeZone'];
  if (typeof zone !== 'string' || resolveZone(zone) === undefined) throw badRequest(`A valid TimeZone value must be specified. The following TimeZone value is not supported: '${String(zone)}'.`, 'TimeZoneNotSupportedException');
  call.mailbox.user.timeZone = zone;
  return answerSettings(call);
}

/** Windows names; IANA names when the function is called with `TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana'`. */
export function answerTimeZones(call: Call): Answer {
  const iana = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const wanted = /timezonestandard'iana'/i.test(call.path) ? iana : [...new Set(iana.map(windowsZoneOf))];
  return {
    status: 200,
    body: {
      '@odata.context': `${call.world.origin}/v1.0/$metadata#Collection(microsoft.graph.timeZoneInformation)`,
      value: wanted.sort().map((alias) => ({ alias, displayName: alias })),
    },
  };
}

export function listCategories(call: Call): Answer {
  return { status: 200, body: { '@odata.context': contextUrl(call, 'outlook/masterCategories'), value: [...call.mailbox.categories] } };
}

export function createCategory(call: Call): Answer {
  const { displayName, color, ...rest } = call.body;
  if (Object.keys(rest).some((name) => !name.includes('@odata.') && name !== 'id')) throw badRequest('A category has a displayName and a color.');
  if (typeof displayName !== 'string' || displayName === '') throw badRequest('A category needs a displayName.');
  if (call.mailbox.categories.some((category) => category['displayName'] === displayName)) throw badRequest('A category with this name already exists.', 'CategoryNameDuplicate');
  const category: Fields = { id: randomGuid(call.world.env.random), displayName, color: typeof color === 'string' ? color : 'none' };
  call.mailbox.categories.push(category);
  count(call, 'outlookCategory', 'created');
  return { status: 201, body: { '@odata.context': contextUrl(call, 'outlook/masterCategories/$entity'), ...category } };
}

/** `translateExchangeIds`, of the two REST forms only. */
export function translateIds(call: Call): Answer {
  const { inputIds, sourceIdType, targetIdType } = call.body;
  const forms: readonly unknown[] = ['restId', 'restImmutableEntryId'];
  if (!Array.isArray(inputIds) || inputIds.length > 1_000 || !forms.includes(sourceIdType) || !forms.includes(targetIdType)) {
    throw badRequest('inputIds (at most 1000), sourceIdType and targetIdType are needed; restId and restImmutableEntryId are supported.');
  }
  const value = inputIds.map((id: unknown): Json => {
    const sourceId = String(id);
    const targetId = translate(call.mailbox, sourceId, targetIdType === 'restImmutableEntryId');
    if (targetId !== undefined) return { sourceId, targetId };
    const code = isWellFormedId(sourceId) ? 'ErrorItemNotFound' : 'ErrorInvalidIdMalformed';
    return { sourceId, errorDetails: { code, message: 'The id could not be translated.' } };
  });
  return { status: 200, body: { '@odata.context': contextUrl(call, 'translateExchangeIds'), value } };
}

function translate(mailbox: Mailbox, id: string, toImmutable: boolean): string | undefined {
  const occurrence = parseOccurrenceId(id);
  const stem = occurrence?.masterId ?? id;
  const item = mailbox.contacts.get(stem) ?? mailbox.events.get(stem) ?? mailbox.contacts.get(mailbox.aliases.get(stem) ?? '') ?? mailbox.events.get(mailbox.aliases.get(stem) ?? '');
  if (!item) return undefined;
  const target = toImmutable ? item.key : item.mutableId;
  return occurrence ? occurrenceId(target, occurrence.day) : target;
}

function settingsOf(mailbox: Mailbox): Fields {
  return {
    timeZone: mailbox.user.timeZone,
    dateFormat: 'M/d/yyyy',
    timeFormat: 'h:mm tt',
    language: { locale: mailbox.user.language, displayName: mailbox.user.language },
    userPurpose: 'user',
  };
}

/** Arguments of an action: names in any case, others refused. */
export function argumentsOf(call: Call, names: readonly string[]): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  if (!isObject(call.body)) return given;
  for (const [name, value] of Object.entries(call.body)) {
    const lower = name.toLowerCase();
    if (!names.includes(lower)) throw badRequest(`The parameter '${name}' is not valid for this operation.`);
    given[lower] = value;
  }
  return given;
}
