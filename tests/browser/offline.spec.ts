// After the first visit the article needs no network.
import { readdirSync } from "node:fs";
import { Article } from "./article";
import { test as guest } from "./guest";
import { expect, test } from "./harness";

test.use({ serviceWorkers: "allow" });

test("without a network the page opens again, shows its model and trains another", async ({ page, context }) => {
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  const keptModule = () =>
    page.evaluate(async () => {
      for (const name of await caches.keys()) {
        const files = await (await caches.open(name)).keys();
        if (files.some(({ url }) => /(leftright|relaxed)_bg/.test(url))) return true;
      }
      return false;
    });
  await expect.poll(keptModule, { timeout: 60_000 }).toBe(true);
  // The files are kept before the service worker that answers with them is in charge of the page.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  await context.setOffline(true);
  await article.open("?engine=cpu&seed=3", "trained");
  await article.train();
  expect(await article.accuracy("unseen", "retrieval")).toBeGreaterThan(0.5);
  await page.locator("lr-diversity").scrollIntoViewIfNeeded();
  await expect(page.locator("lr-diversity").getByTestId("verdict")).toBeVisible();
});

guest.describe("a network that answers anything with its own page", () => {
  guest.use({ serviceWorkers: "allow" });

  guest("is not believed: no file of its is kept, a kept file that went bad is replaced, and the next visit works", async ({ page, context, host }) => {
    const names = readdirSync(new URL("../../www/dist/assets/", import.meta.url));
    const path = (name: RegExp) => `/site/assets/${names.find((one) => name.test(one)) ?? ""}`;
    const [viewer, trainer] = [path(/^viewer_bg.*\.wasm$/), path(/^relaxed_bg.*\.wasm$/)];
    // A hotel's network: 200, text/html.
    const pages: Record<string, string> = { [trainer]: "<h1>Welcome</h1>" };
    const { origin, asked } = await host(pages);
    const cached = (name: string) =>
      page.evaluate(async (name) => {
        for (const cache of await caches.keys()) {
          const found = await (await caches.open(cache)).match(name, { ignoreSearch: true });
          if (found) return { type: found.headers.get("content-type"), bytes: (await found.arrayBuffer()).byteLength };
        }
        return null;
      }, name);

    await page.goto(`${origin}/site/index.html?start=trained`);
    await expect.poll(() => asked.includes("/site/sw.js"), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => asked.includes(trainer), { timeout: 30_000 }).toBe(true);
    await page.waitForTimeout(500);
    expect(await cached(trainer)).toBeNull();

    Reflect.deleteProperty(pages, trainer);
    await page.reload();
    await expect.poll(() => cached(trainer), { timeout: 60_000 }).toMatchObject({ type: "application/wasm" });
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

    // What was kept goes bad.
    await page.evaluate(async (viewer) => {
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) if (request.url.includes(viewer)) await cache.put(request, new Response("<h1>Welcome</h1>", { headers: { "content-type": "text/html" } }));
      }
    }, viewer);
    expect(await cached(viewer)).toMatchObject({ type: "text/html" });
    await page.reload();
    const state = new Article(page).state;
    await expect(state).toContainText("This model came with the page");
    await expect.poll(() => cached(viewer)).toMatchObject({ type: "application/wasm" });

    await context.setOffline(true);
    await page.reload();
    await expect(state).toContainText("This model came with the page");
  });
});
