import type { Json } from '../shared/json.ts';
import type { Actor, Answer, Call } from './call.ts';
import { contextUrl } from './call.ts';
import { defaultFolder, deleteContact, findFolder } from './contacts.ts';
import { answerDelta, removedRow } from './delta.ts';
import { deleteEvent, defaultCalendar, findCalendar } from './events.ts';
import { expandExtensions, readExtensions } from './extensions.ts';
import { badRequest, GraphFailure } from './failure.ts';
import { answerList, checkMatch, count, etagOf, itemsIn, logChange, logOf } from './items.ts';
import { newContainer } from './mailbox.ts';
import { calendarProperties, checkSelect, folderProperties, listProperties, project, readProperties } from './properties.ts';
import type { Container, Fields } from './state.ts';
import { deleteTask, findList } from './tasks.ts';

// Contact folders

/** Children of the default folder when `parent` is absent: the default folder itself is never listed. */
export function listFolders(call: Call, parent: string): Answer {
  checkSelect('contactFolder', folderProperties, call.query.select);
  const folders = [...call.mailbox.folders.values()].filter((folder) => folder.parent === parent);
  return answerList(call, folders, {
    typeName: 'contactFolder',
    table: folderProperties,
    context: 'contactFolders',
    defaultPage: 10,
    show: (folder) => project(showFolder(folder), call.query.select, []),
    valueOf: (folder, path) => (path === 'displayName' ? folder.name : undefined),
  });
}

export function createFolder(actor: Actor, body: Readonly<Record<string, unknown>>, parent: string): Container {
  const name = nameOf('contactFolder', body, 'displayName');
  const folder = newContainer(actor.mailbox, name, 'none', parent);
  actor.mailbox.folders.set(folder.key, folder);
  logChange(actor, 'folders', folder.key);
  count(actor, 'contactFolder', 'created');
  return folder;
}

export function patchFolder(call: Call): Answer {
  const folder = findFolder(call.mailbox, call.params['folder'] ?? '');
  folder.name = nameOf('contactFolder', call.body, 'displayName');
  logChange(call, 'folders', folder.key);
  count(call, 'contactFolder', 'updated');
  return answerFolder(call, 200, folder);
}

export function removeFolder(actor: Actor, folder: Container): void {
  if (folder.wellKnown === 'default') throw new GraphFailure(400, 'ErrorDeleteDistinguishedFolder', 'Distinguished folders cannot be deleted.');
  for (const child of [...actor.mailbox.folders.values()]) if (child.parent === folder.key) removeFolder(actor, child);
  for (const contact of [...itemsIn(actor.mailbox, actor.mailbox.contacts, folder.key)]) deleteContact(actor, contact);
  actor.mailbox.folders.delete(folder.key);
  logChange(actor, 'folders', folder.key, { mutableId: folder.key });
  count(actor, 'contactFolder', 'deleted');
}

export function folderDelta(call: Call): Answer {
  checkSelect('contactFolder', folderProperties, call.query.select);
  return answerDelta(
    call,
    {
      chain: `${call.mailbox.user.id}/folders`,
      log: logOf(call.mailbox, 'folders'),
      typeName: 'contactFolder',
      context: 'contactFolders/$delta',
      defaultPage: 50,
      rows: (change, round) => {
        const folder = change.gone ? undefined : call.mailbox.folders.get(change.key);
        return [() => (folder ? project(showFolder(folder), round.select, []) : removedRow('contactFolder', change.key))];
      },
    },
    { expand: [], ...(call.query.select ? { select: call.query.select } : {}), ...(call.query.top ? { top: call.query.top } : {}) },
  );
}

export function answerFolder(call: Call, status: number, folder: Container): Answer {
  return { status, body: { '@odata.context': contextUrl(call, 'contactFolders/$entity'), ...project(showFolder(folder), call.query.select, []) } };
}

export function folderParent(call: Call): string {
  const folder = call.params['folder'];
  return folder === undefined ? defaultFolder(call.mailbox).key : findFolder(call.mailbox, folder).key;
}

function showFolder(folder: Container): Fields {
  return { id: folder.key, parentFolderId: folder.parent, displayName: folder.name };
}

// Task lists

export function listLists(call: Call): Answer {
  checkSelect('todoTaskList', listProperties, call.query.select);
  return answerList(call, call.mailbox.lists.values(), {
    typeName: 'todoTaskList',
    table: listProperties,
    context: 'todo/lists',
    defaultPage: 100,
    show: (list) => showList(call, list),
    valueOf: (list, path) => (path === 'displayName' ? list.name : path === 'wellknownListName' ? wellKnownName(list) : undefined),
    extensions: (list) => list.extensions,
  });
}

export function createList(actor: Actor, body: Readonly<Record<string, unknown>>): Container {
  const name = nameOf('todoTaskList', body, 'displayName');
  const list = newContainer(actor.mailbox, name, 'none', null);
  if (body['extensions'] !== undefined) list.extensions = readExtensions(body['extensions']);
  actor.mailbox.lists.set(list.key, list);
  logChange(actor, 'lists', list.key);
  count(actor, 'todoTaskList', 'created');
  return list;
}

export function patchList(call: Call): Answer {
  const list = changeableList(call);
  list.name = nameOf('todoTaskList', call.body, 'displayName');
  list.changeKey = call.mailbox.mint.changeKey();
  logChange(call, 'lists', list.key);
  count(call, 'todoTaskList', 'updated');
  return answerTaskList(call, 200, list);
}

