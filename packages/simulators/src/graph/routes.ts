import type { Answer, Call, Route } from './call.ts';
import * as containers from './containers.ts';
import * as contacts from './contacts.ts';
import { answerEvent, listEvents, listInstances, listView, patchEvent, removeEvent, targetOf, viewDelta } from './event-answers.ts';
import { cancelEvent, createEvent, respond } from './events.ts';
import { extensionRoutes } from './extension-routes.ts';
import { badRequest, GraphFailure } from './failure.ts';
import { itemsIn, membersOf } from './items.ts';
import * as profile from './profile.ts';
import type { QueryOption } from './query.ts';
import { taskPartRoutes } from './task-part-routes.ts';
import * as tasks from './tasks.ts';

const collection: readonly QueryOption[] = ['$select', '$filter', '$expand', '$top', '$skip', '$count', '$orderby'];
const entity: readonly QueryOption[] = ['$select', '$expand'];
// What has nothing to expand refuses the option instead of passing over it.
const plainCollection: readonly QueryOption[] = collection.filter((option) => option !== '$expand');
const plainEntity: readonly QueryOption[] = ['$select'];
const plainDelta: readonly QueryOption[] = ['$select', '$top', '$skiptoken', '$deltatoken'];
const delta: readonly QueryOption[] = ['$select', '$expand', '$top', '$skiptoken', '$deltatoken'];
const view: readonly QueryOption[] = [...collection, 'startdatetime', 'enddatetime'];
const viewDelta_: readonly QueryOption[] = ['startdatetime', 'enddatetime', '$select', '$expand', '$filter', '$orderby', '$top', '$skiptoken', '$deltatoken'];
const none: readonly QueryOption[] = [];

const contactRoutes: readonly Route[] = [
  route('contacts', 'GET', '/me/contacts', collection, (call) => contacts.listContacts(call, contactScope(call))),
  route('contacts', 'POST', '/me/contacts', none, (call) => contacts.answerContact(call, 201, contacts.createContact(call, contacts.defaultFolder(call.mailbox), call.body))),
  route('contacts', 'GET', '/me/contacts/$count', none, (call) => ({ status: 200, text: String([...contactScope(call)].length) })),
  route('contacts', 'GET', '/me/contacts/delta', delta, (call) => {
    if (call.world.switches.contactsDelta === 'refused') throw new GraphFailure(501, 'NotImplemented', 'Change tracking is not supported against this collection.');
    const chain = call.world.switches.contactsScope === 'mailbox' ? 'contacts' : `contacts:${contacts.defaultFolder(call.mailbox).key}`;
    return contacts.contactDelta(call, chain);
  }),
  ...contactItemRoutes('/me/contacts'),
  route('contacts', 'GET', '/me/contactFolders', plainCollection, (call) => containers.listFolders(call, containers.folderParent(call))),
  route('contacts', 'POST', '/me/contactFolders', none, (call) => containers.answerFolder(call, 201, containers.createFolder(call, call.body, containers.folderParent(call)))),
  route('contacts', 'GET', '/me/contactFolders/delta', plainDelta, containers.folderDelta),
  route('contacts', 'GET', '/me/contactFolders/{folder}', plainEntity, (call) => containers.answerFolder(call, 200, contacts.findFolder(call.mailbox, call.params['folder'] ?? ''))),
  route('contacts', 'PATCH', '/me/contactFolders/{folder}', none, containers.patchFolder),
  route('contacts', 'DELETE', '/me/contactFolders/{folder}', none, (call) => {
    containers.removeFolder(call, contacts.findFolder(call.mailbox, call.params['folder'] ?? ''));
    return { status: 204 };
  }),
  route('contacts', 'GET', '/me/contactFolders/{folder}/childFolders', plainCollection, (call) => containers.listFolders(call, containers.folderParent(call))),
  route('contacts', 'POST', '/me/contactFolders/{folder}/childFolders', none, (call) => containers.answerFolder(call, 201, containers.createFolder(call, call.body, containers.folderParent(call)))),
  route('contacts', 'GET', '/me/contactFolders/{folder}/contacts', collection, (call) => contacts.listContacts(call, contacts.contactsOf(call, contacts.findFolder(call.mailbox, call.params['folder'] ?? '')))),
  route('contacts', 'POST', '/me/contactFolders/{folder}/contacts', none, (call) =>
    contacts.answerContact(call, 201, contacts.createContact(call, contacts.findFolder(call.mailbox, call.params['folder'] ?? ''), call.body)),
  ),
  route('contacts', 'GET', '/me/contactFolders/{folder}/contacts/$count', none, (call) => ({
    status: 200,
    text: String(membersOf(call.mailbox, contacts.findFolder(call.mailbox, call.params['folder'] ?? '').key).size),
  })),
  route('contacts', 'GET', '/me/contactFolders/{folder}/contacts/delta', delta, (call) => contacts.contactDelta(call, `contacts:${contacts.findFolder(call.mailbox, call.params['folder'] ?? '').key}`)),
  ...contactItemRoutes('/me/contactFolders/{folder}/contacts'),
];

