import type { Answer, Call, Route } from './call.ts';
import { contextUrl } from './call.ts';
import { contactOf, updateContact } from './contacts.ts';
import { targetOf } from './event-answers.ts';
import { updateEvent } from './events.ts';
import { addExtension, extensionName, findExtension, replaceExtension } from './extensions.ts';
import { canonicalId, expandedIds, showExtended } from './extended.ts';
import { badRequest, notFound } from './failure.ts';
import type { Fields, Item } from './state.ts';
import { findList, taskOf } from './tasks.ts';

interface Owner {
  readonly base: string;
  readonly area: Route['area'];
  readonly extensionsOf: (call: Call) => Item['extensions'];
}

const owners: readonly Owner[] = [
  { base: '/me/contacts/{contact}', area: 'contacts', extensionsOf: (call) => contactOf(call).extensions },
  { base: '/me/contactFolders/{folder}/contacts/{contact}', area: 'contacts', extensionsOf: (call) => contactOf(call).extensions },
  { base: '/me/events/{event}', area: 'calendar', extensionsOf: (call) => targetOf(call).event.extensions },
  { base: '/me/todo/lists/{list}', area: 'tasks', extensionsOf: (call) => findList(call.mailbox, call.params['list'] ?? '').extensions },
  { base: '/me/todo/lists/{list}/tasks/{task}', area: 'tasks', extensionsOf: (call) => taskOf(call).extensions },
];

/** Open extensions (neither delta nor change keys know of them), and the addresses of single extended properties. */
export const extensionRoutes: readonly Route[] = [
  ...owners.flatMap(({ base, area, extensionsOf }): Route[] => [
    { area, method: 'GET', template: `${base}/extensions`, query: [], handle: (call) => collection(call, 'extensions', Object.values(extensionsOf(call))) },
    { area, method: 'POST', template: `${base}/extensions`, query: [], handle: (call) => one(call, 201, 'extensions', addExtension(extensionsOf(call), call.body)) },
    { area, method: 'GET', template: `${base}/extensions/{extension}`, query: [], handle: (call) => one(call, 200, 'extensions', findExtension(extensionsOf(call), call.params['extension'] ?? '')) },
    {
      area,
      method: 'PATCH',
      template: `${base}/extensions/{extension}`,
      query: [],
      handle: (call) => {
        const name = extensionName(call.params['extension'] ?? '');
        findExtension(extensionsOf(call), name);
        const given = call.body['extensionName'];
        if (typeof given !== 'string' || given.toLowerCase() !== name) throw badRequest('An update of an extension repeats its extensionName.');
        return one(call, 200, 'extensions', replaceExtension(extensionsOf(call), call.body));
      },
    },
    {
      area,
      method: 'DELETE',
      template: `${base}/extensions/{extension}`,
      query: [],
      handle: (call) => {
        const extensions = extensionsOf(call);
        findExtension(extensions, call.params['extension'] ?? '');
        delete extensions[extensionName(call.params['extension'] ?? '')];
        return { status: 204 };
      },
    },
  ]),
  ...extendedRoutes('/me/contacts/{contact}', 'contacts', (call) => contactOf(call).extended, (call, properties) => updateContact(call, contactOf(call), { singleValueExtendedProperties: properties }), (call, id) => {
    const contact = contactOf(call);
    const { [id]: _gone, ...rest } = contact.extended;
    contact.extended = rest;
    updateContact(call, contact, {});
  }),
  ...extendedRoutes('/me/contactFolders/{folder}/contacts/{contact}', 'contacts', (call) => contactOf(call).extended, (call, properties) => updateContact(call, contactOf(call), { singleValueExtendedProperties: properties }), (call, id) => {
    const contact = contactOf(call);
    const { [id]: _gone, ...rest } = contact.extended;
    contact.extended = rest;
    updateContact(call, contact, {});
  }),
  ...extendedRoutes('/me/events/{event}', 'calendar', (call) => targetOf(call).event.extended, (call, properties) => updateEvent(call, targetOf(call), { singleValueExtendedProperties: properties }), (call, id) => {
    const target = targetOf(call);
    const { [id]: _gone, ...rest } = target.event.extended;
    target.event.extended = rest;
    updateEvent(call, target, {});
  }),
];

/** `…/singleValueExtendedProperties`: without a filter on id nothing is listed, because there is no way to list them. */
function extendedRoutes(
  base: string,
  area: Route['area'],
  extendedOf: (call: Call) => Item['extended'],
  write: (call: Call, properties: readonly unknown[]) => void,
  remove: (call: Call, canonical: string) => void,
): Route[] {
  const template = `${base}/singleValueExtendedProperties`;
  const named = (call: Call): string => call.params['property'] ?? '';
  const shown = (call: Call, id: string): Fields => {
    const found = showExtended(call.world, extendedOf(call), [id])[0];
    if (!found) throw notFound(call.world.switches.notFoundCode);
    return found;
  };
  return [
    {
      area,
      method: 'GET',
      template,
      query: ['$filter'],
      handle: (call) => {
        const { filter } = call.query;
        const ids = filter ? expandedIds(call.world, { name: 'singlevalueextendedproperties', filter }) : [];
        return collection(call, 'singleValueExtendedProperties', showExtended(call.world, extendedOf(call), ids));
      },
    },
    {
      area,
      method: 'POST',
      template,
      query: [],
      handle: (call) => {
        write(call, [call.body]);
        return one(call, 201, 'singleValueExtendedProperties', shown(call, String(call.body['id'])));
      },
    },
    { area, method: 'GET', template: `${template}/{property}`, query: [], handle: (call) => one(call, 200, 'singleValueExtendedProperties', shown(call, named(call))) },
    {
      area,
      method: 'PATCH',
      template: `${template}/{property}`,
      query: [],
      handle: (call) => {
        shown(call, named(call));
        write(call, [{ ...call.body, id: named(call) }]);
        return one(call, 200, 'singleValueExtendedProperties', shown(call, named(call)));
      },
    },
    {
      area,
      method: 'DELETE',
      template: `${template}/{property}`,
      query: [],
      handle: (call) => {
        shown(call, named(call));
        remove(call, canonicalId(named(call), call.world.switches));
        return { status: 204 };
      },
    },
  ];
}

function collection(call: Call, name: string, value: Fields[]): Answer {
  return { status: 200, body: { '@odata.context': contextUrl(call, name), value } };
}

function one(call: Call, status: number, name: string, shown: Fields): Answer {
  return { status, body: { '@odata.context': contextUrl(call, `${name}/$entity`), ...shown } };
}
