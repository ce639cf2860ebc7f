import { isObject } from '../shared/json.ts';
import { badRequest } from './failure.ts';
import { compare, type Comparison, type Filter, type Literal } from './filter.ts';
import type { Expansion } from './query.ts';
import type { Actor } from './call.ts';
import { reformatPhone } from './rewriting.ts';
import type { ExtendedProperty, Fields, Item, World } from './state.ts';
import type { GraphSwitches } from './switches.ts';

const typeWords = 'ApplicationTime|Binary|Boolean|CLSID|Currency|Double|Float|Integer|Long|Short|String|SystemTime';
const guid = '\\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\}';
const byName = new RegExp(`^(${typeWords}) (${guid}) Name (.+)$`);
const byNumber = new RegExp(`^(${typeWords}) (${guid}) Id (0x[0-9a-fA-F]{1,4})$`);
const byTag = new RegExp(`^(${typeWords}) 0x([0-9a-fA-F]{1,8})$`);

/** Types of the tags people's contacts are known to carry; a request that names another type is refused. */
const tagTypes: Readonly<Record<number, string>> = { 0x3a1a: 'String', 0x3a23: 'String', 0x3a24: 'String', 0x3a25: 'String' };

/**
 * The one name of a property, whatever of its spellings the id uses: the GUID in lower case, a tag in its 16-bit form.
 * Names stay case-sensitive. Throws a 400 for anything but the three documented formats and for tags that are refused.
 */
export function canonicalId(id: string, switches: GraphSwitches): string {
  const named = byName.exec(id);
  if (named) return `${named[1]} ${named[2]?.toLowerCase()} Name ${named[3]}`;
  const numbered = byNumber.exec(id);
  if (numbered) {
    const number = Number(numbered[3]);
    if (number < 0x8000 || number > 0xfffe) throw invalidId(id);
    return `${numbered[1]} ${numbered[2]?.toLowerCase()} Id 0x${number.toString(16)}`;
  }
  const tagged = byTag.exec(id);
  if (!tagged) throw invalidId(id);
  const digits = tagged[2] ?? '';
  const tag = digits.length > 4 ? Number.parseInt(digits.slice(0, -4), 16) : Number.parseInt(digits, 16);
  // 0x8000 and above are the numbers of named properties: never to be written by tag.
  if (tag < 1 || tag > 0x7fff) throw invalidId(id);
  const expected = tag === 0x3a4d ? switches.genderType : tagTypes[tag];
  const refused = (tag === 0x3a1a && switches.primaryPhoneTag === 'refused') || (tag >= 0x3a23 && tag <= 0x3a25 && switches.faxTags === 'refused');
  if (refused || (expected !== undefined && expected !== tagged[1])) throw invalidId(id);
  return `${tagged[1]} 0x${tag.toString(16)}`;
}

/** Applies `singleValueExtendedProperties` of a body to an item's properties; those not named stay. A person's client can always remove one. */
export function writeExtended({ world, by }: Actor, current: Item['extended'], given: unknown): Item['extended'] {
  if (!Array.isArray(given)) throw badRequest("Cannot read the value of property 'singleValueExtendedProperties': it has an unexpected type.");
  const next = { ...current };
  for (const entry of given) {
    if (!isObject(entry) || typeof entry['id'] !== 'string') throw badRequest('An extended property needs an id.');
    const { id, value } = entry;
    const canonical = canonicalId(entry['id'], world.switches);
    if (value === null && (by === 'person' || world.switches.extendedPropertyNull === 'removes')) {
      delete next[canonical];
      continue;
    }
    if (typeof value !== 'string') throw badRequest('The value of an extended property has to be a string.');
    checkValue(canonical, value);
    next[canonical] = { id: String(id), value: rewritten(world, canonical, value) };
  }
  return next;
}

/** The ids an `$expand=singleValueExtendedProperties($filter=...)` asks for; there is no way to ask for all. */
export function expandedIds(world: World, expansion: Expansion): readonly string[] {
  if (!expansion.filter) throw badRequest('The property singleValueExtendedProperties can only be expanded with a filter on id.');
  const ids = idsOf(expansion.filter);
  if (ids.length > 1 && world.switches.expandSeveralIds === 'refused') {
    throw badRequest('The filter of an expanded extended property may name one id only.');
  }
  return ids;
}

