import { isObject, type Json } from '../shared/json.ts';
import { badRequest, GraphFailure, notFound } from './failure.ts';
import type { Expansion } from './query.ts';
import type { Fields, Item } from './state.ts';

const prefix = /^microsoft\.(graph|outlookservices)\.opentypeextension\./i;

/** Open extensions given inline when an item is created. */
export function readExtensions(given: unknown): Item['extensions'] {
  if (!Array.isArray(given)) throw badRequest("Cannot read the value of property 'extensions': it has an unexpected type.");
  const extensions: Item['extensions'] = {};
  for (const entry of given) addExtension(extensions, entry);
  return extensions;
}

/** Adds one; 409 when the name is taken. Answers it as the API shows it. */
export function addExtension(extensions: Item['extensions'], given: unknown): Fields {
  const { name, fields } = readExtension(given);
  if (extensions[name.toLowerCase()]) throw new GraphFailure(409, 'NameAlreadyExists', 'An extension with this name already exists.');
  extensions[name.toLowerCase()] = fields;
  return fields;
}

export function replaceExtension(extensions: Item['extensions'], given: unknown): Fields {
  const { name, fields } = readExtension(given);
  const current = findExtension(extensions, name);
  const merged = { ...current, ...fields };
  extensions[name.toLowerCase()] = merged;
  return merged;
}

export function findExtension(extensions: Item['extensions'], id: string): Fields {
  const found = extensions[extensionName(id)];
  if (!found) throw notFound('ErrorItemNotFound');
  return found;
}

/** The key of an extension: its name, with or without the type in front, in any case. */
export function extensionName(id: string): string {
  return id.replace(prefix, '').toLowerCase();
}

export function expandExtensions(extensions: Item['extensions'], expansion: Expansion): Fields[] {
  const { filter } = expansion;
  if (!filter) return Object.values(extensions);
  if (filter.type !== 'compare' || filter.path.toLowerCase() !== 'id' || filter.op !== 'eq' || typeof filter.value !== 'string') {
    throw badRequest("Expanded extensions are filtered by id eq '…' only.");
  }
  const found = extensions[extensionName(filter.value)];
  return found ? [found] : [];
}

function readExtension(given: unknown): { readonly name: string; readonly fields: Fields } {
  if (!isObject(given)) throw badRequest('An open extension is an object.');
  const type = given['@odata.type'];
  if (typeof type !== 'string' || !/^#?microsoft\.(graph|outlookservices)\.opentypeextension$/i.test(type)) throw badRequest("An open extension needs '@odata.type': 'microsoft.graph.openTypeExtension'.");
  const name = given['extensionName'];
  if (typeof name !== 'string' || name === '') throw badRequest("An open extension needs an 'extensionName'.");
  if (/^com\.microsoft/i.test(name)) throw badRequest('Extension names may not begin with com.microsoft.');
  const fields: Fields = { '@odata.type': '#microsoft.graph.openTypeExtension', extensionName: name, id: `microsoft.graph.openTypeExtension.${name}` };
  for (const [member, value] of Object.entries(given)) {
    if (member === 'id' || member === 'extensionName' || member.startsWith('@odata.')) continue;
    const simple = (candidate: unknown): boolean => candidate === null || typeof candidate !== 'object';
    if (!simple(value) && !(Array.isArray(value) && value.every(simple))) throw badRequest('Values of an open extension are primitives or arrays of primitives.');
    fields[member] = value as Json;
  }
  return { name, fields };
}
