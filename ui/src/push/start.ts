/** What goes on for push as long as somebody is logged in; fetched when the page has had time for all else. */
import { effect } from '@preact/signals';

import { addChannel } from '../attention/notices';
import { KINDS, told } from '../attention/preferences';
import { go } from '../router';
import { bePresent } from './presence';
import { browsers, isOn, renew, worker } from './push';

const SETTLES_MS = 500;

/** Until the returned function is called. */
export function start(): () => void {
  void worker().catch(() => {}); // a browser that has none, or refuses it: the page works without
  const goWhereSaid = ({ data }: MessageEvent): void => {
    const path: unknown = (data as { go?: unknown } | null)?.go;
    if (typeof path === 'string' && path.startsWith('/')) go(path);
  };
  navigator.serviceWorker?.addEventListener('message', goWhereSaid);
  let leave: (() => void) | undefined;
  let settling = 0;
  const stops = [
    addChannel(() => isOn.value), // the server tells this browser; twice would be once too often
    effect(() => {
      for (const kind of KINDS) void told[kind].value;
      clearTimeout(settling);
      settling = window.setTimeout(() => void renew().catch(() => {}), SETTLES_MS);
    }),
    effect(() => {
      const isAnybodyTold = isSecureContext && (browsers.value?.length ?? 0) > 0;
      if (isAnybodyTold) leave ??= bePresent();
      else leave = leave?.() as undefined;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    clearTimeout(settling);
    leave?.();
    browsers.value = null;
    navigator.serviceWorker?.removeEventListener('message', goWhereSaid);
  };
}

/** The same, when the page has drawn what was asked for; a page that is gone by then never begins. */
export function startLater(ms = 1500): () => void {
  let stop: (() => void) | undefined;
  const timer = window.setTimeout(() => (stop = start()), ms);
  return () => {
    clearTimeout(timer);
    stop?.();
  };
}
