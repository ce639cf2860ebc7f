import type { Json } from '../shared/json.ts';
import type { Actor } from './call.ts';
import type { Gone } from './change-log.ts';
import { randomGuid } from './ids.ts';
import type { Notice, Subscription, World } from './state.ts';
import { ticksStamp } from './zones.ts';

/** The part of `fetch` that handshakes and notifications need. */
export type FetchLike = (url: string, init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string }) => Promise<Response>;

/** Remembers a change for the subscriptions that listen to its collection. */
export function notice(actor: Actor, chain: string, key: string, gone: Gone | undefined): void {
  const { world, mailbox } = actor;
  for (const subscription of world.subscriptions.values()) {
    if (subscription.userId !== mailbox.user.id || subscription.chain !== chain) continue;
    const isNew = !gone && mailbox.logs.get(chain)?.newest(key) === undefined;
    const changeType = gone ? 'deleted' : isNew ? 'created' : 'updated';
    if (!String(subscription.fields['changeType']).split(',').includes(changeType)) continue;
    // An edited occurrence is told as a change of its series.
    const itemKey = key.split('|')[0] ?? key;
    const item = mailbox.contacts.get(itemKey) ?? mailbox.tasks.get(itemKey) ?? mailbox.events.get(itemKey);
    const itemId = subscription.immutableIds ? itemKey : (gone?.mutableId ?? item?.mutableId ?? itemKey);
    world.notices.push({ subscriptionId: subscription.id, changeType, itemId, changeKey: item?.changeKey ?? null });
  }
}

/**
 * Posts what is waiting, one request per subscription; answers how many requests were answered with a 2xx. What is not
 * taken is gone, as if the service had given up: a notification is a hint.
 */
export async function deliverNotices(world: World, fetchLike: FetchLike | undefined): Promise<number> {
  const waiting = world.notices.splice(0);
  let taken = 0;
  for (const subscription of world.subscriptions.values()) {
    const mine = waiting.filter((waits) => waits.subscriptionId === subscription.id);
    if (mine.length === 0 || subscription.expiresMs <= world.env.now()) continue;
    const value = mine.map((waits) => notification(world, subscription, waits));
    if (await post(fetchLike, String(subscription.fields['notificationUrl']), { value })) taken += 1;
  }
  return taken;
}

/** Posts a lifecycle event; `subscriptionRemoved` also ends the subscription. */
export async function deliverLifecycle(world: World, fetchLike: FetchLike | undefined, id: string, lifecycleEvent: 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed'): Promise<boolean> {
  const subscription = world.subscriptions.get(id);
  if (!subscription) throw new Error(`no such subscription: ${id}`);
  if (lifecycleEvent === 'subscriptionRemoved') world.subscriptions.delete(id);
  const url = subscription.fields['lifecycleNotificationUrl'];
  if (typeof url !== 'string') return false;
  return post(fetchLike, url, { value: [{ ...head(world, subscription), lifecycleEvent }] });
}

function notification(world: World, subscription: Subscription, waits: Notice): Json {
  const kind = subscription.chain.startsWith('contacts') ? 'Contact' : subscription.chain.startsWith('tasks') ? 'TodoTask' : 'Event';
  const resource = kind === 'TodoTask' ? `users/${subscription.userId}/todo/lists/${subscription.chain.slice(6)}/tasks/${waits.itemId}` : `Users/${subscription.userId}/${kind}s/${waits.itemId}`;
  const etag = waits.changeKey === null ? {} : { '@odata.etag': `W/"${waits.changeKey}"` };
  return {
    id: randomGuid(world.env.random),
    ...head(world, subscription),
    changeType: waits.changeType,
    resource,
    resourceData: { '@odata.type': `#Microsoft.Graph.${kind}`, '@odata.id': resource, ...etag, id: waits.itemId },
  };
}

function head(world: World, subscription: Subscription): { readonly [name: string]: Json } {
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: ticksStamp(subscription.expiresMs),
    clientState: subscription.fields['clientState'] ?? null,
    tenantId: world.application.tenant,
  };
}

async function post(fetchLike: FetchLike | undefined, url: string, body: Json): Promise<boolean> {
  try {
    const answer = await fetchLike?.(url, { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) });
    return answer?.ok === true;
  } catch {
    // The receiver is not there: the service would try again for hours, a test would wait as long.
    return false;
  }
}
