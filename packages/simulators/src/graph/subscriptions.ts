import { isObject, type Json } from '../shared/json.ts';
import type { Answer } from './call.ts';
import { defaultFolder, findFolder } from './contacts.ts';
import type { Inquiry } from './dispatch.ts';
import type { FetchLike } from './notices.ts';
import { defaultCalendar } from './events.ts';
import { badRequest, GraphFailure, notFound } from './failure.ts';
import { randomGuid, randomText } from './ids.ts';
import { mailboxOf } from './permissions.ts';
import { parsePrefer } from './prefer.ts';
import type { Fields, Subscription, Token, World } from './state.ts';
import { findList } from './tasks.ts';
import { parseInstant, ticksStamp } from './zones.ts';

const minute = 60_000;
const names = ['changeType', 'notificationUrl', 'lifecycleNotificationUrl', 'resource', 'expirationDateTime', 'clientState', 'latestSupportedTlsVersion', 'includeResourceData'];

/** `/subscriptions`: made after the handshake, renewed, deleted. */
export async function answerSubscriptions(world: World, token: Token, inquiry: Inquiry, fetchLike: FetchLike | undefined): Promise<Answer> {
  const [id, action] = inquiry.path.split('/').slice(3).filter((segment) => segment !== '');
  for (const [known, subscription] of world.subscriptions) if (subscription.expiresMs <= world.env.now()) world.subscriptions.delete(known);
  if (id === undefined) {
    if (inquiry.method === 'GET') return { status: 200, body: { '@odata.context': contextOf(world), value: [...world.subscriptions.values()].map(show) } };
    if (inquiry.method === 'POST') return create(world, token, inquiry, fetchLike);
    throw notAllowed();
  }
  const subscription = world.subscriptions.get(decodeURIComponent(id));
  if (!subscription) throw notFound('ResourceNotFound');
  if (action !== undefined) {
    if (action.toLowerCase() === 'reauthorize' && inquiry.method === 'POST') return { status: 204 };
    throw badRequest(`Resource not found for the segment '${action}'.`);
  }
  if (inquiry.method === 'DELETE') {
    world.subscriptions.delete(subscription.id);
    return { status: 204 };
  }
  if (inquiry.method === 'PATCH') {
    const given = isObject(inquiry.body) ? inquiry.body : {};
    if (Object.keys(given).some((name) => name !== 'expirationDateTime')) throw badRequest('Only expirationDateTime of a subscription can be changed.');
    subscription.expiresMs = expiry(world, given['expirationDateTime'], String(subscription.fields['resource']));
  } else if (inquiry.method !== 'GET') throw notAllowed();
  return { status: 200, body: { '@odata.context': `${contextOf(world)}/$entity`, ...show(subscription) } };
}

async function create(world: World, token: Token, inquiry: Inquiry, fetchLike: FetchLike | undefined): Promise<Answer> {
  const { body } = inquiry;
  if (!isObject(body)) throw badRequest('Empty Payload. JSON content expected.');
  for (const name of Object.keys(body)) if (!names.includes(name) && !name.includes('@odata.')) throw badRequest(`The property '${name}' does not exist on type 'microsoft.graph.subscription'.`);
  const { changeType, notificationUrl, lifecycleNotificationUrl, resource, clientState } = body;
  if (typeof changeType !== 'string' || !changeType.split(',').every((type) => ['created', 'updated', 'deleted'].includes(type))) throw badRequest('changeType is needed.', 'InvalidRequest');
  if (typeof resource !== 'string' || typeof notificationUrl !== 'string') throw badRequest('resource and notificationUrl are needed.', 'InvalidRequest');
  if (typeof clientState === 'string' && clientState.length > 128) throw badRequest('clientState has at most 128 characters.', 'InvalidRequest');
  const listensTo = resourceOf(world, token, resource);
  const expiresMs = expiry(world, body['expirationDateTime'], resource);
  for (const url of [notificationUrl, ...(typeof lifecycleNotificationUrl === 'string' ? [lifecycleNotificationUrl] : [])]) await shakeHands(world, url, fetchLike);
  const id = randomGuid(world.env.random);
  const subscription: Subscription = {
    id,
    expiresMs,
    ...listensTo,
    immutableIds: parsePrefer(inquiry.header('prefer')).immutableIds,
    fields: {
      resource,
      changeType,
      notificationUrl,
      clientState: typeof clientState === 'string' ? clientState : null,
      lifecycleNotificationUrl: typeof lifecycleNotificationUrl === 'string' ? lifecycleNotificationUrl : null,
      applicationId: world.application.clientId,
      creatorId: token.userId ?? world.application.clientId,
    },
  };
  world.subscriptions.set(id, subscription);
  return { status: 201, body: { '@odata.context': `${contextOf(world)}/$entity`, ...show(subscription) } };
}