/** The asked properties of an item, spelt as they were asked for; absent ones are left out. */
export function showExtended(world: World, extended: Item['extended'], ids: readonly string[]): Fields[] {
  const shown: Fields[] = [];
  for (const id of ids) {
    const found: ExtendedProperty | undefined = extended[canonicalId(id, world.switches)];
    if (found) shown.push({ id, value: found.value });
  }
  return shown;
}

/** Reads `Any(ep: ep/id eq '…' and ep/value eq '…')` into a test of an item's properties. Only contacts are limited to `eq`. */
export function extendedTest(world: World, filter: Filter & { type: 'any' }, equalOnly: boolean): (extended: Item['extended']) => boolean {
  const inner = filter.of;
  if (inner.type !== 'and') throw badRequest('The filter has to name id and value of the extended property.');
  const idPart = [inner.left, inner.right].find((part) => part.type === 'compare' && part.path === `${filter.variable}/id`);
  const valuePart = inner.left === idPart ? inner.right : inner.left;
  if (idPart?.type !== 'compare' || idPart.op !== 'eq' || typeof idPart.value !== 'string') throw badRequest('The filter has to name the id of the extended property.');
  const canonical = canonicalId(idPart.value, world.switches);
  const numeric = /^(Integer|Short|Long|Double|Float|Currency) /.test(canonical);
  if (valuePart.type === 'call' && valuePart.path === `${filter.variable}/value` && !numeric && !equalOnly && valuePart.name !== 'endswith') {
    const { name, value } = valuePart;
    return (extended) => {
      const text = extended[canonical]?.value.toLowerCase();
      return text !== undefined && (name === 'startswith' ? text.startsWith(value.toLowerCase()) : text.includes(value.toLowerCase()));
    };
  }
  if (valuePart.type !== 'compare' || valuePart.path !== `${filter.variable}/value`) throw badRequest('The filter has to compare the value of the extended property.');
  if (numeric !== (valuePart.cast !== undefined)) throw badRequest('A numeric extended property has to be cast, others must not be.');
  const allowed: readonly Comparison[] = numeric ? ['eq', 'ne', 'ge', 'gt', 'le', 'lt'] : equalOnly ? ['eq'] : ['eq', 'ne'];
  if (!allowed.includes(valuePart.op)) throw badRequest(`The operator '${valuePart.op}' is not supported for this extended property.`);
  const { op } = valuePart;
  const wanted: Literal = numeric ? Number(valuePart.value) : valuePart.value;
  return (extended) => {
    const found = extended[canonical];
    return found !== undefined && compare(numeric ? Number(found.value) : found.value, op, wanted);
  };
}

function idsOf(filter: Filter): readonly string[] {
  if (filter.type === 'or') return [...idsOf(filter.left), ...idsOf(filter.right)];
  if (filter.type === 'compare' && filter.path.toLowerCase() === 'id' && filter.op === 'eq' && typeof filter.value === 'string') return [filter.value];
  throw badRequest("An expanded extended property is filtered by id eq '…' only.");
}

/** The rewritings reach what is the contact's own (tags), not what applications keep under names. */
function rewritten(world: World, canonical: string, value: string): string {
  if (!canonical.startsWith('String 0x')) return value;
  const trimmed = world.switches.trimText ? value.trim() : value;
  return world.switches.reformatPhones && /^String 0x3a(1a|2[345])$/.test(canonical) ? reformatPhone(trimmed) : trimmed;
}

function checkValue(canonical: string, value: string): void {
  const type = canonical.slice(0, canonical.indexOf(' '));
  const good =
    type === 'Integer' || type === 'Long'
      ? /^-?\d+$/.test(value)
      : type === 'Short'
        ? /^-?\d+$/.test(value) && Math.abs(Number(value)) <= 32_768
        : type === 'Double' || type === 'Float' || type === 'Currency'
          ? /^-?\d+(\.\d+)?$/.test(value)
          : type === 'Boolean'
            ? /^(true|false)$/i.test(value)
            : type !== 'SystemTime' || !Number.isNaN(Date.parse(value));
  if (!good) throw badRequest(`The value '${value}' does not match the type of the extended property '${canonical}'.`);
}

function invalidId(id: string): Error {
  return badRequest(`PropertyId values may only be in one of the following formats: 'MapiPropertyType namespaceGuid Name propertyName', 'MapiPropertyType namespaceGuid Id propertyId' or 'MapiPropertyType propertyTag'. Given: '${id}'.`, 'ErrorInvalidProperty');
}
