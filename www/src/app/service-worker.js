// Keeps the article's files, so that after the first visit it reads, and trains, without a network. What stands in capitals is
// filled in by the build (vite.config.ts).
const CACHE = "leftright-VERSION";
const FILES = "FILES";

const opened = () => caches.open(CACHE);
// Settings in the address make no other file.
const kept = async (request) => (await opened()).match(request, { ignoreSearch: true });

/** A file whose name says what is in it never changes. */
async function fetched(request) {
  const response = await fetch(request);
  if (response.ok && /\/assets\//.test(request.url)) await (await opened()).put(request, response.clone());
  return response;
}

self.addEventListener("install", (event) => {
  event.waitUntil(opened().then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("leftright-") && name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([old, self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  const page = async () => fetch(request).catch(async () => (await kept(request)) ?? Response.error());
  const file = async () => (await kept(request)) ?? fetched(request);
  event.respondWith(request.mode === "navigate" ? page() : file());
});