const taskRoutes: readonly Route[] = [
  route('tasks', 'GET', '/me/todo/lists', collection, containers.listLists),
  route('tasks', 'POST', '/me/todo/lists', none, (call) => containers.answerTaskList(call, 201, containers.createList(call, call.body))),
  route('tasks', 'GET', '/me/todo/lists/delta', plainDelta, containers.listDelta),
  route('tasks', 'GET', '/me/todo/lists/{list}', entity, (call) => containers.answerTaskList(call, 200, tasks.findList(call.mailbox, call.params['list'] ?? ''))),
  route('tasks', 'PATCH', '/me/todo/lists/{list}', none, containers.patchList),
  route('tasks', 'DELETE', '/me/todo/lists/{list}', none, (call) => {
    containers.removeList(call, containers.changeableList(call));
    return { status: 204 };
  }),
  route('tasks', 'GET', '/me/todo/lists/{list}/tasks', collection, tasks.listTasks),
  route('tasks', 'POST', '/me/todo/lists/{list}/tasks', none, (call) => tasks.answerTask(call, 201, tasks.createTask(call, tasks.findList(call.mailbox, call.params['list'] ?? ''), call.body))),
  route('tasks', 'GET', '/me/todo/lists/{list}/tasks/$count', none, (call) => ({
    status: 200,
    text: String(membersOf(call.mailbox, tasks.findList(call.mailbox, call.params['list'] ?? '').key).size),
  })),
  route('tasks', 'GET', '/me/todo/lists/{list}/tasks/delta', delta, tasks.taskDelta),
  route('tasks', 'GET', '/me/todo/lists/{list}/tasks/{task}', entity, (call) => tasks.answerTask(call, 200, tasks.taskOf(call))),
  route('tasks', 'PATCH', '/me/todo/lists/{list}/tasks/{task}', none, tasks.patchTask),
  route('tasks', 'DELETE', '/me/todo/lists/{list}/tasks/{task}', none, tasks.removeTask),
  ...taskPartRoutes,
];