export function changeableList(call: Call): Container {
  const list = findList(call.mailbox, call.params['list'] ?? '');
  if (list.wellKnown !== 'none') throw new GraphFailure(400, 'invalidRequest', 'Built-in lists cannot be renamed or deleted.');
  checkMatch(call, etagOf(list.changeKey));
  return list;
}

export function removeList(actor: Actor, list: Container): void {
  for (const task of [...itemsIn(actor.mailbox, actor.mailbox.tasks, list.key)]) deleteTask(actor, task);
  actor.mailbox.lists.delete(list.key);
  logChange(actor, 'lists', list.key, { mutableId: list.key });
  count(actor, 'todoTaskList', 'deleted');
}

export function listDelta(call: Call): Answer {
  checkSelect('todoTaskList', listProperties, call.query.select);
  return answerDelta(
    call,
    {
      chain: `${call.mailbox.user.id}/lists`,
      log: logOf(call.mailbox, 'lists'),
      typeName: 'todoTaskList',
      context: 'todo/lists/$delta',
      defaultPage: 50,
      rows: (change, round) => {
        const list = change.gone ? undefined : call.mailbox.lists.get(change.key);
        return [() => (list ? project(showList(call, list), round.select, []) : removedRow('todoTaskList', change.key))];
      },
    },
    { expand: [], ...(call.query.select ? { select: call.query.select } : {}), ...(call.query.top ? { top: call.query.top } : {}) },
  );
}

export function answerTaskList(call: Call, status: number, list: Container): Answer {
  return { status, body: { '@odata.context': contextUrl(call, 'todo/lists/$entity'), ...showList(call, list) } };
}

function showList(call: Call, list: Container): Fields {
  const shown: Fields = {
    '@odata.etag': etagOf(list.changeKey),
    displayName: list.name,
    isOwner: true,
    isShared: false,
    wellknownListName: wellKnownName(list),
    id: list.key,
  };
  for (const expansion of call.query.expand) {
    if (expansion.name !== 'extensions') throw badRequest(`Could not find a property named '${expansion.name}' on type 'microsoft.graph.todoTaskList'.`);
    shown['extensions'] = expandExtensions(list.extensions, expansion);
  }
  return project(shown, call.query.select, ['extensions']);
}

function wellKnownName(list: Container): string {
  return list.wellKnown === 'default' ? 'defaultList' : list.wellKnown;
}

// Calendars

export function listCalendars(call: Call): Answer {
  checkSelect('calendar', calendarProperties, call.query.select);
  return answerList(call, call.mailbox.calendars.values(), {
    typeName: 'calendar',
    table: calendarProperties,
    context: 'calendars',
    defaultPage: 10,
    show: (calendar) => project(showCalendar(call, calendar), call.query.select, []),
    valueOf: (calendar, path) => (path === 'name' ? calendar.name : undefined),
  });
}

export function createCalendar(actor: Actor, body: Readonly<Record<string, unknown>>): Container {
  const name = nameOf('calendar', body, 'name');
  if ([...actor.mailbox.calendars.values()].some((calendar) => calendar.name === name)) {
    throw new GraphFailure(409, 'ErrorFolderExists', 'A folder with the specified name already exists.');
  }
  const calendar = newContainer(actor.mailbox, name, 'none', null);
  actor.mailbox.calendars.set(calendar.key, calendar);
  count(actor, 'calendar', 'created');
  return calendar;
}

export function patchCalendar(call: Call): Answer {
  const calendar = calendarOf(call);
  calendar.name = nameOf('calendar', call.body, 'name');
  calendar.changeKey = call.mailbox.mint.changeKey();
  count(call, 'calendar', 'updated');
  return answerCalendar(call, 200, calendar);
}

export function removeCalendar(actor: Actor, calendar: Container): void {
  if (calendar.wellKnown === 'default') throw new GraphFailure(400, 'ErrorDeleteDistinguishedFolder', 'The default calendar cannot be deleted.');
  for (const event of [...itemsIn(actor.mailbox, actor.mailbox.events, calendar.key)]) deleteEvent(actor, { event });
  actor.mailbox.calendars.delete(calendar.key);
  count(actor, 'calendar', 'deleted');
}

export function calendarOf(call: Call): Container {
  const calendar = call.params['calendar'];
  return calendar === undefined ? defaultCalendar(call.mailbox) : findCalendar(call.mailbox, calendar);
}

export function answerCalendar(call: Call, status: number, calendar: Container): Answer {
  checkSelect('calendar', calendarProperties, call.query.select);
  return { status, body: { '@odata.context': contextUrl(call, 'calendars/$entity'), ...project(showCalendar(call, calendar), call.query.select, []) } };
}

function showCalendar(call: Call, calendar: Container): Fields {
  const isDefault = calendar.wellKnown === 'default';
  return {
    id: calendar.key,
    name: calendar.name,
    color: 'auto',
    hexColor: '',
    isDefaultCalendar: isDefault,
    changeKey: calendar.changeKey,
    canShare: true,
    canViewPrivateItems: true,
    canEdit: true,
    allowedOnlineMeetingProviders: ['teamsForBusiness'],
    defaultOnlineMeetingProvider: 'teamsForBusiness',
    isTallyingResponses: isDefault,
    isRemovable: !isDefault,
    owner: { name: call.mailbox.user.displayName, address: call.mailbox.user.mail } satisfies Json,
  };
}

function nameOf(typeName: string, body: Readonly<Record<string, unknown>>, property: 'displayName' | 'name'): string {
  const table = typeName === 'calendar' ? calendarProperties : typeName === 'todoTaskList' ? listProperties : folderProperties;
  const name = readProperties(typeName, table, body)[property];
  if (typeof name !== 'string' || name.trim() === '') throw badRequest(`The property '${property}' is required.`);
  return name;
}
