/** Word from the server while no page is open: this browser's subscription to its push service, and who has asked for it. */
import { computed, signal } from '@preact/signals';

import { user } from '../api/auth';
import { ApiError } from '../api/client';
import { type Kind, notifications, type PushSubscription, subscribePush, unsubscribePush } from '../api/notifications';
import { KINDS, told } from '../attention/preferences';
import { preference } from '../preferences';

const WORKER = '/sw.js';

/** Who wants to be told here: a log-in of somebody else at this browser is told nothing. */
const wantedBy = preference('tell.push', '', (value) => typeof value === 'string');
export const isOn = computed(() => wantedBy.value !== '' && wantedBy.value === user.value?.username);
/** All browsers of this user that are told; null until the server has said. */
export const browsers = signal<PushSubscription[] | null>(null);
/** The id of this one among them; kept, so that it can be taken back at once after a reload. */
export const here = preference('tell.push.id', '', (value) => typeof value === 'string');

/** Why it can't be had in this browser; '' when it can. */
export function whyNot(): string {
  if (!isSecureContext) {
    return 'Browsers do this for https addresses only, and for localhost. Put a certificate in front of AGTerm, for example with a reverse proxy, and open it by https.';
  }
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  if (isApple && !('PushManager' in window)) {
    return 'On an iPhone or iPad first add AGTerm to the home screen (Share, then Add to Home Screen) and open it from there.';
  }
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return 'This browser can’t do it.';
  if (Notification.permission === 'denied') {
    return 'The browser does not allow it. Allow notifications of this address in the browser’s settings.';
  }
  return '';
}

/** The worker is there as soon as the page is; it makes the page an app, too. */
export async function worker(): Promise<ServiceWorkerRegistration | null> {
  if (!isSecureContext || !('serviceWorker' in navigator)) return null;
  await navigator.serviceWorker.register(WORKER, { scope: '/', updateViaCache: 'none' });
  return navigator.serviceWorker.ready;
}

export async function look(): Promise<string> {
  const { key, subscriptions } = await notifications();
  browsers.value = subscriptions;
  return key;
}

const kinds = (): Kind[] => KINDS.filter((kind) => told[kind].peek());

/** As bytes, of base64 for addresses. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function isOfKey(subscription: globalThis.PushSubscription, key: Uint8Array): boolean {
  const known = subscription.options.applicationServerKey;
  if (!known) return false;
  const bytes = new Uint8Array(known);
  return bytes.length === key.length && bytes.every((byte, index) => byte === key[index]);
}

let before: Promise<unknown> = Promise.resolve();

/** One after the other: what is taken back must not be renewed by what began earlier. */
function inTurn(work: () => Promise<void>): Promise<void> {
  const mine = before.then(work, work);
  before = mine.catch(() => {});
  return mine;
}

/** Asks the browser to subscribe, if it has not yet, and tells the server; again when what is told of changes. */
async function subscribe(): Promise<void> {
  const registration = await worker();
  if (!registration) throw new Error(whyNot());
  const key = bytesOf(await look());
  let subscription = await registration.pushManager.getSubscription();
  if (subscription && !isOfKey(subscription, key)) {
    await subscription.unsubscribe(); // the server has another key than it had
    subscription = null;
  }
  subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  here.value = (await subscribePush(subscription.toJSON(), kinds())).id;
  await look();
}

/** From a click, or the browser would not ask. */
export async function turnOn(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error(whyNot() || 'The browser was not allowed to.');
  try {
    await inTurn(subscribe);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new Error('The browser could not reach its push service.', { cause: error });
  }
  wantedBy.value = user.peek()?.username ?? '';
}

export function turnOff(): Promise<void> {
  wantedBy.value = '';
  return inTurn(async () => {
    const registration = await worker();
    const subscription = await registration?.pushManager.getSubscription();
    if (here.value) await takeBack(here.value);
    await subscription?.unsubscribe();
  });
}

/** One of the user's browsers is told no more. */
export async function takeBack(id: string): Promise<void> {
  try {
    await unsubscribePush(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error; // gone is what we wanted
  }
  if (id === here.value) {
    here.value = '';
    wantedBy.value = '';
  }
  await look();
}

/** At the page's start, and when what is told of has changed: browsers renew their subscriptions now and then. */
export const renew = (): Promise<void> =>
  inTurn(async () => {
    if (isOn.peek() && Notification.permission === 'granted') await subscribe();
    else await look();
  });
