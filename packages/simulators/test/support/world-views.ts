import type { GeneratedWorld, GraphSimulator, OroCrmSimulator, PlantedPerson, WorldKind } from '../../src/index.ts';
import { isObject, type JsonObject } from '../../src/shared/json.ts';

/** A record as its service answers it, with what a test asks of it. */
export interface View {
  readonly body: JsonObject;
  readonly text: (name: string) => string;
  readonly list: (name: string) => readonly JsonObject[];
  /** Of Outlook: the value of an extended property; '' without it. */
  readonly extended: (id: string) => string;
}

/** What both services answer over HTTP, by place in the world's lists; `undefined` for what no list shows. */
export interface Answers {
  readonly oro: Readonly<Record<WorldKind, readonly (View | undefined)[]>>;
  readonly graph: Readonly<Record<WorldKind, readonly (View | undefined)[]>>;
  /** How many records each list holds. */
  readonly counts: Readonly<Record<'oro' | 'graph', Readonly<Record<WorldKind, number>>>>;
}

export const propertyIds = ['Short 0x3A4D', 'String 0x3A24', 'String 0x3A1A', 'Integer 0x36', 'String {00020329-0000-0000-C000-000000000046} Name OroCRM_id', 'String {00020329-0000-0000-C000-000000000046} Name Syncline_origin'];

/** Reads everything of a planted person through both APIs. */
export async function readAnswers(oro: OroCrmSimulator, graph: GraphSimulator, person: PlantedPerson): Promise<Answers> {
  const oroToken = oro.admin.issueToken(person.oroUserId);
  const oroGet = async (path: string, accept: string): Promise<unknown> => ok(await oro.handle(new Request(`http://oro.test${path}`, { headers: { accept, authorization: `Bearer ${oroToken}` } })));
  const jsonApi = async (type: string, more = ''): Promise<{ readonly data: readonly JsonObject[]; readonly included: readonly JsonObject[] }> => {
    const body = await oroGet(`/api/${type}?page[size]=-1&filter[owner]=${person.oroUserId}${more}`, 'application/vnd.api+json');
    return { data: rows(body, 'data'), included: rows(body, 'included') };
  };
  const contacts = await jsonApi('contacts', '&include=addresses');
  const addresses = new Map(contacts.included.map((address) => [String(address['id']), address]));
  const oroContacts = contacts.data.map((row) => {
    const flat = flatten(row);
    return { ...flat, addresses: rows(flat['addresses'], 'data').map((ref) => flatten(addresses.get(String(ref['id'])) ?? {})) };
  });
  const oroTasks = (await jsonApi('tasks')).data.map(flatten);
  const oroEvents = rows({ list: await oroGet(`/api/rest/latest/calendarevents.json?calendar=${person.oroUserId}&limit=1000&page=1`, 'application/json') }, 'list');

  const graphToken = graph.admin.signIn(person.mailbox);
  const graphAll = async (path: string): Promise<readonly JsonObject[]> => {
    const found: JsonObject[] = [];
    for (let link = `https://graph.microsoft.com/v1.0/me/${path}`; link !== 'undefined'; ) {
      const body = await ok(await graph.handle(new Request(link, { headers: { authorization: `Bearer ${graphToken}`, prefer: 'IdType="ImmutableId"' } })));
      found.push(...rows(body, 'value'));
      link = String(isObject(body) ? body['@odata.nextLink'] : undefined);
    }
    return found;
  };
  const filter = propertyIds.map((id) => `id eq '${id}'`).join(' or ');
  const expand = `$top=500&$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=${filter})`)}`;
  const list = graph.admin.lists({ user: person.mailbox }).find(({ wellKnown }) => wellKnown === 'default');
  const graphContacts = await graphAll(`contacts?${expand}`);
  const graphTasks = await graphAll(`todo/lists/${encodeURIComponent(list?.id ?? '')}/tasks?$top=500&$expand=linkedResources,checklistItems`);
  const graphEvents = await graphAll(`calendar/events?${expand}`);

  const { ids } = person;
  return {
    oro: { contact: inOrder(ids.oro.contact, oroContacts), task: inOrder(ids.oro.task, oroTasks), event: inOrder(ids.oro.event, oroEvents) },
    graph: { contact: inOrder(ids.graph.contact, graphContacts), task: inOrder(ids.graph.task, graphTasks), event: inOrder(ids.graph.event, graphEvents) },
    counts: {
      oro: { contact: oroContacts.length, task: oroTasks.length, event: oroEvents.filter((event) => !event['recurringEventId']).length },
      graph: { contact: graphContacts.length, task: graphTasks.length, event: graphEvents.length },
    },
  };
}

/** The entries of a case: what each side answers for them. */
export function entriesOf(world: GeneratedWorld, answers: Answers, kind: WorldKind, name: string): readonly { readonly oro?: View; readonly graph?: View }[] {
  return (world.notes.cases[kind][name] ?? []).map(({ oro, graph }) => {
    const left = oro === undefined ? undefined : answers.oro[kind][oro];
    const right = graph === undefined ? undefined : answers.graph[kind][graph];
    return { ...(left && { oro: left }), ...(right && { graph: right }) };
  });
}

async function ok(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}

function rows(body: unknown, name: string): readonly JsonObject[] {
  const list = isObject(body) ? body[name] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Attributes, and relationships by id, beside each other. */
function flatten(row: JsonObject): JsonObject {
  return { id: row['id'], ...(isObject(row['attributes']) ? row['attributes'] : {}), ...(isObject(row['relationships']) ? row['relationships'] : {}) };
}

function inOrder(ids: readonly (string | number)[], found: readonly JsonObject[]): (View | undefined)[] {
  const byId = new Map(found.map((body) => [String(body['id']), body]));
  return ids.map((id) => {
    const body = byId.get(String(id));
    return body && viewOf(body);
  });
}

function viewOf(body: JsonObject): View {
  const list: View['list'] = (name) => {
    const value = body[name];
    return rows(isObject(value) ? value : { list: value }, isObject(value) ? 'data' : 'list');
  };
  return {
    body,
    list,
    text: (name) => {
      let value: unknown = body;
      for (const step of name.split('/')) value = isObject(value) ? value[step] : undefined;
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
    },
    extended: (id) => String(list('singleValueExtendedProperties').find((entry) => entry['id'] === id)?.['value'] ?? ''),
  };
}
