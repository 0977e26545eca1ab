// Keeps the article's files, so that after the first visit it reads, and trains, without a network. The build fills in MANIFEST:
// every file with its hash and length (vite.config.ts).
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute, addPlugins } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { fused } from "../engine/support";

const TYPES = { js: /javascript/, css: /css/, html: /html/, wasm: /wasm/, json: /json/, svg: /svg/ };

/** Of the two modules that train, the one that this browser would not use. */
const unused = fused() ? /leftright_bg/ : /relaxed_bg/;
const manifest = MANIFEST.filter(({ url }) => !unused.test(url));
const lengths = new Map(manifest.map(({ url, bytes }) => [new URL(url, self.location.href).pathname, bytes]));

// The article itself comes from the network where there is one, so that a reader has the latest.
registerRoute(
  new NavigationRoute(async ({ request }) => fetch(request).catch(async () => (await matchPrecache("index.html")) ?? Response.error()), {
    allowlist: [new RegExp(`^${new URL("./", self.location.href).pathname}(index\\.html)?(\\?.*)?$`)],
  }),
);

// A file is kept only where its hash is right. One that has gone bad since is not used, and fetched anew.
addPlugins([
  {
    async cachedResponseWillBeUsed({ request, cachedResponse }) {
      if (!cachedResponse) return null;
      const { pathname } = new URL(request.url);
      const type = TYPES[pathname.split(".").at(-1)];
      const sound = !type || type.test(cachedResponse.headers.get("content-type") ?? "");
      const { byteLength } = await cachedResponse.clone().arrayBuffer();
      return sound && byteLength === lengths.get(pathname) ? cachedResponse : null;
    },
  },
]);
// Settings in the address make no other file.
precacheAndRoute(manifest.map(({ url, revision, integrity }) => ({ url, revision, integrity })), { ignoreURLParametersMatching: [/.*/] });
cleanupOutdatedCaches();

self.addEventListener("activate", (event) => {
  // What a version before this one kept in caches of its own.
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("leftright-")).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([old, self.clients.claim()]));
});
