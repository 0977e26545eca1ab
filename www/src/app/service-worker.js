// Keeps the files of the article and of the documentation, so that after the first visit they read, and train, without a network. The build fills in MANIFEST:
// every file with its hash and length (vite.config.ts).
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute, addPlugins } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { fused } from "../engine/support";

const TYPES = { js: /javascript/, css: /css/, html: /html/, wasm: /wasm/, json: /json/, svg: /svg/ };

/** Of the two modules that train, the one that this browser would not use. */
const unused = fused() ? /leftright_bg/ : /relaxed_bg/;
const manifest = MANIFEST.filter(({ url }) => !unused.test(url));
const lengths = new Map(manifest.map(({ url, bytes }) => [new URL(url, self.location.href).pathname, bytes]));

// A page comes from the network where there is one, so that a reader has the latest.
const { pathname: scope } = new URL("./", self.location.href);
registerRoute(
  new NavigationRoute(
    async ({ request, url }) => {
      const page = url.pathname.slice(scope.length).replace(/(^|\/)$/, "$1index.html");
      return fetch(request).catch(async () => (await matchPrecache(page)) ?? Response.error());
    },
    { allowlist: [new RegExp(`^${scope}(index\\.html|docs/.*)?(\\?.*)?$`)] },
  ),
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