const defaultContacts = /^contacts$/i;
const folderContacts = /^contactFolders\/([^/]+)\/contacts$/i;
const listTasks = /^todo\/lists\/([^/]+)\/tasks$/i;

/** The mailbox and the change log behind a resource. */
function resourceOf(world: World, token: Token, resource: string): { readonly userId: string; readonly chain: string } {
  const found = /^\/?(?:me|users\/([^/]+))\/(.+)$/i.exec(resource);
  const rest = found?.[2] ?? '';
  const mailbox = found ? mailboxOf(world, token, found[1]) : undefined;
  const unsupported = new GraphFailure(400, 'ExtensionError', `The resource '${resource}' is not supported for subscriptions.`);
  if (!mailbox) throw unsupported;
  const chain = (name: string): { readonly userId: string; readonly chain: string } => ({ userId: mailbox.user.id, chain: name });
  if (defaultContacts.test(rest)) return chain(`contacts:${defaultFolder(mailbox).key}`);
  if (/^events$/i.test(rest)) return chain(`events:${defaultCalendar(mailbox).key}`);
  const folder = folderContacts.exec(rest)?.[1];
  if (folder !== undefined) return chain(`contacts:${findFolder(mailbox, decodeURIComponent(folder)).key}`);
  const list = listTasks.exec(rest)?.[1];
  if (list !== undefined) return chain(`tasks:${findList(mailbox, decodeURIComponent(list)).key}`);
  throw unsupported;
}

/** The endpoint has to repeat the decoded token as plain text before the subscription exists. */
async function shakeHands(world: World, url: string, fetchLike: FetchLike | undefined): Promise<void> {
  if (!/^https:\/\//i.test(url)) throw badRequest('The notification URL has to use https.', 'InvalidRequest');
  const validation = `Validation: ${randomText(world.env.random, 24)} +&=`;
  const target = new URL(url);
  target.searchParams.set('validationToken', validation);
  let answer: Response | undefined;
  try {
    answer = await fetchLike?.(target.href, { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' } });
  } catch (cause) {
    throw new GraphFailure(400, 'ValidationError', `Subscription validation request failed: ${cause instanceof Error ? cause.message : 'no answer'}.`);
  }
  const good = answer?.status === 200 && (answer.headers.get('content-type') ?? '').startsWith('text/plain') && (await answer.text()) === validation;
  if (!good) throw new GraphFailure(400, 'ValidationError', 'Subscription validation request failed. The endpoint did not repeat the validation token.');
}

/** Clamped between 45 minutes and what the resource allows; a time further away than that is refused. */
function expiry(world: World, given: unknown, resource: string): number {
  const asked = typeof given === 'string' ? parseInstant(given) : undefined;
  const now = world.env.now();
  if (asked === undefined || asked <= now) throw badRequest('expirationDateTime is needed and lies in the future.', 'InvalidRequest');
  const longest = (/todo/i.test(resource) ? 4_230 : 10_080) * minute;
  if (asked > now + longest) throw badRequest(`Subscription expiration can only be ${longest / minute} minutes in the future.`, 'ExtensionError');
  return Math.max(asked, now + 45 * minute);
}

function show(subscription: Subscription): Fields {
  return { id: subscription.id, ...subscription.fields, expirationDateTime: ticksStamp(subscription.expiresMs) };
}

function contextOf(world: World): string {
  return `${world.origin}/v1.0/$metadata#subscriptions`;
}

function notAllowed(): GraphFailure {
  return new GraphFailure(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
}
