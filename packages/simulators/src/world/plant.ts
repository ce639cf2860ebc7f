import type { GraphAdmin } from '../graph/admin.ts';
import { occurrenceId } from '../graph/ids.ts';
import type { OroAdmin } from '../orocrm/index.ts';
import type { WorldKind } from './cases.ts';
import { mailboxOf, oroUserOf, type GeneratedWorld } from './generate.ts';
import { properties, withProperties, type GraphBody } from './outlook-items.ts';

/** Who the planted records belong to, and how a hub signs in for them. */
export interface PlantedPerson {
  readonly oroUserId: number;
  /** An OAuth client of the OroCRM simulator, by client credentials. */
  readonly oroClientId: string;
  readonly oroClientSecret: string;
  /** User principal name. */
  readonly mailbox: string;
  /** Native ids by place in the world's lists. Of an invitation OroCRM's is that of the person's own copy. */
  readonly ids: {
    readonly oro: Readonly<Record<WorldKind, readonly number[]>>;
    readonly graph: Readonly<Record<WorldKind, readonly string[]>>;
  };
}

/**
 * Puts a world into both simulators, as its people would have typed it: without a trace in OroCRM's audit log and in
 * Outlook's outbox. Makes the mailbox, and for every person but the first an OroCRM user who sees own records only.
 * Plant once per person: a second time makes everything twice.
 */
export function plantWorld(world: GeneratedWorld, oro: OroAdmin, graph: GraphAdmin): PlantedPerson {
  const person = personOf(world, oro, graph);
  const { audit } = oro.switches;
  oro.setSwitch('audit', false);
  const oroIds = plantOro(world, oro, person.oroUserId);
  oro.setSwitch('audit', audit);
  return { ...person, ids: { oro: oroIds, graph: plantGraph(world, graph, person.mailbox, oroIds) } };
}

function personOf(world: GeneratedWorld, oro: OroAdmin, graph: GraphAdmin): Omit<PlantedPerson, 'ids'> {
  const { user } = world.notes;
  const mailbox = mailboxOf(user);
  if (!graph.users().some(({ userPrincipalName }) => userPrincipalName === mailbox)) graph.addUser(world.graph.users[0]);
  const wanted = oroUserOf(user);
  const oroClientId = `syncline-${wanted.username}`;
  const oroClientSecret = `secret-${oroClientId}`;
  const found = oro.listUsers().find(({ username }) => username === wanted.username);
  if (found !== undefined) return { oroUserId: found.id, oroClientId, oroClientSecret, mailbox };
  const role = oro.createRole({ label: `Own records of person ${user}`, contacts: 'own', tasks: 'own', events: 'own', users: true, organizations: true, audit: true, batch: true, workflow: true });
  const { id } = oro.createUser({ ...wanted, roleId: role.id });
  oro.createClient({ id: oroClientId, secret: oroClientSecret, grants: ['client_credentials'], userId: id });
  return { oroUserId: id, oroClientId, oroClientSecret, mailbox };
}

function plantOro({ oro: seed }: GeneratedWorld, oro: OroAdmin, userId: number): PlantedPerson['ids']['oro'] {
  const contact = seed.contacts.map(({ primaryLater, ...input }) => {
    const { id, addresses } = oro.createContact(input, userId);
    if (primaryLater !== undefined) oro.updateContact(id, { addresses: addresses.map(({ id, country }, index) => ({ id, country, primary: index === primaryLater })) }, userId);
    return id;
  });
  const task = seed.tasks.map((input) => oro.createTask(input, userId).id);
  const event = seed.events.map(({ occurrences = [], ...input }) => {
    const { id, title } = oro.createEvent(input, userId);
    for (const occurrence of occurrences) oro.createEvent({ title, recurringEventId: id, ...occurrence }, userId);
    return id;
  });
  const copies = new Map(oro.listEvents().flatMap(({ id, parentEventId, calendarId }) => (parentEventId !== null && calendarId === userId ? [[parentEventId, id] as const] : [])));
  return { contact, task, event: event.map((id) => copies.get(id) ?? id) };
}

function plantGraph({ graph: seed }: GeneratedWorld, graph: GraphAdmin, mailbox: string, oroIds: PlantedPerson['ids']['oro']): PlantedPerson['ids']['graph'] {
  const place = { user: mailbox };
  const contact = seed.contacts.map(({ body, marker }) => graph.createContact(marker === undefined ? body : markedBody(body, oroIds.contact[marker.of]), place).id);
  const task = seed.tasks.map(({ body, marker }) => {
    if (marker === undefined) return graph.createTask(body, place).id;
    const linkedResources = [{ applicationName: 'OroCRM', displayName: body['title'] ?? '', externalId: String(oroIds.task[marker.of]) }];
    return graph.createTask({ ...body, linkedResources }, place).id;
  });
  const event = seed.events.map(({ body, marker, occurrences = {} }) => {
    const { id } = graph.createEvent(marker === undefined ? body : markedBody(body, oroIds.event[marker.of]), place);
    for (const [day, change] of Object.entries(occurrences)) {
      if (change === null) graph.deleteEvent(occurrenceId(id, day), place);
      else graph.updateEvent(occurrenceId(id, day), change, place);
    }
    return id;
  });
  // The invitations went out long ago.
  graph.clearOutbox(place);
  return { contact, task, event };
}

/** The marker as the old add-in left it: the id and nothing about whose it is. */
function markedBody(body: GraphBody, id: number | undefined): GraphBody {
  return withProperties(body, [{ id: properties.marker, value: String(id) }]);
}