const calendarRoutes: readonly Route[] = [
  route('calendar', 'GET', '/me/calendars', plainCollection, containers.listCalendars),
  route('calendar', 'POST', '/me/calendars', none, (call) => containers.answerCalendar(call, 201, containers.createCalendar(call, call.body))),
  ...['/me/calendar', '/me/calendars/{calendar}'].flatMap((base): Route[] => [
    route('calendar', 'GET', base, plainEntity, (call) => containers.answerCalendar(call, 200, containers.calendarOf(call))),
    route('calendar', 'PATCH', base, none, containers.patchCalendar),
  ]),
  route('calendar', 'DELETE', '/me/calendars/{calendar}', none, (call) => {
    containers.removeCalendar(call, containers.calendarOf(call));
    return { status: 204 };
  }),
  ...['/me', '/me/calendar', '/me/calendars/{calendar}'].flatMap((base): Route[] => [
    route('calendar', 'GET', `${base}/events`, collection, (call) => listEvents(call, containers.calendarOf(call))),
    route('calendar', 'POST', `${base}/events`, none, (call) => answerEvent(call, 201, { event: createEvent(call, containers.calendarOf(call), call.body) })),
    route('calendar', 'GET', `${base}/events/delta`, viewDelta_, (call) => {
      if (call.world.switches.eventsDelta === 'refused') throw new GraphFailure(501, 'NotImplemented', "Change tracking is not supported against 'microsoft.graph.event'.");
      return viewDelta(call, containers.calendarOf(call));
    }),
    route('calendar', 'GET', `${base}/events/{event}`, entity, (call) => answerEvent(call, 200, targetOf(call))),
    route('calendar', 'PATCH', `${base}/events/{event}`, none, patchEvent),
    route('calendar', 'DELETE', `${base}/events/{event}`, none, removeEvent),
    route('calendar', 'GET', `${base}/calendarView`, view, (call) => listView(call, containers.calendarOf(call))),
    route('calendar', 'GET', `${base}/calendarView/delta`, viewDelta_, (call) => viewDelta(call, containers.calendarOf(call))),
  ]),
  route('calendar', 'GET', '/me/events/$count', none, (call) => ({ status: 200, text: String([...itemsIn(call.mailbox, call.mailbox.events, containers.calendarOf(call).key)].length) })),
  route('calendar', 'GET', '/me/events/{event}/instances', view, listInstances),
  route('calendar', 'POST', '/me/events/{event}/accept', none, (call) => answerMeeting(call, 'accepted')),
  route('calendar', 'POST', '/me/events/{event}/tentativelyAccept', none, (call) => answerMeeting(call, 'tentativelyAccepted')),
  route('calendar', 'POST', '/me/events/{event}/decline', none, (call) => answerMeeting(call, 'declined')),
  route('calendar', 'POST', '/me/events/{event}/cancel', none, (call) => {
    profile.argumentsOf(call, ['comment']);
    cancelEvent(call, targetOf(call));
    return { status: 202 };
  }),
  route('calendar', 'POST', '/me/events/{event}/dismissReminder', none, (call) => {
    targetOf(call);
    return { status: 200 };
  }),
  route('calendar', 'POST', '/me/events/{event}/snoozeReminder', none, (call) => {
    profile.argumentsOf(call, ['newremindertime']);
    targetOf(call);
    return { status: 200 };
  }),
];

const profileRoutes: readonly Route[] = [
  route('profile', 'GET', '/me', plainEntity, profile.answerUser),
  route('settings', 'GET', '/me/mailboxSettings', ['$select'], profile.answerSettings),
  route('settings', 'PATCH', '/me/mailboxSettings', none, profile.patchSettings),
  route('profile', 'GET', '/me/outlook/supportedTimeZones', none, profile.answerTimeZones),
  route('settings', 'GET', '/me/outlook/masterCategories', none, profile.listCategories),
  route('settings', 'POST', '/me/outlook/masterCategories', none, profile.createCategory),
  route('profile', 'POST', '/me/translateExchangeIds', none, profile.translateIds),
];

/** Every route of one mailbox; `/users/{id}/…` is the same table. */
export const routes: readonly Route[] = [...profileRoutes, ...contactRoutes, ...taskRoutes, ...calendarRoutes, ...extensionRoutes];

function contactItemRoutes(base: string): Route[] {
  return [
    route('contacts', 'GET', `${base}/{contact}`, entity, (call) => contacts.answerContact(call, 200, contacts.contactOf(call))),
    route('contacts', 'PATCH', `${base}/{contact}`, none, contacts.patchContact),
    route('contacts', 'DELETE', `${base}/{contact}`, none, contacts.removeContact),
  ];
}

function contactScope(call: Call): ReturnType<typeof contacts.contactsOf> {
  return call.world.switches.contactsScope === 'mailbox' ? call.mailbox.contacts.values() : contacts.contactsOf(call, contacts.defaultFolder(call.mailbox));
}

function answerMeeting(call: Call, response: 'accepted' | 'tentativelyAccepted' | 'declined'): Answer {
  const given = profile.argumentsOf(call, ['comment', 'sendresponse', 'proposednewtime']);
  const send = given['sendresponse'] ?? true;
  if (typeof send !== 'boolean') throw badRequest("The parameter 'sendResponse' is true or false.");
  respond(call, targetOf(call).event, response, send);
  return { status: 202 };
}

function route(area: Route['area'], method: Route['method'], template: string, query: readonly QueryOption[], handle: Route['handle']): Route {
  return { area, method, template, query, handle };
}
