/** Who of this user's browsers is told by Web Push, and whether a page is looked at. */
import { get, post, remove, type Schemas } from './client';

export type PushSubscription = Schemas['PushSubscription'];
export type Notifications = Schemas['NotificationsAnswer'];
/** What one can be told of. */
export type Kind = PushSubscription['kinds'][number];

export const notifications = (): Promise<Notifications> => get('/api/notifications');

/** `browsers`: what `toJSON` of the browser's own subscription says. */
export async function subscribePush(browsers: PushSubscriptionJSON, kinds: Kind[]): Promise<PushSubscription> {
  const { endpoint = '', keys } = browsers;
  const body = { endpoint, keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' }, kinds };
  return (await post('/api/notifications/subscriptions', { body })).subscription;
}

export const unsubscribePush = (id: string): Promise<unknown> =>
  remove('/api/notifications/subscriptions/{subscriptionId}', { params: { path: { subscriptionId: id } } });

/** Sent even while the page goes away; that it fails is nothing to anybody. */
export function notePresence(page: string, visible: boolean): void {
  post('/api/notifications/presence', { body: { page, visible }, keepalive: true }).catch(() => {});
}
