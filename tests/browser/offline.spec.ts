// After the first visit the article needs no network.
import { Article } from "./article";
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

  await context.setOffline(true);
  await article.open("?engine=cpu&seed=3", "trained");
  await article.train();
  expect(await article.accuracy("unseen", "retrieval")).toBeGreaterThan(0.5);
  await page.locator("lr-diversity").scrollIntoViewIfNeeded();
  await expect(page.locator("lr-diversity").getByTestId("verdict")).toBeVisible();
});
