/** The page's service worker: shows what is pushed, and says so when the server is away. It keeps no copy of anything. */
'use strict';

const AWAY = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<title>AGTerm is away</title>
<style>
  body { display: grid; place-content: center; min-height: 100dvh; margin: 0; padding: 24px; box-sizing: border-box;
    gap: 12px; background: light-dark(#f4f6f9, #0b0e13); color: light-dark(#18202b, #e7ecf3);
    font: 16px/1.5 system-ui, sans-serif; text-align: center; }
  h1 { margin: 0; font-size: 22px; }
  p { max-width: 40ch; margin: 0; color: light-dark(#566274, #93a0b2); }
  a { justify-self: center; margin-top: 8px; padding: 10px 22px; border-radius: 8px; background: #2b62d9; color: #fff;
    font-weight: 600; text-decoration: none; }
</style>
<h1>The server can’t be reached</h1>
<p>Either it is not running, or this device is not connected. Sessions go on without you; this page is
back as soon as the server is.</p>
<a href="">Try again</a>
<script>
  const look = () => fetch('/api/health', { cache: 'no-store' }).then(({ ok }) => ok && location.reload(), () => {});
  setInterval(look, 3000);
  addEventListener('online', look);
</script>
</html>`;
// Nothing on it comes from anywhere else, so that its script may stand in it.
const AWAY_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
  'Cache-Control': 'no-store',
};

self.addEventListener('install', () => void self.skipWaiting()); // it holds nothing that an open page could need
self.addEventListener('activate', (event) => event.waitUntil(begin()));

async function begin() {
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

// Only opened pages pass here, never the API, and nothing is answered but by the server itself.
self.addEventListener('fetch', (event) => {
  const { method, mode, destination, url } = event.request;
  if (method !== 'GET' || mode !== 'navigate' || destination !== 'document') return;
  if (/^\/(api|uploads)(\/|$)/.test(new URL(url).pathname)) return; // downloads
  event.respondWith(fromServer(event));
});

async function fromServer(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return new Response(AWAY, { status: 503, headers: AWAY_HEADERS });
  }
}

self.addEventListener('push', (event) => event.waitUntil(show(event.data)));

function read(data) {
  try {
    const news = data.json();
    return news && typeof news === 'object' ? news : {};
  } catch {
    return {};
  }
}

async function show(data) {
  const { title, body, path, tag } = read(data);
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.some((page) => page.focused && page.visibilityState === 'visible')) return; // who looks sees it there
  await self.registration.showNotification(String(title ?? 'AGTerm'), {
    body: String(body ?? ''),
    icon: '/static/icon-192.png',
    badge: '/static/badge-96.png',
    data: { path: String(path ?? '/') },
    ...(tag ? { tag: String(tag), renotify: true } : {}),
  });
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data?.path));
});

/** Brings an open page there, else a new one. */
async function goTo(path) {
  const target = new URL(String(path ?? '/'), self.location.origin);
  if (target.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find((one) => one.focused) ?? pages.find((one) => isOfTheWorkspace(one.url));
  if (!page) return void (await self.clients.openWindow(target.href));
  page.postMessage({ go: target.pathname });
  await page.focus().catch(() => {}); // the browser may not let us
}

const isOfTheWorkspace = (url) => !/^\/(admin|api|static|shared)(\/|$)/.test(new URL(url).pathname);
